"""Keys of the telephone → one entry, by count, terminator or a pause between two digits.

No timer runs: the pause is measured on the call's clock, so it is the same in a replay. Keys that come while nothing is
asked, because a tool works, are kept for the question that follows.
"""

from collections import deque
from dataclasses import dataclass

from voice.audio import samples


@dataclass(frozen=True, slots=True)
class KeypadSettings:
    """When an entry is finished."""

    between_ms: int = 3000
    """A pause this long after a key ends the entry."""
    terminator: str = "#"
    most: int = 32
    """Keys beyond this are not kept."""


class Keypad:
    """Collects the keys of one call. It never prints what it holds."""

    def __init__(self, settings: KeypadSettings) -> None:
        self._settings = settings
        self._between = samples(settings.between_ms)
        self._keys = ""
        self._last = 0
        self._counted = False
        """The last entry was ended by its count."""
        self._ahead: deque[tuple[int, str]] = deque()

    def drops(self, at: int, key: str) -> bool:
        """Whether a key pressed now belongs to the entry that its count has ended already: it means nothing."""
        recent = at - self._last < self._between
        return key == self._settings.terminator and self._counted and not self._keys and recent

    def press(self, at: int, key: str, expected: int, *, zero: bool = False) -> str | None:
        """A key; returns the whole entry if this finishes it (`expected` digits, 0 for any number). `zero`: a single 0
        is not counted as one, since 0 0 is the number and 0 asks for a person."""
        dropped = self.drops(at, key)
        self._last, self._counted = at, False
        if dropped:
            return None
        if key == self._settings.terminator and self._keys:
            return self._take()
        if len(self._keys) < self._settings.most:
            self._keys += key
        if expected and len(self._keys) >= expected and not (zero and self._keys == "0"):
            self._counted = True
            return self._take()
        return None

    def tick(self, at: int) -> str | None:
        """The entry, if the pause after its last key has ended it."""
        if self._keys and at - self._last >= self._between:
            return self._take()
        return None

    def closes_nothing(self, key: str) -> bool:
        """Whether a key pressed now is a terminator with no entry before it."""
        return key == self._settings.terminator and not self._keys

    def drop(self, spoken_at: int) -> None:
        """An entry begun before the caller said the answer counts no more."""
        if self._last < spoken_at:
            self._keys = ""

    def wait(self, at: int) -> None:
        """The pause after the last key begins anew: the caller speaks."""
        self._last = at

    def keep(self, at: int, key: str) -> None:
        """A key pressed while nothing is asked: for `ahead`."""
        if len(self._ahead) < self._settings.most:
            self._ahead.append((at, key))

    def ahead(self, at: int, expected: int, *, zero: bool = False) -> str | None:
        """The next entry out of the keys that were kept; what does not make one stays as begun."""
        while self._ahead:
            pressed, key = self._ahead[0]
            if (entry := self.tick(pressed)) is not None:
                return entry
            self._ahead.popleft()
            if (entry := self.press(pressed, key, expected, zero=zero)) is not None:
                return entry
        if self._keys:
            self._last = max(self._last, at)
        return None

    @property
    def pending(self) -> bool:
        """Whether an entry is under way."""
        return bool(self._keys)

    def _take(self) -> str:
        entry, self._keys = self._keys, ""
        return entry
