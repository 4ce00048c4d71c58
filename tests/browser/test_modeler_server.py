"""From the drawing to the end of an instance, on the real server: what somebody does on their first day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .live import application


@pytest.fixture
def signed_in(page: Page, tmp_path: Path) -> Iterator[str]:
    with application(tmp_path) as (url, link):
        page.goto(url + link)
        yield url
        page.goto("about:blank")  # no request is under way when the server ends


def modeler(page: Page, url: str) -> None:
    page.goto(f"{url}/modeler")
    page.wait_for_selector("[data-island=modeler]:not([aria-busy]) .djs-shape")


def test_draw_deploy_start_and_complete(page: Page, signed_in: str, trouble: list[str]) -> None:
    modeler(page, signed_in)
    page.get_by_label("Name of the process").fill("Ask for leave")
    page.get_by_label("Name of the process").press("Enter")
    expect(page.locator(".md-key")).to_have_text("ask_for_leave")
    page.get_by_role("button", name="Deploy").click()
    page.get_by_role("button", name="Deploy Ask for leave").click()
    expect(page.get_by_text("Deployed: Ask for leave, version 1.")).to_be_visible()

    page.get_by_role("link", name="Start Ask for leave").click()
    page.get_by_label("What do you ask for?").fill("Two weeks in May")
    page.get_by_role("button", name="Start Ask for leave").click()
    page.wait_for_url("**/instances/**")
    page.wait_for_selector("[data-island=viewer]:not([aria-busy])")
    expect(page.get_by_role("button", name="Decide on the request: 1 here, waits for a person")).to_be_visible()

    page.goto(f"{signed_in}/tasks/?show=free")
    page.get_by_role("link", name="Decide on the request").first.click()
    expect(page.get_by_label("Request", exact=True)).to_have_value("Two weeks in May")
    page.get_by_label("Approved").check()
    page.get_by_role("button", name="Decide on the request").click()
    page.wait_for_url(lambda address: address.rstrip("/").endswith("/tasks"))

    page.goto(f"{signed_in}/instances/?state=completed")
    page.locator("table a[href*='/instances/']").first.click()
    page.wait_for_selector("[data-island=viewer]:not([aria-busy])")
    expect(page.locator(".djs-element[data-element-id=yes]")).to_have_class(re.compile("is-done"))
    expect(page.locator(".djs-element[data-element-id=no]")).not_to_have_class(re.compile("is-done"))
    assert trouble == []


def test_an_expression_is_completed_and_checked_while_one_types_by_keyboard_alone(page: Page, signed_in: str) -> None:
    modeler(page, signed_in)
    page.evaluate("""() => { const m = document.querySelector('[data-island]').island.modeler;
        m.get('selection').select(m.get('elementRegistry').get('yes')); }""")
    page.get_by_role("button", name="Write an expression").press("Enter")
    field = page.locator(".md-panel").get_by_label("Condition", exact=True)
    expect(field).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("=not(appr")
    expect(page.get_by_role("option", name="approved")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(field).to_have_value("=not(approved")
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.type(") and (request")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Character 2")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    page.keyboard.type(")")
    expect(field).to_have_attribute("aria-invalid", "false")
    page.keyboard.press("Enter")
    assert ">=not(approved) and (request)</bpmn:conditionExpression>" in page.evaluate(
        "document.querySelector('[data-island]').island.xml()"
    )


def test_the_sheet_says_what_changes_and_what_runs(page: Page, signed_in: str) -> None:
    modeler(page, signed_in)
    page.get_by_role("button", name="Deploy").click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_role("heading", name="A new process")).to_be_visible()
    sheet.get_by_role("button", name="Deploy New process").click()
    sheet.get_by_role("link", name="Start New process").click()
    page.get_by_label("What do you ask for?").fill("A day off")
    page.get_by_role("button", name="Start New process").click()
    page.wait_for_url("**/instances/**")
    modeler(page, signed_in)
    page.evaluate("""() => { const m = document.querySelector('[data-island]').island.modeler;
        const decide = m.get('elementRegistry').get('decide');
        m.get('modeling').updateProperties(decide, { name: 'Decide on it' }); }""")
    page.get_by_role("button", name="Deploy").click()
    expect(sheet.get_by_role("heading", name="Changes against version 1")).to_be_visible()
    expect(sheet.get_by_text("Changed: Decide on it (user task)")).to_be_visible()
    expect(sheet.get_by_text("Running: 1 instance in version 1.")).to_be_visible()


def test_the_servers_check_speaks_while_one_draws(page: Page, signed_in: str) -> None:
    modeler(page, signed_in)
    expect(page.get_by_text("No problems")).to_be_visible()
    page.evaluate("""() => { const m = document.querySelector('[data-island]').island.modeler;
        const registry = m.get('elementRegistry');
        m.get('bpmnReplace').replaceElement(registry.get('decide'), { type: 'bpmn:BusinessRuleTask' }); }""")
    expect(page.locator(".md-mark.md-error")).to_be_visible()
    expect(page.locator(".md-panel")).to_contain_text("business rule task")
    page.get_by_role("button", name="Deploy").click()
    expect(page.get_by_role("dialog").get_by_text("cannot be deployed yet")).to_be_visible()


def test_a_draft_goes_on_where_it_was_left(page: Page, signed_in: str) -> None:
    modeler(page, signed_in)
    page.get_by_label("Name of the process").fill("Half done")
    page.keyboard.press("Control+s")
    expect(page.locator(".md-state")).to_contain_text("Saved")
    page.reload()
    page.wait_for_selector("[data-island=modeler]:not([aria-busy]) .djs-shape")
    expect(page.get_by_label("Name of the process")).to_have_value("Half done")
    expect(page.locator(".md-state")).to_contain_text("Saved")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_modeler_and_its_sheet_are_accessible(page: Page, signed_in: str, theme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=theme)
    modeler(page, signed_in)
    page.locator(".djs-element[data-element-id=decide]").click()
    expect(page.locator(".md-panel")).to_contain_text("Candidate groups")
    assert violations(page) == []
    page.get_by_role("button", name="Deploy").click()
    expect(page.get_by_role("button", name="Deploy New process")).to_be_visible()
    assert violations(page) == []


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.1 AA: rule and element."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]}).response["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]
