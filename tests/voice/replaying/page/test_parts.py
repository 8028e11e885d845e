"""The measures, the bars, the order of the calls, and where a call parted."""

import re
from dataclasses import replace

import pytest

from sop import load
from sop.steps import targets
from tests.voice.replaying.page.documents import PARTS, call, expecting, quiet, turn, whole, wrong
from voice.replaying.course import Slot
from voice.replaying.expected import Expected
from voice.replaying.page.calls_table import calls_table, worst_first
from voice.replaying.page.latency_bars import bars_of, latency_bars
from voice.replaying.page.markup import clock, percent, safe
from voice.replaying.page.path_picture import parted_step, path_picture, way_alone
from voice.replaying.page.standing import standing
from voice.replaying.page.timeline import length_of
from voice.replaying.page.totals_table import totals_table
from voice.replaying.page.transcript import transcript
from voice.replaying.result import CallResult, Difference, Said, Timings, TurnTiming, Versus, Wer, failed


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
    """Measure -> its value, then its difference where there is one, then what it is a share of."""
    found = {}
    for name, rest in re.findall(r"<dt[^>]*>([^<]*)</dt><dd>(.*?)</dd>", html):
        found[name] = [text for text in re.split(r"<[^>]*>", rest) if text]
    return found


def test_the_measures_stand_beside_their_difference_to_the_last_run() -> None:
    calls = wrong("a"), quiet("b", transfers=()), failed("c", "journal", "audio", "it is gone")
    last = quiet("a", wer=Wer(2, 6)), quiet("b", transfers=()), quiet("c")
    html = totals_table(whole(*calls, last=last), calls)
    assert cards(html) == {
        "As expected": ["50 %", "−50 pp", "1 of 2"],
        "Values right": ["0 %", "0 of 3"],
        "Wrong and confirmed": ["0"],
        "Words misheard": ["16.7 %", "−5.6 pp", "2 of 12 words"],
        "UJCS": ["–"],
        "Containment": ["50 %", "+16.7 pp"],
        "Escalation precision": ["–"],
        "Escalation recall": ["–"],
        "Reply, median": ["600 ms"],
        "Reply, p95": ["1100 ms"],
    }
    assert html.count("change bad") == 1
    assert html.count("change good") == 1
    assert 'aria-label="3 calls: 1 not run, 1 wrong, 1 same"' in html


def test_a_wrong_value_that_counts_as_confirmed_raises_an_alarm() -> None:
    sure = Slot("Daniel Faster", "Daniel Faster", 0.9, True, 2)
    alarming = totals_table(whole(wrong(slots={"name": sure})), [wrong()])
    assert cards(alarming)["Wrong and confirmed"] == ["1"]
    assert "card alarm" in alarming
    assert "card alarm" not in totals_table(whole(wrong()), [wrong()])


def test_a_first_run_has_no_differences() -> None:
    html = totals_table(whole(wrong()), [wrong()])
    assert "no earlier run" in html
    assert "change" not in html


def test_a_run_without_calls_has_dashes() -> None:
    assert set(map(tuple, cards(totals_table(whole(), ())).values())) == {("–",)}


def test_the_worst_call_comes_first() -> None:
    sure = ("slot name is 'A', expected 'B', and counts as confirmed",)
    outcome = Difference(-1, "outcome", "lead_saved", "hung_up")
    calls = [
        quiet("fine"),
        call("better", verdict="better"),
        call("worse", verdict="worse"),
        call("says otherwise", differences=(PARTS, PARTS)),
        call("ends otherwise", differences=(outcome,)),
        quiet("known fault", faults=("outcome is 'x', expected 'y'", "tools a, expected b")),
        quiet("sure of a wrong value", faults=sure),
        failed("lost", "journal", "audio", "it is gone"),
        call("first time", verdict="new", differences=()),
        quiet("slow", timings=Timings(faults=("the reply (p95) comes later than 700 ms",))),
    ]
    assert [(one.call, standing(one)) for one in worst_first(calls)] == [
        ("lost", "not run"),
        ("sure of a wrong value", "wrong"),
        ("known fault", "wrong"),
        ("worse", "worse"),
        ("ends otherwise", "different"),
        ("says otherwise", "different"),
        ("slow", "late"),
        ("first time", "new"),
        ("better", "better"),
        ("fine", "same"),
    ]


def row(*calls: CallResult) -> str:
    return re.sub(r" +", " ", re.sub(r"<[^>]*>", " ", calls_table(calls).partition("<tbody>")[2])).strip()


def test_a_row_tells_what_is_wrong_and_what_the_filter_looks_in() -> None:
    html = calls_table([wrong("daily <1>", wer=None)])
    assert "slot name is &#x27;Daniel Faster&#x27;" in html
    assert "daily &lt;1&gt; journal lead_saved" in html
    assert "daniel faster" in html
    assert "1100 ms" in html


def test_a_row_tells_the_gravest_difference() -> None:
    assert "outcome +1 hung_up → lead_saved" in row(call())
    assert "turn 2, agent says … to call? → … to reach you?" in row(call(differences=(PARTS,)))


def test_a_difference_that_follows_from_another_is_not_the_gravest() -> None:
    heard = Difference(1, "heard", "no", "yes")
    follower = Difference(2, "set", "", "name = Al", "follows from turn 1")
    assert "turn 1, heard +1 no → yes" in row(call(differences=(heard, follower)))


def test_a_row_of_a_call_that_is_right_tells_of_the_last_run_and_else_of_what_was_odd() -> None:
    last = Versus("different", (PARTS,))
    assert "beside the last run: turn 2, agent says" in row(quiet("a", last=last, notes=("the channels were swapped",)))
    assert "the channels were swapped" in row(quiet("a", last=Versus("same", ()), notes=("the channels were swapped",)))


def test_what_a_column_is_sorted_by() -> None:
    html = calls_table([call("a"), failed("b", "journal", "audio", "it is gone")])
    keys = [re.findall(r'data-sort="([^"]*)"', one) for one in re.findall(r"<tr data-verdict.*?</tr>", html)]
    assert keys == [["3001", "a", "lead_saved", "2", "5", "0.1667", "1100"], ["2", "b", "", "", "", "", ""]]


def test_the_rest_of_a_gap_is_what_no_stage_explains() -> None:
    stages = {"endpoint": 260.0, "asr": 80.0, "reader": 4.0, "save": 6.0, "tts": 20.0}
    turns = (
        TurnTiming(1, 400, stages),
        TurnTiming(2, 200, stages),
        TurnTiming(3, None, {"endpoint": 500.0}),
        TurnTiming(4, None, {}),
    )
    bars = bars_of(Timings(turns=turns))
    assert [bar.turn for bar in bars] == [1, 2, 3]
    assert [bar.parts for bar in bars] == [(260, 80, 10, 20, 30), (260, 80, 10, 20, 0), (500, 0, 0, 0, 0)]
    assert [bar.length for bar in bars] == [400, 370, 500]


@pytest.mark.parametrize(("budget_ms", "late"), [(800, 1), (500, 2), (1100, 0)])
def test_replies_over_the_budget_are_marked(budget_ms: int, late: int) -> None:
    html = latency_bars(1, replace(call().timings, budget_ms=budget_ms))
    assert html.count('"reply late"') == late
    assert f"budget of {budget_ms} ms, over which {late} of 2 replies came" in html
    assert html.count('<i class="budget"') == 2


def test_without_a_budget_no_reply_is_late() -> None:
    free = latency_bars(1, replace(call().timings, budget_ms=None))
    assert "late" not in free
    assert "budget" not in free
    assert latency_bars(1, Timings(budget_ms=800)) == "<p>No reply was measured.</p>"


def test_a_call_parts_at_the_step_of_its_turn() -> None:
    assert parted_step(call()) == "contact"
    assert parted_step(call(parts_at=Difference(0, "said", "Hello.", "Good day."))) == "triage"
    assert parted_step(call(parts_at=Difference(-1, "outcome", "a", "b"))) == "goodbye"
    assert parted_step(quiet("a")) == ""


def test_a_wrong_call_parts_where_it_left_the_expected_path() -> None:
    strayed = expecting(Expected(path=("triage", "gas_safety")))
    assert parted_step(strayed) == "triage"


def test_the_step_that_was_expected_is_drawn_and_marked() -> None:
    graph = load("after_hours_hvac")
    html = path_picture(expecting(Expected(path=("triage", "gas_safety"))), graph)
    assert html.count('data-parts="here" data-step="triage"') == 1
    assert html.count('data-wanted data-step="gas_safety"') == 1
    assert "left the expected path; dashed: the step that was expected" in html
    assert "legend" not in path_picture(quiet("a"), graph)


def test_a_call_is_as_long_as_the_last_thing_known_of_it() -> None:
    assert length_of(call(), None) == 16.0
    assert length_of(call(duration_s=0.0), None) == 15.0
    assert length_of(call(duration_s=0.0, turns=()), None) == 0.1


def test_the_way_alone_names_the_number_of_the_ways_not_taken() -> None:
    desk = load("front_desk")
    alone = way_alone(desk, ("welcome", "who", "insurance_desk"), "dental_desk")
    assert list(alone.steps) == ["welcome", "who", "insurance_desk", "dental_desk"]
    drawn = [targets(step) for step in alone.steps.values()]
    assert all(len(set(ways) - set(alone.steps)) <= 2 for ways in drawn)
    left_out = len(targets(desk.steps["welcome"])) - 2
    assert f"{left_out} others" in drawn[0]


def test_a_large_procedure_is_drawn_as_the_way_alone_and_a_very_large_one_only_so() -> None:
    path = ("welcome", "which_order")
    html = path_picture(call(path=path), load("order_status"))
    assert html.count("<svg") == 2
    assert "The whole procedure, 53 steps" in html
    assert path_picture(call(path=("welcome", "who")), load("front_desk")).count("<svg") == 1
    assert path_picture(call(path=()), None) == "<p>No step was entered.</p>"


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


def test_words_of_a_call_whose_reference_knows_none_there_are_noted() -> None:
    unsaid = (turn(1, heard="dinner is ready"),)
    assert "no reference words here" in words(transcript(1, call(turns=unsaid)))
    assert "no reference words here" not in words(transcript(1, call(turns=unsaid, wer=None)))
    assert "✓" not in transcript(1, call(turns=unsaid))


def test_a_wrong_value_is_noted_at_the_turn_it_came_from_rather_than_a_difference() -> None:
    assert "2 wrong value 0:07.8 Caller" in words(transcript(1, wrong()))
    assert "2 parts here 0:07.8 Caller" in words(transcript(1, call()))


def test_words_that_were_never_played_look_it() -> None:
    cut = turn(0, "begin", at_step="", said="Hello there. Who is it?", agent=(Said(0.0, 0.4, "Hello there.", True),))
    html = transcript(1, quiet("a", turns=(cut,)))
    assert '<span class="unplayed">Who is it?</span>' in html
    assert words(html).endswith("Hello there. cut short Who is it? not played")


def test_why_the_agent_spoke_without_being_spoken_to() -> None:
    html = transcript(1, quiet("a", turns=(turn(3, "silence", said="Are you still there?"),)))
    assert "silence" in words(html)
    assert "Are you still there?" in words(html)
    assert "Caller" not in words(html)


def test_a_value_that_is_no_longer_held_is_taken_back() -> None:
    html = transcript(1, quiet("a", turns=(turn(3, heard="no", set={"name": "", "when": "asap"}),)))
    assert "name taken back" in words(html)
    assert "when asap" in words(html)
