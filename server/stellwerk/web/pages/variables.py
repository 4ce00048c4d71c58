"""Change and remove variables of an instance, or of one scope in it; what that will do is shown before, if asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from stellwerk.engine.commands import ChangeVariables
from stellwerk.errors import InvalidInput, NotFound, ProcessError, WrongState
from stellwerk.store.records import InstanceRecord
from stellwerk.usecases.access import InstanceSubject, require
from stellwerk.web.pages import filling
from stellwerk.web.pages.frame import port, who
from stellwerk.web.pages.port import FormView
from stellwerk.web.pages.rounds import rounds
from stellwerk.web.pages.told import told
from stellwerk.web.pages.words import ngettext

pages = Blueprint("variables", __name__, url_prefix="/instances/<uuid:id>")


@pages.get("/variables")
def edit(id: UUID) -> Response:
    instance, scope = _permitted(id), request.args.get("scope", 0, type=int)
    values = _values(id, scope)
    return _page(instance, scope, filling.of(FormView(None, values)), tuple(values))


@pages.post("/variables")
def change(id: UUID) -> Response:
    """Write the variables that somebody touched, and remove the rows that are gone; others may have changed meanwhile.

    With `look` nothing is done: the page says what would happen.
    """
    instance, scope = _permitted(id), request.form.get("scope", 0, type=int)
    filled, shown = filling.read(), tuple(request.form.getlist("shown"))
    if filled.wrong:
        return _page(instance, scope, filled, shown, errors=filled.errors)
    kept = {row.name for row in filled.rows}
    removed = tuple(name for name in shown if name not in kept)
    command = ChangeVariables(filled.values, scope, removed, request.form.get("reason", "").strip())
    try:
        if "look" in request.form:
            effects = port().foresee(who(), id, command).effects
            return _page(instance, scope, filled, shown, effects=[told(effect) for effect in effects])
        if filled.values or removed:
            port().operate(who(), id, command)
    except InvalidInput as error:
        return _page(instance, scope, filled, shown, errors=error.errors)
    except WrongState as error:
        return _page(instance, scope, filled, shown, refusal=error)
    number = len(filled.values) + len(removed)
    flash(ngettext("%(num)d variable is changed.", "%(num)d variables are changed.", number), "good")
    return redirect(url_for("pages.instances.show", id=id))


def _values(id: UUID, scope: int) -> Mapping[str, Any]:
    if not scope:
        return port().variables(who(), id)
    found = next((one for one in port().scopes(who(), id) if one.token == scope), None)
    if found is None:
        raise NotFound("scope", str(scope))
    return found.variables


def _page(
    instance: InstanceRecord,
    scope: int,
    filled: filling.Filled,
    shown: tuple[str, ...],
    *,
    errors: tuple[Any, ...] = (),
    refusal: ProcessError | None = None,
    effects: list[str] | None = None,
) -> Response:
    html = render_template(
        "instances/variables.html",
        instance=instance,
        scope=scope,
        inside=_name(instance.id, scope),
        filled=filled,
        shown=shown,
        reason=request.form.get("reason", ""),
        errors=errors,
        refusal=refusal,
        effects=effects,
    )
    return make_response(html, 422 if errors else 409 if refusal else 200)


def _name(id: UUID, scope: int) -> str:
    """What people call the scope; empty for the process itself."""
    if not scope:
        return ""
    activities = port().activities(who(), id)
    name = next((a.element_name or a.element_id for a in activities if a.token == scope), str(scope))
    told_apart = rounds(activities, port().scopes(who(), id)).get(scope)
    return f"{name}: {told_apart}" if told_apart else name


def _permitted(id: UUID) -> InstanceRecord:
    instance = port().instance(who(), id)
    require(who(), "instance.change-variables", InstanceSubject.of(instance, takes_part=True))
    return instance
