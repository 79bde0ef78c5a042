"""What keeps people from using a page, as axe-core finds it."""

from __future__ import annotations

from collections.abc import Iterable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def serious_barriers(page: Page, paths: Iterable[str]) -> list[tuple[str, str, list[str]]]:
    """Return what is serious or critical on these pages, with all that is folded away opened: path, rule, places."""
    axe, barriers = Axe(), []
    for path in paths:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
        barriers += [
            (path, one["id"], [node["html"] for node in one["nodes"]][:3])
            for one in found
            if one["impact"] in {"serious", "critical"}
        ]
    return barriers
