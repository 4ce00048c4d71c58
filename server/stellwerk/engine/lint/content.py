"""What may stand inside of what, and in which order: the content of each element of BPMN 2.0.2 (chapters 8 to 11)."""

from __future__ import annotations

from collections.abc import Mapping

from stellwerk.engine.lint.reference_table import EVENT_DEFINITIONS, FLOW_NODES, GLOBAL_TASKS

# Names that stand for each of several elements.
GROUPS: Mapping[str, frozenset[str]] = {
    "$artifact": frozenset(("association", "group", "textAnnotation")),
    "$conversation": frozenset(("conversation", "subConversation", "callConversation")),
    "$definition": EVENT_DEFINITIONS,
    "$flow": FLOW_NODES - {"event"} | {"sequenceFlow", "dataObject", "dataObjectReference", "dataStoreReference"},
    "$expression": frozenset(("expression", "formalExpression")),
    "$loop": frozenset(("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")),
    "$role": frozenset(("resourceRole", "performer", "humanPerformer", "potentialOwner")),
    "$root": EVENT_DEFINITIONS
    | GLOBAL_TASKS
    | {
        "category",
        "choreography",
        "collaboration",
        "correlationProperty",
        "dataStore",
        "endPoint",
        "error",
        "escalation",
        "globalChoreographyTask",
        "globalConversation",
        "interface",
        "itemDefinition",
        "message",
        "partnerEntity",
        "partnerRole",
        "process",
        "relationship",
        "resource",
        "signal",
    },
}

_BASE = "documentation* extensionElements"
_FLOW_ELEMENT = f"{_BASE} auditing monitoring categoryValueRef*"
_NODE = f"{_FLOW_ELEMENT} incoming* outgoing*"
_ACTIVITY = f"{_NODE} ioSpecification property* dataInputAssociation* dataOutputAssociation* $role* $loop"
_CATCH = f"{_NODE} property* dataOutput* dataOutputAssociation* outputSet $definition* eventDefinitionRef*"
_THROW = f"{_NODE} property* dataInput* dataInputAssociation* inputSet $definition* eventDefinitionRef*"
_SUBPROCESS = f"{_ACTIVITY} laneSet* $flow* $artifact*"
_CALLABLE = f"{_BASE} supportedInterfaceRef* ioSpecification ioBinding*"
_GLOBAL_TASK = f"{_CALLABLE} $role*"
_CHOREOGRAPHY = f"{_NODE} participantRef* correlationKey*"
_COLLABORATION = (
    f"{_BASE} participant* messageFlow* $artifact* $conversation* conversationAssociation* participantAssociation* "
    "messageFlowAssociation* correlationKey* choreographyRef* conversationLink*"
)
_CONVERSATION = f"{_BASE} participantRef* messageFlowRef* correlationKey*"
_DATA = f"{_BASE} dataState"
_ASSOCIATION = f"{_BASE} sourceRef* targetRef transformation assignment*"
_ROLE = f"{_BASE} resourceRef resourceParameterBinding* resourceAssignmentExpression"

# element -> its children in their order; * after a name: any number of them, else one at most
CONTENT: Mapping[str, str] = {
    "definitions": "import* extension* $root*",
    "adHocSubProcess": f"{_SUBPROCESS} completionCondition",
    "assignment": f"{_BASE} from to",
    "boundaryEvent": _CATCH,
    "businessRuleTask": _ACTIVITY,
    "callActivity": _ACTIVITY,
    "callChoreography": f"{_CHOREOGRAPHY} participantAssociation*",
    "callConversation": f"{_CONVERSATION} participantAssociation*",
    "category": f"{_BASE} categoryValue*",
    "choreography": f"{_COLLABORATION} $flow*",
    "choreographyTask": f"{_CHOREOGRAPHY} messageFlowRef*",
    "collaboration": _COLLABORATION,
    "complexBehaviorDefinition": f"{_BASE} condition event",
    "complexGateway": f"{_NODE} activationCondition",
    "conditionalEventDefinition": f"{_BASE} condition",
    "conversation": _CONVERSATION,
    "correlationKey": f"{_BASE} correlationPropertyRef*",
    "correlationProperty": f"{_BASE} correlationPropertyRetrievalExpression*",
    "correlationPropertyBinding": f"{_BASE} dataPath",
    "correlationPropertyRetrievalExpression": f"{_BASE} messagePath",
    "correlationSubscription": f"{_BASE} correlationPropertyBinding*",
    **dict.fromkeys(("dataInput", "dataOutput", "dataStore", "property", "inputDataItem", "outputDataItem"), _DATA),
    **dict.fromkeys(("dataInputAssociation", "dataOutputAssociation"), _ASSOCIATION),
    **dict.fromkeys(("dataObject", "dataObjectReference", "dataStoreReference"), f"{_FLOW_ELEMENT} dataState"),
    "endEvent": _THROW,
    **dict.fromkeys(("exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"), _NODE),
    **dict.fromkeys(("globalTask", "globalManualTask", "globalBusinessRuleTask"), _GLOBAL_TASK),
    "globalScriptTask": f"{_GLOBAL_TASK} script",
    "globalUserTask": f"{_GLOBAL_TASK} rendering*",
    "globalChoreographyTask": f"{_COLLABORATION} $flow*",
    "globalConversation": _COLLABORATION,
    "implicitThrowEvent": _THROW,
    "inputSet": f"{_BASE} dataInputRefs* optionalInputRefs* whileExecutingInputRefs* outputSetRefs*",
    "intermediateCatchEvent": _CATCH,
    "intermediateThrowEvent": _THROW,
    "interface": f"{_BASE} operation*",
    "ioSpecification": f"{_BASE} dataInput* dataOutput* inputSet* outputSet*",
    "lane": f"{_BASE} partitionElement flowNodeRef* childLaneSet",
    "laneSet": f"{_BASE} lane*",
    "childLaneSet": f"{_BASE} lane*",
    "linkEventDefinition": f"{_BASE} source* target",
    "manualTask": _ACTIVITY,
    "messageEventDefinition": f"{_BASE} operationRef",
    "multiInstanceLoopCharacteristics": (
        f"{_BASE} loopCardinality loopDataInputRef loopDataOutputRef inputDataItem outputDataItem "
        "complexBehaviorDefinition* completionCondition"
    ),
    "operation": f"{_BASE} inMessageRef outMessageRef errorRef*",
    "outputSet": f"{_BASE} dataOutputRefs* optionalOutputRefs* whileExecutingOutputRefs* inputSetRefs*",
    "participant": f"{_BASE} interfaceRef* endPointRef* participantMultiplicity",
    "participantAssociation": f"{_BASE} innerParticipantRef outerParticipantRef",
    **dict.fromkeys(("partnerEntity", "partnerRole"), f"{_BASE} participantRef*"),
    "process": (
        f"{_CALLABLE} auditing monitoring property* laneSet* $flow* $artifact* $role* correlationSubscription* "
        "supports*"
    ),
    "receiveTask": _ACTIVITY,
    "relationship": f"{_BASE} source* target*",
    "resource": f"{_BASE} resourceParameter*",
    "resourceAssignmentExpression": f"{_BASE} $expression",
    "resourceParameterBinding": f"{_BASE} $expression",
    **dict.fromkeys(("resourceRole", "performer", "humanPerformer", "potentialOwner"), _ROLE),
    "scriptTask": f"{_ACTIVITY} script",
    "sendTask": _ACTIVITY,
    "sequenceFlow": f"{_FLOW_ELEMENT} conditionExpression",
    "serviceTask": _ACTIVITY,
    "standardLoopCharacteristics": f"{_BASE} loopCondition",
    "startEvent": _CATCH,
    "subChoreography": f"{_CHOREOGRAPHY} $flow* $artifact*",
    "subConversation": f"{_CONVERSATION} $conversation*",
    **dict.fromkeys(("subProcess", "transaction"), _SUBPROCESS),
    "task": _ACTIVITY,
    "textAnnotation": f"{_BASE} text",
    "timerEventDefinition": f"{_BASE} timeDate timeDuration timeCycle",
    "userTask": f"{_ACTIVITY} rendering*",
    **dict.fromkeys(
        (
            *("association", "auditing", "cancelEventDefinition", "categoryValue", "compensateEventDefinition"),
            *("conversationAssociation", "conversationLink", "dataState", "endPoint", "error"),
            *("errorEventDefinition", "escalation", "escalationEventDefinition", "group", "ioBinding"),
            *("itemDefinition", "message", "messageFlow", "messageFlowAssociation", "monitoring"),
            *("participantMultiplicity", "rendering", "resourceParameter", "signal", "signalEventDefinition"),
            "terminateEventDefinition",
        ),
        _BASE,
    ),
}

# An attribute, beside references, that an element must have.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "import": ("namespace", "location", "importType"),
    "interface": ("name",),
    "operation": ("name",),
    "relationship": ("type",),
    "resource": ("name",),
}


def _places(content: str) -> dict[str, tuple[int, bool]]:
    """Child -> (its place in the order, whether there may be several)."""
    places: dict[str, tuple[int, bool]] = {}
    for place, word in enumerate(content.split()):
        name = word.removesuffix("*")
        for child in GROUPS.get(name, (name,)):
            places[child] = (place, word != name)
    return places


PLACES: Mapping[str, Mapping[str, tuple[int, bool]]] = {tag: _places(content) for tag, content in CONTENT.items()}
KNOWN = frozenset(CONTENT) | {child for places in PLACES.values() for child in places} | {"definitions"}
