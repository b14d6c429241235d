"""Chromium, and pages in it that must not complain nor ask anybody else for anything."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.support import ROOT, invoke, require

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]

Opens = Callable[..., "Page"]


# Until the last of these tests: its event loop would stand in the way of others.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; nothing is downloaded."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        require(False, "playwright is not installed")
    chromium = shutil.which("chromium")
    require(chromium is not None, "chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def opens(browser: Browser) -> Iterator[Opens]:
    """Opens a page; at the end none may have logged an error or asked another origin."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def opens(url: str, *, offline: bool = False, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        origin = urlsplit(url)[1:2]

        def asked(address: str) -> None:
            parts = urlsplit(address)
            if parts.scheme != "data" and (parts.netloc,) != origin:
                complaints.append(f"a request to {address}")

        def said(message: Any) -> None:
            # A server that is being restarted is told of here, and by the page itself.
            expected = offline and "ERR_CONNECTION_REFUSED" in message.text
            if message.type in ("error", "warning") and not expected:
                complaints.append(message.text)

        page.on("request", lambda request: asked(request.url))
        page.on("websocket", lambda socket: asked(socket.url))
        page.on("console", said)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        return page

    yield opens
    for context in contexts:
        context.close()
    assert complaints == []


def build_page(spec: Path, page: Path, *options: str) -> None:
    """Write the page of a document."""
    done = invoke("docs", str(spec), "-o", str(page), *options)
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="package")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """The URL of the page of a document, as `asyncgen docs` writes it."""
    folder = tmp_path_factory.mktemp("pages")

    def built(spec: Path | str, *options: str) -> str:
        page = folder / f"{abs(hash((spec, options)))}.html"
        build_page(ROOT / spec, page, *options)
        return page.as_uri()

    return built


CHAT = ("examples/chat/asyncapi.yaml",)
MQTT = ("tests/data/lights-mqtt-3.0.yaml",)
KITCHEN_SINK = ("golden/kitchen-sink/asyncapi.yaml", "--server", "production")
