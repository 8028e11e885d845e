"""A procedure as an object to talk to."""

from collections.abc import Mapping

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
