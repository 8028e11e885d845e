"""From the two sides of a call to what its caller did: the turns of a scenario, and the clips that they play.

A turn is one stretch of the caller's speech. A pause in which the agent begins to speak ends it; a pause in which the
agent says nothing stays in its clip. Where it begins is said as `voice.caller.Caller` counts it, so that the turn
keeps its place when a prompt gets longer:

- begun while the agent speaks: milliseconds since the agent's first sound after the caller's last clip;
- otherwise: milliseconds since the agent's last sound, and always more than the prompt's own pauses, or the Caller
  would take one of those for the end.

Nothing here is recognised: turns have no words yet.
"""

import bisect
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from voice.audio import FRAME, Pcm, duration_ms, encode, padded, samples
from voice.caller import BREATH
from voice.replaying.activity import Span, joined, sounds
from voice.replaying.caller_side import line_noise, voiced
from voice.replaying.channels import Crosstalk
from voice.scenario import QUIET_MS, After, Over, Turn

LINE = "line.wav"
"""The clip of the caller's line noise."""
_MARGIN = samples(200)
"""Of the caller's channel, kept before and behind the voice."""
_FLUENT = samples(400)
"""A pause so short is none, whoever speaks in it."""
_TAIL = samples(1000)
"""An agent that is spoken over stops within so long; what it says until then answers nothing."""
_PAUSE = samples(QUIET_MS)
"""Pauses of the agent's that are shorter are inside one prompt."""
_LONE_PAUSE = samples(1500)
"""Where the agent can't be heard, a longer pause of the caller's ends a turn."""
_CLEAR_OF = samples(40)
"""By how much a caller waits longer than the prompt's longest pause."""
_LINGERS = samples(300)
"""The agent's voice may come back by the caller's telephone for so long."""
_LONGEST_PAUSE_MS = 30_000
_LONGEST_OVER_MS = 60_000


@dataclass(frozen=True, slots=True)
class FoundTurns:
    """A caller, ready for a `voice.scenario.Scenario` and a `voice.recorded.Recorded`."""

    turns: tuple[Turn, ...]
    clips: Mapping[str, bytes]
    """µ-law by file name: 01.wav …, and `LINE` where there is noise between them."""
    between: str | None
    """`LINE`, or None for a line that is digitally silent."""
    spans: tuple[Span, ...]
    """When each turn was, in samples of the recording: its voice from first to last sound, its keys, the hang-up."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Act:
    """One thing that the caller did; it spoke where there are no keys and it does not leave."""

    span: Span
    keys: str = ""
    leaves: bool = False
    clip: Span = (0, 0)
    """What of the channel is played."""
    when: After | Over = field(default_factory=After)
    note: str = ""

    @property
    def speaks(self) -> bool:
        """Whether it is a clip."""
        return not self.keys and not self.leaves


def find_turns(
    caller: Pcm,
    agent: Pcm | None,
    speech: Callable[[bytes], float],
    *,
    keys: Sequence[tuple[int, str]] = (),
    hung_up: bool = False,
    crosstalk: Crosstalk | None = None,
) -> FoundTurns:
    """What the caller of a recording at 8000 Hz did.

    `speech` gives the probability of speech in each 160 bytes of µ-law, in order, as `voice.vad.Detector.speech`.
    `keys` are those pressed, with their samples; `hung_up`: the recording ends because the caller left; `crosstalk`
    of the agent is not taken for the caller.
    """
    said = _Said(sounds(agent) if agent is not None else ())
    spoken, dropped = voiced(caller, speech, agent, crosstalk)
    acts = sorted([*_utterances(spoken, said), *_presses(keys, said)], key=lambda act: act.span)
    acts += [_Act((len(caller), len(caller)), leaves=True)] * hung_up
    placed: list[_Act] = []
    for place, act in enumerate(acts):
        follower = acts[place + 1].span[0] if place + 1 < len(acts) else len(caller)
        placed.append(_placed(act, placed[-1] if placed else None, follower, said))
    turns: list[Turn] = []
    clips: dict[str, bytes] = {}
    for act in placed:
        content: dict[str, Any] = {"keys": act.keys} if act.keys else {"hang_up": True}
        if act.speaks:
            name = f"{len(clips) + 1:02d}.wav"
            clips[name] = padded(encode(caller[act.clip[0] : act.clip[1]]))
            ends = duration_ms(act.span[1] - act.clip[0])
            content = {"clip": name, "says": "", "voice_ends_ms": ends}
        turns.append(Turn(when=act.when, **content))
    busy = [(begin - _MARGIN, end + _MARGIN) for begin, end in (act.span for act in placed)]
    noise = line_noise(caller, [*busy, *((begin, end + _LINGERS) for begin, end in said.spans)])
    if noise is not None:
        clips[LINE] = noise
    notes = [f"turn {place}: {act.note}" for place, act in enumerate(placed, 1) if act.note]
    if dropped:
        left_out = "1 sound" if dropped == 1 else f"{dropped} sounds"
        notes.append(f"{left_out} of the caller's, shorter than 100 ms, left out")
    spans = tuple(act.span for act in placed)
    return FoundTurns(tuple(turns), clips, LINE if noise is not None else None, spans, tuple(notes))


class _Said:
    """When the agent was heard."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.spans = spans
        self._begins = [begin for begin, _ in spans]
        self._ends = [end for _, end in spans]

    def first(self, since: int) -> int | None:
        """The first sample of sound at or behind this one."""
        place = bisect.bisect_right(self._ends, since)
        return max(since, self._begins[place]) if place < len(self.spans) else None

    def last(self, until: int) -> int | None:
        """Behind the last sample of sound before this one."""
        place = bisect.bisect_left(self._begins, until)
        return min(until, self._ends[place - 1]) if place else None

    def within(self, begin: int, end: int) -> list[Span]:
        """What of it lies between."""
        places = slice(bisect.bisect_right(self._ends, begin), bisect.bisect_left(self._begins, end))
        return [(max(begin, one), min(end, other)) for one, other in self.spans[places]]

    def pause(self, begin: int, end: int) -> int:
        """The longest one between two sounds of that time."""
        heard = self.within(begin, end)
        return max((later[0] - one[1] for one, later in itertools.pairwise(heard)), default=0)

    def tail(self, at: int) -> int:
        """Where the words end that are being said at this moment; the moment itself where none are."""
        heard = joined(self.within(max(0, at - BREATH), at + _TAIL + BREATH), BREATH)
        return next((end for begin, end in heard if begin <= at <= end), at)

    def separates(self, begin: int, end: int) -> bool:
        """Whether the agent takes its turn in the caller's pause between these: it begins, or does not stop."""
        if not self.spans:
            return end - begin > _LONE_PAUSE
        after = self.tail(begin)
        return end - begin >= _FLUENT and (after > begin + _TAIL or bool(self.within(after, end)))


def _utterances(spoken: Sequence[Span], said: _Said) -> list[_Act]:
    """The caller's stretches of speech, those put together between which the agent says nothing."""
    acts: list[_Act] = []
    for begin, end in spoken:
        if acts and not said.separates(acts[-1].span[1], begin):
            acts[-1] = _Act((acts[-1].span[0], end))
        else:
            acts.append(_Act((begin, end)))
    return acts


def _presses(keys: Sequence[tuple[int, str]], said: _Said) -> list[_Act]:
    """The same of keys."""
    acts: list[_Act] = []
    for at, key in keys:
        if acts and not said.separates(acts[-1].span[1], at):
            acts[-1] = _Act((acts[-1].span[0], at + FRAME), acts[-1].keys + key)
        else:
            acts.append(_Act((at, at + FRAME), key))
    return acts


def _placed(act: _Act, before: _Act | None, follower: int, said: _Said) -> _Act:
    """The act with its clip and its time. `follower` is where the next one begins."""
    begin, end = act.span
    since = before.clip[1] if before else 0
    first, last = begin, end
    if act.speaks:
        first = max(since, begin - _MARGIN) // FRAME * FRAME
        last = _whole(min(end + _MARGIN, max(end, (end + follower) // 2)))
    if not said.spans:
        return replace(act, clip=(first, last))
    prompt, silent = said.first(since), said.last(begin)
    if prompt is None or silent is None or prompt >= begin:
        note = "the agent had not spoken since; it comes with the agent's next sound"
        return replace(act, clip=(first, last), when=Over(over="prompt", at_ms=0), note=note)
    resumes, longest = said.first(begin), said.pause(prompt, silent)
    speaking = begin - silent < FRAME or (resumes is not None and resumes - silent < _PAUSE)
    behind = min(max(first, _whole(silent + FRAME)), begin)
    if speaking or behind - silent <= longest >= _PAUSE:
        first = min(max(first, _whole(prompt)), begin)
        when, note = _over(duration_ms(first - prompt))
    else:
        first = behind
        when, note = _after(duration_ms(first - silent), duration_ms(longest + _CLEAR_OF) if longest else 0)
    # The Caller listens for a prompt from its clip's end on: the rest of this one must not seem the next.
    if speaking and (stops := said.tail(last)) <= last + _TAIL:
        last = max(last, min(_whole(stops), follower // FRAME * FRAME))
    return replace(act, clip=(first, last), when=when, note=note)


def _whole(at: int) -> int:
    """The first frame's beginning not before this sample."""
    return -(-at // FRAME) * FRAME


def _over(at_ms: int) -> tuple[After | Over, str]:
    if at_ms > _LONGEST_OVER_MS:
        return Over(over="prompt", at_ms=_LONGEST_OVER_MS), f"{at_ms} ms into the prompt; it comes earlier"
    return Over(over="prompt", at_ms=at_ms), ""


def _after(waited_ms: int, least_ms: int) -> tuple[After | Over, str]:
    """`least_ms`: what it takes not to come in a pause of the prompt."""
    note = f"waits {least_ms} ms, not {waited_ms}: so long are the prompt's pauses" if waited_ms < least_ms else ""
    waits = max(waited_ms, least_ms, 20)
    quiet = min(QUIET_MS, waits)
    if waits - quiet > _LONGEST_PAUSE_MS:
        note, waits = f"waited {waits} ms; it comes earlier", quiet + _LONGEST_PAUSE_MS
    return After(quiet_ms=quiet, pause_ms=waits - quiet), note
