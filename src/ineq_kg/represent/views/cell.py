"""One cell of the matrix: what stands in it, on which words, and what each reader of the table saw there."""

from __future__ import annotations

from ineq_kg.analysis.definition import Ask
from ineq_kg.analysis.support import texts
from ineq_kg.errors import NotFound
from ineq_kg.represent.views.definition import Model
from ineq_kg.represent.views.particulars import Named, Particulars, Passage, Row, named, particulars, passages_of, term
from ineq_kg.triples.naming import slug_of


class SecondOrder(Named):
    """A construct of the study that was translated here, its particulars and its exact words."""

    particulars: Particulars
    passages: tuple[Passage, ...] = ()


class Reading(Named):
    """How one reader read the row's cell in the table. `here` says whether the reader reads this study in it."""

    reader: str
    confidence: str
    token: str = ""
    reads: tuple[Named, ...] = ()
    alternatives: tuple[str, ...] = ()
    note: str = ""
    here: bool
    passages: tuple[Passage, ...] = ()


class Agreement(Model):
    """Two readings held against each other: whether they name the same studies, and in what they differ."""

    same: bool
    difference: str = ""


class Cell(Model):
    """A study and a translated construct: what of the one was translated into the other, and how the table was read.

    `readings` are of the row's whole cell in the printed table; there are none where the table has no such row. `state` says
    what the cell shows: `taken`, `possible` (a reader allows for it) or `empty`.
    """

    study: Named
    translated: Named
    row: int | None = None
    state: str
    translation: str = ""
    certainty: Particulars = Particulars()
    constructs: tuple[SecondOrder, ...] = ()
    readings: tuple[Reading, ...] = ()
    agreement: Agreement | None = None
    words: tuple[Passage, ...] = ()


def read_cell(ask: Ask, synthesis: str, study: str, construct: str) -> Cell:
    """Return a cell of a synthesis's matrix. Raises NotFound where it has no such study or construct."""
    row = _one(ask, "constructs", {"synthesis": synthesis, "order": "translated"}, "construct", construct)
    column = _one(ask, "studies", {"synthesis": synthesis}, "study", study)
    of_row = [one for one in texts(ask("cell-constructs", {"synthesis": synthesis})) if one["translated"] == construct]
    here = {one["construct"]: one for one in of_row if one.get("study") == study}
    readings = _readings(ask, synthesis, study, construct)
    words = passages_of(ask, [construct, *here])
    possible = any(
        one["study"] == study and one["translated"] == construct
        for one in texts(ask("possible-studies", {"synthesis": synthesis}))
    )
    return Cell(
        study=named(column, "study", "label"),
        translated=named(row, "construct", "label"),
        row=int(row["place"]) if "place" in row else None,
        state="taken" if here else "possible" if possible else "empty",
        translation=next((slug_of(one["translation"]) for one in of_row), ""),
        certainty=next((translation_of(one) for one in of_row), Particulars()),
        constructs=tuple(
            SecondOrder(
                slug=slug_of(iri),
                label=one["label"],
                particulars=particulars(one),
                passages=words.get(iri, ()),
            )
            for iri, one in here.items()
        ),
        readings=readings,
        agreement=_agreement(ask, synthesis, construct),
        words=words.get(construct, ()),
    )


def translation_of(row: Row) -> Particulars:
    """Return what a row of `cell-constructs` says of the translation."""
    return Particulars(
        basis=term(row["translationbasis"]),
        confidence=term(row["translationconfidence"]),
        note=row.get("translationnote", ""),
    )


def _one(ask: Ask, query: str, values: dict[str, str], column: str, iri: str) -> dict[str, str]:
    """Return the row of what was asked for. Raises NotFound."""
    for row in texts(ask(query, values)):
        if row[column] == iri:
            return row
    slug = slug_of(iri)
    mend = f"See /matrix/{values['synthesis']} for those there are."
    raise NotFound(f"{values['synthesis']} has no {column} {slug!r}", name=slug, mend=mend)


def _readings(ask: Ask, synthesis: str, study: str, construct: str) -> tuple[Reading, ...]:
    doubts = {
        row["reader"]: row
        for row in texts(ask("doubtful-readings", {"synthesis": synthesis}))
        if row["translated"] == construct
    }
    tokens = {
        row[reading]: row["token"]
        for row in texts(ask("reading-agreement", {"synthesis": synthesis}))
        for reading in ("first", "second")
        if row["translated"] == construct
    }
    several: dict[str, list[dict[str, str]]] = {}
    for row in texts(ask("cell-readings", {"synthesis": synthesis})):
        if row["translated"] == construct:
            several.setdefault(row["reading"], []).append(row)
    words = passages_of(ask, several) if several else {}
    found = []
    for reading, rows in several.items():
        doubt = doubts.get(rows[0]["reader"], {})
        found.append(
            Reading(
                slug=slug_of(reading),
                label=rows[0]["reader"],
                reader=rows[0]["reader"],
                confidence=particulars(rows[0]).confidence,
                token=tokens.get(reading, doubt.get("token", "")),
                reads=tuple(named(row, "study", "studylabel") for row in rows if "study" in row),
                alternatives=tuple(doubt["others"].split(" | ")) if "others" in doubt else (),
                note=doubt.get("note", ""),
                here=any(row.get("study") == study for row in rows),
                passages=words.get(reading, ()),
            )
        )
    return tuple(found)


def _agreement(ask: Ask, synthesis: str, construct: str) -> Agreement | None:
    for row in texts(ask("reading-agreement", {"synthesis": synthesis})):
        if row["translated"] == construct:
            return Agreement(same=row["same"] == "true", difference=row.get("difference", ""))
    return None
