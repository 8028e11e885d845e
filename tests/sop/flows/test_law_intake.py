"""The accident intake as calls: the disclaimer first, then the conflict check, and time limits are told."""

from pathlib import Path

import pytest

import sop
from sop.script import parse_script, play

GRAPH = sop.load("law_intake")
SCRIPTS = sorted((Path(sop.__file__).parent / "flows" / "scripts" / "law_intake").glob("*.txt"))
FRIDAY = "2026-11-27T19:30:00-05:00"
SUNDAY = "2026-11-22T15:00:00-05:00"
TUESDAY = "2026-11-24T11:00:00-05:00"


class Answers:
    """Every conflict check answers the same."""

    def __init__(self, conflict: str) -> None:
        self.conflict = conflict
        self.called: list[str] = []

    def call(self, name: str, arguments: object) -> dict[str, object]:
        self.called.append(name)
        return {"conflict": self.conflict}


def call(now: str = TUESDAY, tools: Answers | None = None) -> sop.Conversation:
    return sop.Conversation(GRAPH, caller="+12125550134", now=now, tools=tools)


def to_the_state(talk: sop.Conversation, day: str) -> sop.Conversation:
    for said in ("a car accident", "no", "karen mitchell", "no", day, "new york"):
        talk.hear(said)
    return talk


def to_the_end(talk: sop.Conversation) -> sop.Conversation:
    for said in ("no", "she backed into me", "yes", "skip", "yes"):
        talk.hear(said)
    return talk


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) >= 6


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_script(path: Path) -> None:
    _, misses = play(GRAPH, parse_script(path.read_text()))
    assert [str(miss) for miss in misses] == []


def test_disclaimer_is_the_first_thing_after_the_greeting_and_cannot_be_interrupted() -> None:
    talk = call()
    said = [act for act in talk.opening if isinstance(act, sop.Say)]
    disclaimer = next(act for act in said if "does not create an attorney-client relationship" in act.text)
    assert "I'm not a lawyer" in disclaimer.text
    assert not disclaimer.interruptible
    assert said.index(disclaimer) == len(said) - 2
    assert talk.state.path == ("disclaimer", "kind")


def test_no_way_leads_to_the_conflict_check_around_the_disclaimer() -> None:
    assert "disclaimer" in GRAPH.required["conflict_check"]
    assert "disclaimer" in GRAPH.required["company_conflict_check"]


def test_no_check_for_somebody_with_a_lawyer() -> None:
    tools = Answers("no")
    talk = call(tools=tools)
    talk.hear("a dog bite")
    talk.hear("yes i do")
    assert talk.state.outcome == "already_represented"
    assert tools.called == []


def test_conflict_is_declined_without_a_reason_and_nothing_is_filed() -> None:
    tools = Answers("yes")
    talk = call(tools=tools)
    for said in ("a dog bite", "no", "karen mitchell", "yes", "my neighbor", "paul brannigan"):
        talk.hear(said)
    assert talk.state.outcome == "declined"
    assert tools.called == ["check_conflict"]
    for telling in ("conflict", "client", "Brannigan", "represent"):
        assert telling not in talk.said


def test_the_result_of_the_check_is_never_in_a_text() -> None:
    assert GRAPH.facts["conflict"].private


@pytest.mark.parametrize(
    ("day", "step"),
    [
        # The call is on 2026-11-24: 731, 730, 641 and 640 days before it.
        ("november twenty third twenty twenty four", "late_notice"),
        ("november twenty fourth twenty twenty four", "deadline_notice"),
        ("february twenty first twenty twenty five", "deadline_notice"),
        ("february twenty second twenty twenty five", "injuries"),
    ],
)
def test_time_limits(day: str, step: str) -> None:
    talk = to_the_state(call(), day)
    assert talk.state.path[talk.state.path.index("facts") + 1] == step


def test_a_late_date_leads_to_a_lawyer() -> None:
    talk = to_the_end(to_the_state(call(), "march third twenty twenty four"))
    assert [act.target for one in talk.trace for act in one.acts if isinstance(act, sop.TransferTo)] == [
        "lawyer_on_call"
    ]


@pytest.mark.parametrize(
    ("now", "when"),
    [
        (TUESDAY, "today"),
        (SUNDAY, "on Monday"),
        (FRIDAY, "on Monday"),
        (TUESDAY[:11] + "20:00:00-05:00", "on the next business day"),
    ],
)
def test_when_a_lawyer_calls_back(now: str, when: str) -> None:
    talk = to_the_end(to_the_state(call(now), "november second twenty twenty six"))
    assert f"will call you back {when}." in talk.said
    assert talk.state.outcome == "lead_saved"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("a truck rear ended me", "truck"),
        ("i was t boned by a semi", "truck"),
        ("somebody rear ended me", "car"),
        ("the truck", "truck"),
    ],
)
def test_who_hit_whom_is_told_apart(said: str, kind: str) -> None:
    talk = call()
    talk.hear(said)
    assert talk.state.values["accident_kind"].value == kind


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("minnesota", "other_state"),
        ("it happened in oregon", "other_state"),
        ("washington d c", "other_state"),
        ("rochester", "new_york"),
        ("rochester minnesota", None),
        ("connecticut avenue in washington", None),
    ],
)
def test_a_town_of_the_same_name_elsewhere_is_no_state_of_ours(said: str, state: str | None) -> None:
    talk = call()
    for earlier in ("a car accident", "no", "karen mitchell", "no", "march third", "yes"):
        talk.hear(earlier)
    talk.hear(said)
    held = talk.state.values.get("accident_state")
    assert (held.value if held else None) == state


@pytest.mark.parametrize("said", ["a person", "just a person", "um someone", "it's a person"])
def test_a_person_is_an_individual_where_that_is_asked(said: str) -> None:
    talk = call()
    for earlier in ("a car accident", "no", "karen mitchell", "yes"):
        talk.hear(earlier)
    talk.hear(said)
    assert talk.state.values["other_side"].value == "individual"


def test_who_asks_for_a_person_there_gets_one() -> None:
    talk = call()
    for earlier in ("a car accident", "no", "karen mitchell", "yes", "can i talk to a person"):
        talk.hear(earlier)
    assert "other_side" not in talk.state.values
    assert any(isinstance(act, sop.TransferTo) for exchange in talk.trace for act in exchange.acts)


@pytest.mark.parametrize(
    ("said", "day"),
    [("i was in a car accident yesterday", "2026-11-23"), ("car crash on october third", "2026-10-03")],
)
def test_the_day_may_be_told_with_the_accident(said: str, day: str) -> None:
    talk = call()
    talk.hear(said)
    assert talk.state.values["accident_date"].value == day
