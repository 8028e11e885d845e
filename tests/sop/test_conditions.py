"""Edge conditions: a small language, and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.conditions import (
    ConditionError,
    Value,
    constants_compared,
    holds,
    names_beside,
    names_beside_truths,
    names_compared,
    numbers_compared,
    parse_condition,
    standing_alone,
)

VALUES: dict[str, Value] = {"problem": "gas", "count": 3, "flag": True}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('problem == "gas"', True),
        ('problem != "gas"', False),
        ("count >= 3", True),
        ("count < 3", False),
        ("1 < count <= 3", True),
        ('problem in ["gas", "co"]', True),
        ('problem not in ["gas", "co"]', False),
        ("flag and count > 2", True),
        ("not flag", False),
        ('missing == "x"', False),
        ("missing == None", True),
        ("problem > 3", False),
        ('count > "a"', False),
        ("flag or missing", True),
        ("missing", False),
    ],
)
def test_holds(text: str, expected: bool) -> None:
    assert holds(parse_condition(text), VALUES) is expected


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('x')",
        "a.b",
        "a[0]",
        "lambda: 1",
        "f(1)",
        "[x for x in y]",
        "a if b else c",
        "1 + 1",
        "a := 1",
        "a is None",
        "x in y",
        "b'x' == a",
        "1j == a",
        "",
        "a ==",
        "(" * 300 + ")" * 300,
        "x" * 1000,
        "{1: 2}",
        "f'{a}'",
        "await x",
        "- a",
        "-'x' == a",
        "a == [1]",
        "a in [b == c]",
        "a in [[1]]",
        "a > 1" + "0" * 400,
        "a > 1e999",
        "...",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        parse_condition(text)


def test_names_and_constants() -> None:
    condition = parse_condition('problem in ["gas", "co"] and "x" == other')
    assert condition.names == {"problem", "other"}
    assert constants_compared(condition, "problem") == {"gas", "co"}


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    try:
        condition = parse_condition(text)
    except ConditionError:
        return
    assert holds(condition, VALUES) in (True, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("flag == True", True),
        ("flag == 1", False),
        ("flag != 1", True),
        ("flag > 0", False),
        ("flag in [1]", False),
        ("flag in [True]", True),
        ("count in [3, gas]", True),
        ("count in ['3']", False),
        ("count == '3'", False),
        ("problem == 'Gas'", False),
        ("problem in [gas, co]", True),
        ("problem not in [gas, co]", False),
        ("missing in [gas]", False),
        ("missing not in [gas]", True),
        ("missing in [None]", True),
        ("missing != 'x'", True),
        ("missing < 3", False),
        ("missing >= None", False),
        ("not missing", True),
        ("missing == other", True),
        ("count > missing", False),
        ("zero", False),
        ("zero == 0", True),
        ("zero != None", True),
        ("below < -1", True),
        ("-3 < below <= -2.5", True),
        ("below == -2", False),
        ("said in [lawyer, 'my attorney']", True),
        ("said in ['my attorney']", False),
        ("said not in [lawyer]", False),
        ("said == 'lawyer'", False),
        ("silent in [lawyer]", False),
        ("silent not in [lawyer]", True),
        ("silent", False),
    ],
)
def test_unlike_things_none_and_several_words(text: str, expected: bool) -> None:
    values: dict[str, Value] = VALUES | {"zero": 0, "below": -2.5, "said": ("lawyer", "sue"), "silent": ()}
    assert holds(parse_condition(text), values) is expected


def test_a_bare_word_in_a_list_is_no_name() -> None:
    assert parse_condition("problem in [gas, co] and other == gas").names == {"problem", "other", "gas"}
    assert parse_condition("topic in [fraud]").names == {"topic"}


def test_numbers_that_are_compared() -> None:
    condition = parse_condition("-2 < a <= 3.5 and a in [7, gas] and b > 9 and a != True")
    assert numbers_compared(condition, "a") == {-2.0, 3.5, 7.0}
    assert not names_compared(condition)
    assert names_compared(parse_condition("a > 1 and a < b"))


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("a", {"a"}),
        ("not a", {"a"}),
        ("a and b == 1 or not (c or d > 2)", {"a", "c"}),
        ("(a or 'x') == b", {"a", "'x'"}),
        ("a == 'x' or 'y'", {"'y'"}),
        ("a == 1 and 0.5", {"0.5"}),
        ("1 < a <= 3 and b in [c, 'd', 2] and e not in [f]", set()),
        ("a == None or True", set()),
        ("(a == 1) == (b == 2)", set()),
    ],
)
def test_what_stands_alone(text: str, alone: set[str]) -> None:
    assert standing_alone(parse_condition(text)) == alone


def test_names_beside_true_or_false() -> None:
    condition = parse_condition("a == True and b != 1 and c in [False] and (d == 2 or True)")
    assert names_beside_truths(condition) == {"a", "c"}


def test_names_beside_a_name() -> None:
    condition = parse_condition("a == b and c < a < 3 and d == c and a in [e]")
    assert names_beside(condition, "a") == {"b", "c"}
    assert names_beside(condition, "d") == {"c"}
    assert names_beside(condition, "e") == set()


def test_a_line_break_or_two_spaces_change_nothing() -> None:
    assert parse_condition("a  ==\n 1") == parse_condition("a == 1")
