"""How much may be dialled: at once, for how long, for how much money a day."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.dial_limits import DialLimits, DialSettings

PACIFIC = ZoneInfo("America/Los_Angeles")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=PACIFIC)


def after(minutes: float, begin: datetime = NOON) -> datetime:
    """So many real minutes later, whatever the clock on the wall does."""
    return datetime.fromtimestamp(begin.timestamp() + minutes * 60, PACIFIC)


def test_so_many_at_once_and_no_more() -> None:
    limits = DialLimits(DialSettings(at_once=2)).begun("a", NOON).begun("b", NOON)
    assert limits.refusal(NOON) == "too many transfers"
    assert limits.longest_s(NOON) == 0
    with pytest.raises(ValueError, match="too many transfers"):
        limits.begun("c", NOON)
    assert limits.ended("a", after(1)).refusal(after(1)) == ""
    assert limits.unconnected("b").refusal(NOON) == ""


def test_the_same_leg_is_not_counted_twice() -> None:
    limits = DialLimits(DialSettings(at_once=2)).begun("a", NOON).begun("a", NOON)
    assert limits.refusal(NOON) == ""
    assert limits.ended("a", after(1)).ended("a", after(9)) == limits.ended("a", after(1))
    assert limits.ended("never begun", after(1)) == limits


def test_a_leg_that_is_up_knows_how_long_it_may_last() -> None:
    limits = DialLimits(DialSettings(longest_s=600, per_day=3, per_minute=1)).begun("a", NOON)
    assert limits.is_up("a") and limits.reserved_s("a") == 180
    assert not limits.is_up("b") and limits.reserved_s("b") == 0
    assert limits.ended("a", after(1)).reserved_s("a") == 0


def test_nobody_is_dialled_with_a_limit_of_none_at_once() -> None:
    assert DialLimits(DialSettings(at_once=0)).refusal(NOON) == "too many transfers"


def test_without_a_days_limit_only_the_length_counts() -> None:
    limits = DialLimits(DialSettings(longest_s=900))
    for day in range(3):
        now = NOON + timedelta(days=day)
        limits = limits.begun(str(day), now).ended(str(day), after(600, now))
    assert limits.longest_s(NOON + timedelta(days=3)) == 900


def test_a_days_money_buys_whole_minutes() -> None:
    assert DialSettings(per_day=3.0, per_minute=0.03).minutes_a_day == 100
    assert DialSettings(per_day=0.1, per_minute=0.03).minutes_a_day == 3
    assert DialSettings().minutes_a_day is None


def test_a_begun_minute_counts_whole() -> None:
    limits = DialLimits(DialSettings(longest_s=600, per_day=10, per_minute=1))
    limits = limits.begun("a", NOON).ended("a", after(2.1))
    assert limits.spent == 3
    assert limits.longest_s(after(3)) == 420


def test_a_leg_that_is_up_holds_its_longest() -> None:
    limits = DialLimits(DialSettings(longest_s=420, per_day=10, per_minute=1)).begun("a", NOON)
    assert limits.longest_s(NOON) == 180
    limits = limits.begun("b", NOON)
    assert limits.refusal(NOON) == "spent"
    assert limits.ended("a", after(1)).longest_s(after(1)) == 360


def test_a_leg_that_nobody_answered_costs_nothing() -> None:
    limits = DialLimits(DialSettings(longest_s=600, per_day=10, per_minute=1)).begun("a", NOON)
    assert limits.refusal(NOON) == "spent"
    assert limits.unconnected("a").longest_s(NOON) == 600


def test_what_was_spent_before_counts_for_its_day_alone() -> None:
    limits = DialLimits(DialSettings(longest_s=600, per_day=10, per_minute=1)).having_spent(7, NOON)
    assert limits.longest_s(NOON) == 180
    assert limits.having_spent(3, NOON).refusal(NOON) == "spent"
    assert limits.longest_s(NOON + timedelta(days=1)) == 600


def test_the_account_is_kept_by_the_local_date() -> None:
    settings = DialSettings(longest_s=600, per_day=10, per_minute=1)
    late = datetime(2026, 11, 24, 23, 50, tzinfo=PACIFIC)  # the 25th already in London
    spent = DialLimits(settings).begun("a", late).ended("a", after(9, late))
    assert spent.day == date(2026, 11, 24)
    assert spent.longest_s(after(9, late)) == 60
    assert spent.longest_s(after(10, late)) == 600


def test_a_leg_over_midnight_belongs_to_the_day_on_which_it_began() -> None:
    settings = DialSettings(longest_s=600, per_day=10, per_minute=1)
    late = datetime(2026, 11, 24, 23, 58, tzinfo=PACIFIC)
    limits = DialLimits(settings).begun("a", late)
    assert limits.refusal(after(1, late)) == "spent"
    assert limits.longest_s(after(3, late)) == 600
    tomorrow = limits.begun("b", after(3, late)).ended("b", after(4, late)).ended("a", after(8, late))
    assert (tomorrow.day, tomorrow.spent) == (date(2026, 11, 25), 1)


def test_the_hour_that_comes_twice_is_paid_for_twice() -> None:
    # 1 November 2026: at 2:00 the clocks go back to 1:00
    begin = datetime(2026, 11, 1, 0, 30, tzinfo=PACIFIC)
    settings = DialSettings(longest_s=7200, per_day=500, per_minute=1)
    limits = DialLimits(settings).begun("a", begin)
    end = after(120, begin)
    assert (end.hour, end.minute) == (1, 30)
    assert limits.ended("a", end).spent == 120


def test_a_clock_set_back_makes_no_call_free() -> None:
    settings = DialSettings(longest_s=600, per_day=10, per_minute=1)
    limits = DialLimits(settings).begun("a", NOON).ended("a", after(-30))
    assert limits.spent == 1
    assert limits.longest_s(NOON - timedelta(days=1)) == 540


@pytest.mark.parametrize(
    "wrong",
    [{"at_once": -1}, {"longest_s": 59}, {"per_day": -1.0}, {"per_day": 5.0}, {"per_minute": -0.01}],
)
def test_limits_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="limit"):
        DialSettings(**wrong)  # type: ignore[arg-type]


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.floats(0.1, 30), st.booleans()), max_size=40),
    st.integers(1, 60),
)
def test_the_days_spend_never_passes_its_limit(course: list[tuple[str, float, bool]], bought: int) -> None:
    """Legs end when they like, but not after the longest that they were granted."""
    limits = DialLimits(DialSettings(at_once=3, longest_s=600, per_day=bought, per_minute=1))
    now, granted = NOON, dict[str, datetime]()
    for leg, wait, begins in course:
        now = after(wait, now)
        for one in [one for one, end in granted.items() if end <= now]:
            limits = limits.ended(one, granted.pop(one))
        if begins and leg not in granted and not limits.refusal(now):
            granted[leg] = after(limits.longest_s(now) / 60, now)
            limits = limits.begun(leg, now)
        elif leg in granted:
            limits = limits.ended(leg, now)
            del granted[leg]
        if now.date() != NOON.date():
            break
        assert limits.spent <= bought
        assert len(limits.up) <= 3
