"""TwiML for a caller: every document that answers a call, or goes on with it where our stream can't.

One function, one document. The `twilio` package writes the XML, so that escaping is its own. Whatever is spoken goes
through `spoken`: it may hold a caller's words. URLs are absolute, under the public base; only E.164 numbers are
dialled.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from twilio.twiml.voice_response import VoiceResponse  # type: ignore[import-untyped]

LONGEST_TEXT = 600
"""Characters of one spoken text."""
LONGEST_BRIEF = 400
"""What is spoken in 12 s is shorter."""
KEY_S = 6
"""A person's time to press a key, after the brief."""
STAFF, PEOPLE = "staff", "people"
"""Who is asked for a key: those who are rung before the agent, those on call in its place."""
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_MOST_AT_ONCE = 10
"""`<Number>`s in one `<Dial>`. Source: Twilio's "TwiML Voice: <Number>"."""


@dataclass(frozen=True, slots=True)
class Public:
    """Where the carrier reaches us."""

    base: str
    """"https://agent.example.com", without a slash at its end."""

    def url(self, *parts: str | int, **query: str | int) -> str:
        """An address under `/twilio`.

        >>> Public("https://agent.example.com").url("after-stream", again=1)
        'https://agent.example.com/twilio/after-stream?again=1'
        """
        path = "/".join(quote(str(part), safe="") for part in ("twilio", *parts))
        return f"{self.base}/{path}" + (f"?{urlencode(query)}" if query else "")

    def socket(self) -> str:
        """Where media streams go: wss:// unless the base is plain HTTP."""
        return "ws" + self.base.removeprefix("http") + "/ws"


@dataclass(frozen=True, slots=True)
class Texts:
    """What the carrier's own voice says where ours can't."""

    sorry: str = "I'm sorry, something went wrong on our side. Please hold while I try to reach somebody."
    busy: str = "All our lines are busy right now. Please hold while I try to reach somebody."
    closed: str = "Thank you for calling. We are closed right now."
    leave_message: str = "Nobody can take your call right now. Please leave a message after the tone."
    no_message: str = "I did not hear a message. Goodbye."
    message_taken: str = "Thank you, your message has been taken. Goodbye."
    blocked: str = "We can't take calls from this number. Goodbye."
    challenge: str = "To be connected, please press {key}."
    """{key} is the key to press."""
    not_in_service: str = "This number is not in service. Goodbye."
    try_again: str = "Please call again later. Goodbye."
    staff_brief: str = "A call for you. Press 1 to take it."
    person_left: str = "Thank you for calling. Goodbye."
    caller_gone: str = "The caller has hung up. Thank you."
    message_s: int = 180
    """The longest message that is taken."""
    voice: str = ""
    """One of the carrier's voices by its name; empty: its own choice."""
    language: str = "en-US"


def spoken(text: str, longest: int = LONGEST_TEXT) -> str:
    """The text as it may go into a document: no control characters, on one line, at most so long.

    >>> spoken("a\\x00 leak\\n in  the <kitchen>", 9)
    'a leak in'
    """
    plain = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text)
    line = " ".join(plain.split())
    if len(line) <= longest:
        return line
    cut = line[: longest + 1].rpartition(" ")[0]
    return cut or line[:longest]


def say(parent: Any, texts: Texts, text: str) -> None:
    """Speaks inside a verb or a response; nothing where there is nothing to say."""
    if line := spoken(text):
        parent.say(line, voice=texts.voice or None, language=texts.language or None)


def dialled(numbers: Iterable[str]) -> tuple[str, ...]:
    """Those that are E.164, each once, as many as one `<Dial>` takes."""
    return tuple(dict.fromkeys(one for one in numbers if _E164.fullmatch(one)))[:_MOST_AT_ONCE]


def ring_seconds(seconds: int) -> int:
    """As `<Dial timeout>` takes them, and no caller waits longer than a minute for one person."""
    return min(60, max(5, seconds))


def last_words(texts: Texts, text: str) -> str:
    """One text, then the end."""
    response = VoiceResponse()
    say(response, texts, text)
    response.hangup()
    return str(response)


def press_one(action: str, texts: Texts, *, audio: str = "", text: str = "") -> str:
    """For a person who picks up: what it is about, and a key to press. Silence connects nobody: the document ends by
    hanging up. `audio`: where its recording is; empty: the carrier's voice reads the text."""
    response = VoiceResponse()
    gather = response.gather(num_digits=1, timeout=KEY_S, action=action)
    if audio:
        gather.play(audio)
    else:
        say(gather, texts, spoken(text, LONGEST_BRIEF))
    response.hangup()
    return str(response)


# ---- answering -------------------------------------------------------------------------------------------------


def agent(public: Public, token: str, *, again: int = 0) -> str:
    """The agent takes the call. `again`: how many streams of this call came before."""
    response = VoiceResponse()
    action = public.url("after-stream", again=again) if again else public.url("after-stream")
    connect = response.connect(action=action)
    stream = connect.stream(url=public.socket(), status_callback=public.url("stream-status"))
    stream.parameter(name="token", value=token)
    return str(response)


def staff_first(
    public: Public,
    call: str,
    numbers: Iterable[str],
    *,
    timeout_s: int,
    caller_id: str,
    longest_s: int,
    press_one: bool,
) -> str:
    """The staff's telephones ring, all at once; whoever has not taken the call in time leaves it to the agent.
    `press_one`: they are asked for a key first, so that no mailbox takes a caller. `longest_s`: of the conversation."""
    response = VoiceResponse()
    dial = _dial(response, timeout_s, caller_id, public.url("after-staff"), longest_s)
    for number in dialled(numbers):
        dial.number(number, url=public.url(STAFF, call, "whisper") if press_one else None)
    return str(response)


def human_line(public: Public, numbers: Iterable[str], *, timeout_s: int, caller_id: str, longest_s: int) -> str:
    """The other arm of a soft launch: the line that callers reached before there was an agent."""
    response = VoiceResponse()
    dial = _dial(response, timeout_s, caller_id, public.url("after-human"), longest_s)
    for number in dialled(numbers):
        dial.number(number)
    return str(response)


def challenge(public: Public, texts: Texts, key: str) -> str:
    """A key to press; who doesn't may leave a message."""
    response = VoiceResponse()
    gather = response.gather(num_digits=1, timeout=8, action=public.url("challenge"))
    say(gather, texts, texts.challenge.replace("{key}", key))
    _take_message(response, texts, public.url("voicemail"), public.url("recording"))
    return str(response)


def blocked(texts: Texts) -> str:
    """A caller of the block list: told so, never met with silence."""
    return last_words(texts, texts.blocked)


def not_in_service(texts: Texts) -> str:
    """A number that nothing is configured for."""
    return last_words(texts, texts.not_in_service)


# ---- without the agent -----------------------------------------------------------------------------------------


def fallback(
    public: Public, call: str, texts: Texts, people: Iterable[str], *, timeout_s: int, caller_id: str, longest_s: int
) -> str:
    """The agent is not there: an apology, whoever is on call and presses 1, then voicemail."""
    return _reach_somebody(
        public, call, texts, texts.sorry, people, timeout_s=timeout_s, caller_id=caller_id, longest_s=longest_s
    )


def busy(
    public: Public, call: str, texts: Texts, people: Iterable[str], *, timeout_s: int, caller_id: str, longest_s: int
) -> str:
    """More callers than the agent takes at a time."""
    return _reach_somebody(
        public, call, texts, texts.busy, people, timeout_s=timeout_s, caller_id=caller_id, longest_s=longest_s
    )


def closed(public: Public, texts: Texts) -> str:
    """Out of hours, where no agent answers then."""
    response = VoiceResponse()
    say(response, texts, texts.closed)
    _take_message(response, texts, public.url("voicemail"), public.url("recording"))
    return str(response)


def voicemail(public: Public, texts: Texts) -> str:
    """A message after the tone; what follows is heard after silence."""
    response = VoiceResponse()
    _take_message(response, texts, public.url("voicemail"), public.url("recording"))
    return str(response)


def voicemail_taken(texts: Texts) -> str:
    """After a message."""
    return last_words(texts, texts.message_taken)


def hang_up() -> str:
    """The end, without a silent tail."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def nothing() -> str:
    """A document that ends at once: behind a whisper, it connects the two."""
    return str(VoiceResponse())


def static_fallback(
    texts: Texts, people: Iterable[str], *, timeout_s: int, caller_id: str, thanks_url: str = "", longest_s: int = 3600
) -> str:
    """For the carrier's own hosting, as a number's voice fallback: on call, then voicemail, with this server down.
    Nobody is asked for a key, since no server is there to ask: a mailbox may take the caller. `thanks_url`: where
    `static_thanks` is hosted; without it no message is taken, since `<Record>` would fetch this document again."""
    response = VoiceResponse()
    say(response, texts, texts.sorry)
    numbers = dialled(people)
    if numbers:
        dial = _dial(response, timeout_s, caller_id, "", longest_s)
        for number in numbers:
            dial.number(number)
    if thanks_url:
        _take_message(response, texts, thanks_url, "")
    else:
        say(response, texts, texts.try_again)
        response.hangup()
    return str(response)


def static_thanks(texts: Texts) -> str:
    """The second hosted document: what is heard after a message."""
    return voicemail_taken(texts)


# ---- parts -----------------------------------------------------------------------------------------------------


def _dial(response: Any, timeout_s: int, caller_id: str, action: str, longest_s: int) -> Any:
    """A `<Dial>` that keeps the caller's side ringing until somebody is there, and ends after `longest_s`."""
    return response.dial(
        timeout=ring_seconds(timeout_s),
        caller_id=caller_id if _E164.fullmatch(caller_id) else None,
        answer_on_bridge=True,
        time_limit=longest_s,
        action=action or None,
    )


def _reach_somebody(
    public: Public,
    call: str,
    texts: Texts,
    opening: str,
    people: Iterable[str],
    *,
    timeout_s: int,
    caller_id: str,
    longest_s: int,
) -> str:
    response = VoiceResponse()
    say(response, texts, opening)
    numbers = dialled(people)
    if not numbers:
        _take_message(response, texts, public.url("voicemail"), public.url("recording"))
        return str(response)
    dial = _dial(response, timeout_s, caller_id, public.url("after-people"), longest_s)
    for number in numbers:
        dial.number(number, url=public.url(PEOPLE, call, "whisper"))
    return str(response)


def _take_message(response: Any, texts: Texts, action: str, status: str) -> None:
    """`<Record>` goes on to the next verb when it heard nothing. Source: Twilio's "TwiML Voice: <Record>"."""
    say(response, texts, texts.leave_message)
    response.record(
        action=action,
        max_length=texts.message_s,
        timeout=5,
        play_beep=True,
        finish_on_key="#",
        recording_status_callback=status or None,
        recording_status_callback_event="completed absent" if status else None,
    )
    say(response, texts, texts.no_message)
    response.hangup()
