"""Reads attributes and expressions of one element, and only those that the vocabulary lists."""

from __future__ import annotations

from collections.abc import Callable

from stellwerk.engine import vocabulary
from stellwerk.engine.diagram import XML, Diagram, label, text_of
from stellwerk.engine.diagram.normalise import is_true, local_name
from stellwerk.engine.diagram.places import Places, variable_name
from stellwerk.engine.expressions import Expression, is_feel, parse_expression, parse_feel
from stellwerk.engine.expressions.templates import parse_template
from stellwerk.engine.vocabulary import BPMN
from stellwerk.errors import ExpressionInvalid, Problem
from stellwerk.feel import NameTable


class Reader:
    """What cannot be read is a problem; the value is then None or empty, and the file is not deployed.

    `names` are the variables that the file writes: FEEL knows those of several words and with dashes by them.
    """

    def __init__(self, diagram: Diagram, problems: list[Problem], names: NameTable | None = None) -> None:
        self.diagram, self.problems = diagram, problems
        self.names = names or NameTable()
        self.places = Places(diagram)

    def problem(self, element: XML, rule: str, message: str) -> None:
        self.problems.append(self.diagram.problem(element, rule, message))

    # -- texts
    def text(self, element: XML, name: str) -> str:
        """An attribute or child element as text without blanks around it; empty if absent."""
        row = self._row(element, name)
        if row.form == "attribute":
            return (element.get(vocabulary.qualified(name)) or row.default).strip()
        if row.form == "element":
            return text_of(element, name)
        extension = self.extension(element, name)
        return (extension.text or "").strip() if extension is not None else ""

    def flag(self, element: XML, name: str) -> bool:
        return is_true(element, name, self._row(element, name).default == "true")

    def number(self, element: XML, name: str) -> int:
        """A whole number; the rules have checked it."""
        return int(self.text(element, name) or "1")

    def item_name(self, element: XML, name: str) -> str | None:
        """The variable that inputDataItem or outputDataItem names."""
        self._row(element, name)
        item = element.find(f"{{{BPMN}}}{name}")
        return None if item is None else variable_name(item) or None

    def extension(self, element: XML, name: str) -> XML | None:
        """The first child of this name inside extensionElements."""
        return next(iter(self.extensions(element, name)), None)

    def extensions(self, element: XML, name: str) -> list[XML]:
        """All children of this name inside extensionElements."""
        self._row(element, name)
        return element.findall(f"{{{BPMN}}}extensionElements/{vocabulary.qualified(name)}")

    def _row(self, element: XML, name: str) -> vocabulary.Attribute:
        row = vocabulary.attribute(vocabulary.prefixed(str(element.tag)), name)
        if row is None:
            raise LookupError(f"the vocabulary does not list {name} of {local_name(element)}")
        return row

    # -- expressions
    def expression(self, element: XML, name: str) -> Expression | None:
        return self.parse(element, name, self.text(element, name), parse_expression)

    def template(self, element: XML, name: str) -> Expression | None:
        return self.parse(element, name, self.text(element, name), parse_template)

    def parse(
        self,
        element: XML,
        what: str,
        text: str,
        parse: Callable[[str], Expression] = parse_expression,
        *,
        alone: bool = False,
    ) -> Expression | None:
        """`alone`: what is read again where the file is not known; then FEEL knows no names either."""
        if not text:
            return None
        try:
            return parse_feel(text, self.names) if is_feel(text) and not alone else parse(text)
        except ExpressionInvalid as error:
            shown = vocabulary.attribute(vocabulary.prefixed(str(element.tag)), what)
            title = shown.label if shown else what
            self.problem(element, "expression", f"{title} of '{label(element)}' cannot be read: {error.message}")
            return None
