"""Instances: the list, and one instance with its live diagram."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from stellwerk.store.records import MOVING, ActivityRecord, EvaluationRecord, InstanceRecord, SubscriptionRecord
from stellwerk.usecases.access import InstanceSubject, may, require
from stellwerk.usecases.instances import require_root
from stellwerk.web.pages.element_facts import element_facts
from stellwerk.web.pages.frame import port, who
from stellwerk.web.pages.port import DiagramState, InstanceFilter, TaskFilter
from stellwerk.web.pages.rounds import rounds
from stellwerk.web.pages.words import _

pages = Blueprint("instances", __name__, url_prefix="/instances")
STATES = ("incident", "active", "suspended", "completed", "cancelled", "failed")
FEW = 10  # names of messages that are looked up for one page
TABS = ("variables", "activities", "decisions", "history")


@pages.get("/")
def index() -> str:
    state = request.args.get("state", "")
    wanted = InstanceFilter(
        state=state if state in STATES else "",
        process=request.args.get("process", ""),
        text=request.args.get("q", "").strip(),
        called=request.args.get("called") == "1",
    )
    found = port().instances(who(), wanted, request.args.get("cursor"))
    return render_template("instances/index.html", page=found, wanted=wanted, states=STATES)


@pages.get("/<uuid:id>")
def show(id: UUID) -> str:
    person = who()
    instance = port().instance(person, id)
    tab = request.args.get("tab", "variables")
    activities = port().activities(person, id)
    jobs = port().jobs(person, id)
    awaited = port().subscriptions(person, id)
    called = {one.call: one for one in port().called(person, id)}
    diagram = diagram_data(instance.definition_id, port().diagram(person, id))
    diagram["state"]["facts"] = element_facts(
        activities, jobs, called, port().decisions(person, id), awaited, _given(id, activities)
    )
    diagram["state"]["actions"] = _actions(instance)
    scopes = port().scopes(person, id)
    return render_template(
        "instances/show.html",
        instance=instance,
        diagram=diagram,
        activities=activities,
        waiting=_waiting(activities),
        rounds=rounds(activities, scopes),
        scopes=scopes,
        letters=_letters(awaited),
        awaited={one.token: one for one in awaited},
        tasks={t.token: t for t in port().tasks(person, TaskFilter(show="all", instance=id), None).items},
        jobs={j.token: j for j in jobs},
        callers=port().callers(person, id),
        called=called,
        below=port().troubled_calls(person, id),
        incidents=[i for i in port().instance_incidents(person, id) if i.state == "open"],
        names={a.element_id: a.element_name for a in activities if a.element_name},
        tab=tab if tab in TABS else "variables",
        **_tab_values(tab, id),
    )


def _waiting(activities: Iterable[ActivityRecord]) -> list[ActivityRecord]:
    """What stands until something comes. A token at an event-based gateway waits for the first of what follows it."""
    active = (a for a in activities if a.state == "active")
    told = (replace(a, waiting_for="event") if a.element_type == "eventBasedGateway" else a for a in active)
    return [a for a in told if a.waiting_for]


def _given(id: UUID, activities: Iterable[ActivityRecord]) -> Iterable[EvaluationRecord]:
    """The last that its decisions gave; asked for only where a task can have asked for one."""
    if not any(one.element_type == "businessRuleTask" for one in activities):
        return ()
    return port().evaluations(who(), instance=id).items


def _tab_values(tab: str, id: UUID) -> dict[str, Any]:
    if tab == "decisions":
        return {"evaluations": port().evaluations(who(), instance=id, cursor=request.args.get("cursor"))}
    if tab == "history":
        return {"history": port().history(who(), id, request.args.get("cursor"))}
    return {"variables": port().variables(who(), id)}


def _letters(awaited: Iterable[SubscriptionRecord]) -> dict[str, int]:
    """How many messages wait that have a name for which the instance waits, but do not fit; at most one page."""
    if not may(who(), "message.read"):
        return {}
    names = {one.name for one in awaited if one.kind == "message"}
    return {name: len(port().messages(who(), None, name).items) for name in sorted(names)[:FEW]}


def _actions(instance: InstanceRecord) -> dict[str, str] | None:
    """What the diagram offers at an element, for who may intervene."""
    if not may(who(), "instance.operate", InstanceSubject.of(instance, takes_part=True)):
        return None
    if instance.state not in MOVING:
        here = elsewhere = _("Restart here …")
    else:
        here, elsewhere = _("Move or skip …"), _("Start here as well …")
    href = url_for("pages.repair.choose", id=instance.id, element="")
    return {"href": href, "here": here, "elsewhere": elsewhere}


def diagram_data(definition: UUID, state: DiagramState | None) -> dict[str, Any]:
    """What the viewer island draws."""
    return {
        "xmlUrl": f"/api/v1/definitions/{definition}/xml",
        "state": state
        and {
            "tokens": [{"elementId": e, "count": n, "waitingFor": w} for e, n, w in state.tokens],
            "done": list(state.done),
            "flows": list(state.flows),
            "incidents": [{"elementId": e, "count": n, "message": m} for e, n, m in state.incidents],
        },
    }


@pages.get("/<uuid:id>/cancel")
def ask_to_cancel(id: UUID) -> str:
    instance = _permitted(id, "instance.cancel")
    require_root(instance, "cancelled")
    open_tasks = port().tasks(who(), TaskFilter(show="all", instance=id), None).items
    return render_template("instances/cancel.html", instance=instance, tasks=open_tasks, jobs=port().jobs(who(), id))


@pages.post("/<uuid:id>/cancel")
def cancel(id: UUID) -> Response:
    port().cancel(who(), id, request.form.get("reason", "").strip())
    flash(_("The instance is cancelled."), "good")
    return redirect(url_for(".show", id=id))


@pages.get("/<uuid:id>/delete")
def ask_to_delete(id: UUID) -> str:
    instance = _permitted(id, "instance.delete")
    require_root(instance, "deleted")
    return render_template("instances/delete.html", instance=instance)


@pages.post("/<uuid:id>/delete")
def delete(id: UUID) -> Response:
    port().delete(who(), id)
    flash(_("The instance is deleted, with its history and variables."), "good")
    return redirect(url_for(".index"))


def _permitted(id: UUID, action: Any) -> InstanceRecord:
    """The instance, if the person may do `action` to it: refused before the form, not after it."""
    instance = port().instance(who(), id)
    require(who(), action, InstanceSubject.of(instance, takes_part=True))
    return instance
