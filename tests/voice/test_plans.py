"""Settings as the calls need them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sop.graph import Hours
from voice import replay, settings
from voice.answering import Inbound, Load, Route, decide
from voice.plan import Keeps
from voice.plans import Plans, people, target_name

NUMBER = "+14155550100"
ANA, BEN = "+14155550111", "+14155550112"
FILE = """
public_url: https://agent.example.com
models: {ears: base.en, voice: en_US-ljspeech-medium}
twilio: {account: AC00000000000000000000000000000001, auth_token_env: TWILIO_AUTH_TOKEN}
limits: {ring_seconds: 12, longest_minutes: 20}
people:
  ana: {name: Ana, number: "+14155550111"}
  ben: {name: Ben, number: "+14155550112"}
lists:
  nights: [{people: [ana], from: "17:00", to: "08:00"}]
  days: [{people: [ben, ana]}]
deliveries:
  office: {kind: jsonl, path: leads.jsonl, partial: true}
  boss: {kind: sms, to: "+14155550112"}
numbers:
  "+14155550100":
    flow: after_hours_hvac
    open_flow: dental_booking
    time_zone: America/New_York
    hours: {monday: "09:00-17:00"}
    transfers: {on_call_line: nights, front_desk: days, on_call_dentist: nights, answering_service: days}
    fallback: nights
    human: days
    share: 50
    voicemail: {prompt: Speak after the tone., seconds: 30}
    recording: {mode: ask, script: May we record this call?}
    deliveries: [office, boss]
"""
MONDAY_NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
MONDAY_NIGHT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def plans(now: datetime, tmp_path: Path, text: str = FILE) -> Plans:
    return Plans(settings.load_text(text, "switchboard.yaml", tmp_path), clock=lambda: now)


def test_the_line_of_a_moment(tmp_path: Path) -> None:
    line = plans(MONDAY_NIGHT, tmp_path).line(NUMBER)
    assert line is not None
    assert (line.flow, line.after_hours) == ("dental_booking", "after_hours_hvac")
    assert line.people == (ANA,) and line.human == (BEN, ANA) and line.share == 0.5
    assert (line.texts.leave_message, line.texts.message_s) == ("Speak after the tone.", 30)
    at_noon = plans(MONDAY_NOON, tmp_path).line(NUMBER)
    assert at_noon is not None and at_noon.people == (), "nobody of the nights is on duty at noon"
    assert plans(MONDAY_NOON, tmp_path).line("+14155550199") is None


@pytest.mark.parametrize(("now", "flow"), [(MONDAY_NOON, "dental_booking"), (MONDAY_NIGHT, "after_hours_hvac")])
def test_point_35_the_procedure_is_that_of_the_hour(tmp_path: Path, now: datetime, flow: str) -> None:
    made = plans(now, tmp_path, FILE.replace("    share: 50\n", ""))
    line = made.line(NUMBER)
    assert line is not None
    decision = decide(line, Inbound("CA1", "AC1", NUMBER, "+14155550123"), Load(), made.now(NUMBER))
    assert (decision.route, decision.flow) == (Route.AGENT, flow)


def test_what_a_call_is_conducted_with(tmp_path: Path) -> None:
    plan = plans(MONDAY_NOON, tmp_path).plan(NUMBER, "after_hours_hvac")
    assert plan is not None
    assert plan.number == NUMBER and plan.returns and plan.keeps is Keeps.CONSENT
    assert (plan.settings.consent, plan.settings.consent_script) == ("ask", "May we record this call?")
    assert plan.settings.longest_ms == 20 * 60_000 and plan.settings.transfer.ring_timeout_s == 12
    assert plan.targets == ("jsonl:office", "sms:boss") and plan.partial_targets == ("jsonl:office",)
    assert {person.number for shift in plan.rosters["on_call_line"].shifts for person in shift.people} == {ANA}


def test_a_numbers_hours_are_those_of_its_procedure_and_stand_in_its_journal(tmp_path: Path) -> None:
    plan = plans(MONDAY_NOON, tmp_path).plan(NUMBER, "dental_booking")
    assert plan is not None
    wanted = Hours({0: ((540, 1020),)}, "America/New_York")
    held = plan.graph.hours
    assert held is not None and {day: held.week[day] for day in held.week if held.week[day]} == wanted.week
    head = replay.header(plan.graph, plan.source, plan.settings)
    assert replay.graph_of(head) == plan.graph


def test_only_who_is_configured_may_be_dialled(tmp_path: Path) -> None:
    loaded = settings.load_text(FILE, "switchboard.yaml", tmp_path)
    assert people(loaded) == frozenset({ANA, BEN})
    assert target_name(loaded, "boss") == "sms:boss"
