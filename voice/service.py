"""The whole service out of its settings: what `switchboard serve` runs, and the demonstration and the tests."""

import asyncio
import hashlib
import hmac
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from sop.llm_reader import LlmSettings
from voice import channels, models
from voice.carrier import CarrierSettings, TwilioCarrier
from voice.config import secrets as secrets_of
from voice.dial_limits import DialSettings
from voice.envelope import Target
from voice.errors import OperatorError
from voice.events import CallStarted
from voice.exchange import Exchange, ExchangeSettings, exchange
from voice.lost_calls import LostCalls, LostSettings
from voice.performer import Engines
from voice.piper_voice import TtsSettings
from voice.plans import Plans, people, present
from voice.profile import Profiles, ProfileSettings
from voice.reception import Reception, ReceptionSettings
from voice.recording_files import RecordingSettings
from voice.rest import Rest, RestSettings
from voice.screens import Screens
from voice.server import ServerSettings
from voice.session import Listener, SessionSettings
from voice.settings import Settings, secret_names
from voice.settings_form import Twilio as TwilioForm
from voice.signature import Signatures
from voice.store import Store
from voice.telephone import TelephoneSettings
from voice.tools import ExampleTools, HttpTools, Tools, secrets_needed
from voice.twiml import Public
from voice.whisper import AsrSettings


@asynccontextmanager
async def service(
    settings: Settings,
    environment: Mapping[str, str] = os.environ,
    *,
    example_tools: bool = False,
    session: SessionSettings | None = None,
    clock: Callable[[], datetime] = present,
    listener: Callable[[CallStarted], Listener] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> AsyncIterator[Exchange]:
    """Answers the configured numbers until the block ends. `progress` as in `exchange`.

    Raises OperatorError where something named is missing.
    """
    if settings.twilio is None:
        raise OperatorError("no account is configured; fill in twilio: in the settings, or pass --loopback")
    plans = Plans(settings, clock=clock)
    tools = {name: tool for graph in plans.graphs for name, tool in graph.tools.items()}
    needed = () if example_tools else secrets_needed(tools)
    secrets = secrets_of((*secret_names(settings), *needed), environment)
    profiles = Profiles(_profile(settings, secrets))
    made: list[Reception] = []

    def gatekeeper(engines: Engines) -> Reception:
        made.append(_reception(settings, secrets, plans, engines, profiles))
        return made[0]

    answering: Tools = ExampleTools() if example_tools else HttpTools(secrets)
    put_together = replace(
        _exchange(settings, settings.twilio, secrets, answering, session or SessionSettings()),
        clock=lambda: clock().astimezone(_zone(settings)),
    )
    try:
        async with exchange(plans.graphs, put_together, gatekeeper, listener=listener, progress=progress) as running:
            made[0].attach(running.server)
            lost = LostSettings(settings.journals, settings.limits.lost_seconds)
            watching = asyncio.create_task(LostCalls(running.engines, running.server, plans.plan, lost).watch())
            try:
                yield running
            finally:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
    finally:
        await profiles.close()


def _exchange(
    settings: Settings, twilio: TwilioForm, secrets: Mapping[str, str], tools: Tools, session: SessionSettings
) -> ExchangeSettings:
    """What to put together."""
    token = secrets[twilio.auth_token_env]
    rest = Rest(RestSettings(twilio.account, token, base=twilio.rest_url))
    carrier = TwilioCarrier(CarrierSettings(next(iter(settings.numbers)), people(settings), twilio.sms_from), rest)
    return ExchangeSettings(
        asr=AsrSettings(
            model=models.find("whisper", settings.models.ears, settings.model_folder), threads=settings.models.threads
        ),
        tts=TtsSettings(voice=models.find("piper", settings.models.voice, settings.model_folder), cache=settings.cache),
        store_url=settings.store_url,
        unsaved=settings.home / "unsaved.jsonl",
        server=ServerSettings(
            host=settings.listen.host,
            port=settings.listen.port,
            journals=settings.journals,
            most_calls=settings.limits.calls,
            session=session,
        ),
        carrier=carrier,
        tools=tools,
        telephone=_telephone(settings, token),
        screens=Screens(channels.screens(settings, secrets)) if settings.screens else None,
        targets=lambda store: _targets(settings, secrets, carrier, store),
        recordings=RecordingSettings(settings.recordings, twilio.rest_url, twilio.account, token),
        reader=_reader(settings),
        reader_secret=_reader_secret(settings, secrets),
    )


def _zone(settings: Settings) -> tzinfo | None:
    """The first number's: a day's spend is counted by it."""
    name = next(iter(settings.numbers.values())).time_zone
    return ZoneInfo(name) if name else None


def _reception(
    settings: Settings, secrets: Mapping[str, str], plans: Plans, engines: Engines, profiles: Profiles
) -> Reception:
    assert settings.twilio is not None
    previous = settings.twilio.previous_token_env
    signatures = Signatures(
        settings.public_url,
        secrets[settings.twilio.auth_token_env],
        previous_token=secrets[previous] if previous else "",
    )
    limits = ReceptionSettings(settings.twilio.account, settings.limits.calls)
    return Reception(plans, engines, profiles, signatures, Public(settings.public_url), limits)


def _telephone(settings: Settings, token: str) -> TelephoneSettings:
    limits = settings.limits
    return TelephoneSettings(
        base=settings.public_url,
        packets=settings.home / "packets",
        # Of its own, and the same after a restart.
        secret=hmac.new(token.encode(), b"links to packets", hashlib.sha256).hexdigest(),
        dial=DialSettings(
            limits.transfers_at_once, 60 * limits.dial_minutes, limits.spend_per_day, limits.cost_per_minute
        ),
        records=any(number.recording.mode != "none" for number in settings.numbers.values()),
    )


def _targets(
    settings: Settings, secrets: Mapping[str, str], carrier: TwilioCarrier, store: Store
) -> Mapping[str, Target]:
    async def welcome(number: str) -> bool:
        known = await store.caller(number)
        return known is None or known.profile.get("texts") != "no"

    return channels.targets(settings, secrets, carrier, welcome)


def _profile(settings: Settings, secrets: Mapping[str, str]) -> ProfileSettings:
    crm = settings.crm
    if crm is None:
        return ProfileSettings()
    return ProfileSettings(crm.url, secrets[crm.secret_env] if crm.secret_env else "", crm.timeout_ms / 1000)


def _reader(settings: Settings) -> LlmSettings | None:
    reader = settings.reader
    return LlmSettings(reader.url, reader.model, timeout_ms=reader.timeout_ms) if reader else None


def _reader_secret(settings: Settings, secrets: Mapping[str, str]) -> str:
    return secrets[settings.reader.key_env] if settings.reader and settings.reader.key_env else ""
