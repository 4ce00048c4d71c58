"""A BPMN file becomes definitions and problems. Nothing in a file makes this raise."""

from __future__ import annotations

from collections.abc import Mapping

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from stellwerk.engine import lint
from stellwerk.engine.definition import Compilation, Definition, Element, StartEvent, StartKind
from stellwerk.engine.diagram import XML, Diagram, ScopeElement, text_of
from stellwerk.engine.elements.catching import StartEvent as StartNode
from stellwerk.engine.elements.jobs import JobTask
from stellwerk.engine.elements.tasks import UserTask
from stellwerk.engine.fields import form_schema
from stellwerk.engine.normalise import normalise
from stellwerk.engine.parser import Parser
from stellwerk.engine.parser.activities import FORM_DATA_PREFIX, form_key
from stellwerk.engine.reader import Reader
from stellwerk.engine.report import report
from stellwerk.engine.scope_spec import ScopeSpec
from stellwerk.engine.xmlfile import line_of, read_xml
from stellwerk.errors import Problem


def compile_bpmn(xml: bytes, *, filename: str) -> Compilation:
    """Every executable process of the file; no definition at all if there is an error among the problems."""
    root, problems = read_xml(xml, filename)
    if root is None:
        return Compilation((), tuple(problems))
    normalise(root)
    diagram = Diagram(root, filename)
    problems += lint.check(diagram)
    definitions: tuple[Definition, ...] = ()
    if not _has_error(problems):
        definitions = _parse(diagram, problems)
    problems += report(diagram)
    return Compilation(() if _has_error(problems) else definitions, tuple(problems))


def _has_error(problems: list[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _parse(diagram: Diagram, problems: list[Problem]) -> tuple[Definition, ...]:
    reader = Reader(diagram, problems)
    try:
        processes = Parser(reader).parse()
    except ValidationException as error:
        problems.append(Problem(diagram.file, error.line_number, error.id, error.name, "parser", str(error)))
        return ()
    if _has_error(problems):
        return ()
    inside: dict[str, list[ScopeElement]] = {}
    for scope in diagram.scopes:
        inside.setdefault(scope.process.get("id") or "", []).append(scope)
    return tuple(
        _definition(reader, process, processes[key], inside[key])
        for process in diagram.processes
        for key in [process.get("id") or ""]
    )


def _definition(reader: Reader, process: XML, scopes: dict[str, ScopeSpec], inside: list[ScopeElement]) -> Definition:
    key = process.get("id") or ""
    specs = [spec for scope in scopes.values() for spec in scope.nodes]
    forms = _forms(reader, inside)
    topics = [spec.topic for spec in specs if isinstance(spec, JobTask)]
    keys = [spec.form_key for spec in specs if isinstance(spec, UserTask) and spec.form_key is not None]
    starts = _starts(reader, scopes[key])
    start_keys = {start.form_key for start in starts if start.form_key}
    timers = [spec for spec in scopes[key].nodes if isinstance(spec, StartNode) and spec.kind == "timer"]
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
        start_timers={spec.bpmn_id: (spec.event_definition.kind, spec.event_definition.expression) for spec in timers},
        documentation=text_of(process, "documentation"),
    )


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
    for spec in process.nodes:
        if isinstance(spec, StartNode):
            definition = spec.event_definition
            kind: StartKind = spec.kind  # type: ignore[assignment]
            found.append(
                StartEvent(
                    element_id=spec.bpmn_id,
                    kind=kind,
                    name=definition.name if kind in ("message", "signal") else None,
                    expression=definition.expression.text if kind == "timer" else None,
                    form_key=form_key(reader, reader.diagram.nodes[spec.bpmn_id].element) or None,
                )
            )
    return tuple(found)
