import pytest

from voice.replaying.page.word_marks import core, marked


@pytest.mark.parametrize(
    ("was", "now", "left", "right"),
    [
        ("my name is foster", "my name is faster", "my name is <del>foster</del>", "my name is <ins>faster</ins>"),
        ("yes it is", "yes is", "yes <del>it</del> is", "yes is"),
        ("no", "no not at all", "no", "no <ins>not at all</ins>"),
        ("", "hello", "", "<ins>hello</ins>"),
        ("go to bed", "go home right now", "go <del>to bed</del>", "go <ins>home right now</ins>"),
        ("a <b> & c", "a c", "a <del>&lt;b&gt; &amp;</del> c", "a c"),
    ],
)
def test_the_words_that_differ_are_marked(was: str, now: str, left: str, right: str) -> None:
    found = marked(was, now)
    assert (found.was, found.now, found.differs) == (left, right, True)


def test_case_and_punctuation_are_no_difference() -> None:
    found = marked("Yes, that's right.", "yes that's right")
    assert (found.was, found.now, found.differs) == ("Yes, that&#x27;s right.", "yes that&#x27;s right", False)


def test_behind_two_thousand_words_all_is_still_shown() -> None:
    long = " ".join(["word"] * 2500)
    assert marked(long, long).now.count("word") == 2500


@pytest.mark.parametrize(
    ("was", "now", "shown"),
    [
        ("All right. Let me see. Goodbye.", "All right. Let us see. Goodbye.", ("… Let me see. …", "… Let us see. …")),
        ("lead_saved", "hung_up", ("lead_saved", "hung_up")),
        ("Thank you.", "Thank you. Goodbye.", ("… you.", "… you. Goodbye.")),
        ("go on now", "now", ("go on now", "now")),
        ("Hello. What's going on?", "Hello. What is wrong?", ("… What's going on?", "… What is wrong?")),
        ("same words", "same words", ("… words", "… words")),
        ("", "new", ("", "new")),
    ],
)
def test_a_long_sentence_is_cut_down_to_where_it_differs(was: str, now: str, shown: tuple[str, str]) -> None:
    assert core(was, now) == shown
