"""A step costs the same at the thousandth loop as at the tenth: function calls, bytes, parts."""

import cProfile
import pstats

import pytest
from tests.engine.harness import ALL, MESSAGE, NOW, FakeHost, Run, chain, compiled, flow, on, script, timer

from stellwerk.engine import Snapshot, execute
from stellwerk.engine import commands as c

START = '<startEvent id="s"/>'


def looped(middle: str, first: str, last: str) -> str:
    """start -> user task u -> middle -> u again, until i reaches n."""
    return (
        f"{START}<exclusiveGateway id='g1'/><userTask id='u'/>{middle}{script('inc', 'i = i + 1')}"
        f"<exclusiveGateway id='g2' default='back'/><endEvent id='e'/>{chain('s', 'g1', 'u')}{flow('u', first)}"
        f"{chain(last, 'inc', 'g2')}{flow('g2', 'g1', id='back')}{flow('g2', 'e', 'i >= n')}"
    )


SUB = (
    f"<subProcess id='sp'><startEvent id='ss'/><userTask id='u2'/><endEvent id='se'/>"
    f"{chain('ss', 'u2', 'se')}</subProcess>"
    f"{on('bt', 'sp', timer('timeDuration', 'PT1H'))}{on('bm', 'sp', MESSAGE, interrupting=False)}"
    f"<endEvent id='be'/>{chain('bt', 'be')}{chain('bm', 'be')}"
)
MODELS = {
    "plain": looped("<task id='t'/>", "t", "t"),
    "parallel": looped(
        f"<parallelGateway id='ps'/>{script('a', 'x = i')}{script('b', 'y = i')}<parallelGateway id='pj'/>"
        f"{chain('ps', 'a', 'pj')}{chain('ps', 'b', 'pj')}",
        "ps",
        "pj",
    ),
    "subprocess with boundary events": looped(SUB, "sp", "sp"),
    "multi-instance": looped(
        "<userTask id='u2'><multiInstanceLoopCharacteristics isSequential='true'><loopCardinality>2</loopCardinality>"
        "</multiInstanceLoopCharacteristics></userTask>",
        "u2",
        "u2",
    ),
}


def calls(r: Run, command: c.Command) -> tuple[int, int]:
    """Function calls of one step, and bytes of the snapshot after it."""
    profile = cProfile.Profile()
    before = r.snapshot
    profile.enable()
    outcome = execute(r.definition, before, command, NOW, r.host, ALL)
    profile.disable()
    r.snapshot = Snapshot(outcome.snapshot.parts, outcome.snapshot.live)
    r.stored = dict(outcome.snapshot.parts)
    for event, call in zip(outcome.events, outcome.calls, strict=True):
        r._keep(event, call)
    return pstats.Stats(profile).total_calls, r.snapshot.size  # type: ignore[attr-defined]


def one_round(r: Run, measure: bool) -> tuple[int, int]:
    total = size = 0
    while True:
        token = min(r.tasks)
        command = c.CompleteTask(token)
        if measure:
            count, size = calls(r, command)
            total += count
        else:
            r.do(command)
        if r.open_tasks == ["u"]:
            return total, size


@pytest.mark.parametrize("name", MODELS)
def test_a_round_costs_the_same_at_the_thousandth_time(name):
    r = Run(compiled(MODELS[name])).start({"i": 0, "n": 10**9})
    marks = {}
    for number in range(1, 1001):
        marks[number] = one_round(r, measure=number in (10, 1000))
    (early_calls, early_bytes), (late_calls, late_bytes) = marks[10], marks[1000]
    assert late_calls <= early_calls * 1.05
    assert late_bytes <= early_bytes * 1.15 + 8  # the digits of numbers
    assert len(r.stored) == 1


CALLED = f"{START}<userTask id='u2'/>{script('x', 'x = i')}{chain('s', 'u2', 'x')}"
PASSED = '<camunda:in variables="all"/><camunda:out source="x" target="x"/>'
CALL = f"<callActivity id='ca' calledElement='inner'><extensionElements>{PASSED}</extensionElements></callActivity>"


def test_a_round_with_a_call_costs_the_same_at_the_ten_thousandth_time():
    host = FakeHost(processes={"inner": compiled(CALLED, key="inner")})
    body = looped(CALL + on("b", "ca", MESSAGE), "ca", "ca") + "<endEvent id='be'/>" + chain("b", "be")
    r = Run(compiled(body), host).start({"i": 10_000, "n": 10**9})
    marks = {}
    for number in range(1, 10_001):
        marks[number] = one_round(r, measure=number in (10, 10_000))
        r.log.clear()
        r.calls_of_log.clear()
    (early_calls, early_bytes), (late_calls, late_bytes) = marks[10], marks[10_000]
    assert late_calls <= early_calls * 1.05
    assert late_bytes <= early_bytes * 1.05
    assert list(r.stored) == ["0"]


def test_completing_one_of_many_open_tasks_costs_little_more_than_one_of_few():
    body = (
        f"{START}<userTask id='t'><multiInstanceLoopCharacteristics><loopCardinality>n</loopCardinality>"
        f"</multiInstanceLoopCharacteristics></userTask>{chain('s', 't')}"
    )
    few, many = Run(compiled(body)).start({"n": 200}), Run(compiled(body)).start({"n": 2000})
    assert calls(many, c.CompleteTask(100))[0] <= calls(few, c.CompleteTask(100))[0] * 1.1


def test_five_thousand_nodes_in_a_row_run_and_cancel_without_recursion():
    n = 5000
    body = START + "".join(f'<task id="t{k}"/>' for k in range(n)) + '<userTask id="u"/>'
    body += chain("s", *(f"t{k}" for k in range(n)), "u")
    r = Run(compiled(body)).start()
    assert r.open_tasks == ["u"]
    r.do(c.CancelInstance())
    assert r.end is not None


def test_subprocesses_nested_as_deep_as_a_file_can_nest_run_and_cancel():
    depth = 990
    body = '<userTask id="u"/>'
    for k in range(depth):
        body = f'<subProcess id="p{k}">{body}</subProcess>'
    r = Run(compiled(body), reload=True).start()
    assert r.open_tasks == ["u"]
    r.do(c.CancelInstance())
    r.assert_clean()


def test_one_of_many_results_rewrites_a_small_part_of_the_snapshot():
    body = (
        f"{START}<userTask id='t'><multiInstanceLoopCharacteristics isSequential='false'>"
        "<loopDataInputRef>items</loopDataInputRef><loopDataOutputRef>res</loopDataOutputRef>"
        "<inputDataItem id='item'/><outputDataItem id='out'/>"
        f"</multiInstanceLoopCharacteristics></userTask>{chain('s', 't')}"
    )
    found = {}
    for n in (200, 2000):
        r = Run(compiled(body)).start({"items": list(range(n))})
        for token in sorted(r.tasks)[:100]:
            r.do(c.CompleteTask(token, {"out": f"value {token}"}))
        token = max(r.tasks)
        r.stored = dict(r.snapshot.parts)
        outcome = r.do(c.CompleteTask(token, {"out": "x"}))
        found[n] = sum(map(len, outcome.put.values()))
        for token in sorted(r.tasks):
            r.do(c.CompleteTask(token, {"out": token}))
        results = r.variables["res"]
        assert (len(results), results[-1]) == (n, "x")
        r.assert_clean()
    assert found[2000] <= found[200] * 1.2
