"""An exchange without a telephone network: whoever a procedure asks for is on duty and reports to the call at once."""

from sop.graph import Graph
from sop.steps import TransferStep
from voice.call import CallSettings
from voice.carrier import LoopbackCarrier
from voice.events import LegState
from voice.leg_status import DOWN
from voice.plan import CallPlan
from voice.roster import Person, Roster, Shift
from voice.server import Server
from voice.telephone import Telephone

_EVERY_DAY = frozenset(range(7))
_MINUTES_A_DAY = 24 * 60


def plan(graph: Graph, source: str, settings: CallSettings | None = None, *, first: int = 100) -> CallPlan:
    """A call of this procedure; each transfer target is one person, of a number that no carrier is asked for: the
    `first` of them ends so, and those after it count on."""
    targets = sorted({step.target for step in graph.steps.values() if isinstance(step, TransferStep)})
    people = {target: Person(target.replace("_", " "), f"+1415555{first + i:04d}") for i, target in enumerate(targets)}
    rosters = {
        target: Roster((Shift((person,), _EVERY_DAY, 0, _MINUTES_A_DAY),), "UTC") for target, person in people.items()
    }
    return CallPlan(graph, source, settings or CallSettings(), rosters)


def connect(carrier: LoopbackCarrier, server: Server, telephone: Telephone) -> None:
    """Has what becomes of legs, and the end of a stream whose caller was moved, reach the calls."""

    def leg(sid: str, state: LegState) -> None:
        call, number = telephone.leg_of(sid) or ("", 0)
        if state in DOWN:
            telephone.over(call, number, answered=False)
        if (session := server.sessions.get(call)) is not None:
            session.leg_changed(number, state)

    def moved(call: str) -> None:
        if (session := server.sessions.get(call)) is not None:
            session.closed("stop")

    carrier.on_leg, carrier.on_moved = leg, moved
