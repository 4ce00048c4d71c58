"""An operator's commands on instances. Each can be previewed: what it would do, told by the engine's dry run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

from stellwerk.engine import Catchable, Preview, UndoStep, values
from stellwerk.engine.commands import (
    CancelAt,
    ChangeVariables,
    CompensateNow,
    Instruction,
    ModifyInstance,
    PutToken,
    ResumeInstance,
    SkipStep,
    StartInstance,
    SuspendInstance,
    ThrowErrorAt,
    ThrowEscalation,
)
from stellwerk.engine.outcome import Snapshot
from stellwerk.errors import FieldError, InvalidInput, ProcessError, WrongState
from stellwerk.store import definitions, history
from stellwerk.store.instances import InstanceFilter, list_instances
from stellwerk.store.paging import PageRequest
from stellwerk.store.projection import MASK
from stellwerk.store.records import MOVING, DefinitionRecord, InstanceRecord, Page
from stellwerk.usecases import instances, step
from stellwerk.usecases.access import Action, Principal, require
from stellwerk.usecases.host import ServerHost
from stellwerk.usecases.library import Library, definition_of
from stellwerk.usecases.runtime import Runtime

LONGEST_REASON = 2000
MOST = 100  # instances of one call
Operation = (
    SuspendInstance
    | ResumeInstance
    | ChangeVariables
    | ModifyInstance
    | SkipStep
    | ThrowErrorAt
    | ThrowEscalation
    | CompensateNow
)


def do(rt: Runtime, who: Principal, id: UUID, command: Operation) -> InstanceRecord:
    """Do it, and return the instance as it is then. Raises what `step.run` raises."""
    command = _meant(rt, who, id, command)
    step.run(rt, id, step.Move(command, who.name))
    return instances.read(rt, id)


def preview(rt: Runtime, who: Principal, id: UUID, command: Operation) -> Preview:
    """What `do` would do now. Raises what it would raise."""
    command = _meant(rt, who, id, command)
    head, definition, snapshot = step.snapshot_of(rt, id)
    with rt.database.reading() as tx:
        now = rt.database.now(tx)
    return rt.engine.preview(definition, snapshot, command, now, ServerHost(rt, str(head.definition_id)))


def _meant(rt: Runtime, who: Principal, id: UUID, command: Operation) -> Operation:
    """The command, allowed and checked; in an instance that was called it is about that one alone."""
    action: Action = "instance.change-variables" if isinstance(command, ChangeVariables) else "instance.operate"
    record = instances.permitted(rt, who, action, id)
    checked_reason(command.reason)
    if record.state not in MOVING:
        raise WrongState(f"The instance is {record.state} already; nothing can change it.")
    if isinstance(command, SuspendInstance | ResumeInstance):
        instances.require_root(record, "suspended or resumed")
    return _within(command, record.call) if record.call else command


def _within(command: Operation, call: int) -> Operation:
    if isinstance(command, ChangeVariables | CompensateNow) and not command.scope:
        return replace(command, scope=call)
    if isinstance(command, ModifyInstance):
        return replace(command, instructions=tuple(_inside(one, call) for one in command.instructions))
    return command


def _inside(instruction: Instruction, call: int) -> Instruction:
    if isinstance(instruction, CancelAt):
        return replace(instruction, call=call)
    if isinstance(instruction, PutToken) and not instruction.around:
        return replace(instruction, around=call)
    return instruction


def checked_reason(reason: str) -> str:
    """Raises InvalidInput for one that is too long for the history."""
    if len(reason) > LONGEST_REASON:
        message = f"The reason has {len(reason)} characters; {LONGEST_REASON} are possible. Shorten it."
        raise InvalidInput([FieldError("reason", "length", message)])
    return reason


# -- all instances of a version
@dataclass(frozen=True)
class Done:
    """What became of one instance of many: it is suspended or resumed, or `problem` says why nothing was changed."""

    instance: InstanceRecord
    problem: str = ""


def do_all(
    rt: Runtime, who: Principal, definition_id: UUID, command: SuspendInstance | ResumeInstance, page: PageRequest
) -> Page[Done]:
    """Suspend the active instances of a version, or resume the suspended ones: the last started first, each by itself.

    At most `page.limit`; those that were called follow the instance where it all began. Raises NotFound.
    """
    require(who, "definition.operate")
    checked_reason(command.reason)
    state = "active" if isinstance(command, SuspendInstance) else "suspended"
    with rt.database.reading() as tx:
        definitions.get_definition(tx, definition_id)
        wanted = InstanceFilter(definition_id=definition_id, state=state)
        found = list_instances(tx, wanted, PageRequest(min(page.limit, MOST), page.cursor))
    return Page(tuple(_try(rt, who, record, command) for record in found.items), found.next_cursor)


def _try(rt: Runtime, who: Principal, record: InstanceRecord, command: Operation) -> Done:
    try:
        do(rt, who, record.id, command)
    except ProcessError as error:  # told in the report; the others go on
        return Done(record, error.message)
    return Done(record)


# -- a new instance from one that has ended
@dataclass(frozen=True)
class RestartRequest:
    """A new instance of the same version, with the same business key, that begins where `instructions` say.

    `taking` the variables that the old one had last, or those that it was started with; `variables` are written over
    them.
    """

    instructions: tuple[PutToken, ...]
    taking: Literal["last", "start"] = "last"
    variables: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def restart(rt: Runtime, who: Principal, id: UUID, request: RestartRequest) -> InstanceRecord:
    """Raises WrongState while the old instance still runs, InvalidInput, NotFound."""
    record, command = _restarted(rt, who, id, request)
    with rt.database.reading() as tx:
        now = rt.database.now(tx)
    new, _ = step.start(rt, record, step.Move(command, who.name), now)
    return instances.read(rt, new)


def preview_restart(rt: Runtime, who: Principal, id: UUID, request: RestartRequest) -> Preview:
    record, command = _restarted(rt, who, id, request)
    definition = definition_of(rt, record.source_hash, record.key)
    with rt.database.reading() as tx:
        now = rt.database.now(tx)
    return rt.engine.preview(definition, Snapshot(), command, now, ServerHost(rt, str(record.id)))


def _restarted(
    rt: Runtime, who: Principal, id: UUID, request: RestartRequest
) -> tuple[DefinitionRecord, StartInstance]:
    old = instances.permitted(rt, who, "instance.operate", id)
    instances.require_root(old, "restarted")
    if old.state in MOVING:
        raise WrongState(
            f"The instance is {old.state}. Move its tokens instead; only ended instances can be restarted."
        )
    if not request.instructions:
        message = "Say where to start: name at least one element."
        raise InvalidInput([FieldError("instructions", "required", message)])
    taken = _variables(rt, id, request.taking) | values.check(request.variables)
    why = checked_reason(request.reason)
    reason = f"instance {id}" + (f": {why}" if why else "")
    with rt.database.reading() as tx:
        record = definitions.get_definition(tx, old.definition_id)
    command = StartInstance(taken, business_key=old.business_key, instructions=request.instructions, reason=reason)
    return record, command


def _variables(rt: Runtime, id: UUID, taking: str) -> dict[str, Any]:
    if taking == "last":
        _, definition, snapshot = step.snapshot_of(rt, id)
        return rt.engine.read_variables(definition, snapshot, Library(rt))
    with rt.database.reading() as tx:
        started = history.start_variables(tx, id)
    lost = [name for name, value in (started or {}).items() if not _is_whole(value)]
    if started is None or lost or rt.settings.history != "full":
        what = f"'{lost[0]}' was too large for it, or is masked" if lost else "it was not kept in full"
        message = f"The history does not hold the variables of the start: {what}. Take the last ones instead."
        raise InvalidInput([FieldError("taking", "kept", message)])
    return started


def _is_whole(value: Any) -> bool:
    """Whether the history holds the value itself."""
    was_cut = isinstance(value, dict) and value.get("cut") is True
    return not was_cut and MASK not in str(value)


# -- what can be done
def catchable(rt: Runtime, who: Principal, id: UUID, token: int) -> tuple[Catchable, ...]:
    """The errors and escalations that would be caught around this token. Raises TokenNotWaiting."""
    instances.permitted(rt, who, "instance.operate", id)
    _, definition, snapshot = step.snapshot_of(rt, id)
    return rt.engine.read_catchable(definition, snapshot, Library(rt), token)


def undo_plan(rt: Runtime, who: Principal, id: UUID, scope: int = 0) -> tuple[UndoStep, ...]:
    """What a compensation would undo now, in its order."""
    record = instances.permitted(rt, who, "instance.operate", id)
    _, definition, snapshot = step.snapshot_of(rt, id)
    return rt.engine.read_undo_plan(definition, snapshot, Library(rt), scope or record.call)
