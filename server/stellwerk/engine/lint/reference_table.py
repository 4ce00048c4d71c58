"""What each reference of BPMN may name: the attribute tables of BPMN 2.0.2, and where a tool must find the element."""

from __future__ import annotations

from collections.abc import Mapping

EVENT_DEFINITIONS = frozenset(
    f"{kind}EventDefinition"
    for kind in (
        "message",
        "timer",
        "error",
        "escalation",
        "signal",
        "conditional",
        "link",
        "compensate",
        "cancel",
        "terminate",
    )
)
TASKS = frozenset(
    ("task", "userTask", "manualTask", "scriptTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask")
)
SUBPROCESSES = frozenset(("subProcess", "transaction", "adHocSubProcess"))
ACTIVITIES = TASKS | SUBPROCESSES | {"callActivity"}
CHOREOGRAPHY_ACTIVITIES = frozenset(("choreographyTask", "callChoreography", "subChoreography"))
GATEWAYS = frozenset(("exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway"))
THROWING = frozenset(("endEvent", "intermediateThrowEvent", "implicitThrowEvent"))
CATCHING = frozenset(("startEvent", "intermediateCatchEvent", "boundaryEvent"))
EVENTS = THROWING | CATCHING | {"event"}
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS | CHOREOGRAPHY_ACTIVITIES
GLOBAL_TASKS = frozenset(
    ("globalTask", "globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask")
)
CONVERSATIONS = frozenset(("conversation", "subConversation", "callConversation"))
COLLABORATIONS = frozenset(("collaboration", "globalConversation", "choreography", "globalChoreographyTask"))
ITEM_AWARE = frozenset(
    (
        "dataObject",
        "dataObjectReference",
        "dataStore",
        "dataStoreReference",
        "dataInput",
        "dataOutput",
        "property",
        "inputDataItem",
        "outputDataItem",
    )
)
EXPRESSIONS = (
    *("activationCondition", "completionCondition", "condition", "conditionExpression", "loopCondition"),
    *("expression", "formalExpression", "from", "to", "transformation", "messagePath", "dataPath", "loopCardinality"),
    *("timeDate", "timeDuration", "timeCycle"),
)
ARTIFACTS = frozenset(("association", "group", "textAnnotation"))
ANYTHING: frozenset[str] = frozenset()

Targets = Mapping[str, frozenset[str]]


def _only(**targets: str) -> dict[str, frozenset[str]]:
    return {name: frozenset((tag,)) for name, tag in targets.items()}


_IO_SETS = {
    **dict.fromkeys(("dataInputRefs", "optionalInputRefs", "whileExecutingInputRefs"), frozenset(("dataInput",))),
    **dict.fromkeys(("dataOutputRefs", "optionalOutputRefs", "whileExecutingOutputRefs"), frozenset(("dataOutput",))),
}
_MESSAGE_ENDS = frozenset(("participant",)) | ACTIVITIES | EVENTS

# element -> attribute -> the kinds of element that it may name; an empty set: any element of BPMN.
ATTRIBUTES: Mapping[str, Targets] = {
    "association": {"sourceRef": ANYTHING, "targetRef": ANYTHING},
    "boundaryEvent": {"attachedToRef": ACTIVITIES},
    "callChoreography": {
        "calledChoreographyRef": frozenset(("choreography", "globalChoreographyTask")),
        "initiatingParticipantRef": frozenset(("participant",)),
    },
    "callConversation": {"calledCollaborationRef": frozenset(("collaboration", "globalConversation"))},
    "choreographyTask": _only(initiatingParticipantRef="participant"),
    "subChoreography": _only(initiatingParticipantRef="participant"),
    "globalChoreographyTask": _only(initiatingParticipantRef="participant"),
    "compensateEventDefinition": {"activityRef": ACTIVITIES},
    "conversationAssociation": {"innerConversationNodeRef": CONVERSATIONS, "outerConversationNodeRef": CONVERSATIONS},
    "conversationLink": dict.fromkeys(("sourceRef", "targetRef"), _MESSAGE_ENDS | CONVERSATIONS),
    "correlationProperty": _only(type="itemDefinition"),
    "correlationPropertyBinding": _only(correlationPropertyRef="correlationProperty"),
    "correlationPropertyRetrievalExpression": _only(messageRef="message"),
    "correlationSubscription": _only(correlationKeyRef="correlationKey"),
    **dict.fromkeys(
        ("dataInput", "dataObject", "dataOutput", "dataStore", "property"),
        _only(itemSubjectRef="itemDefinition"),
    ),
    "dataObjectReference": _only(itemSubjectRef="itemDefinition", dataObjectRef="dataObject"),
    "dataStoreReference": _only(itemSubjectRef="itemDefinition", dataStoreRef="dataStore"),
    "inputDataItem": _only(itemSubjectRef="itemDefinition"),
    "outputDataItem": _only(itemSubjectRef="itemDefinition"),
    "error": _only(structureRef="itemDefinition"),
    "errorEventDefinition": _only(errorRef="error"),
    "escalation": _only(structureRef="itemDefinition"),
    "escalationEventDefinition": _only(escalationRef="escalation"),
    "group": _only(categoryValueRef="categoryValue"),
    **dict.fromkeys(EXPRESSIONS, _only(evaluatesToTypeRef="itemDefinition")),
    "ioBinding": _only(operationRef="operation", inputDataRef="inputSet", outputDataRef="outputSet"),
    "message": _only(itemRef="itemDefinition"),
    "messageEventDefinition": _only(messageRef="message"),
    "messageFlow": {
        "sourceRef": _MESSAGE_ENDS,
        "targetRef": _MESSAGE_ENDS,
        "messageRef": frozenset(("message",)),
    },
    "messageFlowAssociation": _only(innerMessageFlowRef="messageFlow", outerMessageFlowRef="messageFlow"),
    "multiInstanceLoopCharacteristics": dict.fromkeys(
        ("oneBehaviorEventRef", "noneBehaviorEventRef"), EVENT_DEFINITIONS
    ),
    "lane": {"partitionElementRef": ANYTHING},
    "participant": _only(processRef="process"),
    "process": {"definitionalCollaborationRef": COLLABORATIONS},
    "receiveTask": _only(messageRef="message", operationRef="operation"),
    "resourceParameterBinding": _only(parameterRef="resourceParameter"),
    "resourceParameter": _only(type="itemDefinition"),
    "sendTask": _only(messageRef="message", operationRef="operation"),
    "sequenceFlow": {"sourceRef": FLOW_NODES, "targetRef": FLOW_NODES},
    "serviceTask": _only(operationRef="operation"),
    "signal": _only(structureRef="itemDefinition"),
    "signalEventDefinition": _only(signalRef="signal"),
}

# element -> child element whose text is a reference -> the kinds of element that it may name
CHILDREN: Mapping[str, Targets] = {
    **dict.fromkeys(("process", *GLOBAL_TASKS), _only(supportedInterfaceRef="interface", supports="process")),
    **{tag: {"eventDefinitionRef": EVENT_DEFINITIONS} for tag in EVENTS},
    **dict.fromkeys(COLLABORATIONS, _only(choreographyRef="choreography")),
    **dict.fromkeys(CHOREOGRAPHY_ACTIVITIES, _only(participantRef="participant", messageFlowRef="messageFlow")),
    **dict.fromkeys(CONVERSATIONS, _only(participantRef="participant", messageFlowRef="messageFlow")),
    "correlationKey": _only(correlationPropertyRef="correlationProperty"),
    "dataInputAssociation": {"sourceRef": ITEM_AWARE, "targetRef": ITEM_AWARE},
    "dataOutputAssociation": {"sourceRef": ITEM_AWARE, "targetRef": ITEM_AWARE},
    "inputSet": {**_IO_SETS, "outputSetRefs": frozenset(("outputSet",))},
    "outputSet": {**_IO_SETS, "inputSetRefs": frozenset(("inputSet",))},
    "lane": {"flowNodeRef": FLOW_NODES},
    "linkEventDefinition": _only(source="linkEventDefinition", target="linkEventDefinition"),
    "messageEventDefinition": _only(operationRef="operation"),
    "operation": _only(inMessageRef="message", outMessageRef="message", errorRef="error"),
    "participant": _only(interfaceRef="interface", endPointRef="endPoint"),
    "participantAssociation": _only(innerParticipantRef="participant", outerParticipantRef="participant"),
    "partnerEntity": _only(participantRef="participant"),
    "partnerRole": _only(participantRef="participant"),
    **dict.fromkeys(("resourceRole", "performer", "humanPerformer", "potentialOwner"), _only(resourceRef="resource")),
}
# Flow elements of every kind may belong to categories.
CATEGORY = frozenset(("categoryValue",))
# A reference that may not be left out, beside those that other rules speak of.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("sequenceFlow", "messageFlow", "association", "conversationLink"), ("sourceRef", "targetRef")),
    **dict.fromkeys(("callChoreography", "choreographyTask", "subChoreography"), ("initiatingParticipantRef",)),
    "boundaryEvent": ("attachedToRef",),
    "conversationAssociation": ("innerConversationNodeRef", "outerConversationNodeRef"),
    "correlationPropertyBinding": ("correlationPropertyRef",),
    "correlationPropertyRetrievalExpression": ("messageRef",),
    "correlationSubscription": ("correlationKeyRef",),
    "ioBinding": ("operationRef", "inputDataRef", "outputDataRef"),
    "messageFlowAssociation": ("innerMessageFlowRef", "outerMessageFlowRef"),
    "resourceParameterBinding": ("parameterRef",),
}
