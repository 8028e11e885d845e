"""Who pressed 1 on a call that the carrier dials from a document without the agent: staff who are rung before it, and
whoever is on call in its place. In the ledger of the call's transfers, so that a restart forgets nobody."""

from collections import OrderedDict
from collections.abc import Callable

import structlog

from voice.errors import StoreError
from voice.safekeeping import Safekeeping
from voice.store import Store

log = structlog.get_logger()

_MOST_REMEMBERED = 4096
_TAKEN = "taken"
"""A stage of its own: what is dialled without the agent counts for nothing among the limits."""
_PLACES = {"staff": 0, "people": -1}
"""Among the call's transfers, which the agent numbers from 1."""


class StaffKeys:
    """Of all calls."""

    def __init__(self, store: Store, notes: Safekeeping, now: Callable[[], str]) -> None:
        """`now`: ISO 8601 with offset."""
        self._store = store
        self._notes = notes
        self._now = now
        self._pressed: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def accepted(self, call: str, who: str) -> None:
        """One of "staff" or "people" has pressed 1; that counts here, even where it can't be stored."""
        self._pressed[call, who] = None
        while len(self._pressed) > _MOST_REMEMBERED:
            self._pressed.popitem(last=False)
        try:
            await self._notes.note_transfer(call, _PLACES[who], target=who, stage=_TAKEN, accepted_at=self._now())
        except StoreError as error:
            log.error("key not stored", call=call, error=type(error).__name__)

    async def took(self, call: str, who: str) -> bool:
        """Whether one of them had."""
        if (call, who) in self._pressed:
            return True
        try:
            found = await self._store.transfers(call)
        except StoreError as error:
            log.error("key not looked up", call=call, error=type(error).__name__)
            return False
        return any((one.transfer, one.stage) == (_PLACES[who], _TAKEN) for one in found)
