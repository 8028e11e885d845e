"""A call's recordings, ours and the carrier's: from consent on, and with what is private left out of both."""

import asyncio

import structlog

from voice.errors import CarrierError
from voice.events import Record, Recorder
from voice.journal import Recording
from voice.plan import Keeps
from voice.telephone import Telephone

log = structlog.get_logger()


class Recordings:
    """Both recordings of one call."""

    def __init__(self, call: str, recording: Recording, keeps: Keeps, telephone: Telephone) -> None:
        self._call = call
        self._recording = recording
        self._carrier = telephone.carrier
        self._callback = telephone.recording_url()
        self._sid = ""
        self._order = asyncio.Lock()
        self._keeps = keeps
        self._consented = keeps is Keeps.ALWAYS
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
        starts = command.recorder is Recorder.START
        if starts:
            self._consented = self._keeps is not Keeps.WORDS
        self._recording.masked = command.recorder is Recorder.PAUSE or not self._consented
        if not self._callback:
            return
        async with self._order:
            try:
                if starts:
                    self._sid = await self._carrier.record(self._call, self._callback)
                elif self._sid:
                    await self._carrier.pause(self._call, self._sid, command.recorder is Recorder.PAUSE)
            except CarrierError as error:
                log.error("recording not changed", call=self._call, to=command.recorder.value, error=str(error))
