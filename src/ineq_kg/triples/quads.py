"""RDF files as quads of one graph."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox


def parse_quads(data: bytes, media_type: str, graph: str) -> list[ox.Quad]:
    """Return the triples of `data` as quads of `graph`. Raises SyntaxError for text that does not parse."""
    format_ = ox.RdfFormat.from_media_type(media_type)
    node = ox.NamedNode(graph)
    return [ox.Quad(q.subject, q.predicate, q.object, node) for q in ox.parse(data, format=format_)]


def ntriples(quads: Iterable[ox.Quad]) -> bytes:
    """Return quads as N-Triples, whatever their graphs."""
    return ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES) or b""
