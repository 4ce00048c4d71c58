"""Sign-in, sign-out, and the own password."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from stellwerk.errors import InvalidInput, ProcessError
from stellwerk.usecases.accounts import SignInFailed, TooManyTries
from stellwerk.web import auth
from stellwerk.web.pages.frame import asker, local_target, port, who
from stellwerk.web.pages.words import _

pages = Blueprint("sign_in", __name__)


@pages.get("/sign-in")
def show() -> str | Response:
    target = local_target(request.args.get("next"))
    if asker() is not None:
        return redirect(target)
    return render_template("sign_in/show.html", next=target, name="", wrong="")


@pages.post("/sign-in")
def enter() -> Response:
    name = request.form.get("name", "").strip()
    target = local_target(request.form.get("next"))
    try:
        issued = auth.sign_in(name, request.form.get("password", ""))
    except (SignInFailed, TooManyTries) as error:
        page = render_template("sign_in/show.html", next=target, name=name, wrong=error.message)
        return make_response(page, 401 if isinstance(error, SignInFailed) else 429)
    response = redirect(target)
    auth.begin_session(response, issued)
    return response


@pages.post("/sign-out")
def leave() -> Response:
    response = redirect(url_for("pages.sign_in.show"))
    auth.end_session(response)
    return response


@pages.get("/password")
def password() -> str:
    return render_template("sign_in/password.html", has_password=port().has_password(who()), errors={})


@pages.post("/password")
def set_password() -> Response:
    person = who()
    new = request.form.get("new", "")
    errors: dict[str, str] = {}
    if new != request.form.get("again", ""):
        errors["again"] = _("The two passwords differ. Type the same one twice.")
    if not errors:
        try:
            port().set_password(person, person.name, new, request.form.get("current") or None)
        except InvalidInput as error:
            errors = {item.path.rpartition(".")[2]: item.message for item in error.errors}
        except ProcessError as error:
            errors = {"current": error.message}
    if errors:
        page = render_template("sign_in/password.html", has_password=port().has_password(person), errors=errors)
        return make_response(page, 422)
    flash(_("The password is set. Use it with your name “%(name)s” from now on.", name=person.name), "good")
    response = redirect(url_for("pages.start.index"))
    auth.begin_session(response, auth.sign_in(person.name, new))  # all sessions of before have ended, also this one
    return response
