"""A real browser: the machine's own Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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


@contextmanager
def watched(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """Open a page in a context of its own; it fails if anything goes wrong in its console or leaves this host."""
    context = browser.new_context(base_url=address, **options)
    fresh = context.new_page()
    wrong: list[str] = []
    fresh.on("console", lambda message: wrong.append(message.text) if message.type in {"error", "warning"} else None)
    fresh.on("pageerror", lambda error: wrong.append(str(error)))
    fresh.on(
        "request", lambda request: None if request.url.startswith((address, "data:")) else wrong.append(request.url)
    )
    yield fresh
    context.close()
    assert wrong == []


@pytest.fixture
def page(browser: Browser, live: str) -> Iterator[Page]:
    """A fresh page on the founding synthesis."""
    with watched(browser, live) as fresh:
        yield fresh


@pytest.fixture
def unscripted(browser: Browser, live: str) -> Iterator[Page]:
    """The same with scripts turned off."""
    with watched(browser, live, java_script_enabled=False) as fresh:
        yield fresh
