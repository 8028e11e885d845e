"""The caller's side of a call: from frames to a finished turn's words.

    Started → (Paused → Transcribe)* → Ended → Finished, or Nothing, or Unheard
    over the agent: Started → Transcribe(probe)* → words → Interrupt → goes on as above

A pause is transcribed at once: if the caller does not go on, that transcript serves, and how complete it is says how
long to wait (`endpointing`). Speech that goes on before its words are known continues the same turn. A result of a
turn that no longer counts is dropped in one place, `_current`.
"""

from dataclasses import dataclass, field
from typing import assert_never

from sop.expectation import completeness
from sop.graph import Graph
from sop.reading import Completeness, Expectation, Hypothesis
from voice.audio import samples
from voice.barge_in import BargeInSettings, interrupts, is_noise
from voice.commands import Transcribe, Urgency
from voice.endpointing import EndpointSettings, silence_that_ends
from voice.events import Transcribed, TranscriptionFailed
from voice.transcript import Transcript
from voice.turns import Dropped, Ended, Paused, Resumed, Signal, Started, Turns, TurnSettings

_SURE = 0.7
"""Confidence of words that need not have sounded like any."""


@dataclass(frozen=True, slots=True)
class Agent:
    """What the agent is saying while the caller is heard."""

    saying: str
    interruptible: bool
    asked: bool = True
    """The caller has heard most of what it asks."""


@dataclass(frozen=True, slots=True)
class Interrupt:
    """The caller's words are meant to stop the agent."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The turn is over, and these are its words."""

    turn: int
    hypotheses: tuple[Hypothesis, ...]
    early: bool = False
    """It was spoken over the agent, before its question could be known, and did not stop it: no failed answer if it
    means nothing."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """The turn is over and was none: no words in it, or only a listener's."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """The turn is over and the recogniser failed on it."""


Outcome = Transcribe | Interrupt | Finished | Nothing | Unheard


@dataclass(slots=True)
class _Turn:
    """A turn under way, or ended and waiting for its words."""

    number: int
    start: int
    interrupted: bool = False
    agent: Agent | None = None
    """What the agent was saying when it last spoke during this turn."""
    agent_until: int = 0
    known: int | None = None
    """When most of the agent's question had been heard; None if it never was."""
    overtaken: bool = False
    """Something else has come to be asked since it began: silence no longer means that the question is known."""
    transcript: Transcript = field(default_factory=Transcript)
    asked: int = -1
    """End of the stretch that is being transcribed; -1 for none."""
    urgency: Urgency = Urgency.PROBE
    ended: int | None = None
    probed: int = 0
    """Speech in the turn when it was last probed, in samples."""


class Listening:
    """Follows one caller. Times are samples on the call's clock."""

    def __init__(
        self,
        graph: Graph,
        expecting: Expectation,
        turns: TurnSettings,
        endpointing: EndpointSettings,
        barge_in: BargeInSettings,
    ) -> None:
        self._graph = graph
        self._expecting = expecting
        self._turns = Turns(turns)
        self._endpointing = endpointing
        self._barge_in = barge_in
        self._turn: _Turn | None = None
        self._waiting: _Turn | None = None
        self._count = 0
        self._longest = samples(turns.longest_ms)
        self._least = samples(turns.least_ms)
        self._lead = samples(turns.lead_ms)
        self._at = 0
        self._wait = 0
        self._set_wait(None)

    @property
    def active(self) -> bool:
        """Whether the caller speaks, or has spoken and the words are not known yet."""
        return self._turn is not None or self._waiting is not None

    def expect(self, expecting: Expectation) -> None:
        """The step has changed: from now on this is what is asked for."""
        if expecting != self._expecting:
            for turn in (self._turn, self._waiting):
                if turn is not None:
                    turn.known, turn.overtaken = None, True
        self._expecting = expecting
        self._set_wait(None)

    def forget(self) -> None:
        """What is being said, and what was said and is not yet in words, no longer counts: keys are used instead."""
        self._turns.close()
        self._turn = self._waiting = None

    def hung_up(self) -> list[Outcome]:
        """The line is gone: what was being said is over, and its words are still wanted."""
        turn = self._turn
        if turn is None:
            return []
        if self._waiting is not None:
            self._merge(turn, self._waiting)
        spoken = self._turns.voiced >= self._least
        self._turns.close()
        if not spoken and turn.transcript.end == 0:
            self._turn = None
            return []
        return self._end(turn, self._turns.last_speech, None)

    def hear(self, at: int, count: int, speech: float, agent: Agent | None) -> list[Outcome]:
        """Takes a frame; `agent` is None when it is silent."""
        self._at = at
        signal = self._turns.hear(at, count, speech, self._wait)
        turn = self._turn
        if turn is not None and agent is not None:
            turn.agent, turn.agent_until = agent, at
        if turn is not None and turn.known is None:
            unasked = turn.interrupted or turn.overtaken
            turn.known = at if (agent.asked if agent else not unasked) else None
        if signal is not None:
            return self._signal(signal, agent)
        if turn is not None and self._waiting is not None and self._turns.voiced >= self._least:
            self._merge(turn, self._waiting)
        if turn is not None and agent is not None:
            return self._over(turn, agent)
        return []

    def transcribed(self, event: Transcribed, agent: Agent | None) -> list[Outcome]:
        """Takes words."""
        turn = self._current(event.turn)
        if turn is None:
            return []
        outcomes: list[Outcome] = []
        turn.transcript = turn.transcript.update(event.end, event.hypotheses)
        if event.end == turn.asked:
            turn.asked = -1
        text = turn.transcript.text
        if turn is self._turn and turn.transcript.end >= self._turns.last_speech:
            self._set_wait(completeness(self._graph, self._expecting, text))
        if self._stops(turn, agent):
            turn.interrupted = True
            outcomes.append(Interrupt())
        if turn.ended is not None and turn.transcript.end >= turn.ended:
            outcomes += self._finish(turn, agent)
        return outcomes

    def failed(self, event: TranscriptionFailed) -> list[Outcome]:
        """The recogniser failed: once more if that was a guess at a pause, else the turn is lost."""
        turn = self._current(event.turn)
        if turn is None or event.end != turn.asked:
            return []
        turn.asked = -1
        if turn.ended is None:
            return []
        if turn.urgency is not Urgency.FINAL:
            return [self._transcribe(turn, Urgency.FINAL)]
        self._waiting = None
        return [Unheard()]

    def _current(self, number: int) -> _Turn | None:
        """The one place where a result of a turn that no longer counts is told from a wanted one."""
        wanted = (turn for turn in (self._turn, self._waiting) if turn is not None and turn.number == number)
        return next(wanted, None)

    def _signal(self, signal: Signal, agent: Agent | None) -> list[Outcome]:
        turn = self._turn
        match signal:
            case Started(start):
                self._count += 1
                self._turn = _Turn(self._count, start)
                self._set_wait(None)
            case Paused() if turn is not None:
                return [self._transcribe(turn, Urgency.SPECULATIVE)]
            case Resumed():
                self._set_wait(None)
            case Ended(end) if turn is not None:
                return self._end(turn, end, agent)
            case Dropped() if turn is not None and self._is_answer(turn):
                return self._end(turn, self._turns.last_speech, agent)
            case Dropped():
                self._turn = None
                return [] if self._waiting is not None else [Nothing()]
            case Paused() | Ended():
                pass
            case _:
                assert_never(signal)
        return []

    def _is_answer(self, turn: _Turn) -> bool:
        """Whether a sound too short to be words for the detector is an answer for the recogniser: a "yes" that noise
        has all but swallowed."""
        best = turn.transcript.hypotheses[:1]
        if turn.agent is not None or not best or best[0].confidence < _SURE:
            return False
        return completeness(self._graph, self._expecting, best[0].text) is Completeness.COMPLETE

    def _merge(self, turn: _Turn, waiting: _Turn) -> None:
        """The caller goes on before the words so far are known: it is one turn, unless that would be too long."""
        if self._at - waiting.start < self._longest:
            turn.start = waiting.start
            self._turns.reach_back(waiting.start)
            turn.known = turn.known if waiting.known is None and not waiting.interrupted else waiting.known
            turn.interrupted |= waiting.interrupted
            turn.overtaken |= waiting.overtaken
            if turn.agent is None:
                turn.agent, turn.agent_until = waiting.agent, waiting.agent_until
            self._waiting = None

    def _end(self, turn: _Turn, end: int, agent: Agent | None) -> list[Outcome]:
        """The turn is over; it waits for its words. One that still waits for its own by now is lost."""
        lost: list[Outcome] = [Unheard()] if self._waiting is not None else []
        turn.ended = end
        self._turn, self._waiting = None, turn
        if turn.transcript.end >= end:
            return lost + self._finish(turn, agent)
        if turn.asked < end:
            return [*lost, self._transcribe(turn, Urgency.FINAL)]
        return lost

    def _finish(self, turn: _Turn, agent: Agent | None) -> list[Outcome]:
        """The turn is over and its words are known."""
        self._waiting = None
        text = turn.transcript.text
        if not text or self._listens(turn, text):
            return [Nothing()]
        answers = self._answers(turn)
        if agent is not None and agent.interruptible and not turn.interrupted:
            return [Interrupt(), Finished(turn.number, answers)]
        early = agent is not None and not turn.interrupted and self._is_before(turn)
        return [Finished(turn.number, answers, early)]

    def _listens(self, turn: _Turn, text: str) -> bool:
        """Whether it was spoken over the agent and is what a listener says, whatever had been heard of it at first; or
        is a yes to what is asked no more."""
        if turn.overtaken and not self._knows(turn) and is_noise(text, self._expecting, asked=False):
            return True
        if turn.agent is None or not self._is_over(turn):
            return False
        if turn.interrupted:
            return is_noise(text, self._expecting, asked=self._knows(turn))
        return not interrupts(text, self._expecting, turn.agent.saying, asked=self._knows(turn))

    def _answers(self, turn: _Turn) -> tuple[Hypothesis, ...]:
        """What may have been said, without the yes to a question that had not been heard."""
        every = turn.transcript.hypotheses
        if not self._is_before(turn):
            return every
        return tuple(one for one in every if not is_noise(one.text, self._expecting, asked=False))

    def _is_over(self, turn: _Turn) -> bool:
        """Whether the turn was spoken mostly over the agent, or has stopped it."""
        if turn.agent is None or turn.ended is None:
            return False
        return turn.interrupted or turn.agent_until - turn.start >= (turn.ended - turn.start) // 2

    def _is_before(self, turn: _Turn) -> bool:
        """Whether it was spoken before what is asked now could be known."""
        return not self._knows(turn) and (turn.overtaken or self._is_over(turn))

    def _knows(self, turn: _Turn) -> bool:
        """Whether it was spoken, for the most part, when most of the agent's question had been heard."""
        began, ended = turn.start + self._lead, self._turns.last_speech if turn.ended is None else turn.ended
        return turn.known is not None and 2 * (turn.known - began) <= ended - began

    def _over(self, turn: _Turn, agent: Agent) -> list[Outcome]:
        """The caller goes on speaking over the agent: look for words every so often, and stop it at last anyway."""
        if turn.interrupted or not agent.interruptible:
            return []
        voiced = self._turns.voiced
        if voiced >= self._barge_in.certain and turn.transcript.end == 0:
            turn.interrupted = True
            return [Interrupt()]
        if turn.asked < 0 and voiced >= turn.probed + self._barge_in.probe:
            turn.probed = voiced
            return [self._transcribe(turn, Urgency.PROBE)]
        return []

    def _stops(self, turn: _Turn, agent: Agent | None) -> bool:
        if agent is None or turn.interrupted or not agent.interruptible:
            return False
        return interrupts(turn.transcript.text, self._expecting, agent.saying, asked=self._knows(turn))

    def _transcribe(self, turn: _Turn, urgency: Urgency) -> Transcribe:
        turn.asked, turn.urgency = self._at, urgency
        return Transcribe(turn.number, turn.start, self._at, urgency, self._expecting)

    def _set_wait(self, value: Completeness | None) -> None:
        self._wait = silence_that_ends(value, self._endpointing)
