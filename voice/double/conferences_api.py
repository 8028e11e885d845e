"""/Conferences of the REST API."""

from xml.sax.saxutils import escape, quoteattr

from voice.double import parameters, resources
from voice.double.calls_api import callback, check_numbers
from voice.double.conference import Conference, Participant
from voice.double.orders import Order, Source
from voice.double.parameters import Given
from voice.double.refusals import unknown
from voice.double.rest import Answer, Question, Route

_ATTRIBUTES = {
    "Label": "participantLabel",
    "Muted": "muted",
    "Beep": "beep",
    "StartConferenceOnEnter": "startConferenceOnEnter",
    "EndConferenceOnExit": "endConferenceOnExit",
    "WaitUrl": "waitUrl",
    "WaitMethod": "waitMethod",
    "JitterBufferSize": "jitterBufferSize",
    "ConferenceStatusCallback": "statusCallback",
    "ConferenceStatusCallbackMethod": "statusCallbackMethod",
}
"""Parameter of a new participant → attribute of <Conference>."""


def listing(question: Question) -> Answer:
    given, account = question.given, question.account
    found = [
        resources.conference(account, one)
        for one in reversed(account.conferences.values())
        if given.text("FriendlyName", one.name) == one.name and given.text("Status", one.status) == one.status
    ]
    return Answer(form=resources.page("conferences", found, question.path))


def _conference(question: Question) -> Conference:
    """By sid, and while it is under way by name. Raises: Refusal (20404)."""
    name = question.names["conference"]
    found = question.account.conferences.get(name) or question.account.conference(name)
    if found is None:
        raise unknown(question.path)
    return found


def fetch(question: Question) -> Answer:
    return Answer(form=resources.conference(question.account, _conference(question)))


def update(question: Question) -> Answer:
    room = _conference(question)
    if question.given.has("Status"):
        room.end("conference-ended-via-api")
    return Answer(form=resources.conference(question.account, room))


def participants(question: Question) -> Answer:
    room = _conference(question)
    forms = [resources.participant(question.account, room, one.leg, one) for one in room.participants.values()]
    return Answer(form=resources.page("participants", forms, question.path))


def _participant(question: Question) -> tuple[Conference, Participant]:
    """Raises: Refusal (20404)."""
    room = _conference(question)
    found = room.find(question.names["participant"])
    if found is None:
        raise unknown(question.path)
    return room, found


def participant(question: Question) -> Answer:
    room, found = _participant(question)
    return Answer(form=resources.participant(question.account, room, found.leg, found))


def update_participant(question: Question) -> Answer:
    room, found = _participant(question)
    given = question.given
    if given.has("Muted"):
        room.mute(found, given.truth("Muted"))
    if given.has("Hold"):
        room.keep_on_hold(found, given.truth("Hold"))
    if given.has("EndConferenceOnExit"):
        found.ends = given.truth("EndConferenceOnExit")
    return Answer(form=resources.participant(question.account, room, found.leg, found))


def remove(question: Question) -> Answer:
    room, found = _participant(question)
    room.leave(found.leg.sid, "participant_updated_via_api")
    return Answer(204)


def add(question: Question) -> Answer:
    """Rings somebody into the conference, which begins with them if it wasn't there."""
    account, given = question.account, question.given
    check_numbers(account, given)
    name = question.names["conference"]
    room = account.conferences.get(name) or account.conference(name)
    order = Order(
        to=given.text("To"),
        from_=given.text("From"),
        source=Source(twiml=_document(room.name if room is not None else name, given)),
        status=callback(given, "StatusCallback", "completed"),
        timeout_s=given.whole("Timeout", 60),
        time_limit_s=given.whole("TimeLimit", 14_400),
    )
    leg = question.network.place(order)
    shown = room or Conference("CF" + "0" * 32, name, lambda conference, event, more: None)
    return Answer(201, resources.participant(account, shown, leg, None))


def _document(name: str, given: Given) -> str:
    events = " ".join(sorted(given.events("ConferenceStatusCallbackEvent", "start end")))
    values = {attribute: given.text(one) for one, attribute in _ATTRIBUTES.items() if given.has(one)}
    written = "".join(f" {key}={quoteattr(value)}" for key, value in (values | {"statusCallbackEvent": events}).items())
    return f"<Response><Dial><Conference{written}>{escape(name)}</Conference></Dial></Response>"


_ONE = "/Conferences/{conference}"
_SEAT = f"{_ONE}/Participants/{{participant}}.json"
ROUTES = (
    Route("GET", "/Conferences.json", parameters.LIST_CONFERENCES, listing),
    Route("GET", f"{_ONE}.json", {}, fetch),
    Route("POST", f"{_ONE}.json", parameters.UPDATE_CONFERENCE, update),
    Route("GET", f"{_ONE}/Participants.json", parameters.LIST, participants),
    Route("POST", f"{_ONE}/Participants.json", parameters.CREATE_PARTICIPANT, add),
    Route("GET", _SEAT, {}, participant),
    Route("POST", _SEAT, parameters.UPDATE_PARTICIPANT, update_participant),
    Route("DELETE", _SEAT, {}, remove),
)
