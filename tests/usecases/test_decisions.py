"""Decisions: deployed with everything else or not at all, versions by content and imports, evaluated, kept."""

from __future__ import annotations

from typing import Any

import pytest
from tests.dmn.models import decision, file, inputs, knowledge, literal, table
from tests.installation import ADMIN, ALL, Installation, bpmn, flow
from tests.usecases.test_step import rows

from stellwerk.errors import (
    DecisionNotEvaluated,
    DecisionTooCostly,
    InvalidDefinition,
    InvalidInput,
    NotFound,
    Problem,
)
from stellwerk.store.decisions import DecisionFilter
from stellwerk.store.evaluations import EvaluationFilter
from stellwerk.store.records import DecisionVersionRecord, EvaluationRecord
from stellwerk.usecases import decisions, definitions
from stellwerk.usecases.access import Principal
from stellwerk.usecases.decisions import Evaluated, EvaluateRequest

ANNA = Principal("anna", frozenset({"user"}))
CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/dmn"'
DISH = decision(
    "dish",
    table(
        ["season", "guests"],
        ["dish"],
        [(['"winter"', "<= 8"], ['"roast"']), (['"winter"', "> 8"], ['"stew"']), (['"summer"', "-"], ['"salad"'])],
    ),
    needs="#season* #guests*",
    type="string",
)
DINNER = inputs(season="string", guests="number") + DISH


def dinner(more: str = "", **options: Any) -> bytes:
    return file(DINNER + more, **options)


def deploy(home: Installation, *contents: bytes, **files: bytes) -> definitions.Deployment:
    """Files `0.dmn`, `1.dmn`, ..., and `name.dmn` of the others."""
    named = [(f"{number}.dmn", content) for number, content in enumerate(contents)]
    return definitions.deploy(home.rt, ADMIN, [*named, *((f"{name}.dmn", content) for name, content in files.items())])


def refused(home: Installation, *files: tuple[str, bytes]) -> list[Problem]:
    before = rows(home)
    with pytest.raises(InvalidDefinition) as error:
        definitions.deploy(home.rt, ADMIN, files)
    assert rows(home) == before
    return [problem for problem in error.value.problems if problem.severity == "error"]


def listed(home: Installation, **wanted: Any) -> list[DecisionVersionRecord]:
    return list(decisions.search(home.rt, ADMIN, DecisionFilter(**wanted), ALL).items)


def kept(home: Installation, who: Principal = ADMIN, **wanted: Any) -> list[EvaluationRecord]:
    return list(decisions.search_evaluations(home.rt, who, EvaluationFilter(**wanted), ALL).items)


def evaluate(home: Installation, key: str, who: Principal = ADMIN, **variables: Any) -> Evaluated:
    return decisions.evaluate(home.rt, who, EvaluateRequest(key, variables))


# -- deploying
def test_each_decision_of_a_file_gets_a_version(home: Installation) -> None:
    found = deploy(home, dinner(decision("drink", literal('"tea"'))))
    assert [(one.key, one.version, one.kind) for one in found.decisions] == [
        ("dish", 1, "decision"),
        ("drink", 1, "decision"),
    ]
    assert found.decisions[0].model.namespace == "https://stellwerk.test/own"
    assert {one.deployment_id for one in found.decisions} == {found.id}


def test_the_same_content_makes_no_new_version(home: Installation) -> None:
    first = deploy(home, dinner())
    before = rows(home)
    again = deploy(home, dinner())
    assert rows(home) == before
    assert (again.id, again.decisions) == (first.id, first.decisions)
    changed = deploy(home, dinner(attributes='exporter="x"'))
    assert [one.version for one in changed.decisions] == [2]
    assert [one.version for one in listed(home, latest=True)] == [2]
    assert [one.version for one in deploy(home, dinner()).decisions] == [3]


def test_processes_decisions_and_forms_come_together_or_not_at_all(home: Installation) -> None:
    process = bpmn("p", '<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/>' + flow("s", "e")).encode()
    broken = dinner(decision("drink", literal("1 +")))
    problems = refused(home, ("p.bpmn", process), ("d.dmn", broken))
    assert {problem.file for problem in problems} == {"d.dmn"}
    found = definitions.deploy(home.rt, ADMIN, [("p.bpmn", process), ("d.dmn", dinner())])
    assert {found.definitions[0].deployment_id, found.decisions[0].deployment_id} == {found.id}


def test_a_key_in_two_files_is_refused_by_name(home: Installation) -> None:
    (problem,) = refused(home, ("a.dmn", dinner()), ("b.dmn", dinner(uri="https://stellwerk.test/other")))
    assert (problem.rule, problem.file, problem.element_id) == ("decision-key", "a.dmn, b.dmn", "dish")


def test_models_of_one_namespace_are_deployed_together_as_long_as_nobody_imports_them(home: Installation) -> None:
    drink, sweet = file(decision("drink", literal("1"))), file(decision("sweet", literal("2")))
    assert [one.key for one in deploy(home, drink, sweet).decisions] == ["drink", "sweet"]
    before = rows(home)
    deploy(home, drink, sweet)
    assert rows(home) == before
    importing = file(IMPORT + decision("bill", literal("1")), uri="https://stellwerk.test/bill")
    problems = refused(home, ("a.dmn", drink), ("b.dmn", sweet), ("c.dmn", importing))
    assert ("c.dmn", "dmn-namespace") in {(one.file, one.rule) for one in problems}
    assert "a.dmn, b.dmn" in problems[0].message


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "xml"),
        (b"<definitions/>", "not-dmn"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><definitions/>', "xml-doctype"),
        (file(decision("d", literal("1 +"))), "feel-syntax"),
        (file(decision("d", literal("1")).replace('id="d"', 'id="a b"')), "decision-id"),
        (file(decision("d", literal("1")).replace('id="d"', f'id="{"d" * 256}"')), "decision-id"),
        (file(decision("d", literal("1")), uri="u" * 256), "dmn-namespace"),
        (file(decision("d", literal("1")) + decision("e", literal("1")).replace('id="e"', 'id="d"')), "decision-key"),
    ],
)
def test_files_that_cannot_be_used_are_refused(home: Installation, content: bytes, rule: str) -> None:
    assert rule in {problem.rule for problem in refused(home, ("d.dmn", content))}


def test_a_decision_without_an_id_is_a_warning(home: Installation) -> None:
    content = file(decision("d", literal("1")).replace(' id="d"', ""))
    found = definitions.check(home.rt, ADMIN, [("d.dmn", content)])
    assert [(one.rule, one.severity) for one in found.problems] == [("decision-id", "warning")]


# -- imports
COMMON = "https://stellwerk.test/common"
IMPORT = '<import name="own" namespace="https://stellwerk.test/own" importType="dmn"/>'
VAT = '<import name="common" namespace="https://stellwerk.test/common" importType="dmn"/>'


def common(rate: str) -> bytes:
    return file(knowledge("vat", {"net": "number"}, literal(f"net * {rate}")), uri=COMMON)


def bill() -> bytes:
    return file(
        VAT + inputs(net="number") + decision("bill", literal("common.vat(net)"), needs="#net*", knows=f"{COMMON}#vat")
    )


def test_an_import_is_a_file_of_the_same_deployment_else_what_was_deployed_last(home: Installation) -> None:
    assert [problem.rule for problem in refused(home, ("bill.dmn", bill()))] == ["dmn-import", "dmn-unknown-reference"]
    first = deploy(home, bill=bill(), common=common("0.19"))
    assert [name for name, _ in first.decisions[0].model.imports] == ["common.dmn"]
    assert evaluate(home, "bill", net=100).result == 19
    before = rows(home)
    deploy(home, bill=bill())
    assert rows(home) == before


def test_what_is_imported_is_pinned_until_the_decision_is_deployed_again(home: Installation) -> None:
    deploy(home, bill=bill(), common=common("0.19"))
    later = deploy(home, common=common("0.16"))
    assert later.decisions == ()
    assert evaluate(home, "bill", net=100).result == 19
    home.rt.models._cache.clear()
    assert evaluate(home, "bill", net=100).result == 19
    assert [one.version for one in deploy(home, bill=bill()).decisions] == [2]
    assert evaluate(home, "bill", net=100).result == 16
    old = decisions.evaluate(home.rt, ADMIN, EvaluateRequest("bill", {"net": 100}, version=1))
    assert (old.version, old.result) == (1, 19)


def test_two_models_that_import_each_other_are_refused(home: Installation) -> None:
    other = file(IMPORT + decision("x", literal("1")), uri=COMMON)
    problems = refused(home, ("a.dmn", file(VAT + decision("y", literal("1")))), ("b.dmn", other))
    assert {problem.rule for problem in problems} == {"dmn-import-circle"}


# -- evaluating
def test_what_many_files_import_is_counted_for_each_of_them(home: Installation) -> None:
    """Each is compiled together with all that it imports: hundred files would be compiled thousands of times."""
    base = file(decision("base", literal('"' + "x" * 90_000 + '"')), uri="urn:base")
    imported = '<import namespace="urn:base" name="b" importType="dmn"/>'
    users = [file(imported + decision(f"d{at}", literal("1")), uri=f"urn:{at}") for at in range(50)]
    (problem,) = refused(home, ("base.dmn", base), *((f"{at}.dmn", each) for at, each in enumerate(users)))
    assert (problem.rule, problem.file) == ("dmn-import", "44.dmn")
    assert len(deploy(home, base, *users[:40]).decisions) == 41


def test_a_decision_is_evaluated_and_the_history_tells_why(home: Installation) -> None:
    (record,) = deploy(home, dinner()).decisions
    found = evaluate(home, "dish", season="winter", guests=12, other="ignored")
    assert (found.decision, found.version, found.result, found.warnings) == ("dish", 1, "stew", ())
    assert found.decisions == {"dish": "stew"}
    (matched,) = found.matched
    assert (matched["inputs"], matched["rules"], matched["ruleIds"]) == (["winter", 12], [2], ["r2"])
    assert matched["outputs"] == [["stew"]]
    (one,) = kept(home)
    assert (one.id, one.decision_id, one.key, one.version) == (found.evaluation_id, record.id, "dish", 1)
    assert (one.by, one.at, one.instance_id, one.root_id, one.element_id) == ("admin", home.clock.now, None, None, None)
    assert one.inputs == {"season": "winter", "guests": 12}
    assert (one.result, one.matched[0]["rules"], one.matched[0]["matches"]) == ("stew", [2], 1)
    assert decisions.get_evaluation(home.rt, ADMIN, one.id) == one


def test_a_version_is_meant_by_its_number_or_tag(home: Installation) -> None:
    tag = '<decision camunda:versionTag="{}"'
    for number in (1, 2, 3):
        body = decision("d", literal(str(number))).replace("<decision", tag.format("old" if number < 3 else "new"))
        deploy(home, file(body, attributes=CAMUNDA))
    assert [one.version_tag for one in listed(home)] == ["new", "old", "old"]

    def result(**wanted: Any) -> Any:
        return decisions.evaluate(home.rt, ADMIN, EvaluateRequest("d", **wanted)).result

    assert (result(), result(version=1), result(version_tag="old"), result(version_tag="new")) == (3, 1, 2, 3)
    before = rows(home)
    for wrong in ({"version": 4}, {"version": 0}, {"version_tag": "none"}):
        with pytest.raises(NotFound):
            result(**wrong)
    with pytest.raises(InvalidInput, match="not by both"):
        result(version=1, version_tag="old")
    assert rows(home) == before


def test_a_decision_service_is_evaluated_by_its_key(home: Installation) -> None:
    service = """<decisionService id="menu" name="Menu"><outputDecision href="#bill"/>
      <encapsulatedDecision href="#dish"/><inputDecision href="#price"/><inputData href="#season"/></decisionService>"""
    price = decision("price", literal("7"))
    total = decision("bill", literal("dish + string(price)"), needs="#dish #price")
    deploy(home, dinner(price + total + service))
    assert [one.kind for one in listed(home, key="menu")] == ["service"]
    assert evaluate(home, "menu", season="summer", price=3).result == "salad3"


def test_an_id_that_is_the_name_of_another_decision_means_its_own(home: Installation) -> None:
    one, other = decision("one", literal("1")), decision("other", literal("2"))
    swapped = one.replace('name="one"', 'name="other"') + other.replace('name="other"', 'name="one"')
    deploy(home, file(swapped))
    assert evaluate(home, "one").result == 1


def test_values_that_json_does_not_have_are_written_in_feel(home: Installation) -> None:
    body = inputs(born="date") + decision("year", literal("born.year"), needs="#born*")
    deploy(home, file(body))
    request = EvaluateRequest("year", expressions={"born": 'date("2020-05-06")'})
    assert decisions.evaluate(home.rt, ADMIN, request).result == 2020
    assert kept(home)[0].inputs == {"born": "2020-05-06"}
    with pytest.raises(InvalidInput) as error:
        decisions.evaluate(home.rt, ADMIN, EvaluateRequest("year", expressions={"born": "date("}))
    assert error.value.errors[0].path == "expressions.born"


def test_today_is_the_day_of_the_zone_that_is_set(home: Installation) -> None:
    deploy(home, file(decision("d", literal("string(today())"))))
    assert evaluate(home, "d").result == home.clock.now.astimezone(home.rt.settings.time_zone).date().isoformat()


def test_numbers_stay_exact(home: Installation) -> None:
    deploy(home, file(inputs(x="number") + decision("d", literal("x + 0.2"), needs="#x*")))
    assert evaluate(home, "d", x=0.1).result == 0.3


def test_a_null_that_the_rules_gave_is_a_result_with_a_reason(home: Installation) -> None:
    deploy(home, dinner())
    found = evaluate(home, "dish", season="spring", guests=1)
    assert found.result is None
    assert "No rule matches" in found.warnings[0]
    assert "element 'table'" in found.warnings[0]
    assert kept(home)[0].warnings == found.warnings


def test_an_unknown_key_names_those_that_are_nearly_the_same(home: Installation) -> None:
    deploy(home, dinner())
    with pytest.raises(NotFound, match="Do you mean 'dish'"):
        evaluate(home, "dsih")
    with pytest.raises(NotFound, match="Deploy a DMN file"):
        evaluate(home, "completely other")


def test_a_decision_that_names_what_does_not_exist_has_no_value_instead_of_null(home: Installation) -> None:
    deploy(home, file(decision("d", literal('[1 + "a", nothing]'))))
    before = rows(home)
    with pytest.raises(DecisionNotEvaluated, match="has no value: There is no `nothing`") as error:
        evaluate(home, "d")
    assert "There is no `nothing`" in error.value.warnings[1]
    assert rows(home) == before


def test_rules_that_contradict_their_hit_policy_are_a_problem_as_they_are_an_incident(home: Installation) -> None:
    logic = table(["guests"], ["n"], [(["> seats"], ["1"]), (["> seats + 1"], ["2"])])
    given = inputs(guests="number", seats="number")
    deploy(home, file(given + decision("d", logic, needs="#guests* #seats*")))
    assert evaluate(home, "d", guests=1, seats=0).result == 1
    with pytest.raises(DecisionNotEvaluated, match="2 rules match, and the hit policy UNIQUE allows one"):
        evaluate(home, "d", guests=2, seats=0)


def test_an_evaluation_beyond_its_budget_is_stopped(home: Installation) -> None:
    deploy(home, file(decision("d", literal("count(for a in 1..1000, b in 1..1000 return a * b)"))))
    before = rows(home)
    with pytest.raises(DecisionTooCostly, match="too many steps"):
        evaluate(home, "d")
    assert rows(home) == before


def test_a_value_that_cannot_be_one_is_named(home: Installation) -> None:
    deploy(home, dinner())
    with pytest.raises(InvalidInput) as error:
        evaluate(home, "dish", season={"deep": float("nan")})
    assert error.value.errors[0].path == "variables.season.deep"
    assert kept(home) == []


# -- what is kept
def test_masked_names_and_large_values_are_not_kept(home: Installation) -> None:
    body = inputs(secret_code="string", text="string") + decision(
        "d",
        table(["secret_code", "text"], ["out"], [(['"abc"', "-"], ["secret_code"])]),
        needs="#secret_code* #text*",
    )
    deploy(home, file(body))
    assert evaluate(home, "d", secret_code="abc", text="x" * 5000).result == "abc"
    (one,) = kept(home)
    assert one.inputs["secret_code"] == "•••"
    assert one.inputs["text"]["cut"] is True
    assert (one.matched[0]["inputs"], one.matched[0]["outputs"]) == (["•••", "•••"], [["•••"]])
    assert one.matched[0]["rules"] == [1]


def test_a_masked_decision_on_the_way_is_not_kept_by_its_rules(home: Installation) -> None:
    body = inputs(n="number") + decision(
        "secret_limit", table(["n"], ["out"], [(["> 1"], ["n * 1000"]), (["<= 1"], ["0"])]), needs="#n*"
    )
    deploy(home, file(body + decision("d", literal('if secret_limit > 5 then "a" else "b"'), needs="#secret_limit")))
    assert evaluate(home, "d", n=41).result == "a"
    (one,) = kept(home)
    assert (one.inputs, one.result) == ({"n": 41}, "a")
    assert (one.matched[0]["rules"], one.matched[0]["inputs"], one.matched[0]["outputs"]) == ([1], ["•••"], [["•••"]])


def test_users_see_what_they_asked_for_themselves(home: Installation) -> None:
    deploy(home, dinner())
    evaluate(home, "dish", ADMIN, season="winter", guests=1)
    own = evaluate(home, "dish", ANNA, season="summer", guests=1)
    assert [one.id for one in kept(home, ANNA)] == [own.evaluation_id]
    (other,) = kept(home, key="dish")[1:]
    with pytest.raises(NotFound):
        decisions.get_evaluation(home.rt, ANNA, other.id)
