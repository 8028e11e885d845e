"""Which parameters a REST request may have and what their values look like, as the `twilio` package sends them.

The service ignores a parameter that it does not know; here it is refused, because it is always a mistake.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from voice.double.refusals import Refusal, invalid

E164 = re.compile(r"\+[1-9]\d{6,14}")
Check = Callable[[str], str]
"""Value → what is wrong with it, or ""."""


def one_of(*allowed: str) -> Check:
    return lambda value: "" if value in allowed else f"not one of {', '.join(allowed)}"


def whole(least: int, most: int) -> Check:
    def check(value: str) -> str:
        fits = value.isascii() and value.isdigit() and least <= int(value) <= most
        return "" if fits else f"not a whole number from {least} to {most}"

    return check


def url(value: str) -> str:
    parts = urlsplit(value)
    return "" if parts.scheme in {"http", "https"} and parts.hostname else "not an absolute http or https URL"


def url_or_empty(value: str) -> str:
    return url(value) if value else ""


def text(most: int) -> Check:
    return lambda value: "" if len(value) <= most else f"longer than {most} characters"


def tokens(*allowed: str) -> Check:
    """One or more of `allowed`, with a space between."""

    def check(value: str) -> str:
        parts = value.split()
        return "" if parts and set(parts) <= set(allowed) else f"not of {', '.join(allowed)}"

    return check


METHOD = one_of("GET", "POST")
TRUTH = one_of("true", "false")
PROGRESS = ("initiated", "ringing", "answered", "completed")
RECORDED = ("in-progress", "completed", "absent")
CONFERENCE = ("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement")
ANY = text(16_000)

_PAGES: dict[str, Check] = {"PageSize": whole(1, 1000), "Page": whole(0, 10_000), "PageToken": ANY}
_RECORDING: dict[str, Check] = {
    "RecordingStatusCallback": url,
    "RecordingStatusCallbackMethod": METHOD,
    "RecordingStatusCallbackEvent": tokens(*RECORDED),
    "RecordingChannels": one_of("mono", "dual"),
    "RecordingTrack": one_of("inbound", "outbound", "both"),
    "Trim": one_of("trim-silence", "do-not-trim"),
}
_MACHINE: dict[str, Check] = {
    "MachineDetection": one_of("Enable", "DetectMessageEnd"),
    "MachineDetectionTimeout": whole(3, 59),
    "MachineDetectionSpeechThreshold": whole(1000, 6000),
    "MachineDetectionSpeechEndThreshold": whole(500, 5000),
    "MachineDetectionSilenceTimeout": whole(2000, 10_000),
}
CREATE_CALL: dict[str, Check] = {
    "To": ANY,
    "From": ANY,
    "Url": ANY,
    "Twiml": text(4000),
    "Method": METHOD,
    "FallbackUrl": url,
    "FallbackMethod": METHOD,
    "StatusCallback": url,
    "StatusCallbackMethod": METHOD,
    "StatusCallbackEvent": one_of(*PROGRESS),
    "Timeout": whole(1, 600),
    "TimeLimit": whole(1, 86_400),
    "CallToken": ANY,
    "CallReason": text(50),
    "AsyncAmd": TRUTH,
    "AsyncAmdStatusCallback": url,
    "AsyncAmdStatusCallbackMethod": METHOD,
    **_MACHINE,
}
UPDATE_CALL: dict[str, Check] = {
    "Url": ANY,
    "Twiml": text(4000),
    "Method": METHOD,
    "Status": one_of("canceled", "completed"),
    "FallbackUrl": url,
    "FallbackMethod": METHOD,
    "StatusCallback": url,
    "StatusCallbackMethod": METHOD,
    "TimeLimit": whole(1, 86_400),
}
STATUSES = ("queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled")
LIST_CALLS: dict[str, Check] = {"To": ANY, "From": ANY, "ParentCallSid": ANY, "Status": one_of(*STATUSES), **_PAGES}
CREATE_RECORDING: dict[str, Check] = dict(_RECORDING)
UPDATE_RECORDING: dict[str, Check] = {
    "Status": one_of("paused", "in-progress", "stopped"),
    "PauseBehavior": one_of("skip", "silence"),
}
LIST: dict[str, Check] = dict(_PAGES)
CREATE_MESSAGE: dict[str, Check] = {
    "To": ANY,
    "From": ANY,
    "MessagingServiceSid": ANY,
    "Body": text(1600),
    "StatusCallback": url,
    "ValidityPeriod": whole(1, 36_000),
    "SmartEncoded": TRUTH,
    "ProvideFeedback": TRUTH,
}
LIST_MESSAGES: dict[str, Check] = {"To": ANY, "From": ANY, **_PAGES}
LIST_NUMBERS: dict[str, Check] = {"PhoneNumber": ANY, "FriendlyName": ANY, **_PAGES}
UPDATE_NUMBER: dict[str, Check] = {
    "FriendlyName": text(64),
    "VoiceUrl": url_or_empty,
    "VoiceMethod": METHOD,
    "VoiceFallbackUrl": url_or_empty,
    "VoiceFallbackMethod": METHOD,
    "StatusCallback": url_or_empty,
    "StatusCallbackMethod": METHOD,
    "VoiceApplicationSid": ANY,
    "VoiceCallerIdLookup": TRUTH,
    "VoiceReceiveMode": one_of("voice", "fax"),
    "TrunkSid": ANY,
    "SmsUrl": url_or_empty,
    "SmsMethod": METHOD,
    "SmsFallbackUrl": url_or_empty,
    "SmsFallbackMethod": METHOD,
}
LIST_CONFERENCES: dict[str, Check] = {
    "FriendlyName": ANY,
    "Status": one_of("init", "in-progress", "completed"),
    **_PAGES,
}
UPDATE_CONFERENCE: dict[str, Check] = {"Status": one_of("completed"), "AnnounceUrl": url, "AnnounceMethod": METHOD}
CREATE_PARTICIPANT: dict[str, Check] = {
    "To": ANY,
    "From": ANY,
    "Label": text(128),
    "Timeout": whole(5, 600),
    "TimeLimit": whole(1, 86_400),
    "StatusCallback": url,
    "StatusCallbackMethod": METHOD,
    "StatusCallbackEvent": tokens(*PROGRESS),
    "Muted": TRUTH,
    "Beep": one_of("true", "false", "onEnter", "onExit"),
    "StartConferenceOnEnter": TRUTH,
    "EndConferenceOnExit": TRUTH,
    "EarlyMedia": TRUTH,
    "WaitUrl": url_or_empty,
    "WaitMethod": METHOD,
    "ConferenceStatusCallback": url,
    "ConferenceStatusCallbackMethod": METHOD,
    "ConferenceStatusCallbackEvent": tokens(*CONFERENCE),
    "JitterBufferSize": one_of("off", "small", "medium", "large"),
    "CallToken": ANY,
}
UPDATE_PARTICIPANT: dict[str, Check] = {
    "Muted": TRUTH,
    "Hold": TRUTH,
    "HoldUrl": url_or_empty,
    "HoldMethod": METHOD,
    "EndConferenceOnExit": TRUTH,
    "BeepOnExit": TRUTH,
}
_REPEATED = frozenset({"StatusCallbackEvent", "RecordingStatusCallbackEvent", "ConferenceStatusCallbackEvent"})


@dataclass(frozen=True, slots=True)
class Given:
    """The parameters of one request, checked."""

    values: Mapping[str, tuple[str, ...]]

    def text(self, name: str, default: str = "") -> str:
        return self.values.get(name, (default,))[0]

    def has(self, name: str) -> bool:
        return name in self.values

    def whole(self, name: str, default: int) -> int:
        return int(self.text(name, str(default)))

    def truth(self, name: str, default: bool = False) -> bool:
        return self.text(name, "true" if default else "false") == "true"

    def events(self, name: str, default: str) -> frozenset[str]:
        """Repeated or separated by spaces."""
        return frozenset(" ".join(self.values.get(name, (default,))).split())


def check(values: Mapping[str, tuple[str, ...]], allowed: Mapping[str, Check]) -> Given:
    """Every parameter known and every value right.

    Raises:
        Refusal: an unknown parameter, a wrong value, or one given twice that stands once.
    """
    for name, given in values.items():
        if name not in allowed:
            raise Refusal(400, 20001, f"Unknown parameter {name}")
        if len(given) > 1 and name not in _REPEATED:
            raise invalid(name, "given more than once")
        for value in given:
            if wrong := allowed[name](value):
                code = 21626 if name == "StatusCallbackEvent" else 21609 if name == "StatusCallback" else 20001
                raise Refusal(400, code, f"Invalid parameter {name}: {wrong}")
    return Given(dict(values))
