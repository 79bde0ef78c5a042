"""Commands that analyse a synthesis."""

from __future__ import annotations

from typing import Annotated

import typer

from ineq_kg.commands.terminal import StoreOption, open_app, out
from ineq_kg.represent.losses import losses_table

commands = typer.Typer()


@commands.command(epilog="Example: ineq-kg without mcmahon-2022/study/babbel mcmahon-2022/study/orton")
def without(
    studies: Annotated[list[str], typer.Argument(help="Studies of one synthesis, by slug or IRI.", metavar="STUDY...")],
    store: StoreOption = None,
) -> None:
    """Say what would lose its support if studies were left out, with and without doubtful readings."""
    rows, _ = open_app(store).rows("leave-out", {"study": studies})
    out.print(losses_table(rows), highlight=False)
