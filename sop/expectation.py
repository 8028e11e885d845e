"""What a state waits for, and how far a partial answer has come."""

from dataclasses import replace

from sop.global_words import find_global
from sop.graph import Graph
from sop.reading import Completeness, Expectation, GlobalWord
from sop.slots import slot_type
from sop.slots.yes_no import Verdict, YesNo, read_verdict
from sop.slots.yes_no_question import Asking, asking_of
from sop.state import LISTENING, Phase, State
from sop.steps import ReviewStep, slots_of
from sop.words import FILLERS, Words, phrase_list, says, split_words, word_set

_MOST_BIAS_WORDS = 18
"""Keeps the phrases below 30 tokens of Whisper's vocabulary."""
_UNFINISHED = word_set("""
    and but um uh er or so because the my an is it's at to for of with from i i'm no-one that's it's its in
    on area apartment apt unit suite number like name address then double triple
""")
_UNFINISHED_PHRASES = phrase_list("""
    my number is, my name is, this is, the address is, let me see, i live at, it is, hold on, hang on, one
    moment, one second, just a second, just a minute, let me check, wait a minute, wait a second, one sec,
    just a moment
""")


def expect(graph: Graph, state: State) -> Expectation:
    """What the current step is waiting for."""
    spec = graph.slots.get(state.slot)
    found = Expectation(
        step=state.step,
        kind="nothing",
        filled=tuple(state.values),
        known=tuple((name, held.value) for name, held in state.values.items()),
        caller=state.caller,
    )
    if state.phase not in LISTENING:
        return found
    found = replace(found, open=_open(graph, state), private=_is_private(graph, state))
    if state.phase is Phase.ASKING and spec:
        kind = slot_type(graph, spec)
        return replace(
            found,
            kind=spec.type,
            slot=spec.name,
            candidates=tuple(option.name for option in spec.options),
            bias=_bounded(kind.bias),
            keypad=kind.keys(spec),
            begun=state.begun,
            offered=" ".join(line.text for line in state.question if not line.fixed) if spec.type == "yes_no" else "",
        )
    if state.phase in (Phase.OFFERING, Phase.CONFIRMING) and spec:
        kind = slot_type(graph, spec)
        bias = _bounded((*YesNo().bias, *kind.bias))
        return replace(found, kind="yes_no", slot=spec.name, bias=bias, keypad=max(1, kind.keys(spec)))
    if state.phase in (Phase.REVIEWING, Phase.PROPOSING):
        return replace(found, kind="yes_no", bias=_bounded(YesNo().bias), keypad=1)
    return found


def _open(graph: Graph, state: State) -> tuple[str, ...]:
    """The slots that the steps ahead ask for and that may be given unasked."""
    names = {slot for step in (state.step, *(f.step for f in state.stack)) for slot in graph.ahead.get(step, ())}
    return tuple(name for name, spec in graph.slots.items() if name in names and spec.volunteer)


def _is_private(graph: Graph, state: State) -> bool:
    """Whether a private slot is asked for, offered or being confirmed, alone or among all that is read back."""
    step = graph.steps.get(state.step)
    asked = slots_of(step) if step and state.phase is Phase.REVIEWING else (state.slot,)
    return any(graph.slots[name].private for name in asked if name in graph.slots)


def _bounded(phrases: tuple[str, ...]) -> tuple[str, ...]:
    kept: list[str] = []
    words = 0
    for phrase in phrases:
        words += len(phrase.split())
        if words > _MOST_BIAS_WORDS:
            break
        kept.append(phrase)
    return tuple(kept)


def completeness(graph: Graph, expecting: Expectation, text: str) -> Completeness:
    """How far an answer has come. Called on every partial transcript."""
    words = split_words(text)
    if not words:
        return Completeness.EMPTY
    word = find_global(words) if expecting.kind != "nothing" else None
    if word is GlobalWord.HOLD_ON or (
        all(word in FILLERS for word in words) and words[-1] not in ("yeah", "okay", "ok")
    ):
        return Completeness.PARTIAL
    spec = graph.slots.get(expecting.slot or "")
    if expecting.kind == "yes_no":
        return _yes_no(graph, expecting, words)
    if spec is None:
        return Completeness.OPEN
    if _breaks_off(words):
        return Completeness.PARTIAL
    found = slot_type(graph, spec).completeness(words, spec)
    if word is not None and found is Completeness.OPEN:
        return Completeness.COMPLETE
    return found


def asking(graph: Graph, expecting: Expectation) -> Asking:
    """What the open yes-or-no question asks for."""
    spec, step = graph.slots.get(expecting.slot or ""), graph.steps.get(expecting.step)
    if spec is not None:
        return asking_of(spec.prompt) if spec.type == "yes_no" else Asking.READ_BACK
    if isinstance(step, ReviewStep):
        return Asking.OFFER if asking_of(step.text) is Asking.OFFER else Asking.REVIEW
    return Asking.OFFER


def verdict_of(graph: Graph, expecting: Expectation, words: Words) -> Verdict:
    """Yes, no or neither to the open yes-or-no question."""
    spec = graph.slots.get(expecting.slot or "")
    prompt = spec.prompt if spec is not None and spec.type == "yes_no" else ""
    return read_verdict(words, asking(graph, expecting), prompt)


def _yes_no(graph: Graph, expecting: Expectation, words: Words) -> Completeness:
    """A yes is complete; after a bare no most people go on with what is right."""
    verdict = verdict_of(graph, expecting, words)
    if _breaks_off(words) and not (verdict.yes and not verdict.rest):
        return Completeness.PARTIAL
    spec = graph.slots.get(expecting.slot or "")
    inner = slot_type(graph, spec).completeness(verdict.rest, spec) if spec and verdict.rest else Completeness.OPEN
    if inner is not Completeness.OPEN:
        return inner
    told = verdict.yes is True or (verdict.yes is False and not verdict.rest and len(words) > 1)
    return Completeness.COMPLETE if told else Completeness.OPEN


def _breaks_off(words: Words) -> bool:
    return (
        words[-1] in _UNFINISHED
        or any(words[-len(phrase) :] == phrase for phrase in _UNFINISHED_PHRASES)
        or says(words[-3:], "hold on")
    )
