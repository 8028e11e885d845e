"""A number told in pieces, an answer at a time: "four one six", then "five five five", then "zero one nine nine"."""

from dataclasses import replace

from sop.slot_spec import SlotSpec
from sop.slots.slot_type import Context, Doubt, Found, SlotType
from sop.slots.spoken_numbers import read_number
from sop.words import FILLERS, Words, word_set

_KINDS = ("phone", "digits")
_BESIDE = FILLERS | word_set("then and it's its is the that's dash area code number my thanks thank you yes sir ma'am")
_LOCAL = 7
"""Digits of a telephone number without its area code, which may be told after them."""
_FEWEST = 2
"""Digits of a piece: a lone one may be "won" or "to"."""
_TOO_FEW = ("length", "area_code")
_JOINED = 0.5
"""Certainty of a number put together: it is read back."""


def put_together(
    kind: SlotType, words: Words, spec: SlotSpec, context: Context, found: Found | Doubt | None
) -> Found | Doubt | None:
    """`found`, the reading of `words` alone, or the whole number that they make behind the digits told before. A doubt
    about too few digits keeps what there is of them; who begins anew is believed."""
    said, before = _digits(words), context.begun
    if spec.type not in _KINDS or isinstance(found, Found) or len(said) < _FEWEST:
        return found
    anew = not before or said.startswith(before) or (len(said) > 2 and before.startswith(said))
    for whole in () if anew else (said + before, before + said) if len(before) == _LOCAL else (before + said,):
        again = kind.parse((whole,), spec, replace(context, begun=""))
        if isinstance(again, Found):
            return replace(again, certainty=min(again.certainty, _JOINED))
    joined = said if anew else before + said
    if (found is None and anew) or (isinstance(found, Doubt) and found.reason not in _TOO_FEW):
        return found
    return replace(found or Doubt("length"), begun=joined if len(joined) < kind.keys(spec) else "")


def _digits(words: Words) -> str:
    """The digits of words that are nothing else, or ""."""
    digits, at = "", 0
    while at < len(words):
        more, after = read_number(words, at)
        if not more and words[at] not in _BESIDE:
            return ""
        digits, at = digits + more, after if more else at + 1
    return digits
