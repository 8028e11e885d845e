"""Point 10: keys are collected with a pause, a terminator or a count, and never shown."""

from hypothesis import given
from hypothesis import strategies as st

from voice.events import Keyed
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


@given(st.text("0123456789*ABCD", min_size=1, max_size=60))
def test_point_10_nothing_shows_what_was_keyed(keys: str) -> None:
    pad = Keypad(KeypadSettings())
    for key in keys:
        pad.press(0, key, 0)
    assert pad.tick(10**6) == keys[:32]
    assert "key=" not in repr(Keyed(0, keys[0]))
