"""What the person gets who takes a call over."""

import json
import re
from dataclasses import asdict, replace
from html.parser import HTMLParser

import pytest

import sop
from sop.handoff import Packet, as_json, packet, whisper
from sop.handoff_page import as_html
from sop.state import Mood

NOW = "2026-11-22T19:30:00-05:00"
OWN = "+14155550134"
FLOW = sop.load("after_hours_hvac")
HOSTILE = "<script>alert(\"x\")</script> 'quoted' & \x00\x1b[31m\u202e\ud800\r\n<img src=x onerror=alert(1)>"
PRIVATE = sop.load_text("""\
sop: members
business: Acme
slots:
  name: {type: person_name, prompt: Your name?}
  member: {type: digits, lengths: [7], prompt: Your member number?, private: true, label: the member number}
  ill: {type: yes_no, prompt: Are you ill?, private: true}
start: ask
goodbye: bye
steps:
  ask: {ask: [name, member, ill], go: look}
  look: {tool: look, on_failure: bye, go: legal}
  legal: {say: Nothing here is advice., mandatory: true, go: wait}
  wait: {ask: name, go: bye}
  bye: {end: done, say: Goodbye.}
  desk: {transfer: desk, on_no_answer: bye}
tools:
  look:
    url: https://acme.example.com/look
    arguments: [member]
    results: {plan: {type: choice, options: [gold, silver]}, risk: {type: number, private: true}}
    example: {plan: gold, risk: 7}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: bye}
""")


def talk(*said: str, caller: str | None = OWN, answers: bool = True) -> sop.Conversation:
    """A call in which the caller has said this much."""
    call = sop.Conversation(FLOW, caller=caller, now=NOW, people=lambda target: answers)
    for one in said:
        call.hear(one)
    return call


def found(given: Packet) -> dict[str, str]:
    return {one.slot: one.value for one in given.details}


def test_an_emergency() -> None:
    state = talk("my name is dana whitfield and i smell gas in the kitchen").state
    given = packet(FLOW, state, call="CA1", transcript=(("caller", "i smell gas"),))
    assert given.urgent
    assert given.headline == "Emergency: a smell of gas"
    assert (given.name, given.number) == ("Dana Whitfield", OWN)
    assert given.done == ("told: gas safety",)
    assert given.missing == ("the number", "the address", "the time")
    assert given.transcript == (("caller", "i smell gas"),)
    said = whisper(given)
    assert said.startswith("Emergency: a smell of gas. From Dana Whitfield.")
    assert "told" in said.lower()


def test_a_lead_half_finished() -> None:
    state = talk("my furnace quit", "karen mitchell", "yes", "let me talk to a person").state
    given = packet(FLOW, state, earlier=("2026-10-02: maintenance, lead saved",))
    assert not given.urgent
    assert given.headline == "Asked for a person, or could not be understood: no heat"
    assert found(given) == {"problem": "no_heat", "name": "Karen Mitchell", "callback": OWN}
    assert [one.confirmed for one in given.details if one.slot == "callback"] == [True]
    assert given.missing == ("the address", "the time")
    assert given.earlier == ("2026-10-02: maintenance, lead saved",)
    assert given.done == ()
    assert "Not known yet: the address, the time." in whisper(given)


def test_after_a_correction_only_the_new_value_stands() -> None:
    call = talk("my furnace quit", "karen mitchell", "yes", "twelve oak road springfield", "tomorrow morning")
    assert call.state.step == "check"
    call.hear("no the address is twenty two oak road springfield")
    given = packet(FLOW, call.state)
    assert found(given)["address"] == "22 Oak Road, Springfield"
    assert "12 Oak" not in as_json(given) + as_html(given)
    call.hear("yes")
    assert packet(FLOW, call.state).done == ("done: create lead",)
    assert packet(FLOW, call.state).missing == ()


def test_an_anonymous_caller() -> None:
    given = packet(FLOW, talk(caller=None).state)
    assert (given.name, given.number, given.headline) == ("", "", "A caller")
    assert "withheld" in as_html(given)
    assert whisper(given).startswith("A caller.")


def test_private_values_are_masked_everywhere() -> None:
    call = sop.Conversation(PRIVATE, now=NOW, caller=None)
    for said in ("jo smith", "four two one seven oh oh nine", "yes"):
        call.hear(said)
    transcript = (
        ("caller", "it's four two one seven oh oh nine"),
        ("caller", "4217009 or 421-7009."),
        ("agent", "I have 4 2 1 7 0 0 9."),
        ("caller", "four two one seven two two nine is my zip and yes i am"),
    )
    given = packet(PRIVATE, call.state, transcript=transcript)
    assert found(given) == {"name": "Jo Smith", "member": "••••09", "ill": "••••"}
    assert given.facts == (("plan", "gold"),)
    assert given.done == ("done: look", "told: legal")
    assert [text for _, text in given.transcript] == [
        "it's ••••09",
        "••••09 or ••••09.",
        "I have ••••09.",
        transcript[3][1],
    ]
    for text in (as_json(given), as_html(given), whisper(given)):
        assert "4217009" not in text
        assert "seven oh oh nine" not in text
        assert "risk" not in text


@pytest.mark.parametrize(
    ("course", "mood"),
    [
        ((), "calm"),
        ((0.4, 0.0, -0.1), "calm"),
        ((0.0, -0.4, 0.0), "annoyed"),
        ((0.0, -0.4, -0.5), "upset"),
        ((0.0, -0.8), "upset"),
        ((-0.8, -0.8, 0.0, 0.0, 0.2, 0.5), "calm"),
    ],
)
def test_the_mood_is_that_of_the_last_utterances(course: tuple[float, ...], mood: str) -> None:
    state = replace(talk("my furnace quit").state, mood=Mood(course))
    given = packet(FLOW, state)
    assert (given.mood, given.moods) == (mood, course)
    assert (f"The caller is {mood}." in whisper(given)) is (mood != "calm")


def hostile() -> Packet:
    """A call in which every text is an attack, and very long."""
    state = talk("my furnace quit", "karen mitchell").state
    name = replace(state.values["name"], value=HOSTILE * 20_000, spoken=HOSTILE * 20_000)
    state = replace(state, values={**state.values, "name": name}, profile={HOSTILE: HOSTILE}, caller=HOSTILE)
    lines = tuple(("caller", HOSTILE) for _ in range(20_000))
    return packet(FLOW, state, reason=HOSTILE, call=HOSTILE, earlier=(HOSTILE,) * 1000, transcript=lines)


class Tags(HTMLParser):
    """The tags of a page, and its attributes' names."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}


def test_hostile_content_is_escaped_and_bounded() -> None:
    given = hostile()
    page = as_html(given)
    tags = Tags()
    tags.feed(page)
    assert tags.tags.isdisjoint({"script", "img", "iframe", "link", "a", "form"})
    assert not any(name.startswith("on") or name in ("src", "href", "style") for name in tags.names)
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &#x27;quoted&#x27; &amp;" in page
    for text in (page, as_json(given), whisper(given)):
        assert text.replace("\n", "").isprintable()
        assert len(text.encode()) < 1_500_000
    assert given.transcript[0] == ("", f"{20_000 - len(given.transcript) + 1} earlier lines left out")
    assert len(given.earlier) == 20


def test_one_endless_utterance_is_cut() -> None:
    given = packet(FLOW, talk().state, transcript=(("caller", "a" * 2_000_000),))
    ((_, text),) = given.transcript
    assert len(text) == 2000
    assert text.endswith("a…")


def test_a_transcript_of_usual_length_is_complete() -> None:
    lines = tuple(("caller" if turn % 2 else "agent", f"this is what was said in turn {turn}") for turn in range(400))
    assert packet(FLOW, talk().state, transcript=lines).transcript == lines


def test_the_whisper_takes_twelve_seconds() -> None:
    long = replace(
        packet(FLOW, talk("my furnace quit and this is dana whitfield").state),
        headline="one two three four five six seven eight nine ten " * 2,
        mood="upset",
    )
    for given in (hostile(), long, packet(FLOW, talk("i smell gas").state)):
        said = whisper(given)
        assert 0 < len(said.split()) <= 30
        assert max(map(len, said.split())) <= 25
    assert "The caller is upset." in whisper(long)


def test_json_says_everything() -> None:
    state = talk("my furnace quit", "karen mitchell").state
    given = packet(FLOW, replace(state, profile={"vip": "yes"}), transcript=(("agent", "Hello."), ("caller", "“hi”")))
    told = json.loads(as_json(given))
    assert list(told)[:2] == ["format", "headline"]
    assert told["transcript"] == [{"who": "agent", "text": "Hello."}, {"who": "caller", "text": "“hi”"}]
    assert told["profile"] == {"vip": "yes"}
    plain = json.loads(json.dumps(asdict(given)))
    same = set(plain) - {"transcript", "profile", "facts"}
    assert {key: told[key] for key in same} == {key: plain[key] for key in same}
    assert set(told) == {"format", *plain}


def test_the_page_begins_with_what_matters() -> None:
    given = packet(
        FLOW, talk("i smell gas this is dana whitfield").state, transcript=(("caller", "i smell gas"),), call="CA1"
    )
    page = as_html(given)
    text = re.sub(r"<[^>]*>", " ", page.partition("<body>")[2])
    places = [text.index(part) for part in ("Emergency: a smell of gas", "Dana Whitfield", "Not known yet", "What was")]
    assert places == sorted(places)
    assert 'class="urgent"' in page
