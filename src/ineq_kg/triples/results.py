"""Tables of RDF terms in the formats of SPARQL results, byte for byte as the engine writes its own.

A table need not come from a query: it is written as SPARQL results in JSON, read by the engine's own parser, and written by
the engine's own serialisers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from ineq_kg.errors import NotAcceptable
from ineq_kg.triples.terms import RdfTerm
from ineq_kg.vocabulary import RDF, XSD, Namespace

Row = Sequence[RdfTerm | None]
# The vocabulary that the SPARQL working group's tests write results in, as Turtle.
RESULT_SET = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
_KINDS = {"iri": "uri", "literal": "literal", "bnode": "bnode"}


def _json_term(term: RdfTerm) -> dict[str, str]:
    if term.kind not in _KINDS:
        raise NotAcceptable("a table with a triple in a cell cannot be written", mend="Ask for its parts.")
    found = {"type": _KINDS[term.kind], "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    elif term.datatype:
        found["datatype"] = term.datatype
    return found


def _solutions(columns: Sequence[str], rows: Iterable[Row]) -> ox.QuerySolutions:
    bindings = [
        {name: _json_term(term) for name, term in zip(columns, row, strict=True) if term is not None} for row in rows
    ]
    document = json.dumps({"head": {"vars": list(columns)}, "results": {"bindings": bindings}}, ensure_ascii=False)
    solutions = ox.parse_query_results(document, format=ox.QueryResultsFormat.JSON)
    if not isinstance(solutions, ox.QuerySolutions):
        raise TypeError("a table was written and none was read")
    return solutions


def write_results(columns: Sequence[str], rows: Iterable[Row], media_type: str) -> bytes:
    """Return a table as SPARQL results in JSON, XML, CSV or TSV (SPARQL 1.1 Query Results). Raises NotAcceptable."""
    wanted = ox.QueryResultsFormat.from_media_type(media_type)
    if wanted is None:
        raise NotAcceptable(f"results cannot be written as {media_type}")
    return _solutions(columns, rows).serialize(format=wanted) or b""


def write_answer(answer: bool, media_type: str) -> bytes:
    """Return the answer to an ASK query as SPARQL results in JSON, XML, CSV or TSV. Raises NotAcceptable."""
    wanted = ox.QueryResultsFormat.from_media_type(media_type)
    if wanted is None:
        raise NotAcceptable(f"results cannot be written as {media_type}")
    document = json.dumps({"head": {}, "boolean": answer})
    return ox.parse_query_results(document, format=ox.QueryResultsFormat.JSON).serialize(format=wanted) or b""


def _result_set(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[ox.Triple]:
    def term(name: str) -> ox.NamedNode:
        return ox.NamedNode(RESULT_SET.term(name))

    table = ox.BlankNode("table")
    found = [(number, row) for number, row in enumerate(_solutions(columns, rows), 1)]
    yield ox.Triple(table, ox.NamedNode(RDF.term("type")), term("ResultSet"))
    for name in columns:
        yield ox.Triple(table, term("resultVariable"), ox.Literal(name))
    for number, _ in found:
        yield ox.Triple(table, term("solution"), ox.BlankNode(f"row{number}"))
    for number, row in found:
        node = ox.BlankNode(f"row{number}")
        bound = [(name, ox.BlankNode(f"row{number}{name}")) for name in columns if row[name] is not None]
        yield ox.Triple(node, term("index"), ox.Literal(str(number), datatype=ox.NamedNode(XSD.term("integer"))))
        for _, binding in bound:
            yield ox.Triple(node, term("binding"), binding)
        for name, binding in bound:
            yield ox.Triple(binding, term("variable"), ox.Literal(name))
            yield ox.Triple(binding, term("value"), row[name])


def write_result_set(columns: Sequence[str], rows: Iterable[Row], media_type: str) -> bytes:
    """Return a table as RDF in the result-set vocabulary; `rs:index` counts rows from 1. Raises NotAcceptable."""
    wanted = ox.RdfFormat.from_media_type(media_type)
    if wanted is None:
        raise NotAcceptable(f"RDF cannot be written as {media_type}")
    prefixes: dict[str, str] = {"rs": RESULT_SET, "xsd": XSD}
    return ox.serialize(_result_set(columns, rows), format=wanted, prefixes=prefixes) or b""
