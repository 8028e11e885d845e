"""What a change takes with it."""

import pytest

import sop
from sop.dependence import Stale, stale_after

GRAPH = sop.load_text("""\
sop: chain
business: Acme
slots:
  a: {type: yes_no, label: a, prompt: A}
  b: {type: yes_no, label: b, prompt: B, depends_on: [a]}
  c: {type: yes_no, label: c, prompt: C, depends_on: [seen]}
  d: {type: yes_no, label: d, prompt: D, depends_on: [e]}
  e: {type: yes_no, label: e, prompt: E, depends_on: [d]}
  f: {type: yes_no, label: f, prompt: F}
tools:
  look: {url: "https://a.example/look", arguments: [b], results: {seen: yes_no}, example: {seen: "yes"}}
  then: {url: "https://a.example/then", arguments: {x: seen}, results: {told: text}, example: {told: hello}}
  plain: {url: "https://a.example/plain", results: {extra: text}, example: {extra: hello}}
start: one
steps:
  one: {ask: [a, b, c, d, e, f], go: two}
  two: {tool: look, on_failure: desk, go: three}
  three: {tool: then, on_failure: desk, go: four}
  four: {tool: plain, on_failure: desk, go: bye}
  bye: {end: done}
  desk: {transfer: desk, on_no_answer: bye}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: bye}
""")


@pytest.mark.parametrize(
    ("changed", "slots", "facts", "tools"),
    [
        ("a", {"b", "c"}, {"seen", "told"}, {"look", "then"}),
        ("b", {"c"}, {"seen", "told"}, {"look", "then"}),
        ("seen", {"c"}, {"told"}, {"then"}),
        ("c", set(), set(), set()),
        ("d", {"e"}, set(), set()),
        ("e", {"d"}, set(), set()),
        ("f", set(), set(), set()),
        ("unknown", set(), set(), set()),
    ],
)
def test_stale_after(changed: str, slots: set[str], facts: set[str], tools: set[str]) -> None:
    assert stale_after(GRAPH, changed) == Stale(frozenset(slots), frozenset(facts), frozenset(tools))
