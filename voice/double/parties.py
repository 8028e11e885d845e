"""Whoever sits at the end of a leg: hears a frame, says a frame."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from voice.audio import FRAME, LINE_RATE, SILENCE, padded
from voice.caller import Caller, Said
from voice.scenario import Scenario

QUIET = SILENCE * FRAME


class Connection(Protocol):
    """As much of a leg as a party cares for."""

    @property
    def connected(self) -> bool:
        """Whether another party can be heard at the moment."""
        ...


@runtime_checkable
class Party(Protocol):
    """Anything with a telephone; `voice.caller.Caller` is one. Two methods more are called where a party has them:
    `meet(leg)` before its first frame, `cut()` when what it was about to hear has been thrown away."""

    def frame(self, heard: bytes) -> Said:
        """Hears 160 samples and says 160, both of the same 20 ms."""
        ...


class Recorded(Protocol):
    """A scenario and the µ-law of its clips by file name; `voice.recorded.Recorded` is one."""

    @property
    def scenario(self) -> Scenario: ...

    @property
    def clips(self) -> Mapping[str, bytes]: ...


class Talker:
    """Says one clip, presses keys, hangs up: each at a moment, or when something has happened."""

    def __init__(
        self,
        mulaw: bytes = b"",
        when: float | str | asyncio.Event = 0.0,
        *,
        keys: Sequence[tuple[float, str]] = (),
        hangs_up_after_s: float | None = None,
        hangs_up_when: asyncio.Event | None = None,
    ) -> None:
        """`when` the clip begins: seconds since the call was answered, an event, or "connected": once another
        party can be heard. `keys` has (seconds, key)."""
        self._clip = padded(mulaw)
        self._when = when
        self._keys = sorted(keys)
        self._until_s = hangs_up_after_s
        self._until = hangs_up_when
        self._leg: Connection | None = None
        self._at = 0
        self.began: int | None = None
        """Sample at which the clip began."""

    def meet(self, leg: Connection) -> None:
        self._leg = leg

    def cut(self) -> None:
        """What was to be heard has been thrown away; a talker doesn't mind."""

    def frame(self, heard: bytes) -> Said:
        now_s = self._at / LINE_RATE
        if self.began is None and self._is_time(now_s):
            self.began = self._at
        said = self._sound()
        key = self._keys.pop(0)[1] if self._keys and now_s >= self._keys[0][0] else ""
        self._at += FRAME
        return Said(said, key, hangs_up=self._leaves(now_s))

    def _is_time(self, now_s: float) -> bool:
        match self._when:
            case asyncio.Event():
                return self._when.is_set()
            case str():
                return self._leg is not None and self._leg.connected
            case _:
                return now_s >= self._when

    def _sound(self) -> bytes:
        if self.began is None:
            return QUIET
        place = self._at - self.began
        return self._clip[place : place + FRAME] or QUIET

    def _leaves(self, now_s: float) -> bool:
        late = self._until_s is not None and now_s >= self._until_s
        return late or (self._until is not None and self._until.is_set())


class RecordedCaller:
    """A recorded scenario's caller, who may hang up before its end and may speak to a person after it."""

    def __init__(
        self,
        recorded: Recorded,
        *,
        then_says: bytes = b"",
        hangs_up_after_s: float | None = None,
        hangs_up_when: asyncio.Event | None = None,
    ) -> None:
        """`then_says`: µ-law, said once when the scenario's turns are over and a person can be heard."""
        self.caller = Caller(recorded.scenario, recorded.clips)
        self._after = Talker(then_says, "connected", hangs_up_after_s=hangs_up_after_s, hangs_up_when=hangs_up_when)
        self._leg: Connection | None = None

    def meet(self, leg: Connection) -> None:
        self._leg = leg
        self._after.meet(leg)

    def cut(self) -> None:
        self.caller.cut()

    def frame(self, heard: bytes) -> Said:
        after = self._after.frame(heard)
        if after.hangs_up or self._connected:
            return after
        return self.caller.frame(heard)

    @property
    def _connected(self) -> bool:
        return self._leg is not None and self._leg.connected
