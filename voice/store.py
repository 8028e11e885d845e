"""Everything that is kept of calls, in one database: SQLite beside the program, or PostgreSQL when several share it.

Every write is committed, on SQLite with the file synced, before its method returns: a lead field that was saved is
there after a kill in the next instant. A lead goes into the outbox in the transaction that completes it. Rows are for
reports, for deliveries, and for going on after a broken stream; a call under way reads none of its own.
"""

from voice.database import WriteRefused
from voice.lead_rows import LeadRows
from voice.ledger_rows import LedgerRows
from voice.recording_rows import RecordingRows
from voice.rows import (
    Arm,
    Consent,
    Delivery,
    KnownCaller,
    Lead,
    LeadField,
    Resumable,
    StoredCall,
    StoredRecording,
    StoredTransfer,
    StoredTurn,
)

__all__ = [
    "Arm",
    "Consent",
    "Delivery",
    "KnownCaller",
    "Lead",
    "LeadField",
    "Resumable",
    "Store",
    "StoredCall",
    "StoredRecording",
    "StoredTransfer",
    "StoredTurn",
    "WriteRefused",
]


class Store(LeadRows, LedgerRows, RecordingRows):
    """The database at a URL: sqlite:///calls.db, sqlite:////absolute/calls.db, postgresql://user@host/name.

    Calls and callers: `voice.call_rows`. Leads: `voice.lead_rows`. The outbox: `voice.delivery_rows`. Consents and
    transfers: `voice.ledger_rows`. The carrier's recordings: `voice.recording_rows`. Every method raises StoreError
    where the database does not do what it should, WriteRefused where the row itself is at fault; the message holds no
    value.
    """
