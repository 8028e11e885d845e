"""What may be read aloud of a text that the flow's author did not write: nothing that is no plain speech, no
profanity, nobody's personal data; and the promises that a text makes."""

import re
import unicodedata
from dataclasses import dataclass

from sop.slots.spoken_numbers import DIGITS, TEENS, TENS

LONGEST = 300
"""Characters; more than that is no answer on a telephone."""
HIDDEN_NUMBER = "a number I can't read out"
HIDDEN_ADDRESS = "an address I can't read out"

_MARKUP = re.compile(r"[<>{}`*|\\]|&#?\w+;|\]\(|__|://|\b(?:java|vb)script:|\bdata:\w", re.IGNORECASE)
_LETTER = r"[^\W\d_]"
_PROFANE = re.compile(
    rf"(?<!{_LETTER})(?:(?:mother)?fuck(?:s|er|ers|ed|ing|in)?|(?:bull)?sh[i1!]t(?:s|ty|ted|ting)?|ass|asses|"
    r"(?:jack|dumb)ass(?:es)?|(?:ass|arse)holes?|bitch(?:es|y|ing)?|bastards?|cunts?|cocksuckers?|dick(?:head)?s?|"
    r"piss(?:ed|es|ing)?|sluts?|whores?|wankers?|twats?|douche(?:bag)?s?|(?:god)?damn(?:ed|it)?|crap(?:py)?|"
    r"n[i1]gg(?:er|a)s?|fag(?:got)?s?|retard(?:ed|s)?|kikes?|gooks?|wetbacks?|tranny|trannies|ragheads?|towelheads?|"
    rf"spics?(?!\ and\ span)|chinks?(?!\ in\ )|pussy(?!\ willow)|pussies)(?!{_LETTER})",
    re.IGNORECASE,
)
_FIRST_NAME = re.compile(r"\bDick [A-Z]\w|\b(?:Mr|Mrs|Ms|Dr|Miss)\.? Dick\b")

_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_SPOKEN_EMAIL = re.compile(
    r"\b(?!(?:us|me|him|her|them|look|online|site|website|is|are|visit|find|out|in|or|and) at )"
    r"[\w.+-]+(?: (?:dot|underscore|dash) [\w-]+)* at [\w-]+(?: dot [a-z]{2,})+\b",
    re.IGNORECASE,
)
_MONEY = re.compile(r"[$€£]\s?\d[\d,]*(?:\.\d+)?|\b\d[\d,]*(?:\.\d+)?(?= (?:dollars|cents|bucks|euros|pounds)\b)")
_TENS_WORD = "|".join(TENS)
_UNIT = "|".join(sorted({*DIGITS, *TEENS} - {"o"}, key=len, reverse=True))
_GROUP = re.compile(rf"\+?\d+|\b(?:{_TENS_WORD})(?:[ -](?:{_UNIT}))?\b|\b(?:{_UNIT})\b", re.IGNORECASE)
_GLUE = re.compile(r"[\s.,()–—-]{0,4}")
_SHORTEST_OWN = 7


def speakable(text: str, *, own: frozenset[str] = frozenset()) -> str:
    """`text` as it may be read aloud, or "" when it must not be spoken at all.

    Control characters, markup, profanity and more than `LONGEST` characters: not at all. Social security, payment
    card and telephone numbers and e-mail addresses are replaced by words, except those in `own`: numbers are compared
    by their digits, addresses without regard to case.

    >>> speakable("Call 202-555-0123 or 202-555-0199.", own=frozenset({"+12025550199"}))
    "Call a number I can't read out or 202-555-0199."
    """
    once = _filtered(text, own)
    # Hiding something joins what stood around it; a text in which that makes something new is not worth saving.
    return once if once and _filtered(once, own) == once else ""


def _filtered(text: str, own: frozenset[str]) -> str:
    plain = _plain(text)
    if not plain or _MARKUP.search(plain) or _PROFANE.search(_FIRST_NAME.sub("", plain)):
        return ""
    addresses = frozenset(item.casefold() for item in own if "@" in item)
    numbers = frozenset(_national(_digits(item)) for item in own if "@" not in item)
    numbers = frozenset(number for number in numbers if len(number) >= _SHORTEST_OWN)
    plain = _SPOKEN_EMAIL.sub(lambda match: _address(match[0], addresses), plain)
    parts, at = [], 0
    for match in _EMAIL.finditer(plain):
        parts += [_without_numbers(plain[at : match.start()], numbers), _address(match[0], addresses)]
        at = match.end()
    parts.append(_without_numbers(plain[at:], numbers))
    return _plain("".join(parts))


def _plain(text: str) -> str:
    """Compatibility characters as the plain ones and single spaces; "" for a text that is too long or holds a
    control character or anything else that is no visible character."""
    plain = unicodedata.normalize("NFKC", text.strip()[: LONGEST + 1])
    if len(text.strip()) > LONGEST or any(_unreadable(char) for char in plain):
        return ""
    plain = " ".join(plain.split())
    return plain if len(plain) <= LONGEST else ""


def _unreadable(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] == "C" or category in ("Zl", "Zp") or (category == "Nd" and not char.isascii())


def _address(written: str, own: frozenset[str]) -> str:
    plain = written.casefold()
    if "@" not in plain:
        plain = plain.replace(" at ", "@").replace(" dot ", ".").replace(" underscore ", "_").replace(" dash ", "-")
    return written if plain in own else HIDDEN_ADDRESS


@dataclass(frozen=True, slots=True)
class _Group:
    """Digits that stand together, or a spoken number below a hundred."""

    digits: str
    start: int
    end: int
    plus: bool


def _without_numbers(text: str, own: frozenset[str]) -> str:
    """`text` with the numbers hidden that are somebody's."""
    parts, at = [], 0
    money = tuple((match.start(), match.end()) for match in _MONEY.finditer(text) if len(_digits(match[0])) < 11)
    for run in _runs(text, money):
        for first, last in _hidden(text, run, own):
            parts += [text[at : first.start], HIDDEN_NUMBER]
            at = last.end
    return "".join([*parts, text[at:]])


def _runs(text: str, money: tuple[tuple[int, int], ...]) -> list[list[_Group]]:
    """The groups with nothing but glue between them. An opening bracket before a number stays outside."""
    runs: list[list[_Group]] = []
    for match in _GROUP.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in money):
            continue
        group = _Group(_digits(match[0]), match.start(), match.end(), match[0].startswith("+"))
        if runs and not group.plus and _GLUE.fullmatch(text, runs[-1][-1].end, group.start):
            runs[-1].append(group)
        else:
            runs.append([group])
    return runs


def _hidden(text: str, run: list[_Group], own: frozenset[str]) -> list[tuple[_Group, _Group]]:
    """First and last group of every stretch of `run` to hide: the longest ones first, our own left out."""
    spans = sorted(
        ((first, last) for first in range(len(run)) for last in range(first, min(len(run), first + 19))),
        key=lambda span: (span[0] - span[1], span[0]),
    )
    taken: set[int] = set()
    found: list[tuple[int, int]] = []
    for only_own in (True, False):
        for first, last in spans:
            groups = run[first : last + 1]
            if not taken.isdisjoint(range(first, last + 1)):
                continue
            if only_own and _national("".join(group.digits for group in groups)) in own:
                taken.update(range(first, last + 1))
            elif not only_own and _is_personal(text, groups):
                taken.update(range(first, last + 1))
                found.append((first, last))
    return [(_opened(text, run[first]), run[last]) for first, last in sorted(found)]


def _opened(text: str, group: _Group) -> _Group:
    """The group together with the bracket that opens before it, where it closes again: "(415) 555"."""
    if group.start and text[group.start - 1] == "(" and ")" in text[group.end : group.end + 1]:
        return _Group(group.digits, group.start - 1, group.end, group.plus)
    return group


def _is_personal(text: str, groups: list[_Group]) -> bool:
    digits = "".join(group.digits for group in groups)
    if groups[0].plus and 8 <= len(digits) <= 15:
        return True
    if 13 <= len(digits) <= 19:
        return _passes_luhn(digits)
    cuts = _cuts(groups)
    if len(digits) == 9:
        return not cuts or cuts >= {3, 5}
    if len(digits) == 7:
        single = all(len(group.digits) == 1 for group in groups)
        hyphen = len(groups) == 2 and text[groups[0].end : groups[1].start] == "-"
        return single or (cuts == {3} and hyphen and digits[0] in "23456789")
    between = text[groups[0].start : groups[-1].end]
    return _is_telephone(digits, cuts, listed=between.count(",") >= len(groups) - 1)


def _is_telephone(digits: str, cuts: frozenset[int], *, listed: bool) -> bool:
    """Whether ten digits, or eleven after a 1, are grouped as a number of the North American plan is: in threes and
    four, digit by digit, or in pairs that no commas stand between."""
    if len(digits) == 11 and digits[0] == "1":
        digits, cuts = digits[1:], frozenset(cut - 1 for cut in cuts if cut > 1)
    if len(digits) != 10 or digits[0] in "01" or digits[3] in "01":
        return False
    pairs = all(after - before <= 2 for before, after in zip([0, *sorted(cuts)], [*sorted(cuts), 10], strict=True))
    return cuts <= {3, 6} or cuts >= {3, 6} or (pairs and not listed)


def _cuts(groups: list[_Group]) -> frozenset[int]:
    """After how many digits a group ends, the last one left out."""
    cuts, total = set(), 0
    for group in groups[:-1]:
        total += len(group.digits)
        cuts.add(total)
    return frozenset(cuts)


def _passes_luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    doubled = (int(digit) * 2 if place % 2 else int(digit) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _digits(written: str) -> str:
    """The digits of a number in figures, or of one below a hundred in words."""
    figures = "".join(char for char in written if char in "0123456789")
    if figures:
        return figures
    words = written.lower().replace("-", " ").split()
    if not words:
        return ""
    if words[0] in TENS:
        behind = words[1] if len(words) > 1 else ""
        if behind in TEENS:
            return str(TENS[words[0]]) + str(TEENS[behind])
        return str(TENS[words[0]])[0] + DIGITS.get(behind, "0")
    return DIGITS.get(words[0]) or str(TEENS.get(words[0], ""))


def _national(digits: str) -> str:
    return digits[1:] if len(digits) == 11 and digits[0] == "1" else digits


_PROMISES = (
    ("guarantee", r"guarantee[sd]?"),
    ("promise", r"promise[sd]?"),
    ("refund", r"refund\w*|money back"),
    ("free of charge", r"free of charge|(?:at )?no charge|without charge|complimentary|on the house"),
    ("for free", r"for free|free (?:estimate|quote|visit|repair|service|replacement|consultation|month|trial)s?"),
    ("approve", r"approved?"),
    ("definitely", r"(?:you|we|he|she|they)(?:'ll| will) (?:definitely|certainly|for sure)"),
    ("no cost", r"no (?:extra |additional )?cost|(?:cost|costs) (?:you )?nothing"),
    ("waive", r"waive[sd]?|waiving"),
    ("", r"[\w$]+(?: percent|%| dollars)? off(?= |[.,!?]|$)(?! the| of| at| on| and)"),
    ("discount", r"discount(?:s|ed)?"),
    ("we pay", r"we(?:'ll| will)? pay"),
    ("we cover", r"we(?:'ll| will)? cover|you(?:'re| are) covered"),
    ("reimburse", r"reimburse\w*|compensat\w+"),
    ("assure", r"assured?|you have my word"),
    ("eligible", r"you(?:'re| are) eligible|you(?:'ll)? qualify"),
    ("best price", r"(?:best|lowest) price"),
)
_PROMISE = tuple((name, re.compile(rf"(?<![\w-])(?:{pattern})(?![\w])")) for name, pattern in _PROMISES)
_SUBJECT = r"(?:i|we|you|he|she|it|they)(?:'\w+)?\b"
_DENIED = re.compile(
    r"(?:\bno(?: [\w']+)?|(?:\b(?:not|never|cannot|unable|without|nor|neither)|n't)(?! just| only)"
    rf"(?: (?!{_SUBJECT})[\w']+){{0,3}}) $"
)
"""A denial right before a promise. One that stands before a new subject denies something else: "don't worry we ..."."""
_OPEN = re.compile(r"\b(?:whether|if|once|until|unless|before)(?: [\w']+){0,3} $")


def promises(text: str, allowed: str) -> tuple[str, ...]:
    """What `text` promises and `allowed`, the flow's own texts, does not: names such as "guarantee" or "refund", and
    price cuts word for word ("ten percent off"). What is denied is not promised, and denying allows nothing."""
    granted = _promised(allowed)
    return tuple(name for name in _promised(text) if name not in granted)


def _promised(text: str) -> tuple[str, ...]:
    plain = " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").lower().split())
    found: dict[str, None] = {}
    for name, pattern in _PROMISE:
        for match in pattern.finditer(plain):
            before = plain[: match.start()]
            if not _DENIED.search(before) and not (name == "approve" and _OPEN.search(before)):
                found[name or match[0]] = None
    return tuple(found)
