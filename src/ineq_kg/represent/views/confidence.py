"""GRADE-CERQual: how far each finding may be trusted as far as anyone assessed it, and what the records hold for doing so."""

from __future__ import annotations

from collections import defaultdict

from ineq_kg.analysis.definition import SYNTHESIS, Ask, Given
from ineq_kg.analysis.support import texts
from ineq_kg.queries.definition import Form
from ineq_kg.represent.parts import PART, part_of
from ineq_kg.represent.views.definition import Model, View
from ineq_kg.represent.views.particulars import Named, synthesis_named, term
from ineq_kg.triples.naming import slug_of

NOT_ASSESSED = "not assessed"
# The components in the order of a CERQual profile, and the columns of `cerqual-inputs` that tell of them.
COMPONENTS = {
    "methodological limitations": "methodological",
    "coherence": "coherence",
    "adequacy": "adequacy",
    "relevance": "relevance",
}
OVERALL = "overall"


class Judgement(Model):
    """The level of concern for one component, or the overall confidence; `explanation` says why, or why it is not assessed."""

    component: str
    level: str = NOT_ASSESSED
    explanation: str = ""
    basis: str = ""


class Finding(Named):
    """A claim or translated construct with its judgements, and what there is to assess it by."""

    kind: str
    place: int | None = None
    judgements: tuple[Judgement, ...]
    studies: int
    studies_at_most: int
    constructs: int
    against: int
    draft: str = ""

    @property
    def overall(self) -> Judgement:
        """The overall confidence."""
        return self.judgements[-1]

    @property
    def assessed(self) -> bool:
        """Whether anything of it was judged."""
        return any(one.level != NOT_ASSESSED for one in self.judgements)


class Confidence(Model):
    """The findings of a synthesis: claims first, then translated constructs. A page shows a `part` of them."""

    synthesis: Named
    part: int = 1
    findings: tuple[Finding, ...] = ()

    @property
    def assessed(self) -> int:
        """How many findings were assessed."""
        return sum(finding.assessed for finding in self.findings)


def _read(ask: Ask, given: Given) -> Confidence:
    synthesis = synthesis_named(ask, given["synthesis"][0])
    judged: dict[str, dict[str, Judgement]] = defaultdict(dict)
    for row in texts(ask("cerqual-profile", {"synthesis": synthesis.slug})):
        judged[row["finding"]][row["component"]] = Judgement(
            component=row["component"],
            level=row["level"],
            explanation=row.get("explanation", ""),
            basis=term(row["basis"]),
        )
    findings = []
    for row in texts(ask("cerqual-inputs", {"synthesis": synthesis.slug})):
        own = judged.get(row["finding"], {})
        findings.append(
            Finding(
                slug=slug_of(row["finding"]),
                label=row["label"],
                kind=term(row["kind"]),
                place=int(row["place"]) if "place" in row else None,
                judgements=(
                    *(_judgement(component, own, row[column]) for component, column in COMPONENTS.items()),
                    own.get(OVERALL, Judgement(component=OVERALL)),
                ),
                studies=int(row["studies"]),
                studies_at_most=int(row["studiesmost"]),
                constructs=int(row["constructs"]),
                against=int(row["against"]),
                draft=row.get("draft", ""),
            )
        )
    return Confidence(synthesis=synthesis, part=part_of(given), findings=tuple(sorted(findings, key=_order)))


def _judgement(component: str, judged: dict[str, Judgement], input_: str) -> Judgement:
    """Return what was judged; where nothing was, why the records do not tell."""
    found = judged.get(component)
    if found is not None and found.level != NOT_ASSESSED:
        return found
    reason = input_.removeprefix(NOT_ASSESSED).removeprefix(": ")
    return Judgement(component=component, explanation=(found.explanation if found else "") or reason)


def _order(finding: Finding) -> tuple[bool, int, str]:
    return finding.kind != "ThirdOrderConstruct", finding.place or 10_000, finding.label


CONFIDENCE = View(
    name="confidence",
    form=Form(
        summary="GRADE-CERQual",
        question="How far may each finding be trusted, what lowers that, and what was not assessed?",
        parameters={"synthesis": SYNTHESIS, "part": PART},
    ),
    template="confidence.html",
    model=Confidence,
    read=_read,
    path="synthesis",
)
