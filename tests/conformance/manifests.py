"""The W3C's test suites for SPARQL 1.1, read in place: every entry of a manifest is a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox
import pytest
from exclusions import EXCLUDED
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from places import SHARED

# Where the suites are published, and so what relative IRIs in them are relative to.
PUBLISHED = "https://w3c.github.io/rdf-tests/sparql/sparql11/"
FOLDER = SHARED / "conformance" / "rdf-tests" / "sparql" / "sparql11"
# What each suite is called, and the manifest that lists its tests.
SUITES = {
    "SPARQL 1.1 Protocol": "protocol/manifest.ttl",
    "Graph Store Protocol, graphs by their addresses": "graph-store-protocol/manifest-direct.ttl",
    "Graph Store Protocol, graphs by a parameter": "graph-store-protocol/manifest-indirect.ttl",
    "SPARQL 1.1 Service Description": "service-description/manifest.ttl",
    "SPARQL 1.1 Query": "manifest-sparql11-query.ttl",
    "SPARQL 1.1 Update": "manifest-sparql11-update.ttl",
    "Results in CSV, TSV and JSON": "manifest-sparql11-results.ttl",
    "SPARQL 1.1 Federated Query": "manifest-sparql11-fed.ttl",
}
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
RDF_FILES = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".rdf": ox.RdfFormat.RDF_XML,
}


@dataclass(frozen=True)
class Case:
    """One test: its IRI and kind, the suite that it is of, and what its manifest says of it."""

    iri: str
    kind: str
    suite: str
    manifest: Graph = field(repr=False, compare=False)

    @cached_property
    def action(self) -> Node:
        """What is to be done."""
        return self.value(URIRef(self.iri), MF.action)

    @cached_property
    def result(self) -> Node:
        """What is to come of it."""
        return self.value(URIRef(self.iri), MF.result)

    def value(self, node: Node, predicate: URIRef) -> Node:
        """Return the one value that there is."""
        (found,) = self.manifest.objects(node, predicate)
        return found

    def values(self, node: Node, predicate: URIRef) -> list[str]:
        """Return all values, sorted, as text."""
        return sorted(map(str, self.manifest.objects(node, predicate)))

    def items(self, node: Node, predicate: URIRef) -> list[Node]:
        """Return the members of the one list that there is, or none."""
        heads = list(self.manifest.objects(node, predicate))
        return list(Collection(self.manifest, heads[0])) if heads else []


def path_of(iri: object) -> Path:
    """Return where a file of the suites is."""
    return FOLDER / str(iri).removeprefix(PUBLISHED)


def read_triples(iri: object) -> list[ox.Triple]:
    """Return the triples of a data file; its blank nodes are its own."""
    path = path_of(iri)
    found = ox.parse(path=path, format=RDF_FILES[path.suffix], base_iri=str(iri), rename_blank_nodes=True)
    return [quad.triple for quad in found]


def _read(manifest: str, suite: str) -> Iterator[Case]:
    iri = URIRef(PUBLISHED + manifest)
    graph = Graph().parse(path_of(iri), publicID=iri, format="turtle")
    for head in graph.objects(iri, MF.include):
        for included in Collection(graph, head):
            yield from _read(str(included).removeprefix(PUBLISHED), suite)
    listed = [entry for head in graph.objects(iri, MF.entries) for entry in Collection(graph, head)]
    # One test is described, and is in the list of no manifest.
    described = {node for node, kind in graph.subject_objects(RDF.type) if str(kind).startswith(MF)}
    for entry in [*listed, *sorted(described - {*listed, iri})]:
        (kind,) = graph.objects(entry, RDF.type)
        yield Case(str(entry), str(kind).removeprefix(MF), suite, graph)


def cases(*suites: str) -> list[Case]:
    """Return all that the manifests of these suites list, in their order."""
    return [case for suite in suites for case in _read(SUITES[suite], suite)]


def parameters(*suites: str) -> list[object]:
    """Return the cases of suites as parameters of a test; those that are excluded are to fail."""
    if not FOLDER.is_dir():
        absent = pytest.mark.skip("the W3C's test suites are not beside this checkout (../shared/conformance)")
        return [pytest.param(None, id=suite, marks=absent) for suite in suites]
    return [
        pytest.param(case, id=f"{case.iri.split('/')[-2]}-{case.iri.partition('#')[2]}", marks=_marks(case))
        for case in cases(*suites)
    ]


def _marks(case: Case) -> list[pytest.MarkDecorator]:
    reason = EXCLUDED.get(case.iri)
    return [] if reason is None else [pytest.mark.xfail(reason=reason, strict=True)]
