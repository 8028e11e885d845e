"""The real ear, recogniser and voice, for a call that is run again."""

from sop.reading import Hypothesis
from voice.asr import Priority, Recogniser
from voice.commands import Speak, Transcribe, Urgency
from voice.ear import LineEar
from voice.tts import Synthesiser
from voice.vad import Detector

_NBEST = 4
"""As `SessionSettings.nbest`."""


class Models:
    """Recogniser and voice in processes of their own; several calls may use them at a time."""

    def __init__(self, recogniser: Recogniser, synthesiser: Synthesiser) -> None:
        self._recogniser = recogniser
        self._synthesiser = synthesiser

    def ear(self) -> LineEar:
        """A fresh ear."""
        return LineEar(Detector())

    async def transcribe(self, mulaw: bytes, command: Transcribe) -> tuple[Hypothesis, ...]:
        """As in a live call: one hypothesis for a probe, several for what may be a whole turn. Raises EngineError."""
        probe = command.urgency is Urgency.PROBE
        found = await self._recogniser.recognise(
            mulaw,
            bias=command.expecting.bias,
            priority=Priority.PROBE if probe else Priority.FINAL,
            nbest=1 if probe else _NBEST,
        )
        return found.hypotheses

    async def speak(self, command: Speak) -> bytes:
        """The whole sentence. Raises EngineError."""
        pieces = [piece async for piece in self._synthesiser.speak(command.text, fixed=command.fixed)]
        return b"".join(pieces)
