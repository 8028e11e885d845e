"""Corrections: a slot named as wrong, a new value beside its name, a plain contradiction."""

from collections.abc import Iterator
from datetime import date

from sop.global_words import is_question
from sop.reading import Correction
from sop.slot_spec import SlotSpec
from sop.slots.cardinals import find_cardinals
from sop.slots.choice import _stem
from sop.slots.yes_no import read_verdict
from sop.utterance import Utterance
from sop.words import FILLERS, Words, find_phrase, phrase_list, says, says_any, split_words, word_at, word_set

_WRONG = phrase_list("""
    except, apart from, besides, other than, wrong, incorrect, not right, isn't right, not correct, isn't
    correct, is off, change, fix, correct the, update, mistake, not my, different
""")
_PRAISE = phrase_list("right, correct, fine, good, perfect, great")
_INTRODUCE = word_set("is it's its to be as was")
_TELLS = word_set("say says read reads")
_LEADING_TO = word_set("should must has needs to ought just really actually now i")
_ADVERBS = word_set("just really actually now")
_JOINS = word_set("and but also plus")
_JUDGEMENTS = _INTRODUCE | word_set(
    "wrong incorrect right correct not isn't off different fine good perfect great okay"
)
"""What is said of a text that was read back, and is no text itself."""
_INQUIRIES = word_set("what what's when where who which how did is does")
"""How a question begins that asks what was read back, and finds no fault with it."""
_ENDS_PRAISE = _JOINS | word_set("except so only just the thanks thank")
_MADE = phrase_list("is, make it, make that")
_ANYTHING = frozenset({"yes_no", "free_text"})
"""Types that take almost any words: only their names correct them."""
_TELLING = frozenset({"person_name", "phone", "email", "us_address", "time_window"})
"""Types whose values, after a "no", are told from other words even where they are only begun."""
_PLAIN = frozenset({"choice", "time_window", "us_address", "phone", "email"})
"""Types whose values are told from any other words."""
_QUANTITIES = frozenset({"money", "number"})
"""Types whose values, after a "no", are told where only one of them is read back."""
_STATEMENTS = word_set("it's i'm we're there's that's but")
"""They begin a statement of their own, which a "no" before them does not deny."""
_NEVER_SO = word_set("not isn't don't doesn't never wasn't can't")
_SUBJECTS = word_set("i it we now me")
_HAVE = phrase_list("i have, i do have, i already have, i've got, we have, we do have, we already have")
_HAVE_NOT = phrase_list("don't have, do not have, no longer, haven't got, not have")
_PERSONS = word_set("i we you he she they me us him her them my our his their who nobody somebody someone")
_OPENINGS = word_set("no nope yes yeah yep okay well actually sorry")
_BEFORE_A_NAME = _JOINS | word_set("the my our")
_TURNS = phrase_list("it's, it is, but, except, make it, rather")
_NEAR = 400
"""Days from today within which a day that is told without its year lies."""
CUES = phrase_list("""
    actually, no, sorry, i meant, i mean, wrong, change, correction, instead, not, should be, mistake,
    rather, nope
""")


SURE_CUES = phrase_list("""
    actually, sorry, i meant, i mean, wrong, change, correction, instead, should be, mistake, rather, make it
""")
"""Words that announce a correction, where a plain no only answers the question."""


def named(heard: Utterance, words: Words) -> Iterator[Correction]:
    """Corrections that name their slot: "the address is wrong", "the number is four one five ...", "change the day"; in
    a read-back with what stands beside them without a name: "it's wednesday and the name is ..."."""
    own, other = _halves(heard, words)
    here = tuple(_by_name(heard, own)) if other else ()
    slots = frozenset(act.slot for act in here)
    there = tuple(_unnamed(heard, other, slots)) if here and all(act.value is not None for act in here) else ()
    yield from (*here, *there) if there else _by_name(heard, words)


def _halves(heard: Utterance, words: Words) -> tuple[Words, Words]:
    """What stands about the slots that are named in a read-back, and what stands without a name before the "and" in
    front of them or behind the "and" after them; nothing where there is no such half, or it could belong to the named
    one: "between noon and five"."""
    mentions = _mentions(heard, words) if heard.reviewed and not is_question(words) else []
    if not mentions or any(spec.type in _ANYTHING for spec, _, _ in mentions):
        return words, ()
    start, behind = min(at for _, at, _ in mentions), max(end for _, _, end in mentions)
    before = [at for at in range(1, start) if words[at] in _JOINS]
    after = [at for at in range(behind, len(words)) if words[at] in _JOINS]
    at = before[-1] if before else after[0] if after else 0
    front, back = words[: at - (words[at - 1] in _JOINS)], words[at + 1 :]
    own, other = (back, front) if before else (front, back)
    together = "between" in own or _is_counted(words, at) or _tells_more(other)
    return (words, ()) if not at or together else (own, other)


def _is_counted(words: Words, at: int) -> bool:
    """Whether the "and" at that place stands between numbers: "a hundred and twenty", "nine and eleven"."""
    ends = {end for number in find_cardinals(words) for end in (number.start, number.after)}
    return (at in ends and at + 1 in ends) or any(one.start < at < one.after for one in find_cardinals(words))


def _tells_more(words: Words) -> bool:
    """Whether the words are a sentence about somebody or something: "call me after five" and "the plumber comes on
    friday" give no time for the visit."""
    first = next((word for word in words if word not in FILLERS | _OPENINGS), "")
    return first == "the" or any(word.partition("'")[0] in _PERSONS for word in words)


def _unnamed(heard: Utterance, words: Words, settled: frozenset[str]) -> Iterator[Correction]:
    """The one other value that the words can only be of what is read back."""
    apart = settled | _shared(heard)
    begun = _telling(heard, denied=False) & {"date"}
    found = []
    for spec in heard.filled:
        if spec.name in heard.reviewed and spec.name not in apart and spec.type not in _ANYTHING | {"choice"}:
            act = heard.replacement(spec, words, asked=spec.type in begun)
            found += [act] if act is not None and _contradicts(heard, spec, act, words) else []
    yield from found if len(found) == 1 else ()


def _by_name(heard: Utterance, words: Words) -> Iterator[Correction]:
    """Corrections of the slots that the words name."""
    review = heard.expecting.kind == "yes_no" and heard.expecting.slot is None
    wrong = says_any(words, _WRONG)
    praised = read_verdict(words).yes is True or says_any(words, _PRAISE)
    inquires = next((word for word in words if word not in FILLERS), "") in _INQUIRIES
    mentions = _mentions(heard, words)
    for spec, start, behind in mentions:
        told = review or words[behind - 1] != "for"
        if not told or heard.anothers_name(words, spec) or _praised_at(words, behind):
            continue
        begun = _begins(spec, words, start)
        low, high = _span(words, [_begins(one, words, at) for one, at, _ in mentions], begun, behind)
        found = renamed(heard, spec, words[low:high], start - low, behind - low)
        here = wrong and (len(mentions) == 1 or says(words, "are wrong", "both") or _wrong_at(words, behind))
        if found is not None and found.value != heard.known.get(spec.name):
            if wrong or review or heard.expecting.slot == spec.name or says_any(words, CUES) or says_any(words, _MADE):
                yield found
        elif (
            here
            or (review and found is None and not praised and not wrong and not inquires)
            or _otherwise(heard, spec, words, start, behind)
        ):
            yield Correction(spec.name, None, "", heard.confidence)


def before_named(heard: Utterance, words: Words, slots: frozenset[str]) -> Words:
    """What stands before the first of the slots that the words name, up to the "and" between them: "red" of "red and
    my name is ..."; empty without such a word."""
    start = min((start for spec, start, _ in _mentions(heard, words) if spec.name in slots), default=0)
    joins = [at for at in range(start) if words[at] in _JOINS]
    return words[: joins[-1]] if joins else ()


def _begins(spec: SlotSpec, words: Words, start: int) -> int:
    """Where the words about a slot begin whose name stands at `start`: a count stands before its name, "two rooms"."""
    counts = find_cardinals(words) if spec.type == "number" else ()
    return next((one.start for one in counts if one.after == start), start)


def _span(words: Words, starts: list[int], start: int, behind: int) -> tuple[int, int]:
    """Where the words about the slot named at words[start:behind] begin and end: up to the next slot that is named, but
    not one named in the same breath ("the street number"); all words where it is the only one."""
    if len(starts) == 1:
        return 0, len(words)
    high = min((at for at in starts if at > behind), default=len(words))
    while high > start and high < len(words) and words[high - 1] in _BEFORE_A_NAME:
        high -= 1
    if high < len(words) and words[high - 1] in _INTRODUCE:
        # "twelve hundred is the rent": what stands before the next name is that one's value.
        high = next((at for at in range(start, high) if words[at] in _JOINS), high)
    return start, high


def _otherwise(heard: Utterance, spec: SlotSpec, words: Words, start: int, behind: int) -> bool:
    """Whether the caller says that it is the other way round: "i do have a lawyer" where the answer was a no."""
    if spec.type != "yes_no" or is_question(words):
        return False
    near = words[max(0, start - 4) : behind]
    lacks = says_any(near, _HAVE_NOT)
    if heard.known[spec.name] == "yes":
        return lacks
    return not lacks and (says_any(near, _HAVE) or says(words, "actually", "wait"))


def renamed(heard: Utterance, spec: SlotSpec, words: Words, start: int, behind: int) -> Correction | None:
    """The new value beside the slot's name: anywhere if it is unmistakable, else after "is", "to",
    "it's"."""
    found = heard.replacement(spec, words, asked=False) if spec.type == "person_name" else None
    if found is not None:
        return found
    rest = words[behind:]
    if spec.type == "us_address":
        # "the apartment is five" and "the zip code is ..." need the name of the part to be understood.
        found = heard.replacement(spec, words[start:], asked=True)
        if found is None and "zip" in words:
            return None
    if spec.type == "free_text" and _JUDGEMENTS.issuperset(rest):
        return None
    for turn in (-1,) if words[behind - 1] == "for" else _introducers(spec, rest):
        found = found or heard.replacement(spec, rest[turn + 1 :], asked=True)
    found = found or heard.replacement(spec, rest, asked=False) or heard.replacement(spec, words, asked=False)
    if found is None and spec.type == "choice" and heard.expecting.kind == "yes_no":
        # The "no" of "no full coverage please" answers the question: it takes nothing back of what follows.
        found = heard.replacement(spec, read_verdict(words).rest, asked=False)
    return found if found is None or not denies_danger(heard, spec, found, words) else None


def _introducers(spec: SlotSpec, rest: Words) -> list[int]:
    """The places behind which a new value may stand. A text may hold such words itself: only the one at its front
    counts."""
    if spec.type != "free_text":
        return [at for at, word in enumerate(rest) if word in _INTRODUCE]
    front = next((at for at, word in enumerate(rest) if word not in _LEADING_TO), len(rest))
    turned = next((at for at, word in enumerate(rest[:front]) if word not in _ADVERBS), front)
    if rest[turned : turned + 1] == ("to",) and rest[turned + 1 : turned + 2] != ("be",):
        front = turned
    return [front] if rest[front : front + 1] and rest[front] in _INTRODUCE | _TELLS else []


def denies_danger(heard: Utterance, spec: SlotSpec, found: Correction, words: Words) -> bool:
    """Whether `found` is an emergency only because the negation before it was taken for the answer: "no gas smell",
    "not bleeding". "no it's a gas leak" denies none, nor does what has a "but"; "no carbon monoxide" where gas is
    asked about may name another danger."""
    if not any(option.anytime and option.name == found.value for option in spec.options):
        return False
    rest = read_verdict(words).rest
    before = words[: len(words) - len(rest)]
    if not before or words[-len(rest) :] != rest or "but" in rest or (rest and rest[0] in _STATEMENTS):
        return False
    last = before[-1]
    if last == "no" and heard.asked is not None and heard.asked.type == "yes_no":
        return not set(map(_stem, rest)).isdisjoint(map(_stem, split_words(heard.asked.prompt)))
    return last == "no" or (last not in _SUBJECTS and not _NEVER_SO.isdisjoint(before[-2:]))


def contradictions(heard: Utterance, words: Words, rest: Words, *, denied: bool) -> Iterator[Correction]:
    """New values for filled slots without their names: "no, it's 2219 Maple", "not Tuesday, Wednesday". `rest`
    is what stands behind the yes or no. Where the open question is a yes-or-no question of its own, a no answers that
    one, and only an unmistakable value is more. A value that two slots could hold corrects neither."""
    own = heard.asked is not None and heard.asked.type == "yes_no"
    sure = says_any(words, SURE_CUES)
    cued = (denied or says_any(words, CUES) or says_any(words, _TURNS)) and not own
    telling = _telling(heard, denied=denied) if cued else frozenset[str]()
    shared = _shared(heard)
    specs = (spec for spec in heard.filled if spec.type not in _ANYTHING and (not own or sure or spec.type in _PLAIN))
    for spec in sorted(specs, key=lambda spec: _turn_of(heard, spec)):
        if spec.name == heard.expecting.slot or spec.name in shared or heard.anothers_name(words, spec):
            continue
        loose = (spec.type in telling and _is_in_question(heard, spec)) or _refused(heard, spec, words)
        found = heard.replacement(spec, rest, asked=loose) or heard.replacement(spec, words, asked=loose)
        if found is not None and _contradicts(heard, spec, found, words):
            yield found
            return


def _contradicts(heard: Utterance, spec: SlotSpec, found: Correction, words: Words) -> bool:
    """Whether what was found is another value than the held one, and may replace it unannounced."""
    if found.value == heard.known[spec.name] or denies_danger(heard, spec, found, words):
        return False
    return _replaces(heard, spec, found.value or "", words)


def _is_in_question(heard: Utterance, spec: SlotSpec) -> bool:
    """Whether words that are only begun may be about a slot: in a read-back, one that is read back."""
    return heard.expecting.slot is not None or spec.name in heard.reviewed


def _turn_of(heard: Utterance, spec: SlotSpec) -> tuple[bool, bool, bool]:
    """The order in which slots are looked at: those read back first; quantities and choices last."""
    return spec.name not in heard.reviewed, spec.type == "choice", spec.type in _QUANTITIES


def _telling(heard: Utterance, *, denied: bool) -> frozenset[str]:
    """The types whose values are told where they are only begun."""
    if heard.expecting.slot is not None:
        return _TELLING
    types = [spec.type for spec in heard.filled if spec.name in heard.reviewed]
    quantities = [kind for kind in types if kind in _QUANTITIES]
    alone = frozenset(quantities) if denied and len(quantities) == 1 else frozenset[str]()
    return _TELLING | alone | (frozenset() if "time_window" in types else {"date"})


def _shared(heard: Utterance) -> frozenset[str]:
    """The slots whose values another slot could hold as well: one that is read back counts with those beside it, any
    other with all."""
    reviewed = [spec for spec in heard.filled if spec.name in heard.reviewed]

    def rivals(spec: SlotSpec) -> int:
        among = reviewed if spec in reviewed else heard.filled
        return sum(other.type == spec.type for other in among)

    return frozenset(spec.name for spec in heard.filled if spec.type != "choice" and rivals(spec) > 1)


def _refused(heard: Utterance, spec: SlotSpec, words: Words) -> bool:
    """Whether the option that is held is the one that is not meant: "blue not red"."""
    held = next((option for option in spec.options if option.name == heard.known[spec.name]), None)
    return held is not None and any(says(words, f"not {phrase}") for phrase in (held.spoken, *held.phrases))


def _mentions(heard: Utterance, words: Words) -> list[tuple[SlotSpec, int, int]]:
    """The filled slots that the words name, each with the index of its name and the one behind. A longer name hides a
    shorter one inside it: "house number" is the address, not the number. Where only the label is "the number", "the
    number of people" is not the number."""
    names = sorted(
        ((name, spec) for spec in heard.filled for name in heard.names_of(spec)), key=lambda one: -len(one[0])
    )
    found: dict[str, tuple[SlotSpec, int, int]] = {}
    left = list(_bare(words))
    for phrase, spec in names:
        at = find_phrase(tuple(left), _bare(phrase))
        behind = at + len(phrase)
        if at >= 0 and (" ".join(phrase) in spec.names or word_at(words, behind) != "of"):
            left[at:behind] = [""] * len(phrase)
            found.setdefault(spec.name, (spec, at, behind))
    return [found[spec.name] for spec in heard.filled if spec.name in found]


def _bare(words: Words) -> Words:
    """`words` without "'s": "the number's wrong" names the number."""
    return tuple(word.removesuffix("'s") for word in words)


def _praised_at(words: Words, behind: int) -> bool:
    """Whether the slot named just before `behind` is said to be right."""
    told = words[behind - 1].endswith("'s") or words[behind : behind + 1] in (("is",), ("was",))
    at = behind if words[behind - 1].endswith("'s") else behind + 1
    return told and words[at : at + 1] in _PRAISE and _ENDS_PRAISE.issuperset(words[at + 1 : at + 2])


def _wrong_at(words: Words, behind: int) -> bool:
    """Whether the slot named just before `behind` is what is wrong, where several slots are named."""
    after = words[behind : behind + 3]
    if says_any(after, _WRONG):
        return True
    return not says_any(after[:2], _PRAISE) and says_any(words[max(0, behind - 4) : behind], _WRONG)


def _replaces(heard: Utterance, spec: SlotSpec, value: str, words: Words) -> bool:
    """Whether a value may correct the held one without being announced: "today" is no date of birth."""
    held = heard.known[spec.name]
    if spec.type == "date":
        return not _is_near(heard, value) or _is_near(heard, held)
    return spec.type != "person_name" or _resembles(value, held, words)


def _is_near(heard: Utterance, day: str) -> bool:
    return abs((date.fromisoformat(day) - heard.now.date()).days) <= _NEAR


def _resembles(name: str, known: str, words: Words) -> bool:
    """Whether a name may correct another without being announced: they share a part."""
    return says(words, "name", "name's") or bool(set(name.split()) & set(known.split()))
