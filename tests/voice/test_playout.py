"""What was sent and not yet heard."""

from hypothesis import given
from hypothesis import strategies as st

from voice.playout import Playout

QUIET = b"\xff" * 160


def test_is_played_in_order_20_ms_at_a_time() -> None:
    playout = Playout()
    playout.send(b"\x10" * 200)
    playout.send(b"\x20" * 40)
    assert playout.buffered == 240
    assert playout.play() == (b"\x10" * 160, ())
    assert playout.play() == (b"\x10" * 40 + b"\x20" * 40 + b"\xff" * 80, ())
    assert playout.play() == (QUIET, ())
    assert playout.buffered == 0


def test_a_mark_comes_back_when_what_was_before_it_has_been_played() -> None:
    playout = Playout()
    playout.send(b"\x10" * 320)
    assert playout.mark("a") == ()
    playout.send(b"\x20" * 160)
    assert playout.mark("b") == ()
    assert [playout.play()[1] for _ in range(4)] == [(), ("a",), ("b",), ()]


def test_a_mark_behind_nothing_comes_back_at_once() -> None:
    assert Playout().mark("a") == ("a",)


def test_marks_come_back_in_order() -> None:
    playout = Playout()
    playout.send(b"\x10" * 160)
    playout.mark("a")
    assert playout.mark("b") == ()
    assert playout.play()[1] == ("a", "b")


def test_a_clear_gives_all_marks_back_and_counts_where_it_threw_something_away() -> None:
    playout = Playout()
    playout.send(b"\x10" * 320)
    playout.mark("a")
    assert playout.clear() == ("a",)
    assert (playout.cuts, playout.play()) == (1, (QUIET, ()))
    assert playout.clear() == ()
    assert playout.cuts == 1, "there was nothing left to cut"
    playout.send(b"\x20" * 160)
    assert playout.mark("b") == ()
    assert playout.play() == (b"\x20" * 160, ("b",))


@given(st.lists(st.one_of(st.binary(min_size=1, max_size=400), st.just("mark"), st.just("clear"), st.just("play"))))
def test_every_mark_comes_back_once_and_in_order(acts: list[bytes | str]) -> None:
    playout, sent = Playout(), 0
    back: list[str] = []
    for act in acts:
        match act:
            case "mark":
                back += playout.mark(str(sent))
                sent += 1
            case "clear":
                back += playout.clear()
            case "play":
                back += playout.play()[1]
            case bytes():
                playout.send(act)
            case _:
                pass
    back += playout.clear()
    assert back == [str(number) for number in range(sent)]
