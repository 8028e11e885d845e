"""What the double makes of documents, good and bad."""

import pytest

from voice.double.twiml import DocumentError, parse


def test_a_document_is_read_whole() -> None:
    document = parse(
        b'<?xml version="1.0" encoding="UTF-8"?>\n<Response>\n'
        b'  <Gather numDigits="1" timeout="6" action="/a?b=1&amp;c=2">'
        b"<Say>Press <break/>one &amp; wait.</Say></Gather>\n"
        b"  <Hangup/>\n</Response>"
    )
    gather, hang_up = document.verbs
    assert (gather.name, hang_up.name) == ("Gather", "Hangup")
    assert gather.whole("numDigits", 0) == 1 and gather.get("action") == "/a?b=1&c=2"
    assert gather.children[0].text == "Press one & wait."
    assert document.warnings == ()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Hello",
        " <?xml version='1.0'?><Response/>",
        "<Response><Say>Tom & Jerry</Say></Response>",
        "<Response><Say>one</Response>",
        "<response/>",
        "<Answer/>",
        "<Response><Speak>one</Speak></Response>",
        "<Response><say>one</say></Response>",
        "<Response><Number>+14155550111</Number></Response>",
        "<Response><Gather><Dial>+14155550111</Dial></Gather></Response>",
        "<Response><Say><Play>x</Play></Say></Response>",
        "<Response><Connect/></Response>",
        "<Response><Dial/></Response>",
        "<Response><Dial><Conference>a</Conference><Number>+14155550111</Number></Dial></Response>",
        "<Response><Play/></Response>",
        "<Response><Redirect/></Response>",
    ],
)
def test_what_cannot_be_run_is_refused(body: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(body)
    assert caught.value.code == 12100


@pytest.mark.parametrize(
    ("body", "warning"),
    [
        ('<Say tone="kind">one</Say>', "no attribute tone"),
        ("<Say/>", "<Say> is empty"),
        ('<Gather timeout="soon"/>', "timeout of <Gather>"),
        ('<Gather finishOnKey="x"/>', "finishOnKey of <Gather>"),
        ('<Pause length="0.5"/>', "length of <Pause>"),
        ('<Redirect method="PUT">/next</Redirect>', "method of <Redirect>"),
        ("<Hangup>now</Hangup>", "<Hangup> has text in it"),
        ("<Connect><Stream/></Connect>", "<Stream> needs url"),
        ('<Connect><Stream url="wss://a/b"><Parameter name="x"/></Stream></Connect>', "<Parameter> needs value"),
        ('<Dial><Conference beep="no">a</Conference></Dial>', "beep of <Conference>"),
        ('<Dial><Conference statusCallbackEvent="joined">a</Conference></Dial>', "statusCallbackEvent"),
        ('<Dial><Number statusCallbackEvent="in-progress">+14155550111</Number></Dial>', "statusCallbackEvent"),
        ('<Dial action="">+14155550111</Dial>', "action of <Dial> is empty"),
        ('<Start><Recording channels="stereo"/></Start>', "channels of <Recording>"),
    ],
)
def test_what_is_only_wrong_in_part_is_warned_about(body: str, warning: str) -> None:
    document = parse(f"<Response>{body}</Response>")
    assert len(document.verbs) == 1
    assert (
        len(document.warnings) == 1 and document.warnings[0].startswith("12200: ") and warning in document.warnings[0]
    )


def test_a_wrong_value_counts_as_none() -> None:
    verb = parse('<Response><Gather timeout="soon" numDigits="2"/></Response>').verbs[0]
    assert verb.whole("timeout", 5) == 5 and verb.whole("numDigits", 9) == 2
