"""A flow file into a checked `Graph`, or every mistake in it at once.

`load_text` is pure; `load` reads a file or a flow that ships with the package. The nodes become values
here, the values are checked against one another in `checks`.
"""

from pathlib import Path

from sop.business import with_business
from sop.checks import check
from sop.conditions import ConditionError, parse_condition
from sop.fields import Fields, Notes, suggest
from sop.graph import (
    AskStep,
    Condition,
    Confirm,
    Edge,
    EndStep,
    Escalation,
    Graph,
    Ladder,
    Option,
    ReviewStep,
    SayStep,
    SlotSpec,
    Step,
    ToolStep,
    TransferStep,
    Wording,
)
from sop.problems import FlowError, Problem
from sop.slots import TYPE_NAMES
from sop.yaml_source import LARGEST, Node, SourceError, read_yaml

_FLOWS = Path(__file__).with_name("flows")
_KINDS = ("say", "ask", "review", "tool", "transfer", "end")
_ALWAYS = Condition("True", frozenset())


def find(source: str | Path) -> Path:
    """The file of a flow: the path itself, or the shipped flow of this name. It may not exist."""
    path = Path(source)
    if path.suffix not in (".yaml", ".yml") and not path.is_file():
        path = _FLOWS / f"{str(source).replace('-', '_')}.yaml"
    return path


def load(source: str | Path) -> Graph:
    """The flow in a file, or a shipped one by its name (`after_hours_hvac`). Raises FlowError with every
    problem."""
    path = find(source)
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST + 1).decode()
    except OSError as error:
        shipped = ", ".join(sorted(flow.stem for flow in _FLOWS.glob("*.yaml")))
        raise FlowError(
            (
                Problem(
                    str(source),
                    1,
                    "",
                    "",
                    f"cannot be read ({error.strerror})",
                    f"give the path of a flow file, or one of: {shipped}",
                ),
            )
        ) from error
    except UnicodeDecodeError as error:
        raise FlowError((Problem(path.name, 1, "", "", "is not UTF-8 text", "save it as UTF-8"),)) from error
    return load_text(text, path.name)


def load_text(text: str, file: str = "flow.yaml") -> Graph:
    """The flow in `text`. Raises FlowError with every problem."""
    notes = Notes(file)
    try:
        root = read_yaml(text)
    except SourceError as error:
        raise FlowError((Problem(file, error.line, "", "", error.message, error.remedy),)) from error
    graph = _graph(root, notes)
    if graph is not None:
        check(graph, notes, _lines(root))
    if notes.problems or graph is None:
        raise FlowError(tuple(notes.problems))
    return graph


def _lines(node: Node, path: str = "") -> dict[str, int]:
    """The line of each part by its path: "steps.triage", "slots.name", "steps.triage.next.0"."""
    found = {path: node.line}
    children = list(node.value.items()) if isinstance(node.value, dict) else []
    if isinstance(node.value, list):
        children = [(str(index), child) for index, child in enumerate(node.value)]
    for name, child in children:
        found |= _lines(child, f"{path}.{name}" if path else name)
    return found


def _graph(root: Node, notes: Notes) -> Graph | None:
    fields = Fields(root, notes)
    if not isinstance(root.value, dict):
        return None
    business = fields.text("business", required=True)
    slots = {name: _slot(name, node, notes) for name, node in fields.children("slots").items()}
    steps: dict[str, Step] = {}
    for name, node in fields.children("steps").items():
        step = _step(name, node, notes)
        if step is not None:
            steps[name] = step
    if "steps" not in fields:
        fields.wrong("steps", "there are no steps", "add `steps:`")
    words = {
        name: Fields(Node({name: node}, node.line), notes, "words").texts(name)
        for name, node in fields.children("words").items()
    }
    graph = Graph(
        name=fields.text("sop", required=True),
        version=int(fields.number("version", 1, low=1, high=1_000_000)),
        language=fields.text("language", "en-US"),
        business=business,
        greeting=fields.text("greeting"),
        slots=slots,
        steps=steps,
        start=fields.text("start", required=True),
        escalations=_escalations(fields, notes),
        words=words,
        goodbye=fields.text("goodbye") or None,
        wording=_wording(fields, notes),
    )
    fields.done()
    return with_business(graph)


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
        found.append(Escalation(_condition(inner, "when", required=True) or _ALWAYS, to, inner.text("otherwise", to)))
        inner.done()
    return tuple(found)


def _condition(fields: Fields, name: str, *, required: bool = False) -> Condition | None:
    text = fields.text(name, required=required)
    if not text:
        return None
    try:
        return parse_condition(text)
    except ConditionError as error:
        fields.wrong(name, f"the condition cannot be read: {error}", 'write for example `problem == "gas"`')
        return _ALWAYS


def _slot(name: str, node: Node, notes: Notes) -> SlotSpec:
    fields = Fields(node, notes, name)
    kind = fields.text("type", required=True)
    if kind and kind not in TYPE_NAMES:
        fields.wrong("type", f"unknown slot type {kind!r}", suggest(kind, TYPE_NAMES))
        kind = "free_text"
    confirm = fields.text("confirm", Confirm.WHEN_UNSURE)
    policies = [policy.value for policy in Confirm]
    if confirm not in policies:
        fields.wrong("confirm", f"unknown policy {confirm!r}", suggest(confirm, policies))
        confirm = Confirm.WHEN_UNSURE
    offer = fields.text("offer")
    if offer not in ("", "caller_number"):
        fields.wrong("offer", f"unknown offer {offer!r}", "use caller_number")
    label = fields.text("label", name.replace("_", " "))
    spec = SlotSpec(
        name=name,
        type=kind or "free_text",
        prompt=fields.text("prompt"),
        label=label,
        names=fields.texts("names") or (label,),
        ladder=_ladder(fields, notes),
        confirm=Confirm(confirm),
        sure=fields.number("sure", 0.6, low=0, high=1),
        confirm_prompt=fields.text("confirm_prompt", "I have {value}. Is that right?"),
        offer=offer or None,
        offer_prompt=fields.text("offer_prompt"),
        why=fields.text("why"),
        options=_options(fields, notes),
        depends_on=fields.texts("depends_on"),
    )
    if offer and not spec.offer_prompt:
        fields.wrong("offer", "an offer needs a question", "add `offer_prompt: ...`")
    if spec.type == "choice" and not spec.options:
        fields.wrong("type", "a choice needs options", "add `options:` with phrases for each")
    fields.done()
    return spec


def _ladder(fields: Fields, notes: Notes) -> Ladder:
    reasons = {
        name: Fields(Node({name: node}, node.line), notes, fields.place).text(name)
        for name, node in fields.children("reasons").items()
    }
    return Ladder(
        fields.texts("reprompt"),
        fields.texts("silence"),
        fields.texts("invalid"),
        reasons,
        fields.text("keypad"),
    )


def _options(fields: Fields, notes: Notes) -> tuple[Option, ...]:
    found = []
    for name, node in fields.children("options").items():
        spoken, anytime = name.replace("_", " "), False
        if isinstance(node.value, dict):
            inner = Fields(node, notes, f"{fields.place}.{name}")
            spoken, anytime = inner.text("spoken", spoken), inner.flag("anytime")
            phrases = inner.texts("phrases")
            inner.done()
        else:
            phrases = Fields(Node({name: node}, node.line), notes, fields.place).texts(name)
        found.append(Option(name, spoken, phrases, anytime))
    return tuple(found)


def _edges(fields: Fields, notes: Notes) -> tuple[Edge, ...]:
    """`go: step`, or `next:` with conditions; the first that holds is taken."""
    found = []
    for node in fields.items("next"):
        inner = Fields(node, notes, fields.place)
        found.append(Edge(inner.text("go", required=True), _condition(inner, "if")))
        inner.done()
    go = fields.text("go")
    if go:
        found.append(Edge(go))
    if not found:
        fields.wrong("go", "the step leads nowhere", "add `go: step`, or `next:` with conditions")
    elif all(edge.condition for edge in found):
        fields.wrong("next", "no edge is left when no condition holds", "end with an edge without `if`")
    return tuple(found)


def _step(name: str, node: Node, notes: Notes) -> Step | None:
    fields = Fields(node, notes, name)
    kinds = [
        kind
        for kind in _KINDS
        if kind in fields and not (kind == "say" and len([k for k in _KINDS if k in fields]) > 1)
    ]
    if len(kinds) != 1:
        fields.wrong(
            kinds[1] if len(kinds) > 1 else "",
            "a step is exactly one of " + ", ".join(_KINDS),
            "split the step" if kinds else "add one of them",
        )
        return None
    step = _BUILDERS[kinds[0]](name, fields, notes)
    fields.done()
    return step


def _say(name: str, fields: Fields, notes: Notes) -> Step:
    return SayStep(
        name,
        fields.text("say", required=True),
        _edges(fields, notes),
        fields.flag("interruptible", True),
        fields.flag("mandatory"),
    )


def _ask(name: str, fields: Fields, notes: Notes) -> Step:
    return AskStep(
        name,
        fields.texts("ask"),
        _edges(fields, notes),
        fields.text("prompt"),
        fields.texts("reprompt"),
        fields.text("say"),
        fields.flag("mandatory"),
    )


def _review(name: str, fields: Fields, notes: Notes) -> Step:
    return ReviewStep(
        name,
        fields.texts("review"),
        fields.text("prompt", required=True),
        fields.text("changed"),
        fields.text("ask_what", required=True),
        _edges(fields, notes),
        fields.texts("reprompt"),
        fields.flag("mandatory"),
    )


def _tool(name: str, fields: Fields, notes: Notes) -> Step:
    return ToolStep(
        name,
        fields.text("tool", required=True),
        _edges(fields, notes),
        fields.text("on_failure", required=True),
        fields.number("timeout_s", 10, low=0.1, high=120),
        fields.text("say"),
        fields.flag("mandatory"),
    )


def _transfer(name: str, fields: Fields, notes: Notes) -> Step:
    return TransferStep(
        name,
        fields.text("transfer", required=True),
        fields.text("on_no_answer", required=True),
        fields.text("reason", name.replace("_", " ")),
        fields.text("say"),
        fields.text("no_answer"),
        fields.flag("mandatory"),
    )


def _end(name: str, fields: Fields, notes: Notes) -> Step:
    return EndStep(name, fields.text("end", required=True), fields.text("say"), fields.flag("mandatory"))


_BUILDERS = {"say": _say, "ask": _ask, "review": _review, "tool": _tool, "transfer": _transfer, "end": _end}
