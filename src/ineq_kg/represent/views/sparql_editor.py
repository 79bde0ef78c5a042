"""The page on which people write SPARQL."""

from __future__ import annotations

from ineq_kg.analysis.definition import Ask, Given
from ineq_kg.queries.definition import Form, Parameter
from ineq_kg.represent.formats import Format
from ineq_kg.represent.views.definition import Model, View
from ineq_kg.represent.views.state import Place
from ineq_kg.store.limits import MIB
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


class Bounds(Model):
    """What one query may take of the service: seconds, bytes of memory, and rows (or triples) and bytes of its answer.

    None: as much as it wants.
    """

    seconds: float | None = None
    memory: int | None = None
    rows: int | None = None
    bytes: int | None = None

    @property
    def told(self) -> tuple[str, ...]:
        """The limits in words."""
        return (
            "any time" if self.seconds is None else f"{self.seconds:,g} s from its start",
            "any memory" if self.memory is None else f"{self.memory / MIB:,.0f} MiB of memory",
            "any number of rows" if self.rows is None else f"{self.rows:,} rows or triples",
            "an answer of any size" if self.bytes is None else f"an answer of {self.bytes / MIB:,g} MiB",
        )


class SparqlEditor(Model):
    """What the page begins with: a query, the prefixes that need not be declared, the formats of answers, and the limits."""

    query: str
    prefixes: dict[str, str]
    tables: tuple[Offered, ...]
    graphs: tuple[Offered, ...]
    limits: Bounds = Bounds()


def _offered(form: str) -> tuple[Offered, ...]:
    return tuple(Offered(extension=one.extension, label=one.label) for one in Format.for_form(form))


def _read(_ask: Ask, given: Given) -> SparqlEditor:
    return SparqlEditor(
        query=given.get("query", [FIRST])[0],
        prefixes=PREFIXES,
        tables=_offered("select"),
        graphs=_offered("graph"),
    )


def _bounded(view: SparqlEditor, place: Place) -> SparqlEditor:
    allowed = place.limits
    bounds = Bounds(
        seconds=allowed.seconds, memory=allowed.memory, rows=allowed.result_rows, bytes=allowed.result_bytes
    )
    return view.model_copy(update={"limits": bounds})


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
    place=_bounded,
)
