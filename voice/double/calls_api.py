"""/Calls and /Recordings of the REST API."""

from urllib.parse import urlsplit

from voice.double import parameters, resources
from voice.double.account import Account
from voice.double.leg import Leg
from voice.double.orders import Callback, Machine, Order, RecordingOrder, Source
from voice.double.parameters import E164, Given
from voice.double.recording import Recording
from voice.double.refusals import Refusal, invalid, missing, not_eligible, not_in_progress, unknown
from voice.double.rest import Answer, Question, Route

PENDING = frozenset({"queued", "initiated", "ringing"})


def create(question: Question) -> Answer:
    leg = question.network.place(order(question.account, question.given))
    return Answer(201, resources.call(question.account, leg))


def order(account: Account, given: Given) -> Order:
    """Raises: Refusal."""
    check_numbers(account, given)
    return Order(
        to=given.text("To"),
        from_=given.text("From"),
        source=_source(given),
        fallback=Source(given.text("FallbackUrl"), given.text("FallbackMethod", "POST")),
        status=callback(given, "StatusCallback", "completed"),
        machine=Machine(
            given.text("MachineDetection"),
            given.truth("AsyncAmd"),
            callback(given, "AsyncAmdStatusCallback", ""),
        ),
        timeout_s=given.whole("Timeout", 60),
        time_limit_s=given.whole("TimeLimit", 14_400),
    )


def check_numbers(account: Account, given: Given) -> None:
    """Raises: Refusal (21201, 21211, 21213, 21212, 21210)."""
    to, from_ = given.text("To"), given.text("From")
    if not to:
        raise Refusal(400, 21201, "No 'To' number is specified")
    if not E164.fullmatch(to):
        raise Refusal(400, 21211, f"The phone number you are attempting to call, {to}, is not valid.")
    if not from_:
        raise Refusal(400, 21213, "No 'From' number is specified")
    if not E164.fullmatch(from_):
        raise Refusal(400, 21212, f"The phone number you are attempting to call from, {from_}, is not valid.")
    if not account.owns(from_, given.text("CallToken")):
        raise Refusal(400, 21210, f"The source phone number provided, {from_}, is not yet verified for your account.")


def callback(given: Given, name: str, default: str) -> Callback:
    """Of `name`, `name`Method and `name`Event."""
    return Callback(given.text(name), given.text(f"{name}Method", "POST"), given.events(f"{name}Event", default))


def _source(given: Given) -> Source:
    """Raises: Refusal (21205)."""
    if given.has("Url") and given.has("Twiml"):
        raise invalid("Twiml", "Url and Twiml exclude one another")
    if given.has("Twiml"):
        return Source(twiml=given.text("Twiml"))
    url = given.text("Url")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Refusal(400, 21205, f"Url is not a valid URL: {url}" if url else "Url parameter is required.")
    return Source(url, given.text("Method", "POST"))


def fetch(question: Question) -> Answer:
    return Answer(form=resources.call(question.account, question.call()))


def update(question: Question) -> Answer:
    leg, given = question.call(), question.given
    if leg.over:
        raise not_in_progress()
    if given.has("Status"):
        _end(question, leg, given.text("Status"))
    elif given.has("Url") or given.has("Twiml"):
        source = _source(given)
        if leg.status in PENDING:
            raise not_in_progress()
        question.network.redirect(leg, source)
    elif not given.values:
        raise missing("Url")
    return Answer(form=resources.call(question.account, leg))


def _end(question: Question, leg: Leg, status: str) -> None:
    if leg.status in PENDING:
        question.network.hang_up(leg, "canceled")
    elif status == "completed":
        question.network.hang_up(leg)


def listing(question: Question) -> Answer:
    given, account = question.given, question.account
    wanted = {"To": "to", "From": "from_", "Status": "status", "ParentCallSid": "parent"}
    found = [
        resources.call(account, leg)
        for leg in reversed(account.calls.values())
        if all(getattr(leg, field) == given.text(name) for name, field in wanted.items() if given.has(name))
    ]
    return Answer(form=resources.page("calls", found, question.path))


def record(question: Question) -> Answer:
    leg, given = question.call(), question.given
    if leg.status != "in-progress":
        raise not_eligible()
    wanted = RecordingOrder(
        "StartCallRecordingAPI",
        2 if given.text("RecordingChannels", "mono") == "dual" else 1,
        given.text("RecordingTrack", "both"),
        callback(given, "RecordingStatusCallback", "completed"),
    )
    made = question.network.record(leg, wanted)
    return Answer(201, resources.recording(question.account, made, below_call=True))


def recordings_of_call(question: Question) -> Answer:
    leg = question.call()
    found = [one for one in question.account.recordings.values() if one.call == leg.sid]
    forms = [resources.recording(question.account, one, below_call=True) for one in found]
    return Answer(form=resources.page("recordings", forms, question.path))


def recordings(question: Question) -> Answer:
    forms = [resources.recording(question.account, one) for one in question.account.recordings.values()]
    return Answer(form=resources.page("recordings", forms, question.path))


def _recording(question: Question) -> Recording:
    """Raises: Refusal (20404)."""
    name, call = question.names["recording"], question.names.get("call")
    for made in question.account.recordings.values():
        current = name == "Twilio.CURRENT" and not made.over
        if (made.sid == name or current) and call in {None, made.call}:
            return made
    raise unknown(question.path)


def fetch_recording(question: Question) -> Answer:
    below = "call" in question.names
    return Answer(form=resources.recording(question.account, _recording(question), below_call=below))


def update_recording(question: Question) -> Answer:
    made, given = _recording(question), question.given
    if not given.has("Status"):
        raise missing("Status")
    if made.over:
        raise not_eligible()
    match given.text("Status"):
        case "paused":
            made.pause(given.text("PauseBehavior", "silence"))
        case "in-progress":
            made.resume()
        case _:
            made.end()
    return Answer(form=resources.recording(question.account, made, below_call=True))


def delete_recording(question: Question) -> Answer:
    made = _recording(question)
    del question.account.recordings[made.sid]
    return Answer(204)


def sound(question: Question) -> Answer:
    made = _recording(question)
    if made.status != "completed":
        raise unknown(question.path)
    return Answer(wav=made.wav())


_CALL = "/Calls/{call:CA[0-9a-f]+}"
_MADE = "/Recordings/{recording}.json"
ROUTES = (
    Route("POST", "/Calls.json", parameters.CREATE_CALL, create),
    Route("GET", "/Calls.json", parameters.LIST_CALLS, listing),
    Route("GET", f"{_CALL}.json", {}, fetch),
    Route("POST", f"{_CALL}.json", parameters.UPDATE_CALL, update),
    Route("POST", f"{_CALL}/Recordings.json", parameters.CREATE_RECORDING, record),
    Route("GET", f"{_CALL}/Recordings.json", parameters.LIST, recordings_of_call),
    Route("GET", f"{_CALL}{_MADE}", {}, fetch_recording),
    Route("POST", f"{_CALL}{_MADE}", parameters.UPDATE_RECORDING, update_recording),
    Route("DELETE", f"{_CALL}{_MADE}", {}, delete_recording),
    Route("GET", "/Recordings.json", parameters.LIST, recordings),
    Route("GET", _MADE, {}, fetch_recording),
    Route("DELETE", _MADE, {}, delete_recording),
    Route("GET", "/Recordings/{recording}.wav", {}, sound),
)
