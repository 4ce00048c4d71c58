"""The live state of one instance, on SpiffWorkflow's BpmnWorkflow: scopes of tokens, and what moves next."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from stellwerk.engine.conversations import Conversations
from stellwerk.engine.definition import Definition
from stellwerk.engine.elements.gateways import break_circle
from stellwerk.engine.events import (
    DataStoreWritten,
    EndState,
    Event,
    IncidentRaised,
    IncidentResolved,
    InstanceEnded,
)
from stellwerk.engine.faults import Fault
from stellwerk.engine.host import Budget, Host, Stored
from stellwerk.engine.results import Results
from stellwerk.engine.scope import CalledProcess, Process, Scope, SubInstance
from stellwerk.engine.script_engine import SCRIPT_ENGINE
from stellwerk.engine.subscriptions import Subscriptions
from stellwerk.engine.token import CANCELLED, COMPLETED, ERROR, FUTURE, READY, STARTED, Token
from stellwerk.engine.undo import Records
from stellwerk.engine.variables import Layer


class Instance(Process, BpmnWorkflow):
    """`now` and `host` hold during one command; `events` is what has happened in it so far, in all called processes.

    While it is `suspended` the agenda rests. What handlers that ran already answer is written, and their tokens stay in
    the agenda; people, timers, messages and signals are refused, so that whoever brings them brings them again.
    """

    parent_task = None
    top_workflow: Instance = None  # type: ignore[assignment]  # an attribute: the library's property costs a call
    now: datetime
    local_now: datetime  # the same moment in the zone of the host
    host: Host
    moving: Token | None = None  # the token that moved last
    steps = 0  # elements that the command has completed

    def __init__(self, definition: Definition) -> None:
        self.top_workflow = self
        self.agenda: deque[Token] = deque()
        self.saved_agenda: list[int] = []  # as in the last snapshot
        self.last_id = 0
        self.saved_gap = 0  # between the newest live token and the last number given, as in the last snapshot
        self.dirty = False  # variables were written since the conditional events were looked at
        self.patient: dict[tuple[int, str], Scope] = {}  # inclusive gateways at which tokens wait
        self.undoings: dict[int, Token] = {}  # compensations that are under way
        self.events: list[Event] = []
        self.starting = ""  # the trigger that starts the process, until its element is reached
        self.calls_of_events: list[int] = []  # in the process of which call each of them happened
        self.calls: dict[int, CalledProcess] = {}  # the open ones by the number of their call
        self.process = self
        self.end: tuple[EndState, str] | None = None
        self.suspended = False
        self.tokens: dict[int, Token] = {}
        self.closed_scopes: dict[int, set[int]] = {}  # since the last snapshot, with the pages of each
        self.large_parts: set[str] = set()  # parts of the last snapshot that hold one large value each
        self.subprocesses: dict[int, SubInstance] = {}
        self.variables = Layer()
        self.stores: dict[str, Stored] = {}  # data stores that the command has read or written
        self.records = Records()
        self.results = Results()
        self.definition, self.keys = definition, {}
        BpmnWorkflow.__init__(self, definition.process, {}, script_engine=SCRIPT_ENGINE, deserializing=True)
        self.event_manager = Subscriptions(self)
        self.conversations = Conversations(self)
        self.conversations.follow(self)
        self.open()

    def begin_command(self, now: datetime, host: Host) -> None:
        self.now, self.host, self.stores = now, host, {}
        self.local_now = now.astimezone(host.zone)

    def register_waiting(self) -> None:
        """All tokens are there, and nobody knows yet who of them waits for what."""
        for token in list(self.tokens.values()):  # in the order of their numbers
            if token._state == token.task_spec.waiting_state:
                token.task_spec.rejoin(token)

    def new_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def process_of(self, call: int) -> Process | None:
        """The instance itself (0), or what the call with this number has called; None when that is over."""
        return self.calls.get(call) if call else self

    def find(self, token_id: int) -> Token | None:
        """The live token with this number, in whatever scope."""
        token = self.tokens.get(token_id)
        return token if token is not None and token is not token.workflow.task_tree else None

    def get_task_from_id(self, task_id: int) -> Token | None:
        """SpiffWorkflow's name for `find`."""
        return self.find(task_id)

    def open_subprocess(self, host: Token, spec_id: str) -> SubInstance:
        sub = SubInstance(host.workflow.process.definition.scopes[spec_id], host, self)
        self.subprocesses[host.id] = sub
        return sub

    def open_call(self, host: Token, definition: Definition) -> CalledProcess:
        """The token says what it calls."""
        called = CalledProcess(host, definition, self)
        self.subprocesses[host.id] = self.calls[called.call] = called
        self.conversations.follow(called)
        return called

    def close_subprocess(self, host: Token) -> None:
        sub = self.subprocesses.pop(host.id, None)
        if sub is not None:
            sub.completed = True
            self.tokens.pop(sub.task_tree.id, None)
            for key in [key for key in self.patient if key[0] == host.id]:
                del self.patient[key]
            self.closed_scopes[host.id] = sub.pages
            if sub.process is sub:
                del self.calls[sub.process.call]
                self.conversations.forget(sub.process)

    # -- data stores
    def read_store(self, name: str) -> Any:
        """The same value during the whole command, unless the instance itself writes another."""
        if name not in self.stores:
            self.stores[name] = self.host.read_store(name)
        return self.stores[name].value

    def write_store(self, token: Token, name: str, value: Any) -> None:
        before = self.stores.get(name)
        self.stores[name] = Stored(value, before.version if before is not None else None)
        version = self.stores[name].version
        token.workflow.record(DataStoreWritten(token.id, token.task_spec.bpmn_id, name, value, version))

    # -- the loop
    def run(self, budget: Budget, before: int = 0) -> bool:
        """Move every token that can move. True: the budget was spent between two elements, there is more to do.

        `before`: elements that earlier commands completed since the instance was last moved from outside.
        """
        deadline = self.host.monotonic() + budget.seconds
        self.steps = 0
        while self.end is None and not self.suspended:
            if self.dirty:
                self.check_conditions()
            if not self.agenda:
                if not self._settle():
                    return False
                continue
            if before + self.steps >= budget.runaway:
                self._stop_runaway(self.agenda.popleft(), before + self.steps)
                return False
            if self.steps and (self.steps >= budget.steps or self.host.monotonic() > deadline):
                return True
            self.advance(self.agenda.popleft())
            self.steps += 1
        return False

    def go_on(self, token: Token) -> None:
        """What the token waited for is done."""
        if self.suspended:
            self.agenda.append(token)
        else:
            self.advance(token)

    def _stop_runaway(self, token: Token, completed: int) -> None:
        """A loop that waits for nothing would fill the history for ever. Who retries lets it run as far once more;
        other tokens that could move stay in the agenda, and go on with the next command."""
        message = (
            f"The instance stopped here after {completed:,} elements in a row without waiting for anything: it seems "
            "to loop for ever. Correct its variables and retry, which lets it run as far again, or cancel it."
        )
        self.incident(token, Fault("runaway", message), "leave" if token._state == STARTED else "run")

    def check_conditions(self) -> None:
        """Conditional events, and activities that wait for data, react to what was written since the last look, in

        the order of their tokens. Before that, what waits for messages gets the correlation keys that were set.
        """
        self.dirty = False
        self.conversations.refresh()
        manager = self.event_manager
        for token_id in sorted((*manager.conditions, *manager.awaiting)):
            if token_id in manager.conditions:
                token = manager.conditions[token_id]
                token.task_spec.check_condition(token)
            elif token_id in manager.awaiting:
                self._look(manager.awaiting[token_id])

    def _look(self, token: Token) -> None:
        try:
            token.task_spec.look(token)
        except Fault as fault:
            self.incident(token, fault, "enter")

    def _settle(self) -> bool:
        """Nothing is ready: let the inclusive join pass whose oldest token has waited longest, if one can pass, or else

        the first of those that wait only for each other; else undo more where what is being undone only waits, inner
        compensations before outer ones. False: all is at rest.
        """
        joins = sorted(self.patient.items(), key=lambda join: _oldest(join[1], join[0][1]))
        if any(scope.spec.task_specs[name].reconsider(scope) for (_, name), scope in joins):
            return True
        if len(joins) > 1 and break_circle([(name, scope) for (_, name), scope in joins]):
            return True
        undoings = [self.undoings[id] for id in sorted(self.undoings, reverse=True)]
        return any(task.task_spec.reconsider(task) for task in undoings)

    def advance(self, token: Token) -> None:
        """Run the token if it is ready, complete it if what it waited for inside is done."""
        self.moving = token
        try:
            if token._state == READY:
                token.run()
            elif token._state == STARTED:
                token.complete()
        except Fault as fault:
            # the state tells how far it came: COMPLETED while it was leaving
            stage = "leave" if token._state == COMPLETED else "run"
            self.incident(token, fault, stage)

    # -- incidents
    def incident(self, token: Token, fault: Fault, stage: str) -> None:
        """The token stays where it is, in state ERROR; `stage` says where a retry begins. Other branches go on."""
        if stage == "enter":
            self.withdraw(token.children, "")
        token._set_state(ERROR)
        token.remember(incident=stage)
        token.workflow.record(
            IncidentRaised(token.id, token.task_spec.bpmn_id, fault.kind, fault.message, fault.detail)
        )

    def retry(self, token: Token) -> None:
        """Do again what failed at the token."""
        stage = token.internal_data["incident"]
        token.forget("incident")
        token.workflow.record(IncidentResolved(token.id, "retried"))
        if stage == "run":
            token._set_state(READY)
            self.agenda.append(token)
        elif stage == "leave":
            token._set_state(STARTED)
            self.agenda.append(token)
        else:
            token._set_state(STARTED if stage == "proceed" else FUTURE)
            try:
                token.task_spec.again(token, stage)
            except Fault as fault:
                self.incident(token, fault, stage)

    # -- taking tokens away
    def withdraw(self, tokens: Iterable[Token], reason: str) -> None:
        """Cancel tokens with all that is inside them, innermost first; no recursion, however deep they are nested."""
        found: list[Token] = []
        todo = sorted(tokens, key=lambda token: -token.id)
        while todo:
            token = todo.pop()
            if token.id not in token.workflow.tasks:
                continue
            found.append(token)
            todo.extend(reversed(token.children))
            sub = self.subprocesses.get(token.id)
            if sub is not None:
                todo.extend(reversed(sub.task_tree.children))
        for token in reversed(found):
            self._withdraw_one(token, reason)

    def _withdraw_one(self, token: Token, reason: str) -> None:
        failed = token._state == ERROR
        if failed:
            token.workflow.record(IncidentResolved(token.id, "cancelled"))
        inside = self.subprocesses.get(token.id)
        if inside is not None:
            inside.withdrawn(reason)
        token.task_spec.withdrawn(token, reason)
        token._set_state(CANCELLED)
        self.records.drop(token.internal_data.get("undoes", token.id))
        self.close_subprocess(token)
        token.workflow.discard(token)

    # -- the end
    def scope_completed(self) -> None:
        self.finish("completed")

    def finish(self, state: EndState, reason: str = "") -> None:
        """Nothing moves any more; what is left is withdrawn."""
        self.clear(reason)
        self.records.drop(0)
        self.completed, self.end = True, (state, reason)
        self.agenda.clear()
        self.touch(0)
        self.record(InstanceEnded(state, reason))

    def has_started(self) -> None:
        """The event that has started the process has reached its element."""
        self.starting = ""
        self.touch(0)


def _oldest(scope: Scope, gateway: str) -> int:
    """The lowest number of a token that waits at the gateway: the same after a reload. Those of a flow are in order."""
    return min((next(iter(tokens)) for tokens in scope.joins.get(gateway, {}).values()), default=0)
