"""The page of the trace graph in a real browser: drawn, narrowed, walked by keyboard, saved, and complete without scripts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from ineq_kg.resources import scripts

GRAPH = "/graph/mcmahon-2022"
LAYERS = ("report", "study", "second-order", "translation", "translated", "claim", "argument")


@pytest.fixture(autouse=True)
def built() -> None:
    if scripts() is None:
        pytest.skip("the scripts are not built (make ui)")


def drawn(page: Page) -> tuple[int, int]:
    """How many nodes there are to be shown, and how many boxes stand for them."""
    element = page.locator("trace-graph[data-drawn]")
    element.wait_for()
    return int(element.get_attribute("data-nodes") or ""), int(element.get_attribute("data-drawn") or "")


def large(size: int, categories: int) -> str:
    """A graph of `3 * size + 3 * categories + 1` nodes, as the server would write it."""
    nodes = [{"id": "x/argument", "layer": "argument", "label": "Argument"}]
    links = []
    for index in range(categories):
        chain = [f"x/claim/{index}", f"x/translated/{index}", f"x/translation/{index}"]
        nodes += [{"id": chain[0], "layer": "claim", "label": f"Claim {index}"}]
        nodes += [{"id": chain[1], "layer": "translated", "label": f"T {index}", "category": f"Category {index}"}]
        nodes += [{"id": chain[2], "layer": "translation", "label": "Translation"}]
        links += list(zip(["x/argument", *chain], chain, strict=False))
    for index in range(size):
        chain = [f"x/second/{index}", f"x/study/{index}", f"x/report/{index}"]
        for layer, node in zip(("second-order", "study", "report"), chain, strict=True):
            nodes.append({"id": node, "layer": layer, "label": f"{layer} {index}"})
        links += list(zip([f"x/translation/{index % categories}", *chain], chain, strict=False))
    return json.dumps(
        {
            "start": "x",
            "label": "Large",
            "layers": [{"id": layer, "label": layer} for layer in LAYERS],
            "nodes": nodes,
            "links": [{"source": source, "target": target, "relation": "r"} for source, target in links],
            "discourses": [],
        }
    )


def serve_large(page: Page, size: int, categories: int) -> None:
    def answer(route: Route) -> None:
        route.fulfill(body=large(size, categories), content_type="application/json")

    page.route("**/graph/mcmahon-2022?format=json", answer)


def test_every_node_of_the_data_is_drawn_and_listed(page: Page) -> None:
    page.goto(GRAPH)
    data = page.request.get(f"{GRAPH}?format=json").json()
    assert drawn(page) == (len(data["nodes"]), len(data["nodes"]))
    assert len(data["nodes"]) == 159
    listed = {link.get_attribute("href") for link in page.locator("#list details > ul > li > a").all()}
    assert {f"/id/{node['id']}" for node in data["nodes"]} == listed


def test_filters_narrow_the_graph_and_stand_in_the_address(page: Page, browser: Browser, live: str) -> None:
    page.goto(GRAPH)
    drawn(page)
    page.locator("summary", has_text="Show only").click()
    page.get_by_label("Australia").check()
    page.get_by_label("Biomedical discourse").check()
    narrowed, _ = drawn(page)
    assert 0 < narrowed < 159
    expect(page.locator("trace-graph").get_by_role("status")).to_contain_text(f"{narrowed} of 159 nodes")
    asked = parse_qs(page.evaluate("location.hash.slice(1)"))
    assert asked == {"country": ["Australia"], "discourse": ["mcmahon-2022/discourse/biomedical"]}
    elsewhere = browser.new_page()
    elsewhere.goto(page.url)
    assert drawn(elsewhere)[0] == narrowed
    expect(elsewhere.get_by_label("Australia")).to_be_checked()
    elsewhere.close()
    page.get_by_label("Australia").uncheck()
    page.get_by_label("Biomedical discourse").uncheck()
    assert drawn(page)[0] == 159
    assert "#" not in page.url


def test_a_filter_that_nothing_suits_says_so(page: Page) -> None:
    page.goto(f"{GRAPH}#country=Atlantis")
    assert drawn(page) == (0, 0)
    expect(page.locator("trace-graph").get_by_role("status")).to_contain_text("No path")


def test_the_keyboard_walks_from_the_argument_to_words_and_opens_a_page(page: Page) -> None:
    page.goto(f"{GRAPH}#country=Australia")
    drawn(page)
    page.locator("trace-graph [role=application]").focus()
    spoken = page.locator("trace-graph [aria-live]")
    page.keyboard.press("ArrowLeft")
    expect(spoken).to_contain_text("How a narrow problematisation")
    page.keyboard.press("ArrowLeft")
    expect(spoken).to_contain_text("Claims")
    page.keyboard.press("ArrowLeft")
    expect(spoken).to_contain_text(re.compile("Translated constructs.*confidence: (high|medium|low)"))
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(spoken).to_contain_text("Second-order constructs")
    expect(page.locator("trace-graph aside blockquote").first).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(spoken).to_contain_text("Javanparast")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/mcmahon-2022/study/javanparast|/mcmahon-2022/report/|/report/doi/"))


def test_pointing_shows_the_words_and_a_click_follows(page: Page) -> None:
    page.goto(f"{GRAPH}#country=Australia&category=Individual%20sense-making")
    drawn(page)
    page.locator("trace-graph .stage").scroll_into_view_if_needed()
    box = page.locator("trace-graph .stage").bounding_box()
    assert box is not None
    # Over the middle of the last column there is the argument.
    x, y = box["x"] + box["width"] - 60, box["y"] + box["height"] / 2
    words = page.locator("trace-graph aside")
    for offset in range(-60, 61, 10):
        page.mouse.move(x, y + offset)
        if words.locator("blockquote").count():
            break
    expect(words).to_contain_text("How a narrow problematisation")
    expect(words.locator("blockquote").first).to_be_visible()
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url("**/argument/narrow-problematisation*")


def test_it_is_saved_as_svg_and_png(page: Page, tmp_path: Path) -> None:
    page.goto(GRAPH)
    drawn(page)
    for name, begins in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as started:
            page.get_by_role("button", name=f"Save as {name}").click()
        path = tmp_path / started.value.suggested_filename
        started.value.save_as(path)
        assert path.name == f"mcmahon-2022.{name.lower()}"
        assert path.read_bytes().startswith(begins)
    text = (tmp_path / "mcmahon-2022.svg").read_text(encoding="utf-8")
    assert text.count("<g><title>") == 159


def test_two_thousand_nodes_are_drawn_one_by_one(page: Page) -> None:
    serve_large(page, 633, 33)
    page.goto(GRAPH)
    assert drawn(page) == (1999, 1999)


def test_more_than_that_are_grouped_and_a_group_opens(page: Page) -> None:
    serve_large(page, 9000, 30)
    page.goto(GRAPH)
    nodes, boxes = drawn(page)
    assert nodes == 27_091
    assert 7 <= boxes <= 2000
    expect(page.locator("trace-graph").get_by_role("status")).to_contain_text("grouped by category")
    page.locator("trace-graph [role=application]").focus()
    spoken = page.locator("trace-graph [aria-live]")
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
        if "a group of" in (spoken.text_content() or ""):
            break
    expect(spoken).to_contain_text("a group of 300")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash").startswith("#category=Category")
    page.wait_for_function("document.querySelector('trace-graph').dataset.drawn === '904'")


def test_without_scripts_the_list_says_it_all(browser: Browser, live: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live)
    page = context.new_page()
    page.goto(GRAPH)
    expect(page.get_by_text("The list below says all")).to_be_visible()
    page.locator("summary", has_text="Claims").click()
    claim = page.locator("#list li", has_text="Practical constraints further limit").last
    expect(claim).to_be_visible()
    page.locator("#list details > ul > li > a", has_text="Practical constraints further limit").click()
    page.wait_for_url("**/claim/practical-constraints*")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_the_screen(page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(GRAPH)
    drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_something_that_has_no_trace_is_not_found(page: Page) -> None:
    response = page.request.get("/graph/mcmahon-2022/claim/no-such", headers={"Accept": "application/json"})
    assert response.status == 404
    assert "no-such" in response.json()["detail"]
