"""A caller handed to a person: what follows from what, in one table.

Consult first: a person is rung while the caller stays with the agent, hears the brief, presses 1, waits in a
conference; only then is the caller sent there. Where the account has no conferences the carrier rings instead
(`PASSING_ON`), and the caller comes back on a new stream if nobody takes over.

`voice.transferring` runs it with the data. A cell that the table has not changes nothing, so doubled and late messages
of a telephone are harmless. What a leg says that is not, or no longer, the current one is no cell at all: if it is up
it is dropped. docs/warm-transfer.svg is drawn from the table.
"""

from dataclasses import dataclass
from enum import StrEnum

from voice.events import LegState


class Stage(StrEnum):
    """Where a transfer stands."""

    LOOKING = "looking"
    """For somebody to ring."""
    RINGING = "ringing"
    BRIEFING = "briefing"
    """Somebody or something has picked up and hears the brief."""
    JOINING = "joining"
    """1 was pressed; the person is on the way into the conference."""
    TELLING = "telling"
    """The person waits there; the caller hears the last line."""
    CONNECTING = "connecting"
    """The caller is being sent there."""
    PASSING_ON = "passing_on"
    """The caller is being sent to a document that dials."""
    CONNECTED = "connected"
    FAILED = "failed"
    """The procedure goes on with the caller."""
    ABANDONED = "abandoned"
    """The caller has gone."""


OVER = (Stage.CONNECTED, Stage.FAILED, Stage.ABANDONED)


class Happening(StrEnum):
    """What moves a transfer on."""

    SOMEBODY = "somebody is left"
    NOBODY = "nobody is left"
    NO_CONSULTING = "no conferences"
    ANSWERED = "answered"
    ACCEPTED = "pressed 1"
    JOINED = "joined"
    MACHINE = "a machine"
    DECLINED = "declined"
    DOWN = "leg over"
    TOLD = "line heard"
    MOVED = "caller moved"
    UNMOVED = "could not be moved"
    GONE = "caller had gone"
    LATE = "too late"
    HUNG_UP = "caller hung up"


class Action(StrEnum):
    """What is to be done on the way."""

    RING = "ring"
    DROP = "drop the leg"
    APOLOGISE = "apologise and drop it"
    TELL = "say the last line"
    BRIDGE = "bridge"
    DIAL = "have the carrier dial"


Cell = tuple[Stage, tuple[Action, ...]]


def _waiting_for_yes(stage: Stage, left: Action) -> dict[tuple[Stage, Happening], Cell]:
    """The cells of a leg that has not accepted; `left` becomes of it when the caller hangs up."""
    return {
        (stage, Happening.ACCEPTED): (Stage.JOINING, ()),
        (stage, Happening.JOINED): (Stage.TELLING, (Action.TELL,)),
        (stage, Happening.MACHINE): (Stage.LOOKING, (Action.DROP,)),
        (stage, Happening.DECLINED): (Stage.LOOKING, (Action.DROP,)),
        (stage, Happening.DOWN): (Stage.LOOKING, ()),
        (stage, Happening.LATE): (Stage.LOOKING, (Action.DROP,)),
        (stage, Happening.HUNG_UP): (Stage.ABANDONED, (left,)),
    }


TABLE: dict[tuple[Stage, Happening], Cell] = {
    (Stage.LOOKING, Happening.SOMEBODY): (Stage.RINGING, (Action.RING,)),
    (Stage.LOOKING, Happening.NO_CONSULTING): (Stage.PASSING_ON, (Action.DIAL,)),
    (Stage.LOOKING, Happening.NOBODY): (Stage.FAILED, ()),
    (Stage.LOOKING, Happening.LATE): (Stage.FAILED, ()),
    (Stage.LOOKING, Happening.HUNG_UP): (Stage.ABANDONED, ()),
    (Stage.RINGING, Happening.ANSWERED): (Stage.BRIEFING, ()),
    **_waiting_for_yes(Stage.RINGING, Action.DROP),
    **_waiting_for_yes(Stage.BRIEFING, Action.APOLOGISE),
    # A key was pressed: no machine does that, whatever the carrier thinks by now.
    (Stage.JOINING, Happening.JOINED): (Stage.TELLING, (Action.TELL,)),
    (Stage.JOINING, Happening.DOWN): (Stage.LOOKING, ()),
    (Stage.JOINING, Happening.LATE): (Stage.LOOKING, (Action.DROP,)),
    (Stage.JOINING, Happening.HUNG_UP): (Stage.ABANDONED, (Action.APOLOGISE,)),
    (Stage.TELLING, Happening.TOLD): (Stage.CONNECTING, (Action.BRIDGE,)),
    (Stage.TELLING, Happening.LATE): (Stage.CONNECTING, (Action.BRIDGE,)),
    (Stage.TELLING, Happening.DOWN): (Stage.LOOKING, ()),
    (Stage.TELLING, Happening.HUNG_UP): (Stage.ABANDONED, (Action.APOLOGISE,)),
    # The stream ends when the caller is moved, perhaps before we are told: HUNG_UP means nothing from here on.
    (Stage.CONNECTING, Happening.MOVED): (Stage.CONNECTED, ()),
    (Stage.CONNECTING, Happening.GONE): (Stage.ABANDONED, (Action.APOLOGISE,)),
    (Stage.CONNECTING, Happening.UNMOVED): (Stage.FAILED, (Action.DROP,)),
    (Stage.CONNECTING, Happening.LATE): (Stage.FAILED, (Action.DROP,)),
    (Stage.PASSING_ON, Happening.MOVED): (Stage.CONNECTED, ()),
    (Stage.PASSING_ON, Happening.GONE): (Stage.ABANDONED, ()),
    (Stage.PASSING_ON, Happening.UNMOVED): (Stage.FAILED, ()),
    (Stage.PASSING_ON, Happening.LATE): (Stage.FAILED, ()),
}
"""(stage, happening) -> (stage, actions)."""

HAPPENINGS = {
    LegState.ANSWERED: Happening.ANSWERED,
    LegState.ACCEPTED: Happening.ACCEPTED,
    LegState.JOINED: Happening.JOINED,
    LegState.MACHINE: Happening.MACHINE,
    LegState.DECLINED: Happening.DECLINED,
    LegState.BUSY: Happening.DOWN,
    LegState.NO_ANSWER: Happening.DOWN,
    LegState.FAILED: Happening.DOWN,
    LegState.ENDED: Happening.DOWN,
    LegState.REFUSED: Happening.DOWN,
}
"""What a leg says -> what that is to a transfer; ringing is nothing yet."""
REASONS = {
    LegState.MACHINE: "answering machine",
    LegState.DECLINED: "declined",
    LegState.BUSY: "busy",
    LegState.NO_ANSWER: "no answer",
    LegState.FAILED: "failed",
    LegState.ENDED: "hung up",
    LegState.REFUSED: "refused",
}
"""What a leg says -> why nobody took over, if it was the last one."""


@dataclass(frozen=True, slots=True)
class TransferSettings:
    """How people are brought in. Times in seconds."""

    consult: bool = True
    """A person is rung while the caller stays with the agent; else the carrier dials (`PassOn`)."""
    ring_timeout_s: int = 20
    answer_target_s: int = 30
    """A person who takes longer to press 1, from when the caller was told, raises the alarm."""
    look_s: int = 10
    ring_grace_s: int = 5
    """Beyond the ring timeout, until we stop waiting for the carrier to say so."""
    brief_s: int = 30
    join_s: int = 10
    tell_s: int = 10
    connect_s: int = 15
    last_line: str = "Thank you for holding. I'm connecting you now."
