"""The packet on the people's screens: a real web server, a real mail server, and what happens when they fail."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

import pytest
from aiohttp import web
from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, Envelope, Session

from sop.handoff import Detail, Packet
from voice.notices import as_chat, as_mail, as_webhook, signature
from voice.screens import ChatScreen, MailScreen, Screens, ScreenSettings, WebhookScreen

LINK = "https://agent.example.com/packet/CA42/1?e=1764086400&s=ab"
SECRET = "webhook-secret"
PACKET = Packet(
    headline="Emergency: no heat",
    reason="emergency",
    wants="no heat",
    urgent=True,
    name="Ann Smith",
    number="+14155550199",
    details=(
        Detail("address", "address", "12 Elm Street", "twelve Elm Street", 0.9, True),
        Detail("door_code", "door code", "••••56", "••••56", 0.5, False, True),
    ),
    facts=(),
    done=("told: turn off the gas",),
    missing=("gas smell",),
    mood="upset",
    moods=(-0.8,),
    profile=(("vip", "yes"),),
    earlier=(),
    call="CA42",
    procedure="after_hours_hvac 3",
    step="transfer",
    began="2026-11-24T21:00:00-08:00",
    transcript=(("caller", "the heating is off"),),
)
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Mailbox:
    """What aiosmtpd hands its messages to."""

    refusals: list[str] = field(default_factory=list)
    """Answers to the first messages, instead of taking them."""
    taken: list[tuple[str, list[str], Message]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refusals:
            return self.refusals.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        self.raw.append(content)
        self.taken.append(
            (str(envelope.mail_from), list(envelope.rcpt_tos), message_from_bytes(content, policy=default))
        )
        return "250 OK"


@dataclass
class Desk:
    """Two servers and the screens that point at them."""

    url: str
    port: int
    mailbox: Mailbox
    asked: list[tuple[str, dict[str, str], bytes]]
    """(path, headers, body)."""
    answers: dict[str, Answer]
    """Path → what it answers; otherwise 200."""

    def webhook(self) -> WebhookScreen:
        return WebhookScreen(f"{self.url}/hook?key=k3y", SECRET)

    def mail(self, **changes: Any) -> MailScreen:
        return MailScreen(
            "127.0.0.1", "bot@example.com", ("ann@example.com", "bob@example.com"), self.port, "none", **changes
        )

    def chat(self) -> ChatScreen:
        return ChatScreen(f"{self.url}/services/T0/B0/s3cr3t")


@asynccontextmanager
async def desk() -> AsyncIterator[Desk]:
    asked: list[tuple[str, dict[str, str], bytes]] = []
    answers: dict[str, Answer] = {}

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append((request.path, dict(request.headers), await request.read()))
        return await answers[request.path](request) if request.path in answers else web.Response()

    app = web.Application()
    app.router.add_post("/{tail:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    post = UnthreadedController(mailbox, "127.0.0.1", 0, loop=loop)
    server = await loop.create_server(post.factory, "127.0.0.1", 0)
    try:
        yield Desk(
            f"http://127.0.0.1:{runner.addresses[0][1]}", server.sockets[0].getsockname()[1], mailbox, asked, answers
        )
    finally:
        server.close()
        await runner.cleanup()


def at_desk(work: Callable[[Desk], Awaitable[None]]) -> None:
    async def run() -> None:
        async with asyncio.timeout(20), desk() as here:
            await work(here)

    asyncio.run(run())


async def hanging(request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    return web.Response()


def failing(times: int, status: int = 503) -> Answer:
    left = [times]

    async def answer(request: web.Request) -> web.StreamResponse:
        left[0] -= 1
        return web.Response(status=status if left[0] >= 0 else 200, text="no: Ann Smith")

    return answer


def test_every_screen_has_the_packet_before_the_ring() -> None:
    async def work(here: Desk) -> None:
        screens = Screens(ScreenSettings(here.webhook(), here.mail(), here.chat()))
        results = await screens.show(PACKET, LINK)
        assert sorted((one.screen, one.ok, one.why) for one in results) == [
            ("chat", True, ""),
            ("mail", True, ""),
            ("webhook", True, ""),
        ]
        assert len(here.asked) == 2 and len(here.mailbox.taken) == 1
        await screens.close()
        assert screens.counts == {("webhook", "shown"): 1, ("mail", "shown"): 1, ("chat", "shown"): 1}

    at_desk(work)


def test_an_alarm_goes_to_every_screen() -> None:
    text = "A caller has waited 34 seconds\r\nBcc: all@example.com"

    async def work(here: Desk) -> None:
        screens = Screens(ScreenSettings(here.webhook(), here.mail(), here.chat()))
        results = await screens.alarm(text, LINK)
        await screens.close()
        assert all(one.ok for one in results) and len(results) == 3
        assert {"event": "alarm", "text": text, "link": LINK} in [json.loads(body) for _, _, body in here.asked]
        ((_, _, mail),) = here.mailbox.taken
        assert mail["Subject"] == "A caller has waited 34 seconds Bcc: all@example.com" and mail["Bcc"] is None

    at_desk(work)


def test_point_33_the_webhook_is_signed_over_its_time_and_body() -> None:
    async def work(here: Desk) -> None:
        screens = Screens(ScreenSettings(here.webhook()))
        await screens.show(PACKET, LINK)
        await screens.close()
        ((path, headers, body),) = here.asked
        timestamp = headers["X-Switchboard-Timestamp"]
        expected = hmac.new(SECRET.encode(), f"{timestamp}.{body.decode()}".encode(), hashlib.sha256).hexdigest()
        assert headers["X-Switchboard-Signature"] == f"v1={expected}"
        assert abs(int(timestamp) - time.time()) < 60
        assert (path, headers["Content-Type"]) == ("/hook", "application/json")
        said = json.loads(body)
        assert (said["event"], said["link"], said["packet"]["name"]) == ("handoff", LINK, "Ann Smith")
        assert said["packet"]["transcript"] == [{"who": "caller", "text": "the heating is off"}]

    at_desk(work)


def test_the_signature_is_what_openssl_makes_of_it() -> None:
    # printf '1764000000.{"a":1}' | openssl dgst -sha256 -hmac secret
    assert signature("secret", "1764000000", b'{"a":1}') == (
        "v1=112dc1736ad0328f094ebdad63c8bde5936ce7d0bb7ae467f9f8d481a26df51c"
    )


def test_the_mail_is_plain_text_with_the_link_and_without_the_transcript() -> None:
    async def work(here: Desk) -> None:
        screens = Screens(ScreenSettings(mail=here.mail()))
        await screens.show(PACKET, LINK)
        await screens.close()
        ((sender, to, message),) = here.mailbox.taken
        assert (sender, to) == ("bot@example.com", ["ann@example.com", "bob@example.com"])
        assert message["Subject"] == "Emergency: no heat"
        assert (message["To"], message.get_content_type()) == ("ann@example.com, bob@example.com", "text/plain")
        assert str(message["Message-ID"]).endswith("@example.com>") and message["Date"]
        text = message.get_content()  # type: ignore[attr-defined]
        assert text.replace("\r\n", "\n") == (
            "URGENT: Emergency: no heat\n"
            "Ann Smith · +14155550199\n"
            "The caller is upset.\n"
            "address: twelve Elm Street\n"
            "door code: ••••56 (not confirmed)\n"
            "told: turn off the gas\n"
            "Not known yet: gas smell\n"
            "\n"
            f"The whole call: {LINK}\n"
        )

    at_desk(work)


@pytest.mark.parametrize(
    "headline",
    [
        "no heat\r\nBcc: everybody@example.com",
        "no heat\nBcc: everybody@example.com\n\nbody",
        "no heat\rBcc: everybody@example.com",
        "no heat\x00\x0b\x0c\x1c\x85\u2028Bcc: everybody@example.com",
        "=?utf-8?q?x?=\r\n Bcc: everybody@example.com",
        "x" * 500 + "\r\nBcc: everybody@example.com",
    ],
)
def test_point_33_nothing_in_a_packet_adds_a_header(headline: str) -> None:
    async def work(here: Desk) -> None:
        screens = Screens(ScreenSettings(mail=here.mail()))
        name = "Ann\r\n.\r\nMAIL FROM:<x@example.com>"
        (result,) = await screens.show(replace(PACKET, headline=headline, name=name), LINK)
        await screens.close()
        assert result.ok
        ((_, to, message),) = here.mailbox.taken
        assert to == ["ann@example.com", "bob@example.com"]
        headers = "Auto-Submitted Content-Transfer-Encoding Content-Type Date From MIME-Version Message-ID Subject To"
        assert sorted(message.keys()) == headers.split()
        assert b"\nBcc:" not in here.mailbox.raw[0] and b"\rBcc:" not in here.mailbox.raw[0]
        assert len(str(message["Subject"])) <= 120

    at_desk(work)


def test_an_address_with_a_line_break_is_refused() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        as_mail(PACKET, LINK, "bot@example.com", ["ann@example.com\r\nBcc: all@example.com"])


def test_point_33_a_chat_names_nobody_and_links_nowhere_but_to_the_call() -> None:
    async def work(here: Desk) -> None:
        screens = Screens(ScreenSettings(chat=here.chat()))
        await screens.show(replace(PACKET, name="<!channel> & <https://evil.example|Ann>", done=("a\n> b",)), LINK)
        await screens.close()
        ((path, headers, body),) = here.asked
        assert (path, headers["Content-Type"]) == ("/services/T0/B0/s3cr3t", "application/json")
        assert "X-Switchboard-Signature" not in headers
        assert json.loads(body) == {
            "text": "*URGENT: Emergency: no heat*\n"
            "&lt;!channel&gt; &amp; &lt;https://evil.example|Ann&gt; · +14155550199\n"
            "The caller is upset.\n"
            "address: twelve Elm Street\n"
            "door code: ••••56 (not confirmed)\n"
            "a &gt; b\n"
            "Not known yet: gas smell\n"
            "<https://agent.example.com/packet/CA42/1?e=1764086400&amp;s=ab|The whole call>"
        }

    at_desk(work)


def test_a_packet_with_nothing_in_it_can_be_shown() -> None:
    empty = replace(PACKET, headline="", name="", number="", details=(), done=(), missing=(), mood="calm", urgent=False)
    assert as_chat(empty, LINK)["text"].startswith("*withheld number*\n<https://")
    assert as_mail(empty, LINK, "bot@example.com", ["ann@example.com"])["Subject"] == ""
    assert json.loads(as_webhook(replace(empty, name="\udc80"), LINK))["packet"]["name"] == "?"


def test_a_slow_screen_does_not_hold_up_the_ring_and_gets_it_later() -> None:
    async def work(here: Desk) -> None:
        let_go = asyncio.Event()

        async def slow(request: web.Request) -> web.StreamResponse:
            await let_go.wait()
            return web.Response()

        here.answers["/hook"] = slow
        screens = Screens(ScreenSettings(here.webhook(), chat=here.chat(), limit_s=0.2))
        began = time.monotonic()
        webhook, chat = await screens.show(PACKET, LINK)
        assert 0.19 <= time.monotonic() - began < 1.2
        assert (webhook.screen, webhook.ok, webhook.why) == ("webhook", False, "slow")
        assert (chat.screen, chat.ok) == ("chat", True)
        assert screens.counts == {("chat", "shown"): 1}
        let_go.set()
        await screens.close(grace_s=5)
        assert screens.counts["webhook", "late"] == 1

    at_desk(work)


def test_a_screen_that_fails_is_tried_again_behind_the_ring() -> None:
    async def work(here: Desk) -> None:
        here.answers["/hook"] = failing(2)
        here.mailbox.refusals = ["451 try again later"]
        screens = Screens(ScreenSettings(here.webhook(), here.mail(), wait_s=0.01))
        began = time.monotonic()
        webhook, mail = await screens.show(PACKET, LINK)
        assert time.monotonic() - began < 1.0
        assert (webhook.ok, webhook.why) == (False, "status 503")
        assert (mail.ok, mail.why) == (False, "status 451")
        await screens.close(grace_s=5)
        assert sum(screens.counts.values()) == 2
        assert screens.counts == {("webhook", "late"): 1, ("mail", "late"): 1}
        assert len(here.asked) == 3 and len(here.mailbox.taken) == 1

    at_desk(work)


def test_it_is_tried_a_few_times_and_no_more() -> None:
    async def work(here: Desk) -> None:
        here.answers["/hook"] = failing(99)
        screens = Screens(ScreenSettings(here.webhook(), attempts=3, wait_s=0.01))
        await screens.show(PACKET, LINK)
        await screens.close(grace_s=5)
        assert screens.counts["webhook", "lost"] == 1
        assert len(here.asked) == 3

    at_desk(work)


@pytest.mark.parametrize(("status", "tries"), [(400, 1), (404, 1), (302, 1), (408, 2), (429, 2), (500, 2)])
def test_what_will_not_get_better_is_not_tried_again(status: int, tries: int) -> None:
    async def work(here: Desk) -> None:
        here.answers["/hook"] = failing(99, status)
        screens = Screens(ScreenSettings(here.webhook(), attempts=2, wait_s=0.01))
        await screens.show(PACKET, LINK)
        await screens.close(grace_s=5)
        assert screens.counts["webhook", "lost"] == 1
        assert len(here.asked) == tries

    at_desk(work)


def test_a_mail_that_is_refused_for_good_is_lost() -> None:
    async def work(here: Desk) -> None:
        here.mailbox.refusals = ["550 no such user"] * 9
        screens = Screens(ScreenSettings(mail=here.mail(), wait_s=0.01))
        (result,) = await screens.show(PACKET, LINK)
        assert (result.ok, result.why) == (False, "status 550")
        await screens.close(grace_s=5)
        assert screens.counts["mail", "lost"] == 1
        assert len(here.mailbox.refusals) == 8

    at_desk(work)


def test_nobody_listening_is_said_at_once() -> None:
    async def work(here: Desk) -> None:
        gone = ScreenSettings(
            WebhookScreen("http://127.0.0.1:1/hook", SECRET),
            replace(here.mail(), port=1),
            ChatScreen("not a url"),
            attempts=1,
        )
        screens = Screens(gone)
        results = await screens.show(PACKET, LINK)
        assert [(one.screen, one.why) for one in results] == [
            ("webhook", "unreachable"),
            ("mail", "unreachable"),
            ("chat", "can't be written"),
        ]
        await screens.close()

    at_desk(work)


def test_a_mail_server_without_encryption_gets_nothing_where_encryption_is_wanted() -> None:
    async def work(here: Desk) -> None:
        screens = Screens(ScreenSettings(mail=replace(here.mail(), security="starttls"), attempts=1))
        (result,) = await screens.show(PACKET, LINK)
        assert not result.ok
        assert here.mailbox.taken == []
        await screens.close()

    at_desk(work)


def test_without_screens_nothing_is_waited_for() -> None:
    async def work(here: Desk) -> None:
        screens = Screens(ScreenSettings())
        assert await screens.show(PACKET, LINK) == ()
        await screens.close()

    at_desk(work)


def test_what_is_under_way_when_the_server_stops_is_lost_and_said_so() -> None:
    async def work(here: Desk) -> None:
        here.answers["/hook"] = hanging
        screens = Screens(ScreenSettings(here.webhook(), limit_s=0.05))
        await screens.show(PACKET, LINK)
        await screens.close(grace_s=0.05)
        assert screens.counts == {("webhook", "lost"): 1}

    at_desk(work)


def test_a_call_that_ends_meanwhile_does_not_stop_the_packet() -> None:
    async def work(here: Desk) -> None:
        asked, let_go = asyncio.Event(), asyncio.Event()

        async def slow(request: web.Request) -> web.StreamResponse:
            asked.set()
            await let_go.wait()
            return web.Response()

        here.answers["/hook"] = slow
        screens = Screens(ScreenSettings(here.webhook()))
        showing = asyncio.create_task(screens.show(PACKET, LINK))
        await asked.wait()
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)
        let_go.set()
        await screens.close(grace_s=5)
        assert sum(screens.counts.values()) == 1

    at_desk(work)


def test_logs_and_settings_hold_no_content_and_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    shown: list[str] = []

    async def work(here: Desk) -> None:
        here.answers |= {"/hook": failing(9), "/services/T0/B0/s3cr3t": failing(1, 500)}
        here.mailbox.refusals = ["550 Ann Smith is unknown"]
        settings = ScreenSettings(here.webhook(), here.mail(password="m4il"), here.chat(), attempts=2, wait_s=0.01)
        screens = Screens(settings)
        await screens.show(PACKET, LINK)
        await screens.close(grace_s=5)
        assert sum(screens.counts.values()) == 3
        shown.append(repr(settings))

    at_desk(work)
    said = capsys.readouterr()
    for text in (said.out + said.err, *shown):
        for private in (SECRET, "k3y", "s3cr3t", "m4il", "Ann Smith", "4155550199", "no heat", "Elm", LINK):
            assert private not in text, private
    assert "packet not shown" in said.out + said.err
