"""Which side of a stereo recording is the caller? Nobody writes it into a file, so the sound is asked.

A journal that knows when the agent spoke decides alone. Without one an agent is told by three things: it speaks
first; synthesized speech is digitally silent in its pauses, a telephone line is not; and its own voice comes back by
the caller's telephone, not the other way round. One of them alone overrules nobody: the stated order, caller left,
is kept, and `notes` says what could not be told.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from voice.audio import FRAME, LINE_RATE, Pcm, duration_ms, samples
from voice.replaying.activity import AUDIBLE, IDLE, Span, joined, noise_peak, peaks, sounds, total

_SPOKEN = samples(100)
"""Sound in a channel, all in all, below which it counts as silent."""
_ALONE = samples(1500)
"""Who speaks for so long before the other is heard at all greets."""
_PIECE = 2 * LINE_RATE
_LONGEST_ECHO = samples(500)
_MOST_PIECES = 12
_ALIKE = 0.3
"""Correlation above which one channel's sound is found in the other; unrelated speech stays below 0.2."""
_Echo = tuple[int, int]
"""Milliseconds later, decibels lower."""
_SHIFTS = range(-25, 26, 5)
"""Frames by which a journal's clock may be off the recording's."""


@dataclass(frozen=True, slots=True)
class Crosstalk:
    """One channel's voice in the other one."""

    into: Literal["caller", "agent"]
    delay_ms: int
    db: int
    """How much lower it is there; positive."""


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """The two sides by what they are."""

    caller: Pcm
    agent: Pcm | None
    """None where the recording does not hold the agent apart from the caller."""
    swapped: bool
    """The agent was left."""
    crosstalk: Crosstalk | None
    notes: tuple[str, ...]


def order_of(
    left: Pcm, right: Pcm | None, *, agent_first: bool = True, agent_spans: tuple[Span, ...] | None = None
) -> Order:
    """Caller and agent of a recording that is said to have the caller left.

    `agent_first`: the agent greets, as it does where a caller rings it. `agent_spans`: when the agent spoke, from a
    journal, in samples of the recording.
    """
    if right is None:
        return Order(left, None, False, None, ("one channel: all of it is taken for the caller's",))
    silent = tuple(total(sounds(side)) < _SPOKEN for side in (left, right))
    if all(silent):
        return Order(left, right, False, None, ("neither channel has any sound",))
    if _same(left, right):
        note = "both channels are the same: agent and caller can't be told apart, all of it is taken for the caller's"
        return Order(left, None, False, None, (note,))
    echoes = (_crosstalk(right, left), _crosstalk(left, right)) if not any(silent) else (None, None)
    known = _by_journal(left, right, agent_spans) if agent_spans else 0
    if known:
        swapped, notes = known < 0, ["the channels are swapped: the journal's agent is left"] if known < 0 else []
    elif any(silent):
        swapped, notes = False, ["which side has the sound can't be told: the caller is taken to be left"]
    else:
        swapped, notes = _by_sound(left, right, echoes, agent_first)
    if any(silent):
        notes.append(f"the {'agent' if silent[0] == swapped else 'caller'}'s channel is silent")
    crosstalk = _named(echoes, swapped)
    if crosstalk is not None:
        other = "agent" if crosstalk.into == "caller" else "caller"
        lower = f"{crosstalk.db} dB lower and {crosstalk.delay_ms} ms later"
        notes.append(f"crosstalk: the {crosstalk.into}'s channel carries the {other}'s voice, {lower}")
    caller, agent = (right, left) if swapped else (left, right)
    return Order(caller, agent, swapped, crosstalk, tuple(notes))


def _same(left: Pcm, right: Pcm) -> bool:
    """Whether less than a hundredth of the energy is in the difference."""
    size, apart, whole = min(len(left), len(right)), 0.0, 0.0
    for place in range(0, size, _PIECE):
        one = left[place : min(place + _PIECE, size)].astype(np.float64)
        apart += float(((one - right[place : place + one.size]) ** 2).sum())
        whole += float((one**2).sum())
    return apart < whole / 100


def _by_journal(left: Pcm, right: Pcm, agent_spans: tuple[Span, ...]) -> int:
    """1: the agent is right; -1: it is left; 0: its times fit both alike."""
    said = np.zeros(-(-len(left) // FRAME), dtype=np.float64)
    for begin, end in agent_spans:
        said[begin // FRAME : -(-end // FRAME)] = 1
    better = _fit(right, said) - _fit(left, said)
    return 0 if abs(better) < 0.2 else int(np.sign(better))


def _fit(channel: Pcm, said: npt.NDArray[np.float64]) -> float:
    """How well a channel's sound fits the frames in which the agent spoke, -1..1, at the best shift."""
    of = peaks(channel)
    heard = (of > noise_peak(of)).astype(np.float64)[: said.size]
    heard -= heard.mean()
    spread = float(np.sqrt((heard**2).sum() * ((said - said.mean()) ** 2).sum()))
    if not spread:
        return 0.0
    return max(float(heard @ np.roll(said, shift)[: heard.size]) for shift in _SHIFTS) / spread


def _by_sound(
    left: Pcm, right: Pcm, echoes: tuple[_Echo | None, _Echo | None], agent_first: bool
) -> tuple[bool, list[str]]:
    """Whether the channels are swapped, and what there is to say about it."""
    found = [(_by_silence(left, right), "is digitally silent in its pauses")]
    if agent_first:
        found.append((_by_greeting(left, right), "speaks first"))
    if (echoes[0] is None) != (echoes[1] is None):
        found.append((1 if echoes[0] else -1, "comes back in the other"))
    weight = sum(one for one, _ in found)
    if weight <= -2:
        why = " and ".join(what for one, what in found if one < 0)
        return True, [f"the channels are swapped: the left one {why}, as an agent's does"]
    if weight < 1:
        return False, ["which channel is the caller's can't be told from the sound: the left one is taken"]
    return False, []


def _by_silence(left: Pcm, right: Pcm) -> int:
    """1: the right channel's pauses are digital silence and the left one's are not; -1: the other way round."""
    shares = []
    for side in (left, right):
        of = peaks(side)
        pauses = of[of <= noise_peak(of)]
        shares.append(float((pauses <= IDLE).mean()) if pauses.size else 0.0)
    return int(shares[1] - shares[0] > 0.5) - int(shares[0] - shares[1] > 0.5)


def _by_greeting(left: Pcm, right: Pcm) -> int:
    """1: the right one speaks first, 2: at length before the left one is heard; negative: the left one."""
    spoken = [
        [span for span in joined(sounds(side), samples(200)) if span[1] - span[0] >= _SPOKEN] for side in (left, right)
    ]
    if not all(spoken):
        return 0
    sign = 1 if spoken[1][0] < spoken[0][0] else -1
    first, other = (spoken[1], spoken[0]) if sign > 0 else (spoken[0], spoken[1])
    heard = other[0][0]
    alone = total((begin, min(end, heard)) for begin, end in first if begin < heard)
    if alone >= _ALONE:
        return 2 * sign
    return sign if heard - first[0][0] > samples(200) else 0


def _named(echoes: tuple[_Echo | None, _Echo | None], swapped: bool) -> Crosstalk | None:
    """The louder of the two, by the side it is in. Given: that in the left channel, that in the right one."""
    into: tuple[Literal["caller", "agent"], ...] = ("agent", "caller") if swapped else ("caller", "agent")
    found = [Crosstalk(name, *one) for name, one in zip(into, echoes, strict=True) if one]
    return min(found, key=lambda one: one.db, default=None)


def _crosstalk(source: Pcm, other: Pcm) -> _Echo | None:
    """The source's voice in the other channel, from pieces in which the source is 6 dB louder or more."""
    size = min(len(source), len(other) - _LONGEST_ECHO) // _PIECE
    if size < 2:
        return None
    energy = [_energies(side[: size * _PIECE]) for side in (source, other)]
    louder = np.where(energy[0] > _PIECE * AUDIBLE**2, energy[0] / (energy[1] + 1), 0)
    chosen = [int(place) for place in np.argsort(-louder, kind="stable")[:_MOST_PIECES] if louder[place] > 4]
    found = [_echo(source, other, place * _PIECE) for place in chosen]
    alike = [(lag, gain) for rho, lag, gain in found if rho > _ALIKE]
    if len(alike) < 2:
        return None
    delay = int(np.median([lag for lag, _ in alike]))
    agreed = [gain for lag, gain in alike if abs(lag - delay) <= samples(10)]
    if 2 * len(agreed) < len(found):
        return None
    lower = -20 * np.log10(max(float(np.median(agreed)), 1e-5))
    return duration_ms(delay), max(0, round(float(lower)))


def _energies(channel: Pcm) -> npt.NDArray[np.float64]:
    pieces = channel.reshape(-1, _PIECE)
    of: npt.NDArray[np.float64] = np.einsum("ij,ij->i", pieces, pieces, dtype=np.float64)
    return of


def _echo(source: Pcm, other: Pcm, place: int) -> tuple[float, int, float]:
    """The best correlation of one piece with the other channel, 0..1, its delay in samples, the gain there."""
    said = source[place : place + _PIECE].astype(np.float64)
    heard = other[place : place + _PIECE + _LONGEST_ECHO].astype(np.float64)
    size = said.size + heard.size
    cross = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size)), size)[: _LONGEST_ECHO + 1]
    power = np.concatenate(([0.0], np.cumsum(heard**2)))
    there = power[_PIECE : _PIECE + _LONGEST_ECHO + 1] - power[: _LONGEST_ECHO + 1]
    mine = float((said**2).sum())
    alike = np.abs(cross) / np.sqrt(mine * there + 1)
    lag = int(np.argmax(alike))
    return float(alike[lag]), lag, float(abs(cross[lag]) / mine)
