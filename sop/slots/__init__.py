"""Slot types by the name that a flow uses for them."""

from sop.graph import Graph
from sop.slot_spec import SlotSpec
from sop.slots.calendar_date import CalendarDate
from sop.slots.choice import Choice
from sop.slots.digits import Digits
from sop.slots.email import Email
from sop.slots.free_text import FreeText
from sop.slots.money import Money
from sop.slots.number import Number
from sop.slots.person_name import PersonName
from sop.slots.phone import Phone
from sop.slots.slot_type import Context, Doubt, Found, SlotType
from sop.slots.time_window import TimeWindow
from sop.slots.us_address import UsAddress
from sop.slots.yes_no import YesNo

_TYPES: dict[str, SlotType] = {
    "person_name": PersonName(),
    "phone": Phone(),
    "us_address": UsAddress(),
    "time_window": TimeWindow(),
    "yes_no": YesNo(),
    "date": CalendarDate(),
    "email": Email(),
    "digits": Digits(),
    "money": Money(),
    "number": Number(),
    "free_text": FreeText(),
}
TYPE_NAMES = frozenset({"choice", *_TYPES})


def type_named(name: str) -> SlotType:
    """The type of that name, which is no choice."""
    return _TYPES[name]


def slot_type(graph: Graph, spec: SlotSpec) -> SlotType:
    """The type of a slot. A choice needs the flow's word groups, so it is made for the graph."""
    return _TYPES[spec.type] if spec.type != "choice" else choice_of(graph, spec)


def choice_of(graph: Graph, spec: SlotSpec) -> Choice:
    """The choice type for one slot."""
    return Choice(
        tuple(graph.words.items()),
        tuple(option.spoken for option in spec.options[:7]),
    )


__all__ = ["TYPE_NAMES", "Choice", "Context", "Doubt", "Found", "SlotType", "choice_of", "slot_type", "type_named"]
