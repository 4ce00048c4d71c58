"""Every page of the URL map in a real browser: pictures in test-results/, axe, no refusal by the policy, no overflow.

A new page is in here by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from web.pages.addresses import NEEDS_REST, addresses
from web.pages.fakes import ADMIN, FakePort

from .pages_server import serving

RESULTS = Path(__file__).parents[2] / "test-results"
SIZES = {1440: 900, 390: 844}
# The diagram's inside belongs to bpmn-js; its outline for screen readers is the list beside it.
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(FakePort(), ADMIN) as url:
        yield url


# Two looks have every width and every colour; the other two are for pictures and long runs.
LOOKS = [
    pytest.param((1440, "light"), id="1440-light"),
    pytest.param((390, "dark"), id="390-dark"),
    pytest.param((1440, "dark"), id="1440-dark", marks=pytest.mark.long),
    pytest.param((390, "light"), id="390-light", marks=pytest.mark.long),
]
STRANGER, NEWCOMER = "a stranger", "an administrator of an empty installation"
STATES = [(STRANGER, "/sign-in"), (NEWCOMER, "/"), (NEWCOMER, "/processes/"), (NEWCOMER, "/nothing-here")]


@dataclass(frozen=True)
class Look:
    name: str
    page: Page
    trouble: list[str]


@pytest.fixture(scope="module", params=LOOKS)
def look(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Look]:
    width, theme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": SIZES[width]},
        color_scheme=theme,
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/Berlin",
    )
    context.set_default_timeout(15_000)
    page, trouble = context.new_page(), list[str]()
    page.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: trouble.append(str(e)))
    yield Look(f"{width}-{theme}", page, trouble)
    context.close()


@pytest.mark.parametrize("path", [path for path in addresses() if path not in NEEDS_REST])
def test_a_page_is_in_order(look: Look, address: str, path: str) -> None:
    _check(look, address + path, _name(path), status=200)


@pytest.mark.parametrize(("who", "path"), STATES)
def test_a_page_for_somebody_else_is_in_order(look: Look, who: str, path: str) -> None:
    port = FakePort()
    port.definitions, port.password = (), False
    with serving(port, None if who == STRANGER else ADMIN) as address:
        _check(look, address + path, f"{_name(who)}-{_name(path)}", status=404 if path == "/nothing-here" else 200)


def _check(look: Look, url: str, name: str, status: int) -> None:
    page = look.page
    look.trouble.clear()
    answer = page.goto(url)
    expect(page.locator("[data-island][aria-busy]")).to_have_count(0)
    page.screenshot(path=RESULTS / f"{name}-{look.name}.png", full_page=True)
    assert answer is not None
    assert answer.status == status
    assert [text for text in look.trouble if status == 200] == []  # Chromium reports a 404 itself as an error
    assert _overflow(page) <= 0, "the page is wider than the window"
    found = Axe().run(page, options=AXE)
    assert found.violations_count == 0, found.generate_report()


def _overflow(page: Page) -> int:
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


def _name(path: str) -> str:
    """A file name: the path without ids."""
    short = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}([0-9a-f]{4})", r"\1", path)
    return re.sub(r"[^a-z0-9]+", "-", short.lower()).strip("-") or "start"
