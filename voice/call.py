"""One call as a fold over events: `receive(event)` returns the commands that follow from it.

It composes the caller's side (`listening`, `understanding`, `keypad`), the agent's (`speaking`, `playback`), consent,
transfers and the procedure, and is the only place that knows them all. It does no I/O and reads no clock; the shell
performs the commands and posts what came of them. Two rules hold throughout:

- the procedure's state moves when a turn is understood, never because of what was or was not played;
- nothing is said before the fields that the step filled are saved (`Playback.held`).
"""

from typing import assert_never

from sop import acts
from sop.graph import Graph
from sop.reading import Affirm, Answer, Correction, Deny, Global, GlobalWord
from sop.state import State
from voice import commands, events
from voice.audio import samples
from voice.call_settings import CallSettings
from voice.commands import Command, End
from voice.consent import Consent
from voice.events import STOPPED, Event, Heard
from voice.handing_over import HandingOver, Result
from voice.keypad import Keypad
from voice.listening import Agent, Finished, Interrupt, Listening, Nothing, Outcome, Unheard
from voice.patience import Patience
from voice.playback import Playback
from voice.procedure import Procedure, Step
from voice.speaking import Sentence, Speaking
from voice.understanding import Understanding
from voice.utterance import sentences

__all__ = ["Call", "CallSettings"]

_LAST_WORDS_MS = 3000
"""What a caller said before they hung up is waited for so long, where the line's silence still counts."""
_LAST_RESORT_MS = 60_000
"""After the end of the time for a call, until it is cut off in the middle of whatever it does."""


class Call:
    """The core of one call. `over` says that it has ended; it then answers every event with nothing."""

    def __init__(self, graph: Graph, settings: CallSettings) -> None:
        self._settings = settings
        self._playback = Playback(settings.playback)
        self._speaking = Speaking(self._playback)
        self._keypad = Keypad(settings.keypad)
        self._understanding = Understanding()
        self._procedure = Procedure(graph)
        self._moves = 0
        self._consent = Consent(settings.consent, settings.consent_script)
        self._transfer = HandingOver(settings.transfer, settings.holding)
        self._out: list[Command] = []
        self._at = 0
        self._exit: acts.TransferTo | End | None = None
        self._left: events.Stopped | None = None
        """The caller has hung up, and their last words are not understood yet."""
        self._exit_at = self._spoken_at = 0
        self._patience = Patience(samples(settings.no_input_ms), samples(settings.hold_on_ms))
        self._longest = samples(settings.longest_ms)
        self.expecting = self._procedure.expecting
        self.over = False
        self._listening = Listening(graph, self.expecting, settings.turns, settings.endpointing, settings.barge_in)

    def receive(self, event: Event) -> tuple[Command, ...]:
        """Takes what has happened; returns what to do about it, in order."""
        if self.over:
            return ()
        self._out = []
        self._at = max(self._at, event.at)
        self._dispatch(event)
        return tuple(self._out)

    def _dispatch(self, event: Event) -> None:  # noqa: C901, PLR0912 - one case an event
        match event:
            case Heard():
                self._heard(event)
            case events.CallStarted():
                self._started(event)
            case events.Keyed():
                self._keyed(event)
            case events.Marked():
                self._playback.marked(event.name, self._at)
                self._out += self._consent.follow(self._playback)
            case events.Transcribed():
                self._follow(self._listening.transcribed(event, self._agent()))
            case events.TranscriptionFailed():
                self._follow(self._listening.failed(event))
            case events.Understood():
                self._understood(event)
            case events.Spoken():
                self._speaking.rendered(event)
            case events.SpeechFailed():
                self._speech_failed(event)
            case events.Saved():
                self._do(self._procedure.saved(event))
            case events.ToolFinished():
                self._do(self._procedure.finished(event))
            case events.OnDuty() | events.LegChanged() | events.Bridged():
                self._go(self._transfer.receive(self._at, event))
            case events.Stopped():
                self._stopped(event)
            case _:
                assert_never(event)
        if self._left is not None and not (self._listening.active or self._understanding.busy):
            self._depart(self._left)
        if not self.over and self._left is None:
            self._out += self._playback.tick(self._at)

    # ---- the caller ----------------------------------------------------------------------------------------

    @property
    def _aside(self) -> bool:
        """Whether what the caller says or keys moves nothing: the procedure is over, or waits for a person."""
        return self._exit is not None or self._transfer.under_way or self._transfer.moved != ""

    def _heard(self, event: Heard) -> None:
        if self._left is not None:
            if self._at - self._left.at >= samples(_LAST_WORDS_MS):
                self._depart(self._left)
            return
        if not isinstance(self._exit, End) and not self._transfer.moved:
            self._follow(self._listening.hear(self._at, event.samples, event.speech, self._agent()))
        self._out += self._playback.tick(self._at)
        self._pass_time()

    def _agent(self) -> Agent | None:
        """What the agent is saying, as far as it matters: while the caller speaks too."""
        if self._left is not None or not self._listening.active or not self._playback.is_playing(self._at):
            return None
        able = not self._aside and self._playback.interruptible
        return Agent(self._speaking.saying, able, self._speaking.asked(self._at))

    def _follow(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            match outcome:
                case commands.Transcribe():
                    self._out.append(outcome)
                case Interrupt():
                    self._cut(remember=True)
                case Finished():
                    self._spoken_at = self._at
                    if not outcome.early:
                        self._speaking.answered()
                    self._understanding.add(outcome, self.expecting, aside=self._aside)
                    self._out += self._understanding.next(self.expecting)
                case Nothing():
                    self._follow_noise()
                case Unheard():
                    self._speaking.answered()
                    if not self._aside:
                        self._take(acts.Unheard())
                case _:
                    assert_never(outcome)

    def _cut(self, *, remember: bool = False) -> None:
        self._out += self._speaking.cut(self._at, remember=remember)
        self._patience.hold(self._at)

    def _follow_noise(self) -> None:
        """What a noise cut short is said once more. One without end is silence at last, though it may go on."""
        if self._left is not None:
            return
        again = self._speaking.again()
        self._out += again
        busy = again or self._aside or self._understanding.busy or self._procedure.working
        if self._patience.noise(self._at) and not busy:
            self._silence()

    def _understood(self, event: events.Understood) -> None:
        reading = self._understanding.understood(event)
        if reading is not None:
            holds = any(isinstance(act, Global) and act.word is GlobalWord.HOLD_ON for act in reading.acts)
            self._patience.lengthen(moment=holds)
            if reading.acts:
                self._speaking.answered()
            if any(isinstance(act, Answer | Correction | Affirm | Deny) for act in reading.acts):
                self._keypad.drop(self._spoken_at)
            said, unsent = self._speaking.said, () if holds else self._playback.unsent
            self._take(reading)
            self._out += self._speaking.follow_up(said, unsent)
        self._out += self._understanding.next(self.expecting)

    def _keyed(self, event: events.Keyed) -> None:
        if self._aside:
            return
        if self.expecting.kind == "nothing":
            self._keypad.keep(self._at, event.key)
            return
        if self._keypad.closes_nothing(event.key) and self._answered_otherwise:
            return
        if not self._keypad.drops(self._at, event.key):
            self._hush()
        self._listening.forget()
        expected, zero = self.expecting.keypad, self.expecting.kind == "number"
        self._entered(self._keypad.press(self._at, event.key, expected, zero=zero))

    @property
    def _answered_otherwise(self) -> bool:
        """Whether the caller speaks, has just spoken, or hears what follows."""
        return self._listening.active or self._understanding.busy or self._playback.is_playing(self._at)

    def _hush(self) -> None:
        """Who presses a key has heard enough."""
        if self._playback.is_playing(self._at) and self._playback.interruptible:
            self._cut()

    def _entered(self, entry: str | None) -> None:
        if entry is not None:
            self._hush()
            self._patience.lengthen(moment=False)
            self._understanding.drop()
            self._speaking.answered()
            self._take(acts.Keys(entry))

    # ---- the procedure -------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """Where the procedure stands."""
        return self._procedure.state

    def _started(self, event: events.CallStarted) -> None:
        self._transfer = HandingOver(self._settings.transfer, self._settings.holding, earlier=event.transfers)
        given = self._procedure.start(event)
        if event.recorded or isinstance(given, acts.Resume):
            self._consent.resume(recorded=event.recorded)
        if self._consent.asking:
            self._ask_consent()
        else:
            self._advance(given)

    def _ask_consent(self) -> None:
        self._say_all(self._consent.question())
        self._expect()

    def _take(self, given: acts.Input) -> None:
        """What the caller said, keyed or did not say: an answer about recording, or the procedure's."""
        if not self._consent.asking:
            self._advance(given)
            return
        verdict = self._consent.answer(given)
        if verdict is None:
            self._ask_consent()
            return
        self._out += self._consent.note(verdict)
        self._advance(acts.Begin())
        if verdict.beside is not None:
            self._advance(verdict.beside)

    def _advance(self, given: acts.Input) -> None:
        self._do(self._procedure.advance(given))

    def _do(self, steps: list[Step]) -> None:
        """What the procedure asks for, and if it has moved what it expects from now on."""
        for step in steps:
            match step:
                case acts.Say(text, fixed, interruptible):
                    self._say_all(self._consent.greeting(text, fixed=fixed, interruptible=interruptible))
                case acts.TransferTo():
                    self._leave_by(step)
                case acts.Finish(outcome):
                    self._leave_by(End(outcome))
                case _:
                    self._out.append(step)
        self._playback.held = self._procedure.saving
        if self._moves != self._procedure.moves:
            self._moves = self._procedure.moves
            self._expect()
            self._out += self._procedure.likely() if self._exit is None else ()
            if self.expecting.kind != "nothing":  # keys pressed while a tool worked answer what is asked now
                self._entered(self._keypad.ahead(self._at, self.expecting.keypad, zero=self.expecting.kind == "number"))

    def _expect(self) -> None:
        """From now on this is what the caller is to say."""
        self.expecting = self._consent.expecting if self._consent.asking else self._procedure.expecting
        self._listening.expect(self.expecting)
        self._out += self._consent.expect(self.expecting)
        self._patience.begin(self._at)

    # ---- the agent's voice ---------------------------------------------------------------------------------

    def _say_all(self, said: list[Sentence]) -> None:
        """What a noise cut short comes before what is new; nothing is said to who has left."""
        if self._left is not None:
            return
        self._out += self._speaking.again() if said else []
        self._out += [self._speaking.say(sentence) for sentence in said]

    def _speech_failed(self, event: events.SpeechFailed) -> None:
        """An agent that stays mute hangs up, unless a person is about to take over."""
        self._out += self._speaking.failed(event)
        if self._speaking.failures >= self._settings.voice_failures and not self._transfer.under_way:
            self._end("voice_failed")

    # ---- a person takes over -------------------------------------------------------------------------------

    def _go(self, results: list[Result]) -> None:
        for result in results:
            match result:
                case Sentence():
                    self._say_all([result])
                case acts.TransferFinished():
                    self._advance(result)
                case End(outcome):
                    self._end(outcome)
                case _:
                    self._out.append(result)
        self._end_moved()

    def waits_for(self, leg: int) -> bool:
        """Whether that leg's person is the one who is being fetched, or has the caller."""
        return self._transfer.waits_for(leg)

    def _end_moved(self) -> None:
        """Nothing of ours hangs up on a caller who is with a person: the end of the stream is awaited, for a while."""
        if not self.over and self._transfer.ended(self._at, self._settings.stream_end_ms):
            self._end(self._transfer.moved)

    def _stopped(self, event: events.Stopped) -> None:
        """Who hangs up behind their last word has said it all the same: it is waited for, nothing else is."""
        hung_up = STOPPED.get(event.reason) == "caller_hung_up"
        if hung_up and self._left is not None:
            return
        if hung_up and not self._aside and not self._consent.asking:
            self._left = event
            self._follow(self._listening.hung_up())
            return
        self._depart(event)

    def _depart(self, event: events.Stopped) -> None:
        self._left = None
        results = self._transfer.stopped(self._at, event.reason)
        if results is not None:
            self._out += self._procedure.hung_up()
            self._go(results)
            self._end(self._transfer.moved or self.state.outcome or STOPPED.get(event.reason, "failed"))

    # ---- time ----------------------------------------------------------------------------------------------

    def _pass_time(self) -> None:
        """What happens because nothing else did."""
        at = self._at
        playing = self._playback.is_playing(at)
        if playing:
            self._patience.begin(at)
        if at >= self._longest + samples(_LAST_RESORT_MS):
            self._end(self._exit.outcome if isinstance(self._exit, End) else self._transfer.moved or "too_long")
        elif self._transfer.under_way or self._transfer.moved:
            self._go(self._transfer.tick(at, playing=playing, caller_speaks=self._listening.active))
        elif at >= self._longest and not isinstance(self._exit, End):
            self._run_out()
        elif self._exit is not None:
            if not playing or at >= max(self._playback.dry_at, self._exit_at) + samples(self._settings.last_word_ms):
                self._leave(self._exit)
        elif not playing:
            self._wait_for_caller()

    def _wait_for_caller(self) -> None:
        ours = self._understanding.busy or self._procedure.saving or self._listening.active
        if self._keypad.pending and self.expecting.kind != "nothing":
            self._patience.hold(self._at)
            if self._listening.active:
                self._keypad.wait(self._at)
            self._entered(self._keypad.tick(self._at))
        elif not ours and self._patience.is_over(self._at):
            self._silence()

    def _silence(self) -> None:
        self._patience.lengthen(moment=False)
        self._take(acts.Silence())

    def _run_out(self) -> None:
        """The time for a call is over: say so, then end it."""
        self._cut()
        self._understanding.drop()
        self._say_all([Sentence(part, True, False) for part in sentences(self._settings.too_long_text)])
        self._leave_by(End("too_long"))

    def _leave_by(self, way: acts.TransferTo | End) -> None:
        self._exit, self._exit_at = way, self._at

    def _leave(self, way: acts.TransferTo | End) -> None:
        """Everything has been heard: go where the procedure said."""
        if self._procedure.working:
            return
        self._exit = None
        if isinstance(way, End):
            self._end(way.outcome)
        else:
            self._go(self._transfer.begin(self._at, way))

    def _end(self, outcome: str) -> None:
        if self.over:
            return
        self.over = True
        self._go(self._transfer.drop())
        self._out += [c for c in self._speaking.cut(self._at) if isinstance(c, commands.Cancel)]
        self._out.append(End(outcome))
