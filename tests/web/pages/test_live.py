"""The pages on the real thing: database, engine and use cases; only scripts and handlers are small fakes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient

from stellwerk.app import create_app, runtime_of
from stellwerk.settings import Settings
from stellwerk.store.instances import InstanceFilter, list_instances
from stellwerk.store.paging import PageRequest
from stellwerk.store.records import InstanceRecord
from stellwerk.usecases import accounts, definitions, drafts, instances, samples
from stellwerk.usecases.access import SYSTEM
from stellwerk.usecases.instances import StartRequest

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  targetNamespace="test">
  <process id="parcel" name="Parcel" isExecutable="true">
    <startEvent id="begin" /><sequenceFlow id="f1" sourceRef="begin" targetRef="pack" />
    <userTask id="pack" name="Pack it" camunda:dueDate="2026-11-19T12:00:00Z" />
    <sequenceFlow id="f2" sourceRef="pack" targetRef="label" />
    <serviceTask id="label" name="Print the label" camunda:type="external" camunda:topic="print-label" />
    <sequenceFlow id="f3" sourceRef="label" targetRef="done" /><endEvent id="done" />
  </process>
</definitions>"""


class Clock:
    """The time, which tests set."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> Iterator[Flask]:
    sandbox = cast(Any, SimpleNamespace(close=lambda: None))
    handlers = cast(Any, SimpleNamespace(topics=frozenset, describe=lambda: []))
    settings = Settings(data=tmp_path, secret_key="only for tests")
    made = create_app(settings, clock=clock, sandbox=sandbox, handlers=handlers)
    yield made
    runtime_of(made).close()


REVIEW = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="test">
  <process id="review" isExecutable="true">
    <startEvent id="begin" /><sequenceFlow id="f1" sourceRef="begin" targetRef="read" />
    <userTask id="read" name="Read it"><multiInstanceLoopCharacteristics>
      <loopCardinality xsi:type="tFormalExpression">3</loopCardinality></multiInstanceLoopCharacteristics></userTask>
    <sequenceFlow id="f2" sourceRef="read" targetRef="done" /><endEvent id="done" />
  </process>
</definitions>"""


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """The first administrator, by the link that the server prints."""
    browser = app.test_client()
    browser.get(f"/sign-in/link/{accounts.one_time_link(runtime_of(app))}")
    return browser


@pytest.fixture
def deployed(app: Flask) -> None:
    definitions.deploy(runtime_of(app), SYSTEM, [("parcel.bpmn", PROCESS.encode())])


def token(client: FlaskClient) -> str:
    page = client.get("/password").text
    return page.partition('name="csrf-token" content="')[2].partition('"')[0]


def send(client: FlaskClient, address: str, **fields: Any) -> Any:
    return client.post(address, data={"csrf_token": token(client), **fields})


def signed_in_as(app: Flask, administrator: FlaskClient, name: str) -> FlaskClient:
    password = "green tea at five"
    send(administrator, "/settings/people/new", name=name, password=password, roles="user")
    browser = app.test_client()
    secret = browser.get("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    browser.post("/sign-in", data={"csrf_token": secret, "name": name, "password": password})
    return browser


def started(client: FlaskClient) -> str:
    answer = send(client, "/processes/parcel/start", business_key="Parcel 1", name="weight", type="number", value="2.5")
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def open_task(client: FlaskClient) -> str:
    page = client.get("/tasks/?show=free").text
    return "/tasks/" + page.partition('class="open" href="/tasks/')[2].partition('"')[0]


def test_an_empty_installation_offers_the_samples(client: FlaskClient) -> None:
    assert "Load the samples" in client.get("/").text


@pytest.mark.usefixtures("deployed")
def test_a_process_is_started_and_its_task_completed_through_the_pages(client: FlaskClient) -> None:
    instance = started(client)
    page = client.get(instance).text
    assert "Parcel 1" in page
    assert "Pack it" in page
    assert "2.5" in page
    task = open_task(client)
    assert "1 day late" in client.get(task).text
    assert send(client, task + "/complete", name="weight", type="number", value="3").status_code == 302
    page = client.get(instance).text
    assert "print-label" in page
    assert "3" in page
    assert "admin" in client.get(task).text
    assert "print-label" in client.get("/settings/handlers").text


@pytest.mark.usefixtures("deployed")
def test_a_task_that_was_completed_meanwhile_keeps_what_was_typed(client: FlaskClient) -> None:
    started(client)
    task = open_task(client)
    send(client, task + "/complete")
    answer = send(client, task + "/complete", name="remark", type="text", value="Fragile: glass")
    assert answer.status_code == 409
    assert "This task is completed." in answer.text
    assert "Fragile: glass" in answer.text


def test_a_task_of_several_people_shows_one_token_for_each(client: FlaskClient, app: Flask) -> None:
    definitions.deploy(runtime_of(app), SYSTEM, [("review.bpmn", REVIEW.encode())])
    instance = send(client, "/processes/review/start").location
    at_task = '{"count": %d, "elementId": "read", "waitingFor": "person"}'
    assert at_task % 3 in client.get(instance).text
    send(client, open_task(client) + "/complete")
    assert at_task % 2 in client.get(instance).text


def test_an_event_based_gateway_waits_for_what_follows_it(client: FlaskClient, app: Flask) -> None:
    samples.load(runtime_of(app), SYSTEM)
    request = instances.StartRequest("customer", business_key="P-1", variables={"item": "Tea", "quantity": 1})
    instance = instances.start(runtime_of(app), SYSTEM, request)
    page = client.get(f"/instances/{instance.id}").text
    assert "waits for the first of several events" in page
    assert "It works by itself right now." not in page


def test_the_history_names_the_ends_of_a_flow(client: FlaskClient, app: Flask) -> None:
    definitions.deploy(runtime_of(app), SYSTEM, [("review.bpmn", REVIEW.encode())])
    instance = send(client, "/processes/review/start").location
    assert "begin → Read it" in client.get(f"{instance}?tab=history").text


def test_a_saved_draft_is_found_under_processes(client: FlaskClient, app: Flask) -> None:
    saved = drafts.create(runtime_of(app), SYSTEM, drafts.NewDraft("bpmn", "Half drawn", PROCESS))
    page = client.get("/processes/").text
    assert "Half drawn" in page
    assert f'href="/modeler?draft={saved.id}"' in page
    assert "Half drawn" not in client.get("/processes/?q=order").text


def test_settings_begin_with_people(client: FlaskClient) -> None:
    assert client.get("/settings/").location == "/settings/people"


@pytest.mark.usefixtures("deployed")
def test_who_comes_second_to_a_task_keeps_what_they_typed(client: FlaskClient, app: Flask) -> None:
    started(client)
    task = open_task(client)
    second = signed_in_as(app, client, "second")
    send(client, task + "/complete")
    answer = send(second, task + "/complete", name="remark", type="text", value="Fragile: glass")
    assert answer.status_code == 404
    assert "This task is not yours to do any more" in answer.text
    assert "Fragile: glass" in answer.text


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("page", ["/processes/parcel/start", "/tasks"])
def test_a_form_that_was_sent_after_the_session_ended_is_gone_back_to(
    app: Flask, client: FlaskClient, page: str
) -> None:
    started(client)
    sent, back = (page, page) if page != "/tasks" else (open_task(client) + "/complete", open_task(client))
    answer = app.test_client().post(sent, data={"variables": "{}"})
    assert answer.location == f"/sign-in?next={back}"


@pytest.mark.usefixtures("deployed")
def test_an_instance_is_cancelled_with_a_reason_and_then_deleted(client: FlaskClient) -> None:
    instance = started(client)
    assert "One open task is withdrawn" in client.get(instance + "/cancel").text
    send(client, instance + "/cancel", reason="Not needed")
    assert "Not needed" in client.get(instance).text
    send(client, instance + "/delete")
    assert client.get(instance).status_code == 404


@pytest.mark.usefixtures("deployed")
def test_only_variables_that_differ_are_written(client: FlaskClient) -> None:
    instance = started(client)
    before = client.get(instance + "/variables").text.partition('name="was" value="')[2].partition('"')[0]
    fields = {"name": ["weight", "note"], "type": ["number", "text"], "value": ["2.5", "heavy"], "was": [before, ""]}
    send(client, instance + "/variables", **fields)
    page = client.get(instance).text
    assert "1 variable is changed." in page
    assert "heavy" in page


@pytest.mark.usefixtures("deployed")
def test_it_is_told_which_version_takes_new_starts_instead(client: FlaskClient, app: Flask) -> None:
    newer = PROCESS.replace("Pack it", "Wrap it")
    definitions.deploy(runtime_of(app), SYSTEM, [("parcel.bpmn", newer.encode())])
    stop = client.get("/processes/parcel?version=2").text.partition("/processes/parcel/versions/")[2][:36]
    send(client, f"/processes/parcel/versions/{stop}/deactivate")
    assert "New starts take version 1 now." in client.get("/processes/parcel").text


@pytest.mark.usefixtures("deployed")
def test_a_version_takes_no_new_starts_after_they_were_stopped(client: FlaskClient) -> None:
    page = client.get("/processes/parcel").text
    address = page.partition('action="/processes/parcel/versions/')[2].partition('"')[0]
    send(client, "/processes/parcel/versions/" + address)
    assert client.get("/processes/parcel/start").status_code == 409
    assert "New starts are stopped" in client.get("/processes/parcel").text


def test_people_and_tokens_are_made_and_revoked(client: FlaskClient) -> None:
    send(
        client,
        "/settings/people/new",
        name="jonas",
        roles="user",
        groups="warehouse, shop",
        password="a long password 1",
    )
    assert "shop, warehouse" in client.get("/settings/people").text
    made = send(client, "/settings/tokens", name="shop", role="user")
    assert made.status_code == 201
    secret = made.text.partition("<code>")[2].partition("</code>")[0]
    assert client.get("/api/v1/handlers", headers={"Authorization": f"Bearer {secret}"}).status_code == 403
    address = made.text.partition('action="/settings/tokens/')[2].partition('"')[0]
    send(client, "/settings/tokens/" + address)
    assert client.get("/api/v1/handlers", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_the_own_password_is_set_and_used(client: FlaskClient, app: Flask) -> None:
    send(client, "/password", new="a long password 1", again="a long password 1")
    assert "The password is set" in client.get("/").text
    send(client, "/sign-out")
    assert client.get("/").location.startswith("/sign-in")
    other = app.test_client()
    wrong = other.post("/sign-in", data={"name": "admin", "password": "wrong"})
    assert wrong.status_code == 401
    right = other.post("/sign-in", data={"name": "admin", "password": "a long password 1", "next": "/tasks/"})
    assert right.location == "/tasks/"
    assert other.get("/tasks/").status_code == 200


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/tasks/?show=all&q=parcel&late=yes",
        "/instances/?q=Parcel",
        "/instances/?state=incident",
        "/processes/?q=par",
        "/search?q=Parcel",
        "/operate/incidents",
        "/operate/messages",
        "/settings/people",
        "/settings/tokens",
        "/settings/configuration",
        "/settings/health",
        "/modeler",
    ],
)
def test_pages_read_the_store(client: FlaskClient, address: str) -> None:
    started(client)
    answer = client.get(address)
    assert answer.status_code == 200, answer.text


def test_a_session_of_long_ago_must_sign_in_again(client: FlaskClient, clock: Clock) -> None:
    clock.now += timedelta(days=2)
    assert client.get("/tasks/").location == "/sign-in?next=/tasks/"


CALLS = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="test">
  <process id="KEY" name="NAME" isExecutable="true">
    <startEvent id="begin" /><sequenceFlow id="f1" sourceRef="begin" targetRef="call" />
    <callActivity id="call" name="Have it done" calledElement="CALLED" />
    <sequenceFlow id="f2" sourceRef="call" targetRef="done" /><endEvent id="done" />
  </process>
</definitions>"""


def caller(key: str, name: str, called: str) -> tuple[str, bytes]:
    text = CALLS.replace("KEY", key).replace("NAME", name).replace("CALLED", called)
    return f"{key}.bpmn", text.encode()


def tree(app: Flask, called: str) -> tuple[InstanceRecord, InstanceRecord, InstanceRecord | None]:
    """A root, what it called, and what that called (nothing if there is no such process)."""
    files = [caller("outer", "Outer", "middle"), caller("middle", "Middle", called)]
    definitions.deploy(runtime_of(app), SYSTEM, files)
    root = instances.start(runtime_of(app), SYSTEM, StartRequest(definition_key="outer", business_key="Case 1"))
    with runtime_of(app).database.reading() as tx:
        found = list_instances(tx, InstanceFilter(root_id=root.id), PageRequest()).items
    by_key = {record.key: record for record in found}
    return root, by_key["middle"], by_key.get(called)


@pytest.mark.usefixtures("deployed")
def test_caller_and_called_lead_to_each_other(app: Flask, client: FlaskClient) -> None:
    root, middle, inner = tree(app, "parcel")
    assert inner is not None
    page = client.get(f"/instances/{root.id}").text
    assert f'href="/instances/{middle.id}"' in page
    assert "waits for the process that it called" in page
    assert f'href="/instances/{middle.id}"' in client.get(f"/instances/{root.id}?tab=activities").text
    page = client.get(f"/instances/{inner.id}").text
    trail = page.partition('class="crumbs"')[2].partition("</nav>")[0] or page
    assert trail.index(f"/instances/{root.id}") < trail.index(f"/instances/{middle.id}")
    assert "Cancel instance" not in page
    assert "Called by" in page
    assert client.get(f"/instances/{inner.id}/cancel").status_code == 409


@pytest.mark.usefixtures("deployed")
def test_lists_show_roots_and_called_ones_when_asked(app: Flask, client: FlaskClient) -> None:
    root, middle, _ = tree(app, "parcel")
    page = client.get("/instances/").text
    assert f"/instances/{root.id}" in page
    assert f"/instances/{middle.id}" not in page
    page = client.get("/instances/?called=1").text
    assert f"/instances/{middle.id}" in page
    assert f'href="/instances/{middle.id}"' in client.get("/processes/middle").text


def test_an_incident_below_is_seen_at_the_root(app: Flask, client: FlaskClient) -> None:
    root, middle, _ = tree(app, "nobody")
    page = client.get(f"/instances/{root.id}").text
    assert "One incident" in page
    assert "in the called process “middle”" in page
    assert f'<a href="/instances/{middle.id}">Have it done</a>' in page
    assert "is deployed" in page


@pytest.mark.usefixtures("deployed")
def test_an_instance_goes_to_a_new_version_through_the_pages(client: FlaskClient, app: Flask) -> None:
    instance = started(client)
    text = PROCESS.replace('"pack"', '"wrap"').replace("Pack it", "Wrap it")
    definitions.deploy(runtime_of(app), SYSTEM, [("parcel.bpmn", text.encode())])
    page = client.get("/processes/parcel/migrate/").text
    assert "<strong>none can be migrated</strong>" in page
    assert "Map it to another element" in page
    chosen = {"from": "1", "to": "2", "map.pack": "wrap"}
    assert "<strong>one can be migrated</strong>" in send(client, "/processes/parcel/migrate/", **chosen).text
    assert "One instance was migrated." in send(client, "/processes/parcel/migrate/run", **chosen).text
    page = client.get(instance).text
    assert "Wrap it" in page
    assert "Goes on in another version" in client.get(instance + "?tab=history").text
    send(client, open_task(client) + "/complete")
    assert "print-label" in client.get(instance).text
