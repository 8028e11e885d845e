"""What a reading does to a turn. Emergencies first, then a person, then answers and corrections, then yes
and no, then the other global words; what is left over is a failure and climbs the ladder."""

from dataclasses import replace
from typing import assert_never

from sop import ladder
from sop.acts import Keys
from sop.graph import ReviewStep, SlotSpec
from sop.reading import (
    Affirm,
    Answer,
    Correction,
    Deny,
    Global,
    GlobalWord,
    Question,
    Reading,
    Unusable,
)
from sop.slots import Found, slot_type
from sop.state import LISTENING, Failures, Phase, SlotValue
from sop.turn import Turn, bound_values

_PATIENCE = 2
"""Silences that cost nothing after "hold on"."""
_SURE_ASIDE = 0.6
"""Confidence below which an aside changes no value that is held: a wrong one is far worse than asking again."""


def reading(turn: Turn, heard: Reading) -> None:
    """The caller said something."""
    if turn.state.phase not in LISTENING:
        return
    _present(turn, understood=bool(heard.acts))
    acceptable = [act for act in heard.acts if isinstance(act, Answer | Correction) and _acceptable(turn, act)]
    values = [act for act in acceptable if _urgent(turn, act) or not _is_doubtful_aside(turn, act)]
    word = next((act.word for act in heard.acts if isinstance(act, Global)), None)
    urgent = [act for act in values if _urgent(turn, act)]
    if urgent:
        _take(turn, values)
        turn.change(failures=Failures(), patience=0)
        turn.divert(urgent[0].slot)
    elif word is GlobalWord.PERSON:
        ladder.person(turn)
    elif values:
        _values(turn, values)
    elif any(isinstance(act, Affirm) for act in heard.acts):
        _affirm(turn)
    elif any(isinstance(act, Deny) for act in heard.acts):
        _deny(turn)
    elif word is not None:
        _global(turn, word)
    else:
        _nothing(turn, heard)


def _present(turn: Turn, *, understood: bool) -> None:
    """The caller is there and our recogniser works: silences and failures of ours no longer follow one another."""
    failures = turn.state.failures
    silences = 0 if understood else failures.silences
    turn.change(failures=replace(failures, unheard=0, silences=silences))


def keys(turn: Turn, pressed: Keys) -> None:
    """The caller used the keypad: 0 asks for a person, * repeats, 1 and 2 are yes and no, digits are a
    value."""
    if turn.state.phase not in LISTENING:
        return
    _present(turn, understood=True)
    digits = "".join(key for key in pressed.digits[:40] if key in "0123456789*#")
    plain = digits.rstrip("#")
    if plain == "0":
        ladder.person(turn)
    elif plain == "*":
        turn.ask_again()
    elif plain in ("1", "2") and _yes_or_no(turn):
        _affirm(turn) if plain == "1" else _deny(turn)
    else:
        _keyed(turn, plain)


def _yes_or_no(turn: Turn) -> bool:
    """Whether the open question is answered by yes or no."""
    spec = turn.graph.slots.get(turn.state.slot)
    return turn.state.phase is not Phase.ASKING or (spec is not None and spec.type == "yes_no")


def _keyed(turn: Turn, digits: str) -> None:
    spec = turn.graph.slots.get(turn.state.slot)
    if spec is None or not slot_type(turn.graph, spec).keys(spec):
        ladder.no_match(turn)
        return
    kind = slot_type(turn.graph, spec)
    found = kind.press(digits, spec)
    if isinstance(found, Found):
        _values(turn, [Answer(spec.name, found.value, kind.speak(found.value, spec), 1.0)])
    elif found is None:
        ladder.no_match(turn)
    else:
        ladder.unusable(turn, Unusable(spec.name, found.reason, found.choices))


def _acceptable(turn: Turn, act: Answer | Correction) -> bool:
    """Readings come from outside: a slot or option that the graph does not have is nothing."""
    spec = turn.graph.slots.get(act.slot)
    if spec is None or act.value == "":
        return False
    return act.value is None or spec.type != "choice" or any(option.name == act.value for option in spec.options)


def _is_doubtful_aside(turn: Turn, act: Answer | Correction) -> bool:
    """Whether it would change a value that was not asked about, on little evidence."""
    held = turn.state.values.get(act.slot)
    aside = act.slot != turn.state.slot and turn.state.phase is not Phase.REVIEWING
    return aside and held is not None and held.value != act.value and act.confidence < _SURE_ASIDE


def _urgent(turn: Turn, act: Answer | Correction) -> bool:
    held = turn.state.values.get(act.slot)
    return (held is None or held.value != act.value) and any(
        option.anytime and option.name == act.value for option in turn.graph.slots[act.slot].options
    )


def _values(turn: Turn, acts: list[Answer | Correction]) -> None:
    """Answers and corrections, several at once; then on with whatever is open."""
    asked, held = turn.state.slot, turn.state.values
    if _repeats(turn, acts):
        _take(turn, [act for act in acts if act.slot != asked])
        _affirm(turn)
        return
    reopened = [act.slot for act in acts if act.value is None and act.slot in held]
    answered = any(act.slot == asked and act.value is not None for act in acts)
    changed = any(act.value is not None and act.slot in held and held[act.slot].value != act.value for act in acts)
    _take(turn, acts)
    if reopened:
        _reopen(turn, reopened)
    elif answered:
        _progress(turn, asked)
    elif changed and turn.state.phase is Phase.ASKING:
        turn.say(turn.graph.wording.changed)
    turn.change(patience=0)
    turn.proceed()


def _repeats(turn: Turn, acts: list[Answer | Correction]) -> bool:
    """Whether the caller only says again what was just offered or read back: that is a yes."""
    state = turn.state
    if state.phase in (Phase.OFFERING, Phase.CONFIRMING):
        return any(act.slot == state.slot and act.value == state.bound for act in acts)
    same = all(act.slot in state.values and act.value == state.values[act.slot].value for act in acts)
    return state.phase is Phase.REVIEWING and same


def _reopen(turn: Turn, slots: list[str]) -> None:
    """These values are wrong, and the right ones are not known yet."""
    for slot in slots:
        _forget(turn, slot)
    turn.say(turn.graph.wording.sorry_again)
    turn.change(slot="")


def _forget(turn: Turn, slot: str) -> None:
    """Empty a slot; what was offered for it is not offered again, and its next value is read back."""
    turn.empty(slot)
    turn.change(
        declined=tuple(dict.fromkeys((*turn.state.declined, slot))),
        changed=tuple(dict.fromkeys((*turn.state.changed, slot))),
    )


def _progress(turn: Turn, slot: str) -> None:
    """The open question was answered; its failures are forgotten once nothing about it is left to confirm."""
    spec = turn.graph.slots.get(slot)
    if spec is None or not turn.needs_confirming(spec):
        turn.change(failures=Failures())
    turn.change(patience=0)


def _take(turn: Turn, acts: list[Answer | Correction]) -> None:
    """Keep the values. A value already confirmed stays confirmed only if it is the same."""
    for act in acts:
        if act.value is None:
            continue
        held = turn.state.values.get(act.slot)
        if held is not None and held.value == act.value:
            continue
        spec = turn.graph.slots[act.slot]
        spoken = slot_type(turn.graph, spec).speak(act.value, spec)
        confidence = act.confidence if 0 <= act.confidence <= 1 else 0.0
        turn.fill(act.slot, SlotValue(act.value, spoken, confidence))


def _affirm(turn: Turn) -> None:
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
        case _:
            ladder.no_match(turn)
            return
    turn.change(failures=Failures(), patience=0)
    turn.proceed()


def _everything_right(turn: Turn) -> None:
    step = turn.step()
    assert isinstance(step, ReviewStep)
    if bound_values(turn.state, step.slots) != turn.state.bound:
        turn.proceed()
        return
    turn.confirm(step.slots)
    turn.change(failures=Failures(), patience=0)
    turn.follow(step.edges)


def _deny(turn: Turn) -> None:
    state = turn.state
    spec = turn.graph.slots.get(state.slot)
    if state.phase is Phase.OFFERING and spec is not None:
        turn.change(declined=(*state.declined, spec.name), patience=0)
        turn.proceed()
    elif state.phase is Phase.CONFIRMING and spec is not None:
        _refused(turn, spec)
    elif state.phase is Phase.ASKING and spec is not None and spec.type == "yes_no":
        turn.fill(spec.name, SlotValue("no", "no", 1.0, confirmed=True))
        turn.change(failures=Failures(), patience=0)
        turn.proceed()
    elif state.phase is Phase.REVIEWING:
        step = turn.step()
        assert isinstance(step, ReviewStep)
        failures = state.failures
        turn.change(failures=Failures(failures.misunderstood + 1, failures.invalid, failures.silences))
        if not ladder.escalate(turn):
            turn.put(step.ask_what)
    else:
        ladder.no_match(turn)


def _refused(turn: Turn, spec: SlotSpec) -> None:
    """A value read back was wrong: it goes, and the question is asked again, from the second time with the
    keys."""
    failures = turn.state.failures
    turn.change(failures=Failures(failures.misunderstood + 1, failures.invalid + 1, failures.silences))
    _forget(turn, spec.name)
    if ladder.escalate(turn):
        return
    turn.say(turn.graph.wording.sorry_again)
    turn.proceed()
    if turn.state.failures.invalid >= 2 and spec.ladder.keypad and turn.state.slot == spec.name:
        turn.say(spec.ladder.keypad)


def _global(turn: Turn, word: GlobalWord) -> None:
    wording = turn.graph.wording
    match word:
        case GlobalWord.REPEAT | GlobalWord.SLOWER:
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
            turn.say(wording.start_over)
            turn.change(
                values={},
                asked=(),
                declined=(),
                changed=(),
                taken=(),
                failures=Failures(),
                patience=0,
                step="",
            )
            turn.enter(turn.graph.start)
        case GlobalWord.GOODBYE | GlobalWord.CANCEL:
            if turn.graph.goodbye:
                turn.enter(turn.graph.goodbye)
            else:
                turn.say(wording.goodbye)
                turn.finish("caller_left")
        case GlobalWord.PERSON:
            ladder.person(turn)
        case _:
            assert_never(word)


def _go_back(turn: Turn) -> None:
    """Empty the slot asked before the open one and ask it again."""
    earlier = [name for name in turn.state.asked if name != turn.state.slot and name in turn.state.values]
    if not earlier:
        turn.say(turn.graph.wording.nothing_before)
        turn.ask_again()
        return
    slot = earlier[-1]
    spec = turn.graph.slots[slot]
    turn.empty(slot)
    turn.say(turn.graph.wording.go_back)
    origin = next(
        (step.name for step in turn.graph.steps.values() if slot in getattr(step, "slots", ())),
        turn.state.step,
    )
    if slot in getattr(turn.step(), "slots", ()):
        turn.change(slot="")
        turn.ask(spec)
        return
    turn.change(taken=tuple((one, to) for one, to in turn.state.taken if one != origin), step="")
    turn.enter(origin)


def _nothing(turn: Turn, heard: Reading) -> None:
    """Nothing that the step can use."""
    doubt = next((act for act in heard.acts if isinstance(act, Unusable) and act.slot in turn.graph.slots), None)
    if doubt is not None:
        ladder.unusable(turn, doubt)
    elif any(isinstance(act, Question) for act in heard.acts):
        failures = turn.state.failures
        turn.change(failures=Failures(failures.misunderstood + 1, failures.invalid, failures.silences))
        if not ladder.escalate(turn):
            turn.say(turn.graph.wording.no_answer_here)
            turn.ask_again()
    else:
        ladder.no_match(turn)
