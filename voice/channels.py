"""The settings' channels as they work: where leads go, and the screens that a packet is shown on."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path

from voice.carrier import Carrier
from voice.confirmation import ConfirmationSettings, ConfirmationTarget, rung
from voice.delivery import (
    FileSettings,
    FileTarget,
    MailSettings,
    MailTarget,
    SlackSettings,
    SlackTarget,
    SmsSettings,
    SmsTarget,
    WebhookSettings,
    WebhookTarget,
)
from voice.envelope import Envelope, Target
from voice.plans import target_name
from voice.screens import ChatScreen, MailScreen, ScreenSettings, WebhookScreen
from voice.settings import Settings
from voice.settings_channels import (
    ConfirmationDelivery,
    Delivery,
    EmailDelivery,
    EmailForm,
    JsonlDelivery,
    SlackDelivery,
    SlackForm,
    SmsDelivery,
    WebhookDelivery,
    WebhookForm,
)
from voice.settings_values import condition

Secrets = Mapping[str, str]
"""Name of an environment variable → its value."""


def targets(
    settings: Settings, secrets: Secrets, carrier: Carrier, welcome: Callable[[str], Awaitable[bool]]
) -> dict[str, Target]:
    """Where leads go, by the outbox's names. `welcome(number)` says whether texts to it are."""
    return {
        target_name(settings, name): _target(one, secrets, carrier, welcome)
        for name, one in settings.deliveries.items()
    }


def _target(one: Delivery, secrets: Secrets, carrier: Carrier, welcome: Callable[[str], Awaitable[bool]]) -> Target:
    match one:
        case WebhookDelivery():
            return WebhookTarget(WebhookSettings(one.url, _secret(one.secret_env, secrets)))
        case EmailDelivery():
            return MailTarget(
                MailSettings(
                    one.host,
                    one.port,
                    one.from_,
                    one.to,
                    one.user,
                    _secret(one.password_env, secrets),
                    one.security,
                    one.heading,
                )
            )
        case SlackDelivery():
            return SlackTarget(SlackSettings(secrets[one.url_env], one.heading))
        case JsonlDelivery():
            return FileTarget(FileSettings(Path(one.path)))
        case SmsDelivery():
            target = FromTheNumberRung(SmsSettings(one.to, one.heading), carrier.send_sms)
            return OnlyIf(target, *condition(one.only_if)) if one.only_if else target
        case ConfirmationDelivery():
            slot, value = condition(one.only_if)
            return ConfirmationTarget(ConfirmationSettings(one.text, one.to, slot, value), carrier.send_sms, welcome)


class FromTheNumberRung:
    """A text to a person of the business, who sees by its sender which number was rung."""

    def __init__(self, settings: SmsSettings, send: Callable[[str, str, str], Awaitable[object]]) -> None:
        """`send(to, body, sender)` as `Carrier.send_sms`."""
        self._settings = settings
        self._send = send

    async def deliver(self, envelope: Envelope) -> None:
        """As `SmsTarget`."""
        sender = rung(envelope.payload)
        await SmsTarget(self._settings, lambda to, body: self._send(to, body, sender)).deliver(envelope)

    async def close(self) -> None:
        """The sender is not ours."""


class OnlyIf:
    """A target that leads of another kind are not for."""

    def __init__(self, target: Target, slot: str, value: str) -> None:
        self._target = target
        self._slot = slot
        self._value = value

    async def deliver(self, envelope: Envelope) -> None:
        """As the target, where the slot has the value."""
        held = envelope.payload.get("fields", {}).get(self._slot)
        if held is not None and held["value"] == self._value:
            await self._target.deliver(envelope)

    async def close(self) -> None:
        """As the target."""
        await self._target.close()


def screens(settings: Settings, secrets: Secrets) -> ScreenSettings:
    """Where a caller's case is shown before a person is rung: of each kind the first."""
    found = ScreenSettings()
    for one in reversed(settings.screens):
        match one:
            case WebhookForm():
                found = replace(found, webhook=WebhookScreen(one.url, _secret(one.secret_env, secrets)))
            case EmailForm():
                mail = MailScreen(
                    one.host, one.from_, one.to, one.port, one.security, one.user, _secret(one.password_env, secrets)
                )
                found = replace(found, mail=mail)
            case SlackForm():
                found = replace(found, chat=ChatScreen(secrets[one.url_env]))
    return found


def _secret(name: str | None, secrets: Secrets) -> str:
    return secrets[name] if name else ""
