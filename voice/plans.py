"""The settings as calls need them: how each number is answered, and what its calls are conducted with."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sop.graph import Graph, Hours
from sop.loader import bundle, find, load_text
from voice.answering import Line
from voice.call import CallSettings
from voice.holding import HoldingSettings
from voice.plan import CallPlan, Keeps
from voice.roster import on_duty
from voice.settings import Settings, hours_of, roster_of
from voice.settings_form import Number
from voice.transfer import TransferSettings
from voice.twiml import Texts


def present() -> datetime:
    """Now, with its offset."""
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class _Procedure:
    graph: Graph
    source: str


class Plans:
    """What is configured for the business's numbers (`voice.plan.Lines`)."""

    def __init__(self, settings: Settings, *, clock: Callable[[], datetime] = present) -> None:
        """`clock` gives an aware moment."""
        self._settings = settings
        self._clock = clock
        names = {name for one in settings.numbers.values() for name in (one.flow, one.open_flow) if name}
        self._procedures = {name: _procedure(name) for name in sorted(names)}

    @property
    def graphs(self) -> tuple[Graph, ...]:
        """Every procedure that a number follows, each once."""
        found = {procedure.graph.name: procedure.graph for procedure in self._procedures.values()}
        return tuple(found.values())

    def now(self, number: str) -> str:
        """The time at the business, ISO 8601 with offset; here, for a number that is none of ours."""
        one = self._settings.numbers.get(number)
        zone = self._hours(one).time_zone if one else ""
        moment = self._clock().astimezone(ZoneInfo(zone) if zone else None)
        return moment.isoformat(timespec="seconds")

    def line(self, number: str) -> Line | None:
        """How a number is answered at this moment: who is on duty is part of it."""
        one = self._settings.numbers.get(number)
        if one is None:
            return None
        hours = self._hours(one)
        box = one.voicemail
        texts = Texts(leave_message=box.prompt, message_s=box.seconds) if box else Texts()
        return Line(
            number=number,
            flow=one.open_flow or one.flow,
            after_hours=one.flow,
            # Without hours the business is always open.
            hours=hours if hours.week and (one.open_flow or one.staff_first) else None,
            share=one.share / 100,
            salt=number,
            human=self._numbers(one.human, one),
            staff=self._numbers(one.staff_first.list, one) if one.staff_first else (),
            people=self._numbers(one.fallback, one),
            ring_s=one.staff_first.seconds if one.staff_first else self._settings.limits.ring_seconds,
            dial_s=60 * self._settings.limits.dial_minutes,
            allow=frozenset(one.allow),
            block=frozenset(one.block),
            texts=texts,
        )

    def plan(self, number: str, flow: str) -> CallPlan | None:
        """How a call of that number is conducted. `flow`: as the line names it; the procedure's own name will do."""
        one = self._settings.numbers.get(number)
        procedure = self._procedures.get(flow) or next(
            (found for found in self._procedures.values() if found.graph.name == flow), None
        )
        if one is None or procedure is None:
            return None
        hours = self._hours(one)
        records = one.recording.mode != "none"
        return CallPlan(
            # A number's own hours are those that its procedure speaks of.
            graph=replace(procedure.graph, hours=hours) if hours.week else procedure.graph,
            source=procedure.source,
            settings=self._call_settings(one),
            rosters={target: roster_of(self._settings, name, hours) for target, name in one.transfers.items()},
            number=number,
            targets=tuple(self._target(name) for name in one.deliveries),
            partial_targets=tuple(self._target(n) for n in one.deliveries if self._settings.deliveries[n].partial),
            keeps=Keeps.CONSENT if records else Keeps.WORDS,
            returns=True,
            detects_machines=True,
        )

    def _call_settings(self, one: Number) -> CallSettings:
        limits = self._settings.limits
        transfer = TransferSettings(
            consult=self._settings.twilio is None or self._settings.twilio.conferences,
            ring_timeout_s=limits.ring_seconds,
            answer_target_s=limits.answer_target_seconds,
        )
        return CallSettings(
            transfer=transfer,
            holding=HoldingSettings(),
            consent=one.recording.mode,
            consent_script=one.recording.script,
            longest_ms=60_000 * (one.longest_minutes or limits.longest_minutes),
        )

    def _hours(self, one: Number) -> Hours:
        return hours_of(one, *(self._procedures[name].graph for name in (one.flow, one.open_flow) if name))

    def _numbers(self, name: str, one: Number) -> tuple[str, ...]:
        """Who of a list is on duty now."""
        if not name:
            return ()
        roster = roster_of(self._settings, name, self._hours(one))
        return tuple(person.number for person in on_duty(roster, self._clock().isoformat()))

    def _target(self, name: str) -> str:
        return target_name(self._settings, name)


def target_name(settings: Settings, name: str) -> str:
    """What a delivery is called in the outbox: KIND:NAME."""
    return f"{settings.deliveries[name].kind}:{name}"


def _procedure(name: str) -> _Procedure:
    source = bundle(name)
    return _Procedure(load_text(source, find(name).name), source)


def people(settings: Settings) -> frozenset[str]:
    """The only numbers that are ever dialled."""
    return frozenset(person.number for person in settings.people.values())
