"""Two syntheses side by side: the reports that both rest on, how each reads them, and what each argues."""

from __future__ import annotations

from collections.abc import Iterator

from ineq_kg.analysis.definition import SYNTHESIS, Ask, Given
from ineq_kg.analysis.support import texts
from ineq_kg.errors import ParameterError
from ineq_kg.queries.definition import Form
from ineq_kg.represent.views.definition import Model, View
from ineq_kg.represent.views.particulars import Named, Row, named, synthesis_named, term
from ineq_kg.triples.naming import slug_of

_TWO = 2
# More than a person chooses from; the rest is named in the address.
MOST = 50


class Step(Named):
    """A step of an argument."""

    position: int


class Argument(Named):
    """A line of argument with its steps in order."""

    steps: tuple[Step, ...] = ()


class Category(Named):
    """An organising category with the translated constructs under it."""

    constructs: tuple[Named, ...] = ()


class Discourse(Named):
    """A discourse and its kind: dominant, organisational, counter or other."""

    kind: str


class Side(Named):
    """One of the two syntheses; figures are absent where it has no studies of its own."""

    question: str = ""
    studies: int | None = None
    reports: int | None = None
    arguments: tuple[Argument, ...] = ()
    categories: tuple[Category, ...] = ()
    discourses: tuple[Discourse, ...] = ()


class Overlap(Model):
    """How far the two rest on the same reports. `cca` is the corrected covered area, absent where it is not known.

    `unmatched` reports have no identifier, so that nobody can tell whether the other synthesis has them.
    """

    reports: int
    shared: int
    unmatched: int
    cca: float | None = None
    band: str


class Reading(Model):
    """A construct that a synthesis takes from a report (or from its study), and where it puts it."""

    reader: str
    taken: Named
    cited: bool
    confidence: str
    translated: Named | None = None
    category: str = ""


class Shared(Named):
    """A report that both include: who takes constructs from it, and which."""

    taken: str
    readings: tuple[Reading, ...] = ()

    def by(self, synthesis: str) -> list[Reading]:
        """Return what a synthesis takes from it."""
        return [reading for reading in self.readings if reading.reader == synthesis]


class Comparison(Model):
    """The comparison of two syntheses; fewer were asked for where `sides` are fewer, and `loaded` are those to choose from."""

    sides: tuple[Side, ...] = ()
    loaded: tuple[Named, ...] = ()
    overlap: Overlap | None = None
    shared: tuple[Shared, ...] = ()


def _side(ask: Ask, iri: str) -> Side:
    synthesis = synthesis_named(ask, iri)
    about = list(texts(ask("about-synthesis", {"synthesis": synthesis.slug})))
    first = about[0]
    return Side(
        **synthesis.model_dump(),
        question=first.get("question", ""),
        studies=int(first["studies"]) if "studies" in first else None,
        reports=int(first["reports"]) if "reports" in first else None,
        arguments=tuple(_arguments(ask, synthesis.slug, about)),
        categories=tuple(_categories(ask, synthesis.slug)),
        discourses=tuple(
            {
                row["discourse"]: Discourse(slug=slug_of(row["discourse"]), label=row["label"], kind=row["type"])
                for row in texts(ask("discourses", {"synthesis": synthesis.slug}))
            }.values()
        ),
    )


def _arguments(ask: Ask, slug: str, about: list[dict[str, str]]) -> Iterator[Argument]:
    steps: dict[str, list[Step]] = {}
    for row in texts(ask("line-of-argument", {"synthesis": slug})):
        step = Step(slug=slug_of(row["claim"]), label=row["label"], position=int(row["step"]))
        steps.setdefault(row["argument"], []).append(step)
    for row in about:
        if "argument" in row:
            yield Argument(
                **named(row, "argument", "argumentlabel").model_dump(), steps=tuple(steps.get(row["argument"], ()))
            )


def _categories(ask: Ask, slug: str) -> Iterator[Category]:
    found: dict[str, list[Row]] = {}
    for row in texts(ask("categories", {"synthesis": slug})):
        found.setdefault(row["category"], []).append(row)
    for rows in found.values():
        constructs = tuple(named(row, "translated", "translatedlabel") for row in rows if "translated" in row)
        yield Category(**named(rows[0], "category", "label").model_dump(), constructs=constructs)


def _overlap(ask: Ask, sides: tuple[Side, ...]) -> Overlap | None:
    for row in texts(ask("overlap", {"synthesis": [side.slug for side in sides]})):
        if row["among"] == "two":
            return Overlap(
                reports=int(row["reports"]),
                shared=int(row["shared"]),
                unmatched=int(row["unmatched"]),
                cca=float(row["cca"]) if "cca" in row else None,
                band=row["band"],
            )
    return None


def _shared(ask: Ask, sides: tuple[Side, ...]) -> tuple[Shared, ...]:
    ours, theirs = sides
    found: dict[str, list[Row]] = {}
    for row in texts(ask("shared-readings", {"synthesis": ours.slug, "other": theirs.slug})):
        found.setdefault(row["report"], []).append(row)
    return tuple(
        Shared(
            **named(rows[0], "report", "reportlabel").model_dump(),
            taken=rows[0]["taken"],
            readings=tuple(_reading(row) for row in rows if "construct" in row),
        )
        for rows in found.values()
    )


def _reading(row: Row) -> Reading:
    return Reading(
        reader=slug_of(row["reader"]),
        taken=named(row, "construct", "label"),
        cited=row.get("cited") == "true",
        confidence=term(row.get("confidence", "")),
        translated=named(row, "translated", "translatedlabel") if "translated" in row else None,
        category=row.get("category", ""),
    )


def _read(ask: Ask, given: Given) -> Comparison:
    asked = list(dict.fromkeys(given.get("synthesis", ())))
    if len(asked) > _TWO:
        message = f"{len(asked)} syntheses are named, and two are compared"
        mend = "Name two. The analysis `overlap` takes more: /queries/overlap"
        raise ParameterError(message, parameter="synthesis", mend=mend)
    sides = tuple(_side(ask, iri) for iri in asked)
    loaded = [named(row, "synthesis", "label") for row in texts(ask("syntheses", {}))][:MOST]
    if len(sides) < _TWO:
        return Comparison(sides=sides, loaded=tuple(loaded))
    return Comparison(sides=sides, loaded=tuple(loaded), overlap=_overlap(ask, sides), shared=_shared(ask, sides))


COMPARE = View(
    name="compare",
    form=Form(
        summary="Compare two syntheses",
        question="Which reports do two syntheses share, how does each read them, and what does each argue?",
        parameters={
            "synthesis": SYNTHESIS.model_copy(
                update={"many": True, "required": False, "description": "The two syntheses compared"}
            )
        },
    ),
    template="compare.html",
    model=Comparison,
    read=_read,
)
