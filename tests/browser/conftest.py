"""A real browser, and the servers that it talks to."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from .islands import BUILT, Islands

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--force-color-profile=srgb"]


def _needs(present: bool, what: str) -> None:
    if present:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    _needs(CHROMIUM is not None, "Chromium is not installed (apt-get install chromium).")
    _needs((BUILT / "manifest.json").exists(), "The browser files are not built (make setup).")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    opened.set_default_timeout(15_000)
    yield opened
    opened.close()


@pytest.fixture
def trouble() -> list[str]:
    """What the console and the policy complained about; a test that expects none asserts that it is empty."""
    return []


@pytest.fixture
def page(context: BrowserContext, trouble: list[str]) -> Page:
    opened = context.new_page()
    opened.on("console", lambda m: trouble.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None)
    opened.on("pageerror", lambda e: trouble.append(f"error: {e}"))
    return opened


@pytest.fixture(scope="session")
def _islands() -> Iterator[Islands]:
    server = Islands()
    yield server
    server.close()


@pytest.fixture
def islands(_islands: Islands) -> Islands:
    _islands.reset()
    return _islands
