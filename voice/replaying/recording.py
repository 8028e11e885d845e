"""A recording → a caller who can ring again: with our journal beside it, or from elsewhere with no journal at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from voice.audio import FRAME, LINE_RATE, SILENCE, Pcm, encode
from voice.call import CallSettings
from voice.errors import OperatorError
from voice.events import CallStarted
from voice.gate import moment
from voice.recorded import Recorded
from voice.replaying.activity import Span, sounds
from voice.replaying.as_recorded import AsRecorded
from voice.replaying.audio_file import read_call_audio
from voice.replaying.channels import Order, order_of
from voice.replaying.expected import Beside
from voice.replaying.past import Past
from voice.replaying.taken import CUT_SHORT, MORE_S, RECORDING, STREAM, Taken, call_sid, read_flow
from voice.replaying.turn_finding import FoundTurns, find_turns
from voice.scenario import Expect, Over, Scenario, Turn
from voice.vad import Detector

_DRIFT_S = 0.5
"""Journal and recording of one call differ by less."""
SILENT = Turn(clip="silence.wav", says="", when=Over(over="prompt", at_ms=0))
"""The one turn of a caller who does nothing: a scenario has at least one."""
SILENCE_OF: Mapping[str, bytes] = MappingProxyType({"silence.wav": SILENCE * FRAME})
"""Its clip."""


def from_journal_and_audio(taken: Taken, beside: Beside | None) -> Taken:
    """A call of our own with its sound: the WAV beside its journal.

    Raises:
        OperatorError: the sound is gone, or it is another call's.
    """
    path = taken.path.with_suffix(".wav")
    if not path.is_file():
        raise OperatorError(
            f"{path.name}, the sound of {taken.path}, is gone; --depth journal goes without it, or put it back"
        )
    assert taken.told is not None
    past = taken.told.past
    audio = read_call_audio(path)
    seconds, journal_s = len(audio.left) / LINE_RATE, past.samples / LINE_RATE
    notes = list(audio.notes)
    if abs(seconds - journal_s) > _DRIFT_S:
        notes.append(f"the sound is {seconds:.1f} s long, the journal {journal_s:.1f} s")
    if not past.ended:  # nobody knows which of the rest is speech
        right = audio.right[: past.samples] if audio.right is not None else None
        audio = replace(audio, left=audio.left[: past.samples], right=right)
    spans = tuple((one.begins, one.ends) for turn in taken.told.course.turns for one in turn.agent)
    order = order_of(audio.left, audio.right, agent_spans=spans or None)
    probabilities = None if order.swapped else _as_heard(past)
    if not _belongs(order, past, spans):
        raise OperatorError(
            f"{path.name} is not the sound of {taken.path}: nobody speaks when the journal says; put the right one back"
        )
    found = _turns(order, probabilities, keys=tuple(past.keys), hung_up=past.hung_up)
    notes += [*order.notes, *found.notes, *_miscounted(found, beside)]
    if not past.ended:
        notes.append(CUT_SHORT)
    with_caller = _with(
        taken, order, found, keys=tuple(past.keys), hung_up=past.hung_up, says=beside.says if beside else None
    )
    return replace(with_caller, notes=tuple(notes))


def from_recording(name: str, path: Path, beside: Beside | None, flow: str | None) -> Taken:
    """A recording from elsewhere.

    Raises:
        OperatorError: it can't be read, nobody speaks in it, or nobody says which procedure it was taken with.
        FlowError: there is no such procedure, or it has mistakes.
    """
    beside = beside or Beside()
    named = beside.flow or flow
    if named is None:
        raise OperatorError(
            f"{path} does not say which procedure answered it: use --flow, or write `flow:` into {path.stem}.yaml"
        )
    graph, source = read_flow(named)
    audio = read_call_audio(path)
    order = order_of(audio.left, audio.right)
    found = _turns(order, None, keys=(), hung_up=False)
    if not found.turns:
        raise OperatorError(f"in {path} no caller speaks{_because(order)}")
    notes = [*audio.notes, *order.notes, *found.notes, *_miscounted(found, beside)]
    if beside.now is None:
        notes.append("nobody says when the call was taken: `now:` beside it gives words like tomorrow their meaning")
    if beside.caller is None and any(spec.offer == "caller_number" for spec in graph.slots.values()):
        notes.append("nobody says which number called: with `caller:` beside it the procedure can offer that number")
    now = moment(beside.now) if beside.now else datetime(2026, 1, 5, 12, tzinfo=UTC).isoformat()
    taken = Taken(
        name=name,
        kind=RECORDING,
        path=path,
        start=CallStarted(0, call_sid(name), STREAM, None if beside.caller == "anonymous" else beside.caller, now),
        flow=source,
        graph=graph,
        settings=CallSettings(),
        longest_s=len(audio.left) / LINE_RATE + MORE_S,
        expected=beside,
        notes=tuple(notes),
    )
    return _with(taken, order, found, keys=(), hung_up=False, says=beside.says)


def _miscounted(found: FoundTurns, beside: Beside | None) -> list[str]:
    """That words are given turn by turn, and not for as many turns as there are."""
    spoken = sum(turn.clip is not None for turn in found.turns)
    if beside is None or beside.says is None or len(beside.says) == spoken:
        return []
    return [f"`says:` has {len(beside.says)} turns, in the recording are {spoken}: its words may stand at other turns"]


def _belongs(order: Order, past: Past, spans: Sequence[Span]) -> bool:
    """Whether the agent, or where it can't be heard the caller, sounds when the journal says that it spoke."""
    length = min(len(past.frames), len(order.caller) // FRAME)
    said = np.array(past.frames[:length]) >= _SPEECH
    spoke = _marked(spans, length)
    agent = _marked(sounds(order.agent), length) if order.agent is not None else np.zeros(length, dtype=bool)
    if min(int(agent.sum()), int(spoke.sum())) >= _ENOUGH:
        return _fits(agent, spoke, _AGENT_FITS)
    caller = _marked(sounds(order.caller), length)
    return min(int(caller.sum()), int(said.sum())) < _ENOUGH or _fits(caller, said, _CALLER_FITS)


def _marked(spans: Sequence[Span], length: int) -> npt.NDArray[np.bool_]:
    frames = np.zeros(length, dtype=bool)
    for begin, end in spans:
        frames[begin // FRAME : -(-end // FRAME)] = True
    return frames


def _fits(sound: npt.NDArray[np.bool_], spoke: npt.NDArray[np.bool_], least: float) -> bool:
    """Whether so much more of the sound lies where somebody spoke than would by chance: 0 is chance, 1 all of it. A
    file that has been converted may be off by a little."""
    chance = float(spoke.mean())
    best = max(float(spoke[np.roll(sound, shift)].mean()) for shift in range(-5, 6))
    return best - chance >= least * (1 - chance)


_SPEECH = 0.5
_ENOUGH = 25
"""Frames below which nothing can be told: half a second."""
_AGENT_FITS = 0.85
"""Measured: 1.0 of a call with its own journal, at most 0.8 with one of the same procedure and much the same words."""
_CALLER_FITS = 0.5
"""Measured: 0.55 with noise on the line."""


def _because(order: Order) -> str:
    return f": {'; '.join(order.notes)}" if order.notes else ""


def _as_heard(past: Past) -> Callable[[bytes], float]:
    """The detector's own answers of then, in order; nothing behind them."""
    frames: Iterator[float] = iter(past.frames)
    return lambda _: next(frames, 0.0)


def _turns(
    order: Order, speech: Callable[[bytes], float] | None, *, keys: tuple[tuple[int, str], ...], hung_up: bool
) -> FoundTurns:
    return find_turns(
        order.caller,
        order.agent,
        speech or Detector().speech,
        keys=keys,
        hung_up=hung_up,
        crosstalk=order.crosstalk if order.crosstalk is not None and order.crosstalk.into == "caller" else None,
    )


def _with(
    taken: Taken,
    order: Order,
    found: FoundTurns,
    *,
    keys: tuple[tuple[int, str], ...],
    hung_up: bool,
    says: tuple[str, ...] | None,
) -> Taken:
    """The call with its caller, turn by turn and as recorded."""
    recorded = caller_of(found.turns, found.clips, found.between, says)
    return replace(taken, recorded=recorded, as_recorded=lambda: _played(order.caller, found, keys, hung_up=hung_up))


def _played(channel: Pcm, found: FoundTurns, keys: tuple[tuple[int, str], ...], *, hung_up: bool) -> AsRecorded:
    tail_ms = 0 if hung_up else MORE_S * 1000 // 2
    return AsRecorded(encode(channel), keys=keys, spans=found.spans, tail_ms=tail_ms)


def caller_of(
    turns: Sequence[Turn], clips: Mapping[str, bytes], between: str | None, says: Sequence[str] | None
) -> Recorded:
    """Turns as a scenario with its clips; `says` gives words to those that speak, in order. A caller who does nothing
    is silent."""
    words = iter(says or ())
    given: list[Turn] = []
    for turn in turns:
        changes: Mapping[str, object] = {"says": next(words, "")} if turn.clip is not None else {}
        given.append(turn.model_copy(update=dict(changes)))
    scenario = Scenario(
        name="recorded",
        description="",
        flow="",
        caller="anonymous",
        now="2026-01-05T12:00:00+00:00",
        voice="",
        between=between,
        turns=tuple(given) or (SILENT,),
        expect=Expect(outcome=""),
    )
    return Recorded(scenario, clips if given else {**clips, **SILENCE_OF})
