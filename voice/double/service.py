"""The double itself: an account of the service, its REST API on a socket, its telephone network."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from aiohttp import web

from voice.double import calls_api, conferences_api, numbers_api
from voice.double.account import Account, Message, Number, RestRequest, new_sid
from voice.double.clock import Clock
from voice.double.exchange import Exchange
from voice.double.faults import Faults
from voice.double.leg import Leg
from voice.double.network import Network
from voice.double.parties import Party, Recorded, RecordedCaller
from voice.double.people import Person
from voice.double.recording import Recording
from voice.double.rest import application
from voice.double.webhooks import Webhook, Webhooks

ROUTES = calls_api.ROUTES + conferences_api.ROUTES + numbers_api.ROUTES


class Twilio:
    """An asynchronous context; everything runs in the event loop that enters it."""

    def __init__(
        self,
        *,
        account: str = "AC" + "0" * 32,
        auth_token: str,
        routes: Mapping[str, str] | None = None,
        speed: float = 1.0,
        faults: Faults | None = None,
        port: int = 0,
    ) -> None:
        """`routes` has public base → the server behind it: {"https://agent.example.com": "http://127.0.0.1:8080"}.
        `speed` is how many of its seconds pass in one. `port` is the REST interface's; 0: any free one."""
        self._port = port
        self.account = Account(account, auth_token, Clock(speed), faults or Faults())
        self.routes = dict(routes or {})
        """May be changed at any moment: a server that was started anew has another port."""
        self._runner: web.AppRunner | None = None
        self._network: Network | None = None

    async def __aenter__(self) -> Self:
        webhooks = Webhooks(self.account, self.routes)
        self._network = Network(self.account, webhooks, Exchange(self.account.clock))
        self._runner = web.AppRunner(application(self._network, ROUTES), shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        self.account.rest_url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._network is not None:
            await self._network.close()
        if self._runner is not None:
            await self._runner.cleanup()
        if error is None and self._network is not None and self._network.failures:
            raise self._network.failures[0]

    @property
    def network(self) -> Network:
        assert self._network is not None, "the double is used inside `async with`"
        return self._network

    @property
    def rest_url(self) -> str:
        """Base of the REST API, in place of https://api.twilio.com."""
        return self.account.rest_url

    @property
    def faults(self) -> Faults:
        return self.account.faults

    @property
    def people(self) -> dict[str, Person]:
        """Number → who answers it. A call to any other number fails."""
        return self.account.people

    @property
    def calls(self) -> dict[str, Leg]:
        """CallSid → leg, in order of creation."""
        return self.account.calls

    @property
    def messages(self) -> list[Message]:
        return self.account.messages

    @property
    def recordings(self) -> dict[str, Recording]:
        return self.account.recordings

    @property
    def requests(self) -> list[RestRequest]:
        """REST requests seen, in order."""
        return self.account.requests

    @property
    def webhooks(self) -> list[Webhook]:
        """Requests sent to the server, in order."""
        return self.network.webhooks.sent

    @property
    def violations(self) -> list[str]:
        """Anything that the service would have refused or warned about."""
        return self.account.violations

    def number(
        self,
        number: str,
        *,
        voice_url: str = "",
        voice_fallback_url: str = "",
        status_callback: str = "",
        voice_method: str = "POST",
    ) -> Number:
        """Gives the account a telephone number."""
        made = Number(
            new_sid("PN"),
            number,
            voice_url=voice_url,
            voice_method=voice_method,
            voice_fallback_url=voice_fallback_url,
            status_callback=status_callback,
        )
        self.account.numbers[number] = made
        return made

    async def dial_in(self, party: Party | Recorded, *, from_: str, to: str, **parameters: str) -> Leg:
        """Somebody rings one of the numbers. `parameters` go into every webhook of the call as well.

        Raises:
            LookupError: the account has no such number.
        """
        caller = party if isinstance(party, Party) else RecordedCaller(party)
        return self.network.arrive(caller, from_, to, parameters)

    async def settled(self) -> None:
        """Returns when every status callback so far has been delivered."""
        await self.network.webhooks.settled()
