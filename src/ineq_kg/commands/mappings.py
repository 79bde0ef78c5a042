"""The command that writes how our terms relate to those of other vocabularies."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from ineq_kg.commands.terminal import write
from ineq_kg.link.mappings import alignment_files, read_mappings, write_sssom, write_turtle
from ineq_kg.resources import resource

commands = typer.Typer()


class MappingFormat(StrEnum):
    """In what form the mappings are written."""

    SSSOM = "sssom"
    TURTLE = "ttl"


@commands.command(epilog="Example: ineq-kg mappings > ineq-kg.sssom.tsv")
def mappings(
    format_: Annotated[
        MappingFormat,
        typer.Option("--format", help="sssom: a table, with a reason for each mapping. ttl: the same as OWL axioms."),
    ] = MappingFormat.SSSOM,
) -> None:
    """Print how the ontology's terms relate to those of other vocabularies, and why."""
    ontology = resource("ontology")
    table = format_ is MappingFormat.SSSOM
    text = write_sssom(read_mappings(ontology)) if table else write_turtle(alignment_files(ontology))
    write(text.encode())
