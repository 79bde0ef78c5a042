"""The endpoint described: SPARQL 1.1 Service Description (W3C Recommendation, 21 March 2013).

Only what holds is said. A dataset has as its default graph the union of all graphs, where the service is not set otherwise; the
answers are those of simple entailment, since what follows from the ontology stands in graphs of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from rdflib import RDF, URIRef

from ineq_kg.represent.descriptions import SD, Triple, write_description
from ineq_kg.represent.formats import Format

_SIMPLE = URIRef("http://www.w3.org/ns/entailment/Simple")


@dataclass(frozen=True)
class Service:
    """What there is to say: the endpoint's address, its named graphs, whether it asks their union, and other endpoints."""

    endpoint: str
    graphs: Iterable[str]
    union: bool
    federated: bool


def write_service_description(service: Service, wanted: Format) -> bytes:
    """Return the description, in a format for graphs."""
    return write_description(_triples(service), wanted)


def _triples(service: Service) -> Iterator[Triple]:
    node, dataset, default = (URIRef(f"{service.endpoint}#{name}") for name in ("service", "dataset", "default"))
    yield (node, RDF.type, SD.Service)
    yield (node, SD.endpoint, URIRef(service.endpoint))
    yield (node, SD.defaultEntailmentRegime, _SIMPLE)
    for language in (SD.SPARQL11Query, SD.SPARQL11Update):
        yield (node, SD.supportedLanguage, language)
    for form in ("select", "ask", "graph"):
        for one in Format.for_form(form):
            yield (node, SD.resultFormat, URIRef(one.iri))
    for one in Format.for_form("graph"):
        yield (node, SD.inputFormat, URIRef(one.iri))
    # Graphs are there as soon as they are made, be they empty.
    yield (node, SD.feature, SD.EmptyGraphs)
    if service.union:
        yield (node, SD.feature, SD.UnionDefaultGraph)
    if service.federated:
        yield (node, SD.feature, SD.BasicFederatedQuery)
    yield (node, SD.defaultDataset, dataset)
    yield (dataset, RDF.type, SD.Dataset)
    yield (dataset, SD.defaultGraph, default)
    yield (default, RDF.type, SD.Graph)
    for graph in service.graphs:
        named = URIRef(f"{service.endpoint}#graph={quote(graph, safe='/:')}")
        yield (dataset, SD.namedGraph, named)
        yield (named, RDF.type, SD.NamedGraph)
        yield (named, SD.name, URIRef(graph))
