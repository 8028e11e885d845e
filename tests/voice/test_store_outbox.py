"""Leads on their way into the outbox and out of it, on both databases."""

import asyncio
import signal
import subprocess
import sys
import textwrap

from tests.voice import databases
from tests.voice.databases import NAME, PHONE, on
from voice.delivery_rows import delivery_id, kind_of
from voice.store import Delivery, Store

url = databases.url

ALL = ("webhook:crm", "sms:boss")


async def states(store: Store, call: str = "CA1") -> dict[tuple[int, str], str]:
    return {(row.version, row.target): row.state for row in await store.deliveries(call)}


def test_a_complete_lead_goes_to_every_target_with_all_that_is_known_of_it(url: str) -> None:
    async def work(store: Store) -> None:
        await store.save_fields("CA1", NAME | PHONE, turn=3)
        await store.complete_lead("CA1", ALL, at=1_795_394_590.0)
        boss, crm = sorted(await store.deliveries("CA1"), key=lambda row: row.target)
        assert (crm.target, crm.kind, crm.version, crm.state, crm.attempts) == (
            "webhook:crm", "webhook", 1, "waiting", 0
        )  # fmt: skip
        assert (boss.kind, boss.due_at, boss.last_error, boss.delivered_at) == ("sms", 1_795_394_590.0, None, None)
        assert crm.payload == {
            "call": "CA1",
            "version": 1,
            "status": "complete",
            "flow": "after_hours_hvac",
            "flow_version": 4,
            "caller": "+14155550123",
            "called": None,
            "outcome": None,
            "times": {
                "started": "2026-11-22T19:40:00-05:00",
                "enqueued": "2026-11-23T00:43:10+00:00",
                "duration_s": None,
            },
            "fields": {
                "callback": {
                    "value": "+14155550123",
                    "spoken": "four one five …",
                    "confidence": 0.8,
                    "confirmed": True,
                    "turn": 3,
                },
                "name": {
                    "value": "Karen Mitchell",
                    "spoken": "karen mitchell",
                    "confidence": 0.91,
                    "confirmed": False,
                    "turn": 3,
                },
            },
        }

    on(url, work)


def test_completing_twice_delivers_once_and_a_new_target_gets_the_same_version(url: str) -> None:
    async def work(store: Store) -> None:
        await store.save_fields("CA1", NAME)
        await store.complete_lead("CA1", ["webhook:crm"])
        await store.complete_lead("CA1", ["webhook:crm"])
        await store.complete_lead("CA1", ["webhook:crm", "file"])
        assert set(await states(store)) == {(1, "webhook:crm"), (1, "file")}
        lead = await store.lead("CA1")
        assert lead is not None and lead.version == 1

    on(url, work)


def test_a_correction_after_completing_is_a_new_version_at_the_end(url: str) -> None:
    async def work(store: Store) -> None:
        await store.save_fields("CA1", NAME)
        await store.complete_lead("CA1", ALL)
        # Heard again the same: nothing new to tell.
        await store.save_fields("CA1", {"name": ("Karen Mitchell", "it's karen mitchell", 0.99, False)}, turn=8)
        await store.end_call("CA1", "lead_saved", 61.0, (), targets=ALL, partial_targets=ALL)
        assert {version for version, _ in await states(store)} == {1}
        await store.save_fields("CA1", {"name": ("Karen Marshall", "marshall", 0.9, False)})
        await store.end_call("CA1", "lead_saved", 65.0, (), targets=ALL, partial_targets=())
        assert set(await states(store)) == {(v, target) for v in (1, 2) for target in ALL}
        newest = (await store.deliveries("CA1"))[-1].payload
        assert (newest["fields"]["name"]["value"], newest["outcome"]) == ("Karen Marshall", "lead_saved")

    on(url, work)


def test_a_confirmation_and_a_removed_field_are_news(url: str) -> None:
    async def work(store: Store) -> None:
        await store.save_fields("CA1", NAME | PHONE)
        await store.complete_lead("CA1", ["file"])
        await store.save_fields("CA1", {"name": ("Karen Mitchell", "yes", 0.99, True)})
        await store.complete_lead("CA1", ["file"])
        await store.save_fields("CA1", {"callback": ("", "", 0.0, False)})
        await store.complete_lead("CA1", ["file"])
        payloads = [row.payload["fields"] for row in await store.deliveries("CA1")]
        assert [sorted(fields) for fields in payloads] == [["callback", "name"], ["callback", "name"], ["name"]]
        assert [fields["name"]["confirmed"] for fields in payloads] == [False, True, True]

    on(url, work)


def test_a_lead_that_was_not_finished_goes_to_its_own_targets_and_to_no_telephone(url: str) -> None:
    async def work(store: Store) -> None:
        await store.save_fields("CA1", NAME)
        partial = ("file", "sms:boss", "sms")
        await store.end_call("CA1", "caller_hung_up", 12.0, (), targets=("mail",), partial_targets=partial)
        await store.end_call("CA1", "caller_hung_up", 12.0, (), targets=("mail",), partial_targets=partial)
        # Nothing new was said, so nobody else hears of it either.
        await store.end_call("CA1", "caller_hung_up", 12.0, (), partial_targets=("mail",))
        assert await states(store) == {(1, "file"): "waiting"}
        # The caller comes back on a new stream and finishes.
        await store.save_fields("CA1", PHONE)
        await store.complete_lead("CA1", ("mail", "sms:boss"))
        assert set(await states(store)) == {(1, "file"), (2, "mail"), (2, "sms:boss")}

    on(url, work)


def test_a_partial_lead_with_nothing_new_or_nothing_at_all_goes_nowhere(url: str) -> None:
    async def work(store: Store) -> None:
        await store.end_call("CA1", "caller_hung_up", 2.0, (), partial_targets=("file",))
        await store.save_fields("CA2", NAME)
        await store.save_fields("CA2", {"name": ("", "", 0.0, False)})
        await store.end_call("CA2", "caller_hung_up", 2.0, (), partial_targets=("file",))
        await store.save_fields("CA3", NAME)
        await store.end_call("CA3", "caller_hung_up", 2.0, (), partial_targets=("sms",))
        assert await store.deliveries() == ()
        # No target wanted the partial lead, so the complete one is its first version.
        await store.complete_lead("CA3", ("sms",))
        assert await states(store, "CA3") == {(1, "sms"): "waiting"}

    on(url, work, begun=("CA1", "CA2", "CA3"))


def test_the_end_delivers_a_lead_that_was_completed_without_targets(url: str) -> None:
    async def work(store: Store) -> None:
        await store.save_fields("CA1", NAME)
        await store.complete_lead("CA1")
        await store.end_call("CA1", "lead_saved", 61.0, (), targets=("file",))
        assert await states(store) == {(1, "file"): "waiting"}

    on(url, work)


def test_only_what_is_due_is_given_out_and_only_once(url: str) -> None:
    async def work(store: Store) -> None:
        await store.complete_lead("CA1", ("a",), at=100.0)
        await store.complete_lead("CA2", ("a",), at=50.0)
        assert await store.due(40.0, 10) == ()
        assert await store.next_due() == 50.0
        (first,) = await store.due(100.0, 1, lease_s=30.0)
        assert (first.call, first.attempts) == ("CA2", 1)
        assert [row.call for row in await store.due(100.0, 10, lease_s=30.0)] == ["CA1"]
        assert await store.due(129.9, 10) == ()
        assert await store.next_due() == 130.0
        assert {(row.call, row.attempts) for row in await store.due(130.0, 10)} == {("CA1", 2), ("CA2", 2)}

    on(url, work, begun=("CA1", "CA2"))


def test_whose_lease_has_ended_notes_nothing_but_a_success(url: str) -> None:
    async def work(store: Store) -> None:
        await store.complete_lead("CA1", ("a",), at=0.0)
        (slow,) = await store.due(0.0, 1, lease_s=10.0)
        (quick,) = await store.due(10.0, 1, lease_s=10.0)
        assert not await store.postponed(slow.id, slow.attempts, 99.0, "too late")
        assert not await store.dead(slow.id, slow.attempts, "too late")
        assert await store.postponed(quick.id, quick.attempts, 12.0, "503")
        await store.delivered(slow.id, 11.0)
        (row,) = await store.deliveries()
        assert (row.state, row.delivered_at, row.attempts, row.last_error) == ("delivered", 11.0, 2, None)
        assert not await store.dead(quick.id, quick.attempts, "never mind")
        assert await store.next_due() is None

    on(url, work)


def test_versions_go_to_a_target_in_their_order(url: str) -> None:
    async def work(store: Store) -> None:
        await store.save_fields("CA1", NAME)
        await store.complete_lead("CA1", ("a", "b"), at=0.0)
        await store.save_fields("CA1", PHONE)
        await store.complete_lead("CA1", ("a", "b"), at=1.0)
        first = {row.target: row for row in await store.due(5.0, 10)}
        assert {row.version for row in first.values()} == {1}
        await store.delivered(first["a"].id, 6.0)
        await store.postponed(first["b"].id, 1, 50.0, "503")
        (second,) = await store.due(7.0, 10)
        assert (second.target, second.version) == ("a", 2)
        await store.delivered(second.id, 8.0)
        assert await store.next_due() == 50.0
        await store.dead((await store.due(50.0, 10))[0].id, 2, "gone")
        (last,) = await store.due(51.0, 10)
        assert (last.target, last.version) == ("b", 2)

    on(url, work)


def test_redelivering(url: str) -> None:
    async def work(store: Store) -> None:
        for call in ("CA1", "CA2"):
            await store.save_fields(call, NAME)
            await store.complete_lead(call, ("a", "b"), at=0.0)
        for row in await store.due(0.0, 10):
            if row.target == "a":
                await store.dead(row.id, 1, "404")
            else:
                await store.delivered(row.id, 1.0)
        assert await store.redeliver(2.0) == 0
        assert await store.redeliver(2.0, "CA1", dead=True) == 1
        assert await states(store) == {(1, "a"): "waiting", (1, "b"): "delivered"}
        assert await store.redeliver(2.0, dead=True) == 1
        assert await states(store, "CA2") == {(1, "a"): "waiting", (1, "b"): "delivered"}
        assert await store.redeliver(2.0, "CA2") == 1
        assert await states(store, "CA2") == {(1, "a"): "waiting", (1, "b"): "waiting"}
        assert {row.attempts for row in await store.due(3.0, 10)} == {1}

    on(url, work, begun=("CA1", "CA2"))


def test_what_a_later_version_has_replaced_is_not_redelivered(url: str) -> None:
    async def work(store: Store) -> None:
        await store.save_fields("CA1", NAME)
        await store.complete_lead("CA1", ("a",), at=0.0)
        (old,) = await store.due(0.0, 10)
        await store.dead(old.id, 1, "404")
        await store.save_fields("CA1", PHONE)
        await store.complete_lead("CA1", ("a",), at=0.0)
        (new,) = await store.due(0.0, 10)
        await store.delivered(new.id, 1.0)
        assert await store.redeliver(2.0, dead=True) == 0
        assert await store.redeliver(2.0, "CA1") == 1
        assert await states(store) == {(1, "a"): "dead", (2, "a"): "waiting"}

    on(url, work)


def test_many_workers_share_the_outbox_and_no_row_is_given_out_twice(url: str) -> None:
    calls = tuple(f"CA{number:02}" for number in range(12))

    async def take(worker: Store, taken: list[Delivery]) -> None:
        while found := await worker.due(10.0, 2):
            taken += found
            await asyncio.sleep(0)

    async def work(store: Store) -> None:
        await asyncio.gather(*(store.complete_lead(call, ("a", "b"), at=0.0) for call in calls))
        workers = [Store(url) for _ in range(4)]
        taken: list[Delivery] = []
        await asyncio.gather(*(take(worker, taken) for worker in workers))
        await asyncio.gather(*(worker.close() for worker in workers))
        while rest := await store.due(10.0, 10):
            taken += rest
        assert len(taken) == 24
        assert len({row.id for row in taken}) == 24
        assert {row.attempts for row in taken} == {1}

    on(url, work, begun=calls)


def test_names_of_deliveries() -> None:
    assert (kind_of("sms:boss"), kind_of("file")) == ("sms", "file")
    assert len({delivery_id("CA1", 1, "a"), delivery_id("CA1", 2, "a"), delivery_id("CA1", 1, "b")}) == 3
    assert delivery_id("CA1", 1, "a") == delivery_id("CA1", 1, "a")


SAVES_ON_AND_ON = """
    import asyncio, sys
    from voice.store import Store

    async def main():
        store = Store(sys.argv[1])
        await store.open()
        await store.begin_call("CA1", "MZ1", "after_hours_hvac", 4, None, None, "2026-11-22T19:40:00-05:00")
        for number in range(1000):
            await store.save_fields("CA1", {f"field_{number}": ("x", "x", 0.9, False)}, state=str(number))
            if number == 3:
                await store.complete_lead("CA1", ("webhook", "file"))
            print(number, flush=True)

    asyncio.run(main())
"""


def test_point_35_a_kill_between_saves_loses_no_committed_field_and_no_delivery(url: str) -> None:
    command = [sys.executable, "-c", textwrap.dedent(SAVES_ON_AND_ON), url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        while (line := child.stdout.readline()) != "7\n":
            assert line
        child.send_signal(signal.SIGKILL)
        said = [7, *(int(line) for line in child.stdout.read().split())]

    async def find(store: Store) -> None:
        lead, stands = await store.lead("CA1"), await store.resumable("CA1")
        assert lead is not None and stands is not None
        assert {f"field_{number}" for number in range(said[-1] + 1)} <= set(lead.fields)
        # What was committed without a word of it is whole: the state is that of the last field.
        assert int(stands.state) == len(lead.fields) - 1
        assert await states(store) == {(1, "webhook"): "waiting", (1, "file"): "waiting"}

    on(url, find, begun=())
