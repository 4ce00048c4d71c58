"""Beyond elements and attributes: what only modelers read, where events may stand, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping

from stellwerk.engine.vocabulary.model import EVENT_NODES

# Read by modelers only: listed so that the report does not mention them. They do not change what a diagram does.
SILENT: Mapping[str, tuple[str, ...]] = {
    "*": ("textFormat", "isClosed", "processType", "isUnspecified", "itemSubjectRef", "isCollection", "structureRef"),
    "definitions": ("targetNamespace", "exporter", "exporterVersion", "expressionLanguage", "typeLanguage"),
    "exclusiveGateway": ("gatewayDirection",),
    "inclusiveGateway": ("gatewayDirection",),
    "loopCondition": ("language",),
    "condition": ("language",),
    "parallelGateway": ("gatewayDirection",),
    "complexGateway": ("gatewayDirection",),
    "activationCondition": ("language",),
    "adHocSubProcess": ("triggeredByEvent",),
    "eventBasedGateway": ("gatewayDirection",),
    "serviceTask": ("implementation", "operationRef"),
    "sendTask": ("implementation", "operationRef"),
    "receiveTask": ("implementation", "operationRef"),
    "businessRuleTask": ("implementation",),
    "globalBusinessRuleTask": ("implementation",),
    "userTask": ("implementation",),
    "transaction": ("method",),
    "participant": ("processRef",),
    "messageFlow": ("sourceRef", "targetRef", "messageRef"),
    "correlationProperty": ("type",),
    "messagePath": ("language", "evaluatesToTypeRef"),
    "dataPath": ("language", "evaluatesToTypeRef"),
    "conversationLink": ("sourceRef", "targetRef"),
    "association": ("sourceRef", "targetRef", "associationDirection"),
    "group": ("categoryValueRef",),
    "categoryValue": ("value",),
    "dataStore": ("capacity", "isUnlimited"),
    "itemDefinition": ("itemKind", "import"),
    "transformation": ("language",),
    "from": ("language",),
    "to": ("language",),
    "import": ("importType", "location", "namespace"),
    "extension": ("mustUnderstand", "definition"),
    "interface": ("implementationRef",),
    "operation": ("implementationRef",),
    "participantMultiplicity": ("minimum", "maximum"),
    "timeDate": ("language",),
    "timeDuration": ("language",),
    "timeCycle": ("language",),
    "loopCardinality": ("language",),
    "completionCondition": ("language",),
    "sequenceFlow": ("isImmediate",),
}

# Where each kind of event may stand.
EVENT_PLACES: Mapping[str, tuple[str, ...]] = {
    "none": ("startEvent", "endEvent", "intermediateThrowEvent"),
    "message": EVENT_NODES,
    "signal": EVENT_NODES,
    "timer": ("startEvent", "intermediateCatchEvent", "boundaryEvent"),
    "error": ("endEvent", "boundaryEvent"),
    "escalation": ("endEvent", "intermediateThrowEvent", "boundaryEvent"),
    "conditional": ("intermediateCatchEvent", "boundaryEvent"),
    "link": ("intermediateCatchEvent", "intermediateThrowEvent"),
    "terminate": ("endEvent",),
    "compensate": ("endEvent", "intermediateThrowEvent", "boundaryEvent"),
    "cancel": ("endEvent", "boundaryEvent"),
}

# What BPMN has and this engine refuses, with the way out in words.
REFUSED: Mapping[str, tuple[str, str]] = {
    "callChoreography": ("choreography", "Only processes can be executed."),
    "choreographyTask": ("choreography task", "Only processes can be executed."),
    "subChoreography": ("choreography", "Only processes can be executed."),
    "implicitThrowEvent": ("implicit throw event", "Use an intermediate throw event."),
}
