import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop import load
from tests.voice.replaying.page.documents import (
    PARTS,
    call,
    everywhere,
    quiet,
    recording,
    spoken,
    turn,
    whole,
    wrong,
)
from voice.replaying.page.page import Material, page
from voice.replaying.result import CallResult, Versus, failed

FLOW = load("after_hours_hvac")
NOTHING = Material(None, None)
LAST = Versus("better", (PARTS,))
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


def shot(*calls: CallResult, material: Callable[[CallResult], Material | None] = lambda _: NOTHING) -> str:
    """The page of a run of these calls."""
    return page(whole(*calls), calls, material)


@pytest.mark.parametrize("calls", [1, 2])
def test_nothing_that_was_said_becomes_markup(calls: int) -> None:
    evil = [replace(everywhere(wrong(last=LAST, notes=("a note",)), EVIL), failed="") for _ in range(calls)]
    material = Material(spoken(), FLOW, ((1.0, EVIL),), (2.0,))
    run = whole(*evil, flow=EVIL, changes={EVIL: EVIL})
    found = Read(page(run, evil, lambda _: material))
    assert found.tags.count("script") == 1
    assert "img" not in found.tags
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert found.text.count("<img src=x onerror") > 20 * calls


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(), max_size=12))
def test_any_text_leaves_the_page_as_it_is_built(text: str) -> None:
    plain, found = (
        Read(shot(replace(everywhere(wrong(last=LAST), one), failed="", journal="x"))) for one in ("x", text)
    )
    assert found.tags.count("script") == 1
    assert found.tags.count("table") == plain.tags.count("table")
    assert found.tags.count("tbody") == plain.tags.count("tbody")


def both(_: CallResult) -> Material:
    return Material(spoken(), FLOW)


@pytest.mark.parametrize("calls", [(call(),), (call("a"), quiet("b"), failed("c", "journal", "audio", "it is gone"))])
def test_it_needs_nothing_from_elsewhere(calls: tuple[CallResult, ...]) -> None:
    html = shot(*calls, material=both)
    found = Read(html)
    assert {address.partition(",")[0] for address in found.values("src")} == {"data:audio/mpeg;base64"}
    assert all(address.startswith(("#", "data:")) for address in found.values("href"))
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|WebSocket|navigator\.sendBeacon", html)
    policy = next(value for value in found.values("content") if "default-src" in value)
    assert policy.startswith("default-src 'none';")
    assert "script-src 'sha256-" in policy


def test_every_link_leads_somewhere() -> None:
    calls = call("a"), quiet("b", last=LAST), wrong("c"), failed("d", "journal", "audio", "it is gone")
    found = Read(shot(*calls))
    ids = found.values("id")
    assert len(ids) == len(set(ids))
    wanted = {address[1:] for address in found.values("href") if address.startswith("#")}
    assert wanted >= {"all", "call-1", "call-4", "call-2-turn-2", "call-3-differences"}
    assert wanted <= set(ids)


def test_a_single_call_has_no_totals_and_a_folder_has() -> None:
    one, two = shot(call()), shot(call(), call("b"))
    assert '<body class="one">' in one
    assert 'class="totals"' not in one
    assert '<body class="several">' in two
    assert 'class="totals"' in two
    assert "Replay of 2 calls" in two
    assert "Replay of 0 calls" in shot()


def test_the_path_is_drawn_and_the_step_where_it_parted_is_marked() -> None:
    html = shot(call(), material=both)
    assert html.count('data-parts="here" data-step="contact"') == 1
    assert html.count('class="visit"') == 4
    assert "<li class=parts>contact</li>" in html


def players(material: Callable[[CallResult], Material | None], *calls: CallResult) -> tuple[int, str]:
    """How many calls can be played, and the page's text."""
    found = Read(shot(*calls, material=material))
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
    html = shot(call(), material=lambda _: Material(long, None))
    assert "too long to carry" in html
    assert "<audio" not in html
    assert len(html) < 150_000
    assert 'data-seconds="1801.000"' in html


def test_the_sound_of_a_folder_is_bounded_worst_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice.replaying.page.page._MOST_SOUND_S", 20)
    material = Material(spoken(), None)
    html = shot(quiet("a"), call("b"), material=lambda _: material)
    first, second = html.split('id="call-2"')
    assert "<audio" in first
    assert "carries enough sound" in second


def test_each_call_is_asked_for_once_and_tells_how_far_it_is() -> None:
    asked: list[str] = []
    told: list[tuple[int, int]] = []

    def material(result: CallResult) -> Material:
        asked.append(result.call)
        return NOTHING

    calls = quiet("a"), call("b"), quiet("c")
    page(whole(*calls), calls, material, lambda done, of: told.append((done, of)))
    assert sorted(asked) == ["a", "b", "c"]
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_call_with_next_to_nothing_in_it_still_gives_a_page() -> None:
    bare = CallResult("bare", "scenario", "wire", "", 0, 0.0, None, (), {}, (), (), 0, ())
    assert "bare" in shot(bare)
    assert "bare" in shot(bare, bare)
    assert "bare" in shot(replace(bare, turns=(turn(0, "begin"),)))


def test_a_call_that_could_not_be_run_says_why_and_shows_nothing_else() -> None:
    found = Read(shot(failed("lost", "journal", "audio", "lost.wav is gone")))
    assert "lost not run" in " ".join(found.text.split())
    assert "Could not be run: lost.wav is gone" in " ".join(found.text.split())
    assert not {"audio", "canvas", "svg"} & set(found.tags)


def test_a_name_that_is_no_text_can_be_written() -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    assert "caf " in shot(call(name), call("b")).encode().decode()


def test_the_same_run_gives_the_same_page() -> None:
    calls = call("a"), quiet("b")
    assert shot(*calls, material=both) == shot(*calls, material=both)


def heading(**given: Any) -> str:
    calls = call(), call("b")
    found = Read(page(whole(*calls, **given), calls, lambda _: NOTHING))
    return found.text.rpartition("Replay of 2 calls\n")[2].splitlines()[0]


def test_the_heading_says_what_was_tried_and_how_long_it_took() -> None:
    assert heading(flow="new.yaml", changes={"endpointing.open_ms": "900"}) == (
        "after_hours_hvac, version 1 · depth audio · tried: procedure new.yaml · tried: endpointing.open_ms = 900"
        " · took 2.5 s, 13 times real time · holds callers’ words and voices"
    )


def test_a_report_on_what_was_kept_does_not_say_how_long_it_took() -> None:
    looked_up = {"elapsed_s": 0.1, "real_time_factor": 320.0, "gap_ms": {"p50": 600.0, "p95": 900.0, "n": 4}}
    assert "took" not in heading(timings=looked_up)
