"""The browser of tests/browser, for pages of third-party documents."""

from tests.browser.conftest import browser as browser
from tests.browser.conftest import opens as opens
