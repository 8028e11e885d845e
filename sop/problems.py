"""What is wrong with a flow file, and how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. `step` and `field` are empty where none applies."""

    file: str
    line: int
    step: str
    field: str
    message: str
    remedy: str

    def __str__(self) -> str:
        place = ".".join(part for part in (self.step, self.field) if part)
        return f"{self.file}:{self.line}: {place + ': ' if place else ''}{self.message}; {self.remedy}"


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a file, 1-based."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of a flow stand: in its own file, or in one that it imports."""

    file: str
    lines: Mapping[str, int]
    """Path of a part -> its line: "steps.triage", "flows.verify.steps.who", "steps.triage.next.0"."""
    imported: Mapping[str, "Places"] = field(default_factory=dict)
    """Flow -> the places of its file."""

    def of(self, kind: str, name: str = "", inner: str = "") -> Spot:
        """Where ("steps", "triage", "next.0") stands, or whatever it is within; the first line of all else."""
        return self.found(kind, name, inner) or Spot(self.file, self.lines.get(kind, self.lines.get("import", 1)))

    def found(self, kind: str, name: str, inner: str = "") -> Spot | None:
        """The same, or None where there is no such part."""
        flow, _, local = name.partition(".")
        if local and flow in self.imported:
            return self.imported[flow].found(kind, local, inner)
        path = f"flows.{flow}.{kind}.{local}" if local else f"{kind}.{name}" if name else kind
        if path in self.lines:
            parts = inner.split(".")
            tried = (".".join((path, *parts[:length])) for length in range(len(parts), 0, -1))
            return Spot(self.file, self.lines[next((one for one in tried if one in self.lines), path)])
        others = self.imported.values() if name and not local else ()
        return next((spot for other in others if (spot := other.found(kind, name, inner))), None)


class FlowError(Exception):
    """A flow file with mistakes: all of them, file by file in the order of their lines."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        files = list(dict.fromkeys(problem.file for problem in problems))
        once = dict.fromkeys(problems)
        self.problems = tuple(sorted(once, key=lambda problem: (files.index(problem.file), problem.line)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
