"""The SPARQL endpoint: each form of request, each format of answer, clear refusals, and real clients that others wrote."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from fastapi.testclient import TestClient
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, TURTLE, XML, SPARQLWrapper

from ineq_kg.represent.formats import Format

STUDIES = "SELECT ?study ?label WHERE { ?study a ikg:Study ; skos:prefLabel ?label } ORDER BY ?label"
BABBEL = "<https://w3id.org/ineq-kg/id/mcmahon-2022/study/babbel>"
RESULTS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": None,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}


def count(media_type: str, body: bytes) -> int:
    if media_type == "text/csv":
        return len(list(csv.DictReader(io.StringIO(body.decode()))))
    return len(list(ox.parse_query_results(body, RESULTS[media_type])))


@pytest.mark.parametrize("accept", RESULTS)
def test_rows_in_every_results_format(client: TestClient, accept: str) -> None:
    answer = client.get("/sparql", params={"query": STUDIES}, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == accept
    assert count(accept, answer.content) == 11


@pytest.mark.parametrize("form", ["CONSTRUCT WHERE { %s ?p ?o }", "DESCRIBE %s"])
@pytest.mark.parametrize("format_", Format.for_form("graph"))
def test_graphs_in_every_rdf_format(client: TestClient, form: str, format_: Format) -> None:
    answer = client.get("/sparql", params={"query": form % BABBEL}, headers={"Accept": format_.media_type})
    assert answer.headers["content-type"].partition(";")[0] == format_.media_type
    parsed = list(ox.parse(answer.content, format=ox.RdfFormat.from_media_type(format_.media_type)))
    assert len(parsed) > 5


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        ("text/csv;q=0.5, application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/html, text/*;q=0.3", "text/csv"),
    ],
)
def test_accept_is_weighed(client: TestClient, accept: str, chosen: str) -> None:
    answer = client.get("/sparql", params={"query": STUDIES}, headers={"Accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == chosen


def test_both_forms_of_post(client: TestClient) -> None:
    direct = client.post("/sparql", content=STUDIES, headers={"Content-Type": "application/sparql-query"})
    form = client.post("/sparql", data={"query": STUDIES})
    assert direct.json() == form.json() == client.get("/sparql", params={"query": STUDIES}).json()


def test_ask(client: TestClient) -> None:
    query = f"ASK {{ {BABBEL} a ikg:Study }}"
    assert client.get("/sparql", params={"query": query}).json()["boolean"] is True
    refused = client.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"})
    assert refused.status_code == 406


def test_the_dataset_can_be_named(client: TestClient) -> None:
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"

    def number(**dataset: Any) -> int:
        answer = client.get("/sparql", params={"query": query, **dataset})
        return int(answer.json()["results"]["bindings"][0]["n"]["value"])

    ontology = "https://w3id.org/ineq-kg/graph/ontology"
    synthesis = "https://w3id.org/ineq-kg/graph/mcmahon-2022"
    parts = [number(**{"default-graph-uri": graph}) for graph in (ontology, synthesis)]
    assert all(parts)
    assert number(**{"default-graph-uri": [ontology, synthesis]}) == sum(parts)
    assert number(**{"named-graph-uri": synthesis}) == 0
    # Where any graph is named, there is no other: not even by GRAPH (SPARQL 1.1 Protocol, 2.1.4).
    query = "SELECT (COUNT(DISTINCT ?g) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert number(**{"default-graph-uri": ontology}) == 0
    assert number(**{"default-graph-uri": ontology, "named-graph-uri": synthesis}) == 1


@pytest.mark.parametrize(
    ("params", "status", "parameter"),
    [
        ({"timeout": "5"}, 422, "query"),
        ({"query": ["ASK {}", "ASK {}"]}, 422, "query"),
        ({"query": "SELEKT"}, 400, None),
        ({"query": "SELECT * { ?s ?p ?o FILTER(<https://example.org/unknown>(?o)) }"}, 400, None),
        ({"query": "ASK {}", "format": "docx"}, 422, "format"),
        ({"query": "ASK {}", "format": "ttl"}, 406, None),
        ({"update": "DROP ALL"}, 422, "update"),
        ({"query": "DROP ALL"}, 400, None),
        ({"query": "SELECT * { SERVICE <http://127.0.0.1:9/> {} }"}, 403, None),
    ],
)
def test_refusals_are_problems_that_name_the_parameter(
    client: TestClient, params: dict[str, Any], status: int, parameter: str | None
) -> None:
    answer = client.get("/sparql", params=params)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert problem.get("parameter") == parameter


def test_other_methods_and_types_are_refused(client: TestClient) -> None:
    assert client.put("/sparql", content="x").status_code == 405
    wrong = client.post("/sparql", content="x", headers={"Content-Type": "text/plain"})
    assert wrong.status_code == 415
    assert "application/sparql-query" in wrong.json()["title"]
    assert client.post("/sparql", data={"query": "x" * 2_000_000}).status_code == 413


def test_a_known_version_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/sparql", params={"query": STUDIES})
    tag = first.headers["etag"]
    again = client.get("/sparql", params={"query": STUDIES}, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/sparql", params={"query": STUDIES}, headers={"If-None-Match": tag, "Accept": "text/csv"})
    assert other.status_code == 200


def test_rdflib_is_a_client(live: str) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{live}/sparql"))
    rows = list(graph.query("SELECT ?s WHERE { ?s a <https://w3id.org/ineq-kg/ontology#Study> }"))
    assert len(rows) == 11


@pytest.mark.parametrize("wanted", [JSON, XML, CSV])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper_is_a_client(live: str, wanted: str, method: str) -> None:
    wrapper = SPARQLWrapper(f"{live}/sparql")
    wrapper.setMethod(method)
    wrapper.setReturnFormat(wanted)
    wrapper.setQuery(STUDIES)
    answer = wrapper.query().convert()
    if wanted == JSON:
        assert len(answer["results"]["bindings"]) == 11
    elif wanted == XML:
        assert len(answer.getElementsByTagName("result")) == 11
    else:
        assert len(answer.decode().strip().splitlines()) == 12
    wrapper.setReturnFormat(TURTLE)
    wrapper.setQuery(f"DESCRIBE {BABBEL}")
    assert b"prefLabel" in wrapper.query().convert()


def test_the_description_of_the_api_is_whole(client: TestClient) -> None:
    paths = json.loads(client.get("/openapi.json").content)["paths"]
    assert {"/sparql", "/queries", "/queries/trace", "/queries/trace-up", "/ontology", "/healthz", "/readyz"} <= set(
        paths
    )
    names = [parameter["name"] for parameter in paths["/queries/trace"]["get"]["parameters"]]
    assert names == ["start", "format", "limit", "cursor", "at"]
