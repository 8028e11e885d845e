"""A turn's words as they come in: committed once two successive transcripts agree on them, tentative before.

The rule is LocalAgreement-2: the longest common prefix of two successive hypotheses stays (Macháček, Dabre, Bojar:
"Turning Whisper into Real-Time Transcription System", 2023, section 2.1). Agreement is on words without case and
punctuation, since those change with what follows.
"""

from dataclasses import dataclass

from sop.reading import Hypothesis


@dataclass(frozen=True, slots=True)
class Transcript:
    """The words of one turn so far."""

    end: int = 0
    """The audio that these words cover ends here, on the call's clock."""
    hypotheses: tuple[Hypothesis, ...] = ()
    committed: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The best hypothesis; empty where no words were heard."""
        return self.hypotheses[0].text if self.hypotheses else ""

    @property
    def tentative(self) -> tuple[str, ...]:
        """The words of the best hypothesis behind the committed ones."""
        return tuple(self.text.split()[len(self.committed) :])

    def update(self, end: int, hypotheses: tuple[Hypothesis, ...]) -> "Transcript":
        """The transcript after a newer result; one of older audio than the present one changes nothing."""
        if end < self.end:
            return self
        new = hypotheses[0].text.split() if hypotheses else []
        agreed = 0
        for old_word, new_word in zip(self.text.split(), new, strict=False):
            if _bare(old_word) != _bare(new_word):
                break
            agreed += 1
        return Transcript(end, hypotheses, tuple(new[: max(agreed, min(len(self.committed), len(new)))]))


def _bare(word: str) -> str:
    return word.strip(".,!?;:").lower()
