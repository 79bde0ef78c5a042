"""Resources, named queries, pages and operations over HTTP."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from ineq_kg.app import App
from ineq_kg.represent.formats import Format
from ineq_kg_api import create_app
from running import until

BABBEL = "/id/mcmahon-2022/study/babbel"
ARGUMENT = "mcmahon-2022/argument/narrow-problematisation"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "extension"),
    [
        (BROWSER, "html"),
        ("text/turtle", "ttl"),
        ("application/ld+json", "jsonld"),
        ("application/rdf+xml", "rdf"),
        ("application/n-triples", "nt"),
    ],
)
def test_a_resource_leads_to_its_document(client: TestClient, accept: str, extension: str) -> None:
    named = client.get(BABBEL, headers={"Accept": accept})
    assert named.status_code == 303
    assert named.headers["vary"] == "Accept"
    assert named.headers["location"] == f"/doc/mcmahon-2022/study/babbel.{extension}"
    document = client.get(named.headers["location"])
    assert document.status_code == 200
    wanted = Format.by_extension(extension)
    assert wanted is not None
    assert document.headers["content-type"].partition(";")[0] == wanted.media_type
    if wanted is not Format.HTML:
        parsed = ox.parse(document.content, format=ox.RdfFormat.from_media_type(wanted.media_type))
        assert any("babbel" in str(triple.subject) for triple in parsed)


def test_every_resource_of_the_synthesis_can_be_looked_up(loaded: App, client: TestClient) -> None:
    rows = loaded.table("SELECT DISTINCT ?s WHERE { GRAPH graph:mcmahon-2022 { ?s a ?t } }")
    for (subject,) in rows.rows:
        path = str(subject).removeprefix("https://w3id.org/ineq-kg")
        document = client.get(path, headers={"Accept": "text/turtle"}).headers["location"]
        assert client.get(document).status_code == 200


def test_an_unknown_resource_names_near_ones(client: TestClient) -> None:
    answer = client.get("/doc/mcmahon-2022/study/bable.ttl")
    assert answer.status_code == 404
    assert "mcmahon-2022/study/babbel" in answer.json()["mend"]


@pytest.mark.parametrize("name", ["trace", "trace-up"])
def test_traces_as_json_csv_and_a_page(client: TestClient, name: str) -> None:
    start = ARGUMENT if name == "trace" else "mcmahon-2022/study/babbel"
    path = f"/queries/{name}"
    as_json = client.get(path, params={"start": start}).json()["results"]["bindings"]
    as_csv = client.get(path, params={"start": start}, headers={"Accept": "text/csv"}).text
    page = client.get(path, params={"start": start}, headers={"Accept": BROWSER})
    assert len(list(csv.DictReader(io.StringIO(as_csv)))) == len(as_json) > 10
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert f"{len(as_json)} rows" in page.text
    full = client.get(path, params={"start": f"https://w3id.org/ineq-kg/id/{start}"}).json()["results"]["bindings"]
    assert full == as_json


def test_a_form_is_shown_before_it_is_filled(client: TestClient) -> None:
    page = client.get("/queries/trace", headers={"Accept": BROWSER})
    assert page.status_code == 200
    assert '<input id="start"' in page.text


def test_wrong_parameters_are_named(client: TestClient) -> None:
    missing = client.get("/queries/trace")
    assert (missing.status_code, missing.json()["parameter"]) == (422, "start")
    unknown = client.get("/queries/trace", params={"start": ARGUMENT, "begin": "x"})
    assert (unknown.status_code, unknown.json()["parameter"]) == (422, "begin")
    hostile = client.get("/queries/trace", params={"start": "x> . ?s ?p ?o } #"})
    assert (hostile.status_code, hostile.json()["parameter"]) == (422, "start")
    assert client.get("/queries/no-such").json()["mend"].startswith("There is: ")


def test_the_catalogue_lists_what_each_query_says_of_itself(client: TestClient) -> None:
    listed = client.get("/queries", headers={"Accept": "application/json"}).json()
    assert {query["name"] for query in listed} >= {"trace", "trace-up"}
    assert "Which translated constructs" in client.get("/queries", headers={"Accept": BROWSER}).text


def test_the_first_page_leads_to_the_argument_and_that_to_the_words(client: TestClient) -> None:
    home = client.get("/", headers={"Accept": BROWSER}).text
    assert "meta-ethnography" in home
    assert 'href="/synthesis/mcmahon-2022"' in home
    argument = "/argument/mcmahon-2022/argument/narrow-problematisation"
    assert f'href="{argument}"' in client.get("/synthesis/mcmahon-2022", headers={"Accept": BROWSER}).text
    page = client.get(argument, headers={"Accept": BROWSER}).text
    for words in (
        "Line of argument",
        "Claim",
        "translated construct",
        "Babbel et al. (2017)",
        "doubtful",
    ):
        assert words in page
    opened = client.get(f"{argument}?open=mcmahon-2022/claim/exposure-and-the-minority", headers={"Accept": BROWSER})
    assert "social empathy" in opened.text
    assert "11 claims" in page
    assert "13 reports" in page


@pytest.mark.parametrize(
    "path", ["/", "/queries", "/queries/trace", "/ontology", "/docs", "/redoc", BABBEL.replace("/id/", "/doc/")]
)
def test_no_page_loads_anything_from_another_host(client: TestClient, path: str) -> None:
    page = client.get(path, headers={"Accept": BROWSER})
    assert page.status_code == 200
    loaded = re.findall(
        r"""(?:src|href)=["']?(?:https?:)?//[^"'>\s]+""", re.sub(r'<a [^>]*>|<link rel="cite-as"[^>]*>', "", page.text)
    )
    assert [link for link in loaded if "w3id.org" not in link] == []
    for script in re.findall(r"""(?:src|href)=["'](/[^"']+)""", page.text):
        if script.startswith(("/static", "/swagger", "/redoc", "/docs")):
            assert client.get(script).status_code == 200


@pytest.mark.parametrize("format_", Format.for_form("graph")[:4])
def test_the_ontology_in_each_format(client: TestClient, format_: Format) -> None:
    answer = client.get("/ontology", headers={"Accept": format_.media_type})
    assert answer.status_code == 200
    parsed = list(ox.parse(answer.content, format=ox.RdfFormat.from_media_type(format_.media_type)))
    assert len(parsed) > 1000


def test_health_and_readiness(client: TestClient, tmp_path: Path) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    assert client.get("/readyz").json()["status"] == "ready"
    until(lambda: client.get("/readyz").json()["warm"])
    ready = client.get("/readyz").json()
    assert ready["quads"] > 5000
    empty = TestClient(create_app(App.open(tmp_path / "none")))
    assert empty.get("/healthz").status_code == 200
    assert empty.get("/readyz").status_code == 503
    assert empty.get("/sparql", params={"query": "ASK {}"}).status_code == 503


def test_values_are_escaped(tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>\u202e" + "w" * 10_000
    (tmp_path / "h.yaml").write_text(
        f"""synthesis:
  - {{id: h, label: "{hostile}", licence: "javascript:alert(1)"}}
lines_of_argument:
  - {{id: argument/a, label: "{hostile}", synthesis: h, basis: StatedInText, confidence: Low, note: "{hostile}"}}
"""
    )
    app = App.open(tmp_path / "store")
    app.load([tmp_path / "h.yaml"])
    client = TestClient(create_app(app))
    for path in ("/", "/doc/h", "/doc/h/argument/a", "/queries/trace?start=h/argument/a"):
        page = client.get(path, headers={"Accept": BROWSER})
        assert page.status_code == 200
        assert not re.search(r'<script(?! type="module" src="/static/ui/[a-z-]+\.js"></script>)', page.text)
        assert "&lt;script&gt;" in page.text
        assert 'href="javascript:' not in page.text
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
