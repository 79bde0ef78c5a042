"""The page of the dataset: figures, downloads, versions."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from asked import page
from ineq_kg.app import App
from ineq_kg_api import create_app
from places import ROOT

HTML = {"Accept": "text/html"}


@pytest.fixture
def changed(tmp_path: Path) -> App:
    """An app whose store was loaded twice, by two people."""
    app = App.open(tmp_path / "store")
    app.load([ROOT / "tests" / "syntheses" / "refutational.yaml"], who="Ana Ruiz")
    app.load([ROOT / "tests" / "syntheses" / "screened.yaml"], who="Ben Okri")
    return app


def test_the_figures_are_those_of_the_graph(client: TestClient) -> None:
    shown = page(client, "/dataset")
    count = "SELECT (COUNT(*) AS ?n) WHERE { SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o } }"
    (row,) = client.get("/sparql", params={"query": count, "format": "json"}).json()["results"]["bindings"]
    assert f"<dt>Triples</dt><dd>{int(row['n']['value']):,}</dd>" in shown
    summary = client.get("/queries/graph-summary", params={"synthesis": "mcmahon-2022"}).json()["results"]["bindings"]
    low = sum(int(one["low"]["value"]) for one in summary)
    assert low > 5
    assert re.search(rf'<th scope="row">low</th><td class="n">{low}</td>', shown)


def test_every_download_is_to_be_had(client: TestClient) -> None:
    shown = unescape(page(client, "/dataset"))
    links = [
        link
        for link in re.findall(r'href="(/(?:graph-store|queries|versions|\.well-known)[^"]*)"', shown)
        if "format=" in link
    ]
    assert len(links) > 15
    for link in links:
        assert client.get(link).status_code == 200, link
    (turtle,) = [
        link for link in links if "graph/mcmahon-2022&format=ttl" in link.replace("%3A", ":").replace("%2F", "/")
    ]
    assert len(list(ox.parse(client.get(turtle).content, format=ox.RdfFormat.TURTLE))) > 10_000


def test_licence_and_citation_of_the_founding_synthesis(client: TestClient) -> None:
    shown = page(client, "/dataset")
    assert 'href="https://creativecommons.org/licenses/by/4.0/" rel="license"' in shown
    assert "Social Theory &amp; Health 21(2), 2023" in shown


def test_every_version_says_who_and_why(changed: App) -> None:
    shown = page(TestClient(create_app(changed)), "/dataset")
    assert shown.index("Ben Okri") < shown.index("Ana Ruiz")
    assert "loaded screened" in shown
    first, second = (entry.version for entry in changed.store.entries())
    assert f'href="/?at={first}"' in shown
    assert f"<code>{second}</code>" in shown


def test_an_earlier_version_is_shown_as_it_was(changed: App) -> None:
    first, _ = (entry.version for entry in changed.store.entries())
    shown = page(TestClient(create_app(changed)), "/dataset", at=first)
    assert "<dt>Syntheses</dt><dd>1</dd>" in shown
    assert "Ben Okri" not in shown


def test_programs_get_its_description_at_the_same_address(client: TestClient) -> None:
    described = client.get("/dataset", headers={"Accept": "text/turtle"})
    assert described.headers["content-type"].startswith("text/turtle")
    assert "void" in described.text
    assert client.get("/dataset", headers=HTML).headers["content-type"].startswith("text/html")
