"""A recorded caller rings a running server through the Twilio double, as `switchboard simulate --twilio` does.

The double takes the carrier's place at the settings' `api_url`, on this machine: it sends the server signed webhooks
and streams, answers its REST requests, and rings the configured people, who all do as they are told.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from voice import recorded
from voice.config import secrets
from voice.double import Leg, RecordedCaller, Twilio
from voice.double.people import Answers
from voice.errors import OperatorError
from voice.handed_over import answering, clip, found_in, in_turn
from voice.scenario import Scenario
from voice.settings import Settings
from voice.settings_values import is_loopback

_HEARD = 0.9
"""Correlation from which somebody counts as heard."""
_WINDING_UP_S = 60.0
"""What a call may take beyond the scenario's limit, in the network's time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom to ring, and what people do."""

    server: str
    """The running server's own address: http://127.0.0.1:8080."""
    number: str
    """The business's number, E.164."""
    people: Answers = "accept"
    speed: float = 1.0
    """How fast the telephone network's time passes."""


@dataclass(frozen=True, slots=True)
class PersonsLeg:
    """What became of one person's telephone."""

    number: str
    name: str
    status: str
    """As the carrier calls its end: completed, busy, no-answer, failed, canceled."""
    verbs: tuple[str, ...]
    connected: bool
    """Whether they heard the caller."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What happened to a call."""

    scenario: str
    call: str
    number: str
    status: str
    duration_s: float
    """Of its sound, in the network's time."""
    verbs: tuple[str, ...]
    """What the caller's documents had done, in order."""
    documents: int
    """Documents that the server gave for the caller."""
    webhooks: int
    """Requests to the server in all."""
    replies_ms: tuple[int, ...]
    """From the caller's last word to the reply, for each turn that got one."""
    people: tuple[PersonsLeg, ...]
    """Everybody who was rung, in order."""
    transferred: bool
    """Whether the caller and a person heard one another."""
    violations: tuple[str, ...]
    """What the carrier would have refused or warned about."""


async def rehearse(caller: recorded.Recorded, settings: Settings, plan: Plan) -> Rehearsed:
    """Has the caller ring, and stays to the call's end.

    Raises:
        OperatorError: the settings name no carrier on this machine, or its port is taken; no such number; a secret is
            missing.
    """
    account, token, port = _carrier(settings)
    if plan.number not in settings.numbers:
        raise OperatorError(f"{plan.number} is not configured; configured are {', '.join(settings.numbers)}")
    words = clip("person"), clip("caller")
    party = RecordedCaller(caller, then_says=in_turn(*words), hangs_up_after_s=float(caller.scenario.limit_s))
    async with _listening(Twilio(account=account, auth_token=token, speed=plan.speed, port=port)) as twilio:
        twilio.routes[settings.public_url] = plan.server.rstrip("/")
        for number in settings.numbers:
            twilio.number(
                number,
                voice_url=f"{settings.public_url}/twilio/voice",
                status_callback=f"{settings.public_url}/twilio/call-status",
            )
        twilio.people.update({one.number: answering(plan.people, *words) for one in settings.people.values()})
        call = await twilio.dial_in(party, from_=caller.scenario.caller, to=plan.number)
        await _to_its_end(twilio, call, (caller.scenario.limit_s + _WINDING_UP_S) / plan.speed)
        return _rehearsed(caller.scenario, settings, twilio, call, party)


@asynccontextmanager
async def _listening(twilio: Twilio) -> AsyncIterator[Twilio]:
    async with AsyncExitStack() as stack:
        stack.push_async_exit(twilio)
        try:
            await twilio.__aenter__()
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise OperatorError(f"the double can't listen on the port of the settings' api_url: {why}") from None
        yield twilio


def _carrier(settings: Settings) -> tuple[str, str, int]:
    """(account, token, port on this machine)."""
    twilio = settings.twilio
    where = urlsplit(twilio.rest_url) if twilio is not None else None
    if twilio is None or where is None or not is_loopback(where.hostname or "") or where.port is None:
        raise OperatorError(
            "the settings' twilio has to have an api_url on this machine, such as http://127.0.0.1:8090: "
            "the double takes the carrier's place there, and the server has to be started with the same settings"
        )
    return twilio.account, secrets([twilio.auth_token_env])[twilio.auth_token_env], where.port


async def _to_its_end(twilio: Twilio, call: Leg, limit_s: float) -> None:
    """Returns when every leg is over, and the server has been told."""
    try:
        async with asyncio.timeout(limit_s):
            await call.ended.wait()
            await asyncio.gather(*(leg.ended.wait() for leg in twilio.calls.values()))
    except TimeoutError:
        over = "a person's telephone is still up" if call.over else "the call does not end"
        twilio.account.warn(f"{over} after {limit_s * twilio.account.clock.speed:.0f} s")
    await twilio.settled()


def _rehearsed(scenario: Scenario, settings: Settings, twilio: Twilio, call: Leg, party: RecordedCaller) -> Rehearsed:
    names = {one.number: one.name for one in settings.people.values()}
    people = tuple(
        PersonsLeg(
            number=leg.to,
            name=names.get(leg.to, ""),
            status=leg.status,
            verbs=tuple(leg.verbs),
            connected=found_in(leg.heard, clip("caller")).correlation >= _HEARD,
        )
        for leg in twilio.calls.values()
        if leg is not call
    )
    heard = found_in(call.heard, clip("person")).correlation >= _HEARD
    return Rehearsed(
        scenario=scenario.name,
        call=call.sid,
        number=call.to,
        status=call.status,
        duration_s=call.frames * 0.02,
        verbs=tuple(call.verbs),
        documents=len(call.documents),
        webhooks=len(twilio.webhooks),
        replies_ms=tuple(reply.gap_ms for reply in party.caller.replies),
        people=people,
        transferred=heard and any(one.connected for one in people),
        violations=tuple(twilio.violations),
    )
