"""A person's name as it is given on the telephone, spelled where the caller spells it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from sop.reading import Completeness
from sop.slot_spec import SlotSpec
from sop.slots.letters import LETTERS, read_letter, spelled_out
from sop.slots.slot_type import Context, Doubt, Found
from sop.slots.spoken_numbers import is_number_word
from sop.words import FILLERS, Words, capitalised, phrase_list, says, strip_lead, word_set

_STRONG_LEADS = phrase_list("""
    my name is, my name's, the name is, the name's, name is, name's, my full name is, full name is, you can
    call me, call me, they call me, everyone calls me, people call me, put it under, put me down as, it's
    under, it is under, it should be under, i go by, you're speaking with, you're talking to, my husband's
    name is, my wife's name is, make it out to, my name, the account is under, name is actually
""")
_LEADS = tuple(
    sorted(
        (
            *_STRONG_LEADS,
            *phrase_list("""
    but, yes but, except, ma'am, sir, yes ma'am, yes sir, this is, it's, it is, its, i am, i'm, im, that's,
    that is, that would be, that'd be, it would be, it'd be, it'll be, it will be, should be, you can put,
    yes, yeah, sure, sure thing, no problem, of course, no, nope, sorry, actually, good evening, good
    morning, good afternoon, good night, hi there, hello there, hey there, thanks, thank you, you, alright,
    all right, absolutely, my, name, the, yep, right, mister, mr, missus, mrs, ms, miss, doctor, dr, i said,
    i mean, i meant, to, is, not, a
"""),
        ),
        key=len,
        reverse=True,
    )
)
_ENDERS = word_set("""
    yes yeah yep and at my from on calling here speaking with the i i'm it's its it that's that this please
    thanks thank you but so we we're i've in for is was because about over to of your who whose right sir
    ma'am okay ok um uh there's there or phone number address live lives if when what can could do are our
""")
_AFTER_ONE = word_set(
    "and here speaking calling please thanks thank that's my sir ma'am okay ok at from um uh with right"
)
"""What may follow a single word that is a name though nothing announced it."""
_SENTENCE = word_set("is was are can could do did if what when how who whose because so of")
"""After these the word before was no name but the beginning of a sentence."""
_NOT_NAMES = word_set("""
    area code extension negative positive noon midnight sales billing support highway route huh self
    employed retired insurance dental package password email yard roof storm hail tree dash mailbox box
    tenant owner landlord renter homeowner wife husband son daughter mother father mom dad neighbor resident
    spelled spelling misspelled pronounced written kids baby family boss guest weather dinner dog cat tv
    water a about above after again ago all almost already also always am an and another any anybody anyone
    anything are aren't around as asap ask asking at available away back bad be because been before behind
    being better big both bring broke broken but buy by bye call called calling calls can can't cancel
    cannot care carbon cause ceiling change charge check clean cleaning close clicking coming cooling
    correct cost could couldn't customer day days dead deal degrees detector did didn't do does doesn't
    doing don't done down drip dripping drive during each early else emergency estimate even evening ever
    every everybody everyone everything everywhere explain fan far feel filter fine fire fix fixed floor for
    forget freezing frozen from front full furnace gas get gets getting give go goes going gone gonna good
    goodbye got great guess guy had happen happened happening has hasn't have haven't having he heat heated
    heater heating heats hello help her here hey hi him his hold hot hour hours house how hurry i i'd i'll
    i'm i've icy if ill important in information install instead into is isn't it it's its job just keep
    keeps kids kind know last late later leak leaking leaks leave leaving left let let's lets like line
    listen little live lot loud machine made maintenance make makes making manager many matter maybe me mean
    message might mine minute minutes moment monoxide monday more morning most much must my need needs never
    new next night no nobody noise noises none nope not nothing now number o'clock of off office ok okay on
    once one only open operator or order other our out outside over pardon people person phone pick pipe
    please price problem put question quick quit quite rather ready real really reason recorded repair
    repeat representative right robot running said same saturday say saying says schedule second see send
    service set several she should shut sick silly slow slower smell smells so some somebody someone
    something sometimes somewhere soon sorry sound speak speaking spell start started still stop stopped
    street stuff sunday super supposed sure system take talk talking technician tell ten than thank thanks
    that that's the their them then there there's thermostat these they they're thing things think this
    those though thursday time to today told tomorrow tonight too tried trouble try trying tuesday turn
    turned two unit until up upstairs urgent us use very wait waiting wanna want wanted wants warm was
    wasn't water way we we're we've wednesday week weekend well went were weren't what what's when where
    where's which while who who's whole whom whose why won't wondering work worked working works would
    wouldn't wrong yeah year years yep yes yesterday yet you you'll you're you've your yours zip friday
    afternoon anytime apartment address avenue road human agent ridiculous unacceptable frustrated
    conditioner conditioning air boiler cold basement kitchen alarm beeping burning power electricity ice
    anonymous private business company sir ma'am absolutely actually completely totally account again able
    afraid angry busy confused driving done fed hungry lost locked pretty scared stuck worried tired upset
    crazy serious kidding joke stupid mistake difference privacy personal none
""") | {"first", "middle", "initial"}
_PART_LEADS = phrase_list("is, it's")
_PARTICLES = word_set("de la del van von der den da di du le st bin al el dos")
_TITLES = {"junior": "Jr.", "jr": "Jr.", "senior": "Sr.", "sr": "Sr."}
_NAMES_IN_ED = frozenset({"mohamed", "mohammed", "muhammed", "mohammad"})
_EITHER = frozenset({"will", "may"})
"""Names that begin a question as well: alone they are no name."""
_SOUNDS_LIKE = 0.6
_NOTED = 2
"""More letters than these behind "with a k" are a spelling of their own."""
_NO_CONTEXT = Context(datetime(2000, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class PersonName:
    """Canonical "Karen Mitchell": as said, in title case."""

    bias: tuple[str, ...] = ("my name is", "this is", "first name", "last name")

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        words = _unspell_notes(words)
        split = _first_and_last(words, context.current)
        if split:
            return Found(_written(split))
        strong = _after_lead(words)
        body = strong if strong is not None else words
        body = strip_lead(body, _LEADS, FILLERS)
        return _merged(_name_at(body, whole=strong is None), context.current)

    def find(self, words: Words, spec: SlotSpec, context: Context) -> Found | None:
        words = _unspell_notes(words)
        split = _first_and_last(words, context.current)
        if split:
            return Found(_written(split))
        strong = _after_lead(words)
        if strong is not None:
            return _merged(_name_at(strip_lead(strong, _LEADS, FILLERS), whole=False), context.current)
        return _merged(_introduction(words), context.current)

    def keys(self, spec: SlotSpec) -> int:
        return 0

    def sample(self, spec: SlotSpec) -> str:
        return "Karen Mitchell"

    def press(self, digits: str, spec: SlotSpec) -> Found | Doubt | None:
        return None

    def speak(self, value: str, spec: SlotSpec) -> str:
        return value

    def completeness(self, words: Words, spec: SlotSpec) -> Completeness:
        found = self.parse(words, spec, _NO_CONTEXT)
        if found is None:
            body = strip_lead(words, _LEADS, FILLERS)
            return Completeness.OPEN if body else Completeness.PARTIAL
        if words and words[-1] in LETTERS:
            return Completeness.OPEN
        return Completeness.COMPLETE if isinstance(found, Found) and " " in found.value else Completeness.OPEN


def _merged(found: Found | None, current: str) -> Found | None:
    """A single name said to correct two: it takes the place of the one that it sounds like."""
    held = current.split()
    if found is None or " " in found.value or len(held) < 2:
        return found
    distances = [Levenshtein.normalized_distance(part.lower(), found.value.lower()) for part in held]
    nearest = min(range(len(held)), key=distances.__getitem__)
    if distances[nearest] > _SOUNDS_LIKE:
        return found
    return Found(" ".join([*held[:nearest], found.value, *held[nearest + 1 :]]), found.certainty)


def _name_at(words: Words, *, whole: bool) -> Found | None:
    """The name at the front of `words`. `whole`: nothing but a name may stand there, unless a small word
    ends it."""
    words, spelled = _spelling(words)
    kept: list[str] = []
    for index, word in enumerate(words):
        if whole and word in _SENTENCE and not says(words[index:], "my name", "the name"):
            return None
        if word in _ENDERS or (kept and (word in FILLERS or is_number_word(word))):
            if whole and len(kept) == 1 and word in _ENDERS and word not in _AFTER_ONE and word not in _SENTENCE:
                return None
            break
        if not _nameable(word):
            # "karen mitchell stopped": nothing said where the name ends, so nothing is taken.
            return None if whole or not kept or index < 1 else _found(kept, spelled)
        kept.append(word)
    return _found(kept, spelled)


def _found(kept: list[str], spelled: str) -> Found | None:
    kept = [word for index, word in enumerate(kept) if index == 0 or word != kept[index - 1]]
    if len(kept) >= 4 and kept[: len(kept) // 2] == kept[len(kept) // 2 :]:
        kept = kept[: len(kept) // 2]
    kept = _with_spelling(kept, spelled)
    if not kept or len(kept) > 4 or all(len(word) == 1 for word in kept) or (len(kept[0]) == 1 and len(kept) == 1):
        return None
    if all(word in _TITLES or word in _PARTICLES or word in _EITHER for word in kept[:1]) and len(kept) == 1:
        return None
    return Found(_written(kept), 1.0 if len(kept) > 1 else 0.9)


def _introduction(words: Words) -> Found | None:
    """The name in "this is dana whitfield at ...": two name-like words, or one before "calling"."""
    for index, word in enumerate(words):
        lead = 2 if words[index : index + 2] in (("this", "is"), ("it", "is")) else 1 if word in ("i'm", "it's") else 0
        if not lead:
            continue
        kept: list[str] = []
        for candidate in words[index + lead :]:
            if candidate in _ENDERS or is_number_word(candidate):
                break
            kept.append(candidate)
        after = words[index + lead + len(kept) :]
        named = all(_nameable(part) and not part.endswith(("ly", "ing", "ed")) for part in kept)
        if not named or not 1 <= len(kept) <= 3:
            continue
        if (len(kept) >= 2 and word != "it's") or after[:1] in (("calling",), ("speaking",), ("here",)):
            return _found(kept, "")
    return None


def _after_lead(words: Words) -> Words | None:
    """What follows the last "my name is" or the like; None when nobody said that."""
    for index in range(len(words) - 1, -1, -1):
        for lead in _STRONG_LEADS:
            if words[index : index + len(lead)] == lead:
                return words[index + len(lead) :]
    return None


def _first_and_last(words: Words, current: str) -> list[str] | None:
    """The parts of "first name karen last name mitchell", in either order; one of them alone changes half
    of the name that is held now."""
    parts: dict[str, list[str]] = {}
    for index, (one, two) in enumerate(pairwise(words)):
        if one in ("first", "last") and two == "name":
            rest = strip_lead(words[index + 2 :], _PART_LEADS, FILLERS)
            parts[one] = []
            for word in rest:
                if word in _ENDERS or word in ("first", "last") or not _nameable(word):
                    break
                parts[one].append(word)
            body, spelled = _spelling(rest[: _spelled_end(rest)])
            if spelled:
                parts[one] = _with_spelling([word for word in body if _nameable(word)][:1], spelled)
    if len(parts) == 2 and all(parts.values()):
        return (parts["first"] + parts["last"])[:4]
    named = [part for part in parts.values() if part]
    held = current.lower().split()
    if not held and len(named) == 1:
        return named[0]
    if len(held) >= 2 and parts.get("last"):
        return [*held[:-1], *parts["last"]][:4]
    if len(held) >= 2 and parts.get("first"):
        return [*parts["first"], held[-1]][:4]
    return None


def _spelled_end(words: Words) -> int:
    return next((index for index, word in enumerate(words) if word in ("and", "first", "last")), len(words))


def _unspell_notes(words: Words) -> Words:
    """Without "with a k", "with two ts", which describe a letter and are no part of the name."""
    kept: list[str] = []
    at = 0
    while at < len(words):
        if words[at] == "with" and at + 1 < len(words) and words[at + 1] in ("a", "an", "two", "one"):
            at += 3
            more = next((more for more in range(at, len(words)) if words[more] not in LETTERS), len(words))
            at = more if more - at <= _NOTED else at
            continue
        kept.append(words[at])
        at += 1
    return tuple(kept)


def _spelling(words: Words) -> tuple[Words, str]:
    """The words, and the letters spelled among them ("m i t c h e l l", "s as in sam m as in mary",
    "double l")."""
    words = spelled_out(words)
    rest: list[str] = []
    letters = ""
    at = 0
    while at < len(words):
        spelled, after = _letter(words, at, started=bool(letters))
        if spelled:
            letters, at = letters + spelled, after
            continue
        if letters and words[at] in _ENDERS:
            break
        if not (words[at] in ("that's", "spelled", "is", "it's") and _letters_follow(words, at + 1)):
            rest.append(words[at])
        at += 1
    return (tuple(rest), letters) if len(letters) >= 2 else (words, "")


def _letter(words: Words, at: int, *, started: bool) -> tuple[str, int]:
    """The letter spelled at `at` and the index after it; ("", at) for none. The first of several must be followed by
    another, so that an initial is no spelling."""
    letters, after = read_letter(words, at)
    if not letters or started or after > at + 1:
        return letters, after
    goes_on = len(words) > 2 and bool(read_letter(words, after)[0])
    return (letters, after) if goes_on else ("", at)


def _letters_follow(words: Words, at: int) -> bool:
    return len(words) > at + 1 and words[at] in LETTERS


def _with_spelling(kept: list[str], spelled: str) -> list[str]:
    """The spelled name takes the place of the word it sounds like; alone it is the name; else it is added."""
    if not spelled:
        return kept
    if not kept:
        return [spelled]
    distances = [Levenshtein.normalized_distance(word, spelled) for word in kept]
    nearest = min(range(len(kept)), key=distances.__getitem__)
    if distances[nearest] <= 0.6 or kept[nearest][0] == spelled[0]:
        return [*kept[:nearest], spelled, *kept[nearest + 1 :]]
    return kept if "".join(kept) == spelled else [*kept, spelled]


def _nameable(word: str) -> bool:
    plain = word.replace("'", "")
    if len(plain) > 5 and plain.endswith("ed") and plain not in _NAMES_IN_ED:
        return False
    return plain.isalpha() and word not in _NOT_NAMES and not is_number_word(word) and len(word) <= 20


def _written(words: list[str]) -> str:
    return " ".join(_capital(word, index) for index, word in enumerate(words))


def _capital(word: str, index: int) -> str:
    if word in _TITLES and index:
        return _TITLES[word]
    if word in _PARTICLES and index:
        return word
    return capitalised(word)
