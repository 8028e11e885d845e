"""Along the edges of the graph, and along nothing else.

`enter` goes to a step and on until one waits for somebody. `proceed` goes on from where the call stands. When a
correction has made an earlier step untrue (`State.revised`), it goes back to the first such step of the way that led
here. Steps that were done before and still hold are then passed without a word (`State.settled`), so that nothing is
asked, said or called twice; a text that names what has changed is said again, and so are mandatory steps behind a tool
that had to be called again.
"""

from typing import assert_never

from sop.acts import Enter, Say, TransferTo
from sop.asking import ask_open, bound_values, read_back
from sop.conditions import holds
from sop.knowledge import find_article
from sop.names import derived
from sop.state import Exit, Frame, Phase
from sop.steps import (
    AnswerStep,
    AskStep,
    CallStep,
    DecideStep,
    Edge,
    EndStep,
    ReturnStep,
    ReviewStep,
    SayStep,
    Step,
    ToolStep,
    TransferStep,
    edges_of,
    slots_of,
)
from sop.tooling import call, failed, holds_still
from sop.turn import Turn
from sop.wording import render
from sop.words import split_words

_MOST_HOPS = 60
"""New steps entered in one turn; a checked flow never comes near it."""
_MOST_ROUNDS = 4
"""How often a turn may pass a step on the average, those included that were done before."""
_DEEPEST = 8
"""Sub-flows inside one another."""


def enter(turn: Turn, name: str, leaving: Exit | None = None) -> None:
    """Go to a step and on, until one waits for somebody. `leaving` is the edge that leads there, if one does."""
    turn.waiting = (name, leaving)
    if turn.walking:
        return
    turn.walking = True
    while turn.waiting is not None:
        (target, left), turn.waiting = turn.waiting, None
        _enter(turn, target, left)
    turn.walking = False


def _enter(turn: Turn, name: str, leaving: Exit | None) -> None:
    turn.hops += 1
    turn.fresh += name not in turn.state.settled
    if turn.fresh > _MOST_HOPS or turn.hops > _MOST_HOPS + _MOST_ROUNDS * len(turn.graph.steps):
        _stop(turn)
        return
    step = turn.graph.steps[name]
    barred = turn.barred(step)
    if barred is not None:
        _detour(turn, name, barred, leaving)
        return
    _arrive(turn, name, leaving)
    again = name in turn.state.settled
    if again:
        last = turn.state.settled[-1]
        turn.change(settled=() if name == last else tuple(one for one in turn.state.settled if one != name))
    _do(turn, step, again=again)


def _arrive(turn: Turn, name: str, leaving: Exit | None) -> None:
    """Note the way here. Coming round to a step ends the round: what lies on it is no longer on the way."""
    state = turn.state
    stack = turn.stack_at(name)
    taken = state.taken if leaving is None else (*state.taken, leaving)
    around = next((at for at, one in enumerate(taken) if (one.step, one.stack) == (name, stack)), len(taken))
    turn.change(taken=taken[:around], stack=stack, step=name, slot="", bound="", phase=Phase.ASKING)
    turn.change(path=(*state.path, name))
    turn.acts.append(Enter(name))


def _detour(turn: Turn, name: str, barred: str, leaving: Exit | None) -> None:
    """To what stands before a step. The edge to the step counts as taken all the same."""
    if barred == name:
        _stop(turn)
        return
    if leaving is not None:
        turn.change(taken=(*turn.state.taken, leaving))
    enter(turn, barred)


def _stop(turn: Turn) -> None:
    """The flow leads nowhere."""
    turn.say(turn.graph.wording.goodbye)
    turn.finish("stuck")


def _do(turn: Turn, step: Step, *, again: bool) -> None:  # noqa: C901, PLR0912 - one case a kind of step
    match step:
        case SayStep():
            turn.tell(step.text, again=again, interruptible=step.interruptible)
            follow(turn, step.edges)
        case DecideStep():
            follow(turn, step.edges)
        case AskStep():
            if step.again and not again and turn.state.path.count(step.name) > 1:
                _ask_anew(turn, step)
            if step.intro and not again:
                turn.say(step.intro)
                turn.note_duty()
            proceed(turn)
        case ReviewStep():
            if again and _confirmed(turn, step):
                follow(turn, step.edges)
                return
            if not again:
                turn.change(changed=())
            proceed(turn)
        case AnswerStep():
            _answer(turn, step, again=again)
        case ToolStep():
            if again and holds_still(turn, step):
                follow(turn, step.edges)
                return
            _call(turn, step)
            steps = turn.graph.steps
            turn.change(settled=tuple(one for one in turn.state.settled if not steps[one].mandatory))
        case TransferStep():
            turn.say(step.text, interruptible=False)
            turn.change(phase=Phase.TRANSFERRING, slot="", question=())
            turn.acts.append(TransferTo(step.target, step.reason))
        case EndStep():
            turn.say(step.text)
            turn.finish(step.outcome)
        case CallStep():
            turn.tell(step.text, again=again)
            _descend(turn, Frame(step.name, flow=step.flow))
        case ReturnStep():
            turn.tell(step.text, again=again)
            _ascend(turn)
        case _:
            assert_never(step)


def _ask_anew(turn: Turn, step: AskStep) -> None:
    """Forget what the step's slots hold, for another round of the same questions."""
    revised = turn.state.revised
    for slot in step.slots:
        turn.empty(slot)
    skipped = tuple(slot for slot in turn.state.skipped if slot not in step.slots)
    turn.change(skipped=skipped, revised=revised, settled=())


def follow(turn: Turn, edges: tuple[Edge, ...]) -> None:
    """Take the first edge that holds."""
    target = chosen(turn, edges)
    if target is None:
        _stop(turn)
    else:
        enter(turn, target, Exit(turn.state.step, target, turn.state.stack))


def chosen(turn: Turn, edges: tuple[Edge, ...]) -> str | None:
    """Where the first edge that holds leads."""
    values = turn.values() if any(edge.condition for edge in edges) else {}
    return next((edge.go for edge in edges if edge.condition is None or holds(edge.condition, values)), None)


def _answer(turn: Turn, step: AnswerStep, *, again: bool) -> None:
    """Read the article that answers what a slot holds."""
    held = turn.state.values.get(step.slot)
    article = find_article(turn.graph.knowledge, split_words(held.value)) if held else None
    turn.change(facts={**turn.state.facts, "answered": "yes" if article else "no"})
    if article is None:
        enter(turn, step.on_failure)
        return
    if not again or step.slot in turn.state.changed:
        turn.say(article.answer)
    follow(turn, step.edges)


def _call(turn: Turn, step: ToolStep) -> None:
    if not call(turn, step):
        enter(turn, step.on_failure)


def _descend(turn: Turn, frame: Frame) -> None:
    """Into a sub-flow."""
    if len(turn.state.stack) >= _DEEPEST:
        _stop(turn)
        return
    turn.change(stack=(*turn.state.stack, frame))
    enter(turn, turn.graph.flows[frame.flow])


def digress(turn: Turn, flow: str) -> None:
    """Into a sub-flow that the caller asked for; the open question waits."""
    state = turn.state
    turn.change(settled=tuple(name for name in state.settled if not name.startswith(f"{flow}.")))
    _descend(turn, Frame(state.step, aside=True, slot=state.slot, flow=flow))


def _ascend(turn: Turn) -> None:
    """Out of a sub-flow: on behind the step that called it, or back to the question that waits."""
    if not turn.state.stack:
        _stop(turn)
        return
    *rest, frame = turn.state.stack
    turn.change(stack=tuple(rest))
    if not frame.aside:
        turn.change(step=frame.step)
        follow(turn, edges_of(turn.graph.steps[frame.step]))
        return
    if not frame.step:
        enter(turn, turn.graph.start)
        return
    turn.change(step=frame.step, slot="", bound="", phase=Phase.ASKING)
    turn.acts.append(Enter(frame.step))
    if (spec := turn.graph.slots.get(frame.slot)) and turn.is_open(spec.name):
        turn.acts += [Say(line.text, True) for line in render(turn.graph.wording.bridge, {"label": spec.label})]
    proceed(turn)


def proceed(turn: Turn) -> None:
    """Go on from where the call stands: back if something before it is no longer true, else the next thing that is
    open."""
    if not turn.state.step:
        enter(turn, turn.graph.start)
        return
    if _back(turn):
        return
    step = turn.step()
    match step:
        case AskStep():
            if not ask_open(turn, step.slots):
                follow(turn, step.edges)
        case ReviewStep():
            if not ask_open(turn, step.slots, confirming=False):
                read_back(turn, step)
        case ToolStep():
            _resume(turn, step)
        case _:
            return


def _resume(turn: Turn, step: ToolStep) -> None:
    """On from a tool that has ended, or that asks for what it needs."""
    barred = turn.barred(step)
    if failed(turn, step):
        enter(turn, step.on_failure)
    elif holds_still(turn, step):
        follow(turn, step.edges)
    elif barred is not None:
        _detour(turn, step.name, barred, None)
    else:
        _call(turn, step)


def _back(turn: Turn) -> bool:
    """Return to the first step on the way that reads what a correction has changed and would ask, call or branch
    otherwise now; False when there is none."""
    if not turn.state.revised:
        return False
    here = slots_of(turn.step())
    for place, left in enumerate(turn.state.taken):
        step = turn.graph.steps[left.step]
        if step.name == turn.state.step:
            continue
        if _undone(turn, step, here):
            _return_to(turn, place, None)
            return True
        branch = _branch(turn, step, left)
        if branch is not None:
            _return_to(turn, place, branch)
            return True
    still = tuple(name for name in turn.state.revised if name in turn.graph.slots and turn.is_open(name))
    turn.change(revised=still)
    return False


def _undone(turn: Turn, step: Step, here: tuple[str, ...]) -> bool:
    """Whether a step has something to ask or to read back again, which the present one does not, or to call again."""
    slots = tuple(slot for slot in slots_of(step) if slot not in here and slot in turn.state.revised)
    if isinstance(step, AskStep):
        return any(turn.is_open(slot) or turn.needs_confirming(turn.graph.slots[slot]) for slot in slots)
    if isinstance(step, ReviewStep):
        return not _confirmed(turn, step) and bool(slots)
    return isinstance(step, ToolStep) and not holds_still(turn, step)


def _confirmed(turn: Turn, step: ReviewStep) -> bool:
    """Whether the caller has said yes to everything that the step reads back, as it is now."""
    return turn.state.reviewed.get(step.name) == bound_values(turn.state, step.slots)


def _branch(turn: Turn, step: Step, left: Exit) -> str | None:
    """The edge that a step would be left by now, if it is another one because of what has changed."""
    edges = edges_of(step)
    read = {name for edge in edges if edge.condition for name in edge.condition.names}
    sources = derived(turn.graph)
    if not {sources.get(name, name) for name in read}.intersection(turn.state.revised):
        return None
    branch = chosen(turn, edges)
    return branch if branch != left.to else None


def _return_to(turn: Turn, place: int, branch: str | None) -> None:
    """Enter a step of the way again, or a branch of it that was not taken before; what was done since stays done."""
    state = turn.state
    left = state.taken[place]
    done = tuple(dict.fromkeys((*(one for one in state.path if one != state.step), state.step)))
    turn.change(taken=state.taken[:place], settled=done, stack=left.stack)
    if branch is None:
        enter(turn, left.step)
    else:
        turn.change(step=left.step)
        enter(turn, branch, Exit(left.step, branch, left.stack))


def revisit(turn: Turn, name: str) -> None:
    """Enter an earlier step again because the caller wants to."""
    place = next((at for at, left in enumerate(turn.state.taken) if left.step == name), None)
    if place is None:
        enter(turn, name)
    else:
        _return_to(turn, place, None)


def divert(turn: Turn, slot: str) -> None:
    """An emergency was named: take the branch of the step that asks for it, wherever the call stands."""
    for name, step in turn.graph.steps.items():
        if isinstance(step, AskStep) and slot in step.slots:
            target = chosen(turn, step.edges)
            if target is not None and target != turn.state.step:
                taken = turn.state.taken
                place = next((at for at, left in enumerate(taken) if left.step == name), len(taken))
                stack = taken[place].stack if place < len(taken) else turn.state.stack
                turn.change(taken=taken[:place], step=name, stack=stack, settled=())
                enter(turn, target, Exit(name, target, stack))
                return
    proceed(turn)
