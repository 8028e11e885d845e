"""The first settings file, written for each flow that ships."""

import re
from pathlib import Path

import pytest

from sop.loader import bundle, shipped
from sop.loader import load as load_flow
from voice.initial import commented
from voice.settings import SettingsError, hours_of, load_text, roster_of
from voice.tools import secrets_needed

ANSWERS = {
    "public address": "https://agent.example.com",
    "account's SID": "AC" + "0" * 32,
    "name of whoever": "Sam Ortiz",
    "their telephone": '"+14155550123"',
    "number that is answered": "+14155550199",
    "time zone": "America/Denver",
}


def filled(text: str) -> str:
    """As an operator fills it in."""

    def answer(place: re.Match[str]) -> str:
        return next(given for words, given in ANSWERS.items() if words in place[0])

    return "\n".join(line if line.startswith("#") else re.sub(r"<[^<>]*>", answer, line) for line in text.splitlines())


@pytest.mark.parametrize("flow", shipped())
def test_the_file_has_no_mistake_once_it_is_filled_in(flow: str) -> None:
    graph = load_flow(flow)
    environment = dict.fromkeys((*secrets_needed(graph.tools), "TWILIO_AUTH_TOKEN"), "s3cret")
    settings = load_text(filled(commented(flow)), "switchboard.yaml", Path(), environment)
    number = settings.numbers["+14155550199"]
    hours = hours_of(number, graph)
    assert hours.time_zone == ((graph.hours and graph.hours.time_zone) or "America/Denver")
    assert graph.hours is None or hours.week == graph.hours.week
    assert {roster_of(settings, name, hours).shifts[0].people[0].name for name in number.transfers.values()} == {
        "Sam Ortiz"
    }


@pytest.mark.parametrize("flow", shipped())
def test_every_place_is_a_mistake_until_it_is_filled_in(flow: str) -> None:
    text = commented(flow)
    with pytest.raises(SettingsError) as caught:
        load_text(text, "switchboard.yaml", Path())
    places = [i for i, line in enumerate(text.splitlines(), 1) if re.search("<.*>", line) and line.lstrip()[0] != "#"]
    assert [problem.line for problem in caught.value.problems] == places
    assert len(places) >= 5


def test_what_is_known_is_written() -> None:
    text = commented(
        "law_intake", "+12125550100", "https://phone.example.org", ears="small.en", voice="voices/amy.onnx"
    )
    lines = text.splitlines()
    assert "public_url: https://phone.example.org" in lines
    assert "  ears: small.en" in lines and "  voice: voices/amy.onnx" in lines
    assert '  "+12125550100":' in lines and "    flow: law_intake" in lines
    assert "    time_zone: America/New_York" in lines
    assert '      monday: "09:00-17:30"' in lines and not any("saturday:" in line for line in lines)
    assert "    holidays: US" in lines
    assert {"      intake_desk: on_call", "      lawyer_on_call: on_call", "      on_call: on_call"} <= set(lines)
    assert any("CONFLICTS_TOKEN" in line for line in lines if line.startswith("#"))
    # account, name and telephone are left; the comment explains them.
    assert len(re.findall("<[^<>]*>", text)) == 3 + 1


@pytest.mark.parametrize(
    ("greeting", "mode"),
    [
        ("Thank you for calling Acme. This call may be recorded.", "announce"),
        ("Thank you for calling Acme medical records.", "none"),
    ],
)
def test_the_greeting_decides_whether_calls_are_recorded(greeting: str, mode: str, tmp_path: Path) -> None:
    flow = tmp_path / "acme: new.yaml"
    source = bundle("after_hours_hvac")
    flow.write_text(re.sub(r"greeting: >\n.*", f"greeting: {greeting}", source, count=1), encoding="utf-8")
    text = commented(str(flow))
    assert re.search(r"^      mode: (\w+)", text, re.MULTILINE)[1] == mode  # type: ignore[index]
    settings = load_text(filled(text), "switchboard.yaml", Path())
    assert settings.numbers["+14155550199"].flow == str(flow)
    assert settings.numbers["+14155550199"].recording.mode == mode
