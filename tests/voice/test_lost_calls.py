"""Calls that nobody ends: those of this process and of an earlier one, by what was last heard of them."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import ClientSession
from structlog.testing import capture_logs

from tests.fakes import Running, running
from tests.voice.targets import until
from voice import loopback
from voice.demo import load_flow
from voice.gate import LoopbackGate
from voice.lost_calls import LostCalls, LostSettings
from voice.plan import CallPlan, Keeps

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC).timestamp()
NAME = {"name": ("Karen Mitchell", "karen mitchell", 0.9, True)}
PLAN = replace(loopback.plan(*load_flow("after_hours_hvac")), targets=("file:all",), partial_targets=("file:some",))


@dataclass
class Desk:
    """A server's calls, and the time."""

    here: Running
    folder: Path
    now: float = NOW
    sessions: Mapping[str, object] = field(default_factory=dict)

    def lost(self) -> LostCalls:
        settings = LostSettings(self.folder / "calls", 120.0)
        return LostCalls(self.here.server._engines, self, plan, settings, clock=lambda: self.now)

    async def cut_off(self, call: str, *, heard_s_ago: float | None, began: str = "2026-11-22T19:40:00+00:00") -> None:
        """A call that left a name behind; None: and no journal."""
        await self.here.store.begin_call(call, "MZ1", "after_hours_hvac", 1, None, "+14155550100", began)
        await self.here.store.save_fields(call, NAME, state="{}")
        if heard_s_ago is not None:
            self.write_journal(call, heard_s_ago)

    def write_journal(self, call: str, heard_s_ago: float) -> None:
        journal = self.folder / "calls" / f"{call}_MZ1.jsonl"
        journal.parent.mkdir(exist_ok=True)
        journal.touch()
        os.utime(journal, (self.now - heard_s_ago, self.now - heard_s_ago))

    async def outcome(self, call: str) -> str | None:
        found = await self.here.store.resumable(call)
        assert found is not None
        return found.outcome

    async def targets(self, call: str) -> list[str]:
        return [one.target for one in await self.here.store.deliveries(call)]


def plan(number: str, flow: str) -> CallPlan | None:
    return PLAN if (number, flow) == ("+14155550100", "after_hours_hvac") else None


def at_a_desk(folder: Path, script: Callable[[Desk], Awaitable[None]]) -> None:
    async def main() -> None:
        async with running(folder) as here:
            await script(Desk(here, folder))

    asyncio.run(main())


def test_a_call_of_an_earlier_process_is_ended_once_nothing_was_heard_of_it_for_long_enough(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.cut_off("CA1", heard_s_ago=121.0)
        await desk.cut_off("CA2", heard_s_ago=60.0)
        lost = desk.lost()
        assert await lost.end_lost() == 1
        assert (await desk.outcome("CA1"), await desk.outcome("CA2")) == ("line_dead", None)
        assert (await desk.targets("CA1"), await desk.targets("CA2")) == (["file:some"], [])
        desk.now += 61.0
        assert (await lost.end_lost(), await lost.end_lost()) == (1, 0)
        assert await desk.targets("CA2") == ["file:some"]

    at_a_desk(tmp_path, script)


def test_a_live_call_is_never_lost_and_its_time_begins_when_its_stream_ends(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.cut_off("CA1", heard_s_ago=None)
        lost, desk.sessions = desk.lost(), {"CA1": object()}
        desk.now += 3600.0
        assert await lost.end_lost() == 0
        desk.sessions = {}
        desk.now += 100.0
        assert await lost.end_lost() == 0
        desk.now += 21.0
        assert await lost.end_lost() == 1

    at_a_desk(tmp_path, script)


def test_a_call_that_may_be_another_server_s_is_left_alone_for_a_day(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.cut_off("CA1", heard_s_ago=None, began="2026-11-21T20:30:00+00:00")
        await desk.cut_off("CA2", heard_s_ago=None, began="2026-11-21T19:30:00+00:00")
        assert await desk.lost().end_lost() == 1
        assert (await desk.outcome("CA1"), await desk.outcome("CA2")) == (None, "line_dead")

    at_a_desk(tmp_path, script)


def test_a_lead_that_was_complete_goes_where_complete_ones_go(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.cut_off("CA1", heard_s_ago=121.0)
        await desk.here.store.complete_lead("CA1")
        assert await desk.lost().end_lost() == 1
        assert await desk.targets("CA1") == ["file:all"]

    at_a_desk(tmp_path, script)


def test_a_call_that_has_an_outcome_keeps_it(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.cut_off("CA1", heard_s_ago=121.0)
        await desk.here.store.end_call("CA1", "lead_saved", 61.0, ())
        assert await desk.lost().end_lost() == 0
        assert await desk.outcome("CA1") == "lead_saved"

    at_a_desk(tmp_path, script)


def test_a_caller_who_comes_back_after_all_has_a_call_again(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.cut_off("CA1", heard_s_ago=121.0)
        await desk.lost().end_lost()
        await desk.cut_off("CA1", heard_s_ago=0.0)
        assert await desk.outcome("CA1") is None
        assert await desk.lost().end_lost() == 0

    at_a_desk(tmp_path, script)


def test_a_stream_that_ends_between_two_looks_and_leaves_no_journal_begins_the_time(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.cut_off("CA1", heard_s_ago=None)
        lost = desk.lost()
        assert await lost.end_lost() == 0
        desk.here.server._engines.parted.add("CA1")
        desk.now += 30.0
        assert await lost.end_lost() == 0
        desk.now += 119.0
        assert await lost.end_lost() == 0
        desk.now += 2.0
        assert (await lost.end_lost(), await desk.outcome("CA1")) == (1, "line_dead")
        assert desk.here.server._engines.parted == set()

    at_a_desk(tmp_path, script)


def test_a_stream_that_may_come_back_is_told_of_when_it_ends_and_no_other(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        server = desk.here.server
        for call, returns in (("CA1", True), ("CA2", False)):
            server._gate = LoopbackGate(replace(PLAN, returns=returns, keeps=Keeps.CONSENT))
            async with ClientSession() as session, session.ws_connect(desk.here.url) as socket:
                media = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
                about = {"accountSid": "AC1", "callSid": call, "tracks": ["inbound"], "customParameters": {}}
                start = about | {"streamSid": "MZ1", "mediaFormat": media}
                await socket.send_json({"event": "start", "streamSid": "MZ1", "sequenceNumber": "1", "start": start})
                await until(lambda: call in server.sessions)  # noqa: B023 - it is waited for here
            assert await server.gone(call, 5.0)
        assert server._engines.parted == {"CA1"}
        assert list((desk.folder / "calls").glob("CA1_*")) == []

    at_a_desk(tmp_path, script)


def test_a_look_that_fails_in_a_way_nobody_foresaw_is_not_the_last(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.cut_off("CA1", heard_s_ago=121.0)
        failures = [ValueError("karen mitchell said"), ZeroDivisionError()]

        def clock() -> float:
            if failures:
                raise failures.pop(0)
            return desk.now

        settings = LostSettings(desk.folder / "calls", 0.02)
        with capture_logs() as logs:
            watching = asyncio.create_task(
                LostCalls(desk.here.server._engines, desk, plan, settings, clock=clock).watch()
            )
            async with asyncio.timeout(5):
                while await desk.outcome("CA1") is None:  # noqa: ASYNC110 - the database tells nobody
                    await asyncio.sleep(0.01)
            watching.cancel()
        assert [line["kind"] for line in logs if "kind" in line] == ["ValueError", "ZeroDivisionError"]
        assert "karen" not in str(logs)

    at_a_desk(tmp_path, script)


def test_a_call_that_can_t_be_ended_holds_up_no_other(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.cut_off("CA1", heard_s_ago=121.0)
        await desk.here.store.begin_call("CA0", "MZ1", "none", 1, None, "+14155550199", "2026-11-22T19:40:00+00:00")
        desk.write_journal("CA0", 121.0)

        def no_such(number: str, flow: str) -> CallPlan | None:
            if flow == "none":
                raise KeyError(flow)
            return plan(number, flow)

        settings = LostSettings(desk.folder / "calls", 120.0)
        lost = LostCalls(desk.here.server._engines, desk, no_such, settings, clock=lambda: desk.now)
        assert await lost.end_lost() == 1
        assert (await desk.outcome("CA0"), await desk.outcome("CA1")) == (None, "line_dead")

    at_a_desk(tmp_path, script)


def test_what_a_lost_call_without_consent_left_is_erased_with_the_same_look(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.cut_off("CA1", heard_s_ago=121.0)
        asks = replace(PLAN, keeps=Keeps.CONSENT)
        settings = LostSettings(desk.folder / "calls", 120.0)
        lost = LostCalls(desk.here.server._engines, desk, lambda *_: asks, settings, clock=lambda: desk.now)
        watching = asyncio.create_task(lost.watch())
        await until(lambda: not list((desk.folder / "calls").iterdir()))
        watching.cancel()
        assert await desk.outcome("CA1") == "line_dead"

    at_a_desk(tmp_path, script)
