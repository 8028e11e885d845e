"""The connection to the database: SQLite beside the program, or PostgreSQL when several share it.

Every write is a transaction that is committed, on SQLite with the file synced, before it is said to be done.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Executable, Table, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from voice.errors import OperatorError, StoreError
from voice.schema import migrate

_BUSY_MS = 5000
"""How long a write waits for another process's."""
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}
_MIGRATION_LOCK = 0x5357_4254
"""Key of PostgreSQL's advisory lock: one server at a time migrates."""
_ROWS_OWN_FAULT = ("22", "23")
"""SQLSTATE classes "data exception" and "integrity constraint violation" (PostgreSQL, appendix A)."""


class WriteRefused(StoreError):
    """The row itself is at fault: the same write would be refused again."""


class Database:
    """What the tables' modules stand on: transactions, readings, and an insert that may find its row there."""

    def __init__(self, url: str) -> None:
        """Raises OperatorError for a URL of no known form, or one whose driver is not installed."""
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

    def _insert(self, table: Table, values: Mapping[str, Any]) -> Any:
        """INSERT of the dialect: it knows ON CONFLICT."""
        insert = sqlite.insert if self._is_sqlite else postgresql.insert
        return insert(table).values(dict(values))

    def _upsert(
        self, table: Table, key: Mapping[str, Any], row: Mapping[str, Any], *, changes: tuple[str, ...]
    ) -> Executable:
        """INSERT, or where the key is there, an UPDATE of `changes`."""
        statement = self._insert(table, {**key, **row})
        found: Executable
        if not changes:
            found = statement.on_conflict_do_nothing(index_elements=list(key))
        else:
            new = {name: statement.excluded[name] for name in changes}
            found = statement.on_conflict_do_update(index_elements=list(key), set_=new)
        return found

    @contextlib.asynccontextmanager
    async def _writes(self, what: str) -> AsyncIterator[AsyncConnection]:
        """A transaction, committed when the block ends well. Raises StoreError, WriteRefused among them."""
        try:
            async with self._writing, self._engine.connect() as connection:
                await connection.execution_options(switchboard_writes=True)
                async with connection.begin():
                    yield connection
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            kind = WriteRefused if _is_rows_fault(error) else StoreError
            raise kind(f"{what} not saved: {_reason(error)}") from None

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


def _is_rows_fault(error: Exception) -> bool:
    """Whether the database works, and this row is what it doesn't take."""
    if isinstance(error, IntegrityError | DataError):
        return True
    if isinstance(error, DBAPIError):
        return str(getattr(error.orig, "sqlstate", None) or "")[:2] in _ROWS_OWN_FAULT
    return isinstance(error, StatementError)


def _reason(error: Exception) -> str:
    """The driver's first line: the ones behind it quote values."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return (str(cause).splitlines() or [""])[0] or type(cause).__name__
