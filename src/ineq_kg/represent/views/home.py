"""The first page: which syntheses are here, and what each argues."""

from __future__ import annotations

from ineq_kg.analysis.definition import Ask, Given
from ineq_kg.queries.definition import Form
from ineq_kg.represent.views.definition import Model, View
from ineq_kg.triples.naming import slug_of

# A reader does not look through more; the rest is a page of the question away.
MOST = 20


class Synthesis(Model):
    """A synthesis by name, what it asks, and how many studies (or syntheses) it is made of."""

    slug: str
    label: str
    question: str = ""
    units: int


class Home(Model):
    """The first syntheses by name, and how many there are in all."""

    syntheses: tuple[Synthesis, ...]
    total: int


def _read(ask: Ask, _given: Given) -> Home:
    rows = list(ask("syntheses", {}))
    first = tuple(
        Synthesis(
            slug=slug_of(str(row["synthesis"])),
            label=str(row["label"]),
            question=str(row["question"] or ""),
            units=int(str(row["units"])),
        )
        for row in rows[:MOST]
    )
    return Home(syntheses=first, total=len(rows))


HOME = View(
    name="",
    form=Form(summary="Meta-ethnographies, traced to the exact words", question="Which syntheses are here?"),
    template="home.html",
    model=Home,
    read=_read,
)
