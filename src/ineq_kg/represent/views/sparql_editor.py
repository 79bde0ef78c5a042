"""The page on which people write SPARQL."""

from __future__ import annotations

from ineq_kg.analysis.definition import Ask, Given
from ineq_kg.queries.definition import Form, Parameter
from ineq_kg.represent.formats import Format
from ineq_kg.represent.views.definition import Model, View
from ineq_kg.vocabulary import PREFIXES

FIRST = """SELECT ?study ?label ?country
WHERE {
  ?study a ikg:Study ; skos:prefLabel ?label .
  OPTIONAL { ?study ikg:country ?country }
}
ORDER BY ?label
LIMIT 100"""


class Offered(Model):
    """A format by its extension, and what people call it."""

    extension: str
    label: str


class SparqlEditor(Model):
    """What the page begins with: a query, the prefixes that need not be declared, and the formats of answers."""

    query: str
    prefixes: dict[str, str]
    tables: tuple[Offered, ...]
    graphs: tuple[Offered, ...]


def _offered(form: str) -> tuple[Offered, ...]:
    return tuple(Offered(extension=one.extension, label=one.label) for one in Format.for_form(form))


def _read(_ask: Ask, given: Given) -> SparqlEditor:
    return SparqlEditor(
        query=given.get("query", [FIRST])[0],
        prefixes=PREFIXES,
        tables=_offered("select"),
        graphs=_offered("graph"),
    )


SPARQL_EDITOR = View(
    name="sparql-editor",
    form=Form(
        summary="Ask in SPARQL",
        question="What does the graph answer to a query of one's own?",
        parameters={
            "query": Parameter(
                type="string",
                description="The query to begin with",
                example="SELECT * WHERE { ?study a ikg:Study }",
            )
        },
    ),
    template="sparql_editor.html",
    model=SparqlEditor,
    read=_read,
)
