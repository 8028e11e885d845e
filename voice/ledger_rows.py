"""Ledgers of a call: what was said about recording, and every attempt to hand it to a person."""

from sqlalchemy import select

from voice.database import Database
from voice.rows import Consent, StoredTransfer
from voice.schema import CONSENTS, TRANSFERS

_CHANGES = frozenset(StoredTransfer.__dataclass_fields__) - {"transfer"}


class LedgerRows(Database):
    """The tables `consents` and `transfers`."""

    async def note_consent(self, call: str, kind: str, granted: bool, script: str, at: str) -> None:
        """What the caller was told or asked, word for word, when, and whether they agreed. An entry is never changed:
        the same one twice is one."""
        row = {"granted": granted, "script": script}
        async with self._writes("consent") as connection:
            key = {"call": call, "at": at, "kind": kind}
            await connection.execute(self._upsert(CONSENTS, key, row, changes=()))

    async def consents(self, call: str) -> tuple[Consent, ...]:
        """The entries of a call in their order."""
        columns = (CONSENTS.c[name] for name in Consent.__dataclass_fields__)
        wanted = select(*columns).where(CONSENTS.c.call == call).order_by(CONSENTS.c.at, CONSENTS.c.kind)
        return tuple(Consent(*row) for row in await self._read(wanted))

    async def note_transfer(self, call: str, transfer: int, **changes: str | float | None) -> None:
        """What is new about the call's transfer of that number: any of target, reason, person, stage, rung_at,
        accepted_at, ended_at, outcome, seconds. What isn't named stays. Raises TypeError for another name."""
        if unknown := changes.keys() - _CHANGES:
            raise TypeError(f"a transfer has no {min(unknown)}")
        async with self._writes("transfer") as connection:
            key = {"call": call, "transfer": transfer}
            await connection.execute(self._upsert(TRANSFERS, key, changes, changes=tuple(changes)))

    async def transfers_since(self, day: str) -> tuple[StoredTransfer, ...]:
        """Those in which somebody was rung on `day` (2026-11-24) or later, by the date that the ledger holds, which is
        that of the zone it was written in."""
        columns = (TRANSFERS.c[name] for name in StoredTransfer.__dataclass_fields__)
        wanted = select(*columns).where(TRANSFERS.c.rung_at >= day).order_by(TRANSFERS.c.rung_at, TRANSFERS.c.call)
        return tuple(StoredTransfer(*row) for row in await self._read(wanted))

    async def transfers(self, call: str) -> tuple[StoredTransfer, ...]:
        """The transfers of a call in their order."""
        columns = (TRANSFERS.c[name] for name in StoredTransfer.__dataclass_fields__)
        wanted = select(*columns).where(TRANSFERS.c.call == call).order_by(TRANSFERS.c.transfer)
        return tuple(StoredTransfer(*row) for row in await self._read(wanted))
