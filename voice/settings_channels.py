"""Where leads and hand-off packets go, as `switchboard.yaml` says it: one model for each kind of channel."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from voice.settings_values import Conditional, Mailbox, Phone, Variable, Web

Text = Annotated[str, Field(min_length=1)]


class Form(BaseModel):
    """A part of the file; a key that it does not know is a mistake."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True, validate_default=False
    )


class WebhookForm(Form):
    """JSON by POST."""

    kind: Literal["webhook"]
    url: Web
    """Where it is sent."""
    secret_env: Variable
    """Variable that holds the key with which each request is signed."""


class EmailForm(Form):
    """A message by SMTP."""

    kind: Literal["email"]
    to: tuple[Mailbox, ...] = Field(min_length=1)
    """Who gets it."""
    from_: Mailbox = Field(alias="from")
    """Who it comes from."""
    host: Text
    """The mail server."""
    port: int = Field(587, ge=1, le=65535)
    """Its port."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is secured; `none` is for a mail server on this machine."""
    user: str = ""
    """Name to log in with; empty: without."""
    password_env: Variable | None = None
    """Variable that holds the password."""


class SlackForm(Form):
    """A message in a Slack channel."""

    kind: Literal["slack"]
    url_env: Variable
    """Variable that holds the incoming webhook's address: who knows it may post."""


class Delivered(Form):
    """What every delivery has."""

    partial: bool = False
    """Whether leads of calls that broke off are delivered too."""


class WebhookDelivery(WebhookForm, Delivered):
    """A lead as JSON by POST."""


class EmailDelivery(EmailForm, Delivered):
    """A lead by e-mail."""

    heading: Text = "New lead"
    """How the subject begins."""


class SlackDelivery(SlackForm, Delivered):
    """A lead in a Slack channel."""

    heading: Text = "New lead"
    """How the message begins."""


class JsonlDelivery(Delivered):
    """A lead as a line of a file."""

    kind: Literal["jsonl"]
    path: Text
    """The file, from this file's folder."""


class SmsDelivery(Form):
    """A complete lead as a text message to somebody of the business."""

    kind: Literal["sms"]
    to: Phone
    """Who gets it."""
    heading: Text = "New lead"
    """How the message begins."""
    only_if: Conditional | None = None
    """A slot and the value that it must have for a message to be sent: `gas_smell == yes`."""

    @property
    def partial(self) -> bool:
        """Never: a lead that isn't complete goes to no telephone."""
        return False


class ConfirmationDelivery(Form):
    """A text message to the caller, who has said yes to one, when the lead is complete."""

    kind: Literal["confirmation"]
    text: Text
    """What it says; {slot} stands for what the caller said."""
    only_if: Conditional
    """The slot in which the caller agreed, and its value: `text_ok == yes`."""
    to: Text = "caller"
    """The slot that holds the number; `caller`: the number that calls."""

    @property
    def partial(self) -> bool:
        """Never: nothing is confirmed that isn't complete."""
        return False


Screen = Annotated[WebhookForm | EmailForm | SlackForm, Field(discriminator="kind")]
Delivery = Annotated[
    WebhookDelivery | EmailDelivery | SlackDelivery | JsonlDelivery | SmsDelivery | ConfirmationDelivery,
    Field(discriminator="kind"),
]
