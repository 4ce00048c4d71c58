"""What surrounds the verdicts: isolation of cases, the rewriting of files, the figures."""

from __future__ import annotations

import os
import time
from pathlib import Path

from . import figures
from .adapt import CAMUNDA, adapt, parse, topics
from .isolate import Lost, run_isolated
from .ownmodels import END, START, TWO_SCRIPTS, process
from .report import Verdict, as_json, as_text


def work(case: str) -> str:
    if case == "raises":
        raise ValueError("a bad case")
    if case == "dies":
        os._exit(3)
    if case == "hangs":
        time.sleep(60)
    return case.upper()


def test_a_case_that_raises_dies_or_hangs_fails_alone() -> None:
    results = run_isolated(["a", "raises", "dies", "hangs", "b"], work, timeout_s=2)
    assert results == [
        "A",
        Lost("ValueError: a bad case"),
        Lost("the process ended with code 3"),
        Lost("took longer than 2 s"),
        "B",
    ]


def test_neutral_handlers_become_topics_and_a_bare_service_task_runs_through() -> None:
    tasks = '<serviceTask id="a" c:handler="throw_error:23"/><serviceTask id="b"/><sendTask id="c" c:handler="noop"/>'
    adapted = adapt(process(START, tasks, END))
    assert topics(adapted) == {"throw_error:23", "noop"}
    assert b"engine-neutral:conformance}" not in adapted


def test_neutral_mappings_and_collections_become_camunda_ones() -> None:
    call = '<callActivity id="a"><extensionElements><c:in source="x" target="y"/></extensionElements></callActivity>'
    loop = '<multiInstanceLoopCharacteristics c:collection="items" c:elementVariable="item"/>'
    root = parse(adapt(process(START, call, f'<userTask id="u">{loop}</userTask>', END)))
    mapping = next(root.iter(f"{{{CAMUNDA}}}in"))
    characteristics = next(root.iter("{*}multiInstanceLoopCharacteristics"))
    assert dict(mapping.attrib) == {"source": "x", "target": "y"}
    assert dict(characteristics.attrib) == {
        f"{{{CAMUNDA}}}collection": "items",
        f"{{{CAMUNDA}}}elementVariable": "item",
    }


def test_a_file_that_needs_nothing_and_one_that_is_broken_stay_as_they_are() -> None:
    assert adapt(TWO_SCRIPTS) is TWO_SCRIPTS
    assert adapt(b"<definitions") == b"<definitions"


VERDICTS = [
    Verdict("a", "one", "", {"trace": []}, {"standard": True}),
    Verdict("b", "one", "lost", {"trace": [1]}, {"standard": True}),
    Verdict("c", "two", "", {"trace": []}, {"standard": False}),
]


def test_the_json_counts_every_case_and_shows_what_was_observed() -> None:
    document = as_json("own", VERDICTS)
    assert (document["total"], document["passed"]) == (3, 2)
    assert document["groups"] == {"one": {"total": 2, "passed": 1}, "two": {"total": 1, "passed": 1}}
    assert document["marks"] == {"standard": {"total": 2, "passed": 1}}
    assert document["failed"] == [{"id": "b", "group": "one", "reason": "lost"}]
    assert document["results"][1] == {"id": "b", "observed": {"trace": [1]}}


def test_the_text_ends_with_the_sum() -> None:
    assert as_text("own", VERDICTS).splitlines()[-1] == "own: 2 of 3 passed"


def test_recorded_figures_are_read_back_and_other_corpora_stay(tmp_path: Path) -> None:
    page = tmp_path / "conformance.md"
    figures.record("own", VERDICTS, page)
    figures.record("other", VERDICTS[:1], page)
    figures.record("own", VERDICTS[1:], page)
    assert figures.recorded(page) == {
        "other": {"one": (1, 1), "all": (1, 1), "all with: standard": (1, 1)},
        "own": {"one": (1, 0), "two": (1, 1), "all": (2, 1), "all with: standard": (1, 0)},
    }
