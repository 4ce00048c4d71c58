"""Pages follow each other without gaps and repeats, whatever happens in between."""

from __future__ import annotations

import base64
import json
from contextlib import nullcontext

import pytest
from tests.installation import Installation, bpmn, flow

from stellwerk.errors import InvalidInput
from stellwerk.store.paging import PageRequest
from stellwerk.store.records import Page, TaskRecord
from stellwerk.store.tasks import TaskFilter, list_tasks

WORK = bpmn(
    "work",
    '<bpmn:startEvent id="start"/><bpmn:userTask id="do" name="Do it" camunda:priority="${priority}"'
    ' camunda:dueDate="${due}"/><bpmn:endEvent id="end"/>' + flow("start", "do", "end"),
)


def fill(home: Installation, count: int) -> None:
    home.deploy(WORK)
    for n in range(count):
        if n % 3 == 0:
            home.clock.forward(seconds=1)
        due = None if n % 4 == 0 else f"2027-01-{n + 1:02}T00:00:00Z"
        home.start("work", priority=n % 5, due=due)


def page(home: Installation, request: PageRequest) -> Page[TaskRecord]:
    with home.rt.database.reading() as tx:
        return list_tasks(tx, TaskFilter(), request)


def walk(home: Installation, sort: str, limit: int) -> list[TaskRecord]:
    found: list[TaskRecord] = []
    cursor = None
    while True:
        current = page(home, PageRequest(limit, cursor, sort))
        found += current.items
        cursor = current.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("sort", ["createdAt", "-createdAt", "name", "-priority", "priority", "dueAt", "-dueAt"])
def test_small_pages_together_are_the_large_one(home: Installation, sort: str) -> None:
    fill(home, 14)
    whole = walk(home, sort, 500)
    assert len(whole) == 14
    assert [t.id for t in walk(home, sort, 3)] == [t.id for t in whole]


def test_tasks_without_a_due_date_come_last(home: Installation) -> None:
    fill(home, 8)
    due = [t.due_at for t in walk(home, "dueAt", 3)]
    assert due[-2:] == [None, None]
    assert None not in due[:-2]


def test_rows_that_come_while_somebody_reads_do_not_shift_the_pages(home: Installation) -> None:
    fill(home, 6)
    first = page(home, PageRequest(3, None, "-createdAt"))
    home.clock.forward(minutes=1)
    home.start("work", priority=1, due=None)
    second = page(home, PageRequest(3, first.next_cursor, "-createdAt"))
    assert len({t.id for t in (*first.items, *second.items)}) == 6
    assert second.next_cursor is None


SOME_ID = "01a20556-6fd2-75ff-aa4a-af2dab8ab9de"


def forged(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "request_",
    [
        PageRequest(limit=0),
        PageRequest(limit=501),
        PageRequest(sort="nonsense"),
        PageRequest(cursor="nonsense"),
        PageRequest(cursor="W10"),
        PageRequest(cursor="é"),
        PageRequest(cursor="WyJuYW1lIiwxLDJd", sort="name"),
        PageRequest(cursor="A" * 10_000),
        PageRequest(cursor=forged(["createdAt", "9999-12-31T23:59:59-14:00", SOME_ID]), sort="createdAt"),
        PageRequest(cursor=forged(["createdAt", "0001-01-01T00:00:00+14:00", SOME_ID]), sort="createdAt"),
        PageRequest(cursor=forged(["createdAt", "2026-01-01T00:00:00+00:00", 5]), sort="createdAt"),
        PageRequest(cursor=forged(["name", "Do it", [SOME_ID]]), sort="name"),
        PageRequest(cursor=forged(["priority", 2**70, SOME_ID]), sort="priority"),
    ],
)
def test_requests_that_cannot_be_are_refused(home: Installation, request_: PageRequest) -> None:
    with pytest.raises(InvalidInput) as refused:
        page(home, request_)
    assert refused.value.errors[0].path in ("sort", "page.limit", "page.cursor")


def test_a_cursor_belongs_to_its_sort(home: Installation) -> None:
    fill(home, 4)
    cursor = page(home, PageRequest(2, None, "name")).next_cursor
    with pytest.raises(InvalidInput):
        page(home, PageRequest(2, cursor, "priority"))


@pytest.mark.parametrize("key", ["a\0b", "\ud800"])
def test_what_no_column_can_hold_is_not_found_or_refused(home: Installation, key: str) -> None:
    """PostgreSQL knows no NUL, and nobody knows half a surrogate pair; on SQLite a NUL is just not found."""
    sqlite_finds_nothing = home.rt.database.is_sqlite and "\0" in key
    with nullcontext() if sqlite_finds_nothing else pytest.raises(InvalidInput), home.rt.database.reading() as tx:
        assert list_tasks(tx, TaskFilter(definition_key=key), PageRequest()).items == ()
