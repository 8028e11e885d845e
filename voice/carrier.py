"""The telephone company's side of a call that is not its audio: ringing a person, moving a call, ending it, a text.

What a leg does afterwards comes by webhook; here things are only asked for. Nobody is ever dialled whose number does
not stand in the configuration.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from voice.events import LegState
from voice.rest import Rest, RestError

NUMBER = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
"""E.164."""
_EVENTS = ["initiated", "ringing", "answered", "completed"]
_CURRENT = "Twilio.CURRENT"
"""In place of a recording's SID: the one of the call that is active."""
_NOT_OURS = 21210
"""Twilio's code for a caller id that is not the account's."""


@dataclass(frozen=True, slots=True)
class LegOrder:
    """A person to ring. The URLs are absolute."""

    to: str
    caller_id: str
    """Shown to the person; empty for the business's own number."""
    document_url: str
    """What they hear when they pick up."""
    status_url: str
    machine_url: str
    """Told whether a machine answered; empty for no detection."""
    timeout_s: int
    longest_s: int = 0
    """The carrier ends the leg after so long; 0 leaves it to its own limit."""


class Carrier(Protocol):
    """Makes, moves and ends calls. Every method but `close` raises CarrierError when it can't."""

    async def ring(self, order: LegOrder) -> str:
        """Rings a person; the new leg's name. Kind "not allowed": the number is not a configured one."""
        ...

    async def drop(self, leg: str, apology: str = "") -> None:
        """Ends a person's leg, whatever it does; one that has ended is fine. `apology`: the absolute URL of a document
        that says sorry and hangs up."""
        ...

    async def redirect(self, call: str, url: str) -> bool:
        """Has the call run another document; false when the call is over."""
        ...

    async def hang_up(self, call: str) -> None:
        """Ends a call; one that is over is fine."""
        ...

    async def record(self, call: str, callback: str) -> str:
        """Starts a recording with both sides apart; the recording's name."""
        ...

    async def pause(self, call: str, recording: str, paused: bool) -> None:
        """Pauses a recording, or has it go on. A pause is silence of its length; a recording that is over is fine.
        An empty name stands for the call's recording that is under way, as it does for `stop_recording`."""
        ...

    async def stop_recording(self, call: str, recording: str) -> None:
        """Ends a recording for good; one that is over is fine."""
        ...

    async def delete_recording(self, recording: str) -> None:
        """Has the carrier forget a recording; one that it does not know is fine."""
        ...

    async def send_sms(self, to: str, body: str, sender: str = "") -> str:
        """Sends a text; its name. `sender`: the number of ours that it comes from; empty for the business's own. The
        error's `code` says why one was refused, such as 21610: they opted out."""
        ...

    async def close(self) -> None:
        """No more will be asked."""
        ...


@dataclass(frozen=True, slots=True)
class CarrierSettings:
    """Who dials, and who may be dialled."""

    number: str
    """The business's own, E.164."""
    allowed: frozenset[str] = frozenset()
    """The only numbers that are ever rung: those of the people in the configuration."""
    sms_from: str = ""
    """Number, or SID of a messaging service (MG…), that every text comes from; empty for the number that was rung."""


class TwilioCarrier:
    """Twilio, by REST."""

    def __init__(self, settings: CarrierSettings, rest: Rest) -> None:
        self._settings = settings
        self._rest = rest

    async def ring(self, order: LegOrder) -> str:
        """One call. With a caller id that is not the account's it is made with the business's own instead."""
        if order.to not in self._settings.allowed or not NUMBER.fullmatch(order.to):
            raise RestError("ringing a person", "not allowed")
        own = self._settings.number
        try:
            return await self._call(order, order.caller_id or own)
        except RestError as error:
            if error.code != _NOT_OURS or order.caller_id in ("", own):
                raise
            return await self._call(order, own)

    async def _call(self, order: LegOrder, caller_id: str) -> str:
        asked: dict[str, Any] = {
            "to": order.to,
            "from_": caller_id,
            "url": order.document_url,
            "method": "POST",
            "timeout": order.timeout_s,
            "status_callback": order.status_url,
            "status_callback_method": "POST",
            "status_callback_event": _EVENTS,
        }
        if order.longest_s:
            asked["time_limit"] = order.longest_s
        if order.machine_url:
            asked |= {
                "machine_detection": "Enable",
                "async_amd": "true",
                "async_amd_status_callback": order.machine_url,
                "async_amd_status_callback_method": "POST",
            }
        leg = await self._rest.ask("ringing a person", lambda twilio: twilio.calls.create_async(**asked), repeat=False)
        return _name(leg, "ringing a person")

    async def drop(self, leg: str, apology: str = "") -> None:
        """`completed` ends a leg that rings as well as one that talks; `canceled` would miss one just picked up. A leg
        that can't be told anything, because it rings still, is ended without."""
        try:
            told = bool(apology) and await self.redirect(leg, apology)
        except RestError:
            told = False
        if not told:
            await self.hang_up(leg)

    async def redirect(self, call: str, url: str) -> bool:
        """By a new URL."""
        return await self._update(call, "moving a call", url=url, method="POST")

    async def hang_up(self, call: str) -> None:
        """By its status."""
        await self._update(call, "ending a call", status="completed")

    async def _update(self, call: str, what: str, **changes: str) -> bool:
        """False when the call is over."""
        try:
            await self._rest.ask(what, lambda twilio: twilio.calls(call).update_async(**changes))
        except RestError as error:
            if not error.gone:
                raise
            return False
        return True

    async def record(self, call: str, callback: str) -> str:
        """Dual channel, with a callback for a recording that never came about, too."""
        recording = await self._rest.ask(
            "recording a call",
            lambda twilio: twilio.calls(call).recordings.create_async(
                recording_channels="dual",
                recording_track="both",
                recording_status_callback=callback,
                recording_status_callback_method="POST",
                recording_status_callback_event=["in-progress", "completed", "absent"],
            ),
            repeat=False,
        )
        return _name(recording, "recording a call")

    async def pause(self, call: str, recording: str, paused: bool) -> None:
        """Silence instead of a gap keeps times in the recording those of the call."""
        changes = {"status": "paused", "pause_behavior": "silence"} if paused else {"status": "in-progress"}
        await self._change(call, recording, "pausing a recording", **changes)

    async def stop_recording(self, call: str, recording: str) -> None:
        """By its status."""
        await self._change(call, recording, "stopping a recording", status="stopped")

    async def _change(self, call: str, recording: str, what: str, **changes: str) -> None:
        name = recording or _CURRENT
        try:
            await self._rest.ask(what, lambda twilio: twilio.calls(call).recordings(name).update_async(**changes))
        except RestError as error:
            if not error.gone:
                raise

    async def delete_recording(self, recording: str) -> None:
        """By its name."""
        try:
            await self._rest.ask("deleting a recording", lambda twilio: twilio.recordings(recording).delete_async())
        except RestError as error:
            if not error.gone:
                raise

    async def send_sms(self, to: str, body: str, sender: str = "") -> str:
        """Only to a number: a withheld caller id gets none."""
        if not NUMBER.fullmatch(to):
            raise RestError("sending a text", "not allowed")
        sent_by = self._settings.sms_from or sender or self._settings.number
        by = {"messaging_service_sid" if sent_by.startswith("MG") else "from_": sent_by}
        text = await self._rest.ask(
            "sending a text", lambda twilio: twilio.messages.create_async(to=to, body=body, **by), repeat=False
        )
        return _name(text, "sending a text")

    async def close(self) -> None:
        """Closes the connections."""
        await self._rest.close()


def _name(made: Any, what: str) -> str:
    """The SID of what was made; an answer without one is none."""
    name = getattr(made, "sid", None)
    if not isinstance(name, str) or not name:
        raise RestError(what, "nonsense")
    return name


COURSE = {
    "accept": (LegState.RINGING, LegState.ANSWERED, LegState.ACCEPTED, LegState.JOINED),
    "decline": (LegState.RINGING, LegState.ANSWERED, LegState.DECLINED),
    "no_answer": (LegState.RINGING, LegState.NO_ANSWER),
    "busy": (LegState.BUSY,),
}
"""What somebody does -> what their leg goes through."""
_LASTING = frozenset({LegState.RINGING, LegState.ANSWERED, LegState.ACCEPTED, LegState.JOINED, LegState.MACHINE})


@dataclass(slots=True)
class LoopbackCarrier:
    """No telephone network: people do at once what `answers` says, and everything asked for is noted."""

    answers: Mapping[str, str] = field(default_factory=dict)
    """Number → "accept", "decline", "no_answer" or "busy"; a number that is not named accepts."""
    on_leg: Callable[[str, LegState], None] | None = None
    """Told what a leg does, in the order in which it does it, from the moment after `ring` has returned its name."""
    on_moved: Callable[[str], None] | None = None
    """Told of a call that runs another document now: its stream is over."""
    gone: frozenset[str] = frozenset()
    """Calls that are over when somebody wants to move them."""
    rung: list[tuple[str, LegOrder]] = field(default_factory=list)
    """(leg, order) of each, in order."""
    states: list[tuple[str, LegState]] = field(default_factory=list)
    dropped: list[tuple[str, str]] = field(default_factory=list)
    """(leg, apology)."""
    redirected: list[tuple[str, str]] = field(default_factory=list)
    """(call, URL)."""
    hung_up: list[str] = field(default_factory=list)
    recordings: list[tuple[str, str]] = field(default_factory=list)
    """(call, callback)."""
    pauses: list[tuple[str, str, bool]] = field(default_factory=list)
    stopped: list[tuple[str, str]] = field(default_factory=list)
    """(call, recording)."""
    deleted: list[str] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    """(to, body)."""
    _running: dict[str, asyncio.Task[None]] = field(default_factory=dict, repr=False)
    _now: dict[str, LegState] = field(default_factory=dict, repr=False)

    async def ring(self, order: LegOrder) -> str:
        """A leg, and what becomes of it as a task of its own."""
        leg = f"CA{len(self.rung) + 1:032d}"
        self.rung.append((leg, order))
        course = COURSE[self.answers.get(order.to, "accept")]
        self._running[leg] = asyncio.create_task(self._run(leg, course))
        return leg

    async def _run(self, leg: str, course: tuple[LegState, ...]) -> None:
        for state in course:
            await asyncio.sleep(0)
            self._report(leg, state)

    def _report(self, leg: str, state: LegState) -> None:
        self._now[leg] = state
        self.states.append((leg, state))
        if self.on_leg is not None:
            self.on_leg(leg, state)

    async def drop(self, leg: str, apology: str = "") -> None:
        """The leg ends, if it is up."""
        self.dropped.append((leg, apology))
        if task := self._running.pop(leg, None):
            task.cancel()
            if self._now.get(leg, LegState.RINGING) in _LASTING:
                self._report(leg, LegState.ENDED)

    async def redirect(self, call: str, url: str) -> bool:
        """Noted."""
        self.redirected.append((call, url))
        if call in self.gone:
            return False
        if self.on_moved is not None:
            self.on_moved(call)
        return True

    async def hang_up(self, call: str) -> None:
        """Noted."""
        self.hung_up.append(call)

    async def record(self, call: str, callback: str) -> str:
        """Noted."""
        self.recordings.append((call, callback))
        return f"RE{len(self.recordings):032d}"

    async def pause(self, call: str, recording: str, paused: bool) -> None:
        """Noted."""
        self.pauses.append((call, recording, paused))

    async def stop_recording(self, call: str, recording: str) -> None:
        """Noted."""
        self.stopped.append((call, recording))

    async def delete_recording(self, recording: str) -> None:
        """Noted."""
        self.deleted.append(recording)

    async def send_sms(self, to: str, body: str, sender: str = "") -> str:
        """Noted."""
        self.texts.append((to, body))
        return f"SM{len(self.texts):032d}"

    async def close(self) -> None:
        """Legs that are still under way go no further."""
        for task in self._running.values():
            task.cancel()
        self._running.clear()
