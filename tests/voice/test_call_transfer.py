"""A caller handed to a person, through the whole core; numbers name points of the conformance checklist."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.graph import Graph
from sop.loader import load
from sop.state import Phase, state_to_json
from tests.line import ACCEPTS, ANN, BOB, NO_ANSWER, Does, Line, outcome
from voice.audio import samples
from voice.call import Call, CallSettings
from voice.codec import decode, encode
from voice.commands import Bridge, Command, DropLeg, End, Enter, PassOn, Ring, SendAudio, SendMark, Transfer
from voice.events import Bridged, Event, Heard, LegChanged, LegState, Marked, Stopped
from voice.report import Report
from voice.transfer import TransferSettings

BOTH = (("Ann", ANN), ("Bob", BOB))
NAME = "May I have your name, please?"
LAST = "I'm connecting you now."
GAS = "i smell gas in my kitchen"
SILENT: Does = ((100, LegState.RINGING),)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return load("after_hours_hvac")


def gas(line: Line) -> Line:
    """Until the caller has been told and somebody is rung."""
    line.ring().until_quiet().wait(300).say(GAS)
    while not line.commands(Transfer, End):
        line.wait(100)
    return line.wait(200)


def report(line: Line) -> Report:
    told = Report()
    for entry in line.entries:
        if isinstance(entry, Event):
            told.event(entry)
        else:
            told.command(entry)
    return told


def silences(line: Line) -> list[float]:
    """Seconds in which the caller heard nothing, while telephones rang."""
    at = dry = 0
    ringing, gaps = False, list[float]()
    for entry in line.entries:
        match entry:
            case Heard():
                at = entry.at
            case Transfer():
                ringing, dry = True, max(dry, at)
            case SendAudio(_, start, end):
                if ringing and at > dry:
                    gaps.append((at - dry) / 8000)
                dry = max(dry, at) + end - start
            case Bridge() | PassOn() | Enter() | End():
                if ringing and at > dry:
                    gaps.append((at - dry) / 8000)
                ringing = False
            case _:
                pass
    return gaps


def marks_before(line: Line, kind: type) -> tuple[set[str], set[str]]:
    """Names sent and names echoed before the first command of this kind."""
    first = next(i for i, e in enumerate(line.entries) if isinstance(e, kind))
    sent = {e.name for e in line.entries[:first] if isinstance(e, SendMark)}
    return sent, {e.name for e in line.entries[:first] if isinstance(e, Marked)}


def test_point_28_nothing_moves_before_the_words_that_announce_it_are_heard(graph: Graph) -> None:
    line = gas(Line(graph)).wait(12_000)
    for kind in (Transfer, Bridge):
        sent, echoed = marks_before(line, kind)
        assert sent and sent == echoed
    assert line.said[-1] == LAST
    assert outcome(line) == "transferred"
    assert line.call.state.outcome == "transferred"


def test_point_28_the_call_is_left_to_the_carrier_once_the_caller_is_moved(graph: Graph) -> None:
    line = gas(Line(graph)).wait(12_000)
    stopped = next(i for i, e in enumerate(line.entries) if isinstance(e, Stopped))
    assert line.entries.index(End("transferred")) > stopped
    forgotten = gas(Line(graph, stopped_ms=None))
    while not forgotten.commands(Bridged, End):
        forgotten.wait(100)
    assert not forgotten.wait(9500).call.over
    assert outcome(forgotten.wait(1000)) == "transferred"


@pytest.mark.parametrize(("bridged_ms", "stopped_ms"), [(900, 100), (100, 900)])
def test_point_28_the_stream_may_end_before_or_after_we_are_told(
    graph: Graph, bridged_ms: int, stopped_ms: int
) -> None:
    line = gas(Line(graph, bridged_ms=bridged_ms, stopped_ms=stopped_ms)).wait(12_000)
    assert line.commands(End) == [End("transferred")]
    assert not line.commands(DropLeg)


def test_a_caller_who_had_gone_when_they_were_to_be_moved(graph: Graph) -> None:
    line = gas(Line(graph, bridges=Bridged(0, 0, False, "gone"))).wait(12_000)
    assert line.commands(DropLeg) == [DropLeg(1, apology=True)]
    assert outcome(line) == "caller_hung_up"


def test_a_caller_whom_the_carrier_cannot_move_is_asked_on(graph: Graph) -> None:
    line = gas(Line(graph, bridges=Bridged(0, 0, False, "failed"))).wait(12_000)
    assert line.commands(DropLeg) == [DropLeg(1)]
    assert NAME in line.said


def test_a_carrier_that_never_says_whether_it_moved_the_caller(graph: Graph) -> None:
    line = gas(Line(graph, bridges=None)).wait(30_000)
    assert line.commands(DropLeg) == [DropLeg(1)]
    assert NAME in line.said


@pytest.mark.parametrize(
    ("does", "dropped"),
    [
        (((900, LegState.ANSWERED), (4000, LegState.DECLINED)), True),
        (((900, LegState.ANSWERED), (4000, LegState.ENDED)), False),
        (((900, LegState.ANSWERED), (3000, LegState.MACHINE)), True),
        (((900, LegState.MACHINE), (950, LegState.ANSWERED)), True),
        (((900, LegState.ANSWERED),), True),
    ],
)
def test_point_29_without_the_key_nobody_is_bridged(graph: Graph, does: Does, dropped: bool) -> None:
    line = gas(Line(graph, people={ANN: does})).wait(45_000)
    assert not line.commands(Bridge)
    assert bool(line.commands(DropLeg)) == dropped
    assert NAME in line.said
    assert not line.legs_up


@pytest.mark.parametrize(
    "to", [LegState.BUSY, LegState.NO_ANSWER, LegState.FAILED, LegState.ENDED, LegState.MACHINE, LegState.REFUSED]
)
def test_point_30_whoever_cannot_be_reached_the_lead_is_taken(graph: Graph, to: LegState) -> None:
    line = gas(Line(graph, people={ANN: ((700, to),)})).wait(5000).until_quiet()
    assert line.said[-1] == NAME
    for text in ("daniel foster", "yes it is", "twenty two seventeen maple street springfield"):
        line.answer(text)
    assert line.call.state.values["name"].value == "Daniel Foster"


def test_point_30_nobody_on_duty_leads_there_too(graph: Graph) -> None:
    line = gas(Line(graph, on_duty=())).wait(5000).until_quiet()
    assert not line.commands(Ring)
    assert line.said[-1] == NAME


def test_point_30_a_telephone_that_rings_for_ever_is_given_up(graph: Graph) -> None:
    line = gas(Line(graph, people={ANN: SILENT})).wait(24_000)
    assert line.legs_up
    assert not line.wait(2000).legs_up
    assert line.wait(4000).said[-1] == NAME


def test_point_30_the_next_on_duty_is_rung_when_the_first_is_busy(graph: Graph) -> None:
    line = gas(Line(graph, on_duty=BOTH, people={ANN: ((700, LegState.BUSY),), BOB: ACCEPTS})).wait(20_000)
    assert [(r.name, r.leg, r.number, r.timeout_s) for r in line.commands(Ring) if isinstance(r, Ring)] == [
        ("Ann", 1, ANN, 20),
        ("Bob", 2, BOB, 20),
    ]
    assert line.commands(Bridge) == [Bridge(1, 2)]
    assert outcome(line) == "transferred"


@pytest.mark.parametrize(("ms", "apology"), [(300, False), (1500, True), (3600, True)])
def test_point_30_a_caller_who_hangs_up_leaves_nobody_ringing(graph: Graph, ms: int, apology: bool) -> None:
    line = gas(Line(graph)).wait(ms)
    line.post(Stopped(line.at, "stop"))
    assert line.entries[-2:] == [DropLeg(1, apology=apology), End("caller_hung_up")]


def test_a_server_that_stops_leaves_nobody_ringing(graph: Graph) -> None:
    line = gas(Line(graph))
    line.post(Stopped(line.at, "server stopping"))
    assert line.entries[-2:] == [DropLeg(1), End("server_stopped")]


def test_point_31_legs_and_answers_of_another_transfer_change_nothing(graph: Graph) -> None:
    line = gas(Line(graph, people={ANN: SILENT}))
    for event in (Bridged(line.at, 9, True), LegChanged(line.at, 7, LegState.JOINED)):
        line.post(event)
    assert not line.commands(Bridge, End)


# ---- without conferences ---------------------------------------------------------------------------------------

DIALS = CallSettings(transfer=TransferSettings(consult=False))


def test_without_conferences_the_caller_is_passed_on(graph: Graph) -> None:
    line = gas(Line(graph, settings=DIALS, on_duty=BOTH)).wait(2000)
    assert line.commands(PassOn) == [PassOn(1, BOTH)]
    assert not line.commands(Ring)
    assert outcome(line) == "passed_on"
    assert line.call.state.phase is Phase.TRANSFERRING


def test_point_31_a_caller_who_comes_back_is_asked_on_where_they_left(graph: Graph) -> None:
    left = gas(Line(graph, settings=DIALS)).wait(2000).call.state
    back = Line(graph, start={"resumed": state_to_json(left), "returned": "no answer", "transfers": 1}).ring()
    back.until_quiet()
    assert back.said[-1] == NAME
    assert "Thank you for calling Northside Heating." not in back.said
    assert back.call.state.values["problem"] == left.values["problem"]
    assert back.call.state.person_tried


# ---- resuming --------------------------------------------------------------------------------------------------


def test_point_31_a_cut_call_goes_on_where_it_stood(graph: Graph) -> None:
    first = Line(graph).ring().answer("my furnace stopped working").answer("daniel foster")
    second = Line(graph, start={"resumed": state_to_json(first.call.state)}).ring().until_quiet()
    assert "Thank you for calling Northside Heating." not in second.said
    assert second.call.state.values == first.call.state.values
    second.answer("yes it is")
    assert second.call.state.values["callback"].value == "+14155550123"


@pytest.mark.parametrize("resumed", ["", "{", "null", '{"flow": "another", "version": 1, "caller": "", "now": ""}'])
def test_point_31_what_cannot_be_resumed_starts_anew(graph: Graph, resumed: str) -> None:
    line = Line(graph, start={"resumed": resumed}).ring().until_quiet()
    assert [e.step for e in line.entries if isinstance(e, Enter)] == ["triage"]
    assert line.said[0] == "Thank you for calling Northside Heating."


def test_point_31_a_state_of_another_version_of_the_flow_starts_anew(graph: Graph) -> None:
    state = json.loads(state_to_json(Line(graph).ring().answer("my furnace stopped working").call.state))
    line = Line(graph, start={"resumed": json.dumps(state | {"version": state["version"] + 1})}).ring()
    assert line.until_quiet().said[0] == "Thank you for calling Northside Heating."


def test_a_known_caller_is_known_to_the_procedure(graph: Graph) -> None:
    line = Line(graph, start={"profile": {"vip": "yes"}}).ring()
    assert line.call.state.profile == {"vip": "yes"}


# ---- the whole ------------------------------------------------------------------------------------------------


def replayed(line: Line) -> list[Command]:
    """What a fresh core makes of the same events, as a journal keeps them."""
    call = Call(line.graph, line.settings)
    events = [decode(json.loads(encode(e))) for e in line.entries if isinstance(e, Event)]
    return [command for event in events for command in call.receive(event)]


def test_a_journal_of_a_transfer_replays_exactly(graph: Graph) -> None:
    line = gas(Line(graph, on_duty=BOTH, people={ANN: ((9500, LegState.NO_ANSWER),), BOB: ACCEPTS}))
    line.say("hello is anybody there").wait(30_000)
    assert outcome(line) == "transferred"
    assert replayed(line) == [e for e in line.entries if not isinstance(e, Event)]


def test_the_report_tells_who_was_tried_and_how_long_it_took(graph: Graph) -> None:
    line = gas(Line(graph, on_duty=BOTH, people={ANN: ((9000, LegState.BUSY),), BOB: ACCEPTS})).wait(30_000)
    (told,) = report(line).transfers
    assert (told.target, told.tried, told.outcome) == ("on_call_line", ["Ann", "Bob"], "connected")
    assert told.answered_s == pytest.approx(9 + 3, abs=0.2)
    (failed,) = report(gas(Line(graph, people={ANN: NO_ANSWER})).wait(5000)).transfers
    assert (failed.tried, failed.answered_s, failed.outcome, failed.why) == (["Ann"], None, "failed", "no_answer")
    left = gas(Line(graph))
    (left_told,) = report(left.post(Stopped(left.at, "stop"))).transfers
    assert left_told.outcome == "abandoned"
    (nobody,) = report(gas(Line(graph, on_duty=())).wait(3000)).transfers
    assert (nobody.tried, nobody.outcome, nobody.why) == ([], "failed", "nobody on duty")


doing = st.lists(st.tuples(st.integers(50, 30_000), st.sampled_from(LegState)), max_size=5).map(tuple)


@settings(max_examples=12, deadline=None)
@given(doing, doing, st.booleans(), st.sampled_from([None, 5000, 20_000]))
def test_whatever_telephones_do_the_caller_is_not_forgotten(
    graph: Graph, ann: Does, bob: Does, moves: bool, speaks: int | None
) -> None:
    line = Line(
        graph, on_duty=BOTH, people={ANN: ann, BOB: bob}, bridges=Bridged(0, 0, moves, "" if moves else "failed")
    )
    gas(line)
    if speaks:
        line.say("are you still there", speaks)
    for _ in range(180):
        line.wait(1000)
        if line.call.over or NAME in line.said:
            break
    assert line.call.over or NAME in line.said
    assert not line.legs_up or outcome(line) == "transferred"
    assert max(silences(line), default=0) <= 12
    joined = {e.leg for e in line.entries if isinstance(e, LegChanged) and e.to is LegState.JOINED}
    assert all(b.leg in joined for b in line.commands(Bridge) if isinstance(b, Bridge))
    assert line.at < samples(240_000)
