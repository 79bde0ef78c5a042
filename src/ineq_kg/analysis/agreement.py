"""How far two readers of a table's cells agree.

Method: a unit is one cell and one included study, coded as read there or not (nominal, two categories). Over all units that
a pair of readers coded: percentage agreement; Cohen's kappa (Cohen 1960), which sets it against what each reader's own
frequency of reading would yield by chance; Krippendorff's alpha for nominal data (Krippendorff 2011), which takes chance from
both readers together and corrects for few units. Besides, the percentage of cells of which both read exactly the same studies.
Coefficients are computed by `nltk.metrics.agreement` (after Artstein & Poesio 2008).

Assumptions: the readings are independent. Where readers shared hints, figures flatter: in the founding synthesis the second
reader had hints on glyphs and on the place of the column (data/mcmahon-2022/table2-reading.md), so that its perfect figures
say little of how readable the table is. A cell in which neither reader could read a study is left out and counted as unread;
where only one could, the other counts as reading none. Most studies are absent from most cells, and both readers' agreement on
that is in the units: kappa and alpha discount it, the percentage does not. Alternatives that a reader allows are not coded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

from ineq_kg.analysis.definition import SYNTHESIS, Analysis, Ask, Cell, Given, columns, table
from ineq_kg.analysis.support import texts
from ineq_kg.errors import ExtraMissing
from ineq_kg.queries.definition import Header
from ineq_kg.store.embedded import Rows

AGREEMENT = Header(
    summary="Measure how far two readers of the table agree",
    question="How far do two readers agree on which studies stand in which cell, beyond what chance would yield?",
    parameters={"synthesis": SYNTHESIS},
    columns=columns(
        first=("First reader", "One of the two"),
        second=("Second reader", "The other; the same name where one reader read twice"),
        measure=("Measure", "Percentage by unit, percentage by whole cell, Cohen's kappa, Krippendorff's alpha"),
        value=(
            "Value",
            "1 where they agree throughout; a percentage is given as a share; empty where it is not defined",
        ),
        units=("Units", "How many pairs of a cell and an included study both coded"),
        cells=("Cells", "How many cells both read"),
        differing=("Cells that differ", "Of how many of them they read other studies"),
        unread=("Unread", "How many cells neither could read; these are left out"),
        note=("Note", "Why a value is not defined"),
    ),
    tags=("analysis", "doubt"),
    budget=1_500,
)


@dataclass
class Compared:
    """Two readers' codings: for every cell that both read, the studies each reads there. `unread` counts cells left out."""

    cells: list[tuple[frozenset[str], frozenset[str]]] = field(default_factory=list)
    unread: int = 0

    def units(self, studies: Collection[str]) -> list[tuple[bool, bool]]:
        """Return both codings of every unit: of each cell with each of `studies`, and with any other that was read."""
        every = sorted(frozenset(studies).union(*(one | two for one, two in self.cells)))
        return [(study in one, study in two) for one, two in self.cells for study in every]


def coefficients(units: Sequence[tuple[bool, bool]]) -> tuple[Fraction, Fraction | None, Fraction | None]:
    """Return the share of units that agree, Cohen's kappa and Krippendorff's alpha of two codings.

    The latter two are None where both readers put every unit in one category: there is then nothing to agree on. Raises
    ExtraMissing where nltk is not installed.
    """
    try:
        # It takes half a second to import, and is an optional extra: only who asks for agreement needs it.
        from nltk.metrics.agreement import AnnotationTask
    except ImportError as error:
        raise ExtraMissing(
            "nltk, which computes agreement, is not installed", mend="pip install 'ineq-kg[agreement]'"
        ) from error
    task = AnnotationTask(
        [(coder, unit, coded) for unit, codes in enumerate(units) for coder, coded in zip("ab", codes, strict=True)]
    )
    agreed = Fraction(task.avg_Ao()).limit_denominator(10**9)
    if len({code for codes in units for code in codes}) < 2:
        return agreed, None, None
    kappa, alpha = (Fraction(float(value)).limit_denominator(10**9) for value in (task.kappa(), task.alpha()))
    return agreed, kappa, alpha


def _compared(ask: Ask, synthesis: str) -> dict[tuple[str, str], Compared]:
    readings: dict[str, dict[tuple[str, str], set[str]]] = defaultdict(dict)
    for row in texts(ask("cell-readings", {"synthesis": synthesis})):
        read = readings[row["translation"]].setdefault((row["reader"], row["reading"]), set())
        if "study" in row:
            read.add(row["study"])
    found: dict[tuple[str, str], Compared] = defaultdict(Compared)
    for cell in readings.values():
        for ((first, _), one), ((second, _), two) in combinations(sorted(cell.items()), 2):
            pair = found[first, second]
            if one or two:
                pair.cells.append((frozenset(one), frozenset(two)))
            else:
                pair.unread += 1
    return found


def _agreement(ask: Ask, values: Given) -> Rows:
    synthesis = values["synthesis"][0]
    studies = {row["study"] for row in texts(ask("studies", {"synthesis": synthesis}))}
    rows: list[dict[str, Cell]] = []
    for (first, second), compared in sorted(_compared(ask, synthesis).items()):
        rows += [{"first": first, "second": second, **row} for row in _measures(compared, studies)]
    return table(AGREEMENT, rows or [{"measure": "none", "note": "not computed: no cell was read twice"}])


def _measures(compared: Compared, studies: Collection[str]) -> list[dict[str, Cell]]:
    units = compared.units(studies)
    differing = sum(one != two for one, two in compared.cells)
    counts: dict[str, Cell] = {
        "units": len(units),
        "cells": len(compared.cells),
        "differing": differing,
        "unread": compared.unread,
    }
    if not units:
        return [{"measure": "none", "note": "not computed: neither reader could read a cell that both had", **counts}]
    agreed, kappa, alpha = coefficients(units)
    measured: tuple[tuple[str, Fraction | None], ...] = (
        ("percentage agreement by cell and study", agreed),
        ("percentage agreement by whole cell", Fraction(len(compared.cells) - differing, len(compared.cells))),
        ("Cohen's kappa", kappa),
        ("Krippendorff's alpha, nominal", alpha),
    )
    undefined = "not defined: both readers put every unit in one category"
    return [
        {"measure": measure, "value": value, "note": undefined if value is None else None, **counts}
        for measure, value in measured
    ]


ANALYSES = (Analysis("agreement", AGREEMENT, __doc__ or "", _agreement),)
