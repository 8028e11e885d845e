"""What a yes and a no do, by the question that is open."""

from dataclasses import replace

from sop import ladder
from sop.asking import bound_values
from sop.slot_spec import SlotSpec
from sop.slots import slot_type
from sop.state import Failures, Phase, SlotValue
from sop.steps import ReviewStep
from sop.turn import Turn
from sop.walk import follow, proceed


def affirm(turn: Turn) -> None:
    """Yes. It confirms exactly the value that was read out."""
    state = turn.state
    spec = turn.graph.slots.get(state.slot)
    match state.phase:
        case Phase.OFFERING if spec is not None:
            spoken = slot_type(turn.graph, spec).speak(state.bound, spec)
            turn.fill(spec.name, SlotValue(state.bound, spoken, 1.0, confirmed=True))
        case Phase.CONFIRMING if spec is not None:
            held = state.values.get(spec.name)
            if held is not None and held.value == state.bound:
                turn.confirm((spec.name,))
        case Phase.ASKING if spec is not None and spec.type == "yes_no":
            turn.fill(spec.name, SlotValue("yes", "yes", 1.0, confirmed=True))
        case Phase.REVIEWING:
            _everything_right(turn)
            return
        case Phase.PROPOSING:
            ladder.accept_person(turn)
            return
        case _:
            ladder.no_match(turn)
            return
    turn.change(failures=Failures(), patience=0)
    proceed(turn)


def _everything_right(turn: Turn) -> None:
    step = turn.step()
    assert isinstance(step, ReviewStep)
    if bound_values(turn.state, step.slots) != turn.state.bound:
        proceed(turn)
        return
    turn.confirm(step.slots)
    turn.change(reviewed={**turn.state.reviewed, step.name: turn.state.bound}, failures=Failures(), patience=0)
    follow(turn, step.edges)


def deny(turn: Turn) -> None:
    """No."""
    state = turn.state
    spec = turn.graph.slots.get(state.slot)
    if state.phase is Phase.PROPOSING:
        ladder.decline_person(turn)
    elif state.phase is Phase.OFFERING and spec is not None:
        turn.change(declined=(*state.declined, spec.name), patience=0)
        proceed(turn)
    elif state.phase is Phase.CONFIRMING and spec is not None:
        _refused(turn, spec)
    elif state.phase is Phase.ASKING and spec is not None and spec.type == "yes_no":
        turn.fill(spec.name, SlotValue("no", "no", 1.0, confirmed=True))
        turn.change(failures=Failures(), patience=0)
        proceed(turn)
    elif state.phase is Phase.REVIEWING:
        _ask_what(turn)
    else:
        ladder.no_match(turn)


def _ask_what(turn: Turn) -> None:
    """Something that was read back is wrong."""
    step = turn.step()
    assert isinstance(step, ReviewStep)
    failures = turn.state.failures
    turn.change(failures=replace(failures, misunderstood=failures.misunderstood + 1, unheard=0))
    if not ladder.escalate(turn):
        turn.change(bound="")  # a yes to "what should I change?" confirms nothing
        turn.put(step.ask_what)


def _refused(turn: Turn, spec: SlotSpec) -> None:
    """A value read back was wrong: it goes, and the question is asked again, from the second time with the
    keys."""
    failures = turn.state.failures
    turn.change(failures=Failures(failures.misunderstood + 1, failures.invalid + 1, failures.silences))
    forget(turn, spec.name)
    if ladder.escalate(turn):
        return
    turn.say(turn.graph.wording.sorry_again)
    proceed(turn)
    if turn.state.failures.invalid >= 2 and spec.ladder.keypad and turn.state.slot == spec.name:
        turn.say(spec.ladder.keypad)


def forget(turn: Turn, slot: str) -> None:
    """Empty a slot; what was offered for it is not offered again, and its next value is read back."""
    turn.empty(slot)
    turn.change(
        declined=tuple(dict.fromkeys((*turn.state.declined, slot))),
        changed=tuple(dict.fromkeys((*turn.state.changed, slot))),
    )
