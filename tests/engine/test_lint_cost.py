"""What the rules cost grows with the size of a file, whatever somebody puts into it."""

import sys

import pytest
from tests.engine.harness import bpmn

from stellwerk.engine import lint
from stellwerk.engine.diagram import Diagram
from stellwerk.engine.normalise import normalise
from stellwerk.engine.xmlfile import read_xml


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
    "definitions of one event": (
        "<messageEventDefinition messageRef='m'/><dataOutput/>",
        "<startEvent id='s'>{}</startEvent>",
        "",
    ),
}


def calls_of_rules(xml: bytes) -> int:
    root, _ = read_xml(xml, "t.bpmn")
    normalise(root)
    diagram, calls = Diagram(root, "t.bpmn"), 0

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
    once, twice = (calls_of_rules(bpmn(around.replace("{}", many(part, count)), outside)) for count in (200, 400))
    assert twice < 2.1 * once
