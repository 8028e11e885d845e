"""What a state waits for, and how far a partial answer has come."""

from sop.global_words import find_global
from sop.graph import Graph
from sop.reading import Completeness, Expectation, GlobalWord
from sop.slots import slot_type
from sop.slots.yes_no import YesNo, read_verdict
from sop.state import Phase, State
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
    known = tuple((name, held.value) for name, held in state.values.items())
    filled = tuple(state.values)
    spec = graph.slots.get(state.slot)
    if state.phase is Phase.ASKING and spec:
        kind = slot_type(graph, spec)
        options = tuple(option.name for option in spec.options)
        return Expectation(
            state.step,
            spec.type,
            spec.name,
            options,
            filled,
            _bounded(kind.bias),
            kind.keys(spec),
            known,
            state.caller,
        )
    if state.phase in (Phase.OFFERING, Phase.CONFIRMING) and spec:
        kind = slot_type(graph, spec)
        bias = _bounded((*YesNo().bias, *kind.bias))
        keys = max(1, kind.keys(spec))
        return Expectation(state.step, "yes_no", spec.name, (), filled, bias, keys, known, state.caller)
    if state.phase is Phase.REVIEWING:
        return Expectation(state.step, "yes_no", None, (), filled, _bounded(YesNo().bias), 1, known, state.caller)
    return Expectation(state.step, "nothing", filled=filled, known=known, caller=state.caller)


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


def _yes_no(graph: Graph, expecting: Expectation, words: Words) -> Completeness:
    """A yes is complete; after a bare no most people go on with what is right."""
    verdict = read_verdict(words)
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
