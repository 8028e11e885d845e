"""<Dial>: the leg is bridged with another one, or put into a conference."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from voice.double.channels import Bridge
from voice.double.conference import Participant, Seat
from voice.double.context import Context, Step
from voice.double.leg import Leg, Silence
from voice.double.orders import Callback, Machine, Order, RecordingOrder, Source
from voice.double.parameters import E164
from voice.double.twiml import Verb
from voice.double.webhooks import FetchFailed

WAITING = frozenset({"Play", "Say", "Pause", "Redirect"})
"""Verbs of a waitUrl's document."""


async def dial(context: Context, verb: Verb) -> Step:
    context.leg.verbs.append(verb.name)
    if verb.children and verb.children[0].name == "Conference":
        return await _confer(context, verb, verb.children[0])
    if not verb.truth("answerOnBridge", default=False):
        context.switch.answer(context.leg)
    outcome = await _numbers(context, verb)
    return context.action(verb, outcome)


# ---- a conference ------------------------------------------------------------------------------------------------


async def _confer(context: Context, verb: Verb, noun: Verb) -> Step:
    leg, switch = context.leg, context.switch
    switch.answer(leg)
    room = switch.conference(noun.text, context.callback(noun, "statusCallback", ""))
    label = noun.get("participantLabel")
    if label and room.find(label) is not None:
        context.warn(f"16025: participantLabel {label} is taken")
        return None
    if room.status == "init" and not room.participants and not await _can_wait(context, noun):
        room.end("conference-ended-via-api")
        return None
    participant = Participant(
        leg,
        label,
        starts=noun.truth("startConferenceOnEnter", default=True),
        ends=noun.truth("endConferenceOnExit", default=False),
        muted=noun.truth("muted", default=False),
    )
    room.join(participant)
    leg.channel = Seat(room, participant)
    context.told_on_hang_up(verb, lambda: {"DialCallStatus": "answered"})
    limit = switch.account.clock.real(verb.whole("timeLimit", 14_400))
    try:
        with suppress(TimeoutError):
            await asyncio.wait_for(participant.released.wait(), limit)
    finally:
        room.leave(leg.sid, "participant_hung_up" if leg.over else "participant_updated_via_api")
        leg.channel = Silence()
    context.farewell = None
    return context.action(verb, {"DialCallStatus": "answered"})


async def _can_wait(context: Context, noun: Verb) -> bool:
    """Whether there is a waitUrl to be had; without one the conference isn't established."""
    url = noun.get("waitUrl")
    if not url:
        return True
    method = noun.get("waitMethod", "POST")
    form = context.switch.parameters(context.leg) if method == "POST" else {}
    try:
        fetched = await context.switch.webhooks.fetch(context.resolve(url), method, form)
    except FetchFailed as error:
        context.warn(str(error))
        return False
    if fetched.content_type.startswith("audio/"):
        return True
    text = fetched.body.decode("utf-8", "replace")
    wrong = [name for name in ("Gather", "Dial", "Record", "Connect", "Hangup") if f"<{name}" in text]
    if wrong:
        context.warn(f"12200: the waitUrl's document has <{wrong[0]}>; it may have {', '.join(sorted(WAITING))}")
    return True


# ---- numbers -----------------------------------------------------------------------------------------------------


async def _numbers(context: Context, verb: Verb) -> dict[str, str]:
    """Rings, bridges and waits for the end; returns the action's parameters."""
    caller_id = verb.get("callerId") or context.leg.from_
    known = {context.leg.from_, context.leg.to}
    if not E164.fullmatch(caller_id) or not (caller_id in known or context.switch.account.owns(caller_id)):
        context.warn("13214: callerId is neither the calling number, nor the called one, nor one of the account")
        return {"DialCallStatus": "failed"}
    nouns = verb.children or (Verb("Number", {}, verb.text),)
    numbers = [noun for noun in nouns if E164.fullmatch(noun.text)]
    if len(numbers) < len(nouns):
        context.warn("13224: a number to dial is not in E.164 form")
    if not numbers:
        return {"DialCallStatus": "failed"}
    together = [numbers] if not verb.truth("sequential", default=False) else [[noun] for noun in numbers]
    outcome = {"DialCallStatus": "failed"}
    for some in together:
        outcome = await _ring(context, verb, some, caller_id)
        if outcome.get("DialBridged") == "true":
            break
    return outcome


async def _ring(context: Context, verb: Verb, nouns: list[Verb], caller_id: str) -> dict[str, str]:
    legs = [context.switch.place(_order(context, verb, noun, caller_id)) for noun in nouns]
    state = {"DialCallStatus": "canceled"}
    context.told_on_hang_up(verb, lambda: state)
    try:
        chosen = await _first(context, legs)
        if chosen is None:
            return _outcome(legs[-1], bridged=False)
        for other in legs:
            if other is not chosen:
                context.switch.hang_up(other, "completed" if other.answered.is_set() else "canceled")
        state["DialCallStatus"] = "completed"
        await _talk(context, verb, chosen)
        return _outcome(chosen, bridged=True)
    finally:
        context.leg.channel = Silence()
        for leg in legs:
            context.switch.hang_up(leg, "completed" if leg.answered.is_set() else "canceled")
        if not context.leg.over:
            context.farewell = None


def _order(context: Context, verb: Verb, noun: Verb, caller_id: str) -> Order:
    amd = Callback(context.resolve(noun.get("amdStatusCallback")), noun.get("amdStatusCallbackMethod", "POST"))
    whisper = context.resolve(noun.get("url"))
    return Order(
        to=noun.text,
        from_=caller_id,
        source=Source(whisper, noun.get("method", "POST")) if whisper else Source(),
        status=context.callback(noun, "statusCallback", "completed"),
        machine=Machine(noun.get("machineDetection"), asynchronous=True, callback=amd),
        timeout_s=verb.whole("timeout", 30),
        time_limit_s=verb.whole("timeLimit", 14_400),
        direction="outbound-dial",
        parent=context.leg.sid,
    )


async def _first(context: Context, legs: list[Leg]) -> Leg | None:
    """The first that may be bridged; None when all have ended."""
    waits = {asyncio.ensure_future(context.switch.until_ready(leg)): leg for leg in legs}
    try:
        pending = set(waits)
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for wait in done:
                if wait.result():
                    return waits[wait]
        return None
    finally:
        for wait in waits:
            wait.cancel()


async def _talk(context: Context, verb: Verb, other: Leg) -> None:
    """Both legs hear one another until one of them has ended."""
    leg, switch = context.leg, context.switch
    switch.answer(leg)
    mode = verb.get("record", "do-not-record")
    made = None
    if mode != "do-not-record":
        callback = context.callback(verb, "recordingStatusCallback", "completed")
        made = switch.record(leg, RecordingOrder("DialVerb", 2 if mode.endswith("dual") else 1, "both", callback))
    leg.channel, other.channel = Bridge(other), Bridge(leg)
    limit = switch.account.clock.real(verb.whole("timeLimit", 14_400))
    try:
        with suppress(TimeoutError):
            await asyncio.wait_for(other.ended.wait(), limit)
    finally:
        if made is not None:
            made.end()


def _outcome(leg: Leg, *, bridged: bool) -> dict[str, str]:
    """What the action is told. A leg that was answered and not bridged has completed all the same."""
    form: Mapping[str, str] = {
        "DialCallSid": leg.sid,
        "DialCallStatus": leg.status if leg.over else "completed",
        "DialBridged": "true" if bridged else "false",
    }
    return dict(form) | ({"DialCallDuration": str(leg.duration_s)} if leg.answered.is_set() else {})
