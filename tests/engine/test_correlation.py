"""Correlation keys: set by the first message of a conversation, or computed from the data of the process (8.4.2)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.engine.harness import MESSAGE, Run, bpmn, chain, compiled, say, script

from stellwerk.engine import Budget, compile_bpmn
from stellwerk.engine import commands as c
from stellwerk.engine import events as e

RELOAD = pytest.mark.parametrize("reload", [False, True])
S = '<startEvent id="s"/>'


def prop(id: str, **paths: str) -> str:
    """A correlation property; how it is read from each message."""
    inner = "".join(
        f'<correlationPropertyRetrievalExpression messageRef="{message}"><messagePath>{path}</messagePath>'
        "</correlationPropertyRetrievalExpression>"
        for message, path in paths.items()
    )
    return f'<correlationProperty id="{id}" name="{id}">{inner}</correlationProperty>'


def keys(**properties: str) -> str:
    """Correlation keys of a collaboration, with the ids of their properties separated by blanks."""
    inner = "".join(
        f'<correlationKey id="{id}">'
        + "".join(f"<correlationPropertyRef>{name}</correlationPropertyRef>" for name in names.split())
        + "</correlationKey>"
        for id, names in properties.items()
    )
    return f'<collaboration id="co">{inner}</collaboration>'


def subscription(key: str, **bindings: str) -> str:
    inner = "".join(
        f'<correlationPropertyBinding correlationPropertyRef="{name}"><dataPath>{path}</dataPath>'
        "</correlationPropertyBinding>"
        for name, path in bindings.items()
    )
    return f'<correlationSubscription id="sub" correlationKeyRef="{key}">{inner}</correlationSubscription>'


ORDER = prop("order", m="order", m2="${reference.number}") + keys(K="order")


def send(id: str, message: str = "m", **parameters: str) -> str:
    inside = "".join(
        f'<camunda:inputParameter name="{name}">{value}</camunda:inputParameter>' for name, value in parameters.items()
    )
    mapping = f"<extensionElements><camunda:inputOutput>{inside}</camunda:inputOutput></extensionElements>"
    return f'<sendTask id="{id}" messageRef="{message}">{mapping if inside else ""}</sendTask>'


def receive(id: str, message: str = "m2") -> str:
    return f'<receiveTask id="{id}" messageRef="{message}"/>'


def expected(r: Run, element: str) -> dict[str, dict[str, str | None]]:
    """What the token at the element knows of its keys, without the paths."""
    [opened] = [s for s in r.subscriptions.values() if s.element_id == element]
    told = [ch.correlation_keys for ch in r.said(e.SubscriptionChanged, token=opened.token)]
    known = (told or [opened.correlation_keys])[-1]
    return {key: {name: value for name, (value, _) in properties.items()} for key, properties in known.items()}


def begin(body: str, extra: str = ORDER, *, reload: bool = True, **variables: Any) -> Run:
    return Run(compiled(body, extra), reload=reload).start(variables)


def test_keys_are_read_and_computed_by_feel():
    """A property that is null gives no key; texts with `${` inside stay FEEL."""
    extra = prop("order", m="= reference.number + 1", m2='= if order = "${}" then null else order') + keys(K="order")
    r = begin(
        f"{S}{send('a', reference='${reference}')}{receive('b')}{chain('s', 'a', 'b')}", extra, reference={"number": 6}
    )
    assert expected(r, "b") == {"K": {"order": "n:7"}}
    bound = subscription("K", order="= today().year")
    r = begin(f"{bound}{S}{receive('b')}{chain('s', 'b')}", extra)
    assert expected(r, "b") == {"K": {"order": None}}  # keys are compared where there is no time
    r = begin(f"{subscription('K', order='= number * 2')}{S}{receive('b')}{chain('s', 'b')}", extra, number=2)
    assert expected(r, "b") == {"K": {"order": "n:4"}}


# -- key-based
@RELOAD
def test_a_message_that_is_sent_sets_the_key_that_its_answer_must_carry(reload):
    r = begin(S + send("a", order="${number}") + receive("b") + chain("s", "a", "b"), reload=reload, number=17)
    [thrown] = r.said(e.MessageThrown)
    assert (thrown.correlation_keys, thrown.variables) == ({"order": 17}, {"order": 17})
    [opened] = r.subscriptions.values()
    assert opened.correlation_keys == {"K": {"order": ("n:17", "${reference.number}")}}


def test_a_message_is_read_from_what_the_sender_sees_where_it_carries_nothing():
    r = begin(S + send("a") + chain("s", "a"), order=17)
    [thrown] = r.said(e.MessageThrown)
    assert (thrown.correlation_keys, thrown.variables) == ({"order": 17}, {})


def test_a_message_without_the_value_carries_no_key_and_sets_none():
    r = begin(S + send("a") + receive("b") + chain("s", "a", "b"))
    assert r.said(e.MessageThrown)[0].correlation_keys == {}
    assert expected(r, "b") == {"K": {"order": None}}


@RELOAD
def test_a_message_that_is_received_sets_the_key(reload):
    both = prop("order", m="order", m2="order") + keys(K="order")
    r = begin(S + receive("a") + receive("b", "m") + chain("s", "a", "b"), both, reload=reload)
    assert expected(r, "a") == {"K": {"order": None}}
    r.message("a", "m2", order="x")
    assert expected(r, "b") == {"K": {"order": "s:x"}}


@RELOAD
def test_other_tokens_that_wait_learn_of_the_key(reload):
    body = S + '<parallelGateway id="g"/>' + receive("a") + receive("b", "m") + chain("s", "g", "a") + chain("g", "b")
    r = begin(body, reload=reload)
    r.message("a", "m2", reference={"number": 4})
    assert expected(r, "b") == {"K": {"order": "n:4"}}
    assert len(r.said(e.SubscriptionChanged)) == 1
    r.do(c.ChangeVariables({"something": 1}))
    assert len(r.said(e.SubscriptionChanged)) == 1


def test_a_publishers_keys_come_before_what_the_message_holds():
    r = begin(S + receive("a") + receive("b") + chain("s", "a", "b"))
    token = r.token(r.subscriptions, "a")
    r.do(c.DeliverMessage(token, "m2", {"reference": {"number": 1}}, {"order": 2}))
    assert expected(r, "b") == {"K": {"order": "n:2"}}


@RELOAD
def test_the_message_that_starts_a_process_sets_the_key(reload):
    body = f'<startEvent id="s">{MESSAGE}</startEvent>' + receive("b") + chain("s", "b")
    r = Run(compiled(body, ORDER), reload=reload)
    r.do(c.StartInstance({"order": 3}, "s"))
    assert expected(r, "b") == {"K": {"order": "n:3"}}
    r = Run(compiled(body, ORDER), reload=reload)
    r.do(c.StartInstance({}, "s", None, {"order": 5}))
    assert expected(r, "b") == {"K": {"order": "n:5"}}


def test_a_message_with_another_value_is_not_sent():
    body = S + send("a", order="${number}") + script("change", "number = 18") + send("b", order="${number}")
    r = begin(body + chain("s", "a", "change", "b"), number=17)
    assert r.failed == ["b"]
    [incident] = r.incidents.values()
    assert incident.kind == "correlation"
    assert "order = 18" in incident.message
    assert "order = 17" in incident.message
    r.do(c.ChangeVariables({"order": 17}, incident.token))
    r.do(c.RetryIncident(incident.token))
    assert r.completed


def test_a_key_has_a_value_when_all_its_properties_have_one():
    two = prop("order", m="order", m2="order") + prop("place", m="place", m2="place") + keys(K="order place")
    r = begin(S + send("a") + receive("b") + chain("s", "a", "b"), two, order=1)
    assert expected(r, "b") == {"K": {"order": None, "place": None}}
    assert r.said(e.MessageThrown)[0].correlation_keys == {}
    r = begin(S + send("a") + receive("b") + chain("s", "a", "b"), two, order=1, place="north")
    assert expected(r, "b") == {"K": {"order": "n:1", "place": "s:north"}}


def test_several_keys_are_set_as_messages_carry_them():
    more = prop("order", m="order", m2="order") + prop("bill", m2="bill", m="bill") + keys(K="order", L="bill")
    r = begin(S + send("a") + receive("b") + receive("c") + chain("s", "a", "b", "c"), more, order=1)
    assert expected(r, "b") == {"K": {"order": "n:1"}, "L": {"bill": None}}
    r.message("b", "m2", order=1, bill="B7")
    assert expected(r, "c") == {"K": {"order": "n:1"}, "L": {"bill": "s:B7"}}


def test_a_key_does_not_concern_messages_that_carry_only_some_of_its_properties():
    some = prop("order", m="order", m2="order") + prop("place", m="place") + keys(K="order place")
    r = begin(S + send("a") + receive("b") + chain("s", "a", "b"), some, order=1, place="north")
    assert expected(r, "b") == {}


# -- inside of one instance
def test_a_thrown_message_goes_to_the_catcher_of_the_instance_that_agrees():
    loop = (
        '<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>'
    )  # fmt: skip
    both = prop("order", m="order", m2="order") + keys(K="order")
    inner = S.replace('"s"', '"is"') + send("ask", "m2", order="${loopCounter}") + receive("r", "m") + say("x")
    body = (
        S
        + '<parallelGateway id="g"/>'
        + f'<subProcess id="sub">{loop}{inner}{chain("is", "ask", "r", "x")}</subProcess>'
        + '<userTask id="u"/>'
        + send("answer", order="${2 - 1}")
        + say("y")
        + chain("s", "g", "sub")
        + chain("g", "u", "answer", "y")
    )
    r = begin(body, both)
    assert sorted(v["K"]["order"] for v in known(r)) == ["n:0", "n:1"]
    r.complete("u")
    assert not r.incidents
    assert [v["K"]["order"] for v in known(r)] == ["n:0"]
    assert not r.said(e.MessageThrown, name="m")
    assert sorted(r.host.trace) == ["x", "y"]


def known(r: Run) -> list[dict[str, dict[str, str | None]]]:
    return [
        {k: {n: v for n, (v, _) in p.items()} for k, p in s.correlation_keys.items()} for s in r.subscriptions.values()
    ]


# -- loops have conversations of their own
@RELOAD
@pytest.mark.parametrize("sequential", ["true", "false"])
def test_each_instance_of_a_loop_talks_with_a_partner_of_its_own(sequential, reload):
    loop = (
        f'<multiInstanceLoopCharacteristics isSequential="{sequential}"><loopCardinality>2</loopCardinality>'
        "</multiInstanceLoopCharacteristics>"
    )
    inner = S.replace('"s"', '"is"') + send("ask", order="${loopCounter}") + receive("r") + chain("is", "ask", "r")
    body = f'{S}<subProcess id="sub">{loop}{inner}</subProcess>' + say("x") + chain("s", "sub", "x")
    r = begin(body, reload=reload)
    seen = [v["K"]["order"] for v in known(r)]
    while not r.completed:
        seen += [] if sequential == "false" else [v["K"]["order"] for v in known(r) if v["K"]["order"] not in seen]
        r.message("r", "m2")
    assert sorted(seen) == ["n:0", "n:1"]
    assert not r.said(e.IncidentRaised)
    r.assert_clean()


def test_a_conversation_that_began_before_a_loop_holds_inside():
    loop = "<standardLoopCharacteristics loopMaximum='2'/>"
    inner = S.replace('"s"', '"is"') + send("ask", order="${number + loopCounter}") + chain("is", "ask")
    first = send("first", order="${number}")
    body = f'{S}{first}<subProcess id="sub">{loop}{inner}</subProcess>'
    r = begin(body + chain("s", "first", "sub"), number=1)
    assert r.failed == ["ask"]  # in the second round


# -- context-based
@RELOAD
def test_a_subscription_computes_the_key_from_variables_and_follows_them(reload):
    body = subscription("K", order="${customer.id}") + S + receive("b") + chain("s", "b")
    r = begin(body, reload=reload)
    assert expected(r, "b") == {"K": {"order": None}}
    for value, text in ((7, "n:7"), (8, "n:8"), (None, None)):
        r.do(c.ChangeVariables({"customer": {"id": value}}))
        assert expected(r, "b") == {"K": {"order": text}}
    assert len(r.said(e.SubscriptionChanged)) == 3
    r.do(c.ChangeVariables({"other": 1}))
    assert len(r.said(e.SubscriptionChanged)) == 3


def test_variables_of_the_process_come_before_what_a_message_has_set():
    body = subscription("K", order="number") + S + send("a") + receive("b") + chain("s", "a", "b")
    r = begin(body, order=1)
    assert expected(r, "b") == {"K": {"order": "n:1"}}
    r.do(c.ChangeVariables({"number": 2}))
    assert expected(r, "b") == {"K": {"order": "n:2"}}


@RELOAD
def test_a_subscription_follows_variables_although_the_budget_is_cut_everywhere(reload):
    body = subscription("K", order="number") + S + '<parallelGateway id="g"/>' + receive("b")
    body += script("one", "number = 1") + script("two", "number = 2") + chain("s", "g", "b") + chain("g", "one", "two")
    r = Run(compiled(body, ORDER), reload=reload, budget=Budget(steps=1, seconds=1e9)).start()
    assert expected(r, "b") == {"K": {"order": "n:2"}}


def test_event_subprocesses_and_boundary_events_know_the_keys():
    listening = f'<subProcess id="es" triggeredByEvent="true"><startEvent id="es_s">{MESSAGE}</startEvent></subProcess>'
    body = S + send("a", "m2") + '<userTask id="u"/>' + chain("s", "a", "u") + listening
    both = prop("order", m="order", m2="order") + keys(K="order")
    r = begin(body, both, order=9)
    assert expected(r, "es_s") == {"K": {"order": "n:9"}}


# -- what is read
def test_a_path_that_needs_the_sandbox_is_refused():
    extra = prop("order", m="[x for x in open(order)][0].lower()") + keys(K="order")
    result = compile_bpmn(bpmn(S, extra), filename="t.bpmn")
    assert {p.rule for p in result.errors} == {"correlation-path"}


def test_a_path_that_cannot_be_read_is_refused():
    result = compile_bpmn(bpmn(S, prop("order", m="1 +") + keys(K="order")), filename="t.bpmn")
    assert {p.rule for p in result.errors} == {"expression"}


def test_the_report_is_silent_about_correlation():
    body = S + subscription("K", order="number")
    assert [p.message for p in compile_bpmn(bpmn(body, ORDER), filename="t.bpmn").problems] == []


def test_references_with_prefixes_are_read():
    extra = ORDER.replace(">order</correlationPropertyRef>", "> order </correlationPropertyRef>")
    r = begin(subscription("K", order="number") + S + receive("b") + chain("s", "b"), extra, number=1)
    assert expected(r, "b") == {"K": {"order": "n:1"}}


@RELOAD
def test_a_migration_takes_the_keys_of_the_new_version(reload):
    body = S + send("a") + receive("b") + chain("s", "a", "b")
    r = begin(body, reload=reload, order=1, other=2)
    assert expected(r, "b") == {"K": {"order": "n:1"}}
    extra = prop("order", m="order", m2="nr") + keys(K="order")
    for new, known_then in (
        (compiled(subscription("K", order="other") + body, extra), {"K": {"order": "n:2"}}),
        (compiled(body), {}),
        (compiled(body, ORDER), {"K": {"order": "n:1"}}),
    ):
        r.do(c.MigrateInstance(new, "v2", "v1", {}))
        r.definition = new
        assert expected(r, "b") == known_then
    r.do(c.ChangeVariables({"other": 3}))
    assert expected(r, "b") == {"K": {"order": "n:1"}}
