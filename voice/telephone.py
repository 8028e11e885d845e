"""What all calls share when a person is to take over: the carrier, where it finds our documents, the screens, the
briefs, and the limits on what may be dialled."""

import asyncio
import hmac
import io
import secrets
import time
import wave
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from sop.handoff import Packet
from sop.handoff_page import as_html
from voice import brief, packet_link
from voice.audio import LINE_RATE, decode, duration_ms
from voice.carrier import Carrier, LegOrder
from voice.commands import PassOn
from voice.dial_limits import DialLimits, DialSettings, begun_minutes
from voice.errors import EngineError, StoreError
from voice.plan import CallPlan
from voice.screens import Screens
from voice.store import Store, StoredTransfer
from voice.tts import Synthesiser

log = structlog.get_logger()

_MOST_BRIEFS = 256
_RENDER_S = 2.0
_TAKEN = frozenset({"accepted", "connected"})
"""Stages of a transfer that may last."""


@dataclass(frozen=True, slots=True)
class TelephoneSettings:
    """Where the carrier reaches us, and what may be dialled."""

    base: str = ""
    """The public URL, without a slash at its end; empty where no carrier calls back."""
    packets: Path = Path("packets")
    """Folder of the packets' pages."""
    secret: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    """Signs the links to packets."""
    dial: DialSettings = field(default_factory=DialSettings)
    records: bool = False
    """Whether the carrier is asked to record."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What a person hears when they pick up."""

    text: str
    mulaw: bytes
    """Empty where it could not be rendered: the carrier reads the text then."""
    name: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    """Nobody can guess it."""


@dataclass(frozen=True, slots=True)
class Dialled:
    """People whom the carrier dials for a call, one after the other."""

    transfer: int
    people: tuple[tuple[str, str], ...]
    """(name, E.164)."""
    caller_id: str
    timeout_s: int

    @property
    def numbers(self) -> tuple[str, ...]:
        """Theirs alone."""
        return tuple(number for _, number in self.people)


class Telephone:
    """Shared by all calls; lives in the event loop's thread."""

    def __init__(
        self,
        carrier: Carrier,
        synthesiser: Synthesiser,
        screens: Screens | None,
        settings: TelephoneSettings,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        """`clock` gives an aware moment, whose date is the day that a day's spend counts for."""
        self.carrier = carrier
        self.clock = clock
        self._synthesiser = synthesiser
        self._screens = screens
        self._settings = settings
        self._limits = DialLimits(settings.dial)
        self._briefs: dict[str, Brief] = {}
        self._legs: dict[str, tuple[str, int]] = {}
        self._rung_for: dict[tuple[str, int], int] = {}
        """(call, leg) of a leg that is up → the number of its transfer."""
        self._dials: dict[str, Dialled] = {}
        self.alarms = 0
        """People who were slower to take over than the target."""

    async def begin(self, store: Store) -> None:
        """Counts for today what an earlier process has dialled today. Where the ledger does not say how long somebody
        was with a caller, it was the longest that they may be."""
        now = self.clock()
        try:
            found = await store.transfers_since((now - timedelta(days=2)).date().isoformat())
        except StoreError as error:
            log.error("what was dialled today is not known", error=str(error))
            return
        minutes = sum(_minutes(one, now, self._settings.dial.longest_s) for one in found)
        self._limits = self._limits.having_spent(minutes, now)

    # ---- where the carrier finds us ------------------------------------------------------------------------

    def join_url(self, call: str, leg: int) -> str:
        """The document that puts the caller into the conference."""
        return self._url(f"/twilio/transfer/{call}/{leg}/join")

    def dial_url(self, call: str, plan: CallPlan, command: PassOn) -> str:
        """The document that dials people one after the other and comes back to us."""
        ring_s = plan.settings.transfer.ring_timeout_s
        self._dials[call] = Dialled(command.transfer, command.people, plan.number, ring_s)
        return self._url(f"/twilio/transfer/{call}/dial")

    def dialled(self, call: str) -> Dialled | None:
        """What the call's dial document is to do; None for a call that was not passed on."""
        return self._dials.get(call)

    def dial_begins(self, call: str, n: int) -> int:
        """Person `n` of the dial document is about to be rung: seconds that it may last; 0: nobody may be rung now."""
        name, now = _dial(call, n), self.clock()
        if not self._limits.is_up(name) and not self._limits.refusal(now):
            self._limits = self._limits.begun(name, now)
        return self._limits.reserved_s(name)

    def dial_over(self, call: str, n: int, *, answered: bool) -> None:
        """It has ended; again changes nothing."""
        name = _dial(call, n)
        self._limits = self._limits.ended(name, self.clock()) if answered else self._limits.unconnected(name)

    def dial_done(self, call: str) -> None:
        """The document is left behind, by the caller's coming back or hanging up."""
        dialled = self._dials.pop(call, None)
        for n in range(len(dialled.people) if dialled else 0):
            self.dial_over(call, n, answered=True)

    def apology_url(self) -> str:
        """The document for a person whose caller has gone."""
        return self._url("/twilio/apology")

    def recording_url(self) -> str:
        """Where the carrier reports its recordings; empty where it makes none."""
        return self._url("/twilio/recording") if self._settings.records and self._settings.base else ""

    def _url(self, path: str) -> str:
        return f"{self._settings.base}{path}"

    # ---- legs ----------------------------------------------------------------------------------------------

    def order(self, call: str, leg: int, plan: CallPlan, number: str, timeout_s: int, *, transfer: int = 0) -> LegOrder:
        """The order for a person's leg, which counts among the limits from now on until it is `over`. Raises ValueError
        where none may be dialled (`refusal`)."""
        folder, name = f"/twilio/transfer/{call}/{leg}", f"{call}/{leg}"
        self._limits = self._limits.begun(name, self.clock())
        self._rung_for[call, leg] = transfer
        return LegOrder(
            to=number,
            caller_id=plan.number,
            document_url=self._url(f"{folder}/brief"),
            status_url=self._url(f"{folder}/status"),
            machine_url=self._url(f"{folder}/machine") if plan.detects_machines else "",
            timeout_s=timeout_s,
            longest_s=min(self._settings.dial.longest_s, self._limits.reserved_s(name)),
        )

    def refusal(self) -> str:
        """Why nobody may be dialled now; "" when somebody may."""
        return self._limits.refusal(self.clock())

    def placed(self, sid: str, call: str, leg: int) -> None:
        """The carrier has named a leg; its end may have come before."""
        if (call, leg) in self._rung_for:
            self._legs[sid] = (call, leg)

    def over(self, call: str, leg: int, *, answered: bool) -> int | None:
        """A leg has ended, or could not be dialled: the number of the transfer that it was for. None for one that was
        over already, or that an earlier process has dialled; it changes nothing."""
        name = f"{call}/{leg}"
        now = self.clock()
        self._limits = self._limits.ended(name, now) if answered else self._limits.unconnected(name)
        self._legs = {sid: held for sid, held in self._legs.items() if held != (call, leg)}
        return self._rung_for.pop((call, leg), None)

    def legs_of(self, call: str) -> tuple[str, ...]:
        """The carrier's names of the call's legs that are up."""
        return tuple(sid for sid, (owner, _) in self._legs.items() if owner == call)

    def leg_of(self, sid: str) -> tuple[str, int] | None:
        """(call, leg) of the carrier's name for a leg."""
        return self._legs.get(sid)

    # ---- packet and brief ----------------------------------------------------------------------------------

    async def announce(self, call: str, transfer: int, packet: Packet) -> None:
        """Shows the packet on the screens and renders the brief, at once; neither holds up the ring for long."""
        self._keep_page(call, transfer, packet)
        showing = self._screens.show(packet, self._link(call, transfer)) if self._screens else asyncio.sleep(0)
        _, found = await asyncio.gather(showing, self._render(packet))
        self._briefs[call] = found
        while len(self._briefs) > _MOST_BRIEFS:
            del self._briefs[next(iter(self._briefs))]

    def brief(self, call: str) -> Brief | None:
        """What to tell the person who picks up for this call."""
        return self._briefs.get(call)

    def brief_audio(self, name: str) -> bytes | None:
        """The brief of that name as a WAV of 8000 Hz; None: there is none, or none any more."""
        found = next((brief for brief in self._briefs.values() if hmac.compare_digest(brief.name, name)), None)
        return wav(found.mulaw) if found is not None and found.mulaw else None

    def _link(self, call: str, transfer: int) -> str:
        expires = int(time.time()) + packet_link.LIFETIME_S
        return packet_link.link(self._settings.base, call, transfer, self._settings.secret, expires)

    def page(self, path_and_query: str) -> str | None:
        """The packet's page behind a signed link; None when the link is not ours, or has expired."""
        ref = packet_link.opened(path_and_query, self._settings.secret, time.time())
        path = self._settings.packets / f"{ref.call}_{ref.part}.html" if ref else None
        return path.read_text(encoding="utf-8") if path is not None and path.is_file() else None

    def _keep_page(self, call: str, transfer: int, packet: Packet) -> None:
        """Without a page the transfer goes on: the packet is on the screens, and in the brief."""
        path = self._settings.packets / f"{call}_{transfer}.html"
        try:
            self._settings.packets.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(as_html(packet), encoding="utf-8")
        except OSError as error:
            log.error("packet's page not written", call=call, transfer=transfer, error=error.strerror)

    async def _render(self, packet: Packet) -> Brief:
        text = brief.brief(packet)
        try:
            async with asyncio.timeout(_RENDER_S):
                mulaw = await self._speak(text)
                while not brief.fits(duration_ms(len(mulaw))) and text != brief.KEYS:
                    text = brief.shorter(packet, text, duration_ms(len(mulaw)))
                    mulaw = await self._speak(text)
        except (EngineError, TimeoutError) as error:
            log.error("brief not rendered: the carrier reads it", error=type(error).__name__)
            return Brief(text, b"")
        return Brief(text, mulaw)

    async def _speak(self, text: str) -> bytes:
        return b"".join([piece async for piece in self._synthesiser.speak(text, fixed=False)])

    # ---- the alarm -----------------------------------------------------------------------------------------

    async def alarm(self, call: str, transfer: int, seconds: float) -> None:
        """Somebody was slower to take over than the target."""
        self.alarms += 1
        log.error("slow to answer", call=call, transfer=transfer, seconds=seconds)
        if self._screens is not None:
            text = f"A caller has waited {round(seconds)} seconds for a person"
            await self._screens.alarm(text, self._link(call, transfer))

    async def close(self) -> None:
        """No more calls will come."""
        if self._screens is not None:
            await self._screens.close()
        await self.carrier.close()


def _dial(call: str, n: int) -> str:
    """What a leg of the dial document is called among the limits."""
    return f"{call}/dial/{n}"


def _minutes(one: StoredTransfer, now: datetime, longest_s: int) -> int:
    """Minutes of today that a transfer of the ledger has cost, at least one: its row holds the last of its legs."""
    rung, accepted, ended = (_moment(at, now) for at in (one.rung_at, one.accepted_at, one.ended_at))
    if rung is None or rung.date() != now.date():
        return 0
    began = accepted - timedelta(seconds=one.seconds) if accepted and one.seconds else rung
    latest = accepted if accepted and one.stage in _TAKEN else rung
    if ended is None or ended < latest:
        return begun_minutes(longest_s if one.stage in _TAKEN else 0)
    return begun_minutes((ended - min(began, rung)).total_seconds())


def _moment(at: str | None, now: datetime) -> datetime | None:
    """In the zone of `now`; None for what isn't known, or can't be read."""
    try:
        return datetime.fromisoformat(at).astimezone(now.tzinfo) if at else None
    except ValueError:
        return None


def wav(mulaw: bytes) -> bytes:
    """µ-law at 8000 Hz as a WAV of 16 bits."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(LINE_RATE)
        file.writeframes(decode(mulaw).astype("<i2").tobytes())
    return out.getvalue()
