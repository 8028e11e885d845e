"""Numbers told in pieces."""

from dataclasses import replace

import pytest

from sop.slot_spec import SlotSpec
from sop.slots.begun_digits import put_together
from sop.slots.digits import Digits
from sop.slots.phone import Phone
from sop.slots.slot_type import Context, Doubt, Found, SlotType
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC

PHONE = replace(SPEC, type="phone")
MEMBER = replace(SPEC, type="digits", lengths=(9,))


def told(kind: SlotType, spec: SlotSpec, *pieces: str) -> Found | Doubt | None:
    """What the last of the pieces is, each heard behind what the one before left."""
    found: Found | Doubt | None = None
    for piece in pieces:
        begun = found.begun if isinstance(found, Doubt) else ""
        context, words = Context(NOW, begun=begun), split_words(piece)
        found = put_together(kind, words, spec, context, kind.parse(words, spec, context))
    return found


@pytest.mark.parametrize(
    "pieces",
    [
        ("four one six", "five five five", "zero one nine nine"),
        ("four one six five five five", "oh one nine nine please"),
        ("it's four one six", "then five five five", "and zero one nine nine"),
        ("five five five zero one nine nine", "the area code is four one six"),
        ("four one six", "four one six", "five five five zero one nine nine"),
        ("four one six five", "four one six five five five", "zero one nine nine"),
        ("416", "555", "0199"),
    ],
)
def test_the_pieces_of_a_telephone_number(pieces: tuple[str, ...]) -> None:
    assert told(Phone(), PHONE, *pieces) == Found("+14165550199", 0.5)


@pytest.mark.parametrize(
    "pieces",
    [
        ("four one six", "four one six five five five zero one nine nine"),
        ("two one two five five", "four one six five five five zero one nine nine"),
    ],
)
def test_a_whole_number_behind_a_piece_stands_alone(pieces: tuple[str, ...]) -> None:
    assert told(Phone(), PHONE, *pieces) == Found("+14165550199")


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        (("four one six",), Doubt("length", begun="416")),
        (("four one six", "five five five"), Doubt("length", begun="416555")),
        (("four one six five five five zero one nine", "zero one nine nine"), Doubt("length")),
        (("four one six", "five"), None),
        (("four one six", "i don't know"), None),
        (("twelve maple street",), None),
    ],
)
def test_what_makes_no_number(pieces: tuple[str, ...], found: Doubt | None) -> None:
    assert told(Phone(), PHONE, *pieces) == found


def test_the_pieces_of_a_member_number() -> None:
    assert told(Digits(), MEMBER, "four one seven", "two two oh", "nine eight eight") == Found("417220988", 0.5)
    assert told(Digits(), MEMBER, "four one", "seven two two oh nine eight eight") == Found("417220988", 0.5)
    assert told(Digits(), MEMBER, "four one seven two two", "oh nine eight eight one") == Doubt("length")
