"""Take the pictures that the documentation shows: `make screenshots` (needs Chromium on the machine)."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from pathlib import Path

import uvicorn
from playwright.sync_api import Page, sync_playwright

from ineq_kg.app import FOUNDING, App
from ineq_kg.resources import resource
from ineq_kg_api import create_app

IMAGES = Path(__file__).parent / "images"


def open_claim(page: Page) -> None:
    """Open one claim down to the exact words."""
    step = page.locator("li.ThirdOrderConstruct").filter(has_text="Babbel").nth(1)
    for item in (step, step.locator("li.TranslatedConstruct").first, step.locator("li.SecondOrderConstruct").first):
        item.locator("> details > summary").click()
    step.evaluate("claim => claim.scrollIntoView()")


def main() -> None:
    """Serve the founding synthesis on this host and photograph the page of its argument."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = App.open(Path(folder))
        app.load([resource("data") / FOUNDING])
        server = uvicorn.Server(uvicorn.Config(create_app(app), host="127.0.0.1", port=0, log_level="error"))
        threading.Thread(target=server.run, daemon=True).start()
        while not server.started:
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        page.goto(f"http://127.0.0.1:{port}/argument/mcmahon-2022/argument/narrow-problematisation")
        open_claim(page)
        page.screenshot(path=IMAGES / "trace.png")
        browser.close()
        server.should_exit = True


if __name__ == "__main__":
    main()
