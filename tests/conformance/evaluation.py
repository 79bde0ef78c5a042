"""The tests of queries and updates: each kind has its handler here, and a kind without one fails."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial

import pyoxigraph as ox
from endpoint import Endpoint, Reply
from manifests import PUBLISHED, RDF_FILES, Case, path_of, read_triples
from rdflib import RDFS, Namespace
from solutions import Table, of_result_set, of_triples, read_csv, read_json, read_tsv, read_xml

from ineq_kg.represent.formats import Format

QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
READERS: dict[str, tuple[Format, Callable[[bytes], Table | bool]]] = {
    ".srx": (Format.XML, read_xml),
    ".srj": (Format.JSON, read_json),
    ".csv": (Format.CSV, read_csv),
    ".tsv": (Format.TSV, read_tsv),
}
_EVERYTHING = "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
# Of a graph that is not there: what is asked is then the empty graph.
_NOTHING = f"{PUBLISHED}nothing"
_FROM = re.compile(r"^\s*FROM\s", re.MULTILINE)
# How a query or an update is refused that was read and cannot be carried out.
_READ = re.compile(r"^The graph <.+> does not exist|^The custom function <.+> is not supported")
# How what would reach out is refused that is no SPARQL to the last sign.
_NOT_READ = "in a way that is not understood"
_ORDERED = re.compile(r"\bORDER\s+BY\b[^{}]*\Z")


def published(iri: object) -> str:
    """Return the text of a query or an update, which is relative to where it is published."""
    return f"BASE <{iri}>\n{path_of(iri).read_text(encoding='utf-8')}"


def hold_files(case: Case, endpoint: Endpoint) -> None:
    """Make the endpoint hold every data file that a test of this one's manifest names, as the graph of that name."""
    files = {
        iri
        for predicate in (QT.data, QT.graphData)
        for iri in map(str, case.manifest.objects(None, predicate))
        if path_of(iri).suffix in RDF_FILES
    }
    if endpoint.holds is not case.manifest:
        endpoint.load([], {iri: read_triples(iri) for iri in sorted(files)})
        endpoint.holds = case.manifest


def evaluate_query(case: Case, endpoint: Endpoint) -> None:
    """Ask the query of the graphs that the test names, and compare what comes with what has to come."""
    hold_files(case, endpoint)
    endpoint.elsewhere.endpoints = {
        str(case.value(one, QT.endpoint)): str(case.value(one, QT.data))
        for one in case.manifest.objects(case.action, QT.serviceData)
    }
    text = published(case.value(case.action, QT.query))
    default, named = case.values(case.action, QT.data), case.values(case.action, QT.graphData)
    graphs = {} if _FROM.search(text) else {"default": default or [_NOTHING], "named": named}
    expected = path_of(case.result)
    if expected.suffix in READERS:
        format_, read = READERS[expected.suffix]
        reply = endpoint.query(text, format_.media_type, **graphs)
        _compare(read(expected.read_bytes()), read(_of(reply, format_)), ordered=bool(_ORDERED.search(text)))
        return
    triples = read_triples(case.result)
    if any(triple.predicate.value.endswith("result-set#resultVariable") for triple in triples):
        reply = endpoint.query(text, Format.JSON.media_type, **graphs)
        _compare(of_result_set(triples), read_json(_of(reply, Format.JSON)))
        return
    reply = endpoint.query(text, Format.TURTLE.media_type, **graphs)
    found = [quad.triple for quad in ox.parse(_of(reply, Format.TURTLE), format=ox.RdfFormat.TURTLE)]
    _compare(of_triples(triples), of_triples(found))


def _of(reply: Reply, format_: Format) -> bytes:
    """Return the body of an answer that has to be in this format."""
    assert (reply.status, reply.media_type) == (200, format_.media_type), reply.body.decode()
    return reply.body


def _compare(expected: Table | bool, found: Table | bool, *, ordered: bool = False) -> None:
    if isinstance(expected, bool) or isinstance(found, bool):
        assert found is expected
        return
    assert found.same(expected, ordered=ordered), f"expected {expected}\nfound    {found}"


def _accepts(case: Case, ask: Callable[[str], Reply], *, good: bool) -> None:
    """See that a text is taken, or refused as no SPARQL; what fails for what it asks was read."""
    reply = ask(published(case.action))
    why = "" if reply.status == 200 else json.loads(reply.body)["detail"]
    assert (reply.status == 200 or bool(_READ.search(why))) is good, why
    assert reply.status in {200, 400} or _NOT_READ in why, why


def query_syntax(case: Case, endpoint: Endpoint, *, good: bool) -> None:
    """See that a query is taken, or refused as no SPARQL."""
    _accepts(case, lambda text: endpoint.query(text, "*/*"), good=good)


def update_syntax(case: Case, endpoint: Endpoint, *, good: bool) -> None:
    """See that an update is taken, or refused as no SPARQL."""
    _accepts(case, endpoint.update, good=good)


def _dataset(case: Case, node: object) -> tuple[list[ox.Triple], dict[str, list[ox.Triple]]]:
    default = [triple for iri in case.values(node, UT.data) for triple in read_triples(iri)]
    named: dict[str, list[ox.Triple]] = {}
    for one in case.manifest.objects(node, UT.graphData):
        named.setdefault(str(case.value(one, RDFS.label)), []).extend(read_triples(case.value(one, UT.graph)))
    return default, named


def evaluate_update(case: Case, endpoint: Endpoint) -> None:
    """Run the update on the dataset that the test names, and compare what is there then with what has to be there."""
    request = case.value(case.action, UT.request)
    endpoint.load(*_dataset(case, case.action), then=published(request))
    default, named = _dataset(case, case.result)
    rows = list(of_triples(default).rows)
    rows += [{**row, "g": ox.NamedNode(g)} for g, triples in named.items() for row in of_triples(triples).rows]
    found = read_json(_of(endpoint.query(_EVERYTHING, Format.JSON.media_type), Format.JSON))
    _compare(Table(frozenset("spog"), tuple(rows)), found)


HANDLERS: Mapping[str, Callable[[Case, Endpoint], None]] = {
    "QueryEvaluationTest": evaluate_query,
    "CSVResultFormatTest": evaluate_query,
    "UpdateEvaluationTest": evaluate_update,
    "PositiveSyntaxTest11": partial(query_syntax, good=True),
    "NegativeSyntaxTest11": partial(query_syntax, good=False),
    "PositiveUpdateSyntaxTest11": partial(update_syntax, good=True),
    "NegativeUpdateSyntaxTest11": partial(update_syntax, good=False),
}
