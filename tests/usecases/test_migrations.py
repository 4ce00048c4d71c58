"""Instances that go to another version, with all their rows, one by one and many; nothing is half done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select
from tests.installation import ADMIN, Installation, bpmn, flow, installation
from tests.usecases.meddling import MeddlingEngine

from stellwerk.engine.commands import Command, MigrateInstance, ResumeInstance, SuspendInstance
from stellwerk.errors import (
    ChangedMeanwhile,
    EngineFault,
    InvalidInput,
    MigrationRefused,
    NotPermitted,
    StorageUnavailable,
    WrongState,
)
from stellwerk.store import definitions as definition_store
from stellwerk.store.jobs import HELD
from stellwerk.store.paging import PageRequest
from stellwerk.store.tables import ActivityRow, HistoryRow, IncidentRow, InstanceRow, JobRow, SubscriptionRow, TaskRow
from stellwerk.usecases import incidents, instances, messages, migrations, operate, tasks
from stellwerk.usecases.access import Principal
from stellwerk.usecases.messages import MessageRequest
from stellwerk.usecases.migrations import MigrationRequest

PAGE = PageRequest(limit=50)
MESSAGES = '<bpmn:message id="m" name="paid"/><bpmn:message id="m2" name="settled"/>'


def version(n: int, message: str = "m", last: str = "") -> str:
    """A task with a timer at its border, a job, a message and a broken script side by side."""
    return bpmn(
        "order",
        f"""<bpmn:startEvent id="start"/><bpmn:parallelGateway id="split"/>
        <bpmn:userTask id="ask{n}" name="Ask {n}" camunda:formKey="form{n}"/>
        <bpmn:boundaryEvent id="late{n}" attachedToRef="ask{n}"><bpmn:timerEventDefinition>
        <bpmn:timeDuration>PT{n}H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
        <bpmn:serviceTask id="work{n}" camunda:topic="work"/>
        <bpmn:receiveTask id="wait{n}" messageRef="{message}"/>
        <bpmn:scriptTask id="run{n}" name="Run {n}"><bpmn:script>version {n}</bpmn:script></bpmn:scriptTask>
        <bpmn:parallelGateway id="join"/><bpmn:endEvent id="end{last}"/><bpmn:endEvent id="over"/>
        {flow("start", "split", f"ask{n}", "join", f"end{last}")}{flow("split", f"work{n}", "join")}
        {flow("split", f"wait{n}", "join")}{flow("split", f"run{n}", "join")}{flow(f"late{n}", "over")}""",
        extra=MESSAGES,
    )


MAPPING: dict[str, str | None] = {f"{name}1": f"{name}2" for name in ("ask", "late", "work", "wait", "run")}


@pytest.fixture
def home(place: tuple[Path, str], meddler: MeddlingEngine) -> Iterator[Installation]:
    with installation(*place, bpmn=meddler) as made:
        made.deploy(version(1))
        made.deploy(version(2, "m2"))
        yield made


def of_version(home: Installation, number: int, key: str = "order") -> UUID:
    with home.rt.database.reading() as tx:
        found = definition_store.find_version(tx, key, number)
    assert found is not None
    return found.id


def request(home: Installation, mapping: dict[str, str | None] | None = None, **options: Any) -> MigrationRequest:
    wanted = MAPPING if mapping is None else mapping
    return MigrationRequest(of_version(home, 1), of_version(home, 2), wanted, **options)


def start(home: Installation, version: int = 1) -> UUID:
    return instances.start(home.rt, ADMIN, instances.StartRequest(definition_key="order", version=version)).id


def read_all(home: Installation, id: UUID, table: Any, *columns: str) -> list[tuple[Any, ...]]:
    """What the rows of the instance say in these columns, sorted."""
    with home.rt.database.reading() as tx:
        rows = tx.execute(select(*(getattr(table, name) for name in columns)).where(table.instance_id == id))
        return sorted(tuple(row) for row in rows)


def everything(home: Installation, id: UUID) -> dict[str, Any]:
    """All rows that a migration could change."""
    tables: tuple[Any, ...] = (ActivityRow, TaskRow, JobRow, SubscriptionRow, IncidentRow, HistoryRow)
    found: dict[str, Any] = {}
    with home.rt.database.reading() as tx:
        for table in tables:
            rows = tx.execute(select(table.__table__).where(table.__table__.c.instance_id == id))
            found[table.__tablename__] = sorted(map(str, rows))
        row = tx.execute(select(InstanceRow.definition_id, InstanceRow.lock_version).where(InstanceRow.id == id)).one()
    return found | {"instance": tuple(row)}


def test_every_row_of_an_instance_follows(home: Installation) -> None:
    id = start(home)
    task = home.tasks()[0]
    tasks.claim(home.rt, ADMIN, task.id)
    record = migrations.migrate(home.rt, ADMIN, id, request(home))
    new = of_version(home, 2)
    assert (record.definition_id, record.version) == (new, 2)
    [after] = home.tasks()
    assert (after.id, after.assignee, after.created_at) == (task.id, "admin", task.created_at)
    assert (after.element_id, after.name, after.form_key) == ("ask2", "Ask 2", "form2")
    assert read_all(home, id, TaskRow, "definition_id") == [(new,)]
    assert read_all(home, id, JobRow, "kind", "element_id", "definition_id") == [
        ("service", "work2", new),
        ("timer", "late2", new),
    ]
    assert read_all(home, id, SubscriptionRow, "element_id", "name") == [("wait2", "settled")]
    assert read_all(home, id, IncidentRow, "element_id", "element_name", "definition_id") == [("run2", "Run 2", new)]
    active = {e for e, s in home.trace(id) if s == "active"}
    assert active == {"ask2", "work2", "wait2", "run2"}
    assert "TokenMoved" in home.happened(id)
    [told] = [data for kind, data in read_history(home, id) if kind == "InstanceMigrated"]
    assert told == {"definition_id": str(new), "before": str(of_version(home, 1))}


@pytest.mark.parametrize("cold", [False, True])
def test_a_suspended_instance_migrates_with_many_and_rests_until_it_is_resumed(home: Installation, cold: bool) -> None:
    home.handlers.functions["work"] = lambda job, values: None
    active, id = start(home), start(home)
    instances.cancel(home.rt, ADMIN, active)
    operate.do(home.rt, ADMIN, id, SuspendInstance("audit"))
    [forecast] = migrations.dry_run(home.rt, ADMIN, request(home), PAGE).items
    assert (forecast.instance.id, forecast.can_migrate) == (id, True)
    [done] = migrations.migrate_many(home.rt, ADMIN, request(home), PAGE).items
    assert (done.instance.id, done.problem) == (id, "")
    assert (home.read(id).state, home.read(id).definition_id) == ("suspended", of_version(home, 2))
    if cold:
        home.rt.live.clear()
    assert {job.next_at for job in home.jobs(id)} == {HELD}
    home.clock.forward(minutes=30)
    home.run_due()
    assert {e for e, s in home.trace(id) if s == "active"} == {"ask2", "work2", "wait2", "run2"}
    operate.do(home.rt, ADMIN, id, ResumeInstance())
    messages.publish(home.rt, ADMIN, MessageRequest(name="settled"))
    home.run_due()
    tasks.complete(home.rt, ADMIN, home.tasks()[0].id, {})
    home.scripts.known["version 2"] = lambda variables: {"ran": 2}
    incidents.retry(home.rt, ADMIN, home.incidents()[0].id)
    assert home.read(id).state == "completed"


def read_history(home: Installation, id: UUID) -> list[tuple[str, Any]]:
    with home.rt.database.reading() as tx:
        rows = tx.execute(select(HistoryRow.kind, HistoryRow.data).where(HistoryRow.instance_id == id))
        return [tuple(row) for row in rows]


@pytest.mark.parametrize("cold", [False, True])
def test_a_migrated_instance_goes_on_in_the_new_version(
    home: Installation, place: tuple[Path, str], cold: bool
) -> None:
    home.handlers.functions["work"] = lambda job, values: None
    id = start(home)
    migrations.migrate(home.rt, ADMIN, id, request(home))
    if cold:
        home.rt.live.clear()
    messages.publish(home.rt, ADMIN, MessageRequest(name="settled"))
    home.run_due()
    tasks.complete(home.rt, ADMIN, home.tasks()[0].id, {})
    home.scripts.known["version 2"] = lambda variables: {"ran": 2}
    incidents.retry(home.rt, ADMIN, home.incidents()[0].id)
    assert home.read(id).state == "completed"
    assert home.variables(id) == {"ran": 2}


def test_the_timer_fires_where_it_is_now(home: Installation) -> None:
    id = start(home)
    migrations.migrate(home.rt, ADMIN, id, request(home))
    home.clock.forward(minutes=61)  # its own hour, not the two of the new version
    home.run_due()
    assert ("over", "completed") in home.trace(id)


def test_a_timer_is_set_anew_on_request(home: Installation) -> None:
    id = start(home)
    home.clock.forward(minutes=30)
    migrations.migrate(home.rt, ADMIN, id, request(home, update_timers=True))
    home.clock.forward(minutes=119)
    home.run_due()
    assert ("over", "completed") not in home.trace(id)
    home.clock.forward(minutes=2)
    home.run_due()
    assert ("over", "completed") in home.trace(id)


def test_a_message_that_came_before_reaches_who_waits_for_it_now(home: Installation) -> None:
    id = start(home)
    messages.publish(home.rt, ADMIN, MessageRequest(name="settled", ttl_seconds=3600.0))
    home.run_due()
    migrations.migrate(home.rt, ADMIN, id, request(home))
    home.run_due()
    assert read_all(home, id, SubscriptionRow, "name") == []
    assert ("wait2", "completed") in home.trace(id)


def test_a_dry_run_and_a_refusal_change_nothing(home: Installation) -> None:
    id = start(home)
    before = everything(home, id)
    [forecast] = migrations.dry_run(home.rt, ADMIN, request(home), PAGE).items
    assert forecast.can_migrate
    assert migrations.counted(forecast.fates) == {"moved": 4, "renamed": 1}
    [refused] = migrations.dry_run(home.rt, ADMIN, request(home, {}), PAGE).items
    assert {fate.source for fate in refused.refusals} == {"ask1", "work1", "wait1", "run1"}
    with pytest.raises(MigrationRefused) as error:
        migrations.migrate(home.rt, ADMIN, id, request(home, {}))
    assert len(error.value.reasons) == 4
    assert everything(home, id) == before
    migrations.migrate(home.rt, ADMIN, id, request(home))


def test_what_fails_in_the_commit_leaves_everything(home: Installation) -> None:
    """The database refuses the last statement of the commit, as when the process is killed in the middle."""
    id = start(home)
    before = everything(home, id)

    def fail(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.lower().startswith(("insert into history", 'copy "history', 'insert into "history')):
            raise OSError("killed")

    event.listen(home.rt.database.writer, "before_cursor_execute", fail)
    try:
        with pytest.raises((EngineFault, StorageUnavailable, OSError)):
            migrations.migrate(home.rt, ADMIN, id, request(home))
    finally:
        event.remove(home.rt.database.writer, "before_cursor_execute", fail)
    after = everything(home, id)
    assert {k: v for k, v in after.items() if k != "incident"} == {k: v for k, v in before.items() if k != "incident"}
    assert migrations.migrate(home.rt, ADMIN, id, request(home)).version == 2


def test_who_was_migrated_by_another_is_not_migrated_again(
    home: Installation, place: tuple[Path, str], meddler: MeddlingEngine
) -> None:
    id = start(home)
    with installation(*place) as other:
        once: list[Callable[[], object]] = [lambda: migrations.migrate(other.rt, ADMIN, id, request(home))]

        def meddle(command: Command) -> None:
            if isinstance(command, MigrateInstance) and once:
                once.pop()()

        meddler.before = meddle
        with pytest.raises(ChangedMeanwhile):
            migrations.migrate(home.rt, ADMIN, id, request(home))
    assert home.happened(id).count("InstanceMigrated") == 1
    home.clock.forward(minutes=61)
    home.run_due()
    assert ("over", "completed") in home.trace(id)


def test_many_are_migrated_one_by_one_and_the_rest_is_told(home: Installation) -> None:
    late = start(home)
    home.clock.forward(minutes=61)
    home.run_due()  # the task of this one is withdrawn
    ids = [start(home) for _ in range(4)]
    ended, away = start(home), start(home, version=2)
    instances.cancel(home.rt, ADMIN, ended)
    wanted = request(home, MAPPING | {"ask1": None})
    first = migrations.migrate_many(home.rt, ADMIN, wanted, PageRequest(limit=2))
    rest = migrations.migrate_many(home.rt, ADMIN, wanted, PageRequest(limit=50, cursor=first.next_cursor))
    report = {one.instance.id: one.problem for one in (*first.items, *rest.items)}
    assert set(report) == {late, *ids}
    assert [id for id, problem in report.items() if not problem] == [late]
    assert "'ask1'" in report[ids[0]]
    again = migrations.migrate_many(home.rt, ADMIN, request(home), PAGE)
    assert {one.instance.id: one.problem for one in again.items} == dict.fromkeys(ids, "")
    assert not migrations.migrate_many(home.rt, ADMIN, request(home), PAGE).items
    assert [home.read(id).version for id in (late, *ids, away, ended)] == [2, 2, 2, 2, 2, 2, 1]


def test_what_is_asked_for_must_make_sense(home: Installation) -> None:
    id = start(home)
    home.deploy(bpmn("other", '<bpmn:startEvent id="start"/>'))
    with pytest.raises(InvalidInput):
        migrations.migrate(home.rt, ADMIN, id, request(home, {"ask1": "work2"}))
    foreign = MigrationRequest(of_version(home, 1), of_version(home, 1, "other"))
    with pytest.raises(InvalidInput):
        migrations.plan(home.rt, ADMIN, foreign)
    backwards = MigrationRequest(of_version(home, 2), of_version(home, 1))
    with pytest.raises(WrongState):
        migrations.migrate(home.rt, ADMIN, id, backwards)
    with pytest.raises(NotPermitted):
        migrations.plan(home.rt, Principal("ann", frozenset({"user"})), request(home))


def test_instances_that_wait_in_the_new_version_were_never_started_there(home: Installation) -> None:
    """A migrated instance and one from the new version have the same open rows, but for what each began with."""
    moved, native = start(home), start(home, version=2)
    migrations.migrate(home.rt, ADMIN, moved, request(home, update_timers=True))
    for table, columns in (
        (TaskRow, ("token", "element_id", "name", "form_key", "state", "definition_id")),
        (JobRow, ("token", "kind", "element_id", "topic", "due_at", "definition_id")),
        (SubscriptionRow, ("token", "element_id", "kind", "name")),
        (IncidentRow, ("token", "element_id", "element_name", "state", "definition_id")),
        (ActivityRow, ("token", "parent", "element_id", "element_name", "element_type", "state", "waiting_for")),
    ):
        assert read_all(home, moved, table, *columns) == read_all(home, native, table, *columns)


def test_a_forecast_is_as_of_now(home: Installation) -> None:
    id = start(home)
    assert isinstance(home.clock.now, datetime)
    assert migrations.dry_run_one(home.rt, ADMIN, id, request(home)).can_migrate
    instances.cancel(home.rt, ADMIN, id)
    assert "cancelled" in migrations.dry_run_one(home.rt, ADMIN, id, request(home)).problem
