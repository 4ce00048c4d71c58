"""What stands where in a file, which values attributes take, and what a reference can see (8.2, 10.4, 10.7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stellwerk.engine.diagram import XML, Diagram, FlowNode, children, label, texts
from stellwerk.engine.diagram.normalise import is_true, local_name
from stellwerk.engine.lint.calls import called
from stellwerk.engine.lint.reference_table import ACTIVITIES, GLOBAL_TASKS, SUBPROCESSES
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.lint.words import said, the
from stellwerk.engine.vocabulary import BPMN

_ROOT_ELEMENTS = (
    "process",
    "message",
    "error",
    "escalation",
    "signal",
    "itemDefinition",
    "interface",
    "collaboration",
    "choreography",
    "globalConversation",
    "correlationProperty",
    "dataStore",
    "resource",
    "category",
    "partnerEntity",
    "partnerRole",
    "endPoint",
    *GLOBAL_TASKS,
    "globalChoreographyTask",
)


@rule(
    "root-element",
    "What is declared for the whole file stands directly in definitions.",
    clause="8.2.1",
    remedy="Move the element out, directly into definitions.",
)
def root_element(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.anywhere(*_ROOT_ELEMENTS):
        parent = element.getparent()
        if parent is not None and parent.tag.startswith(f"{{{BPMN}}}") and parent is not diagram.root:
            yield (
                element,
                f"{said(element)} stands inside of {the(parent)}, but it must stand directly in definitions. Move it.",
            )


# (element, attribute) -> the values of the schema
_VALUES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("process", "processType"): ("None", "Public", "Private"),
    **{
        (f"{kind}Gateway", "gatewayDirection"): ("Unspecified", "Converging", "Diverging", "Mixed")
        for kind in ("exclusive", "inclusive", "parallel", "eventBased", "complex")
    },
    ("eventBasedGateway", "eventGatewayType"): ("Exclusive", "Parallel"),
    ("multiInstanceLoopCharacteristics", "behavior"): ("None", "One", "All", "Complex"),
    ("association", "associationDirection"): ("None", "One", "Both"),
    ("adHocSubProcess", "ordering"): ("Parallel", "Sequential"),
    ("itemDefinition", "itemKind"): ("Information", "Physical"),
    **{
        (tag, "loopType"): ("None", "Standard", "MultiInstanceSequential", "MultiInstanceParallel")
        for tag in ("choreographyTask", "callChoreography", "subChoreography")
    },
    ("relationship", "direction"): ("None", "Forward", "Backward", "Both"),
}
_BOOLEANS = {
    **dict.fromkeys(("collaboration", "choreography", "globalConversation", "globalChoreographyTask"), ("isClosed",)),
    **dict.fromkeys(ACTIVITIES - SUBPROCESSES - {"receiveTask"}, ("isForCompensation",)),
    "process": ("isExecutable", "isClosed"),
    "subProcess": ("triggeredByEvent", "isForCompensation"),
    "transaction": ("isForCompensation",),
    "boundaryEvent": ("cancelActivity", "parallelMultiple"),
    "startEvent": ("isInterrupting", "parallelMultiple"),
    "intermediateCatchEvent": ("parallelMultiple",),
    "receiveTask": ("instantiate", "isForCompensation"),
    "eventBasedGateway": ("instantiate",),
    "multiInstanceLoopCharacteristics": ("isSequential",),
    "standardLoopCharacteristics": ("testBefore",),
    "adHocSubProcess": ("cancelRemainingInstances", "triggeredByEvent", "isForCompensation"),
    "compensateEventDefinition": ("waitForCompletion",),
    "sequenceFlow": ("isImmediate",),
    "itemDefinition": ("isCollection",),
    "dataStore": ("isUnlimited",),
    "resourceParameter": ("isRequired",),
    "dataObject": ("isCollection",),
    "dataInput": ("isCollection",),
    "dataOutput": ("isCollection",),
}
_TRUTHS = ("true", "false", "1", "0")


@rule(
    "attribute-value",
    "An attribute has one of the values that BPMN knows.",
    clause="15.3",
    remedy="Write one of the values that the message names.",
)
def attribute_value(diagram: Diagram) -> Iterator[Finding]:
    allowed = {
        **_VALUES,
        **{(tag, name): _TRUTHS for tag, names in _BOOLEANS.items() for name in names},
    }
    for (tag, name), values in allowed.items():
        for element in diagram.anywhere(tag):
            value = element.get(name)
            if value is not None and value.strip() not in values:
                yield (
                    element,
                    f"{name} of {the(element)} is '{value[:40]}', which BPMN does not know. Write one of: "
                    f"{', '.join(values)}.",
                )


@rule(
    "data-visible",
    "A data object reference names a data object that can be seen from there.",
    clause="10.4.1",
    remedy="Move the data object outwards.",
    drawn=True,
)
def data_visible(diagram: Diagram) -> Iterator[Finding]:
    for reference in diagram.anywhere("dataObjectReference"):
        data = diagram.by_id.get(reference.get("dataObjectRef", ""))
        if data is None or local_name(data) != "dataObject" or reference not in diagram.executable:
            continue
        if data.getparent() not in list(reference.iterancestors()):
            yield (
                reference,
                f"{said(reference)} names {the(data)}, which is in another process or inside of a subprocess and "
                "cannot be seen from there. Move the data object outwards.",
            )


@rule(
    "compensation-visible",
    "A compensation names an activity that it can see.",
    clause="10.7.2",
    remedy="Name an activity beside the event, or beside the subprocess around it.",
    drawn=True,
)
def compensation_visible(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("endEvent", "intermediateThrowEvent"):
        for definition in node.definitions:
            target = diagram.nodes.get(definition.get("activityRef", ""))
            compensates = local_name(definition) == "compensateEventDefinition"
            if compensates and target is not None and not _sees(node, target):
                yield (
                    definition,
                    f"The compensation event '{label(node.element)}' names the activity '{label(target.element)}' "
                    "(activityRef), which is inside of another subprocess or process and is not visible from there. "
                    "Name an activity beside the event.",
                )


def _sees(node: FlowNode, target: FlowNode) -> bool:
    """The activities beside the event and beside the subprocesses around it."""
    return target.scope.element in node.element.iterancestors()


@rule(
    "compensation-nothing",
    "A compensation that names an activity finds a handler there.",
    "warning",
    clause="10.7.1",
    remedy="Attach a compensation boundary event with a handler to the activity.",
)
def compensation_nothing(diagram: Diagram) -> Iterator[Finding]:
    handled = _handled(diagram)
    for node in diagram.of("endEvent", "intermediateThrowEvent"):
        for definition in node.definitions:
            ref = definition.get("activityRef")
            target = diagram.nodes.get(ref or "")
            if target is not None and target.id not in handled and target.tag not in (*SUBPROCESSES, "callActivity"):
                yield (
                    definition,
                    f"The activity '{label(target.element)}' that '{label(node.element)}' compensates has no "
                    "compensation handler, so nothing happens. Attach a compensation boundary event to it.",
                )


def _handled(diagram: Diagram) -> set[str | None]:
    return {node.element.get("attachedToRef") for node in diagram.of("boundaryEvent") if node.kind == "compensate"}


@rule(
    "correlation-binding",
    "A subscription binds the properties of its key.",
    clause="8.4.2",
    remedy="Bind a property of the key.",
)
def correlation_binding(diagram: Diagram) -> Iterator[Finding]:
    keys = {k.get("id"): frozenset(texts(k, "correlationPropertyRef")) for k in diagram.anywhere("correlationKey")}
    for subscription in diagram.anywhere("correlationSubscription"):
        key = diagram.by_id.get(subscription.get("correlationKeyRef", ""))
        if key is None or local_name(key) != "correlationKey":
            continue
        properties = keys[key.get("id")]
        for binding in children(subscription, "correlationPropertyBinding"):
            named = binding.get("correlationPropertyRef")
            if named not in properties:
                yield (
                    binding,
                    f"A correlation property binding of {the(subscription)} names '{named}', which is no "
                    f"property of {the(key)}. Bind a property of the key.",
                )


@rule(
    "resource-role",
    "A role names a resource or computes who it is, not both.",
    clause="10.3.1",
    remedy="Keep the resource or the expression.",
)
def resource_role(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.anywhere("resourceRole", "performer", "humanPerformer", "potentialOwner"):
        computed = children(element, "resourceAssignmentExpression")
        if computed and (texts(element, "resourceRef") or children(element, "resourceParameterBinding")):
            yield (
                element,
                f"{said(element)} names a resource and computes it by an expression. Keep one of them.",
            )


@rule(
    "lane-twice",
    "A node is in one lane of a lane set.",
    "warning",
    clause="10.8",
    remedy="Keep the node in one of the lanes.",
    drawn=True,
)
def lane_twice(diagram: Diagram) -> Iterator[Finding]:
    seen: dict[tuple[XML | None, str], XML] = {}
    for lane in diagram.anywhere("lane"):
        for ref in texts(lane, "flowNodeRef"):
            other = seen.setdefault((lane.getparent(), ref), lane)
            if other is not lane and lane in diagram.executable:
                yield lane, f"'{ref}' is in {the(lane)} and in {the(other)} of one lane set. Keep it in one of them."


@rule(
    "call-data",
    "A call activity has the inputs and outputs of what it calls.",
    clause="10.3.6",
    remedy="Give the call activity as many inputs and outputs as what it calls.",
)
def call_data(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("callActivity"):
        target = called(diagram, node)
        own, other = _data_counts(node.element), None if target is None else _data_counts(target)
        if target is not None and own is not None and other is not None and own != other:
            yield (
                node.element,
                f"The call activity '{label(node.element)}' has {own[0]} data inputs and {own[1]} data outputs, but "
                f"'{label(target)}' that it calls has {other[0]} and {other[1]}. They must match. Change one of them.",
            )


def _data_counts(element: XML) -> tuple[int, int] | None:
    """How many data inputs and outputs an element specifies; None if it specifies nothing."""
    for spec in children(element, "ioSpecification"):
        return len(children(spec, "dataInput")), len(children(spec, "dataOutput"))
    return None


@rule(
    "instantiating-receive",
    "A receive task that starts a process stands where the process begins.",
    clause="10.3.3",
    remedy="Move it to the top level of the process.",
    drawn=True,
)
def instantiating_receive(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("receiveTask", "eventBasedGateway"):
        if is_true(node.element, "instantiate") and node.scope.node is not None:
            yield (
                node.element,
                f"{said(node.element)} instantiates a process, but it stands in a subprocess. Move it to the top level "
                "of the process, or set instantiate to false.",
            )
