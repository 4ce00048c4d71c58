"""Has each instance come to the end that its diagram gives it? Judged from the product's own records.

Four rules, all necessary: an instance that runs waits for something that has not happened yet; an instance that
has ended came to an end of its process; no token vanished between two nodes; no event was caught that nobody threw.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from .diagram import Diagram, Node
from .machine import Run, State, Visit

DURATION = re.compile(r"PT(\d+)S")


def completion_faults(diagram: Diagram, state: State) -> list[str]:
    if not state.runs:
        return ["no instance was ever started"]
    thrown = Counter(event for visit in _completed(state.visits) for event in _throws(diagram, visit))
    caught = Counter(event for visit in _completed(state.visits) for event in _catches(diagram, visit))
    faults = []
    for run in state.runs:
        visits = [visit for visit in state.visits if visit.instance == run.id]
        if run.running:
            faults += _running(diagram, state, run, thrown, caught)
        elif run.state == "completed":
            faults += _ended(diagram, run, visits)
        faults += _lost_tokens(diagram, run, visits)
    faults += [
        f"{name} was caught, but nobody threw it" for (_, name), n in caught.items() if n and not thrown[_, name]
    ]
    return faults


def _running(
    diagram: Diagram, state: State, run: Run, thrown: Counter[tuple[str, str]], caught: Counter[tuple[str, str]]
) -> list[str]:
    leaves = [visit for visit in state.leaves if visit.instance == run.id]
    faults = [] if leaves else [f"instance of {run.process} runs, but nothing in it waits"]
    for visit in leaves:
        node = diagram.nodes.get(visit.element_id)
        if node is None:
            continue
        for event in _catches(diagram, visit):
            if event[0] == "message" and thrown[event] > caught[event]:
                faults.append(f"{node.id} waits for message {event[1]}, which was sent")
        seconds = DURATION.fullmatch(node.duration) if node.type == "intermediateCatchEvent" else None
        if seconds and visit.started_at + timedelta(seconds=int(seconds[1])) <= state.now:
            faults.append(f"timer {node.id} was due and has not fired")
        if node.type not in WAITS and not node.quantities:
            faults.append(f"{node.id} ({node.type}) neither waits nor goes on")
    return faults


WAITS = {
    "userTask",
    "receiveTask",
    "intermediateCatchEvent",
    "eventBasedGateway",
    "parallelGateway",
    "inclusiveGateway",
    "complexGateway",
    "callActivity",
    "adHocSubProcess",
}


def _ended(diagram: Diagram, run: Run, visits: list[Visit]) -> list[str]:
    finals = {node.id for node in diagram.members(run.process) if not node.outgoing}
    ended = any(visit.element_id in finals for visit in _completed(visits))
    return [] if ended or not finals else [f"instance of {run.process} completed at no end of the process"]


def _lost_tokens(diagram: Diagram, run: Run, visits: list[Visit]) -> list[str]:
    """A plain flow from A to B, alone at both ends: B was entered as often as A was left. Nothing, where anything
    was interrupted or ended early, since that may be just between A and B."""
    early = any(kind in ("terminate", "error", "cancel") for node in diagram.nodes.values() for kind, _ in node.events)
    if early or run.state not in ("active", "completed") or any(visit.state == "cancelled" for visit in visits):
        return []
    left = Counter(visit.element_id for visit in _completed(visits))
    entered = Counter(visit.element_id for visit in visits)
    faults = []
    for node in diagram.nodes.values():
        after = diagram.nodes[node.outgoing[0]] if len(node.outgoing) == 1 else None
        if after and _plain(node) and _plain(after) and len(after.incoming) == 1 and left[node.id] != entered[after.id]:
            faults.append(f"{node.id} was left {left[node.id]} times, {after.id} entered {entered[after.id]} times")
    return faults


def _plain(node: Node) -> bool:
    return not node.looped and not node.quantities and not node.conditional and not node.type.endswith("Gateway")


def _completed(visits: Iterable[Visit]) -> list[Visit]:
    return [visit for visit in visits if visit.state == "completed"]


def _throws(diagram: Diagram, visit: Visit) -> list[tuple[str, str]]:
    node = diagram.nodes.get(visit.element_id)
    return _told_apart(node) if node and node.throws else []


def _catches(diagram: Diagram, visit: Visit) -> list[tuple[str, str]]:
    """What must be thrown for this node to go on; nothing certain where one of several events is enough."""
    node = diagram.nodes.get(visit.element_id)
    host = diagram.nodes.get(node.attached_to) if node else None
    if host and host.tells:
        return []
    return _told_apart(node) if node and node.catches and len(node.events) == 1 else []


def _told_apart(node: Node) -> list[tuple[str, str]]:
    return [(kind, name) for kind, name in node.events if kind in ("message", "signal")]
