"""Calls that need no speech of the caller's: a short procedure that is answered with keys, and who presses them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.e2e.telephone import CALLER, line
from voice.caller import Said
from voice.double import Leg
from voice.double.channels import Recorder
from voice.double.parties import QUIET, Party, RecordedCaller
from voice.recorded import Recorded
from voice.scenario import Expect, Scenario, Turn

GREETING = "Maple Heating. This call may be recorded."
FLOW = f"""\
sop: {{name}}
version: 1
language: en-US
business: Maple Heating
greeting: {GREETING}
slots:
  wanted:
    type: yes_no
    label: the callback
    prompt: Do you want a callback?
  callback:
    type: phone
    label: the number
    prompt: Which number?
    offer: caller_number
    offer_prompt: At your own number?
    confirm: never
  pin:
    type: digits
    lengths: [4]
    private: true
    label: the code
    prompt: What is your code?
    confirm: never
  text_ok:
    type: yes_no
    label: a text
    prompt: May we text you?
start: begin
goodbye: left
steps:
  begin:
    ask: wanted
    next:
      - {{{{if: wanted == "no", go: left}}}}
      - {{{{go: details}}}}
  details: {{{{ask: [callback, text_ok, pin], go: save}}}}
  save: {{{{tool: create_lead, on_failure: kept, go: saved}}}}
  saved: {{{{say: Thank you. Goodbye., end: lead_saved}}}}
  kept: {{{{say: I have kept it. Goodbye., end: lead_kept}}}}
  on_call:
    say: One moment.
    transfer: desk_line
    reason: asked for a person
    no_answer: Nobody is free.
    on_no_answer: begin
  left: {{{{say: Goodbye., end: caller_left}}}}
escalate:
  - {{{{when: asked_for_person, to: on_call, otherwise: left}}}}
  - {{{{when: misunderstood >= 3, to: left}}}}
  - {{{{when: silences >= 3, to: left}}}}
  - {{{{when: unheard >= 3, to: left}}}}
"""
"""Keys: 1 and a number and 1 and a code leave a lead; 0 asks for a person."""
LEAD = ("1", "4155550177#", "1", "1234")
"""What a caller without a number of their own presses, each after a question."""
OWN = ("1", "1", "1", "1234")
"""The same of a caller who is to be called back where they call from."""


def flow(folder: Path, name: str = "keyed") -> str:
    """The procedure as a file; its path. Its prompts are rendered once for all towns of a test run."""
    prompts = folder / "prompts"
    if not prompts.is_symlink():
        rendered = folder.parent / "rendered"
        rendered.mkdir(exist_ok=True)
        prompts.symlink_to(rendered, target_is_directory=True)
    path = folder / f"{name}.yaml"
    path.write_text(FLOW.format(name=name))
    return str(path)


def keyed(path: str, on_call: str = "on_call", **changes: Any) -> dict[str, Any]:
    """Settings of a number with that procedure."""
    return line(on_call, flow=path, transfers={"desk_line": on_call}) | changes


def presses(*keys: str, hang_up: bool = False) -> Recorded:
    """A caller who presses keys, each entry once a prompt is over, and may hang up after the last prompt."""
    turns = tuple(Turn(keys=entry) for entry in keys) + ((Turn(hang_up=True),) if hang_up else ())
    about = "presses keys"
    now = "2026-11-22T19:40:00-05:00"
    return Recorded(
        Scenario(
            name="keys",
            description=about,
            flow="keyed",
            caller=CALLER,
            now=now,
            voice="none",
            turns=turns,
            expect=Expect(outcome="any"),
        ),
        {},
    )


def listens() -> Party:
    """Hears the first words and hangs up."""
    return RecordedCaller(presses(hang_up=True))


class BeforeTheAgent:
    """A caller among the carrier's own documents: presses a key when one is asked for, speaks after a tone, and is
    somebody else's turn where the agent answers."""

    def __init__(
        self, key: Callable[[str], str] = lambda _: "", message: bytes = b"", then: Party | None = None
    ) -> None:
        """`key` is asked with the call's name."""
        self._key_of = key
        self._message = message
        self._then = then or listens()
        self._leg: Leg | None = None
        self._pressed = False

    def meet(self, leg: Leg) -> None:
        self._leg = leg
        if hasattr(self._then, "meet"):
            self._then.meet(leg)

    def cut(self) -> None:
        if hasattr(self._then, "cut"):
            self._then.cut()

    def frame(self, heard: bytes) -> Said:
        leg = self._leg
        assert leg is not None
        if "Connect" in leg.verbs:
            return self._then.frame(heard)
        if isinstance(leg.channel, Recorder) and leg.channel.played.is_set():
            said, self._message = self._message[: len(QUIET)], self._message[len(QUIET) :]
            return Said(said or QUIET)
        if getattr(leg.channel, "waits_for_keys", False) and not self._pressed:
            self._pressed = True
            return Said(QUIET, self._key_of(leg.sid))
        return Said(QUIET)
