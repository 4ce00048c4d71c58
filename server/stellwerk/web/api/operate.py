"""What an operator does to instances. Each command has a sibling `/dry-run` that says what it would do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from stellwerk.engine import commands as engine
from stellwerk.store.paging import PageRequest
from stellwerk.usecases import operate
from stellwerk.usecases.operate import Operation, RestartRequest
from stellwerk.web.api.instances import InstanceOut
from stellwerk.web.api.models import CatchablesOut, Input, ItemsOut, Key, Output, Text, Variables, VariablesOut
from stellwerk.web.api.routing import Answer, Call, Noun
from stellwerk.web.api.searching import items

api = Noun("operate", "instance", "What an operator does to instances.")

Reason = Annotated[str, Field(max_length=operate.LONGEST_REASON)]
Token = Annotated[int, Field(ge=1, le=2**31 - 1)]
Scope = Annotated[int, Field(ge=0, le=2**31 - 1)]


class ReasonIn(Input):
    """`reason` says why, and is kept in the history."""

    reason: Reason = ""


class InstructionIn(Input):
    """One step of a move. `cancel` names a `token`, or with `elementId` all tokens there.

    `startBefore` and `startAfter` name an `elementId`, `startOnFlow` a `flowId`. `variables` are written around the
    place, `localVariables` belong to the new token alone. `around` is the token of the running subprocess or call in
    which to start, where several run.
    """

    type: Literal["cancel", "startBefore", "startAfter", "startOnFlow"]
    token: Token | None = None
    element_id: Key | None = None
    flow_id: Key | None = None
    variables: Variables = {}
    local_variables: Variables = {}
    around: Scope = 0

    @model_validator(mode="after")
    def names_its_place(self) -> InstructionIn:
        given = {name for name in ("token", "element_id", "flow_id") if getattr(self, name) is not None}
        if given not in _NAMES[self.type]:
            raise ValueError(f"{self.type} needs {_NEEDS[self.type]}, and nothing else")
        if self.type == "cancel" and (self.variables or self.local_variables or self.around):
            raise ValueError("cancel takes no variables and no around")
        return self

    @property
    def command(self) -> engine.Instruction:
        if self.type == "cancel":
            return engine.CancelAt(self.element_id) if self.element_id else engine.CancelToken(self.token or 0)
        return _put(self)


_NAMES: dict[str, list[set[str]]] = {
    "cancel": [{"token"}, {"element_id"}],
    "startBefore": [{"element_id"}],
    "startAfter": [{"element_id"}],
    "startOnFlow": [{"flow_id"}],
}
_NEEDS = {
    "cancel": "token or elementId",
    "startBefore": "elementId",
    "startAfter": "elementId",
    "startOnFlow": "flowId",
}
_PLACES: dict[str, Literal["before", "after", "flow"]] = {
    "startBefore": "before",
    "startAfter": "after",
    "startOnFlow": "flow",
}


def _put(one: InstructionIn) -> engine.PutToken:
    place = one.element_id or one.flow_id or ""
    return engine.PutToken(_PLACES[one.type], place, one.variables, one.local_variables, one.around)


Instructions = Annotated[list[InstructionIn], Field(min_length=1, max_length=1000)]


class ModifyIn(ReasonIn):
    """Done in this order, all or nothing: moving a token is a `cancel` and a start."""

    instructions: Instructions


class ChangeIn(ReasonIn):
    """`scope` is the token of an activity, subprocess or call, 0 the process. Other variables stay as they are."""

    variables: Variables = {}
    removed: Annotated[list[Text], Field(max_length=1000)] = []
    scope: Scope = 0

    @model_validator(mode="after")
    def names_something(self) -> ChangeIn:
        if not self.model_fields_set & {"variables", "removed"}:
            raise ValueError("give variables, or removed, or both")
        return self


class SkipIn(ReasonIn):
    token: Token
    variables: Variables = {}


class ErrorIn(ReasonIn):
    """Something around the activity at `token` must catch `code`."""

    token: Token
    code: Text
    message: Annotated[str, Field(max_length=2000)] = ""
    variables: Variables = {}


class EscalationIn(ReasonIn):
    """Something around the activity at `token` must catch `code`."""

    token: Token
    code: Text
    variables: Variables = {}


class CompensateIn(ReasonIn):
    """All that has completed in the process or in the running subprocess `scope`, or one activity of it."""

    scope: Scope = 0
    activity_id: Key | None = None


class RestartIn(ReasonIn):
    """Starts as in a move. `taking`: the variables that the old instance had last, or those that it started with."""

    instructions: Instructions
    taking: Literal["last", "start"] = "last"
    variables: Variables = {}

    @model_validator(mode="after")
    def only_starts(self) -> RestartIn:
        if any(one.type == "cancel" for one in self.instructions):
            raise ValueError("a restart can only start: there is nothing to cancel")
        return self

    @property
    def request(self) -> RestartRequest:
        return RestartRequest(tuple(map(_put, self.instructions)), self.taking, self.variables, self.reason)


class EffectOut(Output):
    """One thing that would happen, at each of `tokens`. `text` says it; `kind` names it for programs."""

    kind: str
    element_id: str | None
    name: str
    detail: str
    tokens: list[int]
    text: str


class PreviewOut(Output):
    """What would happen, in order. Scripts are not run: what depends on one is not known before."""

    effects: list[EffectOut]


class TokenIn(Input):
    """The activity."""

    token: Annotated[int, Field(ge=1, le=2**31 - 1, strict=False)]


class ScopeIn(Input):
    """The running subprocess; 0 is the process."""

    scope: Annotated[int, Field(ge=0, le=2**31 - 1, strict=False)] = 0


class UndoStepOut(Output):
    """One step; `handlerId` null: what is inside is undone, as the deeper steps after it say."""

    element_id: str
    handler_id: str | None
    depth: int
    variables: VariablesOut


class UndoPlanOut(Output):
    items: list[UndoStepOut]


# -- commands, each with its dry run
Make = Callable[[Any], Operation]


def _declare(name: str, body: type[Input], make: Make, summary: str, *, optional: bool = False) -> None:
    def command(call: Call, id: UUID, body: Any) -> Any:
        return operate.do(call.rt, call.who, id, make(body))

    def dry_run(call: Call, id: UUID, body: Any) -> Any:
        return operate.preview(call.rt, call.who, id, make(body))

    command.__name__, command.__doc__ = name, summary
    dry_run.__name__ = f"{name}_dry_run"
    dry_run.__doc__ = f"Say what `{name}` would do, without doing it.\n\nIt is refused where the command would be."
    options: dict[str, Any] = {"access": "instance.operate", "body": body, "body_optional": optional}
    path = f"/instances/<id>/{name}"
    api.post(path, answer=InstanceOut, changes=True, **options)(command)
    api.post(f"{path}/dry-run", answer=PreviewOut, **options)(dry_run)


_declare(
    "suspend",
    ReasonIn,
    lambda body: engine.SuspendInstance(body.reason),
    "Suspend an instance: nothing moves in it until it is resumed.\n\nTimers, messages and handlers that have not "
    "begun wait; tasks cannot be completed. What a handler that runs already returns is kept.",
    optional=True,
)
_declare(
    "resume",
    ReasonIn,
    lambda body: engine.ResumeInstance(body.reason),
    "Resume a suspended instance.\n\nIt goes on with everything that has waited meanwhile.",
    optional=True,
)
_declare(
    "modify",
    ModifyIn,
    lambda body: engine.ModifyInstance(tuple(one.command for one in body.instructions), body.reason),
    "Move tokens: take them away here, start before or after there.\n\nSubprocesses around a start are used when they "
    "run, else begun. What has nothing left inside goes as well; an instance without tokens is cancelled.",
)
_declare(
    "skip",
    SkipIn,
    lambda body: engine.SkipStep(body.token, body.variables, body.reason),
    "Skip a step: it counts as done, with `variables` as its results.",
)
_declare(
    "error",
    ErrorIn,
    lambda body: engine.ThrowErrorAt(body.token, body.code, body.message, body.variables, body.reason),
    "Throw a BPMN error at an active activity, whatever it waits for.",
)
_declare(
    "escalation",
    EscalationIn,
    lambda body: engine.ThrowEscalation(body.token, body.code, body.variables, body.reason),
    "Throw an escalation at an active activity, whatever it waits for.",
)
_declare(
    "compensate",
    CompensateIn,
    lambda body: engine.CompensateNow(body.scope, body.activity_id, body.reason),
    "Compensate now: undo what has completed.\n\n`undo-plan` says what that would be.",
    optional=True,
)


def _change(body: ChangeIn) -> Operation:
    return engine.ChangeVariables(body.variables, body.scope, tuple(body.removed), body.reason)


@api.post("/instances/<id>/variables", access="instance.change-variables", body=ChangeIn, changes=True)
def change_variables(call: Call, id: UUID, body: ChangeIn) -> None:
    """Write and remove variables of the process, or of one scope in it; others stay as they are."""
    operate.do(call.rt, call.who, id, _change(body))


@api.post("/instances/<id>/variables/dry-run", access="instance.operate", body=ChangeIn, answer=PreviewOut)
def change_variables_dry_run(call: Call, id: UUID, body: ChangeIn) -> Any:
    """Say what a change of variables would do: conditional events react to it."""
    return operate.preview(call.rt, call.who, id, _change(body))


@api.post(
    "/instances/<id>/restart",
    access="instance.operate",
    body=RestartIn,
    answer=InstanceOut,
    status=201,
    changes=True,
)
def restart(call: Call, id: UUID, body: RestartIn) -> Answer:
    """Start a new instance from one that has ended, at the elements that are named.

    It has the same version and business key, and the old one's variables with `variables` written over them.
    """
    record = operate.restart(call.rt, call.who, id, body.request)
    return Answer(record, headers={"Location": f"/api/v1/instances/{record.id}"})


@api.post("/instances/<id>/restart/dry-run", access="instance.operate", body=RestartIn, answer=PreviewOut)
def restart_dry_run(call: Call, id: UUID, body: RestartIn) -> Any:
    """Say what a restart would do, without doing it."""
    return operate.preview_restart(call.rt, call.who, id, body.request)


# -- all instances of a version
class ManyPageIn(Input):
    """How many instances; each is done by itself."""

    limit: Annotated[int, Field(ge=1, le=operate.MOST)] = 50
    cursor: Annotated[str, Field(max_length=1000)] | None = None


class ManyIn(ReasonIn):
    """The last started first."""

    page: ManyPageIn = ManyPageIn()

    def request(self) -> PageRequest:
        return PageRequest(self.page.limit, self.page.cursor)


class DoneOut(Output):
    """`problem`: why it was not done; then nothing of it was changed."""

    instance_id: UUID
    done: bool
    problem: str


def _done(one: operate.Done) -> DoneOut:
    return DoneOut(instance_id=one.instance.id, done=not one.problem, problem=one.problem)


_MANY: dict[str, Any] = {
    "access": "definition.operate",
    "body": ManyIn,
    "answer": ItemsOut[DoneOut],
    "changes": True,
    "body_optional": True,
}


@api.post("/definitions/<id>/suspend-instances", **_MANY)
def suspend_instances(call: Call, id: UUID, body: ManyIn) -> ItemsOut[DoneOut]:
    """Suspend the active instances of this version, each in a transaction of its own.

    Send `nextCursor` for the next ones. Called instances follow the one where it all began, whatever its version is.
    """
    command = engine.SuspendInstance(body.reason)
    return items(ItemsOut[DoneOut], operate.do_all(call.rt, call.who, id, command, body.request()), _done)


@api.post("/definitions/<id>/resume-instances", **_MANY)
def resume_instances(call: Call, id: UUID, body: ManyIn) -> ItemsOut[DoneOut]:
    """Resume the suspended instances of this version, each in a transaction of its own.

    Send `nextCursor` for the next ones.
    """
    command = engine.ResumeInstance(body.reason)
    return items(ItemsOut[DoneOut], operate.do_all(call.rt, call.who, id, command, body.request()), _done)


# -- what can be done
@api.get("/instances/<id>/catchable", access="instance.operate", query=TokenIn, answer=CatchablesOut)
def catchable(call: Call, id: UUID, query: TokenIn) -> Any:
    """Read which errors and escalations are caught around an activity, the innermost first."""
    return CatchablesOut.model_validate({"items": operate.catchable(call.rt, call.who, id, query.token)})


@api.get("/instances/<id>/undo-plan", access="instance.operate", query=ScopeIn, answer=UndoPlanOut)
def undo_plan(call: Call, id: UUID, query: ScopeIn) -> Any:
    """Read what a compensation would undo now, in its order."""
    return UndoPlanOut.model_validate({"items": operate.undo_plan(call.rt, call.who, id, query.scope)})
