"""What a recogniser does to words, undone where nothing else can have been said: hesitations, a word doubled, "to"
where a two must stand."""

from itertools import pairwise

from sop.slots.misheard import DIGIT_SOUNDS
from sop.slots.spoken_numbers import DIGITS, TEENS, TENS, is_number_word, read_ordinal
from sop.words import Words, word_at, word_set

HESITATIONS = word_set("um uh er erm hmm hm mm uhm")
"""Sounds that say nothing, wherever they stand."""
_HOMOPHONES = {word: DIGIT_SOUNDS[word] for word in ("to", "too", "for", "won", "ate")}
"""Those that stand for a digit among other words too."""
_SCALES = word_set("hundred thousand million grand point")
_COUNTED = word_set("hundred thousand million dozen")
_SEVERAL = word_set("or to no not by and than")
_TOWARDS = word_set("up close near due next from going go want have need add")
"""Before "to" and "for" these make a preposition of it."""


_BEFORE_HOUR = word_set("at after before around by until till between past from")
_BEHIND_HOUR = word_set("am pm p a o'clock thirty fifteen forty to and in on please tomorrow today thanks")


def without_hesitations(words: Words) -> Words:
    """`words` without "um" and the like."""
    return tuple(word for word in words if word not in HESITATIONS)


def is_numeric(word: str) -> bool:
    """Whether a word belongs to a number, an ordinal or a written one."""
    return is_number_word(word) or read_ordinal((word,), 0)[0] is not None or word[:1].isdecimal()


def is_thousands(word: str) -> bool:
    """Whether a word is a written number with its k: "60k", "1.5k"."""
    return word[-1:] == "k" and word[:-1].replace(".", "").isdecimal()


def without_doubled_words(words: Words) -> Words:
    """`words`, those said twice in a row only once; numbers stay, since twice the same may be a number."""
    return tuple(word for at, word in enumerate(words) if not at or word != words[at - 1] or is_numeric(word))


def without_doubled_numbers(words: Words) -> Words:
    """`words`, a number from ten up that was said twice in a row only once, digits not. "Seventy seventy five" may be
    two numbers and stays."""
    kept: list[str] = []
    for at, word in enumerate(words):
        big = word in TEENS or word in TENS or read_ordinal((word,), 0)[0] is not None or len(word) > 1
        again = kept[-1:] == [word] and is_numeric(word) and big and word not in DIGITS and word not in _SCALES
        if again and not (word in TENS and DIGITS.get(word_at(words, at + 1), "0") != "0"):
            continue
        kept.append(word)
    return tuple(kept)


def without_doubles(words: Words) -> Words:
    """`words`, every one that was said twice in a row only once."""
    return words[:1] + tuple(two for one, two in pairwise(words) if one != two)


def with_numbers_for_homophones(words: Words) -> Words:
    """ "Forty to" is forty two at the end, "to hundred" two hundred, "for thousand" four thousand."""
    mended = list(words)
    for at, word in enumerate(words):
        if word in _HOMOPHONES and (_ends_number(words, at) or _begins_number(words, at)):
            mended[at] = _HOMOPHONES[word]
    return tuple(mended)


def with_small_words(words: Words) -> Words:
    """Small words inside a number as they must have been: "i hundred" is a hundred, "fifty n" fifty and, "two at a
    half" two and a half, "half i dozen" half a dozen."""
    mended = list(words)
    for at, word in enumerate(words):
        before, behind = word_at(words, at - 1), word_at(words, at + 1)
        if is_number_word(word) or (is_number_word(before) and is_number_word(behind) and word != "n"):
            continue
        article = word in ("i", "k", "the") and behind in _COUNTED and not is_number_word(before)
        dozen = before == "half" and behind == "dozen"
        halved = is_number_word(before) and words[at + 1 : at + 3] == ("a", "half") and word not in _SEVERAL
        if article or dozen:
            mended[at] = "a"
        elif halved or (word == "n" and (is_numeric(before) or before in ("dollars", "dollar"))):
            mended[at] = "and"
    return tuple(mended)


def with_hours_for_homophones(words: Words) -> Words:
    """ "At for" is at four, "after too" after two, "from one two three" from one to three."""
    mended = list(words)
    for at, word in enumerate(words):
        before, behind = word_at(words, at - 1), word_at(words, at + 1)
        if word in _HOMOPHONES and before in _BEFORE_HOUR and (not behind or behind in _BEHIND_HOUR):
            mended[at] = _HOMOPHONES[word]
        elif word == "two" and word_at(words, at - 2) in ("from", "between") and is_number_word(behind):
            mended[at] = "to" if is_number_word(before) else word
    return tuple(mended)


def _ends_number(words: Words, at: int) -> bool:
    if word_at(words, at - 1) not in TENS:
        return False
    behind = word_at(words, at + 1)
    return not behind or behind in _SCALES or (words[at] in ("won", "ate") and not is_number_word(behind))


def _begins_number(words: Words, at: int) -> bool:
    before, after = word_at(words, at - 1), word_at(words, at + 1)
    scaled = after in _SCALES or words[at + 1 : at + 4] in (("and", "a", "half"), ("and", "a", "quarter"))
    counted = after in ("weeks", "days") and word_at(words, at + 2) in ("ago", "from")
    return (scaled or counted) and before not in _TOWARDS and not is_number_word(before)
