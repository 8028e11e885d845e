"""What a person gets who takes a call over: as a value, as JSON, as a page to glance at, and as a sentence to hear.

Callers' words are data: control characters are gone, lengths are bounded, and private values are masked to their last
two characters, in the transcript as well where they stand digit by digit.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sop.graph import Graph
from sop.sentiment import NEGATIVE
from sop.slot_spec import SlotSpec
from sop.state import SlotValue, State
from sop.steps import SayStep, ToolStep, TransferStep

_LONGEST = 300
_LONGEST_LINE = 2_000
_LONGEST_TRANSCRIPT = 200_000
"""Letters of a value, of an utterance, of a transcript."""
_MOST_WORDS = 30
"""Twelve seconds at 150 words a minute."""
_LONGEST_WORD = 24
_UPSET = -0.7
_RECENT = 4
"""Utterances that a mood is told from."""
_DIGITS = (
    "(?:0|zero|oh|o)",
    *(f"(?:{number}|{word})" for number, word in enumerate("one two three four five six seven eight nine".split(), 1)),
)


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that was found out."""

    slot: str
    label: str
    value: str
    spoken: str
    confidence: float
    confirmed: bool
    private: bool = False


@dataclass(frozen=True, slots=True)
class Packet:
    """A call as the person needs it who takes it over."""

    headline: str
    """Why, and what the caller wants."""
    reason: str
    wants: str
    urgent: bool
    """The caller named an emergency."""
    name: str
    number: str
    """E.164; the number that the caller gave, else the one they call from."""
    details: tuple[Detail, ...]
    facts: tuple[tuple[str, str], ...]
    done: tuple[str, ...]
    missing: tuple[str, ...]
    """Labels of what the procedure would still ask for."""
    mood: str
    """calm, annoyed or upset."""
    moods: tuple[float, ...]
    """Sentiment of the utterances, -1..1, oldest first."""
    profile: tuple[tuple[str, str], ...]
    earlier: tuple[str, ...]
    call: str
    procedure: str
    step: str
    began: str
    """ISO 8601 with offset."""
    transcript: tuple[tuple[str, str], ...]
    """(who, text), oldest first."""


def packet(
    graph: Graph,
    state: State,
    *,
    transcript: tuple[tuple[str, str], ...] = (),
    reason: str = "",
    call: str = "",
    earlier: tuple[str, ...] = (),
) -> Packet:
    """The packet of a call as it stands. `reason`: why it is handed over, by default the transfer step's; `call`: the
    call's identity; `earlier`: one line for each earlier call."""
    step = graph.steps.get(state.step)
    why = _clean(reason or (step.reason if isinstance(step, TransferStep) else ""))
    open_to_all = [spec for spec in graph.slots.values() if spec.name in state.values and not spec.private]
    wants = _wants(open_to_all, state)
    return Packet(
        headline=_sentence(": ".join(filter(None, (why, wants)))) or "A caller",
        reason=why,
        wants=wants,
        urgent=any(_is_urgent(spec, state) for spec in open_to_all),
        name=_first(open_to_all, "person_name", state),
        number=_first(open_to_all, "phone", state) or _clean(state.caller),
        details=tuple(_detail(spec, state.values[name]) for name, spec in graph.slots.items() if name in state.values),
        facts=_facts(graph, state),
        done=_done(graph, state),
        missing=tuple(
            _clean(graph.slots[name].label)
            for name in graph.ahead.get(state.step, ())
            if name in graph.slots and name not in state.values and name not in state.skipped
        ),
        mood=_mood(state.mood.course),
        moods=state.mood.course,
        profile=tuple((_clean(key), _clean(value)) for key, value in sorted(state.profile.items())),
        earlier=tuple(_clean(line) for line in earlier[:20]),
        call=_clean(call),
        procedure=f"{graph.name} {graph.version}",
        step=state.step,
        began=state.now,
        transcript=_transcript(graph, state, transcript),
    )


def whisper(given: Packet) -> str:
    """What is read to the person before they are connected: at most 30 words, the most important first."""
    where = next((one.spoken for one in given.details if one.slot == "address" and not one.private), "")
    parts = (
        ("Emergency. " if given.urgent and not given.headline.lower().startswith("emergency") else "") + given.headline,
        given.name and f"From {given.name}",
        given.urgent and where and f"At {where}",
        given.mood != "calm" and f"The caller is {given.mood}",
        given.done and _sentence(given.done[-1]),
        given.missing and f"Not known yet: {', '.join(given.missing)}",
    )
    said: list[str] = []
    left = _MOST_WORDS
    for part in filter(None, parts):
        words = [word[:_LONGEST_WORD] for word in str(part).split()]
        if said and len(words) > left:
            continue
        said.append(" ".join(words[:left]).rstrip(".,:; ") + ".")
        left -= len(words[:left])
    return " ".join(said)


def as_json(given: Packet) -> str:
    """The packet as JSON: {"format": 1, then every field of `Packet` by its name}. `details` are objects with the
    fields of `Detail`; `facts` and `profile` are objects; a line of `transcript` is {"who", "text"}."""
    found = {"format": 1} | asdict(given)
    found |= {"facts": dict(given.facts), "profile": dict(given.profile)}
    found["transcript"] = [{"who": who, "text": text} for who, text in given.transcript]
    return json.dumps(found, ensure_ascii=False, indent=2)


def _wants(specs: list[SlotSpec], state: State) -> str:
    """What the call is about: the first choice that was made, an emergency before all, else the first free words."""
    choices = sorted((spec for spec in specs if spec.type == "choice"), key=lambda spec: not _is_urgent(spec, state))
    texts = [spec for spec in specs if spec.type == "free_text"]
    return next((_clean(state.values[spec.name].spoken) for spec in (*choices, *texts)), "")


def _is_urgent(spec: SlotSpec, state: State) -> bool:
    return any(option.anytime and option.name == state.values[spec.name].value for option in spec.options)


def _first(specs: list[SlotSpec], kind: str, state: State) -> str:
    return next((_clean(state.values[spec.name].value) for spec in specs if spec.type == kind), "")


def _detail(spec: SlotSpec, held: SlotValue) -> Detail:
    value, spoken = _clean(held.value), _clean(held.spoken)
    if spec.private:
        value = spoken = _masked(spec, value)
    return Detail(spec.name, _clean(spec.label), value, spoken, held.confidence, held.confirmed, spec.private)


def _masked(spec: SlotSpec, value: str) -> str:
    """The last two characters; nothing of a value that these would give away."""
    return "••••" + (value[-2:] if len(value) > 3 and spec.type not in ("choice", "yes_no") else "")


def _facts(graph: Graph, state: State) -> tuple[tuple[str, str], ...]:
    known = graph.facts
    return tuple(
        (name, _clean(value)) for name, value in state.facts.items() if name in known and not known[name].private
    )


def _done(graph: Graph, state: State) -> tuple[str, ...]:
    """Tools that worked, and mandatory steps."""
    found = []
    for name in dict.fromkeys(state.path):
        step = graph.steps.get(name)
        if isinstance(step, ToolStep) and step.tool in state.called:
            found.append(f"done: {_spaced(step.tool)}")
        elif step is not None and step.mandatory and not isinstance(step, ToolStep):
            found.append(f"{'told' if isinstance(step, SayStep) else 'passed'}: {_spaced(name)}")
    return tuple(dict.fromkeys(found))


def _spaced(name: str) -> str:
    return _clean(name.replace("_", " ").replace(".", " "))


def _mood(course: tuple[float, ...]) -> str:
    """A word for the last utterances."""
    recent = course[-_RECENT:]
    negative = sum(score < NEGATIVE for score in recent)
    if negative >= 2 or any(score <= _UPSET for score in recent):
        return "upset"
    return "annoyed" if negative else "calm"


def _transcript(graph: Graph, state: State, given: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The lines with private values masked; of a transcript without end the latest."""
    hidden = tuple(_patterns(graph, state))
    kept: list[tuple[str, str]] = []
    room = _LONGEST_TRANSCRIPT
    for who, text in reversed(given):
        line = _clean(text, _LONGEST_LINE)
        for pattern, mask in hidden:
            line = pattern.sub(mask, line)
        room -= len(line) + 20
        if room < 0:
            kept.append(("", f"{len(given) - len(kept)} earlier lines left out"))
            break
        kept.append((_clean(who, 40), line))
    return tuple(reversed(kept))


def _patterns(graph: Graph, state: State) -> Iterable[tuple[re.Pattern[str], str]]:
    """How private values may stand in a transcript: as they are, as they are spoken, digit by digit."""
    for name, spec in graph.slots.items():
        held = state.values.get(name)
        if held is None or not spec.private or spec.type in ("choice", "yes_no"):
            continue
        forms = [re.escape(form) for form in (_clean(held.value), _clean(held.spoken)) if len(form) > 3]
        digits = [sign for sign in _clean(held.value) if sign in "0123456789"]
        if len(digits) > 3:
            forms.append(r"[\s,.\-]*".join(_DIGITS[int(digit)] for digit in digits))
        if forms:
            yield re.compile("|".join(forms), re.IGNORECASE), _masked(spec, _clean(held.value))


def _clean(text: str, longest: int = _LONGEST) -> str:
    """On one line, of bounded length, with nothing in it that does not print."""
    short = " ".join("".join(sign if sign.isprintable() else " " for sign in text[: 4 * longest]).split())
    return short if len(short) <= longest and len(text) <= 4 * longest else short[: longest - 1] + "…"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
