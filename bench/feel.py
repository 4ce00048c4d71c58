"""python -m bench.feel [--json FILE]: what FEEL and decision tables cost, beside others in one run.

A condition, a table of 20 rules and 4 inputs, and a table that grows from 500 to 5,000 rules, each evaluated after it
was compiled. Beside them: feelin in V8, pySFeel, and SpiffWorkflow's DMN engine with Python in its cells. Medians of
rounds in turns; processor time, so that a busy machine disturbs less. Exit code 1 when the growth misses its aim.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.parser.DMNParser import DMNParser

from stellwerk import dmn, feel

from .engine import Aim, judged
from .growth import calls_of

ROUNDS, TIMES = 9, 500
CONDITION = 'amount > 1000 and country = "DE"'
ORDER = {"amount": 1500, "country": "DE"}
COLUMNS = {"weight": "number", "zone": "string", "express": "boolean", "items": "number"}
MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
FEELIN = Path(__file__).parents[1] / "static/node_modules/@bpmn-io/feelin/dist/index.js"
GROWTH = 2.0  # times the calls of a table with a tenth of the rules; ten is linear


@dataclass(frozen=True)
class Row:
    """A rule: its cells in FEEL and in Python, and its output, which is the same in both."""

    feel: tuple[str, ...]
    python: tuple[str, ...]
    output: str


def rows(count: int) -> list[Row]:
    """Rules for bands of weight; one matches a weight in its zone."""
    found = []
    for at in range(count):
        low, zone = at * 10, f'"zone {at % 4}"'
        express, items = ("-", f"< {50 + at}") if at % 2 else ("true, false", f">= {at % 10}")
        python = f"{low} <= ? < {low + 10}", zone, "" if at % 2 else "? in [True, False]", f"{items}"
        found.append(Row((f"[{low}..{low + 10})", zone, express, items), python, str(at)))
    return found


def given(count: int) -> dict[str, Any]:
    """What the last but one rule matches."""
    at = count - 2
    return {"weight": at * 10 + 5, "zone": f"zone {at % 4}", "express": True, "items": 20}


def file_of(table: list[Row], language: str) -> bytes:
    """The model, for both engines."""
    root = etree.Element("definitions", nsmap={None: MODEL}, name="freight", namespace="bench", id="freight")

    numbers = itertools.count()

    def add(parent: etree._Element, tag: str, text: str = "", /, **attributes: str) -> etree._Element:
        element = etree.SubElement(parent, f"{{{MODEL}}}{tag}", {"id": f"e{next(numbers)}", **attributes})
        if text:
            add(element, "text").text = text
        return element

    for name, kind in COLUMNS.items() if language == "feel" else ():
        add(add(root, "inputData", id=name, name=name), "variable", name=name, typeRef=kind)
    decision = add(root, "decision", id="d", name="d")
    for name in COLUMNS if language == "feel" else ():
        add(add(decision, "informationRequirement"), "requiredInput", href=f"#{name}")
    element = add(decision, "decisionTable", id="t")
    for name in COLUMNS:
        add(add(element, "input", label=name), "inputExpression", name)
    add(element, "output", name="price", label="price")
    for row in table:
        rule = add(element, "rule")
        for cell in row.feel if language == "feel" else row.python:
            entry = add(rule, "inputEntry")
            add(entry, "text").text = cell
        add(rule, "outputEntry", row.output)
    return etree.tostring(root)


def table_of(count: int) -> Callable[[], Any]:
    library = dmn.load([("freight.dmn", file_of(rows(count), "feel"))])
    if library.problems:
        raise RuntimeError(str(library.problems[0]))
    model, values = library.models["bench"], given(count)
    return lambda: model.evaluate("d", values).value


def spiff_table(count: int) -> Callable[[], Any]:
    parser = DMNParser(None, etree.fromstring(file_of(rows(count), "python")), nsmap={"dmn": MODEL})
    parser.parse()
    engine = DMNEngine(parser.decision.decisionTables[0])
    workflow = SimpleNamespace(script_engine=PythonScriptEngine())
    return lambda: engine.result(SimpleNamespace(data=given(count), workflow=workflow))["price"]


def pysfeel() -> Callable[[], Any] | None:
    """Its parser keeps the variables; each evaluation reads the text. None where it is not installed."""
    try:
        import pySFeel
    except ImportError:
        print("pySFeel is not installed, and not measured: pip install pySFeel", file=sys.stderr)
        return None
    parser = pySFeel.SFeelParser()
    for name, value in ORDER.items():
        parser.sFeelParse(f"{name} <- {json.dumps(value)}")
    return lambda: parser.sFeelParse(CONDITION)[1]


def feelin() -> dict[str, Any]:
    """Measured by itself in one process of Node; empty where it is not installed."""
    if not FEELIN.exists():
        print("feelin is not installed, and not measured: run `make install`", file=sys.stderr)
        return {}
    table = [{"cells": list(zip(COLUMNS, row.feel, strict=True)), "output": row.output} for row in rows(20)]
    question = {
        "module": str(FEELIN),
        "text": CONDITION,
        "context": ORDER,
        "rows": table,
        "given": given(20),
        "rounds": ROUNDS,
        "times": TIMES,
    }
    script = Path(__file__).with_name("feelin.mjs")
    done = subprocess.run(["node", script], input=json.dumps(question), capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    if answer.pop("values") != [True, [18]]:
        raise RuntimeError("feelin gives another result")
    return answer


def medians(works: dict[str, tuple[Callable[[], Any], int]]) -> dict[str, float]:
    """Microseconds of processor time of each, in turns. Who is measured: the work, and how often in one round."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, (work, times) in works.items():
            begin = time.process_time()
            for _ in range(times):
                work()
            found[name].append((time.process_time() - begin) / times * 1e6)
    return {name: statistics.median(each) for name, each in found.items()}


def same(wanted: object, *works: Callable[[], Any]) -> None:
    for work in works:
        if work() != wanted:
            raise RuntimeError(f"{work()!r} instead of {wanted!r}")


def measured() -> dict[str, Any]:
    expression, ours, spiff, other = feel.parse(CONDITION), table_of(20), spiff_table(20), pysfeel()
    grown = {count: table_of(count) for count in (500, 5000)}
    conditions: dict[str, tuple[Callable[[], Any], int]] = {"stellwerk": (lambda: expression.evaluate(ORDER), TIMES)}
    if other is not None:
        conditions["pySFeel"] = other, TIMES // 50
    same(True, conditions["stellwerk"][0])
    same(18, ours, spiff)
    tables = {"stellwerk": (ours, TIMES // 5), "SpiffWorkflow": (spiff, 5)}
    tables |= {f"stellwerk, {count:,} rules": (work, TIMES // 5) for count, work in grown.items()}
    found = {"condition": medians(conditions), "table": medians(tables)}
    for name, value in feelin().items():
        found[name]["feelin"] = value
    calls = {count: calls_of(work)[0] for count, work in {20: ours, **grown}.items()}
    answers = {name: work() for name, (work, _) in conditions.items()}
    return {"microseconds": found, "calls": calls, "answers": answers}


def aims_of(results: dict[str, Any]) -> list[Aim]:
    times, calls = results["microseconds"], results["calls"]
    growth = times["table"]["stellwerk, 5,000 rules"] / times["table"]["stellwerk, 500 rules"]
    return [
        Aim("condition: microseconds", times["condition"]["stellwerk"], 3),
        Aim("table of 20 rules, 4 inputs: microseconds", times["table"]["stellwerk"], 60),
        Aim("table from 500 to 5,000 rules: time", growth, GROWTH, exact=True),
        Aim("table from 500 to 5,000 rules: calls", calls[5000] / calls[500], 1.1, exact=True),
    ]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.feel", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    results = measured()
    for question, times in results["microseconds"].items():
        for name, value in sorted(times.items(), key=lambda each: each[1]):
            print(f"{question:10} {name:26} {value:10.1f} us  x{value / times['stellwerk']:.1f}")
    for name, answer in results["answers"].items():
        if answer is not True:
            print(f"{name} answers {answer!r} to the condition, not true")
    return judged(results, aims_of(results), options.json)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
