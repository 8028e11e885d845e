"""Mistakes in a flow that can be read: each with its file, line, place and remedy."""

import pytest

import sop

GOOD = """\
sop: clinic
business: Maple Clinic
greeting: Thank you for calling {business}.
hours: {monday: "08:00-17:00", time_zone: America/New_York}
words:
  pain: [hurts, aches]
slots:
  reason:
    type: choice
    prompt: What is it about?
    options:
      tooth: ["my tooth <pain>", toothache]
      bill: [my bill, an invoice]
  name: {type: person_name, prompt: May I have your name?, confirm_prompt: "I have {value}. Right?"}
  born: {type: date, period: past, prompt: When were you born?}
  claim: {type: digits, lengths: [7], prompt: What is the claim number?}
  budget: {type: money, low: 10, high: 500, prompt: How much?, depends_on: [reason]}
start: first
goodbye: bye
steps:
  first:
    ask: reason
    next:
      - {if: reason == "tooth", go: money}
      - {if: born_years_ago < 18, go: desk}
      - {go: look}
  money:
    ask: [name, born, budget]
    next:
      - {if: budget > 100, go: desk}
      - {go: check}
  look: {tool: claim_status, on_failure: desk, go: after}
  after:
    decide:
      - {if: status == "paid", go: bye}
      - {go: desk}
  check:
    review: [name]
    prompt: I have {name}. Is everything right?
    changed: "Okay. {label} is {value}. Right?"
    ask_what: What is wrong?
    go: bye
  prove: {call: verify, go: look}
  desk: {transfer: desk, on_no_answer: bye}
  bye: {end: done, say: Goodbye.}
flows:
  verify:
    start: who
    steps:
      who: {ask: [name, born], go: find}
      find: {tool: verify_identity, on_failure: out, go: out}
      out: {return: true}
asides:
  prove_it: {call: verify, phrases: [check who i am]}
guards:
  verified: {if: identity == "yes", otherwise: prove}
tools:
  verify_identity:
    url: https://clinic.example.com/verify
    arguments: {who: name, born: born}
    results: {identity: yes_no}
    example: {identity: yes}
  claim_status:
    method: GET
    url: https://clinic.example.com/claims/{number}
    arguments: {number: claim}
    secrets: {Authorization: CLAIMS_TOKEN}
    sensitive: true
    guard: verified
    results:
      status: {type: choice, options: [open, paid]}
      risk: {type: number, private: true, required: false}
    example: {status: open}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: bye}
  - {when: "said in [lawyer] or topic in [fraud] or amount > 400", to: desk}
"""


def problems(text: str) -> list[sop.Problem]:
    with pytest.raises(sop.FlowError) as caught:
        sop.load_text(text, "clinic.yaml")
    return list(caught.value.problems)


def test_the_flow_that_is_damaged_below_is_good() -> None:
    graph = sop.load_text(GOOD)
    assert graph.ahead["desk"] == ()
    assert graph.ahead["look"] == ("claim",)
    assert graph.ahead["prove"] == ("name", "born", "claim")


@pytest.mark.parametrize(
    ("right", "wrong", "place", "message"),
    [
        ("goodbye: bye", "goodbye: by", ".goodbye", "there is no step 'by'"),
        ("goodbye: bye", "goodbye: desk", ".goodbye", "'desk' does not end the call"),
        ("    ask: reason", "    ask: reasons", "first.ask", "there is no slot 'reasons'"),
        ("review: [name]", "review: [nam]", "check.review", "there is no slot 'nam'"),
        ("      - {go: check}", "      - {go: chek}", "money.go", "there is no step 'chek'"),
        ("on_failure: desk, go: after", "on_failure: dsk, go: after", "look.on_failure", "there is no step 'dsk'"),
        ("on_no_answer: bye", "on_no_answer: by", "desk.on_no_answer", "there is no step 'by'"),
        ("tool: claim_status", "tool: claims_status", "look.tool", "there is no tool 'claims_status'"),
        ("{call: verify, go: look}", "{call: verfy, go: look}", "prove.call", "there is no flow 'verfy'"),
        ("{call: verify, phrases", "{call: verfy, phrases", "prove_it.call", "there is no flow 'verfy'"),
        ("guard: verified", "guard: verifed", "claim_status.guard", "there is no guard 'verifed'"),
        ("otherwise: prove}", "otherwise: proof}", "verified.otherwise", "there is no step 'proof'"),
        ("otherwise: prove}", "otherwise: look}", "verified.otherwise", "stands behind this very guard"),
        ("number: claim}", "number: claims}", "claim_status.arguments", "there is no slot 'claims'"),
        ("/{number}", "/{nmber}", "claim_status.url", "there is no argument 'nmber'"),
        ("sensitive: true\n    guard: verified", "sensitive: true", "claim_status.sensitive", "needs a gate"),
        ("https://clinic.example.com/verify", "http://clinic.example.com/verify", "verify_identity.url", "no safe"),
        ("https://clinic.example.com/verify", "https://me:pw@example.com/", "verify_identity.url", "no safe"),
        ("CLAIMS_TOKEN", "Bearer 8f3c", "claim_status.secrets", "'Authorization' is no name of an environment"),
        ("    example: {status: open}", "    example: {status: closed}", "claim_status.example", "no right answer"),
        ("    example: {status: open}", "    example: {state: open}", "claim_status.example", "'state' is no result"),
        ("risk: {type: number", "claim: {type: number", "claim_status.results", "'claim' is a slot already"),
        ("risk: {type: number", "hour: {type: number", "claim_status.results", "'hour' has a meaning of its own"),
        ("risk: {type: number", "born_days_ago: {type: number", "claim_status.results", "a meaning of its own"),
        ("risk: {type: number", "identity: {type: number", "verify_identity.results", "another kind of result"),
        ("depends_on: [reason]", "depends_on: [reson]", "budget.depends_on", "there is no slot 'reson'"),
        ("low: 10, high: 500", "low: 500, high: 10", "budget.low", "low is greater than high"),
        ("low: 10, high: 500", "lengths: [4]", "budget.lengths", "a slot of type money has no 'lengths'"),
        ("[my bill, an invoice]", "[]", "reason.options", "nobody can say the option 'bill'"),
        ("[my bill, an invoice]", "[my bill, toothache]", "reason.options", "'toothache' stands for 'tooth' already"),
        ("<pain>", "<pian>", "reason.options", "there is no group of words 'pian'"),
        ("who: {ask: [name, born], go: find}", "who: {ask: [name, bron], go: find}", "verify.who.ask", "'bron'"),
        ("out: {return: true}", "out: {end: over}", "prove_it.call", "never returns"),
        ("bye: {end: done, say: Goodbye.}", "bye: {return: true}", "bye.return", "no sub-flow to return from"),
        ("I have {name}.", "I have {nme}.", "check.prompt", "a text names {nme}, which is no slot"),
        ("I have {name}.", "I have {risk}.", "check.prompt", "{risk} is private"),
        ("I have {name}.", "I have {value}.", "check.prompt", "{value} stands for nothing in this text"),
        ("I have {name}.", "I have {the name}.", "check.prompt", "a brace in a text"),
        ("Goodbye.}", "'Goodbye {name}, {nme}.'}", "bye.say", "a text names {nme}"),
        ("money:\n    ask: [name, born, budget]", "money:\n    ask: [name, born, budget]\n    prompt: Who?",
         "money.prompt", "asks for one slot"),
        ("status == \"paid\"", "status == \"payed\"", "after.if", "status has no option 'payed'"),
        ("status == \"paid\"", "stauts == \"paid\"", "after.if", "names 'stauts'"),
        ("status == \"paid\"", "status > 3", "after.if", "this can never hold"),
        ("status == \"paid\"", "risk > 5 and risk < 4", "after.if", "this can never hold"),
        ("budget > 100", "budget > 500", "money.if", "this can never hold"),
        ("budget > 100", "budget < 10", "money.if", "this can never hold"),
        ("budget > 100", "hour == 24", "money.if", "this can never hold"),
        ("budget > 100", "open == \"yes\"", "money.if", "this can never hold"),
        ("born_years_ago < 18", "born_days_ago < 0", "first.if", "this can never hold"),
        ("born_years_ago < 18", "reason == \"tooth\" and open", "first.next", "never reached"),
        ("born_years_ago < 18", "reason  ==  \"tooth\"", "first.next", "stands twice"),
        ("topic in [fraud]", "topic in [frauds]", "escalate.when", "there is no topic 'frauds'"),
        ("asked_for_person or", "vip or", "escalate.when", "nothing happens on asked_for_person"),
        ("to: desk, otherwise: bye}", "to: bye}", "escalate.to", "reaches none"),
        ("time_zone: America/New_York", "time_zone: America/New_Yrok", "hours.time_zone", "unknown time zone"),
        ("time_zone: America/New_York", "time_zone: America", "hours.time_zone", "unknown time zone"),
        ("monday: \"08:00-17:00\"", "monday: \"17:00-08:00\"", "hours.monday", "no stretch of a day"),
        ("monday: \"08:00-17:00\", time", "time", "hours", "never open"),
        ("hours: {", "hours: {holidays: usa, ", "hours.holidays", "no holidays are known for 'usa'"),
        ("hours: {", "hours: {closed: [2026-02-30], ", "hours.closed", "'2026-02-30' is no date"),
        ("hours: {", "hours: {closed: [20261224], ", "hours.closed", "'20261224' is no date"),
        ("sop: clinic", "sop: clinic\nversion: 1.5", ".version", "a whole number"),
        ("sop: clinic", "sop: clinic\ntone: formal", ".tone", "no text has a wording for the tone 'formal'"),
        ("  claim: {type", "  my claim: {type", ".slots", "'my claim' is no name that can be used"),
        ("  claim: {type", "  not: {type", ".slots", "'not' is no name that can be used"),
        ("  prove: {call", "  prove.it: {call", ".steps", "'prove.it' is no name that can be used"),
    ],
)  # fmt: skip
def test_each_mistake_where_it_stands(right: str, wrong: str, place: str, message: str) -> None:
    assert right in GOOD
    found = problems(GOOD.replace(right, wrong, 1))
    named = [one for one in found if message in one.message]
    assert named, [str(one) for one in found]
    assert f"{named[0].step}.{named[0].field}".removesuffix(".") == place.removesuffix(".")
    assert named[0].remedy
    assert named[0].file == "clinic.yaml"


@pytest.mark.parametrize(
    ("right", "wrong", "remedy"),
    [
        ("identity == \"yes\"", "identity", "write identity == \"yes\""),
        ("identity == \"yes\"", "not identity", "write identity == \"yes\""),
        ("identity == \"yes\"", "identity and open", "write identity == \"yes\""),
        ("identity == \"yes\"", "open or weekday == 6 or not (day_off or identity)", "write identity == \"yes\""),
        ("identity == \"yes\"", "(identity or vip) != None", "write identity == \"yes\""),
        ("identity == \"yes\"", "claim", "write claim != None"),
        ("identity == \"yes\"", "calls_before", "write calls_before != None"),
        ("reason == \"tooth\"", "reason == \"tooth\" or \"bill\"", "x == 'bill'"),
        ("reason == \"tooth\"", "open and 1", "compare a name with it"),
        ("budget > 100", "budget", "write budget != None"),
        ("status == \"paid\"", "status", "write status != None"),
        ("when: asked_for_person or misunderstood >= 3", "when: asked_for_person or misunderstood",
         "write misunderstood != None"),
        ("said in [lawyer] or", "said or", "write said in [a, b]"),
    ],
)  # fmt: skip
def test_only_flags_stand_alone_in_a_condition(right: str, wrong: str, remedy: str) -> None:
    assert right in GOOD
    found = problems(GOOD.replace(right, wrong, 1))
    named = [one for one in found if "stands alone in the condition" in one.message]
    assert len(named) == 1, [str(one) for one in found]
    assert remedy in named[0].remedy


@pytest.mark.parametrize(
    ("right", "good"),
    [
        ("identity == \"yes\"", "identity == \"yes\" and open and not day_off"),
        ("identity == \"yes\"", "identity == \"yes\" or known_caller or vip"),
        ("identity == \"yes\"", "not identity == \"no\" and identity != None"),
        ("identity == \"yes\"", "'identity not in [no, None]'"),
        ("identity == \"yes\"", "'not (identity in [no] or hour > 17 or calls_before == 0)'"),
        ("identity == \"yes\"", "identity == \"yes\" and open == True"),
        ("budget > 100", "100 < budget <= 200"),
        ("budget > 100", "budget == None"),
        ("asked_for_person or misunderstood >= 3", "vip or open or asked_for_person or misunderstood >= 3"),
    ],
)  # fmt: skip
def test_comparisons_and_flags_are_good(right: str, good: str) -> None:
    assert right in GOOD
    sop.load_text(GOOD.replace(right, good, 1))


@pytest.mark.parametrize(
    ("right", "wrong", "remedy"),
    [
        ("identity == \"yes\"", "identity == yes", "write identity == \"yes\""),
        ("identity == \"yes\"", "identity == true", "write identity == \"yes\""),
        ("identity == \"yes\"", "identity != false", "write identity == \"no\""),
        ("identity == \"yes\"", "identity == True", "write identity == \"yes\", or identity != None for any answer"),
        ("identity == \"yes\"", "identity != False", "write identity == \"yes\", or identity != None for any answer"),
        ("identity == \"yes\"", "open == true", "write open"),
        ("identity == \"yes\"", "vip == no", "write not vip"),
        ("status == \"paid\"", "status == paid", "write status == \"paid\""),
        ("status == \"paid\"", "stauts == paid", "did you mean 'status'?"),
    ],
)  # fmt: skip
def test_a_text_without_quotes(right: str, wrong: str, remedy: str) -> None:
    assert right in GOOD
    found = problems(GOOD.replace(right, wrong, 1))
    assert remedy in [one.remedy for one in found], [str(one) for one in found]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("      - {go: check}", "      - {go: chek}"),
        ("      - {if: status == \"paid\", go: bye}", "      - {if: status == \"payed\", go: bye}"),
        ("      who: {ask: [name, born], go: find}", "      who: {ask: [name, bron], go: find}"),
        ("    ask_what: What is wrong?", "    ask_what: What of {that}?"),
        ("  - {when: \"said in [lawyer]", "  - {when: \"siad in [lawyer]"),
        ("      status: {type: choice", "      vip: {type: choice"),
        ("      bill: [my bill, an invoice]", "      bill: [my <bill>, an invoice]"),
        ("    url: https://clinic.example.com/claims/{number}", "    url: https://clinic.example.com/claims/{id}"),
        ("  verified: {if: identity == \"yes\"", "  verified: {if: identity == \"yep\""),
    ],
)  # fmt: skip
def test_the_line_is_that_of_the_part(right: str, wrong: str) -> None:
    line = GOOD[: GOOD.index(right)].count("\n") + 1
    assert line in {one.line for one in problems(GOOD.replace(right, wrong, 1))}


def test_a_secret_is_not_written_into_the_message() -> None:
    found = problems(GOOD.replace("CLAIMS_TOKEN", "sk-live-93ab"))
    assert not any("93ab" in str(one) for one in found)


CIRCLES = """\
sop: circles
business: Acme
slots:
  color: {type: choice, prompt: Which?, options: {red: [red], blue: [blue]}}
  extra: {type: free_text, prompt: Anything else?, optional: true}
start: first
steps:
  first: {ask: color, go: middle}
  middle:
    decide:
      - {if: color == "red", go: bye}
      - {go: desk}
  desk: {transfer: desk, on_no_answer: bye}
  bye: {end: done}
  more: {ask: extra, go: desk}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: more}
tools: {}
"""


def messages(text: str) -> str:
    return "\n".join(str(one) for one in problems(text))


def test_a_circle_that_waits_for_nobody_after_all_is_known() -> None:
    assert "comes back to itself" in messages(CIRCLES.replace("- {go: desk}", "- {go: first}"))
    sop.load_text(CIRCLES.replace("- {go: desk}", "- {go: first}").replace("ask: color,", "ask: color, again: true,"))


def test_a_circle_that_asks_what_is_missing_and_goes_on_is_good() -> None:
    start = CIRCLES.replace("start: first", "start: middle")
    sop.load_text(start.replace("- {go: desk}", "- {if: color == None, go: first}\n      - {go: desk}"))


def test_what_a_caller_may_skip_stays_unknown() -> None:
    wrong = CIRCLES.replace("- {go: desk}", "- {if: extra == None, go: more}\n      - {go: desk}")
    assert "comes back to itself" in messages(wrong.replace("ask: extra, go: desk", "ask: extra, go: middle"))


def test_a_person_who_is_never_there_is_not_called_for_ever() -> None:
    assert "can be reached from itself" in messages(CIRCLES.replace("on_no_answer: bye", "on_no_answer: desk"))


def test_a_tool_that_fails_is_not_called_for_ever() -> None:
    tool = "  save: {tool: create_lead, on_failure: again, go: bye}\n  again: {say: One moment., go: save}\n  bye:"
    assert "can be reached from itself" in messages(
        CIRCLES.replace("  bye:", tool).replace('"red", go: bye', '"red", go: save')
    )


def test_a_return_that_is_also_reached_without_a_call() -> None:
    flows = "flows:\n  inner: {start: out, steps: {out: {return: true}}}\n"
    found = messages(CIRCLES.replace("- {go: desk}", "- {go: inner.out}").replace("tools: {}", flows))
    assert "no sub-flow to return from" in found
