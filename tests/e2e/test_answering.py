"""Who answers a call, and with what: lists, the challenge, hours, staff, the soft launch, voicemail, texts.

`tests.e2e.morning` has the numbers and who rings them.
"""

import asyncio
import json

import pytest
from structlog.testing import capture_logs

from tests.e2e.morning import HUMAN_SAYS, MESSAGE, NUMBERS, SHARES, STAFF_IN, STAFF_OUT, TEXT, Morning, play
from tests.e2e.telephone import hears
from voice.answering import challenge_key
from voice.double import Leg
from voice.events import CallStarted
from voice.journal import read_entries


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Morning, str]:
    """Every case and the soft launch, and all that was logged."""
    with capture_logs() as logs:
        morning = asyncio.run(play(tmp_path_factory.mktemp("answering")))
    return morning, json.dumps(logs, default=str)


@pytest.fixture
def morning(played: tuple[Morning, str]) -> Morning:
    return played[0]


# ---- lists and the challenge -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["blocked", "blocked_kind"])
def test_point_36_a_blocked_caller_is_told_so_and_never_met_with_silence(morning: Morning, name: str) -> None:
    leg = morning.legs[name]
    assert leg.said_to_it == ["We can't take calls from this number. Goodbye."]
    assert leg.verbs == ["Say", "Hangup"]
    assert morning.of(name).route == "blocked" and not morning.values(name)


def test_point_36_the_allow_list_goes_before_the_block_list(morning: Morning) -> None:
    assert morning.legs["allowed"].verbs == ["Connect"]
    assert morning.of("allowed").route == "agent"


def test_point_36_who_presses_the_right_key_passes_the_challenge(morning: Morning) -> None:
    leg = morning.legs["challenge_passed"]
    assert leg.verbs == ["Gather", "Say", "Connect"]
    assert leg.said_to_it == [f"To be connected, please press {challenge_key(leg.sid)}."]
    assert morning.of("challenge_passed").flow == "shut", "the agent has taken the call"


def test_point_35_who_misses_the_challenge_leaves_a_message_which_is_delivered_as_a_lead(morning: Morning) -> None:
    leg = morning.legs["challenge_missed"]
    assert leg.verbs == ["Gather", "Say", "Say", "Record", "Say", "Hangup"]
    assert leg.said_to_it[-1] == "Thank you, your message has been taken. Goodbye."
    stored = morning.of("challenge_missed")
    assert (stored.route, stored.flow, stored.outcome) == ("challenge", "", "voicemail")
    (made,) = [one for one in morning.here.twilio.recordings.values() if one.call == leg.sid]
    assert hears(made.said, MESSAGE) > 0.95
    lead = morning.delivered[leg.sid]
    assert lead["fields"]["voicemail"]["value"].endswith(f"/Recordings/{made.sid}")
    assert morning.outbox("challenge_missed")["jsonl:file"] == "delivered"


def test_point_36_who_says_nothing_at_the_challenge_hears_a_last_word(morning: Morning) -> None:
    leg = morning.legs["challenge_silent"]
    assert leg.said_to_it[-1] == "I did not hear a message. Goodbye."
    assert leg.verbs[-1] == "Hangup" and not morning.values("challenge_silent")


# ---- hours and staff ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "procedure"), [("open", "open"), ("holiday", "shut"), ("closed_day", "shut"), ("other_zone", "shut")]
)
def test_point_35_zone_holidays_and_days_off_choose_the_procedure(morning: Morning, name: str, procedure: str) -> None:
    stored = morning.of(name)
    assert (stored.route, stored.flow) == ("agent", procedure)
    assert stored.why == ("open" if procedure == "open" else "out of hours")
    zone = "-10:00" if name == "other_zone" else "-05:00"
    assert stored.started.endswith(zone) and stored.started.startswith("2026-11-26T")


def test_point_35_staff_who_take_the_call_keep_the_agent_away(morning: Morning) -> None:
    leg = morning.legs["staff_takes_it"]
    assert leg.verbs == ["Dial", "Hangup"] and hears(leg.heard, HUMAN_SAYS) > 0.95
    stored = morning.of("staff_takes_it")
    assert (stored.route, stored.flow) == ("staff", "")
    (staff,) = [one for one in morning.here.legs_to(STAFF_IN) if one.parent == leg.sid]
    assert staff.verbs == ["Gather", "Say"], "a key is asked for before anybody is connected"


def test_point_35_where_no_staff_pick_up_the_agent_answers(morning: Morning) -> None:
    leg = morning.legs["staff_is_out"]
    assert leg.verbs == ["Dial", "Connect"]
    assert [one.status for one in morning.here.legs_to(STAFF_OUT)] == ["no-answer"]
    assert morning.of("staff_is_out").flow == "open"


def test_point_35_nobody_rings_the_staff_on_a_holiday(morning: Morning) -> None:
    assert morning.legs["staff_at_home"].verbs == ["Connect"]
    assert morning.of("staff_at_home").flow == "shut"


# ---- the soft launch ---------------------------------------------------------------------------------------------


def _arm_of(morning: Morning, leg: Leg) -> str:
    arm = morning.stored[leg.sid].arm
    assert leg.verbs[0] == {"agent": "Connect", "human": "Dial"}[arm]
    return arm


def test_point_37_a_share_of_the_callers_gets_the_agent_and_always_the_same_ones(morning: Morning) -> None:
    arms = {
        share: [[_arm_of(morning, leg) for leg in calls] for calls in callers]
        for share, callers in morning.launch.items()
    }
    assert {arm for calls in arms[0] for arm in calls} == {"human"}
    assert {arm for calls in arms[100] for arm in calls} == {"agent"}
    assert {arm for calls in arms[50] for arm in calls} == {"human", "agent"}
    assert all(first == second for first, second in arms[50])
    human = [leg for callers in morning.launch[0] for leg in callers]
    assert all(hears(leg.heard, HUMAN_SAYS) > 0.95 for leg in human)


def test_point_37_the_store_reports_on_both_arms(morning: Morning) -> None:
    calls = [morning.stored[leg.sid].arm for callers in morning.launch[50] for leg in callers]
    number = SHARES[50]
    human, agent = morning.arms[number, "human"], morning.arms[number, "agent"]
    assert (human.calls, agent.calls) == (calls.count("human"), calls.count("agent"))
    assert dict(agent.outcomes) == {"caller_hung_up": agent.calls}
    assert dict(human.outcomes) == {"completed": human.calls}, "of those the carrier's word is all there is"
    assert morning.arms[NUMBERS["own_number"], "agent"].leads == 1


# ---- who calls ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["anonymous", "no_number"])
def test_point_36_a_caller_without_a_number_is_asked_for_one(morning: Morning, name: str) -> None:
    assert morning.of(name).caller is None
    assert morning.values(name)["callback"] == "+14155550177"
    assert morning.outbox(name)["jsonl:file"] == "delivered"
    assert not [one for one in morning.here.twilio.messages if one.to in ("", "anonymous", "+12")]


def test_point_36_a_caller_with_a_number_is_offered_it(morning: Morning) -> None:
    assert morning.values("own_number")["callback"] == morning.legs["own_number"].from_


@pytest.mark.parametrize(("name", "attested"), [("attested", "A"), ("forged", "failed"), ("open", "")])
def test_point_36_what_the_carrier_attests_is_kept_and_changes_nothing_else(
    morning: Morning, name: str, attested: str
) -> None:
    assert morning.of(name).attestation == attested
    assert morning.of(name).route == "agent" and morning.legs[name].verbs == ["Connect"]


def test_point_4_a_known_caller_is_known_before_the_first_word(morning: Morning) -> None:
    first = morning.of("own_number")
    (journal,) = (morning.here.folder / "calls").glob(f"{morning.again.sid}_*.jsonl")
    began = next(iter(read_entries(journal)))
    assert isinstance(began, CallStarted)
    known = {"calls_before": "1", "last_call": first.started, "last_outcome": "lead_saved"}
    assert dict(began.profile) == known
    (journal,) = (morning.here.folder / "calls").glob(f"{first.call}_*.jsonl")
    began = next(iter(read_entries(journal)))
    assert isinstance(began, CallStarted) and not began.profile


# ---- length and keys ---------------------------------------------------------------------------------------------


def test_point_37_a_call_that_lasts_too_long_is_brought_to_an_end(morning: Morning) -> None:
    stored = morning.of("too_long")
    assert stored.outcome == "too_long" and stored.duration_s is not None
    assert 60 <= stored.duration_s < 75
    assert morning.legs["too_long"].verbs == ["Connect", "Hangup"]


def test_point_10_keys_pressed_ahead_answer_the_questions_to_come_and_are_in_no_log(
    played: tuple[Morning, str],
) -> None:
    morning, logs = played
    values = morning.values("impatient")
    assert values == {"wanted": "yes", "callback": "+14155550177", "text_ok": "yes", "pin": "1234"}
    assert morning.of("impatient").outcome == "lead_saved"
    assert "4155550177" not in logs and '"1234"' not in logs


# ---- texts -------------------------------------------------------------------------------------------------------


def test_point_36_a_text_goes_to_who_agreed_once_and_only_when_all_is_complete(morning: Morning) -> None:
    assert morning.texts("own_number") == [TEXT["text"]]
    assert morning.texts("no_text") == [] and morning.leads[morning.legs["no_text"].sid].status == "complete"
    assert morning.texts("incomplete") == []
    assert morning.values("incomplete")["text_ok"] == "yes"
    assert morning.leads[morning.legs["incomplete"].sid].status == "partial"


@pytest.mark.parametrize("name", ["opted_out", "unregistered"])
def test_point_36_a_text_that_the_carrier_refuses_costs_nothing_else(morning: Morning, name: str) -> None:
    assert morning.of(name).outcome == "lead_saved"
    assert morning.outbox(name) == {"jsonl:file": "delivered", "confirmation:text": "dead"}
    assert morning.texts(name) == []


def test_point_36_who_has_texted_stop_gets_no_text_until_start(morning: Morning) -> None:
    assert morning.values("stopped")["text_ok"] == "yes" and morning.texts("stopped") == []
    assert morning.outbox("stopped")["confirmation:text"] == "delivered", "there was nothing to send"
    assert morning.texts("back_again") == [TEXT["text"]]
