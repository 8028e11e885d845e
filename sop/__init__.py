"""A standard operating procedure that no caller can derail.

A flow is a YAML file; `load` makes it a checked graph, and `advance` moves one call along it:

>>> import sop
>>> graph = sop.load("after_hours_hvac")
>>> reader = sop.RuleReader(graph)
>>> state = sop.start(graph, caller="+14155550134", now="2026-11-22T19:30:00-05:00")
>>> state, acts = sop.advance(graph, state, sop.Begin())
>>> heard = (sop.Hypothesis("hi my furnace quit and this is dana whitfield calling", 0.9),)
>>> state, acts = sop.advance(graph, state, reader.read(heard, sop.expect(graph, state), state.now))
>>> state.values["problem"].value, state.values["name"].value
('no_heat', 'Dana Whitfield')
>>> acts[-1].text
"Is the number you're calling from, ending in 0 1 3 4, the best one to reach you?"
"""

from sop.acts import (
    Act,
    Begin,
    CallTool,
    Enter,
    Field,
    Finish,
    Input,
    Keys,
    Resume,
    Save,
    Say,
    Silence,
    ToolFinished,
    TransferFinished,
    TransferTo,
    Unheard,
)
from sop.conversation import Conversation, Exchange
from sop.engine import advance, likely, start
from sop.expectation import completeness, expect
from sop.graph import Graph
from sop.loader import load, load_text
from sop.problems import FlowError, Problem
from sop.reader import RuleReader
from sop.reading import (
    Affirm,
    Answer,
    Completeness,
    Correction,
    Deny,
    Digression,
    Expectation,
    Global,
    GlobalWord,
    Hypothesis,
    Question,
    Reading,
    ReadingAct,
    Skip,
    Unusable,
)
from sop.state import Phase, SlotValue, State, state_from_json, state_to_json
from sop.wording import fixed_prompts

__all__ = [
    "Act",
    "Affirm",
    "Answer",
    "Begin",
    "CallTool",
    "Completeness",
    "Conversation",
    "Correction",
    "Deny",
    "Digression",
    "Enter",
    "Exchange",
    "Expectation",
    "Field",
    "Finish",
    "FlowError",
    "Global",
    "GlobalWord",
    "Graph",
    "Hypothesis",
    "Input",
    "Keys",
    "Phase",
    "Problem",
    "Question",
    "Reading",
    "ReadingAct",
    "Resume",
    "RuleReader",
    "Save",
    "Say",
    "Silence",
    "Skip",
    "SlotValue",
    "State",
    "ToolFinished",
    "TransferFinished",
    "TransferTo",
    "Unheard",
    "Unusable",
    "advance",
    "completeness",
    "expect",
    "fixed_prompts",
    "likely",
    "load",
    "load_text",
    "start",
    "state_from_json",
    "state_to_json",
]
