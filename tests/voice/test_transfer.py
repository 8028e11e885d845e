"""Warm transfer: every cell of the table, and whatever order of events; numbers name points of the checklist."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docs.warm_transfer import picture
from voice.audio import samples
from voice.commands import Bridge, DropLeg, PassOn, Ring, SlowAnswer, Transfer
from voice.events import Bridged, LegChanged, LegState, OnDuty
from voice.transfer import OVER, TABLE, Stage, TransferSettings
from voice.transferring import Over, Step, Tell, Transferring

ANN, BOB = ("Ann", "+14155550190"), ("Bob", "+14155550191")
S = samples(1000)
ringing_bob = Ring(1, 2, *BOB, 20)

Say = LegState
TO: dict[Stage, tuple[LegState, ...]] = {
    Stage.RINGING: (),
    Stage.BRIEFING: (Say.ANSWERED,),
    Stage.JOINING: (Say.ANSWERED, Say.ACCEPTED),
    Stage.TELLING: (Say.ANSWERED, Say.ACCEPTED, Say.JOINED),
}


def at_stage(stage: Stage, *, consult: bool = True) -> Transferring:
    """A transfer to Ann, then Bob, that stands there at second 0."""
    transfer = Transferring(TransferSettings(consult=consult))
    assert transfer.begin(0, "on_call", "gas") == Transfer(1, "on_call", "gas")
    if stage is Stage.LOOKING:
        return transfer
    transfer.on_duty(0, OnDuty(0, 1, (ANN, BOB)))
    for state in TO.get(stage, TO[Stage.TELLING]) if consult else ():
        transfer.leg(0, LegChanged(0, 1, state))
    if stage is Stage.CONNECTING:
        transfer.told(0)
    assert transfer.stage is stage
    return transfer


def leg(transfer: Transferring, to: LegState, number: int = 1) -> list[Step]:
    return transfer.leg(S, LegChanged(S, number, to))


WAITING = (Stage.RINGING, Stage.BRIEFING)


def test_nobody_on_duty_fails_with_the_reason() -> None:
    transfer = at_stage(Stage.LOOKING)
    assert transfer.on_duty(S, OnDuty(S, 1, (), "too many transfers")) == [Over(Stage.FAILED, "too many transfers")]


def test_who_is_on_duty_is_rung_in_order_and_only_once_told() -> None:
    transfer = at_stage(Stage.LOOKING)
    assert transfer.on_duty(S, OnDuty(S, 7, (BOB,))) == []  # the answer to another transfer
    assert transfer.on_duty(S, OnDuty(S, 1, (ANN, BOB))) == [Ring(1, 1, *ANN, 20)]
    assert transfer.on_duty(S, OnDuty(S, 1, (BOB,))) == []
    assert transfer.stage is Stage.RINGING


def test_a_roster_that_never_answers_fails() -> None:
    transfer = at_stage(Stage.LOOKING)
    assert transfer.tick(10 * S - 1) == []
    assert transfer.tick(10 * S) == [Over(Stage.FAILED, "failed")]


def test_the_way_to_the_conference() -> None:
    transfer = at_stage(Stage.RINGING)
    assert (leg(transfer, Say.RINGING), transfer.stage) == ([], Stage.RINGING)
    assert (leg(transfer, Say.ANSWERED), transfer.stage) == ([], Stage.BRIEFING)
    assert (leg(transfer, Say.ACCEPTED), transfer.stage) == ([], Stage.JOINING)
    assert (leg(transfer, Say.JOINED), transfer.stage) == ([Tell()], Stage.TELLING)
    assert (transfer.told(2 * S), transfer.stage) == ([Bridge(1, 1)], Stage.CONNECTING)
    assert transfer.bridged(3 * S, Bridged(0, 1, True)) == [Over(Stage.CONNECTED)]


@pytest.mark.parametrize("stage", WAITING)
def test_a_key_or_the_conference_counts_even_if_what_went_before_is_lost(stage: Stage) -> None:
    transfer = at_stage(stage)
    assert (leg(transfer, Say.ACCEPTED), transfer.stage) == ([], Stage.JOINING)
    transfer = at_stage(stage)
    assert (leg(transfer, Say.JOINED), transfer.stage) == ([Tell()], Stage.TELLING)


@pytest.mark.parametrize("stage", WAITING)
@pytest.mark.parametrize("to", [Say.MACHINE, Say.DECLINED])
def test_point_29_who_does_not_press_1_is_dropped_and_the_next_is_rung(stage: Stage, to: LegState) -> None:
    assert leg(at_stage(stage), to) == [DropLeg(1), ringing_bob]


@pytest.mark.parametrize("stage", [*WAITING, Stage.JOINING, Stage.TELLING])
@pytest.mark.parametrize("to", [Say.BUSY, Say.NO_ANSWER, Say.FAILED, Say.ENDED, Say.REFUSED])
def test_point_30_a_leg_that_is_over_is_not_dropped_and_the_next_is_rung(stage: Stage, to: LegState) -> None:
    transfer = at_stage(stage)
    assert leg(transfer, to) == [ringing_bob]
    assert leg(transfer, to) == []


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        (Say.BUSY, "busy"),
        (Say.NO_ANSWER, "no answer"),
        (Say.FAILED, "failed"),
        (Say.DECLINED, "declined"),
        (Say.MACHINE, "answering machine"),
        (Say.ENDED, "hung up"),
        (Say.REFUSED, "refused"),
    ],
)
def test_point_30_the_last_ones_reason_is_the_transfers(to: LegState, reason: str) -> None:
    transfer = at_stage(Stage.RINGING)
    leg(transfer, Say.BUSY)
    assert leg(transfer, to, 2)[-1] == Over(Stage.FAILED, reason)


@pytest.mark.parametrize("stage", [Stage.JOINING, Stage.TELLING, Stage.CONNECTING])
@pytest.mark.parametrize("to", [Say.MACHINE, Say.DECLINED, Say.RINGING, Say.ANSWERED, Say.ACCEPTED])
def test_point_29_the_key_is_the_reliable_sign(stage: Stage, to: LegState) -> None:
    transfer = at_stage(stage)
    assert (leg(transfer, to), transfer.stage) == ([], stage)


@pytest.mark.parametrize(("stage", "seconds"), [(Stage.RINGING, 25), (Stage.BRIEFING, 30), (Stage.JOINING, 10)])
def test_a_telephone_of_which_nothing_more_is_heard_is_dropped(stage: Stage, seconds: int) -> None:
    transfer = at_stage(stage)
    assert transfer.tick(seconds * S - 1) == []
    assert transfer.tick(seconds * S) == [DropLeg(1), ringing_bob]
    assert transfer.tick(60 * S)[-1] == Over(Stage.FAILED, "no answer")


def test_point_28_a_last_line_of_which_no_mark_comes_back_does_not_hold_up_the_caller() -> None:
    transfer = at_stage(Stage.TELLING)
    assert transfer.tick(10 * S - 1) == []
    assert transfer.tick(10 * S) == [Bridge(1, 1)]


@pytest.mark.parametrize(
    ("stage", "drop"),
    [
        (Stage.LOOKING, []),
        (Stage.RINGING, [DropLeg(1)]),
        (Stage.BRIEFING, [DropLeg(1, apology=True)]),
        (Stage.JOINING, [DropLeg(1, apology=True)]),
        (Stage.TELLING, [DropLeg(1, apology=True)]),
    ],
)
def test_point_30_a_caller_who_hangs_up_leaves_nobody_ringing(stage: Stage, drop: list[Step]) -> None:
    assert at_stage(stage).hung_up(S) == [*drop, Over(Stage.ABANDONED, "caller hung up")]


@pytest.mark.parametrize("reason", ["gone", ""])
def test_a_caller_who_had_gone_is_apologised_for(reason: str) -> None:
    transfer = at_stage(Stage.CONNECTING)
    over = Over(Stage.ABANDONED, "caller hung up")
    assert transfer.bridged(S, Bridged(S, 1, False, reason)) == [DropLeg(1, apology=True), over]


def test_a_caller_who_could_not_be_moved_is_still_ours() -> None:
    transfer = at_stage(Stage.CONNECTING)
    assert transfer.bridged(S, Bridged(S, 1, False, "failed")) == [DropLeg(1), Over(Stage.FAILED, "failed")]
    transfer = at_stage(Stage.CONNECTING)
    assert transfer.tick(15 * S) == [DropLeg(1), Over(Stage.FAILED, "failed")]


def test_point_28_the_end_of_the_stream_is_no_hang_up_while_the_caller_is_moved() -> None:
    transfer = at_stage(Stage.CONNECTING)
    assert (transfer.hung_up(S), transfer.stage) == ([], Stage.CONNECTING)
    assert transfer.bridged(S, Bridged(S, 1, True)) == [Over(Stage.CONNECTED)]
    transfer = at_stage(Stage.CONNECTING)
    transfer.hung_up(S)
    assert transfer.bridged(S, Bridged(S, 1, False, "failed"))[0] == DropLeg(1, apology=True)  # there is no way back
    transfer = at_stage(Stage.CONNECTING)
    transfer.hung_up(S)
    assert transfer.tick(15 * S)[0] == DropLeg(1, apology=True)


def test_a_person_who_leaves_while_the_caller_is_moved_is_not_dropped_again() -> None:
    transfer = at_stage(Stage.CONNECTING)
    assert leg(transfer, Say.ENDED) == []
    assert transfer.bridged(S, Bridged(S, 1, False)) == [Over(Stage.ABANDONED, "caller hung up")]


@pytest.mark.parametrize(
    ("event", "over"),
    [
        (Bridged(S, 1, True), Over(Stage.CONNECTED, passed_on=True)),
        (Bridged(S, 1, False, "gone"), Over(Stage.ABANDONED, "caller hung up")),
        (Bridged(S, 1, False, "failed"), Over(Stage.FAILED, "failed")),
    ],
)
def test_without_conferences_the_carrier_dials(event: Bridged, over: Over) -> None:
    transfer = at_stage(Stage.LOOKING, consult=False)
    assert transfer.on_duty(0, OnDuty(0, 1, (ANN, BOB))) == [PassOn(1, (ANN, BOB))]
    assert transfer.hung_up(S) == []
    transfer.stopped = False
    assert transfer.bridged(S, Bridged(S, 9, True)) == []  # the answer to another transfer
    assert transfer.bridged(S, event) == [over]
    assert at_stage(Stage.PASSING_ON, consult=False).tick(15 * S) == [Over(Stage.FAILED, "failed")]


@pytest.mark.parametrize("to", [Say.RINGING, Say.ANSWERED, Say.ACCEPTED, Say.JOINED, Say.MACHINE, Say.DECLINED])
def test_a_leg_that_nobody_waits_for_is_dropped_if_it_is_up(to: LegState) -> None:
    transfer = at_stage(Stage.RINGING)
    transfer.tick(25 * S)
    assert leg(transfer, to) == [DropLeg(1)]
    assert (leg(transfer, Say.ENDED), leg(transfer, to)) == ([], [])
    transfer.hung_up(30 * S)
    assert leg(transfer, to, 2) == [DropLeg(2)]  # after the end as well


def test_point_31_a_second_transfer_while_one_runs_is_none() -> None:
    transfer = at_stage(Stage.BRIEFING)
    assert (transfer.begin(S, "front_desk", ""), transfer.stage) == (None, Stage.BRIEFING)
    transfer = at_stage(Stage.CONNECTING)
    transfer.bridged(S, Bridged(S, 1, True))
    assert (transfer.begin(S, "front_desk", ""), transfer.stage) == (None, Stage.CONNECTED)


def test_point_31_legs_of_another_transfer_and_of_another_stream_have_numbers_of_their_own() -> None:
    transfer = at_stage(Stage.RINGING)
    leg(transfer, Say.BUSY)
    leg(transfer, Say.BUSY, 2)
    assert transfer.begin(S, "front_desk", "") == Transfer(2, "front_desk", "")
    assert transfer.on_duty(S, OnDuty(S, 2, (ANN,))) == [Ring(2, 3, *ANN, 20)]
    later = Transferring(TransferSettings(), earlier=2)
    assert later.begin(0, "on_call", "") == Transfer(3, "on_call", "")
    (ring,) = later.on_duty(0, OnDuty(0, 3, (ANN,)))
    assert isinstance(ring, Ring) and ring.leg > 3


def test_a_slow_answer_raises_the_alarm_once() -> None:
    transfer = at_stage(Stage.RINGING)
    alarms = [step for s in range(1, 46) for step in transfer.tick(s * S) if isinstance(step, SlowAnswer)]
    assert alarms == [SlowAnswer(1, 31.0)]
    quick = at_stage(Stage.BRIEFING)
    leg(quick, Say.ACCEPTED)
    assert not [step for s in range(1, 60) for step in quick.tick(s * S) if step == SlowAnswer(1, 31.0)][1:]


def test_someone_who_accepts_within_the_target_raises_no_alarm() -> None:
    transfer = at_stage(Stage.TELLING)
    transfer.told(S)
    assert not [step for s in range(31, 40) for step in transfer.tick(s * S) if isinstance(step, SlowAnswer)]


def test_the_table_leads_from_every_stage_to_an_end_and_from_an_end_nowhere() -> None:
    assert not [stage for stage, _ in TABLE if stage in OVER]
    reached = set(OVER)
    for _ in Stage:
        reached |= {stage for (stage, _), (to, _) in TABLE.items() if to in reached}
    assert reached == set(Stage)


def test_the_drawing_is_what_the_table_gives() -> None:
    drawn = Path(__file__).parents[2] / "docs" / "warm-transfer.svg"
    assert drawn.read_text(encoding="utf-8") == picture()


DOWN = {Say.BUSY, Say.NO_ANSWER, Say.FAILED, Say.ENDED, Say.REFUSED}


class World:
    """The telephones as they really are, and a transfer that hears of them in whatever order."""

    def __init__(self, *, consult: bool) -> None:
        self.transfer = Transferring(TransferSettings(consult=consult))
        self.transfer.begin(0, "on_call", "gas")
        self.at = 0
        self.rung: set[int] = set()
        self.up: set[int] = set()
        self.ended: set[int] = set()
        self.joined: set[int] = set()

    def take(self, steps: list[Step]) -> None:
        for step in steps:
            if isinstance(step, Ring):
                assert not self.up
                self.rung.add(step.leg)
                self.up.add(step.leg)
            elif isinstance(step, DropLeg):
                self.up.discard(step.leg)
            elif isinstance(step, Bridge):
                assert step.leg in self.joined

    def leg(self, number: int, to: LegState) -> None:
        if to in DOWN:
            self.up.discard(number)
            self.ended.add(number)
        elif number in self.rung - self.ended:
            self.up.add(number)
        if to is Say.JOINED:
            self.joined.add(number)
        self.take(self.transfer.leg(self.at, LegChanged(self.at, number, to)))

    def duty(self, number: int, people: int) -> None:
        self.take(self.transfer.on_duty(self.at, OnDuty(self.at, number, (ANN, BOB, ANN)[:people])))

    def bridged(self, number: int, ok: bool) -> None:
        self.take(self.transfer.bridged(self.at, Bridged(self.at, number, ok)))

    def time(self, seconds: int) -> None:
        self.at += seconds * S
        self.take(self.transfer.tick(self.at))

    def told(self) -> None:
        self.take(self.transfer.told(self.at))

    def hung_up(self) -> None:
        self.take(self.transfer.hung_up(self.at))

    def begin(self) -> None:
        self.transfer.begin(self.at, "on_call", "again")


happenings = st.one_of(
    st.tuples(st.just("leg"), st.integers(1, 4), st.sampled_from(LegState)),
    st.tuples(st.just("leg"), st.integers(1, 2), st.sampled_from([Say.ANSWERED, Say.ACCEPTED, Say.JOINED])),
    st.tuples(st.just("duty"), st.integers(1, 2), st.integers(0, 3)),
    st.tuples(st.just("bridged"), st.integers(1, 2), st.booleans()),
    st.tuples(st.just("time"), st.integers(1, 30)),
    st.tuples(st.sampled_from(["told", "hung_up", "begin"])),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(happenings, max_size=40), st.booleans())
def test_whatever_order_of_events_arrives(course: list[tuple[Any, ...]], consult: bool) -> None:
    world = World(consult=consult)
    world.duty(1, 2)
    for kind, *given_ in course:
        getattr(world, kind)(*given_)
        assert len(world.up) <= 1
    for _ in range(40):
        world.time(10)
    assert world.transfer.stage in OVER
    assert not world.up or world.transfer.stage is Stage.CONNECTED
