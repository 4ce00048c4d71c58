"""The floor of the throughput benchmark writes what was recorded, and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, create_engine, text

sys.path.insert(0, str(Path(__file__).parents[2]))  # `bench` is no package of the product

from bench.floor import Recorder, Replay, Statement
from bench.growth import MOST_GROWTH, Files, calls_of, growth, opened, step
from bench.models import LOOPS, SCRIPTS, SERVICES, USER_TASK

from stellwerk.engine import Snapshot, compile_bpmn
from stellwerk.engine.commands import CompleteTask, StartInstance


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path / 'floor.sqlite'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE thing (id CHAR(32) PRIMARY KEY, owner CHAR(32), note TEXT)"))
    yield engine
    engine.dispose()


def write(engine: Engine, id: str, owner: str) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO thing (id, owner, note) VALUES (:id, :owner, 'x')"), {"id": id, "owner": owner}
        )
        connection.execute(text("SELECT count(*) FROM thing"))
        connection.execute(text("UPDATE thing SET note = 'y' WHERE id = :id"), {"id": id})


def test_a_recording_holds_writes_by_transaction_and_counts_all_statements(engine: Engine) -> None:
    recorder = Recorder(engine, engine)
    recorder.start()
    write(engine, uuid4().hex, uuid4().hex)
    with engine.begin() as connection:
        connection.execute(text("SELECT 1"))
    recording = recorder.stop()
    write(engine, uuid4().hex, uuid4().hex)
    assert recording.statements == 4
    assert [[s.text.split()[0] for s in transaction] for transaction in recording.transactions] == [
        ["INSERT", "UPDATE"]
    ]


def test_a_replay_writes_the_same_rows_under_fresh_ids_and_keeps_those_that_stay(engine: Engine) -> None:
    owner = uuid4().hex
    recorder = Recorder(engine, engine)
    recorder.start()
    write(engine, uuid4().hex, owner)
    replay = Replay(recorder.stop().transactions, frozenset({owner}), uuid4)
    replay.run(engine.begin)
    replay.run(engine.begin)
    with engine.begin() as connection:
        rows = list(connection.execute(text("SELECT id, owner, note FROM thing")))
    assert len({id for id, _, _ in rows}) == 3
    assert {(found, note) for _, found, note in rows} == {(owner, "y")}


def test_rows_of_one_table_go_in_one_statement() -> None:
    insert = "INSERT INTO thing (id) VALUES (?)"
    replay = Replay([[Statement(insert, [(1,)]), Statement(insert, [(2,)])]], frozenset(), uuid4)
    assert [(text, rows) for text, rows, _ in replay.transactions[0]] == [(insert, [(1,), (2,)])]
    assert replay.rows == 2


def test_a_claim_names_its_job_and_no_worker_sees_the_queue() -> None:
    job, claim = uuid4(), uuid4()
    recorded = [
        [Statement("INSERT INTO job (id, queue) VALUES (?, ?)", [(job.hex, "topic:bench")])],
        [Statement("WITH due AS (...) UPDATE job SET ...", [("topic:bench", "2030-01-01 00:00:00.0", claim.hex)])],
        [Statement("DELETE FROM job WHERE job.id = ? AND job.claim = ?", [(job.hex, claim.hex)])],
        [Statement("WITH due AS (...) UPDATE job SET ...", [("topic:bench", "2030-01-01 00:00:00.0", uuid4().hex)])],
    ]
    replay = Replay(recorded, frozenset(), uuid4)
    (inserted,), (claimed,), (_,) = replay.transactions
    assert inserted[1] == [(job.hex, "floor:bench")]
    assert claimed[0].endswith("WHERE id = ?")
    assert claimed[1] == [("worker", claim.hex, "2030-01-01 00:00:00.0", job.hex)]


def test_ids_of_drivers_that_know_uuids_stay_uuids() -> None:
    old = uuid4()
    replay = Replay([[Statement("INSERT INTO thing (id) VALUES (%(id)s)", [{"id": old}])]], frozenset(), uuid4)
    ((_, rows, places),) = replay.transactions[0]
    filled = replay._fill(rows[0], places[0], {})
    assert isinstance(filled["id"], UUID)
    assert filled["id"] != old


@pytest.mark.parametrize("xml", [*(xml for xmls in LOOPS.values() for xml in xmls), SCRIPTS, SERVICES, USER_TASK])
def test_every_measured_diagram_can_be_deployed(xml: bytes) -> None:
    assert [
        problem for problem in compile_bpmn(xml, filename="bench.bpmn").problems if problem.severity == "error"
    ] == []


@pytest.mark.parametrize("name", list(LOOPS))
def test_a_step_of_a_loop_calls_as_many_functions_in_round_two_hundred_as_in_round_ten(name: str) -> None:
    definition = Files(*LOOPS[name])
    outcome = step(definition, Snapshot(), StartInstance({"stop": False}), 0)
    rows = []
    for turn in range(1, 201):
        command, before = CompleteTask(opened(outcome)), outcome.snapshot
        calls, outcome = calls_of(lambda b=before, c=command, t=turn: step(definition, b, c, t))
        rows.append({"calls": calls, "snapshotBytes": outcome.snapshot.size})
    assert growth([rows[9], rows[-1]], "calls") <= MOST_GROWTH
