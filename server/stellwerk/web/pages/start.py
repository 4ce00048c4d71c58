"""The start page: what needs you, and on an empty installation what to do next."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from stellwerk.usecases.access import may
from stellwerk.web.pages.frame import counts, port, who
from stellwerk.web.pages.port import InstanceFilter, TaskFilter
from stellwerk.web.pages.words import _, ngettext

pages = Blueprint("start", __name__)
FEW = 5


@pages.get("/")
def index() -> str:
    person = who()
    figures = counts()
    if figures.processes == 0:
        return render_template("start/empty.html", needs_password=not port().has_password(person))
    tasks = port().tasks(person, TaskFilter(show="mine"), None).items[:FEW]
    troubled = port().instances(person, InstanceFilter(state="incident"), None).items[:FEW]
    return render_template(
        "start/index.html",
        counts=figures,
        tasks=tasks,
        troubled=troubled,
        needs_password=not port().has_password(person),
        operates=may(person, "incident.read"),
    )


@pages.post("/samples")
def load_samples() -> Response:
    loaded = port().load_samples(who())
    flash(
        ngettext("%(num)d sample process is ready.", "%(num)d sample processes are ready.", len(loaded.definitions))
        + " "
        + _("Start one, and follow it under Instances."),
        "good",
    )
    return redirect(url_for("pages.processes.index"))
