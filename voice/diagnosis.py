"""What the doctor's findings mean: each measured thing as a verdict, with what to do about it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from urllib.parse import urlsplit

import phonenumbers

from sop.graph import Graph
from voice.settings_form import Settings
from voice.tools import secrets_needed

_MEGABYTE = 1_000_000
_LEAST_FREE = 200 * _MEGABYTE
_LITTLE_FREE = 2_000 * _MEGABYTE
"""About a thousand minutes of recorded calls, at 16 bits and two channels of 8 kHz."""
_CLOCK_S = (5.0, 30.0)
_WRITE_MS = (100.0, 1000.0)
"""The second is when a write is put aside for later."""
_ODD_TYPES = {
    phonenumbers.PhoneNumberType.PREMIUM_RATE: "a premium-rate number",
    phonenumbers.PhoneNumberType.SHARED_COST: "a shared-cost number",
    phonenumbers.PhoneNumberType.PAGER: "a pager",
    phonenumbers.PhoneNumberType.VOICEMAIL: "a mailbox",
}
_EXAMPLES = (".example", "example.com", "example.org", "example.net")


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    """It works, but not as it should or not for long."""
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of the result."""

    check: str
    """What was looked at: settings, models, home, ..."""
    level: Level
    what: str
    remedy: str = ""
    """What to do; empty where nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request to /healthz. `why` is empty where an answer came."""

    why: str = ""
    status: int = 0
    instance: str = ""
    """Of the server that answered."""
    date: str = ""
    """The answer's Date header."""
    took_s: float = 0.0


def disk(folder: str, free: int) -> Verdict:
    """Bytes that are free where calls are kept."""
    what = f"{free // _MEGABYTE:,} MB are free in {folder}"
    remedy = "make room, or set `home` to a larger disk"
    if free < _LEAST_FREE:
        return Verdict("home", Level.FAIL, what, remedy)
    return Verdict("home", Level.WARN, what, remedy) if free < _LITTLE_FREE else Verdict("home", Level.OK, what)


def clock(answer: Answer, now: datetime) -> Verdict | None:
    """Our clock, `now` when the answer came, beside the answer's Date (whole seconds); None where it has none."""
    try:
        theirs = parsedate_to_datetime(answer.date)
    except ValueError:
        return None
    away = (now - (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC))).total_seconds() - answer.took_s / 2
    shown = f"this machine's clock is {abs(away):.0f} s {'ahead' if away > 0 else 'behind'}"
    remedy = "synchronise it (chrony, systemd-timesyncd): signed links expire by it"
    near, far = _CLOCK_S
    if abs(away) > far:
        return Verdict("clock", Level.FAIL, shown, remedy)
    if abs(away) > near:
        return Verdict("clock", Level.WARN, shown, remedy)
    return Verdict("clock", Level.OK, "this machine's clock is right")


def writes(took_ms: Iterable[float]) -> Verdict:
    """How long committed writes took; their median counts. Raises ValueError for none."""
    times = sorted(took_ms)
    if not times:
        raise ValueError("no write")
    median = times[len(times) // 2]
    what = f"the database takes writes in {median:.0f} ms"
    fast, slow = _WRITE_MS
    if median >= slow:
        return Verdict("database", Level.FAIL, what, "move it to a faster disk or nearer: nothing said may wait for it")
    if median >= fast:
        return Verdict("database", Level.WARN, what, "move it to a faster disk or nearer")
    return Verdict("database", Level.OK, what)


def public(url: str, answer: Answer, ours: str) -> Verdict:
    """What answers at the public address, where the instance `ours` should."""
    check = "public address"
    if answer.why:
        return Verdict(check, Level.FAIL, f"{url} can't be reached: {answer.why}", "mend that: no call gets through")
    if answer.status != 200:
        remedy = "have the proxy pass everything on to the host and port of `listen`, path and query unchanged"
        return Verdict(check, Level.FAIL, f"{url}/healthz answers {answer.status}", remedy)
    if not answer.instance:
        return Verdict(check, Level.FAIL, f"something else answers at {url}", "lead the address to this server")
    if answer.instance != ours:
        remedy = "lead the address to this server, or run the doctor where it leads"
        return Verdict(check, Level.FAIL, f"another server than this one answers at {url}", remedy)
    return Verdict(check, Level.OK, f"{url} leads to this server")


def account(status: str, kind: str) -> Verdict:
    """The carrier's account: "active", "suspended" or "closed"; "Full" or "Trial"."""
    if status != "active":
        return Verdict("account", Level.FAIL, f"the account is {status}", "settle that with the carrier")
    if kind == "Trial":
        remedy = "upgrade it: a trial account's calls are restricted, streams among them"
        return Verdict("account", Level.WARN, "the account is a trial", remedy)
    return Verdict("account", Level.OK, "the account takes our credentials")


def webhooks(number: str, found: Mapping[str, str], want: Mapping[str, str], public_url: str) -> Verdict:
    """A number's configuration at the carrier."""
    mend = f"switchboard twilio setup --number {number} --public-url {public_url}"
    wrong = [name for name, value in want.items() if found.get(name, "") != value]
    if wrong:
        return Verdict("numbers", Level.FAIL, f"{number} is not set up: {', '.join(wrong)}", f"`{mend}` sets it up")
    if not found.get("voice_fallback_url"):
        what = f"{number} has no fallback: callers hear an error when this machine is down"
        return Verdict("numbers", Level.WARN, what, f"`{mend} --fallback-url ...` sets one")
    return Verdict("numbers", Level.OK, f"{number} is set up")


def secrets(names: Iterable[str], environment: Mapping[str, str]) -> Iterator[Verdict]:
    """Environment variables that hold secrets."""
    for name in names:
        if value := environment.get(name):
            if value != value.strip():
                what = f"{name} begins or ends with a blank or a line break"
                yield Verdict("secrets", Level.FAIL, what, "set it again, without")
            else:
                yield Verdict("secrets", Level.OK, f"{name} is set")
        else:
            yield Verdict("secrets", Level.FAIL, f"the environment lacks {name}", f"set {name} to the secret")


def flow(graph: Graph) -> Iterator[Verdict]:
    """A flow that the loader found no mistake in, and the addresses of its tools."""
    counts = f"{len(graph.steps)} steps, {len(graph.slots)} slots"
    yield Verdict("flows", Level.OK, f"{graph.name} version {graph.version}: no mistakes in {counts}")
    for tool in graph.tools.values():
        host = urlsplit(tool.url).hostname or ""
        if host.endswith(_EXAMPLES):
            what = f"the tool {tool.name} of {graph.name} is at {host}, which is an example"
            yield Verdict("flows", Level.FAIL, what, "write its real address into the flow")


def people(settings: Settings) -> Iterator[Verdict]:
    """Telephones of people that are odd, double or never rung."""
    listed = {name for shifts in settings.lists.values() for shift in shifts for name in shift.people}
    seen: dict[str, str] = {}
    for name, person in settings.people.items():
        kind = _ODD_TYPES.get(phonenumbers.number_type(phonenumbers.parse(person.number)))
        if kind:
            yield Verdict("people", Level.WARN, f"{name} has {kind}", "write a telephone that somebody answers")
        elif person.number in seen:
            what = f"{name} has the same telephone as {seen[person.number]}"
            yield Verdict("people", Level.WARN, what, "it is rung once; give each person their own")
        elif name not in listed:
            yield Verdict("people", Level.WARN, f"{name} is on no list", "put them on one, or remove them")
        else:
            yield Verdict("people", Level.OK, f"{name} can be rung")
        seen.setdefault(person.number, name)


def variables(settings_names: Iterable[str], graphs: Iterable[Graph]) -> tuple[str, ...]:
    """Every environment variable that the settings and the flows' tools name."""
    return tuple(sorted({*settings_names, *(name for graph in graphs for name in secrets_needed(graph.tools))}))


def failed(verdicts: Iterable[Verdict]) -> bool:
    """Whether something has to be mended before calls can be taken."""
    return any(verdict.level is Level.FAIL for verdict in verdicts)
