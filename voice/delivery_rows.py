"""The outbox: what is to be delivered, who is at it, and what came of it.

A delivery belongs to whoever got it from `due`, until the lease ends or it is noted as delivered, postponed or dead.
The number of the attempt is the proof of that: whose attempt is no longer the latest changes nothing.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voice.database import Database
from voice.rows import Delivery
from voice.schema import DELIVERIES

LEASE_S = 120.0
"""How long a delivery is left to one worker. A worker that has died is replaced after that."""
_COLUMNS = tuple(DELIVERIES.c[name] for name in Delivery.__dataclass_fields__)
_WAITING = DELIVERIES.c.state == "waiting"


def kind_of(target: str) -> str:
    """The kind of a target: what stands before the colon of its name, or all of it.

    >>> kind_of("webhook:crm"), kind_of("sms")
    ('webhook', 'sms')
    """
    return target.partition(":")[0]


def delivery_id(call: str, version: int, target: str) -> str:
    """32 hexadecimal digits, the same on every machine."""
    return hashlib.sha256(f"{call}:{version}:{target}".encode()).hexdigest()[:32]


class DeliveryRows(Database):
    """The table `deliveries`."""

    async def due(self, now: float, limit: int, *, lease_s: float = LEASE_S) -> tuple[Delivery, ...]:
        """Takes up to `limit` deliveries whose time has come, the longest due first; nobody else gets them meanwhile.
        Versions of one lead go to one target in their order: a later one waits for the one before it."""
        first = await self.next_due()
        if first is None or first > now:
            return ()
        free = or_(DELIVERIES.c.leased_until.is_(None), DELIVERIES.c.leased_until <= now)
        ready = select(DELIVERIES.c.id).where(_WAITING, DELIVERIES.c.due_at <= now, free, ~_has_predecessor())
        ready = ready.order_by(DELIVERIES.c.due_at, DELIVERIES.c.id).limit(limit)
        async with self._writes("lease") as connection:
            ids = (await connection.scalars(ready.with_for_update(of=DELIVERIES, skip_locked=True))).all()
            taken = update(DELIVERIES).where(DELIVERIES.c.id.in_(ids))
            taken = taken.values(attempts=DELIVERIES.c.attempts + 1, leased_until=now + lease_s)
            rows = (await connection.execute(taken.returning(*_COLUMNS))).all() if ids else []
        return tuple(sorted((Delivery(*row) for row in rows), key=lambda row: (row.due_at, row.id)))

    async def next_due(self) -> float | None:
        """When `due` has something to give, in Unix seconds; None when nothing waits."""
        leased = func.coalesce(DELIVERIES.c.leased_until, 0.0)
        free = case((leased > DELIVERIES.c.due_at, leased), else_=DELIVERIES.c.due_at)
        ((found,),) = await self._read(select(func.min(free)).where(_WAITING, ~_has_predecessor()))
        return None if found is None else float(found)

    async def delivered(self, delivery: str, at: float) -> None:
        """It has arrived, whoever says so."""
        changes = {"state": "delivered", "delivered_at": at, "leased_until": None, "last_error": None}
        await self._note(DELIVERIES.c.id == delivery, changes)

    async def postponed(self, delivery: str, attempt: int, due_at: float, error: str) -> bool:
        """That attempt failed; the next is due then. False: the delivery is no longer this attempt's."""
        changes = {"due_at": due_at, "last_error": error, "leased_until": None}
        return await self._note(_held(delivery, attempt), changes)

    async def dead(self, delivery: str, attempt: int, error: str) -> bool:
        """That attempt was the last. False: the delivery is no longer this attempt's."""
        changes = {"state": "dead", "last_error": error, "leased_until": None}
        return await self._note(_held(delivery, attempt), changes)

    async def redeliver(self, now: float, call: str | None = None, *, dead: bool = False) -> int:
        """Has deliveries made once more: those of a call, or only the dead ones, or a call's dead ones. What a later
        version has replaced stays as it is. Returns how many. Without either it is none."""
        if call is None and not dead:
            return 0
        which: list[ColumnElement[bool]] = [DELIVERIES.c.state == "dead" if dead else ~_WAITING, ~_has_successor()]
        if call is not None:
            which.append(DELIVERIES.c.call == call)
        again = {"state": "waiting", "attempts": 0, "due_at": now, "leased_until": None, "delivered_at": None}
        async with self._writes("redelivery") as connection:
            done = await connection.execute(
                update(DELIVERIES).where(*which).values(again).returning(DELIVERIES.c.id),
            )
            return len(done.all())

    async def deliveries(self, call: str | None = None) -> tuple[Delivery, ...]:
        """Those of a call, or all, by call, version and target."""
        columns = (DELIVERIES.c.call, DELIVERIES.c.version, DELIVERIES.c.target)
        wanted = select(*_COLUMNS).order_by(*columns)
        if call is not None:
            wanted = wanted.where(DELIVERIES.c.call == call)
        return tuple(Delivery(*row) for row in await self._read(wanted))

    async def _enqueue(
        self,
        connection: AsyncConnection,
        call: str,
        version: int,
        targets: Sequence[str],
        payload: Mapping[str, Any],
        at: float,
    ) -> None:
        """One row for each target, in the caller's transaction; a row that is there stays."""
        waiting: dict[str, Any] = {"state": "waiting", "attempts": 0, "due_at": at}
        for target in targets:
            key = {"call": call, "version": version, "target": target}
            name = {"id": delivery_id(call, version, target), "kind": kind_of(target)}
            row = waiting | name | {"payload": dict(payload)}
            await connection.execute(self._upsert(DELIVERIES, key, row, changes=()))

    async def _note(self, which: ColumnElement[bool], changes: Mapping[str, Any]) -> bool:
        async with self._writes("delivery") as connection:
            done = await connection.execute(update(DELIVERIES).where(which).values(dict(changes)))
            return done.rowcount == 1


def _held(delivery: str, attempt: int) -> ColumnElement[bool]:
    return and_(DELIVERIES.c.id == delivery, DELIVERIES.c.attempts == attempt, _WAITING)


def _has_predecessor() -> ColumnElement[bool]:
    """An earlier version of the lead is still on its way to the same target."""
    other = DELIVERIES.alias("earlier")
    same = and_(other.c.call == DELIVERIES.c.call, other.c.target == DELIVERIES.c.target)
    return exists().where(same, other.c.version < DELIVERIES.c.version, other.c.state == "waiting")


def _has_successor() -> ColumnElement[bool]:
    """A later version of the lead was given to the same target."""
    other = DELIVERIES.alias("later")
    same = and_(other.c.call == DELIVERIES.c.call, other.c.target == DELIVERIES.c.target)
    return exists().where(same, other.c.version > DELIVERIES.c.version)
