"""Changes over HTTP: who may, what is refused and leaves nothing behind, what is derived and checked, who comes first."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pyoxigraph as ox
import pytest
import rdflib
from fastapi.testclient import TestClient
from rdflib import DCTERMS, PROV, RDF

from crowd import BASE, ENDLESS, GREEDY, PREFIX, add_crowd
from editing import GRAPH, TURTLE, Editor, held, shapes_of, state, token_for
from faults import SOUND
from ineq_kg import access
from ineq_kg.access import Scope, Tokens
from ineq_kg.app import App
from ineq_kg.config import TOKENS
from ineq_kg.loading import derive
from ineq_kg.represent.formats import Format
from ineq_kg.store.limits import LEAST_MEMORY, Limits
from ineq_kg.store.snapshots import Versions
from ineq_kg.vocabulary import IKG, ONTOLOGY_GRAPH, RESOURCES
from ineq_kg_api import create_app
from places import FOUNDING
from serving import served

ASSERTED = "https://w3id.org/ineq-kg/graph/sound"
INFERRED = f"{ASSERTED}/inferred"
INSERT = "INSERT DATA { GRAPH <https://example.org/graph> { <a:a> <a:a> 'x' } }"
# Every kind of request that changes anything.
CHANGES: dict[str, dict[str, Any]] = {
    "an update": {
        "method": "POST",
        "url": "/sparql",
        "content": INSERT,
        "headers": {"Content-Type": "application/sparql-update"},
    },
    "an update in a form": {"method": "POST", "url": "/sparql", "data": {"update": INSERT}},
    "PUT": {"method": "PUT", "url": f"/graph-store?graph={GRAPH}", "content": "<a:a> <a:a> <a:a> .", "headers": TURTLE},
    "PUT of the default graph": {"method": "PUT", "url": "/graph-store?default", "content": "", "headers": TURTLE},
    "PUT to its own address": {"method": "PUT", "url": "/graph-store/mine", "content": "", "headers": TURTLE},
    "POST": {"method": "POST", "url": f"/graph-store?graph={GRAPH}", "content": "", "headers": TURTLE},
    "POST of a new graph": {"method": "POST", "url": "/graph-store", "content": "", "headers": TURTLE},
    "DELETE": {"method": "DELETE", "url": f"/graph-store?graph={ONTOLOGY_GRAPH}"},
    "revert": {"method": "POST", "url": "/versions/000001-00000000/revert"},
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a store that holds a small synthesis with nothing to be found wrong in it; to be copied."""
    directory = tmp_path_factory.mktemp("sound") / "store"
    App.open(directory).load([SOUND])
    return directory


@pytest.fixture(scope="module")
def still(kept: Path) -> Editor:
    """Whoever sends what is refused, to a store that is therefore the same for all of them."""
    app = App.open(kept)
    return Editor(TestClient(create_app(app)), token_for(app))


@pytest.fixture
def app(kept: Path, tmp_path: Path) -> App:
    """An app on a copy of that store."""
    shutil.copytree(kept, tmp_path / "store")
    return App.open(tmp_path / "store")


@pytest.fixture
def editor(app: App) -> Editor:
    return Editor(TestClient(create_app(app)), token_for(app))


def refused(editor: Editor, status: int, title: str, **request: Any) -> dict[str, Any]:
    """Send a request, see that it is refused and that nothing has become of it; return the problem."""
    app: App = editor.client.app.state.writer.app
    before = state(app)
    answer = editor.send(**request) if "method" in request else editor.update(**request)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert answer.json()["title"] == title
    assert state(app) == before
    return answer.json()


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_nothing_is_changed_without_a_token(app: App, change: dict[str, Any]) -> None:
    secret = token_for(app)
    before = state(app)
    client = TestClient(create_app(app))
    none = ("", "Bearer", "Bearer ", "Basic YTpi", secret, f"Basic {secret}")
    wrong = (
        "Bearer ikg_wrong",
        "Bearer \xe9",
        f"Bearer {secret}x",
        f"Bearer {secret[:-1]}",
        f"Bearer {secret.upper()}",
    )
    for header in (None, *none, *wrong):
        headers = {**change.get("headers", {})}
        if header is not None:
            headers["Authorization"] = header.encode("latin-1")
        answer = client.request(**{**change, "headers": headers})
        assert answer.status_code == 401
        challenge = answer.headers["www-authenticate"]
        assert challenge.startswith('Bearer realm="ineq-kg"')
        assert ("invalid_token" in challenge) == (header in wrong)
    assert state(app) == before


def test_where_there_are_no_tokens_nobody_may(app: App) -> None:
    for change in CHANGES.values():
        assert TestClient(create_app(app)).request(**change).status_code == 401


def test_a_token_is_good_for_what_it_was_made_for(app: App) -> None:
    writer = Editor(TestClient(create_app(app)), token_for(app, Scope.WRITE))
    first = app.store.version
    assert writer.update(INSERT).status_code == 200
    answer = writer.send("POST", f"/versions/{first}/revert")
    assert answer.status_code == 403
    assert 'error="insufficient_scope", scope="admin"' in answer.headers["www-authenticate"]
    admin = Editor(writer.client, token_for(app, Scope.ADMIN))
    assert admin.update(INSERT).status_code == 200
    assert admin.send("POST", f"/versions/{first}/revert").status_code == 200


def test_a_token_that_has_expired_is_good_for_nothing(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = Editor(TestClient(create_app(app)), token_for(app))

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(UTC) + timedelta(days=1, seconds=1)

    monkeypatch.setattr(access, "datetime", Later)
    refused(editor, 401, "TokenUnknown", text=INSERT)


def test_a_token_that_another_process_revokes_is_refused_at_once(app: App) -> None:
    tokens = Tokens(app.store.directory / TOKENS)
    with served(app) as address, httpx2.Client(base_url=address, timeout=60) as client:
        editor = Editor(client, token_for(app))
        assert editor.update(INSERT).status_code == 200
        command = [sys.executable, "-m", "ineq_kg.cli", "tokens", "revoke", tokens.all()[0].id]
        subprocess.run([*command, "--store", app.store.directory], check=True, capture_output=True)
        assert editor.update(INSERT).status_code == 401
        assert Editor(client, token_for(app)).update(INSERT).status_code == 200


def test_an_embedding_may_have_a_gate_of_its_own(app: App) -> None:
    class Porter:
        def admit(self, authorization: str | None, scope: Scope) -> str:
            return f"{authorization} ({scope})"

    answer = TestClient(create_app(app, Porter())).post(
        "/sparql", data={"update": INSERT}, headers={"Authorization": "by name"}
    )
    assert answer.status_code == 200
    assert app.store.entries()[-1].note.who == "by name (write)"


# --- the journal, and the way back -----------------------------------------------------------------------------------


def test_every_change_says_who_when_and_why(app: App, editor: Editor) -> None:
    before = datetime.now(UTC)
    assert editor.update(INSERT, why="Ærlig talt: \N{RIGHT DOUBLE QUOTATION MARK}\n").status_code == 200
    assert editor.put("<a:a> <a:a> <a:a> .").status_code == 200
    _, first, second = app.store.entries()
    assert first.note.who == second.note.who == "Ana Ruiz"
    assert first.note.why == "Ærlig talt: \N{RIGHT DOUBLE QUOTATION MARK}\n"
    assert second.note.why == f"PUT {GRAPH}"
    assert before <= first.at <= second.at <= datetime.now(UTC)
    told = editor.client.get("/versions").json()
    assert told["current"] == second.version
    assert [one["version"] for one in told["versions"]] == [one.version for one in reversed(app.store.entries())]
    assert told["versions"][1] == editor.client.get(f"/versions/{first.version}").json()
    assert editor.client.get("/versions/000009-00000000").status_code == 410


@pytest.mark.parametrize("format_", [Format.TURTLE, Format.NTRIPLES, Format.JSONLD, Format.RDFXML])
def test_the_journal_in_prov(app: App, editor: Editor, format_: Format) -> None:
    first = app.store.version
    editor.update(INSERT, why="because")
    second = app.store.version
    editor.send("POST", f"/versions/{first}/revert", params={"why": "by mistake"})
    answer = editor.client.get("/versions", headers={"Accept": format_.media_type})
    assert answer.headers["content-type"].partition(";")[0] == format_.media_type
    triples = ox.parse(answer.content, format=ox.RdfFormat.from_media_type(format_.media_type))
    graph = rdflib.Graph().parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")
    home = "http://testserver/versions/"
    third = rdflib.URIRef(home + str(app.store.version))
    commits = {made: graph.value(made, PROV.wasGeneratedBy) for made in graph.subjects(RDF.type, PROV.Entity)}
    assert set(map(str, commits)) == {home + entry.version for entry in app.store.entries()}
    for made, commit in commits.items():
        assert (commit, RDF.type, PROV.Activity) in graph
        assert (commit, PROV.generated, made) in graph
        assert isinstance(graph.value(commit, PROV.startedAtTime).toPython(), datetime)
    assert (
        graph.value(third, PROV.wasDerivedFrom)
        == graph.value(commits[third], PROV.used)
        == rdflib.URIRef(home + str(first))
    )
    assert graph.value(third, DCTERMS.replaces) == rdflib.URIRef(home + str(second))
    assert str(graph.value(commits[third], DCTERMS.description)) == "by mistake"
    agent = graph.value(commits[third], PROV.wasAssociatedWith)
    assert str(graph.value(agent, rdflib.RDFS.label)) == "Ana Ruiz"


def test_the_way_back_to_a_version(app: App, editor: Editor) -> None:
    first = app.store.version
    everything = app.store.snapshot().graphs()
    was = held(app, ASSERTED)
    assert editor.send("DELETE", "/graph-store", params={"graph": ASSERTED}).status_code == 200
    assert editor.update(INSERT).status_code == 200
    answer = editor.send("POST", f"/versions/{first}/revert")
    assert answer.status_code == 200
    assert app.store.version == answer.json()["version"]
    assert (app.store.snapshot().graphs(), held(app, ASSERTED)) == (everything, was)
    entry = app.store.entries()[-1]
    assert (entry.base, entry.note.who, entry.note.why) == (first, "Ana Ruiz", f"back to {first}")
    refused(editor, 410, "VersionGone", method="POST", path="/versions/000001-00000000/revert")


# --- updates ---------------------------------------------------------------------------------------------------------


def test_both_forms_of_an_update(app: App, editor: Editor) -> None:
    direct = editor.update("INSERT DATA { <a:a> <a:a> 1 }")
    assert direct.status_code == 200
    assert direct.headers["etag"] == f'"{direct.json()["version"]}"' == f'"{app.store.version}"'
    form = editor.send("POST", "/sparql", data={"update": "INSERT DATA { ikg:Study skos:prefLabel 'é' , <rel> }"})
    assert form.status_code == 200
    assert held(app, None) == {
        '<a:a> <a:a> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .',
        f'<{IKG.Study}> <http://www.w3.org/2004/02/skos/core#prefLabel> "é" .',
        f"<{IKG.Study}> <http://www.w3.org/2004/02/skos/core#prefLabel> <http://testserver/rel> .",
    }


def test_the_graphs_that_a_request_names_are_kept_in_full(app: App, editor: Editor) -> None:
    graphs = [f"https://example.org/{name}" for name in "abcd"]
    editor.update("".join(f"INSERT DATA {{ GRAPH <{graph}> {{ <{graph}> <a:p> 1 }} }} ;" for graph in graphs))
    a, b, c, d = graphs
    used = {"using-graph-uri": [a, b], "using-named-graph-uri": [c, d]}
    text = """INSERT { GRAPH <a:out> { ?s <a:in> 'default' } } WHERE { ?s <a:p> 1 } ;
        INSERT { GRAPH <a:out> { ?s <a:in> ?g } } USE WHERE { GRAPH ?g { ?s <a:p> 1 } }""".replace("USE", "# WHERE\n")
    assert editor.update(text, **used).status_code == 200
    assert held(app, "a:out") == {
        *(f'<{graph}> <a:in> "default" .' for graph in (a, b)),
        *(f"<{graph}> <a:in> <{graph}> ." for graph in (c, d)),
    }
    # The short form deletes only what it finds in the graphs named: none of them is the unnamed graph's.
    editor.update("INSERT DATA { <a:s> <a:p> 1 }")
    assert editor.update("DELETE WHERE { ?s <a:p> 1 }", **{"using-graph-uri": a}).status_code == 200
    assert len(held(app, None)) == 1
    found = editor.update("DELETE WHERE { GRAPH ?g { ?s <a:p> 1 } }", **{"using-named-graph-uri": [a, c]})
    assert found.status_code == 200
    assert [len(held(app, graph)) for graph in graphs] == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("text", "params", "status", "title"),
    [
        ("INSERT { <a:a> <a:a> ?o } USING <a:g> WHERE { ?s ?p ?o }", {"using-graph-uri": "a:h"}, 400, "QueryError"),
        ("WITH <a:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", {"using-named-graph-uri": "a:h"}, 400, "QueryError"),
        ("DELETE WHERE { ?s ?p ?o }", {"using-graph-uri": "not an IRI"}, 422, "ParameterError"),
        ("DELETE WHERE { ?s ?p ?o }", {"using-graph-uri": "a:b> WHERE {} ; DROP ALL #"}, 422, "ParameterError"),
        ("DELETE WHERE { ?s ?p ?o }", {"validate": "never"}, 422, "ParameterError"),
        ("DELETE WHERE { ?s ?p ?o }", {"why": "x" * 1001}, 422, "ParameterError"),
        ("CLEAR XYZ", {}, 400, "QueryError"),
        ("CLEAR GRAPH <a:none>", {}, 400, "QueryError"),
        ("INSERT DATA { <a:a> <a:a> ?x }", {}, 400, "QueryError"),
        ("INSERT { <a:a> <a:a> ?x } WHERE { ?x }", {}, 400, "QueryError"),
        ("SELECT * { ?s ?p ?o }", {}, 400, "QueryError"),
        ("LOAD <file:///etc/passwd>", {}, 403, "QueryRefused"),
        ("LOAD SILENT <http://127.0.0.1:9/> INTO GRAPH <a:g>", {}, 403, "QueryRefused"),
        ("INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", {}, 403, "QueryRefused"),
        (f"CLEAR GRAPH <{INFERRED}>", {}, 403, "GraphReserved"),
        (f"DELETE WHERE {{ GRAPH <{INFERRED}> {{ ?s ?p ?o }} }}", {}, 403, "GraphReserved"),
        (f"INSERT DATA {{ GRAPH <{INFERRED}> {{ <a:a> <a:a> 1 }} }} ;", {}, 403, "GraphReserved"),
        (
            "PREFIX g: <https://w3id.org/ineq-kg/> INSERT DATA { GRAPH g:graph\\/ontology { <a:a> <a:a> 1 } }",
            {},
            403,
            "GraphReserved",
        ),
        (
            "BASE <https://w3id.org/> INSERT DATA { GRAPH <ineq-kg/graph/ontology> { <a:a> <a:a> 1 } }",
            {},
            403,
            "GraphReserved",
        ),
        ("INSERT { GRAPH ?g { <a:a> <a:a> 1 } } WHERE { GRAPH ?g { ?s a owl:Ontology } }", {}, 403, "GraphReserved"),
        (f"COPY DEFAULT TO <{ONTOLOGY_GRAPH}>", {}, 403, "GraphReserved"),
        (f"MOVE <{ONTOLOGY_GRAPH}> TO <a:g>", {}, 403, "GraphReserved"),
        ("INSERT DATA { GRAPH <https://w3id.org/ineq-kg/graph/a/b> { <a:a> <a:a> 1 } }", {}, 403, "GraphReserved"),
        ("CLEAR ALL", {}, 403, "GraphReserved"),
        ("drop silent named", {}, 403, "GraphReserved"),
    ],
)
def test_an_update_that_is_refused_leaves_nothing_behind(
    still: Editor, text: str, params: dict[str, Any], status: int, title: str
) -> None:
    refused(still, status, title, text=text, **params)


def test_bad_syntax_is_told_with_its_place(still: Editor) -> None:
    assert "error at 2:" in refused(still, 400, "QueryError", text="INSERT DATA {\n <a:a> . }")["detail"]
    sent = {"path": "/graph-store", "params": {"graph": GRAPH}, "content": "<a:a>\n <a:b> .", "headers": TURTLE}
    assert refused(still, 400, "DocumentError", method="PUT", **sent)["line"] == 2


def test_where_no_ontology_is_kept_everything_may_go(tmp_path: Path) -> None:
    app = App.open(tmp_path / "store")
    editor = Editor(TestClient(create_app(app)), token_for(app))
    assert editor.update("CLEAR ALL").status_code == 200  # the first change of a store that has no version yet
    app.load([SOUND])
    app.store.replace_graphs({ONTOLOGY_GRAPH: []})
    assert held(app, INFERRED)
    assert editor.update("DROP ALL").status_code == 200
    assert app.store.snapshot().graphs() == []


def test_blank_nodes_are_not_those_of_other_requests_or_graphs(app: App, editor: Editor) -> None:
    for _ in range(2):
        assert editor.update(f"INSERT DATA {{ GRAPH <{GRAPH}> {{ _:a <a:p> _:b }} }}").status_code == 200
    send = {"params": {"graph": GRAPH}, "content": "_:a <a:p> _:b .", "headers": TURTLE}
    for _ in range(2):
        assert editor.send("POST", "/graph-store", **send).status_code == 200
    parts = [("x", (f"{n}.ttl", b"_:a <a:p> _:b .", "text/turtle")) for n in range(2)]
    assert editor.send("POST", "/graph-store", params={"graph": GRAPH}, files=parts).status_code == 200
    editor.put("_:a <a:p> _:b .", "https://example.org/other")
    found = [*app.store.snapshot().quads(GRAPH), *app.store.snapshot().quads("https://example.org/other")]
    assert len(found) == 7
    assert len({node for quad in found for node in (quad.subject, quad.object)}) == 14


@pytest.mark.parametrize("where", [ENDLESS["Cartesian product"], ENDLESS["regex bomb"]])
def test_an_update_that_never_ends_is_ended_and_others_go_on(tmp_path: Path, where: str) -> None:
    app = App.open(tmp_path / "store", limits=Limits(seconds=1.0))
    add_crowd(app.store)
    editor = Editor(TestClient(create_app(app)), token_for(app))
    text = f"{PREFIX} INSERT {{ <a:a> <a:a> ?n }} USING <{BASE}graph> WHERE {{ {{ {where} }} }}"
    problem = refused(editor, 504, "QueryTimeout", text=text)
    assert (problem["limit"], problem["allowed"]) == ("seconds", 1.0)
    assert editor.update(INSERT).status_code == 200


def test_an_update_that_wants_too_much_memory_is_ended(tmp_path: Path) -> None:
    app = App.open(tmp_path / "store", limits=Limits(seconds=60.0, memory=LEAST_MEMORY))
    add_crowd(app.store)
    editor = Editor(TestClient(create_app(app)), token_for(app))
    text = f"{PREFIX} INSERT {{ <a:a> <a:a> ?n }} WHERE {{ {{ {GREEDY['one allocation']} }} }}"
    refused(editor, 503, "QueryTooBig", text=text)


# --- what is derived and checked -------------------------------------------------------------------------------------

WITHOUT_SUPPORT = """WITH <https://w3id.org/ineq-kg/graph/mcmahon-2022> DELETE { ?claim ikg:synthesises ?what . ?link ?p ?o }
    WHERE { ?claim a ikg:ThirdOrderConstruct ; ikg:position 1 ; ikg:synthesises ?what
            OPTIONAL { ?link ikg:relationSubject ?claim ; ikg:relationPredicate ikg:synthesises ; ?p ?o } }"""


def test_a_claim_cannot_lose_its_support(tmp_path: Path) -> None:
    app = App.open(tmp_path / "store")
    app.load([FOUNDING])
    editor = Editor(TestClient(create_app(app)), token_for(app))
    problem = refused(editor, 422, "ChangeRefused", text=WITHOUT_SUPPORT)
    (found,) = problem["findings"]
    assert (found["synthesis"], found["rule"]) == ("mcmahon-2022", "claim-without-support")
    assert found["slug"].startswith("claim/")
    assert found["label"]
    assert "synthesises" in found["mend"]
    answer = editor.update(WITHOUT_SUPPORT, validate="warn")
    assert answer.status_code == 200
    assert answer.json()["syntheses"] == ["mcmahon-2022"]
    assert answer.json()["findings"][0] == found
    asserted = app.store.snapshot().quads("https://w3id.org/ineq-kg/graph/mcmahon-2022")
    claim = ox.NamedNode(f"{RESOURCES}mcmahon-2022/{found['slug']}")
    assert [quad for quad in asserted if quad.subject == claim]
    assert not [quad for quad in asserted if quad.subject == claim and quad.predicate.value == IKG.synthesises]


def test_a_violation_that_was_let_in_bars_no_other_change(tmp_path: Path) -> None:
    app = App.open(tmp_path / "store")
    app.load([FOUNDING])
    editor = Editor(TestClient(create_app(app)), token_for(app))
    assert editor.update(WITHOUT_SUPPORT, validate="warn").status_code == 200
    label = """WITH <https://w3id.org/ineq-kg/graph/mcmahon-2022> DELETE { ?s skos:prefLabel ?old }
        INSERT { ?s skos:prefLabel "Babbel"@en } WHERE { ?s dcterms:identifier "study/babbel" ; skos:prefLabel ?old }"""
    answer = editor.update(label)
    assert answer.status_code == 200
    (remaining,) = [one for one in answer.json()["findings"] if one["severity"] == "violation"]
    assert remaining["rule"] == "claim-without-support"
    another = WITHOUT_SUPPORT.replace("ikg:position 1", "ikg:position 2")
    problem = refused(editor, 422, "ChangeRefused", text=another)
    (added,) = problem["findings"]
    assert added["rule"] == "claim-without-support"
    assert added["slug"] != remaining["slug"]
    assert "1 violation in mcmahon-2022 beside 1 violation that was there before" in problem["detail"]


def test_a_change_that_leaves_all_in_order_is_made(app: App, editor: Editor) -> None:
    text = f"""WITH <{ASSERTED}> DELETE {{ ?s skos:prefLabel ?old }} INSERT {{ ?s skos:prefLabel "Night ward"@en }}
        WHERE {{ ?s dcterms:identifier "study/ward" ; skos:prefLabel ?old }}"""
    answer = editor.update(text)
    assert answer.status_code == 200
    assert answer.json() == {"version": app.store.version, "syntheses": ["sound"], "findings": []}
    assert app.describe("sound/study/ward", Format.TURTLE).body.count(b"Night ward") == 1


def test_what_follows_is_derived_anew(app: App, editor: Editor) -> None:
    def contributions() -> set[tuple[str, str]]:
        rows = app.table("SELECT ?s ?o WHERE { ?s ikg:contributesTo ?o } ORDER BY ?s ?o")
        return {(str(s), str(o)) for s, o in rows.rows}

    before = contributions()
    study = f"<{RESOURCES}sound/study/yard>"
    cut = f"DELETE WHERE {{ GRAPH <{ASSERTED}> {{ ?translation ikg:translates ?c . ?c ikg:constructOf {study} }} }}"
    answer = editor.update(cut, validate="warn")
    assert answer.status_code == 200
    lost = before - contributions()
    assert lost
    assert {study for study, _ in lost} == {f"{RESOURCES}sound/study/yard"}
    prepared, _ = derive("sound", app.store.snapshot().quads(ASSERTED))
    assert set(app.store.snapshot().quads(INFERRED)) == set(prepared.graphs[INFERRED])
    assert editor.send("DELETE", "/graph-store", params={"graph": ASSERTED}).json()["syntheses"] == ["sound"]
    assert app.store.snapshot().graphs() == [ONTOLOGY_GRAPH]


def test_a_node_may_be_taken_out_of_all_graphs_at_once(app: App, editor: Editor) -> None:
    """Whoever says GRAPH ?g does not mean to write what is inferred."""
    node = f"<{RESOURCES}sound/discourse/rest>"
    answer = editor.update(f"DELETE WHERE {{ GRAPH ?g {{ {node} ?p ?o }} }}", validate="warn")
    assert answer.status_code == 200
    prepared, _ = derive("sound", app.store.snapshot().quads(ASSERTED))
    assert set(app.store.snapshot().quads(INFERRED)) == set(prepared.graphs[INFERRED])


@pytest.mark.parametrize(
    ("turtle", "says"),
    [
        ("<a:a> <a:a> <a:a> .", "there are 0 syntheses"),
        (
            "<https://w3id.org/ineq-kg/id/new> a ikg:Synthesis ; dcterms:identifier 'other' ; skos:prefLabel 'x'@en .",
            "is 'other'",
        ),
        (
            "<https://w3id.org/ineq-kg/id/elsewhere> a ikg:Synthesis ; dcterms:identifier 'new' ; skos:prefLabel 'x'@en .",
            "it would say otherwise",
        ),
        (
            "<https://w3id.org/ineq-kg/id/new> a ikg:Synthesis ; dcterms:identifier 'new' ; skos:prefLabel 'x'@en ;"
            " ikg:includesStudy <https://w3id.org/ineq-kg/id/new/study/none> .",
            "which is no record of this synthesis",
        ),
        (
            "<https://w3id.org/ineq-kg/id/new> a ikg:Synthesis ; dcterms:identifier 'new' ; skos:prefLabel 'x'@fr .",
            "it would say otherwise",
        ),
    ],
)
def test_what_cannot_be_read_as_records_is_no_synthesis(still: Editor, turtle: str, says: str) -> None:
    prefixes = "".join(
        f"@prefix {name}: <{iri}> .\n"
        for name, iri in {
            "ikg": "https://w3id.org/ineq-kg/ontology#",
            "dcterms": "http://purl.org/dc/terms/",
            "skos": "http://www.w3.org/2004/02/skos/core#",
        }.items()
    )
    graph = "https://w3id.org/ineq-kg/graph/new"
    sent = {"path": "/graph-store", "params": {"graph": graph}, "content": prefixes + turtle, "headers": TURTLE}
    problem = refused(still, 422, "ChangeRefused", method="PUT", **sent)
    unread = [found for found in problem["findings"] if found["rule"] == "unreadable-record"]
    assert any(says in found["detail"] for found in unread), problem


def test_a_synthesis_comes_back_as_it_was_sent(app: App, editor: Editor) -> None:
    turtle = editor.client.get("/graph-store", params={"graph": ASSERTED, "format": "ttl"}).text
    asserted, inferred = held(app, ASSERTED), held(app, INFERRED)
    assert editor.send("DELETE", "/graph-store", params={"graph": ASSERTED}).status_code == 200
    answer = editor.put(turtle, ASSERTED)
    assert (answer.status_code, answer.json()["findings"]) == (201, [])
    assert (held(app, ASSERTED), held(app, INFERRED)) == (asserted, inferred)


# --- who comes first -------------------------------------------------------------------------------------------------


def test_two_editors_do_not_overwrite_each_other(app: App, editor: Editor) -> None:
    tag = editor.client.get("/graph-store", params={"graph": ASSERTED, "format": "ttl"}).headers["etag"]
    mine = {"If-Match": tag}
    assert editor.put("<a:a> <a:a> 1 .", headers={"If-Match": f'"none", {tag}'}).status_code == 201
    sent = {"path": "/graph-store", "params": {"graph": GRAPH}, "content": "", "headers": {**TURTLE, **mine}}
    problem = refused(editor, 412, "VersionMoved", method="PUT", **sent)
    assert problem["version"] == app.store.version
    assert editor.send("DELETE", "/graph-store", params={"graph": GRAPH}, headers=mine).status_code == 412
    update = {"headers": {**mine, "Content-Type": "application/sparql-update"}, "content": INSERT}
    assert editor.send("POST", "/sparql", **update).status_code == 412
    assert editor.send("POST", f"/versions/{app.store.version}/revert", headers=mine).status_code == 412
    weak = editor.client.get("/graph-store", params={"graph": GRAPH}).headers["etag"]
    assert editor.put("", headers={"If-Match": f"W/{weak}"}).status_code == 412
    assert editor.put("<a:a> <a:a> 2 .", headers={"If-Match": weak}).status_code == 200
    assert held(app) == {'<a:a> <a:a> "2"^^<http://www.w3.org/2001/XMLSchema#integer> .'}


def test_a_graph_may_be_asked_to_be_there_or_not(app: App, editor: Editor) -> None:
    assert editor.put("", headers={"If-Match": "*"}).status_code == 412
    assert editor.put("", headers={"If-None-Match": "*"}).status_code == 201
    assert editor.put("", headers={"If-None-Match": "*"}).status_code == 412
    assert editor.put("", headers={"If-Match": "*"}).status_code == 200


def test_writers_that_come_at_once_all_get_their_turn(app: App) -> None:
    count = 12
    secret = token_for(app)
    with served(app) as address:

        def write(number: int) -> int:
            with httpx2.Client(base_url=address, timeout=120) as client:
                text = f"INSERT DATA {{ GRAPH <{GRAPH}> {{ <a:{number}> <a:p> {number} }} }}"
                return Editor(client, secret).update(text, why=str(number)).status_code

        with ThreadPoolExecutor(count) as threads:
            statuses = list(threads.map(write, range(count)))
    acknowledged = {number for number, status in enumerate(statuses) if status == 200}
    assert set(statuses) <= {200, 503}
    assert {int(quad.subject.value[2:]) for quad in app.store.snapshot().quads(GRAPH)} == acknowledged
    assert {entry.note.why for entry in app.store.entries()[1:]} == {str(number) for number in acknowledged}
    assert acknowledged


def test_who_waits_too_long_is_told_to_come_again(app: App, tmp_path: Path) -> None:
    server = create_app(app)
    server.state.writer.line.patience = 0.2
    editor = Editor(TestClient(server), token_for(app))
    before = app.store.version
    with Versions(app.store.directory).writing():
        answer = editor.update(INSERT)
    assert (answer.status_code, answer.json()["title"]) == (503, "StoreBusy")
    assert int(answer.headers["retry-after"]) >= 1
    assert app.store.version == before
    assert editor.update(INSERT).status_code == 200


def test_while_one_changes_others_read(app: App) -> None:
    secret = token_for(app)
    with served(app) as address, ThreadPoolExecutor(4) as threads:

        def write(_: int) -> int:
            with httpx2.Client(base_url=address, timeout=120) as client:
                return Editor(client, secret).update(INSERT).status_code

        with Versions(app.store.directory).writing():
            changes = [threads.submit(write, number) for number in range(4)]
            with httpx2.Client(base_url=address, timeout=20) as client:
                assert all(client.get("/queries/syntheses").status_code == 200 for _ in range(10))
            assert not any(one.done() for one in changes)
        assert [one.result() for one in changes] == [200] * 4


# --- whole graphs, by their media types ------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", Format.for_form("graph"))
def test_a_graph_in_every_format(app: App, editor: Editor, format_: Format) -> None:
    triples = [
        ox.Triple(ox.NamedNode("a:é"), ox.NamedNode("a:p"), ox.Literal("“é”\n", language="fr")),
        ox.Triple(ox.BlankNode("b"), ox.NamedNode("https://example.org/p"), ox.BlankNode("c")),
    ]
    body = ox.serialize(triples, format=ox.RdfFormat.from_media_type(format_.media_type))
    sent = {
        "params": {"graph": GRAPH},
        "content": body,
        "headers": {"Content-Type": f"{format_.media_type}; charset=UTF-8"},
    }
    assert editor.send("PUT", "/graph-store", **sent).status_code == 201
    wanted = ox.Dataset(ox.Quad(*triple) for triple in triples)
    wanted.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    assert shapes_of(app) == wanted
    answer = editor.client.get("/graph-store", params={"graph": GRAPH}, headers={"Accept": format_.media_type})
    assert answer.headers["content-type"] == format_.content_type
    read = ox.Dataset(ox.parse(answer.content, format=ox.RdfFormat.from_media_type(format_.media_type)))
    read.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    assert read == wanted
    head = editor.client.head("/graph-store", params={"graph": GRAPH}, headers={"Accept": format_.media_type})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == answer.headers["content-length"]


@pytest.mark.parametrize(
    ("header", "body", "status"),
    [
        ("", b"<a:a> <a:a> <a:a> .", 415),
        ("text/plain", b"<a:a> <a:a> <a:a> .", 415),
        ("text/html", b"<p>", 415),
        ("application/sparql-results+json", b"{}", 415),
        ("text/turtle; charset=utf-16", "<a:a> <a:a> <a:a> .".encode("utf-16"), 415),
        ("text/turtle", b"\xff\xfe", 400),
        ("text/turtle", b"<a:a> <a:a> <a:a>", 400),
        ("application/trig", b"<a:g> { <a:a> <a:a> <a:a> }", 400),
        ("application/n-quads", b"<a:a> <a:a> <a:a> <a:g> .", 400),
        ("application/ld+json", b'{"@context": "http://127.0.0.1:9/", "@id": "a:a", "a:b": 1}', 400),
        ("application/rdf+xml", b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>", 400),
        ("multipart/form-data", b"x", 400),
        (
            "multipart/form-data; boundary=b",
            b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\nx\r\n--b--\r\n",
            422,
        ),
        (
            "multipart/form-data; boundary=b",
            b"--b\r\nContent-Disposition: form-data; name=x; filename=x\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n",
            415,
        ),
    ],
)
def test_what_is_no_graph_is_refused(still: Editor, header: str, body: bytes, status: int) -> None:
    before = state(still.client.app.state.writer.app)
    headers = {"Content-Type": header} if header else {}
    answer = still.send("POST", "/graph-store", params={"graph": GRAPH}, content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert state(still.client.app.state.writer.app) == before


@pytest.mark.parametrize(
    "path",
    [
        "/graph-store",
        "/graph-store?graph=a:b&default",
        "/graph-store?graph=a:b&graph=a:c",
        "/graph-store?graph=relative",
        "/graph-store?graph=",
        "/graph-store?Graph=a:b",
        "/graph-store?graph=a:b&format=docx",
        "/graph-store/x?graph=a:b",
        "/graph-store/x?default",
    ],
)
def test_one_graph_is_to_be_named(still: Editor, path: str) -> None:
    assert still.client.get(path).status_code == 422
    before = state(still.client.app.state.writer.app)
    assert still.send("PUT", path, content="", headers=TURTLE).status_code == 422
    assert still.send("DELETE", path).status_code == 422
    assert state(still.client.app.state.writer.app) == before


def test_a_body_has_a_limit(app: App, editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    from ineq_kg_api import graph_store, writing

    for module in (graph_store, writing):
        monkeypatch.setattr(module, "MAX_CHANGE", 1000)
    assert editor.put("#" * 1001).status_code == 413
    assert editor.update("#" * 1001).status_code == 413
    assert editor.put("", headers={"Content-Encoding": "br"}).status_code == 415


def test_a_graph_that_is_its_own_address(app: App, editor: Editor) -> None:
    path = "/graph-store/people/j%C3%BCrgen%20x.ttl"
    assert editor.client.get(path).status_code == 404
    sent = {"content": "<> <a:p> <#me> .", "headers": TURTLE}
    assert editor.send("PUT", path, params={"why": "new"}, **sent).status_code == 201
    name = f"http://testserver{path}"
    assert held(app, name) == {f"<{name}> <a:p> <{name}#me> ."}
    assert editor.client.get(path).text == editor.client.get("/graph-store", params={"graph": name}).text
    assert editor.send("DELETE", path).status_code == 200
    assert editor.send("DELETE", path).status_code == 404


def test_the_way_to_write_is_described(editor: Editor) -> None:
    paths = json.loads(editor.client.get("/openapi.json").content)["paths"]
    assert set(paths["/graph-store"]) == {"get", "put", "post", "delete"}
    assert "/versions/{version}/revert" in paths
