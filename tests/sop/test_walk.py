"""Along the graph: corrections, sub-flows, asides, rounds, guards. Small flows, and what a caller may try with them."""

import pytest

import sop
from sop.reading import Answer, Correction, Digression, Reading
from tests.sop.conversation import NOW, Call

PERSON = """\
  desk: {say: One moment., transfer: desk, on_no_answer: sorry, no_answer: Nobody is free.}
  sorry: {end: unserved, say: We will call you back.}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: sorry}
"""

SHOP = (
    """\
sop: shop
business: Acme
greeting: Welcome.
slots:
  color: {type: choice, label: the color, names: [color], prompt: Which color, options: {red: [red], blue: [blue]}}
  size: {type: choice, label: the size, names: [size], prompt: Which size, depends_on: [color],
    options: {small: [small, in small], large: [large, in large]}}
  name: {type: person_name, label: the name, names: [my name, name], prompt: Your name, confirm: never}
  city: {type: choice, label: the city, names: [city], prompt: Which city,
    options: {york: [york, to york], hull: [hull, to hull]}}
  order: {type: digits, label: the order number, names: [order number], lengths: [4], prompt: Which order,
    volunteer: false}
tools:
  price:
    url: https://shop.example.com/price
    arguments: [color, size]
    results: {cost: money}
    example: {cost: 12}
  track:
    url: https://shop.example.com/track
    arguments: [order]
    results: {place: text}
    example: {place: Leeds}
flows:
  tracking:
    start: which
    steps:
      which: {ask: order, go: look}
      look: {tool: track, on_failure: back, go: tell}
      tell: {say: "Your order is in {place}.", go: back}
      back: {return: true}
asides:
  where: {call: tracking, phrases: [where is my order, track my order]}
knowledge:
  hours: {questions: [when are you open, what are your hours], words: [open, hours], answer: We are always open.}
start: paint
steps:
  paint:
    ask: [color]
    next:
      - {if: color == "red", go: warning}
      - {go: details}
  warning: {say: Red takes two coats., go: details}
  details: {ask: size, say: Some details., go: cost}
  cost: {tool: price, on_failure: desk, go: quote}
  quote: {say: "That is {cost}.", go: who}
  who: {ask: [name, city], go: check}
  check: {review: [color, name, city], prompt: "{color} for {name} in {city}. Right?",
    changed: "Now {label} is {value}. Right?", ask_what: What is wrong?, go: more}
  more: {ask: order, prompt: Any old order, go: bye}
  bye: {end: sold, say: Goodbye.}
"""
    + PERSON
)


def call_of(text: str, **answers: dict[str, str]) -> Call:
    """A call in a flow of this text, whose number is withheld."""
    return Call(sop.load_text(text), caller=None)


def answer(call: Call, **result: str) -> None:
    """The tool that runs answers."""
    call.feed(sop.ToolFinished(call.state.tool, True, result))


def entered(call: Call) -> list[str]:
    """The steps entered by the last event."""
    return [act.step for act in call.acts if isinstance(act, sop.Enter)]


def called(call: Call) -> list[str]:
    return [act.name for act in call.trace if isinstance(act, sop.CallTool)]


def to_check(color: str = "blue") -> Call:
    """A call in the shop in which everything is read back."""
    call = call_of(SHOP)
    call.play(f"caller: {color}\ncaller: small")
    answer(call, cost="12")
    call.play("caller: dana whitfield\ncaller: york\nstep: check")
    return call


def test_the_plain_way() -> None:
    call = to_check("red")
    call.play("bot: red for Dana Whitfield in york. Right?\ncaller: yes\nbot: Any old order")
    call.hear("one two three four")
    assert call.state.outcome == "sold"
    assert called(call) == ["price"]
    said = [act.text for act in call.trace if isinstance(act, sop.Say)]
    assert "Red takes two coats." in said
    assert "That is twelve dollars." in said


def test_several_slots_in_one_utterance_and_volunteered_ones_are_kept() -> None:
    call = call_of(SHOP)
    call.hear("blue in small and send it to york")
    assert call.values == {"color": "blue", "size": "small", "city": "york"}
    assert entered(call) == ["details", "cost"]
    answer(call, cost="12")
    call.play("bot: Your name\ncaller: dana whitfield\nstep: check")


def test_a_correction_empties_what_depends_on_it_and_nothing_else() -> None:
    call = to_check()
    call.play("caller: no the color is red\nbot: Red takes two coats.\nbot: Which size\nstep: details")
    assert call.values == {"color": "red", "name": "Dana Whitfield", "city": "york"}
    assert call.state.facts == {}
    assert called(call) == ["price"]
    call.hear("large")
    assert [act.arguments for act in call.acts if isinstance(act, sop.CallTool)] == [{"color": "red", "size": "large"}]
    answer(call, cost="15")
    assert call.said == "That is fifteen dollars. Now the color is red. Right?"
    call.play("caller: yes\nbot: Any old order")


def test_what_a_correction_empties_is_reported() -> None:
    call = to_check()
    call.hear("no the color is red")
    fields = {field.slot: field.value for act in call.acts if isinstance(act, sop.Save) for field in act.fields}
    assert fields == {"size": "", "color": "red"}


def test_a_correction_that_nothing_rests_on_asks_nothing_again() -> None:
    call = to_check()
    call.play("caller: no the city is hull\nbot: Now the city is hull. Right?\nstep: check")
    assert entered(call) == []
    assert called(call) == ["price"]


def test_the_same_price_is_not_told_twice_and_another_one_is() -> None:
    for cost, told in (("12", False), ("19", True)):
        call = to_check()
        call.play("caller: the color is wrong\nbot: Which color\ncaller: blue\ncaller: small")
        assert called(call) == ["price", "price"]
        answer(call, cost=cost)
        assert ("nineteen dollars" in call.said) == told
        assert "Some details." not in call.said
        assert call.state.step == "check"


def test_what_was_confirmed_is_confirmed_again_when_it_changes_later() -> None:
    call = to_check()
    call.play("caller: yes\nstep: more\ncaller: actually the city is hull")
    call.play("bot: Now the city is hull. Right?\nstep: check")
    assert not call.state.values["city"].confirmed
    call.play("caller: yes\nbot: Any old order\nstep: more")
    assert call.state.values["city"].confirmed


def test_a_read_back_that_is_not_ahead_any_more_confirms_nothing() -> None:
    text = SHOP.replace("go: warning}", "go: other}").replace(
        "  warning:",
        "  other: {ask: [name, city], go: price_it}\n  price_it: {tool: price, on_failure: desk, go: bye}\n  warning:",
    )
    text = text.replace("  warning: {say: Red takes two coats., go: details}\n", "")
    call = to_check_of(text.replace("names: [city],", "names: [city], confirm: always,"), "caller: yes")
    both = (Correction("color", "red", "red", 0.9), Correction("city", "hull", "hull", 0.9))
    call.feed(Reading("", 0.9, both))
    assert call.said == "I have hull. Is that right?"


def test_what_was_confirmed_and_holds_is_not_read_back_again() -> None:
    call = to_check()
    call.play("caller: yes\nstep: more\ncaller: the size should be large\nstep: cost")
    answer(call, cost="20")
    assert call.said == "That is twenty dollars. Any old order"


def test_a_value_and_what_it_would_empty_may_come_in_one_utterance() -> None:
    for order in (("size", "color"), ("color", "size")):
        call = to_check()
        new = {"color": "red", "size": "large"}
        call.feed(Reading("", 0.9, tuple(Correction(slot, new[slot], new[slot], 0.9) for slot in order)))
        assert (call.values["color"], call.values["size"]) == ("red", "large")


@pytest.mark.parametrize("when", ["asking", "confirming", "reviewing"])
def test_an_aside_comes_back_to_the_question(when: str) -> None:
    call = call_of(SHOP) if when != "reviewing" else to_check()
    if when == "confirming":
        call.confidence = 0.5
        call.play("caller: blue\nbot: I have blue. Is that right?")
        call.confidence = 0.9
    question = {"asking": "As for the color: Which color", "confirming": "I have blue.", "reviewing": "blue for Dana"}
    call.play("caller: where is my order\nbot: Which order\ncaller: one two three four")
    answer(call, place="Leeds")
    call.play(f"bot: Your order is in Leeds.\nbot: {question[when]}")
    assert call.state.stack == ()
    call.play("caller: what are your hours\nbot: We are always open.")
    assert call.said.endswith(question[when]) or question[when] in call.said


def test_an_aside_is_answered_every_time() -> None:
    call = call_of(SHOP)
    for _ in range(2):
        call.hear("where is my order")
        if call.state.step == "tracking.which":
            call.hear("one two three four")
        answer(call, place="Leeds")
        assert "Your order is in Leeds." in call.said
    call.play("caller: blue\ncaller: small")
    answer(call, cost="12")
    call.play("caller: dana whitfield\ncaller: the color is red\ncaller: where is my order")
    answer(call, place="Leeds")
    assert "Your order is in Leeds." in call.said


def test_no_aside_within_an_aside() -> None:
    call = call_of(SHOP)
    call.feed(Reading("", 0.9, (Digression("where"),)))
    call.feed(Reading("", 0.9, (Digression("where"),)))
    assert len(call.state.stack) == 1
    call.feed(Reading("", 0.9, (Digression("nowhere"),)))
    assert call.state.step == "tracking.which"


def test_a_second_correction_while_the_first_is_asked_about() -> None:
    call = to_check()
    call.play("caller: the color is wrong\nbot: Which color")
    name = Correction("name", "Karen Mitchell", "Karen Mitchell", 0.9)
    call.feed(Reading("", 0.9, (Answer("color", "red", "red", 0.9), name)))
    call.play("bot: Which size")
    assert call.values["name"] == "Karen Mitchell"
    call.hear("small")
    answer(call, cost="12")
    call.play("caller: yes\nstep: more")


def test_a_call_goes_on_from_its_json() -> None:
    events = ["red", "large", "dana whitfield", "york", "no the color is blue", "small", "yes", "one two three four"]
    one, other = call_of(SHOP), call_of(SHOP)
    for text in events:
        for call in (one, other):
            call.hear(text)
            if call.state.phase is sop.Phase.WAITING:
                answer(call, cost="12")
        other.state = sop.state_from_json(sop.state_to_json(other.state))
        assert one.trace == other.trace
    assert one.state.outcome == "sold"


def test_go_back_and_start_over() -> None:
    call = to_check()
    call.play("caller: go back\nbot: Sure, let's go back.\nbot: Which city\ncaller: hull\nstep: check")
    assert call.values["city"] == "hull"
    call.play("caller: start over\nbot: All right, let's start again.\nbot: Which color\nstep: paint")
    assert call.values == {}
    call.play("caller: red\nbot: Red takes two coats.\nbot: Some details.")


ROUNDS = (
    """\
sop: rounds
business: Acme
slots:
  order: {type: digits, label: the order number, names: [order number], lengths: [4], prompt: Which order}
  more: {type: yes_no, label: more, prompt: Another one}
  name: {type: person_name, label: the name, names: [my name], prompt: Your name, confirm: never}
tools:
  track:
    url: https://shop.example.com/track
    arguments: [order]
    results: {place: text}
    example: {place: Leeds}
start: who
steps:
  who: {ask: name, go: which}
  which: {ask: order, say: Let me look., again: true, go: look}
  look: {tool: track, on_failure: tell, go: tell}
  tell: {say: "It is in {place}.", go: again}
  again:
    ask: more
    again: true
    next:
      - {if: more == "yes", go: which}
      - {go: bye}
  bye: {end: done, say: Goodbye.}
"""
    + PERSON
)


def test_rounds_ask_call_and_tell_anew() -> None:
    call = call_of(ROUNDS)
    call.hear("dana whitfield")
    for number, place in (
        ("one two three four", "Leeds"),
        ("one two three four", "Leeds"),
        ("four three two one", "York"),
    ):
        call.play("bot: Let me look.\nbot: Which order")
        call.hear(number)
        answer(call, place=place)
        assert call.said == f"It is in {place}. Another one"
        call.hear("yes")
    assert len(called(call)) == 3
    assert len(call.state.taken) < 6


def test_a_correction_in_the_second_round_stays_in_it() -> None:
    call = call_of(ROUNDS)
    call.play("caller: dana whitfield\ncaller: one two three four")
    answer(call, place="Leeds")
    call.play("caller: yes\ncaller: four three two one")
    answer(call, place="York")
    call.play("caller: the order number is four three two two\nstep: look")
    answer(call, place="Hull")
    assert call.said == "It is in Hull. Another one"
    call.play("caller: actually my name is karen mitchell\nstep: again")
    assert len(called(call)) == 3


def test_a_tool_whose_failure_leads_where_its_success_does_is_not_called_for_ever() -> None:
    call = call_of(ROUNDS)
    call.play("caller: dana whitfield\ncaller: one two three four\ntool fails\nbot: Another one")
    call.play("caller: my name is karen mitchell\nstep: again")
    assert len(called(call)) == 1


GUARDED = (
    (
        """\
sop: bank
business: Acme
slots:
  name: {type: person_name, label: the name, names: [my name, name], prompt: Your name, confirm: never}
  pin: {type: digits, label: the pin, names: [pin], lengths: [4], prompt: Your pin, again: true}
  consent: {type: yes_no, label: consent, names: [consent], prompt: Do you agree}
  account: {type: choice, label: the account, names: [account], prompt: Which account,
    options: {savings: [savings], checking: [checking]}}
tools:
  verify:
    url: https://bank.example.com/verify
    arguments: [name, pin]
    results: {identity: yes_no}
    example: {identity: "yes"}
  balance:
    url: https://bank.example.com/balance
    arguments: [account]
    sensitive: true
    guard: allowed
    results: {amount_held: money}
    example: {amount_held: 10}
guards:
  allowed: {if: identity == "yes" and consent == "yes", otherwise: prove}
flows:
  proof:
    start: notice
    steps:
      notice: {say: This call is recorded., mandatory: true, go: who}
      who: {ask: [name, pin], go: check}
      check:
        tool: verify
        on_failure: desk
        next:
          - {if: identity == "yes", go: back}
          - {go: sorry}
      back: {return: true}
asides:
  money: {call: peek, phrases: [what is my balance, my balance]}
start: prove
steps:
  prove: {call: proof, go: agree}
  agree:
    ask: consent
    mandatory: true
    next:
      - {if: consent == "yes", go: tell}
      - {go: sorry}
  tell: {tool: balance, on_failure: desk, go: told}
  told: {say: "You have {amount_held}.", go: more}
  more: {ask: account, prompt: Anything else about which account, again: true, go: tell}
"""
        + PERSON
    )
    .replace(", again: true}\n  consent", "}\n  consent")
    .replace(
        """asides:
  money: {call: peek, phrases: [what is my balance, my balance]}
""",
        "",
    )
)


def verified() -> Call:
    """A caller who has proved who they are and is asked for the account."""
    call = call_of(GUARDED)
    call.play("bot: This call is recorded.\nbot: Your name\ncaller: dana whitfield\ncaller: one two three four")
    answer(call, identity="yes")
    call.play("bot: Do you agree\ncaller: yes\nbot: Which account\nstep: tell")
    return call


def test_a_sensitive_tool_asks_for_what_it_needs_first() -> None:
    call = verified()
    assert called(call) == ["verify"]
    call.hear("savings")
    answer(call, amount_held="10")
    assert call.said.startswith("You have ten dollars.")


def test_a_guard_that_falls_while_the_tool_asks_is_seen() -> None:
    call = verified()
    call.feed(
        Reading(
            "",
            0.9,
            (Correction("name", "Karen Mitchell", "Karen Mitchell", 0.9), Answer("account", "savings", "savings", 0.9)),
        )
    )
    assert called(call) == ["verify", "verify"]
    answer(call, identity="no")
    assert "balance" not in called(call)
    assert call.state.outcome == "unserved"


def test_consent_taken_back_bars_the_tool() -> None:
    call = verified()
    call.feed(Reading("", 0.9, (Correction("consent", "no", "no", 0.9), Answer("account", "savings", "savings", 0.9))))
    assert "balance" not in called(call)


def test_a_guard_is_looked_at_once_more_before_the_call() -> None:
    branches = """    next:
      - {if: consent == "yes", go: tell}
      - {go: sorry}
"""
    assert branches in GUARDED
    call = call_of(GUARDED.replace(branches, "    go: tell\n"))
    call.play("caller: dana whitfield\ncaller: one two three four")
    answer(call, identity="yes")
    call.play("caller: yes\nbot: Which account\nstep: tell")
    consent = Correction("consent", "no", "no", 0.9)
    call.feed(Reading("", 0.9, (consent, Answer("account", "savings", "savings", 0.9))))
    assert "balance" not in called(call)


def test_no_way_round_the_guard() -> None:
    lines = [
        "go back",
        "start over",
        "my name is karen mitchell",
        "the pin is wrong",
        "savings",
        "operator",
    ]
    for line in lines:
        call = verified()
        call.hear(line)
        if call.state.phase is sop.Phase.TRANSFERRING:
            call.feed(sop.TransferFinished(False))
        for _ in range(3):
            call.hear("savings")
            if call.state.tool.startswith("verify"):
                break
        expected = line == "savings"
        assert ("balance" in called(call)) == expected, line


def test_escalating_back_into_the_flow_does_not_skip_a_mandatory_question() -> None:
    text = GUARDED.replace(' and consent == "yes", otherwise', ", otherwise")
    text = text.replace("on_failure: desk\n", "on_failure: sorry\n").replace(
        "on_no_answer: sorry", "on_no_answer: again"
    )
    text = text.replace("escalate:", "  again: {ask: account, prompt: Which account then, go: tell}\nescalate:")
    call = call_of(text)
    call.play("caller: dana whitfield\ncaller: one two three four")
    answer(call, identity="yes")
    call.play("bot: Do you agree\ncaller: operator\nno answer\nbot: Which account then\ncaller: savings")
    call.play("bot: Do you agree\nstep: agree")
    assert called(call) == ["verify"]
    call.play("caller: yes\nstep: tell")
    assert called(call) == ["verify", "balance"]


LEAVING = (
    """\
sop: leaving
business: Acme
slots:
  choice: {type: choice, label: the choice, prompt: Which, options: {in: [inside], out: [outside]}}
  more: {type: yes_no, label: more, prompt: Once more}
flows:
  inner:
    start: ask
    steps:
      ask:
        ask: choice
        again: true
        next:
          - {if: choice == "out", go: again}
          - {go: back}
      back: {return: true}
start: outer
steps:
  outer: {call: inner, go: bye}
  again: {ask: more, again: true, go: outer}
  bye: {end: done, say: Goodbye.}
"""
    + PERSON
)


def test_a_sub_flow_left_by_an_edge_is_over() -> None:
    call = call_of(LEAVING)
    for _ in range(12):
        call.play("bot: Which\ncaller: outside\nbot: Once more")
        assert call.state.stack == ()
        call.hear("yes")
    call.play("caller: inside\nends: done")


def test_nested_sub_flows_return_one_by_one() -> None:
    text = (
        """\
sop: nested
business: Acme
slots:
  one: {type: yes_no, label: one, prompt: One}
  two: {type: yes_no, label: two, prompt: Two}
  three: {type: yes_no, label: three, prompt: Three}
flows:
  outer:
    start: call
    steps:
      call: {call: inner, go: ask}
      ask: {ask: two, go: back}
      back: {return: true, say: Out again.}
  inner:
    start: ask
    steps:
      ask: {ask: one, go: back}
      back: {return: true}
start: first
steps:
  first: {call: outer, say: In we go., go: last}
  last: {ask: three, go: bye}
  bye: {end: done, say: Goodbye.}
"""
        + PERSON
    )
    call = call_of(text)
    call.play("bot: In we go. One\ncaller: yes\nbot: Two\ncaller: no\nbot: Out again. Three\nstep: last")
    assert call.values == {"one": "yes", "two": "no"}
    call.play("caller: go back\nbot: Two\nstep: outer.ask\ncaller: yes\nbot: Three")
    assert "Out again." not in call.said
    call.play("caller: yes\nends: done")


OPTIONAL = (
    """\
sop: optional
business: Acme
slots:
  mail: {type: digits, label: the code, names: [code], lengths: [4], prompt: Your code, optional: true}
  name: {type: person_name, label: the name, names: [my name], prompt: Your name, confirm: never}
start: one
steps:
  one:
    ask: mail
    next:
      - {if: mail == None, go: without}
      - {go: two}
  without: {say: Without then., go: two}
  two: {ask: name, go: bye}
  bye: {end: done, say: Goodbye.}
"""
    + PERSON
)


def test_an_optional_slot_may_be_skipped_and_given_later() -> None:
    call = call_of(OPTIONAL)
    call.play("caller: skip that\nbot: That's fine. Without then. Your name\nstep: two")
    assert list(call.state.skipped) == ["mail"]
    call.feed(Reading("", 0.9, (Answer("mail", "1234", "1 2 3 4", 0.9),)))
    assert list(call.state.skipped) == []
    assert call.state.step == "two"
    assert sop.state_from_json(sop.state_to_json(call.state)) == call.state


def test_a_confirmed_slot_is_confirmed_anew_when_it_changes() -> None:
    text = OPTIONAL.replace("optional: true", "confirm: always")
    text = text.replace("      - {if: mail == None, go: without}\n", '      - {if: mail == "0000", go: without}\n')
    call = call_of(text)
    call.play("caller: one two three four\nbot: I have 1 2 3 4. Is that right?\ncaller: yes\nbot: Your name")
    call.play("caller: the code is four three two one\nbot: I have 4 3 2 1. Is that right?\nstep: one")
    call.play("caller: yes\nbot: Your name\nstep: two")
    assert call.state.values["mail"].confirmed


def test_a_long_way_is_walked_back_in_one_turn() -> None:
    count = 120
    slots = "".join(f"  s{n}: {{type: yes_no, label: s{n}, names: [s{n}], prompt: Is it {n}}}\n" for n in range(count))
    steps = "".join(f"  s{n}: {{ask: s{n}, go: s{n + 1}}}\n" for n in range(count - 1))
    last = count - 1
    text = (
        f"sop: long\nbusiness: Acme\nslots:\n{slots}start: s0\nsteps:\n{steps}"
        f"  s{last}: {{ask: s{last}, go: bye}}\n  bye: {{end: done, say: Goodbye.}}\n{PERSON}"
    )
    call = call_of(text)
    for _ in range(last):
        call.hear("yes")
    assert call.state.step == f"s{last}"
    call.feed(Reading("", 0.9, (Correction("s0", None, "", 0.9),)))
    call.play("bot: Is it 0\nstep: s0\ncaller: no")
    assert call.state.step == f"s{last}"
    assert sop.advance(call.graph, call.state, Reading("", 0.9, (sop.Affirm(),)))[0].outcome == "done"


def test_an_emergency_is_told_every_time_it_is_named() -> None:
    text = SHOP.replace("red: [red]", "red: {spoken: red, phrases: [red], anytime: true}")
    call = to_check_of(text)
    call.feed(Reading("", 0.9, (Answer("color", "red", "red", 0.9),)))
    assert "Red takes two coats." in call.said
    call.feed(Reading("", 0.9, (Correction("color", "blue", "blue", 0.9),)))
    call.feed(Reading("", 0.9, (Answer("color", "red", "red", 0.9),)))
    assert "Red takes two coats." in call.said


def to_check_of(text: str, further: str = "") -> Call:
    call = call_of(text)
    call.play("caller: blue\ncaller: small")
    answer(call, cost="12")
    call.play(f"caller: dana whitfield\ncaller: york\n{further}\nstep: check")
    return call


def test_states_are_small() -> None:
    call = to_check()
    for turn in range(40):
        call.feed(Reading("", 0.9, (Correction("city", "york" if turn % 2 else "hull", "", 0.9),)))
    assert len(sop.state_to_json(call.state)) < 5_000
    assert call.state.now == NOW
