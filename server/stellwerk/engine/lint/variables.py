"""Variables that are read under a name that nobody writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from stellwerk.engine.diagram import XML, Diagram, text_of
from stellwerk.engine.diagram.languages import feel_script, language_of_script
from stellwerk.engine.diagram.normalise import local_name
from stellwerk.engine.diagram.places import is_variable_name
from stellwerk.engine.expressions import Expression, is_feel, names_of_script, parse_expression, parse_feel
from stellwerk.engine.expressions.feel import NO_NAMES, FeelExpression
from stellwerk.engine.expressions.templates import parse_template
from stellwerk.engine.lint.reference_table import ITEM_AWARE
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.lint.words import said
from stellwerk.engine.vocabulary import ATTRIBUTES, BPMN, PREFIXES, Attribute, prefixed, qualified
from stellwerk.errors import ExpressionInvalid
from stellwerk.feel import NameTable

_LONGEST = 40
_SHORTEST, _SHORTEST_CHANGED = 5, 7  # letters of names in which a mistake is certain enough
_PARSERS: Mapping[str, Callable[[str], Expression]] = {
    "expression": parse_expression,
    **dict.fromkeys(("template", "iso-date", "iso-duration", "iso-cycle"), parse_template),
}
_MAPPED = ("camunda:inputParameter", "camunda:outputParameter", "camunda:value", "camunda:entry")
_SCRIPTS = ("scriptTask", "camunda:script")
_SEARCHED = tuple(f"{{{namespace}}}*" for namespace in (BPMN, *PREFIXES.values()))


@rule(
    "variable-misspelled",
    "A variable that is read is written under the same name.",
    "warning",
    remedy="Correct the name, if it is the variable that the message names.",
)
def variable_misspelled(diagram: Diagram) -> Iterator[Finding]:
    """Told only for a name that one element reads and nothing writes, where a written one differs in one letter.

    Who starts an instance, people and handlers may write any variable: other names are never told.
    """
    names = set(written(diagram.root))
    near, known = _Near(names), known_names(diagram)
    readers: dict[str, list[XML]] = {}
    for process in diagram.processes:
        for element in process.iter(*_SEARCHED):
            for name in _read(element, known) - names:
                readers.setdefault(name, []).append(element)
    for name, elements in readers.items():
        meant = near.to(name) if len(elements) == 1 else None
        if meant is not None:
            yield (
                elements[0],
                f"{said(_owner(elements[0]))} reads the variable '{name}', which nothing in this file writes; "
                f"'{meant}' is written. If that is meant, correct the name.",
            )


def _owner(element: XML) -> XML:
    """The nearest element of BPMN that people know."""
    for around in (element, *element.iterancestors()):
        if around.tag.startswith(f"{{{BPMN}}}") and around.get("id"):
            return around
    return element


# -- who reads
def _rows() -> dict[str, list[Attribute]]:
    rows: dict[str, list[Attribute]] = {}
    for row in ATTRIBUTES:
        for tag in row.elements if row.type in _PARSERS else ():
            rows.setdefault(tag, []).append(row)
    return rows


_ROWS = _rows()


def _read(element: XML, known: NameTable) -> set[str]:
    tag = prefixed(str(element.tag))
    found: set[str] = set()
    for row in _ROWS.get(tag, ()):
        text = text_of(element, row.name) if row.form == "element" else element.get(qualified(row.name)) or ""
        found |= _names(text, _PARSERS[row.type], known)
    if tag in _MAPPED:
        found |= _names(element.text or "", parse_template, known)
    elif tag in _SCRIPTS:
        feel = _in_feel(element, known)
        found |= feel.names if feel is not None else names_of_script(_script(element))[0]
    return found


def _in_feel(element: XML, known: NameTable = NO_NAMES) -> FeelExpression | None:
    """A script in FEEL that can be read."""
    if language_of_script(element) != "feel":
        return None
    try:
        return parse_feel(feel_script(_script(element)), known)
    except ExpressionInvalid:
        return None


def _names(text: str, parse: Callable[[str], Expression], known: NameTable) -> frozenset[str]:
    text = text.strip()
    if not text:
        return frozenset()
    try:
        return (parse_feel(text, known) if is_feel(text) else parse(text)).names
    except ExpressionInvalid:  # told where it is compiled
        return frozenset()


def _script(element: XML) -> str:
    return text_of(element, "script") if local_name(element) == "scriptTask" else element.text or ""


# -- who writes
_NAMED = ("camunda:inputParameter", "camunda:outputParameter", "camunda:property", *ITEM_AWARE)


def written(root: XML) -> Iterator[str]:
    """Every name that some element of the file gives to a value, in whatever process."""
    for element in root.iter(*_SEARCHED):
        tag = prefixed(str(element.tag))
        if tag in _NAMED:
            yield from filter(None, (element.get("name"), element.get("id")))
        elif tag in _SCRIPTS:
            feel = _in_feel(element)
            yield from feel.entries if feel is not None else names_of_script(_script(element))[1]
        elif tag == "camunda:formField":
            yield element.get("id") or ""
        elif tag in ("to", "loopDataOutputRef", "loopDataInputRef", "targetRef"):
            yield (element.text or "").strip()
        elif tag in ("zeebe:input", "zeebe:output"):
            yield (element.get("target") or "").partition(".")[0].strip()
        elif tag in ("camunda:in", "camunda:out"):
            yield from filter(None, (element.get("target"), element.get("source")))
        for name, value in element.attrib.items():
            if str(name).endswith(("Variable", "initiator")):
                yield str(value)


_SEVERAL_WORDS = re.compile(r"[^\W\d]\w*(?:[ -]+\w+)*")


def known_names(diagram: Diagram) -> NameTable:
    """The variables that FEEL can name in this file; those with dashes or of several words only if they are known.

    What is drawn under a name that no variable has does not count.
    """
    drawn = {element.get("name") for element in diagram.anywhere(*ITEM_AWARE)}
    names = {name.strip() for name in written(diagram.root)} - {n for n in drawn if n and not is_variable_name(n)}
    return _table(frozenset(name for name in names if _SEVERAL_WORDS.fullmatch(name)))


@lru_cache(maxsize=64)
def _table(names: frozenset[str]) -> NameTable:
    """One for the same names, since what expressions give is remembered by it."""
    return NameTable(sorted(names))


# -- what is meant
class _Near:
    """Written names by what is left of them without one letter, so that a look-up costs the same in a big file."""

    def __init__(self, names: set[str]) -> None:
        self.kin: dict[str, list[str]] = {}
        for name in sorted(names):
            if len(name) <= _LONGEST:
                for key in _keys(name):
                    self.kin.setdefault(key, []).append(name)

    def to(self, name: str) -> str | None:
        """The one written name that differs by one slip of the hand; None if there is none, or several."""
        if not _SHORTEST <= len(name) <= _LONGEST:
            return None
        near = {other for key in _keys(name) for other in self.kin.get(key, ())[:8] if _slip(name, other)}
        return near.pop() if len(near) == 1 else None


def _keys(name: str) -> set[str]:
    plain = _plain(name)
    return {plain, *(plain[:i] + plain[i + 1 :] for i in range(len(plain)))}


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _slip(one: str, other: str) -> bool:
    """Another case, two letters turned around, one letter more, less, or (in long names) another one.

    Not: another digit, nor the s of a plural.
    """
    a, b = _plain(one), _plain(other)
    if a == b:
        return True
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest, other_rest = a[start:], b[start:]
    if any(c.isdigit() for c in rest[:1] + other_rest[:1]):
        return False
    if sorted(rest[:2]) == sorted(other_rest[:2]) and rest[2:] == other_rest[2:]:
        return True
    if len(a) == len(b):
        return len(a) >= _SHORTEST_CHANGED and rest[1:] == other_rest[1:]
    longer, shorter = (rest, other_rest) if len(a) > len(b) else (other_rest, rest)
    return longer[1:] == shorter and longer != "s"
