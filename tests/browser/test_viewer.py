"""The diagram with what runs in it, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .islands import Answer, Islands
from .islands import page as island_page

XML = (Path(__file__).parents[2] / "bpmn/order.bpmn").read_text()
STATE: dict[str, Any] = {
    "tokens": [
        {"elementId": "pack_order", "count": 3, "waitingFor": "person"},
        {"elementId": "charge_card", "count": 1, "waitingFor": "job"},
        {"elementId": "gone_since_then", "count": 1, "waitingFor": ""},
    ],
    "done": ["order_received", "work_out_total"],
    "flows": ["flow_start", "flow_total"],
    "incidents": [{"elementId": "charge_card", "count": 2, "message": "The card service did not answer."}],
    "facts": {"charge_card": [["Runs", "3"]]},
}


def show(tab: Page, islands: Islands, state: dict[str, Any] | None = STATE, theme: str = "light", **data: Any) -> None:
    islands.pages["/viewer"] = island_page("viewer", {"xml": XML, "state": state, **data}, theme=theme)
    tab.goto(islands.url + "/viewer")
    tab.wait_for_selector("[data-island]:not([aria-busy]) .djs-shape")


def element(tab: Page, id: str) -> Any:
    return tab.locator(f".djs-element[data-element-id={id}]")


def test_tokens_waits_incidents_and_the_path_are_shown(page: Page, islands: Islands, trouble: list[str]) -> None:
    show(page, islands)
    expect(page.get_by_role("button", name="Pack the order: 3 here, waits for a person")).to_be_visible()
    incident = page.get_by_role("button", name="Charge the card: 1 here, waits for a program, 2 incidents")
    expect(incident.locator(".dv-incident")).to_have_text("2")
    expect(element(page, "flow_total")).to_have_class(re.compile("is-done"))
    assert page.locator(".is-done").count() == 4
    assert trouble == []


def test_a_click_shows_the_facts_of_an_element_and_tells_the_page(page: Page, islands: Islands) -> None:
    show(page, islands)
    page.evaluate("document.addEventListener('stellwerk:select', (e) => (window.chosen = e.detail.elementId))")
    element(page, "charge_card").click()
    facts = page.locator(".dv-facts")
    expect(facts).to_contain_text("Charge the card")
    expect(facts).to_contain_text("The card service did not answer.")
    expect(facts).to_contain_text("Runs3")
    assert page.evaluate("window.chosen") == "charge_card"
    page.keyboard.press("Escape")
    expect(facts).to_be_hidden()
    assert page.evaluate("window.chosen") is None


def test_another_state_takes_the_place_of_the_first(page: Page, islands: Islands) -> None:
    show(page, islands)
    later = {"tokens": [], "done": [*STATE["done"], "pack_order"], "flows": [], "incidents": []}
    page.evaluate(
        """(state) => document.querySelector('[data-island]')
        .dispatchEvent(new CustomEvent('stellwerk:data', { detail: { state } }))""",
        later,
    )
    expect(page.locator(".dv-mark")).to_have_count(0)
    expect(element(page, "pack_order")).to_have_class(re.compile("is-done"))
    expect(element(page, "flow_total")).not_to_have_class(re.compile("is-done"))


def test_the_keyboard_walks_through_the_elements(page: Page, islands: Islands) -> None:
    show(page, islands)
    page.locator("svg[role=application]").focus()
    page.keyboard.press("ArrowRight")
    first = page.locator(".dv-facts strong").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".dv-facts strong")).not_to_have_text(first)
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".dv-facts strong")).to_have_text(first)


def test_the_legend_says_what_the_signs_mean(page: Page, islands: Islands) -> None:
    show(page, islands)
    page.get_by_role("button", name="Legend").click()
    expect(page.get_by_text("Incident: needs somebody")).to_be_visible()


def test_a_diagram_without_a_drawing_is_laid_out(page: Page, islands: Islands) -> None:
    bare = re.sub(r"<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>", "", XML, flags=re.DOTALL)
    islands.routes["GET", "/xml"] = lambda request: Answer(bare, type="application/xml")
    show(page, islands, None, xml=None, xmlUrl="/xml")
    expect(element(page, "pack_order")).to_be_visible()
    expect(page.get_by_role("button", name="Legend")).to_have_count(0)


def test_a_file_that_cannot_be_read_is_said_in_its_place(page: Page, islands: Islands) -> None:
    islands.pages["/viewer"] = page_of_nothing()
    page.goto(islands.url + "/viewer")
    expect(page.get_by_role("alert")).to_be_visible()


def page_of_nothing() -> str:
    return island_page("viewer", {"xml": "<nothing><BPMNShape /></nothing>", "state": None})


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_watermark_is_visible_and_uncovered(page: Page, islands: Islands, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    show(page, islands, theme=theme)
    mark = page.locator(".bjs-powered-by")
    expect(mark).to_be_visible()
    covered = """e => { const b = e.getBoundingClientRect();
        return !e.contains(document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2)); }"""
    assert not mark.evaluate(covered)
    assert page.locator(".dv-mark").first.is_visible()
