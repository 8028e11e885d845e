"""Edge conditions: a small language, and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.conditions import ConditionError, Value, constants_compared, holds, parse_condition

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
