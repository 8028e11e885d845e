"""The carrier's recordings: which are still to be fetched, and which to be deleted there.

A recording belongs to whoever got it from `due_recordings`, until its time has come again or it is noted as done.
"""

from sqlalchemy import select, update

from voice.database import Database
from voice.rows import StoredRecording
from voice.schema import RECORDINGS

LEASE_S = 300.0
"""How long a recording is left to one worker. A worker that has died is replaced after that."""
_CHANGES = frozenset({"state", "file", "due_at", "last_error"})
_COLUMNS = tuple(RECORDINGS.c[name] for name in StoredRecording.__dataclass_fields__)
_OPEN = RECORDINGS.c.state.in_(("waiting", "fetched"))


class RecordingRows(Database):
    """The table `recordings`."""

    async def note_recording(
        self, call: str, recording: str, url: str, seconds: int, channels: int, *, kept: bool = False
    ) -> None:
        """The carrier has a recording of the call; `kept`: it is to stay there too. Saying so twice changes nothing."""
        row = {"call": call, "url": url, "seconds": seconds, "channels": channels, "kept": kept}
        row |= {"state": "waiting", "file": "", "attempts": 0, "due_at": 0.0}
        async with self._writes("recording") as connection:
            await connection.execute(self._upsert(RECORDINGS, {"recording": recording}, row, changes=()))

    async def recordings(self, call: str | None = None) -> tuple[StoredRecording, ...]:
        """Those of a call, or all, by call and name."""
        wanted = select(*_COLUMNS).order_by(RECORDINGS.c.call, RECORDINGS.c.recording)
        if call is not None:
            wanted = wanted.where(RECORDINGS.c.call == call)
        return tuple(StoredRecording(*row) for row in await self._read(wanted))

    async def due_recordings(self, now: float, limit: int) -> tuple[StoredRecording, ...]:
        """Takes up to `limit` that are still to be fetched or deleted and whose time has come (`now` in Unix seconds),
        the longest due first; nobody else gets them meanwhile."""
        due = (_OPEN, RECORDINGS.c.due_at <= now)
        if not await self._read(select(RECORDINGS.c.recording).where(*due).limit(1)):
            return ()
        ready = select(RECORDINGS.c.recording).where(*due).order_by(RECORDINGS.c.due_at, RECORDINGS.c.recording)
        async with self._writes("recordings") as connection:
            names = (await connection.scalars(ready.limit(limit).with_for_update(skip_locked=True))).all()
            taken = update(RECORDINGS).where(RECORDINGS.c.recording.in_(names))
            taken = taken.values(attempts=RECORDINGS.c.attempts + 1, due_at=now + LEASE_S)
            rows = (await connection.execute(taken.returning(*_COLUMNS))).all() if names else []
        return tuple(sorted((StoredRecording(*row) for row in rows), key=lambda row: row.recording))

    async def recording_changed(self, recording: str, **changes: str | float | None) -> None:
        """What is new about it: any of state, file, due_at, last_error. Raises TypeError for another name."""
        if unknown := changes.keys() - _CHANGES:
            raise TypeError(f"a recording has no {min(unknown)}")
        async with self._writes("recording") as connection:
            await connection.execute(
                update(RECORDINGS).where(RECORDINGS.c.recording == recording).values(dict(changes))
            )
