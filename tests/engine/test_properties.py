"""Random structured processes do what their structure says: token for token, in every order, however they are cut.

The oracle knows the structure alone (tests/engine/properties). After each command it must have followed every event,
and offer the same tasks, jobs, timers, subscriptions, tokens and variables as the engine; what is stored must load as
it was. A failure prints the process as an outline, and what was done with it.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from tests.engine.properties.conformance import WAYS, Follower, Halting, RunsForEver, replay, usable
from tests.engine.properties.strategies import processes

ACTIONS = 60  # in one run; a process that waits for more has proved enough
ORDERS = 40  # of one process in the exhaustive search


def profile(examples: int) -> settings:
    """The same processes in each run; a failure is made small, and not kept in a database."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        report_multiple_bugs=False,
        phases=[phase for phase in settings.default.phases if phase is not Phase.explain],
        suppress_health_check=list(HealthCheck),
    )


def work_off(follower, data):
    """Do what may happen, in the order that is drawn, until the process has ended."""
    for _ in range(ACTIONS):
        if follower.run.end is not None:
            return
        actions = usable(follower)
        assert actions, "nothing can happen any more, and the process has not ended"
        follower.act(data.draw(st.sampled_from(actions)))


def follow(process, data):
    follower = Follower(process)
    try:
        follower.start()
        work_off(follower, data)
    except RunsForEver:
        assume(False)
    replay(follower, data.draw(st.sampled_from(sorted(WAYS))))


def interfere(process, data):
    """Between any two elements something else may happen."""
    follower = Halting(process)
    try:
        follower.start()
        for _ in range(ACTIONS):
            while follower.paused and data.draw(st.integers(0, 3)):
                follower.go_on()
            if follower.run.end is None and (actions := usable(follower)):
                follower.act(data.draw(st.sampled_from(actions)))
        while follower.paused:
            follower.go_on()
    except RunsForEver:
        assume(False)


def every_order(process):
    """Each order of what may happen, as far as ORDERS goes: the next run is as the last one up to its last choice."""
    path, orders = [0], 0
    while path and orders < ORDERS:
        orders += 1
        follower, widths = Follower(process), []
        follower.start()
        while follower.run.end is None and len(widths) < ACTIONS:
            actions = usable(follower)
            assert actions, "nothing can happen any more, and the process has not ended"
            chosen = path[len(widths)] if len(widths) < len(path) else 0
            widths.append(len(actions))
            follower.act(actions[chosen])
        path += [0] * (len(widths) - len(path))
        path = path[: len(widths)]
        while path and path[-1] == widths[len(path) - 1] - 1:
            path.pop()
        if path:
            path[-1] += 1


@profile(300)
@given(processes(), st.data())
def test_a_run_is_what_the_structure_allows(process, data):
    follow(process, data)


@profile(200)
@given(processes(depth=2), st.data())
def test_what_happens_between_two_elements_is_no_exception(process, data):
    interfere(process, data)


@profile(25)
@given(processes(depth=1))
def test_every_order_of_a_small_process(process):
    try:
        every_order(process)
    except RunsForEver:
        assume(False)


@pytest.mark.long
@profile(4_000)
@given(processes(depth=4), st.data())
def test_many_runs_are_what_their_structures_allow(process, data):
    follow(process, data)


@pytest.mark.long
@profile(2_000)
@given(processes(depth=3), st.data())
def test_many_interferences(process, data):
    interfere(process, data)
