"""What an operator does to a running instance: suspend, move, skip, throw, compensate, begin anew elsewhere.

Each is one command, all or nothing. What cannot be done raises and names the reason and the way out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from stellwerk.engine import commands, values
from stellwerk.engine.elements.activity import Activity
from stellwerk.engine.elements.base import Joining
from stellwerk.engine.elements.catching import Catching
from stellwerk.engine.elements.compensation import compensate, is_reopened
from stellwerk.engine.elements.event_gateway import EventBasedGateway
from stellwerk.engine.elements.gateways import ExclusiveGateway
from stellwerk.engine.elements.jobs import JobTask
from stellwerk.engine.elements.tasks import UserTask
from stellwerk.engine.events import (
    IncidentResolved,
    InstanceResumed,
    InstanceSuspended,
    JobWithdrawn,
    VariablesChanged,
)
from stellwerk.engine.instance import Instance
from stellwerk.engine.operation.moving import modify
from stellwerk.engine.operation.naming import acted, only_listens, refused, step_at
from stellwerk.engine.scope import Process, Scope
from stellwerk.engine.thrown import catchable, is_caught, throw_error, throw_escalation
from stellwerk.engine.token import ERROR, READY, STARTED, WAITING, Token
from stellwerk.engine.variables import Layer
from stellwerk.errors import TokenNotWaiting, WrongState

WHILE_SUSPENDED = (
    commands.FinishJob,
    commands.FailJob,
    commands.ThrowError,
    commands.RetryIncident,
    commands.ChangeVariables,
    commands.CancelInstance,
    commands.SuspendInstance,
    commands.ResumeInstance,
    commands.ModifyInstance,
    commands.SkipStep,
    commands.ThrowErrorAt,
    commands.CompensateNow,
    commands.MigrateInstance,
)


# -- suspend and resume
def suspend(command: commands.SuspendInstance, instance: Instance) -> None:
    if instance.suspended:
        raise WrongState("The instance is suspended already.")
    instance.suspended = True
    instance.touch(0)
    instance.record(InstanceSuspended(command.reason))


def resume(command: commands.ResumeInstance, instance: Instance) -> None:
    if not instance.suspended:
        raise WrongState("The instance is not suspended; there is nothing to resume.")
    instance.suspended = False
    instance.touch(0)
    instance.record(InstanceResumed(command.reason))


# -- variables
def change_variables(command: commands.ChangeVariables, instance: Instance) -> None:
    changed = values.check(command.variables)
    process, token = _place(instance, command.scope)
    layer = process.variables if token is None else token.locals or Layer()
    for name in command.removed:
        if name in changed:
            refused("removed", "once", f"'{name}' is both written and removed. Do one of them.")
        if name not in layer:
            refused("removed", "exists", f"There is no variable '{name}' in this scope. Look at its variables again.")
    if command.reason:
        acted(token or process, "variables", command.reason)
    if command.removed:
        _remove(process, token, command.removed)
    if changed and token is not None:
        token.set_locals(changed)
    elif changed:
        process.task_tree.data.assign(changed)


def _place(instance: Instance, scope: int) -> tuple[Process, Token | None]:
    """Where the variables are: in a process, or at the token of an activity in it."""
    process = instance.process_of(scope)
    if process is not None:
        return process, None
    token = instance.find(scope)
    if token is None:
        refused("scope", "exists", f"There is no scope {scope} in this instance now.")
    return token.workflow.process, token


def _remove(process: Process, token: Token | None, names: tuple[str, ...]) -> None:
    if token is None:
        process.variables.drop(names)
        process.top_workflow.dirty = True
        process.touch(0)
    else:
        token.drop_locals(names)
    process.record(VariablesChanged(token.id if token else 0, {}, names))


# -- one step
def skip(command: commands.SkipStep, instance: Instance) -> None:
    token = step_at(instance, command.token)
    spec = token.task_spec
    variables = values.check(command.variables)
    if isinstance(spec, Joining | ExclusiveGateway | EventBasedGateway):
        raise WrongState(f"'{spec.label}' is a gateway: it has no work that could be skipped. Move its token instead.")
    awaits_data = token.id in instance.event_manager.awaiting
    if token.has_state(WAITING) and not (awaits_data or _awaits_event(instance, token)):
        raise WrongState(f"'{spec.label}' has not begun: it waits for more tokens. Move its token instead.")
    acted(token, "skip", command.reason)
    if _awaits_event(instance, token):
        spec.fire(token, variables)
        return
    _end_work(instance, token)
    if variables and isinstance(spec, Activity):
        spec.give(token, variables, "job")
    elif variables:
        token.data.assign(variables)
    if not (isinstance(spec, UserTask) and token.has_state(READY)):
        token._set_state(STARTED)
    instance.agenda.append(token)


def _awaits_event(instance: Instance, token: Token) -> bool:
    spec = token.task_spec
    return (
        token.has_state(WAITING)
        and isinstance(spec, Catching)
        and bool(spec.parts or token.id in instance.event_manager.tasks)
    )


def _end_work(instance: Instance, token: Token) -> None:
    """What is being done at the token ends."""
    reason = f"'{token.task_spec.label}' is skipped"
    if isinstance(token.task_spec, JobTask) and token.task_spec.waits(token):
        token.workflow.record(JobWithdrawn(token.id, reason))
    if token.has_state(ERROR):
        token.workflow.record(IncidentResolved(token.id, "skipped"))
    token.forget("job", "incident", "thrown")
    instance.event_manager.awaiting.pop(token.id, None)
    undoing = instance.find(token.internal_data.get("undoing", 0))
    if undoing is not None:
        undoing.cancel(reason)
    inside = instance.subprocesses.get(token.id)
    if inside is not None:
        inside.clear(reason)
        inside.withdrawn(reason)
        inside.completed = True
        inside.touch(0)
    work = [child for child in token.children if not only_listens(child)]
    instance.withdraw(work, reason)


# -- errors, escalations, compensation
def throw_error_at(command: commands.ThrowErrorAt, instance: Instance) -> None:
    token, variables = _active(instance, command.token), values.check(command.variables)
    if not is_caught(token, command.error_code):
        _not_caught(token, "error", command.error_code, "errorCode")
    acted(token, "error", command.reason)
    throw_error(token, command.error_code, command.message, variables)


def escalate(command: commands.ThrowEscalation, instance: Instance) -> None:
    token, variables = _active(instance, command.token), values.check(command.variables)
    acted(token, "escalation", command.reason)
    if not throw_escalation(token, command.escalation_code, variables):
        _not_caught(token, "escalation", command.escalation_code, "escalationCode")


def _active(instance: Instance, token_id: int) -> Token:
    token = step_at(instance, token_id)
    if not isinstance(token.task_spec, Activity):
        raise WrongState(
            f"'{token.task_spec.label}' is no activity: errors and escalations are caught around activities. "
            "Move the token instead."
        )
    return token


def _not_caught(token: Token, kind: str, code: str, path: str) -> NoReturn:
    known = [c.code or "every code" for c in catchable(token) if c.kind == kind]
    can = f"It can be: {', '.join(known)}." if known else f"Nothing around it catches an {kind}."
    refused(path, "caught", f"The {kind} '{code}' is not caught around '{token.task_spec.label}'. {can}")


def compensate_now(command: commands.CompensateNow, instance: Instance) -> None:
    scope: Scope | None = instance.subprocesses.get(command.scope) if command.scope else instance
    if scope is None or (scope.parent_task is not None and is_reopened(scope.parent_task)):
        raise TokenNotWaiting(command.scope)
    acted(scope.parent_task or instance, "compensate", command.reason)
    if not compensate(scope, command.activity):
        what = f"'{command.activity}' has not completed here, or" if command.activity else "Nothing has completed here"
        raise WrongState(
            f"{what} {'it ' if command.activity else 'that '}has no compensation handler: there is nothing to undo."
        )


OPERATIONS: Mapping[type[Any], Callable[[Any, Instance], None]] = {
    commands.SuspendInstance: suspend,
    commands.ResumeInstance: resume,
    commands.ChangeVariables: change_variables,
    commands.ModifyInstance: modify,
    commands.SkipStep: skip,
    commands.ThrowErrorAt: throw_error_at,
    commands.ThrowEscalation: escalate,
    commands.CompensateNow: compensate_now,
}
