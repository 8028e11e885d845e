"""One call as a fold over events: `receive(event)` returns the commands that follow from it.

It composes the caller's side (`listening`), the agent's (`playback`), the keypad and the procedure, and is the only
place that knows all four. It does no I/O and reads no clock; the shell performs the commands and posts what came of
them. Two rules hold throughout:

- the procedure's state moves when a turn is understood, never because of what was or was not played;
- nothing is said before the fields that the step filled are saved (`Playback.held`).
"""

from collections import deque
from dataclasses import dataclass, field
from typing import assert_never

from sop import acts as sop_acts
from sop import engine
from sop.expectation import expect
from sop.graph import Graph
from sop.reading import Global, GlobalWord
from voice.audio import samples
from voice.barge_in import BargeInSettings
from voice.endpointing import EndpointSettings
from voice.events import (
    STOPPED,
    CallStarted,
    CallTool,
    Cancel,
    Command,
    End,
    Enter,
    Event,
    Heard,
    Keyed,
    Marked,
    Prepare,
    Save,
    Saved,
    Speak,
    SpeechFailed,
    Spoken,
    Stopped,
    ToolFinished,
    Transcribe,
    Transcribed,
    TranscriptionFailed,
    Transfer,
    TransferFinished,
    Understand,
    Understood,
)
from voice.keypad import Keypad, KeypadSettings
from voice.listening import Agent, Finished, Interrupt, Listening, Nothing, Outcome, Unheard
from voice.playback import Playback, PlaybackSettings
from voice.saving import Released, Saving
from voice.turns import TurnSettings
from voice.utterance import sentences


@dataclass(frozen=True, slots=True)
class CallSettings:
    """How a call is conducted; part of its journal, so that a replay uses the same."""

    turns: TurnSettings = field(default_factory=TurnSettings)
    endpointing: EndpointSettings = field(default_factory=EndpointSettings)
    barge_in: BargeInSettings = field(default_factory=BargeInSettings)
    playback: PlaybackSettings = field(default_factory=PlaybackSettings)
    keypad: KeypadSettings = field(default_factory=KeypadSettings)
    no_input_ms: int = 7000
    """Silence after the agent has been heard out until it speaks again."""
    hold_on_ms: int = 20_000
    """The same after the caller has asked for a moment."""
    longest_ms: int = 30 * 60_000
    """A call is ended here whatever happens."""
    voice_failures: int = 2
    """Sentences in a row that could not be rendered, each tried twice, until the call is given up: a mute agent
    helps nobody."""


class Call:
    """The core of one call. `over` says that it has ended; it then answers every event with nothing."""

    def __init__(self, graph: Graph, settings: CallSettings) -> None:
        self._graph = graph
        self._settings = settings
        self._playback = Playback(settings.playback)
        self._keypad = Keypad(settings.keypad)
        self._out: list[Command] = []
        self._at = 0
        self._utterances: list[tuple[str, bool, bool]] = []
        self._understanding: int | None = None
        self._finished: deque[Finished] = deque()
        """Turns that were over before the one before them was understood."""
        self._saving = Saving()
        self._tools: set[str] = set()
        self._exit: Transfer | End | None = None
        self._transferring = False
        self._voice_failures = 0
        self._rendered_twice: set[int] = set()
        self._quiet_since = 0
        self._last_exchange = 0
        self._cut_short: tuple[int, ...] = ()
        self._no_input = samples(settings.no_input_ms)
        self._patience = self._no_input
        self._longest = samples(settings.longest_ms)
        self.state = engine.start(graph, caller=None, now="1970-01-01T00:00:00+00:00")
        self.expecting = expect(graph, self.state)
        self.over = False
        self._listening = Listening(graph, self.expecting, settings.turns, settings.endpointing, settings.barge_in)

    def receive(self, event: Event) -> tuple[Command, ...]:
        """Takes what has happened; returns what to do about it, in order."""
        if self.over:
            return ()
        self._out = []
        self._at = max(self._at, event.at)
        if type(event) is Heard:
            self._heard(event)
        else:
            self._dispatch(event)
        return tuple(self._out)

    def _dispatch(self, event: Event) -> None:  # noqa: C901, PLR0912 - one case an event
        match event:
            case Heard():
                self._heard(event)
            case CallStarted():
                self.state = engine.start(self._graph, caller=event.caller, now=event.now)
                self._advance(sop_acts.Begin())
            case Keyed():
                self._keyed(event)
            case Marked():
                self._playback.marked(event.name, self._at)
            case Transcribed():
                self._follow_all(self._listening.transcribed(event, self._agent()))
            case TranscriptionFailed():
                self._follow_all(self._listening.failed(event))
            case Understood():
                self._understood(event)
            case Spoken():
                self._spoken(event)
            case SpeechFailed():
                self._speech_failed(event)
            case Saved():
                self._saved(event)
            case ToolFinished():
                self._tool_finished(event)
            case TransferFinished():
                self._transferring = False
                self._advance(sop_acts.TransferFinished(event.ok, event.reason))
            case Stopped():
                self._out += self._saving.take_tools()
                self._end(self.state.outcome or STOPPED.get(event.reason, "failed"))
            case _:
                assert_never(event)
        if not self.over:
            self._out += self._playback.tick(self._at)

    # ---- the caller ----------------------------------------------------------------------------------------

    def _heard(self, event: Heard) -> None:
        if not self._transferring and self._exit is None:
            self._follow_all(self._listening.hear(self._at, event.samples, event.speech, self._agent()))
        self._out += self._playback.tick(self._at)
        self._pass_time()

    def _agent(self) -> Agent | None:
        """What the agent is saying, as far as it matters: while the caller speaks too."""
        if not self._listening.active or not self._playback.is_playing(self._at):
            return None
        saying = " ".join(self._utterances[n][0] for n in self._playback.pending)
        return Agent(saying, self._exit is None and self._playback.interruptible)

    def _follow_all(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            self._follow(outcome)

    def _follow(self, outcome: Outcome) -> None:
        match outcome:
            case Transcribe():
                self._out.append(outcome)
            case Interrupt():
                self._cut_short = self._cut()
            case Finished():
                self._cut_short = ()
                self._finished.append(outcome)
                self._understand()
            case Nothing():
                self._say_again()
            case Unheard():
                self._cut_short = ()
                self._advance(sop_acts.Unheard())
            case _:
                assert_never(outcome)

    def _cut(self) -> tuple[int, ...]:
        """Stop producers, drop the queue, clear: in this order, so that nothing follows the clear."""
        commands, unheard = self._playback.cut(self._at)
        self._out += commands
        self._quiet_since = self._at
        return unheard

    def _say_again(self) -> None:
        """What a noise cut short is said once more; a noise also buys the caller half the silence again."""
        if self._at - self._last_exchange < 2 * self._patience:
            self._quiet_since = max(self._quiet_since, self._at - self._no_input // 2)
        numbers, self._cut_short = self._cut_short, ()
        for number in numbers:
            self._speak(*self._utterances[number])

    def _understand(self) -> None:
        """Have the next finished turn read, under what is expected by then: one at a time."""
        if self._understanding is None and self._finished:
            turn = self._finished.popleft()
            self._understanding = turn.turn
            self._out.append(Understand(turn.turn, turn.hypotheses, self.expecting))

    def _understood(self, event: Understood) -> None:
        if self._understanding != event.turn:
            return
        self._understanding = None
        holds = any(isinstance(act, Global) and act.word is GlobalWord.HOLD_ON for act in event.reading.acts)
        self._patience = samples(self._settings.hold_on_ms) if holds else self._no_input
        self._advance(event.reading)
        self._understand()

    def _keyed(self, event: Keyed) -> None:
        if self._transferring or self._exit is not None:
            return
        if self._playback.is_playing(self._at) and self._playback.interruptible:
            self._cut()
        self._entered(self._keypad.press(self._at, event.key, self.expecting.keypad))

    def _entered(self, entry: str | None) -> None:
        if entry is not None:
            self._patience = self._no_input
            self._understanding = None
            self._finished.clear()
            self._advance(sop_acts.Keys(entry))

    # ---- the procedure -------------------------------------------------------------------------------------

    def _advance(self, given: sop_acts.Input) -> None:
        self.state, acts = engine.advance(self._graph, self.state, given)
        for act in acts:
            self._act(act)
        self.expecting = expect(self._graph, self.state)
        self._listening.expect(self.expecting)
        self._quiet_since = self._last_exchange = self._at
        likely = tuple(s for text in engine.likely(self._graph, self.state) for s in sentences(text))
        if likely and self._exit is None:
            self._out.append(Prepare(likely))

    def _act(self, act: sop_acts.Act) -> None:
        match act:
            case sop_acts.Enter(step):
                self._out.append(Enter(step))
            case sop_acts.Say(text, fixed, interruptible):
                for sentence in sentences(text):
                    self._speak(sentence, fixed, interruptible)
            case sop_acts.Save(fields):
                self._playback.held = True
                self._out.append(self._saving.save(fields))
            case sop_acts.CallTool(_, name, arguments, timeout_s, key):
                tool = CallTool(act.id, name, arguments, timeout_s, key)
                self._tools.add(tool.tool)
                if self._saving.under_way:
                    self._saving.wait(tool)
                else:
                    self._out.append(tool)
            case sop_acts.TransferTo(target, reason):
                self._exit = Transfer(target, reason)
            case sop_acts.Finish(outcome):
                self._exit = End(outcome)
            case _:
                assert_never(act)

    def _speak(self, text: str, fixed: bool, interruptible: bool) -> None:
        number = len(self._utterances)
        self._utterances.append((text, fixed, interruptible))
        self._playback.add(number, interruptible=interruptible)
        self._out.append(Speak(number, text, fixed))

    def _saved(self, event: Saved) -> None:
        match self._saving.saved(event):
            case Save() as again:
                self._out.append(again)
            case Released(tools, complete):
                self._playback.held = False
                if complete:
                    self._out += tools
                else:
                    for tool in tools:
                        self._tool_finished(ToolFinished(self._at, tool.tool, False, {}))
            case None:
                pass

    def _tool_finished(self, event: ToolFinished) -> None:
        if event.tool in self._tools:
            self._tools.discard(event.tool)
            self._advance(sop_acts.ToolFinished(event.tool, event.ok, event.result))

    # ---- the agent's voice ---------------------------------------------------------------------------------

    def _spoken(self, event: Spoken) -> None:
        if self._playback.rendered(event.utterance, event.samples, last=event.last):
            self._voice_failures = 0

    def _speech_failed(self, event: SpeechFailed) -> None:
        """A sentence is tried twice; then it is skipped, and an agent that stays mute hangs up."""
        number = event.utterance
        if not self._playback.awaits(number):
            return
        if number not in self._rendered_twice:
            self._rendered_twice.add(number)
            text, fixed, _ = self._utterances[number]
            self._out.append(Speak(number, text, fixed))
            return
        self._playback.fail(number)
        self._voice_failures += 1
        if self._voice_failures >= self._settings.voice_failures:
            self._end("voice_failed")

    # ---- time ----------------------------------------------------------------------------------------------

    def _pass_time(self) -> None:
        """What happens because nothing else did."""
        at = self._at
        if at >= self._longest:
            self._end("too_long")
        elif self._playback.is_playing(at):
            self._quiet_since = self._last_exchange = at
        elif self._exit is not None:
            self._leave()
        elif self._keypad.pending:
            self._quiet_since = at
            self._entered(self._keypad.tick(at))
        elif at - self._quiet_since >= self._patience and not self._busy():
            self._patience = self._no_input
            self._advance(sop_acts.Silence())

    def _busy(self) -> bool:
        """Whether the next word is not the caller's."""
        waiting = self._understanding is not None or self._saving.under_way
        return bool(waiting or self._transferring or self._listening.active)

    def _leave(self) -> None:
        """Everything has been heard: go where the procedure said."""
        if self._saving.under_way or self._tools:
            return
        leaving, self._exit = self._exit, None
        if isinstance(leaving, End):
            self._end(leaving.outcome)
        elif leaving is not None:
            self._transferring = True
            self._out.append(leaving)

    def _end(self, outcome: str) -> None:
        self._out += [c for c in self._playback.cut(self._at)[0] if isinstance(c, Cancel)]
        self._out.append(End(outcome))
        self.over = True
