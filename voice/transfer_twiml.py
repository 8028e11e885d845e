"""TwiML of a transfer: the documents of a person who is rung, and of the caller on their way to one.

Pattern B, consult first: the person hears a brief, presses 1 and waits in a conference; then the caller is sent there.
Pattern A, for accounts without conferences: the caller's own call dials one person after the other, each of whom hears
a brief and presses 1 before the two are connected.
"""

import hashlib

from twilio.twiml.voice_response import VoiceResponse  # type: ignore[import-untyped]

from voice.twiml import Public, Texts, dialled, last_words, ring_seconds

PERSON = "person-"
CALLER = "caller-"
"""What a participant's label begins with; the leg's number follows."""


def conference_name(call: str, leg: int) -> str:
    """Names of conferences are known to the whole account and stay in its logs: nothing of anybody is in them.

    >>> len(conference_name("CA1", 1))
    19
    """
    return "sb-" + hashlib.sha256(f"{call}{leg}".encode()).hexdigest()[:16]


def leg_of(label: str, who: str = PERSON) -> int | None:
    """The leg that a participant's label names; None for the other side's and for what we never gave.

    >>> leg_of("person-3"), leg_of("caller-3"), leg_of("caller-3", CALLER)
    (3, None, 3)
    """
    number = label.removeprefix(who)
    return int(number) if label.startswith(who) and number.isascii() and number.isdigit() and len(number) < 5 else None


def accepted(public: Public, call: str, leg: int) -> str:
    """The person has pressed 1: they wait in the conference, without music."""
    return _conference(
        call,
        leg,
        label=f"{PERSON}{leg}",
        action=public.url("transfer", call, leg, "done"),
        status=public.url("transfer", call, "conference"),
    )


def join(public: Public, call: str, leg: int) -> str:
    """The caller goes to the person."""
    return _conference(
        call,
        leg,
        label=f"{CALLER}{leg}",
        action=public.url("transfer", call, leg, "left"),
        status=public.url("transfer", call, "conference"),
    )


def left(texts: Texts) -> str:
    """The person has left the call, the caller is still there."""
    return last_words(texts, texts.person_left)


def apology(texts: Texts) -> str:
    """For a person whose caller has gone."""
    return last_words(texts, texts.caller_gone)


def pass_on(
    public: Public, call: str, n: int, number: str, *, timeout_s: int, caller_id: str, longest_s: int = 0
) -> str:
    """Pattern A: the caller's call dials person `n`, for `longest_s` at most; 0 leaves it to the carrier's own limit.

    Raises:
        ValueError: a number that is not E.164.
    """
    if not dialled((number,)):
        raise ValueError("a person's number is not E.164")
    response = VoiceResponse()
    dial = response.dial(
        timeout=ring_seconds(timeout_s),
        caller_id=caller_id if dialled((caller_id,)) else None,
        answer_on_bridge=True,
        time_limit=longest_s or None,
        action=public.url("transfer", call, "dial", n, "result"),
    )
    dial.number(number, url=public.url("transfer", call, "dial", n, "whisper"))
    return str(response)


def _conference(call: str, leg: int, *, label: str, action: str, status: str) -> str:
    """Whoever leaves ends it for both: nobody waits alone. Its callback is taken from whoever enters first."""
    response = VoiceResponse()
    dial = response.dial(action=action)
    dial.conference(
        conference_name(call, leg),
        beep=False,
        start_conference_on_enter=True,
        end_conference_on_exit=True,
        participant_label=label,
        jitter_buffer_size="small",
        wait_url="",
        status_callback=status,
        status_callback_event="start end join leave",
    )
    return str(response)
