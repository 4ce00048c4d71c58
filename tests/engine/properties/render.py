"""A term as BPMN 2.0 XML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from tests.engine.properties import terms as t

CODES = ("E1", "E2", "X1", "N1")
NAMES = ("m1", "m2", "i1", "g1", "g2")
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'id="definitions" targetNamespace="t">'
    + "".join(f'<message id="M{n}" name="{n}"/><signal id="S{n}" name="{n}"/>' for n in NAMES)
    + "".join(f'<error id="R{n}" name="{n}" errorCode="{n}"/>' for n in CODES)
    + "".join(f'<escalation id="C{n}" name="{n}" escalationCode="{n}"/>' for n in CODES)
)
FORMAL = 'xsi:type="tFormalExpression"'


def bpmn(process: t.Scope) -> bytes:
    body = _Writer().scope(process, "process")
    return f'{HEAD}<process id="proc" name="P" isExecutable="true">{body}</process></definitions>'.encode()


@dataclass(frozen=True)
class Piece:
    """XML of a term; a flow into `first` begins it, flows out of `last` (None: it does not go on) leave it."""

    xml: str
    first: str
    last: str | None


class _Writer:
    def __init__(self) -> None:
        self.flows = 0

    def flow(self, source: str, target: str, condition: object = None, id: str = "") -> str:
        self.flows += 1
        test = f"<conditionExpression>{escape(str(condition))}</conditionExpression>" if condition else ""
        name = id or f"f{self.flows}"
        return f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{test}</sequenceFlow>'

    def link(self, piece: Piece, target: str) -> str:
        return self.flow(piece.last, target) if piece.last is not None else ""

    def term(self, term: t.Term) -> Piece:
        return getattr(self, f"_{type(term).__name__.lower()}")(term)

    # -- scopes
    def scope(self, scope: t.Scope, host: str, start: str = "") -> str:
        """A start event with `start` in it, the body, the event subprocesses."""
        body = self.term(scope.body)
        xml = f'<startEvent id="{host}_s">{start}</startEvent>{body.xml}{self.flow(f"{host}_s", body.first)}'
        return xml + "".join(map(self.listener, scope.listeners))

    def listener(self, listener: t.Listener) -> str:
        flag = "true" if listener.interrupting else "false"
        inside = self.scope(listener.scope, listener.id, event(listener.event))
        inside = inside.replace("<startEvent ", f'<startEvent isInterrupting="{flag}" ', 1)
        return f'<subProcess id="{listener.id}" triggeredByEvent="true">{inside}</subProcess>'

    # -- activities
    def _activity(self, term: t.Activity) -> Piece:
        xml = self.activity(term)
        ways = [Piece("", term.id, term.id)]
        if term.then is not None:
            then = self.term(term.then)
            xml += then.xml + self.flow(term.id, then.first)
            ways = [then]
        for boundary in term.boundaries:
            path = self.term(boundary.path)
            xml += self.boundary(boundary, term.id) + path.xml + self.flow(boundary.id, path.first)
            ways.append(path)
        return self.merged(term.id, term.id, xml, ways)

    def merged(self, id: str, first: str, xml: str, ways: Iterable[Piece]) -> Piece:
        """Several ways that go on meet in a gateway."""
        going = [way for way in ways if way.last is not None]
        if len(going) < 2:
            return Piece(xml, first, going[0].last if going else None)
        join = f'<exclusiveGateway id="{id}_j"/>' + "".join(self.link(way, f"{id}_j") for way in going)
        return Piece(xml + join, first, f"{id}_j")

    def boundary(self, boundary: t.Boundary, host: str) -> str:
        flag = "true" if boundary.interrupting else "false"
        return (
            f'<boundaryEvent id="{boundary.id}" attachedToRef="{host}" cancelActivity="{flag}">'
            f"{event(boundary.event)}</boundaryEvent>"
        )

    def activity(self, term: t.Activity, attributes: str = "") -> str:
        tag, more, inside = self.inside(term)
        xml = f'<{tag} id="{term.id}"{more}{attributes}>{mapping(term)}{loop(term.loop)}{inside}</{tag}>'
        if term.undo is None:
            return xml
        handler = self.activity(term.undo, ' isForCompensation="true"')
        return (
            f'{xml}<boundaryEvent id="{term.id}_c" attachedToRef="{term.id}"><compensateEventDefinition/>'
            f"</boundaryEvent>{handler}"
            f'<association id="{term.id}_a" sourceRef="{term.id}_c" targetRef="{term.undo.id}" '
            'associationDirection="One"/>'
        )

    def inside(self, term: t.Activity) -> tuple[str, str, str]:
        """Tag, attributes and content of what the activity does."""
        does = term.does
        if isinstance(does, t.Scope):
            return "transaction" if does.transaction else "subProcess", "", self.scope(does, term.id)
        if isinstance(does, t.AdHoc):
            return "adHocSubProcess", *self.adhoc(does)
        code = "; ".join(f"{name} = {value}" for name, value in does.gives) or "pass"
        return {
            "script": ("scriptTask", "", f"<script>{code}</script>"),
            "user": ("userTask", "", ""),
            "service": ("serviceTask", ' camunda:topic="work"', ""),
            "receive": ("receiveTask", f' messageRef="M{does.message}"', ""),
            "pass": ("task", "", ""),
        }[does.kind]

    def adhoc(self, does: t.AdHoc) -> tuple[str, str]:
        order = "Sequential" if does.sequential else "Parallel"
        flag = "true" if does.withdraws else "false"
        until = f"<completionCondition {FORMAL}>{escape(str(does.until))}</completionCondition>" if does.until else ""
        inside = "".join(self.activity(task) for task in does.tasks)
        return f' ordering="{order}" cancelRemainingInstances="{flag}"', inside + until

    # -- events
    def _throw(self, term: t.Throw) -> Piece:
        inside = event(t.Event(term.kind, term.name), term.waits)
        return Piece(f'<intermediateThrowEvent id="{term.id}">{inside}</intermediateThrowEvent>', term.id, term.id)

    def _end(self, term: t.End) -> Piece:
        inside = "" if term.kind == "none" else event(t.Event(term.kind, term.name))
        return Piece(f'<endEvent id="{term.id}">{inside}</endEvent>', term.id, None)

    def _catch(self, term: t.Catch) -> Piece:
        inside = event(term.event)
        return Piece(f'<intermediateCatchEvent id="{term.id}">{inside}</intermediateCatchEvent>', term.id, term.id)

    # -- blocks
    def _sequence(self, term: t.Sequence) -> Piece:
        pieces = [self.term(part) for part in term.parts]
        xml = "".join(piece.xml for piece in pieces)
        xml += "".join(self.link(a, b.first) for a, b in pairwise(pieces))
        return Piece(xml, pieces[0].first, pieces[-1].last)

    def _branches(self, term: t.Branching, tag: str, tests: Iterable[object]) -> tuple[str, list[Piece]]:
        """A split; the branch after the last test is its default."""
        pieces, tests = [self.term(branch) for branch in term.branches], list(tests)
        default = f' default="{term.id}_d"' if tests and len(tests) < len(pieces) else ""
        xml = f'<{tag} id="{term.id}"{default}/>'
        for number, piece in enumerate(pieces):
            is_default = bool(default) and number == len(tests)
            test = tests[number] if number < len(tests) else None
            xml += piece.xml + self.flow(term.id, piece.first, test, f"{term.id}_d" if is_default else "")
        return xml, pieces

    def _exclusive(self, term: t.Exclusive) -> Piece:
        xml, pieces = self._branches(term, "exclusiveGateway", term.tests)
        return self.merged(term.id, term.id, xml, pieces)

    def _parallel(self, term: t.Parallel) -> Piece:
        return self._joined("parallelGateway", term.id, *self._branches(term, "parallelGateway", ()))

    def _inclusive(self, term: t.Inclusive) -> Piece:
        tests = [None, *term.tests] if term.always else list(term.tests)
        return self._joined("inclusiveGateway", term.id, *self._branches(term, "inclusiveGateway", tests))

    def _joined(self, tag: str, id: str, xml: str, pieces: Iterable[Piece]) -> Piece:
        return Piece(xml + f'<{tag} id="{id}_j"/>' + "".join(self.link(p, f"{id}_j") for p in pieces), id, f"{id}_j")

    def _choice(self, term: t.Choice) -> Piece:
        xml, ways = f'<eventBasedGateway id="{term.id}"/>', []
        for catch, branch in zip(term.events, term.branches, strict=True):
            both = self._sequence(t.Sequence("", (catch, branch)))
            xml += both.xml + self.flow(term.id, both.first)
            ways.append(both)
        return self.merged(term.id, term.id, xml, ways)

    def _repeat(self, term: t.Repeat) -> Piece:
        id, counter, body = term.id, f"n_{term.id}", self.term(term.body)
        xml = (
            f'<scriptTask id="{id}_z"><script>{counter} = 0</script></scriptTask><exclusiveGateway id="{id}_k"/>'
            f'<scriptTask id="{id}_i"><script>{counter} = {counter} + 1</script></scriptTask>{body.xml}'
            f'<exclusiveGateway id="{id}_x" default="{id}_d"/>{self.flow(f"{id}_z", f"{id}_k")}'
            f"{self.flow(f'{id}_k', body.first)}{self.link(body, f'{id}_i')}{self.flow(f'{id}_i', f'{id}_x')}"
            f"{self.flow(f'{id}_x', f'{id}_k', id=f'{id}_d')}"
        )
        xml += f'<task id="{id}_o"/>' + self.flow(f"{id}_x", f"{id}_o", f"{counter} >= {term.times}")
        return Piece(xml, f"{id}_z", f"{id}_o")


def event(what: t.Event, waits: bool = True) -> str:
    """The event definition."""
    flag = "true" if waits else "false"
    time = f"R{what.times}/PT{what.minutes}M" if what.times else f"PT{what.minutes}M"
    tag = "timeCycle" if what.times else "timeDuration"
    undone = f" activityRef={quoteattr(what.name)}" if what.name else ""
    error = f' errorRef="R{what.name}"' if what.name else ""
    escalation = f' escalationRef="C{what.name}"' if what.name else ""
    return {
        "message": f'<messageEventDefinition messageRef="M{what.name}"/>',
        "signal": f'<signalEventDefinition signalRef="S{what.name}"/>',
        "timer": f"<timerEventDefinition><{tag}>{time}</{tag}></timerEventDefinition>",
        "conditional": f"<conditionalEventDefinition><condition {FORMAL}>{escape(str(what.test))}</condition>"
        "</conditionalEventDefinition>",
        "error": f"<errorEventDefinition{error}/>",
        "escalation": f"<escalationEventDefinition{escalation}/>",
        "terminate": "<terminateEventDefinition/>",
        "cancel": "<cancelEventDefinition/>",
        "compensate": f'<compensateEventDefinition waitForCompletion="{flag}"{undone}/>',
    }[what.kind]


def mapping(term: t.Activity) -> str:
    rows = "".join(f'<camunda:inputParameter name="{n}">${{{v}}}</camunda:inputParameter>' for n, v in term.inputs)
    rows += "".join(f'<camunda:outputParameter name="{n}">${{{v}}}</camunda:outputParameter>' for n, v in term.outputs)
    return f"<extensionElements><camunda:inputOutput>{rows}</camunda:inputOutput></extensionElements>" if rows else ""


def loop(marker: t.Multi | t.Rounds | None) -> str:
    if isinstance(marker, t.Rounds):
        most = f' loopMaximum="{marker.most}"' if marker.most is not None else ""
        test = f"<loopCondition {FORMAL}>{escape(str(marker.test))}</loopCondition>" if marker.test else ""
        flag = "true" if marker.before else "false"
        return f'<standardLoopCharacteristics testBefore="{flag}"{most}>{test}</standardLoopCharacteristics>'
    if marker is None:
        return ""
    flag = "true" if marker.sequential else "false"
    given = "" if marker.items is None else f' camunda:collection="{list(marker.items)}" camunda:elementVariable="item"'
    inside = f"<loopCardinality>{marker.count}</loopCardinality>" if marker.items is None else ""
    if marker.collects:
        inside += f"<loopDataOutputRef>{marker.collects}</loopDataOutputRef>"
        inside += '<outputDataItem name="out"/>'
    if marker.until:
        inside += f"<completionCondition>{escape(str(marker.until))}</completionCondition>"
    return f'<multiInstanceLoopCharacteristics isSequential="{flag}"{given}>{inside}</multiInstanceLoopCharacteristics>'
