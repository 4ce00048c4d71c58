"""The addresses of all pages, from the URL map: a new page is in every check by itself.

A rule with a parameter that is not named here fails the tests until somebody says what to put in.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from .application import application, unbuilt
from .fakes import ADMIN, CALLED, EVALUATIONS, INSTANCES, MESSAGES, TASKS, FakePort

VALUES = {
    "pages.tasks": {"id": [t.id for t in TASKS[:3]] + [TASKS[5].id, TASKS[6].id]},
    "pages.instances": {"id": [INSTANCES[0].id, INSTANCES[5].id]},
    "pages.variables": {"id": [INSTANCES[0].id]},
    "pages.repair": {"id": [INSTANCES[0].id, INSTANCES[5].id]},
    "pages.processes": {"key": ["order", "approval"]},
    "pages.processes.show": {"key": ["order", "supplier"]},
    "pages.decisions": {"key": ["claim_route", "payout"], "id": [one.id for one in EVALUATIONS]},
    "pages.many": {"key": ["order"]},
    "pages.migrations": {"key": ["order", "approval"]},
    "pages.operate": {"id": [m.id for m in MESSAGES]},
    "pages.settings": {"name": ["samira"]},
}
MORE = [  # states of pages that have an address of their own
    "/tasks/?show=free",
    "/tasks/?show=all",
    "/tasks/?q=nothing+like+this",
    "/instances/?state=incident",
    f"/instances/{INSTANCES[0].id}?tab=activities",
    f"/instances/{INSTANCES[0].id}?tab=history",
    "/instances/?called=1",
    f"/instances/{INSTANCES[0].id}/operate?token=3",
    f"/instances/{INSTANCES[0].id}/operate/preview?do=move&token=3&to=pack_order",
    f"/instances/{INSTANCES[0].id}/operate/preview?do=restart&to=pack_order",
    f"/instances/{INSTANCES[0].id}/operate?element=each_article",
    f"/instances/{INSTANCES[0].id}/operate/preview?do=compensate",
    f"/instances/{INSTANCES[0].id}/variables?scope=7",
    f"/instances/{CALLED[1].id}",
    "/operate/messages?name=confirmation",
    "/operate/data-stores/edit?name=Prices",
    f"/instances/{INSTANCES[0].id}?tab=decisions",
    "/decisions/?q=nothing+like+this",
    "/decisions/claim_route?version=1",
    "/processes/?q=order",
    "/processes/order?version=1",
    "/processes/order/migrate/?from=3&to=2",
    "/processes/order/instances/?version=2&do=resume",
    "/search?q=order",
    "/search?q=nothing+like+this",
]
ELSEWHERE = {"/operate/", "/settings/", "/sign-in"}  # they only lead to another page for somebody who is signed in
NEEDS_NAME = "/operate/data-stores/edit"  # without a name it is about nothing
NEEDS_REST = {"/modeler", "/decisions/editor"}  # their programs ask the REST API as soon as they start


@cache
def addresses() -> list[str]:
    with TemporaryDirectory() as folder:
        app = application(FakePort(), ADMIN, unbuilt(Path(folder)))
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.endpoint.startswith("pages."):
                found += _filled(app, rule.endpoint, rule.arguments)
    return sorted(set(found) - ELSEWHERE - {NEEDS_NAME}) + MORE


def _filled(app, endpoint: str, arguments: set[str]) -> list[str]:  # type: ignore[no-untyped-def]
    if not arguments:
        return [app.url_for(endpoint)]
    values = VALUES.get(endpoint) or VALUES[endpoint.rpartition(".")[0]]
    (name,) = arguments
    return [app.url_for(endpoint, **{name: value}) for value in values[name]]
