"""Point 10: keys are collected with a pause, a terminator or a count, ahead of the question too, and never shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop.graph import Graph
from sop.loader import load
from tests.line import Line
from voice.audio import samples
from voice.commands import CallTool, Clear, Speak
from voice.events import Keyed, ToolFinished
from voice.keypad import Keypad, KeypadSettings


def test_point_10_a_count_a_terminator_or_a_pause_ends_an_entry() -> None:
    pad = Keypad(KeypadSettings())
    assert [pad.press(i, k, 3) for i, k in enumerate("123")] == [None, None, "123"]
    assert [pad.press(i, k, 0) for i, k in enumerate("45#")] == [None, None, "45"]
    assert pad.press(100, "6", 0) is None and pad.pending
    assert pad.tick(100 + 23_999) is None
    assert pad.tick(100 + 24_000) == "6" and not pad.pending


def test_point_10_a_terminator_alone_is_a_key() -> None:
    assert Keypad(KeypadSettings()).press(0, "#", 1) == "#"


def test_point_10_a_terminator_behind_a_whole_entry_belongs_to_it() -> None:
    pad = Keypad(KeypadSettings())
    assert [pad.press(i, k, 3) for i, k in enumerate("123#456#")] == [None, None, "123", None, None, None, "456", None]
    assert pad.press(samples(5000), "#", 1) == "#"


def test_point_10_a_terminator_behind_a_whole_entry_is_dropped_once_and_soon() -> None:
    pad = Keypad(KeypadSettings())
    assert pad.press(0, "7", 1) == "7"
    assert not pad.drops(samples(100), "8")
    assert pad.drops(samples(200), "#")
    assert pad.press(samples(200), "#", 1) is None
    assert not pad.drops(samples(300), "#")
    assert pad.press(samples(400), "7", 1) == "7"
    assert not pad.drops(samples(3400), "#")


def test_point_10_0_0_is_a_number_where_numbers_are_asked_for() -> None:
    pad = Keypad(KeypadSettings())
    assert pad.press(0, "0", 1) == "0"
    assert pad.press(0, "0", 1, zero=True) is None
    assert pad.press(0, "0", 1, zero=True) == "00"
    assert pad.press(0, "3", 1, zero=True) == "3"


def test_point_10_keys_kept_for_later_make_their_entries_one_by_one() -> None:
    pad = Keypad(KeypadSettings())
    for i, key in enumerate("1" + "30301" + "7"):
        pad.keep(i, key)
    pad.keep(samples(4000), "8")
    assert [pad.ahead(samples(9000), count) for count in (1, 5, 2)] == ["1", "30301", "7"]  # a pause behind the 7
    assert pad.ahead(samples(9000), 2) is None and pad.pending
    assert pad.tick(samples(11_900)) is None  # the caller may go on
    assert pad.press(samples(11_900), "9", 2) == "89"


@given(st.text("0123456789*ABCD", min_size=1, max_size=60))
def test_point_10_nothing_shows_what_was_keyed(keys: str) -> None:
    pad = Keypad(KeypadSettings())
    for key in keys:
        pad.press(0, key, 0)
    assert pad.tick(10**6) == keys[:32]
    assert "key=" not in repr(Keyed(0, keys[0]))
    for key in keys:
        pad.keep(0, key)
    assert repr(pad).startswith("<voice.keypad.Keypad object at")


# ---- in a call -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def quote() -> Graph:
    return load("insurance_quote")


@pytest.fixture(scope="module")
def hvac() -> Graph:
    return load("after_hours_hvac")


def keyed(line: Line, keys: str, every_ms: int = 150) -> Line:
    for key in keys:
        line.post(Keyed(line.at, key)).wait(every_ms)
    return line


def values(line: Line) -> dict[str, str]:
    return {name: held.value for name, held in line.call.state.values.items()}


AUTO = {"insurance_kind": "auto", "zip_code": "30301", "birth_date": "1985-03-03", "vehicles": "2"}


def test_point_10_a_call_by_keys_alone_each_answered_while_it_is_asked(quote: Graph) -> None:
    line = Line(quote).ring()
    for entry in ("1", "30301", "03031985", "2", "00"):
        keyed(line.wait(1200), entry)
        assert line.commands(Clear)
    assert values(line) == AUTO | {"accidents": "0"}


def test_point_10_entries_typed_ahead_in_one_go_answer_the_asks_that_follow(quote: Graph) -> None:
    line = keyed(Line(quote).ring().wait(300), "1" + "30301" + "03031985" + "2")
    assert values(line) == AUTO
    assert "What's your zip code" not in " ".join(line.said)


def test_point_10_entries_with_a_terminator_are_no_longer_than_their_count(quote: Graph) -> None:
    assert values(keyed(Line(quote).ring().wait(300), "1#30301#03031985#2#")) == AUTO


def test_point_10_keys_pressed_before_the_first_word_count(quote: Graph) -> None:
    line = Line(quote).ring()
    assert values(keyed(line, "2"))["insurance_kind"] == "home"


def test_point_10_digits_with_long_pauses_are_one_entry_and_a_longer_one_ends_it(quote: Graph) -> None:
    line = keyed(keyed(Line(quote).ring(), "1").until_quiet(), "30301", every_ms=2500)
    assert values(line)["zip_code"] == "30301"
    line = keyed(keyed(Line(quote).ring(), "1").until_quiet(), "303").wait(2500)
    assert "zip_code" not in values(line)
    before = len(line.commands(Speak))
    line.wait(1000)
    assert len(line.commands(Speak)) > before  # it is asked again


def test_point_10_yes_and_no_are_1_and_2(hvac: Graph) -> None:
    yes = Line(hvac).ring().answer("my furnace stopped working").answer("daniel foster")
    assert values(keyed(yes, "1#"))["callback"] == "+14155550123"
    no = Line(hvac).ring().answer("my furnace stopped working").answer("daniel foster")
    keyed(no, "2#").until_quiet()
    assert "callback" not in values(no)
    assert values(keyed(no, "4155550188"))["callback"] == "+14155550188"


@pytest.mark.parametrize("behind", ["", "#"])
def test_point_10_a_key_that_is_dropped_cuts_nothing(hvac: Graph, behind: str) -> None:
    """The number is whole with its tenth digit: what is asked next is heard to its end, whatever the "#" does."""
    line = Line(hvac, caller=None).ring().answer("my furnace stopped working").answer("daniel foster")
    keyed(line, "4155550188", every_ms=250)
    assert line.talking and line.call.expecting.kind == "yes_no"
    cut, asked = len(line.commands(Clear)), len(line.commands(Speak))
    keyed(line, behind).until_quiet(12_000)
    assert len(line.commands(Clear)) == cut
    assert len(line.commands(Speak)) == asked
    assert line.said[-1] == "Is that right?"


def test_point_10_the_tones_are_no_words(hvac: Graph) -> None:
    """A tone sounds like speech to the detector; while keys are pressed nothing else is an answer."""
    line = Line(hvac).ring().answer("my furnace stopped working").answer("daniel foster")
    keyed(line, "2#").until_quiet().wait(200)
    for key in "4155550188":
        line.say("beep", 200).post(Keyed(line.at, key)).wait(150)
    line.wait(1500).until_quiet()
    assert values(line)["callback"] == "+14155550188"
    assert line.call.state.failures.misunderstood == 0


def test_point_10_keys_pressed_while_a_tool_works_answer_what_is_asked_after_it(quote: Graph) -> None:
    line = keyed(Line(quote, tool_ms=6000).ring().wait(300), "1" + "30301" + "03031985" + "2" + "00")
    line.answer("skip")
    keyed(line.wait(1000), "3")
    assert line.commands(CallTool) and line.call.expecting.kind == "nothing"
    keyed(line, "2")
    while not line.commands(ToolFinished):
        line.wait(100)
    line.wait(7000)  # the second try
    assert values(line)["call_consent"] == "no"
