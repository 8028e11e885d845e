"""Mail to a real server, and SMS."""

import asyncio
import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import Envelope as Received
from aiosmtpd.smtp import Session as SmtpSession

from tests.voice.envelopes import envelope, unused_port
from voice.delivery import MailSettings, MailTarget, SmsSettings, SmsTarget
from voice.envelope import DeliveryFailed
from voice.errors import CarrierError
from voice.lead_text import sms_text

# ---- mail ----------------------------------------------------------------------------------------------------------


class Mailbox:
    """Takes mail; `refuses` maps what a client sends to the server's answer."""

    def __init__(self, **refuses: str) -> None:
        self.refuses = refuses
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []

    async def handle_RCPT(  # noqa: N802 - the server's name for it
        self, _server: SMTP, _session: SmtpSession, received: Received, address: str, _options: list[str]
    ) -> str:
        """One recipient."""
        if answer := self.refuses.get(address.partition("@")[0]):
            return answer
        received.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: SmtpSession, received: Received
    ) -> str:
        """The mail itself."""
        if answer := self.refuses.get("data"):
            return answer
        content = received.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        self.recipients.append(list(received.rcpt_tos))
        return "250 OK"


@contextmanager
def mail_server(mailbox: Mailbox) -> Iterator[MailSettings]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=unused_port())
    controller.start()
    recipients = ("office@example.com", "boss@example.com")
    try:
        yield MailSettings(
            "127.0.0.1", controller.port, "Switchboard <leads@example.com>", recipients, security="none", limit_s=5
        )
    finally:
        controller.stop()


def test_a_mail_lists_the_fields() -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as settings:
        target = MailTarget(settings, clock=lambda: 1_795_394_590.0)
        asyncio.run(target.deliver(envelope()))
        asyncio.run(target.deliver(envelope()))
    first, again = mailbox.mails
    assert mailbox.recipients[0] == ["office@example.com", "boss@example.com"]
    assert first["Subject"] == "New lead - after_hours_hvac - +14155550199 - complete"
    assert (first["From"], first["Auto-Submitted"]) == ("Switchboard <leads@example.com>", "auto-generated")
    assert first["Date"] == "Mon, 23 Nov 2026 00:43:10 -0000"
    assert first["Message-ID"] == again["Message-ID"]
    assert first["Message-ID"].endswith("@example.com>")
    assert first["Message-ID"] != MailTarget(settings).message(envelope(version=2))["Message-ID"]
    assert first.get_content_type() == "text/plain"
    lines = first.get_content().splitlines()
    assert lines[:2] == ["name: Karen Mitchell", "callback: +14155550123 (not confirmed)"]
    assert "Caller: +14155550199" in lines
    assert "Call began: 2026-11-22T19:40:00-05:00" in lines


def test_nothing_a_caller_says_becomes_a_header_or_another_field() -> None:
    mailbox = Mailbox()
    evil = "x\r\nBcc: everybody@example.com\r\n\r\nbody\u2028name: Mallory\x00\x85callback: 1"
    with mail_server(mailbox) as settings:
        nasty = envelope({"name": (evil, evil, 0.9, True)}, caller=evil, call="CA1\r\nX-Evil: 1")
        asyncio.run(MailTarget(settings).deliver(nasty))
    (mail,) = mailbox.mails
    assert mail["Bcc"] is None and mail["X-Evil"] is None
    assert mailbox.recipients == [["office@example.com", "boss@example.com"]]
    flat = "x Bcc: everybody@example.com body name: Mallory callback: 1"
    assert mail["Subject"] == f"New lead - after_hours_hvac - {flat} - complete"
    lines = mail.get_content().splitlines()
    assert lines[0] == f"name: {flat}"
    assert [line for line in lines if line.startswith(("Bcc", "callback"))] == []


def test_a_name_in_another_script_arrives_whole() -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as settings:
        asyncio.run(MailTarget(settings).deliver(envelope({"name": ("Zoë Müller 李", "zoe", 0.9, True)}, caller="Zoë")))
    assert "name: Zoë Müller 李" in mailbox.mails[0].get_content()
    assert "Zoë" in mailbox.mails[0]["Subject"]


@pytest.mark.parametrize(
    ("refuses", "permanent"),
    [
        ({"data": "550 no"}, True),
        ({"data": "451 later"}, False),
        ({"office": "550 no", "boss": "550 no"}, True),
        ({"office": "550 no", "boss": "450 later"}, False),
    ],
)
def test_what_a_mail_server_answers_says_whether_to_try_again(refuses: dict[str, str], permanent: bool) -> None:
    with mail_server(Mailbox(**refuses)) as settings, pytest.raises(DeliveryFailed) as failed:
        asyncio.run(MailTarget(settings).deliver(envelope()))
    assert failed.value.permanent is permanent
    assert "example.com" not in str(failed.value)


def test_a_mail_that_one_recipient_got_is_delivered() -> None:
    mailbox = Mailbox(office="550 no")
    with mail_server(mailbox) as settings:
        asyncio.run(MailTarget(settings).deliver(envelope()))
    assert mailbox.recipients == [["boss@example.com"]]


def test_a_mail_server_that_is_not_there_is_tried_again() -> None:
    settings = MailSettings("127.0.0.1", unused_port(), "a@example.com", ("b@example.com",), security="none")
    with pytest.raises(DeliveryFailed) as failed:
        asyncio.run(MailTarget(settings).deliver(envelope()))
    assert not failed.value.permanent


def test_a_mail_is_not_sent_in_the_clear_unless_told() -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as settings:
        careful = MailSettings(settings.host, settings.port, settings.sender, settings.recipients, limit_s=5)
        with pytest.raises(DeliveryFailed):
            asyncio.run(MailTarget(careful).deliver(envelope()))
    assert mailbox.mails == []


# ---- SMS -----------------------------------------------------------------------------------------------------------


class Refused(CarrierError):
    def __init__(self, code: int | None) -> None:
        super().__init__("refused")
        self.code = code


def test_an_sms_is_short_and_of_complete_leads_only() -> None:
    sent: list[tuple[str, str]] = []

    async def send(to: str, body: str) -> str:
        sent.append((to, body))
        return "SM1"

    target = SmsTarget(SmsSettings("+14155550111"), send)
    asyncio.run(target.deliver(envelope(target="sms")))
    asyncio.run(target.deliver(envelope({"reason": ("no heat " * 100, "", 0.9, True)}, target="sms")))
    with pytest.raises(DeliveryFailed) as failed:
        asyncio.run(target.deliver(envelope(status="partial", target="sms")))
    assert failed.value.permanent
    (to, short), (_, long) = sent
    assert (to, short) == ("+14155550111", "New lead: name: Karen Mitchell; callback: +14155550123")
    assert len(long) <= 300
    assert long.startswith("New lead: reason: no heat no heat") and long.endswith("...")


@pytest.mark.parametrize(("code", "permanent"), [(21610, True), (30034, True), (20429, False), (None, False)])
def test_point_36_an_sms_that_is_refused(code: int | None, permanent: bool) -> None:
    async def send(_to: str, _body: str) -> str:
        raise Refused(code)

    with pytest.raises(DeliveryFailed) as failed:
        asyncio.run(SmsTarget(SmsSettings("+14155550111"), send).deliver(envelope(target="sms")))
    assert failed.value.permanent is permanent
    assert "555" not in str(failed.value)


def test_an_sms_is_at_most_300_characters_to_the_letter() -> None:
    room = 300 - len("New lead: reason: ")
    assert len(sms_text(envelope({"reason": ("x" * room, "", 0.9, True)}).payload, "New lead")) == 300
    cut = sms_text(envelope({"reason": ("x" * (room + 1), "", 0.9, True)}).payload, "New lead")
    assert len(cut) == 300 and cut.endswith("x...")
