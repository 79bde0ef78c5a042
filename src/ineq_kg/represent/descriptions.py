"""Descriptions of the service and of its dataset as RDF: the same facts always give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rdflib import DCTERMS, FOAF, RDF, VOID, XSD, Graph, Namespace

from ineq_kg.represent.formats import Format
from ineq_kg.triples.quads import rewritten

# rdflib's own list of DCAT's terms is that of version 2.
DCAT = Namespace("http://www.w3.org/ns/dcat#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
_PREFIXES: Mapping[str, str] = {
    "rdf": str(RDF),
    "xsd": str(XSD),
    "dcterms": str(DCTERMS),
    "dcat": str(DCAT),
    "foaf": str(FOAF),
    "void": str(VOID),
    "sd": str(SD),
}
Triple = tuple[Any, Any, Any]


def write_description(triples: Iterable[Triple], wanted: Format) -> bytes:
    """Return triples without blank nodes in a format for graphs."""
    graph = Graph(bind_namespaces="none")
    for triple in triples:
        graph.add(triple)
    lines = sorted(graph.serialize(format="nt", encoding="utf-8").splitlines(keepends=True))
    return rewritten(b"".join(lines), wanted.media_type, _PREFIXES)
