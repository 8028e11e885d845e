"""/IncomingPhoneNumbers and /Messages of the REST API."""

import re

from voice.double import parameters, resources
from voice.double.account import Message, Number, new_sid
from voice.double.parameters import E164
from voice.double.refusals import Refusal, unknown
from voice.double.rest import Answer, Question, Route

REFUSED_MESSAGES = {
    21610: "Attempt to send to unsubscribed recipient",
    30034: "US A2P 10DLC - Message from an Unregistered Number",
}


def numbers(question: Question) -> Answer:
    wanted = question.given.text("PhoneNumber")
    friendly = question.given.text("FriendlyName")
    found = [
        resources.number(question.account, one)
        for one in question.account.numbers.values()
        if wanted in one.number and friendly in (one.friendly_name or one.number)
    ]
    return Answer(form=resources.page("incoming_phone_numbers", found, question.path))


def _number(question: Question) -> Number:
    """Raises: Refusal (20404)."""
    for one in question.account.numbers.values():
        if one.sid == question.names["number"]:
            return one
    raise unknown(question.path)


def number(question: Question) -> Answer:
    return Answer(form=resources.number(question.account, _number(question)))


def update_number(question: Question) -> Answer:
    one = _number(question)
    for name in question.given.values:
        field = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
        if hasattr(one, field):
            setattr(one, field, question.given.text(name))
    return Answer(form=resources.number(question.account, one))


def send(question: Question) -> Answer:
    given, account = question.given, question.account
    to, from_, body = given.text("To"), given.text("From"), given.text("Body")
    if not E164.fullmatch(to):
        raise Refusal(400, 21211, f"The 'To' number {to} is not a valid phone number.")
    if not from_ and not given.has("MessagingServiceSid"):
        raise Refusal(400, 21603, "A 'From' phone number is required.")
    if from_ and from_ not in account.numbers:
        raise Refusal(400, 21606, f"The From phone number {from_} is not a valid, SMS-capable number of your account.")
    if not body:
        raise Refusal(400, 21602, "Message body is required.")
    if code := account.faults.messages.get(to):
        raise Refusal(400, code, REFUSED_MESSAGES.get(code, "Message refused"))
    message = Message(new_sid("SM"), from_, to, body)
    account.messages.append(message)
    return Answer(201, resources.message(account, message))


def messages(question: Question) -> Answer:
    given, account = question.given, question.account
    found = [
        resources.message(account, one)
        for one in account.messages
        if given.text("To", one.to) == one.to and given.text("From", one.from_) == one.from_
    ]
    return Answer(form=resources.page("messages", found, question.path))


ROUTES = (
    Route("GET", "/IncomingPhoneNumbers.json", parameters.LIST_NUMBERS, numbers),
    Route("GET", "/IncomingPhoneNumbers/{number}.json", {}, number),
    Route("POST", "/IncomingPhoneNumbers/{number}.json", parameters.UPDATE_NUMBER, update_number),
    Route("POST", "/Messages.json", parameters.CREATE_MESSAGE, send),
    Route("GET", "/Messages.json", parameters.LIST_MESSAGES, messages),
)
