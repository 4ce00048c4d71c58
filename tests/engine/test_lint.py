"""Each rule has a model that breaks it, and no rule finds anything in a sound model."""

import pytest
from tests.engine import test_lint_analyses, test_lint_specification
from tests.engine.harness import ERROR, HEAD, MESSAGE, SIGNAL, bpmn, chain, flow, on, service, timer
from tests.engine.test_lint_families import BROKEN as FAMILIES

from stellwerk.engine import compile_bpmn
from stellwerk.engine.lint import RULES

S = '<startEvent id="s"/>'
TO_X = chain("s", "x")
USER = f"{S}<userTask id='x'/>{TO_X}"
GATE = f"{S}<exclusiveGateway id='g'/><task id='a'/><task id='b'/>{chain('s', 'g')}"
EVENTS = f"{S}<eventBasedGateway id='g'/>{chain('s', 'g')}"


LINK = "<linkEventDefinition name='L'/>"


def event_sub(inside: str) -> str:
    return f"<subProcess id='es' triggeredByEvent='true'>{inside}</subProcess>"


def catch(id: str, definition: str = MESSAGE) -> str:
    return f'<intermediateCatchEvent id="{id}">{definition}</intermediateCatchEvent>'


def mapping(*parameters: str) -> str:
    inside = "".join(f'<camunda:inputParameter name="{name}">1</camunda:inputParameter>' for name in parameters)
    return f"<extensionElements><camunda:inputOutput>{inside}</camunda:inputOutput></extensionElements>"


def passing(tag: str, **attributes: str) -> str:
    given = " ".join(f"{name}='{value}'" for name, value in attributes.items())
    inside = f"<extensionElements><camunda:{tag} {given}/></extensionElements>"
    return f"<callActivity id='x' calledElement='a'>{inside}</callActivity>"


FORM = (
    "<extensionElements><camunda:formData><camunda:formField id='f'/><camunda:formField id='f'/></camunda:formData>"
    "</extensionElements>"
)
CONDITION = "<conditionalEventDefinition><condition>c</condition></conditionalEventDefinition>"
LOOP = "<multiInstanceLoopCharacteristics/>"

# rule, body, the element that the finding names
BROKEN = [
    ("id-duplicate", f"{S}<task id='x'/><task id='x'/>{TO_X}", "x"),
    ("id-form", f"{S}<task id='x y'/>{chain('s', 'x y')}", "x y"),
    ("id-length", f"{S}<task id='{'x' * 256}'/>{chain('s', 'x' * 256)}", "x" * 256),
    ("reference-dangling", f"{S}{flow('s', 'nowhere', id='f')}", "f"),
    ("reference-dangling", f"{S}<sequenceFlow id='f' sourceRef='s'/>", "f"),
    ("reference-type", f"{S}<receiveTask id='x' messageRef='E1'/>{TO_X}", "x"),
    ("reference-type", USER + on("b", "s", MESSAGE), "b"),
    ("default-flow", f"{S}<task id='x' default='nope'/>{TO_X}", "x"),
    ("call-nothing", f"{S}<callActivity id='x'/>{TO_X}", "x"),
    ("call-binding", f"{S}<callActivity id='x' calledElement='a' camunda:calledElementBinding='newest'/>{TO_X}", "x"),
    ("call-binding", f"{S}<callActivity id='x' calledElement='a' camunda:calledElementBinding='version'/>{TO_X}", "x"),
    ("call-not-executable", f"{S}<callActivity id='x' calledElement='a_drawing'/>{TO_X}", "x"),
    ("call-passing", S + passing("in", target="a") + TO_X, "x"),
    ("call-passing", S + passing("out", source="a") + TO_X, "x"),
    ("call-passing", S + passing("in", variables="some") + TO_X, "x"),
    (
        "unsupported",
        f"{S}<eventBasedGateway id='g'/><receiveTask id='x' messageRef='m'>{LOOP}</receiveTask>{catch('c', SIGNAL)}"
        f"{chain('s', 'g', 'x')}{chain('g', 'c')}",
        "x",
    ),
    ("unsupported", f"{S}<implicitThrowEvent id='x'/>{TO_X}", "x"),
    ("unsupported", f"{S}{catch('x', '<eventDefinitionRef>q</eventDefinitionRef>')}{TO_X}", "x"),
    (
        "unsupported-flag",
        f"{USER}<boundaryEvent id='b' attachedToRef='x' parallelMultiple='true'>{MESSAGE}{ERROR}</boundaryEvent>",
        "b",
    ),
    ("start-waits", "<receiveTask id='x' instantiate='true'/>", "x"),
    ("no-start", "<task id='a'/><task id='b'/>" + chain("a", "b", "a"), "proc"),
    ("unreachable", f"{USER}<task id='a'/>", "a"),
    (
        "boundary-host",
        USER + f"<subProcess id='o'><task id='i'/></subProcess>{flow('s', 'o')}{on('b', 'i', MESSAGE)}",
        "b",
    ),
    ("flow-into-start", f"{USER}{flow('x', 's', id='f')}", "f"),
    ("flow-out-of-end", f"{S}<endEvent id='x'/><task id='a'/>{TO_X}{flow('x', 'a', id='f')}", "x"),
    ("flow-into-boundary", USER + on("b", "x", MESSAGE) + flow("s", "b", id="f"), "f"),
    ("flow-across-border", f"{S}<subProcess id='x'><task id='a'/></subProcess>{TO_X}{flow('s', 'a', id='f')}", "f"),
    ("condition-place", f"{EVENTS}{catch('a')}{catch('b')}{flow('g', 'a', 'x', id='f')}{flow('g', 'b')}", "f"),
    ("condition-ignored", f"{S}<parallelGateway id='x'/><task id='a'/>{TO_X}{flow('x', 'a', 'True', id='f')}", "f"),
    ("condition-on-event", f"{S}<task id='a'/>{flow('s', 'a', 'True', id='f')}", "f"),
    ("condition-empty", f"{GATE}{flow('g', 'a', ' ', id='f')}{flow('g', 'b', 'x')}", "f"),
    ("condition-missing", f"{GATE}{flow('g', 'a', id='f')}{flow('g', 'b', 'x')}", "f"),
    ("default-missing", f"{GATE}{flow('g', 'a', 'x')}{flow('g', 'b', 'y')}", "g"),
    ("gateway-flows", f"{S}<parallelGateway id='g'/>", "g"),
    ("event-gateway-targets", f"{EVENTS}{catch('a')}{flow('g', 'a')}", "g"),
    ("event-gateway-targets", f"{EVENTS}{catch('a')}<task id='b'/>{flow('g', 'a')}{flow('g', 'b')}", "b"),
    ("event-gateway-targets", f"{EVENTS}{catch('a')}{catch('b')}{flow('g', 'a')}{flow('g', 'b')}{flow('s', 'b')}", "b"),
    (
        "event-gateway-boundary",
        f"{EVENTS}<receiveTask id='a' messageRef='m'/>{on('b', 'a', MESSAGE)}{flow('g', 'a')}",
        "b",
    ),
    ("event-place", f"{S}{catch('x', ERROR)}{TO_X}", "x"),
    ("event-place", f"{S}{catch('x', '')}{TO_X}", "x"),
    ("unsupported-event", f"<startEvent id='x'>{CONDITION}</startEvent><task id='t'/>{chain('x', 't')}", "x"),
    ("event-place", USER + on("b", "x", "<terminateEventDefinition/>"), "b"),
    ("subprocess-start", f"{S}<subProcess id='x'><startEvent id='i'>{MESSAGE}</startEvent></subProcess>{TO_X}", "i"),
    ("message-missing", f"{S}{catch('x', '<messageEventDefinition/>')}{TO_X}", "x"),
    ("message-name", f"{S}<receiveTask id='x' messageRef='m0'/>{TO_X}", "m0"),
    ("message-start-twice", f"<startEvent id='a'>{MESSAGE}</startEvent><startEvent id='b'>{MESSAGE}</startEvent>", "b"),
    ("timer-missing", f"{S}{catch('x', '<timerEventDefinition/>')}{TO_X}", "x"),
    ("error-end", f"{S}<endEvent id='x'><errorEventDefinition/></endEvent>{TO_X}", "x"),
    ("boundary-interrupts", USER + on("b", "x", ERROR, interrupting=False), "b"),
    ("boundary-twice", USER + on("b", "x", ERROR) + on("c", "x", ERROR), "c"),
    ("escalation-thrown", f"{S}<endEvent id='x'><escalationEventDefinition/></endEvent>{TO_X}", "x"),
    ("event-condition", f"{S}{catch('x', '<conditionalEventDefinition/>')}{TO_X}", "x"),
    ("event-subprocess-start", USER + event_sub("<startEvent id='i'/>"), "i"),
    ("event-subprocess-start", USER + event_sub("<task id='i'/>"), "es"),
    (
        "event-subprocess-start",
        USER + event_sub(f"<startEvent id='i' isInterrupting='false'>{ERROR}</startEvent>"),
        "i",
    ),
    ("event-subprocess-flows", USER + event_sub(f"<startEvent id='i'>{MESSAGE}</startEvent>") + flow("x", "es"), "es"),
    (
        "event-subprocess-extras",
        USER + event_sub(f"<startEvent id='i'>{MESSAGE}</startEvent>") + on("b", "es", ERROR),
        "b",
    ),
    ("link-pair", f"{S}<intermediateThrowEvent id='x'>{LINK}</intermediateThrowEvent>{TO_X}", "x"),
    ("link-pair", f"{USER}{catch('t', LINK)}", "t"),
    (
        "link-flows",
        f"{S}<intermediateThrowEvent id='x'>{LINK}</intermediateThrowEvent>{catch('t', LINK)}{chain('s', 'x', 't')}",
        "x",
    ),
    ("loop-end", f"{S}<task id='x'><standardLoopCharacteristics/></task>{TO_X}", "x"),
    ("loop-end", f"{S}<task id='x'><standardLoopCharacteristics loopMaximum='-1'/></task>{TO_X}", "x"),
    ("topic-missing", f"{S}<serviceTask id='x' camunda:class='a.B'/>{TO_X}", "x"),
    ("job-type", f"{S}{service('x').replace('external', 'java')}{TO_X}", "x"),
    ("decision-missing", f"{S}<businessRuleTask id='x' camunda:class='a.B'/>{TO_X}", "x"),
    ("decision-several", f"{S}<businessRuleTask id='x' camunda:decisionRef='d' camunda:topic='t'/>{TO_X}", "x"),
    ("decision-version", f"{S}<businessRuleTask id='x' camunda:decisionRefBinding='newest'/>{TO_X}", "x"),
    ("decision-mapping", f"{S}<businessRuleTask id='x' camunda:mapDecisionResult='first'/>{TO_X}", "x"),
    ("decision-unused", f"{S}<businessRuleTask id='x' camunda:decisionRef='d'/>{TO_X}", "x"),
    ("send-nothing", f"{S}<sendTask id='x'/>{TO_X}", "x"),
    ("receive-nothing", f"{S}<receiveTask id='x'/>{TO_X}", "x"),
    ("script-empty", f"{S}<scriptTask id='x'/>{TO_X}", "x"),
    ("script-format", f"{S}<scriptTask id='x' scriptFormat='groovy'><script>1</script></scriptTask>{TO_X}", "x"),
    ("loop-source", f"{S}<task id='x'>{LOOP}</task>{TO_X}", "x"),
    ("loop-twice", f"{S}<task id='x'>{LOOP}{LOOP}</task>{TO_X}", "x"),
    ("quantity", f"{S}<task id='x' startQuantity='0'/>{TO_X}", "x"),
    ("parameter-name", f"{S}<task id='x'>{mapping('a', 'a')}</task>{TO_X}", "x"),
    ("form-field", f"{S}<userTask id='x'>{FORM}</userTask>{TO_X}", "x"),
]
NO_NAME = '<message id="m0"/><process id="a_drawing"/>'


@pytest.mark.parametrize(("rule", "body", "element"), [c for c in BROKEN if c[2]], ids=lambda v: str(v)[:30])
def test_a_broken_rule_is_found_at_its_element(rule, body, element):
    found = [p for p in compile_bpmn(bpmn(body, NO_NAME), filename="t.bpmn").problems if p.rule == rule]
    assert found, rule
    assert found[0].element_id == element
    assert found[0].line == 1
    assert found[0].severity == RULES[rule].severity
    assert found[0].message.endswith((".", "?"))


def test_the_rules_that_a_single_line_cannot_break():
    body = (
        f"{S}<exclusiveGateway id='g' default='f'/><task id='a'/><task id='b'/>{chain('s', 'g')}"
        f"{flow('g', 'a', 'x', id='f')}{flow('g', 'b', 'x')}"
    )
    both = "<timerEventDefinition><timeDate>2030-01-01</timeDate><timeCycle>R/P1D</timeCycle></timerEventDefinition>"
    for rule, model, element in (
        ("default-with-condition", body, "f"),
        ("timer-missing", f"{S}{catch('x', both)}{TO_X}", "x"),
    ):
        assert (rule, element) in [(p.rule, p.element_id) for p in compile_bpmn(bpmn(model), filename="t").errors]


@pytest.mark.parametrize(
    ("rule", "xml"),
    [
        ("no-executable-process", f"{HEAD}<process id='p'/></definitions>"),
        ("process-id", f"{HEAD}<process isExecutable='true'><task id='a'/></process></definitions>"),
    ],
)
def test_the_rules_about_the_file(rule, xml):
    assert rule in [p.rule for p in compile_bpmn(xml.encode(), filename="t").errors]


def test_each_rule_is_tested_and_says_what_it_means():
    others = {"no-executable-process", "process-id", "default-with-condition"}
    tested = {case[0] for case in (*BROKEN, *FAMILIES)} | others
    tested |= test_lint_specification.RULES_TESTED | test_lint_analyses.RULES_TESTED
    assert tested == set(RULES)
    assert all(rule.meaning.endswith(".") for rule in RULES.values())


def test_a_sound_model_has_no_findings():
    body = (
        f"{S}<userTask id='u'/>{on('b', 'u', timer('timeDuration', 'PT1H'))}<exclusiveGateway id='g' default='d'/>"
        f"{service('w')}<endEvent id='e'/>{chain('s', 'u', 'g')}{flow('g', 'w', 'ok')}{flow('g', 'e', id='d')}"
        f"{chain('w', 'e')}{chain('b', 'e')}"
    )
    assert compile_bpmn(bpmn(body), filename="t").problems == ()


@pytest.mark.parametrize("text", ["a ==", "= a >", "a = 1", "${a", "import os"])
def test_an_expression_that_cannot_be_read_is_found_at_its_flow(text):
    problem = compile_bpmn(bpmn(f"{GATE}{flow('g', 'a', text, id='f')}{flow('g', 'b', 'x')}"), filename="t").errors[0]
    assert (problem.rule, problem.element_id) == ("expression", "f")


def test_no_diagram_makes_the_compiler_raise():
    """Every element of the table inside every container, without any attribute."""
    from stellwerk.engine import vocabulary

    tags = [e.tag for e in vocabulary.ELEMENTS if ":" not in e.tag] + list(vocabulary.REFUSED)
    for outer in (
        "{}",
        "<subProcess id='sp'>{}</subProcess>",
        "<userTask id='u'>{}</userTask>",
        "<startEvent id='s'>{}</startEvent>",
    ):
        for tag in tags:
            for inner in (f"<{tag}/>", f"<{tag} id='x'/>", f"<{tag} id='x'><{tag}/></{tag}>"):
                compile_bpmn(bpmn(outer.format(inner)), filename="t.bpmn")
