"""Calls, their turns and where they stand, and who has called before."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voice.database import Database, WriteRefused
from voice.rows import Arm, KnownCaller, Resumable, StoredCall, StoredTurn
from voice.schema import CALLERS, CALLS, LEADS, STATUSES, TURNS

GIVEN_UP = "line_dead"
"""The outcome of a call of which nothing was heard any more."""


class CallRows(Database):
    """The tables `calls`, `turns`, `callers` and `statuses`."""

    async def begin_call(
        self,
        call: str,
        stream: str,
        flow: str,
        version: int,
        caller: str | None,
        called: str | None,
        started: str,
        *,
        attestation: str = "",
        arm: str = "",
    ) -> None:
        """A call has begun; `started` is ISO 8601 with offset. A known call gets the new stream, and what was not
        known of it; one that was given up is not over any more. The caller's row counts each call once."""
        row = {"stream": stream, "flow": flow, "version": version, "caller": caller, "called": called}
        row |= {"started": started, "attestation": attestation, "arm": arm}
        async with self._writes("call") as connection:
            await connection.execute(self._begun(call, row, newer=("stream",)))
            back = (CALLS.c.call == call) & (CALLS.c.outcome == GIVEN_UP)
            await connection.execute(update(CALLS).where(back).values(outcome=None))
            await self._count(connection, call)

    async def note_route(
        self,
        call: str,
        route: str,
        arm: str,
        why: str,
        *,
        caller: str | None = None,
        called: str | None = None,
        started: str = "",
        attestation: str = "",
        only_new: bool = False,
    ) -> None:
        """Where the call was sent when it came in, whether or not the agent takes it later; the last word counts, or
        with `only_new` the first."""
        row = {"stream": "", "flow": "", "version": 0, "caller": caller, "called": called, "started": started}
        row |= {"attestation": attestation, "arm": arm, "route": route, "why": why}
        async with self._writes("route") as connection:
            await connection.execute(self._begun(call, row, newer=() if only_new else ("route", "why")))

    async def note_status(self, call: str, status: str, sequence: int) -> bool:
        """The carrier's word on a call, which may come twice and in any order. False: it was seen before."""
        highest = select(func.max(STATUSES.c.sequence)).where(STATUSES.c.call == call)
        async with self._writes("status") as connection:
            latest = await connection.scalar(highest)
            seen = {"call": call, "status": status}
            statement = self._insert(STATUSES, seen | {"sequence": sequence}).on_conflict_do_nothing()
            if (await connection.execute(statement.returning(STATUSES.c.sequence))).first() is None:
                return False
            if latest is None or sequence >= latest:
                await connection.execute(update(CALLS).where(CALLS.c.call == call).values(status=status))
            return True

    async def keep_state(self, call: str, state: str) -> None:
        """Where the procedure stands, as `sop.state.state_to_json` wrote it."""
        async with self._writes("state") as connection:
            await self._keep_state(connection, call, state)

    async def resumable(self, call: str) -> Resumable | None:
        """Where a call stands that the agent had taken; None for any other."""
        found = await self._resumable(CALLS.c.call == call)
        return found[0] if found else None

    async def unended(self) -> tuple[Resumable, ...]:
        """Calls that the agent had taken and that have no outcome, those that are live among them."""
        return await self._resumable(CALLS.c.outcome.is_(None))

    async def _resumable(self, which: ColumnElement[bool]) -> tuple[Resumable, ...]:
        places = select(func.max(TURNS.c.place)).where(TURNS.c.call == CALLS.c.call).scalar_subquery()
        names = ("call", "flow", "version", "state", "caller", "called", "started", "outcome")
        wanted = select(*(CALLS.c[name] for name in names), func.coalesce(places + 1, 0))
        rows = await self._read(wanted.where(which, CALLS.c.flow != ""))
        return tuple(Resumable(*row) for row in rows)

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

    async def calls(self) -> tuple[StoredCall, ...]:
        """Every call, the oldest first."""
        columns = (CALLS.c[name] for name in StoredCall.__dataclass_fields__)
        rows = await self._read(select(*columns).order_by(CALLS.c.started, CALLS.c.call))
        found = (StoredCall(*row) for row in rows)
        return tuple(call if call.path is None else replace(call, path=tuple(call.path)) for call in found)

    async def arms(self) -> tuple[Arm, ...]:
        """The arms of each number's soft launch side by side, by number and arm."""
        outcome = func.coalesce(CALLS.c.outcome, CALLS.c.status)
        complete = func.coalesce(func.sum(case((LEADS.c.status == "complete", 1), else_=0)), 0)
        counted = select(CALLS.c.called, CALLS.c.arm, outcome, func.count(), complete)
        counted = counted.select_from(CALLS).outerjoin(LEADS, LEADS.c.call == CALLS.c.call)
        counted = counted.group_by(CALLS.c.called, CALLS.c.arm, outcome)
        found: dict[tuple[str, str], Arm] = {}
        for number, arm, ended, calls, leads in await self._read(counted):
            so_far = found.get((number or "", arm), Arm(number, arm, 0, 0, {}))
            outcomes = dict(so_far.outcomes) | {ended: calls}
            found[number or "", arm] = Arm(number, arm, so_far.calls + calls, so_far.leads + int(leads), outcomes)
        return tuple(found[key] for key in sorted(found))

    async def turns(self, call: str) -> tuple[StoredTurn, ...]:
        """The turns of a call in order."""
        columns = (TURNS.c[name] for name in StoredTurn.__dataclass_fields__)
        rows = await self._read(select(*columns).where(TURNS.c.call == call).order_by(TURNS.c.place))
        return tuple(StoredTurn(*row) for row in rows)

    async def caller(self, number: str) -> KnownCaller | None:
        """Who has called from this number before; None for nobody."""
        columns = (CALLERS.c[name] for name in KnownCaller.__dataclass_fields__)
        rows = await self._read(select(*columns).where(CALLERS.c.number == number))
        return KnownCaller(*rows[0]) if rows else None

    async def remember_caller(
        self, number: str, *, name: str | None = None, profile: Mapping[str, str] | None = None
    ) -> None:
        """Puts a name or a profile to a number, which need not have called; what isn't given stays."""
        given: dict[str, Any] = {} if name is None else {"name": name}
        given |= {} if profile is None else {"profile": dict(profile)}
        row = {"name": "", "calls": 0, "first_call": "", "last_call": "", "profile": {}} | given
        async with self._writes("caller") as connection:
            await connection.execute(self._upsert(CALLERS, {"number": number}, row, changes=tuple(given)))

    async def _keep_state(self, connection: AsyncConnection, call: str, state: str) -> None:
        done = await connection.execute(update(CALLS).where(CALLS.c.call == call).values(state=state))
        if done.rowcount != 1:
            raise WriteRefused("state not saved: no such call")

    async def _has_ended(self, connection: AsyncConnection, call: str) -> bool:
        known = select(CALLS.c.outcome).where(CALLS.c.call == call).with_for_update()
        return await connection.scalar(known) is not None

    async def _end(self, connection: AsyncConnection, call: str, row: Mapping[str, Any]) -> None:
        """The call's own row and its caller's, at the end of it."""
        ended = update(CALLS).where(CALLS.c.call == call).values(dict(row)).returning(CALLS.c.caller, CALLS.c.started)
        found = (await connection.execute(ended)).first()
        if found is None:
            raise WriteRefused("end of the call not saved: no such call")
        # A call that began later has the last word on its caller.
        latest = (CALLERS.c.number == found.caller) & (CALLERS.c.last_call <= found.started)
        await connection.execute(update(CALLERS).where(latest).values(last_outcome=row["outcome"]))

    def _begun(self, call: str, row: Mapping[str, Any], *, newer: tuple[str, ...]) -> Any:
        """INSERT of a call's row; of one that is there, `newer` is replaced and what was not known is filled in."""
        statement = self._insert(CALLS, {"call": call, **row})
        new = statement.excluded

        def known(name: str) -> ColumnElement[Any]:
            if name in newer:
                return new[name]  # type: ignore[no-any-return]
            if name in ("caller", "called"):
                return func.coalesce(CALLS.c[name], new[name])
            unknown = CALLS.c.flow == "" if name == "version" else CALLS.c[name] == ""
            return case((unknown, new[name]), else_=CALLS.c[name])

        return statement.on_conflict_do_update(index_elements=["call"], set_={name: known(name) for name in row})

    async def _count(self, connection: AsyncConnection, call: str) -> None:
        """Counts the call in its caller's row, unless that has been done."""
        uncounted = (CALLS.c.call == call) & CALLS.c.caller.is_not(None) & ~CALLS.c.counted
        counting = update(CALLS).where(uncounted).values(counted=True).returning(CALLS.c.caller, CALLS.c.started)
        found = (await connection.execute(counting)).first()
        if found is None:
            return
        row = {"number": found.caller, "calls": 1, "first_call": found.started, "last_call": found.started}
        statement = self._insert(CALLERS, row | {"profile": {}})
        new = statement.excluded
        first = case((CALLERS.c.first_call == "", new.first_call), else_=CALLERS.c.first_call)
        last = case((new.last_call > CALLERS.c.last_call, new.last_call), else_=CALLERS.c.last_call)
        changes = {"calls": CALLERS.c.calls + 1, "first_call": first, "last_call": last}
        await connection.execute(statement.on_conflict_do_update(index_elements=["number"], set_=changes))
