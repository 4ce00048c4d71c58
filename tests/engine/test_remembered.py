"""What is read of a text is remembered, unless the text is long."""

from __future__ import annotations

from tests.engine.harness import bpmn

from stellwerk.engine.diagram import Diagram
from stellwerk.engine.diagram.xmlfile import read_xml
from stellwerk.engine.expressions.remembered import LONGEST, remembered
from stellwerk.engine.lint.variables import known_names


def test_a_short_text_is_read_once_and_a_long_one_each_time() -> None:
    seen: list[tuple[str, int]] = []

    @remembered
    def read(text: str, more: int = 0) -> int:
        seen.append((text, more))
        return len(text) + more

    long = "x" * (LONGEST + 1)
    assert [read("a"), read("a"), read("a", 1), read("a", 1), read(long), read(long)] == [1, 1, 2, 2, *[len(long)] * 2]
    assert seen == [("a", 0), ("a", 1), (long, 0), (long, 0)]


def test_a_diagram_that_is_read_again_has_the_same_names_so_that_its_expressions_are_remembered() -> None:
    def names(name: str) -> object:
        root, _ = read_xml(bpmn(f'<dataObject id="o" name="{name}"/>'), "t.bpmn")
        assert root is not None
        return known_names(Diagram(root, "t.bpmn"))

    assert names("total") is names("total")
    assert names("total") is not names("amount")
