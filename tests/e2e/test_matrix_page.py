"""The pages of a synthesis as a person meets them: the matrix, the discourse map, the flow, records, and the dataset."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from barriers import serious_barriers

MATRIX = "/matrix/mcmahon-2022"
CELL = "?study=mcmahon-2022/study/pauly&construct=mcmahon-2022/translated/dichotomous-health-data"
MORE = (
    f"{MATRIX}?rows=studies&columns=weight",
    MATRIX + CELL,
    "/discourses/mcmahon-2022?show=effects",
    "/discourses/mcmahon-2022?show=actors",
    "/compare?synthesis=mcmahon-2022",
    "/dataset",
    "/doc/mcmahon-2022/translated/exposure.html",
    "/doc/mcmahon-2022/discourse/labelling.html",
    "/doc/mcmahon-2022/span/push-against.html",
)


def walk_from_the_matrix_to_the_words(page: Page) -> None:
    """Sort the matrix, follow a doubtful mark to its readings, and go on to the study and to another page of the synthesis."""
    page.goto(MATRIX)
    page.get_by_role("link", name="most studies first").click()
    page.wait_for_url("**rows=studies**")
    totals = [int(re.findall(r"\d+", text)[0]) for text in page.locator("tbody td.total").all_inner_texts()]
    assert totals == sorted(totals, reverse=True)
    page.get_by_role("link", name="as printed").click()
    row = page.locator("tr").filter(has_text="ocal health data promotes dichotomous framing").first
    row.get_by_role("link", name="Pauly et al. (2017): medium").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pauly et al. (2017) in")
    readings = page.locator("table.readings")
    expect(readings).to_contain_text("second reader")
    expect(readings.locator("code").first).to_have_text("LY")
    expect(readings).to_contain_text("4: Mead et al.")
    page.get_by_role("link", name="The matrix").click()
    expect(row).to_be_in_viewport()
    page.get_by_role("navigation", name="Pages of this synthesis").get_by_role("link", name="eMERGe").click()
    expect(page.locator(".statement")).to_have_count(19)
    page.get_by_role("navigation", name="Pages of this synthesis").get_by_role("link", name="Discourses").click()
    page.locator("svg a").filter(has_text="Labelling of populations").click()
    assert page.url.endswith("#discourse-labelling")
    page.locator("#discourse-labelling").get_by_role("link", name="Labelling of populations").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Labelling of populations")


def test_the_walk_from_a_mark_to_the_readings_and_words(page: Page) -> None:
    walk_from_the_matrix_to_the_words(page)


def test_it_works_without_scripts(unscripted: Page) -> None:
    walk_from_the_matrix_to_the_words(unscripted)


def test_the_heads_of_the_matrix_stay_in_sight(page: Page) -> None:
    page.set_viewport_size({"width": 760, "height": 600})
    page.goto(MATRIX)
    box = page.locator("div.matrix")
    box.evaluate("one => { one.scrollTop = 700; one.scrollLeft = 300; }")
    corner = box.bounding_box()
    head = page.locator("th.study").nth(6).bounding_box()
    first = page.locator("tbody th.construct").nth(12).bounding_box()
    assert corner is not None
    assert head is not None
    assert first is not None
    assert abs(head["y"] - corner["y"]) < 5
    assert abs(first["x"] - corner["x"]) < 5


def test_on_a_phone_each_construct_is_a_list_of_its_studies(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(MATRIX)
    row = page.locator("tr").filter(has_text="ocal health data promotes dichotomous framing").first
    study = row.get_by_text("Pauly et al. (2017): medium")
    expect(study).to_be_visible()
    assert (study.bounding_box() or {})["width"] > 100
    assert not page.locator("thead").first.is_visible()


def test_on_paper_the_whole_matrix_is_printed(page: Page) -> None:
    page.goto(MATRIX)
    page.emulate_media(media="print")
    box = page.locator("div.matrix")
    assert box.evaluate("one => getComputedStyle(one).overflowY") == "visible"
    expect(page.locator("tbody th.construct").last).to_be_visible()
    assert not page.locator(".orders").first.is_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_none_of_them_is_wider_than_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for path in MORE:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_nothing_on_them_is_a_serious_barrier(page: Page) -> None:
    assert serious_barriers(page, MORE) == []
