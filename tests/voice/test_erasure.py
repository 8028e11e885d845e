"""What a killed process left of calls without consent is erased once they are over, and nothing else is."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.fakes import Running, running
from voice import loopback
from voice.demo import load_flow
from voice.erasure import Erasure
from voice.plan import CallPlan, Keeps

ASKS = replace(loopback.plan(*load_flow("after_hours_hvac")), keeps=Keeps.CONSENT)
NUMBER = "+14155550100"
BEGAN = "2026-11-22T19:40:00+00:00"


@dataclass
class Desk:
    """A server that has come back, with what the one before it left."""

    here: Running
    calls: Path
    plan: CallPlan | None = ASKS
    sessions: Mapping[str, object] = field(default_factory=dict)
    later_s: float = 0.0

    async def left(self, call: str, *, outcome: str | None = "line_dead") -> None:
        """A call of the process that was killed, with the files of two streams."""
        store = self.here.store
        await store.begin_call(call, "MZ1", "after_hours_hvac", 1, None, NUMBER, BEGAN)
        if outcome is not None:
            await store.end_call(call, outcome, 60.0, ())
        self.calls.mkdir(exist_ok=True)
        for name in (f"{call}_MZ1.jsonl", f"{call}_MZ1.wav", f"{call}_MZ2.jsonl"):
            (self.calls / name).write_text("karen mitchell")

    async def said(self, call: str, *, granted: bool) -> None:
        await self.here.store.note_consent(call, "recording", granted, "May we record this call?", BEGAN)

    def erasure(self) -> Erasure:
        newest = max(file.stat().st_mtime for file in self.calls.iterdir())
        return Erasure(
            self.here.store, self, lambda number, flow: self.plan, self.calls, clock=lambda: newest + self.later_s
        )

    def files(self, call: str) -> int:
        return len(list(self.calls.glob(f"{call}_*")))


def at_a_desk(folder: Path, script: Callable[[Desk], Awaitable[None]]) -> None:
    async def main() -> None:
        async with running(folder) as here:
            await script(Desk(here, folder / "calls"))

    asyncio.run(main())


def test_who_refused_and_who_was_never_asked_leave_nothing(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.left("CA1")
        await desk.said("CA1", granted=False)
        await desk.left("CA2")
        erasure = desk.erasure()
        assert (await erasure.look(), await erasure.look()) == (2, 0)
        assert (desk.files("CA1"), desk.files("CA2")) == (0, 0)

    at_a_desk(tmp_path, script)


def test_who_agreed_is_kept_and_so_is_a_line_that_keeps_everything(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.left("CA1")
        await desk.said("CA1", granted=True)
        assert await desk.erasure().look() == 0
        await desk.left("CA2")
        for plan in (replace(ASKS, keeps=Keeps.ALWAYS), replace(ASKS, keeps=Keeps.WORDS), None):
            desk.plan = plan
            assert await desk.erasure().look() == 0
        assert (desk.files("CA1"), desk.files("CA2")) == (3, 3)

    at_a_desk(tmp_path, script)


def test_a_call_that_may_go_on_is_left_alone_until_it_is_over(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.left("CA1", outcome=None)
        await desk.left("CA2")
        desk.sessions = {"CA2": object()}
        erasure = desk.erasure()
        assert await erasure.look() == 0
        await desk.here.store.end_call("CA1", "caller_hung_up", 60.0, ())
        desk.sessions = {}
        assert await erasure.look() == 2
        assert (desk.files("CA1"), desk.files("CA2")) == (0, 0)

    at_a_desk(tmp_path, script)


def test_files_of_no_call_of_ours_and_old_ones_are_left_alone(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.left("CA1")
        (desk.calls / "CA9_MZ1.jsonl").write_text("another server's")
        (desk.calls / "notes_of_ours.txt").write_text("the owner's")
        desk.later_s = 8 * 86_400.0
        assert await desk.erasure().look() == 0
        desk.later_s = 0.0
        assert await desk.erasure().look() == 1
        assert sorted(file.name for file in desk.calls.iterdir()) == ["CA9_MZ1.jsonl", "notes_of_ours.txt"]

    at_a_desk(tmp_path, script)
