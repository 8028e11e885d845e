"""`switchboard twilio setup`: points a number of the account at this server, and proves that the way back works.

What is set is read back and shown beside what was there before. Then two requests go to the public address as the
carrier would send them, one signed and one signed wrongly: the first has to be taken and the second refused.
"""

import asyncio
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

import aiohttp
import typer
from rich.console import Console
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from voice.errors import OperatorError, SwitchboardError
from voice.rest import Rest, RestSettings
from voice.twiml import Texts, static_fallback

PING = "/twilio/ping"
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_ON_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})
_RING_S = 20
_FIELDS = (
    "voice_url",
    "voice_method",
    "voice_fallback_url",
    "voice_fallback_method",
    "status_callback",
    "status_callback_method",
)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
_console = Console(highlight=False)
_errors = Console(stderr=True, highlight=False)


@app.callback()
def main() -> None:
    """The carrier's side: numbers of the account."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the result."""

    ok: bool
    text: str


def wanted(public_url: str, fallback_url: str) -> dict[str, str]:
    """What a number's configuration has to be; its fallback stays as it is without a `fallback_url`.

    Raises:
        OperatorError: an address is unfit for it.
    """
    _fit("--public-url", public_url)
    base = public_url.rstrip("/")
    found = {
        "voice_url": f"{base}/twilio/voice",
        "voice_method": "POST",
        "status_callback": f"{base}/twilio/call-status",
        "status_callback_method": "POST",
    }
    if fallback_url:
        _fit("--fallback-url", fallback_url)
        if urlsplit(fallback_url).netloc.lower() == urlsplit(base).netloc.lower():
            raise OperatorError("--fallback-url is on this server: it has to answer when this server does not")
        found |= {"voice_fallback_url": fallback_url, "voice_fallback_method": "GET"}
    return found


def _fit(option: str, url: str) -> None:
    parts = urlsplit(url)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _ON_THIS_MACHINE)
    if not secure or not parts.hostname:
        raise OperatorError(f"{option} has to be an https:// address")
    if "@" in parts.netloc or parts.fragment or (option == "--public-url" and parts.query):
        raise OperatorError(f"{option} has a user, a query or a fragment in it: leave them out")


async def configure(rest: Rest, number: str, want: Mapping[str, str], *, write: bool) -> tuple[dict[str, str], bool]:
    """(the number's configuration before, whether it is as wanted now).

    Raises:
        OperatorError: the account has no such number, or something else than webhooks answers it.
        RestError: the carrier refused.
    """
    held = await rest.ask(
        "looking the number up",
        lambda twilio: twilio.incoming_phone_numbers.list_async(phone_number=number, limit=20),
    )
    found = next((one for one in held if one.phone_number == number), None)
    if found is None:
        raise OperatorError(f"the account has no number {number}: buy it, or name its account")
    for what, sid in (("an application", "voice_application_sid"), ("a SIP trunk", "trunk_sid")):
        if getattr(found, sid, None):
            raise OperatorError(f"{number} is answered by {what}, which goes before webhooks: take it off there first")
    before = _configuration(found)
    if not write or _as_wanted(before, want):
        return before, _as_wanted(before, want)
    await rest.ask(
        "setting the number up", lambda twilio: twilio.incoming_phone_numbers(found.sid).update_async(**want)
    )
    again = await rest.ask(
        "reading the number back", lambda twilio: twilio.incoming_phone_numbers(found.sid).fetch_async()
    )
    return before, _as_wanted(_configuration(again), want)


def _configuration(number: Any) -> dict[str, str]:
    return {name: str(getattr(number, name, None) or "") for name in _FIELDS}


def _as_wanted(found: Mapping[str, str], want: Mapping[str, str]) -> bool:
    return all(found[name] == value for name, value in want.items())


async def prove(public_url: str, account: str, token: str, timeout_s: float = 10.0) -> tuple[Finding, ...]:
    """Sends the two requests; a signed one is to be answered 204, a wrongly signed one 403."""
    url = public_url.rstrip("/") + PING
    form = {"AccountSid": account, "Check": secrets.token_hex(8), "Blank": ""}
    signature = RequestValidator(token).compute_signature(_as_signed(url), form)
    limits = aiohttp.ClientTimeout(total=timeout_s)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=limits) as session:
        try:
            right = await _status(session, url, form, signature)
            wrong = await _status(session, url, form, RequestValidator(token + "x").compute_signature(url, form))
        except (aiohttp.ClientError, TimeoutError) as error:
            return (Finding(False, _unreached(error)),)
    return _judged(right, wrong)


def _as_signed(url: str) -> str:
    """The carrier leaves the port of an https address out of what it signs."""
    parts = urlsplit(url)
    bare = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return parts._replace(netloc=bare).geturl() if parts.scheme == "https" else url


async def _status(session: aiohttp.ClientSession, url: str, form: Mapping[str, str], signature: str) -> int:
    headers = {"X-Twilio-Signature": signature}
    async with session.post(url, data=form, headers=headers, allow_redirects=False) as response:
        return response.status


def _judged(right: int, wrong: int) -> tuple[Finding, ...]:
    """What two statuses say about the way from the carrier to the server."""
    if (right, wrong) == (204, 403):
        return (
            Finding(True, "a signed request was taken (204)"),
            Finding(True, "a wrongly signed request was refused (403)"),
        )
    if right == 204:
        return (Finding(False, f"the server takes requests that nobody signed right ({wrong}): anybody can ring it"),)
    if right == 403:
        return (
            Finding(
                False,
                "the server refuses the carrier's signature (403): it has another auth token than TWILIO_AUTH_TOKEN, "
                "or its public URL is not the one given here, or a proxy changes the path or the query",
            ),
        )
    return (Finding(False, _STATUS.get(right, _STATUS.get(right // 100, f"an unexpected answer ({right})"))),)


_STATUS = {
    3: "the address redirects, and a redirected POST loses its parameters: give the address it leads to",
    401: "something before the server asks for a password (401): let the carrier through without one",
    404: "nothing at /twilio/ping (404): the address leads somewhere else, or the proxy cuts the path",
    405: "the address takes no POST (405): it leads somewhere else",
    5: "the proxy answers, the server behind it does not (5xx): is it running, on the port that the proxy uses?",
}


def _unreached(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "the public address's name is not known (DNS)"
    if isinstance(error, aiohttp.ClientSSLError):
        return "the public address's certificate is not accepted: the carrier would not accept it either"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "nothing listens at the public address: wrong port, a firewall, or the proxy is not running"
    if isinstance(error, TimeoutError):
        return "the public address does not answer in time: a firewall, or the server hangs"
    return f"the public address breaks the connection off ({type(error).__name__})"


def fallback_help(number: str, on_call: tuple[str, ...]) -> str:
    """How to make a fallback that answers when this machine does not, with the document for it."""
    document = static_fallback(Texts(), on_call, timeout_s=_RING_S, caller_id=number)
    return (
        "No fallback: with this machine down, callers hear an error. Put this document where it can be fetched without "
        "this machine (in the carrier's console as a TwiML Bin, or on any static https host), and give its address as "
        f"--fallback-url:\n\n{document}\n"
    )


@app.command()
def setup(
    number: Annotated[str, typer.Option(help="The business's number, E.164: +14155550123.")],
    public_url: Annotated[str, typer.Option(help="Where the carrier reaches this server: https://agent.example.com.")],
    fallback_url: Annotated[str, typer.Option(help="A document on another host, for when this server is down.")] = "",
    on_call: Annotated[
        list[str] | None, typer.Option(help="Who is rung by the fallback document that is printed; may be repeated.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing, only look.")] = False,
    rest_url: Annotated[str, typer.Option(hidden=True)] = "https://api.twilio.com",
) -> None:
    """Points a number at this server and checks the way back. The account comes from TWILIO_ACCOUNT_SID and
    TWILIO_AUTH_TOKEN."""
    try:
        good = asyncio.run(_set_up(number, public_url, fallback_url, tuple(on_call or ()), check, rest_url))
    except SwitchboardError as error:
        _errors.print(f"switchboard: {error}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    if not good:
        raise typer.Exit(1)


async def _set_up(
    number: str, public_url: str, fallback_url: str, on_call: tuple[str, ...], check: bool, rest_url: str
) -> bool:
    account, token = os.environ.get("TWILIO_ACCOUNT_SID", ""), os.environ.get("TWILIO_AUTH_TOKEN", "")
    if not account or not token:
        raise OperatorError("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are needed, in the environment")
    for one in (number, *on_call):
        if not _NUMBER.fullmatch(one):
            raise OperatorError("numbers are written as +14155550123: a plus, the country, no spaces")
    want = wanted(public_url, fallback_url)
    rest = Rest(RestSettings(account, token, base=rest_url))
    try:
        before, good = await configure(rest, number, want, write=not check)
    finally:
        await rest.close()
    _show(before, want, good, check)
    if not (fallback_url or before["voice_fallback_url"]):
        _console.print(fallback_help(number, on_call), markup=False, soft_wrap=True)
    findings = await prove(public_url, account, token)
    for finding in findings:
        mark, style = ("ok   ", "green") if finding.ok else ("wrong", "red")
        _console.print(f"{mark} {finding.text}", style=style, markup=False, soft_wrap=True)
    return good and all(finding.ok for finding in findings)


def _show(before: Mapping[str, str], want: Mapping[str, str], good: bool, check: bool) -> None:
    for name, value in want.items():
        if before[name] == value:
            line = f"  {name}: {value}"
        else:
            line = f"{'!' if check or not good else '+'} {name}: {before[name] or '(nothing)'} → {value}"
        _console.print(line, markup=False, soft_wrap=True)
    if not good:
        said = "not set up as it should be" if check else "the carrier did not keep what was set"
        _console.print(f"wrong {said}", style="red", markup=False)
