"""The page of the ontology, or of a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import rdflib

from ineq_kg.represent.formats import Format
from ineq_kg.represent.templating import render
from ineq_kg.vocabulary import IKG_NS, ONTOLOGY

_KINDS = (
    ("Classes", rdflib.OWL.Class),
    ("Object properties", rdflib.OWL.ObjectProperty),
    ("Datatype properties", rdflib.OWL.DatatypeProperty),
    ("Annotation properties", rdflib.OWL.AnnotationProperty),
    ("Individuals", rdflib.OWL.NamedIndividual),
)


def _text(graph: rdflib.Graph, term: Any, predicate: Any) -> str:
    value = graph.value(term, predicate)
    return "" if value is None else str(value)


def _names(graph: rdflib.Graph, term: Any, predicate: Any) -> list[str]:
    return sorted(str(value) for value in graph.objects(term, predicate) if isinstance(value, rdflib.URIRef))


def _term(graph: rdflib.Graph, term: Any) -> dict[str, Any]:
    return {
        "name": str(term)[len(IKG_NS) :],
        "label": _text(graph, term, rdflib.RDFS.label),
        "definition": _text(graph, term, rdflib.SKOS.definition),
        "source": _text(graph, term, rdflib.DCTERMS.source),
        "domain": _names(graph, term, rdflib.RDFS.domain),
        "range": _names(graph, term, rdflib.RDFS.range),
        "above": _names(graph, term, rdflib.RDFS.subClassOf),
        "deprecated": (term, rdflib.OWL.deprecated, rdflib.Literal(True)) in graph,
        "instead": _names(graph, term, rdflib.DCTERMS.isReplacedBy),
    }


def ontology_page(graph: rdflib.Graph, formats: Sequence[Format]) -> str:
    """Return the page of the ontology or of a part of it: every term with its label, definition, domain and range."""
    sections = [
        (
            title,
            [
                _term(graph, term)
                for term in sorted(graph.subjects(rdflib.RDF.type, kind), key=str)
                if str(term).startswith(IKG_NS)
            ],
        )
        for title, kind in _KINDS
    ]
    headers = set(graph.subjects(rdflib.RDF.type, rdflib.OWL.Ontology))
    header = next(iter(headers)) if len(headers) == 1 else rdflib.URIRef(ONTOLOGY)
    return render(
        "ontology.html",
        iri=str(header),
        title=_text(graph, header, rdflib.DCTERMS.title),
        version=_text(graph, header, rdflib.OWL.versionInfo),
        licence=_text(graph, header, rdflib.DCTERMS.license),
        parts=_names(graph, header, rdflib.DCTERMS.hasPart),
        sections=sections,
        documents=[(member.label, f"?format={member.extension}") for member in formats],
    )
