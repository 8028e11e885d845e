"""What the page makes of the differences from another run."""

import re
from html import unescape

from tests.voice.replaying.page.documents import PARTS, call, quiet
from voice.replaying.page.comparison import WHAT, banner, differences_part, gravest, last_part
from voice.replaying.page.standing import badges
from voice.replaying.result import Difference, Versus

HEARD = Difference(1, "heard", "no", "yes")
FOLLOWERS = tuple(Difference(turn, "said", "a", "b", "follows from turn 1") for turn in range(2, 6))


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()


def test_the_banner_tells_where_it_parts_and_why() -> None:
    html = banner(1, call(differences=(PARTS, PARTS)))
    assert unescape(text(html)) == (
        "Parts from the call as it was recorded at turn 2 : agent says and 1 more difference "
        "was What's the best number to call? is What's the best number to reach you? why the prompt's text"
    )
    assert "to <del>call?</del>" in html
    assert '<a href="#call-1-turn-2">' in html
    assert banner(1, quiet("a")) == ""


def test_the_banner_tells_the_gravest_difference_where_it_is_another() -> None:
    assert text(banner(1, call())).endswith("gravest the call, outcome: hung_up → lead_saved")


def test_what_is_not_one_turns_is_the_calls() -> None:
    html = differences_part(1, call())
    assert "the call outcome hung_up lead_saved" in text(html)
    assert 'href="#call-1-turn--1"' not in html


def test_differences_that_only_follow_are_folded_away() -> None:
    shown, folded = differences_part(1, call(parts_at=HEARD, differences=(HEARD, *FOLLOWERS))).split("<details")
    assert "turn 1 parts here heard no yes" in text(shown)
    assert "turn 3" not in text(shown)
    assert "4 more, which follow from these" in text(folded)
    assert text(folded).count("follows from turn 1") == 4


def test_so_are_those_beyond_the_first_few() -> None:
    many = tuple(Difference(turn, "heard", "a", "b") for turn in range(12))
    html = differences_part(1, call(parts_at=many[0], differences=many))
    assert "<summary>4 more</summary>" in html


def test_the_last_run_stands_by_itself_where_the_verdict_is_about_something_else() -> None:
    last = Versus("better", (PARTS,))
    html = last_part(1, quiet("a", last=last))
    assert text(html).startswith("Beside the last run better 1 difference, the first at turn 2 ")
    assert html.startswith("<details")
    assert last_part(1, call(last=last, against="last")) == ""
    assert last_part(1, quiet("a", last=Versus("same", ()))) == ""
    assert last_part(1, quiet("a")) == ""


def test_a_wrong_call_that_was_compared_has_both_verdicts() -> None:
    faults = ("outcome a, expected b",)
    assert text(badges(quiet("a", faults=faults))) == "wrong same"
    assert text(badges(quiet("a", faults=faults, against="expectation"))) == "wrong"
    assert text(badges(call())) == "different"


def test_the_gravest_difference() -> None:
    outcome = Difference(-1, "outcome", "a", "b")
    assert gravest((PARTS, HEARD, *FOLLOWERS, outcome)) == outcome
    assert gravest((PARTS, HEARD)) == HEARD
    assert gravest((PARTS, Difference(4, "something new", "a", "b"))) == Difference(4, "something new", "a", "b")
    assert gravest(()) is None


def test_every_name_of_a_difference_is_a_persons_word() -> None:
    assert not [name for name in WHAT.values() if "_" in name]
