"""Recording, from consent to the file: nothing before the caller knows, nothing without their yes, nothing private.

One town: each way of asking is a number of its own, and all ring at once.
"""

import asyncio
import stat
import wave
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.e2e.keyed import GREETING, OWN, BeforeTheAgent, flow, keyed, presses
from tests.e2e.telephone import Town, hears, settings, town
from voice import recorded
from voice.audio import encode
from voice.double import Leg, RecordedCaller
from voice.double.account import RestRequest
from voice.double.parties import Party
from voice.double.recording import Recording
from voice.recorded import Recorded
from voice.scenario import Turn
from voice.store import Consent, StoredRecording

SPEED = 4.0
LIMIT_S = 100
TOLD, ASKED = "This call may be recorded.", "May we record this call?"
PRIVATE = "What is your code?"
LAST = "Thank you."
HEARD = 0.9
_PLAIN = recorded.load("plain").clips
YES, SECRET = _PLAIN["03.wav"], _PLAIN["05.wav"]
"""What the caller says aloud: to be kept, and to the private question."""


def talks(*consent: str) -> Party:
    """Says yes aloud, keys the rest, and says something aloud to the private question before the code is keyed."""
    keys = tuple(Turn(keys=entry) for entry in consent)
    yes = Turn(clip="yes.wav", says="Yes, it is.")
    secret = Turn(clip="secret.wav", says="Tomorrow morning, please.")
    turns = (*keys, yes, Turn(keys="1"), Turn(keys="1"), secret, Turn(keys="1234"))
    caller = presses("1")
    clips = {"yes.wav": YES, "secret.wav": SECRET}
    return RecordedCaller(Recorded(caller.scenario.model_copy(update={"turns": turns}), clips))


@dataclass(frozen=True, slots=True)
class Case:
    """One number's way, and its caller."""

    recording: dict[str, str] = field(default_factory=lambda: {"mode": "none"})
    party: Callable[[], Party] = talks
    calls_itself: bool = False


CASES = {
    "announced": Case({"mode": "announce", "script": TOLD}),
    "agreed": Case({"mode": "ask", "script": ASKED}, lambda: talks("1")),
    "refused": Case({"mode": "ask", "script": ASKED}, lambda: RecordedCaller(presses("2", *OWN))),
    "never_said": Case({"mode": "ask", "script": ASKED}, lambda: RecordedCaller(presses("7", "7", *OWN))),
    "none": Case(party=lambda: RecordedCaller(presses(*OWN))),
    "absent": Case(party=BeforeTheAgent, calls_itself=True),
}
NUMBERS = {name: f"+141555503{i:02d}" for i, name in enumerate(CASES)}


@dataclass(frozen=True, slots=True)
class Result:
    """What is left of a call."""

    leg: Leg
    lead: dict[str, str]
    consents: tuple[Consent, ...]
    rows: tuple[StoredRecording, ...]
    rest: list[RestRequest]
    """Of its recording, in order."""
    carriers: Recording | None
    """What the double had recorded."""
    ours: list[Path]
    """Journals and WAVs."""

    def before(self) -> bytes:
        """What the caller had heard when the carrier began to record: a pause keeps its length."""
        assert self.carriers is not None
        return self.leg.heard[: len(self.leg.heard) - len(self.carriers.said)]


@dataclass(frozen=True, slots=True)
class Played:
    """All of them."""

    folder: Path
    results: dict[str, Result]
    left_at_carrier: list[str]
    spoken: dict[str, bytes]
    """Text -> µ-law, as the agent says it."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Every case."""
    return asyncio.run(_play(tmp_path_factory.mktemp("recording")))


async def _play(folder: Path) -> Played:
    path = flow(folder)
    numbers: dict[str, Any] = {
        number: keyed(path, recording=dict(CASES[name].recording), deliveries=[], fallback="")
        for name, number in NUMBERS.items()
    }
    given = settings(folder, numbers=numbers, limits={"calls": 20, "ring_seconds": 5})
    async with town(folder, {}, given=given, speed=SPEED) as here, asyncio.timeout(LIMIT_S):
        legs = await asyncio.gather(*(_ring(here, name) for name in CASES))
        for leg in legs:
            await leg.ended.wait()
            await here.running.server.gone(leg.sid, 10)
        await here.twilio.settled()
        store = here.running.engines.store
        while any(one.state != "done" for one in await store.recordings()):  # noqa: ASYNC110 - another's work
            await asyncio.sleep(0.05)
        results = {name: await _result(here, leg) for name, leg in zip(CASES, legs, strict=True)}
        spoken = {text: await _said(here, text) for text in (TOLD, ASKED, PRIVATE, LAST)}
        return Played(folder, results, list(here.twilio.recordings), spoken)


async def _ring(here: Town, name: str) -> Leg:
    number = NUMBERS[name]
    caller = number if CASES[name].calls_itself else number.replace("+1415555", "+1415666")
    return await here.twilio.dial_in(CASES[name].party(), from_=caller, to=number)


async def _result(here: Town, leg: Leg) -> Result:
    store = here.running.engines.store
    lead = await store.lead(leg.sid)
    rest = [one for one in here.twilio.requests if one.method == "POST" and f"/Calls/{leg.sid}/Recordings" in one.path]
    owners = [getattr(tap, "__self__", None) for tap in leg.taps]
    carriers = [owner for owner in owners if isinstance(owner, Recording)]
    return Result(
        leg,
        lead.values if lead else {},
        await store.consents(leg.sid),
        await store.recordings(leg.sid),
        rest,
        carriers[0] if carriers else None,
        sorted((here.folder / "calls").glob(f"{leg.sid}_*")),
    )


async def _said(here: Town, text: str) -> bytes:
    return b"".join([piece async for piece in here.running.engines.synthesiser.speak(text)])


def sides(path: Path) -> tuple[bytes, bytes]:
    """Both channels of a WAV, µ-law."""
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, 2)
    return encode(samples[:, 0]), encode(samples[:, 1])


@pytest.mark.parametrize(("name", "kind", "script"), [("announced", "announced", TOLD), ("agreed", "asked", ASKED)])
def test_point_34_recording_begins_after_the_caller_was_told_and_the_ledger_says_so(
    played: Played, name: str, kind: str, script: str
) -> None:
    done = played.results[name]
    assert hears(done.before(), played.spoken[script]) > HEARD
    (entry,) = done.consents
    assert (entry.kind, entry.granted, entry.script) == (kind, True, script)
    assert done.rest[0].parameters["RecordingChannels"] == ("dual",)
    assert done.lead["wanted"] == "yes" and done.lead["pin"] == "1234"


@pytest.mark.parametrize("name", ["announced", "agreed"])
def test_point_34_the_carriers_recording_pauses_while_something_private_is_asked_for(played: Played, name: str) -> None:
    done = played.results[name]
    changes = [{key: value[0] for key, value in one.parameters.items()} for one in done.rest[1:]]
    assert changes == [{"Status": "paused", "PauseBehavior": "silence"}, {"Status": "in-progress"}]
    assert all(one.status < 300 for one in done.rest)


@pytest.mark.parametrize("name", ["announced", "agreed"])
def test_point_34_the_file_is_fetched_has_both_sides_and_nothing_private(played: Played, name: str) -> None:
    done = played.results[name]
    (row,) = done.rows
    path = played.folder / "recordings" / row.file
    assert (row.state, row.channels, row.kept) == ("done", 2, False)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    caller, agent = sides(path)
    assert hears(caller, YES) > HEARD and hears(agent, YES) < 0.5
    assert hears(agent, played.spoken[LAST]) > HEARD, "it goes on after the pause"
    assert hears(done.leg.said, SECRET) > HEARD and hears(caller, SECRET) < 0.5
    assert row.recording not in played.left_at_carrier


@pytest.mark.parametrize("name", ["announced", "agreed"])
def test_point_34_our_own_recording_is_masked_alike(played: Played, name: str) -> None:
    done = played.results[name]
    assert [path.suffix for path in done.ours] == [".jsonl", ".wav"]
    caller, agent = sides(done.ours[1])
    assert hears(caller, YES) > HEARD and hears(caller, SECRET) < 0.5
    assert hears(done.leg.heard, played.spoken[PRIVATE]) > HEARD and hears(agent, played.spoken[PRIVATE]) < 0.5
    assert hears(agent, played.spoken[LAST]) > HEARD


@pytest.mark.parametrize("name", ["refused", "never_said"])
def test_point_34_without_a_yes_there_is_no_recording_anywhere(played: Played, name: str) -> None:
    done = played.results[name]
    assert [(one.kind, one.granted, one.script) for one in done.consents] == [("asked", False, ASKED)]
    assert done.rest == [] and done.carriers is None and done.rows == ()
    assert done.ours == [], "neither a WAV nor a journal"
    assert done.lead["callback"] == done.leg.from_, "the call goes on all the same"


def test_point_34_where_nothing_is_recorded_nobody_is_asked_and_no_sound_is_kept(played: Played) -> None:
    done = played.results["none"]
    assert done.consents == () and done.rest == [] and done.carriers is None
    assert [path.suffix for path in done.ours] == [".jsonl"]
    assert done.lead["callback"] == done.leg.from_


def test_point_34_a_recording_that_never_came_about_leaves_nothing(played: Played) -> None:
    done = played.results["absent"]
    assert done.carriers is not None and done.carriers.status == "absent"
    assert done.rows == () and done.lead == {}
    assert done.leg.said_to_it[-1] == "I did not hear a message. Goodbye."


def test_the_greeting_tells_of_recording() -> None:
    assert GREETING.endswith(TOLD)
