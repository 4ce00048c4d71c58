"""Each constraint of the specification has a model that breaks it and a sound one beside it that keeps it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.engine.harness import ERROR, MESSAGE, bpmn, chain, flow, on

from stellwerk.engine import compile_bpmn
from stellwerk.engine.lint import RULES

S = "<startEvent id='s'/>"
TO_X = chain("s", "x")
TASK = f"{S}<task id='x'/>{TO_X}"


@dataclass(frozen=True)
class Case:
    """`broken` and `kept` are bodies of a process; `outside` stands beside it. `element` is what the finding names."""

    rule: str
    broken: str
    kept: str
    element: str | None
    outside: str = ""


def event(tag: str, definitions: str, id: str = "x", attributes: str = "") -> str:
    return f"<{tag} id='{id}' {attributes}>{definitions}</{tag}>"


def definition(kind: str, attributes: str = "") -> str:
    return f"<{kind}EventDefinition {attributes}/>"


def transaction(inside: str, id: str = "x", tag: str = "transaction") -> str:
    return f"<{tag} id='{id}'>{inside}</{tag}>"


def gateway(attributes: str, into: int, out: int, tag: str = "exclusiveGateway") -> str:
    """A gateway x with so many incoming and outgoing flows."""
    tasks = "".join(f"<task id='{side}{n}'/>" for side, most in (("i", into), ("o", out)) for n in range(most))
    flows = "".join(flow(f"i{n}", "x") for n in range(into)) + "".join(flow("x", f"o{n}", "c") for n in range(out))
    return f"<{tag} id='x' {attributes}/>{tasks}{flows}"


BESIDE = "isInterrupting='false'"
CANCEL = definition("cancel")
COMPENSATE = definition("compensate")

GATEWAYS = (
    Case(
        "gateway-direction",
        gateway("gatewayDirection='Converging'", 1, 2),
        gateway("gatewayDirection='Converging'", 2, 1),
        "x",
    ),
    Case(
        "gateway-direction",
        gateway("gatewayDirection='Diverging'", 2, 1),
        gateway("gatewayDirection='Diverging'", 1, 2),
        "x",
    ),
    Case(
        "gateway-direction", gateway("gatewayDirection='Mixed'", 1, 2), gateway("gatewayDirection='Mixed'", 2, 2), "x"
    ),
    Case("gateway-flows", gateway("", 1, 1), gateway("", 1, 2), "x"),
    Case(
        "event-gateway-start",
        gateway("instantiate='true'", 1, 2, "eventBasedGateway"),
        gateway("instantiate='true'", 0, 2, "eventBasedGateway"),
        "x",
    ),
    Case(
        "event-gateway-parallel",
        gateway("eventGatewayType='Parallel'", 1, 2, "eventBasedGateway"),
        gateway("eventGatewayType='Parallel' instantiate='true'", 0, 2, "eventBasedGateway"),
        "x",
    ),
    Case(
        "default-place",
        gateway("default='o'", 1, 2, "parallelGateway"),
        gateway("default='o'", 1, 2, "inclusiveGateway"),
        "x",
    ),
    Case(
        "event-gateway-targets",
        f"<eventBasedGateway id='x'/><receiveTask id='r'/>{event('intermediateCatchEvent', MESSAGE, 'c')}"
        f"{chain('x', 'r')}{chain('x', 'c')}",
        f"<eventBasedGateway id='x'/>{event('intermediateCatchEvent', MESSAGE, 'r')}"
        f"{event('intermediateCatchEvent', MESSAGE, 'c')}{chain('x', 'r')}{chain('x', 'c')}",
        "x",
    ),
)

EVENTS = (
    *(
        Case("event-place", event(tag, definition(bad)), event(tag, definition(good)), "x")
        for tag, bad, good in (
            ("startEvent", "compensate", "signal"),
            ("startEvent", "error", "conditional"),
            ("intermediateCatchEvent", "compensate", "link"),
            ("intermediateCatchEvent", "terminate", "timer"),
            ("intermediateThrowEvent", "timer", "compensate"),
            ("intermediateThrowEvent", "error", "escalation"),
            ("boundaryEvent", "link", "cancel"),
            ("endEvent", "conditional", "cancel"),
            ("endEvent", "link", "terminate"),
        )
    ),
    Case("event-place", event("boundaryEvent", ""), event("boundaryEvent", MESSAGE), "x"),
    Case(
        "boundary-interrupts",
        f"<task id='t'/>{on('x', 't', COMPENSATE, interrupting=False)}",
        f"<task id='t'/>{on('x', 't', COMPENSATE)}",
        "x",
    ),
    Case(
        "boundary-interrupts",
        f"<transaction id='t'/>{on('x', 't', CANCEL, interrupting=False)}",
        f"<task id='t'/>{on('x', 't', MESSAGE, interrupting=False)}",
        "x",
    ),
    Case(
        "cancel-end",
        transaction(event("endEvent", CANCEL), "o", "subProcess"),
        transaction(event("endEvent", CANCEL), "o"),
        "x",
    ),
    Case(
        "cancel-boundary", f"<task id='t'/>{on('x', 't', CANCEL)}", f"<transaction id='t'/>{on('x', 't', CANCEL)}", "x"
    ),
    Case(
        "event-twice",
        event("endEvent", definition("terminate") + MESSAGE),
        event("endEvent", definition("signal") + MESSAGE),
        "x",
    ),
    Case(
        "parallel-multiple",
        event("intermediateCatchEvent", MESSAGE, attributes="parallelMultiple='true'"),
        event("intermediateCatchEvent", MESSAGE + MESSAGE, attributes="parallelMultiple='true'"),
        "x",
    ),
    Case(
        "event-subprocess-start",
        f"<subProcess id='o' triggeredByEvent='true'>{event('startEvent', CANCEL)}</subProcess>",
        f"<subProcess id='o' triggeredByEvent='true'>{event('startEvent', ERROR)}</subProcess>",
        "x",
    ),
    Case(
        "event-subprocess-start",
        f"<subProcess id='o' triggeredByEvent='true'>{event('startEvent', COMPENSATE, attributes=BESIDE)}</subProcess>",
        f"<subProcess id='o' triggeredByEvent='true'>{event('startEvent', COMPENSATE)}</subProcess>",
        "x",
    ),
)

HANDLER = "<task id='h' isForCompensation='true'/>"
UNDONE = f"<task id='t'/>{on('x', 't', COMPENSATE)}"
LISTED = "<task id='a'><outgoing>f</outgoing></task>"
TO_HANDLER = "<association id='as' sourceRef='x' targetRef='h'/>"

FLOW_ENDS = (
    Case("start-outgoing", f"<task id='t'/>{event('startEvent', '')}", f"{S}<task id='x'/>{TO_X}", "x"),
    Case("end-incoming", f"<task id='t'/>{event('endEvent', '')}", f"<task id='s'/><endEvent id='x'/>{TO_X}", "x"),
    Case("incoming-missing", f"{TASK}<task id='y'/>", f"{TASK}{HANDLER}", "y"),
    Case("incoming-missing", f"{S}{transaction(TASK.replace('s', 'i'), 'y')}", "<task id='y'/><task id='z'/>", "y"),
    Case("outgoing-missing", f"{TASK}<endEvent id='e'/>", f"{TASK}<endEvent id='e'/>{flow('x', 'e')}", "x"),
    Case(
        "boundary-outgoing",
        f"<task id='t'/>{on('x', 't', MESSAGE)}",
        f"<task id='t'/><task id='u'/>{on('x', 't', MESSAGE)}{flow('x', 'u')}",
        "x",
    ),
    Case(
        "flow-lists",
        f"{LISTED}<task id='x'/>{flow('a', 'x', id='f')}",
        f"{LISTED}<task id='x'><incoming>f</incoming></task>{flow('a', 'x', id='f')}",
        "x",
    ),
    Case("flow-lists", LISTED, f"<task id='a'/><task id='b'/>{flow('a', 'b')}", "a"),
    Case("compensation-flows", f"{HANDLER}{S}{flow('s', 'h')}", HANDLER, "h"),
    Case("compensation-boundary", UNDONE, f"{UNDONE}{HANDLER}{TO_HANDLER}", "x"),
    Case("compensation-boundary", f"{UNDONE}<task id='h'/>{TO_HANDLER}", f"{UNDONE}{HANDLER}{TO_HANDLER}", "x"),
    Case(
        "compensation-boundary",
        f"{UNDONE}{HANDLER}{TO_HANDLER}{flow('x', 't')}",
        f"{UNDONE}{HANDLER}{TO_HANDLER}",
        "x",
    ),
    Case(
        "compensation-start",
        f"<subProcess id='o' triggeredByEvent='true'>{event('startEvent', COMPENSATE)}</subProcess>",
        f"<subProcess id='u'><subProcess id='o' triggeredByEvent='true'>{event('startEvent', COMPENSATE)}</subProcess>"
        "</subProcess>",
        "x",
    ),
)

CASES = (*GATEWAYS, *EVENTS, *FLOW_ENDS)


def found(body: str, rule: str, outside: str) -> list:
    return [p for p in compile_bpmn(bpmn(body, outside), filename="t.bpmn").problems if p.rule == rule]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_broken_constraint_is_found_at_its_element(case):
    problems = found(case.broken, case.rule, case.outside)
    assert problems
    assert problems[0].element_id == case.element
    assert problems[0].line == 1
    assert problems[0].severity == RULES[case.rule].severity
    assert problems[0].message.endswith((".", "?"))
    assert "unnamed_" not in problems[0].message


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_kept_constraint_is_not_found(case):
    assert found(case.kept, case.rule, case.outside) == []
