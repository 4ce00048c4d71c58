"""BPMN errors and escalations on their way out, from where they are thrown to the nearest event that catches them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from stellwerk.engine.event_definitions import kind_of
from stellwerk.engine.faults import Fault
from stellwerk.engine.scope import CalledProcess, Scope
from stellwerk.engine.token import Token

if TYPE_CHECKING:
    from stellwerk.engine.elements.catching import Catching


def throw_error(task: Token, code: str, message: str, variables: Mapping[str, Any]) -> None:
    """BPMN 10.5.1, 13.5.3: the innermost matching event catches; what is around the thrower up to there is withdrawn.

    Raises Fault when nothing catches.
    """
    found = _catcher(task, "error", code)
    if found is None:
        raise Fault(
            "unhandled-error",
            f"The BPMN error '{code}' is not caught: {message} "
            "Add an error boundary event with this code, or correct the cause and retry.",
        )
    catcher, place = found
    leave_processes(task, place, code)
    definition: Any = catcher.definition_of("error", code)
    catcher.catch_thrown(place, {**variables, **definition.values(code, message)})


def leave_processes(task: Token, place: Any, code: str) -> None:
    """The error is about to leave every called process on its way out to the activity or scope `place`."""
    process, last = task.workflow.process, place.process if isinstance(place, Scope) else place.workflow.process
    while process is not last and isinstance(process, CalledProcess):
        process.left_by = code
        process = process.parent_task.workflow.process


def is_caught(task: Token, code: str) -> bool:
    return _catcher(task, "error", code) is not None


def throw_escalation(task: Token, code: str, variables: Mapping[str, Any]) -> bool:
    """BPMN 10.5.1: like an error, but the catcher need not interrupt, and nothing happens when nothing catches."""
    found = _catcher(task, "escalation", code)
    if found is not None:
        catcher, place = found
        definition: Any = catcher.definition_of("escalation", code)
        catcher.catch_thrown(place, {**variables, **definition.values(code, "")})
    return found is not None


@dataclass(frozen=True)
class Catchable:
    """An event around a token that catches an error or escalation. `code` None: every one. Innermost first."""

    kind: Literal["error", "escalation"]
    code: str | None
    element_id: str
    name: str
    interrupting: bool


def catchable(task: Token) -> tuple[Catchable, ...]:
    """What can be thrown at the token; of several events with one code the one that would catch it."""
    found: dict[tuple[str, str | None], Catchable] = {}
    for names, _, scope in _levels(task):
        specs: list[Catching] = [scope.spec.task_specs[name] for name in names]
        here = [c for spec in specs for definition in spec.definitions for c in _catchable(spec, definition)]
        all_caught = {kind for kind, code in found if code is None}  # by one further in, whatever the code
        for one in here:
            if one.kind not in all_caught:
                found.setdefault((one.kind, one.code), one)
    return tuple(found.values())


def _catchable(spec: Any, definition: Any) -> Iterator[Catchable]:
    kind: Any = kind_of(definition)
    if kind in ("error", "escalation"):
        name = spec.bpmn_name or definition.name or spec.event_id
        yield Catchable(kind, definition.code, spec.event_id, name, spec.interrupting)


def _catcher(task: Token, kind: str, code: str) -> tuple[Catching, Any] | None:
    """The innermost catcher; on one level an event with this code comes before one for every code."""
    for names, place, scope in _levels(task):
        specs: list[Catching] = [scope.spec.task_specs[name] for name in names]
        fitting = [(definition, s) for s in specs if (definition := s.definition_of(kind, code)) is not None]
        if fitting:
            return min(fitting, key=lambda found: getattr(found[0], "code", None) is None)[1], place
    return None


def _levels(thrower: Token) -> Iterator[tuple[list[str], Any, Scope]]:
    """From a token outwards: the boundary events of each activity, the event subprocesses of each scope."""
    task: Token | None = thrower
    while task is not None:
        scope = task.workflow
        if "undoes" not in task.internal_data:  # the boundary events of a completed activity listen no more
            yield getattr(task.task_spec, "catchers", []), task, scope
        if task.parent is scope.task_tree and not scope.interrupted:
            yield [name for name in scope.spec.catchers if name != task.task_spec.name], scope, scope
        task = task.enclosing
