"""The clock of every leg's sound: 20 ms frames on an absolute schedule, all legs in step."""

import asyncio
from collections.abc import Callable

from voice.audio import FRAME, LINE_RATE
from voice.double.clock import Clock
from voice.double.leg import Leg
from voice.double.parties import QUIET

FRAME_S = FRAME / LINE_RATE


class Exchange:
    """A leg takes part from its answer to its end. All hear first, then all speak: what is said in one frame is
    heard by the others in the next, whatever their order."""

    def __init__(self, clock: Clock) -> None:
        self.on_failure: Callable[[Leg, Exception], None] = lambda leg, error: None
        """Called when a leg's party, or what it is connected with, raises."""
        self._clock = clock
        self._legs: dict[str, Leg] = {}
        self._some = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def add(self, leg: Leg) -> None:
        self._legs[leg.sid] = leg
        self._some.set()

    def remove(self, leg: Leg) -> None:
        self._legs.pop(leg.sid, None)
        if not self._legs:
            self._some.clear()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        every = self._clock.real(FRAME_S)
        while True:
            await self._some.wait()
            due = loop.time()
            while self._legs:
                self._frame()
                due += every
                # A sleep of 0 too: late frames follow one another, but never starve the rest of the loop.
                await asyncio.sleep(max(0.0, due - loop.time()))

    def _frame(self) -> None:
        heard = [(leg, self._heard(leg)) for leg in tuple(self._legs.values())]
        for leg, frame in heard:
            if leg.over:
                continue
            try:
                leg.exchange(frame)
            except Exception as error:  # noqa: BLE001  a party is any code of a test's
                self.on_failure(leg, error)

    def _heard(self, leg: Leg) -> bytes:
        try:
            return leg.channel.hear()
        except Exception as error:  # noqa: BLE001  one leg's fault must not stop the clock of the others
            self.on_failure(leg, error)
            return QUIET
