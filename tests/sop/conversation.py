"""Calls as scripts.

A script is lines of `who: what`. `caller:` is heard, `bot:` lines must be spoken in answer to it (each is
a part of what was said, in order). `keys:` is the keypad, `silence`, `unheard`, `tool ok`, `tool fails`,
`answered` and `no answer` are events, and so are `cut off` (the line broke, and is back) and `back` (from a
person who was not reached). `step:` is the step the call is at, `ends:` its outcome.
"""

from dataclasses import dataclass, field

import sop

NOW = "2026-11-22T19:30:00-05:00"
OWN = "+14155550134"
FLOW = sop.load("after_hours_hvac")


@dataclass
class Call:
    """A call in progress and everything it did."""

    graph: sop.Graph = FLOW
    caller: str | None = OWN
    confidence: float = 0.9
    state: sop.State = field(init=False)
    acts: tuple[sop.Act, ...] = ()
    trace: list[sop.Act] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = sop.start(self.graph, caller=self.caller, now=NOW)
        self.feed(sop.Begin())

    def feed(self, event: sop.Input) -> None:
        self.state, self.acts = sop.advance(self.graph, self.state, event)
        self.trace += self.acts
        assert sop.state_from_json(sop.state_to_json(self.state)) == self.state

    def hear(self, *texts: str) -> None:
        heard = tuple(sop.Hypothesis(text, self.confidence - 0.05 * rank) for rank, text in enumerate(texts))
        reader = sop.RuleReader(self.graph)
        self.feed(reader.read(heard, sop.expect(self.graph, self.state), NOW))

    @property
    def said(self) -> str:
        """What was spoken in answer to the last event."""
        return " ".join(act.text for act in self.acts if isinstance(act, sop.Say))

    @property
    def values(self) -> dict[str, str]:
        return {name: held.value for name, held in self.state.values.items()}

    def play(self, script: str) -> "Call":
        """Run a script, checking what it says must be spoken."""
        at = 0
        for line in filter(None, map(str.strip, script.splitlines())):
            who, _, what = line.partition(": ")
            if who == "bot":
                found = self.said.find(what, at)
                assert found >= 0, f"expected {what!r} in {self.said[at:]!r}"
                at = found + len(what)
            elif who == "step":
                assert self.state.step == what
            elif who == "ends":
                assert self.state.outcome == what
            else:
                at = 0
                self.event(who, what)
        return self

    def event(self, who: str, what: str) -> None:
        match who:
            case "caller":
                self.hear(what)
            case "keys":
                self.feed(sop.Keys(what))
            case "silence":
                self.feed(sop.Silence())
            case "unheard":
                self.feed(sop.Unheard())
            case "tool ok" | "tool fails":
                self.feed(sop.ToolFinished(self.state.tool, who == "tool ok"))
            case "answered" | "no answer":
                self.feed(sop.TransferFinished(who == "answered", who))
            case "cut off" | "back":
                self.feed(sop.Resume("no answer" if who == "back" else ""))
            case _:
                raise AssertionError(f"no such line: {who}")


def to_callback() -> Call:
    """A call that has a problem and a name and is offered the caller's own number."""
    call = Call()
    call.play("caller: my furnace quit\ncaller: karen mitchell")
    return call


def to_review() -> Call:
    """A call in which everything was just read back."""
    call = to_callback()
    call.play(
        "caller: yes\ncaller: twenty two seventeen maple street apartment four springfield\ncaller: tomorrow morning"
    )
    assert call.state.step == "check"
    return call
