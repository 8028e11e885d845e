"""Keys of the telephone → one entry, by count, terminator or a pause between two digits.

No timer runs: the pause is measured on the call's clock, so it is the same in a replay.
"""

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

    def press(self, at: int, key: str, expected: int) -> str | None:
        """A key; returns the whole entry if this finishes it (`expected` digits, 0 for any number)."""
        self._last = at
        if key == self._settings.terminator and self._keys:
            return self._take()
        if len(self._keys) < self._settings.most:
            self._keys += key
        if expected and len(self._keys) >= expected:
            return self._take()
        return None

    def tick(self, at: int) -> str | None:
        """The entry, if the pause after its last key has ended it."""
        if self._keys and at - self._last >= self._between:
            return self._take()
        return None

    @property
    def pending(self) -> bool:
        """Whether an entry is under way."""
        return bool(self._keys)

    def _take(self) -> str:
        entry, self._keys = self._keys, ""
        return entry
