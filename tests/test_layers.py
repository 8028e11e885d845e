"""The layers of `voice` and `sop`, held against the import statements of every module.

The table is the design's: a module may import modules of its own layer or of one above it in this list,
never one below. The pure layers name no clock, no socket, no thread, no database and no model. Executing
`sop/__init__.py` on the way to `sop.graph` is Python's business; what a module names is ours.
"""

import ast
import fnmatch
import graphlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Layer:
    """One line of the table: `modules` are names or patterns of names."""

    name: str
    modules: tuple[str, ...]
    pure: bool = False
    apart: bool = False
    """Its modules never import one another."""
    only: tuple[str, ...] = ()
    """If given, the only layers that its modules import from."""


def names(*lines: str) -> tuple[str, ...]:
    """ "voice turns keypad" → voice.turns and voice.keypad; a package alone is its own `__init__`."""
    found: list[str] = []
    for line in lines:
        package, *modules = line.split()
        found += [f"{package}.{module}" for module in modules] or [package]
    return tuple(found)


LAYERS = (
    Layer(
        "values",
        names("sop words slot_spec steps graph reading acts", "voice errors events commands codec audio", "voice"),
        pure=True,
    ),
    Layer(
        "rules",
        names(
            "voice twilio turns endpointing barge_in echo_path echo crowd foreground ear keypad listening saving",
            "voice transcript patience playback speaking utterance understanding consent report",
            "voice transfer transferring holding handing_over call_settings",
            "voice scenario caller far_end playout",
            "voice replaying replaying.expected replaying.course replaying.past replaying.result replaying.judging",
            "voice replaying.depth replaying.comparison replaying.verdict replaying.speeches replaying.words",
            "voice replaying.activity replaying.caller_side replaying.channels replaying.turn_finding",
            "voice replaying.as_recorded",
            "voice signature tickets twiml transfer_twiml leg_status answering spam desk",
            "voice roster brief packet_link dial_limits",
            "voice lead_text notices envelope",
            "sop problems yaml_source fields slot_fields step_fields tool_fields graph_fields prefix imports",
            "sop loader conditions names satisfy required checks condition_checks text_checks business hours",
            "sop slots slots.* state person_request global_words wording expectation sentiment topics knowledge",
            "sop guardrails",
            "sop utterance corrections understanding reader dynamic_prompt",
            "sop dependence facts turn asking tooling walk policy ladder verdicts global_moves hearing resumption",
            "sop handoff handoff_page draw layers layout shapes picture schema schema_steps samples",
        ),
        pure=True,
    ),
    Layer("procedure", names("sop engine"), pure=True),
    Layer("call", names("voice procedure call"), pure=True),
    Layer(
        "machinery",
        names(
            "voice worker engine_process whisper hallucination piper_voice prompt_cache hub rest",
            "voice schema rows database call_rows delivery_rows lead_rows ledger_rows recording_rows kept_lines",
        ),
        only=("values",),
    ),
    Layer(
        "engines",
        names("voice vad asr tts models carrier journal store delivery confirmation tools screens profile"),
        apart=True,
        only=("values", "rules", "machinery"),
    ),
    Layer("double", names("voice double double.*"), only=("values", "rules")),
    Layer(
        "shells",
        names(
            "voice plan line line_watch settling safekeeping outbox recording_files telephone transfers",
            "voice recordings bookkeeping performer session replay resuming",
            "sop llm_reader stub conversation script",
        ),
    ),
    Layer("procedure's face", names("sop", "sop audit ways journeys callers scoring telephone_journal chat")),
    Layer(
        "edges",
        names(
            "voice config settings settings_form settings_values settings_channels settings_mistakes",
            "voice settings_references settings_tree logs gate webhook_gate webhooks transfer_webhooks reception",
            "voice caller_history passing_on person_legs staff_keys erasure lost_calls",
            "voice plans channels server exchange service loopback recorded simulate demo live",
            "voice transfer_demo rehearsal handed_over showing",
            "voice replaying.*",
            "voice leads initial diagnosis doctor setup serving cli __main__",
            "sop cli __main__",
        ),
    ),
)

CONCURRENCY = ("asyncio", "threading", "multiprocessing", "concurrent", "subprocess", "signal", "stamina")
SURROUNDINGS = ("time", "random", "secrets", "os", "typer", "prometheus_client")
NETWORK = ("socket", "select", "ssl", "http", "aiohttp", "websockets", "huggingface_hub")
DATABASES = ("sqlite3", "sqlalchemy", "aiosqlite", "asyncpg")
MODELS = ("webrtcvad", "faster_whisper", "ctranslate2", "onnxruntime", "piper")
IMPURE = frozenset((*CONCURRENCY, *SURROUNDINGS, *NETWORK, *DATABASES, *MODELS))
CLOCK = frozenset({"now", "today", "utcnow", "monotonic", "perf_counter"})
FILES = frozenset({"open", "read_text", "read_bytes", "write_text", "write_bytes"})
READS_FILES = frozenset({"sop.loader", "sop.yaml_source"})
"""A flow is read where it is checked."""


def layer_of(module: str) -> int | None:
    """The place of `module` in the table."""
    for place, layer in enumerate(LAYERS):
        if any(fnmatch.fnmatchcase(module, pattern) for pattern in layer.modules):
            return place
    return None


def imports(tree: ast.AST, modules: frozenset[str]) -> Iterator[str]:
    """Every module that `tree` names in an import: `from sop import graph` names sop.graph."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            for alias in node.names:
                inner = f"{origin}.{alias.name}"
                yield inner if inner in modules else origin


def package_of(module: str) -> str:
    return module.partition(".")[0]


def problems_of_imports(module: str, tree: ast.AST, modules: frozenset[str]) -> Iterator[str]:
    """Imports of our own that point down the list, sideways where that is refused, or from sop to voice."""
    place = layer_of(module)
    assert place is not None
    here = LAYERS[place]
    for target in imports(tree, modules):
        if package_of(target) not in {"voice", "sop"}:
            if here.pure and package_of(target) in IMPURE:
                yield f"{module} is pure and imports {target}"
            continue
        there = layer_of(target)
        if there is None:
            yield f"{module} imports {target}, which is in no layer"
        elif there > place:
            yield f"{module} ({here.name}) imports {target} ({LAYERS[there].name}), which is below it"
        elif here.apart and there == place:
            yield f"{module} imports {target}: {here.name} never import one another"
        elif here.only and there != place and LAYERS[there].name not in here.only:
            yield f"{module} ({here.name}) imports {target} ({LAYERS[there].name}); it may import {here.only}"
        if package_of(module) == "sop" and package_of(target) == "voice":
            yield f"{module} imports {target}: sop knows nothing of telephones"


def problems_of_calls(module: str, tree: ast.AST) -> Iterator[str]:
    """Clocks and files that a pure module reaches without an import that gives it away."""
    place = layer_of(module)
    assert place is not None
    if not LAYERS[place].pure:
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value).rpartition(".")[2]
            if node.func.attr in CLOCK and owner in {"datetime", "date", "time"}:
                yield f"{module} is pure and reads a clock: {ast.unparse(node.func)}"
            name = node.func.attr
        else:
            name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in FILES and module not in READS_FILES:
            yield f"{module} is pure and touches a file: {ast.unparse(node.func)}"


def problems_of_type_imports(module: str, tree: ast.AST, modules: frozenset[str]) -> Iterator[str]:
    """Imports of our own that only a type checker sees."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for target in imports(node, modules):
                if package_of(target) in {"voice", "sop"}:
                    yield f"{module} imports {target} under TYPE_CHECKING: the layering is wrong"


def problems(sources: Mapping[str, str]) -> list[str]:
    """Everything wrong with the layering of `sources` (module name → text)."""
    modules = frozenset(sources)
    found: list[str] = []
    graph: dict[str, set[str]] = {}
    for module, source in sorted(sources.items()):
        if layer_of(module) is None:
            found.append(f"{module} is in no layer: give it a place in the table of tests/test_layers.py")
            continue
        tree = ast.parse(source)
        graph[module] = {target for target in imports(tree, modules) if target in modules and target != module}
        found += problems_of_imports(module, tree, modules)
        found += problems_of_calls(module, tree)
        found += problems_of_type_imports(module, tree, modules)
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as cycle:
        found.append(f"modules import one another in a circle: {' → '.join(cycle.args[1])}")
    return found


def our_sources() -> dict[str, str]:
    """Every module of the two packages, by its dotted name."""
    sources = {}
    for package in ("voice", "sop"):
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            sources[name] = path.read_text(encoding="utf-8")
    return sources


def test_the_layers_hold() -> None:
    assert problems(our_sources()) == []


@pytest.mark.parametrize(
    ("module", "source", "complaint"),
    [
        ("voice.turns", "import asyncio", "voice.turns is pure and imports asyncio"),
        ("sop.slots.phone", "from os import path", "sop.slots.phone is pure and imports os"),
        ("sop.engine", "from sqlalchemy.ext.asyncio import AsyncEngine", "is pure and imports sqlalchemy"),
        ("sop.engine", "import datetime\ndatetime.datetime.now()", "reads a clock: datetime.datetime.now"),
        ("voice.call", "from pathlib import Path\nPath('x').read_text()", "touches a file"),
        ("voice.turns", "from voice.session import Session", "voice.session (shells), which is below it"),
        ("sop.graph", "from sop import load", "imports sop (procedure's face), which is below it"),
        ("voice.asr", "from voice.tts import Synthesiser", "engines never import one another"),
        ("voice.asr", "from voice.call import Call", "imports voice.call (call); it may import"),
        ("sop.slots", "import voice.errors", "sop knows nothing of telephones"),
        (
            "voice.turns",
            "if TYPE_CHECKING:\n    import voice.events",
            "under TYPE_CHECKING",
        ),
        ("voice.helpers", "", "voice.helpers is in no layer"),
        ("voice.call", "import voice.helpers", "imports voice.helpers, which is in no layer"),
    ],
)
def test_a_breach_is_named(module: str, source: str, complaint: str) -> None:
    assert complaint in "\n".join(problems({module: source}))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("voice.call", "from voice import turns\nfrom sop import engine"),
        ("voice.asr", "import asyncio\nfrom voice.worker import Worker\nfrom sop.reading import Hypothesis"),
        ("sop.loader", "from pathlib import Path\nfrom sop.slots import phone\nPath('x').read_text()"),
        ("sop.reader", "from sop.slots.phone import parse"),
        ("voice.cli", "import os, voice.demo, sop"),
    ],
)
def test_what_the_table_allows_is_allowed(module: str, source: str) -> None:
    names = (
        "voice.turns",
        "sop.engine",
        "sop",
        "voice.worker",
        "sop.slots",
        "sop.slots.phone",
        "sop.reading",
    )
    assert problems(dict.fromkeys((*names, "voice.demo"), "") | {module: source}) == []


def test_a_circle_inside_a_layer_is_named() -> None:
    sources = {"sop.reader": "import sop.policy", "sop.policy": "import sop.reader"}
    assert "in a circle: sop." in "\n".join(problems(sources))
