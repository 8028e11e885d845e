"""The worker that takes leads out of the outbox and delivers them, until each is delivered or dead.

A delivery is leased, sent, and then noted. A worker that dies between sending and noting leaves the lease behind; when
that ends, the delivery is sent again with the same idempotency key. So each arrives at least once, and a target that
heeds the key takes it once. Deliveries of one lead to one target keep the order of its versions.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import stamina
import structlog

from voice.envelope import DeliveryFailed, Envelope, Target
from voice.errors import StoreError, place_of
from voice.store import Delivery, Store

log = structlog.get_logger()

_SHORTEST_S = 0.05
"""Between two looks into the outbox, whatever it says about the next."""
_NOTING_TRIES = 5


@dataclass(frozen=True, slots=True)
class OutboxSettings:
    """How hard is tried. Times in seconds."""

    delays_s: tuple[float, ...] = (5, 30, 120, 600, 3600)
    """From a failed attempt to the next; the last one serves for all that follow."""
    jitter: float = 0.2
    """A random share of the delay, up to this, comes on top."""
    most_attempts: int = 8
    quick_tries: int = 2
    """Tries in one attempt, `quick_s` apart: a lost connection seldom lasts."""
    quick_s: float = 0.5
    attempt_s: float = 45.0
    """For all tries of one attempt; well below `voice.delivery_rows.LEASE_S`."""
    most_at_once: int = 8
    poll_s: float = 5.0
    """The outbox is looked into so often without a nudge: other servers write into it too."""
    grace_s: float = 10.0
    """For deliveries under way when the worker stops."""


class Outbox:
    """One worker; several on one database share the work."""

    def __init__(
        self,
        store: Store,
        targets: Mapping[str, Target],
        settings: OutboxSettings | None = None,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`targets` by the names that the store was given; `clock` in Unix seconds; `chance` from 0 to 1."""
        self._store = store
        self._targets = targets
        self._settings = settings or OutboxSettings()
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._nudged = asyncio.Event()
        self._stopping = False
        self._running: asyncio.Task[None] | None = None
        self._at_work: dict[asyncio.Task[None], Delivery] = {}

    def start(self) -> None:
        """Delivers from now on."""
        self._running = asyncio.create_task(self._run())

    def nudge(self) -> None:
        """Something new is in the outbox."""
        self._nudged.set()

    async def stop(self) -> None:
        """Takes nothing more, lets what is under way finish for a while, and gives the rest back."""
        self._stopping = True
        self.nudge()
        if self._running is not None:
            await self._running
        if not self._at_work:
            return
        await asyncio.wait(self._at_work, timeout=self._settings.grace_s)
        unfinished = dict(self._at_work)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        for delivery in unfinished.values():
            try:
                await self._store.postponed(delivery.id, delivery.attempts, self._clock(), "the server stopped")
            except StoreError as error:
                log.warning("a delivery stays leased", delivery=delivery.id, error=str(error))

    async def deliver_due(self) -> int:
        """One attempt at what is due, as far as there is room for it; returns how many. Raises StoreError."""
        tasks = await self._take()
        await asyncio.gather(*tasks)
        return len(tasks)

    async def _run(self) -> None:
        while not self._stopping:
            self._nudged.clear()
            try:
                await self._take()
                wait = await self._until_next()
            except StoreError as error:
                log.error("the outbox can't be read", error=str(error))
                wait = self._settings.poll_s
            except Exception as error:  # noqa: BLE001 - whatever goes wrong, the worker goes on
                log.error("the outbox waits", kind=type(error).__name__, at=place_of(error))
                wait = self._settings.poll_s
            await self._rest(wait)

    async def _take(self) -> list[asyncio.Task[None]]:
        """Leases what is due and begins with it."""
        taken = await self._store.due(self._clock(), self._room) if self._room > 0 else ()
        tasks = []
        for delivery in taken:
            task = asyncio.create_task(self._attempt(delivery))
            self._at_work[task] = delivery
            task.add_done_callback(self._ended)
            tasks.append(task)
        return tasks

    async def _until_next(self) -> float:
        """Seconds until something is due; with no room for it, an ended delivery wakes the worker."""
        found = None if self._room <= 0 else await self._store.next_due()
        wait = self._settings.poll_s if found is None else found - self._clock()
        return min(self._settings.poll_s, max(_SHORTEST_S, wait))

    @property
    def _room(self) -> int:
        return self._settings.most_at_once - len(self._at_work)

    async def _rest(self, wait: float) -> None:
        """Until then, a nudge, or the end of a delivery."""
        timer = asyncio.ensure_future(self._sleep(wait))
        nudged = asyncio.create_task(self._nudged.wait())
        await asyncio.wait({timer, nudged}, return_when=asyncio.FIRST_COMPLETED)
        timer.cancel()
        nudged.cancel()
        await asyncio.gather(timer, nudged, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        delivery = self._at_work.pop(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a delivery stays leased", delivery=delivery.id, kind=type(error).__name__, at=place_of(error))
        self.nudge()

    async def _attempt(self, delivery: Delivery) -> None:
        try:
            async with asyncio.timeout(self._settings.attempt_s):
                await self._send(delivery)
        except DeliveryFailed as error:
            await self._failed(delivery, str(error), permanent=error.permanent)
        except TimeoutError:
            await self._failed(delivery, "no answer in time", permanent=False)
        except Exception as error:  # noqa: BLE001 - whatever a target does wrong, its delivery comes to an end
            await self._failed(delivery, f"the target broke: {type(error).__name__}", permanent=False)
        else:
            await self._note(delivery, lambda: self._store.delivered(delivery.id, self._clock()))

    async def _send(self, delivery: Delivery) -> None:
        target = self._targets.get(delivery.target)
        if target is None:
            # Another server on this database may know it, or this one again once its settings are mended.
            raise DeliveryFailed("no such target is configured", permanent=False)
        envelope = Envelope(
            delivery.id, delivery.call, delivery.version, delivery.target, delivery.kind, delivery.payload
        )
        settings = self._settings
        tries = stamina.retry_context(
            _is_passing, attempts=settings.quick_tries, timeout=None, wait_initial=settings.quick_s, wait_jitter=0
        )
        async for one in tries:
            with one:
                await target.deliver(envelope)

    async def _failed(self, delivery: Delivery, error: str, *, permanent: bool) -> None:
        """Notes when it is tried again, or that it never is."""
        attempt, settings = delivery.attempts, self._settings
        about = {"call": delivery.call, "target": delivery.target, "attempt": attempt, "error": error}
        if permanent or attempt >= settings.most_attempts:
            log.error("a lead can't be delivered", **about)
            await self._note(delivery, lambda: self._store.dead(delivery.id, attempt, error))
            return
        log.warning("a lead wasn't delivered yet", **about)
        delay = settings.delays_s[min(attempt, len(settings.delays_s)) - 1]
        due_at = self._clock() + delay * (1 + settings.jitter * self._chance())
        await self._note(delivery, lambda: self._store.postponed(delivery.id, attempt, due_at, error))

    async def _note(self, delivery: Delivery, noting: Callable[[], Awaitable[object]]) -> None:
        """The database may be away for a moment; after that the lease has to end, and it is sent again."""
        try:
            async for one in stamina.retry_context(StoreError, attempts=_NOTING_TRIES, timeout=None):
                with one:
                    await noting()
        except StoreError as error:
            log.error("what became of a delivery isn't noted", delivery=delivery.id, error=str(error))


def _is_passing(error: Exception) -> bool:
    return isinstance(error, DeliveryFailed) and not error.permanent
