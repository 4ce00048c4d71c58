"""The step: lost races, faults of ours, storage that fails; nothing is half done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import event, func, select
from tests.installation import ADMIN, Installation, bpmn, flow, installation
from tests.usecases.meddling import MeddlingEngine

from stellwerk.engine.commands import ChangeVariables, Command
from stellwerk.errors import (
    Conflict,
    EngineFault,
    NotFound,
    SettingInvalid,
    StorageUnavailable,
    TaskNotOpen,
    WrongState,
)
from stellwerk.store import history
from stellwerk.store.paging import PageRequest
from stellwerk.store.tables import HistoryRow, metadata
from stellwerk.usecases import incidents, instances, step, tasks
from stellwerk.usecases.step import Move

TWO = bpmn(
    "two",
    """<bpmn:startEvent id="start"/><bpmn:userTask id="one"/><bpmn:userTask id="other"/><bpmn:endEvent id="end"/>"""
    + flow("start", "one", "other", "end"),
)


@pytest.fixture
def home(place: tuple[Path, str], meddler: MeddlingEngine) -> Iterator[Installation]:
    with installation(*place, bpmn=meddler) as made:
        made.deploy(TWO)
        yield made


def rows(home: Installation) -> dict[str, int]:
    """How many rows each table has."""
    with home.rt.database.reading() as tx:
        return {
            name: tx.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def test_who_loses_the_race_repeats_on_what_the_winner_left(
    home: Installation, place: tuple[Path, str], meddler: MeddlingEngine
) -> None:
    id = home.start("two")
    with installation(*place) as other:
        meddling = [True]

        def meddle(command: Command) -> None:
            if isinstance(command, ChangeVariables) and meddling.pop():
                meddling.append(False)
                instances.change_variables(other.rt, ADMIN, id, {"theirs": 1})

        meddler.before = meddle
        instances.change_variables(home.rt, ADMIN, id, {"mine": 2})
    assert home.variables(id) == {"theirs": 1, "mine": 2}
    assert home.history_numbers(id) == list(range(1, len(home.history_numbers(id)) + 1))


def test_who_loses_again_and_again_gives_up_and_nothing_was_changed(
    home: Installation, place: tuple[Path, str], meddler: MeddlingEngine
) -> None:
    id = home.start("two")
    with installation(*place) as other:
        meddler.before = lambda command: instances.change_variables(other.rt, ADMIN, id, {"theirs": 1})
        with pytest.raises(Conflict):
            instances.change_variables(home.rt, ADMIN, id, {"mine": 2})
    assert home.variables(id) == {"theirs": 1}


def test_a_live_instance_that_is_older_than_the_database_is_not_used(
    home: Installation, place: tuple[Path, str]
) -> None:
    id = home.start("two")
    with installation(*place) as other:
        tasks.complete(other.rt, ADMIN, other.tasks()[0].id, {"by": "other"})
    assert [task.element_id for task in home.tasks()] == ["other"]
    tasks.complete(home.rt, ADMIN, home.tasks()[0].id, {})
    assert home.read(id).state == "completed"
    assert home.variables(id) == {"by": "other"}


def test_two_clients_complete_one_task_and_one_of_them_wins(home: Installation) -> None:
    home.start("two")
    task = home.tasks()[0].id
    barrier, outcomes = threading.Barrier(2), []

    def complete(name: str) -> None:
        barrier.wait()
        try:
            tasks.complete(home.rt, ADMIN, task, {"by": name})
            outcomes.append("won")
        except (TaskNotOpen, Conflict) as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=complete, args=(name,)) for name in ("anna", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[-1] == "won"
    assert outcomes.count("won") == 1
    assert [t.element_id for t in home.tasks()] == ["other"]


# -- mistakes of ours
def fail_once(meddler: MeddlingEngine) -> None:
    def fail(command: Command) -> None:
        meddler.before = lambda command: None
        raise ZeroDivisionError("a secret of ours")

    meddler.before = fail


def test_a_mistake_of_ours_rolls_back_and_is_an_incident_of_its_own_kind(
    home: Installation, meddler: MeddlingEngine
) -> None:
    id = home.start("two")
    before = rows(home)
    fail_once(meddler)
    task = home.tasks()[0]
    with pytest.raises(EngineFault, match="ZeroDivisionError") as told:
        tasks.complete(home.rt, ADMIN, task.id, {"a": 1})
    assert "secret" not in told.value.message, "only the log and the operator learn what the error says"
    after = rows(home)
    assert {name for name in before if after[name] != before[name]} == {"incident"}
    incident = home.incidents()[0]
    assert (incident.kind, incident.element_id) == ("engine", "one")
    assert "ZeroDivisionError" in incident.detail
    assert (home.read(id).state, home.read(id).incident_count) == ("active", 1)
    incidents.retry(home.rt, ADMIN, incident.id)
    assert home.read(id).incident_count == 0
    tasks.complete(home.rt, ADMIN, task.id, {"a": 1})
    assert home.variables(id) == {"a": 1}


def test_a_job_that_meets_a_mistake_of_ours_waits_for_the_retry(home: Installation, meddler: MeddlingEngine) -> None:
    home.deploy(
        bpmn(
            "nap",
            """<bpmn:startEvent id="start"/><bpmn:intermediateCatchEvent id="sleep"><bpmn:timerEventDefinition>
            <bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>
            </bpmn:intermediateCatchEvent><bpmn:endEvent id="end"/>"""
            + flow("start", "sleep", "end"),
        )
    )
    id = home.start("nap")
    home.clock.forward(hours=1)
    fail_once(meddler)
    assert home.run_due() == 1
    home.clock.forward(days=30)
    assert home.run_due() == 0
    incident = home.incidents()[0]
    assert (incident.kind, incident.element_id) == ("engine", "sleep")
    incidents.retry(home.rt, ADMIN, incident.id)
    assert home.run_due() == 1
    assert home.read(id).state == "completed"


def test_a_mistake_at_the_start_leaves_nothing(home: Installation, meddler: MeddlingEngine) -> None:
    before = rows(home)
    fail_once(meddler)
    with pytest.raises(EngineFault):
        home.start("two")
    assert rows(home) == before


def test_what_a_listener_does_wrong_does_not_undo_a_commit(home: Installation) -> None:
    def listener(id: UUID) -> None:
        raise RuntimeError("a listener's mistake")

    home.rt.committed.append(listener)
    assert home.read(home.start("two")).state == "active"


# -- caches
def test_a_definition_is_compiled_once(home: Installation, meddler: MeddlingEngine) -> None:
    compiled = len(meddler.compiled)
    for _ in range(3):
        home.start("two")
    home.deploy(TWO)
    assert len(meddler.compiled) == compiled


def test_without_the_caches_everything_goes_on(home: Installation) -> None:
    id = home.start("two", amount=1)
    home.rt.live.clear()
    tasks.complete(home.rt, ADMIN, home.tasks()[0].id, {})
    home.rt.live.clear()
    tasks.complete(home.rt, ADMIN, home.tasks()[0].id, {})
    assert home.read(id).state == "completed"


# -- storage
def test_a_full_disk_is_told_and_changes_nothing_and_later_all_goes_on(tmp_path: Path) -> None:
    with installation(tmp_path) as home:
        home.deploy(TWO)
        id = home.start("two")
        before = rows(home)
        with home.rt.database.transaction() as tx:
            pages = tx.exec_driver_sql("pragma page_count").scalar_one()
            tx.exec_driver_sql(f"pragma max_page_count = {pages}")
        with pytest.raises(StorageUnavailable, match="disk is full"):
            instances.change_variables(
                home.rt, ADMIN, id, {"big": "x" * 100_000 + "y" * 100_000, "n": list(range(90_000))}
            )
        assert rows(home) == before
        assert home.variables(id) == {}
        with home.rt.database.transaction() as tx:
            tx.exec_driver_sql("pragma max_page_count = 1000000")
        tasks.complete(home.rt, ADMIN, home.tasks()[0].id, {"a": 1})
        assert home.variables(id) == {"a": 1}


def test_values_that_are_long_are_cut_in_the_history_but_not_in_the_instance(home: Installation) -> None:
    text = "long " * 5000
    id = home.start("two", text=text, short="s")
    assert home.variables(id)["text"] == text
    with home.rt.database.reading() as tx:
        found = select(HistoryRow.data).where(HistoryRow.kind == "VariablesChanged")
        kept = tx.execute(found).scalars().first()["values"]
    assert kept["short"] == "s"
    assert kept["text"]["cut"] is True
    assert kept["text"]["bytes"] > 25_000


def test_the_history_keeps_no_value_of_a_name_that_is_masked(home: Installation) -> None:
    home.deploy(TWO)
    id = home.start("two", login={"Password": "x1", "name": "anna"}, secretKey="x2", keys=[{"apiKey": "x3"}], n=1)
    with home.rt.database.reading() as tx:
        rows = history.list_history(tx, id, PageRequest(100)).items
    (changed,) = [row.data["values"] for row in rows if row.kind == "VariablesChanged"]
    hidden = {"login": {"Password": "•••", "name": "anna"}, "secretKey": "•••", "keys": [{"apiKey": "•••"}], "n": 1}
    assert changed == hidden
    assert home.variables(id)["login"]["Password"] == "x1"


def test_the_last_decisions_tell_what_was_read_and_where_it_led(home: Installation) -> None:
    home.deploy(
        bpmn(
            "sizes",
            """<bpmn:startEvent id="start"/><bpmn:exclusiveGateway id="large" default="no"/><bpmn:endEvent id="end"/>
            <bpmn:userTask id="check"/><bpmn:userTask id="pack"/>
            <bpmn:sequenceFlow id="yes" sourceRef="large" targetRef="check">
            <bpmn:conditionExpression>order['total'] &gt; 100</bpmn:conditionExpression>
            </bpmn:sequenceFlow>"""
            + flow("start", "large")
            + flow("check", "end")
            + flow("pack", "end")
            + '<bpmn:sequenceFlow id="no" sourceRef="large" targetRef="pack"/>',
        )
    )
    for total, told in (
        (120, [("order['total'] > 100", {"order.total": 120}, ("check",))]),
        (20, [("", {}, ("pack",)), ("order['total'] > 100", {"order.total": 20}, ())]),
    ):
        id = home.start("sizes", order={"total": total})
        with home.rt.database.reading() as tx:
            decisions = history.last_decisions(tx, id)
        assert [(d.expression, d.values, d.targets) for d in decisions] == told


@pytest.mark.parametrize(
    ("level", "kinds"),
    [
        (
            "full",
            {"InstanceStarted", "ActivityStarted", "ActivityEnded", "FlowTaken", "TaskOpened", "VariablesChanged"},
        ),
        ("activity", {"InstanceStarted", "ActivityStarted", "ActivityEnded", "FlowTaken", "TaskOpened"}),
        ("none", set()),
    ],
)
def test_the_history_keeps_what_its_level_says(tmp_path: Path, level: str, kinds: set[str]) -> None:
    with installation(tmp_path, history=level) as home:
        home.deploy(TWO)
        id = home.start("two", amount=1)
        assert set(home.happened(id)) == kinds
        assert [element for element, _ in home.trace(id)] == ["start", "one"]
        tasks.complete(home.rt, ADMIN, home.tasks()[0].id, {})
        assert home.history_numbers(id) == list(range(1, len(home.history_numbers(id)) + 1))


def test_a_level_of_history_that_does_not_exist_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match="STELLWERK_HISTORY"), installation(tmp_path, history="some"):
        pass


def statements(home: Installation, work: Callable[[], object]) -> list[str]:
    """What `work` asks of the database."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    engines = {home.rt.database.writer, home.rt.database.reader}
    for database_engine in engines:
        event.listen(database_engine, "before_cursor_execute", note)
    work()
    for database_engine in engines:
        event.remove(database_engine, "before_cursor_execute", note)
    return seen


def test_a_start_costs_few_statements(home: Installation) -> None:
    """The version, then rows of five tables; nothing is read of what was written."""
    home.start("two")
    seen = statements(home, lambda: home.start("two"))
    assert len(seen) == 6, seen


def test_a_completion_costs_few_statements(home: Installation) -> None:
    """The task; then head, part, activities, tasks and history. Head and parts are known to who wrote them."""
    home.start("two")
    task = home.tasks()[0]
    seen = statements(home, lambda: tasks.complete(home.rt, ADMIN, task.id, {"a": 1}))
    assert len(seen) == 11, seen


# -- what a process remembers of an instance
def test_a_command_that_does_not_fit_to_what_is_remembered_is_tried_on_what_is_there(
    home: Installation, place: tuple[Path, str]
) -> None:
    id = home.start("two")
    with installation(*place) as other:
        tasks.complete(other.rt, ADMIN, home.tasks()[0].id, {"theirs": 1})
    (task,) = home.tasks()
    tasks.complete(home.rt, ADMIN, task.id, {"mine": 2})
    assert (home.read(id).state, home.variables(id)) == ("completed", {"theirs": 1, "mine": 2})


def test_what_others_have_ended_is_ended_also_for_who_remembers_it_otherwise(
    home: Installation, place: tuple[Path, str]
) -> None:
    id = home.start("two")
    with installation(*place) as other:
        instances.cancel(other.rt, ADMIN, id)
    with pytest.raises(WrongState):
        step.run(home.rt, id, Move(ChangeVariables({"mine": 2}), "admin"))
    with installation(*place) as other:
        instances.delete(other.rt, ADMIN, id)
    with pytest.raises(NotFound):
        step.run(home.rt, id, Move(ChangeVariables({"mine": 2}), "admin"))
