"""A tiny corpus of our own for the tests of the runner, in the format of the others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:c="urn:engine-neutral:conformance"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="defs" targetNamespace="t">'
)


def process(*nodes: str, flows: Iterable[Sequence[str]] = (), key: str = "p", before: str = "") -> bytes:
    lines = [f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in flows]
    body = "".join([*nodes, *lines])
    return f'{HEAD}{before}<process id="{key}" isExecutable="true">{body}</process></definitions>'.encode()


def script(id: str, text: str = "") -> str:
    text = text or f"log('{id.upper()}')"
    return f'<scriptTask id="{id}" scriptFormat="python"><script>{text}</script></scriptTask>'


def timer(id: str, seconds: int) -> str:
    duration = f"<timerEventDefinition><timeDuration>PT{seconds}S</timeDuration></timerEventDefinition>"
    return f'<intermediateCatchEvent id="{id}">{duration}</intermediateCatchEvent>'


START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
TWO_SCRIPTS = process(START, script("a"), script("b"), END, flows=[("s", "a"), ("a", "b"), ("b", "e")])
TIMER = process(START, script("a"), timer("t", 3), script("b"), END, flows=["sa", "at", "tb", "be"])
ONE_TASK = process(START, '<userTask id="u"/>', END, flows=[("s", "u"), ("u", "e")])
NO_SUCH_FLOW = process(START, END, flows=[("s", "e"), ("e", "nowhere")])


def betsy_case(name: str, trace: Sequence[str], delay_ms: int = 0) -> dict[str, Any]:
    return {
        "id": f"own/{name}",
        "group": "own",
        "bpmn": f"bpmn/{name}.bpmn",
        "start": ["p"],
        "inputs": {},
        "delay_ms": delay_ms,
        "expected_trace": list(trace),
    }


def camunda_case(name: str, *steps: Mapping[str, Any], expect: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    return {
        "id": f"own/{name}",
        "group": "own",
        "bpmn": [f"bpmn/{name}.bpmn"],
        "steps": list(steps),
        "expect": [{"op": "expect", **check} for check in expect],
        "standard": True,
    }


def write(folder: Path, cases: Sequence[Mapping[str, Any]], models: Mapping[str, bytes]) -> Path:
    (folder / "bpmn").mkdir(parents=True, exist_ok=True)
    (folder / "cases.json").write_text(json.dumps(cases))
    for name, xml in models.items():
        (folder / "bpmn" / f"{name}.bpmn").write_bytes(xml)
    return folder


BETSY = (
    [betsy_case("two", ["A", "B"]), betsy_case("timer", ["A", "B"], 4000), betsy_case("timer_waits", [])],
    {"two": TWO_SCRIPTS, "timer": TIMER, "timer_waits": process(START, timer("t", 60), END, flows=["st", "te"])},
)
TASK_STEPS = ({"op": "start", "process": "p", "variables": {"x": 1}}, {"op": "expect", "tasks": ["u"]})
CAMUNDA = (
    [
        camunda_case("task", *TASK_STEPS, {"op": "complete", "task": "u"}, expect=[{"ended": True}]),
        camunda_case("waits", *TASK_STEPS, expect=[{"active": ["u"], "ended": False, "variables": {"x": 1}}]),
        camunda_case("unknown", {"op": "start", "process": "q", "variables": {}, "expect_error": True}),
        camunda_case("broken", {"op": "deploy", "expect_error": True}),
    ],
    {"task": ONE_TASK, "waits": ONE_TASK, "unknown": ONE_TASK, "broken": NO_SUCH_FLOW},
)


def constraints(folder: Path) -> Path:
    """One model whose flow leads nowhere, and a valid one."""
    write(folder, [], {"valid": TWO_SCRIPTS})
    (folder / "broken.bpmn").write_bytes(NO_SUCH_FLOW)
    model = {"name": "broken", "file": "broken.bpmn", "constraint": "REF", "offending": ["e_nowhere"]}
    (folder / "constraints.json").write_text(json.dumps([model]))
    sentence = "The target of a sequence flow must exist."
    (folder / "rules.json").write_text(json.dumps({"REF": {"rule": sentence}}))
    return folder


def miwg(folder: Path) -> Path:
    """A drawing, an executable model, one that breaks a rule, and a file that is cut off."""
    drawing = TWO_SCRIPTS.replace(b' isExecutable="true"', b"")
    models = {"drawing": drawing, "runs": TWO_SCRIPTS, "refused": NO_SUCH_FLOW, "cut": TWO_SCRIPTS[:-20]}
    write(folder, [], models)
    files = [
        {
            "file": f"bpmn/{name}.bpmn",
            "kind": "own",
            "well_formed": name != "cut",
            "xsd_valid": name != "cut",
            "executable": int(name in ("runs", "refused")),
        }
        for name in models
    ]
    (folder / "manifest.json").write_text(json.dumps(files))
    return folder
