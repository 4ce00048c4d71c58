"""The form island in a real browser, inside a page as the server makes it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, expect

from stellwerk.forms import check

from .islands import Answer, Islands, Request
from .islands import page as island_page

TASK = "/tasks/019ab3a4-1111-7222-8333-944444444444"
BODY = (
    '<main class="main"><form method="post" action="{action}" class="task-form">{root}'
    '<input type="hidden" name="variables"><input type="hidden" name="csrf_token" value="t">'
    '<button class="button button--main">Approve refund</button></form></main>'
)


def text(key: str = "customer", **rules: Any) -> dict[str, Any]:
    return {"type": "textfield", "key": key, "label": key.capitalize(), "validate": rules}


AMOUNT = {"type": "number", "key": "amount", "label": "Amount", "validate": {"required": True, "min": 1}}
DAY = {"type": "datetime", "subtype": "date", "key": "day", "dateLabel": "Day", "validate": {"required": True}}
REASON = {
    "type": "select",
    "key": "reason",
    "label": "Reason",
    "values": [{"label": "Late", "value": "late"}, {"label": "Damaged", "value": "damaged"}],
}


class Task:
    """A page with a form, and what the server got from it."""

    def __init__(self, islands: Islands, *components: dict[str, Any], path: str = TASK, **data: Any) -> None:
        self.islands, self.path = islands, path
        self.sent: list[dict[str, Any]] = []
        self.data = {"schema": {"type": "default", "components": list(components)}, "data": {}, **data}
        self.show()
        islands.routes["POST", path] = self.take
        islands.pages["/done"] = '<!doctype html><title>Done</title><link rel="icon" href="data:,"><h1>Done</h1>'

    def show(self, **data: Any) -> None:
        body = BODY.replace("{action}", self.path)
        self.islands.pages[self.path] = island_page("form", {**self.data, **data}, body=body)

    def take(self, request: Request) -> Answer:
        self.sent.append(json.loads(parse_qs(request.body.decode(), keep_blank_values=True)["variables"][0]))
        return Answer("", 302, headers={"Location": "/done"})

    @property
    def url(self) -> str:
        return self.islands.url + self.path


def open_form(tab: Page, task: Task) -> None:
    tab.goto(task.url)
    tab.wait_for_selector(".fjs-form-field")


def submit(tab: Page) -> None:
    tab.get_by_role("button", name="Approve refund").click()


def test_each_kind_of_field_is_shown_filled_in_and_sent(page: Page, islands: Islands, trouble: list[str]) -> None:
    agreed = {"type": "checkbox", "key": "agreed", "label": "Agreed", "validate": {"required": True}}
    note = {"type": "textarea", "key": "note", "label": "Note"}
    task = Task(islands, text(required=True), AMOUNT, DAY, REASON, agreed, note, data={"customer": "Ann"})
    open_form(page, task)
    expect(page.get_by_label("Customer")).to_have_value("Ann")
    expect(page.get_by_text("Note (optional)")).to_be_visible()
    page.get_by_label("Amount").fill("12.5")
    page.get_by_label("Day").click()
    page.get_by_label("Day").press_sequentially("12/24/2026")
    page.get_by_label("Day").press("Tab")  # to the select, which opens
    page.get_by_text("Damaged", exact=True).click()
    page.get_by_label("Agreed").check()
    submit(page)
    page.wait_for_url("**/done")
    assert task.sent == [
        {"customer": "Ann", "amount": 12.5, "day": "2026-12-24", "reason": "damaged", "agreed": True, "note": ""}
    ]
    assert trouble == []


def test_a_click_on_submit_right_after_typing_is_never_lost(page: Page, islands: Islands) -> None:
    """Fifty times: type the last letters, and press the button within 50 ms, while errors come and go under it."""
    task = Task(islands, text(required=True, minLength=3), AMOUNT)
    open_form(page, task)
    for number in range(50):
        page.goto(task.url)
        page.wait_for_selector(".fjs-form-field")
        page.evaluate("sessionStorage.clear()")
        page.get_by_label("Amount").fill("0")  # too small: an error appears when the field is left
        box = page.get_by_role("button", name="Approve refund").bounding_box()
        assert box
        page.get_by_label("Customer").fill(f"ab{number}")
        page.get_by_label("Amount").press("Control+a")
        page.keyboard.type(f"{number + 1}")
        box = page.get_by_role("button", name="Approve refund").bounding_box()
        assert box
        page.mouse.click(box["x"] + 20, box["y"] + 10)
        page.wait_for_url("**/done")
    assert task.sent == [{"customer": f"ab{n}", "amount": n + 1} for n in range(50)]


def test_typing_and_pressing_in_one_breath_sends_what_was_typed(page: Page, islands: Islands) -> None:
    task = Task(islands, text(), AMOUNT)
    open_form(page, task)
    page.evaluate("""() => {
        const [customer, amount] = document.querySelectorAll('.fjs-input');
        for (const [input, value] of [[customer, 'Bo'], [amount, '7']]) {
            input.focus(); input.value = value; input.dispatchEvent(new Event('input', { bubbles: true }));
        }
        document.querySelector('.button--main').click();
    }""")
    page.wait_for_url("**/done")
    assert task.sent == [{"customer": "Bo", "amount": 7}]


def test_a_press_counts_when_the_page_moves_under_it(page: Page, islands: Islands) -> None:
    """Leaving a date takes its error away, and the button moves up between press and release."""
    task = Task(islands, text(), DAY, text("other"))
    open_form(page, task)
    submit(page)
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Day").fill("12/24/2026")
    box = page.get_by_role("button", name="Approve refund").bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 2)
    page.mouse.down()
    expect(page.locator(".fjs-form-field-datetime.fjs-has-errors")).to_have_count(0)
    page.mouse.up()
    page.wait_for_url("**/done")
    assert task.sent == [{"customer": "", "day": "2026-12-24", "other": ""}]


def test_the_first_wrong_field_has_the_focus_and_the_list_leads_to_the_others(page: Page, islands: Islands) -> None:
    task = Task(islands, text(), AMOUNT, text("reason", required=True))
    open_form(page, task)
    page.get_by_label("Customer").press("Control+Enter")
    expect(page.get_by_label("Amount")).to_be_focused()
    expect(page.get_by_text("2 values have to be corrected.")).to_be_visible()
    expect(page.locator(".fjs-form-field-number .fjs-form-field-error")).to_be_visible()
    page.get_by_role("link", name="Reason: Fill this in.").click()
    expect(page.get_by_label("Reason")).to_be_focused()
    assert task.sent == []


def test_an_error_is_not_shown_at_the_first_letter_but_when_the_field_is_left(page: Page, islands: Islands) -> None:
    open_form(page, Task(islands, text(minLength=3), text("other")))
    page.get_by_label("Customer").press_sequentially("a")
    expect(page.get_by_text("at least 3")).to_be_hidden()
    page.get_by_label("Other").focus()
    expect(page.get_by_text("Must have at least 3 characters.")).to_be_visible()


def test_what_the_server_refused_stands_at_its_field(page: Page, islands: Islands) -> None:
    errors = [{"path": "amount", "message": "'Amount' is above what you may approve."}]
    task = Task(islands, text(), AMOUNT, data={"customer": "Ann", "amount": 9000}, errors=errors)
    open_form(page, task)
    expect(page.locator(".fjs-form-field-number .fjs-form-field-error")).to_have_text(errors[0]["message"])
    expect(page.get_by_label("Amount")).to_be_focused()
    expect(page.get_by_label("Amount")).to_have_value("9000")


@pytest.mark.parametrize("way", ["Enter", "Control+Enter"])
def test_enter_submits(page: Page, islands: Islands, way: str) -> None:
    task = Task(islands, text())
    open_form(page, task)
    page.get_by_label("Customer").fill("Ann")
    page.get_by_label("Customer").press(way)
    page.wait_for_url("**/done")
    assert task.sent == [{"customer": "Ann"}]


def test_what_was_typed_survives_an_expired_session(page: Page, islands: Islands) -> None:
    task = Task(islands, text(), AMOUNT)
    islands.routes["POST", TASK] = lambda request: Answer("", 302, headers={"Location": "/sign-in"})
    islands.pages["/sign-in"] = islands.pages["/done"]
    open_form(page, task)
    page.get_by_label("Customer").fill("Ann")
    page.get_by_label("Amount").fill("5")
    submit(page)
    page.wait_for_url("**/sign-in")
    open_form(page, task)
    expect(page.get_by_label("Customer")).to_have_value("Ann")
    expect(page.get_by_label("Amount")).to_have_value("5")
    expect(page.get_by_text("What you typed before is still here.")).to_be_visible()


def test_a_reload_keeps_what_was_typed_and_starting_over_drops_it(page: Page, islands: Islands) -> None:
    open_form(page, Task(islands, text(), data={"customer": "Ann"}))
    page.get_by_label("Customer").fill("Bert")
    page.reload()
    expect(page.get_by_label("Customer")).to_have_value("Bert")
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_label("Customer")).to_have_value("Ann")


def test_a_form_that_was_started_begins_afresh_the_next_time(page: Page, islands: Islands) -> None:
    task = Task(islands, text(), path="/processes/order/start")
    open_form(page, task)
    page.get_by_label("Customer").fill("Ann")
    submit(page)
    page.wait_for_url("**/done")
    open_form(page, task)
    expect(page.get_by_label("Customer")).to_have_value("")


def test_a_text_that_is_no_number_is_not_sent_as_empty(page: Page, islands: Islands) -> None:
    task = Task(islands, {**AMOUNT, "validate": {}})
    open_form(page, task)
    page.get_by_label("Amount").evaluate(
        "(i) => { i.value = '12 apples'; i.dispatchEvent(new Event('input', { bubbles: true })) }"
    )
    submit(page)
    expect(page.get_by_text("This is not a number.").first).to_be_visible()
    assert task.sent == []


def test_a_form_that_may_not_be_changed_is_read_only(page: Page, islands: Islands) -> None:
    open_form(page, Task(islands, text(), data={"customer": "Ann"}, readOnly=True))
    expect(page.get_by_label("Customer")).to_have_attribute("readonly", "")


COMPANY = {"type": "checkbox", "key": "company", "label": "Company"}
VAT = {**text("vat", required=True), "conditional": {"hide": "=not(company)"}}
ITEMS = {
    "type": "dynamiclist",
    "path": "items",
    "label": "Items",
    "components": [
        {"type": "number", "key": "price", "label": "Price", "validate": {"max": "=limit"}},
        {"type": "expression", "key": "double", "expression": "=this.price * 2", "computeOn": "change"},
    ],
}
TOTAL = {"type": "expression", "key": "total", "expression": "=sum(items.double)", "computeOn": "presubmit"}


def test_conditions_rows_and_computed_fields_go_through(page: Page, islands: Islands, trouble: list[str]) -> None:
    task = Task(islands, COMPANY, VAT, ITEMS, TOTAL, data={"limit": 60, "items": [{"price": 1}, {"price": 2}]})
    open_form(page, task)
    expect(page.get_by_label("Vat")).to_have_count(0)
    page.get_by_label("Company").check()
    submit(page)
    expect(page.get_by_label("Vat")).to_be_focused()
    page.get_by_label("Vat").fill("DE1")
    page.get_by_label("Price").nth(1).fill("61")
    submit(page)
    expect(page.get_by_label("Price").nth(1)).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Price: May be at most 60.")
    page.get_by_label("Price").nth(1).fill("20")
    page.get_by_label("Company").uncheck()
    submit(page)
    page.wait_for_url("**/done")
    (sent,) = task.sent
    assert sent == {"company": False, "items": [{"price": 1, "double": 2}, {"price": 20, "double": 40}], "total": 42}
    schema, data = task.data["schema"], task.data["data"]
    assert check(schema, {**sent, "vat": "forged", "total": 0}, data) == sent
    assert trouble == []


def test_the_servers_error_in_a_row_is_shown_at_its_field(page: Page, islands: Islands) -> None:
    task = Task(islands, ITEMS, data={"items": [{"price": 1}, {"price": 2}]})
    task.show(errors=[{"path": "items[1].price", "message": "'Price' may be at most 1."}])
    open_form(page, task)
    expect(page.get_by_label("Price").nth(1)).to_be_focused()
    expect(page.locator(".fjs-form-field-error")).to_have_text("'Price' may be at most 1.")


def test_a_list_whose_rows_are_removed_is_sent_empty(page: Page, islands: Islands) -> None:
    task = Task(islands, ITEMS, data={"items": [{"price": 1}]})
    open_form(page, task)
    page.get_by_role("button", name="Remove list item 1").click()
    submit(page)
    page.wait_for_url("**/done")
    assert task.sent == [{"items": []}]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_mark_of_the_maker_is_visible_and_nothing_is_wider_than_the_page(
    page: Page, islands: Islands, theme: str, width: int
) -> None:
    task = Task(islands, text(), AMOUNT, DAY, REASON)
    islands.pages[task.path] = islands.pages[task.path].replace('data-theme="light"', f'data-theme="{theme}"')
    page.set_viewport_size({"width": width, "height": 800})
    open_form(page, task)
    mark = page.locator(".fjs-powered-by")
    expect(mark).to_be_visible()
    assert mark.evaluate("e => { const b = e.getBoundingClientRect(); return b.width > 20 && b.height > 10 }")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
