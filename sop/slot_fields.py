"""A slot of a flow file into its `SlotSpec`."""

from sop.fields import Fields, Notes, suggest
from sop.slot_spec import Confirm, Ladder, Option, SlotSpec
from sop.slots import TYPE_NAMES
from sop.yaml_source import Node

_CHECKS = ("", "luhn")
_PERIODS = ("any", "past", "future")
_ONLY = {
    "offer": ("phone",),
    "offer_prompt": ("phone",),
    "options": ("choice",),
    "low": ("number", "money"),
    "high": ("number", "money"),
    "lengths": ("digits",),
    "check": ("digits",),
    "period": ("date",),
}
"""The keys that not every type of slot has."""


def read_slot(name: str, node: Node, notes: Notes) -> SlotSpec:
    """The slot; every mistake is noted."""
    fields = Fields(node, notes, name)
    kind = fields.text("type", required=True)
    if kind and kind not in TYPE_NAMES:
        fields.wrong("type", f"unknown slot type {kind!r}", suggest(kind, TYPE_NAMES))
        kind = "free_text"
    confirm = fields.one_of("confirm", [policy.value for policy in Confirm], Confirm.WHEN_UNSURE.value)
    offer = fields.text("offer")
    if offer not in ("", "caller_number"):
        fields.wrong("offer", f"unknown offer {offer!r}", "use caller_number")
    label = fields.text("label", name.replace("_", " "))
    spec = SlotSpec(
        name=name,
        type=kind or "free_text",
        prompt=fields.text("prompt"),
        label=label,
        names=fields.texts("names") or (label,),
        ladder=_ladder(fields, notes),
        confirm=Confirm(confirm),
        sure=fields.number("sure", 0.6, low=0, high=1),
        confirm_prompt=fields.text("confirm_prompt", "I have {value}. Is that right?"),
        offer=offer or None,
        offer_prompt=fields.text("offer_prompt"),
        why=fields.text("why"),
        options=_options(fields, notes),
        depends_on=fields.texts("depends_on"),
        low=fields.limit("low"),
        high=fields.limit("high"),
        lengths=_lengths(fields),
        check=fields.one_of("check", _CHECKS, ""),
        period=fields.one_of("period", _PERIODS, "any"),
        private=fields.flag("private"),
        volunteer=fields.flag("volunteer", True),
        optional=fields.flag("optional"),
    )
    for key, kinds in _ONLY.items():
        if kind in TYPE_NAMES and key in fields and kind not in kinds:
            fields.wrong(key, f"a slot of type {kind} has no {key!r}", "remove it, or mend the type")
    if offer and not spec.offer_prompt:
        fields.wrong("offer", "an offer needs a question", "add `offer_prompt: ...`")
    if spec.type == "choice" and not spec.options:
        fields.wrong("type", "a choice needs options", "add `options:` with phrases for each")
    if spec.low is not None and spec.high is not None and spec.low > spec.high:
        fields.wrong("low", "low is greater than high", "swap the two")
    fields.done()
    return spec


def _lengths(fields: Fields) -> tuple[int, ...]:
    found = []
    for text in fields.texts("lengths"):
        if text.isdecimal() and 1 <= int(text) <= 40:
            found.append(int(text))
        else:
            fields.wrong("lengths", f"{text!r} is no number of digits", "write for example `lengths: [4]`")
    return tuple(sorted(found))


def _ladder(fields: Fields, notes: Notes) -> Ladder:
    reasons = {
        name: Fields(Node({name: node}, node.line), notes, fields.place).text(name)
        for name, node in fields.children("reasons").items()
    }
    return Ladder(
        fields.wordings("reprompt"),
        fields.wordings("silence"),
        fields.wordings("invalid"),
        reasons,
        fields.text("keypad"),
    )


def _options(fields: Fields, notes: Notes) -> tuple[Option, ...]:
    found = []
    said: dict[str, str] = {}
    for name, node in fields.children("options").items():
        spoken, anytime = name.replace("_", " "), False
        if isinstance(node.value, dict):
            inner = Fields(node, notes, f"{fields.place}.{name}")
            spoken, anytime = inner.text("spoken", spoken), inner.flag("anytime")
            phrases = inner.texts("phrases")
            inner.done()
        else:
            phrases = Fields(Node({name: node}, node.line), notes, fields.place).texts(name)
        if not phrases:
            fields.wrong("options", f"nobody can say the option {name!r}", "add phrases that callers use for it")
        for phrase in phrases:
            other = said.setdefault(phrase, name)
            if other != name:
                message = f"{phrase!r} stands for {other!r} already"
                notes.add(node.line, fields.place, "options", message, "keep it at one of the two")
        found.append(Option(name, spoken, phrases, anytime))
    return tuple(found)
