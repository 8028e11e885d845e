"""The telephone network: legs come into being, ring, are answered, run their documents and end."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from voice.double.account import Account, new_sid
from voice.double.callbacks import Callbacks
from voice.double.conference import Conference
from voice.double.exchange import Exchange
from voice.double.leg import Leg
from voice.double.orders import Callback, Machine, Order, RecordingOrder, Source
from voice.double.parties import Party, Talker
from voice.double.people import GREETING_S, Person, PersonOnLine
from voice.double.recording import Recording
from voice.double.run import Run
from voice.double.webhooks import Webhooks

DIALLING_S = 0.1
"""From queued to ringing."""
GRACE_S = 5.0
"""What the service adds to the ringing time of a call by REST."""
VERDICT_S = 2.0
"""From the answer to what answering machine detection makes of it."""


@dataclass(slots=True)
class _Plan:
    """What goes with a leg beside its sound."""

    status: Callback
    fallback: Source
    run: Run | None = None
    task: asyncio.Task[None] | None = None
    sequence: int = 0
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    """Answered, and through the document that comes before it may be bridged."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by whoever breaks off the document that runs."""
    limit: asyncio.TimerHandle | None = None


class Network:
    """Legs by order of the REST API, of a <Dial>, or from outside."""

    def __init__(self, account: Account, webhooks: Webhooks, exchange: Exchange) -> None:
        self.account = account
        self.webhooks = webhooks
        self.failures: list[BaseException] = []
        """What went wrong in the double itself, or in a party."""
        self._callbacks = Callbacks(account, webhooks)
        self._exchange = exchange
        exchange.on_failure = self._fail
        self._plans: dict[str, _Plan] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Ends every leg and every request."""
        for leg in self.account.calls.values():
            self._exchange.remove(leg)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for plan in self._plans.values():
            if plan.limit is not None:
                plan.limit.cancel()
        await self._exchange.close()
        await self.webhooks.close()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.failures.append(error)

    def _fail(self, leg: Leg, error: Exception) -> None:
        """A party raised: its leg is over, and the test hears of it when the double closes."""
        self.failures.append(error)
        self.hang_up(leg)

    # ---- legs ---------------------------------------------------------------------------------------------------

    def arrive(self, party: Party, from_: str, to: str, parameters: Mapping[str, str]) -> Leg:
        """A call from outside to a number of ours. Raises: LookupError: it is none."""
        number = self.account.numbers[to]
        leg = Leg(new_sid("CA"), direction="inbound", from_=from_, to=to, party=party, status="ringing")
        leg.token = new_sid("CT")
        leg.extra = {"CallToken": leg.token, **parameters}
        fallback = Source(number.voice_fallback_url, number.voice_fallback_method)
        status = Callback(number.status_callback, number.status_callback_method)
        plan = self._add(leg, _Plan(status, fallback), 14_400)
        plan.task = self.spawn(self._main(leg, Source(number.voice_url, number.voice_method), {}))
        return leg

    def place(self, order: Order) -> Leg:
        """A call to somebody else's number; queued, and rung in a moment."""
        person = self.account.people.get(order.to)
        party: Party = Talker() if person is None else PersonOnLine(person)
        leg = Leg(
            new_sid("CA"),
            direction=order.direction,
            from_=order.from_,
            to=order.to,
            party=party,
            status="queued",
            parent=order.parent,
        )
        leg.extra = {"ParentCallSid": order.parent} if order.parent else {}
        plan = self._add(leg, _Plan(order.status, order.fallback), order.time_limit_s)
        plan.task = self.spawn(self._ring(leg, order, person))
        return leg

    def _add(self, leg: Leg, plan: _Plan, limit_s: float) -> _Plan:
        self.account.calls[leg.sid] = leg
        self._plans[leg.sid] = plan
        leg.on_hang_up = lambda: self.hang_up(leg)
        real = self.account.clock.real(limit_s)
        plan.limit = asyncio.get_running_loop().call_later(real, self.hang_up, leg)
        return plan

    async def _ring(self, leg: Leg, order: Order, person: Person | None) -> None:
        clock = self.account.clock
        self._progress(leg, "initiated", "initiated")
        await clock.sleep(DIALLING_S)
        if person is None or person.answers == "failed":
            self.hang_up(leg, "failed")
            return
        leg.status = "ringing"
        self._progress(leg, "ringing", "ringing")
        limit = order.timeout_s + (GRACE_S if order.direction == "outbound-api" else 0)
        if person.answers == "no_answer" or person.after_s >= limit:
            await clock.sleep(limit)
            self.hang_up(leg, "no-answer")
            return
        await clock.sleep(person.after_s)
        if person.answers == "busy":
            self.hang_up(leg, "busy")
            return
        self.answer(leg)
        self._progress(leg, "answered", "in-progress")
        extra = await self._detect(leg, order.machine, person)
        if order.source != Source():
            await self._main(leg, order.source, extra, whisper=order.direction == "outbound-dial")
        else:
            self._plans[leg.sid].ready.set()

    async def _detect(self, leg: Leg, machine: Machine, person: Person) -> dict[str, str]:
        """Answering machine detection; a synchronous one holds up the document and adds to its parameters."""
        if not machine.mode:
            return {}
        by, wait = ("machine_start", VERDICT_S) if person.answers == "voicemail" else ("human", VERDICT_S)
        if machine.mode == "DetectMessageEnd" and by != "human":
            by, wait = "machine_end_beep", GREETING_S
        if not machine.asynchronous:
            await self.account.clock.sleep(wait)
            leg.answered_by = by
            return {"AnsweredBy": by}
        self.spawn(self._verdict(leg, machine.callback, by, wait))
        return {}

    async def _verdict(self, leg: Leg, callback: Callback, by: str, wait: float) -> None:
        await self.account.clock.sleep(wait)
        if not leg.over:
            leg.answered_by = by
            self._callbacks.verdict(leg, callback, by, wait)

    def answer(self, leg: Leg) -> None:
        """Sound begins."""
        if not leg.over and not leg.answered.is_set():
            leg.answer()
            self._exchange.add(leg)

    async def _main(self, leg: Leg, source: Source, extra: Mapping[str, str], *, whisper: bool = False) -> None:
        """Runs documents to their end, and hangs up; `whisper`: then the leg may be bridged instead."""
        plan = self._plans[leg.sid]
        plan.run = Run(self, leg, plan.fallback)
        try:
            status = await plan.run.through(source, extra)
        except Exception:
            self.hang_up(leg, "failed")
            raise
        if whisper and not status:
            plan.ready.set()
        else:
            self.hang_up(leg, status or "completed")

    async def until_ready(self, leg: Leg) -> bool:
        """Returns when the leg may be bridged, or (False) has ended."""
        ready = asyncio.ensure_future(self._plans[leg.sid].ready.wait())
        over = asyncio.ensure_future(leg.ended.wait())
        try:
            await asyncio.wait((ready, over), return_when=asyncio.FIRST_COMPLETED)
            return ready.done() and not leg.over
        finally:
            ready.cancel()
            over.cancel()

    def redirect(self, leg: Leg, source: Source) -> None:
        """Breaks off what the leg does and runs another document."""
        self.spawn(self._redirect(leg, source))

    async def _redirect(self, leg: Leg, source: Source) -> None:
        plan = self._plans[leg.sid]
        async with plan.turn:
            await _broken_off(plan.task)
            if not leg.over:
                plan.task = self.spawn(self._main(leg, source, {}))

    def hang_up(self, leg: Leg, status: str = "completed") -> None:
        """Ends the leg, whatever it does; nothing for one that has ended."""
        if leg.over:
            return
        rang_only = status == "completed" and not leg.answered.is_set()
        leg.end("no-answer" if rang_only else status)
        self._exchange.remove(leg)
        self.spawn(self._finish(leg))

    async def _finish(self, leg: Leg) -> None:
        plan = self._plans[leg.sid]
        if plan.limit is not None:
            plan.limit.cancel()
        async with plan.turn:
            await _broken_off(plan.task)
        if plan.run is not None:
            plan.run.left()
        for recording in self.account.recordings.values():
            if recording.call == leg.sid:
                recording.end()
        self._progress(leg, "completed", leg.status)
        leg.ended.set()

    # ---- what verbs ask for -------------------------------------------------------------------------------------

    def parameters(self, leg: Leg) -> dict[str, str]:
        """What every webhook of the leg has."""
        return self._callbacks.parameters(leg)

    def record(self, leg: Leg, order: RecordingOrder) -> Recording:
        """Begins a recording of the leg."""
        made = Recording(new_sid("RE"), leg.sid, source=order.source, channels=order.channels, track=order.track)
        self.account.recordings[made.sid] = made
        leg.taps.append(made.frame)
        made.on_end = lambda recording: self._callbacks.recorded(recording, order.callback)
        self._callbacks.recorded(made, order.callback)
        return made

    def conference(self, name: str, callback: Callback) -> Conference:
        """The one under way with that name, or a new one, which takes the callback."""
        room = self.account.conference(name)
        if room is None:
            room = Conference(new_sid("CF"), name, self._callbacks.conferred)
            room.callback, room.method, room.events = callback.url, callback.method, callback.events
            self.account.conferences[room.sid] = room
        return room

    def _progress(self, leg: Leg, event: str, status: str) -> None:
        plan = self._plans[leg.sid]
        if event in plan.status.events:
            self._callbacks.progress(leg, plan.status, event, status, plan.sequence)
            plan.sequence += 1


async def _broken_off(task: asyncio.Task[None] | None) -> None:
    """Cancels and waits, unless it is over."""
    if task is not None and not task.done():
        task.cancel()
        await asyncio.wait([task])
