"""Reads camunda:inputOutput into the parameters that mappings.py computes."""

from __future__ import annotations

from stellwerk.engine.diagram import XML, label
from stellwerk.engine.expressions import literal, parse_expression
from stellwerk.engine.mappings import Parameters, Source
from stellwerk.engine.normalise import local_name
from stellwerk.engine.reader import Reader
from stellwerk.engine.templates import parse_template
from stellwerk.engine.vocabulary import CAMUNDA

_C = f"{{{CAMUNDA}}}"


def read_parameters(reader: Reader, node: XML, tag: str) -> Parameters:
    """The inputParameters or outputParameters of a node by name."""
    mapping = reader.extension(node, "camunda:inputOutput")
    if mapping is None:
        return {}
    found = {}
    for parameter in mapping.findall(_C + tag):
        found[(parameter.get("name") or "").strip()] = _source(reader, node, parameter)
    return found


def _source(reader: Reader, node: XML, holder: XML) -> Source:
    """The value that an element holds: a list, a map, a script, or text."""
    for child in holder:
        kind = local_name(child)
        if kind == "list":
            return [_entry(reader, node, item) for item in child]
        if kind == "map":
            return {entry.get("key") or "": _source(reader, node, entry) for entry in child.findall(_C + "entry")}
        if kind == "script":
            return _script(reader, node, child)
    return _text(reader, node, holder)


def _entry(reader: Reader, node: XML, item: XML) -> Source:
    return _script(reader, node, item) if local_name(item) == "script" else _source(reader, node, item)


def _text(reader: Reader, node: XML, holder: XML) -> Source:
    text = (holder.text or "").strip()
    return reader.parse(node, "camunda:inputOutput", text, parse_template) or literal("")


def _script(reader: Reader, node: XML, script: XML) -> Source:
    language = (script.get("scriptFormat") or "python").strip().lower()
    if language != "python":
        reader.problem(node, "script-format", f"A mapping of '{label(node)}' has a script in {language}. Write Python.")
    text = (script.text or "").strip()
    return reader.parse(node, "camunda:inputOutput", text, parse_expression) or literal("")
