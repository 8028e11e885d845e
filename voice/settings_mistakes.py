"""What the models refuse, said in the words of an operator: where, what is wrong, how to mend it. No message quotes a
value: it may be a secret in the wrong place."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sop.fields import suggest
from sop.problems import Problem
from voice.settings_form import Settings
from voice.settings_tree import Part, mistake

Path = tuple[str | int, ...]
Json = Mapping[str, Any]

_SECRETS = (
    r"(?<!\w)[0-9a-fA-F]{32}(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{32})?(?!\w)",  # tokens and keys in hex
    r"(?<![0-9A-Za-z])(?:sk|pk|rk)[-_][0-9A-Za-z_-]{16,}",
    r"(?<![0-9A-Za-z])(?:ghp|gho|glpat|xox[abprs])[-_][0-9A-Za-z-]{10,}",
    r"(?<![0-9A-Za-z])AKIA[0-9A-Z]{16}(?![0-9A-Za-z])",
    r"(?<![0-9A-Za-z])eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]+",  # JSON Web Tokens
    r"(?i:(?:bearer|basic) )[0-9A-Za-z+/=._-]{12,}",
    r"-----BEGIN",
    r"hooks\.slack\.com/services/",
    r"://[^/@\s:]*:[^/@\s]+@",  # a password in an address
    r"[?&](?i:token|key|api_key|apikey|secret|sig|signature|password)=[^&\s]+",
)
_SECRET = re.compile("|".join(_SECRETS))
_SECRET_KEY = re.compile(r"(?i).*(token|secret|password|passwd|api_?key|credential)s?")
_PLACEHOLDER = re.compile(r"<[^<>]*>")
_MOVE = "put it into an environment variable and write that variable's name here, in the field that ends in `_env`"
_MAPPING = ("this must be a mapping", "write `name: value` lines")
_LIST = ("this must be a list", "write `- ...` lines, or [one, another]")
_TEXT = ("this must be text", "write it between quotation marks")
_TOLD = {
    "int_parsing": ("this must be a whole number", "write digits alone"),
    "int_from_float": ("this must be a whole number", "write digits alone"),
    "int_type": ("this must be a whole number", "write digits alone"),
    "float_parsing": ("this must be a number", "write for example 0.05"),
    "float_type": ("this must be a number", "write for example 0.05"),
    "bool_parsing": ("this must be true or false", "write one of them"),
    "bool_type": ("this must be true or false", "write one of them"),
    "string_type": _TEXT,
    "path_type": _TEXT,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "dict_type": _MAPPING,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "string_too_short": ("this is empty", "write something"),
    "too_short": ("this is empty", "name at least one"),
    "string_pattern_mismatch": ("this has not the form that it should have", "compare it with docs/configuration.md"),
}
_BOUNDS = {
    "greater_than_equal": ("ge", "this must be at least {}", "write a larger number"),
    "less_than_equal": ("le", "this must be at most {}", "write a smaller number"),
}


def looks_secret(text: str) -> bool:
    """Whether a text has the form of a token, a key, or an address with one in it."""
    return _SECRET.search(text) is not None


def unfit_texts(root: Part) -> list[tuple[Path, Problem]]:
    """Literal secrets, empty values, and places that are still to be filled in, keys among them; with their paths."""
    found = []
    for part in root.all():
        if looks_secret(part.text):
            remedy = "leave the password out, and set PGPASSWORD" if part.path == ("store",) else _MOVE
            found.append((part.path, part.wrong("what stands here looks like a secret", remedy)))
        if part.node.value is None:
            found.append((part.path, part.wrong("there is nothing here", "write a value, or remove the line")))
        texts = [text for text in (part.name, part.text) if _PLACEHOLDER.fullmatch(text)]
        found += [(part.path, part.wrong("this is still to be filled in", f"write {text[1:-1]}")) for text in texts]
    return found


def refused(error: ValidationError, root: Part, schema: Json) -> list[tuple[Path, Problem]]:
    """Each thing that the models refuse, with its path in the file."""
    errors = error.errors(include_url=False, include_input=False)
    # A list whose one element is wrong counts as empty too.
    within = {one["loc"][:length] for one in errors for length in range(len(one["loc"]))}
    return [_refused(one, root, schema) for one in errors if one["type"] != "too_short" or one["loc"] not in within]


def _refused(one: ErrorDetails, root: Part, schema: Json) -> tuple[Path, Problem]:
    path, form = _walked(one["loc"], root, schema)
    part = root.part(*path)
    if one["type"] == "extra_forbidden":
        known = sorted(form.get("properties", {}))
        secret = _SECRET_KEY.fullmatch(part.name) is not None
        remedy = _MOVE if secret and any(name.endswith("_env") for name in known) else suggest(part.name, known)
        return path, part.wrong(f"unknown field {part.name!r}", remedy)
    if one["type"] == "missing":
        where = root.part(*path[:-1])
        named = mistake(root.file, where.node.line, path, f"{path[-1]} is missing", f"add `{path[-1]}: ...`")
        return path, named
    return path, part.wrong(*_told(one))


def _told(one: ErrorDetails) -> tuple[str, str]:
    """What is wrong and how to mend it."""
    kind, context = one["type"], one.get("ctx", {})
    if kind == "wrong":
        return context["message"], context["remedy"]
    if kind in _BOUNDS:
        name, message, remedy = _BOUNDS[kind]
        return message.format(context[name]), remedy
    if kind == "literal_error":
        return f"this must be {context['expected']}", "write one of these"
    if kind == "union_tag_invalid":
        return "there is no such kind", f"the kinds are {context['expected_tags']}"
    if kind == "union_tag_not_found":
        return "kind is missing", "add `kind: ...`"
    return _TOLD.get(kind, (one["msg"].lower(), "see docs/configuration.md"))


def _walked(loc: tuple[int | str, ...], root: Part, schema: Json) -> tuple[Path, Json]:
    """Pydantic's location without what stands for the kind in a union and for "the key itself", and the schema of the
    form that holds its last part."""
    path: list[int | str] = []
    form, here = schema, schema
    for key in loc:
        here = _resolved(here, schema)
        kinds = here.get("discriminator", {}).get("mapping")
        if key == "[key]":
            break
        if kinds is not None and key in kinds:
            here = {"$ref": kinds[key]}
            continue
        form, here = here, _inner(here, key)
        path.append(key)
    return tuple(path), form


def _inner(here: Json, key: int | str) -> Json:
    found = here.get("items") if isinstance(key, int) else here.get("properties", {}).get(key)
    return found or here.get("additionalProperties") or {}


def _resolved(here: Json, schema: Json) -> Json:
    """The form behind a reference, also of one that may be absent."""
    for one in here.get("anyOf", ()):
        if "$ref" in one:
            here = one
    name = here.get("$ref", "").rpartition("/")[2]
    return schema["$defs"][name] if name else here


def validated(values: Any, root: Part, schema: Json) -> tuple[Settings | None, list[tuple[Path, Problem]]]:
    """The settings, or what is wrong with their form."""
    try:
        return Settings.model_validate(values), []
    except ValidationError as error:
        return None, refused(error, root, schema)
