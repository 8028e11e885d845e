"""What a reading does to a turn. Emergencies first, then a person, then answers and corrections, then yes
and no, then the other global words; what is left over is a failure and climbs the ladder."""

from dataclasses import replace

from sop import ladder
from sop.acts import Keys
from sop.global_moves import move
from sop.guardrails import speakable
from sop.knowledge import find_article
from sop.policy import triggered
from sop.reading import (
    Affirm,
    Answer,
    Correction,
    Deny,
    Digression,
    Global,
    GlobalWord,
    Question,
    Reading,
    Skip,
    Unusable,
)
from sop.sentiment import NEGATIVE
from sop.slots import Found, slot_type
from sop.slots.yes_no_question import Asking, asking_of
from sop.state import LISTENING, Failures, Mood, Phase, SlotValue
from sop.steps import slots_of
from sop.turn import Turn
from sop.verdicts import affirm, deny, forget
from sop.walk import digress, divert, proceed
from sop.words import Words, split_words

_SURE_ASIDE = 0.6
"""Confidence below which an aside changes no value that is held: a wrong one is far worse than asking again."""
_COURSE = 40
"""Utterances whose sentiment is kept."""
_FREE_WORDS = (GlobalWord.HOLD_ON, GlobalWord.REPEAT, GlobalWord.SLOWER)
"""Neither progress nor a lack of it."""


def reading(turn: Turn, heard: Reading) -> None:
    """The caller said something."""
    if turn.state.phase not in LISTENING:
        return
    _present(turn, understood=bool(heard.acts))
    told = {act.slot: act for act in heard.acts if isinstance(act, Answer | Correction) and _acceptable(turn, act)}
    acceptable = list(told.values())
    values = [act for act in acceptable if _urgent(turn, act) or not _is_doubtful_aside(turn, act)]
    word = next((act.word for act in heard.acts if isinstance(act, Global)), None)
    urgent = [act for act in values if _urgent(turn, act)]
    _feel(turn, heard, progress=bool(values) or word in _FREE_WORDS or _answerable(turn, heard))
    if urgent:
        _take(turn, values)
        turn.change(failures=Failures(), patience=0)
        divert(turn, urgent[0].slot)
    elif word is GlobalWord.PERSON:
        ladder.person(turn)
    elif not _triggers(turn, split_words(heard.text), values):
        _answer(turn, heard, values, word)


def _feel(turn: Turn, heard: Reading, *, progress: bool) -> None:
    """Note how the caller takes it, and whether this turn brings anything."""
    mood, share = turn.state.mood, max(-1.0, min(1.0, heard.sentiment))
    negative = mood.negative + (share < NEGATIVE)
    settled = any(isinstance(act, Affirm | Deny | Skip | Digression) for act in heard.acts)
    turn.change(
        mood=Mood((*mood.course, round(share, 2))[-_COURSE:], negative),
        idle=0 if progress or settled else turn.state.idle + (not heard.early),
    )


def _answerable(turn: Turn, heard: Reading) -> bool:
    """Whether it holds a question that the knowledge base answers."""
    asked = (split_words(act.text) for act in heard.acts if isinstance(act, Question))
    return any(find_article(turn.graph.knowledge, words) is not None for words in asked)


def _triggers(turn: Turn, words: Words, values: list[Answer | Correction]) -> bool:
    """Whether what was said or keyed brings a person in. The values in it are kept all the same."""
    trial = Turn(turn.graph, turn.state)
    _take(trial, values)
    if triggered(turn.graph, trial.state, words=words) is None:
        return False
    _take(turn, values)
    return ladder.watch(turn, words=words)


def _answer(turn: Turn, heard: Reading, values: list[Answer | Correction], word: GlobalWord | None) -> None:
    """Answers before yes and no, those before the other global words."""
    kinds = {type(act) for act in heard.acts}
    skip = next((act for act in heard.acts if isinstance(act, Skip)), None)
    aside = next((act for act in heard.acts if isinstance(act, Digression)), None)
    settles = affirm if Affirm in kinds else deny if Deny in kinds else None
    if aside is not None and not any(act.slot == turn.state.slot for act in values):
        _digress(turn, aside, values)
    elif settles is not None and values and _all_new(turn, values):
        _take(turn, values)
        settles(turn)
    elif Affirm in kinds and values and _leads_away(turn, values):
        affirm(turn)
    elif values:
        _values(turn, values)
    elif skip is not None and _skippable(turn, skip):
        if turn.state.phase is not Phase.ASKING:
            forget(turn, skip.slot)
        turn.change(skipped=(*turn.state.skipped, skip.slot), failures=Failures(), patience=0)
        turn.say(turn.graph.wording.skipped)
        proceed(turn)
    elif settles is not None:
        settles(turn)
    elif word is not None:
        move(turn, word)
    else:
        _nothing(turn, heard)


def _all_new(turn: Turn, values: list[Answer | Correction]) -> bool:
    """Whether the values that come with a yes or no are for other slots, which hold none: both count."""
    state = turn.state
    spec = turn.graph.slots.get(state.slot)
    if spec is None or not _yes_or_no(turn):
        return False
    if state.phase is Phase.ASKING and asking_of(spec.prompt) in (Asking.DONE, Asking.MORE):
        return False  # "yes i forgot my password" is no yes to "was that everything?"
    return all(isinstance(act, Answer) and act.slot not in (state.slot, *state.values) for act in values)


def _leads_away(turn: Turn, values: list[Answer | Correction]) -> bool:
    """Whether the values that come with a yes to everything would leave it unheard. It counts; what is wanted besides
    has its own question."""
    reviewed, specs = slots_of(turn.step()), [turn.graph.slots[act.slot] for act in values]
    if turn.state.phase is not Phase.REVIEWING or any(one.type != "choice" or one.name in reviewed for one in specs):
        return False
    trial = Turn(turn.graph, turn.state)
    _values(trial, values)
    return trial.state.step != turn.state.step


def _skippable(turn: Turn, skip: Skip) -> bool:
    spec = turn.graph.slots.get(skip.slot)
    open_phases = (Phase.ASKING, Phase.OFFERING, Phase.CONFIRMING)
    return spec is not None and spec.optional and skip.slot == turn.state.slot and turn.state.phase in open_phases


def _digress(turn: Turn, act: Digression, values: list[Answer | Correction]) -> None:
    """Into an aside of the flow, one at a time."""
    aside = next((one for one in turn.graph.asides if one.name == act.aside), None)
    _take(turn, values)
    if aside is None or any(frame.aside for frame in turn.state.stack):
        ladder.no_match(turn)
        return
    turn.change(failures=Failures(), patience=0)
    digress(turn, aside.flow)


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
        affirm(turn) if plain == "1" else deny(turn)
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
        values: list[Answer | Correction] = [Answer(spec.name, found.value, kind.speak(found.value, spec), 1.0)]
        turn.change(idle=0)
        if not _triggers(turn, (), values):
            _values(turn, values)
    elif found is None:
        ladder.no_match(turn)
    else:
        ladder.unusable(turn, Unusable(spec.name, found.reason, found.choices))


def _acceptable(turn: Turn, act: Answer | Correction) -> bool:
    """Readings come from outside: a slot or option that the graph does not have is nothing, and neither is a value
    that is none of the slot's type, or a name that nobody would say."""
    spec = turn.graph.slots.get(act.slot)
    if spec is None or act.value == "":
        return False
    if act.value is None:
        return True
    if spec.type in ("person_name", "email") and not speakable(act.value, own=frozenset({act.value})):
        return False
    return turn.as_spoken(spec, act.value) != ""


def _is_doubtful_aside(turn: Turn, act: Answer | Correction) -> bool:
    """Whether it would change a value that was not asked about, on little evidence."""
    held = turn.state.values.get(act.slot)
    aside = act.slot != turn.state.slot and turn.state.phase is not Phase.REVIEWING
    return aside and held is not None and held.value != act.value and not _SURE_ASIDE <= act.confidence <= 1


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
        affirm(turn)
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
    proceed(turn)


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
        forget(turn, slot)
    turn.say(turn.graph.wording.sorry_again)
    turn.change(slot="")


def _progress(turn: Turn, slot: str) -> None:
    """The open question was answered; its failures are forgotten once nothing about it is left to confirm."""
    spec = turn.graph.slots.get(slot)
    if spec is None or not turn.needs_confirming(spec):
        turn.change(failures=Failures())
    turn.change(patience=0)


def _take(turn: Turn, acts: list[Answer | Correction]) -> None:
    """Keep the values. A value already confirmed stays confirmed only if it is the same. What one of them empties is
    given again by another."""
    for act in (*acts, *acts):
        if act.value is None:
            continue
        held = turn.state.values.get(act.slot)
        if held is not None and held.value == act.value:
            continue
        spec = turn.graph.slots[act.slot]
        spoken = slot_type(turn.graph, spec).speak(act.value, spec)
        confidence = act.confidence if 0 <= act.confidence <= 1 else 0.0
        turn.fill(act.slot, SlotValue(act.value, spoken, confidence))


def _nothing(turn: Turn, heard: Reading) -> None:
    """Nothing that the step can use."""
    doubt = next((act for act in heard.acts if isinstance(act, Unusable) and act.slot in turn.graph.slots), None)
    question = next((act for act in heard.acts if isinstance(act, Question)), None)
    if doubt is not None:
        ladder.unusable(turn, doubt)
    elif question is not None:
        _asked(turn, question)
    elif not heard.early:
        ladder.no_match(turn)


def _asked(turn: Turn, question: Question) -> None:
    """The caller wants to know something: the knowledge base answers, and the open question comes again."""
    article = find_article(turn.graph.knowledge, split_words(question.text))
    if article is not None:
        turn.say(article.answer)
        turn.bridge()
        return
    failures = turn.state.failures
    turn.change(failures=replace(failures, misunderstood=failures.misunderstood + 1, unheard=0))
    if not ladder.escalate(turn):
        turn.say(turn.graph.wording.no_answer_here)
        turn.ask_again()
