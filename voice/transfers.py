"""One call's transfer, where it leaves the core: the packet on its way, telephones ringing, the caller sent on.

Legs are numbered by the core. The order of a leg may still be under way when the core wants it dropped: dropping waits
for it, so that no telephone rings on for a caller who has left.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from sop import handoff
from sop.state import State
from voice.carrier import LegOrder
from voice.commands import Bridge, DropLeg, PassOn, Ring, SlowAnswer, Transfer
from voice.errors import CarrierError
from voice.events import Bridged, Event, LegChanged, LegState, OnDuty
from voice.plan import CallPlan
from voice.roster import on_duty
from voice.telephone import Telephone

log = structlog.get_logger()

Transcript = tuple[tuple[str, str], ...]
_REFUSALS = frozenset(
    {LegState.DECLINED, LegState.BUSY, LegState.NO_ANSWER, LegState.FAILED, LegState.MACHINE, LegState.REFUSED}
)
Command = Transfer | Ring | DropLeg | Bridge | PassOn | SlowAnswer


class Transfers:
    """The transfers of one call. What comes of each command is posted as an event."""

    def __init__(
        self,
        call: str,
        plan: CallPlan,
        telephone: Telephone,
        *,
        known: Callable[[], tuple[State, Transcript]],
        note: Callable[..., Awaitable[None]],
        post: Callable[[Event], None],
    ) -> None:
        """`known` is asked when the packet is made; `note(transfer, **changes)` enters something into the ledger."""
        self._call = call
        self._plan = plan
        self._telephone = telephone
        self._known = known
        self._note = note
        self._post = post
        self._orders: dict[int, asyncio.Task[str]] = {}
        self._transfer = 0
        self._began = 0.0

    async def perform(self, command: Command) -> None:
        """Does what the command says; returns when it is done."""
        match command:
            case Transfer():
                await self._begin(command)
            case Ring():
                await self._ring(command)
            case DropLeg():
                await self._drop(command)
            case Bridge(transfer, leg):
                if await self._move(transfer, self._telephone.join_url(self._call, leg)):
                    await self._note(transfer, stage="connected", outcome="transferred")
            case PassOn():
                await self._move(command.transfer, self._telephone.dial_url(self._call, self._plan, command))
            case SlowAnswer(transfer, seconds):
                await self._telephone.alarm(self._call, transfer, seconds)

    async def leg_changed(self, to: LegState) -> None:
        """Enters what a person did: how long they took to accept, or why not."""
        if to is LegState.ACCEPTED:
            seconds = round(time.monotonic() - self._began, 1)
            await self._note(self._transfer, stage="accepted", accepted_at=self._now(), seconds=seconds)
        elif to in _REFUSALS:
            await self._note(self._transfer, stage=to.value)

    async def _begin(self, command: Transfer) -> None:
        """The packet goes to the screens before anybody is rung; a slow screen does not hold up the caller."""
        self._transfer, self._began = command.transfer, time.monotonic()
        state, transcript = self._known()
        packet = handoff.packet(self._plan.graph, state, transcript=transcript, reason=command.reason, call=self._call)
        roster = self._plan.rosters.get(command.target)
        people = on_duty(roster, self._telephone.clock().isoformat()) if roster is not None else ()
        await self._note(command.transfer, target=command.target, reason=command.reason, stage="looking")
        if not people:
            log.warning("nobody is on duty", call=self._call, target=command.target)
            self._post(OnDuty(0, command.transfer, (), "nobody on duty"))
            return
        if refused := self._telephone.refusal():
            log.error("transfer refused", call=self._call, why=refused)
            self._post(OnDuty(0, command.transfer, (), refused))
            return
        await self._telephone.announce(self._call, command.transfer, packet)
        self._post(OnDuty(0, command.transfer, tuple((one.name, one.number) for one in people)))

    async def _ring(self, command: Ring) -> None:
        if why := self._telephone.refusal():
            log.error("nobody was rung", call=self._call, leg=command.leg, why=why)
            self._post(LegChanged(0, command.leg, LegState.REFUSED))
            return
        order = self._telephone.order(
            self._call, command.leg, self._plan, command.number, command.timeout_s, transfer=command.transfer
        )
        placing = asyncio.ensure_future(self._place(order, command.leg))
        self._orders[command.leg] = placing
        await self._note(command.transfer, person=command.name, stage="ringing", rung_at=self._now())
        try:
            await asyncio.shield(placing)
        except CarrierError as error:
            log.error("nobody was rung", call=self._call, leg=command.leg, error=str(error))
            refused = getattr(error, "kind", "") == "not allowed"
            self._post(LegChanged(0, command.leg, LegState.REFUSED if refused else LegState.FAILED))

    async def _place(self, order: LegOrder, leg: int) -> str:
        try:
            sid = await self._telephone.carrier.ring(order)
        except BaseException:
            self._telephone.over(self._call, leg, answered=False)
            raise
        self._telephone.placed(sid, self._call, leg)
        return sid

    async def _drop(self, command: DropLeg) -> None:
        placing = self._orders.get(command.leg)
        if placing is None:
            return
        try:
            sid = await placing
            await self._telephone.carrier.drop(sid, self._telephone.apology_url() if command.apology else "")
        except CarrierError as error:
            log.error("leg not dropped", call=self._call, leg=command.leg, error=str(error))

    async def _move(self, transfer: int, url: str) -> bool:
        """Sends the caller's call to another document; our stream ends by it."""
        try:
            moved = await self._telephone.carrier.redirect(self._call, url)
        except CarrierError as error:
            log.error("caller not moved", call=self._call, error=str(error))
            self._post(Bridged(0, transfer, False, "failed"))
            return False
        self._post(Bridged(0, transfer, moved, "" if moved else "gone"))
        return moved

    def _now(self) -> str:
        return self._telephone.clock().isoformat(timespec="seconds")
