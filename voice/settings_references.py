"""Whether the parts of `switchboard.yaml` agree with one another, with the flows it names, and with the environment.

Everything is checked on the file as it is written, so that one mistake hides no other.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from sop.fields import suggest
from sop.graph import Graph
from sop.problems import Problem
from sop.steps import TransferStep
from voice.settings_tree import Part
from voice.settings_values import condition, is_loopback
from voice.tools import secrets_needed

Flows = Mapping[str, Graph | None]
"""Flow as the file names it -> its graph; None where it has mistakes of its own."""


def transfer_targets(graph: Graph) -> tuple[str, ...]:
    """Everybody to whom a flow may hand a caller, in alphabetical order."""
    return tuple(sorted({step.target for step in graph.steps.values() if isinstance(step, TransferStep)}))


def tells_of_recording(greeting: str) -> bool:
    """Whether a greeting says that calls are recorded."""
    return re.search(r"\brecord(ed|ing)\b", greeting) is not None


def disagreements(root: Part, flows: Flows) -> Iterator[Problem]:
    """Everything that does not fit together."""
    yield from _account(root)
    yield from _limits(root.part("limits"))
    yield from _screens(root.part("screens"))
    yield from _people(root)
    for delivery in root.part("deliveries").parts():
        yield from _delivery(delivery, root, flows)
    for channel in (*root.part("screens").parts(), *root.part("deliveries").parts()):
        yield from _mail(channel)
    for number in root.part("numbers").parts():
        yield from _number(number, root, flows)


def missing_secrets(root: Part, flows: Flows, environment: Mapping[str, str]) -> Iterator[Problem]:
    """Variables that the file or a flow's tool names and the environment lacks."""
    for part in root.all():
        if part.name.endswith("_env") and part.text and not environment.get(part.text):
            yield part.wrong(f"the environment lacks {part.text}", f"set {part.text} to the secret")
    for number in root.part("numbers").parts():
        for flow, graph in _graphs(number, flows):
            for variable in secrets_needed(graph.tools):
                if not environment.get(variable):
                    message = f"the environment lacks {variable}, which a tool of the flow {graph.name} needs"
                    yield flow.wrong(message, f"set {variable} to the secret")


def _account(root: Part) -> Iterator[Problem]:
    public, twilio = root.part("public_url"), root.part("twilio")
    host = _host(public.text)
    if "twilio" not in root.names and host and not is_loopback(host):
        yield public.wrong(
            "calls from outside can't be told from forged ones without an account",
            "add `twilio:` with `account` and `auth_token_env`",
        )
    given = [name for name in ("region", "edge") if twilio.part(name).text]
    if len(given) == 1:
        yield twilio.part(given[0]).wrong("region and edge belong together", "write both, or neither")
    if given and "api_url" in twilio.names:
        yield twilio.part("api_url").wrong("region and edge say where the interface is", "remove api_url, or these two")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _limits(limits: Part) -> Iterator[Problem]:
    spend = limits.part("spend_per_day")
    if spend.text.strip("0.") and not limits.part("cost_per_minute").text.strip("0."):
        yield spend.wrong("a limit on a day's spend needs the price of a minute", "add `cost_per_minute: ...`")


def _people(root: Part) -> Iterator[Problem]:
    people, ours = root.part("people"), root.part("numbers").names
    for person in people.parts():
        if person.part("number").text in ours:
            yield person.part("number").wrong(
                "this is a number that the agent answers: it would ring itself", "write the person's own telephone"
            )
    for shifts in root.part("lists").parts():
        for shift in shifts.parts():
            for one in shift.part("people").parts():
                yield from _known(one, people.names, "person", "people")


def _known(part: Part, names: tuple[str, ...], what: str, where: str) -> Iterator[Problem]:
    if part.text and part.text not in names:
        remedy = suggest(part.text, names) if names else f"add it under `{where}:`"
        yield part.wrong(f"there is no {what} {part.text!r}", remedy)


def _mail(channel: Part) -> Iterator[Problem]:
    if channel.part("kind").text != "email":
        return
    if channel.part("security").text == "none" and not is_loopback(channel.part("host").text):
        yield channel.part("security").wrong(
            "what is sent could be read on its way", "write starttls or tls; none is for a mail server on this machine"
        )
    if ("user" in channel.names) != ("password_env" in channel.names):
        yield channel.wrong("user and password_env belong together", "write both, or neither")


def _delivery(delivery: Part, root: Part, flows: Flows) -> Iterator[Problem]:
    """The condition of a text message names a slot of every flow behind it."""
    only_if = delivery.part("only_if")
    try:
        name, value = condition(only_if.text)
    except ValueError:
        return
    graphs: dict[str, Graph] = {}
    for number in root.part("numbers").parts():
        if delivery.name in [one.text for one in number.part("deliveries").parts()]:
            graphs |= {graph.name: graph for _, graph in _graphs(number, flows)}
    for graph in graphs.values():
        yield from _holds(only_if, name, value, graph)


def _holds(only_if: Part, name: str, value: str, graph: Graph) -> Iterator[Problem]:
    slot = graph.slots.get(name)
    if slot is None:
        yield only_if.wrong(f"the flow {graph.name} has no slot {name!r}", suggest(name, graph.slots))
        return
    values = ("yes", "no") if slot.type == "yes_no" else tuple(option.name for option in slot.options)
    if not values:
        yield only_if.wrong(f"{name} has no fixed values", "name a slot that is answered with yes or no")
    elif value not in values:
        yield only_if.wrong(f"{name} is never {value!r}", suggest(value, values))


def _screens(screens: Part) -> Iterator[Problem]:
    kinds = [screen.part("kind").text for screen in screens.parts()]
    for place, screen in enumerate(screens.parts()):
        if kinds[place] and kinds[place] in kinds[:place]:
            yield screen.wrong(f"there is a screen of the kind {kinds[place]} already", "remove one of them")


def _number(number: Part, root: Part, flows: Flows) -> Iterator[Problem]:
    lists = root.part("lists").names
    named = (number.part("human"), number.part("fallback"), number.part("staff_first", "list"))
    for part in (*named, *number.part("transfers").parts()):
        yield from _known(part, lists, "list", "lists")
    for part in number.part("deliveries").parts():
        yield from _known(part, root.part("deliveries").names, "delivery", "deliveries")
    for part in number.part("allow").parts():
        if part.text in [one.text for one in number.part("block").parts()]:
            yield part.wrong("this caller is blocked too", "remove the number from `allow` or from `block`")
    yield from _share(number)
    graphs = _graphs(number, flows)
    yield from _transfers(number, graphs)
    yield from _clock(number, graphs)
    yield from _announced(number, graphs)


def _share(number: Part) -> Iterator[Problem]:
    share = number.part("share").text.removesuffix("%").rstrip()
    if share.isdecimal() and int(share) < 100 and not number.part("human").text:
        message = "nobody gets the calls that the agent does not take"
        yield number.part("share").wrong(message, "add `human:` with the name of a list")


def _transfers(number: Part, graphs: list[tuple[Part, Graph]]) -> Iterator[Problem]:
    transfers = number.part("transfers")
    handing = {target: graph.name for _, graph in reversed(graphs) for target in transfer_targets(graph)}
    for target, flow in sorted(handing.items()):
        if target not in transfers.names:
            message = f"the flow {flow} hands callers to {target!r}, and nobody is named for that"
            yield transfers.wrong(message, f"add `{target}:` with the name of a list")
    wanted = [name for name in ("flow", "open_flow") if number.part(name).text]
    if len(graphs) == len(wanted):
        for part in transfers.parts():
            if part.name not in handing:
                yield part.wrong(f"no flow of this number hands callers to {part.name!r}", suggest(part.name, handing))


def _clock(number: Part, graphs: list[tuple[Part, Graph]]) -> Iterator[Problem]:
    hours = [graph.hours for _, graph in graphs if graph.hours is not None]
    if graphs and not number.part("time_zone").text and not any(one.time_zone for one in hours):
        yield number.wrong("nothing says by which clock this number lives", "add `time_zone: America/New_York`")
    if len(graphs) == 2 and "hours" not in number.names and not hours:
        yield number.part("open_flow").wrong("nothing says when the business is open", "add `hours:`")


def _announced(number: Part, graphs: list[tuple[Part, Graph]]) -> Iterator[Problem]:
    mode, script = number.part("recording", "mode"), number.part("recording", "script").text
    if mode.text == "ask" and not script:
        yield mode.wrong("there are no words that ask for consent", "add `script:` with the question")
    if mode.text == "announce" and not script:
        for _, graph in graphs:
            if not tells_of_recording(graph.greeting):
                message = f"the greeting of the flow {graph.name} does not tell callers that they are recorded"
                yield mode.wrong(message, "add `script:` with the words that do")


def _graphs(number: Part, flows: Flows) -> list[tuple[Part, Graph]]:
    """The flows of a number that have no mistakes of their own, each with the part that names it."""
    named = (number.part("flow"), number.part("open_flow"))
    found = [(part, flows.get(part.text)) for part in named if part.text]
    return [(part, graph) for part, graph in found if graph is not None]
