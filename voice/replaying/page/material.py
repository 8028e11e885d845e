"""What the page needs of a call beside the document."""

from dataclasses import dataclass

from sop.graph import Graph


@dataclass(frozen=True, slots=True)
class Material:
    """A call's sound, its procedure, and what happened on the line. Times are seconds on the call's clock."""

    recording: bytes | None
    """A stereo WAV, PCM16, 8000 Hz: the caller left, the agent right."""
    flow_svg_source: Graph | None
    """The procedure that is drawn, with the call's path over it."""
    marks: tuple[tuple[float, str], ...] = ()
    """When which mark came back."""
    keys: tuple[float, ...] = ()
    """When a key was pressed; never which."""
