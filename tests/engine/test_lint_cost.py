"""What the rules cost grows with the size of a file, whatever somebody puts into it."""

import sys

import pytest
from tests.engine.harness import bpmn

from stellwerk.engine import lint
from stellwerk.engine.diagram import Diagram
from stellwerk.engine.diagram.normalise import normalise
from stellwerk.engine.diagram.xmlfile import read_xml


def many(text: str, count: int) -> str:
    """The text so often, with {i} and {next} as running numbers."""
    return "".join(text.replace("{i}", str(i)).replace("{next}", str(i + 1)) for i in range(count))


HOSTILE = {
    "a row of tasks": ("<task id='t{i}'/><sequenceFlow id='f{i}' sourceRef='t{i}' targetRef='t{next}'/>", "{}", ""),
    "flows of one gateway": (
        "<sequenceFlow id='f{i}' sourceRef='g' targetRef='g'/>",
        "<startEvent id='s'/><exclusiveGateway id='g' default='f1'/>{}",
        "",
    ),
    "sets that name each other": (
        "<outputSetRefs>os</outputSetRefs>",
        "<task id='x'><ioSpecification><inputSet id='is'>{}</inputSet><outputSet id='os'>{}</outputSet>"
        "</ioSpecification></task>",
        "",
    ),
    "calls of one process": (
        "<callActivity id='c{i}' calledElement='q'/>",
        "{}",
        "<process id='q' isExecutable='true'><startEvent id='e1'/></process>",
    ),
    "nested throws": (
        "<endEvent id='e{i}'><compensateEventDefinition activityRef='t'/></endEvent>",
        "<subProcess id='u'><subProcess id='v'>{}</subProcess></subProcess><task id='t'/>",
        "",
    ),
    "compensation of one task": (
        "<boundaryEvent id='b{i}' attachedToRef='x'><compensateEventDefinition/></boundaryEvent>"
        "<association id='a{i}' sourceRef='b{i}' targetRef='x'/>",
        "<task id='x'/>{}",
        "",
    ),
    "lanes of one task": (
        "<lane id='l{i}'><flowNodeRef>x</flowNodeRef></lane>",
        "<laneSet id='l'>{}</laneSet><task id='x'/>",
        "",
    ),
    "joins in a row": (
        "<parallelGateway id='p{i}'/><sequenceFlow id='f{i}' sourceRef='p{i}' targetRef='p{next}'/>"
        "<sequenceFlow id='g{i}' sourceRef='p{i}' targetRef='p{next}'/>",
        "{}",
        "",
    ),
    "nested catches of nested errors": (
        "<boundaryEvent id='b{i}' attachedToRef='u'><errorEventDefinition errorRef='E1'/></boundaryEvent>"
        "<endEvent id='e{i}'><errorEventDefinition errorRef='E2'/></endEvent>",
        "<subProcess id='o'><subProcess id='u'><task id='t'/></subProcess>{}</subProcess>",
        "",
    ),
    "one long loop": (
        "<task id='t{i}'/><sequenceFlow id='f{i}' sourceRef='t{i}' targetRef='t{next}'/>",
        "<startEvent id='s'/>{}<sequenceFlow id='z' sourceRef='t5' targetRef='t1'/>",
        "",
    ),
    "variables that are nearly the same": (
        "<scriptTask id='t{i}'><script>amount_{i} = amuont_{i} + amount</script></scriptTask>",
        "{}",
        "",
    ),
    "conditions of one gateway": (
        "<sequenceFlow id='f{i}' sourceRef='g' targetRef='g'><conditionExpression>a{i}</conditionExpression>"
        "</sequenceFlow>",
        "<exclusiveGateway id='g'/>{}",
        "",
    ),
    "misplaced and unknown elements": (
        "<message id='q{i}'/><txt/><incoming/><incoming/>",
        "<task id='x'>{}</task>",
        "",
    ),
    "drawings of nothing": (
        "<d:BPMNShape bpmnElement='x{i}'/>",
        "<task id='x'/>",
        "<d:BPMNDiagram xmlns:d='http://www.omg.org/spec/BPMN/20100524/DI'><d:BPMNPlane>{}</d:BPMNPlane>"
        "</d:BPMNDiagram>",
    ),
    "message flows of one message": (
        "<messageFlow id='m{i}' sourceRef='x' targetRef='y'/>",
        "<task id='x'/>",
        "<collaboration id='c'>{}</collaboration>",
    ),
    "definitions of one event": (
        "<messageEventDefinition messageRef='m'/><dataOutput/>",
        "<startEvent id='s'>{}</startEvent>",
        "",
    ),
}


def calls_of_rules(xml: bytes) -> int:
    root, _ = read_xml(xml, "t.bpmn")
    diagram, calls = Diagram(root, "t.bpmn", normalise(root)), 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        lint.check(diagram)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("name", HOSTILE)
def test_twice_the_file_is_at_most_twice_the_work(name):
    part, around, outside = HOSTILE[name]
    files = ([text.replace("{}", many(part, count)) for text in (around, outside)] for count in (200, 400))
    once, twice = (calls_of_rules(bpmn(*file)) for file in files)
    assert twice < 2.1 * once
