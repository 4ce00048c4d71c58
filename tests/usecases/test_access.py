"""The table of rights, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args
from uuid import UUID

import pytest

from stellwerk.errors import NotFound, NotPermitted, NotSignedIn
from stellwerk.store.records import Scope, TaskRecord
from stellwerk.usecases.access import RULES, SYSTEM, Action, InstanceSubject, Principal, may, require, scope

ANNA = Principal("anna", frozenset({"user"}), frozenset({"warehouse"}))
BERT = Principal("bert", frozenset({"user"}))
ROOT = Principal("root", frozenset({"administrator"}))
NOBODY = Principal("nobody")
ID = UUID(int=1)
EVERY_USER = {
    *("definition.read", "definition.start", "instance.list", "task.list"),
    *("decision.read", "decision.evaluate", "decision-evaluation.read"),  # lists show them what they may see
}
CONCERNED = {"instance.read", "task.read", "task.claim", "task.unclaim", "task.complete"}

TASK = TaskRecord(
    id=ID,
    instance_id=ID,
    definition_id=ID,
    definition_key="order",
    definition_name="Order",
    business_key=None,
    token=3,
    element_id="pack",
    name="Pack",
    state="open",
    assignee=None,
    candidate_users=(),
    candidate_groups=(),
    lane=None,
    form_key=None,
    priority=50,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    due_at=None,
    follow_up_at=None,
    closed_at=None,
    closed_by="",
    reason="",
)
FOR_WAREHOUSE = replace(TASK, candidate_groups=("warehouse",))
FOR_BERT = replace(TASK, candidate_users=("bert",))
OF_ANNA = replace(TASK, assignee="anna")


def test_every_action_has_a_rule() -> None:
    assert set(RULES) == set(get_args(Action))


@pytest.mark.parametrize("action", get_args(Action))
def test_an_administrator_and_the_system_may_do_everything(action: Action) -> None:
    assert may(ROOT, action)
    assert may(SYSTEM, action)


@pytest.mark.parametrize("action", get_args(Action))
def test_strangers_and_those_without_a_role_may_do_nothing(action: Action) -> None:
    assert not may(None, action)
    assert not may(NOBODY, action)
    with pytest.raises(NotSignedIn):
        require(None, action)


@pytest.mark.parametrize("action", sorted(set(get_args(Action)) - EVERY_USER - CONCERNED))
def test_what_is_not_opened_for_users_is_refused_to_them(action: Action) -> None:
    assert not may(ANNA, action)
    with pytest.raises(NotPermitted):
        require(ANNA, action)


@pytest.mark.parametrize("action", sorted(EVERY_USER))
def test_every_user_may_see_and_start_processes_and_search(action: Action) -> None:
    assert may(ANNA, action)


def test_an_unknown_action_is_refused_even_to_administrators() -> None:
    assert not may(ROOT, "universe.delete")  # type: ignore[arg-type]


@pytest.mark.parametrize("action", sorted(CONCERNED))
def test_without_a_subject_a_rule_about_subjects_says_no(action: Action) -> None:
    assert not may(ANNA, action)


@pytest.mark.parametrize(
    ("started_by", "takes_part", "sees"),
    [("anna", False, True), ("bert", True, True), ("bert", False, False), ("token:anna", False, False)],
)
def test_an_instance_is_seen_by_who_started_it_or_takes_part(started_by: str, takes_part: bool, sees: bool) -> None:
    assert may(ANNA, "instance.read", InstanceSubject(ID, started_by, takes_part)) is sees


def test_an_instance_that_one_may_not_see_does_not_exist() -> None:
    with pytest.raises(NotFound, match="There is no instance"):
        require(ANNA, "instance.cancel", InstanceSubject(ID, "bert", takes_part=False))


def test_an_instance_that_one_sees_but_may_not_cancel_is_refused_by_name() -> None:
    with pytest.raises(NotPermitted, match="anna may not cancel this instance"):
        require(ANNA, "instance.cancel", InstanceSubject(ID, "anna", takes_part=False))


@pytest.mark.parametrize(
    ("task", "anna", "bert"),
    [
        (TASK, {"read", "claim", "complete"}, {"read", "claim", "complete"}),
        (FOR_WAREHOUSE, {"read", "claim", "complete"}, set()),
        (FOR_BERT, set(), {"read", "claim", "complete"}),
        (OF_ANNA, {"read", "claim", "unclaim", "complete"}, set()),
        (replace(FOR_BERT, assignee="anna"), {"read", "claim", "unclaim", "complete"}, {"read", "claim"}),
        (replace(TASK, state="completed", assignee="anna", closed_by="anna"), None, set()),
    ],
)
def test_rights_on_tasks(task: TaskRecord, anna: set[str] | None, bert: set[str]) -> None:
    for who, expected in ((ANNA, anna), (BERT, bert)):
        if expected is not None:
            verbs: dict[str, Action] = {
                "read": "task.read",
                "claim": "task.claim",
                "unclaim": "task.unclaim",
                "complete": "task.complete",
            }
            assert {verb for verb, action in verbs.items() if may(who, action, task)} == expected


def test_a_closed_task_is_seen_by_who_closed_it() -> None:
    closed = replace(TASK, state="completed", closed_by="anna")
    assert may(ANNA, "task.read", closed)
    assert not may(BERT, "task.read", closed)


def test_completing_somebody_elses_task_says_whose_it_is() -> None:
    with pytest.raises(NotPermitted, match="assigned to anna"):
        require(BERT, "task.complete", replace(FOR_BERT, assignee="anna"))


def test_a_task_that_one_may_not_see_does_not_exist() -> None:
    with pytest.raises(NotFound, match="There is no task"):
        require(BERT, "task.complete", OF_ANNA)


def test_lists_of_users_are_limited_to_their_scope() -> None:
    assert scope(ANNA) == Scope("anna", frozenset({"warehouse"}))
    assert scope(ROOT) is None
