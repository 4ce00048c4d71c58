"""Move tokens: take some away, put others, with the subprocesses around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stellwerk.engine import commands, values
from stellwerk.engine.definition import Definition, Element
from stellwerk.engine.elements.base import Joining, Node
from stellwerk.engine.elements.call_activity import CallActivity
from stellwerk.engine.elements.catching import Catching
from stellwerk.engine.elements.compensation import is_reopened
from stellwerk.engine.elements.event_gateway import EventBasedGateway
from stellwerk.engine.elements.event_subprocess import EventSubProcess
from stellwerk.engine.elements.subprocess import SubProcess
from stellwerk.engine.events import InstanceStarted
from stellwerk.engine.faults import Fault
from stellwerk.engine.instance import Instance
from stellwerk.engine.operation.naming import acted, is_step, refused, step_at
from stellwerk.engine.scope import Process, Scope, SubInstance
from stellwerk.engine.token import FUTURE, Token
from stellwerk.errors import WrongState


@dataclass(frozen=True)
class Way:
    """A sequence flow on which a token can be put, and the flow nodes at its ends."""

    id: str
    source: Element
    target: Element


Place = tuple[Token, Scope]  # what was around a token, and its scope


def modify(command: commands.ModifyInstance, instance: Instance) -> None:
    if not command.instructions:
        refused("instructions", "required", "Say what to cancel and where to start: there is no instruction.")
    acted(instance, "modify", command.reason)
    places: list[Place] = []
    for number, instruction in enumerate(command.instructions):
        path = f"instructions.{number}"
        if isinstance(instruction, commands.PutToken):
            _put(instance, instruction, path)
        else:
            places += [_cancel(token, command.reason) for token in _named(instance, instruction, path)]
    _tidy(instance, places, command.reason)


def restart(instance: Instance, command: commands.StartInstance, variables: dict[str, Any]) -> None:
    """Begin where the instructions say. The event subprocesses of the process listen."""
    instance.record(InstanceStarted(None))
    acted(instance, "restart", command.reason)
    instance.plant_with(variables)
    instance.listen()
    for number, instruction in enumerate(command.instructions):
        _put(instance, instruction, f"instructions.{number}")


def _named(instance: Instance, instruction: commands.CancelToken | commands.CancelAt, path: str) -> Sequence[Token]:
    if isinstance(instruction, commands.CancelToken):
        return [step_at(instance, instruction.token)]
    found = [t for t in instance.tokens.values() if _is_at(t, instruction)]
    if not found:
        refused(f"{path}.elementId", "exists", f"No token is at '{instruction.element_id}' now.")
    return found


def _is_at(token: Token, named: commands.CancelAt) -> bool:
    """The outermost token of an element: a loop comes with its rounds."""
    element_id = named.element_id
    if named.call not in (0, token.workflow.process.call):
        return False
    here = token.task_spec.bpmn_id == element_id and token is not token.workflow.task_tree and is_step(token)
    return here and token.parent.task_spec.bpmn_id != element_id


def _cancel(token: Token, reason: str) -> Place:
    place = token.parent, token.workflow
    token.cancel(reason or "an operator")
    return place


def _tidy(instance: Instance, places: list[Place], reason: str) -> None:
    """What has lost its tokens goes on without them, or goes as well; innermost first."""
    while places and instance.end is None:
        places.sort(key=lambda place: place[0].id)
        around, scope = places.pop()
        if instance.tokens.get(around.id) is not around:
            continue
        host = _bereft(around, scope)
        if host is instance:
            instance.finish("cancelled", reason)
        elif isinstance(host, Token):
            places.append(_cancel(host, reason))


def _bereft(around: Token, scope: Scope) -> Token | Scope | None:
    """What must go as well: a token, or the instance."""
    if around is not scope.task_tree:
        return None if around.task_spec.bereft(around) else around
    if not scope.is_empty:
        return None
    host = scope.parent_task
    if host is None:
        return scope
    return None if host.task_spec.bereft(host) else host


# -- put a token somewhere
def _put(instance: Instance, order: commands.PutToken, path: str) -> None:
    field = f"{path}.flowId" if order.place == "flow" else f"{path}.elementId"
    variables, own = values.check(order.variables), values.check(order.local_variables, f"{path}.localVariables")
    if own and order.place != "before":
        refused(f"{path}.localVariables", "place", "Only a token that starts before an element has own variables.")
    process = _process(instance, order, path, field)
    node, scope_id = _find(process.definition, order)
    try:
        scope = _scope(process, scope_id, order.around, path)
        if variables:
            scope.task_tree.data.assign(variables)
        _PLACES[order.place](scope, node, order, own, field)
    except Fault as fault:
        raise WrongState(f"'{order.id}' cannot be started: {fault.message} Nothing was changed.") from fault


def _process(instance: Instance, order: commands.PutToken, path: str, field: str) -> Process:
    """The process in whose diagram the place is: that of the subprocess around, else the one that has it."""
    around = instance.subprocesses.get(order.around)
    if order.around and (around is None or is_reopened(around.parent_task)):
        refused(f"{path}.around", "exists", f"Token {order.around} is no running subprocess.")
    processes = [around.process] if around is not None else [instance, *instance.calls.values()]
    found = [process for process in processes if _has(process.definition, order)]
    if not found:
        what = "sequence flow" if order.place == "flow" else "element at which a token can be"
        refused(field, "exists", f"The process has no {what} '{order.id}'.")
    if len(found) > 1 and found[0] is not instance:
        calls = ", ".join(str(process.scope_id) for process in found)
        refused(f"{path}.around", "ambiguous", f"'{order.id}' is in several called processes. Say in which: {calls}.")
    return found[0]


def _has(definition: Definition, order: commands.PutToken) -> bool:
    return _find_in(definition, order) is not None


def _find(definition: Definition, order: commands.PutToken) -> tuple[Node, str]:
    """The node, of a flow its source, and the id of the scope in which it is."""
    found = _find_in(definition, order)
    assert found is not None, "the process was chosen since it has it"
    return found


def _find_in(definition: Definition, order: commands.PutToken) -> tuple[Node, str] | None:
    elements = definition.elements  # of this process; a file may have several
    for scope_id, spec in definition.scopes.items():
        if order.place != "flow" and order.id in spec.task_specs and order.id in elements:
            return spec.task_specs[order.id], scope_id
        for node in spec.nodes if order.place == "flow" else ():
            if order.id and order.id in [flow.id for flow in node.flows] and node.bpmn_id in elements:
                return node, scope_id
    return None


def ways(definition: Definition) -> tuple[Way, ...]:
    """The sequence flows of a process, in the order of their sources in the file."""
    elements = definition.elements
    return tuple(
        Way(flow.id, elements[node.bpmn_id], elements[spec.task_specs[flow.target].bpmn_id])
        for spec in definition.scopes.values()
        for node in spec.nodes
        if node.bpmn_id in elements
        for flow in node.flows
        if flow.id
    )


def _before(scope: Scope, node: Node, order: commands.PutToken, own: Mapping[str, Any], field: str) -> None:
    if isinstance(node, Catching) and node.kind == "compensate":
        refused(field, "place", f"'{node.label}' begins when something is compensated. Compensate instead.")
    if isinstance(node, EventSubProcess):
        node.catch_thrown(scope, own)
        return
    scope.emit(node.name, _flow_into(scope, node), own)


def _flow_into(scope: Scope, node: Node) -> str | None:
    """The flow along which a token counts as come: at a join one on which it still waits for a token."""
    if not isinstance(node, Joining) or not node.incoming:
        return None
    waiting = node.waiting(scope)
    return next((flow for flow in node.incoming if flow not in waiting), node.incoming[0])


def _after(scope: Scope, node: Node, order: commands.PutToken, own: Mapping[str, Any], field: str) -> None:
    if isinstance(node, EventBasedGateway) or not node.flows:
        refused(field, "place", f"No flow can be taken out of '{node.label}'. Start at the element behind it.")
    token = Token(scope, node, scope.task_tree, FUTURE)
    flows = node.take(token)
    scope.discard(token)
    scope.follow(node.bpmn_id, flows)


def _on_flow(scope: Scope, node: Node, order: commands.PutToken, own: Mapping[str, Any], field: str) -> None:
    scope.follow(node.bpmn_id, [flow for flow in node.flows if flow.id == order.id])


_PLACES: Mapping[str, Callable[[Scope, Node, commands.PutToken, Mapping[str, Any], str], None]] = {
    "before": _before,
    "after": _after,
    "flow": _on_flow,
}


# -- the scopes around it
def _scope(process: Process, scope_id: str, around: int, path: str) -> Scope:
    """The running scope with this id; what is not there yet is begun. Raises Fault for what cannot begin."""
    chain = _chain(process.definition, scope_id)
    scope: Scope = process.top_workflow.subprocesses[around] if around else process
    if scope.spec.name not in chain:
        refused(f"{path}.around", "place", f"'{chain[-1]}' is not inside of '{scope.spec.name}'.")
    for inner in chain[chain.index(scope.spec.name) + 1 :]:
        running = [] if around else _running(scope, inner)
        if len(running) > 1:
            tokens = ", ".join(str(found.scope_id) for found in running)
            refused(
                f"{path}.around", "ambiguous", f"'{inner}' runs {len(running)} times. Say in which of them: {tokens}."
            )
        scope = running[0] if running else _open(scope, inner, path)
    _listen_again(scope)
    return scope


def _chain(definition: Definition, scope_id: str) -> list[str]:
    """The ids of the scopes around, from the process to this one."""
    parents = {
        node.spec: outer
        for outer, spec in definition.scopes.items()
        for node in spec.nodes
        if isinstance(node, SubProcess) and not isinstance(node, CallActivity)
    }
    chain = [scope_id]
    while chain[-1] in parents:
        chain.append(parents[chain[-1]])
    return chain[::-1]


def _running(scope: Scope, inner: str) -> list[SubInstance]:
    return [
        sub
        for sub in scope.top_workflow.subprocesses.values()
        if sub.spec.name == inner and sub.parent_task.workflow is scope and not is_reopened(sub.parent_task)
    ]


def _open(scope: Scope, inner: str, path: str) -> Scope:
    """Begin the subprocess with nothing in it but what listens. Raises Fault."""
    node = next(n for n in scope.spec.nodes if isinstance(n, SubProcess) and n.spec == inner)
    if node.name != node.bpmn_id:
        refused(
            f"{path}.elementId",
            "loop",
            f"'{node.label}' repeats and no instance of it runs, so nothing can start inside. Start before it instead.",
        )
    if isinstance(node, EventSubProcess) and node.kind == "compensate":
        refused(f"{path}.elementId", "place", f"'{node.label}' begins when something is compensated.")
    host = Token(scope, node, scope.task_tree, FUTURE)
    host.started()
    node.activate(host)
    if node.io is not None:
        host.set_locals(node.io.ready(host) or {})
    opened = node.open_inside(host)
    opened.listen()
    return opened


def _listen_again(scope: Scope) -> None:
    """Where an event subprocess that interrupted is gone, its scope waits for events as at first; also further out."""
    place: Scope | None = scope
    while place is not None:
        if place.interrupted and not any(_interrupts(token) for token in place.task_tree.children):
            place.interrupted = False
            place.touch(0)
            place.listen()
        place = place.parent_task.workflow if place.parent_task is not None else None


def _interrupts(token: Token) -> bool:
    return isinstance(token.task_spec, EventSubProcess) and token.task_spec.interrupting
