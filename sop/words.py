"""Text as the recogniser writes it, cut into plain lowercase words. Both habits are read: words without
punctuation ("four one five") and a written style ("415-555-0199.", "2217 Maple St., Apt #4", "4:30 PM")."""

import re
import unicodedata

LONGEST = 1000
"""Characters of an utterance that are looked at: more than a minute of speech."""

Words = tuple[str, ...]

_TOKEN = re.compile(
    r"\d+:\d\d|\d+/\d+(?:/\d+)?|(?<![\d.])\d+\.\d{1,2}k?\b(?!\.\d)|\d+(?:st|nd|rd|th)\b|\d+[a-z]?\b|\d+"
    r"|[^\W\d_]+(?:'[^\W\d_]+)*",
    re.UNICODE,
)
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})
_MERIDIEM = re.compile(r"\b([ap])\.\s?m\.?(?=\W|$)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_CANNOT = re.compile(r"\bcan not\b")
_BARE_POINT = re.compile(r"(?<![\w.])\.(?=\d)")
_AT_DOMAIN = re.compile(r"(?<=\w) at (?=(?:[\w-]+\.)+(?:com|net|org|edu|gov|us|co|uk|io)\b)")
_ADDRESS = re.compile(r"\S*@\S*")
_SYMBOL = re.compile(r"(?<=\w)[._+-](?=\w)|@")
_LETTER_O = re.compile(r"(?<=\d)o(?=[\W\d_])|(?<![^\W\d_])o(?=\d)")
_SYMBOL_WORDS = {".": " dot ", "_": " underscore ", "-": " dash ", "+": " plus ", "@": " at "}


def word_set(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


def phrase_list(text: str) -> tuple[Words, ...]:
    """Phrases written with commas between them, as word tuples, longest first."""
    return tuple(sorted((tuple(phrase.split()) for phrase in text.split(",")), key=len, reverse=True))


FILLERS = word_set("""
    um uh er erm hmm hm mm ah oh like well so please okay ok yeah hi hello hey
""")


def split_words(text: str) -> Words:
    """The words of an utterance, bounded, with fillers still inside. A point stays where it makes a decimal of one or
    two places ("2.5"), and nowhere in "415.555.0123".

    >>> split_words("It's 2217 Maple St., Apt #4.")
    ("it's", '2217', 'maple', 'st', 'apt', 'unit', '4')
    >>> split_words("$12.50")
    ('12.50',)
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).translate(_APOSTROPHES).lower()
    plain = _ADDRESS.sub(_spell_symbols, _AT_DOMAIN.sub("@", plain)) if "at" in plain or "@" in plain else plain
    plain = _MERIDIEM.sub(r"\1m", plain)
    plain = _THOUSANDS.sub("", _CANNOT.sub("cannot", plain)).replace("#", " unit ").replace("&", " and ")
    return tuple(_TOKEN.findall(_BARE_POINT.sub("0.", plain)))


def without_points(words: Words) -> Words:
    """`words` with written decimals cut at the point: "3.14" is a date or a clock time to some."""
    return tuple(part for word in words for part in (word.split(".") if "." in word else (word,)))


def _spell_symbols(address: re.Match[str]) -> str:
    """A written address with the words for its symbols: "k.doe@gmail.com" is "k dot doe at gmail dot com". A lone "o"
    at a digit is told from a zero."""
    return _LETTER_O.sub(" letter o ", _SYMBOL.sub(lambda symbol: _SYMBOL_WORDS[symbol[0]], address[0]))


def find_phrase(words: Words, phrase: Words, start: int = 0) -> int:
    """Index of the first place where `phrase` stands in `words`, or -1."""
    for index in range(start, len(words) - len(phrase) + 1):
        if words[index : index + len(phrase)] == phrase:
            return index
    return -1


def says(words: Words, *phrases: str) -> bool:
    """Whether any of the phrases stands in `words`."""
    return any(find_phrase(words, tuple(phrase.split())) >= 0 for phrase in phrases)


def says_any(words: Words, phrases: tuple[Words, ...]) -> bool:
    """Whether any of the phrases stands in `words`."""
    present = frozenset(words)
    return any(phrase[0] in present and find_phrase(words, phrase) >= 0 for phrase in phrases)


def strip_lead(words: Words, leads: tuple[Words, ...], fillers: frozenset[str]) -> Words:
    """`words` without fillers and lead-ins at the front, however many there are. Longest lead-in first."""
    changed = True
    while words and changed:
        changed = False
        if words[0] in fillers:
            words, changed = words[1:], True
            continue
        for lead in leads:
            if words[: len(lead)] == lead:
                words, changed = words[len(lead) :], True
                break
    return words


def word_at(words: Words, at: int) -> str:
    """The word at that place; empty before the first and behind the last."""
    return words[at] if 0 <= at < len(words) else ""


def singular(word: str) -> str:
    """A word without the "s" of the plural, as far as its ending tells."""
    return word.removesuffix("s") if len(word) > 3 else word


def capitalised(word: str) -> str:
    """A lowercase word as a proper name is written: "O'Leary", "McAllister", "Mitchell's"."""
    parts = [part[:1].upper() + part[1:] for part in word.split("'")]
    if len(parts) == 2 and len(parts[1]) == 1:
        parts[1] = parts[1].lower()
    written = "'".join(parts)
    return "Mc" + written[2:].capitalize() if written.startswith("Mc") and len(written) > 4 else written
