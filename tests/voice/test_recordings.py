"""A call's recordings, the carrier's at the double's: from consent on, over two streams, without what is private."""

import asyncio
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from aiohttp import web

from tests.fakes import FakeSynthesiser, tone
from voice.carrier import CarrierSettings, TwilioCarrier
from voice.commands import Record, Recorder
from voice.double import Leg, Talker, Twilio
from voice.double.recording import Recording as Theirs
from voice.events import CallStarted
from voice.journal import Recording
from voice.plan import Keeps
from voice.recordings import Recordings
from voice.rest import Rest, RestSettings
from voice.telephone import Telephone, TelephoneSettings

BUSINESS, CALLER = "+14155550100", "+14155550123"
PUBLIC = "https://agent.example.com"
WAITS = '<Response><Pause length="60"/></Response>'
START, PAUSE, RESUME = Record(Recorder.START), Record(Recorder.PAUSE), Record(Recorder.RESUME)
TRIES = 3
"""Of a REST request."""


@dataclass
class Line:
    """A caller on the line, and what their streams record with."""

    twilio: Twilio
    telephone: Telephone
    leg: Leg
    folder: Path
    streams: int = 0

    def stream(self, keeps: Keeps = Keeps.CONSENT, *, recorded: bool = False) -> tuple[Recordings, Recording]:
        """The next stream of the call; `recorded`: on an earlier one the caller has agreed."""
        self.streams += 1
        ours = Recording(self.folder / f"{self.streams}.wav")
        start = CallStarted(
            0, self.leg.sid, f"MZ{self.streams}", CALLER, "2026-11-22T19:40:00-08:00", recorded=recorded
        )
        return Recordings(start, ours, keeps, self.telephone), ours

    @property
    def theirs(self) -> Theirs:
        (found,) = self.twilio.recordings.values()
        return found


@asynccontextmanager
async def line(folder: Path) -> AsyncIterator[Line]:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/voice":
            return web.Response(text=WAITS, content_type="text/xml")
        return web.Response(status=204)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    routes = {PUBLIC: f"http://127.0.0.1:{runner.addresses[0][1]}"}
    async with Twilio(auth_token="secret", routes=routes, speed=5.0) as twilio:
        twilio.number(BUSINESS, voice_url=f"{PUBLIC}/voice")
        rest = Rest(RestSettings(twilio.account.sid, "secret", base=twilio.rest_url, wait_s=0.01, attempts=TRIES))
        carrier = TwilioCarrier(CarrierSettings(BUSINESS), rest)
        telephone = Telephone(carrier, FakeSynthesiser(), None, TelephoneSettings(PUBLIC, folder, records=True))
        leg = await twilio.dial_in(Talker(), from_=CALLER, to=BUSINESS)
        await asyncio.wait_for(leg.answered.wait(), 5)
        try:
            yield Line(twilio, telephone, leg, folder)
        finally:
            await telephone.close()
    await runner.cleanup()


def on_the_line(folder: Path, work: Callable[[Line], Awaitable[None]]) -> None:
    async def main() -> None:
        async with line(folder) as here:
            await work(here)

    asyncio.run(main())


def test_point_34_the_second_stream_pauses_the_recording_that_the_first_began(tmp_path: Path) -> None:
    async def work(here: Line) -> None:
        first, _ = here.stream()
        await first.perform(START)
        second, _ = here.stream(recorded=True)
        await second.perform(PAUSE)
        assert here.theirs.status == "paused"
        await second.perform(RESUME)
        assert here.theirs.status == "in-progress"
        assert here.twilio.violations == []

    on_the_line(tmp_path, work)


@pytest.mark.parametrize(
    ("keeps", "recorded", "audio", "words"),
    [
        (Keeps.CONSENT, True, True, True),
        (Keeps.CONSENT, False, False, False),
        (Keeps.WORDS, True, False, True),
        (Keeps.ALWAYS, False, True, True),
    ],
)
def test_point_34_what_the_caller_agreed_to_counts_for_the_second_stream_too(
    keeps: Keeps, recorded: bool, audio: bool, words: bool, tmp_path: Path
) -> None:
    async def work(here: Line) -> None:
        second, ours = here.stream(keeps, recorded=recorded)
        assert (second.keeps_audio, second.keeps_words) == (audio, words)
        ours.caller(tone(0.5))
        ours.close()
        with wave.open(str(ours.path)) as file:
            sound = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)
        assert bool(np.any(sound)) is audio

    on_the_line(tmp_path, work)


def test_point_34_a_recording_that_can_t_be_paused_is_stopped(tmp_path: Path) -> None:
    async def work(here: Line) -> None:
        recordings, _ = here.stream()
        await recordings.perform(START)
        here.twilio.faults.rest_broken = TRIES
        await recordings.perform(PAUSE)
        assert here.theirs.over
        asked = len(here.twilio.requests)
        await recordings.perform(RESUME)
        assert (here.theirs.over, len(here.twilio.requests)) == (True, asked)

    on_the_line(tmp_path, work)


def test_point_34_one_that_can_t_be_stopped_either_is_paused_the_next_time(tmp_path: Path) -> None:
    async def work(here: Line) -> None:
        recordings, _ = here.stream()
        await recordings.perform(START)
        here.twilio.faults.rest_broken = 2 * TRIES
        await recordings.perform(PAUSE)
        assert here.theirs.status == "in-progress"
        await recordings.perform(PAUSE)
        assert here.theirs.status == "paused"

    on_the_line(tmp_path, work)


def test_point_34_a_recording_whose_beginning_was_not_answered_is_paused_all_the_same(tmp_path: Path) -> None:
    async def work(here: Line) -> None:
        earlier, _ = here.stream()
        await earlier.perform(START)
        recordings, _ = here.stream()
        here.twilio.faults.rest_broken = 1
        await recordings.perform(START)
        await recordings.perform(PAUSE)
        assert here.theirs.status == "paused"

    on_the_line(tmp_path, work)


def test_point_34_without_consent_the_carrier_is_asked_for_nothing(tmp_path: Path) -> None:
    async def work(here: Line) -> None:
        recordings, _ = here.stream()
        await recordings.perform(PAUSE)
        await recordings.perform(RESUME)
        assert (recordings.keeps_audio, here.twilio.requests) == (False, [])

    on_the_line(tmp_path, work)
