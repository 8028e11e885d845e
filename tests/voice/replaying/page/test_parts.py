"""The measures, the bars, the order of the calls, and where a call parted."""

import re

import pytest

from tests.voice.replaying.page.documents import TOTALS, call, quiet, turn
from voice.replaying.page.calls_table import calls_table, worst_first
from voice.replaying.page.latency_bars import bars_of, latency_bars
from voice.replaying.page.markup import clock, percent, safe
from voice.replaying.page.path_picture import parted_step
from voice.replaying.page.timeline import length_of
from voice.replaying.page.totals_table import totals_table
from voice.replaying.page.transcript import transcript


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00.0"), (4.26, "0:04.3"), (59.97, "1:00.0"), (3725.5, "1:02:05.5"), (-1, "0:00.0")]
)
def test_a_clock_reads_minutes_seconds_and_tenths(seconds: float, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize(("share", "text"), [(1.0, "100 %"), (0.975, "97.5 %"), (0.0, "0 %"), (1 / 3, "33.3 %")])
def test_a_share_is_read_in_percent(share: float, text: str) -> None:
    assert percent(share) == text


def test_signs_that_do_not_print_become_spaces() -> None:
    assert safe('a\x00b\nc\ud800 "d" <e>') == "a b c  &quot;d&quot; &lt;e&gt;"


def cards(html: str) -> dict[str, list[str]]:
    """Measure -> its value, then its difference where there is one."""
    found = {}
    for name, rest in re.findall(r"<dt[^>]*>([^<]*)</dt><dd>(.*?)</dd>", html):
        found[name] = [text for text in re.split(r"<[^>]*>", rest) if text]
    return found


def test_the_measures_stand_beside_their_difference_to_the_last_run() -> None:
    html = totals_table(TOTALS)
    assert cards(html) == {
        "Calls": ["60", "±0"],
        "Outcome right": ["95 %", "−5 pp"],
        "Word error rate": ["3 %", "−0.5 pp"],
        "Slot accuracy": ["95 %", "±0"],
        "UJCS": ["–"],
        "Containment": ["71 %", "±0"],
        "Escalation precision": ["90 %"],
        "Escalation recall": ["100 %", "±0"],
        "Reply, median": ["420 ms", "+20 ms"],
        "Reply, p95": ["910 ms", "−100 ms"],
    }
    assert html.count("change bad") == 2
    assert html.count("change good") == 2
    assert 'aria-label="Verdicts: 1 worse, 2 different, 57 same"' in html


def test_a_first_run_has_no_differences() -> None:
    html = totals_table(TOTALS | {"last": None})
    assert "no earlier run" in html
    assert "change" not in html


def test_no_totals_at_all_are_dashes() -> None:
    assert set(map(tuple, cards(totals_table({})).values())) == {("–",)}


def test_the_worst_call_comes_first() -> None:
    calls = [
        quiet("fine"),
        call("better", verdict="better", faults=[]),
        call("worse", verdict="worse", faults=[]),
        call("different", faults=[], differences=[]),
        quiet("known fault", faults=["outcome is 'x', expected 'y'"]),
        call("first time", verdict="new", faults=[]),
    ]
    names = [one["call"] for one in worst_first(calls)]
    assert names == ["worse", "known fault", "different", "first time", "better", "fine"]


def test_a_row_tells_the_first_difference_and_what_the_filter_looks_in() -> None:
    html = calls_table([call("daily <1>", wer=None)])
    assert "turn 2, agent says" in html
    assert ">… to call?</del>" in html
    assert ">… to reach you?</ins>" in html
    assert "daily &lt;1&gt; journal lead_saved" in html
    assert "daniel faster" in html
    assert "1100 ms" in html


def test_the_rest_of_a_gap_is_what_no_stage_explains() -> None:
    stages = {"endpoint": 260, "asr": 80.0, "reader": 4, "save": 6, "tts": 20, "wire": 15}
    turns: list[dict[str, object]] = [
        {"turn": 1, "gap_ms": 400, "stages": stages},
        {"turn": 2, "gap_ms": 200, "stages": stages},
        {"turn": 3, "gap_ms": None, "stages": {"endpoint": 500}},
        {"turn": 4, "gap_ms": None, "stages": {}},
    ]
    bars = bars_of({"turns": turns})
    assert [bar.turn for bar in bars] == [1, 2, 3]
    assert [bar.parts for bar in bars] == [(260, 80, 10, 20, 15, 15), (260, 80, 10, 20, 15, 0), (500, 0, 0, 0, 0, 0)]
    assert [bar.length for bar in bars] == [400, 385, 500]


def test_replies_over_the_budget_are_marked() -> None:
    timings = call()["timings"]
    assert latency_bars(1, timings, 800).count('"reply late"') == 1
    assert latency_bars(1, timings, 500).count('"reply late"') == 2
    free = latency_bars(1, timings, None)
    assert "late" not in free
    assert "budget" not in free
    assert latency_bars(1, {}, 800) == "<p>No reply was measured.</p>"


def test_a_call_parts_at_the_step_of_its_turn() -> None:
    assert parted_step(call()) == "contact"
    assert parted_step(call(parts_at={"turn": None, "what": "outcome", "was": "a", "is": "b"})) == "goodbye"
    assert parted_step(call(parts_at=None)) == ""


def test_a_call_is_as_long_as_the_last_thing_known_of_it() -> None:
    assert length_of(call(), None) == 16.0
    assert length_of(call(timings={}), None) == 15.0
    assert length_of({"turns": []}, None) == 0.1


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()


def test_the_transcript_shows_what_was_really_said_where_it_differs() -> None:
    html = transcript(1, call())
    assert '<tbody id="call-1-turn-2" class="turn parts" data-turn="2" data-from="7.800" data-to="11.500">' in html
    assert "my furnace is out ✓" in words(html)
    assert "daniel <ins>faster</ins>" in html
    assert "Daniel <del>Foster.</del>" in html
    assert "10 keys pressed" in words(html)
    assert "May I have your name, please? cut short" in words(html)
    assert "the call ends" in words(html)
    assert "✓" not in transcript(1, call(turns=[turn(1, heard="yes")]))


def test_words_that_were_never_played_look_it() -> None:
    cut = turn(0, "begin", at_step="", said="Hello there. Who is it?", agent=[[0.0, 0.4, "Hello there.", True]])
    html = transcript(1, call(turns=[cut], parts_at=None, differences=[]))
    assert '<span class="unplayed">Who is it?</span>' in html
    assert words(html).endswith("Hello there. cut short Who is it? not played")


def test_why_the_agent_spoke_without_being_spoken_to() -> None:
    html = transcript(1, call(turns=[turn(3, "silence", said="Are you still there?")], parts_at=None))
    assert "silence" in words(html)
    assert "Are you still there?" in words(html)
    assert "Caller" not in words(html)


def test_a_value_that_is_no_longer_held_is_taken_back() -> None:
    html = transcript(1, call(turns=[turn(3, heard="no", set={"name": "", "when": "asap"})], parts_at=None))
    assert "name taken back" in words(html)
    assert "when asap" in words(html)
