"""A call's recordings, ours and the carrier's: from consent on, and with what is private left out of both."""

import asyncio

import structlog

from voice.commands import Record, Recorder
from voice.errors import CarrierError
from voice.events import CallStarted
from voice.journal import Recording
from voice.plan import Keeps
from voice.telephone import Telephone

log = structlog.get_logger()


class Recordings:
    """Both recordings of one call, on one of its streams. The carrier's outlives a stream: where an earlier one had the
    caller's consent, it is the one under way that is paused and resumed."""

    def __init__(self, start: CallStarted, recording: Recording, keeps: Keeps, telephone: Telephone) -> None:
        self._call = start.call
        self._recording = recording
        self._carrier = telephone.carrier
        self._callback = telephone.recording_url()
        self._sid = ""
        self._runs = start.recorded
        """Whether the carrier's may be under way, by whatever name."""
        self._order = asyncio.Lock()
        self._keeps = keeps
        self._consented = keeps is Keeps.ALWAYS or (keeps is Keeps.CONSENT and start.recorded)
        recording.masked = not self._consented

    @property
    def keeps_audio(self) -> bool:
        """Whether what was recorded is left when the call is over."""
        return self._consented

    @property
    def keeps_words(self) -> bool:
        """The same of the journal."""
        return self._consented or self._keeps is Keeps.WORDS

    async def perform(self, command: Record) -> None:
        """Starts, pauses or resumes. Our own recording follows at once, the carrier's as soon as it answers."""
        if command.recorder is Recorder.START:
            self._consented = self._keeps is not Keeps.WORDS
        self._recording.masked = command.recorder is Recorder.PAUSE or not self._consented
        if not self._callback:
            return
        async with self._order:
            try:
                await self._change(command.recorder)
            except CarrierError as error:
                log.error("recording not changed", call=self._call, to=command.recorder.value, error=str(error))
                if command.recorder is Recorder.PAUSE:
                    await self._stop()

    async def _change(self, to: Recorder) -> None:
        """Has the carrier do it. Raises CarrierError."""
        if to is Recorder.START:
            self._runs = True  # even where no answer comes
            self._sid = await self._carrier.record(self._call, self._callback)
        elif self._runs:
            await self._carrier.pause(self._call, self._sid, to is Recorder.PAUSE)

    async def _stop(self) -> None:
        """Better no recording than one of what is private."""
        try:
            await self._carrier.stop_recording(self._call, self._sid)
        except CarrierError as error:
            log.error("a recording goes on through what is private", call=self._call, error=str(error))
            return
        self._runs = False
        log.error("recording stopped", call=self._call, why="it could not be paused")
