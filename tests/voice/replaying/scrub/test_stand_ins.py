"""Stand-ins: the type and shape of a value, and nothing else of it."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.slots.digits import passes_luhn
from voice.replaying.scrub.birthdays import moved
from voice.replaying.scrub.stand_ins import STAFF, TEXT, Held, StandIns, stand_ins

NOW = "2026-11-22T19:40:00-05:00"


def dealt(*held: Held, own: frozenset[str] = frozenset(), attempt: int = 0) -> StandIns:
    return stand_ins(held, now=NOW, own=own, attempt=attempt)


def test_a_name_is_other_names_and_a_family_stays_a_family() -> None:
    found = dealt(Held("person_name", "Karen Mitchell", "name"), Held("person_name", "Tom Mitchell", "name"))
    first, second = found.of("Karen Mitchell").split(), found.of("Tom Mitchell").split()
    assert len(first) == len(second) == 2
    assert first[1] == second[1] != "Mitchell"
    assert len({first[0], second[0], "Karen", "Tom"}) == 4


def test_a_word_of_any_value_is_nobodys_stand_in() -> None:
    held = [Held("person_name", name, "name") for name in ("Karen Mitchell", "Henry Bennett", "Nancy Fletcher")]
    found = dealt(*held)
    words = {word for one in held for word in one.value.split()}
    assert not words & {word for other in found.values.values() for word in other.split()}


def test_particles_and_titles_stay() -> None:
    assert dealt(Held("person_name", "Maria de la Cruz Jr.", "name")).of("Maria de la Cruz Jr.").split()[1:3] == [
        "de",
        "la",
    ]


@pytest.mark.parametrize("number", ["+12125550188", "+14155550140", "+447700900123", "+14155550123;ext=204"])
def test_a_number_is_one_set_aside_for_fiction(number: str) -> None:
    found = dealt(Held("phone", number, "number"))
    other = found.of(number)
    assert other.startswith("+141555501")
    assert other[:12] != number[:12] and len(other.partition(";")[0]) == 12
    assert (";ext=" in other) == (";ext=" in number) and "204" not in other


def test_two_numbers_of_which_one_might_be_the_others_stand_in() -> None:
    found = dealt(Held("phone", "+12125550188", "a"), Held("phone", "+14155550140", "b"))
    assert "+14155550140" not in found.values.values()


def test_an_address_keeps_its_kinds_of_words() -> None:
    value = "2217 North Maple Street, Apartment 4, Springfield, IL 62704"
    number, north, name, street = dealt(Held("us_address", value, "address")).of(value).split(", ")[0].split()
    assert (north, street) == ("North", "Street")
    assert len(number) == 4 and number != "2217" and name != "Maple"
    unit, town, state = dealt(Held("us_address", value, "address")).of(value).split(", ")[1:]
    assert unit.startswith("Apartment ") and town != "Springfield"
    assert state[:2] != "IL" and len(state) == 8 and state[3:] != "62704"


def test_a_kind_of_street_within_a_name_is_a_name() -> None:
    found = dealt(Held("us_address", "48 Fox Hollow Road, Salem", "address")).of("48 Fox Hollow Road, Salem")
    assert len(found.split()) == 5 and found.split()[3] == "Road,"
    assert not {"Fox", "Hollow", "Salem", "48"} & set(found.replace(",", "").split())


def test_an_email_address_is_at_example_com() -> None:
    found = dealt(Held("email", "karen.mitchell88@acme.com", "e-mail"))
    local, _, domain = found.of("karen.mitchell88@acme.com").partition("@")
    assert domain == "example.com"
    assert "karen" not in local and "mitchell" not in local and "88" not in local and "." in local


def test_a_card_number_passes_its_check() -> None:
    found = dealt(Held("digits", "4539578763621486", "card", luhn=True)).of("4539578763621486")
    assert len(found) == 16 and passes_luhn(found) and found[-4:] != "1486"


@given(st.from_regex(r"[0-9]{3,12}", fullmatch=True))
@settings(max_examples=60)
def test_digits_are_as_many_with_another_ending(digits: str) -> None:
    other = dealt(Held("digits", digits, "number")).of(digits)
    assert len(other) == len(digits) and other.isdecimal() and other[-4:] != digits[-4:]


@pytest.mark.parametrize("born", ["1984-03-12", "1960-02-29", "2001-11-22", "1990-11-23"])
def test_a_birthday_is_another_at_the_same_age(born: str) -> None:
    day, today = date.fromisoformat(born), date(2026, 11, 22)
    other = date.fromisoformat(moved(born, NOW, private=False))

    def age(of: date) -> int:
        return today.year - of.year - ((today.month, today.day) < (of.month, of.day))

    assert (other.month, other.day) != (day.month, day.day)
    assert age(other) == age(day)


def test_a_recent_date_stays_unless_it_is_private() -> None:
    assert moved("2026-11-20", NOW, private=False) == "2026-11-20"
    assert moved("2026-12-24", NOW, private=False) == "2026-12-24"
    assert moved("2026-11-20", NOW, private=True) != "2026-11-20"


def test_what_was_said_freely_keeps_only_its_topic() -> None:
    found = dealt(
        Held("free_text", "my lawyer jessica told me to call", "matter"), Held("free_text", "a dog", "matter")
    )
    assert found.of("my lawyer jessica told me to call") == "something about a lawyer"
    assert "dog" not in found.of("a dog")


def test_a_question_to_the_business_keeps_its_plain_words() -> None:
    asked = Held("free_text", "does jessica know how to export my data", "question", asks=True)
    found = dealt(asked, own=frozenset("does know how to export my data".split()))
    assert found.of(asked.value) == "does know how to export my data"


def test_what_tells_nobody_who_spoke_stays() -> None:
    held = (Held("choice", "no_heat", "p"), Held("yes_no", "yes", "y"), Held("money", "84250", "m"))
    assert dealt(*held).values == {}
    assert dealt(Held("money", "84250", "m", private=True)).of("84250") == "80000"


def test_what_a_tool_answered_keeps_its_shape() -> None:
    own = frozenset({"for", "order", "shipped"})
    held = (Held("person_name", "Karen Mitchell", "name"), Held(TEXT, "order 88213 for Karen, Quartz Inc", "answer"))
    first = dealt(*held, own=own).of("Karen Mitchell").split()[0]
    order, number, for_, name, *rest = dealt(*held, own=own).of("order 88213 for Karen, Quartz Inc").split()
    assert (order, for_, name) == ("order", "for", f"{first},")
    assert len(number) == 5 and number != "88213" and rest == ["Sample", "Sample"]
    assert dealt(Held(TEXT, "shipped", "answer"), own=own).of("shipped") == "shipped"
    assert dealt(Held(TEXT, "2026-11-24T09:00", "answer")).of("2026-11-24T09:00") == "2026-11-24T09:00"


def test_a_place_of_the_business_stays_and_a_person_does_not() -> None:
    found = dealt(Held(STAFF, "on call", "s"), Held(STAFF, "Mike Ross", "s"), own=frozenset({"on", "call"}))
    assert found.of("on call") == "on call"
    assert not {"Mike", "Ross"} & set(found.of("Mike Ross").split())


def test_another_attempt_gives_others() -> None:
    held = (
        Held("person_name", "Karen Mitchell", "n"),
        Held("phone", "+12125550188", "p"),
        Held("digits", "123456", "d"),
    )
    first, second = dealt(*held), dealt(*held, attempt=1)
    assert all(first.of(one.value) != second.of(one.value) for one in held)
