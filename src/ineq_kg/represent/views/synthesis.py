"""A synthesis: what it asks and argues, and where to go on from there."""

from __future__ import annotations

from ineq_kg.analysis.definition import SYNTHESIS, Ask, Given
from ineq_kg.errors import NotFound
from ineq_kg.queries.definition import Form
from ineq_kg.represent.views.definition import Model, View
from ineq_kg.represent.views.source import Source, source_of
from ineq_kg.triples.naming import slug_of
from ineq_kg.triples.terms import RdfTerm
from ineq_kg.vocabulary import IKG_NS


class Step(Model):
    """A step of an argument: a third-order construct, and how many studies contribute to it."""

    slug: str
    label: str
    position: int
    confidence: str
    studies: int


class Line(Model):
    """A line of argument and its steps in order."""

    slug: str
    label: str
    definition: str = ""
    steps: tuple[Step, ...] = ()


class Synthesis(Model):
    """A synthesis with its lines of argument; `units` are the syntheses that a mega-ethnography is made of."""

    slug: str
    label: str
    question: str = ""
    studies: int | None = None
    reports: int | None = None
    units: int | None = None
    arguments: tuple[Line, ...] = ()
    source: Source


def _steps(ask: Ask, slug: str) -> dict[str, list[Step]]:
    """Return the steps of each line of argument, by its IRI."""
    steps: dict[str, list[Step]] = {}
    for row in ask("line-of-argument", {"synthesis": slug}):
        steps.setdefault(str(row["argument"]), []).append(
            Step(
                slug=slug_of(str(row["claim"])),
                label=str(row["label"]),
                position=int(str(row["step"])),
                confidence=str(row["confidence"]).removeprefix(IKG_NS),
                studies=int(str(row["studies"])),
            )
        )
    return steps


def _count(value: RdfTerm | None) -> int | None:
    return None if value is None else int(str(value))


def _read(ask: Ask, given: Given) -> Synthesis:
    slug = slug_of(given["synthesis"][0])
    rows = list(ask("about-synthesis", {"synthesis": slug}))
    if not rows:
        raise NotFound(f"there is no synthesis {slug!r}", name=slug, mend="See / for those there are.")
    steps = _steps(ask, slug)
    about = rows[0]
    return Synthesis(
        slug=slug,
        label=str(about["label"]),
        question=str(about["question"] or ""),
        studies=_count(about["studies"]),
        reports=_count(about["reports"]),
        units=_count(about["units"]),
        source=source_of(ask, slug),
        arguments=tuple(
            Line(
                slug=slug_of(str(row["argument"])),
                label=str(row["argumentlabel"]),
                definition=str(row["definition"] or ""),
                steps=tuple(steps.get(str(row["argument"]), ())),
            )
            for row in rows
            if row["argument"]
        ),
    )


SYNTHESIS_VIEW = View(
    name="synthesis",
    form=Form(
        summary="A synthesis",
        question="What does this synthesis ask, and what does it argue?",
        parameters={"synthesis": SYNTHESIS},
    ),
    template="synthesis.html",
    model=Synthesis,
    read=_read,
    path="synthesis",
)
