"""Committed and tentative words."""

from hypothesis import given
from hypothesis import strategies as st

from sop.reading import Hypothesis
from voice.transcript import Transcript


def heard(text: str) -> tuple[Hypothesis, ...]:
    return (Hypothesis(text, 0.9),)


def test_words_on_which_two_transcripts_agree_are_committed() -> None:
    first = Transcript().update(100, heard("My furnace is"))
    assert (first.committed, first.tentative) == ((), ("My", "furnace", "is"))
    second = first.update(200, heard("my furnace, it's out"))
    assert (second.committed, second.tentative) == (("my", "furnace,"), ("it's", "out"))


def test_a_transcript_of_older_audio_changes_nothing() -> None:
    now = Transcript().update(200, heard("my furnace is out"))
    assert now.update(100, heard("my")) is now


def test_no_words() -> None:
    assert Transcript().update(100, ()).text == ""


@given(st.lists(st.lists(st.sampled_from(["a", "b", "c"]), max_size=6), max_size=6))
def test_committed_words_are_always_the_beginning_of_the_text(texts: list[list[str]]) -> None:
    transcript = Transcript()
    for i, words in enumerate(texts, start=1):
        transcript = transcript.update(i, heard(" ".join(words)))
        assert transcript.committed + transcript.tentative == tuple(words)
