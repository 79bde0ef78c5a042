"""Take the pictures that the documentation shows: `make screenshots` (needs Chromium on the machine).

Every page is photographed in both themes and at the widths of a phone and a desk, into `build/screenshots`, to be looked at;
the few that the documentation shows are made small and put into `docs/images`.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from ineq_kg.app import FOUNDING, App
from ineq_kg.represent.views.catalogue import VIEWS
from ineq_kg.resources import resource
from ineq_kg_api import create_app

IMAGES = Path(__file__).parent / "images"
ALL = Path(__file__).parents[1] / "build" / "screenshots"
WIDTHS = {"phone": (390, 1200), "desk": (1280, 1000)}
THEMES = ("light", "dark")
# The elements that a script fills in, and how one that is filled in is found.
DRAWN = ("trace-graph[data-drawn]", "sparql-editor [data-ready]")
ARGUMENT = "/argument/mcmahon-2022/argument/narrow-problematisation"
CLAIM = "/claim/mcmahon-2022/claim/simplifying-may-legitimise-norms"
TRANSLATED = "mcmahon-2022/translated/epistemological-barriers"
LEFT_OUT = "without=mcmahon-2022/study/mead&without=mcmahon-2022/study/pauly"
# What the documentation shows: its name, the page, its theme and width, and what is to be at the top.
SHOWN = (
    ("argument", ARGUMENT, "light", "desk", "h1"),
    ("trace", CLAIM, "light", "desk", ".constructs"),
    ("left-out", f"{ARGUMENT}?{LEFT_OUT}", "dark", "desk", ".without"),
    ("phone", ARGUMENT, "dark", "phone", "h1"),
    ("matrix", "/matrix/mcmahon-2022", "light", "desk", "h1"),
)
# So many colours keep text, marks and shades as they are; a photograph would need more.
COLOURS = 256
MORE = (
    ("argument-left-out", f"{ARGUMENT}?{LEFT_OUT}"),
    ("argument-open", f"{ARGUMENT}?open=mcmahon-2022/claim/reinforced-by-data-and-labels"),
    ("questions", "/queries"),
    ("question", "/queries/trace?start=mcmahon-2022/claim/predominant-perspective"),
    ("record", "/doc/mcmahon-2022/study/babbel.html"),
    ("ontology", "/ontology/components/study"),
    ("cell", f"/matrix/mcmahon-2022?study=mcmahon-2022/study/mead&construct={TRANSLATED}"),
    ("effects", "/discourses/mcmahon-2022?show=effects"),
    ("construct", f"/doc/{TRANSLATED}.html"),
    ("found", "/search?q=social+empathy"),
    ("dataset", "/dataset"),
    ("upload", "/upload"),
)


def pages() -> Iterator[tuple[str, str]]:
    """Yield the name and address of every page: each view at its own example, and those that are no views."""
    for view in VIEWS.values():
        one = view.form.parameters.get(view.path)
        yield view.name or "home", f"/{view.name}" + (f"/{one.example}" if one and one.example else "")
    yield from MORE


@contextmanager
def served() -> Iterator[str]:
    """Serve the founding synthesis on this host; yields the address."""
    with tempfile.TemporaryDirectory() as folder:
        app = App.open(Path(folder))
        app.load([resource("data") / FOUNDING])
        server = uvicorn.Server(uvicorn.Config(create_app(app), host="127.0.0.1", port=0, log_level="error"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@contextmanager
def opened(browser: Browser, address: str, path: str, theme: str, width: str) -> Iterator[Page]:
    """Open a page in a theme and at a width."""
    across, down = WIDTHS[width]
    page = browser.new_page(
        base_url=address,
        viewport={"width": across, "height": down},
        color_scheme="dark" if theme == "dark" else "light",
    )
    page.goto(path)
    # What a script draws is there once it has said so.
    for drawn in DRAWN:
        if page.locator(drawn.partition(" ")[0].partition("[")[0]).count():
            page.locator(drawn).wait_for()
    yield page
    page.close()


def small(picture: Path) -> None:
    """Keep a picture's text sharp in few colours, and its file small."""
    with Image.open(picture) as whole:
        few = whole.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)


def main() -> None:
    """Photograph every page, or with `--shown` only what the documentation shows."""
    IMAGES.mkdir(exist_ok=True)
    ALL.mkdir(parents=True, exist_ok=True)
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, path, theme, width, top in SHOWN:
            with opened(browser, address, path, theme, width) as page:
                page.locator(top).first.evaluate("one => one.scrollIntoView()")
                page.screenshot(path=IMAGES / f"{name}.png")
            small(IMAGES / f"{name}.png")
        for name, path in pages() if "--shown" not in sys.argv else ():
            for theme in THEMES:
                for width in WIDTHS:
                    with opened(browser, address, path, theme, width) as page:
                        page.screenshot(path=ALL / f"{name}-{theme}-{width}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
