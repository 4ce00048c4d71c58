"""Random structured processes go to another version anywhere on their way, and end as if they had begun there.

What a run did is done again, with a migration in between: also between two elements, and in every state that an
activity, event, loop, scope or compensation can be in.
"""

from __future__ import annotations

import re
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from tests.engine.harness import Run
from tests.engine.properties.conformance import Follower, RunsForEver, definition_of, hand_back, same
from tests.engine.properties.render import bpmn
from tests.engine.properties.strategies import processes
from tests.engine.test_properties import profile, work_off

from stellwerk.engine import Budget, Definition, compile_bpmn
from stellwerk.engine import commands as c
from stellwerk.engine import events as e
from stellwerk.engine.snapshot import read_document

REFERENCES = "id|sourceRef|targetRef|attachedToRef|default|activityRef|associationRef"
TOLD_ASIDE = (e.InstanceMigrated, e.ContinueRequested)


def followed(process: Any, data: st.DataObject) -> Follower:
    follower = Follower(process)
    try:
        follower.start()
        work_off(follower, data)
    except RunsForEver:
        assume(False)
    return follower


def renamed(process: Any) -> tuple[Definition, dict[str, str]]:
    """The same process with another id for each node and flow, and which is which."""
    text, old = bpmn(process).decode(), definition_of(process)
    flows = set(re.findall(r'<sequenceFlow[^>]* id="([^"]+)"', text))
    names = {*old.elements, *flows}
    text = re.sub(rf'\b({REFERENCES})="([^"]+)"', lambda m: f'{m[1]}="{m[2]}{"_2" if m[2] in names else ""}"', text)
    result = compile_bpmn(text.encode(), filename="process.bpmn")
    assert not result.errors, [f"{p.rule}: {p.message}" for p in result.errors]
    return result.definitions[0], {id: f"{id}_2" for id in old.elements}


def documents(run: Run) -> dict[str, Any]:
    return {n: d if n.startswith("v.") else read_document(d) for n, d in run.stored.items()}


def told(run: Run, since: int = 0) -> list[e.Event]:
    return [event for event in run.log[since:] if not isinstance(event, TOLD_ASIDE)]


@profile(120)
@given(processes(), st.data())
def test_a_migration_to_the_same_version_is_not_noticed(process, data):
    follower = followed(process, data)
    steps, reload = data.draw(st.sampled_from([1, 3, 1_000_000])), data.draw(st.booleans())
    run = Run(follower.run.definition, reload=reload, budget=Budget(steps, 1e9))
    for now, command in follower.commands:
        run.now = now
        hand_back(run, command)
        outcome = run.step(command)
        while outcome.paused or run.end is None:
            if run.end is None and not isinstance(run.log[-1], e.InstanceMigrated):
                paused, before = outcome.paused, dict(run.stored)
                outcome = run.step(c.MigrateInstance(run.definition, "v1", "v1"))
                if not paused:
                    same("what is stored", run.stored, before)
            if not outcome.paused:
                break
            if isinstance(run.log[-1], e.ContinueRequested):
                outcome = run.step(c.Continue(run.log[-1].completed))
    same("events", told(run), told(follower.run))
    same("what is stored", run.stored, follower.run.stored)


@profile(150)
@given(processes(), st.data())
def test_after_a_migration_it_is_as_if_it_had_begun_there(process, data):
    follower = followed(process, data)
    new, mapping = renamed(process)
    at = data.draw(st.integers(1, max(1, len(follower.commands) - 1)))
    native, moved = Run(new), Run(follower.run.definition, reload=data.draw(st.booleans()))
    mark = (0, 0)
    for number, (now, command) in enumerate(follower.commands):
        if number == at and moved.end is None:
            moved.do(c.MigrateInstance(new, "v2", "v1", mapping))
            moved.definition = new
            same("what is stored", documents(moved), documents(native))
            mark = len(moved.log), len(native.log)
        for run in (native, moved):
            run.now = now
            hand_back(run, command)
            run.do(command)
    if mark != (0, 0):
        same("events", told(moved, mark[0]), told(native, mark[1]))
        same("what is stored", documents(moved), documents(native))
