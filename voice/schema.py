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
    UniqueConstraint,
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
    Column("state", String, nullable=False, server_default=""),
    Column("attestation", String, nullable=False, server_default=""),
    Column("arm", String, nullable=False, server_default=""),
    Column("route", String, nullable=False, server_default=""),
    Column("why", String, nullable=False, server_default=""),
    Column("status", String, nullable=False, server_default=""),
    Column("counted", Boolean, nullable=False, server_default=text("FALSE")),
)
"""`flow` and `started` are empty until the agent has taken the call. `state` is the procedure's, as JSON; `status` the
carrier's last word; `counted` says that the caller's row knows of this call."""

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
    Column("version", Integer, nullable=False, server_default="0"),
    Column("digest", String, nullable=False, server_default=""),
)
"""`version` counts what was given to the outbox; `digest` is of the contents that the last version had."""

LEAD_FIELDS = Table(
    "lead_fields",
    METADATA,
    Column("call", ForeignKey("leads.call", ondelete="CASCADE"), primary_key=True),
    Column("slot", String, primary_key=True),
    Column("value", String, nullable=False),
    Column("spoken", String, nullable=False),
    Column("confidence", Double, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("turn", Integer),
)

CALLERS = Table(
    "callers",
    METADATA,
    Column("number", String, primary_key=True),
    Column("name", String, nullable=False, server_default=""),
    Column("calls", Integer, nullable=False),
    Column("first_call", String, nullable=False),
    Column("last_call", String, nullable=False),
    Column("last_outcome", String),
    Column("profile", JSON, nullable=False),
)

CONSENTS = Table(
    "consents",
    METADATA,
    Column("call", ForeignKey("calls.call", ondelete="CASCADE"), primary_key=True),
    Column("at", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("granted", Boolean, nullable=False),
    Column("script", String, nullable=False),
)

TRANSFERS = Table(
    "transfers",
    METADATA,
    Column("call", ForeignKey("calls.call", ondelete="CASCADE"), primary_key=True),
    Column("transfer", Integer, primary_key=True),
    Column("target", String),
    Column("reason", String),
    Column("person", String),
    Column("stage", String),
    Column("rung_at", String),
    Column("accepted_at", String),
    Column("ended_at", String),
    Column("outcome", String),
    Column("seconds", Double),
)

DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("id", String, primary_key=True),
    Column("call", ForeignKey("calls.call", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("target", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Double, nullable=False),
    Column("leased_until", Double),
    Column("last_error", String),
    Column("delivered_at", Double),
    UniqueConstraint("call", "version", "target"),
)
"""The outbox. Times are Unix seconds; until `leased_until` a worker has the row."""

STATUSES = Table(
    "statuses",
    METADATA,
    Column("call", String, primary_key=True),
    Column("status", String, primary_key=True),
    Column("sequence", Integer, nullable=False),
)

RECORDINGS = Table(
    "recordings",
    METADATA,
    Column("recording", String, primary_key=True),
    Column("call", String, nullable=False),
    Column("url", String, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("channels", Integer, nullable=False),
    Column("kept", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("file", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Double, nullable=False),
    Column("last_error", String),
)
"""The carrier's recordings on their way to us: "waiting" until the file is here, "fetched" until the carrier has none
any more, then "done"; "lost" when it had none. `kept`: it stays with the carrier too. `due_at` in Unix seconds."""

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


def m002_resuming_and_versions(connection: Connection) -> None:
    """What a call needs to be resumed and routed, and how often a lead was given to the outbox."""
    for table, column in (
        ("calls", "state VARCHAR NOT NULL DEFAULT ''"),
        ("calls", "attestation VARCHAR NOT NULL DEFAULT ''"),
        ("calls", "arm VARCHAR NOT NULL DEFAULT ''"),
        ("calls", "route VARCHAR NOT NULL DEFAULT ''"),
        ("calls", "why VARCHAR NOT NULL DEFAULT ''"),
        ("calls", "status VARCHAR NOT NULL DEFAULT ''"),
        ("calls", "counted BOOLEAN NOT NULL DEFAULT FALSE"),
        ("leads", "version INTEGER NOT NULL DEFAULT 0"),
        ("leads", "digest VARCHAR NOT NULL DEFAULT ''"),
        ("lead_fields", "turn INTEGER"),
    ):
        connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {column}"))
    connection.execute(text("UPDATE calls SET counted = TRUE WHERE caller IS NOT NULL"))


def m003_outbox_and_history(connection: Connection) -> None:
    """Who has called before, ledgers of consents and transfers, and leads on their way to the business."""
    for statement in (
        """CREATE TABLE callers (
            number VARCHAR PRIMARY KEY, name VARCHAR NOT NULL DEFAULT '', calls INTEGER NOT NULL,
            first_call VARCHAR NOT NULL, last_call VARCHAR NOT NULL, last_outcome VARCHAR, profile JSON NOT NULL)""",
        """CREATE TABLE consents (
            call VARCHAR NOT NULL REFERENCES calls (call) ON DELETE CASCADE, at VARCHAR NOT NULL,
            kind VARCHAR NOT NULL, granted BOOLEAN NOT NULL, script VARCHAR NOT NULL,
            PRIMARY KEY (call, at, kind))""",
        """CREATE TABLE transfers (
            call VARCHAR NOT NULL REFERENCES calls (call) ON DELETE CASCADE, transfer INTEGER NOT NULL,
            target VARCHAR, reason VARCHAR, person VARCHAR, stage VARCHAR, rung_at VARCHAR, accepted_at VARCHAR,
            ended_at VARCHAR, outcome VARCHAR, seconds DOUBLE PRECISION, PRIMARY KEY (call, transfer))""",
        """CREATE TABLE deliveries (
            id VARCHAR PRIMARY KEY, call VARCHAR NOT NULL REFERENCES calls (call) ON DELETE CASCADE,
            version INTEGER NOT NULL, target VARCHAR NOT NULL, kind VARCHAR NOT NULL, payload JSON NOT NULL,
            state VARCHAR NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')), attempts INTEGER NOT NULL,
            due_at DOUBLE PRECISION NOT NULL, leased_until DOUBLE PRECISION, last_error VARCHAR,
            delivered_at DOUBLE PRECISION, UNIQUE (call, version, target))""",
        "CREATE INDEX deliveries_due ON deliveries (state, due_at)",
        """CREATE TABLE statuses (
            call VARCHAR NOT NULL, status VARCHAR NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (call, status))""",
        # Who called before this table was made is known from the calls.
        """INSERT INTO callers (number, calls, first_call, last_call, last_outcome, profile)
            SELECT caller, COUNT(*), MIN(started), MAX(started),
                (SELECT latest.outcome FROM calls latest WHERE latest.caller = calls.caller
                    ORDER BY latest.started DESC, latest.call DESC LIMIT 1), '{}'
            FROM calls WHERE caller IS NOT NULL GROUP BY caller""",
    ):
        connection.execute(text(statement))


def m004_recordings(connection: Connection) -> None:
    """The carrier's recordings, which are fetched and then deleted there. A callback may come for any call."""
    connection.execute(
        text(
            """CREATE TABLE recordings (
            recording VARCHAR PRIMARY KEY, call VARCHAR NOT NULL, url VARCHAR NOT NULL, seconds INTEGER NOT NULL,
            channels INTEGER NOT NULL, kept BOOLEAN NOT NULL,
            state VARCHAR NOT NULL CHECK (state IN ('waiting', 'fetched', 'done', 'lost')), file VARCHAR NOT NULL,
            attempts INTEGER NOT NULL, due_at DOUBLE PRECISION NOT NULL, last_error VARCHAR)"""
        )
    )


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    m001_calls_turns_leads,
    m002_resuming_and_versions,
    m003_outbox_and_history,
    m004_recordings,
)


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
