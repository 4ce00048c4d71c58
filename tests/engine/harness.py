"""Short ways to write models and to run them: a fake host that runs scripts in Python itself, and a driver."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from stellwerk import dmn
from stellwerk.dmn import tree as dmn_tree
from stellwerk.engine import (
    Binding,
    Budget,
    Decision,
    Definition,
    Outcome,
    ScriptResult,
    Snapshot,
    Stored,
    compile_bpmn,
    execute,
    read_variables,
)
from stellwerk.engine import commands as c
from stellwerk.engine import events as e
from stellwerk.engine.expressions.dmn_python import DIALECTS
from stellwerk.errors import CalledNotFound, DecisionNotFound, ErrorThrown, ScriptFailed

NOW = datetime(2030, 1, 1, tzinfo=UTC)
ALL = Budget(steps=1_000_000, seconds=1e9)

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions" targetNamespace="t">'
    '<message id="m" name="m"/><message id="m2" name="m2"/><signal id="SG" name="g"/><signal id="SG2" name="g2"/>'
    '<error id="E1" errorCode="E1" name="E1"/><error id="E2" errorCode="E2" name="E2"/>'
)


class FakeHost:
    """Runs scripts with exec: the scripts are our own. `log(x)` appends to `trace`; time passes by `tick` a look.

    `processes` can be called by their keys, which are their references as well. So can the decisions of `decide`.
    """

    def __init__(self, tick: float = 0.0, processes: Mapping[str, Definition] | None = None) -> None:
        self.trace: list[Any] = []
        self.stores: dict[str, Stored] = {}
        self.processes = dict(processes or {})
        self.decisions: dict[str, Decision] = {}
        self.asked: list[tuple[str, Binding, str | None]] = []
        self.clock, self.tick = 0.0, tick

    def _names(self) -> dict[str, Any]:
        def bpmn_error(code: str, message: str = "") -> None:
            raise ErrorThrown(code, message)

        return {"log": self.trace.append, "bpmn_error": bpmn_error}

    def run_script(self, source: str, variables: Mapping[str, Any]) -> ScriptResult:
        before = dict(variables)
        names = self._names()
        scope = {**names, **copy.deepcopy(before)}
        try:
            exec(source, scope)
        except ErrorThrown:
            raise
        except Exception as error:
            raise ScriptFailed(f"{type(error).__name__}: {error}") from error
        assigned = {
            name: value
            for name, value in scope.items()
            if name not in names and name != "__builtins__" and (name not in before or before[name] != value)
        }
        return ScriptResult(assigned)

    def evaluate(self, source: str, variables: Mapping[str, Any]) -> Any:
        try:
            return eval(source, {**self._names(), **copy.deepcopy(dict(variables))})
        except Exception as error:
            raise ScriptFailed(f"{type(error).__name__}: {error}") from error

    def resolve(self, key: str, binding: Binding, caller: str | None) -> str:
        self.asked.append((key, binding, caller))
        if key not in self.processes:
            raise CalledNotFound(f"There is no process '{key}'.")
        return key

    def definition(self, reference: str) -> Definition:
        return self.processes[reference]

    def decide(self, *files: str) -> FakeHost:
        """Deploy DMN files: each decision and service gets its next version, and is what its key means from now on."""
        library = dmn.load(((f"{number}.dmn", text.encode()) for number, text in enumerate(files)), DIALECTS)
        assert not [p for p in library.problems if p.severity == "error"], library.problems
        for model in library.models.values():
            for node in model.definitions.nodes:
                if isinstance(node, dmn_tree.Decision | dmn_tree.Service):
                    key = node.place.id
                    version = self.decisions[key].version + 1 if key in self.decisions else 1
                    self.decisions[key] = self.decisions[f"{key}:{version}"] = Decision(key, node.name, version, model)
        return self

    def resolve_decision(self, key: str, binding: Binding, caller: str | None) -> str:
        self.asked.append((key, binding, caller))
        if key not in self.decisions:
            raise DecisionNotFound(f"There is no decision '{key}'.")
        return f"{key}:{binding.value if binding.kind == 'version' else self.decisions[key].version}"

    def decision(self, reference: str) -> Decision:
        return self.decisions[reference]

    zone = ZoneInfo("UTC")

    def read_store(self, name: str) -> Stored:
        return self.stores.get(name, Stored(None, 0))

    def monotonic(self) -> float:
        self.clock += self.tick
        return self.clock


# -- models
_flows = 0


def flow(source: str, target: str, condition: str | None = None, id: str | None = None) -> str:
    global _flows
    _flows += 1
    inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{id or f"f{_flows}"}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def chain(*ids: str) -> str:
    """Flows from each node to the next."""
    return "".join(flow(a, b) for a, b in pairwise(ids))


def script(id: str, code: str) -> str:
    code = code.replace("&", "&amp;").replace("<", "&lt;")
    return f'<scriptTask id="{id}"><script>{code}</script></scriptTask>'


def say(id: str) -> str:
    """A script task that writes its id into the trace."""
    return script(id, f"log('{id}')")


def service(id: str, inside: str = "", **attributes: str) -> str:
    more = "".join(f' camunda:{name}="{value}"' for name, value in attributes.items())
    return f'<serviceTask id="{id}" camunda:type="external" camunda:topic="work"{more}>{inside}</serviceTask>'


def on(id: str, host: str, definition: str, interrupting: bool = True) -> str:
    flag = "true" if interrupting else "false"
    return f'<boundaryEvent id="{id}" attachedToRef="{host}" cancelActivity="{flag}">{definition}</boundaryEvent>'


def undo(activity: str, handler: str = "") -> str:
    """A compensation boundary event with its handler; the handler says its id unless its XML is given."""
    handler = handler or say(f"undo_{activity}")
    handler = re.sub(r"<(\w+) ", r'<\1 isForCompensation="true" ', handler, count=1)
    id = re.search(r'id="([^"]+)"', handler)
    assert id is not None
    boundary = f'<boundaryEvent id="on_{activity}" attachedToRef="{activity}">{COMPENSATE}</boundaryEvent>'
    link = f'<association id="as_{activity}" sourceRef="on_{activity}" targetRef="{id[1]}" associationDirection="One"/>'
    return boundary + handler + link


def timer(kind: str, text: str) -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


MESSAGE = '<messageEventDefinition messageRef="m"/>'
COMPENSATE = "<compensateEventDefinition/>"
SIGNAL = '<signalEventDefinition signalRef="SG"/>'
ERROR = '<errorEventDefinition errorRef="E1"/>'
ANY_ERROR = "<errorEventDefinition/>"


def bpmn(body: str, extra: str = "", key: str = "proc") -> bytes:
    return f'{HEAD}{extra}<process id="{key}" name="P" isExecutable="true">{body}</process></definitions>'.encode()


def compiled(body: str, extra: str = "", key: str = "proc") -> Definition:
    result = compile_bpmn(bpmn(body, extra, key), filename="t.bpmn")
    assert not result.errors, [f"{p.rule}: {p.message}" for p in result.errors]
    return result.definitions[0]


def problems(body: str, extra: str = "") -> list[tuple[str, str | None]]:
    """(rule, element) of each error of a model."""
    result = compile_bpmn(bpmn(body, extra), filename="t.bpmn")
    assert bool(result.errors) != bool(result.definitions)
    return [(p.rule, p.element_id) for p in result.errors]


# -- running
@dataclass
class Run:
    """One instance, driven by names. Everything that the events say is open is kept here, as the store keeps it."""

    definition: Definition
    host: FakeHost = field(default_factory=FakeHost)
    reload: bool = False
    budget: Budget = ALL
    now: datetime = NOW
    snapshot: Snapshot = field(default_factory=Snapshot)
    stored: dict[str, bytes] = field(default_factory=dict)
    tasks: dict[int, e.TaskOpened] = field(default_factory=dict)
    jobs: dict[int, e.JobRequested] = field(default_factory=dict)
    timers: dict[int, e.TimerSet] = field(default_factory=dict)
    subscriptions: dict[int, e.SubscriptionOpened] = field(default_factory=dict)
    incidents: dict[int, e.IncidentRaised] = field(default_factory=dict)
    active: dict[int, e.ActivityStarted] = field(default_factory=dict)
    calls: dict[int, e.InstanceCalled] = field(default_factory=dict)
    """The called processes that have not ended."""
    log: list[e.Event] = field(default_factory=list)
    calls_of_log: list[int] = field(default_factory=list)
    end: e.InstanceEnded | None = None
    pauses: int = 0

    def do(self, command: c.Command) -> Outcome:
        """Execute, and go on as long as it pauses. With `reload` each step begins from the stored bytes alone."""
        outcome = self.step(command)
        while outcome.paused:
            self.pauses += 1
            [asked] = [event for event in outcome.events if isinstance(event, e.ContinueRequested)]
            outcome = self.step(c.Continue(asked.completed))
        return outcome

    def step(self, command: c.Command) -> Outcome:
        """Execute once, also if it pauses."""
        before = self.snapshot.cold() if self.reload else self.snapshot
        outcome = execute(self.definition, before, command, self.now, self.host, self.budget)
        assert set(outcome.dropped) <= set(self.stored)
        assert not set(outcome.put) & set(outcome.dropped)
        for name in outcome.dropped:
            del self.stored[name]
        self.stored.update(outcome.put)
        assert self.stored == dict(outcome.snapshot.parts)
        self.snapshot = outcome.snapshot
        for event, call in zip(outcome.events, outcome.calls, strict=True):
            self._keep(event, call)
        return outcome

    def _keep(self, event: e.Event, call: int = 0) -> None:
        self.log.append(event)
        self.calls_of_log.append(call)
        if isinstance(event, e.InstanceCalled):
            self.calls[event.call] = event
        elif isinstance(event, e.InstanceReopened):
            [self.calls[call]] = self.said(e.InstanceCalled, call=call)
        elif call and isinstance(event, e.InstanceEnded):
            del self.calls[call]
            return
        opened = {
            e.TaskOpened: self.tasks,
            e.JobRequested: self.jobs,
            e.TimerSet: self.timers,
            e.SubscriptionOpened: self.subscriptions,
            e.IncidentRaised: self.incidents,
            e.ActivityStarted: self.active,
        }
        closed = {
            e.TaskClosed: self.tasks,
            e.JobWithdrawn: self.jobs,
            e.TimerCleared: self.timers,
            e.SubscriptionClosed: self.subscriptions,
            e.IncidentResolved: self.incidents,
            e.ActivityEnded: self.active,
        }
        if type(event) in opened:
            opened[type(event)][event.token] = event  # type: ignore[index,union-attr]
        elif type(event) in closed:
            del closed[type(event)][event.token]  # type: ignore[union-attr]
        elif isinstance(event, e.InstanceEnded):
            self.end = event

    # -- commands by name
    def start(self, variables: Mapping[str, Any] | None = None, at: str | None = None) -> Run:
        self.do(c.StartInstance(variables or {}, at))
        return self

    def complete(self, element_id: str, **variables: Any) -> None:
        self.do(c.CompleteTask(self.token(self.tasks, element_id), variables))

    def finish(self, element_id: str, result: Any = None) -> None:
        token = self.token(self.jobs, element_id)
        del self.jobs[token]
        self.do(c.FinishJob(token, result))

    def fail(self, element_id: str, message: str = "broken") -> None:
        token = self.token(self.jobs, element_id)
        del self.jobs[token]
        self.do(c.FailJob(token, message))

    def throw(self, element_id: str, code: str, **variables: Any) -> None:
        where = self.tasks if any(t.element_id == element_id for t in self.tasks.values()) else self.jobs
        token = self.token(where, element_id)
        self.jobs.pop(token, None)
        self.do(c.ThrowError(token, code, "thrown", variables))

    def message(self, element_id: str, name: str = "m", **variables: Any) -> None:
        self.do(c.DeliverMessage(self.token(self.subscriptions, element_id), name, variables))

    def signal(self, name: str = "g", **variables: Any) -> None:
        """To all tokens that wait for it, as the store brings it from outside."""
        tokens = [s.token for s in self.subscriptions.values() if (s.kind, s.name) == ("signal", name)]
        self.do(c.BroadcastSignal(name, tuple(tokens), variables))

    def fire(self, element_id: str) -> None:
        token = self.token(self.timers, element_id)
        self.now = max(self.now, self.timers[token].due)
        self.do(c.FireTimer(token, self.timers[token].due))

    def advance(self, delta: timedelta) -> None:
        """Let time pass; what falls due fires in order of due time."""
        until = self.now + delta
        while due := [t for t in self.timers.values() if t.due <= until]:
            first = min(due, key=lambda t: (t.due, t.token))
            self.now = max(self.now, first.due)
            self.do(c.FireTimer(first.token, first.due))
        self.now = until

    def retry(self, element_id: str, **variables: Any) -> None:
        self.do(c.RetryIncident(self.token(self.incidents, element_id), variables))

    @staticmethod
    def token(opened: Mapping[int, Any], element_id: str) -> int:
        return min(token for token, event in opened.items() if event.element_id == element_id)

    # -- what is the case
    @property
    def open_tasks(self) -> list[str]:
        return sorted(t.element_id for t in self.tasks.values())

    @property
    def open_jobs(self) -> list[str]:
        return sorted(j.element_id for j in self.jobs.values())

    @property
    def failed(self) -> list[str]:
        return sorted(i.element_id for i in self.incidents.values())

    @property
    def waiting(self) -> list[str]:
        """Elements with an open subscription or timer."""
        return sorted(
            [s.element_id for s in self.subscriptions.values()] + [t.element_id for t in self.timers.values()]
        )

    @property
    def variables(self) -> dict[str, Any]:
        return read_variables(self.definition, self.snapshot, self.host)

    @property
    def completed(self) -> bool:
        return self.end is not None and self.end.state == "completed"

    def variables_of(self, element_id: str) -> dict[str, Any]:
        """Of the open process that this call activity has called."""
        return read_variables(self.definition, self.snapshot, self.host, self.token(self.calls, element_id))

    def said(self, kind: type, **fields: Any) -> list[Any]:
        """The events of a kind with these fields."""
        return [
            event
            for event in self.log
            if isinstance(event, kind) and all(getattr(event, name) == value for name, value in fields.items())
        ]

    def count(self, element_id: str) -> int:
        """How often the element has completed."""
        return len(self.said(e.ActivityEnded, element_id=element_id, state="completed"))

    def assert_clean(self) -> None:
        """After the end nothing is open and only the process with its variables is stored."""
        assert self.end is not None
        left = (self.tasks, self.jobs, self.timers, self.subscriptions, self.incidents, self.active, self.calls)
        assert not any(left), left
        assert [name for name in self.stored if not name.startswith("v.")] == ["0"]


def run(body: str, variables: Mapping[str, Any] | None = None, *, extra: str = "", reload: bool = True) -> Run:
    """Compile and start; each step is done from the stored bytes unless `reload` is off."""
    return Run(compiled(body, extra), reload=reload).start(variables)
