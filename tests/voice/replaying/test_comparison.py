"""Two runs side by side: what differs, why, and which is better."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.voice.replaying.made import result, slot, tool, transfer, turn
from voice.replaying.comparison import compared
from voice.replaying.result import CallResult, Difference, Said, TurnResult, Wer

BEGIN = turn(0, "begin", said="What's going on?", entered=("triage",), at_step="")
PROBLEM = turn(1, heard="no heat", said="Your name?", entered=("contact",), set={"problem": "no_heat"}, endpoint_ms=600)
NAME = turn(
    2, heard="ann smith", at_step="contact", said="And your number?", set={"name": "Ann Smith"}, endpoint_ms=260
)
END = turn(3, "end", at_step="contact")
CALL = result(BEGIN, PROBLEM, NAME, END, slots={"problem": slot("no_heat"), "name": slot("Ann Smith", turn=2)})


def beside(*turns: TurnResult, **more: Any) -> CallResult:
    """The call gone otherwise, beside the call as it was."""
    return compared(replace(CALL, turns=turns or CALL.turns, **more), CALL, against="journal")


def listed(found: CallResult) -> list[tuple[int, str]]:
    return [(one.turn, one.what) for one in found.differences]


def why(found: CallResult, what: str) -> str:
    return next(one.why for one in found.differences if one.what == what)


@given(st.lists(st.sampled_from((BEGIN, PROBLEM, NAME, END)), max_size=6))
def test_a_run_is_the_same_as_itself(turns: list[TurnResult]) -> None:
    call = replace(CALL, turns=tuple(turns))
    found = compared(call, call, against="last")
    assert (found.verdict, found.differences, found.parts_at, found.against) == ("same", (), None, "last")


# ---- where and why ---------------------------------------------------------------------------------------------------


def test_another_prompt() -> None:
    found = beside(BEGIN, PROBLEM, replace(NAME, said="Which number?"), END)
    assert found.parts_at == Difference(2, "said", "And your number?", "Which number?", "the prompt's text")
    assert found.verdict == "different"


def test_other_words_are_why_all_else_in_the_turn_differs() -> None:
    found = beside(BEGIN, PROBLEM, replace(NAME, heard="anne smyth", set={"name": "Anne Smyth"}, said="Anne?"), END)
    assert listed(found) == [(2, "heard"), (2, "set"), (2, "said")]
    assert why(found, "heard") == "the same sound was put into other words"
    assert why(found, "set") == why(found, "said") == "heard 'anne smyth' instead of 'ann smith'"


def test_words_that_lack_their_end() -> None:
    assert (
        why(beside(BEGIN, PROBLEM, replace(NAME, heard="ann"), END), "heard")
        == "the turn was over before the last words"
    )
    assert (
        why(beside(BEGIN, PROBLEM, replace(NAME, heard="ann smith yes"), END), "heard") == "the turn went on for longer"
    )


def test_a_word_that_lost_its_end_is_another_word() -> None:
    was = replace(CALL, turns=(BEGIN, PROBLEM, replace(NAME, heard="twenty four months"), END))
    now = replace(CALL, turns=(BEGIN, PROBLEM, replace(NAME, heard="twenty four month"), END))
    assert why(compared(now, was, against="last"), "heard") == "the same sound was put into other words"
    assert why(compared(was, now, against="last"), "heard") == "the same sound was put into other words"


def test_where_nothing_was_heard_no_turn_was_cut_off() -> None:
    assert why(beside(BEGIN, PROBLEM, replace(NAME, heard=""), END), "heard") == "nothing was put into words"
    was = replace(CALL, turns=(BEGIN, PROBLEM, replace(NAME, heard=""), END))
    assert why(compared(CALL, was, against="last"), "heard") == "nothing was put into words then"


def test_steps_that_are_left_out_are_told_for_the_call_as_a_whole() -> None:
    was = replace(CALL, path=("triage", "contact", "check", "save"))
    found = compared(replace(CALL, path=("triage", "contact", "save", "survey")), was, against="journal")
    assert found.differences == (Difference(-1, "steps", "check", "survey"),)


def test_a_step_that_is_passed_more_often_is_not_left_out() -> None:
    was = replace(CALL, path=("triage", "contact", "check", "contact", "check"))
    assert compared(replace(CALL, path=("triage", "contact", "check")), was, against="journal").differences == ()


def test_the_same_words_and_another_value() -> None:
    found = beside(BEGIN, PROBLEM, replace(NAME, set={"name": "Smith Ann"}), END)
    assert found.parts_at == Difference(
        2, "set", "name = Ann Smith", "name = Smith Ann", "the same words were read as another value"
    )


def test_the_same_words_and_another_step() -> None:
    found = beside(BEGIN, replace(PROBLEM, entered=("gas_safety",), said="Leave the building."))
    assert why(found, "entered") == "the same words led to another step: the flow's edge or a slot rule"
    assert why(found, "said") == "another step's words"


def test_where_a_tool_was_called_its_answer_may_have_led_elsewhere() -> None:
    found = beside(BEGIN, replace(PROBLEM, entered=("gas_safety",)), tools=(tool("find_claim", turn=1),))
    assert why(found, "entered").endswith("the flow's edge or a slot rule, or a tool's answer")


def test_another_value_leads_to_another_step() -> None:
    found = beside(BEGIN, replace(PROBLEM, set={"problem": "gas"}, entered=("gas_safety",)), NAME, END)
    assert why(found, "entered") == "another value led to another step"


def test_after_another_value_a_prompt_may_differ_because_of_it() -> None:
    found = beside(BEGIN, replace(PROBLEM, set={"problem": "cold"}), replace(NAME, said="Cold. And your number?"), END)
    assert [one.why for one in found.differences if one.turn == 2] == ["the value set at turn 1, or the prompt's text"]


def test_what_comes_after_another_step_follows_from_it() -> None:
    found = beside(
        BEGIN,
        replace(PROBLEM, entered=("gas_safety",)),
        replace(NAME, at_step="gas_safety", said="Please leave."),
        replace(END, at_step="gas_safety"),
        turn(4, "end"),
    )
    later = [one for one in found.differences if one.turn > 1]
    assert len(later) == 4 and {one.why for one in later} == {"follows from turn 1"}
    assert found.parts_at is not None and (found.parts_at.turn, found.parts_at.what) == (1, "entered")


def test_few_of_the_followers_are_listed_and_the_call_as_a_whole_always_is() -> None:
    long = tuple(turn(number, heard=f"word {number}", said="Yes?") for number in range(2, 40))
    other = tuple(replace(one, at_step="front_desk", said="No?") for one in long)
    was = replace(CALL, turns=(BEGIN, PROBLEM, *long))
    found = compared(
        replace(was, turns=(BEGIN, replace(PROBLEM, entered=()), *other), outcome="caller_hung_up"), was, against="last"
    )
    followers = [one for one in found.differences if one.why.startswith("follows")]
    assert len(followers) == 8
    assert followers[-1].why == "follows from turn 1, as do 68 more that are not listed"
    assert found.differences[-1] == Difference(-1, "outcome", "lead_saved", "caller_hung_up")


def test_turns_that_one_of_them_lacks() -> None:
    assert listed(beside(BEGIN, PROBLEM)) == [(2, "turn"), (2, "turn")]
    longer = beside(*CALL.turns, turn(4, heard="hello", said="Yes?"))
    assert longer.differences == (Difference(4, "turn", "", "speech: 'hello' → Yes?"),)


def test_a_later_end_of_a_turn_is_endpointing() -> None:
    found = beside(BEGIN, PROBLEM, replace(NAME, endpoint_ms=360), END)
    assert found.parts_at == Difference(2, "endpoint", "260 ms", "360 ms", "endpointing")
    assert found.verdict == "worse"
    assert beside(BEGIN, PROBLEM, replace(NAME, endpoint_ms=160), END).verdict == "better"
    assert beside(BEGIN, PROBLEM, replace(NAME, endpoint_ms=340), END).verdict == "same"


def test_beside_a_live_call_the_recogniser_may_have_held_it_up() -> None:
    live = replace(CALL, depth="wire")
    found = compared(
        replace(CALL, turns=(BEGIN, replace(PROBLEM, endpoint_ms=100), NAME, END)), live, against="journal"
    )
    assert why(found, "endpoint") == "endpointing, or the recogniser's time in the recorded call"


def test_one_turn_sooner_and_one_later_is_neither_better_nor_worse() -> None:
    found = beside(BEGIN, replace(PROBLEM, endpoint_ms=800), replace(NAME, endpoint_ms=60), END)
    assert found.verdict == "different"


def test_where_a_clock_ran_the_end_of_a_turn_is_not_compared() -> None:
    moved = replace(CALL, turns=(BEGIN, PROBLEM, replace(NAME, endpoint_ms=900), END))
    assert compared(moved, CALL, against="last", endpoint_ms=None).verdict == "same"


def test_the_call_parts_where_it_goes_another_way_not_where_a_turn_ends_later() -> None:
    found = beside(BEGIN, replace(PROBLEM, endpoint_ms=800), replace(NAME, said="Which?"), END)
    assert listed(found) == [(1, "endpoint"), (2, "said")]
    assert found.parts_at is not None and found.parts_at.what == "said"


# ---- what is not one turn's ------------------------------------------------------------------------------------------


def test_a_tool_that_is_told_something_else() -> None:
    was = replace(CALL, tools=(tool("find_claim", claim="12"),))
    found = compared(replace(CALL, tools=(tool("find_claim", claim="21"),)), was, against="journal")
    assert found.differences == (Difference(-1, "tools", "find_claim(claim = 12)", "find_claim(claim = 21)"),)
    failed = compared(replace(CALL, tools=(tool("find_claim", ok=False, claim="12"),)), was, against="journal")
    assert failed.differences[0].now == "find_claim(claim = 12) failed"


def test_of_an_accepted_run_only_names_of_tools_and_targets_are_known() -> None:
    was = replace(CALL, tools=(tool("find_claim"),), transfers=(transfer("desk", outcome=""),))
    now = replace(CALL, tools=(tool("find_claim", claim="21"),), transfers=(transfer("desk"),))
    assert compared(now, was, against="accepted").verdict == "same"
    assert compared(now, was, against="last").verdict == "different"


def test_a_person_who_is_not_reached() -> None:
    was = replace(CALL, transfers=(transfer("desk"),))
    found = compared(replace(CALL, transfers=(transfer("desk", outcome="failed"),)), was, against="last")
    assert [(one.what, one.was, one.now) for one in found.differences] == [
        ("transfers", "desk (asked): connected", "desk (asked): failed")
    ]


def test_a_value_that_is_no_longer_confirmed() -> None:
    was = replace(CALL, slots={"name": slot("Ann Smith", confirmed=True)})
    found = compared(replace(CALL, slots={"name": slot("Ann Smith")}), was, against="last")
    assert found.differences == (Difference(-1, "confirmed", "name", ""),)


def test_a_replay_that_is_not_identical_is_never_the_same() -> None:
    now = replace(CALL, identical=False)
    assert (compared(now, CALL, against="journal").verdict, compared(now, None, against="").verdict) == (
        "different",
    ) * 2
    assert compared(replace(CALL, identical=True), CALL, against="journal").verdict == "same"


# ---- what the caller heard -------------------------------------------------------------------------------------------

GREETING = "Thank you for calling."
RECORDED = "This call is recorded."
SAID = turn(
    *(0, "begin"),
    at_step="",
    said=f"{GREETING} {RECORDED} What's going on?",
    agent=(Said(0.0, 2.0, GREETING, False), Said(2.0, 4.0, RECORDED, False), Said(4.0, 5.5, "What's going on?", False)),
)
HEARD = result(SAID)


def spoken(now: TurnResult, was: TurnResult = SAID, *, against: str = "last") -> CallResult:
    return compared(replace(HEARD, turns=(now,)), replace(HEARD, turns=(was,)), against=against)


def test_a_sentence_that_could_not_be_spoken_is_never_the_same() -> None:
    lost = replace(SAID, agent=(SAID.agent[0], SAID.agent[2]), unheard=(RECORDED,))
    for against in ("last", "accepted", "journal"):
        found = spoken(lost, against=against)
        assert found.verdict == "different"
        assert found.parts_at == Difference(0, "unheard", "", RECORDED, "it could not be spoken")
    assert spoken(SAID, lost).verdict == "better", "and it is heard again"
    assert spoken(lost, lost).verdict == "same"
    other = replace(SAID, agent=SAID.agent[1:], unheard=(GREETING,))
    assert spoken(other, lost).verdict == "different", "another one is lost"


def test_a_sentence_that_was_dropped_without_a_word_is_never_the_same() -> None:
    found = spoken(replace(SAID, agent=(SAID.agent[0], SAID.agent[2])))
    assert found.verdict == "different"
    assert found.differences == (Difference(0, "unheard", "", RECORDED, "nothing of it was played"),)
    cleared = replace(SAID, agent=(SAID.agent[0], Said(2.0, 2.0, RECORDED, True), SAID.agent[2]))
    assert spoken(cleared).differences == found.differences


def test_what_is_not_said_any_more_is_no_sentence_that_was_not_heard() -> None:
    found = spoken(replace(SAID, said=GREETING, agent=SAID.agent[:1]))
    assert listed(found) == [(0, "said")]


def test_where_a_barge_in_moves_by_a_moment_the_same_was_heard() -> None:
    was = replace(SAID, agent=(SAID.agent[0], Said(2.0, 2.3, RECORDED, True)))
    none = replace(SAID, agent=(replace(SAID.agent[0], ends_s=1.9, cut=True),))
    assert spoken(none, was).verdict == spoken(was, none).verdict == "same"


def test_a_sentence_of_which_much_less_is_heard() -> None:
    cut = replace(SAID, agent=(Said(0.0, 0.5, GREETING, True), *SAID.agent[1:]))
    found = spoken(cut)
    assert (found.verdict, found.parts_at) == ("different", Difference(0, "cut", "", GREETING))
    assert spoken(SAID, cut).differences == (Difference(0, "cut", GREETING, ""),)
    late = replace(SAID, agent=(Said(0.0, 1.5, GREETING, True), *SAID.agent[1:]))
    assert spoken(late).verdict == "same"


def test_a_caller_who_hangs_up_hears_no_further() -> None:
    over = replace(HEARD, duration_s=2.3)
    found = compared(over, HEARD, against="last")
    assert [(one.what, one.now) for one in found.differences] == [("unheard", "What's going on?"), ("cut", RECORDED)]


# ---- which is better -------------------------------------------------------------------------------------------------

MISSING = "slot name is missing, expected 'Ann Smith'"
WRONG = "slot name is 'Nan Smith', expected 'Ann Smith'"
SURE = f"{WRONG}, and counts as confirmed"
OUTCOME = "outcome caller_hung_up, expected lead_saved"


def verdict(now: tuple[str, ...], was: tuple[str, ...], **more: Any) -> str:
    turns = (BEGIN, PROBLEM, replace(NAME, heard="an smith"), END)
    return compared(replace(CALL, faults=now, turns=turns, **more), replace(CALL, faults=was), against="last").verdict


def test_faults_gone_or_come() -> None:
    assert verdict((), (MISSING,)) == "better"
    assert verdict((MISSING,), (WRONG, OUTCOME)) == "better"
    assert verdict((OUTCOME, MISSING), (OUTCOME,)) == "worse"


def test_a_wrong_value_that_is_right_now_is_better() -> None:
    was = replace(
        CALL, slots={"name": slot("Nan Smith")}, tools=(tool("create_lead", name="Nan Smith"),), faults=(WRONG,)
    )
    now = replace(CALL, slots={"name": slot("Ann Smith")}, tools=(tool("create_lead", name="Ann Smith"),))
    assert compared(now, was, against="last").verdict == "better"
    other = replace(now, tools=(tool("create_lead", name="Smith"),))
    assert compared(other, was, against="last").verdict == "different", "the tool is told another name"
    read_back = replace(was, slots={"name": slot("Nan Smith", confirmed=True)}, faults=(SURE,))
    assert compared(was, read_back, against="last").verdict == "better", "still wrong, and not confirmed any more"
    unsure = replace(now, tools=(tool("create_lead", name="Ann Smith", ok=False),))
    assert compared(unsure, was, against="last").verdict == "different"


def test_a_fault_less_makes_no_call_better_that_went_another_way() -> None:
    was = replace(CALL, path=("triage", "consent", "contact"), faults=(WRONG,))
    others: tuple[dict[str, Any], ...] = (
        {"path": ("triage", "contact")},
        {"outcome": "failed"},
        {"transfers": (transfer("desk"),)},
        {"tools": (tool("create_lead"),)},
        {"turns": (BEGIN, replace(PROBLEM, entered=("save",)), NAME, END)},
        {"turns": (BEGIN, PROBLEM, replace(NAME, at_step="triage"), END)},
        {"turns": (BEGIN, PROBLEM, replace(NAME, by="keys"), END)},
        {"turns": CALL.turns[:3]},
        {"slots": {"problem": slot("no_heat", confirmed=True), "name": CALL.slots["name"]}},
        {"slots": {"problem": slot("gas"), "name": CALL.slots["name"]}},
    )
    for changed in others:
        now = replace(CALL, **({"path": was.path} | changed))
        assert compared(now, was, against="last").verdict == "different", changed


def test_one_gone_and_another_come_is_not_better() -> None:
    assert verdict((OUTCOME,), (MISSING, "path a, expected b")) == "different"


def test_a_wrong_value_that_counts_as_confirmed_weighs_more_than_all_else() -> None:
    assert verdict((SURE,), (MISSING, OUTCOME)) == "worse"
    assert verdict((SURE,), (WRONG,)) == "worse"
    assert verdict((WRONG,), (SURE,)) == "better"
    assert verdict((MISSING,), (SURE,)) == "better"


def test_words_decide_where_the_call_came_to_the_same() -> None:
    turns = (BEGIN, PROBLEM, replace(NAME, heard="an smith"), END)
    was = replace(CALL, wer=Wer(3, 20))
    assert compared(replace(CALL, turns=turns, wer=Wer(2, 20)), was, against="last").verdict == "better"
    assert compared(replace(CALL, turns=turns, wer=Wer(4, 20)), was, against="last").verdict == "worse"


def test_fewer_words_misheard_make_no_call_better_that_came_to_something_else() -> None:
    was = replace(CALL, wer=Wer(3, 20))
    others: tuple[dict[str, Any], ...] = (
        {"outcome": "failed"},
        {"slots": {}},
        {"transfers": (transfer("desk"),)},
        {"path": ("triage",)},
        {"path": ("triage", "contact", "contact")},
        {"tools": (tool("find_claim", claim="21"),)},
        {"slots": {"problem": slot("no_heat"), "name": slot("Ann Smith", confirmed=True)}},
    )
    for changed in others:
        turns = (BEGIN, PROBLEM, replace(NAME, heard="an smith"), END)
        now = replace(CALL, turns=turns, wer=Wer(0, 20), **changed)
        assert compared(now, was, against="last").verdict == "different"


def test_without_a_run_before_what_is_expected_decides() -> None:
    assert compared(CALL, None, against="journal").verdict == "new"
    expected = replace(CALL, expected=True)
    assert compared(expected, None, against="").verdict == "same"
    assert compared(replace(expected, faults=(MISSING,)), None, against="").verdict == "worse"
    assert compared(expected, None, against="").against == "expectation"
