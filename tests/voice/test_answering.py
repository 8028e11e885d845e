"""Who takes a call: every rule by itself, which goes before which, and the clock's changes."""

from dataclasses import replace

import pytest

from sop.graph import Hours
from voice import spam
from voice.answering import (
    Decision,
    Inbound,
    Line,
    Load,
    Route,
    challenge_key,
    decide,
    inbound,
    is_listed,
    order,
    takes_agent,
)
from voice.tickets import CallOrder

OWN = "+18005550100"
CALLER = "+14155550199"
STAFF, DESK, ON_CALL = "+14155550101", "+14155550102", "+14155550103"
WORKDAYS = dict.fromkeys(range(5), ((8 * 60, 17 * 60),))
NEW_YORK = Hours(WORKDAYS, "America/New_York", "US", ("2026-03-06",))
MONDAY_NOON = "2026-06-01T12:00:00-04:00"
SUNDAY = "2026-06-07T12:00:00-04:00"
LINE = Line(OWN, "lead", after_hours="night", hours=NEW_YORK, people=(ON_CALL,))
CALL = Inbound("CA1", "AC1", OWN, CALLER)


def route(line: Line = LINE, call: Inbound = CALL, load: Load = Load(), now: str = MONDAY_NOON) -> Route:  # noqa: B008
    return decide(line, call, load, now).route


def test_an_ordinary_call_in_open_hours() -> None:
    assert decide(LINE, CALL, Load(), MONDAY_NOON) == Decision(Route.AGENT, "open", "lead")


def test_point_35_out_of_hours_the_other_procedure_runs() -> None:
    assert decide(LINE, CALL, Load(), SUNDAY) == Decision(Route.AGENT, "out of hours", "night", is_open=False)


def test_point_35_without_one_callers_leave_a_message() -> None:
    line = replace(LINE, after_hours="")
    assert decide(line, CALL, Load(), SUNDAY).route is Route.CLOSED
    assert decide(line, CALL, Load(), MONDAY_NOON).route is Route.AGENT


def test_a_line_without_hours_is_always_open() -> None:
    assert decide(replace(LINE, hours=None), CALL, Load(), SUNDAY) == Decision(Route.AGENT, "open", "lead")


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        # Eastern time: the clock is put forward on 8 March 2026 and back on 1 November 2026.
        ("2026-03-05T12:59:00+00:00", False),  # Thursday before, 07:59
        ("2026-03-05T13:00:00+00:00", True),  # 08:00
        ("2026-03-09T11:59:00+00:00", False),  # Monday after, 07:59
        ("2026-03-09T12:00:00+00:00", True),  # 08:00, an hour earlier by UTC
        ("2026-03-09T20:59:00+00:00", True),  # 16:59
        ("2026-03-09T21:00:00+00:00", False),  # 17:00
        ("2026-10-30T12:00:00+00:00", True),  # Friday before, 08:00
        ("2026-10-30T21:00:00+00:00", False),  # 17:00
        ("2026-11-02T12:00:00+00:00", False),  # Monday after, 07:00
        ("2026-11-02T13:00:00+00:00", True),  # 08:00
        ("2026-11-02T21:59:00+00:00", True),  # 16:59
        ("2026-06-01T17:30:00+05:30", True),  # 08:00 there, whatever offset the moment is given in
        ("2026-07-03T12:00:00-04:00", False),  # Independence Day is a Saturday: observed on Friday
        ("2026-12-25T12:00:00-05:00", False),  # Christmas Day, a Friday
        ("2026-03-06T12:00:00-05:00", False),  # a Friday, closed this once
        ("2026-06-06T12:00:00-04:00", False),  # Saturday
    ],
)
def test_point_35_hours_by_zone_and_holiday(now: str, is_open: bool) -> None:
    decision = decide(LINE, CALL, Load(), now)
    assert decision.is_open is is_open
    assert decision.flow == ("lead" if is_open else "night")


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        # Sunday 8 March 2026: 01:59 EST is followed by 03:00 EDT. Sunday 1 November: 01:30 comes twice.
        ("2026-03-08T06:59:00+00:00", True),
        ("2026-03-08T07:00:00+00:00", False),
        ("2026-11-01T05:30:00+00:00", True),
        ("2026-11-01T06:30:00+00:00", True),
        ("2026-11-01T07:30:00+00:00", False),
    ],
)
def test_point_35_the_hour_that_is_missing_and_the_one_that_comes_twice(now: str, is_open: bool) -> None:
    line = replace(LINE, hours=Hours({6: ((60, 150),)}, "America/New_York"))
    assert decide(line, CALL, Load(), now).is_open is is_open


@pytest.mark.parametrize("now", ["", "noon", "2026-06-01T12:00:00"])
def test_a_time_that_means_nothing_is_refused(now: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|offset"):
        decide(LINE, CALL, Load(), now)


@pytest.mark.parametrize(
    ("load", "expected"),
    [
        (Load(live=63), Route.AGENT),
        (Load(live=64), Route.BUSY),
        (Load(live=200), Route.BUSY),
        (Load(most=0), Route.BUSY),
        (Load(draining=True), Route.FALLBACK),
        (Load(ready=False), Route.FALLBACK),
        (Load(live=64, draining=True), Route.FALLBACK),
    ],
)
def test_point_37_draining_and_the_limit_are_answered_without_a_stream(load: Load, expected: Route) -> None:
    assert route(load=load) is expected
    assert route(replace(LINE, staff=(STAFF,)), load=load) is (Route.STAFF if expected is Route.AGENT else expected)


def test_staff_first_in_open_hours_only_and_once() -> None:
    line = replace(LINE, staff=(STAFF,))
    assert route(line) is Route.STAFF
    assert route(line, now=SUNDAY) is Route.AGENT
    assert route(line, replace(CALL, rung=True)) is Route.AGENT


@pytest.mark.parametrize(
    ("number", "numbers", "expected"),
    [
        (CALLER, {CALLER}, True),
        (CALLER, {"+14155550198"}, False),
        (CALLER, {"+1415*"}, True),
        (CALLER, {"+1416*"}, False),
        (CALLER, {"*"}, True),
        (CALLER, {"+1415"}, False),
        (CALLER, set(), False),
        (None, {"*"}, False),
    ],
)
def test_lists(number: str | None, numbers: set[str], expected: bool) -> None:
    assert is_listed(number, frozenset(numbers)) is expected


OFTEN = replace(CALL, recent=20)
FULL = Load(live=64)


@pytest.mark.parametrize(
    ("changes", "call", "load", "now", "expected"),
    [
        # the block list goes before everything, the allow list before the block list and the score
        ({"block": frozenset({CALLER}), "staff": (STAFF,)}, OFTEN, FULL, SUNDAY, Route.BLOCKED),
        ({"block": frozenset({CALLER})}, replace(OFTEN, passed=True), FULL, SUNDAY, Route.BLOCKED),
        ({"block": frozenset({"+1*"}), "allow": frozenset({CALLER})}, OFTEN, Load(), MONDAY_NOON, Route.AGENT),
        # the allow list opens no door out of hours and frees no line
        ({"allow": frozenset({CALLER}), "after_hours": ""}, CALL, Load(), SUNDAY, Route.CLOSED),
        ({"allow": frozenset({CALLER})}, CALL, FULL, MONDAY_NOON, Route.BUSY),
        # the score: before the soft launch, hours, load and staff; not again once the key was pressed
        ({"human": (DESK,), "share": 0.0}, OFTEN, Load(), MONDAY_NOON, Route.CHALLENGE),
        ({"after_hours": ""}, OFTEN, Load(), SUNDAY, Route.CHALLENGE),
        ({}, OFTEN, FULL, MONDAY_NOON, Route.CHALLENGE),
        ({"staff": (STAFF,)}, OFTEN, Load(), MONDAY_NOON, Route.CHALLENGE),
        ({}, replace(OFTEN, passed=True), Load(), MONDAY_NOON, Route.AGENT),
        ({"spam_limit": 1000}, OFTEN, Load(), MONDAY_NOON, Route.AGENT),
        # the human line needs no agent: neither hours nor load concern it
        ({"human": (DESK,), "share": 0.0}, CALL, FULL, SUNDAY, Route.HUMAN),
        ({"human": (DESK,), "share": 0.0, "staff": (STAFF,)}, CALL, Load(), MONDAY_NOON, Route.HUMAN),
        ({"human": (DESK,), "share": 1.0}, CALL, Load(), MONDAY_NOON, Route.AGENT),
        # without a human line there is no other arm
        ({"share": 0.0}, CALL, Load(), MONDAY_NOON, Route.AGENT),
        # a message out of hours needs no agent either
        ({"after_hours": ""}, CALL, FULL, SUNDAY, Route.CLOSED),
        ({"after_hours": ""}, CALL, Load(draining=True), SUNDAY, Route.CLOSED),
        ({}, CALL, FULL, SUNDAY, Route.BUSY),
        # the limit goes before staff
        ({"staff": (STAFF,)}, CALL, FULL, MONDAY_NOON, Route.BUSY),
    ],
)
def test_which_rule_goes_before_which(
    changes: dict[str, object], call: Inbound, load: Load, now: str, expected: Route
) -> None:
    assert decide(replace(LINE, **changes), call, load, now).route is expected  # type: ignore[arg-type]


def test_both_arms_are_noted() -> None:
    line = replace(LINE, human=(DESK,), share=0.5, salt="s")
    arms = {decide(line, replace(CALL, caller=f"+1415555{n:04}"), Load(), MONDAY_NOON).arm for n in range(40)}
    assert arms == {"agent", "human"}


def test_the_soft_launch_is_stable_fair_and_grows() -> None:
    callers = [replace(CALL, caller=f"+1415555{n:04}", call=f"CA{n}") for n in range(2000)]
    tenth = {one.caller for one in callers if takes_agent(replace(LINE, share=0.1, salt="s"), one)}
    half = {one.caller for one in callers if takes_agent(replace(LINE, share=0.5, salt="s"), one)}
    other = {one.caller for one in callers if takes_agent(replace(LINE, share=0.5, salt="t"), one)}
    assert 140 < len(tenth) < 260
    assert 900 < len(half) < 1100
    assert tenth < half
    assert 380 < len(half & other) < 620
    again = {one.caller for one in callers if takes_agent(replace(LINE, share=0.5, salt="s"), replace(one, call="CAx"))}
    assert again == half


def test_who_withholds_a_number_is_drawn_by_the_call() -> None:
    line = replace(LINE, share=0.5, salt="s")
    drawn = [takes_agent(line, Inbound(f"CA{n}", "AC1", OWN, None, withheld=True)) for n in range(200)]
    assert 60 < sum(drawn) < 140


@pytest.mark.parametrize(
    ("raw", "number", "withheld"),
    [
        ("+14155550199", "+14155550199", False),
        (" +14155550199 ", "+14155550199", False),
        ("+442079460958", "+442079460958", False),
        ("anonymous", None, True),
        ("Anonymous", None, True),
        ("Restricted", None, True),
        ("", None, True),
        ("+266696687", None, True),
        ("+7378742833", None, True),
        ("+86282452253", None, True),
        ("14155550199", None, False),
        ("+1", None, False),
        ("+15550100", None, False),
        ("+1415555019912345", None, False),
        ("+0155550199", None, False),
        ("sip:ann@example.com", None, False),
        ("client:ann", None, False),
        ("+1415555०१९९", None, False),
    ],
)
def test_point_36_withheld_and_invalid_numbers(raw: str, number: str | None, withheld: bool) -> None:
    call = inbound({"CallSid": "CA1", "AccountSid": "AC1", "To": OWN, "From": raw})
    assert (call.caller, call.withheld) == (number, withheld)


def test_point_36_a_withheld_number_alone_gets_the_agent() -> None:
    call = inbound({"CallSid": "CA1", "AccountSid": "AC1", "To": OWN, "From": "anonymous"})
    decision = decide(LINE, call, Load(), MONDAY_NOON)
    assert (decision.route, decision.spam) == (Route.AGENT, 25)


@pytest.mark.parametrize(
    ("verstat", "attested"),
    [
        ("TN-Validation-Passed-A", "A"),
        ("TN-Validation-Passed-B", "B"),
        ("TN-Validation-Passed-C-Diverted", "C"),
        ("TN-Validation-Failed", "failed"),
        ("TN-Validation-Failed-A", "failed"),
        ("No-TN-Validation", ""),
        ("TN-Validation-Passed-AA", ""),
        ("", ""),
    ],
)
def test_attestation_is_read(verstat: str, attested: str) -> None:
    assert inbound({"From": CALLER, "StirVerstat": verstat}).attested == attested


@pytest.mark.parametrize(
    ("caller", "attested", "recent", "points"),
    [
        (CALLER, "", 0, 0),
        (CALLER, "A", 3, 0),
        (CALLER, "C", 0, 0),
        (CALLER, "failed", 0, 25),
        (CALLER, "", 4, 20),
        (CALLER, "", 8, 45),
        (CALLER, "failed", 8, 70),
        (CALLER, "A", 8, 45),
        (CALLER, "", 16, 80),
        (OWN, "A", 0, 100),
        ("+15548207901", "", 0, 30),  # area code 554 is not in use
        (None, "", 0, 40),
    ],
)
def test_the_score(caller: str | None, attested: str, recent: int, points: int) -> None:
    found = spam.suspicion(caller, withheld=False, called=OWN, attested=attested, recent=recent)
    assert found.points == points
    assert bool(found.reasons) is (points > 0)


def test_a_challenge_asks_for_a_key_between_2_and_9() -> None:
    keys = {challenge_key(f"CA{n}") for n in range(200)}
    assert keys == set("23456789")


def test_what_the_ticket_says() -> None:
    call = replace(CALL, attested="B")
    decision = decide(LINE, call, Load(), SUNDAY)
    assert order(LINE, call, decision, returned="busy") == CallOrder(
        OWN, "night", CALLER, attestation="B", arm="agent", returned="busy"
    )


def test_a_call_does_not_show_its_caller() -> None:
    assert CALLER not in repr(CALL)
