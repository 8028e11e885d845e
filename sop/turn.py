"""One turn in the making: the state as it becomes, and the acts so far.

A `Turn` lives inside a single `advance` and is never seen outside. It speaks and keeps values; `walk` moves it along
the graph, `hearing` deals with what the caller said, `ladder` with what went wrong, `tooling` with tools.
"""

from dataclasses import replace
from typing import Any

from sop.acts import Act, Field, Finish, Save, Say
from sop.conditions import Value, holds
from sop.dependence import stale_after
from sop.facts import spoken_fact
from sop.graph import Graph, reachable
from sop.guardrails import speakable
from sop.names import values as values_of
from sop.slot_spec import Confirm, SlotSpec
from sop.slots import slot_type
from sop.state import Exit, Frame, Line, Phase, SlotValue, State
from sop.steps import AskStep, CallStep, ReturnStep, ReviewStep, Step, ToolStep, targets
from sop.wording import render

_FREE = ("free_text", "email", "person_name")
"""Types whose values are the caller's own words: they pass the filter before they are spoken."""


class Turn:
    """Collects what one input does."""

    def __init__(self, graph: Graph, state: State) -> None:
        self.graph = graph
        self.state = state
        self.acts: list[Act] = []
        self.hops = 0
        """Steps entered in this turn."""
        self.fresh = 0
        """Those among them that were not done before."""
        self.waiting: tuple[str, Exit | None] | None = None
        """The step to enter next, and the edge that leads there."""
        self.walking = False

    def change(self, **fields: Any) -> None:
        """Replace fields of the state."""
        self.state = replace(self.state, **fields)

    def step(self) -> Step:
        """The step the call is at."""
        return self.graph.steps[self.state.step]

    def values(self) -> dict[str, Value]:
        """What the names in conditions stand for."""
        return values_of(self.graph, self.state)

    # The way

    def stack_at(self, name: str) -> tuple[Frame, ...]:
        """The sub-flows still under way at a step: one is over when it is left by an edge that never comes to a
        return."""
        stack, inside = self.state.stack, len(self.state.stack)
        while inside and not name.startswith(f"{stack[inside - 1].flow}."):
            inside -= 1
        return stack if inside == len(stack) or _returns(self.graph, name) else stack[:inside]

    def barred(self, step: Step) -> str | None:
        """Where to go instead, when a guard or a mandatory step stands before this one."""
        tool = self.graph.tools.get(step.tool) if isinstance(step, ToolStep) else None
        for name in (step.guard, tool.guard if tool else ""):
            guard = self.graph.guards.get(name)
            if guard is not None and not holds(guard.condition, self.values()):
                return guard.otherwise
        required = self.graph.required.get(step.name, ())
        return next((self._way_to(name) for name in required if not self._performed(name)), None)

    def _performed(self, name: str) -> bool:
        """Whether a mandatory step is behind us, and its questions are answered."""
        step = self.graph.steps[name]
        return name in self.state.path and not (isinstance(step, AskStep) and any(map(self.is_open, step.slots)))

    def _way_to(self, name: str) -> str:
        """The step itself, or the one that calls the sub-flow it is in."""
        if any(name.startswith(f"{frame.flow}.") for frame in self.state.stack):
            return name
        calls = (one for one in self.graph.steps.values() if isinstance(one, CallStep))
        return next((one.name for one in calls if name.startswith(f"{one.flow}.")), name)

    # Speaking

    def spoken_values(self) -> dict[str, str]:
        """What the {places} of a text stand for: each slot's value as it is read aloud, each fact as it may be."""
        own = self.own_values()
        found = {name: spoken_fact(self.graph, name, value, own) for name, value in self.state.facts.items()}
        found |= {name: self.aloud(name, held) for name, held in self.state.values.items()}
        if self.state.caller:
            found["caller_ending"] = " ".join(self.state.caller[-4:])
        return found

    def aloud(self, slot: str, held: SlotValue) -> str:
        """A slot's value as it may be read aloud; empty when it may not."""
        spec = self.graph.slots.get(slot)
        if spec is None or spec.type not in _FREE:
            return held.spoken
        return speakable(held.spoken, own=self.own_values() | {held.value})

    def own_values(self) -> frozenset[str]:
        """What is the caller's to hear: their number, and all that they said."""
        return frozenset({self.state.caller, *(one.value for one in self.state.values.values())})

    def as_spoken(self, spec: SlotSpec, value: str) -> str:
        """A value from outside as it is spoken; empty when it is none of the slot's type."""
        if spec.type == "choice" and all(option.name != value for option in spec.options):
            return ""
        try:
            return slot_type(self.graph, spec).speak(value, spec)
        except ValueError:
            return ""

    def say(self, text: str, *, interruptible: bool = True, **extra: str) -> tuple[Line, ...]:
        """Speak a text; sentences whose slots are empty are left out."""
        lines = render(text, self.spoken_values() | extra)
        self.speak(lines, interruptible=interruptible)
        return lines

    def speak(self, lines: tuple[Line, ...], *, interruptible: bool = True) -> None:
        """Speak lines that are rendered already."""
        self.acts += [Say(line.text, line.fixed, interruptible) for line in lines]

    def tell(self, text: str, *, again: bool, interruptible: bool = True) -> None:
        """Speak the step's text. `again`: only if what it says of values and facts is another text by now."""
        name, lines = self.state.step, render(text, self.spoken_values())
        told = " ".join(line.text for line in lines if not line.fixed)
        if again and self.state.told.get(name, "") == told:
            return
        self.speak(lines, interruptible=interruptible)
        self.note_duty()
        if told:
            self.change(told={**self.state.told, name: told})

    def note_duty(self) -> None:
        """What a mandatory step has just said may not have been heard yet."""
        name = self.state.step
        if self.graph.steps[name].mandatory:
            self.change(unproven=tuple(dict.fromkeys((*self.state.unproven, name))))

    def put(self, text: str, **extra: str) -> None:
        """Ask the caller something; it is what "repeat" says again."""
        self.change(question=self.say(text, interruptible=True, **extra))

    def ask_again(self) -> None:
        """Say the open question once more."""
        self.speak(self.state.question)

    def bridge(self) -> None:
        """Lead back to the open question, and ask it once more."""
        spec = self.graph.slots.get(self.state.slot)
        if spec is not None and self.state.phase is Phase.ASKING:
            self.acts += [Say(line.text, True) for line in render(self.graph.wording.bridge, {"label": spec.label})]
        self.ask_again()

    # Values

    def fill(self, slot: str, value: SlotValue) -> None:
        """Give a slot a value and save it. What rests on it is emptied when it changes."""
        old = self.state.values.get(slot)
        if slot in self.state.skipped:
            self.forget_stale(slot)
        if old is not None and old.value != value.value:
            self.forget_stale(slot)
            self.change(changed=tuple(dict.fromkeys((*self.state.changed, slot))))
        self.change(
            values={**self.state.values, slot: value},
            skipped=tuple(name for name in self.state.skipped if name != slot),
        )
        if old != value:
            self.save((slot,))

    def forget_stale(self, changed: str) -> None:
        """Empty everything that rests on a slot whose value is another one now."""
        stale = stale_after(self.graph, changed)
        state = self.state
        self.change(
            revised=tuple(dict.fromkeys((*state.revised, changed, *sorted(stale.slots), *sorted(stale.facts)))),
            values={name: held for name, held in state.values.items() if name not in stale.slots},
            facts={name: fact for name, fact in state.facts.items() if name not in stale.facts},
            called={tool: told for tool, told in state.called.items() if tool not in stale.tools},
            skipped=tuple(name for name in state.skipped if name not in stale.slots),
        )

    def save(self, slots: tuple[str, ...]) -> None:
        """Make values durable; one Save for all that change between two utterances of ours."""
        fields = tuple(
            Field(slot, held.value, held.spoken, held.confidence, held.confirmed)
            for slot in slots
            if (held := self.state.values.get(slot))
        )
        if not fields:
            return
        if self.acts and isinstance(self.acts[-1], Save):
            kept = tuple(one for one in self.acts[-1].fields if one.slot not in slots)
            self.acts[-1] = Save((*kept, *fields))
        else:
            self.acts.append(Save(fields))

    def empty(self, slot: str) -> None:
        """Forget a slot's value, and what rests on it."""
        self.forget_stale(slot)
        self.change(values={name: held for name, held in self.state.values.items() if name != slot})

    def confirm(self, slots: tuple[str, ...]) -> None:
        """The caller said yes to the values that these slots hold."""
        values = {
            name: replace(held, confirmed=True) if name in slots else held for name, held in self.state.values.items()
        }
        newly = tuple(name for name in slots if name in values and not self.state.values[name].confirmed)
        self.change(values=values)
        self.save(newly)

    def needs_confirming(self, spec: SlotSpec) -> bool:
        """Whether the slot's value must still be read back, by the flow's policy."""
        held = self.state.values.get(spec.name)
        if held is None or held.confirmed or spec.confirm is Confirm.NEVER:
            return False
        if self._read_back_ahead(spec.name) or not self.aloud(spec.name, held):
            return False
        return spec.confirm is Confirm.ALWAYS or held.confidence < spec.sure

    def _read_back_ahead(self, slot: str) -> bool:
        """Whether a step that is passed again on the way back reads the slot back anyway."""
        done = (self.graph.steps[name] for name in self.state.settled)
        reviews = {step.name for step in done if isinstance(step, ReviewStep) and slot in step.slots}
        here = (self.state.step, *(frame.step for frame in self.state.stack))
        return bool(reviews) and not reviews.isdisjoint(reachable(self.graph, here))

    def is_open(self, slot: str) -> bool:
        """Whether the slot is still to be asked for."""
        return slot not in self.state.values and slot not in self.state.skipped

    def finish(self, outcome: str) -> None:
        """The procedure is over."""
        self.change(phase=Phase.FINISHED, outcome=outcome, slot="", bound="", tool="", question=(), stack=())
        self.acts.append(Finish(outcome))


def _returns(graph: Graph, name: str) -> bool:
    """Whether the edges from a step come to a return."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        if (one := waiting.pop()) not in seen:
            seen.add(one)
            waiting += targets(graph.steps[one])
    return any(isinstance(graph.steps[one], ReturnStep) for one in seen)
