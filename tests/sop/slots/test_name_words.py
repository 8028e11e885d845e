"""What stands beside a name, and what is none."""

import pytest

from sop.slots.person_name import PersonName
from sop.slots.slot_type import Context, Found
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC, understood

KIND = PersonName()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("dana whitfield member number four one seven two two oh nine eight eight", "Dana Whitfield"),
        ("dana whitfield i d number four one seven", "Dana Whitfield"),
        ("dana whitfield policy number four one seven two", "Dana Whitfield"),
        ("dan reed april twelfth nineteen eighty one", "Dan Reed"),
        ("emily stone march third two thousand fifteen", "Emily Stone"),
        ("karen mitchell may fifth nineteen seventy nine", "Karen Mitchell"),
        ("dan reed april twelve nineteen eighty one", "Dan Reed"),
        ("april twelfth nineteen eighty one", None),
        ("june third", None),
        ("april may", "April May"),
        ("june carter", "June Carter"),
        ("skip", None),
        ("skip please", None),
        ("skip jones", "Skip Jones"),
        ("julia child", "Julia Child"),
        ("unknown", None),
        ("reid r e i d", "Reid"),
    ],
)
def test_what_follows_a_name_is_none_of_it(text: str, value: str | None) -> None:
    assert understood(KIND, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("it's spelled m y r a last name n g", "Myra Ng"),
        ("smith first name jane", "Jane Smith"),
        ("s m i t h smith first name jane", "Jane Smith"),
        ("it's karen last name mitchell", "Karen Mitchell"),
        ("karen mitchell last name m i t c h e l l", "Karen Mitchell"),
        ("karen mitchel last name mitchell", "Karen Mitchell"),
        ("jane smith first name jane", "Jane Smith"),
        ("sure first name jane", "Jane"),
        ("her first name is jane", "Jane"),
        ("patient first name jane", "Jane"),
        ("can i give you my first name jane", "Jane"),
    ],
)
def test_the_other_part_stands_before_the_one_that_is_announced(text: str, value: str) -> None:
    assert understood(KIND, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("o'neill o apostrophe n e i l l", "O'Neill"),
        ("mary o'neill o apostrophe n e i l l", "Mary O'Neill"),
        ("d'angelo d apostrophe a n g e l o", "D'Angelo"),
        ("d apostrophe a n g e l o", "D'Angelo"),
        ("jane smith jones s m i t h hyphen j o n e s", "Jane Smith Jones"),
        ("jane smith hyphen jones", "Jane Smith Jones"),
        ("jean dash luc picard", "Jean Luc Picard"),
        ("karen mitchell karen with a k", "Karen Mitchell"),
        ("karen mitchell karen with a k and mitchell with two ls", "Karen Mitchell"),
    ],
)
def test_signs_in_a_name(text: str, value: str) -> None:
    assert understood(KIND, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("it's for my mother dorothy lane", "Dorothy Lane"),
        ("my daughter emily stone", "Emily Stone"),
        ("i'm calling for dorothy lane", "Dorothy Lane"),
        ("i'm calling on behalf of my husband tom reed", "Tom Reed"),
        ("my neighbor robert hensley", "Robert Hensley"),
        ("she's called maria lopez", "Maria Lopez"),
        ("i'm calling for my mother", None),
        ("i'm calling for help", None),
        ("i'm calling for duct cleaning", None),
        ("my mother fell", None),
        ("my son needs braces", None),
        ("it's for my furnace", None),
        ("i'm dan reed calling for my mother dorothy lane", "Dan Reed"),
    ],
)
def test_the_name_of_somebody_for_whom_the_caller_speaks(text: str, value: str | None) -> None:
    assert understood(KIND, text) == value


def test_somebody_elses_name_has_to_be_confirmed() -> None:
    found = KIND.parse(split_words("it's for my mother dorothy lane"), SPEC, Context(NOW))
    assert isinstance(found, Found) and found.certainty < 0.4


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("not mitchell michaels", "Karen Michaels"),
        ("no not mitchell michaels", "Karen Michaels"),
        ("it's michaels not mitchell", "Karen Michaels"),
        ("not karen carol", "Carol Mitchell"),
        ("not karen mitchell carol michaels", "Carol Michaels"),
        ("not mitchell", None),
        ("not michael michaels", None),
    ],
)
def test_the_part_that_is_refused_is_none_of_the_name(text: str, value: str | None) -> None:
    assert understood(KIND, text, current="Karen Mitchell") == value
