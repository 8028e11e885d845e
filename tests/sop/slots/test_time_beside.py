"""Times told beside other things, on the evening of Sunday, 22 November 2026."""

from dataclasses import replace

import pytest

from sop.slots.slot_type import Context, Found
from sop.slots.time_window import TimeWindow
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC, volunteered

KIND = TimeWindow()


def window(day: str, start: int, end: int) -> str:
    return f"2026-{day}T{start:02}:00/2026-{day}T{end:02}:00"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("my furnace quit can you come tomorrow morning", window("11-23", 8, 12)),
        ("it stopped working yesterday could you please come friday afternoon", window("11-27", 12, 17)),
        ("it broke friday can you send someone tomorrow", window("11-23", 8, 17)),
        ("my heater died i need someone right away", "asap"),
        ("can you come my furnace quit this morning", None),
        ("it's been out since tuesday can you come", None),
        ("it broke they said they would send someone friday", None),
        ("the technician was here friday", None),
        ("i'd like to book a cleaning for friday at ten", window("11-27", 10, 11)),
        ("i need a table on friday at seven", window("11-27", 7, 8)),
        ("can i make a reservation for tuesday afternoon", window("11-24", 12, 17)),
        (
            "i have a meeting at three on thursday i'd like to book a visit friday at ten",
            window("11-27", 10, 11),
        ),
        ("i have a reservation for friday at seven", None),
        ("did i book a cleaning for friday at ten", None),
        ("i booked a cleaning for friday at ten", None),
        ("my court date is friday at ten", None),
        ("the library book is due friday", None),
    ],
)
def test_a_time_is_taken_only_from_what_asks_for_a_visit(text: str, value: str | None) -> None:
    assert volunteered(KIND, text) == value


HELD = window("11-23", 8, 12)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("it doesn't matter", None),
        ("either is fine", None),
        ("call me any time", None),
        ("whatever works", None),
        ("the time doesn't matter", "asap"),
        ("actually as soon as possible", "asap"),
        ("i don't care just come friday", window("11-27", 8, 12)),
        ("wednesday instead", window("11-25", 8, 12)),
    ],
)
def test_under_another_question_what_does_not_matter_is_not_the_time(text: str, value: str | None) -> None:
    spec = replace(SPEC, names=("the time", "time"))
    found = KIND.find(split_words(text), spec, Context(NOW, HELD, asked=False))
    assert (found.value if found else None) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("it doesn't matter", None), ("any time is fine", "asap"), ("whenever works", "asap")],
)
def test_among_other_values_only_a_time_changes_the_time(text: str, value: str | None) -> None:
    found = KIND.parse(split_words(text), SPEC, Context(NOW, HELD, asked=False))
    assert (found.value if isinstance(found, Found) else None) == value
