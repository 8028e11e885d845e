"""`<call>.yaml`, as people write it and mistype it."""

import pytest

from voice.replaying.expected import Beside, Budget, ExpectationError, Expected, parse_beside

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
        ("outcom: lead_saved", "x: outcom: Extra inputs are not permitted"),
        ("slot: {name: Karen}", "x: slot: Extra inputs"),
        ("slots: {name: 7}", "x: slots.name: Input should be a valid string"),
        ("says: [yes]", "x: says.0: Input should be a valid string"),
        ("barge_ins: -1", "x: barge_ins: Input should be greater than or equal to 0"),
        ("latency: {gap_p95: 1500}", "x: latency.gap_p95: Extra inputs"),
        ("latency: {gap_p95_ms: 0}", "x: latency.gap_p95_ms: Input should be greater than 0"),
        ("path: [a]\nmilestones: [a]", "x: Value error, say either path (every step) or milestones (some of them)"),
        ("lead: {a: b}\nslots: {a: b}", "x: Value error, say either lead"),
        ("- a list", "x: Input should be a valid dictionary"),
        ("outcome: [", "x: not YAML: "),
    ],
)
def test_a_mistake_names_file_and_place(text: str, complaint: str) -> None:
    with pytest.raises(ExpectationError) as refused:
        parse_beside(text, source="x")
    assert complaint in str(refused.value)


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(ExpectationError) as refused:
        parse_beside("outcom: a\nbarge_ins: many", source="x")
    assert len(str(refused.value).splitlines()) == 2


def test_no_lead_at_all_has_to_be_written_out() -> None:
    assert parse_beside("lead: null", source="x").no_lead
    assert not parse_beside("lead: {}", source="x").no_lead
    assert not Expected().no_lead
