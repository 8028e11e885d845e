"""What goes wrong on request. Every count says how many times; 0 is never."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Faults:
    """May be changed at any moment; a count goes down by one each time."""

    rest_busy: int = 0
    """REST requests answered 429 with code 20429."""
    rest_broken: int = 0
    """REST requests answered 500."""
    rest_slow: int = 0
    """REST requests answered `rest_slow_s` late."""
    rest_slow_s: float = 5.0
    messages: dict[str, int] = field(default_factory=dict)
    """Number → the code with which a message to it is refused, 21610 or 30034."""
    callbacks_late: int = 0
    """Status callbacks sent `late_s` after what they tell of, without holding up those behind."""
    late_s: float = 1.0
    callbacks_doubled: int = 0
    """Status callbacks sent twice, with the same idempotency token."""
    callbacks_swapped: int = 0
    """Status callbacks that the next one of the same call overtakes where it comes within `late_s`."""
    cut_after_frames: int | None = None
    """The next stream's socket breaks after so many media messages, without a close."""
    webhooks_unsigned: int = 0
    webhooks_missigned: int = 0
    """Webhooks, documents among them, without a signature or with a wrong one."""
    sockets_unsigned: int = 0
    sockets_missigned: int = 0
    """Socket upgrades without a signature or with a wrong one."""
    slash_signed: bool = False
    """Socket upgrades are signed with a slash behind the URL."""

    def take(self, name: str) -> bool:
        """Whether the fault of that name shall happen now; counts it."""
        left: int = getattr(self, name)
        if left > 0:
            setattr(self, name, left - 1)
        return left > 0
