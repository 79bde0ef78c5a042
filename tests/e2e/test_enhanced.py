"""What scripts add to pages that are whole without them: tables that sort and search, text that is copied."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from ineq_kg.resources import scripts

WEIGHTS = "/queries/study-weight?synthesis=mcmahon-2022"
ARGUMENT = "/argument/mcmahon-2022/argument/narrow-problematisation"


# Each page with what shows that its script has done its work.
ALIVE = {
    "/graph/mcmahon-2022#country=Australia": "trace-graph[data-drawn]",
    "/sparql-editor": "sparql-editor [data-ready]",
    WEIGHTS: "sortable-table button",
    ARGUMENT: "copy-text button",
}


@pytest.fixture(autouse=True)
def built() -> None:
    if scripts() is None:
        pytest.skip("the scripts are not built (make ui)")


def column(page: Page, number: int) -> list[str]:
    return [cell.inner_text() for cell in page.locator(f"tbody tr:visible td:nth-child({number})").all()]


def test_a_table_is_sorted_by_a_column_as_numbers(page: Page) -> None:
    page.goto(WEIGHTS)
    before = column(page, 3)
    head = page.locator("thead th").nth(2)
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert column(page, 3) == sorted(before, key=int)
    head.get_by_role("button").click()
    assert column(page, 3) == sorted(before, key=int, reverse=True)
    assert column(page, 3)[0] == "11"


def test_rows_are_found_by_words(page: Page) -> None:
    page.goto(WEIGHTS)
    page.get_by_label("Only rows with").fill("raphael brassol")
    assert column(page, 2) == ["Brassolotto et al. (2014); Raphael and Brassolotto (2015)"]
    expect(page.get_by_text("1 of 11 rows")).to_be_visible()
    page.get_by_label("Only rows with").fill("")
    assert len(column(page, 2)) == 11


def test_a_query_page_leads_to_the_editor_with_its_values(page: Page) -> None:
    page.goto(WEIGHTS)
    page.locator("summary", has_text="SPARQL").click()
    page.get_by_role("link", name="Open it in the SPARQL editor").click()
    code = page.locator("sparql-editor .cm-content")
    expect(code).to_contain_text("VALUES ?synthesis { <https://w3id.org/ineq-kg/id/mcmahon-2022> }")


def test_an_argument_is_copied_as_markdown(browser: Browser, live: str) -> None:
    context = browser.new_context(base_url=live, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(ARGUMENT)
    page.get_by_role("button", name="Copy as Markdown").click()
    expect(page.locator("copy-text")).to_contain_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.request.get(f"{ARGUMENT}?format=md").text()
    assert copied.startswith("#")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_that_scripts_add_is_a_serious_barrier(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    axe, barriers = Axe(), []
    for path, alive in ALIVE.items():
        page.goto(path)
        page.locator(alive).first.wait_for()
        if path.startswith("/graph"):
            page.get_by_role("application").focus()
            page.keyboard.press("ArrowLeft")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
        barriers += [(path, one["id"]) for one in found if one["impact"] in {"serious", "critical"}]
    assert barriers == []
