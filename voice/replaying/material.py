"""What the page of a run needs beside its results: sound, procedure, marks and key presses of each call."""

from pathlib import Path

from sop import FlowError
from sop.graph import Graph
from voice.audio import LINE_RATE
from voice.errors import OperatorError
from voice.journal import read_entries, read_header
from voice.replay import with_hours
from voice.replaying.course import Course, course_of
from voice.replaying.page.material import Material
from voice.replaying.result import CallResult
from voice.replaying.taken import graph_of


def material_of(result: CallResult) -> Material:
    """A call's material; nothing of a call that could not be run. What can't be read is left out."""
    if result.failed or not result.journal:
        return Material(None, None)
    journal, recording = Path(result.journal), Path(result.recording) if result.recording else None
    course, graph = _read(journal)
    return Material(
        recording=recording.read_bytes() if recording is not None and recording.is_file() else None,
        flow_svg_source=graph,
        marks=tuple((at / LINE_RATE, name) for at, name in course.marks) if course is not None else (),
        keys=tuple(at / LINE_RATE for at in course.keys) if course is not None else (),
    )


def _read(journal: Path) -> tuple[Course | None, Graph | None]:
    """What a journal tells; nothing where it is gone, damaged or of another version."""
    try:
        head = read_header(journal)
        return course_of(read_entries(journal)), with_hours(graph_of(head["source"], head["flow"]), head)
    except (OperatorError, FlowError, OSError, ValueError, KeyError, TypeError):
        return None, None
