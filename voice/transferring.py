"""The transfers of a call: runs the table of `voice.transfer` with the data of people, legs and tries."""

from dataclasses import dataclass

from voice.audio import duration_ms, samples
from voice.commands import Bridge, DropLeg, PassOn, Ring, SlowAnswer, Transfer
from voice.events import Bridged, LegChanged, OnDuty
from voice.transfer import HAPPENINGS, OVER, REASONS, TABLE, Action, Happening, Stage, TransferSettings

_LEGS_A_STREAM = 100
"""Legs are numbered apart from those of the call's earlier streams, whose late messages may still come."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Say the last line; `Transferring.told` when it has been heard."""


@dataclass(frozen=True, slots=True)
class Over:
    """The transfer has come to its end."""

    stage: Stage
    reason: str = ""
    """Why nobody took over; empty where somebody did."""
    passed_on: bool = False
    """Sent to a document that dials: who answers is not known yet."""


Step = Ring | DropLeg | Bridge | PassOn | SlowAnswer | Tell | Over


class Transferring:
    """The transfers of one stream of a call, one at a time. Times given are samples on the call's clock."""

    def __init__(self, settings: TransferSettings, *, earlier: int = 0) -> None:
        """`earlier`: transfers begun on streams of this call before this one."""
        self._settings = settings
        self._rung = earlier * _LEGS_A_STREAM
        self._current = Transfer(earlier, "", "")
        self._people: tuple[tuple[str, str], ...] = ()
        self._leg = 0
        self._down: set[int] = set()
        self._told_at = self._entered_at = 0
        self._alarmed = False
        self._reason = ""
        self.stopped = False
        """Whether the stream is over already."""
        self.stage = Stage.FAILED

    @property
    def under_way(self) -> bool:
        """Whether it is not yet known who has the caller."""
        return self.stage not in OVER

    @property
    def ringing(self) -> bool:
        """Whether the caller waits for a person and has only the agent's voice to go by."""
        return self.stage in (Stage.LOOKING, Stage.RINGING, Stage.BRIEFING, Stage.JOINING)

    @property
    def moving(self) -> bool:
        """Whether the end of the stream would mean nothing: the caller is being sent elsewhere."""
        return self.stage in (Stage.CONNECTING, Stage.PASSING_ON)

    @property
    def up(self) -> bool:
        """Whether the current leg may be up."""
        return self._leg != 0 and self._leg not in self._down

    def waits_for(self, leg: int) -> bool:
        """Whether that leg's person is the one who is being fetched, or has the caller."""
        return leg == self._leg and self.up

    def begin(self, at: int, target: str, reason: str) -> Transfer | None:
        """The caller has been told. None: there is a transfer already, or the caller is with somebody."""
        if self.under_way or self.stage is Stage.CONNECTED:
            return None
        self._current = Transfer(self._current.transfer + 1, target, reason)
        self._people, self._reason, self._alarmed = (), "", False
        self._told_at = self._entered_at = at
        self.stage = Stage.LOOKING
        return self._current

    def on_duty(self, at: int, event: OnDuty) -> list[Step]:
        """Who may be rung; an answer that is late or doubled changes nothing."""
        if event.transfer != self._current.transfer or self.stage is not Stage.LOOKING:
            return []
        self._people, self._reason = event.people, event.reason or "nobody on duty"
        if self._people and not self._settings.consult:
            return self._happen(at, Happening.NO_CONSULTING)
        return self._look(at)

    def leg(self, at: int, event: LegChanged) -> list[Step]:
        """A telephone has changed. One that was not rung yet can't have."""
        if event.leg > self._rung:
            return []
        happening = HAPPENINGS.get(event.to)
        down = happening is Happening.DOWN
        known = event.leg in self._down
        if down:
            self._down.add(event.leg)
        if event.leg != self._leg:
            return [] if down or known else [DropLeg(event.leg)]
        if happening is None or known:
            return []
        self._reason = REASONS.get(event.to, self._reason)
        return self._happen(at, happening)

    def told(self, at: int) -> list[Step]:
        """The last line has been heard."""
        return self._happen(at, Happening.TOLD)

    def bridged(self, at: int, event: Bridged) -> list[Step]:
        """The caller has been moved, or not."""
        if event.transfer != self._current.transfer:
            return []
        if event.ok:
            return self._happen(at, Happening.MOVED)
        if self.stopped or event.reason in ("", "gone"):
            return self._happen(at, Happening.GONE)
        self._reason = "failed"
        return self._happen(at, Happening.UNMOVED)

    def hung_up(self, at: int) -> list[Step]:
        """The stream is over."""
        self.stopped = True
        return self._happen(at, Happening.HUNG_UP)

    def tick(self, at: int) -> list[Step]:
        """Time has passed."""
        if not self.under_way:
            return []
        steps: list[Step] = []
        waited = round(duration_ms(at - self._told_at) / 1000, 1)
        unanswered = self.stage in (Stage.LOOKING, Stage.RINGING, Stage.BRIEFING)
        if unanswered and not self._alarmed and waited > self._settings.answer_target_s:
            self._alarmed = True
            steps.append(SlowAnswer(self._current.transfer, waited))
        if at - self._entered_at < samples(1000 * self._longest_s()):
            return steps
        if self.stage in (Stage.RINGING, Stage.BRIEFING, Stage.JOINING):
            self._reason = "no answer"
        elif not self._reason or self.moving:
            self._reason = "failed"
        late = Happening.GONE if self.stopped and self.moving else Happening.LATE
        return steps + self._happen(at, late)

    def _longest_s(self) -> int:
        """Seconds that the stage may last."""
        own = self._settings
        return {
            Stage.LOOKING: own.look_s,
            Stage.RINGING: own.ring_timeout_s + own.ring_grace_s,
            Stage.BRIEFING: own.brief_s,
            Stage.JOINING: own.join_s,
            Stage.TELLING: own.tell_s,
        }.get(self.stage, own.connect_s)

    def _look(self, at: int) -> list[Step]:
        return self._happen(at, Happening.SOMEBODY if self._people else Happening.NOBODY)

    def _happen(self, at: int, happening: Happening) -> list[Step]:
        """One cell of the table, and where it leads back to looking for somebody, the next."""
        cell = TABLE.get((self.stage, happening))
        if cell is None:
            return []
        stage, actions = cell
        steps = [step for action in actions for step in self._act(action)]
        self.stage, self._entered_at = stage, at
        if stage is Stage.LOOKING:
            self._leg = 0
            return steps + self._look(at)
        if stage in OVER:
            steps.append(self._over(stage, passed_on=happening is Happening.MOVED and not self._settings.consult))
        return steps

    def _over(self, stage: Stage, *, passed_on: bool) -> Over:
        if stage is Stage.CONNECTED:
            return Over(stage, passed_on=passed_on)
        self._leg = 0
        return Over(stage, self._reason if stage is Stage.FAILED else "caller hung up")

    def _act(self, action: Action) -> list[Step]:
        match action:
            case Action.RING:
                (name, number), self._people = self._people[0], self._people[1:]
                self._rung += 1
                self._leg = self._rung
                ring = Ring(self._current.transfer, self._leg, name, number, self._settings.ring_timeout_s)
                return [ring]
            case Action.DROP | Action.APOLOGISE:
                drop = DropLeg(self._leg, apology=action is Action.APOLOGISE)
                return [drop] if self.up else []
            case Action.TELL:
                return [Tell()]
            case Action.BRIDGE:
                return [Bridge(self._current.transfer, self._leg)]
            case Action.DIAL:
                return [PassOn(self._current.transfer, self._people)]

    def drop(self) -> list[Step]:
        """The call ends for a reason of its own: nobody is left ringing, unless the caller is on the way to them."""
        if not self.under_way or self.moving:
            return []
        steps: list[Step] = [DropLeg(self._leg)] if self.up else []
        self.stage, self._leg = Stage.ABANDONED, 0
        return steps
