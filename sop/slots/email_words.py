"""The words of a dictated e-mail address: its symbols, endings and providers, and one part of it as characters."""

import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from sop.slots.letters import LETTERS, read_letter
from sop.slots.misheard import SMALL
from sop.slots.spoken_numbers import ORDINALS, TENS, is_number_word, read_number
from sop.words import Words, find_phrase, phrase_list, word_set

SYMBOLS = {
    "dot": ".",
    "period": ".",
    "point": ".",
    "dash": "-",
    "hyphen": "-",
    "minus": "-",
    "underscore": "_",
    "underline": "_",
    "plus": "+",
}
DOTS = frozenset(word for word, symbol in SYMBOLS.items() if symbol == ".")
SPOKEN_ENDINGS = word_set("com net org edu gov mil info biz co")
"""Endings that are said as words; others are spelled."""
_ENDINGS = SPOKEN_ENDINGS | word_set("""
    us uk ca au nz ie de fr es it nl be ch se no dk fi pt pl br mx in jp eu io me tv cc ai app dev xyz online site
    shop store tech pro name club church school agency services solutions cloud email
""")
_MISHEARD_ENDINGS = {"calm": "com", "come": "com", "comm": "com", "con": "com", "nett": "net", "orgs": "org"}
_NO_WORD = word_set("no be")
"""Endings that must be spelled: as words they are something else."""
PROVIDERS = word_set("gmail yahoo hotmail outlook icloud comcast verizon aol msn ymail protonmail sbcglobal att")
_MISHEARD_LABELS = {
    "geemail": "gmail",
    "jeemail": "gmail",
    "gmale": "gmail",
    "geemale": "gmail",
    "gmaill": "gmail",
    "hotmale": "hotmail",
    "yahu": "yahoo",
    "yahooo": "yahoo",
    "yahoos": "yahoo",
    "eyecloud": "icloud",
}
MAILBOXES = word_set("info sales office contact support admin service billing")
"""Local parts that are read aloud as words."""
SENTENCE = word_set("""
    i'm i've i'll i'd you're you'll we're we've we they they're he she he's she's work works working worked look
    looks looking looked find found go goes going went buy bought saw sent can could would should do does did
    don't didn't is was were are have has had haven't what what's when where why which how not isn't already
    because about came from just there there's initial name website
""")
"""With one of these the words before "at" are no address but a sentence ("i work at google dot com")."""
_REMARKS = phrase_list("""
    all lowercase, all lower case, in lowercase, in lower case, lowercase, lower case, all caps, all one word, one word,
    all together, altogether, no spaces, no space, no dots, no dashes, no underscores, no punctuation,
    no capitals, with no, without spaces, without a space
""")
_ONE_WORD = {("under", "score"): "underscore", ("out", "look"): "outlook", ("ya", "who"): "yahoo"}
_NOISE = word_set("um uh er erm hmm hm mm then")
_COUNTED = word_set("number numbers digit digits numeral numerals")
_ONE_OR_TWO = word_set("a an one two")
_AMBIGUOUS = word_set("and for to too the with capital as in on my your our of account")
"""Words of an address that may as well be something else."""
_SPELLS = word_set("that's spelled spelt it's")
_LABELS = word_set("me go about")
"""Small words that stand alone in an address."""
_FIRST = word_set("the all my just in for only our more so very me an a go out now not no your like us be it its about")
"""Small words that an address may begin with."""
_DIGIT_LIKE = SMALL | frozenset(ORDINALS) | word_set("fine mine free sick hero won tree under trouble bubble")
"""Words that are likelier a misheard digit, when they stand beside digits."""
_SAME = 0.4
"""Distance up to which a word and the letters behind it are the same name."""
_OF_WORDS = 0.8
"""Certainty of words that nobody spelled: "karen" may be "caryn"."""
_UNCLEAR = 0.5


@dataclass(frozen=True, slots=True)
class Part:
    """What stands before the "at", or one label of the domain."""

    text: str
    certainty: float
    joined: bool
    """Two words stand side by side."""


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str
    """"letters", "digits", "word" or "symbol"."""
    text: str
    certainty: float = 1.0


_NOTHING = _Piece("", "")


def without_remarks(words: Words) -> Words:
    """`words` without "all lowercase", "no spaces" and the like, and with "under score" as one word."""
    for pair, word in _ONE_WORD.items():
        while (at := find_phrase(words, pair)) >= 0:
            words = (*words[:at], word, *words[at + 2 :])
    for remark in _REMARKS:
        while (at := find_phrase(words, remark)) >= 0:
            words = (*words[:at], *words[at + len(remark) :])
    return words


def read_ending(words: Words, at: int) -> tuple[str, int]:
    """The known ending at `at` ("com", "u k", "calm") and the index after it; ("", at) for none."""
    word = words[at] if at < len(words) else ""
    word = _MISHEARD_ENDINGS.get(word, word)
    if word in _ENDINGS and word not in _NO_WORD:
        return word, at + 1
    letters, after = "", at
    while after < len(words):
        letter, behind = read_letter(words, after)
        if not letter:
            break
        letters, after = letters + letter, behind
    return (letters, after) if letters in _ENDINGS else ("", at)


def read_label(words: Words) -> Part | None:
    """One label of a domain, with what is heard for the big providers put right."""
    part = read_part(words)
    if part is None or not part.text:
        return None
    name = _MISHEARD_LABELS.get(part.text, part.text)
    return Part(name, 1.0 if name in PROVIDERS else max(part.certainty, _UNCLEAR), part.joined)


def read_part(words: Words) -> Part | None:
    """The characters that `words` spell; None when a word cannot be written in an address."""
    pieces: list[_Piece] = []
    at = 0
    while at < len(words):
        piece, after = _piece(words, at, pieces[-1] if pieces else _NOTHING)
        if after == at:
            return None
        at = after
        if piece is None:
            continue
        if pieces and piece.kind == pieces[-1].kind == "letters":
            piece = _Piece("letters", pieces.pop().text + piece.text, piece.certainty)
        pieces.append(piece)
    pieces = _without_doubles(pieces)
    if _strange(pieces) or any(one in TENS and _ascii(two) == two and _plain_word(two) for one, two in pairwise(words)):
        return None
    joined = any(one.kind == two.kind == "word" for one, two in pairwise(pieces))
    certainty = min((piece.certainty for piece in pieces), default=1.0)
    return Part("".join(piece.text for piece in pieces), certainty, joined)


def _plain_word(word: str) -> bool:
    return not (word in SYMBOLS or word in LETTERS or word in _NOISE or is_number_word(word))


def _strange(pieces: list[_Piece]) -> bool:
    """Whether a small word stands where a name or a digit must have been: alone, in front, or beside digits."""
    if len(pieces) > 1 and pieces[0].kind == "word" and pieces[0].text in SMALL - _FIRST:
        return True
    for at, piece in enumerate(pieces):
        near = [other.kind for other in pieces[max(0, at - 1) : at + 2] if other is not piece]
        alone = piece.text in SMALL - _LABELS and all(kind == "symbol" for kind in near)
        spelled = "letters" in near and piece.text in SMALL - _FIRST - {"and"}
        if piece.kind == "word" and (alone or spelled or ("digits" in near and piece.text in _DIGIT_LIKE)):
            return True
    return False


def _piece(words: Words, at: int, before: _Piece) -> tuple[_Piece | None, int]:
    """The piece at `at` and the index after it; no piece where a word is none of the address; the same index where a
    word cannot be written."""
    word = words[at]
    if word in SYMBOLS:
        return _Piece("symbol", SYMBOLS[word]), at + 1 + (words[at + 1 : at + 2] in (("sign",), ("symbol",)))
    skipped = _skipped(words, at) or _noted(words, at, before)
    if skipped:
        return None, at + skipped
    number, after = _number(words, at, before)
    if number:
        return number, after
    letters, after = read_letter(words, at)
    if letters:
        return _Piece("letters", letters), after
    plain = _ascii(word)
    if (
        not plain
        or word == "oh"
        or word in _SPELLS
        or (word == "with" and words[at + 1 : at + 2] and words[at + 1] in _ONE_OR_TWO)
    ):
        return None, at
    return _Piece("word", plain, _UNCLEAR if word in _AMBIGUOUS or word.endswith("'s") else _OF_WORDS), at + 1


def _skipped(words: Words, at: int) -> int:
    """How many words at `at` belong to no address: "um", "the number" before digits, "that's" before letters."""
    if words[at] in _NOISE:
        return 1
    the = words[at] == "the"
    noun = words[at + the] if at + the < len(words) else ""
    following = words[at + the + 1] if at + the + 1 < len(words) else ""
    if noun in _COUNTED and following and is_number_word(following):
        return 1 + the
    if the and noun == "word":
        return 2
    return int(words[at] in _SPELLS and bool(read_letter(words, at + 1)[0]))


def _noted(words: Words, at: int, before: _Piece) -> int:
    """How many words at `at` are a note ("with a k", "with two ts") that agrees with the piece before."""
    note = words[at : at + 3]
    agrees = len(note) == 3 and note[0] == "with" and note[1] in _ONE_OR_TWO and note[2].rstrip("s'") in LETTERS
    return 3 * (agrees and before.kind == "word" and note[2][0] * (1 + (note[1] == "two")) in before.text)


def _number(words: Words, at: int, before: _Piece) -> tuple[_Piece | None, int]:
    """The digits at `at`. An "o" is a zero only beside digits, and then it is unsure."""
    end = at
    while end < len(words) and is_number_word(words[end]):
        end += 1
    if end == at or not _has_digits(words[at:end]):
        return (_Piece("digits", "", _UNCLEAR), at + 1) if words[at] == "oh" and not before.kind else (None, at)
    if words[at] == "o" and before.kind == "letters":
        return _Piece("letters", "o", _UNCLEAR), at + 1
    while words[end - 1] in ("double", "triple") or (
        words[end - 1] == "o" and words[end : end + 1] and words[end] in LETTERS
    ):
        end -= 1
    digits, after = read_number(words[:end], at)
    if not digits:
        return None, at
    return _Piece("digits", digits, _UNCLEAR if "o" in words[at:after] else 1.0), after


def _has_digits(run: Words) -> bool:
    """Whether number words hold a digit: not "o", "double o" or "hundred" alone."""
    return any(word not in ("o", "oh", "double", "triple", "hundred", "thousand") for word in run) or (
        find_phrase(run, ("double", "oh")) >= 0 or find_phrase(run, ("triple", "oh")) >= 0
    )


def _without_doubles(pieces: list[_Piece]) -> list[_Piece]:
    """Without a word that is spelled right behind or before it: "karen k a r e n"."""
    kept: list[_Piece] = []
    for piece in pieces:
        before = kept[-1] if kept else None
        if before and before.kind == "word" and piece.kind == "letters" and _same(before.text, piece.text):
            kept[-1] = piece
        elif not (before and before.kind == "letters" and piece.kind == "word" and before.text == piece.text):
            kept.append(piece)
    return kept


def _same(word: str, letters: str) -> bool:
    return len(letters) >= 3 and Levenshtein.normalized_distance(word, letters) <= _SAME


def _ascii(word: str) -> str:
    """A word as it can be written in an address: no accents, no apostrophes; "" when it cannot."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    plain = plain.replace("'", "")
    return plain if plain.isascii() and plain.isalnum() else ""
