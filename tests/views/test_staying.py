"""Pages of a version that was asked for lead to pages of that version, whichever template wrote them."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

BROWSER = {"Accept": "text/html"}
FOUNDING = "mcmahon-2022"
PATHS = (
    "/",
    f"/argument/{FOUNDING}/argument/narrow-problematisation",
    f"/doc/{FOUNDING}/study/babbel.html",
    f"/doc/{FOUNDING}/second-order/babbel-social-empathy.html",
    f"/matrix/{FOUNDING}",
    f"/discourses/{FOUNDING}",
    f"/synthesis/{FOUNDING}",
    "/queries/studies?synthesis=mcmahon-2022",
    "/queries/trace",
    "/search?q=empathy",
    "/dataset",
)
OF_ANY_VERSION = ("/static", "/upload", "/versions", "/ontology", "/docs", "/sparql?", "/queries.ttl")


class Page(HTMLParser):
    """The links of a page, and the forms that ask: what each sends along of its own accord."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href", "").startswith(("/", "?")):
            self.links.append(given["href"])
        if tag == "form" and given.get("method") == "get" and given.get("action") != "/sparql":
            self.forms.append({})
        if tag == "input" and given.get("type") == "hidden" and self.forms:
            self.forms[-1][given["name"]] = given["value"]


def version_of(client: TestClient) -> str:
    return str(client.get("/readyz").json()["dataset"])


@pytest.mark.parametrize("path", PATHS)
def test_links_and_forms_stay_on_the_version(client: TestClient, path: str) -> None:
    version = version_of(client)
    answer = client.get(f"{path}{'&' if '?' in path else '?'}at={version}", headers=BROWSER)
    assert answer.status_code == 200
    page = Page(answer.text)
    links = [link for link in page.links if not link.startswith(OF_ANY_VERSION)]
    assert links
    assert {tuple(parse_qs(urlsplit(link).query).get("at", ())) for link in links} == {(version,)}
    assert page.forms
    assert all(form.get("at") == version for form in page.forms)
    for link in links[:: max(1, len(links) // 10)]:
        if link.startswith("/"):
            assert client.get(link, headers=BROWSER).status_code in {200, 303}, link


def test_what_is_asked_for_without_a_version_leads_to_the_newest(client: TestClient) -> None:
    page = Page(client.get(f"/doc/{FOUNDING}/study/babbel.html", headers=BROWSER).text)
    assert not [link for link in page.links if "at=" in link]
