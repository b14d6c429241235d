"""Reading the page, from a file: nothing serves it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import CHAT, KITCHEN_SINK, Opens
from tests.browser.support import Page, expect

Built = Callable[..., str]


def background(page: Page) -> str:
    colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return colour


def comes_into_view(page: Page, anchor: str) -> None:
    """Wait until it is there: a browser scrolls when it has the time."""
    page.wait_for_function(
        """id => {
            const top = document.getElementById(id).getBoundingClientRect().top
            return -5 <= top && top < innerHeight
        }""",
        arg=anchor,
    )


def test_an_event_reads_from_the_side_of_its_client(opens: Opens, built: Built) -> None:
    page = opens(built(*CHAT))
    event = page.locator("#root-new-message")
    expect(event.get_by_role("heading", level=3)).to_contain_text("you emit new message")
    expect(event).to_contain_text("Say something to everyone in the room.")
    expect(event).to_contain_text("1 to 500 characters")
    expect(event).to_contain_text("The server acknowledges with")
    expect(event.locator(".block.sent pre")).to_have_text('{"text": "Good morning!"}')
    expect(page.locator("#root-user-joined-out h3")).to_contain_text("you receive")
    expect(page.get_by_role("button", name="Console")).to_be_hidden()


def test_a_schema_is_shown_as_json_and_folded(opens: Opens, built: Built) -> None:
    page = opens(built(*KITCHEN_SINK))
    event = page.locator("#root-place-bid")
    event.scroll_into_view_if_needed()
    amount = event.get_by_text("amount", exact=True)
    expect(amount).to_be_visible()
    event.get_by_role("button", name="Collapse").first.click()
    expect(amount).to_be_hidden()
    event.get_by_role("button", name="Expand").click()
    expect(amount).to_be_visible()
    event.get_by_role("button", name="JSON Schema").first.click()
    shown = event.locator(".tree > pre").first.inner_text()
    assert json.loads(shown)["minItems"] == 2


def test_search_finds_events_and_fields_by_keyboard_alone(opens: Opens, built: Built) -> None:
    page = opens(built(*CHAT))
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    page.keyboard.type("user")
    options = page.get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    first = options.first.inner_text().splitlines()[0]
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#root-user-"))
    assert first.startswith("user")
    page.keyboard.press("/")
    page.keyboard.type("replyTo")
    expect(options.first).to_contain_text("field replyTo")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_deep_links_and_the_back_button(opens: Opens, built: Built) -> None:
    url = built(*KITCHEN_SINK)
    page = opens(f"{url}#rostrum-knock-down")
    page.wait_for_function("document.readyState === 'complete'")
    comes_into_view(page, "rostrum-knock-down")
    expect(page.locator("#side [aria-current]")).to_have_text("knock down")
    page.locator("#side").get_by_role("link", name="watch lots").first.click()
    page.wait_for_function("location.hash === '#root-watch-lots'")
    comes_into_view(page, "root-watch-lots")
    page.go_back()
    page.wait_for_function("location.hash === '#rostrum-knock-down'")
    comes_into_view(page, "rostrum-knock-down")


@pytest.mark.parametrize("width", [1440, 390])
def test_searching_leaves_the_page_where_it_is(width: int, opens: Opens, built: Built) -> None:
    page = opens(f"{built(*CHAT)}#root-typing", viewport={"width": width, "height": 900})
    page.wait_for_function("scrollY > 0")
    before = page.evaluate("scrollY")
    page.keyboard.press("/")
    page.keyboard.type("text")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("scrollY") == before


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("anchor", ["security", "rostrum-knock-down", "errors"])
def test_a_deep_link_leads_to_its_very_place(
    anchor: str, width: int, opens: Opens, built: Built
) -> None:
    """However much of what stands above is laid out on the way."""
    page = opens(f"{built(*KITCHEN_SINK)}#{anchor}", viewport={"width": width, "height": 900})
    is_there = f"""() => {{
      const {{ top }} = document.getElementById("{anchor}").getBoundingClientRect();
      const end = document.documentElement.scrollHeight - innerHeight - scrollY;
      return Math.abs(top - 72) < 30 || (top > 0 && top < innerHeight && end < 2);
    }}"""
    page.wait_for_function(is_there)
    page.evaluate("scrollTo(0, 0)")
    link = page.locator(f'#side a[href="#{anchor}"], a[href="#{anchor}"]').first
    page.evaluate("location.hash = 'top'")
    link.dispatch_event("click")
    page.wait_for_function(is_there)


def test_every_link_within_the_page_leads_somewhere(opens: Opens, built: Built) -> None:
    page = opens(built(*KITCHEN_SINK))
    dead = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')]"
        ".map(it => decodeURIComponent(it.hash.slice(1)))"
        ".filter(id => !document.getElementById(id))"
    )
    assert dead == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(it => it.id)")
    assert len(ids) == len({*ids})


def test_light_and_dark_by_the_system_and_by_the_switch(opens: Opens, built: Built) -> None:
    page = opens(built(*CHAT), color_scheme="dark")
    dark = background(page)
    page.get_by_role("button", name="Light or dark").click()
    light = background(page)
    page.reload()
    assert background(page) == light != dark
    page.emulate_media(color_scheme="light")
    assert background(page) == light


def test_a_phone_has_no_sideways_scrolling_and_a_menu(opens: Opens, built: Built) -> None:
    page = opens(built(*KITCHEN_SINK), viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("header .version")).to_be_hidden()
    expect(page.locator("h1 .version")).to_be_visible()
    page.get_by_role("button", name="Contents").click()
    page.locator("#side").get_by_role("link", name="knock down").click()
    page.wait_for_function("location.hash === '#rostrum-knock-down'")
    expect(page.locator("#side")).not_to_have_class(re.compile("open"))


def test_the_language_of_snippets_is_chosen_once(opens: Opens, built: Built) -> None:
    page = opens(built(*CHAT))
    page.get_by_role("button", name="Python").first.click()
    expect(page.get_by_text("client = socketio.Client()").first).to_be_visible()
    page.locator("#namespace-admin").scroll_into_view_if_needed()
    expect(page.locator("#namespace-admin pre").get_by_text("import { io }")).to_be_hidden()


def test_a_button_copies_the_sample(opens: Opens, built: Built) -> None:
    page = opens(built(*CHAT))
    event = page.locator("#root-new-message")
    event.scroll_into_view_if_needed()
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    event.locator(".block.sent").get_by_role("button", name="Copy").click()
    assert page.evaluate("window.copied") == '{"text": "Good morning!"}'


HOSTILE = [
    "</script><script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "[x](javascript:window.hacked=1) ![x](https://example.com/x.png)",
    "\"><svg onload='window.hacked = 1'>",
    "\u202eright to left\u0000null",
    "x" * 300_000,
]


@pytest.mark.parametrize("channel", ["/", "topic"])
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_S42_a_hostile_document_stays_text(
    text: str, channel: str, opens: Opens, built: Built, tmp_path: Path
) -> None:
    """On the page of an application, and on that of a document of another protocol."""
    schema = {"type": "object", "description": text, "properties": {text: {"enum": [text]}}}
    message = {"name": "say", "title": text, "summary": text, "description": text,
               "tags": [{"name": text}], "payload": schema,
               "examples": [{"name": text, "payload": {text: text}}]}  # fmt: skip
    info = {"title": text, "version": "1", "description": text, "contact": {"name": text}}
    info["license"] = {"name": text, "url": "javascript:window.hacked=1"}
    spec = tmp_path / "asyncapi.json"
    bindings = {"kafka": {"key": {"type": "string", "description": text}}}
    publish = {"message": message, "bindings": bindings, "description": text}
    channels = {channel: {"publish": publish, "description": text}}
    variables = {"v": {"default": text, "enum": [text], "description": text}}
    server = {"url": "x.org/{v}", "protocol": text, "description": text, "variables": variables}
    scheme = {"type": "oauth2", "description": text, "flows": {"implicit": {
        "authorizationUrl": "https://x.org", "scopes": {text: text}}}}  # fmt: skip
    document = {
        "asyncapi": "2.6.0", "info": info, "channels": channels,
        "servers": {"main": {**server, "security": [{"key": [text]}]}},
        "components": {"securitySchemes": {"key": scheme}},
        "x-socketio": {"path": "/socket.io"},
    }  # fmt: skip
    spec.write_text(json.dumps(document), encoding="utf-8")
    page = opens(built(spec))
    page.locator("article").first.scroll_into_view_if_needed()
    page.keyboard.press("/")
    page.keyboard.type("say")
    expect(page.get_by_role("option").first).to_contain_text("say")
    assert page.evaluate("window.hacked") is None
    assert page.locator("main img, main svg, main script").count() == 0
    assert page.evaluate(
        "[...document.links].every(it => /^(https?|mailto|file|#)/.test(it.getAttribute('href'))"
        " || /^(#|docs)/.test(it.getAttribute('href')))"
    )


def test_a_thousand_events_are_usable(opens: Opens, built: Built, tmp_path: Path) -> None:
    def event(index: int) -> dict[str, object]:
        fields = {f"field_{it}": {"type": "string", "maxLength": 30 + it} for it in range(10)}
        payload = {"type": "object", "properties": fields, "required": ["field_1"]}
        return {"name": f"event {index}", "summary": "Does a thing.", "payload": payload}

    spec = tmp_path / "asyncapi.json"
    channels = {"/": {"subscribe": {"message": {"oneOf": [event(it) for it in range(1000)]}}}}
    info = {"title": "Large", "version": "1"}
    document = {"asyncapi": "2.6.0", "info": info, "channels": channels}
    spec.write_text(json.dumps(document), encoding="utf-8")
    url = built(spec)
    assert Path(url.removeprefix("file://")).stat().st_size < 5_000_000
    page = opens(f"{url}#root-event-987-out")
    comes_into_view(page, "root-event-987-out")
    page.keyboard.press("/")
    page.keyboard.type("event 99")
    expect(page.get_by_role("option").first).to_contain_text("event 99")
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash === '#root-event-99-out'")
    comes_into_view(page, "root-event-99-out")
