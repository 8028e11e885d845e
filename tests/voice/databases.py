"""The databases that a store is tested on. A test module takes them by name: `url = databases.url`."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from voice.store import Store

NAME = {"name": ("Karen Mitchell", "karen mitchell", 0.91, False)}
PHONE = {"callback": ("+14155550123", "four one five …", 0.8, True)}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that no other test uses."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/calls.db"
    base: str = request.getfixturevalue("postgres")
    name = f"test_{uuid4().hex}"

    async def create() -> None:
        driver = base.replace("postgresql", "postgresql+asyncpg", 1)
        engine = create_async_engine(driver, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.exec_driver_sql(f"CREATE DATABASE {name}")
        await engine.dispose()

    asyncio.run(create())
    return base.replace("/postgres?", f"/{name}?")


def on(url: str, work: Callable[[Store], Awaitable[None]], *, begun: tuple[str, ...] = ("CA1",)) -> None:
    """Runs `work` on an open store in which some calls have begun, at 19:40, 19:41 and so on."""

    async def run() -> None:
        store = Store(url)
        await store.open()
        for minute, call in enumerate(begun, 40):
            started = f"2026-11-22T19:{minute}:00-05:00"
            await store.begin_call(call, "MZ1", "after_hours_hvac", 4, "+14155550123", None, started)
        try:
            await work(store)
        finally:
            await store.close()

    asyncio.run(run())
