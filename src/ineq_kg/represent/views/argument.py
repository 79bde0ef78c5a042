"""A line of argument: its steps in order, each walked back to its words, and what would fall without some studies."""

from __future__ import annotations

from ineq_kg.analysis.definition import Ask, Given
from ineq_kg.errors import NotFound
from ineq_kg.queries.definition import Form, Parameter
from ineq_kg.represent.formats import Format
from ineq_kg.represent.markdown import argument_markdown
from ineq_kg.represent.parts import PART, part_of
from ineq_kg.represent.views.definition import View
from ineq_kg.represent.views.walk import WITHOUT, Walk, walk
from ineq_kg.triples.naming import slug_of


class Argument(Walk):
    """A line of argument with all that it rests on; `opened` are the slugs of the claims shown with all their words.

    Of a long one a page shows a `part` of its steps: unless one is asked for, the one with the first claim that is opened.
    """

    opened: tuple[str, ...] = ()
    part: int | None = None


def _read(ask: Ask, given: Given) -> Argument:
    walked = walk(ask, given["argument"][0], "LineOfArgument", given.get("without", ()))
    claims = {claim.slug for claim in walked.trace.of_kind("ThirdOrderConstruct")}
    opened = tuple(map(slug_of, given.get("open", ())))
    for slug in opened:
        if slug not in claims:
            raise NotFound(f"{slug!r} is no step of this argument", name=slug, mend=f"Its steps: {', '.join(claims)}.")
    return Argument(**dict(walked), opened=opened, part=part_of(given) if "part" in given else None)


ARGUMENT = View(
    name="argument",
    form=Form(
        summary="A line of argument",
        question="How was this argument built, and on which words does each of its steps rest?",
        parameters={
            "argument": Parameter(
                type="iri",
                of_class="ikg:LineOfArgument",
                description="The line of argument",
                example="mcmahon-2022/argument/narrow-problematisation",
                required=True,
            ),
            "open": Parameter(
                type="iri",
                of_class="ikg:ThirdOrderConstruct",
                description="Claims that are shown with all their words",
                example="mcmahon-2022/claim/predominant-perspective",
                many=True,
            ),
            "without": WITHOUT,
            "part": PART,
        },
    ),
    template="argument.html",
    model=Argument,
    read=_read,
    path="argument",
    writers={Format.MARKDOWN: argument_markdown},
)
