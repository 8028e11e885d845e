"""What is in the file: after a crash, a kill, a full disk, and in the wrong hands."""

import asyncio
import json
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.voice.databases import NAME, PHONE
from tests.voice.keeping import (
    BEGUN,
    PATIENT,
    check_the_call,
    keeping,
    lines,
    locked,
    obstruct,
    sqlite,
    the_rest_of_the_call,
)
from voice.errors import OperatorError, StoreError
from voice.kept_lines import KeptLines, Write
from voice.safekeeping import Safekeeping
from voice.store import Store, WriteRefused

KEEPS_AND_WAITS = """
    import asyncio, sqlite3, sys
    from pathlib import Path
    from voice.safekeeping import Safekeeping, SafekeepingSettings
    from voice.store import Store

    async def main():
        folder = Path(sys.argv[1])
        store = Store(f"sqlite:///{folder}/calls.db")
        await store.open()
        safe = Safekeeping(store, folder / "kept.jsonl", SafekeepingSettings(limit_s=0.1))
        await safe.open()
        await safe.begin_call("CA1", "MZ1", "after_hours_hvac", 4, None, None, "2026-11-22T19:40:00-05:00")
        other = sqlite3.connect(folder / "calls.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for number in range(5):
            await safe.save_fields("CA1", {"name": (f"Karen {number}", "karen", 0.9, False)}, state=str(number))
        await safe.complete_lead("CA1", ("file",))
        print("kept", flush=True)
        await asyncio.Event().wait()

    asyncio.run(main())
"""


def test_a_process_is_killed_with_lines_waiting(tmp_path: Path) -> None:
    command = [sys.executable, "-c", textwrap.dedent(KEEPS_AND_WAITS), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        assert child.stdout is not None
        while (line := child.stdout.readline()) != "kept\n":
            assert line
        child.send_signal(signal.SIGKILL)
    assert len(lines(tmp_path)) == 6
    # The crash also cut off a line that nobody was told of.
    with (tmp_path / "kept.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"key": 7, "call": "CA1", "wri')

    async def run() -> None:
        async with keeping(sqlite(tmp_path), tmp_path, PATIENT) as (store, safe):
            await asyncio.wait_for(safe.caught_up(), 20)
            lead, stands = await store.lead("CA1"), await store.resumable("CA1")
            assert lead is not None and stands is not None
            assert (lead.values, lead.status, lead.version, stands.state) == ({"name": "Karen 4"}, "complete", 1, "4")

    asyncio.run(run())
    assert lines(tmp_path) == []


def test_what_was_left_goes_in_before_what_is_new(tmp_path: Path) -> None:
    async def run() -> None:
        async with keeping(sqlite(tmp_path), tmp_path, PATIENT):
            pass
        row = {"key": 3, "call": "CA1", "write": "save_fields", "given": [["CA1", NAME], {"turn": 1, "state": "old"}]}
        (tmp_path / "kept.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
        store = Store(sqlite(tmp_path))
        safe = Safekeeping(store, tmp_path / "kept.jsonl", PATIENT)
        await safe.open()
        await safe.save_fields("CA1", {"name": ("Karen Marshall", "marshall", 0.9, True)}, turn=2, state="new")
        await asyncio.wait_for(safe.caught_up(), 20)
        lead, stands = await store.lead("CA1"), await store.resumable("CA1")
        assert lead is not None and stands is not None
        assert (lead.values["name"], stands.state) == ("Karen Marshall", "new")
        await safe.close()
        await store.close()

    asyncio.run(run())


def test_lines_that_were_entered_before_a_crash_are_not_entered_again(tmp_path: Path) -> None:
    rows = [
        {"key": 1, "call": "CA1", "write": "keep_state", "given": [["CA1", "first"], {}]},
        {"key": 2, "call": "CA1", "write": "keep_state", "given": [["CA1", "second"], {}]},
        {"done": 1},
    ]
    (tmp_path / "kept.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    kept = KeptLines(tmp_path / "kept.jsonl")
    assert [(write.key, write.given) for write in kept.open()] == [(2, ("CA1", "second"))]
    kept.close()


def test_a_line_that_a_crash_cut_off_does_not_spoil_the_next(tmp_path: Path) -> None:
    row = {"key": 1, "call": "CA1", "write": "keep_state", "given": [["CA1", "first"], {}]}
    (tmp_path / "kept.jsonl").write_text(json.dumps(row) + '\n{"key": 2, "ca', encoding="utf-8")
    kept = KeptLines(tmp_path / "kept.jsonl")
    (write,) = kept.open()
    kept.append(Write(2, "CA1", "keep_state", ("CA1", "second"), {}))
    kept.close()
    again = KeptLines(tmp_path / "kept.jsonl")
    assert [one.given[1] for one in again.open()] == ["first", "second"]
    assert write.given == ("CA1", "first")
    again.close()


def test_a_line_that_was_entered_and_not_marked_comes_to_the_same(tmp_path: Path) -> None:
    async def run() -> None:
        async with keeping(sqlite(tmp_path), tmp_path, PATIENT) as (_, safe):
            await the_rest_of_the_call(safe)
        ended = {"targets": ["webhook:crm", "file"], "partial_targets": [], "at": 1.0}
        given = [["CA1", "lead_saved", 61.0, ["contact", "save"]], ended]
        row = {"key": 9, "call": "CA1", "write": "end_call", "given": given}
        (tmp_path / "kept.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
        async with keeping(sqlite(tmp_path), tmp_path, PATIENT) as (store, safe):
            await asyncio.wait_for(safe.caught_up(), 20)
            await check_the_call(store)

    asyncio.run(run())


def test_a_row_that_is_refused_for_good_is_told_or_set_aside_and_holds_nothing_up(tmp_path: Path) -> None:
    async def run() -> None:
        async with keeping(sqlite(tmp_path), tmp_path, PATIENT) as (store, safe):
            with pytest.raises(WriteRefused):
                await safe.save_fields("CA404", NAME)
            pragmas = obstruct(store, "PRAGMA query_only = ON")
            await safe.save_fields("CA404", PHONE)
            await safe.save_fields("CA1", NAME)
            pragmas[:] = ["PRAGMA query_only = OFF"]
            await asyncio.wait_for(safe.caught_up(), 20)
            assert [lead.call for lead in await store.leads()] == ["CA1"]

    asyncio.run(run())
    aside = tmp_path / "kept.jsonl.refused"
    assert json.loads(aside.read_text(encoding="utf-8"))["given"][0][0] == "CA404"
    assert aside.stat().st_mode & 0o777 == 0o600


def test_neither_database_nor_file(tmp_path: Path) -> None:
    async def run() -> None:
        async with keeping(sqlite(tmp_path), tmp_path, PATIENT) as (store, safe):
            pragmas = obstruct(store, "PRAGMA query_only = ON")
            safe._lines.close()
            with pytest.raises(StoreError, match="not kept either") as refused:
                await safe.save_fields("CA1", PHONE)
            assert "555" not in str(refused.value)
            pragmas.clear()

    asyncio.run(run())


def test_half_a_line_does_not_spoil_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = KeptLines(tmp_path / "kept.jsonl")
    kept.open()
    row = {"key": 1, "call": "CA1", "write": "keep_state", "given": [["CA1", "x"], {}]}
    (tmp_path / "kept.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    (write,) = kept._read()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("voice.kept_lines.os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            kept.append(write)
    assert len(lines(tmp_path)) == 1
    kept.append(write)
    kept.close()
    assert len(lines(tmp_path)) == 2


def test_who_gives_up_waiting_loses_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        async with keeping(sqlite(tmp_path), tmp_path) as (store, safe):
            with locked(tmp_path):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.02):
                        await safe.save_fields("CA1", NAME)
                await safe.save_fields("CA1", {"name": ("Karen Marshall", "marshall", 0.9, True)})
                assert safe.waiting == 2
            await asyncio.wait_for(safe.caught_up(), 20)
            lead = await store.lead("CA1")
            assert lead is not None and lead.values == {"name": "Karen Marshall"}

    asyncio.run(run())


def test_a_status_is_seen_once_with_and_without_the_database(tmp_path: Path) -> None:
    async def run() -> None:
        async with keeping(sqlite(tmp_path), tmp_path, PATIENT) as (store, safe):
            assert await safe.note_status("CA1", "ringing", 1)
            assert not await safe.note_status("CA1", "ringing", 1)
            pragmas = obstruct(store, "PRAGMA query_only = ON")
            assert await safe.note_status("CA1", "completed", 2)
            assert not await safe.note_status("CA1", "completed", 2)
            pragmas[:] = ["PRAGMA query_only = OFF"]
            await asyncio.wait_for(safe.caught_up(), 20)
            assert not await safe.note_status("CA1", "completed", 2)

    asyncio.run(run())


def test_the_lead_is_dated_when_it_was_completed_however_late_it_is_entered(tmp_path: Path) -> None:
    async def run() -> None:
        store = Store(sqlite(tmp_path))
        await store.open()
        safe = Safekeeping(store, tmp_path / "kept.jsonl", PATIENT, clock=lambda: 1_795_394_590.0)
        await safe.open()
        await safe.begin_call(*BEGUN)
        pragmas = obstruct(store, "PRAGMA query_only = ON")
        await safe.complete_lead("CA1", ("file",))
        pragmas[:] = ["PRAGMA query_only = OFF"]
        await asyncio.wait_for(safe.caught_up(), 20)
        (row,) = await store.deliveries()
        assert row.payload["times"]["enqueued"] == "2026-11-23T00:43:10+00:00"
        await safe.close()
        await store.close()

    asyncio.run(run())


def test_two_servers_do_not_share_a_file(tmp_path: Path) -> None:
    first, second = KeptLines(tmp_path / "kept.jsonl"), KeptLines(tmp_path / "kept.jsonl")
    first.open()
    with pytest.raises(OperatorError, match="in use"):
        second.open()
    first.close()
    assert second.open() == []
    second.close()
