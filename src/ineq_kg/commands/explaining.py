"""The command that says why something holds."""

from __future__ import annotations

from typing import Annotated

import typer

from ineq_kg.commands.terminal import StoreOption, open_app, out
from ineq_kg.represent.explanation import explanation_tree

commands = typer.Typer()


@commands.command(
    epilog="Example: ineq-kg explain mcmahon-2022/study/babbel contributesTo mcmahon-2022/argument/narrow-problematisation"
)
def explain(
    subject: Annotated[str, typer.Argument(help="A slug or IRI.")],
    predicate: Annotated[str, typer.Argument(help="A property: contributesTo, skos:prefLabel, rdf:type, or an IRI.")],
    object_: Annotated[str, typer.Argument(help="A slug or IRI, a class such as Study, or a value.", metavar="OBJECT")],
    store: StoreOption = None,
) -> None:
    """Say why a triple holds: the axioms it follows by, down to what was asserted and the exact words."""
    out.print(explanation_tree(open_app(store).explain(subject, predicate, object_)), highlight=False)
