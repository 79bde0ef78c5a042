"""The command that looks an installation over."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

import typer

from ineq_kg.commands.terminal import StoreOption, out, progress_bar, write
from ineq_kg.doctor.examine import examine
from ineq_kg.doctor.finding import Finding, Level

commands = typer.Typer()
_SHOWN = {
    Level.OK: ("ok", "green"),
    Level.NOTE: ("note", "cyan"),
    Level.WARNING: ("warning", "yellow"),
    Level.FAULT: ("FAULT", "red"),
}


@commands.command(epilog="Example: ineq-kg doctor --verify")
def doctor(
    verify: Annotated[
        bool, typer.Option("--verify", help="Also read every version to its end, and compare digests.")
    ] = False,
    queries: Annotated[
        Path | None, typer.Option(help="A folder of .rq files of your own; else INEQ_KG_QUERIES.", metavar="DIR")
    ] = None,
    host: Annotated[str, typer.Option(help="Address that is to be listened on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port that is to be listened on.", min=1, max=65535)] = 8000,
    format_: Annotated[Literal["text", "json"], typer.Option("--format", help="How it is told.")] = "text",
    store: StoreOption = None,
) -> None:
    """Look over the software, the store and what serving needs, and say what is wrong and how to mend it. Changes nothing.

    Ends with 1 where there is a fault, else with 0.
    """
    found = []
    with progress_bar() as progress:
        task = progress.add_task("looking", total=None)
        for finding in examine(os.environ, location=store, queries=queries, host=host, port=port, deep=verify):
            progress.update(task, description=finding.said[:60])
            found.append(finding)
    counts = Counter(finding.level for finding in found)
    if format_ == "json":
        data = {"sound": not counts[Level.FAULT], "findings": [finding.data() for finding in found]}
        write(json.dumps(data, ensure_ascii=False, indent=1).encode())
    else:
        _tell(found, counts)
    if counts[Level.FAULT]:
        raise typer.Exit(1)


def _tell(found: list[Finding], counts: Counter[Level]) -> None:
    area = ""
    for finding in found:
        if finding.area != area:
            area = finding.area
            out.print(area.capitalize(), style="bold")
        label, style = _SHOWN[finding.level]
        out.print(f"  {label:<8}", style=style, end="")
        out.print(finding.said, highlight=False, markup=False, soft_wrap=True)
        if finding.mend and finding.level is not Level.OK:
            out.print(f"          {finding.mend}", style="italic", highlight=False, markup=False, soft_wrap=True)
    told = (
        f"{counts[level]} {level}{'s' if counts[level] != 1 else ''}"
        for level in (Level.FAULT, Level.WARNING, Level.NOTE)
    )
    out.print(f"{', '.join(told)}.", highlight=False)
