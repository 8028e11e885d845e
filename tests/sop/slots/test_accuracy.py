"""Values are read right from what callers say, and recognition errors cost a question, not a wrong value."""

from random import Random

import pytest

from tests.sop.slots.accuracy import NONE, available, kinds, measure, misses, read
from tests.sop.slots.mishearing import SOUND_ALIKES, Kind, Mishearing, mishear, plain
from tests.sop.slots.value_words import changed, lost


@pytest.mark.parametrize("kind", kinds())
def test_a_list_is_long_enough_and_holds_nothing_twice(kind: str) -> None:
    forms = read(kind).forms
    said = [words for _, words in forms]
    assert len(forms) >= 66
    assert sorted(set(said)) == sorted(said)
    assert 6 <= sum(value == NONE for value, _ in forms) <= 8


@pytest.mark.parametrize("kind", kinds())
def test_what_callers_say_is_read_right(kind: str) -> None:
    if not available(kind):
        pytest.skip("the type is not registered")
    result = measure(kind)
    assert result.clean >= 0.97, misses(result)


@pytest.mark.parametrize("kind", kinds())
def test_one_recognition_error_seldom_hurts(kind: str) -> None:
    if not available(kind):
        pytest.skip("the type is not registered")
    result = measure(kind)
    assert result.injected > result.lost
    assert result.wrong <= 0.02, misses(result)
    assert result.recovered >= 0.85, misses(result)


def made(said: str, index: int, kind: Kind, new: str = "") -> Mishearing:
    words = tuple(plain(word) for word in said.split())
    put = {Kind.DELETED: [], Kind.DOUBLED: [words[index]] * 2}.get(kind, [new])
    text = " ".join([*words[:index], *put, *words[index + 1 :]])
    return Mishearing(kind, index, words[index], new, words, text)


@pytest.mark.parametrize(
    ("kind", "said", "index", "error", "new", "another_value"),
    [
        ("phone", "four one five five five five oh one nine nine", 8, Kind.SOUND_ALIKE, "five", True),
        ("phone", "four one five five five five oh one nine nine", 8, Kind.SOUND_ALIKE, "mine", False),
        ("phone", "four one five five five five oh one nine nine", 8, Kind.DELETED, "", False),
        ("phone", "four one five five five five oh one nine nine", 8, Kind.DOUBLED, "nine", False),
        ("phone", "four one five five five five oh one nine nine", 6, Kind.SOUND_ALIKE, "o", False),
        ("digits_account", "four eight two nine one five", 3, Kind.DOUBLED, "nine", True),
        ("digits_account", "four eight two nine one five", 3, Kind.DELETED, "", False),
        ("digits_account", "seven three one six six four two", 3, Kind.DELETED, "", True),
        ("digits_four", "four eight two one", 3, Kind.DOUBLED, "one", False),
        ("digits_account", "four eight then two nine one five", 2, Kind.SOUND_ALIKE, "ten", True),
        ("digits_four", "four eight then two one", 2, Kind.SOUND_ALIKE, "ten", False),
        ("digits_four", "forty eight twenty one", 3, Kind.DELETED, "", True),
        ("digits_four", "forty eight twenty one", 2, Kind.DELETED, "", False),
        ("digits_card", "four five three nine one four eight eight", 3, Kind.SOUND_ALIKE, "five", False),
        ("money", "one hundred fifty dollars", 2, Kind.SOUND_ALIKE, "fifteen", True),
        ("money", "one hundred fifty dollars", 2, Kind.DELETED, "", True),
        ("money", "fifty dollars", 0, Kind.DELETED, "", False),
        ("calendar_date_past", "march fourteenth nineteen eighty five", 0, Kind.SOUND_ALIKE, "marsh", False),
        ("calendar_date_past", "march fourteenth nineteen eighty five", 0, Kind.SOUND_ALIKE, "may", True),
        ("calendar_date_past", "march fourteenth nineteen eighty five", 0, Kind.DELETED, "", False),
        ("calendar_date_past", "august nine nineteen fifty", 0, Kind.DELETED, "", True),
        ("calendar_date_past", "july 4th 1976", 2, Kind.DELETED, "", True),
        ("time_window", "monday afternoon", 0, Kind.SOUND_ALIKE, "sunday", True),
        ("time_window", "monday afternoon", 1, Kind.DELETED, "", True),
        ("time_window", "monday afternoon", 0, Kind.DELETED, "", False),
        ("yes_no", "that's not right", 1, Kind.DELETED, "", True),
        ("yes_no", "no it's not", 0, Kind.SOUND_ALIKE, "know", False),
    ],
)
def test_another_valid_value_is_left_out(
    kind: str, said: str, index: int, error: Kind, new: str, another_value: bool
) -> None:
    forms = read(kind)
    value = {"digits_account": "4829150"[: len(said.split())], "digits_four": "4821"}.get(kind, "x")
    assert changed(made(said, index, error, new), value, forms.spec, {}) is another_value


@pytest.mark.parametrize(
    ("kind", "value", "said", "index", "error", "new", "another_value"),
    [
        ("person_name", "Karen Mitchell", "it's karen mitchell", 1, Kind.DELETED, "", True),
        ("person_name", "Karen Mitchell", "it's karen mitchell", 2, Kind.SOUND_ALIKE, "michelle", True),
        ("person_name", "Karen Mitchell", "it's karen mitchell", 0, Kind.DELETED, "", False),
        ("person_name", "Brian", "just brian", 1, Kind.DELETED, "", False),
        ("person_name", "Smith", "s as in sam m i t h", 0, Kind.SOUND_ALIKE, "f", False),
        ("email", "bob@aol.com", "b o b at aol dot com", 0, Kind.SOUND_ALIKE, "d", True),
        ("email", "bob@aol.com", "bob at aol dot com", 1, Kind.SOUND_ALIKE, "that", False),
        ("email", "a.bob@aol.com", "a dot bob at aol dot com", 1, Kind.DELETED, "", True),
        ("email", "a.bob@aol.com", "a dot bob at aol dot com", 5, Kind.DELETED, "", False),
        ("us_address", "12 Oak Road", "twelve oak road", 2, Kind.SOUND_ALIKE, "wrote", False),
        ("us_address", "12 Oak Road", "twelve oak road", 1, Kind.DELETED, "", False),
        ("us_address", "12 Oak Road", "twelve oak road", 1, Kind.SOUND_ALIKE, "oke", True),
        ("us_address", "12 Oak Road, 62704", "twelve oak road six two seven oh four", 4, Kind.DELETED, "", False),
        ("us_address", "12 Oak Road, Salem, OR", "twelve oak road salem oregon", 3, Kind.DELETED, "", True),
        ("free_text", "the gate is shut", "um the gate is shut", 0, Kind.DELETED, "", False),
        ("free_text", "the gate is shut", "um the gate is shut", 2, Kind.DELETED, "", True),
    ],
)
def test_words_of_any_kind_are_left_out_where_they_are_the_value(
    kind: str, value: str, said: str, index: int, error: Kind, new: str, another_value: bool
) -> None:
    assert changed(made(said, index, error, new), value, read(kind).spec, {}) is another_value


def test_a_word_of_another_option_is_left_out() -> None:
    phrases = {"noise": (("loud", "noise"),), "no_heat": (("furnace",),)}
    spec = read("choice").spec
    said = "the furnace makes a loud noise"
    assert changed(made(said, 5, Kind.SOUND_ALIKE, "nose"), "noise", spec, phrases)
    assert not changed(made(said, 1, Kind.SOUND_ALIKE, "furnish"), "noise", spec, phrases)


OWN = "it's four one five five five five oh one nine nine"


@pytest.mark.parametrize(
    ("kind", "value", "said", "index", "error", "new", "gone"),
    [
        ("phone", "+14155550199", OWN, 0, Kind.DELETED, "", False),
        ("phone", "+14155550199", OWN, 9, Kind.DELETED, "", True),
        ("phone", "+14155550199", OWN, 9, Kind.DOUBLED, "nine", True),
        ("phone", "+14155550199", OWN, 1, Kind.RANDOM, "house", True),
        (
            "phone",
            "+14155550199",
            "it's four one five five five five oh one nine nine",
            1,
            Kind.SOUND_ALIKE,
            "for",
            False,
        ),
        ("us_address", "12 Oak Road", "twelve oak road", 2, Kind.SOUND_ALIKE, "wrote", True),
        ("us_address", "12 Oak Road", "twelve oak road", 2, Kind.SOUND_ALIKE, "rode", False),
        ("us_address", "12 Oak Road", "twelve oak road", 2, Kind.DOUBLED, "road", False),
        ("time_window", "asap", "as soon as possible please", 1, Kind.SOUND_ALIKE, "son", True),
        ("time_window", "asap", "as soon as possible please", 4, Kind.DELETED, "", False),
        ("calendar_date_past", "1985-03-14", "three fourteen eighty five", 3, Kind.DOUBLED, "five", True),
        ("calendar_date_past", "1985-03-14", "march fourteenth eighty five", 1, Kind.DOUBLED, "fourteenth", False),
        ("yes_no", "no", "no that's wrong", 0, Kind.DELETED, "", False),
        ("yes_no", "no", "no thanks", 0, Kind.DELETED, "", True),
        ("free_text", "the gate", "um the gate", 0, Kind.DELETED, "", False),
        ("digits_account", "482915", "four eight two uh nine one five", 3, Kind.RANDOM, "house", True),
        ("digits_four", "4821", "four eight uh two one", 2, Kind.RANDOM, "house", False),
        ("email", "bob@aol.com", "it's bob@aol.com", 1, Kind.RANDOM, "house", True),
        ("email", "bob@aol.com", "it's bob at aol dot com", 2, Kind.DOUBLED, "at", False),
    ],
)
def test_what_is_not_said_in_full_is_lost(
    kind: str, value: str, said: str, index: int, error: Kind, new: str, gone: bool
) -> None:
    assert lost(made(said, index, error, new), value, read(kind).spec, {}) is gone


def test_a_choice_is_lost_with_its_phrase() -> None:
    phrases = {"noise": (("loud", "noise"),), "no_heat": (("furnace",),)}
    spec = read("choice").spec
    assert lost(made("it makes a loud noise", 4, Kind.SOUND_ALIKE, "nose"), "noise", spec, phrases)
    assert not lost(made("it makes a loud noise", 2, Kind.DELETED), "noise", spec, phrases)


def test_every_error_changes_one_word_and_the_seed_says_which() -> None:
    said = "Yeah, it's four one five."
    for seed in range(40):
        error = mishear(said, Random(seed))
        assert error == mishear(said, Random(seed))
        assert error.text != said
        assert abs(len(error.text.split()) - len(said.split())) <= 1


def test_the_table_of_sound_alikes_is_no_toy() -> None:
    assert sum(len(alikes) for alikes in SOUND_ALIKES.values()) >= 120
    assert all(word not in alikes for word, alikes in SOUND_ALIKES.items())
