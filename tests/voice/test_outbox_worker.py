"""Workers that run: side by side, nudged, stopped, and killed. Nothing is delivered twice at the same time."""

import asyncio
import json
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

from sqlalchemy import event
from structlog.testing import capture_logs

from tests import virtual_time
from tests.voice import databases
from tests.voice.databases import NAME, on
from tests.voice.targets import Clock, Held, Scripted, passing, row_of, until, waiting
from voice.delivery import FileSettings, FileTarget
from voice.envelope import Envelope
from voice.outbox import Outbox, OutboxSettings
from voice.store import Delivery, Store

url = databases.url


def test_two_workers_never_have_the_same_delivery(url: str) -> None:
    calls = tuple(f"CA{number:02}" for number in range(10))

    async def work(store: Store) -> None:
        for call in calls:
            await waiting(store, "a", "b", call=call)
        other = Store(url)
        targets = {"a": Scripted(), "b": Scripted()}
        workers = [Outbox(one, targets) for one in (store, other)]
        for worker in workers:
            worker.start()
        await until(lambda: sum(len(target.got) for target in targets.values()) >= 20)
        for worker in workers:
            await worker.stop()
        await other.close()
        keys = [envelope.key for target in targets.values() for envelope in target.got]
        assert len(keys) == len(set(keys)) == 20
        assert {(row.state, row.attempts) for row in await store.deliveries()} == {("delivered", 1)}

    on(url, work, begun=calls)


def test_while_one_worker_is_at_it_no_other_is(url: str) -> None:
    async def work(store: Store) -> None:
        await waiting(store, "a")
        slow, clock = Held(), Clock()
        first = Outbox(store, {"a": slow}, clock=clock)
        second = Outbox(store, {"a": slow}, clock=clock)
        at_it = asyncio.create_task(first.deliver_due())
        await until(lambda: slow.at_once == 1)
        clock.now += 119
        assert await second.deliver_due() == 0
        slow.release.set()
        assert await at_it == 1
        assert (len(slow.got), (await row_of(store)).state) == (1, "delivered")

    on(url, work)


def test_a_crash_between_sending_and_noting_sends_again_with_the_same_key(url: str) -> None:
    async def work(store: Store) -> None:
        await waiting(store, "a")
        target, clock = Scripted(), Clock()
        # Sent by a worker that never came to note it.
        (leased,) = await store.due(clock(), 1)
        sent = Envelope(leased.id, leased.call, leased.version, leased.target, leased.kind, leased.payload)
        await target.deliver(sent)
        restarted = Outbox(store, {"a": target}, clock=clock)
        assert await restarted.deliver_due() == 0
        clock.now += 121
        assert await restarted.deliver_due() == 1
        first, second = target.got
        assert (first.key, first.id, first.payload) == (second.key, second.id, second.payload)
        row = await row_of(store)
        assert (row.state, row.attempts) == ("delivered", 2)

    on(url, work)


def test_a_nudge_wakes_the_worker_at_once_and_a_delivery_that_hangs_holds_up_no_other(url: str) -> None:
    async def work(store: Store) -> None:
        slow, quick = Held(), Scripted()
        outbox = Outbox(store, {"slow": slow, "quick": quick}, OutboxSettings(poll_s=3600))
        outbox.start()
        await waiting(store, "slow")
        outbox.nudge()
        await until(lambda: slow.at_once == 1)
        await waiting(store, "quick", call="CA2")
        outbox.nudge()
        await until(lambda: len(quick.got) == 1)
        assert slow.at_once == 1
        slow.release.set()
        await outbox.stop()
        assert {row.state for row in await store.deliveries()} == {"delivered"}

    on(url, work, begun=("CA1", "CA2"))


def test_no_more_at_once_than_set(tmp_path: Path) -> None:
    calls = tuple(f"CA{number}" for number in range(6))

    async def work(store: Store) -> None:
        for call in calls:
            await waiting(store, "a", call=call)
        slow = Held()
        outbox = Outbox(store, {"a": slow}, OutboxSettings(most_at_once=2))
        outbox.start()
        await until(lambda: slow.at_once == 2)
        outbox.nudge()
        await asyncio.sleep(0.05)
        assert len(slow.got) == 2
        slow.release.set()
        await until(lambda: len(slow.got) == 6)
        await outbox.stop()
        assert slow.most_at_once == 2
        assert {row.state for row in await store.deliveries()} == {"delivered"}

    on(f"sqlite:///{tmp_path}/calls.db", work, begun=calls)


def test_a_stop_gives_back_what_is_not_finished(url: str) -> None:
    async def work(store: Store) -> None:
        await waiting(store, "a")
        slow = Held()
        outbox = Outbox(store, {"a": slow}, OutboxSettings(grace_s=0.05))
        outbox.start()
        await until(lambda: slow.at_once == 1)
        await outbox.stop()
        assert slow.at_once == 0
        row = await row_of(store)
        assert (row.state, row.last_error) == ("waiting", "the server stopped")
        # The next server needn't wait for the lease to end.
        after = Scripted()
        assert await Outbox(store, {"a": after}).deliver_due() == 1
        assert after.got[0].key == slow.got[0].key

    on(url, work)


def test_stopping_an_idle_worker_takes_no_time(tmp_path: Path) -> None:
    async def work(store: Store) -> None:
        outbox = Outbox(store, {}, OutboxSettings(poll_s=3600))
        outbox.start()
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await outbox.stop()

    on(f"sqlite:///{tmp_path}/calls.db", work)


def test_a_database_that_is_away_for_a_moment_does_not_end_the_worker(tmp_path: Path) -> None:
    broken, refused = [False], []

    async def work(store: Store) -> None:
        def checkout(connection: object, *_: object) -> None:
            if broken[0]:
                refused.append(connection)
                raise OSError(5, "Input/output error")

        event.listen(store._engine.sync_engine, "checkout", checkout)
        target = Scripted()
        outbox = Outbox(store, {"a": target}, OutboxSettings(poll_s=0.02))
        broken[0] = True
        outbox.start()
        await until(lambda: len(refused) >= 2)
        broken[0] = False
        await waiting(store, "a")
        await until(lambda: len(target.got) == 1)
        await outbox.stop()
        assert (await row_of(store)).state == "delivered"

    on(f"sqlite:///{tmp_path}/calls.db", work)


def test_in_virtual_time_a_lead_that_nobody_takes_is_dead_after_hours(tmp_path: Path) -> None:
    async def run() -> tuple[float, Delivery, int]:
        loop = asyncio.get_running_loop()
        store = Store(f"sqlite:///{tmp_path}/calls.db")
        await store.open()
        await store.begin_call("CA1", "MZ1", "after_hours_hvac", 4, None, None, "2026-11-22T19:40:00-05:00")
        await store.save_fields("CA1", NAME)
        await store.complete_lead("CA1", ("a",), at=0.0)
        target = Scripted(*[passing()] * 100)
        # The database's threads are given real time, so that no lease runs out under them.
        settings = OutboxSettings(poll_s=1e6, attempt_s=1e6)
        outbox = Outbox(store, {"a": target}, settings, clock=loop.time, sleep=asyncio.sleep)
        outbox.start()
        while True:
            row = await row_of(store)
            if row.state != "waiting":
                break
            await asyncio.sleep(1800)
        elapsed = loop.time()
        await outbox.stop()
        await store.close()
        return elapsed, row, len(target.got)

    elapsed, row, tries = virtual_time.run(run(), grace_s=0.2)
    assert (row.state, row.attempts, tries) == ("dead", 8, 16)
    assert elapsed >= 5 + 30 + 120 + 600 + 3 * 3600


SENDS_AND_DIES = """
    import asyncio, os, signal, sys
    from pathlib import Path
    from voice.delivery import FileSettings, FileTarget
    from voice.outbox import Outbox
    from voice.store import Store

    class Deadly(FileTarget):
        async def deliver(self, envelope):
            await super().deliver(envelope)
            os.kill(os.getpid(), signal.SIGKILL)

    async def main():
        store = Store(sys.argv[1])
        await store.open()
        await store.begin_call("CA1", "MZ1", "after_hours_hvac", 4, None, None, "2026-11-22T19:40:00-05:00")
        await store.save_fields("CA1", {"name": ("Karen", "karen", 0.9, False)})
        await store.complete_lead("CA1", ("file",), at=0.0)
        await Outbox(store, {"file": Deadly(FileSettings(Path(sys.argv[2])))}, clock=lambda: 1000.0).deliver_due()

    asyncio.run(main())
"""


def test_a_worker_killed_after_sending_leaves_one_line_in_the_file(url: str, tmp_path: Path) -> None:
    file = tmp_path / "leads.jsonl"
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(SENDS_AND_DIES), url, str(file)], check=False)
    assert done.returncode == -signal.SIGKILL

    async def find(store: Store) -> None:
        assert (await row_of(store)).state == "waiting"
        outbox = Outbox(store, {"file": FileTarget(FileSettings(file))}, clock=lambda: 1121.0)
        assert await outbox.deliver_due() == 1
        assert (await row_of(store)).state == "delivered"

    on(url, find, begun=())
    (line,) = file.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["call"] == "CA1"


class Stumbling(Store):
    """Fails twice in a way that nobody foresaw, then works."""

    stumbles = 2

    async def due(self, now: float, limit: int, *, lease_s: float = 120.0) -> tuple[Delivery, ...]:
        """As the store, the third time."""
        if self.stumbles:
            self.stumbles -= 1
            raise ValueError("karen mitchell")
        return await super().due(now, limit, lease_s=lease_s)


def test_a_worker_outlives_what_nobody_foresaw(url: str) -> None:
    async def work(store: Store) -> None:
        await waiting(store, "a")
        stumbling, target = Stumbling(url), Scripted()
        worker = Outbox(stumbling, {"a": target}, OutboxSettings(poll_s=0.05))
        with capture_logs() as logs:
            worker.start()
            await until(lambda: len(target.got) == 1)
            await worker.stop()
        await stumbling.close()
        assert [line["kind"] for line in logs if line["event"] == "the outbox waits"] == ["ValueError"] * 2
        assert "karen" not in str(logs)

    on(url, work)
