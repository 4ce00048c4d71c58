"""An operator's commands on pages: choose, see what it will do, do it; and tasks that end otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from stellwerk.engine import Effect
from stellwerk.engine.commands import (
    CancelToken,
    CompensateNow,
    ModifyInstance,
    PutToken,
    ResumeInstance,
    SkipStep,
    SuspendInstance,
    ThrowErrorAt,
    ThrowEscalation,
)
from stellwerk.engine.operation.effects import SENTENCES
from stellwerk.errors import FieldError, InvalidInput, WrongState
from stellwerk.usecases.operate import RestartRequest
from stellwerk.usecases.tasks import Thrown
from stellwerk.web.pages.told import TEXTS

from .application import application, unbuilt
from .fakes import ADMIN, CLERK, INSTANCES, TASKS, FakePort

RUNNING = INSTANCES[0]
PREVIEW = f"/instances/{RUNNING.id}/operate/preview"


@pytest.fixture
def fake() -> FakePort:
    return FakePort()


def client(fake: FakePort, tmp_path: Any, who: Any = ADMIN) -> Any:
    return application(fake, who, unbuilt(tmp_path)).test_client()


def test_every_effect_has_a_text_that_can_be_translated(fake: FakePort, tmp_path: Any) -> None:
    with application(fake, ADMIN, unbuilt(tmp_path)).test_request_context():
        assert {kind: str(text) for kind, text in TEXTS.items()} == dict(SENTENCES)
    assert Effect("task-opened", "a", "A", "", (1, 2)).text == "The task 'A' opens. (2 times)"


def test_the_page_of_an_instance_leads_to_what_can_be_done(fake: FakePort, tmp_path: Any) -> None:
    page = client(fake, tmp_path).get(f"/instances/{RUNNING.id}").text
    assert f"/instances/{RUNNING.id}/operate" in page
    assert "Move or skip" in page
    assert "/operate" not in client(fake, tmp_path, CLERK).get(f"/instances/{RUNNING.id}").text.replace("/operate/", "")


def test_who_may_not_operate_is_refused(fake: FakePort, tmp_path: Any) -> None:
    asking = client(fake, tmp_path, CLERK)
    assert asking.get(f"/instances/{RUNNING.id}/operate").status_code == 403
    assert asking.get(PREVIEW).status_code == 403
    assert asking.post(PREVIEW, data={"do": "suspend"}).status_code == 403
    assert fake.done == []


def test_looking_at_what_would_happen_does_nothing(fake: FakePort, tmp_path: Any) -> None:
    page = client(fake, tmp_path).get(f"{PREVIEW}?do=skip&token=3")
    assert page.status_code == 200
    assert "The task &#39;Pack the order&#39; is withdrawn." in page.text
    assert "2026-11-21 14:00:00 UTC" in page.text
    assert fake.done == []


@pytest.mark.parametrize(
    ("form", "command"),
    [
        ({"do": "suspend"}, SuspendInstance("why")),
        ({"do": "resume"}, ResumeInstance("why")),
        ({"do": "take", "token": "3"}, ModifyInstance((CancelToken(3),), "why")),
        (
            {"do": "move", "token": "3", "place": "after", "to": "pack_order"},
            ModifyInstance((CancelToken(3), PutToken("after", "pack_order", {})), "why"),
        ),
        ({"do": "start", "to": "pack_order"}, ModifyInstance((PutToken("before", "pack_order", {}),), "why")),
        ({"do": "skip", "token": "3"}, SkipStep(3, {}, "why")),
        ({"do": "throw", "token": "3", "thrown": "error:NO"}, ThrowErrorAt(3, "NO", "why", {}, "why")),
        ({"do": "throw", "token": "3", "thrown": "escalation:UP"}, ThrowEscalation(3, "UP", {}, "why")),
        ({"do": "compensate"}, CompensateNow(reason="why")),
        ({"do": "restart", "to": "pack_order"}, RestartRequest((PutToken("before", "pack_order"),), reason="why")),
    ],
)
def test_each_action_becomes_its_command(fake: FakePort, tmp_path: Any, form: dict[str, str], command: Any) -> None:
    answer = client(fake, tmp_path).post(PREVIEW, data={**form, "reason": " why "})
    assert answer.status_code == 302
    assert fake.done == [("operate", RUNNING.id, command)]
    target = INSTANCES[2] if form["do"] == "restart" else RUNNING
    assert answer.headers["Location"] == f"/instances/{target.id}"


def test_results_that_were_typed_go_with_a_skip(fake: FakePort, tmp_path: Any) -> None:
    typed = {"name": "paid", "type": "number", "value": "5", "was": ""}
    client(fake, tmp_path).post(PREVIEW, data={"do": "skip", "token": "3", **typed})
    assert fake.done == [("operate", RUNNING.id, SkipStep(3, {"paid": 5}, ""))]


def test_what_was_typed_wrongly_stays_on_the_page(fake: FakePort, tmp_path: Any) -> None:
    typed = {"name": "paid", "type": "number", "value": "many", "was": ""}
    answer = client(fake, tmp_path).post(PREVIEW, data={"do": "skip", "token": "3", "reason": "known", **typed})
    assert answer.status_code == 422
    assert 'value="many"' in answer.text
    assert 'value="known"' in answer.text
    assert fake.done == []


@pytest.mark.parametrize(
    "error", [WrongState("It waits."), InvalidInput([FieldError("to", "exists", "No such place.")])]
)
def test_what_cannot_be_done_is_said_before(fake: FakePort, tmp_path: Any, error: Exception) -> None:
    fake.refuse = error
    page = client(fake, tmp_path).get(f"{PREVIEW}?do=skip&token=3")
    assert page.status_code == 200
    assert str(error) in page.text
    assert 'method="post" action="' + PREVIEW not in page.text


@pytest.mark.parametrize("address", ["?do=explode", "?do=move&token=x&to=", "?do=skip&token=99999999999", "?token=-1"])
def test_an_address_that_was_made_up_is_no_fault(fake: FakePort, tmp_path: Any, address: str) -> None:
    assert client(fake, tmp_path).get(PREVIEW + address).status_code == 200


# -- tasks
def test_a_task_offers_the_ends_that_the_diagram_knows(fake: FakePort, tmp_path: Any) -> None:
    task = next(t for t in TASKS if t.state == "open" and t.assignee == ADMIN.name)
    page = client(fake, tmp_path).get(f"/tasks/{task.id}").text
    assert "End with …" in page
    assert "Out of stock" in page
    assert "stays open" in page


def test_ending_a_task_with_an_error(fake: FakePort, tmp_path: Any) -> None:
    task = next(t for t in TASKS if t.state == "open" and t.assignee == ADMIN.name)
    answer = client(fake, tmp_path).post(f"/tasks/{task.id}/throw", data={"kind": "error", "code": "OUT_OF_STOCK"})
    assert answer.status_code == 302
    assert fake.done == [("throw", task.id, Thrown("error", "OUT_OF_STOCK"))]


def test_an_end_that_is_refused_says_why(fake: FakePort, tmp_path: Any) -> None:
    task = next(t for t in TASKS if t.state == "open" and t.assignee == ADMIN.name)
    fake.refuse = InvalidInput([FieldError("code", "caught", "Nothing catches this.")])
    answer = client(fake, tmp_path).post(f"/tasks/{task.id}/throw", data={"kind": "error", "code": "X"})
    assert answer.status_code == 409
    assert "Nothing catches this." in answer.text
