"""A line of argument, walked back to its words."""

from __future__ import annotations

from ineq_kg.analysis.definition import Ask, Given
from ineq_kg.errors import NotFound
from ineq_kg.queries.definition import Form, Parameter
from ineq_kg.represent.tree import Node, tree_of
from ineq_kg.represent.views.definition import Model, View
from ineq_kg.triples.naming import slug_of


class Argument(Model):
    """A line of argument, or a claim of one, with all that it rests on."""

    trace: Node


def _read(ask: Ask, given: Given) -> Argument:
    start = given["argument"][0]
    trace = tree_of(ask("trace", {"start": start}))
    if trace is None:
        raise NotFound(
            f"there is no argument {slug_of(start)!r}", name=slug_of(start), mend="See / for those there are."
        )
    return Argument(trace=trace)


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
            )
        },
    ),
    template="argument.html",
    model=Argument,
    read=_read,
    path="argument",
)
