"""A real browser: the machine's own Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# As root in a container there is no sandbox; the rest keeps the browser from calling home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, live: str) -> Iterator[Page]:
    """A fresh page that fails the test if anything goes wrong in its console or leaves this host."""
    context = browser.new_context(base_url=live)
    fresh = context.new_page()
    wrong: list[str] = []
    fresh.on("console", lambda message: wrong.append(message.text) if message.type in {"error", "warning"} else None)
    fresh.on("pageerror", lambda error: wrong.append(str(error)))
    fresh.on("request", lambda request: None if request.url.startswith((live, "data:")) else wrong.append(request.url))
    yield fresh
    context.close()
    assert wrong == []
