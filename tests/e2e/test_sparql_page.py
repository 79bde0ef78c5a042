"""The page on which people write SPARQL, in a real browser: examples, completion, errors in place, time, cancelling."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from crowd import ENDLESS
from ineq_kg.app import App
from ineq_kg.resources import scripts
from ineq_kg.store.limits import Limits
from serving import served

PAGE = "/sparql-editor"
LABELS = "SELECT ?label WHERE { ?s a ikg:Study ; skos:prefLabel ?label } ORDER BY ?label"


@pytest.fixture(autouse=True)
def built() -> None:
    if scripts() is None:
        pytest.skip("the scripts are not built (make ui)")


@pytest.fixture(scope="module")
def busy(crowded: Path) -> Iterator[str]:
    """A server with one worker, and enough in it for a query to run away with."""
    with served(App.open(crowded, limits=Limits(workers=1, seconds=120))) as address:
        yield address


def opened(page: Page, address: str = PAGE) -> Page:
    page.goto(address)
    page.locator("sparql-editor [data-ready]").wait_for()
    return page


def write(page: Page, text: str) -> None:
    page.locator("sparql-editor .cm-content").fill(text)


def run(page: Page) -> None:
    page.get_by_role("button", name="Run").click()


def status(page: Page):
    return page.locator("sparql-editor > [role=status]")


def test_the_page_says_what_a_query_may_take(browser: Browser, busy: str) -> None:
    page = browser.new_page(base_url=busy)
    opened(page)
    expect(page.locator(".limits")).to_contain_text(
        "120 s from its start; 1,024 MiB of memory; 1,000,000 rows or triples"
    )
    seconds = page.get_by_label("Give up after")
    expect(seconds).to_have_value("120")
    seconds.fill("500")
    run(page)
    expect(status(page)).to_have_text(re.compile("rows"))
    expect(seconds).to_have_value("120")
    page.close()


def test_links_from_an_answer_stay_on_the_version(page: Page) -> None:
    page.goto(PAGE)
    version = page.locator("footer").inner_text().partition("dataset version ")[2].partition(".")[0]
    opened(page, f"{PAGE}?at={version}")
    with page.expect_request(lambda one: one.method == "POST") as asked:
        run(page)
    assert asked.value.url.endswith(f"/sparql?at={version}")
    expect(page.locator(".answer").get_by_role("link").first).to_have_attribute("href", re.compile(f"at={version}$"))


def test_a_query_is_run_and_its_rows_lead_on(page: Page) -> None:
    opened(page)
    run(page)
    expect(status(page)).to_have_text(re.compile(r"11 rows\."))
    expect(page.locator(".answer tbody tr")).to_have_count(11)
    page.locator(".answer").get_by_role("link", name="id:mcmahon-2022/study/babbel").click()
    page.wait_for_url("**/study/babbel*")


def test_the_address_is_a_permalink_of_the_query(page: Page, browser: Browser) -> None:
    opened(page)
    write(page, LABELS)
    page.keyboard.press("Control+Enter")
    expect(status(page)).to_have_text(re.compile("11 rows"))
    elsewhere = browser.new_page()
    opened(elsewhere, page.url)
    expect(elsewhere.locator("sparql-editor .cm-content")).to_have_text(LABELS)
    elsewhere.close()


def test_rows_are_sorted_by_a_column(page: Page) -> None:
    opened(page)
    write(page, LABELS)
    run(page)
    head = page.locator(".answer th")
    first = page.locator(".answer tbody tr").first
    expect(first).to_have_text("Babbel et al. (2017)")
    head.get_by_role("button").click()
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(first).to_have_text("Warwick-Giles et al. (2017)")


def test_every_named_query_is_an_example_that_runs(page: Page) -> None:
    opened(page)
    offered = {
        option.get_attribute("value") for option in page.get_by_label("Examples").locator("optgroup option").all()
    }
    named = {query["name"] for query in page.request.get("/queries?format=json").json() if "sparql" in query}
    assert offered == named
    assert len(named) > 50
    page.get_by_label("Examples").select_option("claim-support")
    expect(page.locator("sparql-editor .cm-content")).to_contain_text(
        "FROM <https://w3id.org/ineq-kg/graph/mcmahon-2022>"
    )
    run(page)
    expect(status(page)).to_have_text(re.compile("28 rows"))


def test_a_page_can_send_a_query_with_its_values_here(page: Page) -> None:
    opened(page, f"{PAGE}#example=constructs&synthesis=mcmahon-2022&order=third")
    expect(page.locator("sparql-editor .cm-content")).to_contain_text('VALUES ?order { "third" }')
    run(page)
    expect(status(page)).to_have_text(re.compile("11 rows"))


def test_terms_are_completed_with_what_they_mean(page: Page) -> None:
    opened(page)
    write(page, "")
    page.locator("sparql-editor .cm-content").press_sequentially("SELECT * WHERE { ?s a ikg:Refut")
    option = page.locator(".cm-tooltip-autocomplete li").first
    expect(option).to_contain_text("ikg:RefutationalTranslation")
    expect(option).to_contain_text("refutational translation")
    expect(page.locator(".cm-completionInfo")).not_to_be_empty()
    # The editor does not take a key before the list has stood there for a moment.
    page.wait_for_timeout(150)
    page.keyboard.press("Enter")
    expect(page.locator("sparql-editor .cm-content")).to_contain_text("ikg:RefutationalTranslation")


def test_an_error_is_marked_where_it_is(browser: Browser, live: str) -> None:
    # Browsers tell of any answer of 400 in their console, so this page has no guard there.
    page = browser.new_page(base_url=live)
    opened(page)
    write(page, "SELECT ?x\nWHERE { ?x foo:bar ?y }\n")
    with page.expect_response("**/sparql") as answered:
        run(page)
    assert answered.value.status == 400
    alert = page.locator("sparql-editor [role=alert]")
    expect(alert).to_contain_text("line 2, column")
    expect(alert).to_contain_text("Prefix not found")
    expect(page.locator(".cm-line").nth(1).locator(".cm-lintRange-error")).to_be_visible()
    write(page, LABELS)
    run(page)
    expect(page.locator(".answer tbody tr")).to_have_count(11)
    expect(page.locator(".cm-lintRange-error")).to_have_count(0)
    page.close()


def test_ask_and_construct_are_answered_on_the_page(page: Page) -> None:
    opened(page)
    write(page, "ASK { ?s a ikg:Study }")
    run(page)
    expect(status(page)).to_have_text(re.compile("Yes"))
    write(page, "CONSTRUCT { ?s a ikg:Study } WHERE { ?s a ikg:Study }")
    run(page)
    expect(page.locator(".answer pre")).to_contain_text("babbel a ikg:Study .")


def test_a_running_query_shows_its_time_and_is_ended_for_good(browser: Browser, busy: str) -> None:
    page = browser.new_page(base_url=busy)
    opened(page)
    write(page, ENDLESS["Cartesian product"])
    run(page)
    expect(status(page)).to_have_text(re.compile(r"Running for \d+\.\d s of at most 120 s"))
    expect(page.locator("sparql-editor progress")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(status(page)).to_have_text(re.compile("Cancelled"))
    # The one worker there is would be busy for two minutes if the query still ran.
    write(page, "SELECT ?s WHERE { ?s a ikg:Study } LIMIT 1")
    run(page)
    expect(status(page)).to_have_text(re.compile("1 row"), timeout=30_000)
    page.close()


def test_a_query_past_its_limit_says_so(browser: Browser, busy: str) -> None:
    page = browser.new_page(base_url=busy)
    opened(page)
    write(page, ENDLESS["Cartesian product"])
    page.get_by_label("Give up after").fill("1")
    run(page)
    expect(page.locator("sparql-editor [role=alert]")).to_contain_text("longer than 1 s", timeout=30_000)
    page.close()


def test_without_scripts_the_form_gives_a_file(browser: Browser, live: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live)
    page = context.new_page()
    page.goto(PAGE)
    page.get_by_label("Query").fill(LABELS)
    page.get_by_label("Answer as").select_option("csv")
    with page.expect_download() as started:
        page.get_by_role("button", name="Run").click()
    assert Path(started.value.path()).read_text(encoding="utf-8").splitlines()[:2] == ["label", "Babbel et al. (2017)"]
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 900})
    opened(page)
    run(page)
    page.locator(".answer table").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
