"""The decision editor on the real server: tables, try it, checks at the cells, CSV, drafts and deployment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from .live import application
from .test_modeler_server import violations

CELL = "td[data-element-id=business_large_total]"
GRAPH = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="offer" name="Offer" namespace="https://example.com/offer">
  <inputData id="due_in" name="due"><variable name="due" typeRef="date"/></inputData>
  <decision id="late" name="late"><variable name="late" typeRef="boolean"/>
    <informationRequirement><requiredInput href="#due_in"/></informationRequirement>
    <literalExpression id="late_text"><text>due &lt; date("2026-01-01")</text></literalExpression></decision>
  <decision id="fee" name="fee"><variable name="fee" typeRef="number"/>
    <informationRequirement><requiredDecision href="#late"/></informationRequirement>
    <decisionTable id="fee_table"><input id="late_col" label="Late"><inputExpression id="late_exp" typeRef="boolean">
      <text>late</text></inputExpression></input><output id="fee_col" name="fee" typeRef="number"/>
      <rule id="is_late"><inputEntry id="c1"><text>true</text></inputEntry>
        <outputEntry id="o1"><text>5</text></outputEntry></rule>
      <rule id="in_time"><inputEntry id="c2"><text>false</text></inputEntry>
        <outputEntry id="o2"><text>0</text></outputEntry></rule>
    </decisionTable></decision>
</definitions>"""


@pytest.fixture
def signed_in(page: Page, tmp_path: Path) -> Iterator[str]:
    with application(tmp_path) as (url, link):
        page.goto(url + link)
        yield url
        page.goto("about:blank")  # no request is under way when the server ends


def editor(page: Page, url: str, query: str = "") -> None:
    page.goto(f"{url}/decisions/editor{query}")
    page.wait_for_selector("[data-island=decisions]:not([aria-busy]) .tjs-table")


def typed(page: Page, cell: str, text: str) -> None:
    """Write another text into a cell, as people do."""
    page.locator(cell).click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def tried(page: Page, customer: str, total: str) -> None:
    page.get_by_label("customer").select_option(label=customer)
    page.get_by_label("total").fill(total)
    page.get_by_role("button", name="Try it").click()


def lit(page: Page) -> list[str]:
    """The rules whose index has the sign of a match."""
    return list(
        page.evaluate("""() => [...document.querySelectorAll('td.rule-index')]
            .filter((cell) => getComputedStyle(cell, '::before').content.includes('✓'))
            .map((cell) => cell.dataset.rowId)""")
    )


def brought(page: Page, label: str, name: str, text: str) -> None:
    """Choose a file that the button asks for."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=label).click()
    chooser.value.set_files({"name": name, "mimeType": "text/plain", "buffer": text.encode()})


def test_a_new_decision_is_whole_and_says_which_rule_matches(page: Page, signed_in: str, trouble: list[str]) -> None:
    editor(page, signed_in)
    expect(page.get_by_text("No problems")).to_be_visible()
    tried(page, "business", "1500")
    expect(page.locator(".de-value")).to_have_text("0.15")
    assert lit(page) == ["business_large"]
    expect(page.get_by_role("button", name="New decision: Rule 1")).to_be_visible()
    page.get_by_label("total").fill("10")  # from now on the result follows
    expect(page.locator(".de-value")).to_have_text("0.1")
    assert lit(page) == ["business_small"]
    typed(page, "td[data-element-id=business_small_discount]", "0.2")
    expect(page.locator(".de-value")).to_have_text("0.2")
    page.get_by_role("button", name="Clear").click()
    assert lit(page) == []
    assert trouble == []


def test_what_is_wrong_in_a_cell_is_marked_there_and_the_list_leads_to_it(
    page: Page, signed_in: str, trouble: list[str]
) -> None:
    editor(page, signed_in)
    typed(page, CELL, ">= 10 and 5")
    expect(page.get_by_text("1 error")).to_be_visible()
    sign = page.evaluate(f"getComputedStyle(document.querySelector('{CELL}'), '::after').content")
    assert sign == '"▲"'
    page.get_by_role("tab", name="Requirements").click()
    page.locator(".md-problems summary").click()
    page.get_by_role("button", name="New decision · rule 1 · Order total").click()
    expect(page.locator(CELL)).to_be_visible()
    assert page.evaluate(f"document.querySelector('{CELL}').contains(document.activeElement)")
    assert trouble == []


def test_rules_that_overlap_are_marked_and_both_are_lit(page: Page, signed_in: str) -> None:
    editor(page, signed_in)
    typed(page, "td[data-element-id=business_small_total]", "< 2000")
    page.locator(".md-problems summary").click()
    expect(page.locator(".md-problem-list")).to_contain_text("Rules 1 and 2 overlap")
    sign = (
        "getComputedStyle(document.querySelector('td.rule-index[data-element-id=business_small]'), '::after').content"
    )
    assert page.evaluate(sign) == '"▲"'
    tried(page, "business", "1500")
    expect(page.locator(".de-answer")).to_contain_text("the hit policy UNIQUE allows one")
    assert lit(page) == ["business_large", "business_small"]


def test_a_value_that_cannot_be_read_is_said_at_its_field(page: Page, signed_in: str) -> None:
    editor(page, signed_in)
    tried(page, "business", "a lot")
    expect(page.get_by_text("This is not a number.")).to_be_visible()
    expect(page.get_by_label("total")).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".de-value")).to_have_count(0)


def test_a_graph_is_tried_as_a_whole_and_keeps_its_version(page: Page, signed_in: str, trouble: list[str]) -> None:
    editor(page, signed_in)
    brought(page, "Open file", "offer.dmn", GRAPH)
    expect(page.get_by_role("tab", name="fee")).to_have_attribute("aria-selected", "true")
    page.get_by_label("due").fill("2025-12-31")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator(".de-value")).to_have_text("5")
    expect(page.locator(".de-answer")).to_contain_text("late true")
    assert lit(page) == ["is_late"]
    page.get_by_role("tab", name="fee").press("ArrowLeft")
    expect(page.get_by_role("tab", name="late")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".dmn-literal-expression-container")).to_contain_text("due <")
    xml = page.evaluate("document.querySelector('[data-island]').island.xml()")
    assert 'xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/"' in xml
    assert trouble == []


def test_a_file_that_would_lose_something_is_not_opened(page: Page, signed_in: str) -> None:
    editor(page, signed_in)
    boxed = GRAPH.replace("<literalExpression", "<conditional><if/></conditional><literalExpression")
    brought(page, "Open file", "boxed.dmn", boxed)
    expect(page.get_by_text("<conditional>, which this editor would lose")).to_be_visible()
    expect(page.locator(CELL)).to_be_visible()


def test_a_column_that_reads_something_new_declares_it_in_one_step(page: Page, signed_in: str) -> None:
    editor(page, signed_in)
    page.locator("th[data-col-id=total_column]").dblclick()
    page.locator(".input-edit .cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("amount")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Declare “amount” as an input").click()
    xml = "document.querySelector('[data-island]').island.xml()"
    assert 'name="amount" typeRef="number"' in page.evaluate(xml)
    page.get_by_role("button", name="Undo").click()
    assert 'name="amount"' not in page.evaluate(xml)
    page.get_by_role("button", name="Repeat").click()
    page.get_by_role("tab", name="Requirements").click()
    expect(page.locator(".djs-element.djs-shape", has_text="amount")).to_be_visible()


def test_rules_go_to_a_spreadsheet_and_come_back_in_one_step(page: Page, signed_in: str, trouble: list[str]) -> None:
    editor(page, signed_in)
    page.locator("summary", has_text="Files").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Table as CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert download.value.suggested_filename == "new_decision.csv"
    assert text.splitlines()[0] == "Customer (customer),Order total (total),Discount (discount),Annotation"
    page.locator("summary", has_text="Files").click()
    brought(page, "Rules from CSV…", "rules.csv", text.splitlines()[0] + '\n"""private""",-,0.5,changed\n')
    expect(page.get_by_text("rules.csv brought 1 rule")).to_be_visible()
    expect(page.locator("td.rule-index")).to_have_count(1)
    expect(page.locator("td.output-cell").first).to_contain_text("0.5")
    page.locator("summary", has_text="Files").click()
    brought(page, "Rules from CSV…", "other.csv", "Customer,Total\n1,2\n")
    expect(page.get_by_text("other.csv was not taken, and the table is unchanged.")).to_be_visible()
    expect(page.locator("td.rule-index")).to_have_count(1)
    page.locator(".md-tools").get_by_role("button", name="Undo").click()
    expect(page.locator(CELL)).to_contain_text(">= 1000")
    expect(page.locator("td.rule-index")).to_have_count(3)
    assert trouble == []


def test_a_decision_is_saved_deployed_and_opened_again(page: Page, signed_in: str, trouble: list[str]) -> None:
    editor(page, signed_in)
    page.get_by_label("Name of the decision").fill("Customer discount")
    page.get_by_label("Name of the decision").press("Enter")
    expect(page.locator(".md-key")).to_have_text("customer_discount")
    page.keyboard.press("Control+s")
    expect(page.locator(".md-state")).to_contain_text("Saved")
    page.reload()
    page.wait_for_selector("[data-island=decisions]:not([aria-busy]) .tjs-table")
    expect(page.get_by_label("Name of the decision")).to_have_value("Customer discount")
    page.get_by_role("button", name="Deploy").click()
    page.get_by_role("button", name="Deploy Customer discount").click()
    expect(page.get_by_text("Deployed: Customer discount, version 1.")).to_be_visible()
    editor(page, signed_in, "?key=customer_discount&version=1")
    expect(page.locator(".md-state")).to_have_text("Version 1, as deployed")
    page.get_by_label("Name of the decision").fill("Discount")
    page.get_by_label("Name of the decision").press("Enter")
    expect(page.locator(".md-key")).to_have_text("customer_discount")  # processes call it by this id
    page.evaluate("document.querySelector('[data-island]').island.keeper.changed = false")
    assert trouble == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_editor_is_accessible(
    page: Page, signed_in: str, theme: Literal["light", "dark"], width: int, trouble: list[str]
) -> None:
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 844})
    editor(page, signed_in)
    tried(page, "private", "1")
    expect(page.locator(".de-value")).to_have_text("0")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    logo = page.locator(".powered-by__logo, .bjs-powered-by").first
    logo.scroll_into_view_if_needed()
    expect(logo).to_be_visible()
    page.get_by_role("tab", name="Requirements").click()
    expect(page.locator(".djs-element[data-element-id=total_input]")).to_be_visible()
    assert violations(page) == []
    assert trouble == []


def test_from_a_business_rule_task_to_its_decision_and_back(page: Page, signed_in: str, trouble: list[str]) -> None:
    page.goto(f"{signed_in}/modeler")
    page.wait_for_selector("[data-island=modeler]:not([aria-busy]) .djs-shape")
    page.evaluate("""() => { const m = document.querySelector('[data-island]').island.modeler;
        const task = m.get('bpmnReplace').replaceElement(m.get('elementRegistry').get('decide'),
            { type: 'bpmn:BusinessRuleTask' });
        m.get('modeling').updateProperties(task, { name: 'Set the discount' });
        m.get('selection').select(task); }""")
    page.get_by_role("button", name="Create decision").click()
    page.wait_for_selector("[data-island=decisions]:not([aria-busy]) .tjs-table")
    expect(page.locator(".md-key")).to_have_text("set_the_discount")
    expect(page.get_by_label("Name of the decision")).to_have_value("Set the discount")
    page.get_by_label("Name of the decision").fill("Best discount")
    page.get_by_label("Name of the decision").press("Enter")
    page.get_by_role("button", name="Deploy").click()
    page.get_by_role("button", name="Deploy Best discount").click()
    expect(page.get_by_role("link", name="See Best discount")).to_have_attribute("href", "/decisions/best_discount")
    expect(page.get_by_role("dialog").get_by_role("button", name="Back to the process")).to_be_focused()
    page.get_by_role("button", name="Edit on").click()
    typed(page, CELL, ">= 2000")
    page.get_by_role("link", name="Back to the process").click()
    page.wait_for_selector("[data-island=modeler]:not([aria-busy]) .djs-shape")
    expect(page.locator(".md-panel").get_by_label("Decision", exact=True)).to_have_value("best_discount")
    xml = page.evaluate("document.querySelector('[data-island]').island.xml()")
    assert 'camunda:mapDecisionResult="singleEntry"' in xml
    assert 'camunda:resultVariable="set_the_discount"' in xml
    expect(page.locator(".md-panel").get_by_label("Topic", exact=True)).to_have_count(0)  # it is no job
    page.get_by_role("button", name="Open decision").click()
    page.wait_for_selector("[data-island=decisions]:not([aria-busy]) .tjs-table")
    expect(page.get_by_label("Name of the decision")).to_have_value("Best discount")  # the draft
    expect(page.locator(".md-state")).to_contain_text("Saved")
    assert trouble == []
