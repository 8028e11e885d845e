"""Who is calling, as far as earlier calls and the business's own records know: looked up while the call is answered."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Mapping

import structlog

from voice.errors import StoreError
from voice.profile import History, Profiles
from voice.store import KnownCaller, Store

log = structlog.get_logger()

_HOUR_S = 3600.0
_MOST_REMEMBERED = 4096
_LOOK_UP_S = 0.7
"""What the database may take: the caller waits for the first word."""


class CallerHistory:
    """One server's."""

    def __init__(self, store: Store, profiles: Profiles) -> None:
        self._store = store
        self._profiles = profiles
        self._under_way: OrderedDict[str, asyncio.Task[Mapping[str, str]]] = OrderedDict()
        """Token -> what is being found out."""
        self._recent: OrderedDict[str, deque[float]] = OrderedDict()

    def recent(self, caller: str) -> int:
        """Calls from this number in the last hour, before this one, which is counted from now on."""
        now = time.monotonic()
        times = self._recent.setdefault(caller, deque(maxlen=256))
        self._recent.move_to_end(caller)
        while len(self._recent) > _MOST_REMEMBERED:
            self._recent.popitem(last=False)
        while times and now - times[0] > _HOUR_S:
            times.popleft()
        times.append(now)
        return len(times) - 1

    def look_up(self, token: str, caller: str | None) -> None:
        """Begins to find out who that is; `found(token)` has it."""
        self._under_way[token] = asyncio.create_task(self._profile(caller))
        while len(self._under_way) > _MOST_REMEMBERED:
            self._under_way.popitem(last=False)[1].cancel()

    async def found(self, token: str) -> Mapping[str, str]:
        """The caller's profile (`CallStarted.profile`), once; nothing for a token that is unknown."""
        looking = self._under_way.pop(token, None)
        return await looking if looking is not None else {}

    async def _profile(self, caller: str | None) -> Mapping[str, str]:
        known = None
        try:
            async with asyncio.timeout(_LOOK_UP_S):
                known = await self._store.caller(caller) if caller else None
        except (StoreError, TimeoutError) as error:
            log.error("earlier calls not looked up", error=type(error).__name__)
        return (await self._profiles.of(caller, _history(known) if known is not None else None)).fields


def _history(known: KnownCaller) -> History:
    return History(known.calls, known.last_call, known.last_outcome or "", known.name)
