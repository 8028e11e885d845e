"""What an utterance means: emergencies, then a person, then what was asked, then the other global words."""

from collections.abc import Iterator

from sop.corrections import CUES, contradictions, named
from sop.global_words import find_global, is_question
from sop.knowledge import find_article
from sop.reading import (
    Affirm,
    Answer,
    Correction,
    Deny,
    Digression,
    Global,
    GlobalWord,
    Question,
    ReadingAct,
    Skip,
    Unusable,
)
from sop.slot_spec import Option, SlotSpec
from sop.slots import Context, Doubt, Found, choice_of, slot_type
from sop.slots.yes_no import read_verdict
from sop.steps import AnswerStep
from sop.utterance import Utterance
from sop.words import FILLERS, Words, phrase_list, says_any

_IDLE = (GlobalWord.REPEAT, GlobalWord.SLOWER, GlobalWord.WHY)
"""These win over a slot that is merely named: "one more time" does not correct the time."""
_SKIPS = phrase_list("""
    skip, skip that, skip it, skip this, i don't have one, don't have an, don't have a, i don't have any, don't have
    that, i'd rather not, rather not say, prefer not to, i don't want to give, leave it out, leave that out, not right
    now, no email, without one
""")
_AMISS = phrase_list("change, wrong, mistake, fix, one thing, correction")
"""Said in a read-back without a word on what: a no."""


def acts(heard: Utterance, words: Words) -> Iterator[ReadingAct]:
    """Everything understood: emergencies, then a person, then what was asked, then other global words."""
    if heard.expecting.kind == "nothing":
        return
    emergencies = tuple(urgent(heard, words))
    yield from emergencies
    word = find_global(words)
    if word is GlobalWord.PERSON:
        yield Global(word)
        return
    found = tuple(verdict(heard, words) if heard.expecting.kind == "yes_no" else answer(heard, words))
    settled = {act.slot for act in emergencies}
    found = tuple(
        act for act in found if not isinstance(act, Answer | Correction | Unusable) or act.slot not in settled
    )
    if word is not None and not emergencies and not any(_outweighs(act, word) for act in found):
        yield Global(word)
        return
    yield from found
    wished = aside(heard, words)
    if wished is not None:
        yield Digression(wished)
    elif not found and not emergencies and (is_question(words) or known_answer(heard, words)):
        yield Question(" ".join(words)[:200])


def urgent(heard: Utterance, words: Words) -> Iterator[Answer]:
    """Emergencies, which count at any moment."""
    for spec in heard.graph.slots.values():
        if spec.type == "choice":
            option = choice_of(heard.graph, spec).urgent(words, spec)
            if option and dict(heard.expecting.known).get(spec.name) != option:
                yield heard.answered(spec, Found(option))


def answer(heard: Utterance, words: Words) -> Iterator[ReadingAct]:
    """Under an open question."""
    spec = heard.graph.slots[heard.expecting.slot or ""]
    corrections = tuple(named(heard, words))
    if any(act.slot != spec.name for act in corrections):
        yield from corrections
        return
    if spec.optional and _skips(words):
        yield Skip(spec.name)
        return
    if spec.type == "free_text" and asks_instead(heard, spec.name, words):
        return
    found = slot_type(heard.graph, spec).parse(words, spec, heard.context(spec))
    besides = tuple(volunteered(heard, words, spec.name))
    if isinstance(found, Found) and spec.type == "person_name" and heard.names_problem(words, found.value):
        found = None
    if isinstance(found, Found):
        yield heard.answered(spec, found)
    elif isinstance(found, Doubt) and not besides:
        yield Unusable(spec.name, found.reason, found.choices)
    yield from besides


def verdict(heard: Utterance, words: Words) -> Iterator[ReadingAct]:
    """Under a yes-or-no question: about one slot, or about everything that was read back."""
    verdict = read_verdict(words)
    spec = heard.graph.slots.get(heard.expecting.slot or "")
    corrections = tuple(named(heard, words))
    if not corrections and spec is not None and spec.type != "yes_no" and verdict.rest:
        found = heard.replacement(spec, verdict.rest, asked=True)
        corrections = (found,) if found else ()
    if not corrections and (verdict.rest or verdict.yes is None):
        corrections = tuple(contradictions(heard, words, verdict.rest or words, denied=verdict.yes is False))
    if corrections:
        yield from corrections
    elif verdict.yes is not None:
        yield Affirm() if verdict.yes else Deny()
    elif spec is None and says_any(words, _AMISS):
        yield Deny()
    slots = {act.slot for act in corrections}
    yield from (act for act in volunteered(heard, words, spec.name if spec else "") if act.slot not in slots)


def volunteered(heard: Utterance, words: Words, asked: str) -> Iterator[Answer | Correction]:
    """Values for slots that were not asked for; for filled ones only after a word such as "actually"."""
    correcting = says_any(words, CUES)
    for spec in heard.graph.slots.values():
        if spec.name == asked or not wanted(heard, spec.name, correcting and heard.expecting.kind != "yes_no"):
            continue
        found = slot_type(heard.graph, spec).find(words, spec, heard.context(spec))
        if found is None or found.value == dict(heard.expecting.known).get(spec.name):
            continue
        answer = heard.answered(spec, found)
        if spec.name in heard.expecting.filled:
            yield Correction(answer.slot, answer.value, answer.spoken, answer.confidence)
        else:
            yield answer


def wanted(heard: Utterance, name: str, correcting: bool) -> bool:
    """Whether a slot may be given unasked: one that is still ahead, or a held one that is corrected."""
    return correcting if name in heard.expecting.filled else name in heard.expecting.open


def asks_instead(heard: Utterance, slot: str, words: Words) -> bool:
    """Whether the words are a question of the caller's, and no text for this slot. A slot that the flow looks up in
    the knowledge base is there for questions."""
    if any(isinstance(step, AnswerStep) and step.slot == slot for step in heard.graph.steps.values()):
        return False
    return is_question(words) and known_answer(heard, words)


def known_answer(heard: Utterance, words: Words) -> bool:
    """Whether the knowledge base answers what was said."""
    return find_article(heard.graph.knowledge, words) is not None


def aside(heard: Utterance, words: Words) -> str | None:
    """The aside that the words ask for, by a phrase of two words or more."""
    if not heard.graph.asides:
        return None
    options = tuple(Option(aside.name, aside.phrases[0], aside.phrases) for aside in heard.graph.asides)
    spec = SlotSpec("aside", "choice", "", "", options=options)
    found = choice_of(heard.graph, spec).find(words, spec, Context(heard.now))
    return found.value if found else None


def _outweighs(act: ReadingAct, word: GlobalWord) -> bool:
    """Whether an act counts more than a global word in the same utterance: any answer, but not a slot merely named
    beside a request to repeat."""
    if isinstance(act, Correction) and act.value is None:
        return word not in _IDLE
    return not isinstance(act, Unusable)


def _skips(words: Words) -> bool:
    """Whether the caller would rather go without."""
    plain = tuple(word for word in words if word not in FILLERS)
    return says_any(words, _SKIPS) or plain in (("no",), ("nope",), ("none",), ("no", "thanks"), ("no", "thank", "you"))
