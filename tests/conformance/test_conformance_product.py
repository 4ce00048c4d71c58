"""The runner on the product itself: with tiny corpora of our own, and with the real ones where they are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import betsy, camunda, constraints, dmn, miwg
from .figures import recorded
from .ownmodels import BETSY, CAMUNDA, END, START, betsy_case, process, script, timer, write
from .ownmodels import constraints as own_constraints
from .ownmodels import miwg as own_miwg
from .product import Products
from .report import Verdict, figures

CORPORA = Path(os.environ.get("STELLWERK_CONFORMANCE") or Path(__file__).parents[3] / "shared" / "conformance")
needs_corpora = pytest.mark.skipif(
    not CORPORA.is_dir(), reason="the corpora are not here: STELLWERK_CONFORMANCE names no folder"
)


@pytest.fixture
def products() -> Iterator[Products]:
    with Products() as made:
        yield made


@pytest.fixture
def stepwise() -> Iterator[Products]:
    """Every command completes one element; the next one begins with a reload."""
    with Products(step_budget=1) as made:
        yield made


def reasons(verdicts: list[Verdict]) -> dict[str, str]:
    return {verdict.id: verdict.reason for verdict in verdicts if not verdict.passed}


def test_the_product_passes_our_traces(products: Products, tmp_path: Path) -> None:
    assert reasons(betsy.run(write(tmp_path, *BETSY), products)) == {}


def test_the_product_passes_our_traces_with_a_reload_after_every_element(stepwise: Products, tmp_path: Path) -> None:
    assert reasons(betsy.run(write(tmp_path, *BETSY), stepwise)) == {}


def test_the_product_passes_our_scenarios(products: Products, tmp_path: Path) -> None:
    assert reasons(camunda.run(write(tmp_path, *CAMUNDA), products)) == {}


def test_the_product_refuses_our_broken_model(products: Products, tmp_path: Path) -> None:
    assert reasons(constraints.run(own_constraints(tmp_path), products)) == {}


def test_the_product_reads_our_files(products: Products, tmp_path: Path) -> None:
    assert reasons(miwg.run(own_miwg(tmp_path), products)) == {}


def test_what_is_observed_does_not_depend_on_what_is_expected(products: Products, tmp_path: Path) -> None:
    wrong = [{**case, "expected_trace": ["NEVER"]} for case in BETSY[0]]
    right = betsy.run(write(tmp_path / "right", *BETSY), products)
    other = betsy.run(write(tmp_path / "wrong", wrong, BETSY[1]), products)
    assert [v.observed for v in right] == [v.observed for v in other]
    assert not any(v.passed for v in other)


def test_host_functions_log_sleep_and_throw(products: Products, tmp_path: Path) -> None:
    boundary = '<boundaryEvent id="x" attachedToRef="b"><errorEventDefinition errorRef="err"/></boundaryEvent>'
    model = process(
        START,
        script("a", "log('A'); sleep(30)"),
        timer("t", 5),
        script("b", "throw_error('E1')"),
        boundary,
        script("c"),
        END,
        flows=["sa", "at", "tb", "xc", "ce"],
        before='<error id="err" errorCode="E1"/>',
    )
    verdict = betsy.run(write(tmp_path, [betsy_case("m", ["A", "C"], 4000)], {"m": model}), products)[0]
    assert verdict.observed["trace"] == ["A", "C"]
    assert verdict.reason == ""


def test_an_incident_is_an_error_token_and_its_element_waits(products: Products, tmp_path: Path) -> None:
    model = process(START, script("a", "log(nobody_knows)"), END, flows=["sa", "ae"])
    observed = betsy.run(write(tmp_path, [betsy_case("m", ["ERROR_runtime"])], {"m": model}), products)[0].observed
    assert observed["trace"] == ["ERROR_runtime"]
    assert observed["waiting"] == ["a"]
    assert [incident["elementId"] for incident in observed["incidents"]] == ["a"]


# -- the corpora themselves
RUNS = {"betsy": betsy.run, "camunda": camunda.run, "constraints": constraints.run, "dmn": dmn.run, "miwg": miwg.run}
FOLDERS = {"constraints": "betsy", "dmn": "dmn_tck"}
SMALL = [("betsy", "betsy/gateways"), ("camunda", "ExclusiveGatewayTest"), ("constraints", "EXT138")]
WHOLE = [pytest.param(corpus, "", marks=pytest.mark.long) for corpus in RUNS]


@needs_corpora
@pytest.mark.conformance
@pytest.mark.parametrize(("corpus", "only"), [*SMALL, *WHOLE])
def test_no_recorded_figure_gets_worse(products: Products, corpus: str, only: str) -> None:
    verdicts = RUNS[corpus](CORPORA / FOLDERS.get(corpus, corpus), products, only)
    before = recorded().get(corpus, {})
    worse = [
        f"{name}: {group['passed']} of {group['total']}, recorded {before[name][1]}"
        for name, group in figures(verdicts).items()
        if before.get(name, (0, 0))[0] == group["total"] and group["passed"] < before[name][1]
    ]
    assert worse == []


@needs_corpora
@pytest.mark.conformance
@pytest.mark.long
@pytest.mark.parametrize("corpus", ["betsy", "camunda"])
def test_cutting_after_every_element_changes_no_verdict(products: Products, stepwise: Products, corpus: str) -> None:
    folder = CORPORA / corpus
    whole, cut = RUNS[corpus](folder, products), RUNS[corpus](folder, stepwise)
    assert {v.id: v.passed for v in cut} == {v.id: v.passed for v in whole}
