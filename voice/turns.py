"""The caller's turns: from a speech probability per frame to where each turn starts, pauses and ends.

Pure and fed by samples; it knows no audio, no model and no clock but the count of samples. How long a silence ends
a turn is told to it with every frame, since that depends on what has been said so far (`endpointing`).

    idle ── speech for `start` within `window` ──→ speaking ── silence for `pause` ──→ pausing
      ↑                                               ↑ ←── speech: Resumed ──────────────┘ │
      └────────────── Ended, or Dropped when it was too short to be words ──────────────────┘
"""

from collections import deque
from dataclasses import dataclass

from voice.audio import samples


@dataclass(frozen=True, slots=True)
class TurnSettings:
    """How frames become turns. Times in milliseconds."""

    onset: float = 0.5
    """A frame at or above this probability is speech."""
    offset: float = 0.35
    """Within a turn a frame below this is silence; between the two it goes on as it was."""
    start_ms: int = 60
    """Speech needed within `window_ms` for a turn to start: a click is shorter."""
    window_ms: int = 120
    lead_ms: int = 240
    """Audio before the first speech frame that belongs to the turn: soft consonants come before the voice."""
    pause_ms: int = 160
    """Silence that counts as a pause."""
    least_ms: int = 120
    """Speech below this in all is no turn; nothing is transcribed."""
    longest_ms: int = 27_000
    """A turn is ended here even in full flow: the recogniser's window is 30 s."""


@dataclass(frozen=True, slots=True)
class Started:
    """Speech has begun; the turn's audio starts `start` (lead included)."""

    start: int


@dataclass(frozen=True, slots=True)
class Paused:
    """Silence since `end`; perhaps the turn is over."""

    end: int


@dataclass(frozen=True, slots=True)
class Resumed:
    """It was not."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The turn is over; speech ended at `end`."""

    end: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """What sounded like a turn was too short to be one."""


Signal = Started | Paused | Resumed | Ended | Dropped


class Turns:
    """Follows one call. Everything public is a count of samples on the call's clock."""

    def __init__(self, settings: TurnSettings) -> None:
        self._onset = settings.onset
        self._offset = settings.offset
        self._start = samples(settings.start_ms)
        self._window = samples(settings.window_ms)
        self._lead = samples(settings.lead_ms)
        self._pause = samples(settings.pause_ms)
        self._least = samples(settings.least_ms)
        self._longest = samples(settings.longest_ms)
        self._recent: deque[tuple[int, int]] = deque()
        self._recent_speech = 0
        self._paused = False
        self.active = False
        self.start = 0
        self.last_speech = 0
        """End of the last speech frame."""
        self.voiced = 0
        """Speech in this turn so far."""

    def hear(self, at: int, count: int, speech: float, wait: int) -> Signal | None:
        """Takes the frame of `count` samples that ends `at`; `wait` is the silence that ends the turn now."""
        if not self.active:
            return self._listen(at, count, speech)
        if speech >= self._onset or (speech >= self._offset and not self._paused):
            return self._speech(at, count)
        silent = at - self.last_speech
        if silent >= wait:
            return self._end()
        if silent >= self._pause and not self._paused:
            self._paused = True
            return Paused(self.last_speech)
        return None

    def reach_back(self, start: int) -> None:
        """The turn under way began earlier, with what was said before it."""
        self.start = start

    def close(self) -> None:
        """Forget the turn under way."""
        self.active = False
        self._recent.clear()
        self._recent_speech = 0

    def _listen(self, at: int, count: int, speech: float) -> Started | None:
        recent = self._recent
        while recent and recent[0][0] <= at - self._window:
            self._recent_speech -= recent.popleft()[1]
        if speech < self._onset:
            return None
        recent.append((at, count))
        self._recent_speech += count
        if self._recent_speech < self._start:
            return None
        first, length = recent[0]
        self.active, self._paused = True, False
        self.start = max(0, first - length - self._lead)
        self.last_speech, self.voiced = at, self._recent_speech
        return Started(self.start)

    def _speech(self, at: int, count: int) -> Ended | Resumed | None:
        self.last_speech = at
        self.voiced += count
        if at - self.start >= self._longest:
            self.close()
            return Ended(at)
        if self._paused:
            self._paused = False
            return Resumed()
        return None

    def _end(self) -> Ended | Dropped:
        self.close()
        return Ended(self.last_speech) if self.voiced >= self._least else Dropped()
