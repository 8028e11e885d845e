"""Handing the caller to a person, as the caller hears it: never long silent while telephones ring, a last line when
somebody is there, and then the end of the stream."""

from sop.acts import TransferFinished, TransferTo
from voice.audio import samples
from voice.commands import Command, End, Prepare
from voice.events import Bridged, LegChanged, OnDuty
from voice.holding import Holding, HoldingSettings
from voice.speaking import Sentence
from voice.transfer import Stage, TransferSettings
from voice.transferring import Over, Step, Tell, Transferring
from voice.utterance import sentences

Result = Command | Sentence | TransferFinished
_HANG_UPS = ("stop", "socket closed", "socket broken")
"""How a stream ends whose call goes elsewhere."""


class HandingOver:
    """The transfers of one stream. Times are samples on the call's clock."""

    def __init__(self, settings: TransferSettings, holding: HoldingSettings, *, earlier: int = 0) -> None:
        """`earlier`: transfers begun on streams of this call before this one."""
        self._settings = settings
        self._transferring = Transferring(settings, earlier=earlier)
        self._holding = Holding(holding)
        self._lines = (*holding.lines, settings.last_line)
        self._moved_at = 0
        self.moved = ""
        """The outcome, once the caller has been sent elsewhere and only the stream's end is awaited."""

    @property
    def under_way(self) -> bool:
        """Whether it is not yet known who has the caller."""
        return self._transferring.under_way

    def waits_for(self, leg: int) -> bool:
        """As `Transferring.waits_for`."""
        return self._transferring.waits_for(leg)

    def begin(self, at: int, act: TransferTo) -> list[Result]:
        """What announced it has been heard. A second transfer while one is under way is none."""
        begun = self._transferring.begin(at, act.target, act.reason)
        if begun is None:
            return []
        self._holding.begin(at)
        return [begun, Prepare(tuple(part for line in self._lines for part in sentences(line)))]

    def receive(self, at: int, event: OnDuty | LegChanged | Bridged) -> list[Result]:
        """What became of it so far."""
        match event:
            case OnDuty():
                return self._told(at, self._transferring.on_duty(at, event))
            case LegChanged():
                return self._told(at, self._transferring.leg(at, event))
            case Bridged():
                return self._told(at, self._transferring.bridged(at, event))

    def tick(self, at: int, *, playing: bool, caller_speaks: bool) -> list[Result]:
        """Time has passed; whether something of ours is heard, and whether the caller speaks."""
        steps: list[Step] = []
        if self._transferring.stage is Stage.TELLING and not playing:
            steps += self._transferring.told(at)
        steps += self._transferring.tick(at)
        if not self._transferring.ringing:
            self._holding.begin(at)
            return self._told(at, steps)
        line = self._holding.tick(at, playing=playing, caller_speaks=caller_speaks)
        return self._told(at, steps) + _line(line or "")

    def stopped(self, at: int, reason: str) -> list[Result] | None:
        """The stream is over. None: that is no hang-up, the caller is being sent elsewhere; what came of it is awaited.
        Otherwise what is to be done about the person's telephone."""
        moving = self._transferring.moving and reason in _HANG_UPS
        steps = self._transferring.hung_up(at)
        return None if moving else [step for step in steps if not isinstance(step, Tell | Over)]

    def ended(self, at: int, longest_ms: int) -> bool:
        """Whether the stream of a caller who was sent elsewhere has ended, or should have by now."""
        return self.moved != "" and (self._transferring.stopped or at - self._moved_at >= samples(longest_ms))

    def drop(self) -> list[Result]:
        """The call ends for a reason of its own."""
        return [step for step in self._transferring.drop() if not isinstance(step, Tell | Over)]

    def _told(self, at: int, steps: list[Step]) -> list[Result]:
        results: list[Result] = []
        for step in steps:
            match step:
                case Tell():
                    results += _line(self._settings.last_line, interruptible=False)
                case Over():
                    results += self._over(at, step)
                case _:
                    results.append(step)
        return results

    def _over(self, at: int, over: Over) -> list[Result]:
        match over.stage:
            case Stage.CONNECTED:
                self.moved, self._moved_at = ("passed_on" if over.passed_on else "transferred"), at
                return [] if over.passed_on else [TransferFinished(True)]
            case Stage.FAILED:
                return [TransferFinished(False, over.reason)]
            case _:
                return [End("caller_hung_up")]


def _line(text: str, *, interruptible: bool = True) -> list[Result]:
    return [Sentence(part, True, interruptible) for part in sentences(text)]
