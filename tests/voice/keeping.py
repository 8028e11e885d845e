"""A call whose writes are kept safe, and ways to get in the way of its database."""

import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from tests.voice.databases import NAME, PHONE
from voice.safekeeping import Safekeeping, SafekeepingSettings
from voice.store import Store

QUICK = SafekeepingSettings(limit_s=0.15, retry_s=0.05, most_retry_s=0.1)
PATIENT = SafekeepingSettings(limit_s=None, retry_s=0.05, most_retry_s=0.1)
BEGUN = ("CA1", "MZ1", "after_hours_hvac", 4, "+14155550123", None, "2026-11-22T19:40:00-05:00")


@asynccontextmanager
async def keeping(
    url: str, folder: Path, settings: SafekeepingSettings = QUICK
) -> AsyncIterator[tuple[Store, Safekeeping]]:
    """A store and its safekeeping, in a call that has begun."""
    store = Store(url)
    await store.open()
    safe = Safekeeping(store, folder / "kept.jsonl", settings)
    await safe.open()
    await safe.begin_call(*BEGUN)
    try:
        yield store, safe
    finally:
        await safe.close()
        await store.close()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Another program writes into the database, and takes its time."""
    with closing(sqlite3.connect(folder / "calls.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def obstruct(store: Store, pragma: str) -> list[str]:
    """Sets the pragmas in the list that comes back on every connection that is used; change it at will."""
    pragmas = [pragma]

    def checkout(connection: Any, *_: object) -> None:
        cursor = connection.cursor()
        for one in pragmas:
            cursor.execute(one)
        cursor.close()

    event.listen(store._engine.sync_engine, "checkout", checkout)
    return pragmas


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "kept.jsonl").read_text(encoding="utf-8").splitlines()]


async def the_rest_of_the_call(safe: Safekeeping) -> None:
    """Fields, a correction, a turn, and the end."""
    await safe.save_fields("CA1", NAME, turn=1, state='{"step":"contact"}')
    await safe.add_turn("CA1", 0, "karen mitchell", 0.9, "contact", "Thank you.", 380, False)
    await safe.save_fields("CA1", PHONE, turn=2, state='{"step":"address"}')
    await safe.save_fields("CA1", {"name": ("Karen Marshall", "no marshall", 0.88, True)}, turn=3, state='{"step":"3"}')
    await safe.note_consent("CA1", "announced", True, "This call is recorded.", "2026-11-22T19:40:03-05:00")
    await safe.note_transfer("CA1", 1, target="on_call", stage="looking")
    await safe.keep_state("CA1", '{"step":"save"}')
    await safe.complete_lead("CA1", ("webhook:crm", "file"))
    await safe.end_call("CA1", "lead_saved", 61.0, ("contact", "save"), targets=("webhook:crm", "file"))


async def check_the_call(store: Store) -> None:
    """Everything of it is there, once."""
    lead, stands, known = await store.lead("CA1"), await store.resumable("CA1"), await store.caller("+14155550123")
    assert lead is not None and stands is not None and known is not None
    assert (lead.status, lead.version) == ("complete", 1)
    assert lead.values == {"name": "Karen Marshall", "callback": "+14155550123"}
    assert (lead.fields["name"].turn, lead.fields["callback"].turn) == (3, 2)
    assert (stands.state, stands.outcome, stands.turns) == ('{"step":"save"}', "lead_saved", 1)
    assert (known.calls, known.last_outcome) == (1, "lead_saved")
    assert [row.target for row in await store.deliveries()] == ["file", "webhook:crm"]
    assert len(await store.consents("CA1")) == 1
    assert len(await store.transfers("CA1")) == 1


def sqlite(folder: Path) -> str:
    return f"sqlite:///{folder}/calls.db"
