"""Files of all versions, and item definitions (7.3)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.dmn.models import URI, decision, file, inputs, library, literal, model, rules, table

from stellwerk.dmn.versions import VERSIONS


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_every_version_is_read(version: Any) -> None:
    body = inputs(n="number") + decision("d", table(["n"], ["out"], [(["> 1"], ['"many"'])]), needs="#n*")
    found = model(body, namespace=version.model)
    assert found.evaluate("d", {"n": 2}).value == "many"
    assert found.definitions.version is version


def test_types_of_dmn_1_1_are_xml_names() -> None:
    old = VERSIONS[0]
    kind = '<itemDefinition name="Amount"><typeRef>feel:number</typeRef></itemDefinition>'
    body = kind + inputs(a="feel:string", b="own:Amount") + decision("d", literal("[a, b]"), needs="#a* #b*")
    attributes = f'xmlns:feel="{old.feel}" xmlns:own="{URI}"'
    found = model(body, namespace=old.model, attributes=attributes)
    assert found.evaluate("d", {"a": "x", "b": 1}).value == ["x", 1]
    assert found.evaluate("d", {"a": 1, "b": "x"}).value == [None, None]


def test_imports_of_dmn_1_1_are_called_by_their_prefix() -> None:
    old, other = VERSIONS[0], "https://stellwerk.test/other"
    base = file(
        '<itemDefinition name="Amount"><typeRef>number</typeRef></itemDefinition>' + decision("seven", literal("7")),
        namespace=old.model,
        uri=other,
    )
    body = f'<import namespace="{other}" importType="dmn"/>' + inputs(n="o:Amount")
    body += decision("d", literal("o.seven + n"), needs=f"{other}#seven #n*")
    found = library(file(body, namespace=old.model, attributes=f'xmlns:o="{other}"'), base)
    assert found.problems == ()
    assert found.models[URI].evaluate("d", {"n": 1}).value == 8


def test_a_language_that_is_feel_of_any_version_is_feel() -> None:
    for version in VERSIONS:
        assert rules(decision("d", literal("1", f'expressionLanguage="{version.feel}"'))) == []


def test_elements_of_a_later_version_are_refused_with_the_way_out() -> None:
    logic = (
        f"<conditional><if>{literal('true')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>"
    )
    found = library(file(decision("d", logic), namespace=VERSIONS[2].model))
    assert found.problems[0].rule == "dmn-version"
    assert "DMN 1.4" in found.problems[0].message
    assert "1.3" in found.problems[0].message


@pytest.mark.parametrize(
    ("xml", "rule"),
    [
        (b"<definitions/>", "not-dmn"),
        (file("", namespace="http://www.omg.org/spec/DMN/20130901"), "not-dmn"),
        (b"", "xml"),
        (b"<!DOCTYPE d>" + file(""), "xml-doctype"),
    ],
)
def test_what_is_no_dmn_file_is_told(xml: bytes, rule: str) -> None:
    found = library(xml)
    assert [problem.rule for problem in found.problems] == [rule]
    assert found.models == {}


# -- item definitions


def item(name: str, inside: str, attributes: str = "") -> str:
    return f'<itemDefinition name="{name}" {attributes}>{inside}</itemDefinition>'


def simple(kind: str, allowed: str = "", constraint: str = "") -> str:
    tests = f"<allowedValues><text>{allowed}</text></allowedValues>" if allowed else ""
    tests += f"<typeConstraint><text>{constraint}</text></typeConstraint>" if constraint else ""
    return f"<typeRef>{kind}</typeRef>{tests}"


def part(name: str, inside: str, attributes: str = "") -> str:
    return f'<itemComponent name="{name}" {attributes}>{inside}</itemComponent>'


TYPES = (
    item("People", simple("Person"), 'isCollection="true"')
    + item("Person", part("name", simple("string")) + part("age", simple("Age")))
    + item("Age", simple("number", "[0..150]"))
    + item("Old", simple("Age", "&gt; 60"))
    + item("Grades", simple("number", "[1..6]", "count(?) &lt; 3"), 'isCollection="true"')
    + item("Maybe", simple("number", "1, null"))
)


@pytest.mark.parametrize(
    ("kind", "given", "wanted"),
    [
        ("Age", 5, 5),
        ("Age", 151, None),
        ("Age", [7], 7),
        ("Old", 70, 70),
        ("Old", 50, None),
        ("Old", 200, None),
        ("Person", {"name": "A", "age": 3}, {"name": "A", "age": 3}),
        ("Person", {"name": "A", "age": 3, "more": 1}, {"name": "A", "age": 3, "more": 1}),
        ("Person", {"name": "A"}, None),
        ("Person", {"name": "A", "age": 300}, None),
        ("Person", {"name": 1, "age": 3}, None),
        ("People", [{"name": "A", "age": 3}], [{"name": "A", "age": 3}]),
        ("People", [{"name": "A", "age": 300}], None),
        ("People", {"name": "A", "age": 3}, [{"name": "A", "age": 3}]),
        ("Grades", [1, 6], [1, 6]),
        ("Grades", [1, 7], None),
        ("Grades", [1, 2, 3], None),
        ("Grades", [], []),
        ("list", [1, "a"], [1, "a"]),
        ("context", {"a": 1}, {"a": 1}),
        ("context", [1, 2], None),
        ("function", 1, None),
        ("Any", "x", "x"),
    ],
)
def test_values_are_converted_to_types_or_null(kind: str, given: Any, wanted: Any) -> None:
    found = model(TYPES + inputs(v=kind) + decision("d", literal("v"), needs="#v*")).evaluate("d", {"v": given})
    assert found.value == wanted
    assert bool(found.warnings) is (wanted is None)


def test_allowed_values_are_complete_so_that_null_is_allowed_only_where_it_is_named() -> None:
    body = TYPES + inputs(v="Maybe", w="Age") + decision("d", literal("[v, w]"), needs="#v* #w*")
    found = model(body).evaluate("d", {"v": None, "w": None})
    assert found.value == [None, None]
    assert [each.element_id for each in found.warnings] == ["w"]


def test_types_are_known_to_instance_of() -> None:
    body = TYPES + decision("d", literal('[{name: "A", age: 1} instance of Person, 1 instance of Person]'))
    assert model(body).evaluate("d").value == [True, False]


def test_a_type_made_of_itself_is_refused() -> None:
    body = item("Tree", part("left", simple("Tree")))
    assert rules(body) == ["dmn-type-circle"]
    assert rules(item("A", simple("B")) + item("B", simple("C")) + item("C", simple("A"))) == ["dmn-type-circle"]


def test_an_unknown_type_and_bad_allowed_values_are_told() -> None:
    assert rules(item("A", simple("Nothing"))) == ["dmn-unknown-type"]
    assert rules(item("A", simple("number", "1,,2"))) == ["feel-syntax"]


def test_a_long_row_of_types_does_not_recurse_and_a_deep_one_is_refused() -> None:
    alias = "".join(item(f"T{n}", simple(f"T{n + 1}")) for n in range(5000)) + item("T5000", simple("number"))
    assert model(alias + inputs(v="T0") + decision("d", literal("v"), needs="#v*")).evaluate("d", {"v": 1}).value == 1
    deep = "".join(item(f"T{n}", part("a", simple(f"T{n + 1}"))) for n in range(500)) + item("T500", simple("number"))
    assert "dmn-too-deep" in rules(deep)
    nested = simple("number")
    for _ in range(400):
        nested = part("a", nested)
    assert "dmn-too-deep" in rules(item("T", nested))


def test_a_type_of_too_many_parts_is_refused_however_short_it_is_written() -> None:
    """Each type has the next one twice: 40 of them would have a million million parts."""
    types = "".join(
        item(f"T{n}", part("a", simple(f"T{n + 1}")) + part("b", simple(f"T{n + 1}"))) for n in range(35)
    ) + item("T35", simple("number"))
    body = types + inputs(v="T0") + decision("d", literal("v.a.b"), needs="#v*")
    assert set(rules(body)) == {"dmn-too-large"}
    functions = '<functionItem outputTypeRef="{0}"><parameters name="p" typeRef="{0}"/></functionItem>'
    types = "".join(item(f"T{n}", functions.format(f"T{n + 1}")) for n in range(35)) + item("T35", simple("number"))
    assert set(rules(types)) == {"dmn-too-large"}


def test_expressions_know_a_bounded_number_of_names_altogether() -> None:
    entry = '<contextEntry><variable name="v{0}"/>' + literal("1") + "</contextEntry>"
    long = "<context>" + "".join(entry.format(at) for at in range(2_000)) + "</context>"
    assert rules(decision("d", long)) == ["dmn-too-large"]
    wide = item("T", "".join(part(f"a{at}", simple("number")) for at in range(1_500)))
    many = "".join(decision(f"d{at}", literal("v.a1"), needs="#v*") for at in range(100))
    assert rules(wide + inputs(v="T") + many) == []
    same = "<list>" + literal("v.a1") * 3_000 + "</list>"  # all of one place: prepared once
    assert rules(wide + inputs(v="T") + decision("d", same, needs="#v*")) == []
