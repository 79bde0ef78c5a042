"""Answers as web pages: readable and linkable without scripts. Every value is escaped by the template engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any
from urllib.parse import urlencode

import rdflib

from ineq_kg.analysis.definition import Analysis, Ask
from ineq_kg.queries.binding import Values, iri_term
from ineq_kg.queries.choices import Choice
from ineq_kg.queries.definition import NamedQuery, Question
from ineq_kg.queries.paging import Page
from ineq_kg.reason.explain import Step
from ineq_kg.represent.formats import Format
from ineq_kg.represent.templating import render
from ineq_kg.represent.text import counted
from ineq_kg.represent.views.resource import read_resource
from ineq_kg.store.embedded import Rows
from ineq_kg.store.protocol import Snapshot
from ineq_kg.triples.naming import slug_of
from ineq_kg.vocabulary import IKG_NS, ONTOLOGY, ONTOLOGY_GRAPH


def catalogue_page(queries: Sequence[NamedQuery]) -> str:
    """Return the page that lists the named queries, by tag; one with several tags stands under each."""
    tags = sorted({tag for query in queries for tag in query.header.tags})
    sections = [(tag, [query for query in queries if tag in query.header.tags]) for tag in tags]
    rest = [query for query in queries if not query.header.tags]
    return render("catalogue.html", sections=sections, rest=rest)


_RELATIONS = {"first": "First", "prev": "Before", "next": "More", "last": "Last"}


def query_page(
    question: Question,
    values: Values,
    shown: Page | None,
    choices: Mapping[str, Sequence[Choice]],
    *,
    limit: int,
) -> str:
    """Return the form of a question, and rows of its answer where it was asked for, `limit` at a time.

    `choices` are offered beside the field of a parameter.
    """
    given = {name: [one] if isinstance(one, str) else list(one) for name, one in values.items()}

    def link(**more: object) -> str:
        return "?" + urlencode({**given, **more}, doseq=True)

    places = shown.links if shown is not None and shown.total > len(shown.rows) else {}
    return render(
        "query.html",
        header=question.header,
        text=f"/queries/{question.name}.rq{link() if given else ''}",
        editor="/sparql-editor#" + urlencode({"example": question.name, **given}, doseq=True),
        values=given,
        choices=choices,
        rows=None if shown is None else shown.rows,
        counted="" if shown is None else _counted(shown),
        pages=[(_RELATIONS[name], link(limit=limit, cursor=cursor)) for name, cursor in places.items()],
        downloads=[(member.label, link(format=member.extension)) for member in Format.for_form("table")],
        sparql=question.text if isinstance(question, NamedQuery) else "",
        method=question.method if isinstance(question, Analysis) else "",
    )


def _counted(shown: Page) -> str:
    whole = counted(shown.total, "row")
    if not shown.rows.rows or shown.total == len(shown.rows):
        return f"{whole}."
    return f"{whole}; here {shown.position + 1:,} to {shown.position + len(shown.rows):,}."


# More statements about a resource, or that point at it, are left to its documents in RDF.
_MOST_STATEMENTS = 100


# The name of a property, where the ontology has it.
_NAMED = f"OPTIONAL {{ GRAPH <{ONTOLOGY_GRAPH}> {{ ?p rdfs:label ?property }} }}"


def resource_page(iri: str, snapshot: Snapshot, ask: Ask) -> str:
    """Return the page of one resource: what it is, what rests on it, and below that every statement about it."""
    term = iri_term(iri)
    about = snapshot.select(
        f"SELECT DISTINCT ?p ?property ?o ?label WHERE {{ {term} ?p ?o {_NAMED} "
        "OPTIONAL { ?o skos:prefLabel|rdfs:label ?label } } ORDER BY ?p ?o"
    )
    towards = snapshot.select(
        f"SELECT DISTINCT ?s ?label ?p ?property WHERE {{ ?s ?p {term} {_NAMED} "
        "OPTIONAL { ?s skos:prefLabel ?label } } ORDER BY ?p ?s"
    )
    statements = [
        {name: value.value for name, value in row.items() if value is not None}
        | {"termkind": row["o"].kind if row["o"] else ""}
        for row in about
    ]
    return render(
        "resource.html",
        iri=iri,
        version=snapshot.version,
        view=read_resource(ask, iri, statements),
        about=Rows(about.columns, about.rows[:_MOST_STATEMENTS]),
        said=len(about),
        towards=Rows(towards.columns, towards.rows[:_MOST_STATEMENTS]),
        pointing=len(towards),
        documents=[(member.label, f"/doc/{slug_of(iri)}.{member.extension}") for member in Format.for_form("graph")],
    )


def _text(graph: rdflib.Graph, term: Any, predicate: Any) -> str:
    value = graph.value(term, predicate)
    return "" if value is None else str(value)


def explanation_page(step: Step) -> str:
    """Return the page that says why something holds."""
    return render("explanation.html", step=step)


_KINDS = (
    ("Classes", rdflib.OWL.Class),
    ("Object properties", rdflib.OWL.ObjectProperty),
    ("Datatype properties", rdflib.OWL.DatatypeProperty),
    ("Annotation properties", rdflib.OWL.AnnotationProperty),
    ("Individuals", rdflib.OWL.NamedIndividual),
)


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


def problem_page(title: str, detail: str, mend: str) -> str:
    """Return the page that says what went wrong, and what mends it."""
    return render("problem.html", title=title, detail=detail, mend=mend)


def api_page() -> str:
    """Return the page on which Swagger UI shows the service's description."""
    return render("api.html")


STYLE_SHEETS = ("ineq-kg.css", "ontology-docs.css")


def style_sheet(name: str) -> bytes:
    """Return a style sheet of the site."""
    return (resources.files("ineq_kg.represent") / "static" / name).read_bytes()


def ontology_docs(**values: Any) -> str:
    """Return the page of the ontology's documentation."""
    return render("ontology_docs.html", style_sheets=STYLE_SHEETS, **values)
