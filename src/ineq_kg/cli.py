"""The command line. Commands only read arguments and print: answers come from `ineq_kg.app`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ineq_kg import __version__
from ineq_kg.app import FOUNDING, App, LoadReport, consistency, read_all
from ineq_kg.config import Settings
from ineq_kg.errors import (
    DocumentsRejected,
    IneqKgError,
    InputError,
    NotAcceptable,
    NotFound,
    QueryError,
    StoreBusy,
    StoreError,
)
from ineq_kg.ingest.anchors import Outcome, SourceText, verify
from ineq_kg.reason.consistency import Reasoner
from ineq_kg.records import SourceSpan
from ineq_kg.represent.formats import Format
from ineq_kg.represent.text import one_line, rows_table, trace_tree
from ineq_kg.resources import resource

EXIT_CODES: dict[type[IneqKgError], int] = {
    IneqKgError: 1,
    InputError: 2,
    NotFound: 3,
    StoreError: 4,
    StoreBusy: 5,
}

app = typer.Typer(
    name="ineq-kg",
    help="A queryable graph of meta-ethnographies: every claim traced back to the exact words it rests on.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
anchors = typer.Typer(help="Quotations and where they stand in a source text.", no_args_is_help=True)
app.add_typer(anchors, name="anchors")

out = Console()
err = Console(stderr=True)


StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store", help="Directory of the store; else INEQ_KG_STORE, else your data directory.", metavar="DIR"
    ),
]
Paths = Annotated[
    list[Path], typer.Argument(help="A synthesis: a folder of YAML files, or one file.", metavar="PATH...")
]


def _settings(store: Path | None) -> Settings:
    return Settings.read(store=store)


def _open(store: Path | None) -> App:
    settings = _settings(store)
    return App.open(settings.store, settings.queries)


@contextmanager
def _progress() -> Iterator[Progress]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        yield progress


def _load(opened: App, paths: list[Path]) -> LoadReport:
    with _progress() as progress:
        task = progress.add_task("reading", total=None)
        return opened.load(
            paths,
            lambda what, done, total: progress.update(task, description=what, completed=done, total=total),
        )


@app.command(epilog="Example: ineq-kg load data/mcmahon-2022")
def load(paths: Paths, store: StoreOption = None) -> None:
    """Load syntheses into the store: all of them, or, if anything is wrong, none."""
    report = _load(_open(store), paths)
    for slug, quads in report.quads.items():
        out.print(f"{slug}: {quads:,} triples", highlight=False)
    out.print(f"Version {report.version} of {_settings(store).store}", highlight=False)


@app.command(epilog="Example: ineq-kg check data/mcmahon-2022")
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
            with _progress() as progress:
                progress.add_task(f"asking {reasoner} about {slug}", total=None)
                verdict = consistency(one, reasoner)
            if not verdict.consistent:
                raise InputError(f"{slug} contradicts the ontology", mend="Two of its statements exclude each other.")
            out.print(f"{slug}: consistent with the ontology ({reasoner})", highlight=False)


@app.command(epilog="""Example: ineq-kg sparql 'SELECT ?study WHERE { ?study a ikg:Study }' --format csv""")
def sparql(
    query: Annotated[
        str, typer.Argument(help="SPARQL text, @FILE, or - to read standard input.", metavar="QUERY|@FILE|-")
    ],
    format_: Annotated[
        str,
        typer.Option("--format", help="table, csv, tsv, json, xml, ttl, nt, trig, nq, jsonld or rdfxml."),
    ] = "",
    store: StoreOption = None,
) -> None:
    """Ask the store in SPARQL 1.1. Our prefixes need no declaration; without FROM, all graphs are asked together."""
    text = _query_text(query)
    opened = _open(store)
    wanted = None if format_ in {"", "table"} else _format(format_)
    if wanted is None:
        try:
            out.print(rows_table(opened.table(text)))
            return
        except QueryError as error:
            if format_ == "table" or "SELECT query is needed" not in error.message:
                raise

    def choose(form: str) -> Format:
        if wanted is None:
            return Format.for_form(form)[0]
        if not wanted.holds(form):
            possible = ", ".join(member.extension for member in Format.for_form(form))
            raise NotAcceptable(
                f"this query's answer cannot be written as {wanted.label}", mend=f"Use one of: {possible}."
            )
        return wanted

    _write(opened.sparql(text, choose).body)


def _query_text(query: str) -> str:
    if query == "-":
        return sys.stdin.read()
    if query.startswith("@"):
        try:
            return Path(query[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{query[1:]} cannot be read: {error}", mend="Check the name.") from error
    return query


def _format(name: str) -> Format:
    found = Format.by_name(name)
    if found is None or found is Format.HTML:
        possible = ", ".join(["table", *(member.extension for member in Format if member is not Format.HTML)])
        raise InputError(f"{name!r} is not a format", mend=f"Use one of: {possible}.")
    return found


def _write(body: bytes) -> None:
    sys.stdout.buffer.write(body)
    if not body.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()


@app.command(epilog="Example: ineq-kg trace mcmahon-2022/study/babbel --up")
def trace(
    name: Annotated[
        str, typer.Argument(help="A slug such as mcmahon-2022/study/babbel, or an IRI.", metavar="IRI-or-slug")
    ],
    up: Annotated[bool, typer.Option("--up/--down", help="Up: what rests on it. Down: what it rests on.")] = False,
    notes: Annotated[bool, typer.Option(help="Show why a reading is not certain.")] = True,
    store: StoreOption = None,
) -> None:
    """Walk from a claim down to the exact words it rests on, or from a study up to the claims that rest on it."""
    out.print(trace_tree(_open(store).trace(name, up=up), notes=notes), highlight=False)


@app.command(epilog="Example: ineq-kg serve --port 8000")
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 picks a free one.", min=0, max=65535)] = 8000,
    store: StoreOption = None,
) -> None:
    """Serve the pages, the API and the SPARQL endpoint."""
    _serve(_open(store), host, port)


def _serve(opened: App, host: str, port: int) -> None:
    import uvicorn  # only `serve` needs a web framework; every other command starts faster without

    from ineq_kg_api import create_app

    out.print(f"Serving {opened.store.directory} on http://{host}:{port}/ (stop with Ctrl-C)", highlight=False)
    uvicorn.run(create_app(opened), host=host, port=port, log_level="warning")


@app.command(epilog="Example: ineq-kg demo --no-serve")
def demo(
    serving: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the pages afterwards.")] = True,
    port: Annotated[int, typer.Option(help="Port to serve on.", min=0, max=65535)] = 8000,
    store: StoreOption = None,
) -> None:
    """Load the founding synthesis into a store of its own, print the trace of its line of argument, serve the pages."""
    opened = App.open(store or _settings(None).store.parent / "demo-store")
    report = _load(opened, [resource("data") / FOUNDING])
    rows = opened.table(f"SELECT ?argument WHERE {{ ?argument ikg:argumentOf id:{FOUNDING} }} ORDER BY ?argument")
    for row in rows:
        out.print(trace_tree(opened.trace(str(row["argument"]))), highlight=False)
    out.print(f"\n{report.quads[FOUNDING]:,} triples in {opened.store.directory}", highlight=False)
    if serving:
        _serve(opened, "127.0.0.1", port)


@anchors.command("verify", epilog="Example: ineq-kg anchors verify --source article.txt")
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


@anchors.command("locate", epilog="Example: ineq-kg anchors locate --source article.txt 'tie together'")
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
    _write(yaml.safe_dump({"spans": records}, allow_unicode=True, sort_keys=False).encode())


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ineq-kg {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def exit_code(error: IneqKgError) -> int:
    """Return the exit code for an error: that of the nearest class above it in EXIT_CODES."""
    return next(EXIT_CODES[cls] for cls in type(error).__mro__ if cls in EXIT_CODES)


def main() -> None:
    """Run the command line; an error of ours is one message and an exit code, never a traceback."""
    try:
        app()
    except IneqKgError as error:
        message = str(error)
        if error.mend and error.mend not in message and not isinstance(error, DocumentsRejected):
            message = f"{message}. {error.mend}"
        err.print(f"Error: {message}", style="red", highlight=False, markup=False, soft_wrap=True)
        sys.exit(exit_code(error))


if __name__ == "__main__":
    main()
