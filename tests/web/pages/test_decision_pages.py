"""Decisions: their logic as tables, and the rules that matched."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask.testing import FlaskClient

from stellwerk import dmn
from stellwerk.usecases.access import Principal
from stellwerk.web.pages.decision_view import fired, node_of, requirements, view_of_node

from .fakes import BPMN, CLERK, EVALUATIONS, INSTANCES

FILE, _ = dmn.read((BPMN / "claim.dmn").read_bytes(), "claim.dmn")
assert FILE is not None
FILES = (FILE,)


def view(key: str):  # type: ignore[no-untyped-def]
    node = node_of(FILES, key)
    assert node is not None
    return view_of_node(node)


def test_a_table_is_shown_as_it_was_written() -> None:
    table = view("claim_route").table
    assert (table.letter, table.policy) == ("F", "FIRST")
    assert [(clause.label, clause.text) for clause in table.inputs] == [
        ("Payout", "payout"),
        ("Earlier claims", "earlier_claims"),
    ]
    assert table.outputs[0].values == '"pay", "assess", "refuse"'
    assert table.rules[1].inputs == ("-", ">= 3")
    assert table.rules[2].number == 3


def test_other_logic_is_a_text_and_requirements_are_named() -> None:
    assert view("payout").text == "max(amount - deductible, 0)"
    node = node_of(FILES, "payout")
    assert node is not None
    needs = requirements(FILES, node)
    assert (needs.inputs, needs.decisions) == (("amount",), (("deductible", "deductible"),))


def test_each_evaluated_table_is_found_again_with_what_matched() -> None:
    deductible, route = fired(FILES, EVALUATIONS[0].matched)
    assert (deductible.name, list(deductible.outputs)) == ("deductible", [4])
    assert route.inputs == (3500, 0)
    assert route.table is not None
    assert route.table.id == "claim_route_table"
    assert list(route.outputs[4]) == ["assess", "More than 1000 to pay.", 3500]
    (gone,) = fired(FILES, [{**EVALUATIONS[0].matched[0], "tableId": "another"}])
    assert gone.table is None


def boxed(body: str) -> bytes:
    head = '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="d" name="d" namespace="urn:boxes">'
    return f'{head}<decision id="it" name="it"><variable name="it"/>{body}</decision></definitions>'.encode()


def text(content: str) -> str:
    return f"<literalExpression><text>{content}</text></literalExpression>"


def shown(body: str):  # type: ignore[no-untyped-def]
    found, problems = dmn.read(boxed(body), "boxes.dmn")
    assert found is not None
    assert not problems
    node = node_of((found,), "it")
    assert node is not None
    return view_of_node(node)


def test_every_boxed_expression_has_a_view() -> None:
    entries = f'<variable name="a"/>{text("1")}', text("a + 1")
    context = shown(f"<context>{''.join(f'<contextEntry>{entry}</contextEntry>' for entry in entries)}</context>")
    assert [(name, value.text) for name, value in context.pairs] == [("a", "1"), ("result", "a + 1")]
    conditional = shown(
        f"<conditional><if>{text('x')}</if><then>{text('1')}</then><else>{text('2')}</else></conditional>"
    )
    assert [name for name, _ in conditional.pairs] == ["if", "then", "else"]
    loop = shown(f'<for iteratorVariable="i"><in>{text("1..3")}</in><return>{text("i * 2")}</return></for>')
    assert [name for name, _ in loop.pairs] == ["for i in", "return"]
    some = shown(f'<some iteratorVariable="i"><in>{text("xs")}</in><satisfies>{text("i")}</satisfies></some>')
    assert [name for name, _ in some.pairs] == ["some i in", "satisfies"]
    filtered = shown(f"<filter><in>{text('xs')}</in><match>{text('item > 1')}</match></filter>")
    assert [value.text for _, value in filtered.pairs] == ["xs", "item > 1"]
    listed = shown(f"<list>{text('1')}{text('2')}</list>")
    assert [row[0].text for row in listed.rows] == ["1", "2"]
    relation = shown(f'<relation><column name="a"/><column name="b"/><row>{text("1")}{text("2")}</row></relation>')
    assert (relation.head, [cell.text for cell in relation.rows[0]]) == (("a", "b"), ["1", "2"])
    function = shown(f'<functionDefinition><formalParameter name="x"/>{text("x + 1")}</functionDefinition>')
    assert [value.text for _, value in function.pairs] == ["x", "x + 1"]
    called = shown(f'<invocation>{text("f")}<binding><parameter name="x"/>{text("7")}</binding></invocation>')
    assert [value.text for _, value in called.pairs] == ["f", "7"]


# -- as pages
def test_the_page_of_a_decision_has_its_table_needs_and_what_it_gave(client: FlaskClient) -> None:
    html = client.get("/decisions/claim_route").text
    assert "Earlier claims" in html
    assert "&gt;= 3" in html
    assert "the first match counts" in html
    assert html.count('class="open" href="/decisions/evaluations/') == 3
    assert 'href="/decisions/payout"' in html
    assert client.get("/decisions/claim_route?version=7").status_code == 404
    assert client.get("/decisions/nothing").status_code == 404


def test_the_rules_that_matched_are_lit_with_values_and_a_sign(client: FlaskClient) -> None:
    html = client.get(f"/decisions/evaluations/{EVALUATIONS[0].id}").text
    lit = re.findall(r'<tr class="lit">.*?</tr>', html, re.DOTALL)
    assert len(lit) == 2
    assert all("matched</span>" in row for row in lit)
    assert "<output>3500</output>" in lit[1]
    assert '<output>"assess"</output>' not in lit[1], "a constant says itself what it gave"
    assert f"/instances/{INSTANCES[0].id}" in html


def test_an_evaluation_without_a_match_says_why(client: FlaskClient) -> None:
    html = client.get(f"/decisions/evaluations/{EVALUATIONS[2].id}").text
    assert "Some values are null" in html
    assert "No rule matched." in html


def test_an_instance_lists_its_decisions(client: FlaskClient) -> None:
    html = client.get(f"/instances/{INSTANCES[0].id}?tab=decisions").text
    assert f"/decisions/evaluations/{EVALUATIONS[0].id}" in html


def test_who_uses_it_sees_decisions_without_the_editor(client_of: Callable[[Principal | None], FlaskClient]) -> None:
    clerk = client_of(CLERK)
    html = clerk.get("/decisions/").text
    assert "claim route" in html
    assert "New decision" not in html
    assert "Open in the editor" not in clerk.get("/decisions/claim_route").text
