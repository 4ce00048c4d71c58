"""The deed: what waits no longer is closed, what stays goes to the new definition, what is new begins to wait.

All of it happens on the live tree, with the means of the elements themselves. Tokens keep their numbers, their state
and their variables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from stellwerk.engine import mappings
from stellwerk.engine.elements.activity import Activity
from stellwerk.engine.elements.adhoc import AdHocSubProcess
from stellwerk.engine.elements.base import Node
from stellwerk.engine.elements.boundary import BoundaryEvent
from stellwerk.engine.elements.catching import Catching
from stellwerk.engine.elements.compensation import UNDO, is_reopened, owner_of
from stellwerk.engine.elements.complex_gateway import ComplexGateway
from stellwerk.engine.elements.event_gateway import EventBasedGateway
from stellwerk.engine.elements.event_subprocess import EventSubProcess
from stellwerk.engine.elements.gateways import ParallelGateway
from stellwerk.engine.elements.jobs import JobTask
from stellwerk.engine.elements.tasks import UserTask
from stellwerk.engine.event_definitions import ConditionDefinition, TimerDefinition
from stellwerk.engine.events import InstanceMigrated, JobWithdrawn, TaskChanged, TokenMoved
from stellwerk.engine.faults import Fault
from stellwerk.engine.migration.decide import Decision, Ground, kind_of_token, shown_at
from stellwerk.engine.migration.fates import Fate
from stellwerk.engine.scope import Scope, SubInstance
from stellwerk.engine.subscriptions import Subscriptions, named
from stellwerk.engine.token import ERROR, FUTURE, READY, STARTED, WAITING, Children, Token

if TYPE_CHECKING:
    from stellwerk.engine.commands import MigrateInstance

REASON = "migrated"


def move(decision: Decision, command: MigrateInstance) -> None:
    """Do what is decided; adds to its fates what else changes. An instance that is refused must be thrown away."""
    _Move(decision, command).perform()


class _Move:
    def __init__(self, decision: Decision, command: MigrateInstance) -> None:
        self.process, self.instance = decision.process, decision.instance
        self.decision, self.command = decision, command
        self.before = {id: self.instance.tokens[id].task_spec for id in decision.nodes}  # token -> its node until now
        self.begun: dict[tuple[Ground, str], SubInstance] = {}  # new subprocesses

    def perform(self) -> None:
        instance = self.instance
        self.process.record(InstanceMigrated(self.command.reference, self.command.before))
        instance.withdraw(self.decision.closed, REASON)
        renamed = self._close_renamed()
        around = {id: self._around(instance.tokens[id]) for id in self.before}
        self._switch_scopes()
        self._switch_tokens()
        self._switch_records()
        self._begin_scopes()
        self._leave_scopes()
        self._tell_moved(around)
        self._index()
        self._change(renamed)
        self._open_new()
        self._arrive_again()

    # -- under the old definition
    def _close_renamed(self) -> list[Token]:
        """Subscriptions whose message or signal has another name now."""
        found = []
        for token in list(self.instance.event_manager.tasks.values()):
            node = self.decision.nodes.get(token.id)
            if node is not None and named(node.event_definition) != named(token.task_spec.event_definition):
                self.instance.event_manager.close(token)
                found.append(token)
        return sorted(found, key=lambda token: token.id)

    # -- from one definition to the other
    def _switch_scopes(self) -> None:
        self._switch_process()
        for scope in self._scopes():
            if scope.scope_id in self.decision.nodes or scope is self.process:
                if scope.spec.name != self.decision.specs[scope.scope_id].name:
                    scope.touch(0)
                scope.spec = self.decision.specs[scope.scope_id]
                scope.task_tree.task_spec = scope.spec.start

    def _switch_process(self) -> None:
        process, instance = self.process, self.instance
        process.definition = self.decision.new.definition
        instance.conversations.moved(process)
        if process.parent_task is not None:
            process.reference = self.command.reference
            process.parent_task.remember(called=[process.reference, process.business_key])
        elif instance.starting:
            node = self.decision.old.nodes[instance.starting]
            target = self.decision.mapping.get(node.bpmn_id, node.bpmn_id)
            instance.starting = target + instance.starting.removeprefix(node.bpmn_id)
            instance.touch(0)

    def _scopes(self) -> list[Scope]:
        """Of the process that is migrated; a process that it has called is none of them."""
        return [s for s in (self.instance, *self.instance.subprocesses.values()) if s.process is self.process]

    def _switch_tokens(self) -> None:
        for id, node in self.decision.nodes.items():
            token = self.instance.tokens[id]
            token.move_to(node)
            flow = self.decision.flows.get(id)
            if flow is not None and token.internal_data.get("flow") != flow:
                token.remember(flow=flow)
            if "reset" in token.internal_data:
                self._switch_reset(token)
            elif isinstance(node, AdHocSubProcess) and token.internal_data.get("todo"):
                self._switch_todo(token, node)

    def _switch_reset(self, token: Token) -> None:
        flows = [self.decision.flow(flow, token.task_spec) for flow in token.internal_data["reset"]]
        token.remember(reset=[flow for flow in flows if flow is not None])

    def _switch_todo(self, token: Token, node: AdHocSubProcess) -> None:
        """What a sequential ad-hoc subprocess has still to begin."""
        entries = self.decision.specs[token.id].entries
        mapped = [self.decision.mapping.get(name) for name in token.internal_data["todo"]]
        token.remember(todo=[name for name in mapped if name in entries])

    def _switch_records(self) -> None:
        records = self.instance.records
        for id, (activity, node) in self.decision.records.items():
            record = records.all[id]
            if (record.activity, record.node) != (activity, node):
                record.activity, record.node = activity, node
                records.touch(record)

    # -- scopes that are new or no more
    def _begin_scopes(self) -> None:
        for id, names in sorted(self.decision.around.items()):
            token = self.instance.tokens[id]
            scope = self._standing(token.workflow)
            for name in names:
                scope = self._begin(token.workflow, scope, name)
            if scope is not token.workflow:
                _rehome(token, scope)

    def _standing(self, scope: Scope) -> Scope:
        """The innermost scope around that stays."""
        kept = self.decision.grounds[scope.scope_id][0]
        return self.instance.subprocesses.get(kept, self.instance)

    def _begin(self, source: Scope, around: Scope, name: str) -> SubInstance:
        """The new subprocess for the tokens of `source`; one for all of them."""
        kept, gone = self.decision.grounds[source.scope_id]
        key = ((kept, gone), name)
        if key not in self.begun:
            self.begun[key] = self._begin_one(around, around.spec.task_specs[name])
        return self.begun[key]

    def _begin_one(self, around: Scope, node: Node) -> SubInstance:
        host = Token(around, node, around.task_tree, FUTURE)
        host.started()
        self.decision.fates.append(Fate(host.id, "scope", None, node.bpmn_id, "begun"))
        sub = self.instance.open_subprocess(host, node.spec)
        host._set_state(STARTED)
        sub.plant()
        self._attempt(host, node.bpmn_id, partial(_give_inputs, host))
        for name in node.listeners:
            self._open_boundary(host, name)
        for name in sub.spec.listeners:
            self._open_listener(sub, name)
        return sub

    def _leave_scopes(self) -> None:
        records = self.instance.records
        for host in reversed(self.decision.left.values()):
            around = self._standing(host.workflow)
            for record in records.of(host.id):
                records.move(record, owner_of(around))
            host.cancel(REASON)

    # -- events
    def _around(self, token: Token) -> int:
        return token._around() if token.is_shown else 0

    def _tell_moved(self, around: dict[int, int]) -> None:
        for id, before in sorted(self.before.items()):
            token, node = self.instance.tokens[id], self.decision.nodes[id]
            parent = self._around(token)
            same = (shown_at(before), before.element_type, before.bpmn_name) == (
                shown_at(node),
                node.element_type,
                node.bpmn_name,
            )
            if node.name != UNDO and not (same and parent == around[id]):
                token.workflow.record(
                    TokenMoved(id, shown_at(node), shown_at(before), node.element_type, node.label, parent)
                )

    # -- under the new definition
    def _index(self) -> None:
        """Who waits for what, as when a snapshot is loaded."""
        instance = self.instance
        instance.patient, instance.event_manager = {}, Subscriptions(instance)
        for scope in (instance, *instance.subprocesses.values()):
            scope.joins = {}
            if any(id in self.decision.around for id in scope.tasks):
                scope.tasks = dict(sorted(scope.tasks.items()))
                children = Children()
                children.update(dict.fromkeys(sorted(scope.task_tree._children)))
                scope.task_tree._children = children
        instance.register_waiting()
        if instance.event_manager.awaiting:  # their data may be another now
            instance.dirty = True

    def _tokens(self) -> list[Token]:
        return [token for _, token in sorted(self.instance.tokens.items())]

    def _change(self, renamed: Iterable[Token]) -> None:
        """What is different about what goes on."""
        for token in renamed:
            self.instance.event_manager.open(token)
            self.decision.retell(token, "renamed", f"Its name is '{token.task_spec.event_definition.name}'.")
        for id, before in sorted(self.before.items()):
            token = self.instance.tokens[id]
            node = token.task_spec
            if isinstance(before, UserTask) and token.has_state(READY):
                self._attempt(token, node.bpmn_id, partial(self._change_task, token, before))
            elif isinstance(before, JobTask) and node.waits(token):
                self._attempt(token, node.bpmn_id, partial(self._change_job, token, before))
            elif isinstance(before, Catching) and id in self.instance.event_manager.tasks:
                self._change_wait(token, before)

    def _change_task(self, token: Token, before: UserTask) -> None:
        """What the definition says about a task follows; what people and expressions said about this one stays."""
        node: UserTask = token.task_spec
        opened = node.told(token)
        if opened != before.told(token):
            token.workflow.record(TaskChanged(token.id, *opened))

    def _change_job(self, token: Token, before: JobTask) -> None:
        """A job of another topic is asked for anew; else it stays, also while a worker has it."""
        node: JobTask = token.task_spec
        if node.topic.text == before.topic.text or node.topic_of(token) == before.topic_of(token):
            return
        token.workflow.record(JobWithdrawn(token.id, REASON))
        node.perform(token)
        self.decision.retell(token, "anew", f"Its topic is '{node.topic_of(token)}'.")

    def _change_wait(self, token: Token, before: Catching) -> None:
        definition = token.task_spec.event_definition
        if isinstance(definition, ConditionDefinition):
            if definition.expression.text != before.event_definition.expression.text:
                token.forget("true")
                self.instance.dirty = True
        elif isinstance(definition, TimerDefinition) and self.command.update_timers:
            token.forget("every", "left")
            self._attempt(token, shown_at(token.task_spec), partial(self._set_timer, token))

    def _set_timer(self, token: Token) -> None:
        self.instance.event_manager.arm(token)
        self.decision.retell(token, "anew", f"It is due at {token.internal_data['due']}.")

    # -- what is new
    def _open_new(self) -> None:
        for id, before in sorted(self.before.items()):
            token = self.instance.tokens.get(id)
            if token is None:
                continue
            if isinstance(before, Activity) and _is_active(token):
                for name in self._new(before.listeners, token.task_spec.listeners):
                    self._open_boundary(token, name)
            elif isinstance(before, EventBasedGateway) and token.has_state(STARTED):
                self._open_targets(token, before)
        self._open_listeners()

    def _new(self, before: Iterable[str], after: Iterable[str]) -> list[str]:
        """Those that do not stand for one from before: that one waits, or has done what it is there for."""
        known = {self.decision.mapping.get(name) for name in before}
        return [name for name in after if name not in known]

    def _open_targets(self, gateway: Token, before: EventBasedGateway) -> None:
        node: EventBasedGateway = gateway.task_spec
        wanted = self._new((flow.target for flow in before.flows), (flow.target for flow in node.flows))
        waits = {child.internal_data["flow"] for child in gateway.children}
        for flow in node.flows:
            if flow.target in wanted and flow.id not in waits:
                self._open(gateway._add_child(gateway.workflow.spec.task_specs[flow.target], FUTURE), flow=flow.id)

    def _open_listeners(self) -> None:
        """Event subprocesses of scopes that go on."""
        old = self.decision.old.definition
        for scope in sorted(self._scopes(), key=lambda scope: scope.scope_id):
            goes_on = scope is self.process or scope.scope_id in self.before
            if not goes_on or scope.completed or scope.interrupted or _is_undone(scope):
                continue
            before = old.process if scope is self.process else old.scopes[self.before[scope.scope_id].spec]
            for name in self._new(before.listeners, scope.spec.listeners):
                self._open_listener(scope, name)

    def _open_boundary(self, host: Token, name: str) -> None:
        boundary: BoundaryEvent = host.workflow.spec.task_specs[name]
        self._open(host._add_child(boundary, FUTURE))

    def _open_listener(self, scope: Scope, name: str) -> None:
        node: EventSubProcess = scope.spec.task_specs[name]
        token = Token(scope, node, scope.task_tree, FUTURE)
        scope.listening.add(token.id)
        self._open(token, listens=1)

    def _open(self, token: Token, **state: object) -> None:
        node: Catching = token.task_spec
        token.remember(**state)
        target = shown_at(node)
        self._attempt(token, target, partial(node.wait, token))
        self.decision.fates.append(Fate(token.id, kind_of_token(token), None, target, "opened"))

    def _attempt(self, token: Token, target: str, deed: Callable[[], object]) -> None:
        """What the new version does wrong here refuses the migration."""
        try:
            deed()
        except Fault as fault:
            kind = kind_of_token(token)
            self.decision.fates.append(Fate(token.id, kind, None, target, "refused", fault.message))

    # -- joins
    def _arrive_again(self) -> None:
        """What waited for other tokens looks again: there may be fewer flows, or a smaller quantity, to wait for."""
        events = self.instance.event_manager
        known = events.tasks.keys() | events.awaiting.keys()
        waiting = [t for t in self._tokens() if t.has_state(WAITING) and t.id in self.before and t.id not in known]
        counting = [token for token in waiting if self._counts(token)]
        for token in counting:
            token.task_spec.forget(token)
        for token in counting:
            if token.has_state(WAITING):
                self._attempt(token, token.task_spec.bpmn_id, partial(token.task_spec.arrive, token))
        for token in waiting:
            if isinstance(token.task_spec, ComplexGateway) and token.has_state(WAITING):
                self._reconsider(token, token.task_spec)

    def _counts(self, token: Token) -> bool:
        """Whether it waits until a number of tokens is there."""
        quantity: int = max(token.task_spec.start_quantity, self.before[token.id].start_quantity)
        return quantity > 1 or isinstance(token.task_spec, ParallelGateway)

    def _reconsider(self, token: Token, node: ComplexGateway) -> None:
        before = self.before[token.id]
        if isinstance(before, ComplexGateway) and _text(before) != _text(node) and "reset" not in token.internal_data:
            self._attempt(token, node.bpmn_id, lambda: node.activate(token.workflow))


def _give_inputs(host: Token) -> None:
    if host.task_spec.inputs:
        host.set_locals(mappings.compute(host, host.task_spec.inputs))
    host.task_spec.declare(host)


def _text(node: ComplexGateway) -> str:
    return node.activation.text if node.activation is not None else ""


def _is_active(token: Token) -> bool:
    """Whether the boundary events of an activity listen: it has begun, and not only to undo what it did before."""
    if is_reopened(token) or "listens" in token.internal_data or token.internal_data.get("incident") == "enter":
        return False
    if token.has_state(WAITING):
        return isinstance(token.task_spec, Catching) or "awaits" in token.internal_data
    return bool(token.has_state(READY | STARTED | ERROR))


def _is_undone(scope: Scope) -> bool:
    return scope.parent_task is not None and is_reopened(scope.parent_task)


def _rehome(token: Token, scope: Scope) -> None:
    """Put the token, with what belongs to it, into another scope."""
    source = token.workflow
    token.parent._children.remove(token.id)
    todo = [token]
    while todo:
        one = todo.pop()
        todo += one.children
        source.tasks.pop(one.id)
        source.touch(one.id)
        one.workflow, scope.tasks[one.id] = scope, one
        one.touch()
    token._parent = scope.task_tree.id
    scope.task_tree._children.append(token.id)
