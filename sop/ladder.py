"""What happens when a question gets no usable answer: a new wording each time, then the keypad where there
is one, then a person."""

from dataclasses import replace

from sop.policy import triggered
from sop.reading import Unusable
from sop.slot_spec import SlotSpec
from sop.slots import slot_type
from sop.state import LISTENING, Failures, Phase
from sop.steps import AskStep, ReviewStep
from sop.turn import Turn
from sop.walk import enter, proceed
from sop.words import Words

_MOST_ESCALATIONS = 4
"""After these a call ends, where a flow leads a caller round and round."""
_GIVE_UP = 6
"""Failures after which a call ends even when the flow names no person for it."""


def silence(turn: Turn) -> None:
    """Nobody spoke."""
    state = turn.state
    if state.phase is Phase.WAITING:
        turn.say(turn.graph.wording.still_working)
    if state.phase not in LISTENING:
        return
    if state.patience > 0:
        turn.change(patience=state.patience - 1)
        turn.say(turn.graph.wording.still_here)
        return
    count = state.failures.silences + 1
    turn.change(failures=replace(state.failures, silences=count, unheard=0))
    if escalate(turn):
        return
    spec = _asked(turn)
    rungs = spec.ladder.silence if spec else ()
    if len(rungs) >= count:
        turn.say(rungs[count - 1])
        return
    turn.say(turn.graph.wording.silence)
    turn.ask_again()


def no_match(turn: Turn) -> None:
    """Words that are no answer."""
    failures = turn.state.failures
    count = failures.misunderstood + 1
    turn.change(failures=replace(failures, misunderstood=count, unheard=0), patience=0)
    if escalate(turn):
        return
    spec, step = _asked(turn), turn.graph.steps.get(turn.state.step)
    if spec is None:
        rungs = step.reprompts if isinstance(step, ReviewStep) and turn.state.phase is Phase.REVIEWING else ()
    elif isinstance(step, AskStep) and step.reprompts and len(step.slots) == 1:
        rungs = step.reprompts
    else:
        rungs = spec.ladder.no_match
    if len(rungs) >= count:
        turn.say(rungs[count - 1])
        _keypad(turn, spec, count)
        return
    turn.say(turn.graph.wording.no_match)
    if turn.state.phase in LISTENING and turn.state.phase is not Phase.ASKING and count > 1:
        turn.say(turn.graph.wording.yes_or_no)
    if not _keypad(turn, spec, count):
        turn.ask_again()


def unusable(turn: Turn, act: Unusable) -> None:
    """An answer to the question that cannot be used: seven digits, a day that is over, two options at
    once."""
    failures = turn.state.failures
    count = failures.invalid + 1
    turn.change(
        failures=replace(failures, invalid=count, misunderstood=failures.misunderstood + 1, unheard=0),
        patience=0,
        begun=act.begun if act.slot == turn.state.slot else "",
    )
    if escalate(turn):
        return
    spec = turn.graph.slots[act.slot]
    choices = [spoken for choice in act.choices if (spoken := turn.as_spoken(spec, choice))]
    if act.reason == "ambiguous" and choices and count == 1:
        turn.say(turn.graph.wording.which, choices=", or ".join(choices))
        return
    reason = spec.ladder.reasons.get(act.reason, "")
    if reason and count == 1:
        turn.say(reason)
        return
    rungs = spec.ladder.invalid
    if rungs:
        turn.say(rungs[min(count, len(rungs)) - 1])
        _keypad(turn, spec, count)
        return
    turn.say(turn.graph.wording.no_match)
    if not _keypad(turn, spec, count):
        turn.ask_again()


def unheard(turn: Turn) -> None:
    """Our recogniser failed: ask again at no cost to the caller; twice in a row, a person."""
    if turn.state.phase not in LISTENING:
        return
    failures = turn.state.failures
    turn.change(failures=replace(failures, unheard=failures.unheard + 1))
    if escalate(turn):
        return
    turn.say(turn.graph.wording.our_fault)
    turn.ask_again()


def person(turn: Turn) -> None:
    """The caller asked for a person: at once, and once more; after that the flow says how it ends."""
    if not turn.state.person_tried and watch(turn, asked=True):
        return
    turn.change(refused=turn.state.refused + 1)
    if turn.state.refused > 1:
        if not watch(turn, asked=True):
            _give_up(turn)
        return
    turn.say(turn.graph.wording.nobody)
    turn.ask_again()


def escalate(turn: Turn) -> bool:
    """Go to a person if the policy says so, and end a call that gets nowhere."""
    if watch(turn):
        return True
    failures = turn.state.failures
    if failures.misunderstood + failures.silences + failures.unheard >= _GIVE_UP:
        _give_up(turn)
        return True
    return False


def _give_up(turn: Turn) -> None:
    turn.say(turn.graph.wording.goodbye)
    turn.finish("gave_up")


def watch(turn: Turn, *, asked: bool = False, words: Words = ()) -> bool:
    """Whether a trigger of the flow fires: then a person is rung or offered; where a person was tried in vain, what
    the flow does otherwise."""
    found = triggered(turn.graph, turn.state, asked_for_person=asked, words=words)
    if found is None:
        return False
    place, escalation = found
    again = place in turn.state.fired
    turn.change(fired=tuple(dict.fromkeys((*turn.state.fired, place))), escalated=turn.state.escalated + 1)
    if turn.state.escalated > _MOST_ESCALATIONS:
        _give_up(turn)
        return True
    if escalation.offer and not asked:
        turn.change(phase=Phase.PROPOSING, bound=str(place))
        turn.put(turn.graph.wording.offer_person)
        return True
    turn.change(failures=Failures(), patience=0, idle=0, settled=())
    # Coming back here without a person having been rung means that nobody is there: outside office hours, say.
    enter(turn, escalation.otherwise if turn.state.person_tried or again else escalation.to)
    return True


def accept_person(turn: Turn) -> None:
    """Yes, connect me."""
    escalation = turn.graph.escalations[int(turn.state.bound)]
    turn.change(failures=Failures(), patience=0, idle=0, settled=())
    enter(turn, escalation.otherwise if turn.state.person_tried else escalation.to)


def decline_person(turn: Turn) -> None:
    """No, go on with the procedure."""
    turn.change(phase=Phase.ASKING, bound="", failures=Failures(), patience=0, idle=0)
    turn.say(turn.graph.wording.carry_on)
    proceed(turn)


def _asked(turn: Turn) -> SlotSpec | None:
    """The slot of an open question; None under a yes-or-no question."""
    return turn.graph.slots.get(turn.state.slot) if turn.state.phase is Phase.ASKING else None


def _keypad(turn: Turn, spec: SlotSpec | None, count: int) -> bool:
    """From the second failure on, offer the keys."""
    if spec is None or count < 2 or not spec.ladder.keypad or not slot_type(turn.graph, spec).keys(spec):
        return False
    turn.say(spec.ladder.keypad)
    return True
