"""The door: one command on one instance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import singledispatch
from itertools import islice
from typing import Any, cast

from stellwerk.engine import commands, migration, undo, values
from stellwerk.engine.definition import Definition
from stellwerk.engine.elements.catching import Catching
from stellwerk.engine.elements.jobs import JobTask
from stellwerk.engine.elements.tasks import UserTask
from stellwerk.engine.event_definitions import kind_of
from stellwerk.engine.events import ContinueRequested, TaskClosed
from stellwerk.engine.faults import Fault
from stellwerk.engine.host import Budget, Host, Library
from stellwerk.engine.instance import Instance
from stellwerk.engine.operation import moving, operate
from stellwerk.engine.outcome import Outcome, ScopeVariables, Snapshot
from stellwerk.engine.snapshot import dump, load
from stellwerk.engine.subscriptions import due_of, named
from stellwerk.engine.thrown import Catchable, catchable, throw_error
from stellwerk.engine.token import ERROR, READY, WAITING, Token
from stellwerk.errors import (
    ErrorThrown,
    InstanceSuspended,
    MigrationRefused,
    NotStartable,
    TokenNotWaiting,
    WrongState,
)

NO_BUDGET_GIVEN = Budget()


def execute(
    definition: Definition,
    snapshot: Snapshot,
    command: commands.Command,
    now: datetime,
    host: Host,
    budget: Budget = NO_BUDGET_GIVEN,
) -> Outcome:
    """Do the command, then move every token as far as it goes or the budget lasts.

    `now` is aware. Raises TokenNotWaiting, InvalidInput, NotStartable, WrongState, InstanceSuspended; then throw the
    snapshot away.
    """
    instance, parts = wake(definition, snapshot, host)
    instance.begin_command(now, host)
    do(command, instance)
    before = command.completed if isinstance(command, commands.Continue) else 0
    paused = instance.run(budget, before)
    if paused:
        instance.record(ContinueRequested(before + instance.steps))
    put, dropped = dump(instance, parts)
    events, calls = tuple(instance.events), tuple(instance.calls_of_events)
    instance.events, instance.calls_of_events = [], []
    return Outcome(put, dropped, events, Snapshot(parts, instance), paused, calls)


def do(command: commands.Command, instance: Instance) -> None:
    """The command itself; no token moves on yet. Raises what `execute` raises."""
    if not instance.last_id and not isinstance(command, commands.StartInstance):
        raise WrongState("The instance has not started yet.")
    if instance.end is not None:
        raise _ended(instance, command)
    if instance.suspended and not isinstance(command, operate.WHILE_SUSPENDED):
        raise InstanceSuspended("The instance is suspended: nothing moves in it. Resume it first.")
    perform(command, instance)


def read_variables(definition: Definition, snapshot: Snapshot, library: Library, token: int = 0) -> dict[str, Any]:
    """All that the token sees, its own variables first. The snapshot is not used up.

    0: the variables of the process; the number of a call: those of the process that it has called.
    Raises TokenNotWaiting when there is no such token.
    """
    instance = wake(definition, snapshot, library)[0]
    process = instance.process_of(token)
    return dict(process.variables) if process is not None else _token(instance, token).data.flat()


def read_scopes(
    definition: Definition, snapshot: Snapshot, library: Library, call: int = 0, most: int = 100
) -> tuple[ScopeVariables, ...]:
    """What tokens of the process itself have beside its variables: subprocesses, loops, activities with inputs.

    Of the instance, or of the process that `call` has called. The first `most` in the order in which they began. The
    snapshot is not used up.
    """
    instance = wake(definition, snapshot, library)[0]
    process = instance.process_of(call)
    tokens = (token for _, token in sorted(instance.tokens.items()))
    found = (t for t in tokens if t.locals and t.is_shown and t.workflow.process is process)
    return tuple(ScopeVariables(t.id, t.task_spec.bpmn_id, dict(t.locals or {})) for t in islice(found, most))


def read_undo_plan(
    definition: Definition, snapshot: Snapshot, library: Library, scope: int = 0
) -> tuple[undo.UndoStep, ...]:
    """What a compensation would undo now, in its order: of the process, of a subprocess or a call (`scope`)."""
    return undo.plan(wake(definition, snapshot, library)[0], library, scope)


def dry_run(
    definition: Definition, snapshot: Snapshot, command: commands.MigrateInstance, now: datetime, host: Host
) -> tuple[migration.Fate, ...]:
    """What a migration would do with each thing that waits, refusals first. It is done on a copy.

    Raises InvalidInput for a mapping that is none, WrongState for an instance that has ended.
    """
    instance, _ = wake(definition, snapshot.cold(), host)
    instance.begin_command(now, host)
    if instance.end is not None:
        raise _ended(instance, command)
    return migration.migrate(instance, command)


def read_catchable(definition: Definition, snapshot: Snapshot, library: Library, token: int) -> tuple[Catchable, ...]:
    """The errors and escalations that events around this token catch. Raises TokenNotWaiting."""
    return catchable(_token(wake(definition, snapshot, library)[0], token))


def wake(definition: Definition, snapshot: Snapshot, library: Library) -> tuple[Instance, dict[str, bytes]]:
    """The live instance of a snapshot, and its parts."""
    if snapshot.live is not None:
        return snapshot.live, cast("dict[str, bytes]", snapshot.parts)
    parts = dict(snapshot.parts)
    return load(definition, parts, library) if parts else Instance(definition), parts


def _ended(instance: Instance, command: commands.Command) -> Exception:
    token = getattr(command, "token", None)
    if token is not None:
        return TokenNotWaiting(token)
    return WrongState(f"The instance is {instance.end[0] if instance.end else 'over'} already; nothing can change it.")


def _token(instance: Instance, token_id: int, waits: Callable[[Token], bool] = lambda token: True) -> Token:
    token = instance.find(token_id)
    if token is None or not waits(token):
        raise TokenNotWaiting(token_id)
    return token


@singledispatch
def perform(command: Any, instance: Instance) -> None:
    """What the command itself changes; the agenda does the rest."""
    raise TypeError(f"{type(command).__name__} is no command of the engine")


@perform.register
def _start(command: commands.StartInstance, instance: Instance) -> None:
    if instance.last_id:
        raise WrongState("The instance has started already.")
    variables = values.check(command.variables)
    start = command.start_event
    if command.instructions:
        instance.business_key = command.business_key
        moving.restart(instance, command, variables)
        return
    if start is None:
        if not instance.spec.entries:
            raise NotStartable(
                f"The process '{instance.definition.key}' has no none start event. "
                "It is started by its message or timer, or needs a none start event."
            )
        found = None
    else:
        found = next((s for s in instance.definition.starts if s.trigger == start), None)
        if found is None:
            raise NotStartable(f"The process '{instance.definition.key}' has no start event '{start}'.")
        instance.starting = found.trigger
        if found.kind == "message" and found.name is not None:
            instance.conversations.receive(instance, found.name, variables, values.check(command.correlation_keys))
    instance.business_key = command.business_key
    instance.start(variables, found)


@perform.register
def _complete_task(command: commands.CompleteTask, instance: Instance) -> None:
    token = _token(instance, command.token, _is_open_task)
    variables = values.check(command.variables)
    if variables:
        token.data.assign(variables)
    instance.advance(token)


def _is_open_task(token: Token) -> bool:
    return isinstance(token.task_spec, UserTask) and token.has_state(READY)


@perform.register
def _deliver_message(command: commands.DeliverMessage, instance: Instance) -> None:
    variables = values.check(command.variables)
    wanted = ("message", command.name) if command.name else None  # a receive task without a message has no name
    token = _catcher(instance, command.token, lambda d: kind_of(d) in _DELIVERED and named(d) == wanted)
    compared = instance.conversations.receive(token, command.name, variables, values.check(command.correlation_keys))
    if command.business_key is not None:
        compared["businessKey"] = command.business_key
    token.task_spec.correlated(token, command.name, compared)
    token.task_spec.fire(token, variables)


_DELIVERED = ("message", "none")


@perform.register
def _broadcast_signal(command: commands.BroadcastSignal, instance: Instance) -> None:
    variables = values.check(command.variables)
    waiting = instance.event_manager.waiting_for("signal", command.name)
    receivers = [token for token in waiting if token.id in command.tokens]
    if not receivers:
        raise TokenNotWaiting(min(command.tokens, default=0))
    instance.event_manager.broadcast(receivers, variables)


@perform.register
def _fire_timer(command: commands.FireTimer, instance: Instance) -> None:
    token = _catcher(instance, command.token, lambda d: True)
    if "due" not in token.internal_data or due_of(token) != command.due:
        raise TokenNotWaiting(command.token)
    token.task_spec.fire(token, {})


def _catcher(instance: Instance, token_id: int, fits: Callable[[Any], bool]) -> Token:
    token = _token(instance, token_id, lambda token: token.has_state(WAITING))
    spec = token.task_spec
    if (
        token.id not in instance.event_manager.tasks
        or not isinstance(spec, Catching)
        or not fits(spec.event_definition)
    ):
        raise TokenNotWaiting(token_id)
    return token


@perform.register
def _finish_job(command: commands.FinishJob, instance: Instance) -> None:
    token, spec = _job(instance, command.token)
    try:
        spec.finish(token, command.result)
    except Fault as fault:
        instance.incident(token, fault, "run")
    else:
        instance.go_on(token)


@perform.register
def _fail_job(command: commands.FailJob, instance: Instance) -> None:
    token, _ = _job(instance, command.token)
    token.forget("job")
    instance.incident(token, Fault("job", command.message, command.detail), "run")


def _job(instance: Instance, token_id: int) -> tuple[Token, JobTask]:
    token = _token(instance, token_id, lambda t: isinstance(t.task_spec, JobTask) and t.task_spec.waits(t))
    return token, cast(JobTask, token.task_spec)


@perform.register
def _throw_error(command: commands.ThrowError, instance: Instance) -> None:
    token = _token(instance, command.token, lambda t: _is_open_task(t) or _is_open_job(t))
    variables = values.check(command.variables)
    if instance.suspended:
        _keep_error(instance, token, ErrorThrown(command.error_code, command.message, variables))
        return
    token.forget("job")  # the handler has ended
    try:
        throw_error(token, command.error_code, command.message, variables)
    except Fault as fault:
        if isinstance(token.task_spec, UserTask):
            token.workflow.record(TaskClosed(token.id, "withdrawn", f"error '{command.error_code}'"))
            instance.incident(token, fault, "begin")
        else:
            instance.incident(token, fault, "run")


def _keep_error(instance: Instance, token: Token, error: ErrorThrown) -> None:
    if not _is_open_job(token):
        raise InstanceSuspended("The instance is suspended: the task waits until it is resumed. Nothing was changed.")
    token.forget("job")
    token.task_spec.keep_error(token, error)
    instance.agenda.append(token)


def _is_open_job(token: Token) -> bool:
    return isinstance(token.task_spec, JobTask) and token.task_spec.waits(token)


@perform.register
def _retry_incident(command: commands.RetryIncident, instance: Instance) -> None:
    token = _token(instance, command.token, lambda token: token.has_state(ERROR))
    variables = values.check(command.variables)
    if variables:
        token.data.assign(variables)
    instance.retry(token)


@perform.register
def _continue(command: commands.Continue, instance: Instance) -> None:
    """The agenda is there already."""


@perform.register
def _migrate_instance(command: commands.MigrateInstance, instance: Instance) -> None:
    refused = [fate for fate in migration.migrate(instance, command) if fate.becomes == "refused"]
    if refused:
        raise MigrationRefused([fate.message for fate in refused])


@perform.register
def _cancel_instance(command: commands.CancelInstance, instance: Instance) -> None:
    instance.finish("cancelled", command.reason)


for _command, _operation in operate.OPERATIONS.items():
    perform.register(_command, _operation)
