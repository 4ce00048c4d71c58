"""Processes, instances, operate, settings, preferences and errors through the pages."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from flask.testing import FlaskClient

from stellwerk.errors import InvalidDefinition, NotStartable, WrongState
from stellwerk.usecases.access import Principal
from stellwerk.web.assets import Assets

from .application import application
from .fakes import ADMIN, CLERK, INCIDENTS, INSTANCES, ORDER, REPORT, FakePort

Clients = Callable[[Principal | None], FlaskClient]


def test_imported_files_are_deployed_and_the_report_is_shown(client: FlaskClient, port: FakePort) -> None:
    answer = client.post("/processes/import", data={"files": [(io.BytesIO(b"<x/>"), "order.bpmn")]})
    assert answer.status_code == 201
    assert port.done == [("deploy", ["order.bpmn"])]
    assert "camunda:asyncBefore is not read" in answer.text


def test_a_refused_import_lists_every_problem_with_its_line(client: FlaskClient, port: FakePort) -> None:
    port.refuse = InvalidDefinition(REPORT)
    answer = client.post("/processes/import", data={"files": [(io.BytesIO(b"<x/>"), "order.bpmn")]})
    assert answer.status_code == 422
    assert "Nothing was deployed." in answer.text
    assert "which does not exist" in answer.text
    assert ">48<" in answer.text


def test_an_import_without_a_file_says_so(client: FlaskClient) -> None:
    assert "No file was chosen." in client.post("/processes/import", data={}).text


def test_a_start_without_form_takes_key_and_typed_variables(client: FlaskClient, port: FakePort) -> None:
    fields = {"business_key": " Rules ", "name": "pages", "type": "number", "value": "12"}
    answer = client.post("/processes/approval/start", data=fields)
    assert answer.location == f"/instances/{INSTANCES[2].id}"
    assert port.done[0][2:] == ("Rules", {"pages": 12})


def test_a_start_that_is_refused_keeps_what_was_typed(client: FlaskClient, port: FakePort) -> None:
    port.refuse = NotStartable("New starts are stopped since a minute ago.")
    fields = {"business_key": "Rules", "name": "pages", "type": "text", "value": "twelve"}
    answer = client.post("/processes/approval/start", data=fields)
    assert answer.status_code == 409
    assert "stopped since a minute ago" in answer.text
    assert 'value="Rules"' in answer.text
    assert 'value="twelve"' in answer.text


def test_a_process_without_active_version_cannot_be_started(client: FlaskClient) -> None:
    answer = client.get("/processes/supplier/start")
    assert answer.status_code == 409
    assert "none of its versions is active" in answer.text


def test_unknown_things_are_not_found(client: FlaskClient) -> None:
    for address in (
        "/processes/nothing",
        "/processes/order?version=99",
        f"/tasks/{uuid4()}",
        f"/instances/{uuid4()}",
        "/x",
    ):
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert "There is nothing here" in answer.text


def test_chosen_incidents_are_retried_and_those_that_are_gone_are_counted(client: FlaskClient, port: FakePort) -> None:
    ids = [str(INCIDENTS[0].id), str(uuid4()), "no id"]
    answer = client.post("/operate/incidents/retry", data={"id": ids, "next": "/operate/incidents"})
    assert port.done == [("retry", INCIDENTS[0].id)]
    page = client.get(answer.location).text
    assert "1 incident is tried again." in page
    assert "2 incidents were resolved meanwhile." in page


def test_a_redirect_never_leaves_the_server(client: FlaskClient) -> None:
    for address in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nX: y"):
        answer = client.post("/preferences", data={"theme": "dark", "next": address})
        assert answer.location == "/", address


def test_theme_and_language_are_kept(client: FlaskClient) -> None:
    client.post("/preferences", data={"theme": "dark"})
    client.post("/preferences", data={"language": "de"})
    page = client.get("/tasks/").text
    assert 'lang="de" data-theme="dark"' in page
    assert "Aufgaben" in page
    client.post("/preferences", data={"theme": "system"})
    assert "data-theme" not in client.get("/tasks/").text


def test_the_browser_chooses_the_language(client: FlaskClient) -> None:
    assert 'lang="de"' in client.get("/", headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}).text
    assert 'lang="en"' in client.get("/", headers={"Accept-Language": "fr"}).text


def test_users_may_not_change_what_is_an_administrators(client_of: Clients, port: FakePort) -> None:
    client = client_of(CLERK)
    for address in ("/processes/import", "/modeler", "/operate/incidents", "/settings/people", "/settings/tokens"):
        assert client.get(address).status_code == 403, address
    assert client.get(f"/instances/{INSTANCES[0].id}/cancel").status_code == 403
    assert client.post("/settings/people/new", data={"name": "x"}).status_code == 403
    assert port.done == []


def test_a_new_token_is_shown_once(client: FlaskClient) -> None:
    made = client.post("/settings/tokens", data={"name": "shop", "role": "user"})
    assert "stw_3f1c" in made.text
    assert "no-store" in made.headers["Cache-Control"]
    assert "stw_3f1c" not in client.get("/settings/tokens").text


def test_the_last_administrator_stays_one_and_the_page_says_why(client: FlaskClient, port: FakePort) -> None:
    port.refuse = WrongState("maria is the last administrator. Make somebody else one first.")
    answer = client.post("/settings/people/maria", data={"roles": "user", "display_name": "Maria K."})
    assert answer.status_code == 422
    assert "Make somebody else one first." in answer.text
    assert "Maria K." in answer.text


def test_the_search_finds_decisions(client: FlaskClient) -> None:
    html = client.get("/search?q=claim+route").text
    assert 'href="/decisions/claim_route"' in html
    assert "Nothing has this name" not in html


def test_an_exact_id_leads_to_its_page(client: FlaskClient) -> None:
    assert client.get(f"/search?q={INSTANCES[0].id}").location == f"/instances/{INSTANCES[0].id}"


def test_the_live_diagram_knows_tokens_path_and_incidents(client: FlaskClient) -> None:
    page = client.get(f"/instances/{INSTANCES[0].id}").text
    assert f'"xmlUrl": "/api/v1/definitions/{ORDER.id}/xml"' in page
    assert '"tokens": [{"count": 1, "elementId": "charge_card", "waitingFor": "incident"}' in page
    assert '"flows": ["flow_start", "flow_total"]' in page


def test_texts_from_outside_are_never_markup(client: FlaskClient) -> None:
    page = client.get("/tasks/?show=all&q=%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>alert" not in page


def test_a_bug_shows_three_parts_and_no_traceback(client: FlaskClient, port: FakePort) -> None:
    port.refuse = RuntimeError("secret detail")
    answer = client.post(f"/instances/{INSTANCES[0].id}/cancel", data={"reason": "x"})
    assert answer.status_code == 500
    assert "The server made a mistake" in answer.text
    assert "The log has it as" in answer.text
    assert "secret detail" not in answer.text


def test_missing_browser_files_are_named_with_the_way_out(tmp_path: Path) -> None:
    answer = application(FakePort(), ADMIN, Assets(tmp_path / "none")).test_client().get("/tasks/")
    assert answer.status_code == 503
    assert "make setup" in answer.text


def test_built_files_are_kept_for_ever(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "app-ABC.css").write_text("a{}")
    client = application(FakePort(), ADMIN, Assets(tmp_path)).test_client()
    answer = client.get("/assets/css/app-ABC.css")
    assert "immutable" in answer.headers["Cache-Control"]
    answer.close()
    assert client.get("/assets/../application.py").status_code == 404
