"""Decisions: what is deployed, in which versions, what it gave, and which rules of its tables matched."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request

from stellwerk.errors import NotFound
from stellwerk.store.records import DecisionVersionRecord
from stellwerk.usecases.access import may
from stellwerk.web.pages import decision_view
from stellwerk.web.pages.frame import port, who

pages = Blueprint("decisions", __name__, url_prefix="/decisions")


@pages.get("/")
def index() -> str:
    text = request.args.get("q", "").strip()
    cursor = request.args.get("cursor")
    found = port().decision_versions(who(), text, cursor)
    drafts = () if cursor else port().decision_drafts(who(), text)
    return render_template("decisions/index.html", page=found, text=text, drafts=drafts)


@pages.get("/<key>")
def show(key: str) -> str:
    """The newest version, or `?version=<number>`; what it gave last, of all versions."""
    person = who()
    versions = port().versions_of_decision(person, key)
    shown = _chosen(key, versions, request.args.get("version", type=int))
    files = port().decision_files(person, shown)
    node = decision_view.node_of(files, key)
    if node is None:
        raise NotFound("decision", key)
    given = None
    if may(person, "decision-evaluation.read"):
        given = port().evaluations(person, key=key, cursor=request.args.get("cursor"))
    return render_template(
        "decisions/show.html",
        decision=shown,
        versions=versions,
        needs=decision_view.requirements(files, node),
        view=decision_view.view_of_node(node),
        evaluations=given,
    )


@pages.get("/evaluations/<uuid:id>")
def evaluation(id: UUID) -> str:
    person = who()
    found = port().evaluation(person, id)
    decision = port().decision(person, found.decision_id)
    instance = port().instance(person, found.instance_id) if found.instance_id is not None else None
    fired = decision_view.fired(port().decision_files(person, decision), found.matched)
    return render_template(
        "decisions/evaluation.html", evaluation=found, decision=decision, instance=instance, fired=fired
    )


def _chosen(key: str, versions: tuple[DecisionVersionRecord, ...], number: int | None) -> DecisionVersionRecord:
    """The version that the address names, else the newest."""
    found = [version for version in versions if number in (None, version.version)]
    if not found:
        raise NotFound("decision", key if number is None else f"{key}, version {number}")
    return found[0]
