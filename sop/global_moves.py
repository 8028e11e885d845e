"""What the words do that work everywhere: repeat, hold on, why, go back, start over, goodbye."""

from typing import assert_never

from sop import ladder
from sop.asking import ask
from sop.reading import GlobalWord
from sop.state import Failures, Line
from sop.steps import CallStep, DecideStep, ReturnStep, SayStep, ToolStep, slots_of
from sop.turn import Turn
from sop.walk import enter, revisit

_PATIENCE = 2
"""Silences that cost nothing after "hold on"."""


def move(turn: Turn, word: GlobalWord) -> None:
    """Do what the caller asked for."""
    wording = turn.graph.wording
    match word:
        case GlobalWord.REPEAT | GlobalWord.SLOWER:
            _tell_again(turn)
            turn.ask_again()
        case GlobalWord.HOLD_ON:
            turn.change(patience=_PATIENCE)
            turn.say(wording.take_your_time)
        case GlobalWord.WHY:
            spec = turn.graph.slots.get(turn.state.slot)
            turn.say(spec.why if spec and spec.why else wording.why)
            turn.ask_again()
        case GlobalWord.GO_BACK:
            _go_back(turn)
        case GlobalWord.START_OVER:
            _start_over(turn)
        case GlobalWord.GOODBYE | GlobalWord.CANCEL:
            if turn.graph.goodbye:
                enter(turn, turn.graph.goodbye)
            else:
                turn.say(wording.goodbye)
                turn.finish("caller_left")
        case GlobalWord.PERSON:
            ladder.person(turn)
        case _:
            assert_never(word)


def _tell_again(turn: Turn) -> None:
    """Say what was told of values and facts on the way to the open question, until something here is answered: the
    whole text of each step, for what a figure must not be told without stands beside it."""
    state = turn.state
    if any(slot in state.values for slot in slots_of(turn.step())):
        return
    told: list[str] = []
    for name in reversed(state.path[:-1]):
        if not isinstance(turn.graph.steps[name], SayStep | DecideStep | ToolStep | CallStep | ReturnStep):
            break
        told += [name] if name in state.told else []
    for name in reversed(told):
        step = turn.graph.steps[name]
        if isinstance(step, SayStep):
            turn.say(step.text, interruptible=step.interruptible)
        else:
            turn.speak((Line(state.told[name], False),))


def _start_over(turn: Turn) -> None:
    """From the first step, knowing nothing; what tools did stays done."""
    turn.say(turn.graph.wording.start_over)
    turn.change(
        values={},
        facts={},
        called={},
        skipped=(),
        stack=(),
        asked=(),
        declined=(),
        changed=(),
        revised=(),
        settled=(),
        taken=(),
        failures=Failures(),
        patience=0,
        step="",
    )
    enter(turn, turn.graph.start)


def _go_back(turn: Turn) -> None:
    """Empty the slot asked before the open one and ask it again."""
    earlier = [name for name in turn.state.asked if name != turn.state.slot and name in turn.state.values]
    if not earlier:
        turn.say(turn.graph.wording.nothing_before)
        turn.ask_again()
        return
    slot = earlier[-1]
    turn.empty(slot)
    turn.say(turn.graph.wording.go_back)
    if slot in slots_of(turn.step()):
        turn.change(slot="")
        ask(turn, turn.graph.slots[slot])
        return
    asking = [name for name in turn.state.path if slot in slots_of(turn.graph.steps[name])]
    revisit(turn, asking[-1] if asking else turn.state.step)
