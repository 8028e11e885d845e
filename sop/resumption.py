"""A call that goes on after its line was cut, from the state that was kept: what may not have been heard is said again,
what was under way is done again, and nothing else moves."""

from sop.acts import Enter, Finish, TransferTo
from sop.state import Phase
from sop.steps import AskStep, CallStep, EndStep, ReturnStep, SayStep, Step, ToolStep, TransferStep
from sop.tooling import call_again
from sop.turn import Turn

_TOLD_OF = 3
"""Slots that are named as held."""
_VERDICTS = ("yes_no", "choice")
"""Types of slots that are named after a question ("whether anyone was hurt") and not after a thing that one has."""
_THINGS = ("the ", "your ")


def resume(turn: Turn, *, in_vain: bool) -> None:
    """Go on where the call stands, which has begun. `in_vain`: a person was to take over and could not be reached."""
    phase = turn.state.phase
    if turn.state.step:
        turn.acts.append(Enter(turn.state.step))
    if in_vain:
        turn.change(person_tried=True)
        if phase is not Phase.FINISHED:
            turn.say(turn.graph.wording.nobody)
    elif phase is not Phase.FINISHED:
        turn.say(turn.graph.wording.cut_off, label=_held(turn))
    for name in turn.state.unproven:
        _say_again(turn, turn.graph.steps[name])
    _go_on(turn)


def _held(turn: Turn) -> str:
    """What the caller has told, as a few labels: "the name, the number and the address"; empty for nothing."""
    specs = (turn.graph.slots.get(name) for name in turn.state.values)
    labels = [
        spec.label
        for spec in specs
        if spec and not spec.private and spec.type not in _VERDICTS and spec.label.startswith(_THINGS)
    ][:_TOLD_OF]
    return " and ".join([", ".join(labels[:-1]), labels[-1]] if len(labels) > 1 else labels)


def _say_again(turn: Turn, step: Step) -> None:
    match step:
        case SayStep():
            turn.say(step.text, interruptible=step.interruptible)
        case AskStep():
            turn.say(step.intro)
        case CallStep() | ReturnStep():
            turn.say(step.text)
        case _:
            return


def _go_on(turn: Turn) -> None:
    step = turn.graph.steps.get(turn.state.step)
    match turn.state.phase:
        case Phase.WAITING if isinstance(step, ToolStep):
            call_again(turn, step)
        case Phase.TRANSFERRING if isinstance(step, TransferStep):
            turn.say(step.text, interruptible=False)
            turn.acts.append(TransferTo(step.target, step.reason))
        case Phase.FINISHED:
            if isinstance(step, EndStep):
                turn.say(step.text)
            turn.acts.append(Finish(turn.state.outcome or ""))
        case _:
            turn.ask_again()
