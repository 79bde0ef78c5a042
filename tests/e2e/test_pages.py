"""The pages as a person meets them, in a real browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from addresses import ARGUMENT, CLAIM, FIXED, LEFT_OUT, views
from barriers import serious_barriers

STATES = (ARGUMENT, f"{ARGUMENT}?open=mcmahon-2022/claim/reinforced-by-data-and-labels", f"{CLAIM}?{LEFT_OUT}")
PAGES = tuple(
    dict.fromkeys([*views(), *FIXED, *STATES, "/queries/trace?start=mcmahon-2022/claim/predominant-perspective"])
)


def walk_to_the_words(page: Page) -> None:
    """Go from the first page to an argument, a step of it, the words under it and a study, and look at what rests on that."""
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("traced to the exact words")
    page.get_by_role("link", name="What shapes local health system actors").click()
    page.get_by_role("link", name="How a narrow problematisation").click()
    step = page.locator(".step").filter(has=page.get_by_role("heading", name="Exposure is central"))
    step.locator("summary").click()
    expect(step.get_by_text("Babbel et al. (2017)").first).to_be_visible()
    step.get_by_role("link", name="With the exact words").click()
    step = page.locator(".step").filter(has=page.get_by_role("heading", name="Exposure is central"))
    expect(step.locator(".second blockquote").filter(has_text="social empathy").first).to_be_visible()
    step.get_by_role("heading", name="Exposure is central").get_by_role("link").click()
    page.wait_for_url("**/claim/mcmahon-2022/claim/exposure-and-the-minority")
    second = page.locator(".second").filter(has_text="Babbel et al. (2017)").first
    second.get_by_role("link", name="Babbel et al. (2017)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Babbel et al. (2017)")
    page.goto("/queries/trace-up?start=mcmahon-2022/study/babbel")
    expect(page.locator("table")).to_contain_text("social empathy")


def test_the_walk_from_the_argument_to_the_exact_words(page: Page) -> None:
    walk_to_the_words(page)


def leave_out(page: Page) -> None:
    """Leave two studies out by the form on the argument's page, and see what falls, is halved and may be halved."""
    page.goto(ARGUMENT)
    page.get_by_text("What if a study were left out?").click()
    page.get_by_role("checkbox", name="Mead et al. (2020)").check()
    page.get_by_role("checkbox", name="Pauly et al. (2017)").check()
    page.get_by_role("button", name="Show what falls").click()
    assert page.url.endswith("?without=mcmahon-2022%2Fstudy%2Fmead&without=mcmahon-2022%2Fstudy%2Fpauly")
    without = page.locator(".without")
    expect(without).to_contain_text("Without Mead et al. (2020), Pauly et al. (2017)")
    expect(without).to_contain_text("Of 28 translated constructs: 2 fall")
    step = page.locator(".step").filter(has=page.get_by_role("heading", name="Data and labels in use"))
    expect(step.locator("> .verdict")).to_contain_text("Halved. 2 of 4 studies left.")
    step.locator("summary").click()
    fallen = step.locator(".translated").filter(has_text="implicitly locates the problem")
    expect(fallen.locator(".verdict")).to_contain_text("Falls. 0 of 2 studies left.")
    expect(fallen.locator(".name")).to_have_css("text-decoration-line", "line-through")
    expect(fallen.locator("del")).to_have_count(2)
    page.get_by_role("link", name="Put all back").click()
    expect(page.locator(".without")).to_have_count(0)


def test_leaving_studies_out_shows_what_falls(page: Page) -> None:
    leave_out(page)


def test_all_of_it_works_without_scripts(unscripted: Page) -> None:
    walk_to_the_words(unscripted)
    leave_out(unscripted)


def test_a_permalink_keeps_the_state_and_the_version(page: Page) -> None:
    page.goto(f"{ARGUMENT}?open=mcmahon-2022/claim/practical-constraints&{LEFT_OUT}")
    words = page.locator("main .step").all_inner_texts()
    page.get_by_role("link", name="Permalink").click()
    assert re.search(r"[?&]at=\d{6}-[0-9a-f]{8}", page.url)
    assert page.locator("main .step").all_inner_texts() == words
    # Links of a page that stays on a version stay on it too.
    assert "at=" in (page.locator(".step h2 a").first.get_attribute("href") or "")


def test_a_doubtful_reading_is_marked_and_explained(page: Page) -> None:
    page.goto(CLAIM)
    doubted = page.locator(".second").filter(has_text="Simplifying is a rational response (Mead et al.)")
    expect(doubted.locator(".doubt")).to_contain_text("Doubtful: not to be read as fact.")
    readings = page.locator(".readings").first
    expect(readings).to_contain_text("second reader")
    expect(readings).to_contain_text("'e', set off by a space, is 3 or a stray mark")
    expect(readings.get_by_text("4, 5, 6, 7: Mead et al.; Brassolotto et al.").first).to_be_visible()


def test_a_citation_is_taken_home(page: Page, tmp_path: Path) -> None:
    page.goto(CLAIM)
    page.get_by_role("link", name="Cite").click()
    section = page.locator("section").filter(has=page.get_by_role("heading", name="CSL-JSON"))
    with page.expect_download() as started:
        section.get_by_role("link", name="Download").click()
    file = tmp_path / "citation.json"
    started.value.save_as(file)
    record, source = json.loads(file.read_text(encoding="utf-8"))
    assert record["title"] == "Simplifying is a rational response that may further legitimise institutional norms"
    assert source["DOI"] == "10.1057/s41285-022-00176-6"
    assert started.value.suggested_filename == "mcmahon-2022-claim-simplifying-may-legitimise-norms.csl"


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for path in PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def luminance(page: Page, selector: str, name: str) -> float:
    colour = page.locator(selector).first.evaluate(f"one => getComputedStyle(one).{name}")
    red, green, blue = (int(part) for part in re.findall(r"\d+", colour)[:3])
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_theme_has_its_ground_and_ink(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(ARGUMENT)
    ground, ink = luminance(page, "body", "backgroundColor"), luminance(page, ".lead", "color")
    assert (ground > 0.9 > 0.3 > ink) if scheme == "light" else (ground < 0.15 < 0.7 < ink)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_on_any_page_is_a_serious_barrier(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    assert serious_barriers(page, PAGES if scheme == "light" else STATES[2:]) == []


def test_paper_shows_what_is_folded_away_on_the_screen(page: Page) -> None:
    page.goto(ARGUMENT)
    folded = page.locator(".step .translated .name").first
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.is_visible()
    for selector in ("nav[aria-label=Site]", "form", ".take"):
        assert not page.locator(selector).first.is_visible()


def test_a_query_is_asked_through_its_form(page: Page) -> None:
    page.goto("/queries/trace")
    page.get_by_label("A line of argument").fill("mcmahon-2022/claim/predominant-perspective")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("tbody tr").first).to_be_visible()
    assert page.url.endswith("start=mcmahon-2022%2Fclaim%2Fpredominant-perspective")


def test_the_api_documentation_works_without_the_network(page: Page) -> None:
    page.goto("/docs")
    expect(page.locator(".opblock-summary-path", has_text="/queries/trace-up")).to_be_visible(timeout=20_000)
