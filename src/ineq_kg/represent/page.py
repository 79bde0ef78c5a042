"""Answers as web pages: readable and linkable without scripts. Every value is escaped by the template engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ineq_kg.analysis.definition import Analysis, Ask
from ineq_kg.queries.binding import Values, iri_term
from ineq_kg.queries.choices import Choice
from ineq_kg.queries.definition import NamedQuery, Question
from ineq_kg.queries.paging import Page
from ineq_kg.represent.formats import Format
from ineq_kg.represent.templating import render
from ineq_kg.represent.text import counted
from ineq_kg.represent.views.resource import read_resource
from ineq_kg.store.embedded import Rows
from ineq_kg.store.protocol import Snapshot
from ineq_kg.triples.naming import slug_of
from ineq_kg.vocabulary import ONTOLOGY_GRAPH

if TYPE_CHECKING:
    from ineq_kg.reason.explain import Step


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


def explanation_page(step: Step) -> str:
    """Return the page that says why something holds."""
    return render("explanation.html", step=step)


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
