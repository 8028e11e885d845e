"""The database's tables, and the migrations that make them, oldest first.

A migration is a function of SQL that SQLite and PostgreSQL both read, applied once and noted by its name. One
that has been released is never changed: a later one mends it. `voice.store` runs them under a lock.
"""

from collections.abc import Callable

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Double,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    insert,
    select,
    text,
)

from voice.errors import OperatorError

METADATA = MetaData()

CALLS = Table(
    "calls",
    METADATA,
    Column("call", String, primary_key=True),
    Column("stream", String, nullable=False),
    Column("flow", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("caller", String),
    Column("called", String),
    Column("started", String, nullable=False),
    Column("outcome", String),
    Column("duration_s", Double),
    Column("path", JSON),
)

TURNS = Table(
    "turns",
    METADATA,
    Column("call", ForeignKey("calls.call", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("heard", String, nullable=False),
    Column("confidence", Double, nullable=False),
    Column("step", String, nullable=False),
    Column("said", String, nullable=False),
    Column("gap_ms", Integer),
    Column("barge_in", Boolean, nullable=False),
)

LEADS = Table(
    "leads",
    METADATA,
    Column("call", ForeignKey("calls.call", ondelete="CASCADE"), primary_key=True),
    Column("status", String, nullable=False),
)

LEAD_FIELDS = Table(
    "lead_fields",
    METADATA,
    Column("call", ForeignKey("leads.call", ondelete="CASCADE"), primary_key=True),
    Column("slot", String, primary_key=True),
    Column("value", String, nullable=False),
    Column("spoken", String, nullable=False),
    Column("confidence", Double, nullable=False),
    Column("confirmed", Boolean, nullable=False),
)

_APPLIED = Table("migrations", METADATA, Column("name", String, primary_key=True))


def m001_calls_turns_leads(connection: Connection) -> None:
    """Calls, what was said in them, and the leads they left."""
    for statement in (
        """CREATE TABLE calls (
            call VARCHAR PRIMARY KEY, stream VARCHAR NOT NULL, flow VARCHAR NOT NULL,
            version INTEGER NOT NULL, caller VARCHAR, called VARCHAR, started VARCHAR NOT NULL,
            outcome VARCHAR, duration_s DOUBLE PRECISION, path JSON)""",
        """CREATE TABLE turns (
            call VARCHAR NOT NULL REFERENCES calls (call) ON DELETE CASCADE, place INTEGER NOT NULL,
            heard VARCHAR NOT NULL, confidence DOUBLE PRECISION NOT NULL, step VARCHAR NOT NULL,
            said VARCHAR NOT NULL, gap_ms INTEGER, barge_in BOOLEAN NOT NULL, PRIMARY KEY (call, place))""",
        """CREATE TABLE leads (
            call VARCHAR PRIMARY KEY REFERENCES calls (call) ON DELETE CASCADE,
            status VARCHAR NOT NULL CHECK (status IN ('partial', 'complete')))""",
        """CREATE TABLE lead_fields (
            call VARCHAR NOT NULL REFERENCES leads (call) ON DELETE CASCADE, slot VARCHAR NOT NULL,
            value VARCHAR NOT NULL, spoken VARCHAR NOT NULL, confidence DOUBLE PRECISION NOT NULL,
            confirmed BOOLEAN NOT NULL, PRIMARY KEY (call, slot))""",
    ):
        connection.execute(text(statement))


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (m001_calls_turns_leads,)


def migrate(connection: Connection) -> None:
    """Brings a database to the newest schema, in the caller's transaction.

    Raises:
        OperatorError: a newer version of this program has written the database.
    """
    connection.execute(text("CREATE TABLE IF NOT EXISTS migrations (name VARCHAR PRIMARY KEY)"))
    applied = set(connection.scalars(select(_APPLIED.c.name)))
    known = {migration.__name__ for migration in MIGRATIONS}
    if newer := applied - known:
        raise OperatorError(f"the database was written by a newer version ({min(newer)}): update this program")
    for migration in MIGRATIONS:
        if migration.__name__ not in applied:
            migration(connection)
            connection.execute(insert(_APPLIED).values(name=migration.__name__))
