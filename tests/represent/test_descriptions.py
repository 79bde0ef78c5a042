"""What the service says of itself and of its dataset holds: each claim is tried, each figure counted by SPARQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from urllib.parse import urlsplit

import httpx2
import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient
from rdflib import DCTERMS, FOAF, RDF, VOID, XSD, Graph, Literal, Namespace, URIRef

from editing import Editor, token_for
from ineq_kg.app import App
from ineq_kg.represent.formats import Format
from ineq_kg.store import figures
from ineq_kg.store.allowed import Allowed
from ineq_kg.store.embedded import Snapshot
from ineq_kg.store.figures import MOST, KeptFigures, count
from ineq_kg.store.limits import Limits
from ineq_kg.store.patience import MOST as AT_ONCE
from ineq_kg_api import create_app
from running import until
from serving import served

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
HOME = "http://testserver/"
ENDPOINT = URIRef(f"{HOME}sparql")
DATASET = URIRef(f"{HOME}dataset#dataset")
GRAPHS = Format.for_form("graph")


def read(client: TestClient, path: str, **params: str) -> Graph:
    answer = client.get(path, params=params, headers={"Accept": "text/turtle"})
    assert answer.status_code == 200, answer.text
    return Graph().parse(data=answer.text, format="turtle")


def asked(client: TestClient, query: str) -> dict[str, int]:
    """Ask for numbers by key."""
    rows = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    return {row["key"]["value"] if "key" in row else "": int(row["n"]["value"]) for row in rows}


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    app = App.open(tmp_path_factory.mktemp("described") / "store")
    with TestClient(create_app(app)) as client:
        yield Editor(client, token_for(app))


@pytest.fixture
def editor(writer: Editor) -> Editor:
    """Whoever changes a small dataset in which one triple stands in two graphs."""
    made = writer.update("""DROP ALL ; CREATE GRAPH <x:empty> ; INSERT DATA {
        GRAPH <x:one> { id:a a skos:Concept ; <x:p> 1, 2 }
        GRAPH <x:two> { id:a <x:p> 1 . <x:b> a <x:C> }
        GRAPH <x:three/é?a=1&b=2> { [] a skos:Concept } }""")
    assert made.status_code == 200, made.text
    return writer


# --- the service -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", GRAPHS)
def test_the_service_is_described_in_every_format_for_graphs(client: TestClient, wanted: Format) -> None:
    answers = [
        client.get("/sparql", headers={"Accept": wanted.media_type}),
        client.get("/sparql", params={"format": wanted.extension}),
    ]
    for answer in answers:
        assert answer.headers["content-type"].partition(";")[0] == wanted.media_type
        quads = list(ox.parse(answer.content, format=ox.RdfFormat.from_media_type(wanted.media_type)))
        assert any(
            quad.predicate.value == SD.endpoint.toPython() and quad.object.value == str(ENDPOINT) for quad in quads
        )


def test_a_browser_or_a_forgotten_query_gets_no_description(client: TestClient) -> None:
    elsewhere = client.get("/sparql", headers={"Accept": "text/html, */*;q=0.1"})
    assert elsewhere.status_code == 303
    page = client.get(elsewhere.headers["location"])
    assert (page.status_code, page.headers["content-type"].partition(";")[0]) == (200, "text/html")
    forgotten = client.get("/sparql", headers={"Accept": "application/sparql-results+json"})
    assert (forgotten.status_code, forgotten.json()["parameter"]) == (422, "query")
    assert client.get("/sparql?default-graph-uri=x:y").status_code == 422
    assert client.post("/sparql", data={"format": "ttl"}).status_code == 422


def test_the_formats_are_those_that_there_are(client: TestClient) -> None:
    said = set(read(client, "/sparql").objects(None, SD.resultFormat))
    queries = {
        "select": "SELECT * { ?s ?p ?o } LIMIT 1",
        "ask": "ASK {}",
        "graph": "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1",
    }
    found = {
        URIRef(one.iri)
        for form, query in queries.items()
        for one in Format
        if client.get("/sparql", params={"query": query}, headers={"Accept": one.media_type}).status_code == 200
        and one.holds(form)
    }
    assert said == found


def test_what_is_said_to_be_read_is_read(editor: Editor) -> None:
    said = set(read(editor.client, "/sparql").objects(None, SD.inputFormat))
    assert said == {URIRef(one.iri) for one in GRAPHS}
    for one in GRAPHS:
        body = ox.serialize(
            [ox.Triple(ox.NamedNode("x:s"), ox.NamedNode("x:p"), ox.NamedNode("x:o"))],
            format=ox.RdfFormat.from_media_type(one.media_type),
        )
        headers = {"Content-Type": one.media_type}
        assert editor.send("PUT", "/graph-store?graph=x:new", content=body, headers=headers).status_code in {200, 201}


def test_both_languages_are_understood(editor: Editor) -> None:
    said = set(read(editor.client, "/sparql").objects(None, SD.supportedLanguage))
    assert said == {SD.SPARQL11Query, SD.SPARQL11Update}
    assert (
        editor.update(
            "INSERT { GRAPH <x:n> { <x:s> <x:q> ?n } } WHERE { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } }"
        ).status_code
        == 200
    )
    assert (
        editor.client.get("/sparql", params={"query": "ASK { GRAPH <x:n> { ?s <x:q>+ ?o } }"}).json()["boolean"] is True
    )


def test_the_features_are_those_that_there_are(editor: Editor) -> None:
    """The union of all graphs is the default graph unless set otherwise; other hosts are asked if any is listed."""
    count = "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }"
    assert set(read(editor.client, "/sparql").objects(None, SD.feature)) == {SD.EmptyGraphs, SD.UnionDefaultGraph}
    assert asked(editor.client, count) == {"": 5}
    assert asked(editor.client, "SELECT (COUNT(*) AS ?n) { GRAPH <x:empty> {} }") == {"": 1}
    limits = Limits(services=Allowed.read(["http://example.org/sparql=http://127.0.0.1:9/"]))
    store = editor.client.app.state.writer.app.store.directory
    with TestClient(create_app(App.open(store, limits=limits, union=False))) as other:
        assert set(read(other, "/sparql").objects(None, SD.feature)) == {SD.EmptyGraphs, SD.BasicFederatedQuery}
        assert asked(other, count) == {"": 0}
        silent = "SELECT * { SERVICE SILENT <http://example.org/sparql> { ?s ?p ?o } }"
        assert other.get("/sparql", params={"query": silent}).status_code == 200


def test_the_named_graphs_are_those_that_there_are(editor: Editor) -> None:
    graph = read(editor.client, "/sparql")
    (dataset,) = graph.objects(None, SD.defaultDataset)
    names = {str(graph.value(one, SD.name)) for one in graph.objects(dataset, SD.namedGraph)}
    assert names == set(asked(editor.client, "SELECT ?key (1 AS ?n) { GRAPH ?key {} }"))
    assert "x:empty" in names


# --- the dataset -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/dataset", "/.well-known/void"])
@pytest.mark.parametrize("wanted", GRAPHS)
def test_the_dataset_is_described_in_every_format_for_graphs(client: TestClient, path: str, wanted: Format) -> None:
    answer = client.get(path, headers={"Accept": wanted.media_type})
    assert answer.headers["content-type"].partition(";")[0] == wanted.media_type
    quads = list(ox.parse(answer.content, format=ox.RdfFormat.from_media_type(wanted.media_type)))
    assert any(quad.subject.value == str(DATASET) and quad.predicate.value == str(VOID.triples) for quad in quads)
    again = client.get(path, headers={"Accept": wanted.media_type, "If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406


def check_figures(client: TestClient, graph: Graph) -> None:
    """See that each figure is what SPARQL counts."""

    def number(node: object, name: URIRef) -> int:
        return int(str(graph.value(node, name)))

    def parts(kind: URIRef, key: URIRef, value: URIRef) -> dict[str, int]:
        return {str(graph.value(one, key)): number(one, value) for one in graph.objects(DATASET, kind)}

    def one(counted: str, pattern: str) -> int:
        return asked(client, f"SELECT ({counted} AS ?n) {{ {pattern} }}")[""]

    assert number(DATASET, VOID.triples) == one("COUNT(*)", "SELECT DISTINCT ?s ?p ?o { ?s ?p ?o }")
    assert number(DATASET, VOID.properties) == one("COUNT(DISTINCT ?p)", "?s ?p ?o")
    assert number(DATASET, VOID.classes) == one("COUNT(DISTINCT ?c)", "?s a ?c")
    ours = f"FILTER(STRSTARTS(STR(?s), '{graph.value(DATASET, VOID.uriSpace)}'))"
    assert number(DATASET, VOID.entities) == one("COUNT(DISTINCT ?s)", f"?s ?p ?o {ours}")
    properties = "SELECT ?key (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?key ?o { ?s ?key ?o } } GROUP BY ?key"
    assert parts(VOID.propertyPartition, VOID.property, VOID.triples) == asked(client, properties)
    classes = "SELECT ?key (COUNT(DISTINCT ?s) AS ?n) { ?s a ?key } GROUP BY ?key"
    assert parts(VOID.classPartition, VOID["class"], VOID.entities) == asked(client, classes)
    graphs = "SELECT ?key (COUNT(?s) AS ?n) { GRAPH ?key { OPTIONAL { ?s ?p ?o } } } GROUP BY ?key"
    assert parts(VOID.subset, DCTERMS.title, VOID.triples) == asked(client, graphs)


def test_figures_are_what_sparql_counts(client: TestClient) -> None:
    check_figures(client, read(client, "/dataset"))


def test_figures_follow_each_change_and_older_versions_keep_theirs(editor: Editor) -> None:
    before = editor.client.app.state.writer.app.store.version
    first = read(editor.client, "/dataset")
    check_figures(editor.client, first)
    assert editor.update("INSERT DATA { GRAPH <x:four> { id:new a <x:New> } } ; DROP GRAPH <x:one>").status_code == 200
    second = read(editor.client, "/dataset")
    check_figures(editor.client, second)
    assert first.value(DATASET, VOID.triples) != second.value(DATASET, VOID.triples)
    older = read(editor.client, "/dataset", at=before)
    for name in (VOID.triples, VOID.entities, VOID.classes, VOID.properties, DCAT.version, DCTERMS.modified):
        assert older.value(DATASET, name) == first.value(DATASET, name)


def test_versions_are_those_that_can_be_asked(editor: Editor) -> None:
    editor.update("INSERT DATA { GRAPH <x:four> { id:new a <x:New> } }")
    graph = read(editor.client, "/dataset")
    journal = editor.client.get("/versions").json()
    versions = {str(graph.value(node, DCAT.version)): node for node in graph.objects(DATASET, DCAT.hasVersion)}
    assert set(versions) == {one["version"] for one in journal["versions"] if one["kept"]}
    assert graph.value(DATASET, DCAT.hasCurrentVersion) == versions[journal["current"]]
    assert graph.value(DATASET, DCAT.version) == Literal(journal["current"])
    for version, node in versions.items():
        told = editor.client.get(urlsplit(str(node)).path).json()
        assert told["version"] == version
        assert graph.value(node, DCTERMS.issued) == Literal(told["at"], datatype=XSD.dateTime)


def test_each_distribution_holds_what_is_said(editor: Editor) -> None:
    graph = read(editor.client, "/dataset")
    for subset in graph.objects(DATASET, VOID.subset):
        triples = int(str(graph.value(subset, VOID.triples)))
        (file,) = graph.objects(subset, DCAT.distribution)
        media_type = str(graph.value(file, DCAT.mediaType)).partition("media-types/")[2]
        for address in (graph.value(file, DCAT.downloadURL), graph.value(subset, VOID.dataDump)):
            answer = editor.client.get(str(address), headers={"Accept": "*/*"})
            assert answer.headers["content-type"].partition(";")[0] == media_type
            assert len(Graph().parse(data=answer.text, format="turtle")) == triples
    assert len(list(graph.objects(DATASET, VOID.subset))) == 4


def test_the_way_in_is_the_endpoint(client: TestClient) -> None:
    graph = read(client, "/.well-known/void")
    assert graph.value(DATASET, VOID.sparqlEndpoint) == ENDPOINT
    (distribution,) = graph.objects(DATASET, DCAT.distribution)
    service = graph.value(distribution, DCAT.accessService)
    assert graph.value(service, DCAT.endpointURL) == graph.value(distribution, DCAT.accessURL) == ENDPOINT
    assert (service, DCAT.servesDataset, DATASET) in graph
    assert graph.value(URIRef(f"{HOME}dataset"), FOAF.primaryTopic) == DATASET
    assert {DCAT.Dataset, VOID.Dataset} == set(graph.objects(DATASET, RDF.type))


def test_a_version_is_counted_once(editor: Editor) -> None:
    store = editor.client.app.state.writer.app.store
    kept = KeptFigures()
    first = kept.of(store.snapshot())
    assert kept.of(store.snapshot()) is first
    oldest = store.snapshot()
    for number in range(MOST):
        editor.update(f"INSERT DATA {{ GRAPH <x:more> {{ id:n{number} a <x:New> }} }}")
        newest = kept.of(store.snapshot())
    assert kept.of(store.snapshot()) is newest
    assert kept.of(oldest) is not first
    assert kept.of(oldest) == first


def test_whoever_cannot_wait_is_told_to_come_again(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    app = editor.client.app.state.writer.app
    monkeypatch.setattr(app, "patience", 0.01)
    go_on = Event()

    def held_up(snapshot: Snapshot) -> figures.Figures:
        go_on.wait(60)
        return count(snapshot)

    monkeypatch.setattr(figures, "count", held_up)
    answer = editor.client.get("/dataset")
    assert (answer.status_code, answer.json()["title"]) == (503, "FiguresNotReady")
    assert answer.headers["retry-after"] == "1"
    go_on.set()
    app.patience = None
    check_figures(editor.client, read(editor.client, "/dataset"))


def test_a_crowd_that_waits_leaves_threads_for_others(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    app = editor.client.app.state.writer.app
    go_on = Event()

    def held_up(snapshot: Snapshot) -> figures.Figures:
        go_on.wait(60)
        return count(snapshot)

    monkeypatch.setattr(figures, "count", held_up)
    monkeypatch.setattr(app, "patience", 60.0)
    editor.update("INSERT DATA { GRAPH <x:crowd> { id:crowd a <x:New> } }")
    with served(app) as address, ThreadPoolExecutor(50) as crowd:
        app.patience = 60.0  # a service has its own
        asked = [crowd.submit(httpx2.get, f"{address}/.well-known/void", timeout=60) for _ in range(50)]
        until(lambda: sum(one.done() for one in asked) == 50 - AT_ONCE)
        assert httpx2.get(f"{address}/queries/syntheses").status_code == 200
        go_on.set()
        statuses = sorted(one.result().status_code for one in asked)
    assert statuses == [200] * AT_ONCE + [503] * (50 - AT_ONCE)
