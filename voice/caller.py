"""A recorded caller, without a socket: hears a frame, says a frame.

Both directions share one clock, samples at 8000 Hz since the stream began: frame n is samples 160·n to
160·(n+1) of what the caller hears and of what the caller says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from voice.audio import FRAME, LINE_RATE, SILENCE, decode, encode, first_audible, padded, samples
from voice.scenario import After, Echo, Over, Scenario, Turn

BREATH = samples(200)
"""Silence of the agent after which what follows counts as newly begun speech."""
KEY_EVERY = samples(240)
"""From one key press to the next."""
_AUDIBLE = 164
"""-46 dBFS, as in voice.audio.first_audible."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The agent's answer to one turn of the caller."""

    turn: int
    """Index in the scenario's turns."""
    gap_ms: int
    """From the end of the caller's last word to the first audible sample of the answer, on the caller's
    clock. Negative where the agent spoke before the caller had finished."""


@dataclass(frozen=True, slots=True)
class Said:
    """What comes from the caller in one frame."""

    mulaw: bytes
    key: str = ""
    hangs_up: bool = False


class Caller:
    """Plays one scenario. `frame` is called once for each 20 ms of the line."""

    def __init__(self, scenario: Scenario, clips: Mapping[str, bytes]) -> None:
        """`clips` has the µ-law of every file that the scenario names."""
        self._scenario = scenario
        self._clips = clips
        self._noise = padded(clips[scenario.between]) if scenario.between else SILENCE * FRAME
        self._echo = _Echo(scenario.echo) if scenario.echo else None
        self._at = 0
        self._next = 0
        self._saying = b""
        self._keys = ""
        self._key_due = 0
        self._prompt_began: int | None = None
        self._last_audible: int | None = None
        self._waiting: tuple[int, int] | None = None
        self._asked: tuple[int, int] | None = None
        self._replies: dict[int, Reply] = {}
        self.begun: list[int] = []
        """When each turn so far began, in samples."""

    @property
    def replies(self) -> tuple[Reply, ...]:
        """The agent's answers so far, in order."""
        return tuple(self._replies.values())

    @property
    def turn(self) -> int:
        """Turns begun so far."""
        return self._next

    @property
    def turns_left(self) -> int:
        """Turns that were not come to; a hang-up does not count."""
        return sum(not turn.hang_up for turn in self._scenario.turns[self._next :])

    def cut(self) -> None:
        """The agent broke off: nothing that it has said is an answer, or a prompt to wait for the end of."""
        self._last_audible = self._prompt_began = None
        if self._asked is not None:
            self._waiting = self._asked
            self._replies.pop(self._asked[0], None)

    def frame(self, heard: bytes) -> Said:
        """Hears 160 samples and says 160, both of the same 20 ms."""
        self._hear(heard)
        said = self._say()
        self._at += FRAME
        return said if self._echo is None else replace(said, mulaw=self._echo.upon(said.mulaw, heard))

    def _hear(self, heard: bytes) -> None:
        first = first_audible(heard)
        if first is None:
            return
        at = self._at + first
        newly = self._last_audible is None or at - self._last_audible > BREATH
        if newly and self._waiting is not None:
            turn, voice_end = self._waiting
            self._replies[turn] = Reply(turn, (at - voice_end) * 1000 // LINE_RATE)
            self._waiting = None
        if self._prompt_began is None and not self._busy:
            self._prompt_began = at
        self._last_audible = self._at + _last_audible(heard)

    @property
    def _busy(self) -> bool:
        return bool(self._saying or self._keys)

    def _say(self) -> Said:
        if not self._busy and self._next < len(self._scenario.turns):
            turn = self._scenario.turns[self._next]
            if self._is_due(turn):
                if turn.hang_up:
                    return Said(self._quiet(), hangs_up=True)
                self._begin(turn)
        key = self._key()
        if not self._saying:
            return Said(self._quiet(), key)
        frame, self._saying = self._saying[:FRAME], self._saying[FRAME:]
        return Said(frame, key)

    def _is_due(self, turn: Turn) -> bool:
        if self._prompt_began is None or self._last_audible is None:
            return False
        match turn.when:
            case After(quiet_ms=quiet, pause_ms=pause):
                return self._at - self._last_audible >= samples(quiet + pause)
            case Over(at_ms=at):
                return self._at - self._prompt_began >= samples(at)

    def _begin(self, turn: Turn) -> None:
        voice_end = self._at
        if turn.clip is not None:
            sound = turn.sound(self._clips)
            self._saying = padded(sound)
            ends = turn.voice_ends_ms
            voice_end += _last_audible(sound) if ends is None else samples(ends)
        if turn.keys is not None:
            self._keys, self._key_due = turn.keys, self._at
            voice_end += KEY_EVERY * (len(turn.keys) - 1)
        self._waiting = self._asked = (self._next, voice_end)
        self._prompt_began = None
        self.begun.append(self._at)
        self._next += 1

    def _key(self) -> str:
        if not self._keys or self._at < self._key_due:
            return ""
        key, self._keys = self._keys[0], self._keys[1:]
        self._key_due += KEY_EVERY
        return key

    def _quiet(self) -> bytes:
        place = self._at % len(self._noise)
        return self._noise[place : place + FRAME]


class _Echo:
    """The agent's voice on its way back: later and quieter."""

    def __init__(self, echo: Echo) -> None:
        self._gain = 10 ** (-echo.db / 20)
        self._late = np.zeros(samples(echo.delay_ms), dtype=np.float64)

    def upon(self, said: bytes, heard: bytes) -> bytes:
        """What the caller's telephone sends: their own sound, and what they heard a while ago."""
        self._late = np.concatenate((self._late, decode(heard) * self._gain))
        back, self._late = self._late[:FRAME], self._late[FRAME:]
        whole = np.clip(np.rint(decode(said) + back), -32768, 32767)
        return encode(whole.astype(np.int16))


def _last_audible(mulaw: bytes) -> int:
    """Index behind the last sample louder than a quiet line's noise; 0 where there is none."""
    loud = np.flatnonzero(np.abs(decode(mulaw).astype(np.int32)) > _AUDIBLE)
    return int(loud[-1]) + 1 if loud.size else 0
