"""A database of the first version, with calls in it, becomes one of this version, on both databases."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.voice import databases
from tests.voice.databases import NAME, on
from voice import schema
from voice.store import KnownCaller, LeadField, Store, StoredCall

url = databases.url

OLD_ROWS = (
    """INSERT INTO calls VALUES
        ('CA1', 'MZ1', 'after_hours_hvac', 4, '+14155550123', NULL, '2026-10-01T19:40:00-04:00',
            'lead_saved', 61.5, '["triage", "save"]'),
        ('CA2', 'MZ2', 'after_hours_hvac', 4, '+14155550123', '+14155550100', '2026-10-02T08:00:00-04:00',
            'transferred', 12.0, '[]'),
        ('CA3', 'MZ3', 'after_hours_hvac', 4, NULL, NULL, '2026-10-03T08:00:00-04:00', NULL, NULL, NULL)""",
    "INSERT INTO turns VALUES ('CA1', 0, 'no heat', 0.8, 'triage', 'I am sorry.', 410, FALSE)",
    "INSERT INTO leads VALUES ('CA1', 'complete'), ('CA3', 'partial')",
    "INSERT INTO lead_fields VALUES ('CA1', 'name', 'Karen Mitchell', 'karen mitchell', 0.91, TRUE)",
)


def make_old(url: str) -> None:
    """The first version's tables and rows."""

    async def run() -> None:
        driver = url.replace("postgresql", "postgresql+asyncpg", 1).replace("sqlite", "sqlite+aiosqlite", 1)
        engine = create_async_engine(driver)
        async with engine.begin() as connection:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(schema, "MIGRATIONS", (schema.m001_calls_turns_leads,))
                await connection.run_sync(schema.migrate)
            for statement in OLD_ROWS:
                await connection.execute(text(statement))
        await engine.dispose()

    asyncio.run(run())


def test_nothing_of_an_old_database_is_lost(url: str) -> None:
    make_old(url)

    async def find(store: Store) -> None:
        first, second, third = await store.calls()
        assert first == StoredCall(
            "CA1", "MZ1", "after_hours_hvac", 4, "+14155550123", None, "2026-10-01T19:40:00-04:00",
            "lead_saved", 61.5, ("triage", "save"),
        )  # fmt: skip
        assert (second.outcome, second.path, third.outcome, third.path) == ("transferred", (), None, None)
        (turn,) = await store.turns("CA1")
        assert turn.said == "I am sorry."
        complete, partial = await store.leads()
        assert complete.fields == {"name": LeadField("Karen Mitchell", "karen mitchell", 0.91, True, None)}
        assert (complete.status, complete.version, partial.status, partial.values) == ("complete", 0, "partial", {})

    on(url, find, begun=())


def test_old_callers_are_known_and_old_calls_go_on(url: str) -> None:
    make_old(url)

    async def work(store: Store) -> None:
        assert await store.caller("+14155550123") == KnownCaller(
            "+14155550123", "", 2, "2026-10-02T08:00:00-04:00", "transferred", {}, "2026-10-01T19:40:00-04:00"
        )
        # A second stream of an old call isn't another call.
        await store.begin_call("CA2", "MZ9", "after_hours_hvac", 4, "+14155550123", None, "2026-10-02T09:00:00-04:00")
        known = await store.caller("+14155550123")
        assert known is not None and known.calls == 2
        await store.save_fields("CA3", NAME, turn=4, state="{}")
        await store.complete_lead("CA3", ("file",))
        await store.end_call("CA3", "lead_saved", 9.0, ("save",), targets=("file",))
        assert [(row.call, row.version) for row in await store.deliveries()] == [("CA3", 1)]

    on(url, work, begun=())


def test_a_database_that_was_migrated_is_left_alone(url: str) -> None:
    make_old(url)

    async def count(store: Store) -> None:
        names = await store._read(text("SELECT name FROM migrations ORDER BY name"))
        assert [name for (name,) in names] == [migration.__name__ for migration in schema.MIGRATIONS]

    on(url, count, begun=())
    on(url, count, begun=())
