"""The verbs that concern one leg alone."""

from collections.abc import Awaitable, Callable

from voice.audio import SILENCE, samples
from voice.double.channels import Keypad, Playback, Recorder
from voice.double.context import Context, Ended, Next, Step
from voice.double.leg import Silence
from voice.double.orders import RecordingOrder, Source
from voice.double.recording import Recording
from voice.double.resources import recording_url
from voice.double.tones import beep
from voice.double.twiml import Verb
from voice.double.webhooks import FetchFailed
from voice.scenario import ScenarioError, mulaw_of_wav

Run = Callable[[Context, Verb], Awaitable[Step]]
WORDS_A_MINUTE = 150
DIGIT_MS = 300
"""Of each tone of <Play digits>, with the pause behind it."""
AUDIO = frozenset({"audio/wav", "audio/wave", "audio/x-wav"})


async def _sound(context: Context, verb: Verb) -> bytes:
    """What a <Say>, <Play> or <Pause> puts on the line, as µ-law; words are as long a silence."""
    match verb.name:
        case "Say":
            minutes = len(verb.text.split()) / WORDS_A_MINUTE
            return SILENCE * samples(minutes * 60_000) * max(1, verb.whole("loop", 1))
        case "Pause":
            return SILENCE * samples(verb.whole("length", 1) * 1000)
        case _ if verb.get("digits"):
            return SILENCE * samples(DIGIT_MS * len(verb.get("digits")))
        case _:
            return await _file(context, verb.text) * max(1, verb.whole("loop", 1))


async def _file(context: Context, url: str) -> bytes:
    """The sound of a WAV at a URL; nothing, and a warning, if there is none."""
    try:
        fetched = await context.switch.webhooks.fetch(context.resolve(url), "GET", {}, signed=False)
        if fetched.content_type not in AUDIO:
            raise FetchFailed(12300, f"{fetched.url} is {fetched.content_type}, not a WAV")
        return mulaw_of_wav(fetched.body, source=fetched.url)
    except (FetchFailed, ScenarioError) as error:
        context.warn(str(error))
        return b""


async def utter(context: Context, channel: Playback, verb: Verb) -> None:
    """Plays one verb into the leg."""
    context.leg.verbs.append(verb.name)
    mulaw = await _sound(context, verb)
    if verb.name == "Say":
        context.leg.said_to_it.append(verb.text)
    channel.load(mulaw)
    await channel.played.wait()


async def speak(context: Context, verb: Verb) -> Step:
    channel = Playback()
    context.leg.channel = channel
    await utter(context, channel, verb)
    context.leg.channel = Silence()
    return None


async def gather(context: Context, verb: Verb) -> Step:
    context.leg.verbs.append(verb.name)
    if "dtmf" not in verb.get("input", "dtmf"):
        context.warn("the double recognises no speech in a <Gather>")
    most = verb.whole("numDigits", 0) or None
    keypad = Keypad(most=most, finish=verb.get("finishOnKey", "#"), timeout_s=verb.whole("timeout", 5))
    context.leg.channel = keypad
    for prompt in verb.children:
        if keypad.keys or keypad.done.is_set():
            break
        await utter(context, keypad, prompt)
    keypad.waits_for_keys = True
    await keypad.done.wait()
    context.leg.channel = Silence()
    if keypad.keys or verb.truth("actionOnEmptyResult", default=False):
        return context.action(verb, {"Digits": keypad.keys}, current=True)
    return None


async def record(context: Context, verb: Verb) -> Step:
    context.leg.verbs.append(verb.name)
    recorder = Recorder(
        beep() if verb.truth("playBeep", default=True) else b"",
        silence_s=verb.whole("timeout", 5),
        longest_s=verb.whole("maxLength", 3600),
        finish=verb.get("finishOnKey", "1234567890*#"),
    )
    context.leg.channel = recorder
    await recorder.played.wait()
    callback = context.callback(verb, "recordingStatusCallback", "completed")
    made = context.switch.record(context.leg, RecordingOrder("RecordVerb", 1, "inbound", callback))
    context.told_on_hang_up(verb, lambda: _recorded(context, made, "hangup"))
    await recorder.done.wait()
    context.farewell = None
    context.leg.channel = Silence()
    if not recorder.spoke:
        made.forget()
    made.end()
    if not recorder.spoke:
        return None
    return context.action(verb, _recorded(context, made, recorder.key_pressed), current=True)


def _recorded(context: Context, made: Recording, key: str) -> dict[str, str]:
    """Parameters of a <Record>'s action."""
    form = {
        "RecordingUrl": recording_url(context.switch.account, made),
        "RecordingSid": made.sid,
        "RecordingDuration": str(made.duration_s),
    }
    return form | ({"Digits": key} if key else {})


async def start(context: Context, verb: Verb) -> Step:
    context.leg.verbs.append(verb.name)
    noun = verb.children[0]
    if noun.name != "Recording":
        context.warn("the double runs no <Start><Stream>")
        return None
    context.switch.answer(context.leg)
    order = RecordingOrder(
        "StartCallRecordingTwiML",
        1 if noun.get("channels", "dual") == "mono" else 2,
        noun.get("track", "both"),
        context.callback(noun, "recordingStatusCallback", "completed"),
    )
    context.switch.record(context.leg, order)
    return None


async def redirect(context: Context, verb: Verb) -> Step:
    context.leg.verbs.append(verb.name)
    return Next(Source(context.resolve(verb.text), verb.get("method", "POST")))


async def hang_up(context: Context, verb: Verb) -> Step:
    context.leg.verbs.append(verb.name)
    return Ended("completed")


async def reject(context: Context, verb: Verb) -> Step:
    """Only a call that hasn't been answered can be rejected; any other is hung up."""
    context.leg.verbs.append(verb.name)
    if context.leg.answered.is_set():
        return Ended("completed")
    return Ended("busy" if verb.get("reason") == "busy" else "no-answer")


SIMPLE: dict[str, Run] = {
    "Say": speak,
    "Play": speak,
    "Pause": speak,
    "Gather": gather,
    "Record": record,
    "Start": start,
    "Redirect": redirect,
    "Hangup": hang_up,
    "Reject": reject,
}
