"""What one call writes, in a real database."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from sop.acts import Field
from sop.state import SlotValue as Held
from sop.state import State, state_from_json
from voice import loopback
from voice.bookkeeping import Bookkeeping
from voice.commands import Save
from voice.demo import load_flow
from voice.events import CallStarted
from voice.report import Report
from voice.safekeeping import Safekeeping
from voice.store import Store

BEGAN = "2026-11-22T19:40:00-05:00"
CALLER = "+14155550123"
PLAN = loopback.plan(*load_flow("after_hours_hvac"))
NAMED = State(
    "after_hours_hvac", 1, CALLER, BEGAN, "save", values={"name": Held("Karen Mitchell", "Karen Mitchell", 0.9)}
)


def books_of(
    folder: Path, caller: str | None, script: Callable[[Bookkeeping, Store], Awaitable[None]], *, earlier_turns: int = 0
) -> None:
    async def main() -> None:
        store = Store(f"sqlite:///{folder / 'calls.db'}")
        await store.open()
        notes = Safekeeping(store, folder / "unsaved.jsonl")
        await notes.open()
        start = CallStarted(0, "CA1", "MZ1", caller, BEGAN)
        delivered: list[None] = []
        books = Bookkeeping(
            start,
            PLAN,
            notes,
            Report(),
            state=lambda: NAMED,
            delivered=lambda: delivered.append(None),
            earlier_turns=earlier_turns,
        )
        await books.begin()
        await script(books, store)
        await notes.close()
        await store.close()

    asyncio.run(main())


def test_who_leaves_a_lead_is_known_by_name_at_the_next_call(tmp_path: Path) -> None:
    async def script(books: Bookkeeping, store: Store) -> None:
        known = await store.caller(CALLER)
        assert known is not None and known.name == ""
        await books.complete_lead(5.0)
        known = await store.caller(CALLER)
        assert known is not None and known.name == "Karen Mitchell"

    books_of(tmp_path, CALLER, script)


def test_point_36_who_withholds_their_number_is_not_remembered(tmp_path: Path) -> None:
    async def script(books: Bookkeeping, store: Store) -> None:
        await books.complete_lead(5.0)
        assert await store.caller(CALLER) is None

    books_of(tmp_path, None, script)


def test_fields_are_saved_with_where_the_procedure_stands_and_the_turn_that_brought_them(tmp_path: Path) -> None:
    async def script(books: Bookkeeping, store: Store) -> None:
        saved = await books.save(Save(7, (Field("name", "Karen Mitchell", "Karen Mitchell", 0.9, False),)))
        assert (saved.save, saved.ok) == (7, True)
        lead, kept = await store.lead("CA1"), await store.resumable("CA1")
        assert lead is not None and lead.fields["name"].turn == 2, "the last of three turns on an earlier stream"
        assert kept is not None and state_from_json(kept.state) == NAMED

    books_of(tmp_path, CALLER, script, earlier_turns=3)
