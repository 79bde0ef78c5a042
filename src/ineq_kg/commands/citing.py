"""The command that says how something is cited."""

from __future__ import annotations

from typing import Annotated

import typer

from ineq_kg.commands.terminal import SERVER, ServerOption, StoreOption, open_app, write
from ineq_kg.errors import InputError
from ineq_kg.represent.citation import CITATIONS
from ineq_kg.represent.formats import Format
from ineq_kg.represent.views.cite import CITE

commands = typer.Typer()
_NAMES = ", ".join(each.name.lower().replace("_", "-") for each in CITATIONS)


@commands.command(epilog="Example: ineq-kg cite mcmahon-2022/claim/predominant-perspective --format bibtex")
def cite(
    name: Annotated[
        str,
        typer.Argument(help="A slug of a claim, an argument, a synthesis; without it, the dataset.", metavar="SLUG"),
    ] = "",
    format_: Annotated[str, typer.Option("--format", help=f"{_NAMES}.")] = "text",
    server: ServerOption = SERVER,
    at: Annotated[str | None, typer.Option(help="A version of the dataset that is kept.", metavar="VERSION")] = None,
    store: StoreOption = None,
) -> None:
    """Say how a claim, an argument, a synthesis or the dataset is cited, at a version, with the source it was read from."""
    wanted = Format.by_name(format_)
    if wanted not in CITATIONS:
        raise InputError(f"{format_!r} is not a format of citations", mend=f"Use one of: {_NAMES}.")
    values = {"record": name} if name else {}
    write(open_app(store).at(at).view(CITE, values, wanted, server).body)
