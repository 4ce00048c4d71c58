"""What an operator does to a running instance: in memory, from the stored bytes, and on a tiny budget."""

import pytest
from tests.engine.harness import (
    ANY_ERROR,
    ERROR,
    MESSAGE,
    SIGNAL,
    FakeHost,
    Run,
    chain,
    compiled,
    flow,
    on,
    say,
    script,
    service,
    timer,
    undo,
)

from stellwerk.engine import Budget, Outcome, Snapshot, preview, read_catchable, read_variables
from stellwerk.engine import commands as c
from stellwerk.engine import events as e
from stellwerk.errors import InstanceSuspended, InvalidInput, ProcessError, TokenNotWaiting, WrongState

S = '<startEvent id="s"/>'
END = '<endEvent id="end"/>'
ESCALATION = '<escalation id="ES" escalationCode="late" name="Late"/>'
LATE = '<escalationEventDefinition escalationRef="ES"/>'


class Foreseen(Run):
    """Before each command its preview is made: it runs no script, changes nothing, and says what then happens."""

    def do(self, command: c.Command) -> Outcome:
        ran, stored, log = list(self.host.trace), dict(self.stored), len(self.log)
        try:
            seen = preview(self.definition, Snapshot(stored), command, self.now, self.host)
        except ProcessError as error:
            with pytest.raises(type(error)):
                super().do(command)
            raise
        assert (self.host.trace, self.stored) == (ran, stored)
        outcome = super().do(command)
        happened = [event for event in self.log[log:] if not isinstance(event, e.ContinueRequested)]
        if any(effect.kind == "script-runs" for effect in seen.effects):
            assert all(event in happened for event in seen.events if not isinstance(event, e.InstanceEnded))
        else:
            assert list(seen.events) == happened
        return outcome


WAYS = [(False, 9999), (True, 9999), (True, 1)]


@pytest.fixture(params=WAYS, ids=["in memory", "reloaded", "cut"])
def start(request):
    reload, steps = request.param

    def go(body: str, variables: dict | None = None, extra: str = "") -> Run:
        return Foreseen(compiled(body, extra), reload=reload, budget=Budget(steps, 1e9)).start(variables or {})

    return go


def out(*ids: str) -> str:
    """Each of these events leads to an end of its own."""
    return "".join(f'<endEvent id="{id}_end"/>' + chain(id, f"{id}_end") for id in ids)


def user(id: str, inside: str = "") -> str:
    return f'<userTask id="{id}">{inside}</userTask>'


def sub(id: str, body: str, **attributes: str) -> str:
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<subProcess id="{id}"{more}>{body}</subProcess>'


def many(collection: str = "xs", sequential: bool = False) -> str:
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}" '
        f'camunda:collection="{collection}" camunda:elementVariable="x"/>'
    )


def at(r: Run, element_id: str) -> int:
    return r.token(r.active, element_id)


def before(id: str, **given) -> c.PutToken:
    return c.PutToken("before", id, **given)


def modify(r: Run, *instructions: c.Instruction) -> None:
    r.do(c.ModifyInstance(instructions, "because"))


TWO = S + user("a") + user("b") + END + chain("s", "a", "b", "end")


# -- suspend and resume
class TestSuspended:
    def test_nobody_moves_a_token_and_after_resuming_everybody_does(self, start):
        r = start(TWO)
        r.do(c.SuspendInstance("audit"))
        with pytest.raises(InstanceSuspended):
            r.complete("a")
        r.snapshot = r.snapshot.cold()
        r.do(c.ResumeInstance("done"))
        r.complete("a")
        r.complete("b")
        assert r.completed
        assert r.said(e.InstanceSuspended, reason="audit")
        assert r.said(e.InstanceResumed, reason="done")

    def test_what_a_running_handler_answers_is_written_and_its_token_waits(self, start):
        r = start(S + service("j") + user("b") + chain("s", "j", "b"))
        r.do(c.SuspendInstance())
        r.finish("j", {"price": 5})
        assert r.variables == {"price": 5}
        assert r.open_tasks == []
        r.do(c.ResumeInstance())
        assert r.open_tasks == ["b"]

    def test_an_error_of_a_running_handler_is_thrown_after_resuming(self, start):
        body = S + service("j") + on("x", "j", ERROR) + user("b") + chain("s", "j") + chain("x", "b")
        r = start(body)
        r.do(c.SuspendInstance())
        r.throw("j", "E1", price=7)
        assert r.open_tasks == []
        assert r.variables == {}
        r.do(c.ResumeInstance())
        assert r.open_tasks == ["b"]
        assert r.variables == {"price": 7}

    def test_a_kept_error_that_nothing_catches_is_an_incident_and_a_retry_asks_for_the_job_again(self, start):
        r = start(S + service("j") + chain("s", "j"))
        r.do(c.SuspendInstance())
        r.throw("j", "E9")
        r.do(c.ResumeInstance())
        assert r.failed == ["j"]
        r.retry("j")
        assert r.open_jobs == ["j"]

    def test_a_failed_job_is_an_incident_at_once(self, start):
        r = start(S + service("j") + chain("s", "j"))
        r.do(c.SuspendInstance())
        r.fail("j")
        assert r.failed == ["j"]
        r.retry("j")
        assert r.open_jobs == []
        r.do(c.ResumeInstance())
        assert r.open_jobs == ["j"]

    def test_timers_messages_signals_and_people_are_told_to_come_again(self, start):
        events = (
            on("t", "a", timer("timeDuration", "PT1H")) + on("g", "a", SIGNAL) + on("m1", "a", MESSAGE) + out("g", "m1")
        )
        r = start(S + user("a") + events + END + chain("s", "a", "end") + chain("t", "end"))
        r.do(c.SuspendInstance())
        task = at(r, "a")
        for refused in (
            lambda: r.fire("t"),
            r.signal,
            lambda: r.message("m1"),
            lambda: r.do(c.ThrowError(task, "E1")),
            lambda: r.do(c.ThrowEscalation(task, "late")),
            lambda: r.do(c.Continue()),
        ):
            with pytest.raises(InstanceSuspended):
                refused()
            r.snapshot = r.snapshot.cold()
        r.do(c.ResumeInstance())
        r.fire("t")
        assert r.completed

    def test_an_operator_may_move_tokens_that_wait_for_the_end_of_it(self, start):
        r = start(S + user("a") + say("x") + user("b") + chain("s", "a", "x", "b"))
        r.do(c.SuspendInstance())
        modify(r, c.CancelAt("a"), before("x"))
        assert r.host.trace == []
        r.do(c.ResumeInstance())
        assert r.host.trace == ["x"]
        assert r.open_tasks == ["b"]

    def test_twice_and_without_need_are_refused(self, start):
        r = start(TWO)
        with pytest.raises(WrongState, match="not suspended"):
            r.do(c.ResumeInstance())
        r.snapshot = r.snapshot.cold()
        r.do(c.SuspendInstance())
        with pytest.raises(WrongState, match="already"):
            r.do(c.SuspendInstance())

    def test_a_suspended_instance_can_be_cancelled(self, start):
        r = start(TWO)
        r.do(c.SuspendInstance())
        r.do(c.CancelInstance("over"))
        assert r.end is not None
        r.assert_clean()

    def test_a_spent_budget_goes_on_where_it_stopped(self):
        r = Run(compiled(S + say("x") + say("y") + user("b") + chain("s", "x", "y", "b")), budget=Budget(1, 1e9))
        r.step(c.StartInstance())
        r.step(c.SuspendInstance())
        with pytest.raises(InstanceSuspended):
            r.step(c.Continue(1))
        assert r.host.trace == []
        r.snapshot = r.snapshot.cold()
        r.do(c.ResumeInstance())
        assert r.host.trace == ["x", "y"]
        assert r.open_tasks == ["b"]


# -- variables
class TestVariables:
    BODY = (
        S
        + sub(
            "p",
            user("a") + chain("a"),
        )
        + chain("s", "p")
    )

    def test_they_are_written_and_removed_in_the_process_and_in_a_scope(self, start):
        inside = (
            "<extensionElements><camunda:inputOutput><camunda:inputParameter name='own'>1</camunda:inputParameter>"
            "</camunda:inputOutput></extensionElements>"
        )
        r = start(S + sub("p", inside + user("a")) + chain("s", "p"), {"old": 1, "kept": 2})
        r.do(c.ChangeVariables({"new": 3}, removed=("old",), reason="typing error"))
        assert r.variables == {"kept": 2, "new": 3}
        r.do(c.ChangeVariables({"other": 5}, at(r, "p"), ("own",)))
        assert r.variables == {"kept": 2, "new": 3}
        assert read_variables(r.definition, r.snapshot.cold(), r.host, at(r, "a")) == {"kept": 2, "new": 3, "other": 5}
        assert r.said(e.OperatorActed, action="variables", reason="typing error")
        assert r.said(e.VariablesChanged, scope=0, removed=("old",))

    @pytest.mark.parametrize(
        ("command", "path"),
        [
            (c.ChangeVariables(removed=("gone",)), "removed"),
            (c.ChangeVariables({"x": 1}, removed=("x",)), "removed"),
            (c.ChangeVariables({"y": 1}, scope=4711), "scope"),
        ],
    )
    def test_what_cannot_be_changed_is_named(self, start, command, path):
        r = start(TWO, {"x": 0})
        with pytest.raises(InvalidInput) as caught:
            r.do(command)
        assert caught.value.errors[0].path == path

    def test_a_condition_on_a_removed_variable_becomes_false(self, start):
        condition = "<conditionalEventDefinition><condition>go</condition></conditionalEventDefinition>"
        r = start(
            S + user("a") + on("x", "a", condition, interrupting=False) + say("y") + chain("s", "a") + chain("x", "y")
        )
        for change in (
            c.ChangeVariables({"go": True}),
            c.ChangeVariables(removed=("go",)),
            c.ChangeVariables({"go": 1}),
        ):
            r.do(change)
        assert r.host.trace == ["y", "y"]


# -- moving
class TestMoving:
    def test_from_here_to_there_with_variables(self, start):
        r = start(TWO)
        modify(r, c.CancelToken(at(r, "a")), before("b", variables={"n": 1}, local_variables={"own": 2}))
        assert r.open_tasks == ["b"]
        assert r.variables == {"n": 1}
        assert read_variables(r.definition, r.snapshot.cold(), r.host, at(r, "b")) == {"n": 1, "own": 2}
        assert r.said(e.OperatorActed, action="modify", reason="because")
        r.complete("b")
        assert r.completed
        r.assert_clean()

    def test_after_takes_the_flows_as_if_the_element_had_completed(self, start):
        gate = '<exclusiveGateway id="g" default="no"/>' + flow("g", "a", "n > 1".replace(">", "&gt;"))
        body = S + user("w") + gate + user("a") + user("b") + chain("s", "w", "g") + flow("g", "b", id="no")
        for n, expected in ((2, "a"), (0, "b")):
            r = start(body, {"n": n})
            modify(r, c.CancelAt("w"), c.PutToken("after", "g"))
            assert r.open_tasks == [expected]

    def test_on_a_flow(self, start):
        r = start(S + user("a") + user("b") + flow("s", "a") + flow("a", "b", id="way"))
        modify(r, c.CancelAt("a"), c.PutToken("flow", "way"))
        assert r.open_tasks == ["b"]
        assert r.said(e.FlowTaken, flow_id="way")

    def test_cancelling_the_last_token_cancels_the_instance(self, start):
        r = start(TWO)
        modify(r, c.CancelAt("a"))
        assert r.end == e.InstanceEnded("cancelled", "because")
        r.assert_clean()

    def test_what_a_cancelled_token_waited_for_is_withdrawn(self, start):
        body = S + user("a") + on("t", "a", timer("timeDuration", "PT1H")) + out("t") + service("j") + user("b")
        r = start(body + chain("s", "a") + chain("s", "j") + chain("s", "b"))
        modify(r, c.CancelAt("a"), c.CancelAt("j"))
        assert (r.open_tasks, r.open_jobs, r.waiting) == (["b"], [], [])
        r.complete("b")
        r.assert_clean()

    def test_the_incident_of_a_cancelled_token_is_resolved(self, start):
        r = start(S + script("x", "1 / 0") + user("b") + chain("s", "x", "b"))
        assert r.failed == ["x"]
        modify(r, c.CancelAt("x"), before("b"))
        assert r.failed == []
        r.complete("b")
        assert r.completed

    def test_a_join_counts_a_token_that_starts_at_it(self, start):
        fork, join = '<parallelGateway id="f"/>', '<parallelGateway id="j"/>'
        r = start(
            S + fork + user("a") + user("b") + join + user("z") + chain("s", "f", "a", "j", "z") + chain("f", "b", "j")
        )
        r.complete("a")
        modify(r, c.CancelAt("b"), before("j"))
        assert r.open_tasks == ["z"]
        r.complete("z")
        r.assert_clean()

    def test_a_token_waiting_at_a_join_can_be_moved(self, start):
        fork, join = '<parallelGateway id="f"/>', '<parallelGateway id="j"/>'
        r = start(
            S + fork + user("a") + user("b") + join + user("z") + chain("s", "f", "a", "j", "z") + chain("f", "b", "j")
        )
        r.complete("a")
        modify(r, c.CancelAt("j"), before("a"))
        r.complete("a")
        r.complete("b")
        assert r.open_tasks == ["z"]

    def test_an_inclusive_join_no_longer_waits_for_a_cancelled_token(self, start):
        fork, join = '<inclusiveGateway id="f"/>', '<inclusiveGateway id="j"/>'
        r = start(
            S + fork + user("a") + user("b") + join + user("z") + chain("s", "f", "a", "j", "z") + chain("f", "b", "j")
        )
        r.complete("a")
        assert r.open_tasks == ["b"]
        modify(r, c.CancelAt("b"))
        assert r.open_tasks == ["z"]

    @pytest.mark.parametrize(
        ("instruction", "path"),
        [
            (before("nowhere"), "instructions.0.elementId"),
            (c.PutToken("flow", "nowhere"), "instructions.0.flowId"),
            (c.PutToken("after", "end"), "instructions.0.elementId"),
            (c.PutToken("after", "a", local_variables={"x": 1}), "instructions.0.localVariables"),
            (before("b", around=4711), "instructions.0.around"),
            (c.CancelAt("b"), "instructions.0.elementId"),
        ],
    )
    def test_what_cannot_be_done_is_named_and_nothing_is_changed(self, start, instruction, path):
        r = start(TWO)
        stored = dict(r.stored)
        with pytest.raises(InvalidInput) as caught:
            modify(r, instruction)
        assert caught.value.errors[0].path == path
        assert stored == r.stored

    def test_no_instruction_and_a_token_that_is_gone(self, start):
        r = start(TWO)
        with pytest.raises(InvalidInput):
            modify(r)
        r.snapshot = r.snapshot.cold()
        with pytest.raises(TokenNotWaiting):
            modify(r, c.CancelToken(4711))

    def test_a_later_instruction_that_fails_undoes_the_earlier_ones(self, start):
        r = start(TWO)
        with pytest.raises(InvalidInput):
            modify(r, c.CancelAt("a"), before("nowhere"))
        r.snapshot = r.snapshot.cold()
        assert r.open_tasks == ["a"]
        r.complete("a")
        assert r.open_tasks == ["b"]

    def test_a_listener_is_no_token_that_could_be_cancelled(self, start):
        r = start(S + user("a") + on("t", "a", timer("timeDuration", "PT1H")) + out("t") + chain("s", "a"))
        with pytest.raises(TokenNotWaiting):
            modify(r, c.CancelToken(r.token(r.timers, "t")))

    def test_an_event_based_gateway_is_cancelled_as_a_whole(self, start):
        events = f'<intermediateCatchEvent id="c1">{MESSAGE}</intermediateCatchEvent>'
        events += f'<intermediateCatchEvent id="c2">{SIGNAL}</intermediateCatchEvent>'
        r = start(
            S + '<eventBasedGateway id="g"/>' + events + user("b") + chain("s", "g", "c1", "b") + chain("g", "c2", "b")
        )
        with pytest.raises(InvalidInput):
            modify(r, c.PutToken("after", "g"))
        r.snapshot = r.snapshot.cold()
        modify(r, c.CancelAt("g"), before("c2"))
        assert r.waiting == ["c2"]
        r.signal()
        assert r.open_tasks == ["b"]


class TestNested:
    BODY = S + user("w") + sub("p", user("a") + sub("q", user("b") + user("c") + chain("b", "c")) + chain("a", "q"))
    BODY += on("t", "p", timer("timeDuration", "PT1H")) + out("t") + user("z") + chain("s", "w", "p", "z")

    def test_the_subprocesses_around_are_begun(self, start):
        r = start(self.BODY)
        modify(r, c.CancelAt("w"), before("c"))
        assert r.open_tasks == ["c"]
        assert r.waiting == ["t"]
        assert {"p", "q"} <= {a.element_id for a in r.active.values()}
        r.complete("c")
        assert r.open_tasks == ["z"]
        r.complete("z")
        r.assert_clean()

    def test_what_runs_around_is_used(self, start):
        r = start(self.BODY)
        r.complete("w")
        modify(r, before("c"))
        assert r.open_tasks == ["a", "c"]
        assert len(r.said(e.ActivityStarted, element_id="p")) == 1
        modify(r, before("b"))
        assert len(r.said(e.ActivityStarted, element_id="q")) == 1
        assert r.open_tasks == ["a", "b", "c"]

    def test_leaving_the_last_subprocess_cancels_it_and_takes_no_flow(self, start):
        r = start(self.BODY)
        modify(r, c.CancelAt("w"), before("c"))
        modify(r, c.CancelAt("c"), before("w"))
        assert r.open_tasks == ["w"]
        assert r.waiting == []
        assert r.said(e.ActivityEnded, element_id="p", state="cancelled")

    def test_moving_inside_keeps_the_subprocess_and_what_it_has(self, start):
        r = start(self.BODY)
        r.complete("w")
        host = at(r, "p")
        r.do(c.ChangeVariables({"own": 1}, host))
        modify(r, c.CancelAt("a"), before("b"))
        assert at(r, "p") == host
        assert read_variables(r.definition, r.snapshot.cold(), r.host, at(r, "b")) == {"own": 1}

    def test_variables_are_written_in_the_scope_that_has_them(self, start):
        r = start(self.BODY)
        r.complete("w")
        r.do(c.ChangeVariables({"own": 1}, at(r, "p")))
        modify(r, before("c", variables={"own": 2, "new": 3}))
        assert r.variables == {"new": 3}
        assert read_variables(r.definition, r.snapshot.cold(), r.host, at(r, "c")) == {"own": 2, "new": 3}

    def test_of_several_the_one_around_is_named(self, start):
        body = S + user("w") + sub("p", user("a") + user("b") + chain("a", "b")) + chain("s", "w", "p")
        r = start(body)
        modify(r, before("p"), before("p"))
        first, second = sorted(t for t, a in r.active.items() if a.element_id == "p")
        with pytest.raises(InvalidInput, match="runs 2 times"):
            modify(r, before("b"))
        r.snapshot = r.snapshot.cold()
        modify(r, before("b", around=second))
        assert [a.parent for a in r.active.values() if a.element_id == "b"] == [second]
        with pytest.raises(InvalidInput, match="not inside"):
            modify(r, before("w", around=first))

    def test_around_a_scope_the_ones_further_in_are_begun_anew(self, start):
        r = start(self.BODY)
        modify(r, before("b"))
        modify(r, before("c", around=at(r, "p")))
        assert len(r.said(e.ActivityStarted, element_id="p")) == 1
        assert len(r.said(e.ActivityStarted, element_id="q")) == 2

    def test_a_transaction_that_was_begun_inside_can_still_be_cancelled(self, start):
        inner = say("a") + undo("a") + user("b") + '<endEvent id="c"><cancelEventDefinition/></endEvent>'
        body = S + user("w") + f'<transaction id="p">{inner}{chain("a", "b", "c")}</transaction>'
        body += on("x", "p", "<cancelEventDefinition/>") + user("z") + chain("s", "w", "p") + chain("x", "z")
        r = start(body)
        modify(r, c.CancelAt("w"), before("a"))
        r.complete("b")
        assert r.host.trace == ["a", "undo_a"]
        assert r.open_tasks == ["z"]


class TestEventSubprocess:
    @staticmethod
    def body(interrupting: str) -> str:
        begin = f'<startEvent id="es" isInterrupting="{interrupting}">{SIGNAL}</startEvent>'
        return (
            S + user("a") + sub("ev", begin + user("h") + chain("es", "h"), triggeredByEvent="true") + chain("s", "a")
        )

    def test_starting_it_is_its_event(self, start):
        for interrupting, expected in (("true", ["h"]), ("false", ["a", "h"])):
            r = start(self.body(interrupting))
            modify(r, before("ev"))
            assert r.open_tasks == expected

    def test_starting_inside_runs_it_beside_the_rest(self, start):
        r = start(self.body("true"))
        modify(r, before("h"))
        assert r.open_tasks == ["a", "h"]
        assert r.waiting == ["es"]
        r.complete("h")
        r.complete("a")
        r.assert_clean()

    def test_moving_back_out_of_it_lets_it_listen_again(self, start):
        r = start(self.body("true"))
        r.signal()
        assert (r.open_tasks, r.waiting) == (["h"], [])
        modify(r, c.CancelAt("ev"), before("a"))
        assert (r.open_tasks, r.waiting) == (["a"], ["es"])
        r.signal()
        assert r.open_tasks == ["h"]


class TestLoops:
    def test_one_of_several_instances_is_cancelled(self, start):
        r = start(S + user("a", many()) + user("z") + chain("s", "a", "z"), {"xs": [1, 2, 3]})
        modify(r, c.CancelToken(max(r.tasks)))
        assert len(r.tasks) == 2
        r.complete("a")
        r.complete("a")
        assert r.open_tasks == ["z"]

    def test_of_a_sequential_one_the_next_begins(self, start):
        r = start(S + user("a", many(sequential=True)) + user("z") + chain("s", "a", "z"), {"xs": [1, 2]})
        modify(r, c.CancelToken(max(r.tasks)))
        [task] = r.tasks
        assert read_variables(r.definition, r.snapshot.cold(), r.host, task)["x"] == 2
        r.complete("a")
        assert r.open_tasks == ["z"]

    def test_with_the_last_instance_the_whole_goes(self, start):
        r = start(S + user("a", many()) + user("z") + chain("s", "a", "z"), {"xs": [1, 2]})
        modify(r, *[c.CancelToken(token) for token in r.tasks], before("z"))
        assert r.open_tasks == ["z"]
        assert not any(a.element_id == "a" for a in r.active.values())

    def test_a_cancelled_element_comes_with_all_its_rounds(self, start):
        loop = "<standardLoopCharacteristics loopMaximum='3'/>"
        for inside in (many(), loop):
            r = start(S + user("a", inside) + user("z") + chain("s", "a", "z"), {"xs": [1, 2]})
            modify(r, c.CancelAt("a"), before("z"))
            assert r.open_tasks == ["z"]
            r.complete("z")
            r.assert_clean()

    def test_the_last_round_that_is_cancelled_takes_its_loop_along(self, start):
        loop = "<standardLoopCharacteristics loopMaximum='3'/>"
        r = start(S + user("a", loop) + user("z") + chain("s", "a") + chain("s", "z"))
        modify(r, c.CancelToken(r.token(r.tasks, "a")))
        assert r.open_tasks == ["z"]
        assert [a.element_id for a in r.active.values()] == ["z"]

    def test_nothing_can_start_inside_without_an_instance_and_with_several_one_is_named(self, start):
        body = S + user("w") + sub("p", many() + user("a") + user("b") + chain("a", "b")) + chain("s", "w", "p")
        r = start(body, {"xs": [1, 2]})
        with pytest.raises(InvalidInput, match="repeats"):
            modify(r, before("b"))
        r.snapshot = r.snapshot.cold()
        r.complete("w")
        with pytest.raises(InvalidInput, match="runs 2 times"):
            modify(r, before("b"))
        r.snapshot = r.snapshot.cold()
        second = max(t for t, a in r.active.items() if a.element_id == "p")
        modify(r, before("b", around=second))
        assert read_variables(r.definition, r.snapshot.cold(), r.host, at(r, "b"))["x"] == 2

    def test_starting_before_it_begins_all_instances(self, start):
        r = start(S + user("w") + user("a", many()) + chain("s", "w", "a"), {"xs": [1, 2, 3]})
        modify(r, c.CancelAt("w"), before("a"))
        assert r.open_tasks == ["a"] * 3

    def test_in_a_sequential_ad_hoc_subprocess_the_next_one_begins(self, start):
        body = f'<adHocSubProcess id="p" ordering="Sequential">{user("a")}{user("b")}</adHocSubProcess>'
        r = start(S + body + user("z") + chain("s", "p", "z"))
        modify(r, c.CancelAt("a"))
        assert r.open_tasks == ["b"]
        modify(r, c.CancelAt("b"), before("z"))
        assert r.open_tasks == ["z"]


# -- skipping
class TestSkipping:
    @pytest.mark.parametrize(
        "step",
        [
            user("x"),
            service("x"),
            '<receiveTask id="x" messageRef="m"/>',
            f'<intermediateCatchEvent id="x">{MESSAGE}</intermediateCatchEvent>',
            f'<intermediateCatchEvent id="x">{timer("timeDuration", "PT1H")}</intermediateCatchEvent>',
            sub("x", user("i") + service("k") + chain("i", "k")),
            user("x", many()),
            user("x", "<standardLoopCharacteristics loopMaximum='3'/>"),
            script("x", "1 / 0"),
        ],
        ids=["user", "service", "receive", "message", "timer", "subprocess", "instances", "loop", "failed script"],
    )
    def test_it_counts_as_done_with_its_results(self, start, step):
        r = start(S + step + user("z") + chain("s", "x", "z"), {"xs": [1, 2]})
        token = r.token(r.incidents, "x") if r.incidents else at(r, "x")
        r.do(c.SkipStep(token, {"n": 1}, "known already"))
        assert r.open_tasks == ["z"]
        assert (r.open_jobs, r.waiting, r.failed) == ([], [], [])
        assert r.variables == {"xs": [1, 2], "n": 1}
        assert r.count("x") == 1
        assert r.said(e.OperatorActed, action="skip", element_id="x", reason="known already")
        r.complete("z")
        r.assert_clean()

    def test_an_event_behind_a_gateway_happens(self, start):
        events = f'<intermediateCatchEvent id="c1">{MESSAGE}</intermediateCatchEvent>'
        events += f'<intermediateCatchEvent id="c2">{SIGNAL}</intermediateCatchEvent>'
        r = start(
            S + '<eventBasedGateway id="g"/>' + events + user("b") + chain("s", "g", "c1", "b") + chain("g", "c2")
        )
        with pytest.raises(WrongState, match="gateway"):
            r.do(c.SkipStep(at(r, "g")))

    def test_output_parameters_take_what_they_read(self, start):
        out = (
            '<extensionElements><camunda:inputOutput><camunda:outputParameter name="total">${price}'
            "</camunda:outputParameter></camunda:inputOutput></extensionElements>"
        )
        r = start(S + service("x", out) + user("z") + chain("s", "x", "z"))
        r.do(c.SkipStep(at(r, "x"), {"price": 9}))
        assert r.variables == {"total": 9}

    def test_a_skipped_step_can_be_undone(self, start):
        r = start(S + service("x") + undo("x") + user("z") + chain("s", "x", "z"))
        r.do(c.SkipStep(at(r, "x")))
        r.do(c.CompensateNow())
        assert r.host.trace == ["undo_x"]

    def test_one_instance_of_several(self, start):
        r = start(S + service("x", many()) + user("z") + chain("s", "x", "z"), {"xs": [1, 2]})
        r.do(c.SkipStep(max(r.jobs)))
        assert r.open_jobs == ["x"]
        r.finish("x")
        assert r.open_tasks == ["z"]

    def test_a_token_that_waits_at_a_join_is_refused(self, start):
        fork, join = '<parallelGateway id="f"/>', '<parallelGateway id="j"/>'
        r = start(S + fork + user("a") + user("b") + join + chain("s", "f", "a", "j") + chain("f", "b", "j"))
        r.complete("a")
        with pytest.raises(WrongState, match="gateway"):
            r.do(c.SkipStep(at(r, "j")))

    def test_while_suspended_it_waits(self, start):
        r = start(S + service("x") + user("z") + chain("s", "x", "z"))
        r.do(c.SuspendInstance())
        r.do(c.SkipStep(at(r, "x"), {"n": 1}))
        assert (r.open_tasks, r.open_jobs) == ([], [])
        r.do(c.ResumeInstance())
        assert r.open_tasks == ["z"]
        assert r.variables == {"n": 1}

    def test_a_thrower_that_waits_for_a_compensation(self, start):
        throw = '<intermediateThrowEvent id="t"><compensateEventDefinition/></intermediateThrowEvent>'
        r = start(S + say("a") + undo("a", user("h")) + throw + user("z") + chain("s", "a", "t", "z"))
        assert r.open_tasks == ["h"]
        r.do(c.SkipStep(at(r, "t")))
        assert r.open_tasks == ["z"]
        r.complete("z")
        r.assert_clean()


# -- errors and escalations
class TestThrowing:
    @pytest.mark.parametrize(
        "step",
        [
            user("x"),
            service("x"),
            '<receiveTask id="x" messageRef="m"/>',
            sub("x", user("i")),
            user("x", many()),
            script("x", "1 / 0"),
        ],
        ids=["user", "service", "receive", "subprocess", "instances", "incident"],
    )
    def test_an_error_at_any_activity_reaches_its_boundary_event(self, start, step):
        r = start(S + step + on("e1", "x", ERROR) + user("z") + chain("s", "x") + chain("e1", "z"), {"xs": [1, 2]})
        token = r.token(r.incidents, "x") if r.incidents else at(r, "x")
        r.do(c.ThrowErrorAt(token, "E1", "too late", {"n": 1}, "asked for"))
        assert r.open_tasks == ["z"]
        assert (r.open_jobs, r.waiting, r.failed) == ([], [], [])
        assert r.variables["n"] == 1
        assert r.said(e.OperatorActed, action="error", element_id="x")

    def test_an_error_that_nothing_catches_is_refused_and_says_what_can_be(self, start):
        r = start(S + user("x") + on("e1", "x", ERROR) + out("e1") + chain("s", "x"))
        with pytest.raises(InvalidInput, match="It can be: E1"):
            r.do(c.ThrowErrorAt(at(r, "x"), "E9"))

    def test_an_escalation_that_does_not_interrupt_leaves_the_task(self, start):
        body = S + user("x") + on("e1", "x", LATE, interrupting=False) + user("z") + chain("s", "x") + chain("e1", "z")
        r = start(body, extra=ESCALATION)
        r.do(c.ThrowEscalation(at(r, "x"), "late", {"n": 1}))
        assert r.open_tasks == ["x", "z"]
        assert r.variables == {"n": 1}

    def test_an_escalation_that_nothing_catches_is_refused(self, start):
        r = start(TWO)
        with pytest.raises(InvalidInput, match="Nothing around it catches an escalation"):
            r.do(c.ThrowEscalation(at(r, "a"), "late"))

    def test_errors_are_caught_around_activities_only(self, start):
        r = start(S + f'<intermediateCatchEvent id="c">{MESSAGE}</intermediateCatchEvent>' + chain("s", "c"))
        with pytest.raises(WrongState, match="no activity"):
            r.do(c.ThrowErrorAt(at(r, "c"), "E1"))

    def test_what_can_be_caught_is_listed_innermost_first(self, start):
        begin = '<startEvent id="es"><errorEventDefinition errorRef="E2"/></startEvent>'
        event = sub("ev", begin, triggeredByEvent="true", name="Whatever")
        x = user("x") + on("e1", "x", ERROR) + on("l", "x", LATE, interrupting=False) + out("e1", "l")
        body = S + event + sub("p", x) + on("all", "p", ANY_ERROR) + on("e1out", "p", ERROR) + out("all", "e1out")
        body += chain("s", "p")
        r = start(body, extra=ESCALATION)
        found = read_catchable(r.definition, r.snapshot.cold(), r.host, at(r, "x"))
        assert [(f.kind, f.code, f.element_id, f.interrupting) for f in found] == [
            ("error", "E1", "e1", True),
            ("escalation", "late", "l", False),
            ("error", None, "all", True),
        ]
        [e1] = [f for f in found if f.code == "E1"]
        assert e1.name == "E1"
        assert all(f.code != "E2" for f in found)  # the event on the subprocess catches every error before


# -- compensation
class TestCompensating:
    BODY = S + say("a") + undo("a") + say("b") + undo("b") + user("w") + chain("s", "a", "b", "w")

    def test_all_and_one(self, start):
        for activity, undone in ((None, ["undo_b", "undo_a"]), ("a", ["undo_a"])):
            r = start(self.BODY)
            r.do(c.CompensateNow(activity=activity, reason="ordered twice"))
            assert r.host.trace == ["a", "b", *undone]
            assert r.open_tasks == ["w"]
            assert r.said(e.OperatorActed, action="compensate", reason="ordered twice")
            r.complete("w")
            r.assert_clean()

    def test_nothing_twice(self, start):
        r = start(self.BODY)
        r.do(c.CompensateNow())
        with pytest.raises(WrongState, match="nothing to undo"):
            r.do(c.CompensateNow())

    def test_of_a_running_subprocess(self, start):
        r = start(
            S
            + say("o")
            + undo("o")
            + sub("p", say("a") + undo("a") + user("w") + chain("a", "w"))
            + chain("s", "o", "p")
        )
        r.do(c.CompensateNow(scope=at(r, "p")))
        assert r.host.trace == ["o", "a", "undo_a"]
        with pytest.raises(TokenNotWaiting):
            r.do(c.CompensateNow(scope=4711))

    def test_a_cancelled_handler_counts_as_done(self, start):
        r = start(S + say("a") + undo("a") + say("b") + undo("b", user("h")) + user("w") + chain("s", "a", "b", "w"))
        r.do(c.CompensateNow())
        assert r.open_tasks == ["h", "w"]
        modify(r, c.CancelAt("h"))
        assert r.host.trace == ["a", "b", "undo_a"]
        r.complete("w")
        r.assert_clean()

    def test_what_has_completed_in_a_cancelled_subprocess_is_not_undone(self, start):
        r = start(S + sub("p", say("a") + undo("a") + user("x") + chain("a", "x")) + user("w") + chain("s", "p", "w"))
        modify(r, c.CancelAt("p"), before("w"))
        with pytest.raises(WrongState):
            r.do(c.CompensateNow())


# -- a new instance that begins elsewhere
class TestRestart:
    def test_it_begins_where_it_is_told_and_listens(self, start):
        r = start(TestEventSubprocess.body("true"))
        again = Foreseen(r.definition, reload=r.reload, budget=r.budget)
        again.do(c.StartInstance({"n": 1}, business_key="k", instructions=(before("a"),), reason="again"))
        assert (again.open_tasks, again.waiting) == (["a"], ["es"])
        assert again.variables == {"n": 1}
        assert again.said(e.OperatorActed, action="restart", reason="again")

    def test_inside_subprocesses_and_at_several_places(self, start):
        r = start(TestNested.BODY)
        again = Foreseen(r.definition, reload=r.reload, budget=r.budget)
        again.do(c.StartInstance(instructions=(before("b"), before("z"))))
        assert again.open_tasks == ["b", "z"]
        assert len(again.said(e.ActivityStarted, element_id="p")) == 1
        again.complete("b")
        again.complete("c")
        assert again.open_tasks == ["z", "z"]

    def test_a_place_that_does_not_exist(self, start):
        r = start(TWO)
        again = Foreseen(r.definition, reload=r.reload, budget=r.budget)
        with pytest.raises(InvalidInput):
            again.do(c.StartInstance(instructions=(before("nowhere"),)))


# -- what is said before
def told(r: Run, command: c.Command) -> list[str]:
    return [effect.text for effect in preview(r.definition, r.snapshot.cold(), command, r.now, r.host).effects]


class TestPreview:
    def test_a_move_into_a_subprocess(self, start):
        r = start(TestNested.BODY)
        assert told(r, c.ModifyInstance((c.CancelAt("w"), before("c", variables={"n": 1})))) == [
            "The task 'w' is withdrawn.",
            "'p' begins.",
            "The timer 't' is set for 2030-01-01T01:00:00+00:00.",
            "'q' begins.",
            "Variables are written: n.",
            "The task 'c' opens.",
        ]

    def test_many_of_a_kind_are_told_once(self, start):
        r = start(S + user("a", many()) + user("z") + chain("s", "a", "z"), {"xs": [1, 2, 3]})
        assert told(r, c.ModifyInstance((c.CancelAt("a"), before("z")))) == [
            "The task 'a' is withdrawn. (3 times)",
            "What is at 'a' is taken away.",
            "The task 'z' opens.",
        ]

    def test_a_script_is_told_and_not_run(self, start):
        r = start(S + service("j") + say("x") + user("b") + chain("s", "j", "x", "b"))
        assert told(r, c.SkipStep(at(r, "j"))) == [
            "The job of 'j' is withdrawn. If its handler runs already, its result will not count.",
            "A token comes to 'x'.",
            "What 'x' runs in the sandbox will be run; what follows depends on it.",
        ]
        assert r.host.trace == []

    def test_a_loop_without_end_is_told_by_its_first_steps(self, start):
        r = start(S + user("a") + "<task id='l'/>" + chain("s", "a", "l") + flow("l", "l"))
        effects = preview(r.definition, r.snapshot.cold(), c.SkipStep(at(r, "a")), r.now, r.host).effects
        assert effects[-1].kind == "goes-on"
        assert len(effects) < 10

    def test_the_end_and_what_is_sent(self, start):
        end = '<endEvent id="e" name="Over"><messageEventDefinition messageRef="m2"/></endEvent>'
        r = start(S + user("a") + "<task id='t'/>" + end + chain("s", "a", "t", "e"))
        assert told(r, c.SkipStep(at(r, "a"))) == [
            "The task 'a' is closed as completed.",
            "'t' is passed.",
            "'Over' sends the message 'm2'.",
            "'Over' is passed.",
            "The instance is completed.",
        ]

    def test_an_incident_that_would_come_and_one_that_goes(self, start):
        r = start(S + script("x", "1 / 0") + user("b") + chain("s", "x", "b"))
        assert told(r, c.SkipStep(r.token(r.incidents, "x")))[0] == "The incident at 'x' is resolved."
        assert told(r, c.SuspendInstance())[0].startswith("Nothing moves any more")


# -- called processes
CALL = '<callActivity id="call" calledElement="inner"><extensionElements>{}</extensionElements></callActivity>'
PASSED = '<camunda:in variables="all"/><camunda:out source="n" target="n"/>'


@pytest.fixture
def calling(start):
    """The caller has `w`, the call, and `z`; what is called has `a` and `b`."""

    def go(inner: str = S + user("a") + user("b") + chain("s", "a", "b"), around: str = "") -> Run:
        template = start(TWO)
        host = FakeHost(processes={"inner": compiled(inner, key="inner")})
        body = S + user("w") + CALL.format(PASSED) + around + user("z") + chain("s", "w", "call", "z")
        return Foreseen(compiled(body), host, reload=template.reload, budget=template.budget).start({"n": 1})

    return go


class TestCalls:
    def test_moving_inside_a_called_process(self, calling):
        r = calling()
        r.complete("w")
        modify(r, c.CancelAt("a"), before("b", variables={"n": 2}))
        assert r.open_tasks == ["b"]
        r.complete("b")
        assert r.open_tasks == ["z"]
        assert r.variables == {"n": 2}

    def test_of_several_calls_one_is_named(self, calling):
        r = calling()
        modify(r, c.CancelAt("w"), before("call"), before("call"))
        first, second = sorted(t for t, a in r.active.items() if a.element_id == "call")
        with pytest.raises(InvalidInput, match="several called processes"):
            modify(r, before("b"))
        r.snapshot = r.snapshot.cold()
        modify(r, before("b", around=second))
        assert len(r.open_tasks) == 3
        with pytest.raises(InvalidInput, match="no element"):
            modify(r, before("z", around=first))

    def test_cancelling_the_last_token_of_a_called_process_cancels_the_call(self, calling):
        r = calling()
        r.complete("w")
        modify(r, c.CancelAt("a"), before("z"))
        assert r.open_tasks == ["z"]
        assert r.said(e.InstanceEnded, state="cancelled")
        r.complete("z")
        r.assert_clean()

    def test_skipping_a_call_withdraws_what_it_called(self, calling):
        r = calling()
        r.complete("w")
        r.do(c.SkipStep(at(r, "call"), {"n": 5}))
        assert r.open_tasks == ["z"]
        assert len(r.said(e.InstanceEnded)) == 1
        r.complete("z")
        r.assert_clean()

    def test_skipping_a_call_that_found_nothing_to_call(self, calling):
        r = calling()
        r.host.processes.clear()
        r.complete("w")
        assert r.failed == ["call"]
        r.do(c.SkipStep(r.token(r.incidents, "call"), {"n": 5}))
        assert r.open_tasks == ["z"]
        assert r.variables == {"n": 5}

    def test_an_error_is_thrown_at_a_call_and_out_of_it(self, calling):
        for where in ("call", "a"):
            r = calling(around=on("e1", "call", ERROR) + user("h") + chain("e1", "h"))
            r.complete("w")
            assert [f.code for f in read_catchable(r.definition, r.snapshot.cold(), r.host, at(r, where))] == ["E1"]
            r.do(c.ThrowErrorAt(at(r, where), "E1"))
            assert r.open_tasks == ["h"]

    def test_variables_of_a_called_process(self, calling):
        r = calling()
        r.complete("w")
        call = at(r, "call")
        r.do(c.ChangeVariables({"x": 1}, call, ("n",), "why"))
        assert read_variables(r.definition, r.snapshot.cold(), r.host, call) == {"x": 1}
        assert r.variables == {"n": 1}

    def test_what_is_told_names_elements_of_the_called_process(self, calling):
        r = calling('<startEvent id="s"/><userTask id="a" name="Ask"/>' + chain("s", "a"))
        assert told(r, c.ModifyInstance((c.CancelAt("w"), before("call")))) == [
            "The task 'w' is withdrawn.",
            "'call' begins.",
            "Variables are written: n.",
            "'s' is passed.",
            "The task 'Ask' opens.",
        ]

    def test_compensating_now_inside_a_call(self, calling):
        r = calling(S + say("a") + undo("a") + user("b") + chain("s", "a", "b"))
        r.complete("w")
        r.do(c.CompensateNow(scope=at(r, "call")))
        assert r.host.trace == ["a", "undo_a"]
        assert r.open_tasks == ["b"]
