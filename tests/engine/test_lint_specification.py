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
TIMER = "<timerEventDefinition><timeDate>2030-01-01T00:00:00Z</timeDate></timerEventDefinition>"


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
    Case(
        "flow-lists",
        f"{LISTED}<task id='x'><incoming>f</incoming></task>{flow('a', 'x', id='f')}{flow('x', 'a', id='f2')}",
        f"<task id='a'/><task id='x'/>{flow('a', 'x')}{flow('x', 'a')}",
        "a",
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

ITEMS = (
    "<itemDefinition id='one' structureRef='a'/><itemDefinition id='same' structureRef='a'/>"
    "<itemDefinition id='other' structureRef='b'/><itemDefinition id='many' isCollection='true'/>"
    "<message id='typed' name='typed' itemRef='one'/><message id='plain' name='plain'/>"
    "<signal id='sig' name='sig' structureRef='one'/><escalation id='esc' escalationCode='e'/><escalation id='bare'/>"
    "<interface id='if'><operation id='op'><inMessageRef>typed</inMessageRef></operation></interface>"
)


def task(inside: str, tag: str = "task", attributes: str = "") -> str:
    return f"{S}<{tag} id='x' {attributes}>{inside}</{tag}>{TO_X}"


def loop(attributes: str = "", inside: str = "") -> str:
    return f"<multiInstanceLoopCharacteristics {attributes}>{inside}</multiInstanceLoopCharacteristics>"


def thrown(definition: str) -> str:
    """A loop whose instances throw an event on a condition."""
    event = f"<condition>done</condition><event id='ev'>{definition}</event>"
    return loop(
        "behavior='Complex'",
        f"<loopCardinality>2</loopCardinality><complexBehaviorDefinition>{event}</complexBehaviorDefinition>",
    )


def io(inside: str, inputs: str = "", outputs: str = "") -> str:
    return (
        f"<ioSpecification>{inside}<inputSet id='is'>{inputs}</inputSet><outputSet id='os'>{outputs}</outputSet>"
        "</ioSpecification>"
    )


def refs(name: str, *ids: str) -> str:
    return "".join(f"<{name}>{id}</{name}>" for id in ids)


FORMAL = 'xsi:type="tFormalExpression"'
DATA = "<dataObject id='d'/>"
IN, OUT = "<dataInput id='di'/>", "<dataOutput id='do'/>"
SPEC = io(IN + OUT, refs("dataInputRefs", "di"), refs("dataOutputRefs", "do"))
WRITES = "<dataInputAssociation id='as'>{}</dataInputAssociation>"

EXPRESSIONS = (
    Case(
        "expression-formal",
        task("<standardLoopCharacteristics><loopCondition>again</loopCondition></standardLoopCharacteristics>"),
        task(
            f"<standardLoopCharacteristics><loopCondition {FORMAL}>again</loopCondition></standardLoopCharacteristics>"
        ),
        "x",
    ),
    Case(
        "expression-formal",
        task("<task id='t'/><completionCondition>done</completionCondition>", "adHocSubProcess"),
        task(f"<task id='t'/><completionCondition {FORMAL}>done</completionCondition>", "adHocSubProcess"),
        "x",
    ),
    Case(
        "expression-language",
        task(loop("", "<loopCardinality language='not%a uri'>3</loopCardinality>")),
        task(loop("", "<loopCardinality language='https://www.python.org/%20'>3</loopCardinality>")),
        "x",
    ),
    Case(
        "condition-boolean",
        task(loop("", "<completionCondition>23</completionCondition>")),
        task(loop("", "<completionCondition>a == 23</completionCondition>")),
        "x",
    ),
    Case(
        "condition-boolean",
        task(loop("", "<complexBehaviorDefinition><condition>'yes'</condition></complexBehaviorDefinition>")),
        task(loop("", "<complexBehaviorDefinition><condition>True</condition></complexBehaviorDefinition>")),
        "x",
    ),
    Case("method-uri", task("", "transaction", "method='%'"), task("", "transaction", "method='##Compensate'"), "x"),
    Case(
        "text-format",
        "<textAnnotation id='x' textFormat='plain'/>",
        "<textAnnotation id='x' textFormat='text/plain; charset=utf-8'/>",
        "x",
    ),
    Case(
        "condition-alone",
        f"<task id='a'/><task id='b'/>{flow('a', 'b', 'c', id='x')}",
        f"<task id='a'/><task id='b'/>{flow('a', 'b', 'c', id='x')}{flow('a', 'b')}",
        "x",
    ),
)


def call(inside: str) -> tuple[str, str]:
    """A call activity, and the process that it calls."""
    called = f"<process id='called' isExecutable='true'>{inside}</process>"
    return "<callActivity id='x' calledElement='called'/>", called


PROCESSES = (
    Case("choreography-inside", task("", "choreographyTask"), TASK, "x"),
    Case("choreography-inside", transaction(task("", "callChoreography"), "t"), TASK, "x"),
    Case("call-target", "<callActivity id='x' calledElement='m'/>", "<callActivity id='x' calledElement='far'/>", "x"),
    Case("ad-hoc-content", transaction("", tag="adHocSubProcess"), transaction(TASK[20:], "y", "adHocSubProcess"), "x"),
    Case(
        "ad-hoc-content",
        transaction("<task id='t'/><endEvent id='x'/>", "o", "adHocSubProcess"),
        transaction("<task id='t'/>", "o", "adHocSubProcess"),
        "x",
    ),
    Case("conversation-inside", "<conversation id='x'/>", TASK, "x"),
    Case(
        "loop-input",
        task(SPEC + loop("", "<loopDataInputRef>d</loopDataInputRef>")) + DATA,
        task(SPEC + loop("", "<loopDataInputRef>di</loopDataInputRef>")) + DATA,
        "x",
    ),
    Case(
        "loop-input",
        task(loop("", "<loopDataInputRef>m</loopDataInputRef>"), "subProcess"),
        task(loop("", "<loopDataInputRef>d</loopDataInputRef>"), "subProcess") + DATA,
        "x",
    ),
    Case(
        "loop-output",
        task(loop("", "<loopDataOutputRef>m</loopDataOutputRef>")),
        task(loop("", "<loopDataOutputRef>a_variable</loopDataOutputRef>")),
        "x",
    ),
    Case("loop-behaviour", task(loop("behavior='One'")), task(loop("behavior='All'")), "x"),
    Case(
        "loop-event", task(thrown("<signalEventDefinition id='x'/>")), task(thrown("<terminateEventDefinition/>")), "x"
    ),
    Case(
        "loop-event",
        task(thrown("<timerEventDefinition id='x'><timeDuration>PT1H</timeDuration></timerEventDefinition>")),
        task(thrown("<escalationEventDefinition id='x'/>")),
        "x",
    ),
    Case(
        "receive-start",
        task("", "receiveTask", "instantiate='true'"),
        "<receiveTask id='x' instantiate='true'/>",
        "x",
    ),
    Case("subprocess-data", task(SPEC, "subProcess"), task(SPEC), "x"),
    Case(
        "lane-process",
        "<laneSet id='ls'><lane id='x'><flowNodeRef>far</flowNodeRef></lane></laneSet>",
        "<laneSet id='ls'><lane id='x'><flowNodeRef>near</flowNodeRef></lane></laneSet><task id='near'/>",
        "x",
        "<process id='q' isExecutable='true'><task id='far'/></process>",
    ),
    Case("call-start", call("")[0], TASK, "x", call(f"<startEvent id='cs'>{MESSAGE}</startEvent>")[1]),
    Case(
        "call-start",
        call("")[0],
        TASK,
        "x",
        "<process id='called'><startEvent id='cs'><eventDefinitionRef>sev</eventDefinitionRef></startEvent></process>",
    ),
    Case(
        "flow-across-border",
        f"{TASK}{flow('x', 'drawn', id='y')}",
        f"{TASK}{flow('x', 's', id='y')}",
        "y",
        "<process id='q'><task id='drawn'/></process>",
    ),
)

DATA_CASES = (
    Case("data-in-set", task(io("<dataInput id='y'/>")), task(SPEC), "y"),
    Case("data-in-set", task(io("<dataOutput id='y'/>")), task(SPEC), "y"),
    Case(
        "optional-in-set",
        task(io(IN, refs("optionalInputRefs", "di"))),
        task(io(IN, refs("dataInputRefs", "di") + refs("optionalInputRefs", "di"))),
        "is",
    ),
    Case(
        "optional-in-set",
        task(io(OUT, "", refs("whileExecutingOutputRefs", "do"))),
        task(io(OUT, "", refs("dataOutputRefs", "do") + refs("whileExecutingOutputRefs", "do"))),
        "os",
    ),
    Case(
        "sets-mutual",
        task(io("", refs("outputSetRefs", "os"))),
        task(io("", refs("outputSetRefs", "os"), refs("inputSetRefs", "is"))),
        "is",
    ),
    Case(
        "collection",
        "<dataObject id='x' itemSubjectRef='many'/>",
        "<dataObject id='x' itemSubjectRef='many' isCollection='true'/>",
        "x",
        ITEMS,
    ),
    Case(
        "data-state-name",
        "<dataObject id='d' name='Order'/><dataObjectReference id='x' name='Order' dataObjectRef='d'>"
        "<dataState name='paid'/></dataObjectReference>",
        "<dataObject id='d' name='Order'/><dataObjectReference id='x' name='Order [paid]' dataObjectRef='d'>"
        "<dataState name='paid'/></dataObjectReference>",
        "x",
    ),
    Case(
        "association-end",
        task(SPEC) + f"<task id='y'>{WRITES.format(refs('targetRef', 'di'))}</task>",
        task(SPEC + WRITES.format(refs("targetRef", "di"))),
        "as",
    ),
    Case(
        "association-sources",
        task(WRITES.format(refs("sourceRef", "d", "d"))) + DATA,
        task(WRITES.format(refs("sourceRef", "d"))) + DATA,
        "as",
    ),
    Case(
        "association-target",
        task(WRITES.format("")),
        task(SPEC + WRITES.format(refs("targetRef", "di"))),
        "as",
    ),
    Case(
        "data-name",
        "<dataObject id='one' name='x'/><dataObject id='other' name='x'/>" + task(""),
        "<dataObject id='one' name='x'/><dataObject id='other' name='y'/>" + task(""),
        "other",
    ),
    Case(
        "process-data",
        SPEC
        + task(
            "<dataOutputAssociation id='as'><sourceRef>d</sourceRef><targetRef>di</targetRef></dataOutputAssociation>"
        ),
        SPEC
        + task(
            "<dataOutputAssociation id='as'><sourceRef>d</sourceRef><targetRef>do</targetRef></dataOutputAssociation>"
        ),
        "as",
    ),
)

TYPED = "<messageEventDefinition id='y' messageRef='typed'>{}</messageEventDefinition>"
MATCHED = TYPED.format(refs("operationRef", "op"))
SIGNAL = "<signalEventDefinition id='z' signalRef='sig'/>"


def thrown(data: str, definitions: str) -> str:
    return event("endEvent", "".join(f"<dataInput id='{i}' itemSubjectRef='{i}'/>" for i in data.split()) + definitions)


EVENT_DATA = (
    Case("event-data", thrown("d1", MATCHED + SIGNAL), thrown("d1 d2", MATCHED + SIGNAL), "x", ITEMS),
    Case(
        "event-item",
        event("endEvent", "<dataInput id='i' itemSubjectRef='other'/>" + MATCHED),
        event("endEvent", "<dataInput id='i' itemSubjectRef='same'/>" + MATCHED),
        "y",
        ITEMS,
    ),
    Case(
        "escalation-code",
        event("endEvent", "<escalationEventDefinition escalationRef='bare'/>"),
        event("endEvent", "<escalationEventDefinition escalationRef='esc'/>"),
        "x",
        ITEMS,
    ),
    Case(
        "error-code",
        event("endEvent", "<errorEventDefinition errorRef='none'/>"),
        event("endEvent", ERROR),
        "x",
        "<error id='none'/>",
    ),
    Case("event-operation", event("endEvent", TYPED.format("")), event("endEvent", MATCHED), "y", ITEMS),
    Case(
        "event-operation",
        event("startEvent", TYPED.format("")),
        event("startEvent", "<messageEventDefinition messageRef='plain'/>"),
        "y",
        ITEMS,
    ),
    Case(
        "operation-message",
        task("", "sendTask", "messageRef='plain' operationRef='op'"),
        task("", "sendTask", "messageRef='typed' operationRef='op'"),
        "x",
        ITEMS,
    ),
    Case(
        "task-sets",
        task(io("", "", "").replace("</ioS", "<outputSet/></ioS"), "receiveTask", "messageRef='typed'"),
        task(io("", "", ""), "receiveTask", "messageRef='typed'"),
        "x",
        ITEMS,
    ),
    Case(
        "task-item",
        task(
            io("<dataInput id='i' itemSubjectRef='other'/>", refs("dataInputRefs", "i")),
            "sendTask",
            "messageRef='typed'",
        ),
        task(
            io("<dataInput id='i' itemSubjectRef='one'/>", refs("dataInputRefs", "i")), "sendTask", "messageRef='typed'"
        ),
        "x",
        ITEMS,
    ),
    Case("event-sets", event("endEvent", "<inputSet/><inputSet/>"), event("endEvent", "<inputSet/>"), "x"),
    Case(
        "compensation-caught",
        f"<task id='t'/>{on('x', 't', definition('compensate', 'activityRef=' + repr('t')))}",
        "<task id='t'/>" + event("endEvent", definition("compensate", "activityRef='t'")),
        "x",
    ),
)


def pools(inside: str, tag: str = "collaboration") -> str:
    return f"<{tag} id='co'><participant id='p1' name='A'/><participant id='p2' name='B'/>{inside}</{tag}>"


def many(attributes: str) -> str:
    multiplicity = f"<participantMultiplicity {attributes}/>"
    return f"<collaboration id='co'><participant id='p'>{multiplicity}</participant></collaboration>"


def message_flow(source: str, target: str) -> str:
    return pools(f"<messageFlow id='mf' sourceRef='{source}' targetRef='{target}'/>")


THROW, CATCH = event("endEvent", MESSAGE, "t"), event("startEvent", MESSAGE, "c")
CHOREOGRAPHY = "<choreographyTask id='ct' initiatingParticipantRef='{}'>{}</choreographyTask>"
BOTH = refs("participantRef", "p1", "p2")
PROPERTY = "<correlationProperty id='cp'><correlationPropertyRetrievalExpression id='re' messageRef='m'>"
TWO = refs("correlationPropertyRef", "cp1", "cp2")


def carried(id: str, message: str) -> str:
    """A correlation property that this message carries."""
    path = "<messagePath>n</messagePath></correlationPropertyRetrievalExpression></correlationProperty>"
    return PROPERTY.replace("'cp'", f"'{id}'").replace("'re'", f"'re_{id}'").replace("'m'", f"'{message}'") + path


@dataclass(frozen=True)
class Beside:
    """A rule about what stands beside the processes: `broken` and `kept` stand there."""

    rule: str
    broken: str
    kept: str
    element: str
    body: str = TASK


BESIDE_PROCESSES = (
    Beside("participant-minimum", many("minimum='-1'"), many("minimum='0'"), "p"),
    Beside("participant-maximum", many("minimum='3' maximum='2'"), many("minimum='2' maximum='2'"), "p"),
    Beside("participant-maximum", many("minimum='0' maximum='0'"), many("maximum='1'"), "p"),
    Beside("message-flow-direction", message_flow("c", "p1"), message_flow("p1", "c"), "mf", CATCH),
    Beside("message-flow-direction", message_flow("p1", "t"), message_flow("t", "p1"), "mf", THROW),
    Beside("message-flow-task", message_flow("p1", "x"), message_flow("x", "p1"), "mf", task("", "sendTask")),
    Beside("message-flow-pool", message_flow("x", "s"), message_flow("p1", "x"), "mf"),
    Beside(
        "choreography-reference",
        "<choreography id='a'><choreographyRef>b</choreographyRef></choreography><choreography id='b'/>",
        "<collaboration id='a'><choreographyRef>b</choreographyRef></collaboration><choreography id='b'/>",
        "a",
    ),
    Beside("global-conversation", pools("<group id='g'/>", "globalConversation"), pools("<group id='g'/>"), "co"),
    Beside(
        "choreography-closed",
        "<collaboration id='a' isClosed='true'><choreographyRef>b</choreographyRef></collaboration>"
        "<choreography id='b'/>",
        "<collaboration id='a'><choreographyRef>b</choreographyRef></collaboration><choreography id='b'/>",
        "a",
    ),
    Beside(
        "conversation-link",
        pools("<conversationLink id='l' sourceRef='p1' targetRef='p2'/>"),
        pools("<conversation id='cv'/><conversationLink id='l' sourceRef='p1' targetRef='cv'/>"),
        "l",
    ),
    Beside(
        "choreography-participants",
        pools(CHOREOGRAPHY.format("p1", refs("participantRef", "p1")), "choreography"),
        pools(CHOREOGRAPHY.format("p1", BOTH), "choreography"),
        "ct",
    ),
    Beside(
        "choreography-participants",
        pools(CHOREOGRAPHY.format("p3", BOTH), "choreography"),
        pools(CHOREOGRAPHY.format("p2", BOTH), "choreography"),
        "ct",
    ),
    Beside(
        "choreography-messages",
        pools(CHOREOGRAPHY.format("p1", BOTH), "choreography"),
        pools(
            CHOREOGRAPHY.format("p1", BOTH + refs("messageFlowRef", "mf"))
            + "<messageFlow id='mf' sourceRef='p1' targetRef='p2'/>",
            "choreography",
        ),
        "ct",
    ),
    Beside(
        "correlation-key",
        pools("<correlationKey id='k'/>"),
        pools("<correlationKey id='k'><correlationPropertyRef>cp</correlationPropertyRef></correlationKey>"),
        "k",
    ),
    Beside(
        "correlation-path",
        f"{PROPERTY}<messagePath/></correlationPropertyRetrievalExpression></correlationProperty>",
        f"{PROPERTY}<messagePath>n</messagePath></correlationPropertyRetrievalExpression></correlationProperty>",
        "re",
    ),
    Beside(
        "correlation-partial",
        carried("cp1", "m") + carried("cp2", "m2") + pools(f"<correlationKey id='k'>{TWO}</correlationKey>"),
        carried("cp1", "m") + carried("cp2", "m") + pools(f"<correlationKey id='k'>{TWO}</correlationKey>"),
        "k",
    ),
    Beside("operation-messages", "<interface id='i'><operation id='o'/></interface>", ITEMS, "o"),
    Beside(
        "signal-twice",
        "<signal id='a' name='n'/><signal id='b' name='n'/>",
        "<signal id='a' name='n'/><signal id='b' name='o'/>",
        "b",
    ),
    Beside("process-type", "<process id='q' isExecutable='true' processType='Public'/>", "<process id='q'/>", "q"),
)

INNER = "<subProcess id='u'><task id='t'/>{}</subProcess>"
UNDO = event("endEvent", definition("compensate", "id='y' activityRef='t'"))
SUBSCRIBED = (
    "<correlationSubscription id='cs' correlationKeyRef='k'><correlationPropertyBinding id='y' "
    "correlationPropertyRef='{}'><dataPath>n</dataPath></correlationPropertyBinding></correlationSubscription>"
)
KEY = pools("<correlationKey id='k'><correlationPropertyRef>cp</correlationPropertyRef></correlationKey>")
ROLE = "<potentialOwner id='y'><resourceRef>r</resourceRef>{}</potentialOwner>"
LANES = "<laneSet id='l1'><lane id='la'><flowNodeRef>x</flowNodeRef></lane>{}</laneSet>"


def split(decision: str) -> str:
    return (
        f"<task id='a'/><task id='b'/><{decision} id='d'/><parallelGateway id='x'/>"
        f"{flow('d', 'a', 'c')}{flow('d', 'b', 'c')}{chain('a', 'x')}{chain('b', 'x')}"
    )


PLACES = (
    Case("root-element", "<dataStore id='x'/>", "<dataStoreReference id='x'/>", "x"),
    Case("attribute-value", task("", "adHocSubProcess", "ordering='Any'"), task("", "adHocSubProcess"), "x"),
    Case("attribute-value", task(loop("isSequential='yes'")), task(loop("isSequential='1'")), "x"),
    Case(
        "data-visible",
        "<subProcess id='u'><dataObject id='d'/></subProcess><dataObjectReference id='x' dataObjectRef='d'/>",
        "<dataObject id='d'/><subProcess id='u'><dataObjectReference id='x' dataObjectRef='d'/></subProcess>",
        "x",
    ),
    Case("compensation-visible", INNER.format("") + UNDO, INNER.format(UNDO), "y"),
    Case("compensation-nothing", f"<task id='t'/>{UNDO}", f"<task id='t'/>{UNDO}{on('b', 't', COMPENSATE)}", "y"),
    Case("correlation-binding", SUBSCRIBED.format("other"), SUBSCRIBED.format("cp"), "y", KEY),
    Case(
        "resource-role",
        task(ROLE.format("<resourceAssignmentExpression/>"), "userTask"),
        task(ROLE.format(""), "userTask"),
        "y",
    ),
    Case(
        "lane-twice",
        LANES.format("<lane id='y'><flowNodeRef>x</flowNodeRef></lane>") + TASK,
        LANES.format("<lane id='y'/>") + TASK,
        "y",
    ),
    Case("boundary-never", f"<task id='t'/>{on('x', 't', MESSAGE)}", f"<userTask id='t'/>{on('x', 't', MESSAGE)}", "x"),
    Case(
        "call-data",
        call("")[0].replace("/>", f">{SPEC}</callActivity>"),
        call("")[0],
        "x",
        call(io(IN, refs("dataInputRefs", "di")))[1].replace("'di'", "'oi'"),
    ),
    Case(
        "instantiating-receive",
        transaction("<receiveTask id='x' instantiate='true'/>", "o", "subProcess"),
        "<receiveTask id='x' instantiate='true'/>",
        "x",
    ),
    Case("join-deadlock", split("exclusiveGateway"), split("inclusiveGateway"), "x"),
)


def halves(target_of_throw: str, source_of_catch: str) -> str:
    throw = f"<linkEventDefinition id='y' name='L'><target>{target_of_throw}</target></linkEventDefinition>"
    catch = f"<linkEventDefinition id='z' name='L'><source>{source_of_catch}</source></linkEventDefinition>"
    other = "<linkEventDefinition id='w' name='M'/>"
    return (
        event("intermediateThrowEvent", throw, "t1")
        + event("intermediateCatchEvent", catch, "c1")
        + event("intermediateThrowEvent", other, "t2")
    )


GLOBAL_TASK = "<globalTask id='g'>{}</globalTask>"
LEFT_OUT = (
    Case("link-lists", halves("z", "w"), halves("z", "y"), "y"),
    Case(
        "event-gateway-targets",
        f"{S}<eventBasedGateway id='g'/>{event('intermediateCatchEvent', MESSAGE + ERROR)}{chain('s', 'g', 'x')}"
        f"{event('intermediateCatchEvent', MESSAGE, 'c')}{chain('g', 'c')}",
        f"{S}<eventBasedGateway id='g'/>{event('intermediateCatchEvent', MESSAGE + definition('signal'))}"
        f"{event('intermediateCatchEvent', MESSAGE, 'c')}{chain('s', 'g', 'x')}{chain('g', 'c')}",
        "x",
    ),
    Case("condition-boolean", task(loop("", "<completionCondition>1 + 1</completionCondition>")), TASK, "x"),
    Case(
        "reference-dangling",
        event("endEvent", "<errorEventDefinition id='y' errorRef='E9'/>"),
        event("endEvent", "<errorEventDefinition id='y' errorRef='E1'/>"),
        "y",
    ),
)
BESIDE_LEFT_OUT = (
    Beside("data-in-set", GLOBAL_TASK.format(io(IN)), GLOBAL_TASK.format(SPEC), "di"),
    Beside(
        "optional-in-set",
        GLOBAL_TASK.format(io(IN, refs("optionalInputRefs", "di"))),
        GLOBAL_TASK.format(io(IN, refs("dataInputRefs", "di") + refs("optionalInputRefs", "di"))),
        "is",
    ),
    Beside(
        "sets-mutual",
        GLOBAL_TASK.format(io("", refs("outputSetRefs", "os"))),
        GLOBAL_TASK.format(io("", refs("outputSetRefs", "os"), refs("inputSetRefs", "is"))),
        "is",
    ),
    Beside(
        "collection",
        GLOBAL_TASK.format(io("<dataInput id='y' itemSubjectRef='one' isCollection='true'/>")) + ITEMS,
        GLOBAL_TASK.format(io("<dataInput id='y' itemSubjectRef='one'/>")) + ITEMS,
        "y",
    ),
)
SCHEMA = (
    Case("element-unknown", task("<documentatoin/>"), task("<documentation/>"), "x"),
    Case("element-unknown", "<usrTask id='x'/>", "<userTask id='x'/>", "x"),
    Case(
        "element-unknown",
        task("<property id='y'><dataStat/></property>"),
        task("<extensionElements><attribute><value/></attribute></extensionElements>"),
        "y",
    ),
    Case("element-misplaced", task("<timeDate/>"), f"{S}{event('intermediateCatchEvent', TIMER)}{TO_X}", "x"),
    Case("element-misplaced", "<dataObject id='x'><incoming>f</incoming></dataObject>", DATA, "x"),
    Case("element-misplaced", task("<rendering/>"), task("<rendering/>", "userTask"), "x"),
    Case(
        "element-misplaced",
        task("<loopCardinality/>"),
        task("<extensionElements><task><loopCardinality/></task></extensionElements>"),
        "x",
    ),
    Case("element-repeated", task("<script/><script/>", "scriptTask"), task("<script/>", "scriptTask"), "x"),
    Case(
        "element-repeated",
        task(WRITES.format(refs("targetRef", "di", "di"))),
        task(WRITES.format(refs("sourceRef", "di", "di"))),
        "as",
    ),
    Case(
        "element-order",
        task("<property id='y'/><incoming/>", "task"),
        task("<incoming/><property id='y'/>", "task"),
        "x",
    ),
    Case("element-order", f"{TASK}<laneSet id='y'/>", f"<laneSet id='y'/>{TASK}", "y"),
    Case("id-form-other", task("<property id='a b'/>"), task("<property id='a-b.c'/>"), "a b"),
)
PLANE = (
    "<di:BPMNDiagram xmlns:di='http://www.omg.org/spec/BPMN/20100524/DI'><di:BPMNPlane id='pl' bpmnElement='proc'>"
    "<di:BPMNShape id='sh' bpmnElement='{}'/></di:BPMNPlane></di:BPMNDiagram>"
)
SCHEMA_BESIDE = (
    Beside("attribute-missing", "<interface id='i'/>", "<interface id='i' name='I'/>", "i"),
    Beside("attribute-missing", "<resource id='r'/>", "<resource id='r' name='R'/>", "r"),
    Beside("element-unknown", "<mesage id='mm'/>", "<message id='mm'/>", "mm"),
    Beside("element-misplaced", "<message id='mm'><text/></message>", "<message id='mm'/>", "mm"),
    Beside("drawing-dangling", PLANE.format("gone"), PLANE.format("x"), "sh"),
)

# references that dangle (rule 1), and that name something of another type: (attributes and children around {}, element)
REFERENCES = {
    "dataStoreRef": ("<dataStoreReference id='y' dataStoreRef='{}'/>", "y", "store"),
    "itemSubjectRef": ("<dataObject id='y' itemSubjectRef='{}'/>", "y", "item"),
    "dataObjectRef": ("<dataObjectReference id='y' dataObjectRef='{}'/>", "y", "d"),
    "evaluatesToTypeRef": (
        task(loop("id='y'", f"<loopCardinality {FORMAL} evaluatesToTypeRef='{{}}'>3</loopCardinality>")),
        "y",
        "item",
    ),
    "partitionElementRef": ("<laneSet id='l'><lane id='y' partitionElementRef='{}'/></laneSet>", "y", "d"),
    "resourceRef": (task("<performer id='y'><resourceRef>{}</resourceRef></performer>", "userTask"), "y", "res"),
    "parameterRef": (
        task(
            "<performer id='z'><resourceRef>res</resourceRef><resourceParameterBinding id='y' parameterRef='{}'/>"
            "</performer>",
            "userTask",
        ),
        "y",
        "par",
    ),
    "operationRef": (task("", "serviceTask", "operationRef='{}'"), "x", "op"),
    "messageRef": (task("", "receiveTask", "messageRef='{}'"), "x", "msg"),
    "correlationKeyRef": ("<correlationSubscription id='y' correlationKeyRef='{}'/>", "y", "key"),
    "correlationPropertyRef": (
        "<correlationSubscription id='z' correlationKeyRef='key'><correlationPropertyBinding id='y' "
        "correlationPropertyRef='{}'/></correlationSubscription>",
        "y",
        "cprop",
    ),
    "supportedInterfaceRef": ("<supportedInterfaceRef>{}</supportedInterfaceRef>", "proc", "int"),
    "supports": ("<supports>{}</supports>", "proc", "proc"),
    "categoryValueRef": (task("<categoryValueRef>{}</categoryValueRef>"), "x", "cv"),
    "activityRef": (event("endEvent", "<compensateEventDefinition id='y' activityRef='{}'/>"), "y", "t9"),
    "attachedToRef": (f"<boundaryEvent id='y' attachedToRef='{{}}'>{MESSAGE}</boundaryEvent>", "y", "t9"),
    "sourceRef of an association": ("<association id='y' sourceRef='{}' targetRef='t9'/>", "y", "t9"),
    "flowNodeRef": ("<laneSet id='l'><lane id='y'><flowNodeRef>{}</flowNodeRef></lane></laneSet>", "y", "t9"),
    "noneBehaviorEventRef": (task(loop("id='y' behavior='None' noneBehaviorEventRef='{}'")), "y", "sev"),
    "eventDefinitionRef": (event("endEvent", "<eventDefinitionRef>{}</eventDefinitionRef>"), "x", "sev"),
}
DECLARED = (
    "<itemDefinition id='item'/><dataStore id='store'/><resource id='res' name='r'><resourceParameter id='par'/>"
    "</resource><message id='msg' name='msg'/><interface id='int' name='i'><operation id='op' name='o'>"
    "<inMessageRef>msg</inMessageRef></operation></interface><correlationProperty id='cprop'>"
    "<correlationPropertyRetrievalExpression messageRef='msg'><messagePath>k</messagePath>"
    "</correlationPropertyRetrievalExpression></correlationProperty><category id='cat'><categoryValue id='cv'/>"
    "</category><signal id='sg' name='sg'/><signalEventDefinition id='sev' signalRef='sg'/>"
    "<collaboration id='co'><participant id='p1'/><participant id='p2'/><correlationKey id='key'>"
    "<correlationPropertyRef>cprop</correlationPropertyRef></correlationKey></collaboration>"
)
# the same of what stands beside processes
REFERENCES_BESIDE = {
    "itemRef": ("<message id='y' itemRef='{}'/>", "item"),
    "structureRef": ("<signal id='y' name='y' structureRef='{}'/>", "item"),
    "structureRef of an error": ("<error id='y' structureRef='{}'/>", "item"),
    "structureRef of an escalation": ("<escalation id='y' structureRef='{}'/>", "item"),
    "inMessageRef": (
        "<interface id='i' name='i'><operation id='y' name='o'><inMessageRef>{}</inMessageRef></operation></interface>",
        "msg",
    ),
    "errorRef": (
        "<interface id='i' name='i'><operation id='y' name='o'><inMessageRef>msg</inMessageRef><errorRef>{}</errorRef>"
        "</operation></interface>",
        "err",
    ),
    "type": ("<correlationProperty id='y' type='{}'/>", "item"),
    "messageRef": (
        "<correlationProperty id='z'><correlationPropertyRetrievalExpression id='y' messageRef='{}'/>"
        "</correlationProperty>",
        "msg",
    ),
    "participantRef": ("<partnerRole id='y'><participantRef>{}</participantRef></partnerRole>", "p1"),
    "participantRef of an entity": ("<partnerEntity id='y'><participantRef>{}</participantRef></partnerEntity>", "p1"),
    "processRef": ("<collaboration id='c'><participant id='y' processRef='{}'/></collaboration>", "proc"),
    "interfaceRef": (
        "<collaboration id='c'><participant id='y'><interfaceRef>{}</interfaceRef></participant></collaboration>",
        "int",
    ),
    "endPointRef": (
        "<collaboration id='c'><participant id='y'><endPointRef>{}</endPointRef></participant></collaboration>",
        "end",
    ),
    "calledCollaborationRef": (
        "<collaboration id='c'><callConversation id='y' calledCollaborationRef='{}'/></collaboration>",
        "co",
    ),
    "messageFlowRef": (
        "<collaboration id='c'><conversation id='y'><messageFlowRef>{}</messageFlowRef></conversation></collaboration>",
        "mf",
    ),
    "participantRef of a conversation": (
        "<collaboration id='c'><conversation id='y'><participantRef>{}</participantRef></conversation></collaboration>",
        "p1",
    ),
    "choreographyRef": ("<collaboration id='y'><choreographyRef>{}</choreographyRef></collaboration>", "ch"),
    "innerParticipantRef": (
        "<collaboration id='c'><participantAssociation id='y'><innerParticipantRef>{}</innerParticipantRef>"
        "<outerParticipantRef>p1</outerParticipantRef></participantAssociation></collaboration>",
        "p2",
    ),
    "innerMessageFlowRef": (
        "<collaboration id='c'><messageFlowAssociation id='y' innerMessageFlowRef='{}' outerMessageFlowRef='mf'/>"
        "</collaboration>",
        "mf",
    ),
    "innerConversationNodeRef": (
        "<collaboration id='c'><conversation id='k'/><conversationAssociation id='y' innerConversationNodeRef='{}' "
        "outerConversationNodeRef='k'/></collaboration>",
        "k",
    ),
    "initiatingParticipantRef": (
        "<choreography id='c'><choreographyTask id='y' initiatingParticipantRef='{}'><participantRef>p1"
        "</participantRef><participantRef>p2</participantRef></choreographyTask></choreography>",
        "p1",
    ),
    "calledChoreographyRef": (
        "<choreography id='c'><callChoreography id='y' initiatingParticipantRef='p1' calledChoreographyRef='{}'>"
        "<participantRef>p1</participantRef><participantRef>p2</participantRef></callChoreography></choreography>",
        "ch",
    ),
    "targetRef of a flow in a choreography": (
        "<choreography id='c'><startEvent id='q1'/><endEvent id='q2'/><sequenceFlow id='y' sourceRef='q1' "
        "targetRef='{}'/></choreography>",
        "q2",
    ),
    "resourceRef of a global task": (
        "<globalUserTask id='g'><performer id='y'><resourceRef>{}</resourceRef></performer></globalUserTask>",
        "res",
    ),
    "inputDataRef": (
        "<globalTask id='g'><ioSpecification id='io'><inputSet id='is'/><outputSet id='os'/></ioSpecification>"
        "<ioBinding id='y' operationRef='op' inputDataRef='{}' outputDataRef='os'/></globalTask>",
        "is",
    ),
    "definitionalCollaborationRef": ("<process id='y' definitionalCollaborationRef='{}'/>", "co"),
}
MORE_DECLARED = (
    DECLARED
    + "<error id='err'/><endPoint id='end'/><choreography id='ch'/><collaboration id='cm'><participant id='p3'/>"
    "<participant id='p4'/><messageFlow id='mf' sourceRef='p3' targetRef='p4'/></collaboration>"
)

CASES = (
    *LEFT_OUT,
    *SCHEMA,
    *GATEWAYS,
    *EVENTS,
    *FLOW_ENDS,
    *EXPRESSIONS,
    *PROCESSES,
    *DATA_CASES,
    *EVENT_DATA,
    *PLACES,
)
BESIDES = (*BESIDE_LEFT_OUT, *BESIDE_PROCESSES, *SCHEMA_BESIDE)
RULES_TESTED = {case.rule for case in (*CASES, *BESIDES)}


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


@pytest.mark.parametrize("case", BESIDES, ids=lambda case: case.rule)
def test_a_constraint_on_what_stands_beside_the_processes(case):
    problems = found(case.body, case.rule, case.broken)
    assert [problem.element_id for problem in problems[:1]] == [case.element]
    assert problems[0].severity == RULES[case.rule].severity
    assert found(case.body, case.rule, case.kept) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_kept_constraint_is_not_found(case):
    assert found(case.kept, case.rule, case.outside) == []


def of_references(body: str, outside: str) -> list[tuple[str, str | None]]:
    rules = ("reference-dangling", "reference-type")
    problems = compile_bpmn(bpmn(body, outside), filename="t.bpmn").errors
    return [(p.rule, p.element_id) for p in problems if p.rule in rules]


@pytest.mark.parametrize("name", REFERENCES)
def test_a_reference_of_a_process_names_what_it_may(name):
    model, element, right = REFERENCES[name]
    around = DATA + "<task id='t9'/>"
    assert of_references(model.replace("{}", "nowhere") + around, DECLARED) == [("reference-dangling", element)]
    assert of_references(model.replace("{}", right) + around, DECLARED) == []
    if "of an association" not in name and name != "partitionElementRef":  # these may name anything
        wrong = ("reference-type", element)
        assert wrong in of_references(model.replace("{}", "cat") + around, DECLARED)


@pytest.mark.parametrize("name", REFERENCES_BESIDE)
def test_a_reference_beside_processes_names_what_it_may(name):
    model, right = REFERENCES_BESIDE[name]
    outside = model + MORE_DECLARED
    assert of_references(TASK, outside.replace("{}", "nowhere")) == [("reference-dangling", "y")]
    assert of_references(TASK, outside.replace("{}", right)) == []
    assert of_references(TASK, outside.replace("{}", "cat")) == [("reference-type", "y")]


@pytest.mark.parametrize("name", ["sourceRef", "targetRef"])
@pytest.mark.parametrize("tag", ["sequenceFlow", "association", "messageFlow", "conversationLink"])
def test_both_ends_of_a_connection_are_needed(tag, name):
    ends = {"sourceRef": "p1", "targetRef": "p2"} if tag == "messageFlow" else {"sourceRef": "k", "targetRef": "p1"}
    del ends[name]
    line = f"<{tag} id='y' {' '.join(f'{k}={v!r}' for k, v in ends.items())}/>"
    inside = "" if tag == "sequenceFlow" else line
    outside = pools(inside + "<conversation id='k'/>")
    body = TASK + (line.replace("'k'", "'x'").replace("'p1'", "'x'") if tag == "sequenceFlow" else "")
    assert of_references(body, outside) == [("reference-dangling", "y")]


# Rules about the top level of a process, or whose broken model is sound inside of the transaction around it.
_ONLY_OUTSIDE = {"compensation-start", "process-data", "instantiating-receive", "cancel-end", "event-place"}
AROUND = {
    "a subprocess": "<subProcess id='in1'>{}</subProcess>",
    "nested": "<subProcess id='in1'><transaction id='in2'><subProcess id='in3'>{}</subProcess></transaction>"
    "</subProcess>",
    "an event subprocess": "<subProcess id='in1' triggeredByEvent='true'>{}</subProcess>",
}


@pytest.mark.parametrize("place", AROUND)
@pytest.mark.parametrize("case", [c for c in CASES if c.rule not in _ONLY_OUTSIDE], ids=lambda case: case.rule)
def test_a_constraint_holds_in_every_scope(case, place):
    problems = found(AROUND[place].replace("{}", case.broken), case.rule, case.outside)
    assert case.element in [problem.element_id for problem in problems]


DRAWN = [case for case in CASES if RULES[case.rule].drawn]


@pytest.mark.parametrize("case", DRAWN, ids=lambda case: case.rule)
def test_a_constraint_holds_in_a_process_that_is_only_drawn(case):
    xml = bpmn(case.broken, case.outside)
    drawn = xml.replace(b'isExecutable="true"', b"").replace(b"isExecutable='true'", b"")
    assert drawn != xml
    alone = [p for p in compile_bpmn(drawn, filename="t.bpmn").problems if p.rule == case.rule]
    assert case.element in [problem.element_id for problem in alone]
    assert {problem.severity for problem in alone} == {RULES[case.rule].severity}
    beside = drawn.replace(
        b"</definitions>", b"<process id='run' isExecutable='true'><task id='r'/></process></definitions>"
    )
    found_beside = [p for p in compile_bpmn(beside, filename="t.bpmn").problems if p.rule == case.rule]
    assert case.element in [problem.element_id for problem in found_beside if problem.severity == "warning"]
