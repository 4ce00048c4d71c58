"""Work on tasks through the pages: whatever is in the way, what was typed stays."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from flask.testing import FlaskClient

from stellwerk.errors import Conflict, FieldError, InvalidInput, TaskNotOpen
from stellwerk.usecases.access import Principal

from .fakes import CLERK, NOW, TASKS, FakePort

PACK, REVIEW, FREE = TASKS[0], TASKS[1], TASKS[2]


def test_the_list_shows_mine_and_the_late_ones_first(client: FlaskClient) -> None:
    page = client.get("/tasks/").text
    assert page.index("Pack the order") < page.index("Review the document")
    assert "1 day late" in page
    assert "Order 4713" not in page


def test_users_are_not_offered_all_tasks(client_of: Callable[[Principal | None], FlaskClient]) -> None:
    page = client_of(CLERK).get("/tasks/?show=all").text
    assert 'href="/tasks/?show=all"' not in page
    assert "Order 4712" not in page


def test_a_filter_keeps_the_chips_and_the_next_page(client: FlaskClient) -> None:
    page = client.get("/tasks/?show=all&q=order").text
    assert "cursor=page-2&amp;show=all&amp;q=order" in page
    assert 'name="show" value="all"' in page


def test_claiming_leads_to_the_task(client: FlaskClient, port: FakePort) -> None:
    answer = client.post(f"/tasks/{FREE.id}/claim")
    assert answer.location == f"/tasks/{FREE.id}"
    assert port.done == [("claim", FREE.id)]


def test_completing_leads_to_the_next_task(client: FlaskClient, port: FakePort) -> None:
    answer = client.post(f"/tasks/{PACK.id}/complete", data={"variables": json.dumps({"weight": 2})})
    assert answer.location == f"/tasks/{REVIEW.id}"
    assert port.done == [("complete", PACK.id, {"weight": 2})]
    assert "“Pack the order” is done." in client.get(answer.location).text


def test_after_the_last_task_comes_the_list(client: FlaskClient, port: FakePort) -> None:
    port.tasks_now = {PACK.id: PACK}
    assert client.post(f"/tasks/{PACK.id}/complete", data={"variables": "{}"}).location == "/tasks/"


def test_the_editor_sends_typed_values(client: FlaskClient, port: FakePort) -> None:
    rows = {"name": ["total", "ok", ""], "type": ["number", "yes-no", "text"], "value": ["12.50", "no", ""]}
    client.post(f"/tasks/{REVIEW.id}/complete", data=rows)
    assert port.done == [("complete", REVIEW.id, {"total": Decimal("12.50"), "ok": False})]


def test_a_wrong_value_is_shown_at_its_row_and_on_top(client: FlaskClient, port: FakePort) -> None:
    rows = {"name": ["total", "note"], "type": ["number", "text"], "value": ["twelve", "keep me"]}
    answer = client.post(f"/tasks/{REVIEW.id}/complete", data=rows)
    assert answer.status_code == 422
    assert "One value has to be corrected." in answer.text
    assert 'href="#value-1"' in answer.text
    assert 'value="twelve" autocomplete="off"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "keep me" in answer.text
    assert port.done == []


def test_what_a_form_rule_refuses_comes_back_with_what_was_typed(client: FlaskClient, port: FakePort) -> None:
    port.refuse = InvalidInput([FieldError("weight", "max", "At most 31.5 kg go into one parcel.")])
    answer = client.post(f"/tasks/{PACK.id}/complete", data={"variables": '{"weight": 99.25}'})
    assert answer.status_code == 422
    assert "At most 31.5 kg go into one parcel." in answer.text
    assert "99.25" in answer.text


def test_a_conflict_keeps_what_was_typed_and_says_why(client: FlaskClient, port: FakePort) -> None:
    port.refuse = Conflict("Jonas holds the task since 13:58.")
    answer = client.post(f"/tasks/{PACK.id}/complete", data={"variables": '{"note": "glass"}'})
    assert answer.status_code == 409
    assert "Jonas holds the task since 13:58." in answer.text
    assert "glass" in answer.text


def test_a_withdrawn_task_keeps_what_was_typed_and_says_by_what(client: FlaskClient, port: FakePort) -> None:
    gone = replace(PACK, state="withdrawn", reason="timer 'Reminder'", closed_at=NOW)
    port.tasks_now[PACK.id] = gone
    port.refuse = TaskNotOpen("withdrawn", state="withdrawn", reason=gone.reason)
    answer = client.post(f"/tasks/{PACK.id}/complete", data={"variables": '{"note": "glass"}'})
    assert answer.status_code == 409
    assert "This task was withdrawn." in answer.text
    assert "timer &#39;Reminder&#39;" in answer.text
    assert "glass" in answer.text


def test_rubbish_instead_of_a_form_changes_nothing(client: FlaskClient, port: FakePort) -> None:
    for rubbish in ("{", "[]", '"text"', "nul", "[" * 100_000):
        answer = client.post(f"/tasks/{PACK.id}/complete", data={"variables": rubbish})
        assert answer.status_code == 422, rubbish[:10]
    assert port.done == []


def test_somebody_elses_task_offers_no_button(client_of: Callable[[Principal | None], FlaskClient]) -> None:
    page = client_of(CLERK).get(f"/tasks/{PACK.id}").text
    assert "maria has this task." in page
    assert '<button class="button button--main">' not in page


def test_variables_that_nobody_touched_are_not_sent_back(client: FlaskClient, port: FakePort) -> None:
    page = client.get(f"/tasks/{REVIEW.id}").text
    digests = re.findall(r'name="was" value="(\w*)"', page)
    rows = {"name": ["customer", "total"], "type": ["text", "number"], "value": ["Anna Weber", "130"]}
    client.post(f"/tasks/{REVIEW.id}/complete", data={**rows, "was": digests[:2]})
    assert port.done == [("complete", REVIEW.id, {"total": 130})]
