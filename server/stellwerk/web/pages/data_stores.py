"""Data stores: what all instances share, listed and changed."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from stellwerk.errors import ChangedMeanwhile, InvalidInput
from stellwerk.usecases.access import require
from stellwerk.web.pages import typed
from stellwerk.web.pages.frame import counts, port, who
from stellwerk.web.pages.words import _

pages = Blueprint("data_stores", __name__, url_prefix="/operate/data-stores")


@pages.get("/")
def index() -> str:
    require(who(), "data-store.read")
    found = port().data_stores(who(), request.args.get("cursor"))
    return render_template("operate/data_stores.html", page=found, counts=counts())


@pages.get("/edit")
def edit() -> Response:
    require(who(), "data-store.write")
    store = port().data_store(who(), request.args.get("name", ""))
    return _page(store.name, store.version, typed.Row("value", *typed.shown(store.value)))


@pages.post("/edit")
def change() -> Response:
    """Write the value, if nobody else has meanwhile: then what was typed stays on the page."""
    require(who(), "data-store.write")
    form = request.form
    name, version = form.get("name", ""), form.get("version", 0, type=int)
    values, [row] = typed.read(typed.rows_from(["value"], [form.get("type", "")], [form.get("value", "")]))
    if row.wrong:
        return _page(name, version, row, wrong=row.wrong)
    try:
        port().write_store(who(), name, values["value"], version)
    except InvalidInput as error:
        return _page(name, version, row, wrong=error.message)
    except ChangedMeanwhile as error:
        return _page(name, version, row, refusal=error)
    flash(_("“%(name)s” is written.", name=name), "good")
    return redirect(url_for(".index"))


def _page(
    name: str, version: int, row: typed.Row, *, wrong: str = "", refusal: ChangedMeanwhile | None = None
) -> Response:
    html = render_template(
        "operate/data_store.html", name=name, version=version, row=row, wrong=wrong, refusal=refusal, counts=counts()
    )
    return make_response(html, 422 if wrong else 409 if refusal else 200)
