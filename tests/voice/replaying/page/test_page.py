import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop import load
from tests.voice.replaying.page.documents import TOTALS, call, document, quiet, recording, spoken
from voice.replaying.page.page import Material, page

FLOW = load("after_hours_hvac")
NOTHING = Material(None, None)
EVIL = '</script><script>alert(1)</script><img src=x onerror=alert(1)>"\' onload="alert(1)'


class Read(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, name: str) -> list[str]:
        return [value for one, value in self.attributes if one == name]


def everywhere(value: Any, text: str) -> Any:
    """The same shape with another text for every string and every name of a slot."""
    if isinstance(value, dict):
        fixed = {"problem": text + "1", "name": text}
        return {fixed.get(key, key): everywhere(one, text) for key, one in value.items()}
    if isinstance(value, list):
        return [everywhere(one, text) for one in value]
    return text if isinstance(value, str) else value


@pytest.mark.parametrize("calls", [1, 2])
def test_nothing_that_was_said_becomes_markup(calls: int) -> None:
    evil = everywhere(document(*[call()] * calls), EVIL) | {"totals": TOTALS}
    material = Material(spoken(), FLOW, ((1.0, EVIL),), (2.0,))
    found = Read(page(evil, lambda _: material))
    assert found.tags.count("script") == 1
    assert "img" not in found.tags
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert found.text.count("<img src=x onerror") > 20 * calls


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(), max_size=12))
def test_any_text_leaves_the_page_as_it_is_built(text: str) -> None:
    plain = Read(page(everywhere(document(call()), "x"), lambda _: NOTHING))
    found = Read(page(everywhere(document(call()), text), lambda _: NOTHING))
    assert found.tags.count("script") == 1
    assert found.tags.count("table") == plain.tags.count("table")
    assert found.tags.count("tbody") == plain.tags.count("tbody")


def both(_: str) -> Material:
    return Material(spoken(), FLOW)


@pytest.mark.parametrize("given", [document(call()), document(call("a"), quiet("b"), totals=TOTALS)])
def test_it_needs_nothing_from_elsewhere(given: dict[str, Any]) -> None:
    html = page(given, both)
    found = Read(html)
    assert {address.partition(",")[0] for address in found.values("src")} == {"data:audio/mpeg;base64"}
    assert all(address.startswith(("#", "data:")) for address in found.values("href"))
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|WebSocket|navigator\.sendBeacon", html)
    policy = next(value for value in found.values("content") if "default-src" in value)
    assert policy.startswith("default-src 'none';")
    assert "script-src 'sha256-" in policy


def test_every_link_leads_somewhere() -> None:
    found = Read(page(document(call("a"), quiet("b"), call("c"), totals=TOTALS), lambda _: NOTHING))
    ids = found.values("id")
    assert len(ids) == len(set(ids))
    wanted = {address[1:] for address in found.values("href") if address.startswith("#")}
    assert wanted >= {"all", "call-1", "call-3", "call-1-turn-2", "call-2-differences"}
    assert wanted <= set(ids)


def test_a_single_call_has_no_totals_and_a_folder_has() -> None:
    one, two = (page(document(*calls, totals=TOTALS), lambda _: NOTHING) for calls in ([call()], [call(), call("b")]))
    assert '<body class="one">' in one
    assert 'class="totals"' not in one
    assert '<body class="several">' in two
    assert 'class="totals"' in two
    assert "Replay of 2 calls" in two
    assert "Replay of 0 calls" in page(document(), lambda _: NOTHING)


def test_the_path_is_drawn_and_the_step_where_it_parted_is_marked() -> None:
    html = page(document(call()), both)
    assert html.count('data-parts="here" data-step="contact"') == 1
    assert html.count('class="visit"') == 4
    assert "<li class=parts>contact</li>" in html


def players(material: Callable[[str], Material | None], *calls: dict[str, Any]) -> tuple[int, str]:
    """How many calls can be played, and the page's text."""
    found = Read(page(document(*calls), material))
    return found.tags.count("audio"), found.text


def test_a_call_without_a_recording_says_so() -> None:
    count, text = players(lambda _: None, call())
    assert count == 0
    assert "no recording at hand" in text
    count, text = players(lambda _: Material(b"RIFF and nothing", None), call())
    assert count == 0
    assert "no recording at hand" in text


def test_half_an_hour_is_drawn_and_not_carried() -> None:
    long = recording(30 * 60 + 1)
    html = page(document(call()), lambda _: Material(long, None))
    assert "too long to carry" in html
    assert "<audio" not in html
    assert len(html) < 150_000
    assert 'data-seconds="1801.000"' in html


def test_the_sound_of_a_folder_is_bounded_worst_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice.replaying.page.page._MOST_SOUND_S", 20)
    material = Material(spoken(), None)
    html = page(document(quiet("a"), call("b"), totals=TOTALS), lambda _: material)
    first, second = html.split('id="call-2"')
    assert "<audio" in first
    assert "carries enough sound" in second


def test_each_call_is_asked_for_once() -> None:
    asked: list[str] = []

    def material(name: str) -> Material:
        asked.append(name)
        return NOTHING

    page(document(quiet("a"), call("b"), quiet("c")), material)
    assert sorted(asked) == ["a", "b", "c"]


def test_a_document_with_next_to_nothing_in_it_still_gives_a_page() -> None:
    bare = {"call": "bare", "turns": [{"turn": 0, "by": "begin"}]}
    assert "bare" in page({"calls": [bare]}, lambda _: None)
    assert "bare" in page({"calls": [bare, bare]}, lambda _: None)


def test_the_same_document_gives_the_same_page() -> None:
    given = document(call("a"), quiet("b"), totals=TOTALS)
    assert page(given, both) == page(given, both)
