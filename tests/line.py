"""A telephone line in virtual time: drives a `Call` frame by frame and performs its commands as a perfect shell would.

No clock, no engine, no socket: what the caller says is given as text with a length, the recogniser hears exactly
that after `asr_ms`, speech is as long as its text, and the far end plays and echoes marks as Twilio does.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sop.graph import Graph
from sop.reader import RuleReader
from sop.reading import Hypothesis
from voice.audio import FRAME, samples
from voice.call import Call, CallSettings
from voice.commands import (
    Bridge,
    CallTool,
    Clear,
    Command,
    DropLeg,
    End,
    PassOn,
    Ring,
    Save,
    SendAudio,
    SendMark,
    Speak,
    Transcribe,
    Transfer,
    Understand,
)
from voice.events import (
    Bridged,
    CallStarted,
    Event,
    Heard,
    LegChanged,
    LegState,
    Marked,
    OnDuty,
    Saved,
    SpeechFailed,
    Spoken,
    Stopped,
    ToolFinished,
    Transcribed,
    TranscriptionFailed,
    Understood,
)

NOW = "2026-11-22T19:40:00-05:00"
CALLER = "+14155550123"
ANN, BOB = "+14155550190", "+14155550191"

Does = tuple[tuple[int, LegState], ...]
"""What a person's telephone does: milliseconds after it was rung, and what."""
ACCEPTS: Does = (
    (100, LegState.RINGING),
    (900, LegState.ANSWERED),
    (3000, LegState.ACCEPTED),
    (3200, LegState.JOINED),
)
NO_ANSWER: Does = ((100, LegState.RINGING), (500, LegState.NO_ANSWER))


@dataclass(slots=True)
class _Said:
    start: int
    end: int
    text: str


@dataclass
class Line:
    """One call. Times given are milliseconds."""

    graph: Graph
    caller: str | None = CALLER
    settings: CallSettings = field(default_factory=CallSettings)
    asr_ms: int = 100
    tts_ms: int = 60
    saved_ms: int = 5
    reader_ms: int = 0
    """A language model that helps to read takes its time."""
    ms_per_character: int = 40
    asr_fails: int = 0
    """So many transcriptions fail first."""
    tts_fails: int = 0
    saves_ok: bool = True
    tool_ok: bool = True
    tool_ms: int = 5
    answered: bool = True
    """Whether whoever is rung takes over, where `people` says nothing of them."""
    on_duty: tuple[tuple[str, str], ...] = (("Ann", ANN),)
    people: Mapping[str, Does] = field(default_factory=dict)
    """Number → what that telephone does."""
    bridges: Bridged | None = field(default_factory=lambda: Bridged(0, 0, True))
    """What comes of sending the caller elsewhere; None: no answer comes at all."""
    bridged_ms: int = 150
    stopped_ms: int | None = 300
    """When the stream ends after the caller was sent elsewhere; None: the carrier forgets to end it."""
    start: Mapping[str, Any] = field(default_factory=dict)
    """More of `CallStarted`."""
    echoes_marks: bool = True

    def __post_init__(self) -> None:
        self.call = Call(self.graph, self.settings)
        self.reader = RuleReader(self.graph)
        self.at = 0
        self.entries: list[Event | Command] = []
        self.said: list[str] = []
        """Sentences of which audio was sent, in order."""
        self._due: list[tuple[int, Callable[[], Event]]] = []
        self._speech: list[_Said] = []
        self._texts: dict[int, str] = {}
        self._buffer: deque[SendAudio | SendMark] = deque()
        self._played_of_first = 0
        self._voice_free = 0
        self._calling: dict[int, list[tuple[int, Callable[[], Event]]]] = {}
        """What is still to come from each leg."""
        self._up: set[int] = set()

    def ring(self) -> "Line":
        """Connects the call."""
        self._post(CallStarted(self.at, "CA1", "MZ1", self.caller, NOW, **self.start))
        return self

    # ---- what a test does ----------------------------------------------------------------------------------

    def wait(self, ms: int) -> "Line":
        """Lets time pass."""
        for _ in range(samples(ms) // FRAME):
            self._frame(0.0)
        return self

    def until(self, ms: int) -> "Line":
        """Lets time pass until so long after the beginning; not at all when that is over."""
        return self.wait(ms - self.at * 1000 // 8000)

    def say(self, text: str, ms: int | None = None) -> "Line":
        """The caller speaks for so long, by default as long as the text takes."""
        length = ms or max(300, self.ms_per_character * 2 * len(text))
        said = _Said(self.at, self.at + samples(length), text)
        self._speech.append(said)
        for _ in range(samples(length) // FRAME):
            self._frame(0.95)
        said.end = self.at
        return self

    def until_quiet(self, limit_ms: int = 60_000) -> "Line":
        """Lets the agent finish."""
        for _ in range(samples(limit_ms) // FRAME):
            self._frame(0.0)
            if self.call.over or (self.at > samples(200) and not self.talking):
                return self
        raise AssertionError("the agent never stops")

    def answer(self, text: str) -> "Line":
        """Waits for the agent to finish, says this, and waits for the whole reply."""
        self.until_quiet().wait(300).say(text)
        before = len(self.said)
        for _ in range(samples(8000) // FRAME):
            if len(self.said) > before or self.call.over:
                break
            self._frame(0.0)
        return self.until_quiet()

    def post(self, event: Event) -> "Line":
        """Something else happens now."""
        self._post(event)
        return self

    @property
    def legs_up(self) -> frozenset[int]:
        """Telephones of people that ring, or that somebody is on."""
        return frozenset(self._up)

    @property
    def talking(self) -> bool:
        """Whether the far end has audio to play, or some is on its way."""
        return bool(self._buffer or self._due) or self.call._playback.is_playing(self.at)

    def commands(self, *kinds: type) -> list[Event | Command]:
        """Commands of these kinds so far."""
        return [e for e in self.entries if isinstance(e, kinds)]

    # ---- the far end and the engines -----------------------------------------------------------------------

    def _frame(self, speech: float) -> None:
        if self.call.over:
            return
        self.at += FRAME
        self._play()
        ready = [d for d in self._due if d[0] <= self.at]
        self._due = [d for d in self._due if d[0] > self.at]
        for _, make in sorted(ready, key=lambda d: d[0]):
            self._post(make())
        self._post(Heard(self.at, FRAME, speech))

    def _play(self) -> None:
        left = FRAME
        while self._buffer:
            first = self._buffer[0]
            if isinstance(first, SendMark):
                self._buffer.popleft()
                self._echo(first.name)
                continue
            length = -(-(first.end - first.start) // FRAME) * FRAME - self._played_of_first
            if length > left:
                self._played_of_first += left
                return
            left -= length
            self._played_of_first = 0
            self._buffer.popleft()

    def _echo(self, name: str) -> None:
        if self.echoes_marks:
            at = self.at
            self._later(0, lambda: Marked(at, name))

    def _later(self, ms: int, make: Callable[[], Event]) -> tuple[int, Callable[[], Event]]:
        due = (self.at + samples(ms), make)
        self._due.append(due)
        return due

    def _post(self, event: Event) -> None:
        self.entries.append(event)
        for command in self.call.receive(event):
            self.entries.append(command)
            self._perform(command)

    def _perform(self, command: Command) -> None:  # noqa: C901 - one case a command
        match command:
            case SendAudio(utterance, 0, _):
                self.said.append(self._texts[utterance])
                self._buffer.append(command)
            case SendAudio() | SendMark():
                self._buffer.append(command)
            case Clear():
                names = [c.name for c in self._buffer if isinstance(c, SendMark)]
                self._buffer.clear()
                self._played_of_first = 0
                for name in names:
                    self._echo(name)
            case Transcribe():
                self._transcribe(command)
            case Understand(turn, hypotheses, expecting):
                reading = self.reader.read(hypotheses, expecting, NOW)
                self._later(self.reader_ms, lambda: Understood(self.at, turn, reading))
            case Speak():
                self._speak(command)
            case Save(save, _):
                self._later(self.saved_ms, lambda: Saved(self.at, save, self.saves_ok))
            case CallTool(tool):
                self._later(self.tool_ms, lambda: ToolFinished(self.at, tool, self.tool_ok, {}))
            case Transfer(transfer):
                why = "" if self.on_duty else "nobody on duty"
                self._later(20, lambda: OnDuty(self.at, transfer, self.on_duty, why))
            case Ring() | DropLeg() | Bridge() | PassOn():
                self._telephone(command)
            case _:
                pass

    def _telephone(self, command: Ring | DropLeg | Bridge | PassOn) -> None:
        match command:
            case Ring():
                self._ring(command)
            case DropLeg(leg):
                waiting = self._calling.pop(leg, [])
                self._due = [due for due in self._due if due not in waiting]
                if leg in self._up:
                    self._later(100, lambda: LegChanged(self.at, leg, LegState.ENDED))
                self._up.discard(leg)
            case Bridge(transfer) | PassOn(transfer):
                bridges = self.bridges
                if bridges is not None:
                    self._later(self.bridged_ms, lambda: replace(bridges, at=self.at, transfer=transfer))
                if bridges is not None and bridges.ok and self.stopped_ms is not None:
                    self._later(self.stopped_ms, lambda: Stopped(self.at, "stop"))

    def _ring(self, command: Ring) -> None:
        assert not self._up, "two telephones ring for one caller"
        self._up.add(command.leg)
        does = self.people.get(command.number, ACCEPTS if self.answered else NO_ANSWER)
        self._calling[command.leg] = [self._later(ms, partial(self._leg, command.leg, to)) for ms, to in does]

    def _leg(self, leg: int, to: LegState) -> LegChanged:
        if to in (LegState.BUSY, LegState.NO_ANSWER, LegState.FAILED, LegState.ENDED, LegState.REFUSED):
            self._up.discard(leg)
        return LegChanged(self.at, leg, to)

    def _transcribe(self, command: Transcribe) -> None:
        turn, end = command.turn, command.end
        if self.asr_fails:
            self.asr_fails -= 1
            self._later(self.asr_ms, lambda: TranscriptionFailed(self.at, turn, end, "EngineCrashed"))
            return
        heard = tuple(self._words(command.start, end))
        hypotheses = (Hypothesis(" ".join(heard), 0.9),) if heard else ()
        self._later(self.asr_ms, lambda: Transcribed(self.at, turn, end, hypotheses))

    def _words(self, start: int, end: int) -> Iterable[str]:
        """The words said in a stretch; of a speech cut by its end, the share that lies before it."""
        for said in self._speech:
            if said.end <= start or said.start >= end:
                continue
            words = said.text.split()
            share = min(1.0, (end - said.start) / max(1, said.end - said.start))
            yield from words[: round(len(words) * share)]

    def _speak(self, command: Speak) -> None:
        number = command.utterance
        self._texts[number] = command.text
        if self.tts_fails:
            self.tts_fails -= 1
            self._later(self.tts_ms, lambda: SpeechFailed(self.at, number, "EngineCrashed"))
            return
        length = samples(self.ms_per_character * len(command.text))
        self._voice_free = max(self._voice_free, self.at) + samples(self.tts_ms)  # one sentence after the other
        self._later((self._voice_free - self.at) // 8, lambda: Spoken(self.at, number, length, last=True, audible=0))


def outcome(line: Line) -> str | None:
    """How the call ended, or None."""
    ends = line.commands(End)
    return ends[0].outcome if ends and isinstance(ends[0], End) else None
