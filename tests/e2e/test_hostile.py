"""Whatever a record says, its words are words: nothing runs, nothing widens the page, nothing turns the text around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urljoin

import pytest
from playwright.sync_api import Browser, Page

from addresses import questions, views
from conftest import watched
from hostile import write_hostile
from ineq_kg.app import App
from ineq_kg.queries.definition import Parameter
from serving import served

NAMED = {
    "ikg:Synthesis": "hostile",
    "ikg:LineOfArgument": "hostile/argument/waiting",
    "ikg:ThirdOrderConstruct": "hostile/claim/unseen",
    "ikg:TranslatedConstruct": "hostile/translated/idleness",
    "ikg:SecondOrderConstruct": "hostile/second-order/ward-idleness",
    "ikg:Study": "hostile/study/ward",
    "ikg:SourceSpan": "hostile/span/table",
    "ikg:Discourse": "hostile/discourse/busyness",
}
PHONE = {"viewport": {"width": 390, "height": 844}}


def example(parameter: Parameter) -> str | None:
    """Return a record of the hostile synthesis that a parameter may name."""
    if parameter.type != "iri":
        return parameter.example
    return NAMED.get(parameter.of_class or "", "hostile/claim/unseen")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, str]]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    write_hostile(folder / "hostile.yaml")
    app = App.open(folder / "store")
    app.load([folder / "hostile.yaml"])
    with served(app) as address:
        yield app, address


# What the words of a page did to it, asked for at once.
LOOK = """() => ({
    ran: window.ran === undefined ? null : window.ran,
    wide: document.documentElement.scrollWidth > window.innerWidth,
    live: document.querySelectorAll('[onerror], [onload], main img, main script:not([src]), svg script, main iframe').length,
    turned: document.querySelector('main').innerText.includes('\\u202e'),
    away: [...document.links].map(link => link.protocol).filter(one => !/^https?:$/.test(one)),
})"""
UNHARMED = {"ran": None, "wide": False, "live": 0, "turned": False, "away": []}


def unharmed(page: Page, path: str) -> None:
    """Go to a page and look whether its words did anything."""
    answer = page.goto(path)  # with its style sheets
    assert answer is not None
    assert (path, answer.status, page.evaluate(LOOK)) == (path, 200, UNHARMED)


def test_no_page_does_what_its_words_say(browser: Browser, hostile: tuple[App, str]) -> None:
    app, address = hostile
    more = [
        *(f"/doc/{slug}.html" for slug in NAMED.values()),
        "/argument/hostile/argument/waiting?open=hostile/claim/unseen&without=hostile/study/ward",
        "/explain?subject=hostile/study/ward&predicate=contributesTo&object=hostile/argument/waiting&format=html",
        f"/search?q={quote('<script>window.ran = 7</script>')}",
        "/doc/hostile/source/text.html",
    ]
    with watched(browser, address, **PHONE) as page:
        for path in dict.fromkeys([*views(example), *questions(app, example), *more]):
            unharmed(page, path)


def test_every_link_from_the_first_page_leads_to_a_page_that_is_unharmed(
    browser: Browser, hostile: tuple[App, str]
) -> None:
    _, address = hostile
    with watched(browser, address, **PHONE) as page:
        found, seen = ["/"], set()
        while found and len(seen) < 25:
            path = found.pop(0)
            if path in seen:
                continue
            seen.add(path)
            unharmed(page, path)
            links = page.evaluate(
                "[...document.querySelectorAll('main a:not([type])')].map(a => a.getAttribute('href'))"
            )
            places = (urljoin(path, link).partition("#")[0] for link in links)
            found += [place for place in places if re.match(r"/(?!queries|doc|id/)(?!.*format=).*hostile", place)]
    assert "/claim/hostile/claim/unseen" in seen
    assert "/cite/hostile" in seen
