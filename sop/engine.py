"""The procedure's one way forward: `advance(graph, state, input) -> (state, acts)`.

Pure and total: the same arguments give the same result, and no input raises. A call can move only along
the edges of its graph, whatever is said.
"""

from collections.abc import Mapping
from typing import assert_never

from sop import hearing, ladder, resumption, tooling, walk
from sop.acts import (
    Act,
    Begin,
    Field,
    Input,
    Keys,
    Resume,
    Save,
    Say,
    Silence,
    ToolFinished,
    TransferFinished,
    Unheard,
)
from sop.graph import Graph
from sop.reading import Affirm, Answer, Deny, Reading
from sop.slots import slot_type
from sop.slots.phone import to_e164
from sop.state import LISTENING, Phase, State
from sop.steps import ToolStep, TransferStep
from sop.turn import Turn

_MOST_LIKELY = 6


def start(graph: Graph, *, caller: str | None, now: str, profile: Mapping[str, str] | None = None) -> State:
    """A call before its first word. `caller`: E.164, or None (or "anonymous") when unknown; `now`: ISO
    8601 with the business's offset; `profile`: what is known of the caller (`State.profile`)."""
    own = to_e164("".join(key for key in caller if key.isdecimal() and key.isascii())) if caller else None
    return State(flow=graph.name, version=graph.version, caller=own or "", now=now, profile=dict(profile or {}))


def advance(graph: Graph, state: State, event: Input) -> tuple[State, tuple[Act, ...]]:
    """What an input does: the state after it, and what is to be done, in order. Never raises."""
    turn = Turn(graph, state)
    if _is_heard(state, event):
        turn.change(unproven=())
    match event:
        case Begin():
            _begin(turn)
        case Reading():
            hearing.reading(turn, event)
        case Keys():
            hearing.keys(turn, event)
        case Silence():
            ladder.silence(turn)
        case Unheard():
            ladder.unheard(turn)
        case ToolFinished():
            _tool_finished(turn, event)
        case TransferFinished():
            _transfer_finished(turn, event)
        case Resume():
            _resume(turn, event)
        case _:
            assert_never(event)
    _erase(state, turn)
    return turn.state, tuple(turn.acts)


def _begin(turn: Turn) -> None:
    """Greet, once."""
    if turn.state.phase is Phase.NEW:
        turn.say(turn.graph.greeting)
        if not ladder.watch(turn):
            walk.enter(turn, turn.graph.start)


def _is_heard(state: State, event: Input) -> bool:
    """Whether an input shows that the line carries what is said: the caller spoke, or keyed."""
    spoke = event.text.strip() if isinstance(event, Reading) else isinstance(event, Keys)
    return state.phase in LISTENING and bool(spoke)


def _resume(turn: Turn, event: Resume) -> None:
    """On with a call whose line was cut."""
    if turn.state.phase is Phase.NEW:
        _begin(turn)
    elif event.reason and turn.state.phase is Phase.TRANSFERRING:
        _transfer_finished(turn, TransferFinished(False, event.reason))
    else:
        resumption.resume(turn, in_vain=bool(event.reason))


def likely(graph: Graph, state: State) -> tuple[str, ...]:
    """A few texts that may be spoken next, best first: what each expected answer would bring, tried out."""
    found: list[str] = []
    for guess in _guesses(graph, state):
        after, acts = advance(graph, state, Reading("", 1.0, (guess,)))
        if after.phase is Phase.WAITING:
            acts += advance(graph, after, ToolFinished(after.tool, True))[1]
        # A guessed value is not the one that will be said, so what repeats it is of no use.
        told = isinstance(guess, Affirm | Deny)
        found += [act.text for act in acts if isinstance(act, Say) and (act.fixed or told)]
    if state.phase in LISTENING:
        _, acts = advance(graph, state, Reading("", 0.0))
        found += [act.text for act in acts if isinstance(act, Say) and act.fixed]
    return tuple(dict.fromkeys(found))[:_MOST_LIKELY]


def _guesses(graph: Graph, state: State) -> tuple[Answer | Affirm | Deny, ...]:
    spec = graph.slots.get(state.slot)
    if state.phase in (Phase.OFFERING, Phase.CONFIRMING, Phase.REVIEWING):
        return (Affirm(), Deny())
    if state.phase is Phase.ASKING and spec is not None and spec.type == "yes_no":
        return (Affirm(), Deny())
    if state.phase is not Phase.ASKING or spec is None:
        return ()
    if spec.options:
        options = sorted(spec.options, key=lambda option: option.anytime)
        return tuple(Answer(spec.name, option.name, option.spoken, 1.0) for option in options)
    kind = slot_type(graph, spec)
    sample = kind.sample(spec)
    return (Answer(spec.name, sample, kind.speak(sample, spec), 1.0),)


def _tool_finished(turn: Turn, event: ToolFinished) -> None:
    """On along the edges, or the flow's way out; a trigger of the flow comes first."""
    answered = tooling.finished(turn, event)
    if answered is None:
        return
    step = turn.step()
    assert isinstance(step, ToolStep)
    if ladder.watch(turn):
        return
    if answered:
        walk.follow(turn, step.edges)
    else:
        walk.enter(turn, step.on_failure)


def _transfer_finished(turn: Turn, event: TransferFinished) -> None:
    if turn.state.phase is not Phase.TRANSFERRING:
        return
    step = turn.step()
    assert isinstance(step, TransferStep)
    if event.ok:
        turn.finish("transferred")
        return
    # A person is rung only after everything was played.
    turn.change(person_tried=True, settled=(), unproven=())
    if step.no_answer_text:
        turn.say(step.no_answer_text)
    walk.enter(turn, step.on_no_answer)


def _erase(before: State, turn: Turn) -> None:
    """What is no longer held is no longer to be kept either."""
    gone = tuple(name for name in before.values if name not in turn.state.values)
    if gone:
        turn.acts.insert(0, Save(tuple(Field(name, "", "", 0.0, False) for name in gone)))
