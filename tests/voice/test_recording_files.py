"""The carrier's recordings, fetched over a real socket from the double and deleted there."""

import asyncio
import stat
import wave
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from aiohttp import web

from tests.fakes import tone
from voice.carrier import CarrierSettings, TwilioCarrier
from voice.double import Twilio
from voice.double.recording import Recording
from voice.recording_files import RecordingFiles, RecordingSettings
from voice.rest import Rest, RestSettings
from voice.store import Store, StoredRecording

ACCOUNT, TOKEN = "AC" + "0" * 31 + "7", "nobody's token"
CALL, NAME = "CA1", "RE" + "0" * 32
FRAME = 160


@dataclass
class Clock:
    """Moves when it is told."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Desk:
    """What a test has."""

    twilio: Twilio
    store: Store
    files: RecordingFiles
    folder: Path
    clock: Clock
    may_delete: asyncio.Event

    async def row(self) -> StoredRecording:
        (row,) = await self.store.recordings()
        return row

    async def until(self, holds: Callable[[StoredRecording], bool]) -> StoredRecording:
        """The row, once that holds of it."""
        while not holds(row := await self.row()):  # noqa: ASYNC110 - another task's work
            await asyncio.sleep(0.01)
        return row


def made(twilio: Twilio) -> Recording:
    """A recording of one second: the caller's tone, the agent's silence."""
    recording = Recording(NAME, CALL, source="StartCallRecordingAPI", channels=2)
    sound = tone(1.0, 440.0)
    for at in range(0, len(sound), FRAME):
        recording.frame(b"\xff" * FRAME, sound[at : at + FRAME])
    recording.end()
    twilio.recordings[NAME] = recording
    return recording


def play(folder: Path, work: Callable[[Desk], Awaitable[None]], *, kept: bool = False, **changes: object) -> None:
    """Runs `work` beside a worker that has just heard of the recording."""

    async def main() -> None:
        async with Twilio(account=ACCOUNT, auth_token=TOKEN) as twilio, asyncio.timeout(20):
            made(twilio)
            store, clock = Store(f"sqlite:///{folder / 'calls.db'}"), Clock()
            await store.open()
            rest = Rest(RestSettings(ACCOUNT, TOKEN, base=twilio.rest_url, wait_s=0.01))
            settings = RecordingSettings(folder / "recordings", twilio.rest_url, ACCOUNT, TOKEN, poll_s=0.02)
            carrier = TwilioCarrier(CarrierSettings("+14155550100"), rest)
            may_delete = asyncio.Event()
            may_delete.set()

            async def delete(recording: str) -> None:
                await may_delete.wait()
                await carrier.delete_recording(recording)

            files = RecordingFiles(
                store,
                delete,
                replace(settings, **changes),  # type: ignore[arg-type]
                clock=clock,
            )
            url = f"https://api.example.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{NAME}"
            await store.note_recording(CALL, NAME, url, 1, 2, kept=kept)
            files.start()
            try:
                await work(Desk(twilio, store, files, folder / "recordings", clock, may_delete))
            finally:
                await files.stop()
                await rest.close()
                await store.close()

    asyncio.run(main())


def test_point_34_a_recording_is_fetched_with_the_secret_and_then_deleted_at_the_carrier(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        row = await desk.until(lambda row: row.state == "done")
        path = desk.folder / row.file
        assert row.file == f"{CALL}_{NAME}.wav" and row.last_error is None
        assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(desk.folder.stat().st_mode) == 0o700
        with wave.open(str(path)) as file:
            assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 8000, 8000)
        assert [(one.method, one.status) for one in desk.twilio.requests] == [("GET", 200), ("DELETE", 204)]
        assert desk.twilio.recordings == {} and desk.twilio.violations == []
        assert [file.name for file in desk.folder.iterdir()] == [row.file]

    play(tmp_path, work)


def test_point_34_a_message_stays_where_its_lead_says_it_is(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        row = await desk.until(lambda row: row.state == "done")
        assert (desk.folder / row.file).is_file() and NAME in desk.twilio.recordings

    play(tmp_path, work, kept=True)


def test_point_34_what_fails_is_tried_again_later_and_not_before(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        row = await desk.until(lambda row: row.last_error is not None)
        assert (row.state, row.attempts, row.last_error, row.due_at) == ("waiting", 1, "status 500", 1005.0)
        assert list(desk.folder.glob("*.wav")) == []
        desk.clock.now = 1004.9
        await asyncio.sleep(0.1)
        assert (await desk.row()).attempts == 1
        desk.clock.now = 1005.0
        await desk.until(lambda row: row.state == "done")

    async def broken(desk: Desk) -> None:
        desk.twilio.faults.rest_broken = 1
        await work(desk)

    play(tmp_path, broken)


def test_point_34_a_file_that_is_here_is_not_fetched_twice_when_deleting_fails(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        desk.may_delete.clear()
        await desk.until(lambda row: row.state == "fetched")
        desk.twilio.faults.rest_broken = 3
        desk.may_delete.set()
        row = await desk.until(lambda row: row.last_error is not None)
        assert (row.state, row.last_error) == ("fetched", "RestError")
        desk.clock.now = row.due_at
        await desk.until(lambda row: row.state == "done")
        assert [one.method for one in desk.twilio.requests].count("GET") == 1
        assert desk.twilio.recordings == {}

    play(tmp_path, work)


def test_point_34_a_recording_that_the_carrier_never_had_is_given_up(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        desk.twilio.recordings.clear()
        for attempt in range(1, 3):
            row = await desk.until(lambda row, n=attempt: row.attempts == n and row.last_error is not None)  # type: ignore[misc]
            desk.clock.now = row.due_at
        row = await desk.until(lambda row: row.state == "lost")
        assert (row.attempts, row.last_error) == (3, "status 404")

    play(tmp_path, work, most_absent=3)


@pytest.mark.parametrize(
    ("body", "why"), [(b"<html>sorry</html>", "not a WAV"), (b"", "empty"), (b"RIFF" + b"x" * 5000, "too large")]
)
def test_what_is_no_recording_never_becomes_a_file(tmp_path: Path, body: bytes, why: str) -> None:
    async def main() -> None:
        app = web.Application()
        asked: list[str] = []

        async def answer(request: web.Request) -> web.Response:
            asked.append(request.path)
            return web.Response(body=body)

        app.router.add_get("/{path:.*}", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        store = Store(f"sqlite:///{tmp_path / 'calls.db'}")
        await store.open()
        await store.note_recording(CALL, NAME, f"https://elsewhere.example.com/Recordings/{NAME}", 1, 2)

        async def never(recording: str) -> None:
            raise AssertionError("nothing may be deleted that is not here")

        settings = RecordingSettings(tmp_path / "recordings", base, ACCOUNT, TOKEN, largest=4096)
        files = RecordingFiles(store, never, settings, clock=Clock())
        files.start()
        try:
            async with asyncio.timeout(10):
                while (row := (await store.recordings())[0]).last_error is None:  # noqa: ASYNC110 - its work
                    await asyncio.sleep(0.01)
        finally:
            await files.stop()
            await store.close()
            with suppress(OSError):
                await runner.cleanup()
        assert (row.state, row.last_error) == ("waiting", why)
        assert asked == [f"/Recordings/{NAME}.wav"], "at the address that we know, not at the one in the callback"
        assert list((tmp_path / "recordings").glob("*.wav")) == []

    asyncio.run(main())
