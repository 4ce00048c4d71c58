"""Reads camunda:inputOutput and zeebe:ioMapping into the parameters that mappings.py computes."""

from __future__ import annotations

from stellwerk.engine.diagram import XML, label
from stellwerk.engine.diagram.languages import feel_script, language_of_script
from stellwerk.engine.diagram.normalise import local_name
from stellwerk.engine.diagram.reader import Reader
from stellwerk.engine.expressions import literal, parse_expression
from stellwerk.engine.expressions.templates import parse_template
from stellwerk.engine.mappings import Parameters, Parts, Source
from stellwerk.engine.vocabulary import CAMUNDA, qualified

_C = f"{{{CAMUNDA}}}"
_STRUCTURED = ("list", "map", "script")
MAX_DEPTH = 20


def read_parameters(reader: Reader, node: XML, tag: str) -> Parameters:
    """The inputParameters or outputParameters of a node by name."""
    found = _zeebe(reader, node, tag.removesuffix("Parameter"))
    mapping = reader.extension(node, "camunda:inputOutput")
    for parameter in () if mapping is None else mapping.findall(_C + tag):
        found[(parameter.get("name") or "").strip()] = _source(reader, node, parameter)
    return found


def _zeebe(reader: Reader, node: XML, tag: str) -> dict[str, Source]:
    """A target with dots is a part: of a new object for an input, of the one that is there for an output."""
    mapping = reader.extension(node, "zeebe:ioMapping")
    found: dict[str, Source] = {}
    for element in () if mapping is None else mapping.findall(qualified(f"zeebe:{tag}")):
        target = reader.text(element, "target")
        source = reader.parse(element, "source", reader.text(element, "source"), parse_template) or literal("")
        if not _put(found, target.split("."), source):
            text = f"A mapping of '{label(node)}' has the target '{target}', which is empty or a part of another one."
            reader.problem(node, "parameter-name", f"{text} Give each its own.")
    if tag == "output":
        return {name: Parts(source) if isinstance(source, dict) else source for name, source in found.items()}
    return found


def _put(found: dict[str, Source], path: list[str], source: Source) -> bool:
    """Whether the path has names, and none of them has a value already."""
    *around, name = path
    for key in around:
        inner = found.setdefault(key, {})
        if not isinstance(inner, dict):
            return False
        found = inner
    return bool(all(path)) and found.setdefault(name, source) is source


def _source(reader: Reader, node: XML, holder: XML, depth: int = 0) -> Source:
    """The value that an element holds: a list, a map, a script, or text."""
    for child in holder:
        if local_name(child) in _STRUCTURED:
            return _structured(reader, node, child, depth + 1)
    return _text(reader, node, holder)


def _structured(reader: Reader, node: XML, element: XML, depth: int) -> Source:
    if depth > MAX_DEPTH:
        text = f"A mapping of '{label(node)}' is nested deeper than {MAX_DEPTH} levels. Compute it in a script."
        reader.problem(node, "mapping-depth", text)
        return literal("")
    if local_name(element) == "script":
        return _script(reader, node, element)
    if local_name(element) == "list":
        return [_item(reader, node, item, depth) for item in element]
    return {e.get("key") or "": _source(reader, node, e, depth) for e in element.findall(_C + "entry")}


def _item(reader: Reader, node: XML, item: XML, depth: int) -> Source:
    if local_name(item) in _STRUCTURED:
        return _structured(reader, node, item, depth + 1)
    return _source(reader, node, item, depth)


def _text(reader: Reader, node: XML, holder: XML) -> Source:
    text = (holder.text or "").strip()
    return reader.parse(node, "camunda:inputOutput", text, parse_template) or literal("")


def _script(reader: Reader, node: XML, script: XML) -> Source:
    language = language_of_script(script)
    if language not in ("python", "feel"):
        text = f"A mapping of '{label(node)}' has a script in {language}. Write Python or FEEL."
        reader.problem(node, "script-format", text)
    text = (script.text or "").strip()
    if text and language == "feel":
        text = feel_script(text)
    return reader.parse(node, "camunda:inputOutput", text, parse_expression) or literal("")
