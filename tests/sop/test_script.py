"""Calls as scripts: what a line may be, and that each one is held against the call."""

import pytest

import sop
from sop.script import NOW, parse_script, play

FLOW = sop.load("after_hours_hvac")
SCRIPT = """
# a furnace on a Sunday evening
now: 2026-11-22T19:30:00-05:00
from: +14155550134

bot: Thank you for calling
caller: my furnace quit and this is dana whitfield
step: contact
slot: problem = no_heat
slot: name = Dana Whitfield
bot: ending in 0 1 3 4
silence
keys: 1
"""


def test_a_script_that_holds() -> None:
    talk, misses = play(FLOW, parse_script(SCRIPT))
    assert misses == ()
    assert talk.state.values["callback"].value == "+14155550134"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("step: address", "the step is 'contact'"),
        ("slot: problem = gas", "it is 'no_heat'"),
        ("slot: address = here", "it is None"),
        ("slot: name =", "it is 'Dana Whitfield'"),
        ("ends: lead_saved", "the outcome is None"),
        ("to: dispatcher", "transfers went to []"),
        ("called: create_lead", "it was never called"),
        ("bot: Goodbye", "it said"),
        ("bot: Thank you for calling", "it said"),
    ],
)
def test_a_line_that_does_not_hold(line: str, found: str) -> None:
    text = "from: +14155550134\ncaller: my furnace quit and this is dana whitfield\n"
    misses = play(FLOW, parse_script(text + line))[1]
    assert len(misses) == 1
    assert misses[0].line.number == 3
    assert found in str(misses[0])


def test_what_is_spoken_is_checked_in_order() -> None:
    text = "from: +14155550134\nbot: What's going on\nbot: Thank you for calling\n"
    assert [miss.line.number for miss in play(FLOW, parse_script(text))[1]] == [3]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\ncustomer: hi", "line 2: no such line: 'customer'"),
        ("just words", "line 1: no such line: 'just words'"),
        ("caller:", "line 1: nothing stands behind 'caller'"),
        ("bot:", "line 1: nothing stands behind 'bot'"),
        ("slot: problem", "line 1: write `slot: name = value`"),
        ("profile: vip=yes", "line 1: write `profile: name = value`"),
        ("answers: look", "line 1: write `answers: tool"),
        ("answers: look {status: open}", "line 1: what stands behind the tool's name is no JSON object"),
        ("called: create_lead [1]", "line 1: what stands behind the tool's name is no JSON object"),
    ],
)
def test_lines_that_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(ValueError, match="line") as caught:
        parse_script(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("line", ["fails: create_led", "answers: create_led {}", "nobody: dispatch_desk"])
def test_settings_that_name_what_is_not_there(line: str) -> None:
    with pytest.raises(ValueError, match="the flow has no such"):
        play(FLOW, parse_script(line))


def test_settings() -> None:
    setting = parse_script('profile: vip = yes\nprofile: note = a = b\nfails: a\nfails: b\nanswers: c {"n": 1}').setting
    assert setting.profile == {"vip": "yes", "note": "a = b"}
    assert setting.failing == {"a", "b"}
    assert setting.answers == {"c": {"n": 1}}
    assert (setting.now, setting.caller) == (NOW, None)
