"""Settings, for administrators: people, API tokens, handlers, settings in force, health."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from stellwerk.errors import InvalidInput, ProcessError
from stellwerk.usecases.access import ROLES, require
from stellwerk.web.pages.frame import port, who
from stellwerk.web.pages.words import _

pages = Blueprint("settings", __name__, url_prefix="/settings")


@pages.get("/")
def index() -> Response:
    require(who(), "account.read")
    return redirect(url_for(".people"))


@pages.get("/people")
def people() -> str:
    return render_template("settings/people.html", users=port().users(require(who(), "account.read")))


@pages.get("/people/new")
def new_person() -> str:
    require(who(), "account.write")
    return render_template("settings/person.html", user=None, typed={"roles": ["user"]}, errors={}, roles=ROLES)


@pages.post("/people/new")
def create_person() -> Response:
    person = require(who(), "account.write")
    typed = _typed_person()
    try:
        user = port().create_user(person, typed)
    except ProcessError as error:
        return _person_again(None, typed, error)
    flash(_("“%(name)s” can sign in now.", name=user.name), "good")
    return redirect(url_for(".people"))


@pages.get("/people/<name>")
def edit_person(name: str) -> str:
    user = port().user(require(who(), "account.read"), name)
    typed = {
        "display_name": user.display_name,
        "email": user.email,
        "roles": sorted(user.roles),
        "groups": ", ".join(sorted(user.groups)),
        "active": user.active,
    }
    return render_template("settings/person.html", user=user, typed=typed, errors={}, roles=ROLES)


@pages.post("/people/<name>")
def change_person(name: str) -> Response:
    person = require(who(), "account.write")
    typed = _typed_person()
    try:
        port().change_user(person, name, typed)
    except ProcessError as error:
        return _person_again(name, typed, error)
    flash(_("The account “%(name)s” is changed.", name=name), "good")
    return redirect(url_for(".people"))


def _typed_person() -> dict[str, Any]:
    form = request.form
    return {
        "name": form.get("name", "").strip(),
        "display_name": form.get("display_name", "").strip(),
        "email": form.get("email", "").strip(),
        "password": form.get("password", ""),
        "roles": [role for role in form.getlist("roles") if role in ROLES],
        "groups": form.get("groups", ""),
        "active": "active" in form,
    }


def _person_again(name: str | None, typed: dict[str, Any], error: ProcessError) -> Response:
    errors = {"": error.message}
    if isinstance(error, InvalidInput):
        errors = {item.path.rpartition(".")[2]: item.message for item in error.errors}
    user = port().user(who(), name) if name else None
    return make_response(
        render_template("settings/person.html", user=user, typed=typed, errors=errors, roles=ROLES), 422
    )


@pages.get("/tokens")
def tokens() -> str:
    return _tokens_page()


@pages.post("/tokens")
def create_token() -> Response:
    """The token itself is in this answer and nowhere else: only its hash is stored."""
    person = require(who(), "token.write")
    name, role = request.form.get("name", "").strip(), request.form.get("role", "")
    try:
        secret = port().create_token(person, name, role)
    except ProcessError as error:
        return make_response(_tokens_page(typed=name, wrong=error.message), 422)
    response = make_response(_tokens_page(secret=secret), 201)
    response.cache_control.no_store = True
    return response


@pages.post("/tokens/<uuid:id>/revoke")
def revoke_token(id: UUID) -> Response:
    port().revoke_token(require(who(), "token.write"), id)
    flash(_("The token is revoked. Programs that use it are refused from now on."), "good")
    return redirect(url_for(".tokens"))


def _tokens_page(**more: Any) -> str:
    found = port().tokens(require(who(), "token.write"))
    values = {"secret": "", "typed": "", "wrong": "", **more}
    return render_template("settings/tokens.html", tokens=found, roles=ROLES, **values)


@pages.get("/handlers")
def handlers() -> str:
    return render_template("settings/handlers.html", topics=port().topics(require(who(), "handler.read")))


@pages.get("/configuration")
def configuration() -> str:
    return render_template("settings/configuration.html", facts=port().settings(require(who(), "account.read")))


@pages.get("/health")
def health() -> str:
    return render_template("settings/health.html", facts=port().health(require(who(), "metrics.read")))
