"""What is wrong with a flow file, and how to mend it."""

from dataclasses import dataclass


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


class FlowError(Exception):
    """A flow file with mistakes: all of them, file by file in the order of their lines."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        files = list(dict.fromkeys(problem.file for problem in problems))
        once = dict.fromkeys(problems)
        self.problems = tuple(sorted(once, key=lambda problem: (files.index(problem.file), problem.line)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
