"""What the page of a run needs beside its JSON: sound, procedure, marks and key presses of each call."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sop.graph import Graph
from voice.audio import LINE_RATE
from voice.journal import read_entries, read_header
from voice.replay import graph_of
from voice.replaying.course import course_of
from voice.replaying.document import document
from voice.replaying.options import Options
from voice.replaying.page.material import Material
from voice.replaying.running import Done


def material_of(
    done: Done, options: Options, elapsed_s: float
) -> tuple[dict[str, Any], Callable[[str], Material | None]]:
    """The document of a run with what it says about the last one, and each call's material."""
    whole = document(done, replace(options, last=True), elapsed_s)
    journals = {result.call: (result.journal, result.recording) for result in done.results if result.journal}

    def material(call: str) -> Material | None:
        if call not in journals:
            return None
        journal, recording = (Path(name) if name else None for name in journals[call])
        return _material(journal, recording) if journal is not None and journal.is_file() else None

    return whole, material


def _material(journal: Path, recording: Path | None) -> Material:
    course = course_of(read_entries(journal))
    graph: Graph = graph_of(read_header(journal))
    sound = recording.read_bytes() if recording is not None and recording.is_file() else None
    return Material(
        recording=sound,
        flow_svg_source=graph,
        marks=tuple((at / LINE_RATE, name) for at, name in course.marks),
        keys=tuple(at / LINE_RATE for at in course.keys),
    )
