"""A claim: one step of an argument, with every word that it rests on."""

from __future__ import annotations

from ineq_kg.analysis.definition import Ask, Given
from ineq_kg.analysis.support import texts
from ineq_kg.queries.definition import Form, Parameter
from ineq_kg.represent.formats import Format
from ineq_kg.represent.markdown import claim_markdown
from ineq_kg.represent.views.definition import View
from ineq_kg.represent.views.walk import WITHOUT, Named, Walk, walk
from ineq_kg.triples.naming import slug_of


class Claim(Walk):
    """A claim with all that it rests on, the argument that it is a step of, and the steps before and after it."""

    argument: Named
    before: Named | None = None
    after: Named | None = None


def _read(ask: Ask, given: Given) -> Claim:
    start = given["claim"][0]
    walked = walk(ask, start, "ThirdOrderConstruct", given.get("without", ()))
    rows = list(texts(ask("line-of-argument", {"synthesis": walked.synthesis.slug})))
    own = next(row for row in rows if row["claim"] == start)
    steps = [row for row in rows if row["argument"] == own["argument"]]
    named = [Named(slug=slug_of(row["claim"]), label=row["label"]) for row in steps]
    at = steps.index(own)
    return Claim(
        **dict(walked),
        argument=Named(slug=slug_of(own["argument"]), label=own["argumentlabel"]),
        before=named[at - 1] if at else None,
        after=named[at + 1] if at + 1 < len(named) else None,
    )


CLAIM = View(
    name="claim",
    form=Form(
        summary="A claim",
        question="On which words does this claim rest, through which studies and constructs, and how surely?",
        parameters={
            "claim": Parameter(
                type="iri",
                of_class="ikg:ThirdOrderConstruct",
                description="The claim",
                example="mcmahon-2022/claim/predominant-perspective",
                required=True,
            ),
            "without": WITHOUT,
        },
    ),
    template="claim.html",
    model=Claim,
    read=_read,
    path="claim",
    writers={Format.MARKDOWN: claim_markdown},
)
