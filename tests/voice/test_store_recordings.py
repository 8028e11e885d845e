"""The carrier's recordings in the store, and the arms of a soft launch, on both databases."""

import asyncio
from pathlib import Path

import pytest

from tests.voice import databases
from tests.voice.databases import NAME, on
from voice.recording_rows import LEASE_S
from voice.safekeeping import Safekeeping
from voice.store import Arm, Store, StoredRecording

url = databases.url

WAV = "https://api.example.com/Recordings/RE1"


def test_point_34_a_recording_is_noted_once_and_for_a_call_that_nobody_knows_too(url: str) -> None:
    async def work(store: Store) -> None:
        await store.note_recording("CA1", "RE1", WAV, 12, 2)
        await store.recording_changed("RE1", state="fetched", file="CA1_RE1.wav")
        await store.note_recording("CA1", "RE1", WAV, 12, 2)
        await store.note_recording("CA9", "RE2", WAV, 3, 1, kept=True)
        first, second = await store.recordings()
        assert first == StoredRecording("RE1", "CA1", WAV, 12, 2, False, "fetched", "CA1_RE1.wav", 0, 0.0, None)
        assert second == StoredRecording("RE2", "CA9", WAV, 3, 1, True, "waiting", "", 0, 0.0, None)
        assert await store.recordings("CA9") == (second,)

    on(url, work)


def test_what_is_due_is_given_out_once_until_its_lease_ends(url: str) -> None:
    async def work(store: Store) -> None:
        await store.note_recording("CA1", "RE1", WAV, 12, 2)
        (taken,) = await store.due_recordings(1000.0, 10)
        assert (taken.recording, taken.attempts) == ("RE1", 1)
        assert await store.due_recordings(1000.0 + LEASE_S - 1, 10) == ()
        (again,) = await store.due_recordings(1000.0 + LEASE_S, 10)
        assert again.attempts == 2
        await store.recording_changed("RE1", due_at=5000.0, last_error="no answer")
        assert await store.due_recordings(4999.0, 10) == ()
        (third,) = await store.due_recordings(5000.0, 10)
        assert (third.attempts, third.last_error) == (3, "no answer")

    on(url, work)


@pytest.mark.parametrize("state", ["done", "lost"])
def test_what_is_through_is_never_due_again(url: str, state: str) -> None:
    async def work(store: Store) -> None:
        await store.note_recording("CA1", "RE1", WAV, 12, 2)
        await store.note_recording("CA1", "RE2", WAV, 12, 2)
        await store.recording_changed("RE1", state=state)
        await store.recording_changed("RE2", state="fetched")
        assert [one.recording for one in await store.due_recordings(1e12, 10)] == ["RE2"], "still to be deleted there"

    on(url, work)


def test_no_more_are_given_out_than_asked_for_and_two_workers_get_different_ones(url: str) -> None:
    async def work(store: Store) -> None:
        for n in range(6):
            await store.note_recording("CA1", f"RE{n}", WAV, 1, 2)
        first, second = await asyncio.gather(store.due_recordings(9.0, 3), store.due_recordings(9.0, 3))
        names = [one.recording for one in (*first, *second)]
        assert len(names) == len(set(names)) and len(first) <= 3 and len(second) <= 3

    on(url, work)


def test_a_change_that_is_none_is_named(url: str) -> None:
    async def work(store: Store) -> None:
        with pytest.raises(TypeError, match="no colour"):
            await store.recording_changed("RE1", colour="red")

    on(url, work)


def test_a_recording_goes_through_the_safekeeping(tmp_path: Path, url: str) -> None:
    async def work(store: Store) -> None:
        notes = Safekeeping(store, tmp_path / "unsaved.jsonl")
        await notes.open()
        await notes.note_recording("CA1", "RE1", WAV, 12, 2, kept=True)
        await notes.close()
        (found,) = await store.recordings("CA1")
        assert found.kept and found.url == WAV

    on(url, work)


def test_an_end_for_open_calls_alone_leaves_the_others_as_they_are(url: str) -> None:
    async def work(store: Store) -> None:
        await store.save_fields("CA1", NAME)
        await store.end_call("CA1", "lead_saved", 61.0, ("save",))
        for call in ("CA1", "CA2"):
            await store.end_call(call, "caller_hung_up", 0.0, (), partial_targets=("jsonl:file",), only_open=True)
        first, second = await store.calls()
        assert (first.outcome, first.duration_s, first.path) == ("lead_saved", 61.0, ("save",))
        assert second.outcome == "caller_hung_up"
        assert await store.deliveries() == ()

    on(url, work, begun=("CA1", "CA2"))


def test_the_arms_of_a_soft_launch_are_counted_side_by_side(url: str) -> None:
    async def work(store: Store) -> None:
        number = "+14155550100"
        for call, arm in (("CA1", "agent"), ("CA2", "agent"), ("CA3", "human"), ("CA4", "human")):
            await store.note_route(call, "agent" if arm == "agent" else "human", arm, "", called=number)
        for call in ("CA1", "CA2"):
            await store.save_fields(call, NAME)
        await store.complete_lead("CA1")
        await store.end_call("CA1", "lead_saved", 60.0, ())
        await store.end_call("CA2", "caller_hung_up", 9.0, ())
        await store.note_status("CA3", "completed", 0)
        assert await store.arms() == (
            Arm(number, "agent", 2, 1, {"lead_saved": 1, "caller_hung_up": 1}),
            Arm(number, "human", 2, 0, {"completed": 1, "": 1}),
        )

    on(url, work, begun=())
