"""Fields on their way into the database, and the tools that wait until they are there.

A field that was refused goes with the next save. A tool waits until no save is under way; if fields are still refused
by then they are tried once more, and if that fails too the tool fails: a lead is not complete while a field is missing.
"""

from dataclasses import dataclass

from sop.acts import Field
from voice.commands import CallTool, Save
from voice.events import Saved


@dataclass(frozen=True, slots=True)
class Released:
    """No save is under way any more."""

    tools: tuple[CallTool, ...]
    """Those that waited, in order."""
    complete: bool
    """Whether every field is in; if not, the tools that waited have failed."""


class Saving:
    """The saves of one call."""

    def __init__(self) -> None:
        self._count = 0
        self._under_way: dict[int, Save] = {}
        self._refused: dict[str, Field] = {}
        self._tools: tuple[CallTool, ...] = ()
        self._tried_again = False

    @property
    def under_way(self) -> bool:
        """Whether something said now could be lost."""
        return bool(self._under_way)

    def save(self, fields: tuple[Field, ...]) -> Save:
        """The command that saves these and whatever was refused before."""
        self._count += 1
        merged = self._refused | {field.slot: field for field in fields}
        save = Save(self._count, tuple(merged.values()))
        self._under_way[save.save] = save
        return save

    def wait(self, tool: CallTool) -> None:
        """Has a tool wait for the saves under way."""
        self._tools = (*self._tools, tool)

    def take_tools(self) -> tuple[CallTool, ...]:
        """Those that wait; they wait no longer."""
        tools, self._tools = self._tools, ()
        return tools

    def saved(self, event: Saved) -> Released | Save | None:
        """Takes an answer: None while others are awaited, a save to be tried once more, or the release."""
        save = self._under_way.pop(event.save, None)
        if save is None:
            return None
        for field in save.fields:
            if not event.ok:
                self._refused[field.slot] = field
            elif self._refused.get(field.slot) == field:
                del self._refused[field.slot]
        if self._under_way:
            return None
        if self._tools and self._refused and not self._tried_again:
            self._tried_again = True
            return self.save(())
        return Released(self.take_tools(), not self._refused)
