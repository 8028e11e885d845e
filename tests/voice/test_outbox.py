"""When the worker tries again, and when it gives up."""

from pathlib import Path

import pytest

from tests.voice import databases
from tests.voice.databases import on
from tests.voice.targets import Clock, Held, Scripted, passing, row_of, waiting
from voice.envelope import DeliveryFailed
from voice.outbox import Outbox, OutboxSettings
from voice.store import Store

url = databases.url

ONE_TRY = OutboxSettings(quick_tries=1)


def test_a_lead_is_delivered_and_noted(url: str) -> None:
    async def work(store: Store) -> None:
        await waiting(store, "webhook:crm")
        target, clock = Scripted(), Clock()
        outbox = Outbox(store, {"webhook:crm": target}, clock=clock)
        assert await outbox.deliver_due() == 1
        assert await outbox.deliver_due() == 0
        row = await row_of(store)
        assert (row.state, row.attempts, row.delivered_at) == ("delivered", 1, 1000.0)
        (got,) = target.got
        assert (got.id, got.key, got.kind) == (row.id, "CA1:1:webhook:crm", "webhook")
        assert got.payload["fields"]["name"]["value"] == "Karen Mitchell"

    on(url, work)


def test_the_delays_grow_and_the_eighth_failure_is_the_last(url: str) -> None:
    async def work(store: Store) -> None:
        await waiting(store, "webhook:crm")
        target, clock = Scripted(*[passing()] * 20), Clock()
        outbox = Outbox(store, {"webhook:crm": target}, ONE_TRY, clock=clock, chance=lambda: 0.0)
        waits = []
        while (row := await row_of(store)).state == "waiting":
            clock.now = row.due_at
            assert await outbox.deliver_due() == 1
            after = await row_of(store)
            waits.append(after.due_at - clock.now)
            clock.now = after.due_at - 0.001
            if after.state == "waiting":
                assert await outbox.deliver_due() == 0
        assert waits == [5, 30, 120, 600, 3600, 3600, 3600, 0]
        assert (row.state, row.attempts, row.last_error) == ("dead", 8, "the webhook answered 503")
        assert len({envelope.key for envelope in target.got}) == 1
        assert await store.redeliver(clock.now, dead=True) == 1
        target.answers.clear()
        clock.now += 1
        assert await outbox.deliver_due() == 1
        assert (await row_of(store)).state == "delivered"

    on(url, work)


def test_jitter_spreads_the_next_attempts(url: str) -> None:
    async def work(store: Store) -> None:
        await waiting(store, "a")
        await waiting(store, "a", call="CA2")
        chances = iter((0.0, 1.0))
        settings = OutboxSettings(quick_tries=1, jitter=0.5)
        outbox = Outbox(
            store, {"a": Scripted(passing(), passing())}, settings, clock=Clock(), chance=lambda: next(chances)
        )
        await outbox.deliver_due()
        assert {row.due_at for row in await store.deliveries()} == {1005.0, 1007.5}

    on(url, work, begun=("CA1", "CA2"))


def test_a_permanent_failure_is_not_tried_again(url: str) -> None:
    async def work(store: Store) -> None:
        await waiting(store, "webhook:crm")
        target = Scripted(DeliveryFailed("the webhook answered 404", permanent=True))
        await Outbox(store, {"webhook:crm": target}, clock=Clock()).deliver_due()
        row = await row_of(store)
        assert (row.state, row.attempts, row.last_error) == ("dead", 1, "the webhook answered 404")
        assert len(target.got) == 1

    on(url, work)


def test_a_connection_lost_for_a_moment_costs_no_attempt(url: str) -> None:
    async def work(store: Store) -> None:
        await waiting(store, "webhook:crm")
        target = Scripted(passing())
        settings = OutboxSettings(quick_tries=2, quick_s=0.01)
        await Outbox(store, {"webhook:crm": target}, settings, clock=Clock()).deliver_due()
        row = await row_of(store)
        assert (row.state, row.attempts, len(target.got)) == ("delivered", 1, 2)

    on(url, work)


@pytest.mark.parametrize(
    ("targets", "error"),
    [({}, "no such target is configured"), ({"a": Scripted(KeyError("+14155550123"))}, "the target broke: KeyError")],
)
def test_an_unknown_target_or_a_broken_one_is_tried_later(
    tmp_path: Path, targets: dict[str, Scripted], error: str
) -> None:
    async def work(store: Store) -> None:
        await waiting(store, "a")
        await Outbox(store, targets, ONE_TRY, clock=Clock(), chance=lambda: 0.0).deliver_due()
        row = await row_of(store)
        assert (row.state, row.due_at, row.last_error) == ("waiting", 1005.0, error)

    on(f"sqlite:///{tmp_path}/calls.db", work)


def test_a_target_that_never_answers_is_given_up(tmp_path: Path) -> None:
    async def work(store: Store) -> None:
        await waiting(store, "a")
        settings = OutboxSettings(attempt_s=0.05)
        await Outbox(store, {"a": Held()}, settings, clock=Clock(), chance=lambda: 0.0).deliver_due()
        row = await row_of(store)
        assert (row.state, row.last_error) == ("waiting", "no answer in time")

    on(f"sqlite:///{tmp_path}/calls.db", work)
