"""An event loop whose clock jumps to the next timer as soon as nothing else is to be done.

Sockets and threads stay real: before each jump the loop looks whether one of them has something, and gives them
`GRACE_S` of real time to come up with it. So a test that "waits" 20 s takes milliseconds, and one that talks over
a loopback socket talks over a loopback socket.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

GRACE_S = 0.002

T = TypeVar("T")


class _JumpingSelector(selectors.DefaultSelector):
    loop: "VirtualLoop"
    grace_s = GRACE_S

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready; time passes only when nothing is."""
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            return super().select(None)
        ready = super().select(self.grace_s)
        if not ready:
            self.loop.now += max(timeout, 1e-6)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` is virtual; everything else is asyncio's."""

    def __init__(self, grace_s: float = GRACE_S) -> None:
        self.now = 0.0
        selector = _JumpingSelector()
        selector.loop = self
        selector.grace_s = grace_s
        super().__init__(selector)

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self.now


def run(main: Coroutine[Any, Any, T], *, grace_s: float = GRACE_S) -> T:
    """As asyncio.run, on a virtual clock. `grace_s`: for threads that must not be overtaken by it."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(grace_s)) as runner:
        return runner.run(main)
