"""Answers to SPARQL queries as tables of terms, and whether two say the same.

JSON and XML are read here with Python's own parsers, not with those of the engine that wrote them.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from xml.etree import ElementTree

import pyoxigraph as ox

RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SRX = "{http://www.w3.org/2005/sparql-results#}"
# How a value is written, by its datatype: the suites compare values, and the engine keeps no other.
CANONICAL: Mapping[str, Callable[[str], str]] = {
    "boolean": lambda text: {"0": "false", "1": "true"}.get(text, text),
    "integer": lambda text: str(int(text)),
    "decimal": lambda text: str(Decimal(text).normalize()),
    "float": lambda text: repr(float(text)),
    "double": lambda text: repr(float(text)),
}

Term = ox.NamedNode | ox.BlankNode | ox.Literal
Row = Mapping[str, Term]


@dataclass(frozen=True)
class Table:
    """Solutions: their variables, and a row each with the variables that are bound in it."""

    columns: frozenset[str]
    rows: tuple[Row, ...]

    def same(self, other: Table, *, ordered: bool = False) -> bool:
        """Say whether both hold the same solutions, as often and, where `ordered`, in the same order."""
        return self.columns == other.columns and _shape(self.rows, ordered) == _shape(other.rows, ordered)


def _shape(rows: Iterable[Row], ordered: bool) -> tuple[object, ox.Dataset]:
    """Return rows without blank nodes, counted; and those with some as RDF, blank nodes named by where they stand."""
    counted: Counter[frozenset[tuple[str, Term]]] = Counter()
    places: dict[frozenset[tuple[str, Term]], list[int]] = {}
    for number, row in enumerate(rows):
        known = frozenset((name, _by_value(term)) for name, term in row.items())
        counted[known] += 1
        places.setdefault(known, []).append(number if ordered else 0)
    plain = {known: places[known] for known in counted if not _has_blank(known)}
    rest = ox.Dataset()
    for known in counted:
        if not _has_blank(known):
            continue
        node = ox.BlankNode()
        for name, term in known:
            rest.add(ox.Quad(node, ox.NamedNode(f"x:column/{name}"), term))
        where = ox.Literal(",".join(map(str, places[known])))
        rest.add(ox.Quad(node, ox.NamedNode("x:places"), where))
    rest.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return plain, rest


def _has_blank(row: Iterable[tuple[str, Term]]) -> bool:
    return any(isinstance(term, ox.BlankNode) for _, term in row)


def _by_value(term: Term) -> Term:
    """Return a number or truth value written in the one way that all of its value are."""
    if not isinstance(term, ox.Literal) or not term.datatype.value.startswith(XSD):
        return term
    write = CANONICAL.get(term.datatype.value.removeprefix(XSD))
    if write is None:
        return term
    try:
        return ox.Literal(write(term.value), datatype=term.datatype)
    except (ValueError, ArithmeticError):
        return term  # it is none, whatever it says it is


def read_json(body: bytes) -> Table | bool:
    """Return what SPARQL results in JSON say (SPARQL 1.1 Query Results JSON Format)."""
    data = json.loads(body)
    if "boolean" in data:
        return bool(data["boolean"])
    rows = data["results"]["bindings"]
    return Table(
        frozenset(data["head"]["vars"]), tuple({name: _json_term(term) for name, term in row.items()} for row in rows)
    )


def _json_term(term: Mapping[str, str]) -> Term:
    if term["type"] == "uri":
        return ox.NamedNode(term["value"])
    if term["type"] == "bnode":
        return ox.BlankNode(term["value"])
    return _literal(term["value"], term.get("xml:lang"), term.get("datatype"))


def _literal(value: str, language: str | None, datatype: str | None) -> ox.Literal:
    return ox.Literal(value, language=language, datatype=ox.NamedNode(datatype) if datatype else None)


def read_xml(body: bytes) -> Table | bool:
    """Return what SPARQL results in XML say (SPARQL Query Results XML Format)."""
    root = ElementTree.fromstring(body)  # noqa: S314 - nobody else's
    boolean = root.find(f"{SRX}boolean")
    if boolean is not None:
        return (boolean.text or "").strip() == "true"
    columns = frozenset(variable.get("name", "") for variable in root.iterfind(f"{SRX}head/{SRX}variable"))
    rows = [
        {binding.get("name", ""): _xml_term(binding[0]) for binding in result.iterfind(f"{SRX}binding")}
        for result in root.iterfind(f"{SRX}results/{SRX}result")
    ]
    return Table(columns, tuple(rows))


def _xml_term(element: ElementTree.Element) -> Term:
    text = element.text or ""
    if element.tag == f"{SRX}uri":
        return ox.NamedNode(text)
    if element.tag == f"{SRX}bnode":
        return ox.BlankNode(text)
    language = element.get("{http://www.w3.org/XML/1998/namespace}lang")
    return _literal(text, language, element.get("datatype"))


def read_csv(body: bytes) -> Table:
    """Return what a CSV says: text, but for blank nodes (SPARQL 1.1 Query Results CSV and TSV Formats, 3.2)."""
    header, *rows = list(csv.reader(io.StringIO(body.decode(), newline="")))
    return Table(
        frozenset(header),
        tuple({name: _csv_term(text) for name, text in zip(header, row, strict=True) if text} for row in rows),
    )


def _csv_term(text: str) -> Term:
    return ox.BlankNode(text[2:]) if text.startswith("_:") else ox.Literal(text)


def read_tsv(body: bytes) -> Table:
    """Return what a TSV says: terms as in Turtle (SPARQL 1.1 Query Results CSV and TSV Formats, 4)."""
    header, *lines = body.decode().rstrip("\n").split("\n")
    columns = [name.removeprefix("?") for name in header.split("\t")]
    return Table(
        frozenset(columns),
        tuple(
            {name: _turtle_term(text) for name, text in zip(columns, line.split("\t"), strict=True) if text}
            for line in lines
        ),
    )


def _turtle_term(text: str) -> Term:
    if text.startswith("_:"):
        return ox.BlankNode(text[2:])
    (quad,) = ox.parse(f"<x:s> <x:p> {text} .", format=ox.RdfFormat.TURTLE)
    return quad.object


def of_triples(triples: Iterable[ox.Triple]) -> Table:
    """Return a graph as a table with a row for each triple."""
    rows = {(triple.subject, triple.predicate, triple.object) for triple in triples}
    columns = ("s", "p", "o")
    return Table(frozenset(columns), tuple(dict(zip(columns, row, strict=True)) for row in rows))


def of_result_set(triples: Iterable[ox.Triple]) -> Table:
    """Return the table that RDF in the working group's result-set vocabulary says."""
    known: dict[Term, dict[str, list[Term]]] = {}
    for triple in triples:
        known.setdefault(triple.subject, {}).setdefault(triple.predicate.value, []).append(triple.object)
    (table,) = (facts for facts in known.values() if f"{RS}resultVariable" in facts)
    rows = [
        {known[one][f"{RS}variable"][0].value: known[one][f"{RS}value"][0] for one in known[row][f"{RS}binding"]}
        for row in table.get(f"{RS}solution", [])
    ]
    return Table(frozenset(term.value for term in table[f"{RS}resultVariable"]), tuple(rows))
