"""Which TwiML elements there are, where they may stand, and what their attributes may be.

Source of the names: twilio.twiml.voice_response of the `twilio` package. Elements that the package has and this
table lacks can't be run by the double.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from voice.double.parameters import CONFERENCE, METHOD, PROGRESS, RECORDED, TRUTH, Check, one_of, text, tokens, whole

SPEECH = frozenset({"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"})
"""SSML inside a <Say>, taken for its words alone."""
KEYS = frozenset("0123456789*#")


def address(value: str) -> str:
    """A URL, absolute or relative."""
    return "empty" if not value.strip() else "has a space in it" if " " in value.strip() else ""


def keys(value: str) -> str:
    return "" if set(value) <= KEYS else "not of 0-9, * and #"


def tones(value: str) -> str:
    return "" if value and set(value) <= KEYS | set("wWABCD") else "not of 0-9, *, # and w"


ANY = text(4096)
SECONDS = whole(0, 14_400)


@dataclass(frozen=True, slots=True)
class Element:
    """`text`: "no", "may" or "must"."""

    attributes: Mapping[str, Check] = field(default_factory=dict)
    children: frozenset[str] = frozenset()
    text: str = "no"
    required: frozenset[str] = frozenset()


_ACTION: dict[str, Check] = {"action": address, "method": METHOD}
_RECORDED: dict[str, Check] = {
    "recordingStatusCallback": address,
    "recordingStatusCallbackMethod": METHOD,
    "recordingStatusCallbackEvent": tokens(*RECORDED),
    "recordingConfigurationId": ANY,
    "trim": one_of("trim-silence", "do-not-trim"),
}
_STATUS: dict[str, Check] = {"statusCallback": address, "statusCallbackMethod": METHOD}
_MACHINE: dict[str, Check] = {
    "machineDetection": one_of("Enable", "DetectMessageEnd"),
    "amdStatusCallback": address,
    "amdStatusCallbackMethod": METHOD,
    "machineDetectionTimeout": whole(3, 60),
    "machineDetectionSpeechThreshold": whole(1000, 6000),
    "machineDetectionSpeechEndThreshold": whole(500, 5000),
    "machineDetectionSilenceTimeout": whole(2000, 10_000),
}
TOP = frozenset("Connect Dial Gather Hangup Pause Play Record Redirect Reject Say Start".split())
ELEMENTS: dict[str, Element] = {
    "Response": Element(children=TOP),
    "Connect": Element(_ACTION, frozenset({"Stream"})),
    "Start": Element(_ACTION, frozenset({"Recording", "Stream"})),
    "Stream": Element(
        {"url": address, "name": ANY, "track": one_of("inbound_track", "outbound_track", "both_tracks"), **_STATUS},
        frozenset({"Parameter"}),
        required=frozenset({"url"}),
    ),
    "Parameter": Element({"name": ANY, "value": ANY}, required=frozenset({"name", "value"})),
    "Recording": Element(
        {**_RECORDED, "track": one_of("inbound", "outbound", "both"), "channels": one_of("mono", "dual")}
    ),
    "Say": Element({"voice": ANY, "language": ANY, "loop": whole(0, 1000)}, SPEECH, text="must"),
    "Play": Element({"loop": whole(0, 1000), "digits": tones}, text="may"),
    "Pause": Element({"length": whole(1, 3600)}),
    "Gather": Element(
        {
            **_ACTION,
            "input": one_of("dtmf", "speech", "dtmf speech", "speech dtmf"),
            "timeout": whole(1, 600),
            "numDigits": whole(1, 1000),
            "finishOnKey": keys,
            "actionOnEmptyResult": TRUTH,
            "bargeIn": TRUTH,
            "language": ANY,
            "hints": ANY,
        },
        frozenset({"Say", "Play", "Pause"}),
    ),
    "Dial": Element(
        {
            **_ACTION,
            **_RECORDED,
            "timeout": whole(1, 600),
            "timeLimit": SECONDS,
            "callerId": ANY,
            "answerOnBridge": TRUTH,
            "hangupOnStar": TRUTH,
            "ringTone": ANY,
            "sequential": TRUTH,
            "record": one_of(
                "do-not-record",
                "record-from-answer",
                "record-from-ringing",
                "record-from-answer-dual",
                "record-from-ringing-dual",
            ),
        },
        frozenset({"Number", "Conference"}),
        text="may",
    ),
    "Number": Element(
        {
            "url": address,
            "method": METHOD,
            "sendDigits": tones,
            "statusCallbackEvent": tokens(*PROGRESS),
            **_STATUS,
            **_MACHINE,
        },
        text="must",
    ),
    "Conference": Element(
        {
            "muted": TRUTH,
            "beep": one_of("true", "false", "onEnter", "onExit"),
            "startConferenceOnEnter": TRUTH,
            "endConferenceOnExit": TRUTH,
            "waitUrl": ANY,
            "waitMethod": METHOD,
            "maxParticipants": whole(2, 250),
            "record": one_of("do-not-record", "record-from-start"),
            "region": ANY,
            "participantLabel": text(128),
            "jitterBufferSize": one_of("off", "small", "medium", "large"),
            "statusCallbackEvent": tokens(*CONFERENCE),
            **_STATUS,
            **_RECORDED,
        },
        text="must",
    ),
    "Record": Element(
        {
            **_ACTION,
            **_RECORDED,
            "timeout": whole(0, 600),
            "maxLength": whole(1, 14_400),
            "finishOnKey": keys,
            "playBeep": TRUTH,
            "transcribe": TRUTH,
            "transcribeCallback": address,
        }
    ),
    "Redirect": Element({"method": METHOD}, text="must"),
    "Reject": Element({"reason": one_of("rejected", "busy")}),
    "Hangup": Element(),
}
