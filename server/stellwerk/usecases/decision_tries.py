"""Evaluate a decision of files that are not deployed: for who is editing them. Nothing is read and nothing is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stellwerk import dmn
from stellwerk.dmn import tree
from stellwerk.engine import decision_told as told
from stellwerk.engine import values
from stellwerk.engine.expressions.dmn_python import DIALECTS
from stellwerk.errors import FieldError, InvalidInput, Problem, TooLarge
from stellwerk.usecases.access import Principal, require
from stellwerk.usecases.evaluating import computed, evaluated
from stellwerk.usecases.runtime import Runtime

MOST_FILES = 20
_XML_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml[^>]*\?>")


@dataclass(frozen=True)
class Try:
    """What is tried. Files are (name, text); `decision` is the name or id of a decision or decision service in them.

    `expressions` are inputs that are written in FEEL, by name: for values that JSON does not have, such as dates.
    """

    files: Sequence[tuple[str, str]]
    decision: str
    variables: Mapping[str, Any]
    expressions: Mapping[str, str]


@dataclass(frozen=True)
class Tried:
    """`result` and all values inside are JSON. `reached` is False where the value says nothing about the rules:
    something that it needs cannot be read, as `problems` and `warnings` tell."""

    reached: bool
    result: Any
    decisions: Mapping[str, Any]
    matched: tuple[Mapping[str, Any], ...]
    warnings: tuple[dmn.Notice, ...]
    problems: tuple[Problem, ...]


def try_decision(rt: Runtime, who: Principal, wanted: Try) -> Tried:
    """Raises InvalidInput that names the field, TooLarge, and DecisionTooCostly."""
    require(who, "definition.check")
    files = _read(rt, wanted.files)
    with rt.database.reading() as tx:
        now = rt.database.now(tx).astimezone(rt.settings.time_zone)
    inputs = {**values.check(wanted.variables), **computed(wanted.expressions, now)}
    library = dmn.load(files, DIALECTS)
    for model in library.models.values():
        node = _named(model, wanted.decision)
        if node is not None:
            return _tried(library, evaluated(model, node, inputs, now))
    _refuse_unknown(library, wanted.decision)
    return Tried(False, None, {}, (), (), library.problems)


def _read(rt: Runtime, files: Sequence[tuple[str, str]]) -> list[tuple[str, bytes]]:
    if not files:
        raise InvalidInput([FieldError("files", "required", "There is no file. Send at least one DMN file.")])
    if len(files) > MOST_FILES:
        raise TooLarge(f"There are {len(files)} files. At most {MOST_FILES} are tried together.")
    most = rt.settings.upload_limit
    read = []
    for name, text in files:
        # What arrived as JSON has no encoding of its own any more, whatever the declaration says.
        content = _XML_DECLARATION.sub("", text).encode()
        if len(content) > most * 1024 * 1024:
            raise TooLarge(f"{name} has more than {most} MB. Make it smaller, or raise STELLWERK_UPLOAD_LIMIT.")
        read.append((name, content))
    return read


def _named(model: dmn.Model, wanted: str) -> tree.Decision | tree.Service | None:
    """The decision or service of this name, else of this id."""
    nodes = [node for node in model.definitions.nodes if isinstance(node, tree.Decision | tree.Service)]
    found = [node for node in nodes if node.name == wanted] or [node for node in nodes if node.place.id == wanted]
    return found[0] if found else None


def _refuse_unknown(library: dmn.Library, decision: str) -> None:
    """Where files have errors, the decision may be in one of them; those are told instead."""
    if any(problem.severity == "error" for problem in library.problems):
        return
    known = sorted(name for model in library.models.values() for name in (*model.decisions, *model.services))
    there = f"There are: {', '.join(known[:20])}." if known else "The files have none."
    raise InvalidInput([FieldError("decision", "unknown", f"There is no decision '{decision}'. {there}")])


def _tried(library: dmn.Library, found: dmn.Evaluation) -> Tried:
    return Tried(
        found.reached,
        told.shown(found.value),
        told.by_name(found.decisions),
        told.matched(found),
        found.warnings,
        library.problems,
    )
