"""The first page: which syntheses are here, a page of them at a time."""

from __future__ import annotations

from math import ceil

from ineq_kg.analysis.definition import Ask, Given
from ineq_kg.analysis.support import texts
from ineq_kg.errors import ParameterError
from ineq_kg.queries.definition import Form, Parameter
from ineq_kg.represent.text import counted
from ineq_kg.represent.views.definition import Model, View
from ineq_kg.triples.naming import slug_of

# A reader takes in no more at a time, and each is asked about by itself.
MOST = 20


class Synthesis(Model):
    """A synthesis by name, what it asks, and how many studies, reports or syntheses it is made of."""

    slug: str
    label: str
    question: str = ""
    made_of: str = ""


class Home(Model):
    """A page of the syntheses in the order of their slugs, and how many there are in all."""

    syntheses: tuple[Synthesis, ...]
    total: int
    page: int
    pages: int


def _synthesis(ask: Ask, iri: str) -> Synthesis:
    about = next(texts(ask("about-synthesis", {"synthesis": slug_of(iri)})), {})
    if "units" in about:
        made_of = counted(int(about["units"]), "synthesis", "syntheses")
    elif "studies" in about:
        studies = counted(int(about["studies"]), "study", "studies")
        made_of = f"{studies} in {counted(int(about.get('reports', '0')), 'report')}"
    else:
        made_of = ""
    return Synthesis(
        slug=slug_of(iri), label=about.get("label", slug_of(iri)), question=about.get("question", ""), made_of=made_of
    )


def _read(ask: Ask, given: Given) -> Home:
    rows = list(texts(ask("synthesis-index", {})))
    page, pages = int(given.get("page", ("1",))[0]), max(1, ceil(len(rows) / MOST))
    if not 1 <= page <= pages:
        raise ParameterError(
            f"page: there is no page {page}", parameter="page", value=str(page), mend=f"There are {pages}."
        )
    shown = rows[(page - 1) * MOST : page * MOST]
    listed = tuple(_synthesis(ask, row["synthesis"]) for row in shown)
    return Home(syntheses=listed, total=len(rows), page=page, pages=pages)


HOME = View(
    name="",
    form=Form(
        summary="Meta-ethnographies, traced to the exact words",
        question="Which syntheses are here?",
        parameters={
            "page": Parameter(type="integer", description=f"Which page, of {MOST} syntheses each", example="1")
        },
    ),
    template="home.html",
    model=Home,
    read=_read,
)
