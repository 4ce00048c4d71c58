"""An operator's commands on pages: choose, see what it will do, do it; and tasks that end otherwise."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stellwerk.engine import Effect
from stellwerk.engine.commands import (
    CancelToken,
    ChangeVariables,
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
from .fakes import ADMIN, CLERK, DEFINITIONS, INSTANCES, TASKS, FakePort

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
        ({"do": "start", "to": "flow:f1"}, ModifyInstance((PutToken("flow", "f1", {}),), "why")),
        (
            {"do": "start", "to": "pack_order", "around": "8"},
            ModifyInstance((PutToken("before", "pack_order", {}, around=8),), "why"),
        ),
        ({"do": "compensate"}, CompensateNow(reason="why")),
        ({"do": "compensate", "token": "7"}, CompensateNow(7, reason="why")),
        (
            {"do": "restart", "to": "pack_order", "taking": "start"},
            RestartRequest((PutToken("before", "pack_order"),), "start", reason="why"),
        ),
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


# -- at an element
def test_an_element_of_the_diagram_leads_to_what_can_be_done_there(fake: FakePort, tmp_path: Any) -> None:
    asking = client(fake, tmp_path)
    data = json.loads(asking.get(f"/instances/{RUNNING.id}").text.partition('id="diagram-data">')[2].partition("<")[0])
    actions = data["state"]["actions"]
    assert actions["here"] == "Move or skip …"
    assert asking.get(actions["href"] + "pack_order").text.count("Skip it") == 1
    several = asking.get(actions["href"] + "each_article").text
    assert "Bicycle bell" in several
    assert "No. 2" in several
    assert "Skip it" not in several
    elsewhere = asking.get(actions["href"] + "work_out_total").text
    assert '<option value="work_out_total" selected>' in elsewhere
    plain = client(fake, tmp_path, CLERK).get(f"/instances/{RUNNING.id}").text
    assert json.loads(plain.partition('id="diagram-data">')[2].partition("<")[0])["state"]["actions"] is None


def test_a_place_that_runs_several_times_asks_in_which(fake: FakePort, tmp_path: Any) -> None:
    fake.refuse = InvalidInput([FieldError("instructions.0.around", "ambiguous", "It runs 2 times.")])
    page = client(fake, tmp_path).get(f"{PREVIEW}?do=move&token=9&to=pack_order").text
    assert "In which of them?" in page
    first, second = (page.index(f"around={token}") for token in (8, 7))
    assert first < second, "the one that it is in comes first"
    assert "Each article: Bicycle bell" in page


def test_the_plan_of_an_undo_is_shown_in_its_order(fake: FakePort, tmp_path: Any) -> None:
    page = client(fake, tmp_path).get(f"{PREVIEW}?do=compensate").text
    places = [page.index(text) for text in ("What is undone, in this order", "by “unpack”", "by “refund”")]
    assert places == sorted(places)
    assert page.count("<ol") == page.count("</ol>")


def test_the_page_of_an_instance_says_which_message_it_waits_for(fake: FakePort, tmp_path: Any) -> None:
    page = client(fake, tmp_path).get(f"/instances/{RUNNING.id}").text
    assert "waits for the message “payment received”" in page
    assert "orderId = 4711, year = any" in page


# -- variables
VARIABLES_PAGE = f"/instances/{RUNNING.id}/variables"


def test_variables_inside_are_changed_and_removed(fake: FakePort, tmp_path: Any) -> None:
    asking = client(fake, tmp_path)
    page = asking.get(f"{VARIABLES_PAGE}?scope=7").text
    assert "Change variables inside “Each article: Bicycle bell”" in page
    assert '<input type="hidden" name="shown" value="article">' in page
    form = {"scope": "7", "shown": ["loopCounter", "article"], "name": "loopCounter", "type": "number", "value": "3"}
    look = asking.post(VARIABLES_PAGE, data={**form, "look": "1"})
    assert look.status_code == 200
    assert "The task &#39;Pack the order&#39; is withdrawn." in look.text
    assert fake.done == []
    assert asking.post(VARIABLES_PAGE, data={**form, "reason": "why"}).status_code == 302
    assert fake.done == [("operate", RUNNING.id, ChangeVariables({"loopCounter": 3}, 7, ("article",), "why"))]


def test_variables_of_what_does_not_run_are_not_found(fake: FakePort, tmp_path: Any) -> None:
    assert client(fake, tmp_path).get(f"{VARIABLES_PAGE}?scope=99").status_code == 404


def test_a_change_that_is_refused_keeps_what_was_typed(fake: FakePort, tmp_path: Any) -> None:
    fake.refuse = WrongState("It has ended.")
    form = {"name": "n", "type": "number", "value": "3", "scope": "0"}
    answer = client(fake, tmp_path).post(VARIABLES_PAGE, data=form)
    assert answer.status_code == 409
    assert "It has ended." in answer.text
    assert 'value="3"' in answer.text


# -- all instances of a version
MANY = "/processes/order/instances/"


@pytest.mark.parametrize(("do", "command"), [("suspend", SuspendInstance("why")), ("resume", ResumeInstance("why"))])
def test_all_instances_of_a_version_page_by_page(fake: FakePort, tmp_path: Any, do: str, command: Any) -> None:
    asking = client(fake, tmp_path)
    assert "Leave them as they are" in asking.get(f"{MANY}?version=3&do={do}").text
    assert fake.done == []
    form = {"version": "3", "do": do, "reason": " why "}
    report = asking.post(MANY, data=form)
    assert "It was changed." in report.text
    assert 'name="cursor" value="more"' in report.text
    asking.post(MANY, data={**form, "cursor": "more"})
    version = DEFINITIONS[0].id
    assert fake.done == [("operate_all", version, command, None), ("operate_all", version, command, "more")]


def test_who_may_not_operate_suspends_nothing(fake: FakePort, tmp_path: Any) -> None:
    asking = client(fake, tmp_path, CLERK)
    assert [asking.get(MANY).status_code, asking.post(MANY).status_code] == [403, 403]
    assert client(fake, tmp_path).get(f"{MANY}?version=99").status_code == 404
    assert fake.done == []


# -- tasks
def test_a_task_offers_the_ends_that_the_diagram_knows(fake: FakePort, tmp_path: Any) -> None:
    task = next(t for t in TASKS if t.state == "open" and t.assignee == ADMIN.name)
    page = client(fake, tmp_path).get(f"/tasks/{task.id}").text
    assert "End with …" in page
    assert "Out of stock" in page
    assert "stays open" in page


def test_ending_a_task_with_an_error(fake: FakePort, tmp_path: Any) -> None:
    task = next(t for t in TASKS if t.state == "open" and t.assignee == ADMIN.name)
    answer = client(fake, tmp_path).post(
        f"/tasks/{task.id}/throw", data={"end": "error:OUT_OF_STOCK", "variables": '{"missing": 3}'}
    )
    assert answer.status_code == 302
    assert fake.done == [("throw", task.id, Thrown("error", "OUT_OF_STOCK", variables={"missing": 3}))]


def test_an_end_that_is_refused_says_why(fake: FakePort, tmp_path: Any) -> None:
    task = next(t for t in TASKS if t.state == "open" and t.assignee == ADMIN.name)
    fake.refuse = InvalidInput([FieldError("code", "caught", "Nothing catches this.")])
    answer = client(fake, tmp_path).post(
        f"/tasks/{task.id}/throw", data={"end": "error:X", "variables": '{"missing": "kept"}'}
    )
    assert answer.status_code == 409
    assert "Nothing catches this." in answer.text
    assert "kept" in answer.text
