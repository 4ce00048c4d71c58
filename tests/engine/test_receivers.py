"""A message has one receiver, a signal has all of them, wherever in the instance they wait (10.5.1)."""

from __future__ import annotations

import pytest
from tests.engine.call_support import call, calling
from tests.engine.harness import MESSAGE, SIGNAL, Run, chain, on, say

from stellwerk.engine import events as e

S = '<startEvent id="s"/>'
RELOAD = pytest.mark.parametrize("reload", [False, True])


def waiting(definition: str, reload: bool) -> Run:
    """An instance that waits in six places at once, each with a script behind it."""
    catch = f'<intermediateCatchEvent id="{{}}">{definition}</intermediateCatchEvent>'
    other = '<intermediateCatchEvent id="g2"><messageEventDefinition messageRef="m2"/></intermediateCatchEvent>'
    receive = '<receiveTask id="c" messageRef="m"/>' if definition == MESSAGE else catch.format("c")
    body = (
        S
        + '<parallelGateway id="p"/>'
        + '<eventBasedGateway id="g"/>'
        + catch.format("g1")
        + other
        + say("x_gateway")
        + chain("p", "g", "g1", "x_gateway")
        + chain("g", "g2")
        + '<userTask id="u"/>'
        + on("b", "u", definition, interrupting=False)
        + say("x_boundary")
        + chain("p", "u")
        + chain("b", "x_boundary")
        + f'<subProcess id="es" triggeredByEvent="true"><startEvent id="es_s" isInterrupting="false">{definition}'
        + f"</startEvent>{say('x_event')}{chain('es_s', 'x_event')}</subProcess>"
        + call("call", "inner")
        + chain("p", "call")
        + '<subProcess id="sub"><startEvent id="is"/>'
        + f"{catch.format('ic')}{say('x_sub')}{chain('is', 'ic', 'x_sub')}</subProcess>"
        + chain("p", "sub")
        + receive
        + say("x_receive")
        + chain("s", "p", "c", "x_receive")
    )
    inner = S + catch.format("cc") + say("x_called") + chain("s", "cc", "x_called")
    return calling(body, inner=inner, reload=reload).start()


ALL = ["x_boundary", "x_called", "x_event", "x_gateway", "x_receive", "x_sub"]


@RELOAD
def test_a_message_goes_to_one_of_those_who_wait_and_the_next_one_to_the_next(reload):
    r = waiting(MESSAGE, reload)
    seen = []
    for _ in range(4):
        names = [s for s in r.subscriptions.values() if s.name == "m" and s.element_id not in ("b", "es_s")]
        r.message(min(names, key=lambda s: s.token).element_id)
        seen.append(len(r.host.trace))
    assert seen == [1, 2, 3, 4]
    assert sorted(r.host.trace) == ["x_called", "x_gateway", "x_receive", "x_sub"]
    for name in ("b", "es_s", "b"):
        r.message(name)
    assert sorted(r.host.trace) == sorted([*ALL, "x_boundary"])


@RELOAD
def test_a_signal_goes_to_all_at_once(reload):
    r = waiting(SIGNAL, reload)
    r.signal()
    assert sorted(r.host.trace) == ALL
    r.signal()
    assert sorted(r.host.trace) == sorted([*ALL, "x_boundary", "x_event"])


@RELOAD
def test_a_message_that_the_instance_throws_goes_to_the_one_that_has_waited_longest(reload):
    body = (
        S
        + '<parallelGateway id="p"/><receiveTask id="a" messageRef="m"/><receiveTask id="b" messageRef="m"/>'
        + '<userTask id="u"/><sendTask id="t" messageRef="m"/>'
        + say("xa")
        + say("xb")
        + chain("s", "p", "a", "xa")
        + chain("p", "b", "xb")
        + chain("p", "u", "t")
    )
    r = calling(body, reload=reload).start()
    r.complete("u")
    assert r.host.trace == ["xa"]
    assert r.waiting == ["b"]
    assert not r.said(e.MessageThrown)
