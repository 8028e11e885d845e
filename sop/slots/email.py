"""An e-mail address as it is dictated. Canonical: lowercase, valid by `email-validator`, without asking the network.

"karen dot mitchell at gmail dot com": words of one part are joined, letters and digits are read one by one, "dot",
"dash", "underscore" and "plus" are symbols. The ending must be a known one, so that "gmail dot mitchell" is no address.
"""

import re
from dataclasses import dataclass, replace

from email_validator import EmailNotValidError, validate_email
from rapidfuzz.distance import Levenshtein

from sop.reading import Completeness
from sop.slot_spec import SlotSpec
from sop.slots.email_words import (
    DOTS,
    MAILBOXES,
    PROVIDERS,
    SENTENCE,
    SPOKEN_ENDINGS,
    read_ending,
    read_label,
    read_part,
    without_remarks,
)
from sop.slots.letters import LETTERS, read_letter, spelled_out
from sop.slots.misheard import without_doubled
from sop.slots.slot_type import Context, Doubt, Found
from sop.words import FILLERS, Words, phrase_list, says_any, strip_lead, word_set

_STRONG_LEADS = phrase_list("""
    email is, e mail is, email's, email address is, e mail address is, email would be, gmail is, gmail address is,
    email me at, e mail me at,
    email it to, e mail it to, email it to me at, reach me at, reach us at, contact me at, write me at, write to me at,
    send it to, send it to me at, address is, address would be
""")
_LEADS = phrase_list("""
    it's, it is, its, that's, that is, that would be, that'd be, it would be, it'd be, it'll be, it should be,
    should be, yes, yeah, yep, sure, my, i think, i believe, i said, use, you can use, try, just, alright, all right,
    again, let me see, or, and, email, e mail, email address, e mail address, my email, the email, the address,
    thanks, right, but
""")
_RESTART = word_set("no sorry wait actually oops correction nope")
_MEANT = phrase_list("i mean, i meant, scratch that, make that, rather")
_NOTES = phrase_list("with a, with an, with two, with one, as in")
_PRONOUNS = word_set("me it us them her him here there this that you home")
_SYMBOL_NAMES = {".": "dot", "-": "dash", "_": "underscore", "+": "plus"}
_AS_WORDS = word_set("gmail yahoo hotmail outlook icloud comcast verizon") | SPOKEN_ENDINGS
_COM_ONLY = word_set("gmail icloud")
_LONGEST_LABEL = 40
_SOUNDS_LIKE = 0.4
_LESS_SURE = 0.6


@dataclass(frozen=True, slots=True)
class _Domain:
    text: str
    """Empty when its ending is unknown."""
    after: int
    certainty: float


@dataclass(frozen=True, slots=True)
class _Address:
    """An address as it stands in the words."""

    before: Words
    """What stands before "at", without what leads to it."""
    led: bool
    """Announced by "my email is"."""
    domain: _Domain


@dataclass(frozen=True, slots=True)
class Email:
    """Doubts: "incomplete" (no "at", no domain, no local part), "invalid", "several"."""

    bias: tuple[str, ...] = ("at gmail dot com", "dot", "underscore", "at yahoo dot com", "dash", "at outlook dot com")

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        heard = _heard(words)
        earlier, last = _segments(heard)
        addresses, tail = _addresses(last)
        before, _ = _addresses(earlier)
        told = next((found.value for one in reversed(before) if isinstance(found := _value(one, ""), Found)), "")
        if not addresses:
            return Doubt("incomplete") if before else _unfinished(last, context)
        values = [_value(address, told or context.current) for address in addresses]
        found = next((value for value in values if not isinstance(value, Found)), values[0])
        if not isinstance(found, Found):
            return found
        if len({value.value for value in values if isinstance(value, Found)}) > 1:
            return Doubt("several")
        if (earlier and not before and _begun(earlier)) or len(heard) < len(without_remarks(words)):
            found = replace(found, certainty=min(found.certainty, _LESS_SURE))
        return _respelled(found, tail)

    def find(self, words: Words, spec: SlotSpec, context: Context) -> Found | None:
        addresses, _ = _addresses(_segments(_heard(words))[1])
        led = bool(addresses) and (addresses[0].led or (len(addresses) == 1 and _unmistakable(addresses[0])))
        found = self.parse(words, spec, replace(context, current="")) if led else None
        return found if isinstance(found, Found) else None

    def keys(self, spec: SlotSpec) -> int:
        return 0

    def sample(self, spec: SlotSpec) -> str:
        return "karen@example.com"

    def press(self, digits: str, spec: SlotSpec) -> Found | Doubt | None:
        return None

    def speak(self, value: str, spec: SlotSpec) -> str:
        """Letter by letter, so that the caller can check it; only well-known names are words. The commas keep a
        synthesizer from reading the letter A as an article."""
        local, _, domain = value.partition("@")
        spoken = ""
        for label in domain.split("."):
            spoken += (", dot " if spoken.rpartition(" ")[2] not in _AS_WORDS else " dot ") if spoken else ""
            spoken += label if label in _AS_WORDS else _spelled(label)
        return f"the address at {spoken}" if spec.private else f"{_spelled(local)}, at {spoken}"

    def completeness(self, words: Words, spec: SlotSpec) -> Completeness:
        _, last = _segments(_heard(words))
        addresses, tail = _addresses(last)
        if addresses and addresses[-1].domain.text:
            more = addresses[-1].domain.text.endswith(".co") or any(word in LETTERS or word in _NOTED for word in tail)
            return Completeness.OPEN if more else Completeness.COMPLETE
        body, _ = _without_lead(last)
        return Completeness.OPEN if SENTENCE.intersection(body) else Completeness.PARTIAL


_NOTED = frozenset(word for note in _NOTES for word in note)


def _heard(words: Words) -> Words:
    """The words without doubled ones and remarks, with spelled letters as letters."""
    return without_remarks(spelled_out(without_doubled(words)))


def _segments(words: Words) -> tuple[Words, Words]:
    """The words up to the last restart, and those behind it."""
    at = max((index + 1 for index, word in enumerate(words) if word in _RESTART), default=0)
    for phrase in _MEANT:
        for index in range(at, len(words)):
            at = index + len(phrase) if words[index : index + len(phrase)] == phrase else at
    return words[:at], words[at:]


def _addresses(words: Words) -> tuple[list[_Address], Words]:
    """Every address whose domain has an ending, and what follows the last one."""
    found: list[_Address] = []
    start = 0
    for at, word in enumerate(words):
        domain = _domain(words, at + 1) if word == "at" and at >= start else None
        if domain is not None:
            found.append(_Address(*_without_lead(words[start:at]), domain))
            start = domain.after
    return found, words[start:]


def _domain(words: Words, at: int) -> _Domain | None:
    """The domain at `at`; None when no dot follows, or what stands there is a sentence."""
    while at < len(words) and words[at] in ("sign", "symbol", "um", "uh"):
        at += 1
    labels: list[str] = []
    certainty = 1.0
    provider = _provider(words, at)
    if provider is not None:
        return provider
    while True:
        ending, after = read_ending(words, at) if labels else ("", at)
        if ending and not (words[after : after + 1] and words[after] in DOTS and after + 1 < len(words)):
            return _Domain(".".join([*labels, ending]), after, certainty)
        dot = _next_dot(words, at)
        label = read_label(words[at:dot]) if dot else None
        if label is None:
            return _Domain("", len(words), 0.0) if labels and at < len(words) else None
        labels.append(label.text)
        certainty = min(certainty, label.certainty)
        at = dot + 1


def _next_dot(words: Words, at: int) -> int:
    """The index of the dot that ends the label at `at`; 0 for none."""
    for index in range(at, min(len(words), at + _LONGEST_LABEL)):
        if words[index] in DOTS:
            return index
        if words[index] == "at" or words[index] in SENTENCE:
            break
    return 0


def _provider(words: Words, at: int) -> _Domain | None:
    """A big provider's domain whose dot was not heard: "gmail com"."""
    for length in (1, 2, 3):
        label = read_label(words[at : at + length])
        if (
            label is not None
            and label.text in PROVIDERS
            and words[at + length : at + length + 1] in (("com",), ("net",))
        ):
            return _Domain(f"{label.text}.{words[at + length]}", at + length + 1, label.certainty)
    return None


def _without_lead(words: Words) -> tuple[Words, bool]:
    """What follows the last "my email is" or the like, and whether somebody said that."""
    led = False
    for at in range(len(words) - 1, -1, -1):
        lead = next((lead for lead in _STRONG_LEADS if words[at : at + len(lead)] == lead), None)
        if lead:
            words, led = words[at + len(lead) :], True
            break
    turn = max((at for at, word in enumerate(words) if word in ("it's", "that's")), default=0)
    if SENTENCE.intersection(words[:turn]):
        words = words[turn:]
    body = strip_lead(words, _LEADS, FILLERS)
    # "hello at ..." is a mailbox, though at the front of other words it would be a greeting.
    mailbox = words[-1:] if words and words[-1] in ("hello", "hi", "hey") else ()
    return body or mailbox, led


def _value(address: _Address, held: str) -> Found | Doubt | None:
    """The address, with the local part of the one that is `held` when it names only a domain; None for a sentence."""
    domain = address.domain
    if SENTENCE.intersection(address.before):
        return None
    if not _exists(domain.text):
        return Doubt("invalid")
    if not address.before:
        return _valid(held.partition("@")[0], domain.text, domain.certainty) if held else Doubt("incomplete")
    part = None if "at" in address.before else read_part(address.before)
    if part is None or not part.text or not (part.text[0].isalnum() and part.text[-1].isalnum()):
        return Doubt("incomplete")
    return _valid(part.text, domain.text, min(part.certainty, domain.certainty))


def _exists(domain: str) -> bool:
    """Whether the ending is known and is none that the provider does not have: "gmail dot co" was cut short."""
    name, _, ending = domain.partition(".")
    if name in _COM_ONLY:
        return ending == "com"
    return bool(domain) and name != "www" and not (name in PROVIDERS and ending == "co")


def _valid(local: str, domain: str, certainty: float) -> Found | Doubt:
    try:
        checked = validate_email(f"{local}@{domain}", check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return Doubt("invalid")
    return Found(checked.normalized.lower(), certainty)


def _unfinished(words: Words, context: Context) -> Found | Doubt | None:
    """What an answer without "at" and ending is: a provider that corrects the known address, the beginning of an
    address, or none."""
    body, led = _without_lead(words)
    domain = _domain(body, 0) if context.current else None
    if domain and domain.after == len(body) and domain.text.partition(".")[0] in PROVIDERS:
        return _valid(context.current.partition("@")[0], domain.text, domain.certainty)
    if SENTENCE.intersection(body):
        return None
    return Doubt("incomplete") if (led and body) or _begun(body) else None


def _begun(words: Words) -> bool:
    """Whether the words can only be a part of an address: a symbol between others, a provider, spelled letters."""
    if any(word in ("dot", "underscore") for word in words[1:]) or PROVIDERS.intersection(words):
        return True
    spelled = [bool(read_letter(words, at)[0]) for at in range(len(words))]
    return any(all(spelled[at : at + 3]) for at in range(len(spelled) - 2))


def _unmistakable(address: _Address) -> bool:
    """Whether an address that nothing announced is one all the same: a big provider's, and not two words."""
    part = read_part(address.before)
    known = address.domain.text.partition(".")[0] in PROVIDERS
    return known and part is not None and not part.joined and not _PRONOUNS.intersection(address.before)


def _respelled(found: Found, tail: Words) -> Found | Doubt:
    """The address, put right by letters behind it: "... that's c a r y n"."""
    start = next(
        (at for at in range(len(tail)) if read_letter(tail, at)[0] and read_letter(tail, at + 1)[0]), len(tail)
    )
    letters, at = "", start
    while at < len(tail) and (read := read_letter(tail, at))[0]:
        letters, at = letters + read[0], read[1]
    if len(letters) < 3:
        return replace(found, certainty=min(found.certainty, _LESS_SURE)) if says_any(tail, _NOTES) else found
    local, _, domain = found.value.partition("@")
    names = re.findall(r"[a-z]+", local)
    if letters in (*names, local):
        return replace(found, certainty=1.0) if local == letters else found
    nearest = min(names, key=lambda name: Levenshtein.normalized_distance(name, letters), default="")
    if not nearest or Levenshtein.normalized_distance(nearest, letters) > _SOUNDS_LIKE:
        return Doubt("several")
    return _valid(local.replace(nearest, letters), domain, found.certainty)


def _spelled(text: str) -> str:
    """ "j_o9" is "J, underscore, letter O, 9": an O beside a digit is named, since it is no zero."""
    if text in MAILBOXES:
        return text
    named = {"o"} if re.search(r"o\d|\do", text) else set()
    signs = [f"letter {sign.upper()}" if sign in named else _SYMBOL_NAMES.get(sign, sign.upper()) for sign in text]
    return ", ".join(signs)
