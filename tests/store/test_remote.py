"""Stores on other machines: three servers that others wrote answer as the embedded store does."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pyoxigraph as ox
import pytest
import yaml
from fastapi.testclient import TestClient

from ineq_kg.access import Scope
from ineq_kg.app import App
from ineq_kg.errors import NotOnRemote, QueryRefused, QueryTimeout, ResultTooLarge, StoreBusy, StoreEmpty
from ineq_kg.ingest.records import Loaded
from ineq_kg.queries.definition import NamedQuery
from ineq_kg.represent.formats import Format
from ineq_kg.store.embedded import Dataset, Rows, read_rows
from ineq_kg.store.limits import Limits
from ineq_kg.store.named import About
from ineq_kg.store.remote.commits import COMMITS
from ineq_kg.store.remote.endpoint import Endpoint
from ineq_kg.store.remote.store import RemoteStore
from ineq_kg.triples.mapper import write
from ineq_kg.triples.naming import graph_of, inferred_graph_of
from ineq_kg.triples.quads import ntriples
from ineq_kg_api import create_app
from places import FOUNDING, ROOT, Finished
from serving import served
from triplestores import SERVERS, Server

# Servers start, and are asked some hundred questions, on machines that do much else.
pytestmark = pytest.mark.timeout(900)
NAMES = sorted(SERVERS)
NTRIPLES = Format.NTRIPLES.media_type
MADE_UP = [path for folder in ("syntheses", "competency") for path in sorted((ROOT / "tests" / folder).glob("*.yaml"))]
CASES = sorted((ROOT / "tests" / "competency").glob("*/*.yaml"))


def endpoint(server: Server, **more: Any) -> Endpoint:
    return Endpoint(server.address, auth=server.auth, **more)


@pytest.fixture(scope="module", params=NAMES)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with SERVERS[request.param](tmp_path_factory.mktemp(request.param)) as started:
        yield started


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> App:
    """The founding synthesis among small ones that were made up for tests, in a directory."""
    app = App.open(tmp_path_factory.mktemp("embedded") / "store")
    app.load([FOUNDING, *MADE_UP])
    return app


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A place of the tests' own for indexes of names and words."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def remote(server: Server) -> App:
    """The same on the server, which is nobody else's."""
    app = App.open(endpoint(server, exclusive=True))
    with pytest.raises(StoreEmpty, match=server.address):
        app.syntheses()
    app.load([FOUNDING, *MADE_UP], who="Ana Ruiz")
    return app


Asked = tuple[str, tuple[tuple[str, str | tuple[str, ...]], ...]]


def everything_asked(app: App) -> Iterator[Asked]:
    """Each question with its example, each query again with each parameter that may be left out, and each case of a test."""
    examples = {}
    for question in app.questions:
        known = question.header.parameters.items()
        required = {name: str(one.example) for name, one in known if one.required}
        examples[question.name] = required
        optional = {name: str(one.example) for name, one in known if not one.required and one.example is not None}
        for more in [{}, *({name: value} for name, value in optional.items() if isinstance(question, NamedQuery))]:
            yield question.name, tuple({**required, **more}.items())
    for path in CASES:
        given = yaml.safe_load(path.read_text(encoding="utf-8")).get("parameters", {})
        several = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
        yield path.parent.name, tuple({**examples[path.parent.name], **given, **several}.items())


@pytest.fixture(scope="module")
def answers(embedded: App) -> dict[Asked, Rows]:
    """What the embedded store answers."""
    return {asked: embedded.rows(asked[0], dict(asked[1]))[0] for asked in dict.fromkeys(everything_asked(embedded))}


def test_every_question_has_the_same_answer(remote: App, answers: dict[Asked, Rows]) -> None:
    other = [asked for asked, rows in answers.items() if remote.rows(asked[0], dict(asked[1]))[0] != rows]
    assert other == []
    assert sum(len(rows) > 0 for rows in answers.values()) > len(answers) / 2


@pytest.mark.parametrize("up", [False, True])
def test_the_trace_is_the_same(remote: App, embedded: App, up: bool) -> None:
    start = "mcmahon-2022/study/babbel" if up else "mcmahon-2022/argument/narrow-problematisation"
    assert remote.trace(start, up=up) == embedded.trace(start, up=up)


def test_resources_and_explanations_are_the_same(remote: App, embedded: App) -> None:
    why = ("mcmahon-2022/study/babbel", "contributesTo", "mcmahon-2022/argument/narrow-problematisation")
    assert remote.explain(*why) == embedded.explain(*why)
    for wanted in (Format.HTML, Format.NTRIPLES):
        here, there = (app.describe("mcmahon-2022/study/babbel", wanted) for app in (embedded, remote))
        # In the embedded store the union of graphs has a triple as often as graphs have it; permalinks name versions.
        lines = [set(one.body.replace(one.version.encode(), b"VERSION").splitlines()) for one in (here, there)]
        assert lines[0] == lines[1]
    assert sorted(remote.syntheses()) == sorted(embedded.syntheses())


def test_graphs_come_back_as_they_were_loaded(remote: App, embedded: App) -> None:
    here, there = embedded.store.snapshot(), remote.store.snapshot()
    assert there.graphs() == here.graphs()
    assert len(there) == len(here)
    for graph in here.graphs():
        assert set(canonical(there.graph(graph, NTRIPLES))) == set(canonical(here.graph(graph, NTRIPLES)))
    assert there.has(here.graphs()[0])
    assert not there.has("https://w3id.org/ineq-kg/graph/nowhere")


def test_the_printed_rules_derive_there_what_is_derived_here(
    server: Server, embedded: App, founding: Loaded, run: Callable[..., Finished]
) -> None:
    """As it would be for triples that came to a server past this software: the rules are sent as they are printed."""
    store = RemoteStore(endpoint(server))
    graphs, updates = (
        store.dialect.beside(server.address, name) for name in (store.dialect.graphs, store.dialect.update)
    )
    assert graphs is not None
    assert updates is not None
    asserted, inferred = graph_of("as-it-came"), inferred_graph_of("as-it-came")
    store.wire.put(graphs, asserted, ntriples(write(founding.bundle)), Format.TURTLE.media_type)
    rules = run("ontology", "--rules", "as-it-came").out
    derived: list[set[ox.Triple]] = [set()]
    while len(derived) < 3 or derived[-1] != derived[-2]:
        store.wire.update(updates, rules)
        reply = store.wire.read(graphs, inferred, store.dialect.triples)
        assert reply is not None
        derived.append({found.triple for found in ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES)})
    for graph in (asserted, inferred):
        store.wire.update(updates, f"DROP SILENT GRAPH <{graph}>")
    here = embedded.snapshot().quads(inferred_graph_of("mcmahon-2022"))
    assert len(here) > 2000
    assert derived[-1] == {quad.triple for quad in here}


def canonical(body: bytes) -> ox.Dataset:
    store = ox.Store()  # the embedded store keeps xsd:nonNegativeInteger as xsd:integer; servers keep it as it is
    store.extend(ox.parse(body, format=ox.RdfFormat.N_TRIPLES))
    dataset = ox.Dataset(store)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


QUERIES = {
    "union": "SELECT (COUNT(DISTINCT ?s) AS ?count) WHERE { ?s ?p ?o }",
    "graphs": "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s a ?class } } GROUP BY ?g ORDER BY ?g",
    "from": "SELECT (COUNT(*) AS ?count) FROM <https://w3id.org/ineq-kg/graph/mcmahon-2022> WHERE { ?s ?p ?o }",
    "from named": "SELECT (COUNT(*) AS ?c) FROM NAMED graph:ontology WHERE { GRAPH ?g { ?s ?p ?o } }",
    "both": "SELECT (COUNT(DISTINCT ?s) AS ?count) WHERE { ?s a ikg:Study GRAPH graph:ontology { ?c a ?d } }",
    "yes": "ASK { ?study a ikg:Study }",
    "no": "ASK { ?study a ikg:NothingOfTheKind }",
    "construct": "CONSTRUCT { ?s skos:prefLabel ?label } WHERE { ?s a ikg:Study ; skos:prefLabel ?label }",
    "booleans": "SELECT ?s ?o WHERE { ?s ?p ?o FILTER(datatype(?o) = xsd:boolean) } ORDER BY ?s ?o",
}


FOUNDED = "https://w3id.org/ineq-kg/graph/mcmahon-2022"
DATASETS = {
    "none": Dataset(),
    "default": Dataset(default=(FOUNDED,)),
    "named": Dataset(named=(FOUNDED,)),
    "both": Dataset(default=(FOUNDED,), named=("https://w3id.org/ineq-kg/graph/ontology",)),
}


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("kind", QUERIES)
def test_queries_of_others_have_the_same_answer(
    server: Server, remote: App, embedded: App, kind: str, dataset: str
) -> None:
    def answer(app: App) -> list[bytes]:
        found = app.sparql(QUERIES[kind], lambda form: Format.for_form(form)[0], DATASETS[dataset]).result()
        return sorted(found.body.replace(b"},{", b"}\n{").splitlines())

    if server.name == "virtuoso" and "FROM" in QUERIES[kind] and dataset != "none":
        with pytest.raises(NotOnRemote, match="virtuoso puts graphs that the request names to those"):
            answer(remote)
        return
    assert answer(remote) == answer(embedded)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        'define get:soft "replace" SELECT * FROM <http://127.0.0.1:1/> WHERE { ?s ?p ?o }',
        "SELECT (bif:http_get('http://127.0.0.1:1/') AS ?x) WHERE {}",
        "PREFIX f: <java:java.lang.> SELECT (f:System() AS ?x) WHERE {}",
    ],
)
def test_a_query_reaches_no_other_host_through_the_server(remote: App, query: str) -> None:
    with pytest.raises(QueryRefused):
        remote.sparql(query, lambda form: Format.for_form(form)[0]).result()


FEDERATED = """PREFIX ikg: <https://w3id.org/ineq-kg/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?study ?label WHERE {
  GRAPH <%s> { ?study a ikg:Study }
  SERVICE <%s/sparql> { ?study skos:prefLabel ?label FILTER(LANG(?label) = "en") }
} ORDER BY ?study"""


# Virtuoso asks others only for users that its administrator lets do so, in SQL.
@pytest.mark.parametrize("server", ["fuseki", "oxigraph"], indirect=True)
def test_the_server_joins_what_it_holds_with_what_our_endpoint_answers(
    server: Server, remote: App, embedded: App
) -> None:
    scheme, _, secret = (server.auth or "").partition(" ")
    auth = httpx2.BasicAuth(*secret.split(":")) if scheme == "basic" else None
    with served(embedded) as ours:
        form = {"query": FEDERATED % (FOUNDED, ours)}
        headers = {"Accept": Format.JSON.media_type}
        answer = httpx2.post(server.address, data=form, headers=headers, auth=auth, trust_env=False, timeout=60)
    assert answer.status_code == 200, answer.text
    found = read_rows(answer.content)
    # As if the one had everything.
    alone = FEDERATED.replace("SERVICE <%s/sparql>", "") % FOUNDED
    assert found == embedded.table(alone)
    assert found is not None
    assert len(found) == 11


# --- changes ---------------------------------------------------------------------------------------------------------

LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
SMALL = "https://w3id.org/ineq-kg/graph/assessed"
STUDY = "https://w3id.org/ineq-kg/id/assessed/study/one"
NOTES = "https://example.org/notes"
CHANGES: list[tuple[str, str, int]] = [
    ("PUT", "<a:s> <a:p> [ <a:q> 'x', 'y'@en, 1, true ] .", 201),
    ("PUT", "<a:s> <a:p> [ <a:q> 'z\\n\"é' ] .", 200),
    ("POST", "<a:s> <a:p> [ <a:q> 'more' ] .", 200),
    ("UPDATE", f"INSERT DATA {{ GRAPH <{NOTES}> {{ <a:t> <a:p> _:b . _:b <a:q> 2.5 }} }}", 200),
    ("UPDATE", f"WITH <{NOTES}> DELETE {{ ?s <a:q> ?o }} INSERT {{ ?s <a:r> ?o }} WHERE {{ ?s <a:q> ?o }}", 200),
    ("UPDATE", f"COPY <{NOTES}> TO <{NOTES}/2> ; CLEAR SILENT GRAPH <{NOTES}/3>", 200),
    ("UPDATE", "INSERT { GRAPH ?g { <a:u> a <a:C> } } WHERE { GRAPH ?g { ?s <a:r> 2.5 } }", 200),
    ("UPDATE", f"DROP GRAPH <{NOTES}/2>", 200),
    # A synthesis: what follows from it is derived anew, and what breaks a rule is refused.
    (
        "UPDATE",
        f"WITH <{SMALL}> DELETE {{ <{STUDY}> <{LABEL}> ?l }} INSERT {{ <{STUDY}> <{LABEL}> 'Uno'@en }} "
        f"WHERE {{ <{STUDY}> <{LABEL}> ?l }}",
        200,
    ),
    ("UPDATE", f"DELETE WHERE {{ GRAPH <{SMALL}> {{ ?s ikg:synthesises ?o }} }}", 422),
    ("UPDATE", f"INSERT DATA {{ GRAPH <{SMALL}/inferred> {{ <a:s> <a:p> 1 }} }}", 403),
    ("UPDATE", f"INSERT DATA {{ GRAPH <{COMMITS}> {{ <a:s> <a:p> 1 }} }}", 403),
    ("UPDATE", "INSERT DATA {", 400),
]


class Porter:
    def admit(self, _authorization: str | None, _scope: Scope) -> str:
        return "Bo Lee"


def client_of(app: App) -> TestClient:
    return TestClient(create_app(app, Porter()))


def change(client: TestClient, method: str, text: str, graph: str = NOTES) -> httpx2.Response:
    if method == "UPDATE":
        return client.post("/sparql", content=text.encode(), headers={"Content-Type": "application/sparql-update"})
    headers = {"Content-Type": "text/turtle"}
    return client.request(method, "/graph-store", params={"graph": graph}, content=text.encode(), headers=headers)


@pytest.fixture(scope="module")
def changed(embedded: App, tmp_path_factory: pytest.TempPathFactory) -> tuple[App, list[httpx2.Response]]:
    """A copy of the embedded store to which all these changes were made, and what was answered to each."""
    place = tmp_path_factory.mktemp("changed") / "store"
    shutil.copytree(embedded.store.directory, place)
    app = App.open(place)
    client = client_of(app)
    return app, [change(client, method, text) for method, text, _ in CHANGES]


def test_changes_come_to_the_same(remote: App, changed: tuple[App, list[httpx2.Response]]) -> None:
    here, answers = changed
    client = client_of(remote)
    for (method, text, status), answer in zip(CHANGES, answers, strict=True):
        before = remote.store.version
        told = change(client, method, text)
        assert (told.status_code, answer.status_code) == (status, status), (text, told.text)
        assert (remote.store.version == before) == (status >= 400)
        if status < 300:
            assert told.json()["version"] == remote.store.version
            assert told.json()["syntheses"] == answer.json()["syntheses"]
        else:
            assert told.json()["title"] == answer.json()["title"]
    test_graphs_come_back_as_they_were_loaded(remote, here)
    studies = [app.rows("studies", {"synthesis": "assessed"})[0] for app in (here, remote)]
    assert studies[0] == studies[1]
    last = remote.store.entries()[-1]
    assert (last.note.who, last.note.why, last.version) == ("Bo Lee", "SPARQL update", remote.store.version)
    assert [change(client, "DELETE", "").status_code for _ in range(2)] == [200, 404]
    assert NOTES not in remote.store.snapshot().graphs()


def test_a_change_that_is_overtaken_does_nothing(server: Server, remote: App) -> None:
    other = App.open(endpoint(server))
    quad = ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), ox.Literal("lost"), ox.NamedNode(NOTES))

    def late(clone: ox.Store) -> None:
        assert change(client_of(other), "PUT", "<a:s> <a:p> 'came between' .").status_code < 300
        clone.add(quad)

    with pytest.raises(StoreBusy, match="was loaded or changed while"):
        remote.store.commit(late, about=About.these([NOTES]))
    (kept,) = remote.store.snapshot().quads(NOTES)
    assert kept.object.value == "came between"
    other.stop()


def test_what_others_wrote_is_not_lost_by_a_change(server: Server, remote: App) -> None:
    """The graph was never loaded, nor written by this software."""
    theirs = "https://example.org/theirs"
    remote.store.wire.put(remote.store._address_of_graphs(), theirs, b"<a:s> <a:p> <a:theirs> .", "text/turtle")
    client = client_of(remote)
    refused = change(client, "UPDATE", f"INSERT {{ GRAPH ?g {{ <a:s> <a:p> 1 }} }} WHERE {{ BIND(<{theirs}> AS ?g) }}")
    assert (refused.status_code, refused.json()["title"]) == (501, "NotOnRemote")
    added = change(
        client, "UPDATE", f"PREFIX t: <{theirs[:-6]}> INSERT DATA {{ GRAPH t:theirs {{ <a:s> <a:p> 'ours' }} }}"
    )
    assert added.status_code == 200, added.text
    assert {quad.object.value for quad in remote.store.snapshot().quads(theirs)} == {"a:theirs", "ours"}
    glued = change(client, "UPDATE", "PREFIX t: <a:> INSERT DATA { GRAPHt:x { <a:s> <a:p> 1 } }")
    assert (glued.status_code, "spaces" in glued.json()["mend"]) == (400, True)
    unnamed = change(client, "UPDATE", "INSERT DATA { <a:s> <a:p> 1 }")
    assert (unnamed.status_code, "Name a graph" in unnamed.json()["mend"]) == (501, True)
    assert change(client, "DELETE", "", theirs).status_code == 200


# --- limits: last, for a server may work on for long at what nobody waits for any more -------------------------------


def test_a_query_of_others_is_held_to_the_limits(server: Server, remote: App) -> None:
    whole = "SELECT * WHERE { ?s ?p ?o }"
    for limits, wanted in (
        (Limits(result_rows=10, workers=1), "rows"),
        (Limits(result_bytes=5_000, workers=1), "bytes"),
    ):
        app = App.open(endpoint(server), limits=limits)
        with pytest.raises(ResultTooLarge) as caught:
            app.sparql(whole, lambda form: Format.for_form(form)[0]).result()
        assert caught.value.limit == wanted
        app.pool.stop()
    app = App.open(endpoint(server), limits=Limits(seconds=0.5, workers=1))
    runaway = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c < ?f && ?f < ?i) }"
    with pytest.raises(QueryTimeout):
        app.sparql(runaway, lambda form: Format.for_form(form)[0]).result()
    app.pool.stop()
