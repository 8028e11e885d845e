"""What a journal tells of a call: its beginning, what the caller did, what came from outside, what was heard and
said."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sop.reading import Hypothesis
from voice.commands import CallTool, Command, NoteConsent, Ring, Speak, Transcribe
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
    duties: list[OnDuty] = field(default_factory=list)
    legs: list[list[tuple[int, LegState]]] = field(default_factory=list)
    bridges: list[tuple[Bridged, bool]] = field(default_factory=list)
    consents: list[NoteConsent] = field(default_factory=list)
    stopped: Stopped | None = None
    """The stream's end, where it was not ours."""

    @property
    def hung_up(self) -> bool:
        """Whether the caller ended the call."""
        return (
            self.stopped is not None
            and self.stopped.reason in ("stop", "socket closed")
            and not any(ok.ok for ok, _ in self.bridges)
        )

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
        self._speaking: dict[int, str] = {}
        self._tools: dict[str, CallTool] = {}
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
                self._speaking[utterance] = text
                past.sentences[text] = Sentence()
            case Spoken(_, utterance, samples, _, audible) if utterance in self._speaking:
                sentence = past.sentences[self._speaking[utterance]]
                sentence.length += samples
                sentence.audible = audible or 0
            case CallTool():
                self._tools[entry.tool] = entry
            case ToolFinished(_, tool) if tool in self._tools:
                past.tools.append((self._tools[tool], entry))
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
            case _:
                pass
