"""What the agent says to a caller who waits for a person: never long silent, never a promise."""

from dataclasses import dataclass

from voice.audio import samples


@dataclass(frozen=True, slots=True)
class HoldingSettings:
    """When and what. Times in milliseconds of silence."""

    every_ms: int = 9000
    at_most_ms: int = 11_000
    """Who speaks is let finish for so long."""
    lines: tuple[str, ...] = (
        "Still trying to reach someone. Thank you for holding.",
        "Please stay on the line. I'm still trying to reach someone for you.",
        "Thank you for your patience. It's still ringing.",
        "I'm still here, and still trying to get someone on the line.",
    )
    """One after the other, then again from the first."""


class Holding:
    """One caller's waiting. Times are samples on the call's clock."""

    def __init__(self, settings: HoldingSettings) -> None:
        self._settings = settings
        self._every = samples(settings.every_ms)
        self._most = samples(settings.at_most_ms)
        self._quiet_since = 0
        self._said = 0

    def begin(self, at: int) -> None:
        """The caller begins to wait."""
        self._quiet_since = at

    def tick(self, at: int, *, playing: bool, caller_speaks: bool) -> str | None:
        """What to say now."""
        if playing:
            self._quiet_since = at
            return None
        if at - self._quiet_since < (self._most if caller_speaks else self._every) or not self._settings.lines:
            return None
        self._quiet_since = at
        line = self._settings.lines[self._said % len(self._settings.lines)]
        self._said += 1
        return line
