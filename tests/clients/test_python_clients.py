"""rdflib and SPARQLWrapper ask our endpoint, and change what it holds."""

from __future__ import annotations

from typing import Any

import pytest
import rdflib
from rdflib import RDF, SKOS, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore
from SPARQLWrapper import CSV, JSON, JSONLD, N3, POST, POSTDIRECTLY, RDFXML, TSV, TURTLE, URLENCODED, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, Unauthorized

from conftest import Offered
from ineq_kg.vocabulary import IKG

STUDIES = "SELECT ?study ?label WHERE { ?study a ikg:Study ; skos:prefLabel ?label } ORDER BY ?label"
BABBEL = URIRef("https://w3id.org/ineq-kg/id/mcmahon-2022/study/babbel")
GRAPH = "https://example.org/clients"


def wrapper(service: Offered, query: str, wanted: str | None = None) -> SPARQLWrapper:
    found = SPARQLWrapper(service.endpoint)
    found.setQuery(query)
    if wanted:
        found.setReturnFormat(wanted)
    return found


def number(answer: Any, wanted: str) -> int:
    """Count the rows of what SPARQLWrapper made of an answer."""
    if wanted == JSON:
        return len(answer["results"]["bindings"])
    if wanted == XML:
        return len(answer.getElementsByTagName("result"))
    return len(answer.decode().strip().splitlines()) - 1


# --- rdflib ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("returned", ["xml", "json", "csv", "tsv"])
def test_rdflib_asks(service: Offered, method: str, returned: str) -> None:
    graph = rdflib.Graph(SPARQLStore(service.endpoint, method=method, returnFormat=returned))
    rows = list(graph.query(STUDIES))
    assert len(rows) == 11
    assert (BABBEL in {row.study for row in rows}) or returned == "csv"


def test_rdflib_reads_it_as_a_graph(service: Offered) -> None:
    graph = rdflib.Graph(SPARQLStore(service.endpoint))
    assert (BABBEL, RDF.type, URIRef(IKG.Study)) in graph
    assert graph.value(BABBEL, SKOS.prefLabel) is not None
    assert len(set(graph.subjects(RDF.type, URIRef(IKG.Study)))) == 11
    assert graph.query("ASK { ?s ?p ?o }").askAnswer is True
    described = graph.query(f"CONSTRUCT WHERE {{ <{BABBEL}> ?p ?o }}").graph
    assert (BABBEL, RDF.type, URIRef(IKG.Study)) in described
    bound = graph.query("SELECT ?label WHERE { ?s skos:prefLabel ?label }", initBindings={"s": BABBEL})
    assert len(list(bound)) == 1


def test_rdflib_changes_it(service: Offered) -> None:
    store = SPARQLUpdateStore(service.endpoint, service.endpoint, headers=service.authorisation, context_aware=True)
    graph = rdflib.Graph(store, identifier=URIRef(GRAPH))
    one, other = (URIRef(f"{GRAPH}/{name}") for name in ("one", "other"))
    graph.add((one, SKOS.prefLabel, Literal('with "quotes"\nand é', lang="fr")))
    graph.addN([(other, SKOS.related, one, graph), (other, SKOS.prefLabel, Literal(7), graph)])
    assert len(graph) == 3
    assert graph.value(one, SKOS.prefLabel) == Literal('with "quotes"\nand é', lang="fr")
    graph.remove((other, None, None))
    assert set(graph) == {(one, SKOS.prefLabel, Literal('with "quotes"\nand é', lang="fr"))}
    graph.update(f"INSERT DATA {{ <{one}> skos:altLabel 'x' }}", initNs={"skos": SKOS})
    assert (one, SKOS.altLabel, Literal("x")) in graph
    store.remove_graph(graph)
    assert len(graph) == 0


# --- SPARQLWrapper -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [JSON, XML, CSV, TSV])
@pytest.mark.parametrize("how", ["GET", URLENCODED, POSTDIRECTLY])
def test_sparqlwrapper_gets_rows(service: Offered, wanted: str, how: str) -> None:
    asking = wrapper(service, STUDIES, wanted)
    if how != "GET":
        asking.setMethod(POST)
        asking.setRequestMethod(how)
    assert number(asking.query().convert(), wanted) == 11


@pytest.mark.parametrize("wanted", [TURTLE, N3, RDFXML, XML, JSONLD])
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # in rdflib's JSON-LD parser
def test_sparqlwrapper_gets_graphs(service: Offered, wanted: str) -> None:
    answer = wrapper(service, f"DESCRIBE <{BABBEL}>", wanted).query().convert()
    graph = rdflib.Graph().parse(data=answer, format="turtle") if isinstance(answer, bytes) else answer
    assert (BABBEL, RDF.type, URIRef(IKG.Study)) in graph


@pytest.mark.parametrize("wanted", [JSON, XML])
def test_sparqlwrapper_gets_truth(service: Offered, wanted: str) -> None:
    answer = wrapper(service, f"ASK {{ <{BABBEL}> a ikg:Study }}", wanted).query().convert()
    assert (
        answer["boolean"] is True
        if wanted == JSON
        else answer.getElementsByTagName("boolean")[0].firstChild.data == "true"
    )


@pytest.mark.parametrize("how", [URLENCODED, POSTDIRECTLY])
def test_sparqlwrapper_changes_it(service: Offered, how: str) -> None:
    insertion = f"INSERT DATA {{ GRAPH <{GRAPH}> {{ <{GRAPH}/a> skos:prefLabel '{how}' }} }}"
    change = wrapper(service, insertion)
    change.setMethod(POST)
    change.setRequestMethod(how)
    with pytest.raises(Unauthorized):
        change.query()
    for name, value in service.authorisation.items():
        change.addCustomHttpHeader(name, value)
    assert change.query().response.status == 200
    asked = wrapper(service, f"ASK {{ GRAPH <{GRAPH}> {{ ?s ?p '{how}' }} }}", JSON)
    assert asked.query().convert()["boolean"] is True


def test_sparqlwrapper_is_told_of_errors(service: Offered) -> None:
    with pytest.raises(QueryBadFormed, match="expected"):
        wrapper(service, "SELECT WHERE", JSON).query()
