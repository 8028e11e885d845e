"""What may stand in `switchboard.yaml`: its parts as plain, frozen models. Their explanations are the schema's too."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from voice.settings_channels import Delivery, Form, Screen, Text
from voice.settings_values import (
    Account,
    AnyWeb,
    Callers,
    Clock,
    Country,
    Database,
    Day,
    Phone,
    Public,
    Share,
    Stretches,
    Variable,
    Web,
    Zone,
)

Weekday = Literal[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "weekdays", "weekend", "every_day", "closed_days",
]  # fmt: skip


class Listen(Form):
    """Where the server takes requests; a reverse proxy with the certificate stands before it."""

    host: Text = "127.0.0.1"
    """Address to listen on."""
    port: int = Field(8080, ge=0, le=65535)
    """Port; 0 for any free one."""


class Models(Form):
    """The speech models: names of `switchboard models list`, or paths from the file's folder."""

    ears: Text
    """The Whisper that hears callers."""
    voice: Text
    """The Piper voice that speaks."""
    threads: int = Field(2, ge=1, le=256)
    """Threads of the Whisper."""


class Twilio(Form):
    """The account whose numbers are answered."""

    account: Account
    """The account's SID."""
    auth_token_env: Variable
    """Variable that holds the primary auth token: requests are signed with it."""
    previous_token_env: Variable | None = None
    """Variable that holds the token before the last change; signatures with it are still taken."""
    sms_from: str = Field("", pattern=r"^(\+[1-9][0-9]{6,14}|MG[0-9a-fA-F]{32})?$")
    """Number or messaging service that texts come from; by default the number that was rung."""
    api_url: Web = "https://api.twilio.com"
    """Where the REST interface is; another one in tests only."""
    region: str = Field("", pattern=r"^[a-z]{2}[0-9]*$|^$")
    """Region of the account, such as ie1; together with `edge`."""
    edge: str = Field("", pattern=r"^[a-z-]*$")
    """Edge through which the region is reached, such as dublin; together with `region`."""

    conferences: bool = True
    """Whether callers and people may meet in a conference: a person is asked first then, while the agent stays with
    the caller. `false`: the carrier dials from the caller's own call."""

    @property
    def rest_url(self) -> str:
        """Base of the REST interface."""
        return f"https://api.{self.edge}.{self.region}.twilio.com" if self.region else self.api_url


class Limits(Form):
    """How much is done at once, how long, and at what price."""

    calls: int = Field(16, ge=1, le=10_000)
    """Calls at a time; a further one goes to the fallback."""
    longest_minutes: int = Field(30, ge=1, le=240)
    """A call that lasts so long is brought to an end."""
    drain_seconds: int = Field(120, ge=0, le=3600)
    """How long a server that is told to stop waits for its calls."""
    lost_seconds: int = Field(120, ge=1, le=3600)
    """A call whose stream broke, and that is not heard of for so long, is over: what it left is delivered."""
    transfers_at_once: int = Field(4, ge=0, le=1000)
    """People's telephones that are rung or talking at a time; 0: nobody is dialled."""
    ring_seconds: int = Field(15, ge=5, le=60)
    """How long one person's telephone rings before the next one's does."""
    dial_minutes: int = Field(60, ge=1, le=240)
    """How long a caller and a person may talk."""
    spend_per_day: float = Field(0.0, ge=0)
    """Money for people's legs in a day, in the currency of `cost_per_minute`; 0: no limit."""
    cost_per_minute: float = Field(0.0, ge=0)
    """Price of one minute of a person's leg."""
    answer_target_seconds: int = Field(30, ge=1, le=600)
    """A person who takes longer to take over raises an alarm."""


class PersonForm(Form):
    """Somebody who can be rung."""

    name: Text
    """As it is spoken to callers."""
    number: Phone
    """Their telephone."""


class ShiftForm(Form):
    """People who are on duty together."""

    people: tuple[str, ...] = Field(min_length=1)
    """Names under `people`, in the order in which they are rung."""
    days: tuple[Weekday, ...] = Field(("every_day",), min_length=1)
    """Days on which it begins; `closed_days` are holidays and `closed` days, on which it then holds instead."""
    from_: Clock = Field("00:00", alias="from")
    """When it begins."""
    to: Clock = "24:00"
    """When it ends; at or before `from`: on the next day."""


class ReaderForm(Form):
    """A language model that helps to read what callers say, over the OpenAI chat-completions protocol."""

    url: AnyWeb
    """Its base, with the version: http://localhost:8000/v1."""
    model: Text
    """The model's name there."""
    key_env: Variable | None = None
    """Variable that holds the key."""
    timeout_ms: int = Field(800, ge=50, le=10_000)
    """How long it may take; then the rules' reading is used."""


class Crm(Form):
    """Who is calling: asked before the first word."""

    url: Web
    """Asked with the caller's number."""
    secret_env: Variable | None = None
    """Variable that holds the key."""
    timeout_ms: int = Field(500, ge=50, le=700)
    """How long it may take; then the call begins without."""


class Week(Form):
    """When the business is open: for each day a stretch, or a list of them."""

    monday: Stretches = ()
    tuesday: Stretches = ()
    wednesday: Stretches = ()
    thursday: Stretches = ()
    friday: Stretches = ()
    saturday: Stretches = ()
    sunday: Stretches = ()


class StaffFirst(Form):
    """People are rung first; the agent answers where nobody does."""

    list: str
    """Who is rung."""
    seconds: int = Field(20, ge=5, le=60)
    """How long."""


class Recording(Form):
    """Whether calls are recorded, and what callers are told."""

    mode: Literal["announce", "ask", "none"] = "none"
    """Tell callers, ask them, or record nothing."""
    script: str = ""
    """The words that tell or ask; `announce` without any relies on the procedure's greeting."""


class Voicemail(Form):
    """What is offered when neither the agent nor a person can be had."""

    prompt: Text = "We can't take your call right now. Please leave a message after the tone."
    """Said before the tone."""
    seconds: int = Field(120, ge=5, le=600)
    """The longest message."""


class Number(Form):
    """One number of the business and how its calls are taken."""

    flow: Text
    """The procedure: the name of a shipped flow, or a path from this file's folder."""
    open_flow: str = ""
    """The procedure in business hours; without it `flow` is followed at all hours."""
    time_zone: Zone | None = None
    """The business's clock; without it that of the flow's `hours`."""
    hours: Week | None = None
    """When the business is open; without it the flow's `hours`."""
    holidays: Country = ""
    """Country whose public holidays are days off."""
    closed: tuple[Day, ...] = ()
    """Further days off."""
    share: Share = 100
    """Percentage of calls that the agent takes; `human` gets the others."""
    human: str = ""
    """The list that gets the calls which the agent does not take."""
    staff_first: StaffFirst | None = None
    transfers: dict[str, str] = Field(default_factory=dict)
    """The flow's transfer targets and the list that each one means."""
    fallback: str = ""
    """The list that is rung when the agent fails."""
    recording: Recording = Recording()
    deliveries: tuple[str, ...] = ()
    """Names under `deliveries`: where the leads of this number go."""
    allow: tuple[Callers, ...] = ()
    """Callers who are never taken for spam: numbers, or their beginning with a star behind it, "+1900*"."""
    block: tuple[Callers, ...] = ()
    """Callers whom the agent does not answer, written alike."""
    voicemail: Voicemail | None = None
    longest_minutes: int | None = Field(None, ge=1, le=240)
    """Instead of the limit of that name."""


class Settings(Form):
    """The whole file."""

    public_url: Public
    """Where the carrier reaches this server: scheme and host."""
    listen: Listen = Listen()
    home: Path = Path()
    """Folder of models, calls and prompts, from this file's folder; SWITCHBOARD_HOME's, or the user's, by default."""
    models: Models
    store: Database | None = None
    """The database: sqlite:///FILE or postgresql://user@host/name; SQLite in the home by default."""
    twilio: Twilio | None = None
    limits: Limits = Limits()
    people: dict[str, PersonForm] = Field(default_factory=dict)
    """Who can be rung."""
    lists: dict[str, Annotated[tuple[ShiftForm, ...], Field(min_length=1)]] = Field(default_factory=dict)
    """On-call lists: the shifts of each."""
    screens: tuple[Screen, ...] = ()
    """Where a caller's case is shown before a person is rung."""
    deliveries: dict[str, Delivery] = Field(default_factory=dict)
    """Where leads go."""
    reader: ReaderForm | None = None
    crm: Crm | None = None
    numbers: dict[Phone, Number] = Field(min_length=1)
    """The numbers that are answered."""

    @property
    def store_url(self) -> str:
        """The database; SQLite in the home unless another is named."""
        return self.store or f"sqlite+aiosqlite:///{self.home / 'switchboard.db'}"

    @property
    def journals(self) -> Path:
        """Folder of the calls' journals and recordings."""
        return self.home / "calls"

    @property
    def recordings(self) -> Path:
        """Folder of what the carrier has recorded."""
        return self.home / "recordings"

    @property
    def cache(self) -> Path:
        """Folder of rendered prompts."""
        return self.home / "prompts"

    @property
    def model_folder(self) -> Path:
        """Folder of downloaded models."""
        return self.home / "models"
