"""Whether two syntheses read a shared study alike, as far as that can be shown.

Method: the reports that both syntheses include are found by DOI or PMID. For each, what either synthesis takes from it is laid
side by side: the study's constructs, where each is translated to, under which category, on what basis and how surely. That
two readers of one text may differ, and both be right, is a premise of interpretive synthesis (Noblit & Hare 1988).

Likeness of meaning is not computed. Whether two constructs say the same is a judgement for people who know both syntheses, and
neither the words of a name nor the place in a category settle it; the answer only says whether both, one or neither takes
constructs from a report.

Assumptions: a construct that is cited from no particular report is taken to come from every report of its study, and the
column `cited` then says so. A construct cited from another report of the study is not listed. Syntheses that name no DOI or
PMID for a report cannot be seen to share it.
"""

from __future__ import annotations

from ineq_kg.analysis.definition import SYNTHESIS, Analysis, Ask, Cell, Given, columns, table
from ineq_kg.errors import ParameterError
from ineq_kg.queries.definition import Header, Parameter
from ineq_kg.store.embedded import Rows
from ineq_kg.triples.terms import RdfTerm

# More are refused: each is asked for its constructs.
MOST_OTHERS = 50
_TAKEN = ("study", "construct", "label", "cited", "basis", "confidence", "translated", "translatedlabel", "category")
Row = dict[str, RdfTerm | None]

SHARED_READINGS = Header(
    summary="Lay side by side what two syntheses take from the reports that they share",
    question="Where two syntheses include the same report, what does each take from it, and where does it put that?",
    parameters={
        "synthesis": SYNTHESIS,
        "other": Parameter(
            type="iri",
            of_class="ikg:Synthesis",
            description="The synthesis that it is compared with; without it, all that share a report",
            example="another-2024",
        ),
    },
    columns=columns(
        report=("Report", "A publication that both include"),
        reportlabel=("Report's name", "Its name"),
        other=("Compared with", "The other synthesis"),
        otherlabel=("Its name", "The other synthesis's name"),
        taken=("Constructs taken", "Whether both take constructs from the report, only one does, or neither"),
        reader=("Read by", "The synthesis whose reading this row tells"),
        study=("Study", "The study that the report is of, there"),
        construct=("Construct", "A construct that it takes from the report; empty where it takes none"),
        label=("Construct's name", "Its name; likeness of meaning is not computed"),
        cited=("Cited from it", "Whether the construct is cited from this report; false where from the study only"),
        basis=("Basis", "Whether the construct is stated in the text or known from the table only"),
        confidence=("Confidence", "How sure the curators are of the construct"),
        translated=("Translated construct", "Where it is translated to; empty where it is not"),
        translatedlabel=("Translated construct's name", "Its name"),
        category=("Category", "The organising category that the translated construct is under"),
    ),
    tags=("analysis", "overlap"),
    budget=1_000,
)


def _shared_readings(ask: Ask, values: Given) -> Rows:
    synthesis = values["synthesis"][0]
    other = values.get("other", (None,))[0]
    if other == synthesis:
        message = "a synthesis is not compared with itself"
        raise ParameterError(message, parameter="other", value=other, mend="Name another synthesis.")
    shared = {
        (str(row["report"]), str(row["other"])): row
        for row in ask("shared-reports", {"synthesis": synthesis})
        if other is None or str(row["other"]) == other
    }
    readers = {synthesis, *(one for _, one in shared)}
    if len(readers) > MOST_OTHERS + 1:
        message = f"{len(readers) - 1} syntheses share reports with it, and {MOST_OTHERS} can be compared at once"
        raise ParameterError(message, parameter="other", mend="Name one with other.")
    taken = {reader: list(ask("report-constructs", {"synthesis": reader})) for reader in readers}
    rows: list[dict[str, Cell]] = []
    for (report, compared), row in shared.items():
        ours, theirs = (_from(taken[reader], report) for reader in (synthesis, compared))
        head: dict[str, Cell] = {
            "report": row["report"],
            "reportlabel": row["label"],
            "other": row["other"],
            "otherlabel": row["otherlabel"],
            "taken": _who(ours, theirs),
        }
        for reader, found in ((RdfTerm("iri", synthesis), ours), (row["other"], theirs)):
            rows += [{**head, "reader": reader, **{name: one[name] for name in _TAKEN}} for one in found]
    return table(SHARED_READINGS, rows)


def _from(rows: list[Row], report: str) -> list[Row]:
    return [row for row in rows if str(row["publication"]) == report]


def _who(ours: list[Row], theirs: list[Row]) -> str:
    first, second = (any(row["construct"] is not None for row in rows) for rows in (ours, theirs))
    if first and second:
        return "both take constructs from it"
    return "neither takes a construct from it" if not first and not second else "only one takes constructs from it"


ANALYSES = (Analysis("shared-readings", SHARED_READINGS, __doc__ or "", _shared_readings),)
