"""What no schema sees: events that never happen, joins that never pass, loops without end, names that nobody writes.

Each of these warnings must be certain: the sound models are as near to the broken ones as can be.
"""

from __future__ import annotations

import pytest
from tests.engine.harness import ANY_ERROR, ERROR, MESSAGE, bpmn, chain, flow, on, script, service, timer
from tests.engine.test_lint_specification import PLANE, Case, call, definition, event, message_flow, task

from stellwerk.engine import compile_bpmn

S = "<startEvent id='s'/>"
OTHER_ERROR = "<errorEventDefinition errorRef='E2'/>"
ESCALATION = "<escalationEventDefinition escalationRef='esc'/>"
CANCEL = definition("cancel")
DECLARED = "<escalation id='esc' escalationCode='e'/><message id='other' name='other'/>"
FORMAL = "xsi:type='tFormalExpression'"


def around(inside: str, tag: str = "subProcess") -> str:
    return f"<{tag} id='t'>{inside}</{tag}>"


def watched(inside: str, by: str, tag: str = "subProcess") -> str:
    return around(inside, tag) + on("x", "t", by)


def listening(by: str, beside: str) -> str:
    return f"{S}{beside}<subProcess id='es' triggeredByEvent='true'>{event('startEvent', by)}</subProcess>"


def ends(definition: str, id: str = "e") -> str:
    return event("endEvent", definition, id)


def gateway(*conditions: str, tag: str = "exclusiveGateway") -> str:
    tasks = "".join(f"<task id='t{n}'/>" for n in range(len(conditions)))
    flows = "".join(flow("g", f"t{n}", condition, id=f"f{n}") for n, condition in enumerate(conditions))
    return f"{S}<{tag} id='g'/>{tasks}{flows}{chain('s', 'g')}"


def form(*fields: str) -> str:
    inside = "".join(f"<camunda:formField id='{field}' type='string'/>" for field in fields)
    return f"<extensionElements><camunda:formData>{inside}</camunda:formData></extensionElements>"


def reads(expression: str, *fields: str) -> str:
    """A form that writes these variables, and a flow x with the condition."""
    return (
        f"<startEvent id='s'>{form(*fields)}</startEvent><exclusiveGateway id='g' default='f0'/><task id='a'/>"
        f"<task id='b'/>{chain('s', 'g')}{flow('g', 'a', expression, id='x')}{flow('g', 'b', id='f0')}"
    )


def round_and_round(inside: str, out: str = "") -> str:
    return f"{S}<task id='x'/>{inside}{chain('s', 'x', 'b', 'x')}{out}"


UNTHROWN = (
    Case("never-thrown", watched("<task id='i'/>", ERROR), watched("<userTask id='i'/>", ERROR), "x"),
    Case("never-thrown", watched("<task id='i'/>", ANY_ERROR), watched(ends(ERROR), ANY_ERROR), "x"),
    Case("never-thrown", watched(ends(OTHER_ERROR), ERROR), watched(ends(ERROR), ERROR), "x"),
    Case("never-thrown", watched("", ERROR, "task"), watched("<script>1</script>", ERROR, "scriptTask"), "x"),
    Case("never-thrown", watched(ends(ERROR), ESCALATION), watched(ends(ESCALATION), ESCALATION), "x", DECLARED),
    Case(
        "never-thrown",
        watched("<task id='i'/>", ESCALATION),
        watched(event("intermediateThrowEvent", ESCALATION, "i"), ESCALATION),
        "x",
        DECLARED,
    ),
    Case(
        "never-thrown",
        watched("<subProcess id='u'><receiveTask id='i'/></subProcess>", ERROR),
        watched(f"<subProcess id='u'>{service('i')}</subProcess>", ERROR),
        "x",
    ),
    Case("never-thrown", watched(ends(""), CANCEL, "transaction"), watched(ends(CANCEL), CANCEL, "transaction"), "x"),
    Case(
        "never-thrown",
        watched(f"<transaction id='u'>{ends(CANCEL)}</transaction>", CANCEL, "transaction"),
        watched(f"<subProcess id='u'>{ends(CANCEL)}</subProcess>", CANCEL, "transaction"),
        "x",
    ),
    Case("never-thrown", listening(ERROR, "<task id='t'/>"), listening(ERROR, "<userTask id='t'/>"), "x"),
    Case(
        "never-thrown",
        listening(ERROR, "<task id='t'/>"),
        f"<subProcess id='u'>{listening(ERROR, ends(ERROR))}</subProcess>",
        "x",
    ),
    Case(
        "never-thrown",
        watched("<task id='i'/>", ERROR),
        watched(call("")[0].replace("'x'", "'i'"), ERROR),
        "x",
        call(S)[1],
    ),
)

MIXED = (
    "<userTask id='a'/><task id='b'/><parallelGateway id='x'/>{}" + chain("a", "x") + chain("b", "x") + chain("e", "b")
)
JOINS = (
    Case("join-deadlock", MIXED.format(on("e", "a", MESSAGE)), MIXED.format(on("e", "a", MESSAGE, False)), "x"),
    Case(
        "join-deadlock",
        f"<startEvent id='s1'/>{gateway('c', 'd')}<parallelGateway id='x'/>{chain('t0', 'x')}{chain('t1', 'x')}",
        f"<startEvent id='s1'/>{gateway('c', 'd')}<parallelGateway id='x'/>{chain('t0', 'x')}{chain('t1', 'x')}"
        + chain("s1", "t1"),
        "x",
    ),
)

LOOPS = (
    Case("endless-loop", round_and_round("<task id='b'/>"), round_and_round("<userTask id='b'/>"), "x"),
    Case(
        "endless-loop",
        round_and_round(script("b", "n = 1")),
        round_and_round("<exclusiveGateway id='b' default='d'/><endEvent id='e'/>", flow("b", "e", "done")).replace(
            "</definitions>", ""
        ),
        "x",
    ),
    Case(
        "endless-loop",
        round_and_round(script("b", "n = 1")),
        round_and_round(script("b", "n = 1") + on("o", "b", ERROR) + "<endEvent id='e'/>", flow("o", "e")),
        "x",
    ),
    Case(
        "endless-loop",
        f"{S}<task id='x'/>{chain('s', 'x', 'x')}",
        f"{S}{event('intermediateCatchEvent', timer('timeDuration', 'PT1S'))}{chain('s', 'x', 'x')}",
        "x",
    ),
)

CONDITIONS = (
    Case("condition-constant", gateway("a", "False"), gateway("a", "b"), "f1"),
    Case("condition-constant", gateway("a", "${1 > 2}"), gateway("a", "${b > 2}"), "f1"),
    Case("condition-constant", gateway("True", "a"), gateway("a", "True"), "f1"),
    Case(
        "condition-constant",
        gateway("a", "False", tag="inclusiveGateway"),
        gateway("True", "a", tag="inclusiveGateway"),
        "f1",
    ),
    *(
        Case("default-missing", gateway(one, wrong), gateway(one, other), "g")
        for one, wrong, other in (
            ("paid", "not sent", "not paid"),
            ("${paid}", "${sent}", "${!paid}"),
            ("n > 5", "n &lt; 5", "n &lt;= 5"),
            ("kind == 'a'", "kind != 'b'", "kind != 'a'"),
            ("a and b", "not a and b", "not (a and b)"),
        )
    ),
    Case("default-missing", gateway("a", "b"), gateway("a", "True"), "g"),
)

NAMES = (
    Case("variable-misspelled", reads("aproved", "approved"), reads("approved", "approved"), "x"),
    Case("variable-misspelled", reads("${orderid > 1}", "orderId"), reads("${order > 1}", "orderId"), "x"),
    Case("variable-misspelled", reads("cutsomer == 1", "customer"), reads("other == 1", "customer"), "x"),
    Case("variable-misspelled", reads("customar == 1", "customer"), reads("items == 1", "item"), "x"),
    Case("variable-misspelled", reads("len(amuont) > 1", "amount"), reads("amount1 > 1", "amount2"), "x"),
    Case("variable-misspelled", reads("aproved", "approved"), reads("state", "stage"), "x"),
    Case("variable-misspelled", reads("aproved", "approved"), reads("aproved or approved", "approved", "aproved"), "x"),
    Case(
        "variable-misspelled",
        reads("aproved", "approved"),
        reads("aproved", "approved") + script("z", "aproved = True"),
        "x",
    ),
    Case(
        "variable-misspelled",
        f"{S}{script('w', 'amount = 1')}{script('x', 'price = amont * 2')}{chain('s', 'w', 'x')}",
        f"{S}{script('w', 'amount = 1')}{script('x', 'amont = 3; price = amont * 2')}{chain('s', 'w', 'x')}",
        "x",
    ),
    Case(
        "variable-misspelled",
        reads("approved", "approved", "manager") + "<userTask id='x' camunda:assignee='${manger}'/>",
        reads("approved", "approved", "manager") + "<userTask id='x' camunda:assignee='${manager}'/>",
        "x",
    ),
)

ZERO = event("intermediateCatchEvent", timer("timeDuration", "PT0S"), "x")
REST = (
    Case("timer-zero", ZERO, ZERO.replace("PT0S", "PT10S"), "x"),
    Case("timer-zero", ZERO.replace("PT0S", "P0DT0H"), ZERO.replace("PT0S", "P10D"), "x"),
    Case("start-interrupts", "<startEvent id='x' isInterrupting='false'/>", "<startEvent id='x'/>", "x"),
    Case("subprocess-empty", f"{S}<subProcess id='x'/>", f"{S}<subProcess id='x'><task id='i'/></subProcess>", "x"),
    Case(
        "message-flow-message",
        event("endEvent", MESSAGE, "send") + "<receiveTask id='take' messageRef='other'/>",
        event("endEvent", MESSAGE, "send") + "<receiveTask id='take' messageRef='m'/>",
        "mf",
        DECLARED + message_flow("send", "take"),
    ),
    Case(
        "message-flow-message",
        event("endEvent", MESSAGE, "send"),
        event("endEvent", MESSAGE.replace("'m'", "'other'").replace('"m"', '"other"'), "send"),
        "mf",
        DECLARED + message_flow("send", "p1").replace("id='mf'", "id='mf' messageRef='other'"),
    ),
)

CASES = (*UNTHROWN, *JOINS, *LOOPS, *CONDITIONS, *NAMES, *REST)
RULES_TESTED = {case.rule for case in CASES}


def found(body: str, rule: str, outside: str) -> list:
    return [p for p in compile_bpmn(bpmn(body, outside), filename="t.bpmn").problems if p.rule == rule]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_what_is_certain_is_told(case):
    problems = found(case.broken, case.rule, case.outside)
    assert [problem.element_id for problem in problems] == [case.element]
    assert problems[0].severity == "warning"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_what_is_not_certain_is_not_told(case):
    assert found(case.kept, case.rule, case.outside) == []


def test_an_empty_subprocess_is_done_at_once():
    from tests.engine.harness import run

    went = run(f"{S}<subProcess id='x'/><endEvent id='e'/>{chain('s', 'x', 'e')}")
    assert went.completed
    went.assert_clean()


def test_a_drawing_of_what_is_there_is_not_told():
    assert found(task(""), "drawing-dangling", PLANE.format("x")) == []
