"""The named queries as RDF, as SIB's sparql-examples writes queries: SHACL's SPARQL executables with their questions.

The pattern is from Bolleman et al. 2024 (arXiv:2410.06010): a `sh:SPARQLSelectExecutable` with its question in `rdfs:comment`,
its text in `sh:select`, the endpoint in `schema:target`, tags in `schema:keywords`. Parameters are SHACL's own (`sh:parameter`;
SHACL 1.0, 6.2.1: the local name of `sh:path` is the variable that is bound before the query runs).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rdflib import OWL, RDF, RDFS, SH, SKOS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection

from ineq_kg.queries.definition import NamedQuery, Parameter
from ineq_kg.resources import resource
from ineq_kg.triples.naming import iri_of, term_iri
from ineq_kg.vocabulary import ONTOLOGY, PREFIXES

SCHEMA = Namespace("https://schema.org/")
# Where our own queries are named, whoever serves them; the path is the same as on a server.
OURS = ONTOLOGY.removesuffix("ontology")
_DATATYPES = {
    "string": XSD.string,
    "enum": XSD.string,
    "lang": XSD.string,
    "integer": XSD.integer,
    "decimal": XSD.decimal,
    "boolean": XSD.boolean,
    "date": XSD.date,
}

Triple = tuple[Any, Any, Any]


def catalogue_turtle(queries: Iterable[NamedQuery], server: str) -> bytes:
    """Return the queries as Turtle, each a `sh:SPARQLSelectExecutable`; the same queries always give the same bytes.

    `server` is the address, ending in a slash, under which queries are asked. A query of ours is named under w3id.org, whoever
    serves it; one of a user's own is named where it is served.
    """
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in {
        "sh": SH,
        "rdf": RDF,
        "rdfs": RDFS,
        "owl": OWL,
        "xsd": XSD,
        "skos": SKOS,
        "schema": SCHEMA,
    }.items():
        graph.bind(prefix, namespace)
    prefixes = URIRef(OURS + "queries")
    for triple in _prefixes(prefixes):
        graph.add(triple)
    for query in queries:
        _add(graph, query, server, prefixes)
    return graph.serialize(format="turtle", encoding="utf-8")


def _prefixes(node: URIRef) -> Iterator[Triple]:
    yield (node, RDF.type, OWL.Ontology)
    for prefix, namespace in PREFIXES.items():
        declaration = BNode(f"prefix-{prefix}")
        yield (node, SH.declare, declaration)
        yield (declaration, SH.prefix, Literal(prefix))
        yield (declaration, SH.namespace, Literal(namespace, datatype=XSD.anyURI))


def _add(graph: Graph, query: NamedQuery, server: str, prefixes: URIRef) -> None:
    base = OURS if query.path.parent == resource("queries") else server
    node = URIRef(f"{base}queries/{query.name}")
    header = query.header
    graph.add((node, RDF.type, SH.SPARQLExecutable))
    graph.add((node, RDF.type, SH.SPARQLSelectExecutable))
    graph.add((node, RDFS.label, Literal(header.summary, lang="en")))
    graph.add((node, RDFS.comment, Literal(header.question, lang="en")))
    if header.description:
        graph.add((node, SCHEMA.description, Literal(header.description, lang="en")))
    graph.add((node, SH.prefixes, prefixes))
    graph.add((node, SH.select, Literal(query.sparql)))
    graph.add((node, SCHEMA.target, URIRef(f"{server}sparql")))
    for tag in header.tags:
        graph.add((node, SCHEMA.keywords, Literal(tag)))
    for place, (name, parameter) in enumerate(header.parameters.items()):
        _add_parameter(graph, node, name, parameter, place)


def _add_parameter(graph: Graph, query: URIRef, name: str, parameter: Parameter, place: int) -> None:
    node = BNode(f"{query.rpartition('/')[2]}-{place:02}")
    graph.add((query, SH.parameter, node))
    graph.add((node, RDF.type, SH.Parameter))
    graph.add((node, SH.path, URIRef(f"{query}#{name}")))
    graph.add((node, SH.order, Literal(place)))
    graph.add((node, SH.description, Literal(parameter.description, lang="en")))
    graph.add((node, SH.optional, Literal(not parameter.required)))
    if not parameter.many:
        graph.add((node, SH.maxCount, Literal(1)))
    if parameter.type == "iri":
        graph.add((node, SH.nodeKind, SH.IRI))
    else:
        graph.add((node, SH.datatype, _DATATYPES[parameter.type]))
    if parameter.of_class is not None:
        graph.add((node, SH["class"], URIRef(term_iri(parameter.of_class))))
    if parameter.values:
        head = BNode(f"{node}-values")
        graph.add((node, SH["in"], head))
        Collection(graph, head, [_value(parameter, value) for value in parameter.values])
    if parameter.default is not None:
        graph.add((node, SH.defaultValue, _value(parameter, parameter.default)))
    if parameter.example is not None:
        graph.add((node, SKOS.example, _value(parameter, parameter.example)))


def _value(parameter: Parameter, value: str) -> URIRef | Literal:
    if parameter.type == "iri":
        return URIRef(iri_of(value))
    datatype = _DATATYPES[parameter.type]
    return Literal(value) if datatype == XSD.string else Literal(value, datatype=datatype)
