"""What a query asks where it names graphs, and where it names none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from editing import Editor, token_for
from ineq_kg.access import Scope
from ineq_kg.app import App
from ineq_kg_api import create_app
from places import Finished


@pytest.mark.parametrize("union", [True, False])
def test_what_is_asked_where_no_graph_is_named(tmp_path: Path, union: bool) -> None:
    app = App.open(tmp_path / "store", union=union)
    editor = Editor(TestClient(create_app(app)), token_for(app, Scope.WRITE))
    node = ox.NamedNode("a:a")
    app.store.replace_graphs({"a:g": [ox.Quad(node, node, node, ox.NamedNode("a:g"))]})
    assert editor.update("INSERT DATA { <a:b> <a:b> <a:b> }").status_code == 200

    def subjects(query: str, **params: str) -> set[str]:
        answer = editor.client.get("/sparql", params={"query": query, **params})
        return {row["s"]["value"] for row in answer.json()["results"]["bindings"]}

    everything = "SELECT ?s { ?s ?p ?o }"
    assert subjects(everything) == ({"a:a", "a:b"} if union else {"a:b"})
    # Graphs that are named win over either, in the request as in the text (SPARQL 1.1, 13.2).
    assert subjects(everything, **{"default-graph-uri": "a:g"}) == {"a:a"}
    assert subjects(everything, **{"named-graph-uri": "a:g"}) == set()
    assert subjects("SELECT ?s FROM <a:g> { ?s ?p ?o }") == {"a:a"}
    assert subjects("SELECT ?s FROM <a:none> { ?s ?p ?o }") == set()
    assert subjects("SELECT ?s FROM NAMED <a:g> { ?s ?p ?o }") == set()
    assert subjects("SELECT ?s FROM NAMED <a:g> { GRAPH ?g { ?s ?p ?o } }") == {"a:a"}
    assert subjects("SELECT ?s { GRAPH ?g { ?s ?p ?o } } # FROM <a:none>") == {"a:a"}
    assert subjects("SELECT ?s { VALUES ?s { <a:b> } ?s ?p ?o . FILTER('FROM' = 'FROM') }") == {"a:b"}


def test_relative_names_in_a_query_are_those_of_the_endpoint(tmp_path: Path) -> None:
    app = App.open(tmp_path / "store")
    editor = Editor(TestClient(create_app(app)), token_for(app))
    assert editor.update("INSERT DATA { <thing> <a:p> 1 }").status_code == 200
    answer = editor.client.get("/sparql", params={"query": "SELECT ?o { <thing> <a:p> ?o }"})
    assert len(answer.json()["results"]["bindings"]) == 1


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_what_is_no_iri_names_no_graph(client: TestClient, name: str) -> None:
    answer = client.get("/sparql", params={"query": "ASK {}", name: "not an IRI"})
    assert (answer.status_code, answer.json()["parameter"]) == (422, name)


@pytest.mark.parametrize(("setting", "found"), [(None, 1), ("union", 1), ("unnamed", 0)])
def test_the_command_line_asks_as_the_service_does(
    run: Callable[..., Finished], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str | None, found: int
) -> None:
    node = ox.NamedNode("a:a")
    App.open(tmp_path / "store").store.replace_graphs({"a:g": [ox.Quad(node, node, node, ox.NamedNode("a:g"))]})
    if setting:
        monkeypatch.setenv("INEQ_KG_DEFAULT_GRAPH", setting)
    result = run("sparql", "SELECT ?s { ?s ?p ?o }", "--format", "csv")
    assert (result.code, len(result.out.splitlines()) - 1) == (0, found)
