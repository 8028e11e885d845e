"""The carrier's webhooks of a call: how it is answered, what follows a stream, and every callback about it.

Routes under `/twilio`, GET and POST. Documents go back as text/xml, callbacks are answered 204, nothing is ever a
redirect. Everything needed to go on with a call is in the request itself (who was called, how often we have tried) or
known to the desk, so a server that was started anew goes on where the last one stopped.
"""

import re

import structlog
from aiohttp import web

from voice import twiml
from voice.answering import (
    Decision,
    Inbound,
    Line,
    Route,
    challenge_key,
    decide,
    inbound,
    order,
)
from voice.desk import Brief, Desk, Dialling, Phase, RecordingNote, StreamNote, VoicemailNote
from voice.leg_status import ENDED_STATUSES
from voice.signature import Signatures
from voice.spam import caller_number
from voice.transfer_webhooks import TransferWebhooks
from voice.twiml import Public, Texts
from voice.webhook_gate import NOTED, Answer, Gate, Handler, Hook, Key, Sorry, document

__all__ = ["Brief", "Desk", "Dialling", "Phase", "RecordingNote", "StreamNote", "VoicemailNote", "Webhooks"]

log = structlog.get_logger()

MOST_RESUMES = 2
"""Streams after the first that a call gets; then whoever is on call is rung."""
_CONVERSED = frozenset({"completed", "answered"})
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})
_START_WORDS = frozenset({"start", "yes", "unstop"})
"""Texted alone. Source: Twilio's "support for opt-out keywords"."""


class Webhooks:
    """Adds its routes to an aiohttp application."""

    def __init__(
        self,
        desk: Desk,
        signatures: Signatures | None,
        public: Public,
        *,
        answer_s: float = 5.0,
        signed_audio: bool = True,
    ) -> None:
        """`signatures` None: no request is checked, on loopback only. `signed_audio` False: the name of a brief's
        recording is secret enough, for a carrier that does not sign what `<Play>` fetches."""
        self._desk = desk
        self._public = public
        self._gate = Gate(signatures, answer_s=answer_s)
        self._signed_audio = signed_audio

    def add_to(self, app: web.Application) -> None:
        """Adds every route, those of transfers as well."""
        keyed = r"/twilio/{who:staff|people}/{call:[A-Za-z0-9_-]{1,64}}"
        self._document(app, "/twilio/voice", self._voice, key=lambda hook: f"voice {hook.call}")
        self._document(app, "/twilio/after-stream", self._after_stream)
        self._document(app, "/twilio/after-staff", self._after_staff)
        self._document(app, "/twilio/after-human", self._after_human)
        self._document(app, "/twilio/after-people", self._after_people)
        self._document(app, "/twilio/challenge", self._challenged)
        self._document(app, "/twilio/voicemail", self._voicemail)
        self._document(app, f"{keyed}/whisper", self._staff_whisper, sorry=_hang_up)
        self._document(app, f"{keyed}/accept", self._staff_accept, sorry=_hang_up)
        self._document(app, "/twilio/sms", self._sms, sorry=lambda _: document(twiml.nothing()))
        self._callback(app, "/twilio/ping", self._ping)
        self._callback(app, "/twilio/stream-status", self._stream_status)
        self._callback(
            app, "/twilio/call-status", self._call_status, key=lambda hook: f"{hook.call} {hook.get('CallStatus')}"
        )
        self._callback(
            app,
            "/twilio/recording",
            self._recording,
            key=lambda hook: f"{hook.get('RecordingSid')} {hook.get('RecordingStatus')}",
        )
        TransferWebhooks(self._desk, self._gate, self._public, self._agent_again, self._fallback_of).add_to(
            app, signed_audio=self._signed_audio
        )

    def _document(
        self, app: web.Application, path: str, handler: Handler, *, key: Key | None = None, sorry: Sorry | None = None
    ) -> None:
        guarded = self._gate.guard(handler, key=key, sorry=sorry or self._sorry)
        app.router.add_route("GET", path, guarded)
        app.router.add_route("POST", path, guarded)

    def _callback(self, app: web.Application, path: str, handler: Handler, *, key: Key | None = None) -> None:
        guarded = self._gate.guard(handler, key=key)
        app.router.add_route("GET", path, guarded)
        app.router.add_route("POST", path, guarded)

    # ---- answering ---------------------------------------------------------------------------------------------

    async def _voice(self, hook: Hook) -> Answer:
        line = self._line(hook)
        if line is None or not _NAME.fullmatch(hook.call):
            log.warning("a number that is not configured was called")
            return document(twiml.not_in_service(Texts()))
        phase = await self._desk.call_phase(hook.call)
        if phase is Phase.FINISHED:
            return document(twiml.hang_up())
        if phase is Phase.CRASHED:
            return await self._again(hook, line, 1)
        if phase is not Phase.UNKNOWN:
            return self._fallback(line, hook.call)
        call = await self._inbound(hook)
        decision = decide(line, call, self._desk.load(), self._desk.now())
        await self._desk.note_route(call, decision)
        return await self._documented(line, call, decision)

    async def _after_stream(self, hook: Hook) -> Answer:
        """The stream is over. A call whose procedure is through, or that has been sent on, ends here."""
        phase = await self._desk.call_phase(hook.call)
        if phase in {Phase.FINISHED, Phase.TRANSFERRING}:
            return document(twiml.hang_up())
        line = self._line(hook)
        if line is None:
            return document(twiml.hang_up())
        log.warning("stream broke", call=hook.call[:64], again=hook.count("again"))
        return await self._again(hook, line, hook.count("again") + 1)

    async def _after_staff(self, hook: Hook) -> Answer:
        line = self._line(hook)
        if line is None:
            return document(twiml.hang_up())
        taken = hook.get("DialCallStatus") in _CONVERSED
        if taken and line.press_one:
            taken = await self._took(hook, twiml.STAFF)
        if taken:
            return document(twiml.hang_up())
        return await self._decided(hook, line, passed=True, rung=True)

    async def _after_human(self, hook: Hook) -> Answer:
        if hook.get("DialCallStatus") in _CONVERSED:
            return document(twiml.hang_up())
        return document(twiml.voicemail(self._public, self._texts(hook)))

    async def _after_people(self, hook: Hook) -> Answer:
        """Whoever was on call; without the key it was a mailbox, and ours takes the message."""
        if hook.get("DialCallStatus") in _CONVERSED and await self._took(hook, twiml.PEOPLE):
            return document(twiml.hang_up())
        return document(twiml.voicemail(self._public, self._texts(hook)))

    async def _took(self, hook: Hook, who: str) -> bool:
        """Whether one of those who were rung has pressed 1 and was then connected."""
        return hook.get("DialBridged").lower() != "false" and await self._desk.staff_took(hook.call, who)

    async def _challenged(self, hook: Hook) -> Answer:
        line = self._line(hook)
        if line is None or hook.get("Digits") != challenge_key(hook.call):
            return document(twiml.voicemail(self._public, self._texts(hook)))
        return await self._decided(hook, line, passed=True)

    async def _staff_whisper(self, hook: Hook) -> Answer:
        """The side of the staff, or of whoever is on call: it comes from the business's number."""
        line = self._desk.line(hook.get("From"))
        texts = line.texts if line else Texts()
        accept = self._public.url(hook.names["who"], hook.call, "accept")
        return document(twiml.press_one(accept, texts, text=texts.staff_brief))

    async def _staff_accept(self, hook: Hook) -> Answer:
        if hook.get("Digits") != "1":
            return document(twiml.hang_up())
        await self._desk.staff_accepted(hook.call, hook.names["who"])
        return document(twiml.nothing())

    async def _decided(self, hook: Hook, line: Line, *, passed: bool = False, rung: bool = False) -> Answer:
        """The same caller, one question further."""
        call = await self._inbound(hook, passed=passed, rung=rung)
        return await self._documented(line, call, decide(line, call, self._desk.load(), self._desk.now()))

    async def _documented(self, line: Line, call: Inbound, decision: Decision) -> Answer:
        if decision.route is Route.AGENT:
            return document(await self._agent(line, call, decision))
        return document(self._without_agent(line, call.call, decision.route))

    def _without_agent(self, line: Line, call: str, route: Route) -> str:
        public, texts, ring_s = self._public, line.texts, line.ring_s
        own, longest_s = line.number, line.dial_s
        match route:
            case Route.STAFF:
                return twiml.staff_first(
                    public,
                    call,
                    line.staff,
                    timeout_s=ring_s,
                    caller_id=own,
                    longest_s=longest_s,
                    press_one=line.press_one,
                )
            case Route.HUMAN:
                return twiml.human_line(public, line.human, timeout_s=2 * ring_s, caller_id=own, longest_s=longest_s)
            case Route.CLOSED:
                return twiml.closed(public, texts)
            case Route.BLOCKED:
                return twiml.blocked(texts)
            case Route.CHALLENGE:
                return twiml.challenge(public, texts, challenge_key(call))
            case Route.BUSY:
                return twiml.busy(
                    public, call, texts, line.people, timeout_s=ring_s, caller_id=own, longest_s=longest_s
                )
            case _:
                return twiml.fallback(
                    public, call, texts, line.people, timeout_s=ring_s, caller_id=own, longest_s=longest_s
                )

    # ---- the agent, and what there is without it ---------------------------------------------------------------

    async def _agent(self, line: Line, call: Inbound, decision: Decision, *, again: int = 0, returned: str = "") -> str:
        told = order(line, call, decision, returned=returned)
        token = await self._desk.open_ticket(call.call, call.account, told)
        return twiml.agent(self._public, token, again=again)

    async def _again(self, hook: Hook, line: Line, again: int) -> Answer:
        """Another stream for a call whose last one broke, as often as it is worth trying."""
        if again > MOST_RESUMES:
            return self._fallback(line, hook.call)
        return await self._agent_again(hook, again=again)

    async def _agent_again(self, hook: Hook, *, again: int = 0, returned: str = "") -> Answer:
        """The agent goes on with a call that it has had before; whether it may is asked anew."""
        line = self._line(hook)
        if line is None:
            return document(twiml.hang_up())
        call = await self._inbound(hook, passed=True, rung=True)
        decision = decide(line, call, self._desk.load(), self._desk.now())
        if decision.route in {Route.FALLBACK, Route.BUSY}:
            return self._fallback(line, hook.call)
        return document(await self._agent(line, call, decision, again=again, returned=returned))

    def _fallback(self, line: Line, call: str) -> Answer:
        return document(self._without_agent(line, call, Route.FALLBACK))

    def _fallback_of(self, hook: Hook) -> Answer:
        """For a caller whose conversation with a person could not be."""
        line = self._line(hook)
        return self._fallback(line, hook.call) if line else document(twiml.voicemail(self._public, Texts()))

    def _sorry(self, hook: Hook) -> Answer:
        """The server itself failed: what is configured is still known."""
        return self._fallback_of(hook)

    def _line(self, hook: Hook) -> Line | None:
        return self._desk.line(hook.get("To"))

    def _texts(self, hook: Hook) -> Texts:
        line = self._line(hook)
        return line.texts if line else Texts()

    async def _inbound(self, hook: Hook, *, passed: bool = False, rung: bool = False) -> Inbound:
        caller = caller_number(hook.get("From"))
        recent = await self._desk.recent_calls(caller) if caller and not passed else 0
        return inbound(hook.fields, recent, passed=passed, rung=rung)

    # ---- callbacks ---------------------------------------------------------------------------------------------

    async def _ping(self, hook: Hook) -> Answer:
        """Whether signatures arrive as they were made: `switchboard twilio setup` asks."""
        return NOTED

    async def _stream_status(self, hook: Hook) -> Answer:
        note = StreamNote(
            hook.call, hook.get("StreamSid"), hook.get("StreamEvent"), twiml.spoken(hook.get("StreamError"), 200)
        )
        if note.event == "stream-error":
            log.error("stream error", call=note.call[:64], error=note.error)
        await self._desk.note_stream(note)
        return NOTED

    async def _call_status(self, hook: Hook) -> Answer:
        status = hook.get("CallStatus")
        if status in ENDED_STATUSES and hook.call:
            await self._desk.call_ended(hook.call, status)
        return NOTED

    async def _recording(self, hook: Hook) -> Answer:
        await self._desk.note_recording(
            RecordingNote(
                call=hook.call,
                recording=hook.get("RecordingSid"),
                status=hook.get("RecordingStatus"),
                url=hook.get("RecordingUrl"),
                seconds=hook.count("RecordingDuration"),
                channels=hook.count("RecordingChannels") or 1,
                source=hook.get("RecordingSource"),
            )
        )
        return NOTED

    async def _voicemail(self, hook: Hook) -> Answer:
        await self._desk.note_voicemail(
            VoicemailNote(
                call=hook.call,
                number=hook.get("To"),
                caller=caller_number(hook.get("From")),
                recording=hook.get("RecordingSid"),
                url=hook.get("RecordingUrl"),
                seconds=hook.count("RecordingDuration"),
            )
        )
        return document(twiml.voicemail_taken(self._texts(hook)))

    async def _sms(self, hook: Hook) -> Answer:
        """The carrier answers such words itself; here they are noted, and nothing else is read."""
        word = hook.get("Body").strip(" .!\"'\n").lower()
        number = caller_number(hook.get("From"))
        if number and word in _STOP_WORDS:
            await self._desk.note_stop_word(number)
        elif number and word in _START_WORDS:
            await self._desk.note_start_word(number)
        return document(twiml.nothing())


def _hang_up(_: Hook) -> Answer:
    return document(twiml.hang_up())
