"""What pages do in a real browser: keys, the variable editor, live lists, dropped files, the size of programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from web.pages.addresses import addresses
from web.pages.fakes import ADMIN, INSTANCES, TASKS, FakePort

from .islands import BUILT
from .pages_server import serving

MOST_BYTES = 60 * 1024  # of a page without an island


@pytest.fixture
def port() -> FakePort:
    return FakePort()


@pytest.fixture
def address(port: FakePort) -> Iterator[str]:
    with serving(port, ADMIN) as url:
        yield url


def test_rows_are_walked_and_opened_with_keys(page: Page, address: str) -> None:
    page.goto(address + "/tasks/?show=all")
    for key in "jjjk":
        page.keyboard.press(key)
    expect(page.locator("tr.row a.open").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/tasks/{TASKS[2].id}"))


def test_enter_opens_the_first_task(page: Page, address: str) -> None:
    page.goto(address + "/tasks/")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pack the order")


def test_c_claims_the_task_of_the_row(page: Page, address: str, port: FakePort) -> None:
    page.goto(address + "/tasks/?show=free")
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.get_by_text("You have this task.")).to_be_visible()
    assert port.done == [("claim", TASKS[2].id)]


def test_g_and_a_letter_goes_somewhere(page: Page, address: str) -> None:
    page.goto(address + "/tasks/")
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page).to_have_url(address + "/processes/")


def test_search_has_its_keys_and_escape_closes_the_overview(page: Page, address: str) -> None:
    page.goto(address + "/tasks/")
    page.keyboard.press("Control+k")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("g p")  # typing is not a shortcut
    expect(page).to_have_url(address + "/tasks/")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_the_filter_is_sent_while_typing_and_keeps_the_focus(page: Page, address: str) -> None:
    page.goto(address + "/tasks/?show=all")
    field = page.get_by_role("searchbox", name="Filter")
    field.press_sequentially("4713")
    expect(page.locator("tr.row")).to_have_count(1)
    expect(field).to_be_focused()
    expect(page).to_have_url(re.compile(r"show=all.*q=4713"))


def test_a_menu_closes_with_escape_and_gives_the_focus_back(page: Page, address: str) -> None:
    page.goto(address + "/tasks/")
    menu = page.locator(".menu summary")
    menu.click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(menu).to_be_focused()


def test_the_dark_theme_stays(page: Page, address: str) -> None:
    page.goto(address + "/tasks/")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Dark").click()
    page.goto(address + "/instances/")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(21, 24, 27)"


def test_variables_are_added_typed_and_sent(page: Page, address: str, port: FakePort) -> None:
    page.goto(address + "/processes/approval/start")
    page.get_by_label("Name 1").fill("urgent")
    page.get_by_label("Type 1").select_option("yes-no")
    page.get_by_label("Value 1").select_option("no")
    page.get_by_role("button", name="Add a variable").click()
    page.keyboard.type("pages")
    page.get_by_label("Type 2").select_option("number")
    page.get_by_label("Value 2").fill("12")
    page.get_by_role("button", name="Start Document approval").click()
    expect(page).to_have_url(re.compile("/instances/"))
    assert port.done[0][2:] == (None, {"urgent": False, "pages": 12})


def test_a_wrong_number_is_not_sent_and_gets_the_focus(page: Page, address: str, port: FakePort) -> None:
    page.goto(address + "/processes/approval/start")
    page.get_by_label("Name 1").fill("pages")
    page.get_by_label("Type 1").select_option("number")
    page.get_by_label("Value 1").fill("12,50")
    page.get_by_role("button", name="Start Document approval").click()
    expect(page.get_by_label("Value 1")).to_be_focused()
    assert "12.50" in page.get_by_label("Value 1").evaluate("e => e.validationMessage")
    assert port.done == []


def test_a_double_click_sends_once(page: Page, address: str, port: FakePort) -> None:
    page.goto(address + "/processes/approval/start")
    page.get_by_role("button", name="Start Document approval").dblclick()
    expect(page).to_have_url(re.compile("/instances/"))
    assert len(port.done) == 1


def test_control_enter_sends_from_anywhere_in_the_form(page: Page, address: str, port: FakePort) -> None:
    page.goto(address + "/processes/approval/start")
    page.get_by_label("Name 1").press("Control+Enter")
    expect(page).to_have_url(re.compile("/instances/"))
    assert len(port.done) == 1


def test_what_was_typed_into_a_task_survives_a_look_elsewhere(page: Page, address: str) -> None:
    page.goto(f"{address}/tasks/{TASKS[1].id}")
    page.get_by_label("Value 1").fill("Berta Klein")
    page.goto(address + "/tasks/")
    page.goto(f"{address}/tasks/{TASKS[1].id}")
    expect(page.get_by_label("Value 1")).to_have_value("Berta Klein")


def test_a_task_that_ends_otherwise_takes_along_what_was_filled_in(page: Page, address: str, port: FakePort) -> None:
    page.goto(f"{address}/tasks/{TASKS[0].id}")
    page.locator(".fjs-form-field-number input:not([readonly])").first.fill("2")
    page.get_by_text("End with …").click()
    page.get_by_role("button", name="Out of stock").click()
    page.wait_for_url(address + "/tasks/**")
    [(deed, _, thrown)] = port.done
    assert (deed, thrown.kind, thrown.code) == ("throw", "error", "OUT_OF_STOCK")
    assert 2 in thrown.variables.values()
    assert not {None, ""} & {value for value in thrown.variables.values() if not isinstance(value, list | dict)}


def test_a_variable_that_is_removed_is_gone(page: Page, address: str, port: FakePort) -> None:
    page.goto(f"{address}/instances/{INSTANCES[0].id}/variables")
    page.get_by_role("button", name="Remove variable 3").click()
    page.get_by_role("button", name="See what it will do").click()
    expect(page.get_by_role("heading", name="This will happen")).to_be_visible()
    assert port.done == []
    page.get_by_role("button", name="Change variables").click()
    page.wait_for_url(f"{address}/instances/{INSTANCES[0].id}")
    [(_, _, command)] = port.done
    assert (command.variables, command.removed) == ({}, ("express",))


def test_a_list_follows_what_happens(page: Page, address: str, port: FakePort) -> None:
    page.goto(address + "/tasks/?show=free")
    expect(page.locator("tr.row")).to_have_count(2)
    port.tasks_now[TASKS[2].id] = replace(TASKS[2], assignee="jonas")
    expect(page.locator("tr.row")).to_have_count(1)


def test_rows_under_the_pointer_do_not_move(page: Page, address: str, port: FakePort) -> None:
    page.goto(address + "/tasks/?show=free")
    page.locator("tr.row").nth(1).hover()
    with page.expect_response(lambda r: r.request.resource_type == "fetch" and r.status == 200):
        pass
    port.tasks_now[TASKS[2].id] = replace(TASKS[2], assignee="jonas")
    with page.expect_response(lambda r: r.request.resource_type == "fetch" and r.status == 200):
        pass
    expect(page.locator("tr.row")).to_have_count(2)
    page.locator("h1").hover()
    expect(page.locator("tr.row")).to_have_count(1)


def test_dropped_files_are_deployed_with_their_report(page: Page, address: str, port: FakePort) -> None:
    page.goto(address + "/tasks/")
    data = page.evaluate_handle(
        "() => { const d = new DataTransfer(); d.items.add(new File(['<x/>'], 'order.bpmn')); return d; }"
    )
    page.dispatch_event("main", "dragover", {"dataTransfer": data})
    expect(page.locator("body.dropping")).to_have_count(1)
    page.dispatch_event("main", "drop", {"dataTransfer": data})
    expect(page.get_by_role("heading", name="One process is deployed")).to_be_visible()
    assert port.done == [("deploy", ["order.bpmn"])]


def test_the_bulk_button_says_how_many(page: Page, address: str, port: FakePort) -> None:
    page.goto(address + "/operate/incidents")
    page.get_by_label("Choose all").check()
    page.get_by_role("button", name="Retry 2 incidents").click()
    expect(page.get_by_text("2 incidents are tried again.")).to_be_visible()
    assert len(port.done) == 2


def test_an_element_of_the_diagram_is_marked_in_the_lists(page: Page, address: str) -> None:
    page.goto(f"{address}/instances/{INSTANCES[0].id}?tab=activities")
    expect(page.locator("[data-island][aria-busy]")).to_have_count(0)
    page.locator('[data-element-id="pack_order"] .djs-hit').first.click(force=True)
    expect(page.locator("tr.chosen")).to_contain_text("Pack the order")
    page.locator(".dv-facts").get_by_role("link", name="Move or skip …").click()
    expect(page.get_by_role("heading", name="At “Pack the order”")).to_be_visible()


@pytest.mark.parametrize("path", [a for a in addresses() if "?" not in a])
def test_programs_of_a_page_without_an_island_are_small(address: str, path: str) -> None:
    import httpx

    html = httpx.get(address + path).text
    if "data-island=" in html:
        return
    scripts = re.findall(r'<script type="module" src="/assets/([^"]+)"', html)
    total = len(html.encode()) + sum(_size(script, set()) for script in scripts)
    assert total < MOST_BYTES


def _size(script: str, seen: set[str]) -> int:
    """Bytes of a program with everything that it imports."""
    if script in seen:
        return 0
    seen.add(script)
    source = (BUILT / script).read_text()
    folder = (BUILT / script).parent
    parts = re.findall(r'(?:from|import)"(\.[^"]+)"', source)
    others = [str((folder / part).resolve().relative_to(BUILT)) for part in parts]
    return len(source.encode()) + sum(_size(other, seen) for other in others)
