"""The pages as a person meets them, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect


def test_the_walk_from_the_argument_to_the_exact_words(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("traced to the exact words")
    page.get_by_role("link", name="What shapes local health system actors").click()
    page.get_by_role("link", name="How a narrow problematisation").click()
    claim = page.locator("li.ThirdOrderConstruct").filter(has_text="(Babbel et al.)").first
    claim.locator("> details > summary").click()
    translated = claim.locator("li.TranslatedConstruct").filter(has_text="(Babbel et al.)").first
    translated.locator("> details > summary").click()
    second = translated.locator("li.SecondOrderConstruct").filter(has_text="(Babbel et al.)").first
    expect(second).to_be_visible()
    second.locator("> details > summary").click()
    expect(second.locator("> details > blockquote").first).to_be_visible()
    second.get_by_role("link", name="Page of Babbel et al. (2017)").first.click()
    page.wait_for_url("**/doc/mcmahon-2022/study/babbel.html")
    expect(page.get_by_role("heading", level=1)).to_have_text("Babbel et al. (2017)")
    page.get_by_role("link", name="What rests on it").click()
    expect(page.locator("table")).to_contain_text("social empathy")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_the_screen(page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    for path in (
        "/",
        "/synthesis/mcmahon-2022",
        "/argument/mcmahon-2022/argument/narrow-problematisation",
        "/queries",
        "/queries/trace?start=mcmahon-2022/claim/predominant-perspective",
        "/ontology",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_query_is_asked_through_its_form(page: Page) -> None:
    page.goto("/queries/trace")
    page.get_by_label("A line of argument").fill("mcmahon-2022/claim/predominant-perspective")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("tbody tr").first).to_be_visible()
    assert page.url.endswith("start=mcmahon-2022%2Fclaim%2Fpredominant-perspective")


def test_the_api_documentation_works_without_the_network(page: Page) -> None:
    page.goto("/docs")
    expect(page.locator(".opblock-summary-path", has_text="/queries/trace-up")).to_be_visible()
