"""The queries as RDF: read by others' tools, and every text in it runs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from rdflib import RDF, RDFS, SH, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection

from ineq_kg.app import App
from ineq_kg.queries.catalogue import Catalogue
from ineq_kg.represent.query_catalogue import OURS, catalogue_turtle
from ineq_kg.resources import resource
from ineq_kg.triples.naming import iri_of
from ineq_kg.vocabulary import IKG, PREFIXES
from places import Finished

SCHEMA = Namespace("https://schema.org/")
SERVER = "https://example.org/kg/"
QUERIES = Catalogue.read(resource("queries"))
OWN = """\
#+ summary: Studies of some years
#+ question: Which studies are cited with these years?
#+ description: Years are those of the citation.
#+ parameters:
#+   year: {type: integer, description: The year, many: true, example: 2012}
#+   basis: {type: enum, description: How it is known, values: [stated, read], default: stated}
#+   study: {type: iri, class: ikg:Study, description: Only this one, required: true}
#+ columns:
#+   study: {label: Study, meaning: The study}
#+   year: {label: Year, meaning: The year cited}
#+ tags: [mine, years]
#+ budget: 10
SELECT ?study ?year WHERE { ?study a ikg:Study ; ikg:reportedIn/ikg:citedYear ?year BIND(?basis AS ?b) }
"""


@pytest.fixture(scope="module")
def graph() -> Graph:
    return Graph().parse(data=catalogue_turtle(QUERIES, SERVER))


@pytest.mark.parametrize("name", [query.name for query in QUERIES])
def test_every_text_in_it_runs_as_it_stands(loaded: App, graph: Graph, name: str) -> None:
    node = URIRef(f"{OURS}queries/{name}")
    assert {SH.SPARQLExecutable, SH.SPARQLSelectExecutable} <= set(graph.objects(node, RDF.type))
    (text,) = graph.objects(node, SH.select)
    rows = loaded.table(str(text))
    assert list(rows.columns) == list(QUERIES[name].header.columns)
    assert str(graph.value(node, RDFS.comment)) == QUERIES[name].header.question
    assert graph.value(node, SCHEMA.target) == URIRef(SERVER + "sparql")


def test_nothing_else_is_said_to_be_a_query(graph: Graph) -> None:
    assert len(set(graph.subjects(RDF.type, SH.SPARQLSelectExecutable))) == len(QUERIES)


def test_prefixes_are_declared_for_texts_that_leave_them_out(graph: Graph) -> None:
    declared = {
        str(graph.value(node, SH.prefix)): str(graph.value(node, SH.namespace))
        for catalogue in set(graph.objects(None, SH.prefixes))
        for node in graph.objects(catalogue, SH.declare)
    }
    assert declared == PREFIXES


def test_parameters_are_those_of_shacl(loaded: App, tmp_path: Path) -> None:
    (tmp_path / "studies-of-years.rq").write_text(OWN)
    own = Graph().parse(data=catalogue_turtle(App.open(loaded.store.directory, tmp_path).catalogue, SERVER))
    node = URIRef(SERVER + "queries/studies-of-years")
    assert {str(tag) for tag in own.objects(node, SCHEMA.keywords)} == {"mine", "years"}
    assert str(own.value(node, SCHEMA.description)) == "Years are those of the citation."
    parameters = sorted(own.objects(node, SH.parameter), key=lambda one: int(str(own.value(one, SH.order))))

    def said(parameter: Any) -> dict[str, Any]:
        return {str(key).removeprefix(str(SH)): value for key, value in own.predicate_objects(parameter)}

    year, basis, study = (said(parameter) for parameter in parameters)
    assert [str(one["path"]).rpartition("#")[2] for one in (year, basis, study)] == ["year", "basis", "study"]
    assert (year["datatype"], year.get("maxCount")) == (XSD.integer, None)
    assert year[str(SKOS.example)] == Literal(2012)
    assert [str(value) for value in Collection(own, basis["in"])] == ["stated", "read"]
    assert (str(basis["defaultValue"]), basis["maxCount"]) == ("stated", Literal(1))
    assert (study["class"], study["nodeKind"], study["optional"]) == (URIRef(IKG.Study), SH.IRI, Literal(False))
    assert basis["optional"] == Literal(True)


def test_examples_of_ours_are_there(loaded: App, graph: Graph) -> None:
    """An example that is an IRI names something that the founding synthesis has."""
    for query in QUERIES:
        for one in query.header.parameters.values():
            if one.type == "iri" and one.example:
                assert (None, SKOS.example, URIRef(iri_of(one.example))) in graph
                assert loaded.table(f"SELECT ?p WHERE {{ <{iri_of(one.example)}> ?p ?o }}").rows, query.name


def test_the_command_prints_it_the_same_each_time(run: Callable[..., Finished]) -> None:
    printed = run("query", "--catalogue", "--server", SERVER.rstrip("/")).out
    assert printed.encode() == catalogue_turtle(QUERIES, SERVER)
    command = "sys.argv = ['ineq-kg', 'query', '--catalogue', '--server', sys.argv[1]]"
    code = f"import sys; from ineq_kg.cli import main; {command}; main()"
    for seed in ("1", "2"):
        again = subprocess.run(
            [sys.executable, "-c", code, SERVER],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert again.stdout == printed


def test_over_http_it_names_the_server_that_was_asked(client: TestClient) -> None:
    answer = client.get("/queries.ttl")
    assert answer.headers["content-type"].startswith("text/turtle")
    assert answer.content == catalogue_turtle(QUERIES, "http://testserver/")
