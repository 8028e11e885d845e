"""`<call>.yaml`, as people write it and mistype it."""

import pytest
from pydantic import ValidationError

from voice.replaying.expected import Beside, Budget, ExpectationError, Expected, parse_beside
from voice.scenario import Expect

WHOLE = """
recording: ../calls/tuesday.wav
flow: after_hours_hvac
outcome: lead_saved
milestones: [triage, check, save]
slots: {name: Karen Mitchell, when: [asap, today]}
transfers: []
never_said: [diagnosis]
latency: {gap_p95_ms: 1500}
says: [my furnace stopped working, "yes"]
"""


def test_all_that_can_be_said() -> None:
    found = parse_beside(WHOLE, source="x")
    assert found.milestones == ("triage", "check", "save")
    assert found.slots == {"name": "Karen Mitchell", "when": ("asap", "today")}
    assert (found.transfers, found.tools, found.barge_ins) == ((), None, None)
    assert (found.latency, found.says) == (Budget(gap_p95_ms=1500), ("my furnace stopped working", "yes"))


def test_nothing_is_nothing() -> None:
    assert parse_beside("# later\n", source="x") == Beside()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("outcom: lead_saved", "x: outcom: there is no such field; did you mean 'outcome'?"),
        ("slot: {name: Karen}", "x: slot: there is no such field; did you mean 'slots'?"),
        ("weather: fine", "x: weather: there is no such field"),
        ("outcome: [lead_saved]", "x: outcome: must be one text"),
        ("slots: {name: 7}", "x: slots.name: must be a text; put it in quotation marks"),
        ("slots: {zip: 02134}", "x: slots.zip: must be a text; put it in quotation marks"),
        ("says: [yes]", "x: says.0: must be a text; put it in quotation marks"),
        ("says: yes it is", "x: says: must be a list: [one, another]"),
        ("transfers: on_call_line", "x: transfers: must be a list: [one, another]"),
        ("slots: gas", "x: slots: must be names and values: {name: value}"),
        ("latency: 1500", "x: latency: must be names and values: {name: value}"),
        ("now: friday", "x: now: 'friday' is no time; write it like \"2026-11-22T19:40:00-05:00\""),
        ("caller: hello", "x: caller: 'hello' is no number; write it like \"+14155550123\", or anonymous"),
        ('caller: "4155550123"', "x: caller: '4155550123' is no number"),
        ("barge_ins: -1", "x: barge_ins: Input should be greater than or equal to 0"),
        ("latency: {gap_p95: 1500}", "x: latency.gap_p95: there is no such field; did you mean 'gap_p95_ms'?"),
        ("latency: {gap_p95_ms: 0}", "x: latency.gap_p95_ms: Input should be greater than 0"),
        ("path: [a]\nmilestones: [a]", "x: say either path (every step) or milestones (some of them)"),
        ("lead: {a: b}\nslots: {a: b}", "x: say either lead"),
        ("- a list", "x: must be names and values: {name: value}"),
        ("outcome: [", "x: not YAML: "),
    ],
)
def test_a_mistake_names_file_and_place(text: str, complaint: str) -> None:
    with pytest.raises(ExpectationError) as refused:
        parse_beside(text, source="x")
    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    "field", ["outcome", "path", "milestones", "slots", "transfers", "escalations", "tools", "never_said", "latency"]
)
def test_a_field_with_nothing_behind_it_is_refused(field: str) -> None:
    with pytest.raises(ExpectationError) as refused:
        parse_beside(f"{field}:\nbarge_ins: 0", source="x.yaml")
    assert str(refused.value) == f"x.yaml: {field}: nothing stands behind it; say what is expected, or leave it out"


def test_a_budget_with_nothing_behind_it_is_refused() -> None:
    with pytest.raises(ExpectationError, match=r"^x: latency.gap_p95_ms: nothing stands behind it"):
        parse_beside("latency: {gap_p95_ms: }", source="x")


def test_in_a_scenario_as_well() -> None:
    with pytest.raises(ValidationError, match="nothing stands behind it"):
        Expect.model_validate({"outcome": "lead_saved", "milestones": None})
    assert Expect.model_validate({"outcome": "lead_saved", "barge_ins": None}).barge_ins is None, "any number"


def test_what_was_accepted_without_an_outcome_still_counts() -> None:
    found = parse_beside("outcome: null\naccepted: {'on': '2026-11-22', flow: f, version: 1}", source="x")
    assert found.outcome is None and "outcome" not in found.model_fields_set


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(ExpectationError) as refused:
        parse_beside("outcom: a\nbarge_ins: many", source="x")
    assert len(str(refused.value).splitlines()) == 2


@pytest.mark.parametrize(
    "now", ["2026-11-22", "2026-11-22T19:40", '"2026-11-22T19:40:00-05:00"', "2026-11-22 19:40:00"]
)
def test_when_a_call_was_taken(now: str) -> None:
    found = parse_beside(f"now: {now}", source="x").now
    assert found is not None and found.startswith("2026-11-22")


def test_who_called() -> None:
    assert parse_beside("caller: '+14155550123'", source="x").caller == "+14155550123"
    assert parse_beside("caller: anonymous", source="x").caller == "anonymous"


def test_no_lead_at_all_has_to_be_written_out() -> None:
    assert parse_beside("lead: null", source="x").no_lead
    assert not parse_beside("lead: {}", source="x").no_lead
    assert not Expected().no_lead
