"""Streams and sockets that no webhook of ours has announced: each is opened by hand, at a real server, and refused."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.e2e.killing import share_prompts
from tests.e2e.telephone import ACCOUNT, BUSINESS, CALLER, PUBLIC, TOKEN, Town, town
from voice import service
from voice.double.parties import Talker
from voice.reception import ReceptionSettings
from voice.twiml import Texts

SPEED = 4.0
LIMIT_S = 60
POLICY_VIOLATION = 1008
SOCKET = PUBLIC.replace("https://", "wss://") + "/ws"
VALIDATOR = RequestValidator(TOKEN)


def signed(url: str, parameters: dict[str, str] | None = None) -> dict[str, str]:
    """The header that the carrier sends."""
    return {"X-Twilio-Signature": VALIDATOR.compute_signature(url, parameters or {})}


@asynccontextmanager
async def socket(
    here: Town, headers: dict[str, str] | None = None, path: str = "/ws"
) -> AsyncIterator[ClientConnection]:
    """Raises InvalidStatus where it is refused before the upgrade."""
    given = signed(SOCKET) if headers is None else headers
    url = f"ws://127.0.0.1:{here.running.port}{path}"
    async with connect(url, additional_headers=given, compression=None, proxy=None) as opened:
        yield opened


async def announced(here: Town, call: str) -> str:
    """The token of a call that the carrier has told us of."""
    form = {"CallSid": call, "AccountSid": ACCOUNT, "From": CALLER, "To": BUSINESS, "CallStatus": "ringing"}
    url = f"http://127.0.0.1:{here.running.port}/twilio/voice"
    async with (
        aiohttp.ClientSession() as web,
        web.post(url, data=form, headers=signed(f"{PUBLIC}/twilio/voice", form)) as answer,
    ):
        found = re.search(r'name="token" value="([^"]+)"', await answer.text())
    assert found
    return found[1]


async def begin(stream: ClientConnection, call: str, token: str, account: str = ACCOUNT) -> None:
    """`connected` and `start`."""
    await stream.send('{"event":"connected","protocol":"Call","version":"1.0.0"}')
    start = {"accountSid": account, "streamSid": f"MZ{call}", "callSid": call, "customParameters": {"token": token}}
    await stream.send(json.dumps({"event": "start", "sequenceNumber": "1", "streamSid": f"MZ{call}", "start": start}))


async def refused(here: Town, call: str, token: str, account: str = ACCOUNT) -> bool:
    """Whether the server closes the stream without a word."""
    async with socket(here) as stream:
        await begin(stream, call, token, account)
        with pytest.raises(ConnectionClosed) as closed:
            await stream.recv()
        return closed.value.rcvd is not None and closed.value.rcvd.code == POLICY_VIOLATION


def in_town(folder: Path, script: Callable[[Town], Awaitable[None]]) -> None:
    """Runs a script against a fresh server."""

    async def main() -> None:
        share_prompts(folder)
        async with asyncio.timeout(LIMIT_S), town(folder, {}, speed=SPEED) as here:
            await script(here)

    asyncio.run(main())


def test_points_1_to_4_only_an_announced_and_signed_stream_becomes_a_call(tmp_path: Path) -> None:
    async def script(here: Town) -> None:
        await _upgrades(here)
        await _tokens(here)

    in_town(tmp_path, script)
    journals = [path.name.partition("_")[0] for path in (tmp_path / "calls").glob("*.jsonl")]
    assert journals == ["CAgood"], "no engine was started for anybody else"


async def _upgrades(here: Town) -> None:
    async with socket(here), socket(here, signed(SOCKET + "/")):
        pass
    wrong = {"X-Twilio-Signature": "d3Jvbmc="}
    for headers in ({}, wrong, signed(f"{PUBLIC}/ws"), signed(SOCKET.replace("agent", "other"))):
        with pytest.raises(InvalidStatus) as answer:
            async with socket(here, headers):
                pass
        assert answer.value.response.status_code == 403
    for path in ("/", "/wss", "/ws/more", "/twilio/ws"):
        with pytest.raises(InvalidStatus) as answer:
            async with socket(here, signed(PUBLIC.replace("https://", "wss://") + path), path):
                pass
        assert answer.value.response.status_code == 404


async def _tokens(here: Town) -> None:
    assert await refused(here, "CAnobody", "a token of nobody's")
    assert await refused(here, "CAnobody", "")
    token = await announced(here, "CAother")
    assert await refused(here, "CAthief", token), "another call's"
    assert await refused(here, "CAother", token), "and spent by that"
    assert await refused(here, "CAaccount", await announced(here, "CAaccount"), "AC" + "9" * 32)
    token = await announced(here, "CAgood")
    async with socket(here) as stream:
        await begin(stream, "CAgood", token)
        while json.loads(await stream.recv())["event"] != "media":
            pass
        assert await refused(here, "CAgood", token), "a token serves once"
        assert set(here.running.server.sessions) == {"CAgood"}, "and the call goes on"
        await stream.send(json.dumps({"event": "stop", "streamSid": "MZCAgood", "stop": {"callSid": "CAgood"}}))
    await here.running.server.gone("CAgood", LIMIT_S)


def test_point_3_a_ticket_that_has_expired_opens_no_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "ReceptionSettings", partial(ReceptionSettings, ticket_s=0.0))

    async def script(here: Town) -> None:
        leg = await here.twilio.dial_in(Talker(hangs_up_after_s=12.0), from_=CALLER, to=BUSINESS)
        await leg.ended.wait()
        assert leg.verbs[:4] == ["Connect", "Connect", "Connect", "Say"], "tried again, then the fallback"
        assert leg.said_to_it[0] == Texts().sorry and not list((tmp_path / "calls").glob("*"))
        await here.twilio.settled()
        assert all("31921" in one for one in here.twilio.violations)
        here.twilio.violations.clear()

    in_town(tmp_path, script)
