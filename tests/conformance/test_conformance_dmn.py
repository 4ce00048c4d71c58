"""The runner of decision models: with a tiny suite of our own, and with the real one where it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from tests.dmn.models import decision, file, inputs, literal

from . import dmn, dmn_values, figures
from .dmn import Observed, Seen
from .report import Verdict, as_json

CORPUS = (
    Path(os.environ.get("STELLWERK_CONFORMANCE") or Path(__file__).parents[3] / "shared" / "conformance") / "dmn_tck"
)
needs_corpus = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the corpus is not here: STELLWERK_CONFORMANCE names no folder with dmn_tck"
)
TESTS = 'xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
NULL = '<value xsi:nil="true"/>'


def typed(kind: str, text: str) -> str:
    return f'<value xsi:type="xsd:{kind}">{text}</value>'


def case(id: str, results: dict[str, str], given: str = "", *, error: bool = False, attributes: str = "") -> str:
    failing = 'errorResult="true"' if error else ""
    nodes = "".join(
        f'<resultNode name="{name}" {failing}><expected>{value}</expected></resultNode>'
        for name, value in results.items()
    )
    return f'<testCase id="{id}" {attributes}><!-- a comment -->{given}{nodes}</testCase>'


MODEL = file(
    inputs(n="number")
    + decision("double", literal("n * 2"), needs="#n*")
    + decision("root", literal("sqrt(n)"), needs="#n*")
    + decision("unreadable", literal("1 +"))
    + decision("unknown", literal("nobody"))
    + decision("nothing", literal("null"))
    + decision("java", literal('function(n) external {java: {class: "A", method signature: "b()"}}'))
    + '<decisionService id="s" name="s"><outputDecision href="#double"/><inputData href="#n"/></decisionService>'
)
INPUT = f'<inputNode name="n">{typed("decimal", "-4")}</inputNode>'
PASSING = [
    case("value", {"double": typed("double", "-8.000000001")}, INPUT),
    case("service", {"double": typed("decimal", "-8")}, INPUT, attributes='type="decisionService" invocableName="s"'),
    case("error", {"root": NULL}, INPUT, error=True),
    case("null", {"nothing": NULL}),
]
FAILING = [
    case("wrong", {"double": typed("string", "-8")}, INPUT),
    case("unread", {"unreadable": NULL}),
    case("name", {"unknown": NULL}, error=True),
    case("quiet", {"nothing": NULL}, error=True),
    case("missing", {"absent": NULL}),
    case("external", {"java": NULL}),
]


def suite(folder: Path, cases: list[str]) -> Path:
    own = folder / "compliance-level-3" / "0001-own"
    own.mkdir(parents=True)
    (own / "own.dmn").write_bytes(MODEL)
    (own / "own-test-01.xml").write_text(
        f"<testCases {TESTS}><modelName>own.dmn</modelName>{''.join(cases)}</testCases>"
    )
    return folder


def failed(verdicts: list[Verdict]) -> dict[str, str]:
    return {verdict.id.rpartition("/")[2]: verdict.reason for verdict in verdicts if not verdict.passed}


def test_right_results_pass_and_are_counted_apart(tmp_path: Path) -> None:
    verdicts = dmn.run(suite(tmp_path, PASSING), None)
    assert failed(verdicts) == {}
    assert {verdict.group for verdict in verdicts} == {"level 3, value", "level 3, null"}


def test_a_null_that_was_not_reached_fails(tmp_path: Path) -> None:
    more = [case(f"more{n}", {"nothing": NULL}) for n in range(3)] + PASSING[:1] * 10
    found = failed(dmn.run(suite(tmp_path, FAILING[1:] + more), None))
    assert set(found) == {"unread", "name", "quiet", "missing", "external"}
    assert "not by the rules" in found["unread"]
    assert "without the error" in found["quiet"]


def test_nulls_mean_nothing_where_the_values_are_wrong(tmp_path: Path) -> None:
    found = failed(dmn.run(suite(tmp_path, [FAILING[0], PASSING[3]]), None))
    assert set(found) == {"wrong", "null"}
    assert "0 of 1" in found["null"]


def test_external_functions_are_named_apart(tmp_path: Path) -> None:
    verdicts = dmn.run(suite(tmp_path, FAILING), None)
    [external] = [verdict for verdict in verdicts if verdict.part == "java"]
    assert external.group == "level 3, external functions"
    assert f"own-test-01/external: java ({dmn.EXTERNAL_CLAUSE})" in figures.section("dmn", verdicts)


def test_what_was_observed_stands_in_the_json_by_result(tmp_path: Path) -> None:
    both = case("both", {"double": typed("decimal", "-8"), "root": NULL}, INPUT, error=True)
    document = as_json("dmn", dmn.run(suite(tmp_path, [both]), None))
    [result] = document["results"]
    assert result["id"] == "compliance-level-3/0001-own/own-test-01/both"
    assert result["observed"]["double"] == {"value": -8, "reached": True, "warnings": []}
    assert result["observed"]["root"]["value"] is None
    assert len(result["observed"]["root"]["warnings"]) == 1


def all_null(folder: Path) -> Observed:
    """The control: null for everything, reached, with an error or without, as the test would like it."""
    found: dict[str, dict[str, Seen]] = {}
    for each in dmn.cases_of(folder):
        found[each.id] = {wanted.name: Seen(None, True, wanted.is_error, ()) for wanted in each.wanted}
    return found


def test_an_evaluator_that_answers_null_to_everything_scores_nothing(tmp_path: Path) -> None:
    verdicts = dmn.verdicts(suite(tmp_path, PASSING), "", all_null)
    assert [verdict for verdict in verdicts if verdict.passed] == []


@needs_corpus
@pytest.mark.conformance
def test_the_control_scores_nothing_in_the_real_suite() -> None:
    verdicts = dmn.verdicts(CORPUS, "", all_null)
    assert len(verdicts) > 2000
    assert [verdict.name for verdict in verdicts if verdict.passed] == []


@needs_corpus
@pytest.mark.conformance
def test_the_real_suite_passes_but_for_external_functions() -> None:
    failing = [verdict for verdict in dmn.run(CORPUS, None) if not verdict.passed]
    own = [v for v in failing if v.group.startswith("level") and "external" not in v.group]
    assert [f"{verdict.name}: {verdict.reason}" for verdict in own] == []
    assert [verdict.name for verdict in failing if not verdict.note] == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("date", "2020-01-01"), ("string", "2020-01-01"), False),
        (("time", "10:00:00.500"), ("time", "10:00:00.5"), True),
        (("dateTime", "2020-01-01T10:00:00.000+00:00"), ("dateTime", "2020-01-01T10:00:00Z"), True),
        (("dateTime", "2020-01-01T10:00:00+01:00"), ("dateTime", "2020-01-01T09:00:00Z"), False),
        (("duration", "P1Y2M"), ("duration", "P14M"), True),
        (("duration", "P1D"), ("duration", "PT24H"), True),
        (("duration", "P1Y"), ("duration", "P365D"), False),
        (("decimal", "0.1"), ("double", "0.100000001"), True),
        (("decimal", "0.1"), ("double", "0.10000001"), False),
        (("decimal", "1"), ("boolean", "true"), False),
    ],
)
def test_values_are_compared_as_the_suite_says(one: Any, other: Any, same: bool) -> None:
    assert dmn_values.equal(dmn_values.of_text(*one), dmn_values.of_text(*other)) is same
