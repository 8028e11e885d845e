"""A procedure as an object to talk to: for tests, for the terminal, and for whoever embeds a procedure elsewhere.

>>> import sop
>>> talk = sop.Conversation(sop.load("after_hours_hvac"), caller="+14155550134", now="2026-11-22T19:30:00-05:00")
>>> [act.text for act in talk.opening if isinstance(act, sop.Say)][-1]
"What's going on with your system?"
>>> acts = talk.hear("my furnace quit and this is dana whitfield")
>>> talk.state.values["problem"].value, talk.state.values["name"].value
('no_heat', 'Dana Whitfield')
>>> acts = talk.hear("yes that's the best number")
>>> talk.said
"What's the address where you need service?"
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sop.acts import Act, Begin, CallTool, Input, Keys, Say, Silence, ToolFinished, TransferFinished, TransferTo
from sop.engine import advance, start
from sop.expectation import expect
from sop.graph import Graph
from sop.reader import RuleReader
from sop.reading import Expectation, Hypothesis, Reading
from sop.state import State
from sop.stub import ExampleTools, Reader, Tools

_SURE = 0.9
"""Confidence of a plain text."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One input, and what followed from it."""

    given: Input
    acts: tuple[Act, ...]


class Conversation:
    """One call, text in and acts out; tools and transfers are answered at once."""

    def __init__(
        self,
        graph: Graph,
        *,
        reader: Reader | None = None,
        tools: Tools | None = None,
        people: Callable[[str], bool] = lambda target: True,
        caller: str | None = None,
        now: str = "",
        profile: Mapping[str, str] | None = None,
    ) -> None:
        """`tools` gives a tool's answer, or None when it fails; by default each answers with its example. `people` says
        whether a transfer's target picks up. `now`: ISO 8601 with offset; the machine's clock by default."""
        self.graph = graph
        self._reader = reader or RuleReader(graph)
        self._tools = tools or ExampleTools(graph)
        self._people = people
        self.trace: list[Exchange] = []
        moment = now or datetime.now().astimezone().isoformat(timespec="seconds")
        self.state: State = start(graph, caller=caller, now=moment, profile=profile)
        self.opening: list[Act] = self.feed(Begin())

    @property
    def expecting(self) -> Expectation:
        """What the call waits for."""
        return expect(self.graph, self.state)

    @property
    def said(self) -> str:
        """What was spoken in answer to the last input from outside, tools and transfers included."""
        return " ".join(act.text for act in self._last if isinstance(act, Say))

    def hear(self, said: str | Sequence[Hypothesis]) -> list[Act]:
        """The caller said something: a text, or the recogniser's n-best list."""
        heard = (Hypothesis(said, _SURE),) if isinstance(said, str) else tuple(said)
        return self.feed(self.read(heard))

    def read(self, heard: tuple[Hypothesis, ...]) -> Reading:
        """What words mean now; nothing moves."""
        return self._reader.read(heard, self.expecting, self.state.now)

    def press(self, digits: str) -> list[Act]:
        """The caller used the keypad."""
        return self.feed(Keys(digits))

    def silence(self) -> list[Act]:
        """The caller said nothing."""
        return self.feed(Silence())

    def feed(self, given: Input) -> list[Act]:
        """Any input; tools and transfers that follow are answered until the caller is to speak, or it is over."""
        self._last: list[Act] = []
        pending: Input | None = given
        while pending is not None:
            self.state, acts = advance(self.graph, self.state, pending)
            self.trace.append(Exchange(pending, acts))
            self._last += acts
            pending = next((answer for act in acts if (answer := self._outside(act)) is not None), None)
        return list(self._last)

    def _outside(self, act: Act) -> Input | None:
        """The answer of a tool or of a person."""
        if isinstance(act, CallTool):
            result = self._tools.call(act.name, act.arguments)
            facts = {name: str(value) for name, value in (result or {}).items() if value is not None}
            return ToolFinished(act.id, result is not None, facts)
        if isinstance(act, TransferTo):
            answered = self._people(act.target)
            return TransferFinished(answered, "" if answered else "no answer")
        return None
