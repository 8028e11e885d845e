"""Whether the call may be recorded: the caller is told, or asked, before anything is; what is private is left out.

Told: the words are part of the greeting, or follow it; nobody speaks over them, and recording starts when a mark has
proven that they were played. Asked: before anything else, with one repeat; whatever is not a yes is a no.
"""

from dataclasses import dataclass
from typing import Literal

from sop.acts import Input, Keys
from sop.reading import Affirm, Answer, Deny, Expectation, Global, GlobalWord, Reading
from voice.commands import NoteConsent, Record, Recorder
from voice.playback import Playback
from voice.speaking import Sentence
from voice.utterance import sentences

Way = Literal["announce", "ask", "none"]
_ASK_AGAIN = "I'm sorry, I need a yes or a no. You can also press 1 for yes, or 2 for no."
_MOST_TRIES = 2
_ASKED = Expectation(step="", kind="yes_no", keypad=1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of asking."""

    granted: bool
    beside: Reading | None = None
    """What the caller said instead of yes or no, where the procedure can use it."""


class Consent:
    """One call's consent, and whether its recording runs."""

    def __init__(self, way: Way, script: str) -> None:
        self._script = script.strip()
        self._tries = 0
        self._watched = 0
        """So many of the call's first sentences hold the announcement."""
        self._greets = way == "announce"
        self._started = False
        self._paused: bool | None = False
        """None: an earlier stream of the call may have left it either way."""
        self.asking = way == "ask" and bool(self._script)

    def resume(self, *, recorded: bool) -> None:
        """An earlier stream of the call has dealt with it."""
        self.asking = self._greets = False
        self._started = recorded
        self._paused = None if recorded else False

    # ---- told ----------------------------------------------------------------------------------------------

    def greeting(self, text: str, *, fixed: bool, interruptible: bool) -> list[Sentence]:
        """A text as sentences; the first one of a call with the announcement in it, which nobody speaks over."""
        parts = sentences(text)
        if not self._greets:
            return [Sentence(part, fixed, interruptible) for part in parts]
        self._greets = False
        self._script = self._script or text.strip()
        self._watched = _reach(parts, self._script)
        if not self._watched:
            parts += sentences(self._script)
            self._watched = len(parts)
        return [Sentence(part, fixed, interruptible and i >= self._watched) for i, part in enumerate(parts)]

    def follow(self, playback: Playback) -> list[NoteConsent | Record]:
        """Starts recording once the announcement has been heard."""
        if not self._watched or not all(playback.heard_out(number) for number in range(self._watched)):
            return []
        self._watched = 0
        return [NoteConsent("announced", True, self._script), *self._start()]

    # ---- asked ---------------------------------------------------------------------------------------------

    @property
    def expecting(self) -> Expectation:
        """What an answer is read against."""
        return _ASKED

    def question(self) -> list[Sentence]:
        """What to say now."""
        self._tries += 1
        text = self._script if self._tries == 1 else f"{_ASK_AGAIN} {self._script}"
        return [Sentence(part, True, False) for part in sentences(text)]

    def answer(self, given: Input) -> Verdict | None:
        """None: ask again."""
        granted, beside = _meant(given)
        if granted is None and beside is None and self._tries < _MOST_TRIES:
            return None
        self.asking = False
        return Verdict(granted is True, beside)

    def note(self, verdict: Verdict) -> list[NoteConsent | Record]:
        """What follows from the answer."""
        entry = NoteConsent("asked", verdict.granted, self._script)
        return [entry, *self._start()] if verdict.granted else [entry]

    # ---- the recording -------------------------------------------------------------------------------------

    def expect(self, expecting: Expectation) -> list[Record]:
        """Pauses while what is private may be said."""
        if expecting.private == self._paused:
            return []
        self._paused = expecting.private
        return [Record(Recorder.PAUSE if self._paused else Recorder.RESUME)]

    def _start(self) -> list[NoteConsent | Record]:
        if self._started:
            return []
        self._started = True
        return [Record(Recorder.START), *([Record(Recorder.PAUSE)] if self._paused else [])]


def _meant(given: Input) -> tuple[bool | None, Reading | None]:
    """Yes, no or neither; and a reading that the procedure can use."""
    if isinstance(given, Keys):
        return {"1": True, "2": False}.get(given.digits.rstrip("#")), None
    if not isinstance(given, Reading):
        return None, None
    kinds = {type(act) for act in given.acts}
    useful = any(isinstance(act, Answer) or act == Global(GlobalWord.PERSON) for act in given.acts)
    yes, no = Affirm in kinds, Deny in kinds
    return (None if yes == no else yes), (given if useful else None)


def _reach(parts: tuple[str, ...], script: str) -> int:
    """How many of the sentences it takes to have said the script; 0 when they do not say it."""
    wanted = _words(script)
    said: list[str] = []
    for count, part in enumerate(parts, 1):
        said += _words(part)
        if any(said[i : i + len(wanted)] == wanted for i in range(len(said) - len(wanted) + 1)):
            return count
    return 0


def _words(text: str) -> list[str]:
    return [word for word in (one.strip(".,!?;:\"'").lower() for one in text.split()) if word]
