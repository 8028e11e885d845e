"""The top of a flow file into a `Graph` that is not checked yet."""

from datetime import date
from zoneinfo import ZoneInfo

from sop.fields import Fields, Notes, suggest
from sop.graph import Article, Aside, Escalation, Graph, Guard, Hours, Wording
from sop.hours import WEEKDAYS, is_country, parse_stretch
from sop.prefix import prefixed_step
from sop.slot_fields import read_slot
from sop.step_fields import read_condition, read_step
from sop.steps import Condition, Step
from sop.tool_fields import read_guard, read_tool
from sop.yaml_source import Node

_ALWAYS = Condition("True", frozenset())
Imports = tuple[tuple[str, int], ...]
"""Names of flows and the lines that name them."""


def read_graph(root: Node, notes: Notes) -> tuple[Graph | None, Imports]:
    """The graph as it is written, and what it imports."""
    fields = Fields(root, notes)
    if not isinstance(root.value, dict):
        return None, ()
    tone = fields.text("tone")
    if tone:
        notes.tones = (*notes.tones, tone)
    steps, flows = _all_steps(fields, notes)
    graph = Graph(
        name=fields.text("sop", required=True),
        version=fields.whole("version", 1, low=1, high=1_000_000),
        language=fields.text("language", "en-US"),
        business=fields.text("business", required=True),
        greeting=fields.text("greeting"),
        slots={name: read_slot(name, node, notes) for name, node in fields.children("slots", words=True).items()},
        steps=steps,
        start=fields.text("start", required=True),
        escalations=_escalations(fields, notes),
        words=_words(fields, notes),
        goodbye=fields.text("goodbye") or None,
        wording=_wording(fields, notes),
        tools={name: read_tool(name, node, notes) for name, node in fields.children("tools").items()},
        guards=_guards(fields, notes),
        flows=flows,
        asides=_asides(fields, notes),
        knowledge=_knowledge(fields, notes),
        hours=_hours(fields, notes),
        agent=fields.text("agent"),
    )
    imports = tuple((node.written, node.line) for node in fields.items("import"))
    if tone and tone not in notes.worded and not imports:
        fields.wrong("tone", f"no text has a wording for the tone {tone!r}", suggest(tone, notes.worded - {"default"}))
    fields.done()
    return graph, imports


def _all_steps(fields: Fields, notes: Notes) -> tuple[dict[str, Step], dict[str, str]]:
    """The steps with those of the sub-flows ("verify.ask_name"), and the sub-flows with their first steps."""
    if "steps" not in fields:
        fields.wrong("steps", "there are no steps", "add `steps:`")
    steps = _steps(fields, notes)
    flows: dict[str, str] = {}
    for name, node in fields.children("flows").items():
        inner = Fields(node, notes, name)
        local = _steps(inner, notes)
        start = inner.text("start", required=True)
        inner.done()
        if start and start not in local:
            inner.wrong("start", f"there is no step {start!r} in this flow", suggest(start, local))
            continue
        flows[name] = f"{name}.{start}"
        names = {step: f"{name}.{step}" for step in local}
        steps |= {names[step.name]: prefixed_step(step, names) for step in local.values()}
    return steps, flows


def _steps(fields: Fields, notes: Notes) -> dict[str, Step]:
    found = ((name, read_step(name, node, notes)) for name, node in fields.children("steps").items())
    return {name: step for name, step in found if step is not None}


def _words(fields: Fields, notes: Notes) -> dict[str, tuple[str, ...]]:
    return {
        name: Fields(Node({name: node}, node.line), notes, "words").texts(name)
        for name, node in fields.children("words").items()
    }


def _guards(fields: Fields, notes: Notes) -> dict[str, Guard]:
    found = (read_guard(name, node, notes) for name, node in fields.children("guards").items())
    return {guard.name: guard for guard in found if guard is not None}


def _wording(fields: Fields, notes: Notes) -> Wording:
    node = fields.node("wording")
    if node is None:
        return Wording()
    inner = Fields(node, notes, "wording")
    default = Wording()
    found = {name: inner.text(name, getattr(default, name)) for name in Wording.__slots__}
    inner.done()
    return Wording(**found)


def _escalations(fields: Fields, notes: Notes) -> tuple[Escalation, ...]:
    found = []
    for node in fields.items("escalate"):
        inner = Fields(node, notes, "escalate")
        to = inner.text("to", required=True)
        when = read_condition(inner, "when", required=True) or _ALWAYS
        found.append(Escalation(when, to, inner.text("otherwise", to), inner.flag("offer")))
        inner.done()
    return tuple(found)


def _asides(fields: Fields, notes: Notes) -> tuple[Aside, ...]:
    found = []
    for name, node in fields.children("asides").items():
        inner = Fields(node, notes, name)
        aside = Aside(name, inner.text("call", required=True), inner.texts("phrases"))
        if not aside.phrases:
            inner.wrong("phrases", "nobody can ask for it", "add `phrases: [...]`")
        inner.done()
        found.append(aside)
    return tuple(found)


def _knowledge(fields: Fields, notes: Notes) -> tuple[Article, ...]:
    found = []
    for name, node in fields.children("knowledge").items():
        inner = Fields(node, notes, name)
        article = Article(name, inner.texts("questions"), inner.text("answer", required=True), inner.texts("words"))
        if not article.questions:
            inner.wrong("questions", "no question leads to this answer", "add `questions: [...]`")
        inner.done()
        found.append(article)
    return tuple(found)


def _hours(fields: Fields, notes: Notes) -> Hours | None:
    node = fields.node("hours")
    if node is None:
        return None
    inner = Fields(node, notes, "hours")
    week = {}
    if not any(weekday in inner for weekday in WEEKDAYS):
        inner.wrong("", "no day has hours, so that it is never open", 'write for example `monday: "08:00-17:00"`')
    for index, weekday in enumerate(WEEKDAYS):
        stretches = []
        for text in inner.texts(weekday):
            stretch = parse_stretch(text)
            if stretch is None:
                inner.wrong(weekday, f"{text!r} is no stretch of a day", 'write for example "08:00-17:00"')
            else:
                stretches.append(stretch)
        week[index] = tuple(stretches)
    country = inner.text("holidays")
    if country and not is_country(country):
        inner.wrong("holidays", f"no holidays are known for {country!r}", "use a country's ISO code, such as US")
        country = ""
    closed = inner.texts("closed")
    for day in closed:
        if not _is_date(day):
            inner.wrong("closed", f"{day!r} is no date", "write for example 2026-12-24")
    found = Hours(week, inner.text("time_zone"), country, closed)
    if found.time_zone and not _is_zone(found.time_zone):
        inner.wrong("time_zone", f"unknown time zone {found.time_zone!r}", "write for example America/New_York")
        found = Hours(week, "", country, closed)
    inner.done()
    return found


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
