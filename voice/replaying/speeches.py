"""The agent's sentences, as they were played: folded from a journal's commands and the voice's failures."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class Speech:
    """One sentence of the agent's, as it was played. Samples on the call's clock."""

    text: str
    begins: int
    ends: int
    cut: bool = False


@dataclass(slots=True)
class _Spoken:
    """A sentence, and where it is noted that it was played, or could not be spoken."""

    text: str
    played: list[Speech]
    unheard: list[str]
    speech: Speech | None = None
    failures: int = 0
    dropped: bool = False


class Speeches:
    """Takes what became of each sentence, by its utterance's number."""

    def __init__(self) -> None:
        self._all: dict[int, _Spoken] = {}
        self._dry_at = 0

    def say(self, utterance: int, text: str, played: list[Speech], unheard: list[str]) -> bool:
        """It is to be said; what comes of it goes to the lists. False: it could not be spoken, and is tried again."""
        if utterance in self._all:
            return False
        self._all[utterance] = _Spoken(text, played, unheard)
        return True

    def failed(self, utterance: int) -> None:
        """It could not be spoken: for the second time, and it is skipped."""
        known = self._all.get(utterance)
        if known is None or known.dropped:
            return
        known.failures += 1
        if known.failures == _TRIES:
            known.unheard.append(known.text)

    def cancel(self, utterances: Iterable[int]) -> None:
        """Nobody waits for these any more."""
        for number in utterances:
            if (known := self._all.get(number)) is not None:
                known.dropped = True

    def send(self, utterance: int, count: int, at: int) -> None:
        """So many samples of it go out."""
        begins = max(self._dry_at, at)
        self._dry_at = begins + count
        if (known := self._all.get(utterance)) is None:
            return
        if known.speech is None:
            known.speech = Speech(known.text, begins, self._dry_at)
            known.played.append(known.speech)
        known.speech.ends = self._dry_at

    def clear(self, at: int) -> None:
        """What is not played yet never will be."""
        self._dry_at = min(self._dry_at, at)
        for known in self._all.values():
            speech = known.speech
            if speech is not None and speech.ends > at:
                speech.begins, speech.ends, speech.cut = min(speech.begins, at), at, True


_TRIES = 2
"""As `voice.speaking`."""
