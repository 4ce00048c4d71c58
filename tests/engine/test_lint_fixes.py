"""A fix mends what its rule found, and changes nothing else. The models are those that break the rules."""

from collections import Counter

import pytest
from lxml import etree
from tests.engine import test_lint, test_lint_families, test_lint_specification
from tests.engine.harness import bpmn

from stellwerk.engine import compile_bpmn
from stellwerk.engine.lint.fixes import apply_fix
from stellwerk.errors import Fix

MODELS = [
    *((rule, bpmn(body, test_lint.NO_NAME)) for rule, body, _ in test_lint.BROKEN),
    *((case.rule, bpmn(case.broken, case.outside)) for case in test_lint_specification.CASES),
    *((case.rule, bpmn(case.body, case.broken)) for case in test_lint_specification.BESIDE_PROCESSES),
    *((rule, bpmn(body, extra)) for rule, body, _, extra in test_lint_families.BROKEN),
]


def findings(xml, rule):
    return [problem for problem in compile_bpmn(xml, filename="t.bpmn").problems if problem.rule == rule]


FIXABLE = [(rule, xml, p) for rule, xml in MODELS for p in findings(xml, rule) if p.fix]


def parts(xml, fix):
    """Every element with its attributes and text, but for what the fix may change."""
    found = Counter()
    for element in etree.fromstring(xml).iter():
        line = [element, *element.iterancestors()]
        ids = [one.get("id") for one in line]
        below = line[: ids.index(fix.element_id)] if fix.element_id in ids else None
        gone = below is not None and (not fix.property or (below and etree.QName(below[-1]).localname == fix.property))
        if not gone:
            found[own(element, fix.property.rpartition(":")[2] if below == [] else "")] += 1
    return found


def own(element, changed):
    kept = tuple((name, value) for name, value in element.attrib.items() if etree.QName(name).localname != changed)
    return element.tag, kept, (element.text or "").strip()


@pytest.mark.parametrize(("rule", "xml", "problem"), FIXABLE, ids=[rule for rule, _, _ in FIXABLE])
def test_the_fixed_file_passes_the_rule_and_nothing_else_changed(rule, xml, problem):
    fixed = apply_fix(xml, problem.fix)
    assert (problem.element_id, problem.message) not in [(p.element_id, p.message) for p in findings(fixed, rule)]
    assert parts(fixed, problem.fix) == parts(xml, problem.fix)
    assert fixed != xml
    assert problem.fix.label


def test_many_rules_have_a_fix():
    assert len({rule for rule, _, _ in FIXABLE}) >= 20


def test_a_removed_flow_leaves_no_traces():
    xml = bpmn(
        "<!-- kept --><task id='a'><outgoing>f</outgoing></task><sequenceFlow id='f' sourceRef='a' targetRef='a'/>",
        "<bpmndi:BPMNDiagram xmlns:bpmndi='http://www.omg.org/spec/BPMN/20100524/DI'><bpmndi:BPMNPlane>"
        "<bpmndi:BPMNShape bpmnElement='a'/><bpmndi:BPMNEdge bpmnElement='f'/></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>",
    )
    fixed = apply_fix(xml, Fix("f", "", None, "Remove it"))
    root = etree.fromstring(fixed)
    assert not root.xpath("//*[@id='f' or @bpmnElement='f' or text()='f']")
    assert root.xpath("//*[@bpmnElement='a']")
    assert b"<!-- kept -->" in fixed


def test_text_around_what_is_removed_stays():
    xml = bpmn("<task id='a'> <documentation>d</documentation> <ioSpecification/> <property id='p'/></task>")
    fixed = apply_fix(xml, Fix("a", "ioSpecification", None, "Remove it"))
    assert b"<documentation>d</documentation> <property" in fixed


def test_an_element_without_an_id_has_no_fix():
    xml = bpmn(
        "<task id='a'/><task id='b'/><sequenceFlow sourceRef='a' targetRef='b'><conditionExpression/></sequenceFlow>"
    )
    assert [p.fix for p in findings(xml, "condition-empty")] == [None]
