"""<Connect><Stream>: the leg talks with our server over a socket until one of them has enough."""

from voice.double.context import Context, Step
from voice.double.leg import Silence
from voice.double.stream import Stream
from voice.double.twiml import Verb

LONGEST = 500
"""A <Parameter>'s name and value together have fewer characters."""


async def connect(context: Context, verb: Verb) -> Step:
    context.leg.verbs.append(verb.name)
    noun = verb.children[0]
    context.told_on_hang_up(verb, dict)
    if url := _address(context, noun):
        callback = context.callback(noun, "statusCallback", "")
        switch = context.switch
        stream = Stream(switch.account, switch.webhooks, context.leg, url, noun.get("name"), callback)
        context.leg.channel = stream
        try:
            await stream.run(_parameters(context, noun))
        finally:
            context.leg.channel = Silence()
    context.farewell = None
    return context.action(verb, {})


def _address(context: Context, noun: Verb) -> str:
    """The socket's URL without what may not be in it; "" for one that can't be connected to."""
    url = context.resolve(noun.get("url"))
    if noun.get("track", "inbound_track") != "inbound_track":
        context.warn("31941: a bidirectional stream has the inbound track alone")
        return ""
    if url.startswith("https://") and "://" not in noun.get("url"):
        url = "wss://" + url.removeprefix("https://")
    if not url.startswith("wss://"):
        context.warn("31922: a stream's URL begins with wss://")
        return ""
    bare, mark, _ = url.partition("?")
    if mark:
        context.warn("a stream's URL has no query: it is left out")
    return bare


def _parameters(context: Context, noun: Verb) -> dict[str, str]:
    given = {}
    for child in noun.children:
        name, value = child.get("name"), child.get("value")
        if len(name) + len(value) >= LONGEST:
            context.warn(f"<Parameter> {name} is too long: it is left out")
        elif name:
            given[name] = value
    return given
