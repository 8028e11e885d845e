"""What a call came to, folded from its journal's entries: turns, path, fields, transfers, outcome, latency.

The same fold serves a live call, a finished one and a replay. Times are milliseconds.

A turn's gap runs from the end of the caller's last speech frame to the first audible sample of the reply, on the
call's clock. When the clock stands still while engines work (a call paced by processing), their measured time is
added where it would have been heard: recognition as far as it outlasts the endpointer's wait, then reader, database
and the first piece of speech.
"""

from dataclasses import dataclass, field

from voice.audio import duration_ms
from voice.commands import Clear, Command, End, Enter, Ring, Save, SendAudio, Speak, Transfer
from voice.events import (
    Bridged,
    CallStarted,
    Event,
    Heard,
    LegChanged,
    LegState,
    OnDuty,
    Saved,
    Spoken,
    Transcribed,
    Understood,
)

_SPEECH = 0.5
"""As `TurnSettings.onset`."""

_DECLINED = frozenset(LegState) - {LegState.RINGING, LegState.ANSWERED, LegState.ACCEPTED, LegState.JOINED}


@dataclass(slots=True)
class Turn:
    """One turn of the caller's and the reply to it."""

    heard: str
    confidence: float
    step: str
    """Where the procedure stood when it was said."""
    said: str = ""
    gap_ms: int | None = None
    """None when nothing audible followed."""
    barge_in: bool = False
    stages: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Handover:
    """A transfer to a person."""

    target: str
    reason: str
    began: int
    """When the caller had been told, on the call's clock."""
    tried: list[str] = field(default_factory=list)
    """The people who were rung, in order."""
    answered_s: float | None = None
    """From the caller's being told to somebody's pressing 1."""
    outcome: str = ""
    """"connected", "failed" (the procedure went on), "abandoned" (the call ended meanwhile); empty while it runs. Where
    the carrier does the dialling, "connected" says that the caller was sent there."""
    why: str = ""
    """What was heard last of somebody who did not take over, or why nobody was rung."""


class Report:
    """Folds entries; everything public may be read at any time."""

    def __init__(self, *, clock_stands: bool = False) -> None:
        self._clock_stands = clock_stands
        self._last_speech = 0
        self._asr_ms = 0.0
        self._reply: set[int] = set()
        self._audible: dict[int, int] = {}
        self._waiting: Turn | None = None
        self._sent: tuple[int, int, int] | None = None
        """The reply's first utterance, when the caller begins to hear it, and the end of the caller's turn."""
        self._cleared = False
        self._turn_end = 0
        self._dry_at = 0
        self._at = 0
        self._leg = 0
        self.caller: str | None = None
        self.greeting = ""
        self.path: list[str] = []
        self.fields: dict[str, tuple[str, str, float, bool]] = {}
        """slot → value, spoken, confidence, confirmed"""
        self.turns: list[Turn] = []
        self.transfers: list[Handover] = []
        self.barge_ins = 0
        self.outcome: str | None = None

    @property
    def duration_s(self) -> float:
        """Length of the call so far."""
        return round(duration_ms(self._at) / 1000, 2)

    @property
    def transcript(self) -> tuple[tuple[str, str], ...]:
        """(who, words) so far, oldest first."""
        lines = [("agent", self.greeting)]
        for turn in self.turns:
            lines += [("caller", turn.heard), ("agent", turn.said)]
        return tuple(line for line in lines if line[1])

    def event(self, event: Event) -> None:
        """Takes what happened."""
        self._at = max(self._at, event.at)
        match event:
            case Heard(at, _, speech):
                if speech >= _SPEECH:
                    self._last_speech = at
            case CallStarted():
                self.caller = event.caller
            case Transcribed():
                self._asr_ms = event.took_ms
            case Understood():
                self._understood(event)
            case Spoken():
                self._spoken(event)
            case Saved():
                self._stage("save", event.took_ms)
            case OnDuty() | LegChanged() | Bridged():
                self._handing_over(event)
            case _:
                pass

    def command(self, command: Command) -> None:
        """Takes what followed from it."""
        match command:
            case Enter(step):
                self.path.append(step)
                self._handed_over("failed")
            case Transfer(_, target, reason):
                self.transfers.append(Handover(target, reason, self._at))
            case Ring() if self.transfers:
                self._leg = command.leg
                self.transfers[-1].tried.append(command.name)
            case Speak():
                self._speak(command)
            case SendAudio():
                self._sending(command)
            case Clear():
                self._cleared = True
                self._dry_at = min(self._dry_at, self._at)
                self.barge_ins += 1
            case Save(_, fields):
                self.fields |= {f.slot: (f.value, f.spoken, f.confidence, f.confirmed) for f in fields}
            case End(outcome):
                self.outcome = outcome
                self._handed_over("abandoned")
            case _:
                pass

    def _handing_over(self, event: OnDuty | LegChanged | Bridged) -> None:
        if not self.transfers or self.transfers[-1].outcome:
            return
        handover = self.transfers[-1]
        match event:
            case OnDuty(_, _, people, reason) if not people:
                handover.why = reason
            case LegChanged(at, leg, to) if leg == self._leg:
                if to is LegState.ACCEPTED and handover.answered_s is None:
                    handover.answered_s = round(duration_ms(at - handover.began) / 1000, 2)
                elif to in _DECLINED:
                    handover.why = to.value
            case Bridged(_, _, ok, reason):
                handover.outcome, handover.why = ("connected", "") if ok else ("", reason)
            case _:
                pass

    def _handed_over(self, outcome: str) -> None:
        """Closes the transfer that is still open."""
        if self.transfers and not self.transfers[-1].outcome:
            self.transfers[-1].outcome = outcome

    def _sending(self, command: SendAudio) -> None:
        begins = max(self._dry_at, self._at)
        self._dry_at = begins + command.end - command.start
        if command.start == 0:
            self._cleared = False
        if command.start == 0 and command.utterance in self._reply and self._waiting is not None and self._sent is None:
            self._sent = (command.utterance, begins, self._turn_end)
            self._measure()

    def _understood(self, event: Understood) -> None:
        step = self.path[-1] if self.path else ""
        turn = Turn(event.reading.text, round(event.reading.confidence, 2), step, barge_in=self._cleared)
        turn.stages = {
            "endpoint": float(duration_ms(self._at - self._last_speech)),
            "asr": self._asr_ms,
            "reader": event.took_ms,
        }
        self.turns.append(turn)
        self._cleared, self._reply, self._waiting, self._sent = False, set(), turn, None
        self._turn_end = self._last_speech

    def _speak(self, command: Speak) -> None:
        if not self.turns:
            self.greeting = f"{self.greeting} {command.text}".strip()
            return
        turn = self.turns[-1]
        turn.said = f"{turn.said} {command.text}".strip()
        if self._waiting is not None:
            self._reply.add(command.utterance)

    def _spoken(self, event: Spoken) -> None:
        if event.utterance in self._reply and "tts" not in self.turns[-1].stages:
            self._stage("tts", event.took_ms)
        if event.audible is not None:
            self._audible.setdefault(event.utterance, event.audible)
        self._measure()

    def _stage(self, name: str, took_ms: float) -> None:
        if self._waiting is not None:
            self._waiting.stages[name] = self._waiting.stages.get(name, 0.0) + took_ms

    def _measure(self) -> None:
        """The gap, once the reply's first audible sample has been sent."""
        if self._waiting is None or self._sent is None or self._sent[0] not in self._audible:
            return
        utterance, at, last_speech = self._sent
        gap = float(duration_ms(at + self._audible[utterance] - last_speech))
        turn, self._waiting = self._waiting, None
        if self._clock_stands:
            gap += self._standing(turn)
        turn.gap_ms = round(gap)

    def _standing(self, turn: Turn) -> float:
        """Processing that the caller would have waited for had the clock run."""
        pause = 160.0
        asr = max(0.0, turn.stages["asr"] - max(0.0, turn.stages["endpoint"] - pause))
        return asr + sum(turn.stages.get(name, 0.0) for name in ("reader", "save", "tts"))


def percentile(values: list[float], share: float) -> float | None:
    """The nearest-rank percentile, or None of nothing."""
    if not values:
        return None
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, -(-int(share * 100) * len(ranked) // 100) - 1))]
