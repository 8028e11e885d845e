"""What is left of a value is found, however it is written."""

from pathlib import Path

import pytest

from voice.replaying.scrub.stand_ins import TEXT, Held, stand_ins
from voice.replaying.scrub.traces import Needle, found_in, needles, traces

HELD = (
    Held("person_name", "Daniel Foster", "the name"),
    Held("phone", "+12125550188", "the number"),
    Held("us_address", "2217 Maple Street, Springfield", "the address"),
    Held("email", "dan.foster@quartz.com", "the e-mail address"),
    Held("date", "1984-03-12", "the birthday"),
    Held("free_text", "my neighbor fell", "the matter"),
    Held("choice", "no_heat", "the problem"),
    Held(TEXT, "Quartz Hill", "an answer"),
)
OWN = frozenset("my street fell neighbor com call hill".split())


def sought() -> tuple[Needle, ...]:
    return needles(HELD, stand_ins(HELD, now="2026-11-22T19:40:00-05:00", own=OWN), OWN)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I have Daniel Foster.", "the name"),
        ("i said foster", "the name"),
        ("F O S T E R", "the name"),
        ("DANIEL", "the name"),
        ("+12125550188", "the number"),
        ("2 1 2, 5 5 5, 0 1 8 8", "the number"),
        ("two one two five five five oh one eight eight", "the number"),
        ("the number ending in 0 1 8 8", "the number"),
        ("(212) 555-0188", "the number"),
        ("twenty two seventeen", "the address"),
        ("maple", "the address"),
        ("dan dot somebody", "the e-mail address"),
        ("keyed 03121984", "the birthday"),
        ("the 12th of march 84", "the birthday"),
        ("my birthday is march twelfth nineteen eighty four", "the birthday"),
        ("i was born on march twelfth", "the birthday"),
        ("the twelfth of march", "the birthday"),
        ("You were born March 12, 1984.", "the birthday"),
        ("3/12/84", "the birthday"),
        ("three twelve eighty four", "the birthday"),
        ("oh three one two eight four", "the birthday"),
        ("1984-03-12", "the birthday"),
        ("my neighbor fell", "the matter"),
        ("quartz", "the e-mail address"),
        ("at quartz hill", "an answer"),
    ],
)
def test_found(text: str, label: str) -> None:
    assert label in set(found_in(text, sought()))


@pytest.mark.parametrize(
    "text",
    [
        "my street",
        "I have no heat.",
        "2026-11-22T19:40:00-05:00",
        "4155550140",
        "a neighbor",
        "call the hill",
        "22170",
        "march thirteenth",
        "the twelfth",
        "three twelve",
        "1984",
    ],
)
def test_not_found(text: str) -> None:
    assert list(found_in(text, sought())) == []


def test_a_name_that_is_a_plain_word_is_found_where_it_is_all_there_is() -> None:
    held = (Held("person_name", "Price", "the name"),)
    own = frozenset({"price"})
    found = needles(held, stand_ins(held, now="2026-11-22T19:40:00-05:00", own=own), own)
    assert list(found_in("Price.", found)) == ["the name"]
    assert list(found_in("P R I C E", found)) == ["the name"]
    assert list(found_in("what is the price of that", found)) == []


def test_files_are_looked_through(tmp_path: Path) -> None:
    (tmp_path / "call-01.jsonl").write_text(
        '{"_":"Journal","source":"ask maple","settings":{"script":"maple"}}\n{"_":"Heard","at":2217}\n'
    )
    assert traces(tmp_path, sought()) == ()
    with (tmp_path / "call-01.jsonl").open("a") as file:
        file.write('>{"_":"Speak","text":"at 22 Maple"}\n')
    assert traces(tmp_path, sought()) == ("the address",)


def test_names_of_files_and_comments_are_looked_through(tmp_path: Path) -> None:
    (tmp_path / "call-2125550188.wav").touch()
    (tmp_path / "call.yaml").write_text("# Foster called\nsays: [yes]\n")
    assert set(traces(tmp_path, sought())) == {"the number", "the name", "the e-mail address"}
