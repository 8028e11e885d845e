"""The store on both databases, and after a kill."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from tests.voice import databases
from tests.voice.databases import NAME, PHONE, on
from voice.errors import OperatorError, StoreError
from voice.schema import METADATA, migrate
from voice.store import Lead, LeadField, Store, StoredCall, StoredTurn

url = databases.url


def test_a_call_from_beginning_to_end(url: str) -> None:
    async def work(store: Store) -> None:
        (call,) = await store.calls()
        begun = "2026-11-22T19:40:00-05:00"
        known = ("CA1", "MZ1", "after_hours_hvac", 4, "+14155550123", None, begun)
        assert call == StoredCall(*known, None, None, None)
        await store.end_call("CA1", "lead_saved", 61.24, ("triage", "contact", "save"))
        (call,) = await store.calls()
        assert call == StoredCall(*known, "lead_saved", 61.24, ("triage", "contact", "save"))

    on(url, work)


def test_a_lead_is_partial_until_it_is_complete(url: str) -> None:
    async def work(store: Store) -> None:
        assert await store.lead("CA1") is None
        await store.save_fields("CA1", NAME)
        await store.save_fields("CA1", PHONE)
        partial = await store.lead("CA1")
        assert partial is not None
        assert partial.status == "partial"
        assert partial.values == {"callback": "+14155550123", "name": "Karen Mitchell"}
        assert partial.fields["callback"] == LeadField("+14155550123", "four one five …", 0.8, True)
        await store.complete_lead("CA1")
        await store.complete_lead("CA1")
        assert await store.lead("CA1") == Lead("CA1", "complete", partial.fields)

    on(url, work)


def test_a_correction_overwrites_and_keeps_the_status(url: str) -> None:
    async def work(store: Store) -> None:
        await store.save_fields("CA1", NAME | PHONE)
        await store.complete_lead("CA1")
        await store.save_fields("CA1", {"name": ("Karen Marshall", "no, marshall", 0.88, True)})
        lead = await store.lead("CA1")
        assert lead is not None
        assert lead.status == "complete"
        assert lead.fields["name"] == LeadField("Karen Marshall", "no, marshall", 0.88, True)
        assert lead.values["callback"] == "+14155550123"

    on(url, work)


def test_turns_come_back_in_order(url: str) -> None:
    async def work(store: Store) -> None:
        await store.add_turn("CA1", 1, "karen mitchell", 0.9, "contact", "Thank you.", None, True)
        await store.add_turn("CA1", 0, "no heat", 0.8, "triage", "I'm sorry.", 410, False)
        await store.add_turn("CA1", 1, "karen mitchell", 0.9, "contact", "Thank you, Karen.", 380, True)
        assert await store.turns("CA1") == (
            StoredTurn("no heat", 0.8, "triage", "I'm sorry.", 410, False),
            StoredTurn("karen mitchell", 0.9, "contact", "Thank you, Karen.", 380, True),
        )
        assert await store.turns("CA2") == ()

    on(url, work)


def test_leads_come_in_the_order_of_their_calls(url: str) -> None:
    async def work(store: Store) -> None:
        await store.save_fields("CA9", NAME)
        await store.save_fields("CA3", PHONE)
        assert [(lead.call, lead.values) for lead in await store.leads()] == [
            ("CA3", {"callback": "+14155550123"}),
            ("CA9", {"name": "Karen Mitchell"}),
        ]

    on(url, work, begun=("CA3", "CA5", "CA9"))


def test_many_calls_write_at_once(url: str) -> None:
    calls = tuple(f"CA{number:02}" for number in range(15))

    async def work(store: Store) -> None:
        await asyncio.gather(*(store.save_fields(call, NAME | PHONE) for call in calls))
        await asyncio.gather(*(store.complete_lead(call) for call in calls))
        assert {(lead.call, lead.status, len(lead.fields)) for lead in await store.leads()} == {
            (call, "complete", 2) for call in calls
        }

    on(url, work, begun=calls)


def test_a_second_stream_of_a_call_keeps_what_is_there(url: str) -> None:
    async def work(store: Store) -> None:
        await store.save_fields("CA1", NAME)
        await store.begin_call("CA1", "MZ2", "after_hours_hvac", 4, None, None, "2026-11-22T20:00:00-05:00")
        (call,) = await store.calls()
        assert (call.stream, call.caller, call.started) == (
            "MZ2",
            "+14155550123",
            "2026-11-22T19:40:00-05:00",
        )
        assert len(await store.leads()) == 1

    on(url, work)


def test_fields_of_no_call_are_refused_and_the_message_holds_no_value(url: str) -> None:
    async def work(store: Store) -> None:
        with pytest.raises(StoreError, match=r"^lead fields not saved: .*(?i:foreign key)") as refused:
            await store.save_fields("CA404", PHONE)
        assert "555" not in str(refused.value)
        with pytest.raises(StoreError, match="no such call"):
            await store.end_call("CA404", "lead_saved", 1.0, ())
        assert await store.leads() == ()

    on(url, work)


def test_fields_are_saved_all_or_none(url: str) -> None:
    async def work(store: Store) -> None:
        broken = {"name": (None, "", 0.5, False)}
        with pytest.raises(StoreError):
            await store.save_fields("CA1", PHONE | broken)  # type: ignore[arg-type]
        assert await store.lead("CA1") is None

    on(url, work)


def test_a_field_without_a_value_is_removed(url: str) -> None:
    async def work(store: Store) -> None:
        await store.save_fields("CA1", NAME | PHONE)
        await store.save_fields("CA1", dict.fromkeys(NAME, ("", "", 0.0, False)))
        lead = await store.lead("CA1")
        assert lead is not None
        assert set(lead.fields) == set(PHONE)

    on(url, work)


def test_opening_twice_migrates_once(url: str) -> None:
    async def save(store: Store) -> None:
        await store.save_fields("CA1", NAME)

    async def find(store: Store) -> None:
        other = Store(url)
        await asyncio.gather(other.open(), store.open())
        assert [lead.call for lead in await other.leads()] == ["CA1"]
        await other.close()

    on(url, save)
    on(url, find, begun=())


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "calls.db") as database:
        database.execute("CREATE TABLE migrations (name VARCHAR PRIMARY KEY)")
        database.execute("INSERT INTO migrations VALUES ('m999_holograms')")
    database.close()
    with pytest.raises(OperatorError, match="m999_holograms"):
        asyncio.run(Store(f"sqlite:///{tmp_path}/calls.db").open())


def test_the_migrations_make_the_tables_that_the_store_uses() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        migrate(connection)
        inspector = inspect(connection)
        found = {
            table: {(column["name"], column["nullable"]) for column in inspector.get_columns(table)}
            for table in inspector.get_table_names()
        }
        keys = {table: inspector.get_pk_constraint(table)["constrained_columns"] for table in found}
    engine.dispose()
    assert keys == {table.name: [key.name for key in table.primary_key] for table in METADATA.sorted_tables}
    for table in METADATA.sorted_tables:
        # SQLite calls a key of text nullable.
        assert {(name, nullable and name not in keys[table.name]) for name, nullable in found[table.name]} == {
            (column.name, column.nullable) for column in table.columns
        }


@pytest.mark.parametrize("url", ["mysql://localhost/calls", "calls.db", "sqlite+pysqlite:///calls.db"])
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(OperatorError):
        Store(url)


def test_a_file_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"absent/calls\.db cannot be made"):
        asyncio.run(Store(f"sqlite:///{tmp_path}/absent/calls.db").open())


SAVES_AND_WAITS = """
    import asyncio, sys
    from voice.store import Store

    async def main():
        store = Store(sys.argv[1])
        await store.open()
        await store.begin_call("CA1", "MZ1", "after_hours_hvac", 4, None, None, "2026-11-22T19:40:00-05:00")
        await store.save_fields("CA1", {"name": ("Karen Mitchell", "karen mitchell", 0.91, False)})
        print("saved", flush=True)
        await asyncio.Event().wait()

    asyncio.run(main())
"""


def test_what_was_saved_survives_a_kill(url: str) -> None:
    command = [sys.executable, "-c", textwrap.dedent(SAVES_AND_WAITS), url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "saved\n"
        child.send_signal(signal.SIGKILL)

    async def find(store: Store) -> None:
        lead = await store.lead("CA1")
        assert lead is not None
        assert (lead.status, lead.values) == ("partial", {"name": "Karen Mitchell"})

    on(url, find, begun=())


def test_sqlite_writes_ahead_and_syncs_each_commit(tmp_path: Path) -> None:
    async def settings() -> list[str]:
        store = Store(f"sqlite:///{tmp_path}/calls.db")
        await store.open()
        async with store._engine.connect() as connection:
            found = []
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout"):
                result = await connection.exec_driver_sql(f"PRAGMA {pragma}")
                found.append(str(result.scalar_one()))
        await store.close()
        return found

    assert asyncio.run(settings()) == ["wal", "2", "1", "5000"]
