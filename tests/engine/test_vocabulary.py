import json
from pathlib import Path

import pytest
from tests.engine.harness import bpmn, chain

from stellwerk.engine import compile_bpmn, elements_page, vocabulary
from stellwerk.engine.diagram import Diagram
from stellwerk.engine.diagram.reader import Reader
from stellwerk.engine.diagram.xmlfile import read_xml
from stellwerk.engine.parser import Parser

ROOT = Path(__file__).parents[2]


def test_the_page_of_elements_is_made_from_the_table():
    assert (ROOT / "docs/elements.md").read_text() == elements_page.page(), (
        "run: python -m stellwerk.engine.elements_page > docs/elements.md"
    )


def test_the_table_can_be_sent_to_the_browser():
    table = json.loads(json.dumps(vocabulary.as_json()))
    assert table["groups"][0] == "General"
    assert {"name", "type", "label", "meaning", "elements", "group", "form", "default", "choices", "since"} == set(
        table["attributes"][0]
    )


def test_each_row_is_complete_and_stands_once():
    tags = [e.tag for e in vocabulary.ELEMENTS]
    assert len(tags) == len(set(tags))
    assert not set(tags) & set(vocabulary.REFUSED)
    seen = set()
    for a in vocabulary.ATTRIBUTES:
        assert a.group in vocabulary.GROUPS
        assert a.meaning.endswith(".")
        assert not a.choices or a.type == "enumeration"
        for tag in a.elements:
            assert tag == "*" or vocabulary.element(tag) is not None, tag
            assert (tag, a.name) not in seen
            seen.add((tag, a.name))


def test_only_what_is_not_read_is_passed_over_in_silence():
    for tag, names in vocabulary.SILENT.items():
        for name in names:
            assert tag == "*" or vocabulary.attribute(tag, name) is None, (tag, name)
            assert tag == "*" or name not in vocabulary.SILENT["*"], (tag, name)


def test_every_flow_node_of_the_table_has_a_parser_and_the_other_way_round():
    nodes = {e.tag for e in vocabulary.ELEMENTS if e.kind == "node"}
    assert nodes == {vocabulary.prefixed(tag) for tag in Parser.OVERRIDE_PARSER_CLASSES}


def test_the_parser_cannot_read_what_the_table_does_not_list():
    root, _ = read_xml(bpmn("<userTask id='u'/>"), "t.bpmn")
    reader = Reader(Diagram(root, "t.bpmn"), [])
    with pytest.raises(LookupError):
        reader.text(root.find(f".//{{{vocabulary.BPMN}}}userTask"), "camunda:topic")


def test_what_the_table_does_not_list_is_told_and_does_not_stop_the_deployment():
    body = (
        '<startEvent id="s" foo="1"/><userTask id="u" camunda:asyncBefore="true"><extensionElements>'
        '<other:thing xmlns:other="urn:other"><other:part/></other:thing></extensionElements></userTask>'
        + chain("s", "u")
    )
    result = compile_bpmn(bpmn(body), filename="t.bpmn")
    assert result.definitions
    found = [(p.element_id, p.severity, p.rule) for p in result.problems]
    assert found == [("s", "info", "not-read"), ("u", "info", "not-read"), ("u", "info", "not-read")]
    assert "other:thing" in result.problems[2].message


@pytest.mark.parametrize("tag", [t for t in vocabulary.REFUSED if not t.endswith(("Definition", "Characteristics"))])
def test_a_family_that_is_not_executed_is_refused_by_name(tag):
    result = compile_bpmn(bpmn(f'<startEvent id="s"/><{tag} id="x" name="The X"/>{chain("s", "x")}'), filename="t.bpmn")
    problem = next(p for p in result.errors if p.rule == "unsupported")
    assert (problem.element_id, problem.element_name, problem.line) == ("x", "The X", 1)
    name, way_out = vocabulary.REFUSED[tag]
    assert name in problem.message
    assert way_out in problem.message
    assert not result.definitions
