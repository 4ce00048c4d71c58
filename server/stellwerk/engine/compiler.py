"""A BPMN file becomes definitions and problems. Nothing in a file makes this raise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from stellwerk.engine import lint
from stellwerk.engine.correlation import Correlation
from stellwerk.engine.definition import Compilation, Definition, Element, Named, StartEvent, StartKind
from stellwerk.engine.diagram import XML, Diagram, ScopeElement, text_of
from stellwerk.engine.diagram.fields import form_schema
from stellwerk.engine.diagram.global_tasks import put_in_place
from stellwerk.engine.diagram.normalise import normalise
from stellwerk.engine.diagram.reader import Reader
from stellwerk.engine.diagram.report import report
from stellwerk.engine.diagram.xmlfile import read_xml
from stellwerk.engine.elements.base import Node
from stellwerk.engine.elements.business_rule import BusinessRuleTask
from stellwerk.engine.elements.call_activity import CallActivity
from stellwerk.engine.elements.catching import Catching
from stellwerk.engine.elements.catching import StartEvent as StartNode
from stellwerk.engine.elements.event_gateway import EventBasedGateway
from stellwerk.engine.elements.jobs import JobTask
from stellwerk.engine.elements.multi_instance import MultiInstance
from stellwerk.engine.elements.standard_loop import StandardLoop
from stellwerk.engine.elements.tasks import UserTask
from stellwerk.engine.event_definitions import TimerDefinition, kind_of
from stellwerk.engine.expressions import Expression
from stellwerk.engine.lint.variables import known_names
from stellwerk.engine.parser import Parser
from stellwerk.engine.parser.activities import FORM_DATA_PREFIX, form_key
from stellwerk.engine.parser.correlation import CorrelationParser
from stellwerk.engine.scope_spec import ScopeSpec
from stellwerk.engine.times.timers import TimerKind
from stellwerk.errors import Problem
from stellwerk.xmlsafe import line_of


def compile_bpmn(xml: bytes, *, filename: str) -> Compilation:
    """Every executable process of the file; no definition at all if there is an error among the problems."""
    root, problems = read_xml(xml, filename)
    if root is None:
        return Compilation((), tuple(problems))
    drawings = normalise(root)
    diagram = Diagram(root, filename, drawings)
    problems += lint.check(diagram)
    if not _has_error(problems) and put_in_place(diagram):
        diagram = Diagram(root, filename, drawings)
        problems += [problem for problem in lint.check(diagram) if problem not in problems]
    definitions: tuple[Definition, ...] = ()
    if not _has_error(problems):
        definitions = _parse(diagram, problems)
    problems += report(diagram)
    return Compilation(() if _has_error(problems) else definitions, tuple(problems))


def _has_error(problems: list[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _parse(diagram: Diagram, problems: list[Problem]) -> tuple[Definition, ...]:
    reader = Reader(diagram, problems, known_names(diagram))
    try:
        processes = Parser(reader).parse()
    except ValidationException as error:
        problems.append(Problem(diagram.file, error.line_number, error.id, error.name, "parser", str(error)))
        return ()
    if _has_error(problems):
        return ()
    correlations = CorrelationParser(reader)
    inside: dict[str, list[ScopeElement]] = {}
    for scope in diagram.scopes:
        inside.setdefault(scope.process.get("id") or "", []).append(scope)
    return tuple(
        _definition(reader, process, processes[key], inside[key], correlations.correlation(process))
        for process in diagram.processes
        for key in [process.get("id") or ""]
    )


def _definition(
    reader: Reader, process: XML, scopes: dict[str, ScopeSpec], inside: list[ScopeElement], correlation: Correlation
) -> Definition:
    key = process.get("id") or ""
    specs = [spec for scope in scopes.values() for spec in scope.nodes]
    forms = _forms(reader, inside)
    topics = [spec.topic for spec in specs if isinstance(spec, JobTask)]
    keys = [spec.form_key for spec in specs if isinstance(spec, UserTask) and spec.form_key is not None]
    starts = _starts(reader, scopes[key])
    start_keys = {start.form_key for start in starts if start.form_key}
    calls = {spec.bpmn_id: spec.called for spec in specs if isinstance(spec, CallActivity)}
    return Definition(
        key=key,
        name=process.get("name") or None,
        version_tag=reader.text(process, "camunda:versionTag") or None,
        starts=starts,
        elements=_elements(inside),
        topics=frozenset(topic.text for topic in topics if topic.is_literal),
        form_keys=(frozenset(key.text for key in keys if key.is_literal) | start_keys) - forms.keys(),
        forms=forms,
        scopes=scopes,
        named_at=_named_at(specs, starts),
        start_timers=_start_timers(scopes[key]),
        documentation=text_of(process, "documentation"),
        correlation=correlation,
        called={id: called.text for id, called in calls.items() if called.is_literal},
        decisions_called={
            spec.bpmn_id: spec.called.text
            for spec in specs
            if isinstance(spec, BusinessRuleTask) and spec.called.is_literal
        },
    )


def _named_at(specs: Iterable[Node], starts: Iterable[StartEvent]) -> dict[tuple[Named, str], str]:
    found: dict[tuple[Named, str], str] = {}
    for spec in specs:
        for what, expression in _names(spec):
            if expression is not None and expression.is_literal:
                found.setdefault((what, expression.text.strip()), spec.bpmn_id)
    for start in starts:
        if start.form_key:
            found.setdefault(("form", start.form_key), start.element_id)
    return found


def _names(spec: Node) -> Iterator[tuple[Named, Expression | None]]:
    if isinstance(spec, JobTask):
        yield "topic", spec.topic
    if isinstance(spec, UserTask):
        yield "form", spec.form_key
    for definition in spec.definitions if isinstance(spec, Catching) else ():
        if isinstance(definition, TimerDefinition) and definition.kind == "timeDate":
            yield "date", definition.expression


def _elements(scopes: list[ScopeElement]) -> Mapping[str, Element]:
    return {
        node.id: Element(node.id, node.element.get("name") or None, node.tag, line_of(node.element))
        for scope in scopes
        for node in scope.nodes
    }


def _forms(reader: Reader, scopes: list[ScopeElement]) -> dict[str, dict[str, object]]:
    forms = {}
    for scope in scopes:
        for node in scope.nodes:
            if node.tag in ("userTask", "startEvent"):
                fields = reader.extension(node.element, "camunda:formData")
                if fields is not None:
                    key = FORM_DATA_PREFIX + node.id
                    forms[key] = form_schema(key, fields)
    return forms


def _starts(reader: Reader, process: ScopeSpec) -> tuple[StartEvent, ...]:
    found = []
    for entry, catcher in _instantiating(process):
        node = reader.diagram.nodes[catcher.bpmn_id].element
        form = (form_key(reader, node) or None) if isinstance(catcher, StartNode) else None
        for trigger, definition in catcher.triggers:
            kind: StartKind = kind_of(definition)  # type: ignore[assignment]
            found.append(
                StartEvent(
                    element_id=catcher.bpmn_id,
                    kind=kind,
                    name=definition.name if kind in ("message", "signal") else None,
                    expression=definition.expression.text if isinstance(definition, TimerDefinition) else None,
                    form_key=form,
                    trigger=trigger,
                    entry=entry.name,
                )
            )
    return tuple(found)


def _start_timers(process: ScopeSpec) -> dict[str, tuple[TimerKind, Expression]]:
    triggers = [pair for _, catcher in _instantiating(process) for pair in catcher.triggers]
    return {trigger: (d.kind, d.expression) for trigger, d in triggers if isinstance(d, TimerDefinition)}


def _instantiating(process: ScopeSpec) -> Iterator[tuple[Node, Catching]]:
    """Where a token begins, and what waits there for the event that starts the process (13.2)."""
    for spec in process.nodes:
        if isinstance(spec, EventBasedGateway) and spec.instantiate:
            for flow in spec.flows:
                yield spec, _catcher(process, process.task_specs[flow.target])
        elif isinstance(spec, StartNode) or spec.instantiate:
            yield spec, _catcher(process, spec)


def _catcher(process: ScopeSpec, spec: Node) -> Catching:
    """A receive task itself, where it is repeated by a loop."""
    inner = process.task_specs[spec.inner] if isinstance(spec, MultiInstance | StandardLoop) else spec
    assert isinstance(inner, Catching)
    return inner
