"""Targets that do as the test says, and a lead that waits for them."""

import asyncio
from collections.abc import Callable

from tests.voice.databases import NAME
from voice.envelope import DeliveryFailed, Envelope
from voice.store import Delivery, Store


class Scripted:
    """A target that takes an envelope or raises what comes next; after that it takes everything."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)
        self.got: list[Envelope] = []

    async def deliver(self, envelope: Envelope) -> None:
        self.got.append(envelope)
        if self.answers and (error := self.answers.pop(0)) is not None:
            raise error

    async def close(self) -> None:
        """Nothing is open."""


class Held:
    """A target that takes its time: until `release`."""

    def __init__(self) -> None:
        self.release = asyncio.Event()
        self.got: list[Envelope] = []
        self.at_once = self.most_at_once = 0

    async def deliver(self, envelope: Envelope) -> None:
        self.got.append(envelope)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.release.wait()
        finally:
            self.at_once -= 1

    async def close(self) -> None:
        """Nothing is open."""


class Clock:
    """Stands until it is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def passing(message: str = "the webhook answered 503") -> DeliveryFailed:
    return DeliveryFailed(message, permanent=False)


async def waiting(store: Store, *targets: str, call: str = "CA1") -> None:
    await store.save_fields(call, NAME)
    await store.complete_lead(call, targets, at=1000.0)


async def row_of(store: Store, call: str = "CA1") -> Delivery:
    (row,) = await store.deliveries(call)
    return row


async def until(true: Callable[[], bool]) -> None:
    """Waits for something that is under way; the test's own limit is the suite's."""
    async with asyncio.timeout(20):
        while True:
            if true():
                return
            await asyncio.sleep(0.005)
