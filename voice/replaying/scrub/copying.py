"""A copy of a call that is fit to share: the call taken anew by a caller with other values and another voice.

Nothing is cut out of the original. Each turn of its caller is put into words that hold stand-ins (`voice.replaying.
restating`), spoken by the product's own voice, and the call is run again with that caller; so nothing of the original,
neither word nor sound, is in what that leaves. Then it is looked through for traces all the same.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sop import FlowError
from sop.graph import Graph
from sop.reading import Hypothesis
from voice import replay
from voice.commands import Transcribe, Urgency
from voice.errors import OperatorError
from voice.journal import Journal, Recording, read_entries
from voice.recorded import Recorded
from voice.replaying import accepting, audio_depth
from voice.replaying.course import Course, course_of
from voice.replaying.depth import Depth
from voice.replaying.finding import find, opened
from voice.replaying.options import Options
from voice.replaying.past import Past
from voice.replaying.recording import SILENCE_OF, SILENT, caller_of
from voice.replaying.rerun import Given, Rerun
from voice.replaying.result import result_of
from voice.replaying.scrub.clips import LINE, Clip, Wording, line_like, noise_like, sentence, spoken
from voice.replaying.scrub.known_words import KnownWords
from voice.replaying.scrub.original import Original
from voice.replaying.scrub.own_flow import flow_of
from voice.replaying.scrub.plain_words import Vocabulary, vocabulary
from voice.replaying.scrub.restating import Restater, Uttered
from voice.replaying.scrub.rewriting import Rewriter
from voice.replaying.scrub.scenario_file import dumped, write_scenario
from voice.replaying.scrub.stand_ins import StandIns, stand_ins
from voice.replaying.scrub.telling import CallerTurn
from voice.replaying.scrub.traces import needles, traces
from voice.replaying.senses import Models
from voice.replaying.taken import JOURNAL, RECORDING, SCENARIO, Taken, Told
from voice.scenario import Turn

_ATTEMPTS = 3
"""So many sets of stand-ins are tried until the recogniser hears the copy as the original was heard."""


class _Unfit(OperatorError):
    """This set of stand-ins makes no copy; another may."""


class _Whole(Recording):
    """Both sides, what is private included: in a copy nobody's is."""

    @property
    def masked(self) -> bool:
        """Never."""
        return False

    @masked.setter
    def masked(self, to: bool) -> None:
        pass


class _Retold(Told):
    """What a journal tells, with stand-ins in it."""

    def __init__(self, past: Past) -> None:
        self._past = past

    @property
    def past(self) -> Past:
        """What the caller did, and what came from outside."""
        return self._past


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was made."""

    folder: Path
    """Holds its files, and nothing else."""
    values: int
    """How many were replaced."""
    turns: int
    """Spoken anew."""
    heard_alike: bool
    """Whether it comes to the same by its sound alone, with the real recogniser."""


async def copied(original: Original, name: str, folder: Path, senses: Models, options: Options) -> Copied:
    """The copy of this name, below an empty folder.

    Raises:
        OperatorError: no copy comes to the same as the original, or something of it is left in each.
    """
    kept: Copied | None = None
    fault: _Unfit | None = None
    for attempt in range(_ATTEMPTS):
        place = folder / str(attempt)
        place.mkdir()
        try:
            made = await _Copier(original, name, attempt, senses, options).make(place)
        except _Unfit as error:
            fault = error
            shutil.rmtree(place)
            continue
        if made.heard_alike:
            return made
        kept = kept or made
    if kept is None:
        raise fault or OperatorError("no copy was made")
    return kept


class _Copier:
    """One copy with one set of stand-ins."""

    def __init__(self, original: Original, name: str, attempt: int, senses: Models, options: Options) -> None:
        self._original = original
        self._name = name
        self._senses = senses
        self._options = options
        taken = original.taken
        self._own: Vocabulary = vocabulary(taken.flow)
        self._stands: StandIns = stand_ins(original.held, now=taken.start.now, own=self._own, attempt=attempt)
        self._rewriter = Rewriter(taken.graph, self._stands, self._own, original.held)
        self._restater = Restater(taken.graph, self._stands, self._own, taken.start.now)
        self._flow = flow_of(original, name)

    async def make(self, place: Path) -> Copied:
        """Raises _Unfit."""
        turns, clips = await self._caller()
        taken = self._taken([turn for turn, _ in turns], clips)
        path = place / f"{self._name}.jsonl"
        course = await self._run(taken, {n: clip for n, (_, clip) in enumerate(turns) if clip is not None}, path)
        self._compare(course)
        says = [turn.says or "" for turn, _ in turns if turn.clip is not None]
        match self._original.found.kind:
            case kind if kind == JOURNAL:
                if not replay.replay(path).identical:
                    raise _Unfit(self._why("its journal does not replay alike"))
            case kind if kind == RECORDING:
                path.unlink()
            case _:
                path.unlink()
                path.with_suffix(".wav").unlink()
                write_scenario(place / self._name, taken.recorded)
        self._write_beside(place, course, says)
        self._look_through(place)
        if self._flow is not None:  # the business's own text may hold what a call's values are looked for
            self._flow.write(place / self._name if self._original.found.kind == SCENARIO else place)
        spoken_turns = sum(clip is not None and bool(clip.parts) for _, clip in turns)
        return Copied(place, len(self._stands.values), spoken_turns, await self._heard_alike(place, course))

    def _why(self, what: str) -> str:
        return f"{self._original.found.path} can't be copied: {what}"

    # ---- the caller ----------------------------------------------------------------------------------------

    async def _caller(self) -> tuple[list[tuple[Turn, Clip | None]], dict[str, bytes]]:
        """The copy's turns with their sounds, and the sounds by file name."""
        recorded = self._original.taken.recorded
        made: list[tuple[Turn, Clip | None]] = []
        clips: dict[str, bytes] = {}
        for number, turn in enumerate(self._keyed(self._original.turns), 1):
            clip = await self._clip(turn, number)
            if turn.turn.clip is not None and clip is None:
                continue
            if clip is None:
                made.append((turn.turn, None))
                continue
            file = f"{len(clips) + 1:02d}.wav"
            clips[file] = clip.mulaw
            made.append((_worded(turn.turn, file, clip), clip))
        if not made:
            clips |= SILENCE_OF
            made.append((SILENT, Clip(SILENT.sound(clips), ())))
        between = recorded.scenario.between if recorded else None
        line = line_like(recorded.clips[between]) if recorded and between else None
        return made, clips | ({LINE: line} if line is not None else {})

    def _keyed(self, turns: Sequence[CallerTurn]) -> list[CallerTurn]:
        """The turns with other keys; keys with no speech between them are one entry."""
        changed = list(turns)
        places: list[int] = []
        for place, turn in enumerate([*turns, None]):
            if turn is not None and turn.turn.keys is not None:
                places.append(place)
                continue
            others = self._rewriter.keys([turns[at].turn.keys or "" for at in places])
            for at, keys in zip(places, others, strict=True):
                changed[at] = replace(turns[at], turn=turns[at].turn.model_copy(update={"keys": keys}))
            places = []
        return changed

    async def _clip(self, turn: CallerTurn, number: int) -> Clip | None:
        """A turn's sound; None for one that has none, or none that anybody made anything of."""
        if turn.turn.clip is None:
            return None
        wordings: list[Wording] = []
        before = 0
        for phrase in turn.phrases:
            if phrase.uttered is None:
                found = Hypothesis(self._restater.loosely(phrase.text), 0.0)
            else:
                found = await self._restated(phrase.uttered, number)
            if found.text:
                sure = found.confidence if phrase.uttered is not None else None
                wordings.append(Wording(found.text, sure, phrase.begins - before))
                before = phrase.ends
        if wordings:
            return await spoken(wordings, self._senses)
        recorded = self._original.taken.recorded
        if recorded is None or self._original.found.kind != SCENARIO:
            return None
        return Clip(noise_like(turn.turn.sound(recorded.clips)), ())

    async def _restated(self, said: Uttered, number: int) -> Hypothesis:
        """Other words that mean the same, if possible some that the recogniser hears so."""
        fitting = self._restater.restated(said)
        if not fitting:
            raise _Unfit(self._why(f"no other words for the caller's turn {number} mean the same to the procedure"))
        expecting = self._restater.expecting(said)
        for one in fitting:
            clip = await spoken([Wording(one.text, None, 0)], self._senses)
            end = len(clip.mulaw)
            heard = await self._senses.transcribe(clip.mulaw, Transcribe(number, 0, end, Urgency.FINAL, expecting))
            if self._restater.is_heard(said, heard):
                return one
        return fitting[0]

    def _taken(self, turns: list[Turn], clips: dict[str, bytes]) -> Taken:
        """The copy, ready to be run."""
        taken = self._original.taken
        between = LINE if LINE in clips else None
        if self._original.found.kind == SCENARIO and taken.recorded is not None:
            changes: dict[str, object] = {
                "turns": tuple(turns),
                "between": between,
                "voice": "the voice that comes with Switchboard",
            }
            new = self._rewriter.scenario(taken.recorded.scenario, self._name, self._original.tools)
            if self._flow is not None:
                changes["flow"] = self._flow.path
            recorded = Recorded(new.model_copy(update=changes), clips)
        else:
            says = tuple(turn.says or "" for turn in turns if turn.clip is not None)
            recorded = caller_of(turns, clips, between, says)
        return replace(
            taken,
            name=self._name,
            start=self._rewriter.start(taken.start, self._name),
            recorded=recorded,
            as_recorded=None,
            longest_s=taken.limit_s,
            told=_Retold(self._rewriter.past(taken.past)) if taken.past is not None else None,
        )

    # ---- the call ------------------------------------------------------------------------------------------

    async def _run(self, taken: Taken, words: dict[int, Clip], path: Path) -> Course:
        """Takes the call; its journal and sound are left."""
        caller = taken.caller()
        hears = KnownWords(self._senses, caller, {turn: clip.parts for turn, clip in words.items()})
        given = Given(taken.start, taken.graph, taken.settings, taken.limit_s)
        journal = Journal(path, replay.header(taken.graph, taken.flow, taken.settings))
        sound = _Whole(path.with_suffix(".wav"))
        await Rerun(given, caller, hears, taken.outside(taken.graph), journal, sound).run()
        return course_of(read_entries(path), clock_stands=True)

    def _compare(self, course: Course) -> None:
        """Raises _Unfit where the copy does not come to what the original came to."""
        was = self._original.course
        if course.path != was.path:
            step = next((n for n, (a, b) in enumerate(zip(was.path, course.path, strict=False)) if a != b), None)
            at = was.path[step - 1] if step else was.path[-1] if was.path else "its beginning"
            raise _Unfit(self._why(f"with stand-ins the call goes another way behind step {at}"))
        if course.outcome != was.outcome:
            raise _Unfit(self._why(f"with stand-ins its outcome is {course.outcome}, not {was.outcome}"))
        graph = self._original.taken.graph
        wrong = [slot for slot in was.slots if not self._stands_in(graph, slot, was, course)]
        if wrong or set(course.slots) != set(was.slots):
            raise _Unfit(self._why(f"with stand-ins other values come out: {', '.join(wrong) or 'more or fewer'}"))

    def _stands_in(self, graph: Graph, slot: str, was: Course, course: Course) -> bool:
        free = slot in graph.slots and graph.slots[slot].type == "free_text"
        found = course.slots.get(slot)
        return found is not None and (free or found.value == self._stands.of(was.slots[slot].value))

    async def _heard_alike(self, place: Path, course: Course) -> bool:
        """Whether the copy, opened as anybody opens it, comes to the same by its sound alone. Raises _Unfit where that
        does not find its procedure."""
        work = place.with_name(place.name + "-heard")
        work.mkdir()
        named = place / self._name
        path = next(p for p in (named, named.with_suffix(".jsonl"), named.with_suffix(".wav")) if p.exists())
        try:
            taken = opened(find([str(path)])[0], Depth.AUDIO)
            result = await audio_depth.run(taken, replace(self._options, depth=Depth.AUDIO), self._senses, work)
        except FlowError:
            raise _Unfit(self._why("its procedure can't be read from the files that go along")) from None
        except OperatorError:
            return False
        finally:
            shutil.rmtree(work)
        return (result.path, result.outcome) == (course.path, course.outcome)

    # ---- what stands beside it -----------------------------------------------------------------------------

    def _write_beside(self, place: Path, course: Course, says: list[str]) -> None:
        before, taken = self._original.beside, self._original.taken
        if before is None:
            return
        other = self._rewriter.beside(before, says, self._flow.path if self._flow is not None else None)
        path = place / f"{self._name}.yaml"
        if before.accepted is not None:
            result = result_of(
                course,
                call=self._name,
                kind=taken.kind,
                depth=Depth.AUDIO.value,
                flow=taken.graph.name,
                version=taken.graph.version,
            )
            path.write_text(accepting.accepted(result, other, on=before.accepted.on), encoding="utf-8")
        else:
            path.write_text(dumped(other), encoding="utf-8")

    def _look_through(self, place: Path) -> None:
        """Raises _Unfit where something of the original is left."""
        left = traces(place, needles(self._original.held, self._stands, self._own))
        if left:
            raise _Unfit(self._why(f"something of this is left in the copy: {', '.join(left)}"))


def _worded(turn: Turn, file: str, clip: Clip) -> Turn:
    """The turn with another sound and its words."""
    says = " ".join(sentence(part.text) for part in clip.parts)
    ends = {"voice_ends_ms": clip.voice_ends_ms} if clip.parts else {}
    return Turn(clip=file, says=says, when=turn.when, **ends)
