"""How far syntheses rest on the same reports.

Method: the corrected covered area of Pieper et al. (2014, J Clin Epidemiol 67:368-375). Of a table of r reports by c syntheses,
in which N places are ticked, it is the ticks after each report's first one over the places that they could take:
CCA = (N - r) / (rc - r). It is 0 where no report is in two syntheses, and 1 where every report is in all. For two syntheses it
is the reports that both have over the reports that either has. Bands are those of Pieper et al.: up to 5 % slight, up to 10 %
moderate, up to 15 % high, above that very high overlap; a value between two printed bounds goes to the higher band.

Assumptions: reports are counted, not studies, since only reports have identifiers that syntheses share: a DOI or a PMID. A
report that has neither cannot be matched, so that CCA is a lower bound where some are unmatched, and is not given where fewer
than two syntheses have any that could be matched. Syntheses that include no report, such as those of syntheses, are left out
unless they are named. Nothing is corrected for reports that are younger than a synthesis and could not have been in it. The
bands are a convention; between syntheses of very different size the pairwise value says little (Kirvalidze et al. 2023).
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from itertools import combinations

from ineq_kg.analysis.definition import Analysis, Ask, Cell, Given, columns, iri, table
from ineq_kg.analysis.support import texts
from ineq_kg.errors import NotFound, ParameterError
from ineq_kg.queries.definition import Header, Parameter
from ineq_kg.store.embedded import Rows
from ineq_kg.triples.naming import slug_of, synthesis_of

# More are refused: their pairs would fill thousands of rows.
MOST_SYNTHESES = 100
BANDS = (
    (Fraction(5, 100), "slight"),
    (Fraction(10, 100), "moderate"),
    (Fraction(15, 100), "high"),
    (Fraction(1), "very high"),
)
# The reports of a synthesis, and which of them other syntheses could have too.
Included = tuple[frozenset[str], frozenset[str]]

OVERLAP = Header(
    summary="Measure how far syntheses rest on the same reports",
    question="How far do syntheses overlap in the reports that they include, all together and two by two?",
    parameters={
        "synthesis": Parameter(
            type="iri",
            of_class="ikg:Synthesis",
            description="The syntheses compared; without any, all that are loaded",
            example="mcmahon-2022",
            many=True,
        )
    },
    columns=columns(
        among=("Among", "All of the syntheses, or two"),
        first=("First", "One of two"),
        firstlabel=("First's name", "Its name"),
        second=("Second", "The other of two"),
        secondlabel=("Second's name", "Its name"),
        syntheses=("Syntheses", "How many: c in the formula"),
        reports=("Reports", "How many different ones: r"),
        inclusions=("Inclusions", "How often a report is included: N"),
        shared=("Shared", "How many reports are in two syntheses or more"),
        unmatched=("Unmatched", "How many reports have neither DOI nor PMID, so that they cannot be matched"),
        cca=(
            "CCA",
            "Corrected covered area, from 0 to 1; at least, where reports are unmatched; empty where it is not known",
        ),
        band=(
            "Overlap",
            "Slight, moderate, high or very high; `or more` where reports are unmatched; or why it is not known",
        ),
    ),
    tags=("analysis", "overlap"),
    budget=2_000,
)


def corrected_covered_area(included: Sequence[Collection[str]]) -> Fraction | None:
    """Return CCA for the reports of each synthesis, or None where there is no report, or only one synthesis."""
    reports = len(set().union(*included))
    free = reports * len(included) - reports
    return Fraction(sum(len(set(one)) for one in included) - reports, free) if free > 0 else None


def band(area: Fraction, *, bounded: bool = False) -> str:
    """Return Pieper's word for a corrected covered area; `bounded` says that the area is only a lower bound."""
    word = next(word for most, word in BANDS if area <= most)
    return f"{word} or more" if bounded and word != BANDS[-1][1] else word


def _overlap(ask: Ask, values: Given) -> Rows:
    asked = values.get("synthesis", ())
    syntheses = asked or [row["synthesis"] for row in texts(ask("syntheses", {}))]
    if len(syntheses) > MOST_SYNTHESES:
        message = f"{len(syntheses):,} syntheses are too many to compare"
        raise ParameterError(message, parameter="synthesis", mend=f"Name up to {MOST_SYNTHESES}.")
    included, labels = _included(ask, syntheses)
    for synthesis in asked:
        if synthesis not in labels:
            raise _unknown(ask, synthesis)
    compared = [one for one in included if asked or included[one][0]]
    rows: list[dict[str, Cell]] = [{"among": "all", **_measured([included[one] for one in compared])}]
    pairs = sorted(combinations(compared, 2), key=lambda pair: -(_area([included[one] for one in pair])[0] or 0))
    return table(OVERLAP, [*rows, *(_pair(first, second, included, labels) for first, second in pairs)])


def _included(ask: Ask, syntheses: Sequence[str]) -> tuple[dict[str, Included], dict[str, str]]:
    """Return what every synthesis includes, and the names of those that there are."""
    included: dict[str, Included] = {}
    labels: dict[str, str] = {}
    for synthesis in syntheses:
        rows = list(texts(ask("inclusions", {"synthesis": synthesis})))
        labels |= {row["synthesis"]: row["synthesislabel"] for row in rows}
        reports = frozenset(row["report"] for row in rows if "report" in row)
        included[synthesis] = (reports, frozenset(one for one in reports if synthesis_of(one) is None))
    return included, labels


def _unknown(ask: Ask, synthesis: str) -> NotFound:
    slugs = [slug_of(row["synthesis"]) for row in texts(ask("syntheses", {}))]
    near = difflib.get_close_matches(slug_of(synthesis), slugs) or slugs[:10]
    message = f"no synthesis is named {slug_of(synthesis)!r}"
    return NotFound(message, name=synthesis, mend=f"Loaded: {', '.join(near)}.")


def _pair(first: str, second: str, included: Mapping[str, Included], labels: Mapping[str, str]) -> dict[str, Cell]:
    return {
        "among": "two",
        "first": iri(first),
        "firstlabel": labels[first],
        "second": iri(second),
        "secondlabel": labels[second],
        **_measured([included[first], included[second]]),
    }


def _measured(included: Sequence[Included]) -> dict[str, Cell]:
    ticks = Counter(report for reports, _ in included for report in reports)
    known = frozenset().union(*(shared for _, shared in included))
    unmatched = len(ticks.keys() - known)
    area, why_not = _area(included)
    return {
        "syntheses": len(included),
        "reports": len(ticks),
        "inclusions": ticks.total(),
        "shared": sum(count > 1 for count in ticks.values()),
        "unmatched": unmatched,
        "cca": area,
        "band": why_not if area is None else band(area, bounded=unmatched > 0),
    }


def _area(included: Sequence[Included]) -> tuple[Fraction | None, str]:
    if len(included) < 2:
        return None, "not known: there is nothing to compare with"
    if not all(reports for reports, _ in included):
        return None, "not known: a synthesis includes no report"
    if sum(bool(shared) for _, shared in included) < 2:
        return None, "not known: no report of one side has a DOI or PMID, so none could be matched"
    return corrected_covered_area([reports for reports, _ in included]), ""


ANALYSES = (Analysis("overlap", OVERLAP, __doc__ or "", _overlap),)
