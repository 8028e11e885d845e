"""What an utterance means: emergencies, then a person, then what was asked, then the other global words."""

from collections.abc import Iterator

from sop.corrections import CUES, SURE_CUES, before_named, contradictions, denies_danger, named
from sop.expectation import verdict_of
from sop.global_words import find_global, is_question
from sop.knowledge import find_article
from sop.person_request import department
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
from sop.slots.begun_digits import put_together
from sop.slots.nothing_said import leaves_out, passes, refuses, says_all, says_little, wants_nothing
from sop.slots.offer_taken import takes_offer
from sop.slots.yes_no import Verdict, is_assent
from sop.steps import AnswerStep, slots_of
from sop.utterance import Utterance
from sop.words import FILLERS, Words, find_phrase, phrase_list, says, says_any, split_words, strip_lead, word_set

_COURTESY = word_set("sorry thanks thank you sir ma'am")
_IDLE = (GlobalWord.REPEAT, GlobalWord.SLOWER, GlobalWord.WHY)
"""These win over a slot that is merely named: "one more time" does not correct the time."""
_ASKABLE = frozenset({"free_text", "choice", "time_window", "date"})
_WORDED = frozenset({"free_text", "person_name", "us_address"})
"""Almost any words are a value of these."""
_WONDERING = word_set("what what's how how's are do does is when where which who will")
"""How a question begins that wants to know something; "can you come on Monday" does not."""
_POINTING = word_set("that's that it's it")
_NAMING = phrase_list("it's called, it is called, it's, it is")
_WHAT_IS_MEANT = word_set("them it him her what how who where")
_ITS_KIND = word_set("name company business one place firm store shop right correct full same guy person of it") | {""}
_AFTER_WONDERING = word_set("""
    do does did is are was if would should will can could happens about for else kind come much many long you me
""")
_AUXILIARIES = word_set("do does did is are can could would should may will have must")
_PRONOUNS = word_set("you i we it that this they he she")
_TELEPHONE = phrase_list("""
    phone number is, telephone number is, cell number is, cell phone is, mobile number is, callback number is, call back
    number is, phone number's, phone is, cell is, mobile is, my phone number, my telephone number, my cell number
""")
"""A number told with these is one to call."""
_SHORT = 7
_SHORT_QUESTION = 10
_AMISS = phrase_list("change, wrong, mistake, fix, one thing, correction")
"""Said in a read-back without a word on what: a no."""


def acts(heard: Utterance, words: Words) -> Iterator[ReadingAct]:
    """Everything understood: emergencies, then a person, then what was asked, then other global words."""
    if heard.expecting.kind == "nothing":
        return
    emergencies = tuple(urgent(heard, words))
    yield from emergencies
    word = find_global(words)
    if word is GlobalWord.PERSON and not _is_own_option(heard, words):
        yield Global(word)
        return
    if word is GlobalWord.CANCEL and "cancel" in words and heard.cancels_something(words):
        word = None
    if word is GlobalWord.GOODBYE and heard.expecting.kind == "yes_no" and says_all(words):
        word = None  # no farewell: what is open is asked again
    found = tuple(verdict(heard, words) if heard.expecting.kind == "yes_no" else answer(heard, words))
    settled = {act.slot for act in emergencies}
    found = tuple(
        act for act in found if not isinstance(act, Answer | Correction | Unusable) or act.slot not in settled
    )
    if word is not None and not emergencies and not any(_outweighs(heard, act, word, words) for act in found):
        yield Global(word)
        return
    yield from found
    wished = aside(heard, words)
    if wished is not None:
        yield Digression(wished)
    elif not found and not emergencies and (is_question(words) or known_answer(heard, words)):
        yield Question(" ".join(words)[:200])


def _is_own_option(heard: Utterance, words: Words) -> bool:
    """Whether the words are one of the choice that is asked, to the letter ("a person", where it may be a business), or
    ask to be put through to one: "connect me to the shop"."""
    if heard.asked is None or heard.asked.type != "choice":
        return False
    whom = department(words)
    if whom and isinstance(
        choice_of(heard.graph, heard.asked).parse(whom, heard.asked, heard.context(heard.asked)), Found
    ):
        return True
    said = " ".join(word for word in words if word not in FILLERS)
    return any(f"={said}" in option.phrases for option in heard.asked.options)


def urgent(heard: Utterance, words: Words) -> Iterator[Answer]:
    """Emergencies, which count at any moment."""
    for spec in heard.graph.slots.values():
        if spec.type == "choice":
            option = choice_of(heard.graph, spec).urgent(words, spec)
            if option and heard.known.get(spec.name) != option and _in_force(heard, spec.name):
                yield heard.answered(spec, Found(option))


def _in_force(heard: Utterance, slot: str) -> bool:
    """Whether the emergencies of a slot count where the call stands: not those of another flow that is imported beside
    this one."""
    here = _home(heard.expecting.step)
    homes = {_home(name) for name, step in heard.graph.steps.items() if slot in slots_of(step)}
    return not here or "" in homes or here in homes


def _home(step: str) -> str:
    """The flow that a step belongs to; empty for the flow that was loaded."""
    flow, dot, _ = step.partition(".")
    return flow if dot else ""


def answer(heard: Utterance, words: Words) -> Iterator[ReadingAct]:
    """Under an open question."""
    spec = heard.graph.slots[heard.expecting.slot or ""]
    corrections = tuple(named(heard, words))
    if any(act.slot != spec.name for act in corrections):
        yield from corrections
        yield from beside(heard, spec, words, corrections)
        return
    if spec.optional and _skips(heard, spec, words):
        yield Skip(spec.name)
        return
    if asks_instead(heard, spec, words) or (spec.type == "free_text" and _is_no_text(spec, words)):
        return
    apart = spec.type == "digits" and "phone" not in split_words(spec.prompt)
    own = _before_telephone(words) if apart else words
    kind, context = slot_type(heard.graph, spec), heard.context(spec)
    found = put_together(kind, own, spec, context, kind.parse(own, spec, context)) if own else None
    besides = tuple(volunteered(heard, words, spec.name))
    if isinstance(found, Found) and _is_anothers(heard, spec, words, found, besides):
        found = None
    if spec.type == "choice" and found is not None:
        named_once = found.choices if isinstance(found, Doubt) else (found.value,)
        besides = tuple(act for act in besides if act.value not in named_once)
    if isinstance(found, Found) and spec.type == "digits":
        besides = tuple(act for act in besides if not (act.value or "").endswith(found.value))
    if isinstance(found, Found):
        yield heard.answered(spec, found)
    elif isinstance(found, Doubt) and not besides:
        yield Unusable(spec.name, found.reason, found.choices, found.begun)
    yield from besides


def _before_telephone(words: Words) -> Words:
    """What stands before a number that is said to be one to call: "my phone number is ..." is no order number."""
    starts = [at for phrase in _TELEPHONE if (at := find_phrase(words, phrase)) >= 0]
    told = words[: min(starts, default=len(words))]
    return told[:-1] if starts and told[-1:] in (("my",), ("the",), ("a",)) else told


def _is_anothers(
    heard: Utterance, spec: SlotSpec, words: Words, found: Found, besides: tuple[Answer | Correction, ...]
) -> bool:
    """Whether the words that were found to be an answer are about another slot."""
    if spec.type == "person_name":
        return heard.names_problem(words, found.value)
    return wants_a_name(spec) and any(isinstance(act, Correction) for act in besides)


def beside(heard: Utterance, spec: SlotSpec, words: Words, corrections: tuple[Correction, ...]) -> Iterator[Answer]:
    """The answer to the open question before corrections of other slots: "red and my name is ..."."""
    slots = frozenset(act.slot for act in corrections)
    head = before_named(heard, words, slots)
    if not head or spec.name in slots or spec.type == "free_text":
        return
    if spec.type != "yes_no" and says_any(head, CUES):
        return
    found = slot_type(heard.graph, spec).parse(head, spec, heard.context(spec))
    if isinstance(found, Found) and not (spec.type == "person_name" and heard.names_problem(head, found.value)):
        yield heard.answered(spec, found)


def verdict(heard: Utterance, words: Words) -> Iterator[ReadingAct]:
    """Under a yes-or-no question: about one slot, or about everything that was read back."""
    verdict = verdict_of(heard.graph, heard.expecting, words)
    spec = heard.graph.slots.get(heard.expecting.slot or "")
    corrections = tuple(named(heard, words))
    own = spec is not None and spec.type == "yes_no"
    taken = takes_offer(words, split_words(heard.expecting.offered)) if own else None
    if taken is not None:
        yield from (Affirm(),) if taken else ()
        return
    if spec is not None and spec.optional and verdict.yes is None and passes(words, unsure=own):
        yield Skip(spec.name)
        return
    if not corrections and spec is not None and not own and verdict.rest:
        corrections = tuple(instead(heard, spec, words, verdict))
    if not corrections and (verdict.rest or verdict.yes is None):
        corrections = tuple(contradictions(heard, words, verdict.rest or words, denied=verdict.yes is False))
    if corrections:
        yield from corrections
        yield from beside(heard, spec, words, corrections) if spec is not None and own else ()
        if verdict.yes and _adds(heard, words, corrections):
            yield Affirm()
    elif verdict.yes is not None:
        yield Affirm() if verdict.yes else Deny()
    elif spec is None and says_any(words, _AMISS):
        yield Deny()
    slots = {act.slot for act in corrections}
    yield from (act for act in volunteered(heard, words, spec.name if spec else "") if act.slot not in slots)


def _adds(heard: Utterance, words: Words, corrections: tuple[Correction, ...]) -> bool:
    """Whether the caller says yes to what is read back and wants something else besides: "yes and i also want ..."."""
    more = says(words, "and", "also", "too", "plus", "as well") and not says_any(words, SURE_CUES)
    return more and all(
        act.value is not None and act.slot not in heard.reviewed and heard.graph.slots[act.slot].type == "choice"
        for act in corrections
    )


def instead(heard: Utterance, spec: SlotSpec, words: Words, verdict: Verdict) -> Iterator[Correction]:
    """Another value for the slot that is offered or read back."""
    if spec.type == "free_text" and _points_at_it(verdict):
        return
    rest = strip_lead(verdict.rest, _NAMING, frozenset()) if wants_a_name(spec) else verdict.rest
    found = heard.replacement(spec, rest, asked=True)
    if found is not None and not denies_danger(heard, spec, found, words):
        yield found


def _points_at_it(verdict: Verdict) -> bool:
    """Whether a text that was read back is only spoken of: "yes that's the name"."""
    first, second, *more = (*verdict.rest, "", "")
    if verdict.yes is None:
        return first == "that's"
    return first in _POINTING and (second in _WHAT_IS_MEANT or (second == "the" and _ITS_KIND.issuperset(more)))


def volunteered(heard: Utterance, words: Words, asked: str) -> Iterator[Answer | Correction]:
    """Values for slots that were not asked for; for filled ones only after a word such as "actually"."""
    correcting = says_any(words, CUES)
    refused = refuses(words) or says_little(words) or is_assent(words)
    alike = heard.graph.slots[asked].type if asked in heard.graph.slots else ""
    for spec in heard.graph.slots.values():
        if spec.name == asked or not wanted(heard, spec.name, correcting and heard.expecting.kind != "yes_no"):
            continue
        rivals = spec.type == alike != "choice" or (spec.type, alike) == ("phone", "digits")
        if rivals and not says_any(words, tuple(tuple(name.split()) for name in spec.names)):
            continue
        if heard.anothers_name(words, spec) or (refused and spec.type == "choice"):
            continue
        found = (
            choice_of(heard.graph, spec).within(words, spec, heard.context(spec))
            if spec.type == "choice"
            else slot_type(heard.graph, spec).find(words, spec, heard.context(spec))
        )
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


def asks_instead(heard: Utterance, spec: SlotSpec, words: Words) -> bool:
    """Whether the words are a question that the knowledge base answers, and no answer to the open one. A slot that the
    flow looks up in the knowledge base is there for questions."""
    if spec.type not in _ASKABLE or not is_question(words):
        return False
    if any(isinstance(step, AnswerStep) and step.slot == spec.name for step in heard.graph.steps.values()):
        return False
    plain = next((word for word in words if word not in FILLERS), "")
    return (spec.type == "free_text" or plain in _WONDERING) and known_answer(heard, words)


def wants_a_name(spec: SlotSpec) -> bool:
    """Whether a text is the name of something, by its question: no sentence is its answer."""
    return spec.type == "free_text" and says(split_words(spec.prompt), "who", "whom", "which", "the name")


def _is_no_text(spec: SlotSpec, words: Words) -> bool:
    """Whether the words are no answer to a question for a text."""
    if _is_for_us(words):
        return True
    if not wants_a_name(spec):
        return False
    first, second = (*(word for word in words if word not in FILLERS), "", "")[:2]
    asks = (first in _WONDERING | {"why"} and second in _AFTER_WONDERING) or (
        first in _AUXILIARIES and second in _PRONOUNS
    )
    return asks or refuses(words) or find_global(words) in (*_IDLE, GlobalWord.HOLD_ON)


def _is_for_us(words: Words) -> bool:
    """Whether the words, short as they are, are meant for the agent and not for a text that is taken down."""
    word = find_global(words)
    return word is not None and len(words) <= (_SHORT_QUESTION if word in _IDLE and is_question(words) else _SHORT)


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


def _outweighs(heard: Utterance, act: ReadingAct, word: GlobalWord, words: Words) -> bool:
    """Whether an act counts more than a global word in the same utterance: any answer, but not a slot merely named
    beside a request to repeat, nor an option named in passing where the caller ends with taking leave: "wrong number"
    tells of no wrong number on a bill."""
    if isinstance(act, Correction) and act.value is None:
        return word not in _IDLE
    if isinstance(act, Answer) and act.slot != heard.expecting.slot and word is GlobalWord.CANCEL:
        plain = tuple(one for one in words if one not in FILLERS and one not in _COURTESY)
        leaves = "cancel" not in words and find_global(plain[:-1]) is not GlobalWord.CANCEL
        return heard.graph.slots[act.slot].type != "choice" or not leaves
    return not isinstance(act, Unusable)


def _skips(heard: Utterance, spec: SlotSpec, words: Words) -> bool:
    """Whether the caller would rather go without. A "nothing" that is an option or a number is one."""
    if leaves_out(words):
        return True
    valued = spec.type not in _WORDED and isinstance(
        slot_type(heard.graph, spec).parse(words, spec, heard.context(spec)), Found
    )
    return wants_nothing(words) and not valued
