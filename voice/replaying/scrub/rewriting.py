"""Everything of a call but its sound, with stand-ins in it: how it began, what was keyed, what the world answered, what
is expected of it."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, TypeVar

from sop.graph import Graph
from sop.names import PROFILE
from sop.slots import slot_type
from sop.state import SlotValue, State, state_to_json
from sop.words import split_words
from voice.commands import CallTool
from voice.events import CallStarted, ToolFinished
from voice.replaying.expected import Beside, Expected, Values
from voice.replaying.past import Past
from voice.replaying.scrub.holdings import state_of
from voice.replaying.scrub.masking import LONG
from voice.replaying.scrub.permission import AGREED
from voice.replaying.scrub.plain_words import Vocabulary
from voice.replaying.scrub.stand_ins import Held, StandIns
from voice.replaying.taken import call_sid
from voice.scenario import Scenario

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_RUN = re.compile(r"\d(?:[ ,.-]*\d){2,}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_BUSINESS = "+14155550100"
_E = TypeVar("_E", bound=Expected)


@dataclass(frozen=True, slots=True)
class Rewriter:
    """Puts stand-ins into one call."""

    graph: Graph
    stands: StandIns
    own: Vocabulary
    held: tuple[Held, ...] = ()

    def start(self, start: CallStarted, name: str) -> CallStarted:
        """The call's beginning, under another name, to the minute."""
        state = state_of(start)
        return replace(
            start,
            call=call_sid(name),
            caller=start.caller and self.stands.of(start.caller),
            now=to_the_minute(start.now),
            profile=self._profile(start.profile),
            resumed=state_to_json(self._state(state)) if state else "",
        )

    def past(self, past: Past) -> Past:
        """What a journal tells of the world around the call."""
        of = self.stands.of
        return replace(
            past,
            tools=[
                (replace(asked, arguments=self._all(asked.arguments)), replace(told, result=self._all(told.result)))
                for asked, told in past.tools
            ],
            duties=[
                replace(duty, people=tuple((of(name), of(number)) for name, number in duty.people))
                for duty in past.duties
            ],
        )

    def keys(self, entries: Sequence[str]) -> list[str]:
        """What is keyed in several turns, one after the other: a value's keys are its stand-in's; of other keys four or
        more are others, and a single choice stays."""
        known = self._keyed_values()
        whole = "".join(entries)
        body = whole.rstrip("*#")
        if body not in known:
            return [self._keys(entry, known) for entry in entries]
        other = known[body] + whole[len(body) :]
        cuts = [sum(map(len, entries[:place])) for place in range(len(entries) + 1)]
        return [other[begin:end] for begin, end in itertools.pairwise(cuts)]

    def _keys(self, entry: str, known: Mapping[str, str]) -> str:
        def other(found: re.Match[str]) -> str:
            digits = found[0]
            return known.get(digits) or (self.stands.other_digits(digits) if len(digits) >= LONG else digits)

        return re.sub(r"\d+", other, entry)

    def _keyed_values(self) -> dict[str, str]:
        """The keys of each value → those of its stand-in."""
        forms: dict[str, str] = dict(self.stands.digits)
        for value in dict.fromkeys(one.value for one in self.held):
            other = self.stands.of(value)
            if _DATE.fullmatch(value):
                forms[value[5:7] + value[8:] + value[:4]] = other[5:7] + other[8:] + other[:4]
            elif value.startswith("+"):
                forms[value[1:]] = other[1:]
            elif re.fullmatch(r"\d+(\.\d+)?", value):
                forms.setdefault(value.partition(".")[0], other.partition(".")[0])
        return forms

    def scenario(
        self, scenario: Scenario, name: str, answered: Sequence[tuple[CallTool, ToolFinished]] = ()
    ) -> Scenario:
        """A scenario but for its turns, under another name. `answered`: what its tools said when it was run, the
        procedure's examples included, which may hold the caller's values."""
        tools = {tool: [self._case(case) for case in cases] for tool, cases in (scenario.tools or {}).items()}
        for asked, told in answered:
            answer = {"answer": self._all(told.result)} if told.ok else {"fail": True}
            tools.setdefault(asked.name, []).append({"if": self._all(asked.arguments), **answer})
        return scenario.model_copy(
            update={
                "name": name.replace("-", "_"),
                "description": "A copy with stand-ins for all that told who called.",
                "caller": self.stands.of(scenario.caller),
                "called": _BUSINESS,
                "now": to_the_minute(scenario.now),
                "parameters": self._all(scenario.parameters),
                "tools": tools or None,
                "expect": self.expected(scenario.expect),
            }
        )

    def _case(self, case: Mapping[str, Any]) -> dict[str, Any]:
        return {key: self._answers(given) if isinstance(given, dict) else given for key, given in case.items()}

    def _answers(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {key: self.stands.values.get(str(value), value) for key, value in given.items()}

    def beside(self, beside: Beside, says: Sequence[str] | None, flow: str | None = None) -> Beside:
        """What stands beside a call, for its copy. `says`: the words of the copy's caller; `flow`: the file of its
        procedure, where that goes along as one."""
        changes: dict[str, Any] = {"recording": None, "turns": None, "accepted": None}
        if beside.consent is not None:
            changes["consent"] = AGREED
        if beside.says is not None:
            changes["says"] = tuple(says or ())
        if beside.caller is not None:
            changes["caller"] = self.stands.of(beside.caller)
        if beside.now is not None:
            changes["now"] = to_the_minute(beside.now)
        if beside.flow is not None:
            changes["flow"] = flow or PurePath(beside.flow).name
        kept = beside.model_fields_set - {name for name, value in changes.items() if value is None}
        changed = {name: value for name, value in changes.items() if value is not None}
        expected = self.expected(beside)
        return Beside.model_validate({name: getattr(expected, name) for name in kept} | changed)

    def expected(self, expected: _E) -> _E:
        """What must come of the call; without what must never be said, where that has words of nobody knows whom."""
        given = expected.model_fields_set
        changes: dict[str, Any] = {
            name: {slot: self._any(values) for slot, values in getattr(expected, name).items()}
            for name in ("lead", "slots")
            if name in given and getattr(expected, name) is not None
        }
        if "never_said" in given:
            changes["never_said"] = tuple(self.text(text) for text in expected.never_said if self._is_known(text))
        return expected.model_copy(update=changes)

    def _is_known(self, text: str) -> bool:
        """Whether each word is plain, the procedure's own, or one of a value's."""
        return all(word in self.own or word in self.stands.words or word.isdigit() for word in split_words(text))

    def _any(self, values: Values) -> Values:
        return self.stands.of(values) if isinstance(values, str) else tuple(map(self.stands.of, values))

    def _all(self, given: Mapping[str, str]) -> dict[str, str]:
        return {name: self.stands.of(value) for name, value in given.items()}

    def _profile(self, profile: Mapping[str, str]) -> dict[str, str]:
        return {name: value if name in PROFILE else self.stands.of(value) for name, value in profile.items()}

    def _state(self, state: State) -> State:
        """Where an earlier stream left off."""
        pairs = {given.spoken: self._spoken(slot, given) for slot, given in state.values.items()}

        def said(text: str) -> str:
            return self.text(text, pairs)

        def texts(given: Mapping[str, str]) -> dict[str, str]:
            return {key: said(value) for key, value in given.items()}

        return replace(
            state,
            caller=self.stands.of(state.caller),
            now=to_the_minute(state.now),
            profile=self._profile(state.profile),
            values={
                slot: replace(given, value=self.stands.of(given.value), spoken=pairs[given.spoken])
                for slot, given in state.values.items()
            },
            facts=self._all(state.facts),
            told=texts(state.told),
            called=texts(state.called),
            reviewed=texts(state.reviewed),
            bound=self.stands.of(state.bound),
            begun="",
            question=tuple(replace(line, text=said(line.text)) for line in state.question),
        )

    def _spoken(self, slot: str, given: SlotValue) -> str:
        other, spec = self.stands.of(given.value), self.graph.slots.get(slot)
        if other == given.value or spec is None:
            return given.spoken
        return slot_type(self.graph, spec).speak(other, spec)

    def text(self, text: str, pairs: Mapping[str, str] | None = None) -> str:
        """A text that may name values, as they are or as they are read aloud (`pairs`), or a part of one."""
        forms = dict(self.stands.values) | dict(pairs or {})
        for form in sorted((one for one in forms if one), key=len, reverse=True):
            text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", _literal(forms[form]), text, flags=re.IGNORECASE)
        text = _WORD.sub(self._word, text)
        return _RUN.sub(self._run, text)

    def _word(self, found: re.Match[str]) -> str:
        word = found[0]
        other = self.stands.words.get(word.lower()) if word.lower() not in self.own else None
        return word if other is None else other.title() if word[0].isupper() else other

    def _run(self, found: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", found[0])
        other = self._ending(digits) or self.stands.digits.get(digits)
        if other is None:
            return found[0]
        left = iter(other)
        return "".join(next(left) if sign.isdigit() else sign for sign in found[0])

    def _ending(self, digits: str) -> str | None:
        """The end of a telephone number's stand-in, where these are the end of the number."""
        ends = (other for number, other in self.stands.digits.items() if len(number) == 10 and number[-4:] == digits)
        return next((other[-4:] for other in ends), None)


def _literal(text: str) -> str:
    """As a replacement in which no backslash means anything."""
    return text.replace("\\", r"\\")


def to_the_minute(now: str) -> str:
    """A moment without its seconds: a call's exact second finds it in other records."""
    return re.sub(r"(T\d\d:\d\d):\d\d(?:\.\d+)?", r"\1:00", now)
