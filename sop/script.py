"""A call as a script: what the caller says, what must be answered, how it ends.

    now: 2026-11-22T19:30:00-05:00          before the first line of the call
    from: +14155550134                      the caller's number; without it, withheld
    profile: vip = yes
    fails: credit_score                     this tool fails
    answers: credit_score {"score": 540}    instead of the flow's example
    nobody: front_desk                      this target does not pick up

    bot: Thank you for calling              must be in what was spoken last, in order
    caller: my furnace quit
    keys: 1
    silence
    cut off                                 the line broke, and the caller is back
    step: contact                           the step the call is at
    slot: problem = no_heat
    called: create_lead {"name": "Karen Mitchell"}    its last call had these arguments, among others
    to: front_desk                          the last transfer
    ends: lead_saved

Lines that begin with # are comments.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sop.acts import CallTool, Resume, TransferTo
from sop.conversation import Conversation
from sop.graph import Graph
from sop.steps import TransferStep
from sop.stub import ExampleTools, Reader
from sop.tool_fields import BUILT_IN

_SETTINGS = ("now", "from", "profile", "fails", "answers", "nobody")
_INPUTS = ("caller", "keys", "silence", "cut off")
_CHECKS = ("bot", "step", "slot", "called", "to", "ends")
_PAIR = re.compile(r"(\S+) = ?(.*)")
NOW = "2026-11-22T19:30:00-05:00"
"""A Sunday evening: the moment of a script that names none."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is, and what stands behind the colon."""

    number: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Setting:
    """How a scripted call begins and what is around it."""

    now: str = NOW
    caller: str | None = None
    profile: Mapping[str, str] = field(default_factory=dict)
    failing: frozenset[str] = frozenset()
    answers: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    nobody: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Script:
    """A whole script."""

    setting: Setting
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Miss:
    """A line that did not hold."""

    line: Line
    found: str

    def __str__(self) -> str:
        return f"line {self.line.number}: {self.line.kind}: {self.line.text!r}, but {self.found}"


@dataclass(frozen=True, slots=True)
class _ScriptTools:
    graph: Graph
    setting: Setting

    def call(self, name: str, arguments: Mapping[str, str]) -> Mapping[str, object] | None:
        if name in self.setting.failing:
            return None
        if name in self.setting.answers:
            return self.setting.answers[name]
        return ExampleTools(self.graph).call(name, arguments)


def parse_script(text: str) -> Script:
    """A script's text. Raises ValueError, with the line's number, for a line that can't be read."""
    lines: list[Line] = []
    told: list[Line] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        kind, _, rest = raw.strip().partition(":")
        line = Line(number, kind.strip(), rest.strip())
        if not raw.strip() or line.kind.startswith("#"):
            continue
        if wrong := _mistake(line):
            raise ValueError(f"line {number}: {wrong}")
        (told if line.kind in _SETTINGS else lines).append(line)
    return Script(_setting(told), tuple(lines))


def _mistake(line: Line) -> str:
    """What is wrong with a line; empty when nothing is."""
    if line.kind not in (*_SETTINGS, *_INPUTS, *_CHECKS):
        return f"no such line: {line.kind!r}; use one of: {', '.join((*_SETTINGS, *_INPUTS, *_CHECKS))}"
    if not line.text and line.kind not in ("silence", "cut off", "from"):
        return f"nothing stands behind {line.kind!r}"
    if line.kind == "now" and not is_moment(line.text):
        return "write the moment like 2026-11-22T19:30:00-05:00"
    if line.kind in ("profile", "slot") and not _PAIR.fullmatch(line.text):
        return f"write `{line.kind}: name = value`"
    if line.kind == "answers" and " " not in line.text:
        return 'write `answers: tool {"result": "value"}`'
    if line.kind in ("answers", "called") and " " in line.text and not _is_mapping(line.text.split(None, 1)[1]):
        return "what stands behind the tool's name is no JSON object"
    return ""


def is_moment(text: str) -> bool:
    """Whether it says when a call begins: ISO 8601, a day and a time with the offset from UTC."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _is_mapping(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _setting(told: Sequence[Line]) -> Setting:
    given: dict[str, list[str]] = {kind: [line.text for line in told if line.kind == kind] for kind in _SETTINGS}
    answers = dict(entry.split(None, 1) for entry in given["answers"])
    profile = [_PAIR.fullmatch(entry) for entry in given["profile"]]
    return Setting(
        now=(given["now"] or [NOW])[0],
        caller=(given["from"] or [""])[0] or None,
        profile={found[1]: found[2] for found in profile if found},
        failing=frozenset(given["fails"]),
        answers={name: json.loads(entry) for name, entry in answers.items()},
        nobody=frozenset(given["nobody"]),
    )


def play(graph: Graph, script: Script, reader: Reader | None = None) -> tuple[Conversation, tuple[Miss, ...]]:
    """The call that the script makes, and every line of it that did not hold. Raises ValueError for a script whose
    settings name what the flow has not."""
    setting = script.setting
    _fits(graph, setting)
    talk = Conversation(
        graph,
        reader=reader,
        tools=_ScriptTools(graph, setting),
        people=lambda target: target not in setting.nobody,
        caller=setting.caller,
        now=setting.now,
        profile=setting.profile,
    )
    misses: list[Miss] = []
    behind = 0
    for line in script.lines:
        if line.kind in _INPUTS:
            _put(talk, line)
            behind = 0
        elif line.kind == "bot":
            at = talk.said.find(line.text, behind)
            if at < 0:
                misses.append(Miss(line, f"it said {talk.said[behind:]!r}"))
            else:
                behind = at + len(line.text)
        elif (found := _differs(talk, line)) is not None:
            misses.append(Miss(line, found))
    return talk, tuple(misses)


def _fits(graph: Graph, setting: Setting) -> None:
    tools = {*setting.failing, *setting.answers} - {*graph.tools, *BUILT_IN}
    people = setting.nobody - {step.target for step in graph.steps.values() if isinstance(step, TransferStep)}
    for name in sorted(tools | people):
        raise ValueError(f"the flow has no such {'tool' if name in tools else 'target'}: {name!r}")


def _put(talk: Conversation, line: Line) -> None:
    match line.kind:
        case "caller":
            talk.hear(line.text)
        case "keys":
            talk.press(line.text)
        case "cut off":
            talk.feed(Resume())
        case _:
            talk.silence()


def _differs(talk: Conversation, line: Line) -> str | None:
    """What is there instead; None when the line holds."""
    match line.kind:
        case "step":
            return None if talk.state.step == line.text else f"the step is {talk.state.step!r}"
        case "ends":
            return None if talk.state.outcome == line.text else f"the outcome is {talk.state.outcome!r}"
        case "slot":
            pair = _PAIR.fullmatch(line.text)
            held = talk.state.values.get(pair[1]) if pair else None
            return None if pair and held and held.value == pair[2] else f"it is {held.value if held else None!r}"
        case "to":
            transfers = [act.target for act in _acts(talk) if isinstance(act, TransferTo)]
            return None if transfers[-1:] == [line.text] else f"transfers went to {transfers}"
        case _:
            return _uncalled(talk, line.text)


def _uncalled(talk: Conversation, text: str) -> str | None:
    """How the last call of a tool differs from what was wanted."""
    name, _, rest = text.partition(" ")
    wanted = json.loads(rest) if rest else {}
    calls = [act for act in _acts(talk) if isinstance(act, CallTool) and act.name == name]
    if not calls:
        return "it was never called"
    given = dict(calls[-1].arguments)
    return None if wanted.items() <= given.items() else f"it was called with {given}"


def _acts(talk: Conversation) -> list[Any]:
    return [act for exchange in talk.trace for act in exchange.acts]
