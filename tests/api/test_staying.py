"""A page that was asked for at a version of the dataset: all its links and forms lead to the same version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from addresses import ARGUMENT, FIXED, LEFT_OUT, views
from asked import page
from ineq_kg.app import App

BROWSER = {"Accept": "text/html, */*;q=0.1"}
DOC = "/doc/mcmahon-2022"
RECORDS = [
    f"{DOC}{slug}.html"
    for slug in (
        "",
        "/report/blackman-2009",
        "/second-order/babbel-exposure",
        "/translated/exposure",
        "/claim/predominant-perspective",
        "/discourse/labelling",
        "/actors/general-practitioners",
        "/span/push-against",
        "/relation/discourse/labelling/alignsWith/discourse/individualistic",
    )
]
OTHERS = [
    f"{ARGUMENT}?{LEFT_OUT}&open=mcmahon-2022/claim/predominant-perspective",
    "/matrix/mcmahon-2022?study=mcmahon-2022/study/mead&construct=mcmahon-2022/translated/epistemological-barriers",
    "/discourses/mcmahon-2022?show=effects",
    "/discourses/mcmahon-2022?show=actors",
    "/search?q=blame",
    "/queries/trace?start=mcmahon-2022",
    "/queries/reports",
    "/dataset",
]
# The same at every version, or about all of them.
WITHOUT = ("/static/", "/docs", "/ontology", "/upload", "/versions", "/queries.ttl", "/openapi.json")


def links(shown: str) -> Iterator[str]:
    """Yield where the links, pictures and elements of a page lead to on this host."""
    for to in re.findall(r'\s(?:href|src)="([^"]*)"', shown):
        if to.startswith(("/", "?")) and not to.startswith(WITHOUT):
            yield unescape(to)


@pytest.mark.parametrize("path", [*views(), *FIXED, *RECORDS, *OTHERS])
def test_every_link_stays_on_the_version(loaded: App, client: TestClient, path: str) -> None:
    if path.startswith("/ontology"):
        return  # which is of no version of the dataset
    version = loaded.snapshot().version
    at = f"{path}{'&' if '?' in path else '?'}at={version}"
    shown = client.get(at, headers=BROWSER)
    assert shown.status_code == 200
    found = list(links(shown.text))
    assert len(found) > 3
    assert [to for to in found if parse_qs(urlsplit(to).query).get("at") != [version]] == []
    forms = re.findall(r'<form[^>]* method="get"[^>]*>(.*?)</form>', shown.text, re.DOTALL)
    assert forms
    assert [form for form in forms if form.count(f'name="at" value="{version}"') != 1] == []
    # One of each kind of page: it is there at the version too.
    kinds = {urlsplit(to).path.split("/")[1] + urlsplit(to).path[-4:]: to for to in found if to.startswith("/")}
    assert {
        to: code for to in kinds.values() if (code := client.get(to, headers=BROWSER).status_code) not in (200, 303)
    } == {}


def test_without_a_version_no_link_names_one(client: TestClient) -> None:
    for path in (f"{DOC}/study/babbel.html", "/matrix/mcmahon-2022", "/discourses/mcmahon-2022"):
        shown = page(client, path)
        named = [
            to for to in links(re.sub(r"<a [^>]*>Permalink</a>", "", shown)) if "at" in parse_qs(urlsplit(to).query)
        ]
        assert named == []
        assert 'name="at"' not in shown


def test_a_redirect_and_a_query_stay_on_a_version_as_well(loaded: App, client: TestClient) -> None:
    version = loaded.snapshot().version
    name = client.get(f"/id/mcmahon-2022/study/babbel?at={version}", headers={"Accept": "text/html"})
    assert name.headers["location"].endswith(f"babbel.html?at={version}")
    answer = client.get("/sparql", params={"query": "ASK { ?study a ikg:Study }", "at": version})
    assert answer.json()["boolean"] is True
    gone = client.get("/sparql", params={"query": "ASK { ?study a ikg:Study }", "at": "0123456789abcdef"})
    assert gone.status_code == 410
