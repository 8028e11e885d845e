"""What a further stream of a call begins with."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from websockets.exceptions import ConnectionClosed

from sop.state import Phase, State, state_from_json, state_to_json
from tests.fakes import FakeRecogniser, Running
from tests.voice.test_server import SPEECH, Phone, on_the_phone
from voice import loopback
from voice.demo import load_flow
from voice.resuming import Resuming
from voice.store import Store

BEGAN = "2026-11-22T19:40:00-05:00"
PLAN = loopback.plan(*load_flow("after_hours_hvac"))
STATE = state_to_json(State("after_hours_hvac", 1, "+14155550123", BEGAN, "on_call", Phase.TRANSFERRING))


def stored(folder: Path, script: Callable[[Store, Resuming], Awaitable[None]]) -> None:
    async def main() -> None:
        store = Store(f"sqlite:///{folder / 'calls.db'}")
        await store.open()
        await store.begin_call("CA1", "MZ1", "after_hours_hvac", 1, "+14155550123", None, BEGAN)
        await store.keep_state("CA1", STATE)
        await script(store, Resuming(store, folder, 5.0))
        await store.close()

    asyncio.run(main())


def test_point_31_a_call_without_an_end_goes_on_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    async def script(store: Store, resuming: Resuming) -> None:
        await store.add_turn("CA1", 0, "i smell gas", 0.9, "triage", "", None, False)
        await store.note_transfer("CA1", 1, target="on_call_line")
        await store.note_consent("CA1", "asked", True, "May we?", BEGAN)
        left = await resuming.left_off("CA1", PLAN, None, returned=False)
        assert left is not None
        assert (left.state, left.started, left.turns, left.transfers, left.recorded) == (STATE, BEGAN, 1, 1, True)

    stored(tmp_path, script)


def test_a_call_that_was_ended_begins_anew(tmp_path: Path) -> None:
    async def script(store: Store, resuming: Resuming) -> None:
        await store.end_call("CA1", "lead_saved", 30.0, ())
        assert await resuming.left_off("CA1", PLAN, None, returned=False) is None
        assert await resuming.left_off("CA9", PLAN, None, returned=False) is None

    stored(tmp_path, script)


def test_point_32_a_caller_whose_person_left_at_the_last_moment_goes_on_where_they_were(tmp_path: Path) -> None:
    async def script(store: Store, resuming: Resuming) -> None:
        await store.end_call("CA1", "transferred", 30.0, ())
        assert await resuming.left_off("CA1", PLAN, None, returned=False) is None
        left = await resuming.left_off("CA1", PLAN, None, returned=True)
        assert left is not None and left.state == STATE

    stored(tmp_path, script)


def test_point_32_of_a_call_that_was_transferred_the_state_before_is_kept(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start(caller="+14155550123")
        await phone.talk(300)
        await phone.talk(50, SPEECH)
        with contextlib.suppress(ConnectionClosed):
            await phone.talk(2000)

    server = on_the_phone(tmp_path, script, recogniser=FakeRecogniser(["i smell gas"]))
    session = server.server.finished["CA1"]
    assert session.report.outcome == "transferred"
    left = session.left_off()
    state = state_from_json(left.state)
    assert (state.phase, state.outcome, state.values["problem"].value) == (Phase.TRANSFERRING, None, "gas")
    assert left.transfers == 1 and left.turns == 1
