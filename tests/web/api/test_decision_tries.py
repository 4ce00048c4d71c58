"""Trying decisions that are not deployed."""

from __future__ import annotations

from typing import Any

import pytest

from .world import Person, World

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def model(*elements: str, namespace: str = "https://example.com/dish") -> dict[str, str]:
    content = (
        f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<definitions xmlns="{DMN}" id="file" name="Dish" '
        f'namespace="{namespace}">{"".join(elements)}</definitions>'
    )
    return {"name": "dish.dmn", "content": content}


def given(name: str, kind: str = "string") -> str:
    return f'<inputData id="{name}_in" name="{name}"><variable name="{name}" typeRef="{kind}"/></inputData>'


def needs(*names: str) -> str:
    return "".join(
        f'<informationRequirement><requiredInput href="#{name}_in"/></informationRequirement>' for name in names
    )


def rule(id: str, season: str, dish: str) -> str:
    return (
        f'<rule id="{id}"><inputEntry id="{id}_in"><text>{season}</text></inputEntry>'
        f'<outputEntry id="{id}_out"><text>{dish}</text></outputEntry></rule>'
    )


TABLE = (
    '<decisionTable id="table"><input id="i" label="Season"><inputExpression id="e" typeRef="string">'
    "<text>season</text></inputExpression></input>"
    '<output id="o" name="dish" typeRef="string"/>'
    + rule("r1", '"Winter"', '"Stew"')
    + rule("r2", '"Bär"', '"Soup"')
    + "</decisionTable>"
)
DISH = model(given("season"), f'<decision id="dish" name="Dish">{needs("season")}{TABLE}</decision>')


def literal(text: str, *, id: str = "sum", names: tuple[str, ...] = (), more: str = "") -> str:
    return (
        f'<decision id="{id}" name="The {id}">{needs(*names)}{more}'
        f'<literalExpression id="text"><text>{text}</text></literalExpression></decision>'
    )


def tried(admin: Person, file: dict[str, str], decision: str, **more: Any) -> Any:
    answer = admin.post("/decisions/try", {"files": [file], "decision": decision, **more})
    assert answer.status_code == 200, answer.json
    return answer.json


def test_the_result_comes_with_the_rules_that_matched(admin: Person) -> None:
    answer = tried(admin, DISH, "dish", variables={"season": "Bär", "unknown": 1})
    assert (answer["result"], answer["reached"], answer["problems"]) == ("Soup", True, [])
    assert answer["matched"] == [
        {
            "tableId": "table",
            "decisionId": "dish",
            "decisionName": "Dish",
            "inputs": ["Bär"],
            "rules": [2],
            "ruleIds": ["r2"],
            "outputs": [["Soup"]],
            "matches": 1,
        }
    ]


def test_why_there_is_no_result_is_told(admin: Person) -> None:
    answer = tried(admin, DISH, "Dish")
    assert answer["result"] is None
    assert answer["reached"] is True
    assert [warning["elementId"] for warning in answer["warnings"]] == ["table"]


def test_names_that_are_not_declared_are_read_as_in_a_process(admin: Person) -> None:
    file = model(f'<decision id="dish" name="Dish">{TABLE}</decision>')
    assert tried(admin, file, "dish", variables={"season": "Winter"})["result"] == "Stew"
    assert tried(admin, file, "dish")["reached"] is False


def test_inputs_can_be_written_in_feel(admin: Person) -> None:
    file = model(given("due", "date"), literal("due + duration(&quot;P1D&quot;)", names=("due",)))
    answer = tried(admin, file, "sum", expressions={"due": 'date("2026-02-28")'})
    assert answer["result"] == "2026-03-01"


def test_numbers_stay_exact(admin: Person) -> None:
    file = model(given("a", "number"), literal("[a, 0.1 + 0.2, 9007199254740993, 1/3]", names=("a",)))
    answer = tried(admin, file, "sum", variables={"a": 1})
    assert answer["result"] == [1, 0.3, "9007199254740993", "0.3333333333333333333333333333333333"]


def test_a_service_takes_the_values_of_its_input_decisions(admin: Person) -> None:
    file = model(
        literal("1", id="base"),
        literal(
            "The base + 1",
            id="more",
            more='<informationRequirement><requiredDecision href="#base"/></informationRequirement>',
        ),
        '<decisionService id="offer" name="Offer"><outputDecision href="#more"/><inputDecision href="#base"/>'
        "</decisionService>",
    )
    assert tried(admin, file, "offer", variables={"The base": 41})["result"] == 42


def test_a_broken_cell_is_a_problem_and_the_rest_is_evaluated(admin: Person) -> None:
    file = model(literal("1 +", id="broken"), literal("2", id="whole").replace('id="text"', 'id="other"'))
    answer = tried(admin, file, "whole")
    assert answer["result"] == 2
    assert [(problem["rule"], problem["elementId"]) for problem in answer["problems"]] == [("feel-syntax", "text")]
    assert tried(admin, file, "broken")["reached"] is False


def test_a_file_that_is_no_dmn_has_problems_and_no_result(admin: Person) -> None:
    answer = tried(admin, {"name": "a.dmn", "content": "<x/>"}, "dish")
    assert (answer["result"], answer["reached"]) == (None, False)
    assert [problem["rule"] for problem in answer["problems"]] == ["not-dmn"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"files": []}, "files"),
        ({"decision": "nothing"}, "decision"),
        ({"decision": ""}, "decision"),
        ({"variables": []}, "variables"),
        ({"expressions": {"season": "1 +"}}, "expressions.season"),
        ({"expressions": {"season": 'date("tomorrow")'}}, "expressions.season"),
        ({"expressions": {"season": "for i in 1..100000000 return i"}}, "expressions.season"),
        ({"more": 1}, "more"),
    ],
)
def test_what_cannot_be_tried_is_refused_by_the_name_of_its_field(
    admin: Person, change: dict[str, Any], path: str
) -> None:
    answer = admin.post("/decisions/try", {"files": [DISH], "decision": "dish", **change})
    assert answer.status_code == 422
    assert [error["path"] for error in answer.json["errors"]] == [path]


def test_an_evaluation_is_stopped_at_its_budget(admin: Person) -> None:
    endless = model(literal("for i in 1..100000 return for j in 1..100000 return i * j"))
    answer = admin.post("/decisions/try", {"files": [endless], "decision": "sum"})
    assert answer.status_code == 422
    assert answer.json["code"] == "decision-too-costly"
    assert "stopped" in answer.json["detail"]


def test_too_many_or_too_large_files_are_refused(world: World, admin: Person) -> None:
    many = admin.post("/decisions/try", {"files": [DISH] * 21, "decision": "dish"})
    assert many.status_code == 413
    large = {"name": "large.dmn", "content": "x" * (world.runtime.settings.upload_limit * 1024 * 1024 + 1)}
    assert admin.post("/decisions/try", {"files": [large], "decision": "dish"}).status_code in (413, 422)


def test_nothing_is_kept(world: World, admin: Person) -> None:
    with world.unchanged():
        tried(admin, DISH, "dish", variables={"season": "Winter"})


def test_a_decision_can_be_a_draft(admin: Person) -> None:
    made = admin.post("/drafts", {"kind": "dmn", "name": "Dish", "content": DISH["content"]})
    assert made.status_code == 201
    assert [each["name"] for each in admin.post("/drafts/search", {"filter": {"kind": "dmn"}}).json["items"]] == [
        "Dish"
    ]
