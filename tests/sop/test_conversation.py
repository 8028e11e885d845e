"""A procedure as an object to talk to."""

from collections.abc import Mapping

import pytest

import sop
from sop.acts import CallTool, ToolFinished, TransferFinished, TransferTo
from tests.sop.conversation import NOW

FLOW = sop.load_text("""\
sop: tiny
business: Acme
greeting: Welcome to Acme.
slots:
  claim: {type: digits, lengths: [4], prompt: Which claim?}
start: first
steps:
  first: {ask: claim, go: look}
  look: {tool: status, on_failure: desk, go: told}
  told: {say: "It is {status}. {note}", go: bye}
  desk: {transfer: front_desk, say: One moment., on_no_answer: sorry, no_answer: Nobody is there.}
  sorry: {end: nobody, say: Please call again.}
  bye: {end: told, say: Goodbye.}
tools:
  status:
    url: https://acme.example.com/{claim}
    arguments: [claim]
    results: {status: {type: choice, options: [open, paid]}, note: {type: text, required: false}}
    example: {status: open, note: It came on Monday.}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: sorry}
""")


class Answers:
    """One answer, whatever is asked; what it was asked with is kept."""

    def __init__(self, answer: Mapping[str, object] | None) -> None:
        self.answer = answer
        self.calls: list[tuple[str, dict[str, str]]] = []

    def call(self, name: str, arguments: Mapping[str, str]) -> Mapping[str, object] | None:
        self.calls.append((name, dict(arguments)))
        return self.answer


def talk(answer: Mapping[str, object] | None = None, *, there: bool = True) -> tuple[sop.Conversation, Answers]:
    tools = Answers(answer)
    return sop.Conversation(FLOW, tools=tools, people=lambda target: there, now=NOW), tools


def test_it_opens_with_the_greeting_and_the_first_question() -> None:
    begun = sop.Conversation(FLOW, now=NOW)
    assert begun.said == "Welcome to Acme. Which claim?"
    assert begun.expecting.slot == "claim"
    assert begun.trace[0].given == sop.Begin()


def test_a_tool_answers_within_the_same_turn() -> None:
    call, tools = talk({"status": "paid", "note": "The money went out."})
    acts = call.hear("four one five two")
    assert tools.calls == [("status", {"claim": "4152"})]
    assert call.said == "It is paid. The money went out. Goodbye."
    assert call.state.outcome == "told"
    assert any(isinstance(act, CallTool) for act in acts)
    assert isinstance(call.trace[-1].given, ToolFinished)


def test_nothing_answered_is_no_text() -> None:
    call, _ = talk({"status": "open", "note": None})
    call.hear("four one five two")
    assert call.state.facts == {"status": "open"}
    assert call.said == "It is open. Goodbye."


def test_examples_answer_by_default() -> None:
    call = sop.Conversation(FLOW, now=NOW)
    call.press("4152#")
    assert "It is open. It came on Monday." in call.said


def test_a_tool_that_fails_and_a_person_who_is_there() -> None:
    call, _ = talk(None)
    acts = call.hear("four one five two")
    assert [act.target for act in acts if isinstance(act, TransferTo)] == ["front_desk"]
    assert call.said == "One moment."
    assert call.trace[-1].given == TransferFinished(True, "")


def test_nobody_is_there() -> None:
    call, _ = talk({"status": "lost"}, there=False)
    call.hear("four one five two")
    assert call.said.endswith("Nobody is there. Please call again.")
    assert call.state.outcome == "nobody"


def test_reading_moves_nothing() -> None:
    call, _ = talk()
    before = call.state
    reading = call.read((sop.Hypothesis("four one five two", 0.9),))
    assert [act.value for act in reading.acts if isinstance(act, sop.Answer)] == ["4152"]
    assert call.state == before


def test_silence_is_asked_about() -> None:
    call, _ = talk()
    call.silence()
    assert call.said != ""
    assert call.expecting.slot == "claim"


ROOM = sop.load_text("""\
sop: room
business: The Inn
greeting: Welcome to The Inn.
slots:
  pets:
    {type: yes_no, prompt: Are you bringing a pet?, optional: true}
  floor:
    type: choice
    prompt: Would you like a low floor or a high one?
    options:
      low: {spoken: low floor, phrases: [low, ground floor]}
      high: {spoken: high floor, phrases: [high, top floor]}
  next_floor:
    type: choice
    prompt: And a low floor or a high one the next time?
    options:
      low: {spoken: low floor, phrases: [low, ground floor]}
      high: {spoken: high floor, phrases: [high, top floor]}
      any: {spoken: any floor, phrases: ["=no", "=not sure", "=none of them", no thank you, i don't know, i'm good]}
  phone: {type: phone, prompt: What is your number?, optional: true, confirm: always}
  wish: {type: free_text, label: the wish, prompt: Is there anything special we should know?, optional: true}
start: first
steps:
  first: {ask: [pets, floor, next_floor, phone, wish], go: check}
  check: {review: [floor], prompt: "A {floor}. Is that right?", ask_what: What should I change?, go: saved}
  saved: {end: saved, say: Thank you.}
  desk: {transfer: front_desk, say: One moment., on_no_answer: left, no_answer: Nobody is there.}
  left: {end: caller_left, say: Goodbye.}
goodbye: left
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: left}
""")
NO_PHONE = ("no", "low floor", "high floor", "skip")


def room(*said: str) -> sop.Conversation:
    call = sop.Conversation(ROOM, now=NOW)
    for text in said:
        call.hear(text)
    return call


def held(call: sop.Conversation) -> dict[str, str]:
    return {name: value.value for name, value in call.state.values.items()}


@pytest.mark.parametrize(
    "text",
    [
        "that's all",
        "no that's all",
        "no that's all thanks",
        "nope that's it",
        "no thanks that's everything",
        "nah",
        "not really",
        "no not really thank you",
        "nothing special",
        "no nothing",
        "no i'm good",
        "no ma'am",
        "um no i think that's it",
        "not that i can think of",
        "no thanks bye",
        "i don't know",
    ],
)
def test_a_last_question_is_left_out_and_the_call_goes_on(text: str) -> None:
    call = room(*NO_PHONE, text)
    assert call.state.step == "check"
    assert "wish" in call.state.skipped
    assert "wish" not in held(call)


@pytest.mark.parametrize(
    "text",
    [
        "nothing but a crib",
        "no smoking room",
        "no feathers please",
        "not really but a crib would be nice",
        "that's all i need is a crib",
        "no pillows for me",
    ],
)
def test_a_wish_that_begins_with_a_no_is_a_wish(text: str) -> None:
    call = room(*NO_PHONE, text)
    assert held(call)["wish"] == text


@pytest.mark.parametrize("text", ["bye", "goodbye", "i have to go", "thank you bye"])
def test_a_farewell_ends_the_call(text: str) -> None:
    assert room(*NO_PHONE, text).state.outcome == "caller_left"


@pytest.mark.parametrize(
    "text", ["skip", "skip that one please", "i don't know", "i'm not sure", "i'd rather not say", "can you skip it"]
)
def test_a_yes_or_no_may_be_left_out(text: str) -> None:
    call = room(text)
    assert call.state.skipped == ("pets",)
    assert call.expecting.slot == "floor"


@pytest.mark.parametrize(
    ("text", "pets"),
    [("no", "no"), ("nope", "no"), ("not right now", "no"), ("yes", "yes"), ("i don't know i think so", None)],
)
def test_a_plain_no_is_an_answer_and_leaves_nothing_out(text: str, pets: str | None) -> None:
    call = room(text)
    assert held(call).get("pets") == pets
    assert call.state.skipped == ()


@pytest.mark.parametrize("text", ["skip it", "leave it out", "just skip that please"])
def test_a_number_that_is_read_back_may_be_left_out(text: str) -> None:
    call = room(*NO_PHONE[:3], "two one two five five five oh one nine nine")
    assert held(call)["phone"] == "+12125550199"
    call.hear(text)
    assert "phone" not in held(call)
    assert call.expecting.slot == "wish"


@pytest.mark.parametrize("text", ["i don't know", "that's all"])
def test_what_is_no_answer_to_a_read_back_is_asked_again(text: str) -> None:
    call = room(*NO_PHONE[:3], "two one two five five five oh one nine nine", text)
    assert (call.expecting.slot, call.expecting.kind) == ("phone", "yes_no")
    assert held(call)["phone"] == "+12125550199"


@pytest.mark.parametrize("text", ["no", "no thank you", "nope", "yes", "i don't know", "not sure", "i'm good"])
def test_a_bare_answer_fills_no_other_choice(text: str) -> None:
    assert "next_floor" not in held(room(text))


@pytest.mark.parametrize("text", ["that's all", "no thanks that's all", "no that's all thank you"])
def test_that_is_all_does_not_end_a_yes_or_no(text: str) -> None:
    call = room(text)
    assert call.state.outcome is None
    assert "next_floor" not in held(call)


def test_what_is_said_once_answers_one_choice() -> None:
    call = room("no", "on the ground floor please")
    assert held(call)["floor"] == "low"
    assert "next_floor" not in held(call)
    assert call.expecting.slot == "next_floor"


def test_a_choice_still_ahead_is_volunteered_in_so_many_words() -> None:
    assert held(room("no and i don't know the rest but the top floor please"))["floor"] == "high"
