"""Notices a line that brings nothing: the clock goes on with silence, and a dead line is given up."""

import asyncio
from collections.abc import Callable

from voice.audio import FRAME, LINE_RATE, samples

_SECOND_LOOK_S = 0.02


class LineWatch:
    """Watches one line, from `begin` on."""

    def __init__(
        self,
        stall_s: float,
        dead_s: float,
        *,
        idle: Callable[[], bool],
        silence: Callable[[int], None],
        dead: Callable[[], None],
    ) -> None:
        """`idle` says whether all that has come is dealt with; `silence` is told how many samples are missing, `dead`
        that nothing at all has come for `dead_s`."""
        self._stall_s = stall_s
        self._dead_s = dead_s
        self._idle = idle
        self._silence = silence
        self._dead = dead
        self._last_message = self._last_media = 0.0
        self._watching = False

    def begin(self) -> None:
        """From now on something is to come."""
        self._last_message = self._last_media = asyncio.get_running_loop().time()
        self._watching = True

    def message(self) -> None:
        """Something has come."""
        self._last_message = asyncio.get_running_loop().time()

    def media(self) -> None:
        """It was audio."""
        self._last_media = self._last_message

    async def run(self) -> None:
        """Watches until it is cancelled or the line is dead."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._stall_s / 2)
            if not self._watching:
                continue
            if loop.time() - self._last_message > self._dead_s:
                self._dead()
                return
            if loop.time() - self._last_media <= self._stall_s:
                continue
            # After a stall of our own the frames are in the socket still: let them in before deciding.
            await asyncio.sleep(_SECOND_LOOK_S)
            missing = loop.time() - self._last_media
            if missing > self._stall_s and self._idle():
                silence = samples(missing * 1000) // FRAME * FRAME
                self._last_media += silence / LINE_RATE
                self._silence(silence)
