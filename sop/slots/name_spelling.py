"""Names spelled by the letter, among the words of an answer."""

from rapidfuzz.distance import Levenshtein

from sop.slots.letters import LETTERS, read_letter, spelled_out
from sop.slots.name_words import ENDERS, HESITATIONS, nameable
from sop.words import Words, word_set

_NOTED = 2
"""More letters than these behind "with a k" are a spelling of their own."""

_JOINTS = word_set("apostrophe hyphen dash")


def without_hyphens(words: Words) -> Words:
    """`words` without "hyphen" and "dash" between two names, and with "id" for the letters of "I D number"."""
    kept: list[str] = []
    for at, word in enumerate(words):
        near = words[at - 1 : at] + words[at + 1 : at + 2] if at else ()
        joins = word in ("hyphen", "dash") and len(near) == 2 and all(map(nameable, near)) and near[1] not in LETTERS
        if word == "hyphenated" or joins:
            continue
        spelled = word == "d" and kept[-1:] == ["i"]
        alone = not LETTERS.intersection((*kept[-2:-1], *words[at + 1 : at + 2]))
        if spelled and alone and len(kept) > 1:
            kept[-1] = "id"
            continue
        kept.append(word)
    return tuple(kept)


def unspell_notes(words: Words) -> Words:
    """Without "with a k", "with two ts", which describe a letter and are no part of the name, and without the word
    that was said again for it."""
    kept: list[str] = []
    at = 0
    while at < len(words):
        if words[at] == "with" and at + 1 < len(words) and words[at + 1] in ("a", "an", "two", "one"):
            at += 3
            more = next((more for more in range(at, len(words)) if words[more] not in LETTERS), len(words))
            at = more if more - at <= _NOTED else at
            if kept and kept[-1] in kept[:-1]:
                kept.pop()
            continue
        kept.append(words[at])
        at += 1
    return tuple(kept)


def read_spelling(words: Words) -> tuple[Words, str, bool]:
    """The words, the letters spelled among them ("m i t c h e l l", "s as in sam m as in mary", "double l"), and
    whether a word that could be a letter interrupts them."""
    words = spelled_out(words)
    rest: list[str] = []
    letters = ""
    broken = False
    at = 0
    while at < len(words):
        spelled, after = _letter(words, at, started=bool(letters))
        if spelled:
            broken = broken or (not letters and _strange(words, at - 1))
            letters, at = letters + spelled, after
            continue
        if letters and words[at] in _JOINTS and words[at + 1 : at + 2] and words[at + 1] in LETTERS:
            if words[at] == "apostrophe":
                letters += "'"
            else:
                rest, letters = with_spelling(rest, letters), ""
            at += 1
            continue
        if len(letters) >= 2 and nameable(words[at]) and _run_follows(words, at + 1):
            rest, letters = with_spelling(rest, letters), ""
        if letters and words[at] in ENDERS:
            broken = broken or _goes_on(words, at + 1) or words[at:] == ("and",)
            break
        if not (words[at] in ("that's", "spelled", "is", "it's") and _letters_follow(words, at + 1)):
            rest.append(words[at])
        at += 1
    return (tuple(rest), letters, broken) if len(letters) >= 2 else (words, "", False)


def _run_follows(words: Words, at: int) -> bool:
    """Whether letters are spelled right behind: the second of "karen k a r e n mitchell m i t c h e l l"."""
    return len(words) > at + 1 and words[at] in LETTERS and words[at + 1] in LETTERS


def _strange(words: Words, at: int) -> bool:
    """Whether the word at `at`, before spelled letters, is neither a name nor announces them."""
    if at < 0 or (nameable(words[at]) and len(words[at]) > 1):
        return False
    return words[at] not in (*HESITATIONS, "that's", "spelled", "spelling", "is", "it's", "and", "yes", *_JOINTS)


def _goes_on(words: Words, at: int) -> bool:
    """Whether a letter that is no word stands at `at`."""
    letters = [word in LETTERS for word in words[at : at + 2]]
    return letters[:1] == [True] and (words[at] not in "ai" or (all(letters[1:]) and len(letters) == 2))


def _letter(words: Words, at: int, *, started: bool) -> tuple[str, int]:
    """The letter spelled at `at` and the index after it; ("", at) for none. The first of several must be followed by
    another, so that an initial is no spelling."""
    letters, after = read_letter(words, at)
    if not letters or started or after > at + 1:
        return letters, after
    goes_on = len(words) > 2 and bool(read_letter(words, after + (words[after : after + 1] == ("apostrophe",)))[0])
    return (letters, after) if goes_on else ("", at)


def _letters_follow(words: Words, at: int) -> bool:
    return len(words) > at + 1 and words[at] in LETTERS


def spelled_end(words: Words) -> int:
    ends = (index for index, word in enumerate(words[:-1]) if word in ("and", "first", "last"))
    return next(ends, len(words))


def with_spelling(kept: list[str], spelled: str) -> list[str]:
    """The spelled name takes the place of the word it sounds like; alone it is the name; else it is added."""
    if not spelled:
        return kept
    if not kept:
        return [spelled]
    if "".join(kept) == spelled:
        return kept
    distances = [Levenshtein.normalized_distance(word, spelled) for word in kept]
    nearest = min(range(len(kept)), key=distances.__getitem__)
    if distances[nearest] <= 0.6 or kept[nearest][0] == spelled[0]:
        return [*kept[:nearest], spelled, *kept[nearest + 1 :]]
    return [*kept, spelled]
