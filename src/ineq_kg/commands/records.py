"""Commands that read records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from ineq_kg.app import App, LoadReport
from ineq_kg.changing import Terms
from ineq_kg.checking import check as examine
from ineq_kg.checking import unread
from ineq_kg.commands.terminal import Paths, StoreOption, open_app, out, progress_bar, settings, write
from ineq_kg.errors import DocumentsRejected, InputError
from ineq_kg.ingest.records import Loaded, read_synthesis
from ineq_kg.loading import consistency, read_all
from ineq_kg.reason.consistency import Reasoner
from ineq_kg.reason.offences import Checked
from ineq_kg.represent import findings
from ineq_kg.store.journal import Note

commands = typer.Typer()
FORMATS = {"json": findings.as_json, "sarif": findings.as_sarif}


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


@commands.command(epilog="Example: ineq-kg workbook data/mcmahon-2022 --output mcmahon-2022.xlsx")
def workbook(
    output: Annotated[Path, typer.Option(help="The file to write.", metavar="FILE.xlsx")],
    path: Annotated[
        Path | None,
        typer.Argument(help="A folder or file of one synthesis; without it, empty sheets.", metavar="[PATH]"),
    ] = None,
) -> None:
    """Write a synthesis as an Excel workbook that `check` and `load` read, or an empty one to begin with."""
    from ineq_kg.represent.record_workbook import record_workbook  # slow to import, and the other commands need it not

    body = record_workbook(None if path is None else read_synthesis(path).bundle)
    try:
        with output.open("xb") as file:
            file.write(body)
    except OSError as error:
        raise InputError(f"{output} cannot be written ({error.strerror or error})", mend="Name another.") from error


@commands.command(epilog="Example: ineq-kg derive mcmahon-2022")
def derive(
    syntheses: Annotated[list[str], typer.Argument(help="Their slugs.", metavar="SYNTHESIS...")],
    store: StoreOption = None,
) -> None:
    """Derive anew what follows from syntheses that are in the store, by rules that the store runs.

    `load` and every change over HTTP derive by themselves; this is for graphs that came into the store in another way.
    """
    made = open_app(store).changes.derive(syntheses, Terms(Note("", f"derived {', '.join(syntheses)}")))
    out.print(f"Version {made.version} of {settings(store).store}", highlight=False)


@commands.command(epilog="Example: ineq-kg check data/mcmahon-2022 --format sarif > findings.sarif")
def check(
    paths: Paths,
    format_: Annotated[
        Literal["text", "json", "sarif"],
        typer.Option("--format", help="How findings are told; sarif is for code review."),
    ] = "text",
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail on warnings too, but for those that are acknowledged.")
    ] = False,
    reasoner: Annotated[
        Reasoner | None,
        typer.Option("--reason", help="Also ask a description-logic reasoner (needs Java; takes seconds)."),
    ] = None,
) -> None:
    """Check records without loading them: fields, ids and references, then shapes, rules and contradictions.

    Each finding comes with its rule, the record, file and line, and its mend. Violations fail; warnings only with --strict,
    and not where an acknowledgement in the data gives the reason for letting them stand.
    """
    try:
        loaded = read_all(paths)
    except DocumentsRejected as rejected:
        if format_ != "text":
            write(FORMATS[format_]([unread(rejected)]))
        raise
    checked = []
    with progress_bar() as progress:
        for one in loaded:
            progress.add_task(f"checking {one.bundle.synthesis.id}", total=None)
            checked.append(examine(one))
    if format_ == "text":
        for found in checked:
            write(findings.text(found).encode())
    else:
        write(FORMATS[format_](checked))
    _fail(checked, strict=strict)
    if reasoner:
        for one in loaded:
            _reason(one, reasoner, tell=format_ == "text")


def _fail(checked: list[Checked], *, strict: bool) -> None:
    violations = sum(one.violations for one in checked)
    warnings = sum(one.warnings for one in checked) if strict else 0
    if violations or warnings:
        raise InputError(
            f"{violations} to mend" if not warnings else f"{violations} to mend, {warnings} to mend or acknowledge",
            mend="Each is told above, with its place and its mend.",
        )


def _reason(one: Loaded, reasoner: Reasoner, *, tell: bool) -> None:
    slug = one.bundle.synthesis.id
    with progress_bar() as progress:
        progress.add_task(f"asking {reasoner} about {slug}", total=None)
        verdict = consistency(one, reasoner)
    if not verdict.consistent:
        raise InputError(f"{slug} contradicts the ontology", mend="Two of its statements exclude each other.")
    if tell:
        out.print(f"{slug}: consistent with the ontology ({reasoner})", highlight=False)
