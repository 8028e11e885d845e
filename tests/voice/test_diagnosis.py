"""What the doctor's findings mean."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sop.loader import load
from voice import diagnosis
from voice.diagnosis import Answer, Level, Verdict
from voice.settings import load_text

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
DATE = "Sun, 22 Nov 2026 12:00:00 GMT"
GIGABYTE = 1_000_000_000


@pytest.mark.parametrize(
    ("free", "level"),
    [
        (0, Level.FAIL),
        (199_999_999, Level.FAIL),
        (200_000_000, Level.WARN),
        (2 * GIGABYTE - 1, Level.WARN),
        (2 * GIGABYTE, Level.OK),
    ],
)
def test_disk(free: int, level: Level) -> None:
    assert diagnosis.disk("/srv", free).level is level


@pytest.mark.parametrize(
    ("ahead_s", "level", "words"),
    [
        (0, Level.OK, "right"),
        (5, Level.OK, "right"),
        (6, Level.WARN, "6 s ahead"),
        (-6, Level.WARN, "6 s behind"),
        (31, Level.FAIL, "31 s ahead"),
        (-3600, Level.FAIL, "3600 s behind"),
    ],
)
def test_clock(ahead_s: int, level: Level, words: str) -> None:
    verdict = diagnosis.clock(Answer(status=200, date=DATE), NOW + timedelta(seconds=ahead_s))
    assert verdict is not None and verdict.level is level and words in verdict.what


def test_a_slow_answer_is_no_wrong_clock() -> None:
    verdict = diagnosis.clock(Answer(status=200, date=DATE, took_s=8.0), NOW + timedelta(seconds=8))
    assert verdict is not None and verdict.level is Level.OK


@pytest.mark.parametrize("date", ["", "yesterday", "Sun, 99 Nov 2026"])
def test_no_date_no_verdict(date: str) -> None:
    assert diagnosis.clock(Answer(status=200, date=date), NOW) is None


@pytest.mark.parametrize(
    ("took", "level"),
    [
        ([1.0, 2.0, 900.0], Level.OK),
        ([99.9], Level.OK),
        ([100.0], Level.WARN),
        ([5.0, 999.0, 999.0], Level.WARN),
        ([1000.0, 1.0, 2000.0], Level.FAIL),
    ],
)
def test_writes_are_judged_by_their_median(took: list[float], level: Level) -> None:
    assert diagnosis.writes(took).level is level


@pytest.mark.parametrize(
    ("answer", "level", "words"),
    [
        (Answer(status=200, instance="a1"), Level.OK, "leads to this server"),
        (Answer(status=200, instance="b2"), Level.FAIL, "another server"),
        (Answer(status=200), Level.FAIL, "something else"),
        (Answer(status=502), Level.FAIL, "answers 502"),
        (Answer(status=301), Level.FAIL, "answers 301"),
        (Answer(why="no answer in time"), Level.FAIL, "no answer in time"),
    ],
)
def test_public_address(answer: Answer, level: Level, words: str) -> None:
    verdict = diagnosis.public("https://agent.example.com", answer, "a1")
    assert verdict.level is level and words in verdict.what
    assert bool(verdict.remedy) is (level is not Level.OK)


@pytest.mark.parametrize(
    ("status", "kind", "level"),
    [
        ("active", "Full", Level.OK),
        ("active", "Trial", Level.WARN),
        ("suspended", "Full", Level.FAIL),
        ("closed", "Trial", Level.FAIL),
    ],
)
def test_account(status: str, kind: str, level: Level) -> None:
    assert diagnosis.account(status, kind).level is level


WANT = {"voice_url": "https://agent.example.com/twilio/voice", "voice_method": "POST"}


@pytest.mark.parametrize(
    ("found", "level", "words"),
    [
        ({**WANT, "voice_fallback_url": "https://x.example/down"}, Level.OK, "is set up"),
        (WANT, Level.WARN, "no fallback"),
        ({**WANT, "voice_method": "GET", "voice_fallback_url": "https://x.example/down"}, Level.FAIL, "voice_method"),
        ({}, Level.FAIL, "voice_url, voice_method"),
    ],
)
def test_webhooks(found: dict[str, str], level: Level, words: str) -> None:
    verdict = diagnosis.webhooks("+14155550199", found, WANT, "https://agent.example.com")
    assert verdict.level is level and words in verdict.what
    if level is not Level.OK:
        assert "switchboard twilio setup --number +14155550199" in verdict.remedy


def test_secrets_are_there_and_are_never_shown() -> None:
    environment = {"A": "t0ken", "B": "t0ken\n", "C": ""}
    verdicts = list(diagnosis.secrets(("A", "B", "C", "D"), environment))
    assert [verdict.level for verdict in verdicts] == [Level.OK, Level.FAIL, Level.FAIL, Level.FAIL]
    assert "line break" in verdicts[1].what and "lacks C" in verdicts[2].what
    assert not any("t0ken" in str(verdict) for verdict in verdicts)


def test_a_flows_tools_at_example_addresses() -> None:
    verdicts = list(diagnosis.flow(load("law_intake")))
    assert [verdict.level for verdict in verdicts] == [Level.OK, Level.FAIL, Level.FAIL]
    assert "check_conflict of law_intake is at clients.example.com" in verdicts[1].what
    assert [verdict.level for verdict in diagnosis.flow(load("after_hours_hvac"))] == [Level.OK]


def test_variables_of_the_settings_and_of_the_tools() -> None:
    graphs = [load("law_intake"), load("order_status")]
    assert diagnosis.variables(("TWILIO_AUTH_TOKEN", "ORDER_API_TOKEN"), graphs) == (
        "CONFLICTS_TOKEN",
        "ORDER_API_TOKEN",
        "TWILIO_AUTH_TOKEN",
    )


def test_people() -> None:
    text = """\
public_url: http://127.0.0.1:8080
models: {ears: base.en, voice: en_US-ljspeech-medium}
people:
  ana: {name: Ana, number: "+14155550101"}
  twin: {name: Twin, number: "+14155550101"}
  hotline: {name: Hotline, number: "+19005550123"}
  gone: {name: Gone, number: "+14155550104"}
lists: {on_call: [{people: [ana, twin, hotline]}]}
numbers:
  "+14155550199":
    flow: after_hours_hvac
    time_zone: America/New_York
    transfers: {on_call_line: on_call, front_desk: on_call}
"""
    verdicts = list(diagnosis.people(load_text(text, "s.yaml", Path())))
    assert [(one.level, one.what) for one in verdicts] == [
        (Level.OK, "ana can be rung"),
        (Level.WARN, "twin has the same telephone as ana"),
        (Level.WARN, "hotline has a premium-rate number"),
        (Level.WARN, "gone is on no list"),
    ]


def test_only_failures_fail() -> None:
    warning = Verdict("home", Level.WARN, "little room", "make some")
    assert not diagnosis.failed([warning, Verdict("home", Level.OK, "fine")])
    assert diagnosis.failed([warning, Verdict("secrets", Level.FAIL, "none", "set it")])
