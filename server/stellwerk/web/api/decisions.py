"""Versions of decisions, their evaluation, and what the history keeps of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Response
from pydantic import Field

from stellwerk.store.decisions import DecisionFilter
from stellwerk.store.evaluations import EvaluationFilter
from stellwerk.store.records import DecisionVersionRecord, EvaluationRecord
from stellwerk.usecases import decisions
from stellwerk.usecases.decisions import Evaluated, EvaluateRequest
from stellwerk.web.api.decision_tries import MatchedOut
from stellwerk.web.api.instances import PageQuery
from stellwerk.web.api.models import (
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
)
from stellwerk.web.api.routing import Call, Noun
from stellwerk.web.api.searching import given, items, page_request

api = Noun("decisions", "decision", "Decisions and decision services (DMN), one entry for each deployed version.")
history = Noun("decision-evaluations", "decision evaluation", "What decisions gave, in processes and through REST.")

Kind = Literal["decision", "service"]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class DecisionOut(Output):
    """`key` is the id of the decision's element in the file."""

    id: UUID
    key: str
    name: str
    version: int
    version_tag: str | None
    kind: Kind
    deployment_id: UUID
    deployed_at: datetime
    deployed_by: str
    filename: str
    namespace: str
    model_name: str
    imports: list[str]
    """Names of the files that it needs, as they were deployed."""


def _shown(record: DecisionVersionRecord) -> DecisionOut:
    return DecisionOut(
        id=record.id,
        key=record.key,
        name=record.name,
        version=record.version,
        version_tag=record.version_tag,
        kind=record.kind,  # type: ignore[arg-type]  # validated here
        deployment_id=record.deployment_id,
        deployed_at=record.deployed_at,
        deployed_by=record.deployed_by,
        filename=record.model.filename,
        namespace=record.model.namespace,
        model_name=record.model.name,
        imports=[name for name, _ in record.model.imports],
    )


class DecisionFilterIn(Input):
    """All that are given must hold. `text` is looked for in key and name; `latest`: the last version of each key."""

    key: Key | None = None
    text: Annotated[str, Field(max_length=255)] | None = None
    kind: Kind | None = None
    version: Version | None = None
    version_tag: Text | None = None
    deployment_id: Id | None = None
    latest: bool = False


class DecisionSort(Input):
    field: Literal["deployedAt", "name", "key", "version"]
    order: Order = "asc"


class DecisionSearch(Input):
    filter: DecisionFilterIn = DecisionFilterIn()
    sort: list[DecisionSort] = []
    page: PageIn = PageIn()


class VersionQuery(Input):
    version: Annotated[Version, Field(strict=False)] | None = None
    """The newest one, if it is not given."""


class EvaluateIn(Input):
    """The newest version, unless `version` or `versionTag` names another one.

    `expressions` are further inputs, written in FEEL: for values that JSON does not have, such as `date("2026-03-01")`.
    """

    variables: Variables = {}
    expressions: dict[str, Annotated[str, Field(max_length=100_000)]] = {}
    version: Version | None = None
    version_tag: Text | None = None


class EvaluatedOut(Output):
    """`decisions`: the values of all decisions that were evaluated, by name. `warnings` say why something is null."""

    decision: str
    version: int
    result: JsonOut
    decisions: dict[str, Any]
    matched: list[MatchedOut]
    warnings: list[str]
    evaluation_id: UUID | None
    """Under which the history keeps it; null if it does not."""


@api.post(
    "/decisions/search",
    access="decision.read",
    body=DecisionSearch,
    answer=ItemsOut[DecisionOut],
    body_optional=True,
)
def search(call: Call, body: DecisionSearch) -> ItemsOut[DecisionOut]:
    """Search versions of decisions. The last deployed come first."""
    filter, page = DecisionFilter(**given(body.filter)), page_request(body.sort, body.page)
    return items(ItemsOut[DecisionOut], decisions.search(call.rt, call.who, filter, page), _shown)


@api.get("/decisions/<key>", access="decision.read", query=PageQuery, answer=ItemsOut[DecisionOut])
def get(call: Call, key: str, query: PageQuery) -> ItemsOut[DecisionOut]:
    """Read the versions of a decision, the last deployed first."""
    found = decisions.versions(call.rt, call.who, key, query.request())
    return items(ItemsOut[DecisionOut], found, _shown)


@api.get("/decisions/<key>/xml", access="decision.read", query=VersionQuery, content_type="application/xml")
def xml(call: Call, key: str, query: VersionQuery) -> Response:
    """Read the DMN file of a decision as it was deployed."""
    record = decisions.get(call.rt, call.who, key, version=query.version)
    response = Response(decisions.source(call.rt, call.who, record), content_type="application/xml")
    response.set_etag(record.model.source_hash)
    if query.version is not None:
        response.headers["Cache-Control"] = "private, max-age=3600"  # a version never changes
    return response


@api.post("/decisions/<key>/evaluate", access="decision.evaluate", body=EvaluateIn, answer=EvaluatedOut, changes=True)
def evaluate(call: Call, key: str, body: EvaluateIn) -> Evaluated:
    """Evaluate a decision or decision service.

    Variables are its inputs by name; those that it does not know are ignored, those that are missing are null. A
    decision that has no value, since its model is not complete or its rules contradict each other, is a problem.
    """
    request = EvaluateRequest(key, body.variables, body.expressions, body.version, body.version_tag)
    return decisions.evaluate(call.rt, call.who, request)


# -- what they gave
class EvaluationOut(Output):
    """Values as the history keeps them: masked by name, and cut. Without an instance somebody asked through REST."""

    id: UUID
    at: datetime
    by: str
    decision_id: UUID
    decision: str = Field(validation_alias="key")
    version: int
    instance_id: UUID | None
    root_instance_id: UUID | None = Field(validation_alias="root_id")
    element_id: str | None
    inputs: dict[str, Any]
    result: Any
    matched: list[MatchedOut]
    warnings: list[str]


class EvaluationFilterIn(Input):
    """All that are given must hold."""

    key: Annotated[Key | None, Field(alias="decision")] = None
    version: Version | None = None
    decision_id: Id | None = None
    instance_id: Id | None = None
    root_id: Annotated[Id | None, Field(alias="rootInstanceId")] = None
    """Those of this instance, and of all that was called in its tree."""
    element_id: Key | None = None
    at_from: Annotated[Instant | None, Field(alias="from")] = None
    """This time or later."""
    at_to: Annotated[Instant | None, Field(alias="to")] = None
    """Before this time."""


class EvaluationSort(Input):
    field: Literal["at"]
    order: Order = "asc"


class EvaluationSearch(Input):
    filter: EvaluationFilterIn = EvaluationFilterIn()
    sort: list[EvaluationSort] = []
    page: PageIn = PageIn()


@history.post(
    "/decision-evaluations/search",
    access="decision-evaluation.read",
    body=EvaluationSearch,
    answer=ItemsOut[EvaluationOut],
    body_optional=True,
)
def search_evaluations(call: Call, body: EvaluationSearch) -> ItemsOut[EvaluationOut]:
    """Search evaluations: of instances that you see, and those that you asked for. The newest come first."""
    filter, page = EvaluationFilter(**given(body.filter)), page_request(body.sort, body.page)
    return items(ItemsOut[EvaluationOut], decisions.search_evaluations(call.rt, call.who, filter, page))


@history.get("/decision-evaluations/<id>", access="decision-evaluation.read", answer=EvaluationOut)
def get_evaluation(call: Call, id: UUID) -> EvaluationRecord:
    """Read an evaluation."""
    return decisions.get_evaluation(call.rt, call.who, id)
