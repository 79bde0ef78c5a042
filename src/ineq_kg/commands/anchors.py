"""Commands about quotations and where they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ineq_kg.app import FOUNDING
from ineq_kg.commands.terminal import out, write
from ineq_kg.errors import NotFound
from ineq_kg.ingest.anchors import Outcome, SourceText, verify
from ineq_kg.loading import read_all
from ineq_kg.records import SourceSpan
from ineq_kg.represent.text import one_line
from ineq_kg.resources import resource

commands = typer.Typer(help="Quotations and where they stand in a source text.", no_args_is_help=True)


@commands.command("verify", epilog="Example: ineq-kg anchors verify --source article.txt")
def anchors_verify(
    source: Annotated[Path, typer.Option("--source", help="Your own copy of the source text (UTF-8).", metavar="FILE")],
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Records to verify; without any, the founding synthesis.", metavar="PATH..."),
    ] = None,
) -> None:
    """Find every recorded quotation again in your copy of the text, and name those that are not there."""
    text = SourceText.read(source)
    spans = [
        record
        for one in read_all(paths or [resource("data") / FOUNDING])
        for record in one.bundle.records
        if isinstance(record, SourceSpan)
    ]
    found = list(verify(text, spans))
    for one in found:
        if one.outcome is Outcome.ABSENT:
            out.print(f"not found: {one.span.id}: “{one_line(one.span.quote)}”", highlight=False, markup=False)
    counts = {outcome: sum(1 for one in found if one.outcome is outcome) for outcome in Outcome}
    out.print("; ".join(f"{count} {outcome.value}" for outcome, count in counts.items()), highlight=False)
    share = 100.0 * (len(found) - counts[Outcome.ABSENT]) / len(found) if found else 0.0
    out.print(f"{len(found) - counts[Outcome.ABSENT]} of {len(found)} found ({share:.1f} %)", highlight=False)
    if counts[Outcome.ABSENT] or not found:
        raise typer.Exit(1)


@commands.command("locate", epilog="Example: ineq-kg anchors locate --source article.txt 'tie together'")
def anchors_locate(
    quote: Annotated[str, typer.Argument(help="Words to find.")],
    source: Annotated[Path, typer.Option("--source", help="The source text (UTF-8).", metavar="FILE")],
) -> None:
    """Find words in a source text and print them as `spans:` records, ready to paste."""
    import yaml  # only this command writes YAML

    text = SourceText.read(source)
    places = text.occurrences(quote)
    if not places:
        raise NotFound("these words are not in the text", name=quote, mend="Quote fewer of them.")
    records = [
        {"id": f"span/name-{n}", "source": "source/name", **text.selector(*place)} for n, place in enumerate(places, 1)
    ]
    write(yaml.safe_dump({"spans": records}, allow_unicode=True, sort_keys=False).encode())
