"""The shipped flow as conversations."""

import pytest

import sop
from tests.sop.conversation import OWN, Call, to_callback, to_review

LEAD = {
    "problem": "no_heat",
    "name": "Karen Mitchell",
    "callback": OWN,
    "address": "2217 Maple Street, Apartment 4, Springfield",
    "when": "2026-11-23T08:00/2026-11-23T12:00",
}


def test_plain_lead() -> None:
    call = Call()
    assert call.said.startswith("Thank you for calling Northside Heating.")
    call.play("""
        bot: What's going on with your system?
        caller: yeah hi my furnace quit and the kids are freezing
        bot: May I have your name, please?
        caller: um my name is karen mitchell
        bot: Is the number you're calling from, ending in 0 1 3 4, the best one to reach you?
        caller: yes that's right
        bot: What's the address
        caller: twenty two seventeen maple street apartment four springfield
        bot: When would be a good time
        caller: tomorrow morning
        bot: Let me read that back.
        bot: Karen Mitchell, at 4 1 5, 5 5 5, 0 1 3 4.
        bot: no heat
        bot: twenty two seventeen Maple Street, Apartment four, Springfield
        bot: Monday, November twenty third, in the morning
        bot: Is that all right?
        caller: yes
        step: save
        tool ok
        bot: Goodbye.
        ends: lead_saved
    """)
    assert call.values == LEAD
    assert all(held.confirmed for held in call.state.values.values())
    assert call.state.path == ("triage", "contact_intro", "contact", "check", "save", "goodbye")
    tool = next(act for act in call.trace if isinstance(act, sop.CallTool))
    assert (tool.name, dict(tool.arguments)) == ("create_lead", LEAD)


def test_gas_is_told_to_leave_before_anything_else() -> None:
    call = Call()
    call.play("caller: i smell gas in my kitchen\nbot: Please leave the building now, and call 9 1 1\nstep: on_call")
    kinds = [type(act).__name__ for act in call.acts]
    assert kinds.index("Save") < kinds.index("Say") < kinds.index("TransferTo")
    assert all(not act.interruptible for act in call.acts if isinstance(act, sop.Say))
    call.play("answered\nends: transferred")


def test_gas_without_an_answer_takes_the_details() -> None:
    call = Call(caller=None)
    call.play("""
        caller: it smells like rotten eggs down here
        no answer
        bot: Our technician is on another call.
        bot: May I have your name
        caller: dana whitfield
        bot: What's the best number to reach you
        caller: four one five five five five oh one nine nine
        bot: I have 4 1 5, 5 5 5, 0 1 9 9. Is that right?
        caller: yep
        bot: What's the address
        caller: one oh five north elm avenue
        caller: as soon as possible
        bot: a smell of gas
        caller: that's perfect
        tool ok
        ends: lead_saved
    """)


@pytest.mark.parametrize(
    "moment",
    [
        "caller: my ac is broken",
        "caller: my ac is broken\ncaller: karen mitchell",
        "caller: my ac is broken\ncaller: karen mitchell\ncaller: yes",
        "caller: let me talk to a person\nno answer",
    ],
)
def test_gas_wins_at_any_moment(moment: str) -> None:
    call = Call()
    call.play(f"{moment}\ncaller: wait now i smell gas\nbot: Please leave the building now\nstep: on_call")
    assert call.values["problem"] == "gas"


def test_gas_wins_during_the_read_back() -> None:
    to_review().play(
        "caller: yes but now there's a strong smell of gas\nbot: Please leave the building now\nstep: on_call"
    )


@pytest.mark.parametrize(
    "text",
    [
        "no gas smell it's just cold",
        "it's a gas furnace and it won't start",
        "i don't smell gas there's just no heat",
        "i have a gas boiler with no heat",
    ],
)
def test_gas_that_is_none(text: str) -> None:
    call = Call()
    call.hear(text)
    assert call.values["problem"] == "no_heat"


def test_carbon_monoxide() -> None:
    Call().play("caller: my carbon monoxide alarm is going off\nbot: fresh air\nstep: on_call")


def test_volunteered_slots_are_not_asked_again() -> None:
    call = Call()
    call.play("""
        caller: my furnace is out this is dana whitfield at 415 555 0199
        bot: I have 4 1 5, 5 5 5, 0 1 9 9. Is that right?
        caller: yes
        bot: What's the address
        caller: i'm at 105 north elm avenue and can you come tomorrow morning
        bot: Let me read that back.
    """)
    assert call.values["name"] == "Dana Whitfield"
    assert call.values["when"] == LEAD["when"]


def test_another_number_is_taken_straight_away() -> None:
    to_callback().play("""
        caller: no use four one five five five five oh one nine nine
        bot: I have 4 1 5, 5 5 5, 0 1 9 9. Is that right?
        caller: yes
        bot: What's the address
    """)


def test_offer_declined_asks_for_the_number() -> None:
    to_callback().play("""
        caller: no
        bot: What's the best number to reach you
        caller: five five five oh one nine nine
        bot: whole number with the area code
        caller: four one five five five five oh one nine nine
        bot: I have 4 1 5, 5 5 5, 0 1 9 9.
        caller: no that's wrong the number is four one five five five five oh one nine eight
        bot: I have 4 1 5, 5 5 5, 0 1 9 8. Is that right?
        caller: yes
        bot: What's the address
    """)


def test_number_by_keypad() -> None:
    call = to_callback()
    call.play("""
        keys: 2
        bot: What's the best number
        caller: blah blah
        bot: Sorry, I didn't get that.
        caller: bleh
        bot: keypad
        keys: 4155550199#
        bot: I have 4 1 5, 5 5 5, 0 1 9 9.
        keys: 1
        bot: What's the address
    """)
    assert call.state.values["callback"].confirmed


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("no it's 2219 maple", "address", "2219 Maple Street, Apartment 4, Springfield"),
        (
            "no it's twenty two nineteen maple street",
            "address",
            "2219 Maple Street, Apartment 4, Springfield",
        ),
        ("no the address is twelve oak road", "address", "12 Oak Road"),
        ("no it's apartment five", "address", "2217 Maple Street, Apartment 5, Springfield"),
        ("actually my name is carol", "name", "Carol Mitchell"),
        ("no my last name is mitchum", "name", "Karen Mitchum"),
        ("not monday wednesday", "when", "2026-11-25T08:00/2026-11-25T12:00"),
        ("no make it tuesday afternoon", "when", "2026-11-24T12:00/2026-11-24T17:00"),
        ("yes but the time should be in the afternoon", "when", "2026-11-23T12:00/2026-11-23T17:00"),
        ("sorry i meant wednesday", "when", "2026-11-25T08:00/2026-11-25T12:00"),
        ("no the number is four one five five five five oh one nine eight", "callback", "+14155550198"),
        ("the phone number should be 415-555-0198", "callback", "+14155550198"),
        ("no four one five five five five oh one nine eight", "callback", "+14155550198"),
        ("actually it's a water leak", "problem", "water_leak"),
        ("no it's kathryn mitchell", "name", "Kathryn Mitchell"),
        ("name is wrong it's kathryn", "name", "Kathryn Mitchell"),
        ("my name is kathryn not karen", "name", "Kathryn Mitchell"),
        ("no my name is spelled m i t c h e l", "name", "Karen Mitchel"),
        ("no my name is peter bowman", "name", "Peter Bowman"),
        ("it's maple avenue not maple street", "address", "2217 Maple Avenue, Apartment 4, Springfield"),
        ("almost the apartment is fourteen", "address", "2217 Maple Street, Apartment 14, Springfield"),
        ("no the house number is twenty two nineteen", "address", "2219 Maple Street, Apartment 4, Springfield"),
        ("it's in shelbyville not springfield", "address", "2217 Maple Street, Apartment 4, Shelbyville"),
        ("the zip is six two seven oh four", "address", "2217 Maple Street, Apartment 4, Springfield, 62704"),
        ("no one oh five maple street", "address", "105 Maple Street, Apartment 4, Springfield"),
        (
            "no wait it's fifteen twelve not twenty two seventeen",
            "address",
            "1512 Maple Street, Apartment 4, Springfield",
        ),
        ("everything is right except the number it's 415 555 0198", "callback", "+14155550198"),
        ("i said thursday not monday", "when", "2026-11-26T08:00/2026-11-26T12:00"),
        ("it's not monday it's tuesday", "when", "2026-11-24T08:00/2026-11-24T12:00"),
        ("yes but it's apartment five", "address", "2217 Maple Street, Apartment 5, Springfield"),
        ("it's apartment four b", "address", "2217 Maple Street, Apartment 4B, Springfield"),
        ("right but it's karen michelle", "name", "Karen Michelle"),
        ("actually make it as soon as possible", "when", "asap"),
        ("no afternoon", "when", "2026-11-23T12:00/2026-11-23T17:00"),
        ("it's not no heat it's no cooling", "problem", "no_cooling"),
        ("change the name to karen mitchum", "name", "Karen Mitchum"),
        ("the last four digits are oh one nine eight", "callback", "+14155550198"),
    ],
)
def test_correction_in_the_read_back(text: str, slot: str, value: str) -> None:
    call = to_review()
    call.hear(text)
    assert call.values == {**LEAD, slot: value}
    spoken = call.state.values[slot].spoken
    assert spoken in call.said
    assert call.state.step == "check"
    assert "Let me read that back" not in call.said
    call.play("caller: yes\nstep: save")
    assert call.state.values[slot].confirmed


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("the time is good but the address isn't right", "What's the address"),
        ("everything is right except the number", "best number to reach you"),
        ("the address is wrong", "What's the address"),
        ("no the name is wrong", "May I have your name"),
        ("no that's not my number", "best number to reach you"),
        ("can i change the time", "good time for us to come"),
        ("that's my old address", "What's the address"),
    ],
)
def test_wrong_without_the_right_value_reopens_only_that(text: str, question: str) -> None:
    call = to_review()
    call.hear(text)
    assert question in call.said
    assert len(call.values) == 4


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "yes everything's right",
        "yep that's all correct thank you so much",
        "sounds good",
        "um yeah i think that's right",
        "that's perfect",
        "yes that's right and please hurry",
        "okay great thanks bye",
        "no that's all right",
        "no wait yes it's right",
        "nope all good",
        "no nothing else",
        "it's okay",
        "i guess so",
    ],
)
def test_everything_right(text: str) -> None:
    call = to_review()
    call.hear(text)
    assert call.state.step == "save"


@pytest.mark.parametrize(
    "text",
    [
        "no it's karen with a c",
        "say the address again",
        "wait what was the address",
        "i need to change something",
        "what",
        "springfield gardens",
        "maybe",
    ],
)
def test_what_is_unclear_changes_nothing(text: str) -> None:
    call = to_review()
    call.hear(text)
    assert call.values == LEAD
    assert call.state.step == "check"


def test_an_unusual_smell_is_asked_about() -> None:
    call = Call()
    call.play(
        "caller: there's a weird smell coming from the furnace\nbot: Could it be gas\n"
        "caller: yes\nbot: Please leave the building"
    )
    assert call.state.step == "on_call"
    Call().play("caller: there's a weird smell\nkeys: 2\nbot: May I have your name")
    Call().play("caller: there's a weird smell\ncaller: no it smells like dust\nbot: May I have your name")
    Call().play("caller: there's a weird smell\ncaller: yeah like rotten eggs\nstep: on_call")


def test_reopened_slot_comes_back_to_a_short_read_back() -> None:
    to_review().play("""
        caller: the address is wrong
        caller: twelve oak road dover
        bot: Now the address is twelve Oak Road, Dover. Is everything right?
        caller: yep
        step: save
    """)


def test_bare_no_asks_what_to_change() -> None:
    to_review().play("""
        caller: no
        bot: What should I change?
        caller: the name
        bot: May I have your name
        caller: carol mitchell
        bot: Now the name is Carol Mitchell.
    """)


def test_correction_in_the_middle_goes_on_where_it_was() -> None:
    call = to_callback()
    call.play("""
        caller: yes
        bot: What's the address
        caller: actually my name is carol mitchell
        bot: changed
        bot: What's the address
    """)
    assert call.values["name"] == "Carol Mitchell"


def test_tool_that_fails() -> None:
    to_review().play("caller: yes\ntool fails\nbot: I have kept everything you told me\nends: lead_kept")
