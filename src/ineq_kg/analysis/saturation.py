"""Whether later studies still bring new concepts.

Method: the studies are put in the order of their years, and each step counts the translated constructs that no earlier study
supports. The figure is that of conceptual saturation as reviewers of qualitative studies use it: whether further studies add
concepts (Thomas & Harden 2008 on conceptual saturation in searching; Saunders et al. 2018 on its meanings). A study's year is
the last one named where the source says when its data were collected; where the source does not, it is the earliest year by
which one of its reports is cited. Each step says which. Studies of one year make one step, since nobody knows which was
first. Studies without either year come last, in a step of their own.

Assumptions: a construct counts as brought by a study whatever the study said of it. Years of collection and of citation are
two clocks, and a study dated by collection stands earlier than it would by citation; `by: publication` uses one clock.
Reviewers chose the studies and made the constructs with all of them at hand, so that a curve that flattens shows that later
studies were translated into what was there, not that nothing new was to be found. Doubtful cells are never counted as fact:
each count is given on certain readings alone, and as the least and the most that it can be.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from ineq_kg.analysis.definition import SYNTHESIS, Analysis, Ask, Cell, Given, columns, names, table
from ineq_kg.analysis.robustness import Supported
from ineq_kg.analysis.support import Study, studies_of, support_of
from ineq_kg.queries.definition import Header, Parameter
from ineq_kg.store.embedded import Rows

_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
COLLECTION, PUBLICATION, NEITHER = "data collection", "publication", "not dated"

SATURATION = Header(
    summary="Say whether later studies still bring new concepts",
    question="How many new translated constructs does each study bring, in the order in which the studies were done?",
    parameters={
        "synthesis": SYNTHESIS,
        "by": Parameter(
            type="enum",
            description="The clock: data collection, or publication where that is absent; or publication throughout",
            values=("collection", "publication"),
            default="collection",
            example="publication",
        ),
    },
    columns=columns(
        step=("Step", "Its place, from 1; studies of one year are one step"),
        year=("Year", "Of data collection or of publication; empty for studies that have neither"),
        by=("Dated by", "Data collection, publication, or both where the studies of one year differ"),
        said=("As the source says", "The source's words on when data were collected; empty for publication"),
        studies=("Studies", "Names of the studies"),
        new=("New", "How many constructs no earlier study supports, on certain readings alone"),
        newleast=("New at least", "How many are new whichever doubtful readings are real"),
        newmost=("New at most", "How many can be new, depending on which doubtful readings are real"),
        total=("So far", "How many constructs are supported so far, on certain readings alone"),
        totalmost=("So far at most", "How many are if all doubtful readings are real"),
        share=("Share", "So far, of all that certain readings support in the end"),
        constructs=("New constructs", "Names of those that are new on certain readings alone"),
    ),
    tags=("analysis", "currency"),
    budget=150,
)


@dataclass(frozen=True)
class Step:
    """Studies that come at one time. `year` is None for those that no year is known of."""

    year: int | None
    by: frozenset[str]
    studies: frozenset[str]


@dataclass(frozen=True)
class Growth:
    """What a step brings and what there is after it; counts of constructs, but for `new`, which holds those new for sure."""

    step: Step
    new: tuple[Supported, ...]
    least: int
    most: int
    total: int
    total_most: int


def year_of(study: Study, clock: str) -> tuple[int | None, str]:
    """Return a study's year and what it is the year of."""
    if clock == "collection":
        named = [int(year) for text in study.collected for year in _YEAR.findall(text)]
        if named:
            return max(named), COLLECTION
    cited = [report.year for report in study.reports if report.year is not None]
    return (min(cited), PUBLICATION) if cited else (None, NEITHER)


def steps(studies: Iterable[Study], clock: str) -> list[Step]:
    """Return the studies in the order of their years, those of one year together, those without one last."""
    by_year: dict[int | None, list[tuple[str, str]]] = defaultdict(list)
    for study in studies:
        year, by = year_of(study, clock)
        by_year[year].append((study.iri, by))
    order = sorted(by_year, key=lambda year: (year is None, year or 0))
    return [
        Step(year, frozenset(by for _, by in by_year[year]), frozenset(study for study, _ in by_year[year]))
        for year in order
    ]


def growth(ordered: Iterable[Step], constructs: Iterable[Supported]) -> list[Growth]:
    """Return what every step brings. A construct is there as soon as one of its studies is."""
    listed = list(constructs)
    seen: frozenset[str] = frozenset()
    found = []
    for step in ordered:
        now = seen | step.studies
        new, least, most = [], 0, 0
        for one in listed:
            surely_here, maybe_here = one.certain & step.studies, (one.certain | one.doubtful) & step.studies
            surely_before, maybe_before = one.certain & seen, (one.certain | one.doubtful) & seen
            if surely_here and not surely_before:
                new.append(one)
            least += bool(surely_here and not maybe_before)
            most += bool(maybe_here and not surely_before)
        total = sum(bool(one.certain & now) for one in listed)
        total_most = sum(bool((one.certain | one.doubtful) & now) for one in listed)
        found.append(Growth(step, tuple(new), least, most, total, total_most))
        seen = now
    return found


def _saturation(ask: Ask, values: Given) -> Rows:
    synthesis = values["synthesis"][0]
    studies = studies_of(ask, synthesis)
    constructs = [one for one in support_of(ask, synthesis) if one.kind == "translated construct"]
    clock = values["by"][0]
    grown = growth(steps(studies.values(), clock), constructs)
    return table(
        SATURATION, (_row(number, one, studies, clock, grown[-1].total) for number, one in enumerate(grown, 1))
    )


def _row(number: int, one: Growth, studies: dict[str, Study], clock: str, end: int) -> dict[str, Cell]:
    here = [studies[study] for study in one.step.studies]
    return {
        "step": number,
        "year": one.step.year,
        "by": " and ".join(sorted(one.step.by)),
        "said": names({text for study in here if year_of(study, clock)[1] == COLLECTION for text in study.collected}),
        "studies": names(study.label for study in here),
        "new": len(one.new),
        "newleast": one.least,
        "newmost": one.most,
        "total": one.total,
        "totalmost": one.total_most,
        "share": Fraction(one.total, end) if end else None,
        "constructs": names(construct.label for construct in one.new),
    }


ANALYSES = (Analysis("saturation", SATURATION, __doc__ or "", _saturation),)
