"""Transactions: a cancel end event takes back what was done inside."""

import pytest
from tests.engine.harness import ERROR, MESSAGE, chain, on, run, say, undo
from tests.engine.test_compensation import everywhere

CANCEL = "<cancelEventDefinition/>"
S = '<startEvent id="s"/>'
HANDLER = '<userTask id="h"/>'
STOP = f'<endEvent id="stop">{CANCEL}</endEvent>'


def transaction(inside: str, boundary: str | None = None, loop: str = "") -> str:
    caught = on("off", "tx", CANCEL) + say("taken") if boundary is None else boundary
    return f'{S}<transaction id="tx">{loop}<startEvent id="t"/>{inside}</transaction>{caught}{say("done")}'


FLOWS = chain("s", "tx", "done") + chain("off", "taken")


def test_a_transaction_that_is_not_cancelled_is_a_subprocess():
    r = everywhere(transaction(say("a") + undo("a") + chain("t", "a")) + FLOWS)
    assert r.host.trace == ["a", "done"]
    r.assert_clean()


def test_a_cancelled_transaction_is_undone_before_its_boundary_event_fires():
    inside = say("a") + undo("a") + say("b") + undo("b") + STOP + chain("t", "a", "b", "stop")
    r = everywhere(transaction(inside) + FLOWS)
    assert r.host.trace == ["a", "b", "undo_b", "undo_a", "taken"]
    assert r.completed
    r.assert_clean()


def test_cancelling_withdraws_what_is_active_first_and_waits_for_handlers():
    user = '<userTask id="h"/>'
    inside = (
        f'<parallelGateway id="p"/><userTask id="u"/>{say("a")}{undo("a", user)}<userTask id="v"/>{STOP}'
        + chain("t", "p", "u")
        + chain("p", "a", "v", "stop")
    )
    r = run(transaction(inside) + FLOWS)
    assert r.open_tasks == ["u", "v"]
    r.complete("v")
    assert (r.open_tasks, r.host.trace) == (["h"], ["a"])
    r.complete("h")
    assert r.host.trace == ["a", "taken"]
    assert r.completed
    r.assert_clean()


def test_a_subprocess_that_is_still_active_has_not_completed_and_is_not_undone():
    nested = f'<startEvent id="n"/>{say("b")}{undo("b")}{STOP}{chain("n", "b", "stop")}'
    inside = f'{say("a")}{undo("a")}<subProcess id="sub">{nested}</subProcess>' + chain("t", "a", "sub")
    r = everywhere(transaction(inside) + FLOWS)
    assert r.host.trace == ["a", "b", "undo_a", "taken"]
    assert r.completed
    r.assert_clean()


def test_without_a_cancel_boundary_event_nothing_leaves():
    inside = say("a") + undo("a") + STOP + chain("t", "a", "stop")
    r = everywhere(transaction(inside, "") + chain("s", "tx", "done"))
    assert r.host.trace == ["a", "undo_a"]
    assert r.completed
    r.assert_clean()


def test_a_transaction_without_anything_to_undo():
    r = everywhere(transaction(STOP + chain("t", "stop")) + FLOWS)
    assert r.host.trace == ["taken"]
    r.assert_clean()


def test_an_error_leaves_a_transaction_without_undoing_it():
    inside = f'{say("a")}{undo("a")}<endEvent id="err">{ERROR}</endEvent>' + chain("t", "a", "err")
    r = everywhere(transaction(inside) + on("hazard", "tx", ERROR) + say("bad") + FLOWS + chain("hazard", "bad"))
    assert r.host.trace == ["a", "bad"]
    r.assert_clean()


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_one_cancelled_instance_ends_all(sequential):
    loop = (
        f'<multiInstanceLoopCharacteristics isSequential="{sequential}"><loopCardinality>2</loopCardinality>'
        "</multiInstanceLoopCharacteristics>"
    )
    inside = say("a") + undo("a") + f'<userTask id="u"/>{STOP}' + chain("t", "a", "u", "stop")
    r = run(transaction(inside, loop=loop) + FLOWS)
    r.complete("u")
    assert r.host.trace[-1] == "taken"
    assert r.host.trace.count("undo_a") == 1
    assert r.completed
    r.assert_clean()


def test_a_message_for_what_is_being_cancelled_is_too_late():
    inside = f"{say('a')}{undo('a', HANDLER)}{STOP}" + chain("t", "a", "stop")
    event = f'<subProcess id="es" triggeredByEvent="true"><startEvent id="m1">{MESSAGE}</startEvent></subProcess>'
    r = run(transaction(inside + event) + FLOWS)
    assert r.waiting == []
    r.complete("h")
    assert r.completed
