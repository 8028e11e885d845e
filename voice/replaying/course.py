"""The course of a call: what happened turn by turn, folded from its journal's events and commands.

A turn here is whatever moved the call, and all that followed from it until the next: the call's begin, what the caller
said, a keypad entry, a silence, a noise that had something said again, a person's leg, the end. Times are samples on
the call's clock, 8000 a second.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from voice.audio import samples
from voice.commands import CallTool, Cancel, Clear, Command, End, Enter, Save, SendAudio, Speak, Transcribe, Transfer
from voice.events import (
    Bridged,
    CallStarted,
    Event,
    Heard,
    Keyed,
    LegChanged,
    Marked,
    OnDuty,
    SpeechFailed,
    Stopped,
    ToolFinished,
    Transcribed,
    TranscriptionFailed,
    Understood,
)
from voice.replaying.speeches import Speech, Speeches
from voice.report import Handover, Report


class By(StrEnum):
    """What moved the call."""

    BEGIN = "begin"
    SPEECH = "speech"
    KEYS = "keys"
    SILENCE = "silence"
    NOISE = "noise"
    """A sound without words cut the agent short: it says the same again."""
    UNHEARD = "unheard"
    """The recogniser failed."""
    PERSON = "person"
    """Somebody was rung, and something came of it; or the caller waits for it."""
    END = "end"


@dataclass(slots=True)
class CourseTurn:
    """One turn."""

    by: By
    at: int
    at_step: str
    """Where the procedure stood."""
    heard: str = ""
    confidence: float | None = None
    keys: int = 0
    """How many were pressed; never which."""
    said: list[str] = field(default_factory=list)
    entered: list[str] = field(default_factory=list)
    set: dict[str, str] = field(default_factory=dict)
    """slot → its new value; an empty one is no longer held."""
    caller: tuple[int, int] | None = None
    """From the caller's first sound to the last."""
    agent: list[Speech] = field(default_factory=list)
    unheard: list[str] = field(default_factory=list)
    """What was to be said and could not be spoken."""
    barge_in: bool = False
    endpoint_ms: int | None = None
    """From the caller's last sound to the end of the turn."""
    gap_ms: int | None = None
    stages: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot's last value, and the turn it came from."""

    value: str
    spoken: str
    confidence: float
    confirmed: bool
    turn: int


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that was called; tries of one call count once."""

    name: str
    arguments: Mapping[str, str]
    ok: bool
    turn: int


@dataclass(frozen=True, slots=True)
class Course:
    """What happened in a call."""

    caller: str | None
    outcome: str | None
    path: tuple[str, ...]
    turns: tuple[CourseTurn, ...]
    slots: dict[str, Slot]
    transfers: tuple[tuple[Handover, int], ...]
    """Each with the turn it began in."""
    tools: tuple[ToolCall, ...]
    barge_ins: tuple[int, ...]
    """When the agent broke off what it had sent."""
    marks: tuple[tuple[int, str], ...]
    """When which was echoed."""
    keys: tuple[int, ...]
    """When one was pressed; never which."""
    samples: int
    """Length of the call."""


def course_of(entries: Iterable[Event | Command], *, clock_stands: bool = False) -> Course:
    """The course of a journal's entries. `clock_stands`: engines worked while the call's clock stood, as in
    `voice.report`."""
    fold = CourseFold(clock_stands=clock_stands)
    for entry in entries:
        if isinstance(entry, Event):
            fold.event(entry)
        else:
            fold.command(entry)
    return fold.course()


_PERSON = OnDuty | LegChanged | Bridged
_MOVES = Enter | Speak | Save | CallTool


class CourseFold:
    """Folds entries, one after the other."""

    def __init__(self, *, clock_stands: bool = False) -> None:
        self._report = Report(clock_stands=clock_stands)
        self._at = 0
        self._event: Event | None = None
        self._frame: Heard | None = None
        """The last frame, and below the last one with speech in it, that the report has not been told of."""
        self._voiced: Heard | None = None
        self._turns: list[CourseTurn] = []
        self._asked: dict[int, Transcribe] = {}
        self._last_speech = 0
        self._keyed = 0
        self._slots: dict[str, Slot] = {}
        self._tools: dict[str, ToolCall] = {}
        self._tool_keys: dict[str, str] = {}
        self._speeches = Speeches()
        self._transfers: list[int] = []
        self._barge_ins: list[int] = []
        self._cut = False
        self._marks: list[tuple[int, str]] = []
        self._keys: list[int] = []

    def event(self, event: Event) -> None:
        """Takes what happened."""
        self._at = max(self._at, event.at)
        self._event = event
        if isinstance(event, Heard):
            self._frame = event
            if event.speech >= _SPEECH:
                self._last_speech, self._voiced = event.at, event
            return
        self._tell_frames()
        self._report.event(event)
        match event:
            case CallStarted():
                self._open(By.BEGIN)
            case Understood():
                self._understood(event)
            case Keyed():
                self._keyed += 1
                self._keys.append(event.at)
            case Marked():
                self._marks.append((event.at, event.name))
            case ToolFinished():
                self._tool_finished(event)
            case SpeechFailed():
                self._speeches.failed(event.utterance)
            case Stopped():
                self._open(By.END)

    def command(self, command: Command) -> None:
        """Takes what followed from it."""
        self._tell_frames()
        if isinstance(command, _MOVES):
            self._move(command)
        self._report.command(command)
        match command:
            case Transcribe():
                self._asked[command.turn] = command
            case SendAudio():
                self._send(command)
            case Cancel():
                self._speeches.cancel(command.utterances)
            case Clear():
                self._clear()
            case Transfer():
                self._transfers.append(len(self._turns) - 1)
            case End() if not self._turns:
                self._open(By.END)
            case _:
                pass

    def _tell_frames(self) -> None:
        """Frames are by far the most events; of a row of them the report needs two."""
        if self._voiced is not None and self._voiced is not self._frame:
            self._report.event(self._voiced)
        if self._frame is not None:
            self._report.event(self._frame)
        self._frame = self._voiced = None

    def _open(self, by: By) -> CourseTurn:
        step = self._report.path[-1] if self._report.path else ""
        turn = CourseTurn(by, self._at, step)
        if by in (By.SPEECH, By.KEYS):
            turn.barge_in, self._cut = self._cut, False
        self._turns.append(turn)
        return turn

    def _understood(self, event: Understood) -> None:
        turn = self._open(By.SPEECH)
        turn.heard, turn.confidence = event.reading.text, round(event.reading.confidence, 3)
        turn.endpoint_ms = (self._at - self._last_speech) // 8
        if (asked := self._asked.get(event.turn)) is not None:
            turn.caller = (asked.start, max(asked.start, self._last_speech))
        self._keyed = 0

    def _move(self, command: Enter | Speak | Save | CallTool) -> None:
        """Notes what moved, in the turn that it belongs to."""
        by = self._by(command)
        turn = self._turns[-1] if by is None and self._turns else self._open(by or By.BEGIN)
        if by is By.KEYS:
            turn.keys, self._keyed = self._keyed, 0
        match command:
            case Enter(step):
                turn.entered.append(step)
            case Speak(utterance, text):
                if self._speeches.say(utterance, text, turn.agent, turn.unheard):
                    turn.said.append(text)
            case Save():
                self._save(command, turn)
            case CallTool():
                key = command.key or command.tool
                self._tool_keys[command.tool] = key
                arguments = dict(command.arguments)
                self._tools[key] = ToolCall(command.name, arguments, False, len(self._turns) - 1)

    def _by(self, command: Enter | Speak | Save | CallTool) -> By | None:
        """What begins with this command; None: it belongs to the turn that is under way."""
        current = self._turns[-1] if self._turns else None
        if self._keyed and isinstance(self._event, Heard | Keyed) and self._at - self._keys[-1] <= _LAST_KEY:
            return By.KEYS
        if isinstance(self._event, Heard | Transcribed | TranscriptionFailed):
            return self._unasked(command, current)
        if isinstance(self._event, _PERSON) and (current is None or current.by is not By.PERSON):
            return By.PERSON
        return None

    def _unasked(self, command: Enter | Speak | Save | CallTool, current: CourseTurn | None) -> By | None:
        """Why something is done that no words brought forth."""
        if current is None or current.at == self._at:
            return None
        if isinstance(self._event, TranscriptionFailed):
            return By.UNHEARD
        if self._report.transfers and not self._report.transfers[-1].outcome:
            return None if current.by is By.PERSON else By.PERSON
        again = self._cut and isinstance(command, Speak) and command.text in current.said
        return By.NOISE if again else By.SILENCE

    def _save(self, command: Save, turn: CourseTurn) -> None:
        number = len(self._turns) - 1
        for given in command.fields:
            before = self._slots.get(given.slot)
            since = before.turn if before is not None and before.value == given.value else number
            if given.value:
                self._slots[given.slot] = Slot(given.value, given.spoken, given.confidence, given.confirmed, since)
            else:
                self._slots.pop(given.slot, None)
            if (before.value if before else "") != given.value:
                turn.set[given.slot] = given.value

    def _tool_finished(self, event: ToolFinished) -> None:
        key = self._tool_keys.get(event.tool)
        if key is not None:
            call = self._tools[key]
            self._tools[key] = ToolCall(call.name, call.arguments, event.ok, call.turn)

    def _send(self, command: SendAudio) -> None:
        if command.start == 0:
            self._cut = False
        self._speeches.send(command.utterance, command.end - command.start, self._at)

    def _clear(self) -> None:
        self._barge_ins.append(self._at)
        self._cut = True
        self._speeches.clear(self._at)

    def course(self) -> Course:
        """What came of it."""
        self._tell_frames()
        spoken = iter(self._report.turns)
        for turn in self._turns:
            if turn.by is By.SPEECH:
                measured = next(spoken)
                turn.gap_ms, turn.stages = measured.gap_ms, measured.stages
        return Course(
            caller=self._report.caller,
            outcome=self._report.outcome,
            path=tuple(self._report.path),
            turns=tuple(self._turns),
            slots=self._slots,
            transfers=tuple(zip(self._report.transfers, self._transfers, strict=True)),
            tools=tuple(self._tools.values()),
            barge_ins=tuple(self._barge_ins),
            marks=tuple(self._marks),
            keys=tuple(self._keys),
            samples=self._at,
        )


_SPEECH = 0.5
"""As `voice.report`."""
_LAST_KEY = samples(6000)
"""A pause that ends an entry is shorter, a silence until the agent asks again longer."""
