"""A TwiML document: text → verbs, and everything that is wrong with it."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from voice.double.grammar import ELEMENTS, SPEECH

CONTENT_TYPES = frozenset({"text/xml", "application/xml"})


class DocumentError(Exception):
    """A document that can't be run; `code` is of the error dictionary."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Verb:
    """An element. Attributes whose value is wrong aren't there."""

    name: str
    attributes: Mapping[str, str]
    text: str = ""
    children: tuple["Verb", ...] = ()

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def whole(self, name: str, default: int) -> int:
        return int(self.attributes.get(name, str(default)))

    def truth(self, name: str, default: bool) -> bool:
        return self.attributes.get(name, "true" if default else "false") == "true"


@dataclass(frozen=True, slots=True)
class Document:
    """What runs, and what the service would warn about."""

    verbs: tuple[Verb, ...]
    warnings: tuple[str, ...] = ()


def parse(body: bytes | str) -> Document:
    """A whole document.

    Raises:
        DocumentError: not XML, not a <Response>, or an element that is unknown or stands where it may not.
    """
    try:
        root = ET.fromstring(body)  # noqa: S314  our own server's answer
    except (ET.ParseError, ValueError) as error:
        raise DocumentError(12100, f"not XML: {error}") from None
    if root.tag != "Response":
        raise DocumentError(12100, f"the document is a <{root.tag}>, not a <Response>")
    warnings: list[str] = []
    whole = _verb(root, warnings)
    return Document(whole.children, tuple(warnings))


def _verb(node: ET.Element, warnings: list[str]) -> Verb:
    """Raises: DocumentError."""
    rules = ELEMENTS[node.tag]
    attributes = dict(_attributes(node, warnings))
    speech = "Say" if node.tag == "Say" else ""
    text = " ".join("".join(node.itertext()).split() if speech else (node.text or "").split())
    if text and rules.text == "no":
        warnings.append(f"12200: <{node.tag}> has text in it")
    if not text and rules.text == "must":
        warnings.append(f"12200: <{node.tag}> is empty")
    if any((child.tail or "").strip() for child in node) and not speech:
        warnings.append(f"12200: text between the elements of <{node.tag}>")
    children = []
    for child in node:
        if child.tag not in rules.children:
            known = "unknown element" if child.tag not in ELEMENTS and child.tag not in SPEECH else "misplaced element"
            raise DocumentError(12100, f"{known} <{child.tag}> in <{node.tag}>")
        if child.tag in ELEMENTS:
            children.append(_verb(child, warnings))
    _check_content(node.tag, text, attributes, children)
    return Verb(node.tag, attributes, text, tuple(children))


def _attributes(node: ET.Element, warnings: list[str]) -> Iterator[tuple[str, str]]:
    rules = ELEMENTS[node.tag]
    for name, value in node.attrib.items():
        check = rules.attributes.get(name)
        if check is None:
            warnings.append(f"12200: <{node.tag}> has no attribute {name}")
        elif wrong := check(value):
            warnings.append(f"12200: {name} of <{node.tag}> is {wrong}")
        else:
            yield name, value
    warnings.extend(f"12200: <{node.tag}> needs {name}" for name in sorted(rules.required - set(node.attrib)))


def _check_content(name: str, text: str, attributes: Mapping[str, str], children: list[Verb]) -> None:
    """Raises: DocumentError: a verb without what it is about, or with two of it."""
    nouns = [child.name for child in children]
    match name:
        case "Connect" | "Start" if len(nouns) != 1:
            raise DocumentError(12100, f"<{name}> holds one noun, not {len(nouns)}")
        case "Dial" if "Conference" in nouns and len(nouns) > 1:
            raise DocumentError(12100, "<Dial> holds one <Conference> or up to ten <Number>s")
        case "Dial" if not nouns and not text:
            raise DocumentError(12100, "<Dial> dials nobody")
        case "Play" if not text and "digits" not in attributes:
            raise DocumentError(12100, "<Play> plays nothing")
        case "Redirect" if not text:
            raise DocumentError(12100, "<Redirect> leads nowhere")
        case _:
            pass
