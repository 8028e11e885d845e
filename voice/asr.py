"""What did the caller say? A recogniser as the shells use it, and Whisper as one, in a process of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from typing import Protocol

from voice.whisper import AsrSettings, Decoder, Recognition
from voice.worker import Worker


class Priority(IntEnum):
    """What a recognition is for. The lower, the sooner."""

    FINAL = 0
    """The caller waits for the reply."""
    SPECULATIVE = 1
    """The caller has paused and may go on."""
    PROBE = 2
    """A look into the middle of speech; a doubtful transcript is not decoded again."""


class Recogniser(Protocol):
    """A speech recogniser, as the shells use it."""

    @property
    def ready(self) -> bool:
        """Whether it would answer now."""
        ...

    async def start(self) -> None:
        """Load the model. Raises ModelMissing, EngineCrashed or EngineTimedOut."""
        ...

    async def recognise(
        self, mulaw: bytes, *, bias: tuple[str, ...], priority: Priority, nbest: int = 1
    ) -> Recognition:
        """What was said in this µ-law audio. Raises EngineBusy, EngineCrashed or EngineTimedOut."""
        ...

    async def close(self) -> None:
        """End the engine."""
        ...


class WhisperRecogniser:
    """A Decoder in a process of its own."""

    def __init__(self, settings: AsrSettings) -> None:
        self._worker: Worker[_Turn, Recognition] = Worker("recognition", partial(_load, settings), settings.limits)

    @property
    def ready(self) -> bool:
        """Whether it would answer now."""
        return self._worker.ready

    @property
    def worker(self) -> Worker["_Turn", Recognition]:
        """The engine's process and queue, for health and metrics."""
        return self._worker

    async def start(self) -> None:
        """Load the model. Raises ModelMissing, EngineCrashed or EngineTimedOut."""
        await self._worker.start()

    async def recognise(
        self, mulaw: bytes, *, bias: tuple[str, ...], priority: Priority, nbest: int = 1
    ) -> Recognition:
        """What was said in this µ-law audio. Raises EngineBusy, EngineCrashed or EngineTimedOut."""
        turn = _Turn(mulaw, bias, nbest, again=priority is not Priority.PROBE)
        return await self._worker.ask(turn, priority)

    async def close(self) -> None:
        """End the engine."""
        await self._worker.close()


@dataclass(frozen=True, slots=True)
class _Turn:
    mulaw: bytes = field(repr=False)
    bias: tuple[str, ...]
    nbest: int
    again: bool


def _load(settings: AsrSettings) -> Callable[[_Turn], Recognition]:
    """Runs in the engine's process."""
    decoder = Decoder(settings)

    def answer(turn: _Turn) -> Recognition:
        return decoder.decode(turn.mulaw, bias=turn.bias, nbest=turn.nbest, again=turn.again)

    return answer
