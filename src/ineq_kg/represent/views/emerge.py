"""Where a synthesis meets each item of the eMERGe reporting guidance (France et al. 2019), and by which words."""

from __future__ import annotations

from collections import Counter

from ineq_kg.analysis.definition import SYNTHESIS, Ask, Given
from ineq_kg.analysis.support import texts
from ineq_kg.queries.definition import Form
from ineq_kg.represent.views.definition import Model, View
from ineq_kg.represent.views.particulars import Named, Passage, passages_of, synthesis_named, term
from ineq_kg.triples.naming import slug_of

NOT_STATED = "not stated"
STATUSES = ("met", "partly met", "not met", "not assessable", NOT_STATED)


class Statement(Model):
    """What is recorded of one item; `status` is one of STATUSES. Where nothing is recorded it is `not stated`, no judgement."""

    number: int
    phase: str
    item: str
    label: str
    status: str
    slug: str = ""
    definition: str = ""
    confidence: str = ""
    note: str = ""
    passages: tuple[Passage, ...] = ()


class Reporting(Model):
    """The nineteen items in their order."""

    synthesis: Named
    statements: tuple[Statement, ...]

    @property
    def totals(self) -> list[tuple[str, int]]:
        """How many items have each status, of those statuses that any has."""
        counted = Counter(one.status for one in self.statements)
        return [(status, counted[status]) for status in STATUSES if counted[status]]


def _read(ask: Ask, given: Given) -> Reporting:
    synthesis = synthesis_named(ask, given["synthesis"][0])
    rows = list(texts(ask("emerge-report", {"synthesis": synthesis.slug})))
    words = passages_of(ask, [row["statement"] for row in rows if "statement" in row])
    return Reporting(
        synthesis=synthesis,
        statements=tuple(
            Statement(
                number=int(row["number"]),
                phase=row["phase"],
                item=term(row["item"]),
                label=row["itemlabel"].partition(": ")[2] or row["itemlabel"],
                status=row.get("status", NOT_STATED),
                slug=slug_of(row.get("statement", "")),
                definition=row.get("definition", ""),
                confidence=term(row.get("confidence", "")),
                note=row.get("note", ""),
                passages=words.get(row.get("statement", ""), ()),
            )
            for row in rows
        ),
    )


EMERGE = View(
    name="emerge",
    form=Form(
        summary="eMERGe reporting",
        question="Which of eMERGe's nineteen reporting items does the source meet, and by which words?",
        parameters={"synthesis": SYNTHESIS},
    ),
    template="emerge.html",
    model=Reporting,
    read=_read,
    path="synthesis",
)
