from tests.engine.harness import chain, flow, problems, run, say, script

from stellwerk.engine import events as e

START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
XOR = f"{START}<exclusiveGateway id='g' default='d'/>{say('a')}{say('b')}{say('c')}{flow('s', 'g')}"


def test_an_exclusive_gateway_takes_the_first_true_flow_in_the_order_of_the_file():
    body = XOR + flow("g", "a", "x == 1") + flow("g", "b", "x >= 1") + flow("g", "c", id="d")
    assert run(body, {"x": 1}).host.trace == ["a"]
    assert run(body, {"x": 2}).host.trace == ["b"]
    assert run(body, {"x": 0}).host.trace == ["c"]


def test_each_decision_is_told_with_what_it_read():
    r = run(
        XOR + flow("g", "a", "x == 1") + flow("g", "b", "x == 2", id="fb") + flow("g", "c", id="d"), {"x": 2, "y": 1}
    )
    decisions = r.said(e.DecisionMade)
    assert [(d.expression, d.values, d.result, d.flows) for d in decisions] == [
        ("x == 1", {"x": 2}, False, ()),
        ("x == 2", {"x": 2}, True, ("fb",)),
    ]


def test_no_flow_to_take_is_an_incident_and_the_retry_decides_again():
    body = (
        f"{START}<exclusiveGateway id='g'/>{say('a')}{say('b')}{flow('s', 'g')}{flow('g', 'a', 'x == 1')}"
        f"{flow('g', 'b', 'x == 2')}"
    )
    r = run(body, {"x": 3})
    assert r.incidents[r.token(r.incidents, "g")].kind == "no-flow"
    r.retry("g", x=2)
    assert r.host.trace == ["b"]
    assert r.completed


def test_a_condition_that_fails_is_an_incident_and_other_branches_go_on():
    body = (
        f"{START}<parallelGateway id='p'/><exclusiveGateway id='g' default='d'/>{say('a')}{say('b')}"
        f"{chain('s', 'p', 'g')}{chain('p', 'b')}{flow('g', 'a', 'missing > 1')}{flow('g', 'a', id='d')}"
    )
    r = run(body)
    assert r.failed == ["g"]
    assert r.host.trace == ["b"]
    assert r.end is None
    r.retry("g", missing=0)
    assert r.completed


def test_a_parallel_gateway_waits_for_each_incoming_flow():
    body = (
        f"{START}<parallelGateway id='p'/><userTask id='a'/><userTask id='b'/><parallelGateway id='j'/>{say('z')}"
        f"{chain('s', 'p', 'a', 'j')}{chain('p', 'b', 'j', 'z')}"
    )
    r = run(body)
    r.complete("a")
    assert r.host.trace == []
    r.complete("b")
    assert r.host.trace == ["z"]
    assert r.completed
    assert r.count("j") == 1


def test_a_join_counts_flows_and_not_tokens():
    body = (
        f"{START}<parallelGateway id='p'/><task id='a'/><task id='b'/><parallelGateway id='j'/><userTask id='z'/>"
        f"{chain('s', 'p', 'a', 'j')}{flow('p', 'a')}{chain('p', 'b', 'j', 'z')}"
    )
    r = run(body)
    assert r.open_tasks == ["z"]
    assert [a.element_id for a in r.active.values()] == ["j", "z"]  # the second token on the flow from a is kept


def test_a_join_that_lacks_a_token_waits_for_ever():
    body = (
        f"{START}<exclusiveGateway id='x' default='d'/><task id='a'/><task id='b'/><parallelGateway id='j'/>"
        f"{chain('s', 'x')}{flow('x', 'a', 'True')}{flow('x', 'b', id='d')}{chain('a', 'j')}{chain('b', 'j')}"
    )
    r = run(body)
    assert r.end is None
    assert [a.element_id for a in r.active.values()] == ["j"]


def test_parallel_branches_share_variables_and_lose_no_update():
    body = (
        f"{START}<parallelGateway id='g'/><userTask id='a'/><userTask id='b'/>"
        f"{script('w', 'seen = v; lst = lst + [1]')}"
        f"<userTask id='c'/><parallelGateway id='j'/>{chain('s', 'g', 'a', 'j')}{chain('g', 'b', 'w', 'c', 'j')}"
    )
    r = run(body, {"v": 0, "lst": []})
    r.complete("a", v=99)
    r.complete("b")
    r.complete("c")
    assert r.completed
    assert r.variables == {"v": 99, "lst": [1], "seen": 99}


def test_flows_out_of_an_activity_split_by_their_conditions():
    body = (
        f"{START}<task id='t' default='d'/>{say('a')}{say('b')}{say('c')}{flow('s', 't')}"
        f"{flow('t', 'a', 'x > 0')}{flow('t', 'b', 'x > 1')}{flow('t', 'c', id='d')}"
    )
    assert run(body, {"x": 2}).host.trace == ["a", "b"]
    assert run(body, {"x": 1}).host.trace == ["a"]
    assert run(body, {"x": 0}).host.trace == ["c"]


def test_unconditional_flows_out_of_an_activity_are_all_taken_and_merge_without_waiting():
    body = (
        f"{START}<task id='t'/><task id='a'/><task id='b'/>{say('z')}{chain('s', 't', 'a', 'z')}{chain('t', 'b', 'z')}"
    )
    r = run(body)
    assert r.host.trace == ["z", "z"]
    assert r.completed


def test_no_flow_out_of_an_activity_is_an_incident_that_does_not_repeat_its_work():
    body = f"{START}{say('t')}{say('a')}{say('b')}{flow('s', 't')}{flow('t', 'a', 'x > 0')}{flow('t', 'b', 'x > 9')}"
    r = run(body, {"x": 0})
    assert r.failed == ["t"]
    r.retry("t", x=1)
    assert r.host.trace == ["t", "a"]
    assert r.completed


def test_a_gateway_that_decides_needs_conditions():
    body = (
        f"{START}<exclusiveGateway id='g'/><task id='a'/><task id='b'/>{chain('s', 'g')}"
        f"{flow('g', 'a', 'x')}{flow('g', 'b', id='f')}"
    )
    assert problems(body) == [("condition-missing", "f")]


EVENTS = (
    "<eventBasedGateway id='g'/><intermediateCatchEvent id='t'><timerEventDefinition><timeDuration>PT2H</timeDuration>"
    "</timerEventDefinition></intermediateCatchEvent><intermediateCatchEvent id='w'>"
    "<messageEventDefinition messageRef='m'/>"
    f"</intermediateCatchEvent>{say('a')}{say('b')}{chain('s', 'g', 't', 'a')}{chain('g', 'w', 'b')}"
)


def test_the_first_event_behind_an_event_based_gateway_wins():
    r = run(START + EVENTS)
    assert r.waiting == ["t", "w"]
    assert [a.element_id for a in r.active.values()] == ["g"]
    r.message("w", x=1)
    assert r.host.trace == ["b"]
    assert r.variables == {"x": 1}
    assert [r.count(x) for x in ("g", "w", "t")] == [1, 1, 0]
    r.assert_clean()


def test_the_timer_behind_an_event_based_gateway_may_win():
    r = run(START + EVENTS)
    r.fire("t")
    assert r.host.trace == ["a"]
    assert r.completed
    r.assert_clean()


def test_a_receive_task_may_stand_behind_an_event_based_gateway():
    body = (
        f"{START}<eventBasedGateway id='g'/><receiveTask id='r1' messageRef='m'/><receiveTask id='r2' messageRef='m2'/>"
        f"{say('a')}{say('b')}{chain('s', 'g', 'r1', 'a')}{chain('g', 'r2', 'b')}"
    )
    r = run(body)
    r.message("r2", "m2")
    assert r.host.trace == ["b"]
    assert r.completed


def test_a_bad_timer_behind_an_event_based_gateway_is_an_incident_of_the_gateway():
    r = run((START + EVENTS).replace("PT2H", "when"), {"when": "soon"})
    assert r.failed == ["g"]
    assert r.waiting == []
    r.retry("g", when="PT1H")
    assert r.waiting == ["t", "w"]


def test_of_inclusive_joins_that_wait_only_for_each_other_the_one_that_has_waited_longest_passes():
    """Each would give the other one its missing token; the specification would let both wait for ever."""
    back = f"{flow('q1', 'j2', 'again')}{flow('q1', 'd', 'not again')}{flow('q2', 'j1', 'again')}"
    body = (
        f"{START}{say('a')}<userTask id='b'/><inclusiveGateway id='j1'/><inclusiveGateway id='j2'/>{say('u1')}"
        f"{say('u2')}<exclusiveGateway id='q1'/><exclusiveGateway id='q2'/>{say('d')}{say('e')}{back}"
        f"{flow('q2', 'e', 'not again')}"
        f"{chain('s', 'a', 'j1', 'u1', 'q1')}{chain('s', 'b', 'j2', 'u2', 'q2')}"
    )
    r = run(body, {"again": False})
    assert r.host.trace == ["a"]  # the token at the user task can still come
    r.complete("b")
    assert r.host.trace == ["a", "u1", "d", "u2", "e"]
    assert r.completed
    r.assert_clean()
