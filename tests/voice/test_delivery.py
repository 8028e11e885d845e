"""Each target against a real server, socket or file."""

import asyncio
import fcntl
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.voice.envelopes import envelope, unused_port
from voice.delivery import (
    FileSettings,
    FileTarget,
    MailSettings,
    SlackSettings,
    SlackTarget,
    WebhookSettings,
    WebhookTarget,
)
from voice.envelope import DeliveryFailed, Envelope
from voice.lead_text import guarded, one_line

SECRET = "correct horse"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[str]:
    """A web server; its address."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def answering(status: int, seen: list[tuple[web.Request, bytes]], **headers: str) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        seen.append((request, await request.read()))
        return web.Response(status=status, headers=headers)

    return handle


# ---- webhook -------------------------------------------------------------------------------------------------------


def test_a_webhook_gets_the_lead_signed_and_with_its_key() -> None:
    seen: list[tuple[web.Request, bytes]] = []

    async def run() -> None:
        async with listening(answering(204, seen)) as url:
            target = WebhookTarget(WebhookSettings(f"{url}/leads", SECRET), clock=lambda: 1_795_394_590.7)
            await target.deliver(envelope(version=2))
            await target.close()

    asyncio.run(run())
    ((request, body),) = seen
    assert (request.method, request.path, request.headers["Content-Type"]) == ("POST", "/leads", "application/json")
    assert request.headers["Idempotency-Key"] == "CA1:2:webhook:crm"
    assert request.headers["X-Switchboard-Timestamp"] == "1795394590"
    expected = hmac.new(b"correct horse", b"1795394590." + body, hashlib.sha256).hexdigest()
    assert request.headers["X-Switchboard-Signature"] == f"v1={expected}"
    received = json.loads(body)
    assert received["id"] == "id-CA1-2"
    assert received["lead"]["fields"]["name"]["value"] == "Karen Mitchell"
    assert received["lead"]["version"] == 2


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        (400, True), (401, True), (404, True), (410, True), (422, True), (301, True), (302, True), (307, True),
        (408, False), (429, False), (500, False), (502, False), (503, False), (504, False),
    ],
)  # fmt: skip
def test_what_a_webhook_answers_says_whether_to_try_again(status: int, permanent: bool) -> None:
    seen: list[tuple[web.Request, bytes]] = []

    async def run() -> DeliveryFailed:
        async with listening(answering(status, seen, Location="/elsewhere")) as url:
            target = WebhookTarget(WebhookSettings(url + "/secret-path", SECRET))
            with pytest.raises(DeliveryFailed) as failed:
                await target.deliver(envelope())
            await target.close()
        return failed.value

    failed = asyncio.run(run())
    assert failed.permanent is permanent
    assert str(status) in str(failed)
    assert "secret-path" not in str(failed) and SECRET not in str(failed)
    # A redirect is not followed.
    assert [request.path for request, _ in seen] == ["/secret-path"]


def test_a_webhook_that_is_not_there_or_too_slow_is_tried_again() -> None:
    async def slow(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.6)
        return web.Response()

    async def run() -> list[DeliveryFailed]:
        found = []
        async with listening(slow) as url:
            for address in (url, f"http://127.0.0.1:{unused_port()}/"):
                target = WebhookTarget(WebhookSettings(address, SECRET, limit_s=0.2))
                with pytest.raises(DeliveryFailed) as failed:
                    await target.deliver(envelope())
                found.append(failed.value)
                await target.close()
        return found

    slow_one, absent = asyncio.run(run())
    assert (slow_one.permanent, absent.permanent) == (False, False)
    assert "within 0.2 s" in str(slow_one)
    assert "127.0.0.1" not in str(absent)


def test_secrets_are_in_no_settings_text() -> None:
    settings: tuple[object, ...] = (
        WebhookSettings("https://crm.example.com", SECRET),
        MailSettings("mail.example.com", 587, "a@example.com", ("b@example.com",), password=SECRET),
        SlackSettings(f"https://hooks.slack.example/{SECRET}"),
    )
    assert not any(SECRET in repr(one) for one in settings)


# ---- Slack ---------------------------------------------------------------------------------------------------------


def test_slack_gets_text_that_mentions_nobody() -> None:
    seen: list[tuple[web.Request, bytes]] = []
    nasty = envelope({"reason": ("<!channel> & <https://evil.example|click>\n*now*", "", 0.9, True)})

    async def run() -> None:
        async with listening(answering(200, seen)) as url:
            target = SlackTarget(SlackSettings(url))
            await target.deliver(nasty)
            await target.close()

    asyncio.run(run())
    body = json.loads(seen[0][1])
    assert set(body) == {"text"}
    head, reason = body["text"].split("\n")
    assert head == "*New lead - after_hours_hvac - +14155550199 - complete*"
    assert reason == "reason: &lt;!channel&gt; &amp; &lt;https://evil.example|click&gt; *now*"


def test_slack_without_such_a_hook_is_permanent() -> None:
    async def run() -> None:
        async with listening(answering(404, [])) as url:
            target = SlackTarget(SlackSettings(url))
            with pytest.raises(DeliveryFailed, match="Slack answered 404") as failed:
                await target.deliver(envelope())
            assert failed.value.permanent
            await target.close()

    asyncio.run(run())


# ---- file ----------------------------------------------------------------------------------------------------------


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_file_holds_each_envelope_once(tmp_path: Path) -> None:
    file = tmp_path / "leads.jsonl"
    target, other = FileTarget(FileSettings(file)), FileTarget(FileSettings(file))

    async def run() -> None:
        both = [envelope(call="CA1"), envelope(call="CA2")]
        await asyncio.gather(*(one.deliver(each) for one in (target, other) for each in both for _ in range(3)))
        await target.deliver(envelope(call="CA1", version=2))

    asyncio.run(run())
    assert sorted((row["call"], row["version"]) for row in rows(file)) == [("CA1", 1), ("CA1", 2), ("CA2", 1)]
    assert rows(file)[0]["lead"]["fields"]["name"]["value"] == "Karen Mitchell"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_line_that_a_crash_cut_off_swallows_nothing(tmp_path: Path) -> None:
    file = tmp_path / "leads.jsonl"
    asyncio.run(FileTarget(FileSettings(file)).deliver(envelope(call="CA1")))
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:40].replace(b"CA1", b"CA2"))
    asyncio.run(FileTarget(FileSettings(file)).deliver(envelope(call="CA2")))
    lines = file.read_bytes().splitlines()
    assert [json.loads(lines[0])["call"], json.loads(lines[2])["call"]] == ["CA1", "CA2"]


def test_a_file_is_written_by_one_program_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "leads.jsonl"

    async def run() -> None:
        with file.open("ab") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            writing = asyncio.create_task(FileTarget(FileSettings(file)).deliver(envelope()))
            done, _ = await asyncio.wait({writing}, timeout=0.2)
            assert not done
            other.write(json.dumps({"id": envelope().id}).encode() + b"\n")
        await writing

    asyncio.run(run())
    assert rows(file) == [{"id": envelope().id}]


def test_a_file_in_no_folder_is_tried_again(tmp_path: Path) -> None:
    with pytest.raises(DeliveryFailed) as failed:
        asyncio.run(FileTarget(FileSettings(tmp_path / "absent" / "leads.jsonl")).deliver(envelope()))
    assert not failed.value.permanent
    assert str(tmp_path) not in str(failed.value)


def test_a_value_that_mentions_an_id_is_not_an_id(tmp_path: Path) -> None:
    file = tmp_path / "leads.jsonl"
    sly = envelope({"name": ('"id":"id-CA2-1"', "", 0.9, True)}, call="CA1")
    for one in (sly, envelope(call="CA2")):
        asyncio.run(FileTarget(FileSettings(file)).deliver(one))
    assert [row["call"] for row in rows(file)] == ["CA1", "CA2"]


# ---- text ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+14155550123", "'+14155550123"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("Karen", "Karen"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_a_cell_is_no_formula(value: str, cell: str) -> None:
    assert guarded(value) == cell


def test_one_line() -> None:
    assert one_line("  a\r\n\tb\u2029c\u202ed\u200b  ") == "a b c d"


def test_an_envelopes_key_is_the_calls_versions_and_targets() -> None:
    assert Envelope("x", "CA1", 3, "mail:office", "mail", {}).key == "CA1:3:mail:office"
