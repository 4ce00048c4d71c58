"""Work for people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from stellwerk.store import tasks as store
from stellwerk.store.records import TaskRecord
from stellwerk.usecases import tasks
from stellwerk.usecases.access import scope
from stellwerk.web.api.models import (
    CatchablesOut,
    Id,
    Input,
    Instant,
    ItemsOut,
    JsonOut,
    Key,
    Order,
    Output,
    PageIn,
    Text,
    Variables,
    VariablesOut,
)
from stellwerk.web.api.routing import Call, Noun
from stellwerk.web.api.searching import given, items, page_request

api = Noun("tasks", "task", "What people have to do, and have done.")

State = Literal["open", "completed", "withdrawn"]


class TaskOut(Output):
    """`reason` says why a task was withdrawn."""

    id: UUID
    instance_id: UUID
    definition_id: UUID
    definition_key: str
    definition_name: str
    business_key: str | None
    element_id: str
    name: str
    state: State
    assignee: str | None
    candidate_users: list[str]
    candidate_groups: list[str]
    lane: str | None
    form_key: str | None
    priority: int
    created_at: datetime
    due_at: datetime | None
    follow_up_at: datetime | None
    closed_at: datetime | None
    closed_by: str
    reason: str
    documentation: str


class FormOut(Output):
    """A form-js schema and the values to show in it. `schema` is null when the task has no form."""

    form_schema: Annotated[JsonOut | None, Field(alias="schema")]
    data: VariablesOut


class TaskFilterIn(Input):
    """All that are given must hold. `name` is exact, `text` is looked for in the name and the business key."""

    instance_id: Id | None = None
    root_id: Annotated[Id | None, Field(alias="rootInstanceId")] = None
    """Those in this instance, and in all that was called in its tree."""
    definition_key: Key | None = None
    definition_id: Id | None = None
    business_key: Key | None = None
    state: State | None = None
    assignee: Key | None = None
    unassigned: bool = False
    candidate_user: Key | None = None
    candidate_group: Key | None = None
    name: Annotated[str, Field(max_length=1000)] | None = None
    text: Annotated[str, Field(max_length=255)] | None = None
    element_id: Key | None = None
    due_before: Instant | None = None


class TaskSort(Input):
    field: Literal["createdAt", "dueAt", "priority", "name"]
    order: Order = "asc"


class TaskSearch(Input):
    filter: TaskFilterIn = TaskFilterIn()
    sort: list[TaskSort] = []
    page: PageIn = PageIn()


class CompleteIn(Input):
    variables: Variables = {}


class ErrorIn(Input):
    """`code` is one that an event around the task catches: see `catchable`."""

    code: Text
    message: Annotated[str, Field(max_length=2000)] = ""
    variables: Variables = {}


class EscalationIn(Input):
    """`code` is one that an event around the task catches: see `catchable`."""

    code: Text
    variables: Variables = {}


@api.post("/tasks/search", access="task.list", body=TaskSearch, answer=ItemsOut[TaskOut], body_optional=True)
def search(call: Call, body: TaskSearch) -> ItemsOut[TaskOut]:
    """Search tasks. The newest come first; users find those that they hold, held or may claim."""
    wanted = store.TaskFilter(**given(body.filter), visible_to=scope(call.who))
    with call.rt.database.reading() as tx:
        found = store.list_tasks(tx, wanted, page_request(body.sort, body.page))
    return items(ItemsOut[TaskOut], found)


@api.get("/tasks/<id>", access="task.read", answer=TaskOut)
def get(call: Call, id: UUID) -> TaskRecord:
    """Read a task, open or closed."""
    return tasks.get(call.rt, call.who, id)


@api.get("/tasks/<id>/form", access="task.read", answer=FormOut)
def form(call: Call, id: UUID) -> FormOut:
    """Read the task's form and the values to show in it."""
    found = tasks.form(call.rt, call.who, id)
    return FormOut(form_schema=found.schema, data=dict(found.data))


@api.post("/tasks/<id>/claim", access="task.claim", answer=TaskOut, changes=True)
def claim(call: Call, id: UUID) -> Any:
    """Take a task that nobody holds."""
    tasks.claim(call.rt, call.who, id)
    return tasks.get(call.rt, call.who, id)


@api.post("/tasks/<id>/unclaim", access="task.unclaim", answer=TaskOut, changes=True)
def unclaim(call: Call, id: UUID) -> Any:
    """Give a task back, so that others can take it."""
    tasks.unclaim(call.rt, call.who, id)
    return tasks.get(call.rt, call.who, id)


@api.post(
    "/tasks/<id>/complete",
    access="task.complete",
    body=CompleteIn,
    answer=TaskOut,
    changes=True,
    body_optional=True,
)
def complete(call: Call, id: UUID, body: CompleteIn) -> TaskRecord:
    """Finish a task; `variables` are checked against its form. A task that nobody holds is claimed with it."""
    return tasks.complete(call.rt, call.who, id, body.variables)


@api.get("/tasks/<id>/catchable", access="task.read", answer=CatchablesOut)
def catchable(call: Call, id: UUID) -> CatchablesOut:
    """Read the errors and escalations with which the task can end: what the diagram catches around it."""
    return CatchablesOut.model_validate({"items": tasks.catchable(call.rt, call.who, id)})


@api.post("/tasks/<id>/error", access="task.complete", body=ErrorIn, answer=TaskOut, changes=True)
def error(call: Call, id: UUID, body: ErrorIn) -> Any:
    """End a task with a BPMN error instead of completing it; its form is not checked."""
    tasks.throw(call.rt, call.who, id, tasks.Thrown("error", body.code, body.message, body.variables))
    return tasks.get(call.rt, call.who, id)


@api.post("/tasks/<id>/escalation", access="task.complete", body=EscalationIn, answer=TaskOut, changes=True)
def escalation(call: Call, id: UUID, body: EscalationIn) -> Any:
    """Escalate at a task. It stays open unless the event that catches it interrupts."""
    tasks.throw(call.rt, call.who, id, tasks.Thrown("escalation", body.code, "", body.variables))
    return tasks.get(call.rt, call.who, id)
