"""The carrier's webhooks of a transfer: the person's telephone, the conference, and the caller's way into it and out.

`/twilio/transfer/{call}/{leg}/...` is one person's leg of pattern B, `/twilio/transfer/{call}/dial/...` is pattern A.
Only the key 1 accepts: a mailbox that picks up, a hang-up, silence or another key connects nobody.
"""

from collections.abc import Callable
from typing import Protocol

from aiohttp import web

from voice import transfer_twiml, twiml
from voice.desk import Brief, Desk
from voice.events import LegState
from voice.leg_status import DOWN, ENDED_STATUSES, LegReports, dial_state, leg_state, machine
from voice.twiml import Public, Texts
from voice.webhook_gate import NOTED, Answer, Gate, Handler, Hook, document

ACCEPT = "1"
_CONVERSED = frozenset({"completed", "answered"})
_IN_VAIN = frozenset({LegState.RINGING, LegState.JOINED})
"""Where a telephone that nobody waits for would stay, were it not dropped."""


class AgentAgain(Protocol):
    """Gives a caller back to the agent."""

    async def __call__(self, hook: Hook, *, again: int = 0, returned: str = "") -> Answer:
        """`returned`: why, as in `CallStarted.returned`."""


class TransferWebhooks:
    """The routes of both patterns."""

    def __init__(
        self,
        desk: Desk,
        gate: Gate,
        public: Public,
        agent_again: AgentAgain,
        fallback: Callable[[Hook], Answer],
    ) -> None:
        """`fallback`: the document for a caller who can neither be connected nor given back to the agent."""
        self._desk = desk
        self._gate = gate
        self._public = public
        self._agent_again = agent_again
        self._fallback = fallback
        self._reports = LegReports()

    def add_to(self, app: web.Application, *, signed_audio: bool) -> None:
        """Adds them."""
        base = r"/twilio/transfer/{call:[A-Za-z0-9_-]{1,64}}"
        leg, dial = base + r"/{leg:[0-9]{1,4}}", base + r"/dial/{n:[0-9]{1,2}}"
        for path, handler in (
            (f"{leg}/brief", self._brief),
            (f"{leg}/accept", self._accept),
            (f"{leg}/done", self._done),
            (f"{dial}/whisper", self._whisper),
            (f"{dial}/accept", self._dial_accept),
            ("/twilio/apology", self._apology),
        ):
            self._route(app, path, handler, sorry=_hang_up)
        for path, handler in (
            (f"{leg}/join", self._join),
            (f"{leg}/left", self._left),
            (f"{leg}/back", self._back),
            (f"{base}/dial", self._dial),
            (f"{dial}/result", self._dial_result),
        ):
            self._route(app, path, handler, sorry=self._fallback)
        for path, handler in (
            (f"{leg}/status", self._status),
            (f"{leg}/machine", self._machine),
            (f"{base}/conference", self._conference),
        ):
            self._route(app, path, handler)
        self._route(app, "/twilio/brief/{opaque:[A-Za-z0-9_-]{16,128}}.wav", self._audio, signed=signed_audio)

    def _route(
        self,
        app: web.Application,
        path: str,
        handler: Handler,
        *,
        sorry: Callable[[Hook], Answer] | None = None,
        signed: bool = True,
    ) -> None:
        guarded = self._gate.guard(handler, sorry=sorry, signed=signed)
        app.router.add_route("GET", path, guarded)
        app.router.add_route("POST", path, guarded)

    # ---- pattern B: the person's leg ---------------------------------------------------------------------------

    async def _brief(self, hook: Hook) -> Answer:
        leg = hook.number_in_path("leg")
        brief = await self._desk.brief(hook.call, leg)
        if brief is None:
            return self._caller_gone(hook)
        return self._ask(hook, brief, self._public.url("transfer", hook.call, leg, "accept"))

    def _ask(self, hook: Hook, brief: Brief, accept: str) -> Answer:
        audio = self._public.url("brief", f"{brief.audio}.wav") if brief.audio else ""
        return document(twiml.press_one(accept, self._texts(hook, "From"), audio=audio, text=brief.text))

    def _caller_gone(self, hook: Hook) -> Answer:
        return document(transfer_twiml.apology(self._texts(hook, "From")))

    async def _accept(self, hook: Hook) -> Answer:
        leg = hook.number_in_path("leg")
        if hook.get("Digits") != ACCEPT:
            await self._report(hook, LegState.DECLINED)
            return document(twiml.hang_up())
        if not self._reports.has(hook.call, leg, LegState.ACCEPTED) and not await self._report(hook, LegState.ACCEPTED):
            return self._caller_gone(hook)
        return document(transfer_twiml.accepted(self._public, hook.call, leg))

    async def _done(self, hook: Hook) -> Answer:
        await self._report(hook, LegState.ENDED)
        return document(twiml.hang_up())

    async def _status(self, hook: Hook) -> Answer:
        state = leg_state(hook.get("CallStatus"))
        if state is not None:
            await self._report(hook, state)
        return NOTED

    async def _machine(self, hook: Hook) -> Answer:
        state = machine(hook.get("AnsweredBy"))
        if state is not None:
            await self._report(hook, state)
        return NOTED

    async def _conference(self, hook: Hook) -> Answer:
        """A person is in it, or has left it; or the caller has come, and it may be too late."""
        label, room = hook.get("ParticipantLabel"), hook.get("ConferenceSid")
        leg, callers = transfer_twiml.leg_of(label), transfer_twiml.leg_of(label, transfer_twiml.CALLER)
        state = {"participant-join": LegState.JOINED, "participant-leave": LegState.ENDED}.get(
            hook.get("StatusCallbackEvent")
        )
        if leg is not None and state is not None:
            if state is LegState.JOINED:
                self._reports.entered(hook.call, leg, room)
            await self._report(hook, state, leg)
        elif callers is not None and state is LegState.JOINED and self._reports.is_alone(hook.call, callers, room):
            self._reports.entered(hook.call, callers, room)  # they are sent back once
            await self._desk.move_caller(hook.call, self._public.url("transfer", hook.call, callers, "back"))
        return NOTED

    async def _report(self, hook: Hook, state: LegState, leg: int | None = None) -> bool:
        """Whether it was news and somebody still waits for the leg."""
        which = hook.number_in_path("leg") if leg is None else leg
        if not self._reports.is_news(hook.call, which, state):
            if state in DOWN:
                await self._desk.leg_over(hook.call, which)
            return False
        told = False
        try:
            wanted = await self._desk.leg_changed(hook.call, which, state)
            told = True
        finally:
            if not told:
                self._reports.forget(hook.call, which, state)
        if not wanted and state is LegState.ACCEPTED:
            self._reports.is_news(hook.call, which, LegState.REFUSED)
        if not wanted and state in _IN_VAIN:
            await self._desk.drop_leg(hook.call, hook.get("CallSid"), state)
        return wanted

    async def _apology(self, hook: Hook) -> Answer:
        return self._caller_gone(hook)

    async def _audio(self, hook: Hook) -> Answer:
        audio = await self._desk.brief_audio(hook.names["opaque"])
        return Answer(audio=audio) if audio else Answer(status=404)

    # ---- pattern B: the caller ---------------------------------------------------------------------------------

    async def _join(self, hook: Hook) -> Answer:
        """Into the conference; not into one that the person has left meanwhile, where nobody would come."""
        leg = hook.number_in_path("leg")
        if self._reports.is_over(hook.call, leg):
            return await self._back(hook)
        return document(transfer_twiml.join(self._public, hook.call, leg))

    async def _back(self, hook: Hook) -> Answer:
        """The person had left before the caller came: to the agent, who knows why."""
        await self._desk.person_missed(hook.call, hook.number_in_path("leg"))
        return await self._agent_again(hook, returned=LegState.ENDED.value)

    async def _left(self, hook: Hook) -> Answer:
        """The conference is over and the caller still there, or there never was one."""
        if hook.get("DialCallStatus") not in _CONVERSED:
            return self._fallback(hook)
        await self._desk.person_left(hook.call, hook.number_in_path("leg"))
        return document(transfer_twiml.left(self._texts(hook)))

    def _texts(self, hook: Hook, business: str = "To") -> Texts:
        """`business`: which of the two numbers is the business's; "From" on a person's side."""
        line = self._desk.line(hook.get(business))
        return line.texts if line else Texts()

    # ---- pattern A ---------------------------------------------------------------------------------------------

    async def _dial(self, hook: Hook) -> Answer:
        return await self._pass_on(hook, 0, "nobody on duty")

    async def _pass_on(self, hook: Hook, n: int, reason: str) -> Answer:
        """Person `n`, or back to the agent when there is none."""
        dialling = await self._desk.dialling(hook.call)
        if dialling is None or n >= len(dialling.numbers):
            return await self._agent_again(hook, returned=reason)
        longest_s = await self._desk.dial_begun(hook.call, n)
        if not longest_s:
            return await self._agent_again(hook, returned=LegState.REFUSED.value)
        text = transfer_twiml.pass_on(
            self._public,
            hook.call,
            n,
            dialling.numbers[n],
            timeout_s=dialling.timeout_s,
            caller_id=dialling.caller_id,
            longest_s=longest_s,
        )
        return document(text)

    async def _whisper(self, hook: Hook) -> Answer:
        dialling = await self._desk.dialling(hook.call)
        if dialling is None:
            return self._caller_gone(hook)
        return self._ask(
            hook, dialling.brief, self._public.url("transfer", hook.call, "dial", hook.names["n"], "accept")
        )

    async def _dial_accept(self, hook: Hook) -> Answer:
        """The document's end connects the two; anything else hangs up."""
        if hook.get("Digits") != ACCEPT:
            return document(twiml.hang_up())
        if not await self._desk.dial_accepted(hook.call, hook.number_in_path("n")):
            return self._caller_gone(hook)
        return document(twiml.nothing())

    async def _dial_result(self, hook: Hook) -> Answer:
        n = hook.number_in_path("n")
        accepted = await self._desk.was_accepted(hook.call, n)
        state = dial_state(hook.get("DialCallStatus"), accepted=accepted, bridged=hook.get("DialBridged").lower())
        await self._desk.dial_finished(hook.call, n, state)
        if state is LegState.ENDED or hook.get("CallStatus") in ENDED_STATUSES:
            return document(twiml.hang_up())
        return await self._pass_on(hook, n + 1, state.value)


def _hang_up(_: Hook) -> Answer:
    return document(twiml.hang_up())
