import pytest
from tests.engine.harness import ALL, NOW, FakeHost, Run, chain, compiled, flow, run

from stellwerk.engine import Snapshot, execute, read_variables, snapshot
from stellwerk.engine import commands as c

START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
MANY = (
    f"{START}<userTask id='t'><multiInstanceLoopCharacteristics><loopCardinality>n</loopCardinality>"
    f"</multiInstanceLoopCharacteristics></userTask>{END}{chain('s', 't', 'e')}"
)
TWO = f"{START}<userTask id='u'/><userTask id='v'/>{END}{chain('s', 'u', 'v', 'e')}"


def test_what_was_loaded_is_dumped_as_it_was():
    r = run(MANY, {"n": 300, "big": "x" * 5000, "small": {"$": 1, "a": [1.5, None]}})
    instance = snapshot.load(r.definition, r.stored, r.host)
    for scope in (instance, *instance.subprocesses.values()):
        scope.changed = {0, *scope.tasks}
    for token in instance.tokens.values():
        token.row = None
    put, dropped = snapshot.dump(instance, dict(r.stored))
    assert put == {name: data for name, data in r.stored.items() if not name.startswith("v.")}
    assert not dropped


def test_a_cold_snapshot_can_be_used_again():
    r = Run(compiled(TWO)).start()
    cold = r.snapshot.cold()
    command = c.CompleteTask(r.token(r.tasks, "u"), {"x": 1})
    first = execute(r.definition, cold, command, NOW, FakeHost(), ALL)
    second = execute(r.definition, cold, command, NOW, FakeHost(), ALL)
    assert (first.put, first.events) == (second.put, second.events)
    assert cold.live is None


def test_a_warm_step_gives_what_a_cold_one_gives():
    warm, cold = run(TWO, {"a": 1}, reload=False), run(TWO, {"a": 1}, reload=True)
    for r in (warm, cold):
        r.complete("u", b=2)
    assert warm.stored == cold.stored
    assert warm.log == cold.log


def test_only_what_changed_is_written_when_many_tasks_are_open():
    r = Run(compiled(MANY)).start({"n": 2000})
    before = dict(r.stored)
    assert len(before) > 20
    outcome = r.do(c.CompleteTask(1000))
    assert len(outcome.put) <= 3
    assert sum(map(len, outcome.put.values())) < 4000
    assert read_variables(r.definition, r.snapshot.cold(), r.host, 1001)["loopCounter"] == 1001 - 4


def test_the_pages_of_a_scope_go_when_few_tokens_are_left():
    r = run(MANY, {"n": 200})
    assert len(r.stored) > 3
    for _ in range(150):
        r.complete("t")
    assert list(r.stored) == ["0"]
    for _ in range(50):
        r.complete("t")
    assert r.completed


def test_a_large_value_has_its_own_part_and_is_written_once():
    r = run(TWO, {"big": list(range(2000)), "n": 1})
    parts = [name for name in r.stored if name.startswith("v.")]
    assert len(parts) == 1
    outcome = r.do(c.ChangeVariables({"n": 2}))
    assert list(outcome.put) == ["0"]
    outcome = r.do(c.ChangeVariables({"big": 0}))
    assert outcome.dropped == frozenset(parts)
    assert r.variables == {"big": 0, "n": 2}


def test_equal_large_values_share_a_part():
    r = run(TWO, {"a": "x" * 3000})
    r.do(c.ChangeVariables({"b": "x" * 3000}))
    assert len([name for name in r.stored if name.startswith("v.")]) == 1
    r.do(c.ChangeVariables({"a": ""}))
    assert r.variables == {"a": "", "b": "x" * 3000}


def test_a_spent_timer_is_not_armed_again_by_a_reload():
    body = (
        f"{START}<userTask id='u'/><boundaryEvent id='b' attachedToRef='u' cancelActivity='false'>"
        f"<timerEventDefinition>"
        f"<timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>{flow('s', 'u')}<endEvent id='x'/>"
        f"{flow('b', 'x')}"
    )
    r = run(body)
    r.fire("b")
    r.do(c.ChangeVariables({"x": 1}))
    assert r.timers == {}


def test_an_old_part_is_brought_up_to_date_step_by_step(monkeypatch):
    steps = {-1: lambda document: {**document, "v": 0}, 0: lambda document: {**document, "v": 1, "new": True}}
    old = snapshot.squeeze(b'{"v":-1,"rows":[]}')
    monkeypatch.setattr(snapshot, "UPGRADES", steps)
    assert snapshot.read_document(old) == {"v": 1, "rows": [], "new": True}


def test_a_part_is_small():
    assert run(TWO).snapshot.size < 120


def test_reading_variables_does_not_use_up_the_snapshot():
    r = run(TWO, {"x": 1})
    assert read_variables(r.definition, r.snapshot, r.host, r.token(r.tasks, "u")) == {"x": 1}
    r.complete("u")
    assert r.open_tasks == ["v"]


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_spent_budget_asks_to_continue_and_loses_nothing(steps):
    body = f"{START}<task id='a'/><task id='b'/><task id='c'/>{END}{chain('s', 'a', 'b', 'c', 'e')}"
    r = Run(compiled(body), reload=True)
    r.budget = type(ALL)(steps, 1e9)
    r.start()
    assert r.completed
    assert r.pauses == (5 - 1) // steps


def test_the_time_of_a_command_is_bounded_as_well():
    body = f"{START}<task id='a'/><task id='b'/>{END}{chain('s', 'a', 'b', 'e')}"
    r = Run(compiled(body), host=FakeHost(tick=1.0), budget=type(ALL)(10**9, 1.5))
    r.start()
    assert r.completed
    assert r.pauses > 0


def test_a_diagram_that_loops_for_ever_pauses_and_can_be_cancelled():
    body = f"{START}<exclusiveGateway id='g'/><task id='a'/>{chain('s', 'g', 'a')}{flow('a', 'g')}"
    outcome = execute(compiled(body), Snapshot(), c.StartInstance(), NOW, FakeHost(), type(ALL)(1000, 1e9))
    assert outcome.paused
    assert sum(map(len, outcome.put.values())) < 200
    ended = execute(compiled(body), outcome.snapshot.cold(), c.CancelInstance(), NOW, FakeHost())
    assert not ended.paused
