"""Where each token and record goes. Reads the instance under its old definition and changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stellwerk.engine.elements.base import Joining, Node
from stellwerk.engine.elements.boundary import BoundaryEvent
from stellwerk.engine.elements.catching import Catching, EventPart
from stellwerk.engine.elements.compensation import UNDO, Undoing, owner_of
from stellwerk.engine.elements.event_gateway import EventBasedGateway
from stellwerk.engine.elements.jobs import JobTask
from stellwerk.engine.elements.multi_instance import MultiInstance
from stellwerk.engine.elements.standard_loop import StandardLoop
from stellwerk.engine.elements.tasks import UserTask
from stellwerk.engine.event_definitions import kind_of
from stellwerk.engine.migration.fates import Becomes, Fate, Kind
from stellwerk.engine.migration.places import Places, can_be_put_around
from stellwerk.engine.subscriptions import named
from stellwerk.engine.token import ERROR, READY, WAITING, Token
from stellwerk.engine.undo import Record

if TYPE_CHECKING:
    from stellwerk.engine.definition import Definition
    from stellwerk.engine.migration.plan import MigrationPlan
    from stellwerk.engine.scope import Process, Scope
    from stellwerk.engine.scope_spec import ScopeSpec

# A running scope that stays, or a subprocess in it that goes (0: none): where new subprocesses begin.
Ground = tuple[int, int]


class Decision:
    """What `decide` has found; `fates` tells it to people, the rest is what `move.py` does."""

    def __init__(self, process: Process, new: Definition, plan: MigrationPlan) -> None:
        self.process, self.instance, self.plan = process, process.top_workflow, plan
        self.old, self.new = Places(process.definition), Places(new)
        self.mapping = plan.mapping
        self.fates: list[Fate] = []
        self._told: dict[int, int] = {}  # token -> where its line is in them
        self.nodes: dict[int, Node] = {}  # token -> its node in the new version
        top = process.scope_id
        self.specs: dict[int, ScopeSpec] = {top: new.process}  # scope -> where its tokens are in the new version
        self.grounds: dict[int, Ground] = {top: (top, 0)}
        self.around: dict[int, tuple[str, ...]] = {}  # token -> new subprocesses around it, the outermost first
        self.flows: dict[int, str] = {}  # token -> the flow along which it came, in the new version
        self.closed: list[Token] = []  # what waits no longer
        self.left: dict[int, Token] = {}  # subprocesses that end around what is inside, the outermost first
        self.records: dict[int, tuple[str, str]] = {}  # record -> its activity and node in the new version
        self._owners: dict[int, ScopeSpec] = {
            owner_of(process): new.process
        }  # owner of records -> where what it has recorded is

    @property
    def refusals(self) -> list[Fate]:
        return [fate for fate in self.fates if fate.becomes == "refused"]

    def tell(self, token: Token, becomes: Becomes, target: str | None, detail: str = "") -> None:
        self._told[token.id] = len(self.fates)
        self.fates.append(Fate(token.id, kind_of_token(token), shown_at(token.task_spec), target, becomes, detail))

    def retell(self, token: Token, becomes: Becomes, detail: str) -> None:
        """More about a token that goes on."""
        index = self._told[token.id]
        self.fates[index] = replace(self.fates[index], becomes=becomes, detail=detail)

    # -- all of it
    def decide(self) -> Decision:
        todo: list[Scope] = [self.process]
        for scope in todo:
            for token in sorted(scope.tasks.values(), key=lambda token: token.id):
                if token is scope.task_tree:
                    continue
                self._token(token)
                self._own(token)
                if token.id in self.specs:
                    todo.append(self.instance.subprocesses[token.id])
        for record in sorted(self.instance.records.all.values(), key=lambda record: -record.id):
            self._record(record)
        return self

    # -- tokens
    def _token(self, token: Token) -> None:
        scope, node = token.workflow, token.task_spec
        if token.parent is not scope.task_tree:
            self._bound(token, token.parent)
        elif "listens" in token.internal_data:
            self._listener(token)
        elif node.name == UNDO:
            self._go(token, self.specs[scope.scope_id].task_specs[UNDO])
        else:
            self._free(token)

    def _free(self, token: Token) -> None:
        """A token that stands by itself in its scope."""
        target = self.mapping.get(token.task_spec.bpmn_id)
        if target is not None:
            self._place(token, self.new.nodes[target])
        elif not self._leave(token):
            self._lost(token)

    def _place(self, token: Token, node: Node) -> None:
        """It goes there if each scope that is around it stays around it, and each new one can be begun."""
        spec = self.specs[token.workflow.scope_id]
        around: list[str] = []
        for scope_id in self.new.around(self.new.scope[node.name]):
            if scope_id == spec.name:
                self.around[token.id] = tuple(reversed(around))
                self._go(token, node)
                return
            around.append(scope_id)
        self._refuse(
            token,
            f"'{node.label}' is not inside of '{spec.name}', in which the token is. A token can go into subprocesses "
            "that are new, and out of those that have no counterpart.",
        )

    def _go(self, token: Token, node: Node) -> None:
        blocked = [self.new.nodes[id] for id in self.around.get(token.id, ()) if not self._can_begin(id)]
        if blocked:
            detail = f"'{blocked[0].label}' cannot begin around it: only a plain subprocess or a transaction can."
            self._refuse(token, detail)
            return
        if token.has_state(WAITING | ERROR) and isinstance(node, Joining) and not self._flow_into(token, node):
            return
        self.nodes[token.id] = node
        if self._has_scope(token):
            self.specs[token.id] = self.new.definition.scopes[node.spec]
            self.grounds[token.id] = (token.id, 0)
        if not isinstance(node, Undoing):
            source, target = shown_at(token.task_spec), shown_at(node)
            self.tell(token, "kept" if source == target else "moved", target)

    def _has_scope(self, token: Token) -> bool:
        """What is inside of it is in the same diagram: a called process goes on as it is."""
        sub = self.instance.subprocesses.get(token.id)
        return sub is not None and sub.process is self.process

    def _can_begin(self, scope_id: str) -> bool:
        return can_be_put_around(self.new.nodes[scope_id])

    def _leave(self, token: Token) -> bool:
        """A plain subprocess without a counterpart ends around what is inside."""
        sub = self.instance.subprocesses.get(token.id)
        if sub is None or not can_be_put_around(token.task_spec) or token.has_state(ERROR):
            return False
        if "undoes" in token.internal_data or any(t.task_spec.name == UNDO for t in sub.tasks.values()):
            return False
        kept, outermost = self.grounds[token.workflow.scope_id]
        self.specs[token.id] = self.specs[token.workflow.scope_id]
        self.grounds[token.id] = (kept, outermost or token.id)
        self.left[token.id] = token
        own = ", ".join(token.locals or ())
        self.tell(token, "left", None, f"Its own variables are dropped: {own}." if own else "")
        return True

    def _lost(self, token: Token) -> None:
        node = token.task_spec
        reason = self.plan.problems.get(node.bpmn_id) or f"The new version has no counterpart of '{node.label}'."
        self._refuse(token, f"{reason} Map it to another element, or let the instance go on first.")

    def _refuse(self, token: Token, detail: str) -> None:
        target = self.mapping.get(token.task_spec.bpmn_id)
        self.tell(token, "refused", target, detail)

    def _listener(self, token: Token) -> None:
        scope_id = token.workflow.scope_id
        target = self.mapping.get(token.task_spec.bpmn_id)
        stays = scope_id in self.nodes or token.workflow is self.process
        if stays and target is not None and target in self.specs[scope_id].listeners:
            self._go(token, self.new.nodes[target])
        else:
            self._close(token)

    def _close(self, token: Token) -> None:
        self.closed.append(token)
        self.tell(token, "closed", None)

    # -- tokens that belong to another one
    def _bound(self, token: Token, parent: Token) -> None:
        holder = self.nodes.get(parent.id)
        if holder is None:  # the other one is closed, has ended around what is inside, or is refused
            if isinstance(token.task_spec, BoundaryEvent) and parent.id in self.left:
                self.tell(token, "closed", None)
            return
        node = self._belonging(token, parent, holder)
        if node is not None:
            self._go(token, node)
        elif isinstance(token.task_spec, Catching) and not isinstance(holder, Undoing):
            self._close(token)
        else:
            self._lost(token)

    def _belonging(self, token: Token, parent: Token, holder: Node) -> Node | None:
        """Its node in the new version, at what its parent goes to."""
        node = token.task_spec
        target = self.mapping.get(node.bpmn_id)
        if isinstance(node, EventPart):
            return self.new.nodes[holder.parts[parent.task_spec.parts.index(node.name)]]
        if isinstance(holder, MultiInstance | StandardLoop) and node.name == parent.task_spec.inner:
            return self.new.nodes[holder.inner]
        if isinstance(holder, Undoing):
            return self._undoing(token, target)
        if isinstance(holder, EventBasedGateway):
            flows = [flow for flow in holder.flows if flow.target == target]
            if flows:
                self.flows[token.id] = flows[0].id
            return self.new.nodes[flows[0].target] if flows else None
        return self.new.nodes[target] if target and target in getattr(holder, "listeners", ()) else None

    def _undoing(self, token: Token, target: str | None) -> Node | None:
        spec = self.specs[token.workflow.scope_id]
        if token.task_spec.name == UNDO:
            return spec.task_specs[UNDO]
        return spec.task_specs.get(target or "")

    def _flow_into(self, token: Token, node: Node) -> bool:
        """Find the flow along which it came to a join; False: it is refused."""
        if "reset" in token.internal_data:
            return True
        flow_id: str = token.internal_data.get("flow", "")
        found = self.flow(flow_id, node) if flow_id else None
        if found is None and (flow_id or node.incoming):
            detail = f"It came along flow '{flow_id}', which has no counterpart among the flows into '{node.label}'."
            self._refuse(token, detail)
            return False
        if found is not None:
            self.flows[token.id] = found
        return True

    def flow(self, flow_id: str, node: Node) -> str | None:
        """The flow into the node that stands for this one: the same id, else the one from the same source."""
        if flow_id in node.incoming:
            return flow_id
        source = self.new.nodes.get(self.mapping.get(self.old.source(flow_id).bpmn_id, ""))
        fitting = [flow.id for flow in source.flows if flow.target == node.name] if source is not None else []
        return fitting[0] if len(fitting) == 1 else None

    # -- records
    def _own(self, token: Token) -> None:
        """The scope of what is recorded for this token."""
        if token.id not in self.nodes and token.id not in self.left:
            return
        around = self.specs[token.workflow.scope_id]
        if isinstance(token.task_spec, MultiInstance | StandardLoop):
            self._owners[token.id] = around
        elif token.id in self.specs:
            self._owners[token.internal_data.get("undoes", token.id)] = self.specs[token.id]
        elif "of" in token.internal_data:
            self._owners[token.internal_data["of"]] = around

    def _record(self, record: Record) -> None:
        if record.owner not in self._owners:  # what is around it is refused already
            return
        spec = self._owners[record.owner]
        target = self.mapping.get(record.activity)
        node = self._undone_by(record, spec, target)
        if node is None:
            self.fates.append(
                Fate(
                    record.id,
                    "record",
                    record.activity,
                    target,
                    "refused",
                    f"'{record.activity}' has completed and can be undone; the new version has nothing that would "
                    "undo it in that place.",
                )
            )
            return
        assert target is not None
        self.records[record.id] = (target, node)
        self.fates.append(
            Fate(record.id, "record", record.activity, target, "kept" if target == record.activity else "moved")
        )
        if record.inner and not record.called:
            self._owners[record.inner] = self.new.definition.scopes[target] if node else spec

    def _undone_by(self, record: Record, spec: ScopeSpec, target: str | None) -> str | None:
        """The node of the new version that undoes what was recorded; see `Record`."""
        if target is None or self.new.scope[target] != spec.name:
            return None
        node = self.new.nodes[target]
        if not record.node:
            return ""
        if isinstance(node, MultiInstance | StandardLoop):
            node = self.new.nodes[node.inner]
        return node.name if record.inner else node.handler


def kind_of_token(token: Token) -> Kind:
    node = token.task_spec
    if token.has_state(ERROR):
        return "incident"
    if isinstance(node, UserTask) and token.has_state(READY):
        return "task"
    if isinstance(node, JobTask) and node.waits(token):
        return "job"
    if token.id in token.workflow.top_workflow.event_manager.tasks:
        return _kind_of_wait(token)
    if token.has_state(WAITING) and "awaits" not in token.internal_data:
        return "listener" if isinstance(node, Catching) else "join"
    looped = isinstance(node, MultiInstance | StandardLoop)
    return "scope" if looped or token.id in token.workflow.top_workflow.subprocesses else "token"


def _kind_of_wait(token: Token) -> Kind:
    definition = token.task_spec.event_definition
    if named(definition):
        return "subscription"
    kinds: dict[str, Kind] = {"timer": "timer", "conditional": "condition"}
    return kinds.get(kind_of(definition), "subscription")


def shown_at(node: Node) -> str:
    """The element of the diagram that rows of a token here name."""
    return node.event_id if isinstance(node, Catching) else node.bpmn_id
