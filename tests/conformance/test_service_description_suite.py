"""The W3C's tests of SPARQL 1.1 Service Description. Its manifest only names them; what each asks for is written out here."""

from __future__ import annotations

import warnings
from pathlib import Path

import pyshacl
import pytest
from endpoint import Endpoint
from manifests import Case, parameters
from rdflib import RDF, Graph, Namespace, URIRef

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SHAPES = Path(__file__).parent / "service-description.ttl"


def described(endpoint: Endpoint, accept: str = "text/turtle") -> Graph:
    """GET the endpoint without a query (SPARQL 1.1 Service Description, 2): RDF has to come back."""
    reply = endpoint.send("GET", "/sparql", {"Accept": accept})
    assert (reply.status, reply.media_type) == (200, accept)
    return Graph().parse(data=reply.body, format=accept)


def conforms(graph: Graph) -> tuple[bool, str]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Dataset.default_context is deprecated", DeprecationWarning)  # in pySHACL
        found, _, report = pyshacl.validate(graph, shacl_graph=Graph().parse(SHAPES))
    return found, report


def returns_rdf(endpoint: Endpoint) -> None:
    for accept in ("text/turtle", "application/rdf+xml", "application/n-triples"):
        graph = described(endpoint, accept)
        assert list(graph.subjects(RDF.type, SD.Service))
    assert endpoint.send("GET", "/sparql").media_type == "text/turtle"


def has_endpoint_triple(endpoint: Endpoint) -> None:
    (service,) = described(endpoint).subjects(SD.endpoint, URIRef(f"{endpoint.address}/sparql"))
    assert (service, RDF.type, SD.Service) in described(endpoint)


def conforms_to_schema(endpoint: Endpoint) -> None:
    found, report = conforms(described(endpoint))
    assert found, report


HANDLERS = {
    "returns-rdf": returns_rdf,
    "has-endpoint-triple": has_endpoint_triple,
    "conforms-to-schema": conforms_to_schema,
}


@pytest.mark.parametrize("case", parameters("SPARQL 1.1 Service Description"))
def test_it(case: Case, endpoint: Endpoint) -> None:
    HANDLERS[case.iri.partition("#")[2]](endpoint)


@pytest.mark.parametrize(
    ("name", "value"), [(SD.feature, SD.Nothing), (SD.endpoint, SD.Service), (SD.defaultDataset, SD.Service)]
)
def test_the_schema_is_one_that_can_be_broken(endpoint: Endpoint, name: URIRef, value: URIRef) -> None:
    graph = described(endpoint)
    (service,) = graph.subjects(RDF.type, SD.Service)
    graph.add((service, name, value))
    assert not conforms(graph)[0]
