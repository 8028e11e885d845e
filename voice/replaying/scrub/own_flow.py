"""The procedure of a copied call, where it is a file of the business's and none that ships with Switchboard."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sop import loader
from sop.imports import is_flow_name
from voice.replaying.scrub.original import Original
from voice.replaying.taken import RECORDING, SCENARIO

_NEXT = re.compile(r"\n--- # flow (\S+)\n")
"""Between the flows of `sop.loader.bundle`."""


@dataclass(frozen=True, slots=True)
class OwnFlow:
    """The files of a procedure."""

    path: str
    """The procedure itself, from the folder in which the copy's own file lies."""
    texts: Mapping[str, str]
    """Name of a file → its text; all lie beside the procedure."""

    def write(self, folder: Path) -> None:
        """Writes the files; `folder` is that in which the copy's own file lies."""
        place = (folder / self.path).parent
        place.mkdir()
        for name, text in self.texts.items():
            (place / name).write_text(text, encoding="utf-8")


def own_flow(named: str, bundle: str, copy: str, folder: str) -> OwnFlow | None:
    """The procedure of a call that names it so; None for one that ships with Switchboard.

    `bundle`: its text, with all that it imports behind it. What is imported keeps its name, since it is named in the
    text; so the files lie in a folder of their own. `copy` is the copy's name.
    """
    if named.replace("-", "_") in loader.shipped():
        return None
    first, *others = _NEXT.split(bundle)
    pairs = zip(others[::2], others[1::2], strict=True)
    imported = {f"{name}.yaml": text for name, text in pairs if is_flow_name(name)}
    file = f"{copy}.yaml"
    return OwnFlow(str(PurePosixPath(folder) / file), {file: first, **imported})


def flow_of(original: Original, copy: str) -> OwnFlow | None:
    """The files that go along with the copy of a call; none with a journal, which holds its own procedure."""
    taken = original.taken
    if original.found.kind == SCENARIO and taken.recorded is not None:
        return own_flow(taken.recorded.scenario.flow, taken.flow, copy, "flow")
    named = original.beside.flow if original.found.kind == RECORDING and original.beside is not None else None
    return own_flow(named, taken.flow, copy, f"{copy}-flow") if named is not None else None
