"""Whether a condition can ever hold: never refused where some value would do."""

import pytest

import sop
from sop.conditions import parse_condition
from sop.satisfy import can_hold, candidates

FLOW = sop.load_text("""\
sop: sums
business: Acme
hours: {monday: "08:00-17:00"}
slots:
  paid: {type: money, low: 5, high: 100, prompt: How much was paid?}
  owed: {type: money, prompt: How much is owed?}
  many: {type: number, prompt: How many?}
  born: {type: date, period: past, prompt: When were you born?}
  due: {type: date, period: future, prompt: When is it due?}
  sure: {type: yes_no, prompt: Are you sure?}
  size: {type: choice, prompt: Which size?, options: {small: [small], large: [large]}}
  name: {type: person_name, prompt: Your name?}
start: first
steps:
  first: {ask: [paid, owed, many, born, due, sure, size, name], go: bye}
  desk: {transfer: desk, on_no_answer: bye}
  bye: {end: done}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: bye}
""")


@pytest.mark.parametrize(
    "text",
    [
        "paid < 5.5",
        "paid > 99.5",
        "5 < paid < 6",
        "0 < owed < 0.02",
        "owed > paid",
        "owed > paid and paid > 50",
        "paid < owed < many",
        "paid == owed",
        "many != paid",
        "paid == None",
        "not paid",
        "born_years_ago >= 18 and born_years_ago < 19",
        "due_days_ago <= -30",
        "sure == 'yes' and size in [small, large] and not open",
        "name == 'Karen Mitchell'",
        "name != None",
        "weekday in [5, 6] or hour >= 17",
        "said in [lawyer] and said in [sue]",
        "topic in [fraud] and topic not in [legal]",
        "misunderstood >= 2 and silences >= 1",
        "calls_before == 0",
        "amount > 10.5 and amount < 11",
    ],
)
def test_can_hold(text: str) -> None:
    assert can_hold(FLOW, parse_condition(text))


@pytest.mark.parametrize(
    "text",
    [
        "paid < 5",
        "paid > 100",
        "paid > 50 and paid < 50",
        "paid == 'fifty'",
        "paid > 50 and paid == None",
        "owed > owed",
        "2 < misunderstood < 3",
        "silences < 0",
        "hour > 23",
        "weekday == 7",
        "weekday == 'monday'",
        "born_days_ago < 0",
        "due_years_ago > 0",
        "sure == True",
        "sure == 'yes' and sure == 'no'",
        "size == 'small' and size != 'small'",
        "size in []",
        "name > 3",
        "open == 'yes'",
        "open and not open",
        "vip > 0",
        "topic == 'fraud'",
        "None",
    ],
)
def test_can_never_hold(text: str) -> None:
    assert not can_hold(FLOW, parse_condition(text))


def test_what_the_edges_before_take_is_gone() -> None:
    small, large = parse_condition("size == 'small'"), parse_condition("size == 'large'")
    assert can_hold(FLOW, parse_condition("size != 'small'"), (small,))
    assert not can_hold(FLOW, parse_condition("size != None"), (small, large))
    assert not can_hold(FLOW, parse_condition("paid > 60"), (parse_condition("paid > 50"),))
    assert can_hold(FLOW, parse_condition("paid > 50"), (parse_condition("paid > 60"),))


def test_too_many_combinations_are_not_refused() -> None:
    many = " and ".join(f"{name} != {number}" for name in ("many", "owed", "hour") for number in range(9))
    assert can_hold(FLOW, parse_condition(many + " and weekday > 5 and not open"))


def test_candidates_tell_apart_what_conditions_tell_apart() -> None:
    assert candidates(FLOW, "paid", (parse_condition("paid > 50"),)) == (49.0, 50.0, 51.0, None)
    assert candidates(FLOW, "paid", (parse_condition("5 < paid <= 99"),)) == (5.0, 52.0, 99.0, 100.0, None)
    assert candidates(FLOW, "hour", (parse_condition("hour >= 23"),)) == (22.0, 23.0, None)
    assert candidates(FLOW, "name", ()) == ("something else", None)
