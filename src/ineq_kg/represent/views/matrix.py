"""The translation matrix: which study stands behind which translated construct, how surely, and on which words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from math import ceil

from ineq_kg.analysis.definition import SYNTHESIS, Ask, Given
from ineq_kg.analysis.support import studies_of, texts
from ineq_kg.errors import ParameterError
from ineq_kg.queries.definition import Form, Parameter
from ineq_kg.represent.parts import PART, part_of
from ineq_kg.represent.views.cell import Cell, read_cell, translation_of
from ineq_kg.represent.views.definition import Model, View
from ineq_kg.represent.views.particulars import Named, Particulars, named, particulars, rank, synthesis_named
from ineq_kg.triples.naming import slug_of

# About how many characters a page may have: rows beyond it are shown in parts. What a mark, a note, a row, a study and an
# empty cell take of them was measured on the founding synthesis.
MOST_CHARACTERS = 74_000
_MARK, _NOTE, _ROW, _STUDY, _EMPTY = 210, 150, 520, 490, 8
# More columns than this come in parts of their own.
MOST_STUDIES = 90


class Study(Named):
    """A column. `cells` counts the constructs it stands behind, `low` those of low confidence, `possible` what may be more.

    `constructs` is how many second-order constructs it brings to the synthesis: its weight. `numbering` is how sure its number
    is.
    """

    number: int | None = None
    numbering: Particulars = Particulars()
    year: int | None = None
    cells: int = 0
    low: int = 0
    possible: int = 0
    constructs: int = 0


class Mark(Particulars):
    """A cell that is not empty: the surest basis on which the study stands behind the construct, and on how many constructs.

    A `possible` one was not taken: a reader of the table allows for it. `notes` say why constructs in it are doubtful.
    """

    study: str
    constructs: int = 0
    stated: bool = False
    possible: bool = False
    notes: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """How the cell is drawn: high, medium, low or possible."""
        return "possible" if self.possible else self.confidence.lower()


class Construct(Named):
    """A row: a translated construct, its place in the table, and its cells by study."""

    row: int | None = None
    placing: Particulars = Particulars()
    category: Named | None = None
    translation: Particulars = Particulars()
    studies: int = 0
    low: int = 0
    possible: int = 0
    marks: tuple[Mark, ...] = ()

    @cached_property
    def by_study(self) -> dict[str, Mark]:
        """The marks by the slug of their study."""
        return {mark.study: mark for mark in self.marks}

    @property
    def length(self) -> int:
        """About how many characters its marks and notes take on a page."""
        notes = [note for mark in self.marks for note in mark.notes] + [self.placing.note, self.translation.note]
        return _MARK * len(self.marks) + sum(_NOTE + len(note) for note in notes if note) + 3 * len(self.label)

    @property
    def weakest(self) -> int:
        """Where the weakest of what was taken stands; what nothing was taken for comes last."""
        return max((rank(mark.confidence) for mark in self.marks if not mark.possible), default=len(self.marks) + 9)

    @property
    def doubts(self) -> tuple[Mark, ...]:
        """The marks that are not sure."""
        return tuple(mark for mark in self.marks if mark.possible or mark.notes)


class Group(Model):
    """Rows under one heading: an organising category, or those that the running text alone states."""

    heading: str
    category: str = ""
    constructs: tuple[Construct, ...] = ()


class Matrix(Model):
    """The matrix, or with `cell` one cell of it and no rows.

    A page shows `part` of `parts` of the rows, and `across` of as many parts of the columns; the data are always whole.
    """

    synthesis: Named
    rows: str
    columns: str
    part: int = 1
    across: int = 1
    studies: tuple[Study, ...] = ()
    groups: tuple[Group, ...] = ()
    cell: Cell | None = None

    @cached_property
    def _cut(self) -> list[list[Group]]:
        """The groups in parts: as many rows in each as a page may hold."""
        parts: list[list[Group]] = [[]]
        free = max(MOST_CHARACTERS - _STUDY * len(self.columns_shown), MOST_CHARACTERS // 4)
        filled = 0
        for group in self.groups:
            taken: list[Construct] = []
            for construct in group.constructs:
                cost = _ROW + construct.length + _EMPTY * len(self.columns_shown)
                if filled and filled + cost > free:
                    parts[-1] += [group.model_copy(update={"constructs": tuple(taken)})] if taken else []
                    parts.append([])
                    taken, filled = [], 0
                taken.append(construct)
                filled += cost
            if taken:
                parts[-1].append(group.model_copy(update={"constructs": tuple(taken)}))
        return parts

    @property
    def columns_in_parts(self) -> int:
        """How many pages the columns take, each with about as many of them."""
        return max(1, ceil(len(self.studies) / MOST_STUDIES))

    @cached_property
    def columns_shown(self) -> tuple[Study, ...]:
        """The columns of this page."""
        several = ceil(len(self.studies) / self.columns_in_parts)
        first = (min(self.across, self.columns_in_parts) - 1) * several
        return self.studies[first : first + several]

    @property
    def parts(self) -> int:
        """How many pages the rows take."""
        return len(self._cut)

    @property
    def shown(self) -> list[Group]:
        """The groups of this part."""
        return self._cut[min(self.part, self.parts) - 1]

    @property
    def constructs(self) -> list[Construct]:
        """All rows."""
        return [construct for group in self.groups for construct in group.constructs]

    def total(self, what: str) -> int:
        """Return the sum of `studies`, `low` or `possible` over all rows."""
        return sum(getattr(construct, what) for construct in self.constructs)


def _marks(ask: Ask, synthesis: str) -> tuple[dict[str, tuple[Mark, ...]], dict[str, Particulars]]:
    """Return the marks, and what is said of the translation, by translated construct."""
    cells: dict[tuple[str, str], dict[str, Particulars]] = defaultdict(dict)
    translations: dict[str, Particulars] = {}
    for row in texts(ask("cell-constructs", {"synthesis": synthesis})):
        translations.setdefault(row["translated"], translation_of(row))
        if "construct" in row:
            cells[row["translated"], row["study"]][row["construct"]] = particulars(row)
    marks: dict[str, list[Mark]] = defaultdict(list)
    for (translated, study), several in cells.items():
        marks[translated].append(_mark(study, list(several.values())))
    for row in texts(ask("possible-studies", {"synthesis": synthesis})):
        marks[row["translated"]].append(Mark(study=slug_of(row["study"]), possible=True))
    return {translated: tuple(several) for translated, several in marks.items()}, translations


def _mark(study: str, told: Sequence[Particulars]) -> Mark:
    """Return the mark of a cell: as sure as the surest construct in it."""
    surest = min(told, key=lambda one: (rank(one.confidence), one.basis != "StatedInText"))
    return Mark(
        study=slug_of(study),
        basis=surest.basis,
        confidence=surest.confidence,
        constructs=len(told),
        stated=any(one.basis == "StatedInText" for one in told),
        notes=tuple(one.note for one in told if one.note and one.confidence != "High"),
    )


def _constructs(
    ask: Ask, synthesis: str, marks: dict[str, tuple[Mark, ...]], said: dict[str, Particulars]
) -> list[Construct]:
    placed = {
        row["translated"]: row for row in texts(ask("categories", {"synthesis": synthesis})) if "translated" in row
    }
    found = []
    for row in texts(ask("constructs", {"synthesis": synthesis, "order": "translated"})):
        own = marks.get(row["construct"], ())
        place = placed.get(row["construct"])
        found.append(
            Construct(
                slug=slug_of(row["construct"]),
                label=row["label"],
                row=int(row["place"]) if "place" in row else None,
                category=named(place, "category", "label") if place else None,
                placing=particulars(place, "link") if place else Particulars(),
                translation=said.get(row["construct"], Particulars()),
                studies=sum(not mark.possible for mark in own),
                low=sum(mark.doubtful for mark in own),
                possible=sum(mark.possible for mark in own),
                marks=own,
            )
        )
    return found


def _studies(ask: Ask, synthesis: str, constructs: Sequence[Construct], by: str) -> list[Study]:
    weights = {row["study"]: int(row["constructs"]) for row in texts(ask("study-weight", {"synthesis": synthesis}))}
    numbers = {row["study"]: row for row in texts(ask("study-numbers", {"synthesis": synthesis}))}
    marks = [mark for construct in constructs for mark in construct.marks]
    found = []
    for iri, study in studies_of(ask, synthesis).items():
        own = [mark for mark in marks if mark.study == slug_of(iri)]
        numbering = numbers.get(iri)
        found.append(
            Study(
                slug=slug_of(iri),
                label=study.label,
                number=int(numbering["number"]) if numbering else None,
                numbering=particulars(numbering) if numbering else Particulars(),
                year=min((report.year for report in study.reports if report.year), default=None),
                cells=sum(not mark.possible for mark in own),
                low=sum(mark.doubtful for mark in own),
                possible=sum(mark.possible for mark in own),
                constructs=weights.get(iri, 0),
            )
        )
    last = 1_000_000
    orders = {
        "number": lambda study: (study.number or last, study.label),
        "name": lambda study: (study.label, study.slug),
        "year": lambda study: (study.year or last, study.label),
        "weight": lambda study: (-study.cells, -study.constructs, study.label),
    }
    return sorted(found, key=orders[by])


def _groups(constructs: Sequence[Construct], by: str) -> Iterator[Group]:
    """Yield the rows under their categories as printed, or sorted by another order in one group."""
    if by == "studies":
        yield Group(heading="", constructs=tuple(sorted(constructs, key=lambda one: (-one.studies, one.row or 10_000))))
    elif by == "confidence":
        yield Group(heading="", constructs=tuple(sorted(constructs, key=lambda one: (one.weakest, one.row or 10_000))))
    else:
        groups: dict[tuple[str, str], list[Construct]] = defaultdict(list)
        for construct in constructs:
            category = construct.category
            heading = category.label if category else "No category" if construct.row else "In the running text only"
            groups[heading, category.slug if category else ""].append(construct)
        for (heading, slug), several in groups.items():
            yield Group(heading=heading, category=slug, constructs=tuple(several))


def _read(ask: Ask, given: Given) -> Matrix:
    synthesis = synthesis_named(ask, given["synthesis"][0])
    asked = Matrix(
        synthesis=synthesis,
        rows=given["rows"][0],
        columns=given["columns"][0],
        part=part_of(given),
        across=part_of(given, "across"),
    )
    wanted = {name: given[name][0] for name in ("study", "construct") if name in given}
    if len(wanted) == 1:
        (name,) = wanted
        other = "construct" if name == "study" else "study"
        raise ParameterError(f"a cell needs a {other} as well", parameter=other, mend="Give both, or neither.")
    if wanted:
        return asked.model_copy(update={"cell": read_cell(ask, synthesis.slug, wanted["study"], wanted["construct"])})
    marks, said = _marks(ask, synthesis.slug)
    constructs = _constructs(ask, synthesis.slug, marks, said)
    return asked.model_copy(
        update={
            "studies": tuple(_studies(ask, synthesis.slug, constructs, asked.columns)),
            "groups": tuple(_groups(constructs, asked.rows)),
        }
    )


MATRIX = View(
    name="matrix",
    form=Form(
        summary="The translation matrix",
        question="Which studies stand behind which translated construct, how surely, and on which words?",
        parameters={
            "synthesis": SYNTHESIS,
            "rows": Parameter(
                type="enum",
                description="The order of the constructs: as printed, the most studies first, or the surest first",
                values=("row", "studies", "confidence"),
                default="row",
            ),
            "columns": Parameter(
                type="enum",
                description="The order of the studies: by number, name or year, or the one with most cells first",
                values=("number", "name", "year", "weight"),
                default="number",
            ),
            "part": PART.model_copy(update={"description": "Which part of the rows a page shows, from 1"}),
            "across": PART.model_copy(update={"description": "Which part of the studies a page shows, from 1"}),
            "study": Parameter(
                type="iri",
                of_class="ikg:Study",
                description="With a construct: show this one cell, and what it rests on",
                example="mcmahon-2022/study/mead",
            ),
            "construct": Parameter(
                type="iri",
                of_class="ikg:TranslatedConstruct",
                description="With a study: show this one cell, and what it rests on",
                example="mcmahon-2022/translated/epistemological-barriers",
            ),
        },
    ),
    template="matrix.html",
    model=Matrix,
    read=_read,
    path="synthesis",
)
