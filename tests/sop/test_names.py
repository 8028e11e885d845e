"""The names that conditions read, and what they stand for."""

from dataclasses import replace

import pytest

import sop
from sop.names import amount, known_names, values
from sop.state import SlotValue, State

FLOW = sop.load_text("""\
sop: names
business: Acme
hours: {monday: "08:00-17:00", time_zone: America/New_York, closed: [2026-11-24]}
slots:
  born: {type: date, prompt: When were you born?}
  paid: {type: money, prompt: How much?}
  many: {type: number, prompt: How many?}
  claim: {type: digits, prompt: Which claim?}
start: first
steps:
  first: {ask: [born, paid, many, claim], go: look}
  look: {tool: look, on_failure: desk, go: bye}
  desk: {transfer: desk, on_no_answer: bye}
  bye: {end: done}
tools:
  look:
    url: https://acme.example.com/
    results: {balance: money, since: date, state: {type: choice, options: [good, bad]}}
    example: {balance: 1.5, since: 2020-02-29, state: good}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: bye}
""")
MONDAY = "2026-11-23T09:30:00-05:00"


def state(now: str = MONDAY, facts: dict[str, str] | None = None, **held: str) -> State:
    begun = sop.start(FLOW, caller=None, now=now)
    return replace(
        begun, values={name: SlotValue(value, value, 0.9) for name, value in held.items()}, facts=facts or {}
    )


def test_known_names() -> None:
    known = known_names(FLOW)
    assert {"born", "born_days_ago", "born_years_ago", "since_years_ago", "open", "day_off", "weekday", "vip"} <= known
    assert not known & {"answered", "misunderstood", "said", "paid_days_ago"}
    assert not known_names(replace(FLOW, hours=None)) & {"open", "day_off"}


def test_numbers_and_amounts_are_numbers_and_digits_are_text() -> None:
    found = values(FLOW, state(paid="1250.00", many="3", claim="0042", facts={"balance": "12.50", "state": "good"}))
    assert (found["paid"], found["many"], found["balance"]) == (1250.0, 3.0, 12.5)
    assert (found["claim"], found["state"]) == ("0042", "good")
    assert "born" not in found
    assert "born_years_ago" not in found


@pytest.mark.parametrize(
    ("born", "today", "years", "days"),
    [
        ("2008-11-23", "2026-11-23T00:00:00-05:00", 18, 6574),
        ("2008-11-24", "2026-11-23T23:59:00-05:00", 17, 6573),
        ("2008-02-29", "2026-02-28T12:00:00-05:00", 17, 6574),
        ("2008-02-29", "2026-03-01T12:00:00-05:00", 18, 6575),
        ("2026-11-23", MONDAY, 0, 0),
    ],
)
def test_how_long_ago(born: str, today: str, years: int, days: int) -> None:
    found = values(FLOW, state(today, born=born))
    assert (found["born_years_ago"], found["born_days_ago"]) == (years, days)


def test_a_day_to_come_is_less_than_no_days_ago() -> None:
    assert values(FLOW, state(born="2026-11-30"))["born_days_ago"] == -7


@pytest.mark.parametrize(
    ("now", "weekday", "hour", "is_open", "day_off"),
    [
        (MONDAY, 0, 9, True, False),
        ("2026-11-23T17:00:00-05:00", 0, 17, False, False),
        ("2026-11-24T03:30:00+00:00", 0, 22, False, False),
        ("2026-11-24T05:00:00+00:00", 1, 0, False, True),
        ("2026-11-23T22:30:00+09:00", 0, 8, True, False),
    ],
)
def test_the_moment_is_the_business_s(now: str, weekday: int, hour: int, is_open: bool, day_off: bool) -> None:
    found = values(FLOW, state(now))
    assert [found[name] for name in ("weekday", "hour", "open", "day_off")] == [weekday, hour, is_open, day_off]


def test_the_profile() -> None:
    plain, known = state(), replace(state(), profile={"vip": "yes", "calls_before": "4"})
    odd = replace(state(), profile={"vip": "true", "calls_before": "many"})
    assert [values(FLOW, plain)[name] for name in ("known_caller", "vip", "calls_before")] == [False, False, 0]
    assert [values(FLOW, known)[name] for name in ("known_caller", "vip", "calls_before")] == [True, True, 4]
    assert [values(FLOW, odd)[name] for name in ("known_caller", "vip", "calls_before")] == [True, False, 0]


@pytest.mark.parametrize(
    ("profile", "known"),
    [
        ({}, False),
        ({"calls_before": "0"}, False),
        ({"calls_before": "1"}, True),
        ({"calls_before": "0", "name": ""}, False),
        ({"calls_before": "0", "name": "Ann Smith"}, True),
        ({"vip": "no"}, True),
    ],
)
def test_who_is_known(profile: dict[str, str], known: bool) -> None:
    assert values(FLOW, replace(state(), profile=profile))["known_caller"] is known


def test_the_greatest_amount() -> None:
    assert amount(FLOW, state(many="900")) is None
    assert amount(FLOW, state(paid="20.00", many="900", facts={"balance": "35.50"})) == 35.5
