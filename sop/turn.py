"""One turn in the making: the state as it becomes, and the acts so far.

A `Turn` lives inside a single `advance` and is never seen outside. It walks the graph: enters steps, asks
the next open slot, reads back, follows edges. What the caller said is dealt with in `hearing`, what went
wrong in `ladder`.
"""

from dataclasses import replace
from typing import Any, assert_never

from sop.acts import Act, CallTool, Enter, Field, Finish, Save, Say, TransferTo
from sop.conditions import Value, holds
from sop.graph import (
    AskStep,
    Confirm,
    Edge,
    EndStep,
    Graph,
    ReviewStep,
    SayStep,
    SlotSpec,
    Step,
    ToolStep,
    TransferStep,
)
from sop.slots import slot_type
from sop.state import Failures, Line, Phase, SlotValue, State
from sop.wording import render

_MOST_HOPS = 40
"""Steps entered in one turn; a checked flow never comes near it."""


class Turn:
    """Collects what one input does."""

    def __init__(self, graph: Graph, state: State) -> None:
        self.graph = graph
        self.state = state
        self.acts: list[Act] = []
        self._hops = 0

    def change(self, **fields: Any) -> None:
        """Replace fields of the state."""
        self.state = replace(self.state, **fields)

    # Speaking

    def spoken_values(self) -> dict[str, str]:
        """What the {places} of a text stand for: each slot's value as it is read aloud."""
        values = {name: held.spoken for name, held in self.state.values.items()}
        if self.state.caller:
            values["caller_ending"] = " ".join(self.state.caller[-4:])
        return values

    def say(self, text: str, *, interruptible: bool = True, **extra: str) -> tuple[Line, ...]:
        """Speak a text; sentences whose slots are empty are left out."""
        lines = render(text, self.spoken_values() | extra)
        self.speak(lines, interruptible=interruptible)
        return lines

    def speak(self, lines: tuple[Line, ...], *, interruptible: bool = True) -> None:
        """Speak lines that are rendered already."""
        self.acts += [Say(line.text, line.fixed, interruptible) for line in lines]

    def put(self, text: str, **extra: str) -> None:
        """Ask the caller something; it is what "repeat" says again."""
        self.change(question=self.say(text, interruptible=True, **extra))

    def ask_again(self) -> None:
        """Say the open question once more."""
        self.speak(self.state.question)

    # Values

    def fill(self, slot: str, value: SlotValue) -> None:
        """Give a slot a value and save it. Slots that depend on it are emptied when it changes."""
        old = self.state.values.get(slot)
        values = dict(self.state.values)
        if old is not None and old.value != value.value:
            for name, spec in self.graph.slots.items():
                if slot in spec.depends_on:
                    values.pop(name, None)
            self.change(changed=tuple(dict.fromkeys((*self.state.changed, slot))))
        values[slot] = value
        self.change(values=values)
        if old != value:
            self.save((slot,))

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
        """Forget a slot's value."""
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
        return spec.confirm is Confirm.ALWAYS or held.confidence < spec.sure

    # Walking

    def step(self) -> Step:
        """The step the call is at."""
        return self.graph.steps[self.state.step]

    def enter(self, name: str) -> None:
        """Go to a step and on, until one waits for somebody."""
        self._hops += 1
        if self._hops > _MOST_HOPS:
            self.finish("stuck")
            return
        if self.state.step:
            self.change(taken=(*self.state.taken, (self.state.step, name)))
        self.change(step=name, slot="", bound="", phase=Phase.ASKING, path=(*self.state.path, name))
        self.acts.append(Enter(name))
        step = self.graph.steps[name]
        match step:
            case SayStep():
                self.say(step.text, interruptible=step.interruptible)
                self.follow(step.edges)
            case AskStep():
                if step.intro:
                    self.say(step.intro)
                self.proceed()
            case ReviewStep():
                self.change(changed=())
                self.proceed()
            case ToolStep():
                self._call(step)
            case TransferStep():
                self.say(step.text, interruptible=False)
                self.change(phase=Phase.TRANSFERRING, slot="", question=())
                self.acts.append(TransferTo(step.target, step.reason))
            case EndStep():
                self.say(step.text)
                self.finish(step.outcome)
            case _:
                assert_never(step)

    def follow(self, edges: tuple[Edge, ...]) -> None:
        """Take the first edge that holds."""
        target = self.chosen(edges)
        if target is None:
            self.finish("stuck")
        else:
            self.enter(target)

    def chosen(self, edges: tuple[Edge, ...]) -> str | None:
        """Where the first edge that holds leads."""
        values: dict[str, Value] = {name: held.value for name, held in self.state.values.items()}
        return next((edge.go for edge in edges if edge.condition is None or holds(edge.condition, values)), None)

    def proceed(self) -> None:
        """Go on from where the call stands: another way if a branch has changed, else the next thing that
        is open."""
        if self._reroute():
            return
        step = self.step()
        match step:
            case AskStep():
                if not self._open_slot(step.slots):
                    self.follow(step.edges)
            case ReviewStep():
                if not self._missing(step.slots):
                    self._read_back(step)
            case SayStep() | ToolStep() | TransferStep() | EndStep():
                return
            case _:
                assert_never(step)

    def _reroute(self) -> bool:
        """A step behind us would branch elsewhere now: go there. The last time each step was left is what
        counts."""
        last = dict(self.state.taken)
        for name, target in last.items():
            step = self.graph.steps[name]
            if isinstance(step, EndStep | TransferStep | ToolStep) or name == self.state.step:
                continue
            if all(edge.condition is None for edge in step.edges) or target not in {edge.go for edge in step.edges}:
                continue
            chosen = self.chosen(step.edges)
            if chosen is not None and chosen != target:
                self.change(taken=tuple((one, to) for one, to in self.state.taken if one != name))
                self.change(step=name)
                self.enter(chosen)
                return True
        return False

    def divert(self, slot: str) -> None:
        """An emergency was named: take the branch of the step that asks for it, wherever the call stands."""
        for name, step in self.graph.steps.items():
            if isinstance(step, AskStep) and slot in step.slots:
                chosen = self.chosen(step.edges)
                if chosen is not None and chosen != self.state.step:
                    self.change(step=name)
                    self.enter(chosen)
                    return
        self.proceed()

    def _open_slot(self, slots: tuple[str, ...]) -> bool:
        """Ask the first slot that is empty, or have the first unsure one confirmed."""
        for name in slots:
            spec = self.graph.slots[name]
            if name not in self.state.values:
                self.ask(spec)
                return True
            if self.needs_confirming(spec):
                self.ask_to_confirm(spec)
                return True
        return False

    def _missing(self, slots: tuple[str, ...]) -> bool:
        """Ask the first empty slot of a read-back."""
        for name in slots:
            if name not in self.state.values:
                self.ask(self.graph.slots[name])
                return True
        return False

    def ask(self, spec: SlotSpec) -> None:
        """Ask for a slot, or offer the value that is already at hand."""
        fresh = spec.name != self.state.slot
        asked = (*(name for name in self.state.asked if name != spec.name), spec.name)
        self.change(slot=spec.name, bound="", asked=asked, failures=Failures() if fresh else self.state.failures)
        if spec.offer == "caller_number" and self.state.caller and spec.name not in self.state.declined:
            self.change(phase=Phase.OFFERING, bound=self.state.caller)
            self.put(spec.offer_prompt)
            return
        self.change(phase=Phase.ASKING)
        step = self.step()
        self.put(step.prompt if isinstance(step, AskStep) and step.prompt and len(step.slots) == 1 else spec.prompt)

    def ask_to_confirm(self, spec: SlotSpec) -> None:
        """Read a value back; a yes confirms exactly that value."""
        held = self.state.values[spec.name]
        fresh = spec.name != self.state.slot
        self.change(
            phase=Phase.CONFIRMING,
            slot=spec.name,
            bound=held.value,
            failures=Failures() if fresh else self.state.failures,
        )
        self.put(spec.confirm_prompt, value=slot_type(self.graph, spec).speak(held.value, spec), label=spec.label)

    def _read_back(self, step: ReviewStep) -> None:
        changed = tuple(name for name in self.state.changed if name in step.slots)
        fresh = self.state.phase is not Phase.REVIEWING and not changed
        self.change(phase=Phase.REVIEWING, slot="", bound=bound_values(self.state, step.slots), changed=())
        if fresh:
            self.change(failures=Failures())
        if not changed or not step.changed:
            self.put(step.text)
            return
        lines: list[Line] = []
        for name in changed[:-1]:
            spec = self.graph.slots[name]
            lines += render(
                "{label}: {value}.",
                {"label": spec.label.capitalize(), "value": self.state.values[name].spoken},
            )
        spec = self.graph.slots[changed[-1]]
        lines += render(
            step.changed,
            self.spoken_values() | {"label": spec.label, "value": self.state.values[spec.name].spoken},
        )
        self.speak(tuple(lines))
        self.change(question=tuple(lines))

    def _call(self, step: ToolStep) -> None:
        if step.text:
            self.say(step.text)
        number = self.state.tools + 1
        identity = f"{step.tool}-{number}"
        self.change(phase=Phase.WAITING, tools=number, tool=identity, slot="", question=())
        arguments = {name: held.value for name, held in self.state.values.items()}
        self.acts.append(CallTool(identity, step.tool, arguments, step.timeout_s))

    def finish(self, outcome: str) -> None:
        """The procedure is over."""
        self.change(phase=Phase.FINISHED, outcome=outcome, slot="", bound="", tool="", question=())
        self.acts.append(Finish(outcome))


def bound_values(state: State, slots: tuple[str, ...]) -> str:
    """What a yes to a read-back of `slots` confirms."""
    return "\n".join(f"{name}={state.values[name].value}" for name in slots if name in state.values)
