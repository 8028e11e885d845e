"""The agent's sentences: numbered, tried twice, said again when a noise cut them short."""

from dataclasses import dataclass

from voice.commands import Cancel, Clear, Speak
from voice.events import SpeechFailed, Spoken
from voice.playback import Playback


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is rendered and played as one piece."""

    text: str
    fixed: bool
    """No slot value in it."""
    interruptible: bool = True


class Speaking:
    """The agent's voice in one call; what it says goes out through a `Playback`."""

    def __init__(self, playback: Playback) -> None:
        self._playback = playback
        self._sentences: list[Sentence] = []
        self._rendered_twice: set[int] = set()
        self._cut_short: tuple[int, ...] = ()
        self._run = 0
        """The first of the sentences that are, or were, said without a gap."""
        self._asked = False
        """A question before those was heard, and nobody has answered since."""
        self.failures = 0
        """Sentences in a row that could not be rendered, each tried twice."""

    @property
    def saying(self) -> str:
        """What the caller has not heard to its end."""
        return " ".join(self._sentences[number].text for number in self._playback.pending)

    def say(self, sentence: Sentence) -> Speak:
        """The command that renders it."""
        number = len(self._sentences)
        if not self._playback.pending:
            question = self._question()
            self._asked |= question is not None and "?" in self._sentences[question].text and self._heard(question)
            self._run = number
        self._sentences.append(sentence)
        self._playback.add(number, interruptible=sentence.interruptible)
        return Speak(number, sentence.text, sentence.fixed)

    def cut(self, at: int, *, remember: bool = False) -> list[Cancel | Clear]:
        """Stops producers, drops the queue, clears: in this order. `remember` what was not heard, for `again`."""
        commands, unheard = self._playback.cut(at)
        if remember:
            self._cut_short = unheard
        return commands

    def follow_up(self, said: int, unsent: tuple[int, ...]) -> list[Cancel]:
        """Of `unsent`, what was to be said before something new came after the first `said` sentences is not said."""
        return self._playback.skip(unsent) if len(self._sentences) > said else []

    @property
    def said(self) -> int:
        """How many sentences there have been."""
        return len(self._sentences)

    def again(self) -> list[Speak]:
        """What was cut short, once more."""
        numbers, self._cut_short = self._cut_short, ()
        return [self.say(self._sentences[number]) for number in numbers]

    def answered(self) -> None:
        """What was cut short is not missed: the caller has answered. What comes now asks something new."""
        self._cut_short = ()
        self._asked = False
        self._run = len(self._sentences)

    def asked(self, at: int) -> bool:
        """Whether the caller has heard most of the question that is open: the last sentence with a question mark, or
        where there is none the last one."""
        question = self._question()
        return self._asked or (question is not None and (self._heard(question) or self._playback.played_out(at)))

    def _question(self) -> int | None:
        run = range(self._run, len(self._sentences))
        return next((one for one in reversed(run) if "?" in self._sentences[one].text), run[-1] if run else None)

    def _heard(self, number: int) -> bool:
        return self._playback.mostly_heard(number)

    def rendered(self, event: Spoken) -> None:
        """More of a sentence is ready."""
        if self._playback.rendered(event.utterance, event.samples, last=event.last):
            self.failures = 0

    def failed(self, event: SpeechFailed) -> list[Speak]:
        """A sentence is tried twice; then it is skipped."""
        number = event.utterance
        if not self._playback.awaits(number):
            return []
        if number not in self._rendered_twice:
            self._rendered_twice.add(number)
            sentence = self._sentences[number]
            return [Speak(number, sentence.text, sentence.fixed)]
        self._playback.fail(number)
        self.failures += 1
        return []
