"""RDF files as quads of one graph."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import accumulate

import pyoxigraph as ox

from ineq_kg.errors import DocumentError

# The engine's parser of JSON-LD keeps, at each level, something of every level above: 3,000 take it 1.7 GB.
DEEPEST_JSON = 500
# A string to its end, or to that of the text where it has none.
_STRING = re.compile(rb'"(?:[^"\\]+|\\.)*"?', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = {**dict.fromkeys(b"[{", 1), **dict.fromkeys(b"]}", -1)}


def parse_quads(data: bytes, media_type: str, graph: str) -> list[ox.Quad]:
    """Return the triples of `data` as quads of `graph`. Raises SyntaxError for text that does not parse."""
    format_ = ox.RdfFormat.from_media_type(media_type)
    node = ox.NamedNode(graph)
    return [ox.Quad(q.subject, q.predicate, q.object, node) for q in ox.parse(data, format=format_)]


def parse_triples(data: bytes, media_type: str, base: str) -> list[ox.Triple]:
    """Return the triples of a document that came from outside; `base` is what relative IRIs in it are relative to.

    Its blank nodes are its own: they are named anew each time, so none is another document's. Remote JSON-LD contexts are not
    fetched. Raises DocumentError, with the line where one is to blame, for text that does not parse, that has named graphs, or
    that is JSON nested deeper than DEEPEST_JSON.
    """
    format_ = ox.RdfFormat.from_media_type(media_type)
    if format_ == ox.RdfFormat.JSON_LD and _depth(data) > DEEPEST_JSON:
        raise DocumentError(
            f"the JSON is nested deeper than {DEEPEST_JSON:,}",
            document="the request",
            mend="Write it flatter: give inner nodes an @id, and say what each is on its own, in a list under @graph.",
        )
    try:
        found = ox.parse(data, format=format_, base_iri=base, without_named_graphs=True, rename_blank_nodes=True)
        return [quad.triple for quad in found]
    except (SyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        message = (error.msg if isinstance(error, SyntaxError) else None) or str(error)
        name = format_.name if format_ else media_type
        mend = f"Send one graph, written in {name}."
        raise DocumentError(message, document="the request", line=line, mend=mend) from error


def _depth(json: bytes) -> int:
    """Return how deep the brackets of a JSON text are nested, be it well-formed or not."""
    brackets = _STRING.sub(b"", json).translate(None, _NO_BRACKETS)
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0)


def ntriples(quads: Iterable[ox.Quad]) -> bytes:
    """Return quads as N-Triples, whatever their graphs."""
    return ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES) or b""


def rewritten(data: bytes, media_type: str, prefixes: Mapping[str, str]) -> bytes:
    """Return N-Triples in another format for graphs, in their order."""
    triples = (quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES))
    return ox.serialize(triples, format=ox.RdfFormat.from_media_type(media_type), prefixes=dict(prefixes)) or b""
