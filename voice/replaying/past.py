"""What a journal tells of a call: its beginning, what the caller did, what came from outside, what was heard and
said."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sop.reading import Hypothesis
from voice.audio import FRAME
from voice.commands import CallTool, Command, End, NoteConsent, Ring, Speak, Transcribe
from voice.events import (
    Bridged,
    CallStarted,
    Event,
    Heard,
    Keyed,
    LegChanged,
    LegState,
    OnDuty,
    Spoken,
    Stopped,
    ToolFinished,
    Transcribed,
)


@dataclass(slots=True)
class Sentence:
    """How one of the agent's sentences sounded. Samples."""

    length: int = 0
    audible: int = 0
    """Where its first sound is."""
    whole: bool = False
    """Whether it was rendered to its end; a caller who speaks over it spares the rest."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the caller's audio that was put into words."""

    start: int
    end: int
    hypotheses: tuple[Hypothesis, ...]


@dataclass(slots=True)
class Past:
    """A recorded call, as far as its journal tells."""

    start: CallStarted | None = None
    speech: list[tuple[int, int, float]] = field(default_factory=list)
    """(end, samples, probability of speech) of every frame."""
    keys: list[tuple[int, str]] = field(default_factory=list, repr=False)
    stretches: list[Stretch] = field(default_factory=list)
    sentences: dict[str, Sentence] = field(default_factory=dict)
    tools: list[tuple[CallTool, ToolFinished]] = field(default_factory=list)
    took: dict[str, int] = field(default_factory=dict)
    """Number of a tool's call → samples until it answered."""
    duties: list[OnDuty] = field(default_factory=list)
    legs: list[list[tuple[int, LegState]]] = field(default_factory=list)
    bridges: list[tuple[Bridged, bool]] = field(default_factory=list)
    consents: list[NoteConsent] = field(default_factory=list)
    stopped: Stopped | None = None
    """The stream's end, where it was not ours."""
    ended: bool = False
    """Whether the journal goes on to the call's end; else it was cut short."""

    @property
    def hung_up(self) -> bool:
        """Whether the caller ended the call."""
        return (
            self.stopped is not None
            and self.stopped.reason in ("stop", "socket closed")
            and not any(ok.ok for ok, _ in self.bridges)
        )

    @property
    def frames(self) -> list[float]:
        """Probability of speech in each 160 samples from the call's beginning on; a hole in the line is silence."""
        found: list[float] = []
        for end, count, speech in self.speech:
            found += [0.0] * ((end - count) // FRAME - len(found))
            found += [speech] * (end // FRAME - len(found))
        return found

    @property
    def samples(self) -> int:
        """The call's length."""
        return self.speech[-1][0] if self.speech else 0


def past_of(entries: Iterable[Event | Command]) -> Past:
    """What a journal's entries tell."""
    fold = _Fold()
    for entry in entries:
        fold.take(entry)
    return fold.past


class _Fold:
    def __init__(self) -> None:
        self.past = Past()
        self._at = 0
        self._asked: dict[tuple[int, int], Transcribe] = {}
        self._speaking: dict[int, tuple[str, Sentence]] = {}
        self._tools: dict[str, tuple[int, CallTool]] = {}
        self._rung: dict[int, tuple[int, list[tuple[int, LegState]]]] = {}

    def take(self, entry: Event | Command) -> None:  # noqa: C901, PLR0912 - one case an entry
        past = self.past
        match entry:
            case Heard(at, samples, speech):
                self._at = at
                past.speech.append((at, samples, speech))
            case CallStarted():
                past.start = entry
            case Keyed(at, key):
                past.keys.append((at, key))
            case Transcribe(turn, _, end):
                self._asked[turn, end] = entry
            case Transcribed(_, turn, end, hypotheses):
                if (asked := self._asked.get((turn, end))) is not None:
                    past.stretches.append(Stretch(asked.start, end, hypotheses))
            case Speak(utterance, text):
                self._speaking[utterance] = (text, Sentence())
            case Spoken() if entry.utterance in self._speaking:
                self._spoken(entry)
            case CallTool():
                self._tools[entry.tool] = (self._at, entry)
            case ToolFinished(at, tool) if tool in self._tools:
                asked_at, asked_for = self._tools[tool]
                past.tools.append((asked_for, entry))
                past.took[tool] = at - asked_at
            case OnDuty():
                past.duties.append(entry)
            case Ring(leg=leg):
                course: list[tuple[int, LegState]] = []
                self._rung[leg] = (self._at, course)
                past.legs.append(course)
            case LegChanged(at, leg, to) if leg in self._rung:
                began, course = self._rung[leg]
                course.append((at - began, to))
            case Bridged():
                past.bridges.append((entry, past.stopped is not None))
            case NoteConsent():
                past.consents.append(entry)
            case Stopped():
                past.stopped = entry
            case End():
                past.ended = True
            case _:
                pass

    def _spoken(self, event: Spoken) -> None:
        text, sentence = self._speaking[event.utterance]
        sentence.length += event.samples
        sentence.whole |= event.last
        sentence.audible = sentence.audible if event.audible is None else event.audible
        known = self.past.sentences.get(text)
        if known is None or (sentence.whole, sentence.length) >= (known.whole, known.length):
            self.past.sentences[text] = sentence
