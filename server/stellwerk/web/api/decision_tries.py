"""Trying decisions that are being edited: `POST /decisions/try`."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from stellwerk.usecases import decision_tries
from stellwerk.web.api.models import FileProblemOut, Input, Key, Output, Variables
from stellwerk.web.api.routing import Call, Noun

api = Noun("decision-tries", "decision", "Evaluate decisions that are not deployed.")


class TriedFileIn(Input):
    """A DMN file. Models import each other by their namespaces."""

    name: Key
    content: Annotated[str, Field(max_length=10_000_000)]


class TryIn(Input):
    """`decision`: name or id of a decision or decision service. Inputs that are not given are null.

    `expressions` are further inputs, written in FEEL: for values that JSON does not have, such as `date("2026-03-01")`.
    """

    files: list[TriedFileIn]
    decision: Key
    variables: Variables = {}
    expressions: dict[str, Annotated[str, Field(max_length=100_000)]] = {}


class MatchedOut(Output):
    """One evaluation of a decision table: the values of its input columns, the rules that matched (counted from 1, and
    by their ids), and the values of the output columns for each of them. `matches`: how many rules matched; of many
    only the first hundred are told."""

    table_id: str
    decision_id: str
    decision_name: str
    inputs: list[Any]
    rules: list[int]
    rule_ids: list[str]
    outputs: list[list[Any]]
    matches: int


class WarningOut(Output):
    """Why a value is null: the element, and the characters of its text (from 0)."""

    kind: str
    message: str
    file: str
    element_id: str
    line: int | None
    start: int
    end: int


class TriedOut(Output):
    """`decisions`: the values of all decisions that were evaluated for it, by name. Values that JSON does not have are
    texts of FEEL. `reached` false: something that it needs cannot be read, so that the result says nothing."""

    reached: bool
    result: Any
    decisions: dict[str, Any]
    matched: list[MatchedOut]
    warnings: list[WarningOut]
    problems: list[FileProblemOut]


@api.post("/decisions/try", access="definition.check", body=TryIn, answer=TriedOut, large=True)
def try_decision(call: Call, body: TryIn) -> TriedOut:
    """Evaluate a decision of files that are not deployed.

    Nothing is stored. Findings about the files are in `problems`; everything that they do not touch is evaluated.
    """
    files = [(file.name, file.content) for file in body.files]
    wanted = decision_tries.Try(files, body.decision, body.variables, body.expressions)
    return TriedOut.model_validate(decision_tries.try_decision(call.rt, call.who, wanted))
