"""Leads: what callers left behind, and how it gets into the outbox.

    {"call": …, "version": 2, "status": "complete", "flow": …, "flow_version": 4, "caller": "+1…", "called": "+1…",
     "outcome": null, "fields": {"name": {"value": …, "spoken": …, "confidence": 0.91, "confirmed": true, "turn": 3}},
     "times": {"started": "2026-11-22T19:40:00-05:00", "enqueued": "2026-11-23T00:43:10+00:00", "duration_s": null}}

is a delivery's payload. A lead's version is raised when its status, a value, or whether a value is confirmed is
another than the last version's; how a value was heard is provenance, and alone makes none.
"""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voice.call_rows import CallRows
from voice.delivery_rows import DeliveryRows, kind_of
from voice.rows import Lead, LeadField
from voice.schema import CALLS, LEAD_FIELDS, LEADS

_FIELD = tuple(LeadField.__dataclass_fields__)
_ONLY_COMPLETE = frozenset({"sms"})
"""Kinds of targets that get no lead that isn't finished."""


class LeadRows(CallRows, DeliveryRows):
    """The tables `leads` and `lead_fields`, and the ways out of them."""

    async def save_fields(
        self,
        call: str,
        fields: Mapping[str, tuple[str, str, float, bool]],
        *,
        turn: int | None = None,
        state: str = "",
    ) -> None:
        """Slot → (value, spoken, confidence, confirmed), all or none; a slot saved before is overwritten, and one
        without a value is removed. `turn` brought them; a `state` that is given is kept with them."""
        async with self._writes("lead fields") as connection:
            if fields or not state:
                await connection.execute(self._upsert(LEADS, {"call": call}, {"status": "partial"}, changes=()))
            for slot, (value, spoken, confidence, confirmed) in fields.items():
                row = {"value": value, "spoken": spoken, "confidence": confidence, "confirmed": confirmed, "turn": turn}
                key = {"call": call, "slot": slot}
                if value == "":
                    held = (LEAD_FIELDS.c.call == call) & (LEAD_FIELDS.c.slot == slot)
                    await connection.execute(delete(LEAD_FIELDS).where(held))
                    continue
                await connection.execute(self._upsert(LEAD_FIELDS, key, row, changes=tuple(row)))
            if state:
                await self._keep_state(connection, call, state)

    async def complete_lead(self, call: str, targets: Sequence[str] = (), *, at: float | None = None) -> None:
        """The procedure has everything it wants: the lead goes to each of `targets`, named KIND or KIND:NAME. Doing it
        twice is no error, and delivers nothing twice. `at` is Unix seconds; None is now."""
        row = {"status": "complete"}
        async with self._writes("lead") as connection:
            await connection.execute(self._upsert(LEADS, {"call": call}, row, changes=("status",)))
            await self._give_out(connection, call, targets, _now(at))

    async def end_call(
        self,
        call: str,
        outcome: str,
        duration_s: float,
        path: Sequence[str],
        *,
        targets: Sequence[str] = (),
        partial_targets: Sequence[str] = (),
        at: float | None = None,
        only_open: bool = False,
    ) -> None:
        """The call is over; a later word on it replaces this one, or with `only_open` changes nothing. What its
        lead has that was never given to the outbox goes to `targets` if the lead is complete, else to
        `partial_targets`, of which no sms gets it."""
        row = {"outcome": outcome, "duration_s": duration_s, "path": list(path)}
        async with self._writes("end of the call") as connection:
            if only_open and await self._has_ended(connection, call):
                return
            await self._end(connection, call, row)
            status = await connection.scalar(select(LEADS.c.status).where(LEADS.c.call == call))
            wanted = targets if status == "complete" else partial_targets
            if status is not None:
                await self._give_out(connection, call, wanted, _now(at))

    async def lead(self, call: str) -> Lead | None:
        """The lead of a call; None if it left none."""
        leads = await self._leads(call)
        return leads[0] if leads else None

    async def leads(self) -> tuple[Lead, ...]:
        """Every lead, in the order of their calls' beginning."""
        return await self._leads(None)

    async def _leads(self, call: str | None) -> tuple[Lead, ...]:
        heads = select(LEADS.c.call, LEADS.c.status, LEADS.c.version).join(CALLS)
        heads = heads.order_by(CALLS.c.started, CALLS.c.call)
        columns = (LEAD_FIELDS.c[name] for name in ("call", "slot", *_FIELD))
        bodies = select(*columns).order_by(LEAD_FIELDS.c.slot)
        if call is not None:
            heads = heads.where(LEADS.c.call == call)
            bodies = bodies.where(LEAD_FIELDS.c.call == call)
        found: dict[str, dict[str, LeadField]] = {}
        for owner, slot, *rest in await self._read(bodies):
            found.setdefault(owner, {})[slot] = LeadField(*rest)
        rows = await self._read(heads)
        return tuple(Lead(name, status, found.get(name, {}), version) for name, status, version in rows)

    async def _give_out(self, connection: AsyncConnection, call: str, targets: Sequence[str], at: float) -> None:
        """A row of the outbox for each target that hasn't had the lead as it is now, in the caller's transaction."""
        head = select(LEADS.c.status, LEADS.c.version, LEADS.c.digest).where(LEADS.c.call == call).with_for_update()
        status, version, digest = (await connection.execute(head)).one()
        if status != "complete":
            targets = [target for target in targets if kind_of(target) not in _ONLY_COMPLETE]
        fields = await self._fields(connection, call)
        if not targets or (status != "complete" and not fields):
            return
        new = _digest(status, fields)
        if new != digest:
            version += 1
            await connection.execute(update(LEADS).where(LEADS.c.call == call).values(version=version, digest=new))
        elif status != "complete":
            return
        payload = {"call": call, "version": version, "status": status}
        payload |= await self._circumstances(connection, call, at) | {"fields": fields}
        await self._enqueue(connection, call, version, targets, payload, at)

    async def _fields(self, connection: AsyncConnection, call: str) -> dict[str, dict[str, Any]]:
        columns = (LEAD_FIELDS.c[name] for name in ("slot", *_FIELD))
        wanted = select(*columns).where(LEAD_FIELDS.c.call == call).order_by(LEAD_FIELDS.c.slot)
        rows = await connection.execute(wanted)
        return {slot: dict(zip(_FIELD, rest, strict=True)) for slot, *rest in rows}

    async def _circumstances(self, connection: AsyncConnection, call: str, at: float) -> dict[str, Any]:
        row = (await connection.execute(select(CALLS).where(CALLS.c.call == call))).one()
        enqueued = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
        return {
            "flow": row.flow,
            "flow_version": row.version,
            "caller": row.caller,
            "called": row.called,
            "outcome": row.outcome,
            "times": {"started": row.started, "enqueued": enqueued, "duration_s": row.duration_s},
        }


def _digest(status: str, fields: Mapping[str, Mapping[str, Any]]) -> str:
    contents = [[slot, field["value"], field["confirmed"]] for slot, field in sorted(fields.items())]
    return hashlib.sha256(json.dumps([status, contents]).encode()).hexdigest()


def _now(at: float | None) -> float:
    return time.time() if at is None else at
