"""Questions: for a slot, for a yes to what was understood, for a yes to everything."""

from sop.slot_spec import SlotSpec
from sop.state import Failures, Line, Phase, State
from sop.steps import AskStep, ReviewStep
from sop.turn import Turn
from sop.wording import render


def ask_open(turn: Turn, slots: tuple[str, ...], *, confirming: bool = True) -> bool:
    """Ask the first slot that is empty, or have the first unsure one confirmed; False when nothing is left."""
    for name in slots:
        spec = turn.graph.slots[name]
        if turn.is_open(name):
            ask(turn, spec)
            return True
        if confirming and turn.needs_confirming(spec):
            _ask_to_confirm(turn, spec)
            return True
    return False


def ask(turn: Turn, spec: SlotSpec) -> None:
    """Ask for a slot, or offer the value that is already at hand."""
    state = turn.state
    asked = (*(name for name in state.asked if name != spec.name), spec.name)
    if spec.name != state.slot:
        turn.change(failures=Failures(), begun="")
    turn.change(slot=spec.name, bound="", asked=asked)
    if spec.offer == "caller_number" and state.caller and spec.name not in state.declined:
        turn.change(phase=Phase.OFFERING, bound=state.caller)
        turn.put(spec.offer_prompt)
        return
    turn.change(phase=Phase.ASKING)
    step = turn.step()
    turn.put(step.prompt if isinstance(step, AskStep) and step.prompt and len(step.slots) == 1 else spec.prompt)


def _ask_to_confirm(turn: Turn, spec: SlotSpec) -> None:
    """Read a value back; a yes confirms exactly that value."""
    held = turn.state.values[spec.name]
    failures = Failures() if spec.name != turn.state.slot else turn.state.failures
    turn.change(phase=Phase.CONFIRMING, slot=spec.name, bound=held.value, failures=failures)
    turn.put(spec.confirm_prompt, value=turn.aloud(spec.name, held), label=spec.label)


def read_back(turn: Turn, step: ReviewStep) -> None:
    """Read everything back, or after a correction what has changed."""
    changed = tuple(name for name in turn.state.changed if name in step.slots and name in turn.state.values)
    fresh = turn.state.phase is not Phase.REVIEWING and not changed
    turn.change(phase=Phase.REVIEWING, slot="", bound=bound_values(turn.state, step.slots), changed=())
    if fresh:
        turn.change(failures=Failures())
    if not changed or not step.changed:
        turn.put(step.text)
        return
    lines: list[Line] = []
    for name in changed[:-1]:
        spec = turn.graph.slots[name]
        value = turn.aloud(name, turn.state.values[name])
        lines += render("{label}: {value}.", {"label": spec.label.capitalize(), "value": value})
    spec = turn.graph.slots[changed[-1]]
    value = turn.aloud(spec.name, turn.state.values[spec.name])
    lines += render(step.changed, turn.spoken_values() | {"label": spec.label, "value": value})
    turn.speak(tuple(lines))
    turn.change(question=tuple(lines))


def bound_values(state: State, slots: tuple[str, ...]) -> str:
    """What a yes to a read-back of `slots` confirms."""
    return "\n".join(f"{name}={state.values[name].value}" for name in slots if name in state.values)
