"""The command that prints the ontology, in any form it is published in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ineq_kg.commands.terminal import out, progress_bar, write
from ineq_kg.errors import InputError
from ineq_kg.reason.axioms import axioms
from ineq_kg.reason.rules import closing, rules, script
from ineq_kg.represent.context import context
from ineq_kg.represent.formats import Format
from ineq_kg.represent.ontology import FORMATS, RL_PART, Publication
from ineq_kg.resources import resource
from ineq_kg.triples.naming import graph_of, inferred_graph_of

commands = typer.Typer()
_OFFERED = {member.extension: member for member in FORMATS if member is not Format.HTML}


@commands.command(epilog="Example: ineq-kg ontology --format rdf > ineq-kg.rdf")
def ontology(
    format_: Annotated[str, typer.Option("--format", help=f"{', '.join(_OFFERED)}.")] = Format.TURTLE.extension,
    part: Annotated[
        str,
        typer.Option(
            help=f"Only one part of it, such as components/translation; {RL_PART} is its part in OWL 2 RL.",
            metavar="NAME",
        ),
    ] = "",
    docs: Annotated[
        Path | None,
        typer.Option(help="Write the documentation, with every format, as files to this folder.", metavar="DIR"),
    ] = None,
    as_context: Annotated[
        bool, typer.Option("--context", help="Print the JSON-LD context of records instead.")
    ] = False,
    rules_for: Annotated[
        str | None,
        typer.Option(
            "--rules",
            help="Print its axioms as SPARQL Update, which derives in a store what follows from this synthesis's graph.",
            metavar="SYNTHESIS",
        ),
    ] = None,
    released: Annotated[
        bool, typer.Option("--released", help="Print the list of released IRIs as this version will leave it.")
    ] = False,
) -> None:
    """Print the ontology as one document, the same bytes each time."""
    publication = Publication(resource("ontology"))
    if docs is not None:
        _write_files(publication, docs)
    elif rules_for is not None:
        write(_rules(rules_for))
    elif as_context:
        write(context())
    elif released:
        write(publication.released())
    else:
        write(publication.document(_format(format_), part))


def _rules(synthesis: str) -> bytes:
    graphs = graph_of(synthesis), inferred_graph_of(synthesis)
    told = (
        f"# What follows from <{graphs[0]}>, into <{graphs[1]}>.\n"
        "# Run it until the second graph grows no more: what is added by one run may set off rules in the next.\n"
    )
    return (told + script([*rules(axioms(), *graphs), *closing(*graphs)])).encode()


def _format(name: str) -> Format:
    found = Format.by_name(name)
    if found not in _OFFERED.values() or found is None:
        raise InputError(f"{name!r} is not a format that the ontology has", mend=f"Use one of: {', '.join(_OFFERED)}.")
    return found


def _write_files(publication: Publication, folder: Path) -> None:
    with progress_bar() as progress:
        progress.add_task("documenting the ontology", total=None)
        files = publication.files()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in files.items():
            (folder / name).write_bytes(body)
    except OSError as error:
        raise InputError(f"{folder} cannot be written to: {error.strerror}", mend="Name another folder.") from error
    out.print(f"{len(files)} files in {folder}; begin at index.html", highlight=False, soft_wrap=True)
