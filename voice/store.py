"""Calls, turns and leads in a database: SQLite beside the program, or PostgreSQL when several share it.

Every write is committed, on SQLite with the file synced, before its method returns: a lead field that was
saved is there after a kill in the next instant. Rows are for reports; a call never reads its own.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Executable, Table, delete, event, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from voice.errors import OperatorError, StoreError
from voice.schema import CALLS, LEAD_FIELDS, LEADS, TURNS, migrate

_BUSY_MS = 5000
"""How long a write waits for another process's."""
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}
_MIGRATION_LOCK = 0x5357_4254
"""Key of PostgreSQL's advisory lock: one server at a time migrates."""


@dataclass(frozen=True, slots=True)
class LeadField:
    """One field of a lead: its canonical value and how it came to be."""

    value: str
    spoken: str
    confidence: float
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Lead:
    """What a call left behind. `status`: "partial" until the procedure has saved it, then "complete"."""

    call: str
    status: str
    fields: Mapping[str, LeadField]
    """By slot name, in alphabetical order."""

    @property
    def values(self) -> dict[str, str]:
        """The canonical values alone."""
        return {slot: field.value for slot, field in self.fields.items()}


@dataclass(frozen=True, slots=True)
class StoredCall:
    """One call. `outcome`, `duration_s` and `path` are None until it has ended."""

    call: str
    stream: str
    flow: str
    version: int
    caller: str | None
    called: str | None
    started: str
    outcome: str | None
    duration_s: float | None
    path: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """One turn of a call."""

    heard: str
    confidence: float
    step: str
    said: str
    gap_ms: int | None
    barge_in: bool


class Store:
    """The database at a URL: sqlite:///calls.db, sqlite:////absolute/calls.db, postgresql://user@host/name.

    Every method raises StoreError where the database does not do what it should; its message holds no value.
    """

    def __init__(self, url: str) -> None:
        """Raises OperatorError for a URL of no such form, or one whose driver is not installed."""
        self._url = _with_driver(url)
        self._is_sqlite = self._url.get_backend_name() == "sqlite"
        self._engine = _engine(self._url)
        # SQLite has one writer; whoever waits here waits in line instead of polling the file.
        self._writing = asyncio.Lock() if self._is_sqlite else contextlib.nullcontext()

    async def open(self) -> None:
        """Connects and brings the tables up to date. Raises OperatorError where that cannot be."""
        if self._is_sqlite:
            _check_folder(self._url)
        try:
            async with self._writes("tables") as connection:
                if not self._is_sqlite:
                    await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
                await connection.run_sync(migrate)
        except StoreError as error:
            await self.close()
            raise OperatorError(f"cannot use the database {self._url.render_as_string()}: {error}") from None
        except OperatorError:
            await self.close()
            raise

    async def close(self) -> None:
        """Closes every connection; closing twice is no error."""
        await self._engine.dispose()

    async def begin_call(
        self,
        call: str,
        stream: str,
        flow: str,
        version: int,
        caller: str | None,
        called: str | None,
        started: str,
    ) -> None:
        """A call has begun; `started` is ISO 8601 with offset. A known call only gets the new stream."""
        row = {"stream": stream, "flow": flow, "version": version, "caller": caller}
        row |= {"called": called, "started": started}
        async with self._writes("call") as connection:
            await connection.execute(self._upsert(CALLS, {"call": call}, row, changes=("stream",)))

    async def save_fields(self, call: str, fields: Mapping[str, tuple[str, str, float, bool]]) -> None:
        """Slot → (value, spoken, confidence, confirmed), all or none; a slot saved before is overwritten, and one
        without a value is removed."""
        async with self._writes("lead fields") as connection:
            await connection.execute(self._upsert(LEADS, {"call": call}, {"status": "partial"}, changes=()))
            for slot, (value, spoken, confidence, confirmed) in fields.items():
                row = {"value": value, "spoken": spoken, "confidence": confidence, "confirmed": confirmed}
                key = {"call": call, "slot": slot}
                if value == "":
                    held = (LEAD_FIELDS.c.call == call) & (LEAD_FIELDS.c.slot == slot)
                    await connection.execute(delete(LEAD_FIELDS).where(held))
                    continue
                await connection.execute(self._upsert(LEAD_FIELDS, key, row, changes=tuple(row)))

    async def complete_lead(self, call: str) -> None:
        """The procedure has everything it wants. Doing it twice is no error."""
        row = {"status": "complete"}
        async with self._writes("lead") as connection:
            await connection.execute(self._upsert(LEADS, {"call": call}, row, changes=("status",)))

    async def add_turn(
        self,
        call: str,
        place: int,
        heard: str,
        confidence: float,
        step: str,
        said: str,
        gap_ms: int | None,
        barge_in: bool,
    ) -> None:
        """The turn at `place`, counted from 0; one that is there already is overwritten."""
        row = {"heard": heard, "confidence": confidence, "step": step, "said": said}
        row |= {"gap_ms": gap_ms, "barge_in": barge_in}
        async with self._writes("turn") as connection:
            await connection.execute(self._upsert(TURNS, {"call": call, "place": place}, row, changes=tuple(row)))

    async def end_call(self, call: str, outcome: str, duration_s: float, path: tuple[str, ...]) -> None:
        """The call is over; a later word on it replaces this one."""
        row = {"outcome": outcome, "duration_s": duration_s, "path": list(path)}
        async with self._writes("end of the call") as connection:
            done = await connection.execute(update(CALLS).where(CALLS.c.call == call).values(row))
            if done.rowcount != 1:
                raise StoreError("end of the call not saved: no such call")

    async def lead(self, call: str) -> Lead | None:
        """The lead of a call; None if it left none."""
        leads = await self._leads(call)
        return leads[0] if leads else None

    async def leads(self) -> tuple[Lead, ...]:
        """Every lead, in the order of their calls' beginning."""
        return await self._leads(None)

    async def calls(self) -> tuple[StoredCall, ...]:
        """Every call, the oldest first."""
        rows = await self._read(select(CALLS).order_by(CALLS.c.started, CALLS.c.call))
        found = (StoredCall(*row) for row in rows)
        return tuple(call if call.path is None else replace(call, path=tuple(call.path)) for call in found)

    async def turns(self, call: str) -> tuple[StoredTurn, ...]:
        """The turns of a call in order."""
        columns = (TURNS.c[name] for name in StoredTurn.__dataclass_fields__)
        rows = await self._read(select(*columns).where(TURNS.c.call == call).order_by(TURNS.c.place))
        return tuple(StoredTurn(*row) for row in rows)

    async def _leads(self, call: str | None) -> tuple[Lead, ...]:
        heads = select(LEADS.c.call, LEADS.c.status).join(CALLS).order_by(CALLS.c.started, CALLS.c.call)
        bodies = select(LEAD_FIELDS).order_by(LEAD_FIELDS.c.slot)
        if call is not None:
            heads = heads.where(LEADS.c.call == call)
            bodies = bodies.where(LEAD_FIELDS.c.call == call)
        found: dict[str, dict[str, LeadField]] = {}
        for owner, slot, *rest in await self._read(bodies):
            found.setdefault(owner, {})[slot] = LeadField(*rest)
        return tuple(Lead(name, status, found.get(name, {})) for name, status in await self._read(heads))

    def _upsert(
        self, table: Table, key: Mapping[str, Any], row: Mapping[str, Any], *, changes: tuple[str, ...]
    ) -> Executable:
        """INSERT, or where the key is there, an UPDATE of `changes`."""
        insert = sqlite.insert if self._is_sqlite else postgresql.insert
        statement = insert(table).values({**key, **row})
        if not changes:
            return statement.on_conflict_do_nothing(index_elements=list(key))
        new = {name: statement.excluded[name] for name in changes}
        return statement.on_conflict_do_update(index_elements=list(key), set_=new)

    @contextlib.asynccontextmanager
    async def _writes(self, what: str) -> AsyncIterator[AsyncConnection]:
        """A transaction, committed when the block ends well."""
        try:
            async with self._writing, self._engine.connect() as connection:
                await connection.execution_options(switchboard_writes=True)
                async with connection.begin():
                    yield connection
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            raise StoreError(f"{what} not saved: {_reason(error)}") from None

    async def _read(self, statement: Executable) -> list[tuple[Any, ...]]:
        try:
            async with self._engine.connect() as connection:
                return [tuple(row) for row in await connection.execute(statement)]
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            raise StoreError(f"cannot be read: {_reason(error)}") from None


def _with_driver(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise OperatorError("the database URL is not of the form sqlite:///FILE or postgresql://…") from None
    if parsed.drivername not in (*_DRIVERS, *_DRIVERS.values()):
        raise OperatorError(f"no database of the kind {parsed.drivername}: sqlite and postgresql are known")
    return parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))


def _check_folder(url: URL) -> None:
    """A file that cannot be made is found here: the driver's thread would outlive its failure."""
    file = Path(url.database or "")
    if url.database and url.database != ":memory:" and (file.is_dir() or not file.parent.is_dir()):
        raise OperatorError(f"the database {file} cannot be made: {file.parent} is no folder, or it is one itself")


def _engine(url: URL) -> AsyncEngine:
    is_sqlite = url.get_backend_name() == "sqlite"
    limits = {} if is_sqlite else {"timeout": _BUSY_MS / 1000, "command_timeout": _BUSY_MS / 1000}
    try:
        engine = create_async_engine(url, hide_parameters=True, connect_args=limits, pool_pre_ping=not is_sqlite)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise OperatorError(f"{error}: install the extra, pip install 'switchboard-voice[postgres]'") from None
    if is_sqlite:
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transactions begin late and let two readers deadlock on their way to a write
    # (SQLAlchemy's notes on pysqlite); with them off, _begin_sqlite says when.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {_BUSY_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("switchboard_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _reason(error: Exception) -> str:
    """The driver's first line: the ones behind it quote values."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return (str(cause).splitlines() or [""])[0] or type(cause).__name__
