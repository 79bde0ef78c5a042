"""Commands that read records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ineq_kg.app import App, LoadReport, consistency, read_all
from ineq_kg.commands.terminal import Paths, StoreOption, open_app, out, progress_bar, settings
from ineq_kg.errors import InputError
from ineq_kg.reason.consistency import Reasoner

commands = typer.Typer()


def load_with_progress(opened: App, paths: list[Path]) -> LoadReport:
    """Load syntheses, and show what is being done."""
    with progress_bar() as progress:
        task = progress.add_task("reading", total=None)
        return opened.load(
            paths,
            lambda what, done, total: progress.update(task, description=what, completed=done, total=total),
        )


@commands.command(epilog="Example: ineq-kg load data/mcmahon-2022")
def load(paths: Paths, store: StoreOption = None) -> None:
    """Load syntheses into the store: all of them, or, if anything is wrong, none."""
    report = load_with_progress(open_app(store), paths)
    for slug, (asserted, derived) in report.quads.items():
        out.print(f"{slug}: {asserted:,} triples, {derived:,} derived", highlight=False)
    out.print(f"Version {report.version} of {settings(store).store}", highlight=False)


@commands.command(epilog="Example: ineq-kg check data/mcmahon-2022")
def check(
    paths: Paths,
    reasoner: Annotated[
        Reasoner | None,
        typer.Option("--reason", help="Also ask a description-logic reasoner (needs Java; takes seconds)."),
    ] = None,
) -> None:
    """Check records without loading them: fields, types, ids and references, each fault with file and line."""
    for one in read_all(paths):
        slug = one.bundle.synthesis.id
        out.print(f"{slug}: {len(one.bundle.records):,} records, nothing to mend", highlight=False)
        if reasoner:
            with progress_bar() as progress:
                progress.add_task(f"asking {reasoner} about {slug}", total=None)
                verdict = consistency(one, reasoner)
            if not verdict.consistent:
                raise InputError(f"{slug} contradicts the ontology", mend="Two of its statements exclude each other.")
            out.print(f"{slug}: consistent with the ontology ({reasoner})", highlight=False)
