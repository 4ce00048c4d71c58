"""An instance that goes to another version is where one would be that had started in it."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import pytest
from tests.engine.harness import (
    COMPENSATE,
    MESSAGE,
    NOW,
    SIGNAL,
    FakeHost,
    Run,
    chain,
    compiled,
    flow,
    on,
    say,
    service,
    timer,
    undo,
)
from tests.engine.test_random_processes import DECLARED, Generator

from stellwerk.engine import Definition, Fate, Snapshot, dry_run, plan
from stellwerk.engine import commands as c
from stellwerk.engine import events as e
from stellwerk.engine.snapshot import read_document
from stellwerk.errors import InvalidInput, MigrationRefused, WrongState

START = '<startEvent id="s"/>'
USER = '<userTask id="a" name="A"/>'
END = '<endEvent id="z"/>'
Mapped = Mapping[str, "str | None"]


def version(body: str) -> Definition:
    return compiled(body, DECLARED)


def started(body: str, **variables: object) -> Run:
    return Run(version(body), reload=True).start(variables)


def fates(r: Run, new: Definition, mapping: Mapped | None = None, **options: bool) -> list[tuple[str, str | None, str]]:
    """(element, what becomes of it, and so on) of a dry run, which changes nothing."""
    before = dict(r.snapshot.parts)
    told = _dry(r, new, mapping, **options)
    assert dict(r.snapshot.parts) == before
    return [(f.source or f.target or "", f.kind, f.becomes) for f in told]


def _dry(r: Run, new: Definition, mapping: Mapped | None = None, **options: bool) -> tuple[Fate, ...]:
    command = c.MigrateInstance(new, "v2", "v1", mapping or {}, **options)
    return dry_run(r.definition, r.snapshot, command, r.now, r.host)


def migrated(r: Run, body: str, mapping: Mapped | None = None, **options: bool) -> Run:
    """The same instance under the other version; what was said before is in its log."""
    new = version(body)
    told = _dry(r, new, mapping, **options)
    assert [fate.message for fate in told if fate.becomes == "refused"] == []
    r.do(c.MigrateInstance(new, "v2", "v1", mapping or {}, **options))
    r.definition = new
    return r


def refused(r: Run, body: str, mapping: Mapped | None = None, **options: bool) -> list[str]:
    """What is told when the instance cannot go there; nothing has changed."""
    new = version(body)
    told = [fate.message for fate in _dry(r, new, mapping, **options) if fate.becomes == "refused"]
    with pytest.raises(MigrationRefused) as error:
        r.do(c.MigrateInstance(new, "v2", "v1", mapping or {}, **options))
    assert list(error.value.reasons) == told
    r.snapshot = Snapshot(dict(r.stored))
    return told


# -- the same behaviour, for processes of every structure
SEEDS = 40


def _process(seed: int, rename: bool = False) -> tuple[Definition, Counter[str]]:
    """`rename`: every id is another one, also of flows; what scripts say stays."""
    generator = Generator(seed, calls=False)
    block = generator.block(generator.random.randint(2, 4))
    ends = chain("s", block.first) + chain(block.last, "last")
    xml = f'<startEvent id="s"/>{block.xml}{say("last")}{ends}'
    if rename:
        said = r'\b(id|sourceRef|targetRef|attachedToRef|default)="(\w+)"'
        xml = re.sub(said, lambda m: f'{m[1]}="{m[2]}_2"', xml)
    return version(xml), block.counts + Counter({"last": 1})


def _open(r: Run) -> list[tuple[int, bool]]:
    return sorted([(token, True) for token in r.tasks] + [(token, False) for token in r.jobs])


def _step(r: Run, which: tuple[int, bool]) -> None:
    token, is_task = which
    if is_task:
        r.do(c.CompleteTask(token))
    else:
        del r.jobs[token]
        r.do(c.FinishJob(token))


def _documents(r: Run) -> dict[str, object]:
    return {n: d if n.startswith("v.") else read_document(d) for n, d in r.stored.items()}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_migration_to_the_same_version_changes_nothing(seed):
    definition, expected = _process(seed)
    plain, moved = (Run(definition, reload=reload).start() for reload in (True, bool(seed % 2)))
    choose = random.Random(seed)
    while plain.end is None:
        moved.do(c.MigrateInstance(definition, "v1"))
        assert _documents(moved) == _documents(plain)
        which = choose.choice(_open(plain))
        _step(plain, which)
        _step(moved, which)
    log = [event for event in moved.log if not isinstance(event, e.InstanceMigrated)]
    assert log == plain.log
    assert moved.host.trace == plain.host.trace
    assert moved.completed
    moved.assert_clean()
    assert {k: moved.count(k) for k in expected if not k.startswith(("undo", "a"))}  # the structure is not empty


@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_a_migration_an_instance_is_like_one_that_began_in_the_new_version(seed):
    """Every id has changed. At each wait state one instance moves on, and goes on as the one from the new version."""
    old, _ = _process(seed)
    new, _ = _process(seed, rename=True)
    mapping = {id: f"{id}_2" for id in old.elements}
    steps: list[tuple[int, bool]] = []
    for at in range(4):
        choose = random.Random(seed)
        native, moved = Run(new, reload=True).start(), Run(old, reload=True).start()
        while native.end is None:
            if len(steps) == at:
                moved.do(c.MigrateInstance(new, "v2", "v1", mapping))
                moved.definition = new
                assert _documents(moved) == _documents(native)
                mark = len(native.log), len(moved.log)
            which = choose.choice(_open(native))
            steps.append(which)
            _step(native, which)
            _step(moved, which)
        if len(steps) <= at:
            break
        assert moved.log[mark[1] :] == native.log[mark[0] :]
        assert moved.host.trace == native.host.trace
        moved.assert_clean()
        steps.clear()


# -- the mapping
def test_elements_are_mapped_by_id_then_by_kind_and_name():
    old = version(f'{START}{USER}<userTask id="b" name="B"/><userTask id="d" name="D"/>{chain("s", "a", "b", "d")}')
    new = version(
        f'{START}{USER}<userTask id="b2" name="B"/><userTask id="d2" name="D"/><userTask id="d3" name="D"/>'
        f"{chain('s', 'a', 'b2', 'd2', 'd3')}"
    )
    found = {p.source.id: (p.target.id if p.target else None, p.how) for p in plan(old, new).pairings}
    assert found == {"s": ("s", "id"), "a": ("a", "id"), "b": ("b2", "name"), "d": (None, "")}
    assert plan(old, new, {"d": "d3", "a": None}).mapping == {"s": "s", "b": "b2", "d": "d3"}


def test_another_kind_is_no_counterpart():
    old, new = version(f"{START}{USER}{chain('s', 'a')}"), version(f"{START}{service('a')}{chain('s', 'a')}")
    assert plan(old, new).problems == {"a": "'A' is a user task and 'a' is a service task."}
    with pytest.raises(InvalidInput) as error:
        plan(old, new, {"a": "a", "nope": "a", "s": "nope"})
    assert [(one.path, one.rule) for one in error.value.errors] == [
        ("mapping.a", "kind"),
        ("mapping.nope", "exists"),
        ("mapping.s", "exists"),
    ]


def test_two_boundary_events_cannot_become_one():
    two = on("b1", "a", MESSAGE) + on("b2", "a", MESSAGE.replace('"m"', '"m2"'))
    old = version(f"{START}{USER}{two}{END}{chain('s', 'a', 'z')}{flow('b1', 'z')}{flow('b2', 'z')}")
    with pytest.raises(InvalidInput):
        plan(old, old, {"b1": "b1", "b2": "b1"})


# -- people and programs
def test_a_task_keeps_its_number_and_changes_name_and_form():
    r = started(f'{START}<userTask id="a" name="A" camunda:formKey="f1" camunda:assignee="ann"/>{chain("s", "a")}')
    number = r.token(r.tasks, "a")
    new = f'{START}<userTask id="b" name="B" camunda:formKey="f2"/>{say("x")}{chain("s", "b", "x")}'
    migrated(r, new, {"a": "b"})
    assert r.said(e.TokenMoved) == [e.TokenMoved(number, "b", "a", "userTask", "B", 0)]
    assert r.said(e.TaskChanged) == [e.TaskChanged(number, "B", "f2", None, "")]
    assert not r.said(e.TaskClosed)
    r.do(c.CompleteTask(number))
    assert r.host.trace == ["x"]
    assert r.said(e.ActivityEnded, token=number)[0].element_id == "b"
    assert r.completed


def test_a_token_without_a_counterpart_is_refused():
    r = started(f"{START}{USER}{chain('s', 'a')}")
    [reason] = refused(r, f'{START}<userTask id="b"/>{chain("s", "b")}')
    assert reason == (
        "The task at 'a' cannot be migrated. The new version has no counterpart of 'A'. "
        "Map it to another element, or let the instance go on first."
    )
    r.complete("a")
    assert r.completed


def test_a_job_is_kept_unless_its_topic_is_another_one():
    r = started(f"{START}{service('j')}{chain('s', 'j')}")
    new = f"{START}{service('j', resultVariable='r')}{chain('s', 'j')}"
    migrated(r, new)
    assert not r.said(e.JobWithdrawn)
    r.finish("j", 7)
    assert r.variables == {"r": 7}

    r = started(f"{START}{service('j')}{chain('s', 'j')}")
    other = new.replace('topic="work"', 'topic="other"')
    assert fates(r, version(other)) == [("j", "job", "anew")]
    migrated(r, other)
    assert [job.topic for job in r.jobs.values()] == ["other"]
    r.finish("j", 7)
    assert r.completed


def test_an_incident_is_repaired_by_a_better_version():
    broken = f'{START}<scriptTask id="x"><script>1 / 0</script></scriptTask>{chain("s", "x")}'
    r = started(broken)
    assert fates(r, version(broken)) == [("x", "incident", "kept")]
    migrated(r, f"{START}{say('x')}{chain('s', 'x')}")
    assert r.failed == ["x"]
    r.retry("x")
    assert r.host.trace == ["x"]
    assert r.completed


# -- events
def test_a_timer_keeps_its_time_unless_told_otherwise():
    def body(text: str) -> str:
        waits = f'<intermediateCatchEvent id="t">{timer("timeDuration", text)}</intermediateCatchEvent>'
        return f"{START}{waits}{chain('s', 't')}"

    r = started(body("PT1H"))
    migrated(r, body("PT5M"))
    assert [t.due for t in r.timers.values()] == [NOW + timedelta(hours=1)]
    r.now += timedelta(minutes=1)
    assert fates(r, version(body("PT5M")), update_timers=True) == [("t", "timer", "anew")]
    migrated(r, body("PT5M"), update_timers=True)
    assert [t.due for t in r.timers.values()] == [NOW + timedelta(minutes=6)]
    r.fire("t")
    assert r.completed


def test_a_cycle_becomes_a_single_timer():
    def body(kind: str, text: str) -> str:
        return f"{START}{USER}{on('b', 'a', timer(kind, text), False)}{say('x')}{flow('s', 'a')}{flow('b', 'x')}"

    r = started(body("timeCycle", "R3/PT1H"))
    migrated(r, body("timeDuration", "PT2H"), update_timers=True)
    r.fire("b")
    assert not r.timers
    assert r.host.trace == ["x"]


def test_a_timer_that_cannot_be_set_refuses():
    r = started(f"{START}{USER}{chain('s', 'a')}")
    later = f"{START}{USER}{on('b', 'a', timer('timeDuration', 'wait'))}{END}{chain('s', 'a')}{flow('b', 'z')}"
    [reason] = refused(r, later)
    assert reason.startswith("The token at 'b' cannot be migrated.")
    r.complete("a")
    assert r.completed


def test_a_message_is_waited_for_under_its_new_name():
    def body(name: str) -> str:
        return f'{START}<receiveTask id="t" messageRef="{name}"/>{chain("s", "t")}'

    r = started(body("m"))
    assert fates(r, version(body("m2"))) == [("t", "subscription", "renamed")]
    migrated(r, body("m2"))
    assert [s.name for s in r.subscriptions.values()] == ["m2"]
    r.message("t", "m2")
    assert r.completed


def test_boundary_events_come_and_go_with_the_running_activity():
    r = started(f"{START}{USER}{on('b1', 'a', MESSAGE)}{END}{chain('s', 'a', 'z')}{flow('b1', 'z')}")
    new = f"{START}{USER}{on('b2', 'a', SIGNAL)}{END}{chain('s', 'a', 'z')}{flow('b2', 'z')}"
    assert fates(r, version(new)) == [
        ("a", "task", "kept"),
        ("b1", "subscription", "closed"),
        ("b2", "subscription", "opened"),
    ]
    migrated(r, new)
    assert r.waiting == ["b2"]
    r.signal()
    assert r.completed
    r.assert_clean()


def test_a_boundary_event_that_has_happened_does_not_begin_again():
    body = (
        f"{START}{USER}{on('b', 'a', timer('timeDuration', 'PT1H'), False)}{say('x')}{flow('s', 'a')}{flow('b', 'x')}"
    )
    r = started(body)
    r.fire("b")
    migrated(r, body)
    assert not r.timers


def test_a_boundary_event_moves_with_its_activity_to_another_one():
    def body(n: int) -> str:
        return (
            f'{START}<userTask id="a{n}"/>{on(f"b{n}", f"a{n}", MESSAGE)}{say("x")}'
            f"{chain('s', f'a{n}')}{flow(f'b{n}', 'x')}"
        )

    r = started(body(1))
    migrated(r, body(2), {"a1": "a2", "b1": "b2"})
    assert r.said(e.TokenMoved)[1].before == "b1"
    token = next(iter(r.subscriptions))
    r.do(c.DeliverMessage(token, "m"))
    assert r.host.trace == ["x"]
    assert r.completed


def test_event_subprocesses_begin_and_end_to_listen():
    def inner(name: str, definition: str) -> str:
        return (
            f'<subProcess id="{name}" triggeredByEvent="true"><startEvent id="{name}s" isInterrupting="false">'
            f"{definition}</startEvent>{say(f'in_{name}')}{chain(f'{name}s', f'in_{name}')}</subProcess>"
        )

    r = started(f"{START}{USER}{inner('e1', MESSAGE)}{chain('s', 'a')}")
    migrated(r, f"{START}{USER}{inner('e2', SIGNAL)}{chain('s', 'a')}")
    assert r.waiting == ["e2s"]
    r.signal()
    assert r.host.trace == ["in_e2"]
    migrated(r, f"{START}{USER}{inner('e3', SIGNAL)}{chain('s', 'a')}", {"e2": "e3"})
    r.do(c.BroadcastSignal("g", tuple(r.subscriptions)))
    assert r.host.trace == ["in_e2", "in_e3"]
    r.complete("a")
    r.assert_clean()


def test_an_interrupted_scope_listens_to_nothing_new():
    def inner(name: str) -> str:
        return (
            f'<subProcess id="{name}" triggeredByEvent="true"><startEvent id="{name}s">'
            f'{MESSAGE if name == "e1" else SIGNAL}</startEvent><userTask id="u{name}"/>'
            f"{chain(f'{name}s', f'u{name}')}</subProcess>"
        )

    r = started(f"{START}{USER}{inner('e1')}{chain('s', 'a')}")
    r.message("e1s")
    migrated(r, f"{START}{USER}{inner('e1')}{inner('e2')}{chain('s', 'a')}")
    assert r.waiting == []
    r.complete("ue1")
    r.assert_clean()


def test_a_condition_that_is_new_happens_at_once_if_it_is_true():
    condition = "<conditionalEventDefinition><condition>n &gt; 1</condition></conditionalEventDefinition>"
    r = started(f"{START}{USER}{chain('s', 'a')}", n=2)
    migrated(r, f"{START}{USER}{on('b', 'a', condition)}{say('x')}{chain('s', 'a')}{flow('b', 'x')}")
    assert r.host.trace == ["x"]
    assert r.completed


def test_a_kept_condition_is_looked_at_when_it_reads_otherwise():
    def body(text: str) -> str:
        condition = f"<conditionalEventDefinition><condition>{text}</condition></conditionalEventDefinition>"
        return f"{START}{USER}{on('b', 'a', condition)}{say('x')}{chain('s', 'a')}{flow('b', 'x')}"

    r = started(body("n &gt; 5"), n=2)
    migrated(r, body("n &gt; 1"))
    assert r.host.trace == ["x"]


def test_events_behind_a_gateway_come_and_go():
    def body(*events: tuple[str, str]) -> str:
        caught = "".join(f'<intermediateCatchEvent id="{id}">{what}</intermediateCatchEvent>' for id, what in events)
        flows = "".join(flow("g", id) + flow(id, "z") for id, _ in events)
        return f'{START}<eventBasedGateway id="g"/>{caught}{END}{flow("s", "g")}{flows}'

    hour = timer("timeDuration", "PT1H")
    r = started(body(("m1", MESSAGE), ("t", hour)))
    new = body(("t", hour), ("g1", SIGNAL))
    migrated(r, new)
    assert r.waiting == ["g1", "t"]
    r.signal()
    assert r.count("g1") == 1
    assert r.completed
    r.assert_clean()


# -- joins
def _fork(branches: str, tag: str = "parallelGateway") -> str:
    tasks = "".join(f'<userTask id="{id}"/>' for id in branches)
    flows = "".join(flow("g", id, id=f"to_{id}") + flow(id, "j", id=f"from_{id}") for id in branches)
    return f'{START}<{tag} id="g"/>{tasks}<{tag} id="j"/>{END}{flow("s", "g")}{flows}{flow("j", "z")}'


@pytest.mark.parametrize("tag", ["parallelGateway", "inclusiveGateway"])
def test_a_join_that_has_all_its_tokens_now_lets_them_pass(tag):
    r = started(_fork("abc", tag))
    r.complete("a")
    r.complete("b")
    [reason] = refused(r, _fork("ab", tag))  # the task c is open
    assert "'c'" in reason
    r = migrated(started(_fork("abc", tag)), _fork("abcd", tag))
    for id in "abc":
        r.complete(id)
    assert r.end is None if tag == "parallelGateway" else r.completed  # no token will ever come from d


def test_a_flow_less_lets_a_parallel_join_pass():
    r = started(_fork("abc"))
    r.complete("a")
    r.complete("b")
    direct = _fork("ab") + '<userTask id="c"/>' + flow("g", "c")
    migrated(r, direct)
    assert r.open_tasks == ["c"]
    assert r.count("j") == 1
    r.complete("c")
    assert r.completed
    r.assert_clean()


def test_the_flow_of_a_waiting_token_must_have_a_counterpart():
    r = started(_fork("ab"))
    r.complete("a")
    other = '<userTask id="x"/>' + flow("g", "x") + flow("x", "j")
    moved = _fork("b").replace(END, END + other + '<userTask id="a"/>' + flow("g", "a"))
    [reason] = refused(r, moved)
    assert "flow 'from_a'" in reason
    renamed = _fork("ab").replace("from_a", "otherwise")
    migrated(r, renamed)  # the same source, so the flow is known
    r.complete("b")
    assert r.completed


# -- scopes
def _sub(id: str, inside: str, more: str = "") -> str:
    return f'<subProcess id="{id}"><startEvent id="s{id}"/>{inside}{more}</subProcess>'


def test_a_new_subprocess_begins_around_the_tokens_that_go_into_it():
    r = started(f'{START}{USER}{service("j")}<parallelGateway id="g"/>{chain("s", "g", "a")}{flow("g", "j")}')
    task = r.token(r.tasks, "a")
    listener = (
        f'<subProcess id="e" triggeredByEvent="true"><startEvent id="es">{SIGNAL}</startEvent>{say("x")}'
        f"{chain('es', 'x')}</subProcess>"
    )
    inside = f'{USER}{service("j")}{listener}<parallelGateway id="g"/>{chain("sp", "g", "a")}{flow("g", "j")}'
    new = f"{START}{_sub('p', inside)}{on('b', 'p', MESSAGE)}{END}{chain('s', 'p')}{flow('b', 'z')}"
    assert ("p", "scope", "begun") in fates(r, version(new))
    migrated(r, new)
    assert r.waiting == ["b", "es"]
    [host] = [a for a in r.active.values() if a.element_id == "p"]
    assert {m.token: m.parent for m in r.said(e.TokenMoved)} == {token: host.token for token in (*r.tasks, *r.jobs)}
    r.complete("a")
    assert r.token(r.jobs, "j") > task
    r.finish("j")
    assert r.completed
    r.assert_clean()


def test_a_boundary_event_of_a_new_subprocess_withdraws_what_is_inside():
    r = started(f"{START}{USER}{chain('s', 'a')}")
    inside = _sub("q", _sub("p", USER, chain("sp", "a")), chain("sq", "p"))
    migrated(r, f"{START}{inside}{on('b', 'q', MESSAGE)}{say('x')}{chain('s', 'q')}{flow('b', 'x')}")
    r.message("b")
    assert r.host.trace == ["x"]
    r.assert_clean()


def test_a_subprocess_without_a_counterpart_ends_around_its_tokens():
    inside = _sub("p", f'{USER}<userTask id="b"/><parallelGateway id="g"/>', chain("sp", "g", "a") + flow("g", "b"))
    r = started(f"{START}{inside}{on('t', 'p', MESSAGE)}{END}{chain('s', 'p', 'z')}{flow('t', 'z')}")
    new = (
        f'{START}{USER}<userTask id="b"/><parallelGateway id="g"/>{say("x")}{chain("s", "g", "a", "x")}{flow("g", "b")}'
    )
    assert fates(r, version(new))[:2] == [("p", "scope", "left"), ("t", "subscription", "closed")]
    migrated(r, new)
    assert r.waiting == []
    assert [m.parent for m in r.said(e.TokenMoved)] == [0, 0]
    r.complete("a")
    r.complete("b")
    assert r.host.trace == ["x"]
    assert r.completed
    r.assert_clean()


def test_a_subprocess_can_take_the_place_of_another():
    def body(name: str) -> str:
        return f"{START}{_sub(name, USER, chain(f's{name}', 'a'))}{chain('s', name)}"

    r = migrated(started(body("p")), body("q"))
    assert r.said(e.ActivityEnded, element_id="p")[0].reason == "migrated"
    r.complete("a")
    assert r.completed
    r.assert_clean()


def test_a_token_does_not_leave_a_subprocess_that_goes_on():
    inside = _sub("p", f'{USER}<userTask id="b"/><parallelGateway id="g"/>', chain("sp", "g", "a") + flow("g", "b"))
    r = started(f"{START}{inside}{chain('s', 'p')}")
    other = _sub("p", '<userTask id="b"/>', chain("sp", "b"))
    out = f"{START}{other}{USER}{chain('s', 'p', 'a')}"
    [reason] = refused(r, out)
    assert reason.startswith("The task at 'a' cannot be migrated. 'A' is not inside of 'p'")


def test_no_loop_begins_around_a_token():
    r = started(f"{START}{USER}{chain('s', 'a')}")
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    new = f"{START}{_sub('p', USER + loop, chain('sp', 'a'))}{chain('s', 'p')}"
    [reason] = refused(r, new.replace(USER + loop, USER).replace('id="p">', f'id="p">{loop}'))
    assert "only a plain subprocess or a transaction can" in reason


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_instances_of_a_multi_instance_go_to_the_same_kind_only(sequential):
    def body(name: str, flag: str, inside: str = "") -> str:
        marker = (
            f'<multiInstanceLoopCharacteristics isSequential="{flag}"><loopCardinality>3</loopCardinality>{inside}'
            "</multiInstanceLoopCharacteristics>"
        )
        return f'{START}<userTask id="{name}">{marker}</userTask>{say("x")}{chain("s", name, "x")}'

    r = started(body("a", sequential))
    r.complete("a")
    other = "false" if sequential == "true" else "true"
    assert refused(r, body("a", other))[0].startswith(
        "The running activity at 'a' cannot be migrated. The instances of"
    )
    enough = "<completionCondition>nrOfCompletedInstances == 2</completionCondition>"
    migrated(r, body("b", sequential, enough), {"a": "b"})
    r.do(c.CompleteTask(min(r.tasks)))
    assert r.host.trace == ["x"]
    assert r.completed
    r.assert_clean()


# -- compensation
def _undoable(n: str = "", wait: str = "w", extra: str = "") -> str:
    end = f'<endEvent id="z">{COMPENSATE}</endEvent>'
    return f'{START}{say(f"a{n}")}{undo(f"a{n}")}<userTask id="{wait}"/>{extra}{end}{chain("s", f"a{n}", wait, "z")}'


def test_what_can_be_undone_is_undone_by_the_handler_of_the_new_version():
    r = started(_undoable())
    assert fates(r, version(_undoable("2")), {"a": "a2"})[-1] == ("a", "record", "moved")
    migrated(r, _undoable("2"), {"a": "a2"})
    r.complete("w")
    assert r.host.trace == ["a", "undo_a2"]
    assert r.completed


def test_a_handler_that_is_gone_refuses():
    r = started(_undoable())
    [reason] = refused(r, f'{START}{say("a")}<userTask id="w"/>{END}{chain("s", "a", "w", "z")}')
    assert reason.startswith("What can be undone at 'a' cannot be migrated.")
    r.complete("w")
    assert r.host.trace == ["a", "undo_a"]


def test_handlers_that_run_go_on():
    handler = '<userTask id="h{}"/>'

    def body(n: str) -> str:
        end = f'<endEvent id="z">{COMPENSATE}</endEvent>'
        return f"{START}{say('a')}{undo('a', handler.format(n))}{end}{chain('s', 'a', 'z')}"

    r = started(body(""))
    migrated(r, body("2"), {"h": "h2"})
    r.do(c.CompleteTask(min(r.tasks)))
    assert r.completed
    r.assert_clean()


def test_a_completed_subprocess_keeps_what_can_be_undone_inside():
    def body(n: str) -> str:
        inside = say(f"a{n}") + undo(f"a{n}")
        end = f'<endEvent id="z">{COMPENSATE}</endEvent>'
        return (
            f"{START}{_sub(f'p{n}', inside, chain(f'sp{n}', f'a{n}'))}"
            f'<userTask id="w"/>{end}{chain("s", f"p{n}", "w", "z")}'
        )

    r = migrated(started(body("")), body("2"), {"p": "p2", "a": "a2", "sp": "sp2"})
    r.complete("w")
    assert r.host.trace == ["a", "undo_a2"]
    assert r.completed
    r.assert_clean()


# -- when
def test_an_instance_that_has_ended_is_not_migrated():
    r = started(f"{START}{say('x')}{chain('s', 'x')}")
    with pytest.raises(WrongState):
        r.do(c.MigrateInstance(r.definition))
    with pytest.raises(WrongState):
        dry_run(r.definition, r.snapshot, c.MigrateInstance(r.definition), NOW, FakeHost())


# -- called processes
def _calling() -> Run:
    """A process that has called another one, which waits at its task `u`."""
    inner = compiled(f'{START}<userTask id="u"/>{say("x")}{chain("s", "u", "x")}', key="inner")
    call = f'<callActivity id="c" calledElement="inner"/>{say("y")}{chain("s", "c", "y")}'
    return Run(version(START + call), FakeHost(processes={"inner": inner}), reload=True).start()


def test_a_called_process_goes_on_as_it_is_when_its_caller_is_migrated():
    r = _calling()
    new = f'{START}<callActivity id="c2" calledElement="other"/>{on("b", "c2", MESSAGE)}{say("y2")}'
    assert fates(r, version(f"{new}{chain('s', 'c2', 'y2')}{flow('b', 'y2')}"), {"c": "c2"}) == [
        ("c", "scope", "moved"),
        ("b", "subscription", "opened"),
    ]
    migrated(r, f"{new}{chain('s', 'c2', 'y2')}{flow('b', 'y2')}", {"c": "c2"})
    r.complete("u")
    assert r.host.trace == ["x", "y2"]
    assert r.completed
    r.assert_clean()


def test_a_called_process_is_migrated_in_the_tree_of_its_caller():
    r = _calling()
    listener = (
        f'<subProcess id="e" triggeredByEvent="true"><startEvent id="es" isInterrupting="false">{SIGNAL}</startEvent>'
        f"{say('z')}{chain('es', 'z')}</subProcess>"
    )
    body = f'{START}<userTask id="u2"/>{say("x2")}{listener}{chain("s", "u2", "x2")}'
    new = r.host.processes["inner2"] = compiled(body, key="inner")
    [call] = r.calls
    command = c.MigrateInstance(new, "inner2", "inner", {"u": "u2"}, call=call)
    told = dry_run(r.definition, r.snapshot, command, r.now, r.host)
    assert [(f.source or f.target, f.becomes) for f in told] == [("u", "moved"), ("es", "opened")]
    del r.calls_of_log[:], r.log[:]
    outcome = r.do(command)
    assert set(outcome.calls) == {call}
    r.signal()
    r.do(c.CompleteTask(min(r.tasks)))
    assert r.host.trace == ["z", "x2", "y"]
    assert r.completed
    r.assert_clean()


def test_a_called_process_that_has_ended_is_not_migrated():
    r = _calling()
    [call] = r.calls
    new = r.host.processes["inner"]
    r.complete("u")
    with pytest.raises(WrongState):
        dry_run(r.definition, r.snapshot, c.MigrateInstance(new, "inner", call=call), r.now, r.host)


def test_an_undone_call_is_reopened_under_its_own_definition():
    end = f'<endEvent id="z">{COMPENSATE}</endEvent>'

    def body(n: str) -> str:
        return (
            f'{START}<callActivity id="c{n}" calledElement="inner"/><userTask id="w"/>{end}'
            f"{chain('s', f'c{n}', 'w', 'z')}"
        )

    inner = compiled(f"{START}{say('x')}{undo('x')}{chain('s', 'x')}", key="inner")
    r = Run(version(body("")), FakeHost(processes={"inner": inner}), reload=True).start()
    migrated(r, body("2"), {"c": "c2"})
    r.complete("w")
    assert r.host.trace == ["x", "undo_x"]
    assert r.completed
    r.assert_clean()


# -- gateways and quantities that have begun to count
def _complex(n: str, needed: int = 1) -> str:
    enough = f'<activationCondition xsi:type="tFormalExpression">activationCount == {needed}</activationCondition>'
    flows = "".join(flow("g", id) + flow(id, "j", id=f"from_{id}{n}") for id in "abc")
    tasks = "".join(f'<userTask id="{id}"/>' for id in "abc")
    gateway = f'<complexGateway id="j">{enough}</complexGateway>'
    return f'{START}<parallelGateway id="g"/>{tasks}{gateway}{say("x")}{flow("s", "g")}{flows}{flow("j", "x")}'


def test_a_complex_gateway_waits_for_its_reset_on_the_same_flows():
    r = started(_complex(""))
    r.complete("a")
    migrated(r, _complex("2"))
    r.complete("b")
    assert r.host.trace == ["x"]  # it is consumed: the gateway has passed already
    r.complete("c")
    assert r.host.trace == ["x"]
    assert r.completed
    r.assert_clean()


def test_a_complex_gateway_passes_when_the_new_condition_is_true():
    r = started(_complex("", needed=3))
    r.complete("a")
    r.complete("b")
    migrated(r, _complex("", needed=2))
    assert r.host.trace == ["x"]
    r.complete("c")
    assert r.completed


def test_a_smaller_quantity_lets_an_activity_begin():
    def body(quantity: int) -> str:
        return (
            f'{START}<parallelGateway id="g"/><userTask id="a"/><userTask id="b"/>'
            f'<userTask id="w" startQuantity="{quantity}"/>{chain("s", "g", "a", "w")}{chain("g", "b", "w")}'
        )

    r = started(body(2))
    r.complete("a")
    assert r.open_tasks == ["b"]
    migrated(r, body(1))
    assert r.open_tasks == ["b", "w"]


def test_a_suspended_instance_is_migrated_and_stays_suspended():
    r = started(_fork("abc"))
    r.complete("a")
    r.complete("b")
    r.do(c.SuspendInstance())
    migrated(r, _fork("ab") + '<userTask id="c"/>' + flow("g", "c"))
    assert r.count("j") == 0  # it may pass, and does so when the instance is resumed
    r.do(c.ResumeInstance())
    assert r.count("j") == 1
    r.complete("c")
    assert r.completed
    r.assert_clean()
