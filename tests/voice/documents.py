"""Reads a TwiML document as strictly as the service should: known verbs, their attributes, their nesting."""

import xml.etree.ElementTree as ET

ATTRIBUTES = {
    "Response": "",
    "Say": "voice language loop",
    "Play": "loop digits",
    "Hangup": "",
    "Connect": "action method",
    "Stream": "url name track statusCallback statusCallbackMethod",
    "Parameter": "name value",
    "Dial": "action method timeout callerId answerOnBridge timeLimit hangupOnStar ringTone sequential",
    "Number": "url method sendDigits statusCallback statusCallbackEvent statusCallbackMethod",
    "Conference": "beep startConferenceOnEnter endConferenceOnExit participantLabel jitterBufferSize waitUrl "
    "waitMethod statusCallback statusCallbackEvent statusCallbackMethod maxParticipants muted",
    "Gather": "action method numDigits timeout finishOnKey input",
    "Record": "action method timeout maxLength finishOnKey playBeep trim recordingStatusCallback "
    "recordingStatusCallbackEvent recordingStatusCallbackMethod",
}
CHILDREN = {
    "Response": "Say Play Hangup Connect Dial Gather Record",
    "Connect": "Stream",
    "Stream": "Parameter",
    "Dial": "Number Conference",
    "Gather": "Say Play",
}
TEXT = frozenset({"Say", "Play", "Number", "Conference"})
VALUES = {
    "playBeep": {"true", "false"},
    "answerOnBridge": {"true", "false"},
    "beep": {"true", "false"},
    "jitterBufferSize": {"large", "medium", "small", "off"},
}


def read(text: str) -> ET.Element:
    """The document, checked; an AssertionError names what is wrong."""
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    root = ET.fromstring(text)  # noqa: S314 - our own document
    assert root.tag == "Response"
    _check(root)
    return root


def _check(element: ET.Element) -> None:
    assert element.tag in ATTRIBUTES, f"no such verb: {element.tag}"
    for name, value in element.attrib.items():
        assert name in ATTRIBUTES[element.tag].split(), f"{element.tag} has no {name}"
        assert name not in VALUES or value in VALUES[name], f"{name}={value}"
        assert name != "timeout" or 1 <= int(value) <= 600
    text = (element.text or "").strip()
    assert not text or element.tag in TEXT, f"{element.tag} holds text"
    assert text or element.tag not in TEXT, f"{element.tag} is empty"
    for child in element:
        assert child.tag in CHILDREN.get(element.tag, "").split(), f"{child.tag} inside {element.tag}"
        assert not (child.tail or "").strip()
        _check(child)


def verbs(text: str) -> list[str]:
    """The verbs at the top, in order."""
    return [verb.tag for verb in read(text)]


def one(text: str, path: str) -> ET.Element:
    """The only element there."""
    found = read(text).findall(path)
    assert len(found) == 1, f"{len(found)} of {path}"
    return found[0]


def said(text: str) -> str:
    """Everything that is spoken, in order."""
    return " ".join(say.text or "" for say in read(text).iter("Say"))
