"""What a command would do, told before it is done.

The command runs on a copy, and its events are put into records and sentences: nothing else knows what commands do, so
a preview cannot differ from what is done. It follows the tokens as far as they go without a script or an expression
that needs the sandbox; what depends on one of these is not known before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NoReturn

from stellwerk.engine import commands
from stellwerk.engine import events as e
from stellwerk.engine.definition import Definition
from stellwerk.engine.elements.catching import Catching
from stellwerk.engine.execute import do, wake
from stellwerk.engine.host import Budget, Host, Library
from stellwerk.engine.instance import Instance
from stellwerk.engine.outcome import Snapshot
from stellwerk.engine.token import Token

MOST = 200  # elements that are followed
ONE = Budget(steps=1, seconds=1e9)
SCOPES = {"subProcess", "transaction", "adHocSubProcess", "callActivity", "multiInstance", "standardLoop"}

SENTENCES: Mapping[str, str] = {
    "token-withdrawn": "What is at '%(name)s' is taken away.",
    "step-completed": "'%(name)s' is completed.",
    "step-passed": "'%(name)s' is passed.",
    "step-begun": "A token comes to '%(name)s'.",
    "scope-begun": "'%(name)s' begins.",
    "task-opened": "The task '%(name)s' opens.",
    "task-withdrawn": "The task '%(name)s' is withdrawn.",
    "task-completed": "The task '%(name)s' is closed as completed.",
    "job-requested": "The handler of topic '%(detail)s' will run for '%(name)s'.",
    "job-withdrawn": "The job of '%(name)s' is withdrawn. If its handler runs already, its result will not count.",
    "timer-set": "The timer '%(name)s' is set for %(detail)s.",
    "timer-cleared": "The timer '%(name)s' is cleared.",
    "message-awaited": "'%(name)s' waits for the message '%(detail)s'.",
    "message-not-awaited": "'%(name)s' no longer waits for the message '%(detail)s'.",
    "signal-awaited": "'%(name)s' waits for the signal '%(detail)s'.",
    "signal-not-awaited": "'%(name)s' no longer waits for the signal '%(detail)s'.",
    "message-sent": "'%(name)s' sends the message '%(detail)s'.",
    "signal-sent": "'%(name)s' sends the signal '%(detail)s'.",
    "variables-written": "Variables are written: %(detail)s.",
    "variables-removed": "Variables are removed: %(detail)s.",
    "incident-raised": "There will be an incident at '%(name)s': %(detail)s",
    "incident-resolved": "The incident at '%(name)s' is resolved.",
    "script-runs": "What '%(name)s' runs in the sandbox will be run; what follows depends on it.",
    "goes-on": "And so on: only the first steps are shown.",
    "instance-completed": "The instance is completed.",
    "instance-cancelled": "The instance is cancelled.",
    "instance-failed": "The instance ends as failed: %(detail)s.",
    "instance-suspended": "Nothing moves any more until the instance is resumed: people cannot complete its tasks, "
    "timers and messages wait. Handlers that run already may end.",
    "instance-resumed": "The instance goes on, also with what has waited meanwhile.",
}


@dataclass(frozen=True)
class Effect:
    """One thing that would happen, `tokens` times at the same element. `kind` is a key of SENTENCES."""

    kind: str
    element_id: str | None
    name: str
    detail: str = ""
    tokens: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        times = f" ({len(self.tokens)} times)" if len(self.tokens) > 1 else ""
        return SENTENCES[self.kind] % {"name": self.name, "detail": self.detail} + times


@dataclass(frozen=True)
class Preview:
    """In the order in which it would happen; `events` are what the effects were made of."""

    effects: tuple[Effect, ...]
    events: tuple[e.Event, ...]


def preview(
    definition: Definition, snapshot: Snapshot, command: commands.Command, now: datetime, host: Host
) -> Preview:
    """The snapshot is not used up. Raises what `execute` would raise: what cannot be done, and why."""
    instance, _ = wake(definition, snapshot.cold(), host)
    dry: Any = _DryHost(host)
    instance.begin_command(now, dry)
    told = _Told(instance, host)
    try:
        do(command, instance)
    except _NotRun:
        told.depends(instance)
    _follow(instance, told)
    events = tuple(instance.events)
    return Preview(_grouped([*told.effects(events, instance.calls_of_events), *told.unknown]), events)


def _follow(instance: Instance, told: _Told) -> None:
    for _ in range(MOST):
        try:
            if not instance.run(ONE):
                return
        except _NotRun:
            told.depends(instance)
    told.unknown.append(Effect("goes-on", None, ""))


class _NotRun(Exception):
    """Something had to be run that is not run for a preview."""


class _DryHost:
    """Runs nothing; all other questions go to the host."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def run_script(self, source: str, variables: Mapping[str, Any]) -> NoReturn:
        raise _NotRun

    evaluate = run_script

    def __getattr__(self, name: str) -> Any:
        return getattr(self._host, name)


# -- events as effects
@dataclass(frozen=True)
class _Read:
    """An event for this purpose. What `opens` and what closes the same `subject` of one token take each other away."""

    kind: str
    detail: str = ""
    subject: str = ""
    opens: bool = False


_ENDED = {"completed": "step-completed", "cancelled": "token-withdrawn", "merged": "step-passed"}
_EVENTS: Mapping[type[Any], Callable[[Any], _Read]] = {
    e.ActivityStarted: lambda x: _Read("scope-begun" if x.element_type in SCOPES else "step-begun", "", "step", True),
    e.ActivityEnded: lambda x: _Read(_ENDED[x.state], "", "step"),
    e.TaskOpened: lambda x: _Read("task-opened", "", "task", True),
    e.TaskClosed: lambda x: _Read(f"task-{x.state}", "", "task"),
    e.JobRequested: lambda x: _Read("job-requested", x.topic, "job", True),
    e.JobWithdrawn: lambda x: _Read("job-withdrawn", "", "job"),
    e.TimerSet: lambda x: _Read("timer-set", x.due.isoformat(), "timer", True),
    e.TimerCleared: lambda x: _Read("timer-cleared", "", "timer"),
    e.SubscriptionOpened: lambda x: _Read(f"{x.kind}-awaited", x.name, f"{x.kind} {x.name}", True),
    e.SubscriptionClosed: lambda x: _Read(f"{x.kind}-not-awaited", x.name, f"{x.kind} {x.name}"),
    e.IncidentRaised: lambda x: _Read("incident-raised", x.message, "incident", True),
    e.IncidentResolved: lambda x: _Read("incident-resolved", "", "incident"),
    e.MessageThrown: lambda x: _Read("message-sent", x.name),
    e.SignalThrown: lambda x: _Read("signal-sent", x.name),
    e.VariablesChanged: lambda x: _Read(
        "variables-removed" if x.removed else "variables-written", ", ".join(x.removed or x.values)
    ),
    e.InstanceEnded: lambda x: _Read(f"instance-{x.state}", x.reason),
    e.InstanceSuspended: lambda x: _Read("instance-suspended"),
    e.InstanceResumed: lambda x: _Read("instance-resumed"),
}
_PLAIN = {"step-begun", "step-completed", "token-withdrawn"}  # told only where nothing says more about the token


class _Told:
    """What comes and goes within the preview is not told, but for the steps that are passed."""

    def __init__(self, instance: Instance, library: Library) -> None:
        self.library = library
        self.places = {token.id: _place(token) for token in instance.tokens.values()}
        self.definitions = {process.call: process.definition for process in (instance, *instance.calls.values())}
        self.found: list[Effect | None] = []
        self.unknown: list[Effect] = []  # what depends on something that is not run
        self.open: dict[tuple[int, str], int] = {}  # token and subject -> where the effect that opened it is

    def depends(self, instance: Instance) -> None:
        token = instance.moving
        if token is not None:
            process = token.workflow.process
            name = _name(process.definition, token.task_spec.bpmn_id)
            self.unknown.append(Effect("script-runs", token.task_spec.bpmn_id, name, "", (token.id,)))

    def effects(self, events: Iterable[e.Event], calls: Iterable[int]) -> list[Effect]:
        for event, call in zip(events, calls, strict=True):
            if isinstance(event, e.InstanceCalled):
                self.definitions[event.call] = self.library.definition(event.definition_id)
            if type(event) in _EVENTS and not (call and isinstance(event, e.InstanceEnded)):
                self._tell(event, _EVENTS[type(event)](event), call)
        told = [effect for effect in self.found if effect is not None]
        better = {token for effect in told if effect.kind not in _PLAIN for token in effect.tokens}
        return [effect for effect in told if effect.kind not in _PLAIN or better.isdisjoint(effect.tokens)]

    def _tell(self, event: Any, read: _Read, call: int) -> None:
        token: int = getattr(event, "token", 0)
        element_id = getattr(event, "element_id", None) or self.places.get(token)
        if element_id:
            self.places[token] = element_id
        kind, before = read.kind, self.open.pop((token, read.subject), None) if read.subject else None
        if before is not None:
            self.found[before] = None
        if read.opens:
            self.open[token, read.subject] = len(self.found)
        elif before is not None:
            kind = "step-passed" if kind == "step-completed" else ""
        if kind:
            name = _name(self.definitions[call], element_id)
            self.found.append(Effect(kind, element_id, name, read.detail, (token,) if token else ()))


def _place(token: Token) -> str:
    spec = token.task_spec
    return spec.event_id if isinstance(spec, Catching) else spec.bpmn_id


def _name(definition: Definition, element_id: str | None) -> str:
    element = definition.elements.get(element_id or "")
    return (element.name if element else None) or element_id or definition.name or definition.key


def _grouped(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """The same thing at several tokens is told once."""
    found: dict[Effect, tuple[int, ...]] = {}
    for effect in effects:
        same = replace(effect, tokens=())
        found[same] = found.get(same, ()) + effect.tokens
    return tuple(replace(effect, tokens=tokens) for effect, tokens in found.items())
