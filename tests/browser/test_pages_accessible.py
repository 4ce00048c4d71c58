"""Every page of the URL map in a real browser: pictures in test-results/, axe, no refusal by the policy, no overflow.

A new page is in here by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from web.pages.addresses import addresses
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


@pytest.fixture(
    scope="module", params=[(w, t) for w in SIZES for t in ("light", "dark")], ids=lambda p: f"{p[0]}-{p[1]}"
)
def look(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    width, theme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": SIZES[width]},
        color_scheme=theme,
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/Berlin",
    )
    context.set_default_timeout(15_000)
    context.name = f"{width}-{theme}"  # type: ignore[attr-defined]
    yield context
    context.close()


@pytest.mark.parametrize("path", addresses())
def test_a_page_is_in_order(look: BrowserContext, address: str, path: str) -> None:
    page = look.new_page()
    trouble: list[str] = []
    page.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: trouble.append(str(e)))
    try:
        page.goto(address + path)
        page.wait_for_function("!document.querySelector('[data-island][aria-busy]')")
        page.screenshot(path=RESULTS / f"{_name(path)}-{look.name}.png", full_page=True)  # type: ignore[attr-defined]
        assert trouble == []
        assert _overflow(page) <= 0, "the page is wider than the window"
        found = Axe().run(page, options=AXE)
        assert found.violations_count == 0, found.generate_report()
    finally:
        page.close()


def _overflow(page: Page) -> int:
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


def _name(path: str) -> str:
    """A file name: the path without ids."""
    short = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}([0-9a-f]{4})", r"\1", path)
    return re.sub(r"[^a-z0-9]+", "-", short.lower()).strip("-") or "start"
