"""axe-core's rules for WCAG A and AA."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import CHAT, KITCHEN_SINK, MQTT, Opens
from tests.browser.test_page import Built
from tests.support import require

AXE = Path(__file__).resolve().parent / "node_modules/axe-core/axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PAGES = {"chat": CHAT, "kitchen-sink": KITCHEN_SINK, "mqtt": MQTT}
# What the page lays out only when it comes into view is measured by its place, too.
_UNFOLD = """
document.querySelectorAll('article').forEach(it => it.style.contentVisibility = 'visible');
"""


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(name: str, scheme: str, width: int, opens: Opens, built: Built) -> None:
    require(AXE.is_file(), "axe-core is not installed: run `npm ci` in tests/browser")
    page = opens(
        built(*PAGES[name]), color_scheme=scheme, viewport={"width": width, "height": 30_000}
    )
    assert violations(page) == []


def violations(page: Any) -> list[str]:
    """What axe has against a page, each with an element."""
    page.evaluate(_UNFOLD)
    page.wait_for_timeout(300)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    return [f"{it['id']}: {it['nodes'][0]['html']} {it['nodes'][0].get('failureSummary')}"
            for it in found]  # fmt: skip
