"""Commands that ask the store."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ineq_kg.app import App
from ineq_kg.commands.terminal import SERVER, ServerOption, StoreOption, open_app, out, settings, write
from ineq_kg.errors import DefinitionError, DefinitionsRejected, InputError, NotAcceptable, ParameterError
from ineq_kg.queries.cases import Case, read_cases
from ineq_kg.queries.catalogue import Catalogue
from ineq_kg.represent.formats import Format
from ineq_kg.represent.query_catalogue import catalogue_turtle
from ineq_kg.represent.text import question_help, rows_table, trace_tree
from ineq_kg.represent.views.catalogue import VIEWS
from ineq_kg.resources import resource
from ineq_kg.search.catalogue import COMPUTED
from ineq_kg.store.embedded import FORM_SELECT, read_rows
from ineq_kg.store.limits import UNLIMITED

commands = typer.Typer()


@commands.command(epilog="""Example: ineq-kg sparql 'SELECT ?study WHERE { ?study a ikg:Study }' --format csv""")
def sparql(
    query: Annotated[
        str, typer.Argument(help="SPARQL text, @FILE, or - to read standard input.", metavar="QUERY|@FILE|-")
    ],
    format_: Annotated[
        str,
        typer.Option("--format", help="table, csv, tsv, json, xml, ttl, nt, trig, nq, jsonld or rdfxml."),
    ] = "",
    timeout: Annotated[
        float | None, typer.Option(help="Give up after so many seconds.", metavar="SECONDS", min=0.001)
    ] = None,
    store: StoreOption = None,
) -> None:
    """Ask the store in SPARQL 1.1. Our prefixes need no declaration; without FROM, all graphs are asked together."""
    text = _query_text(query)
    wanted = None if format_ in {"", "table"} else _format(format_)

    def choose(form: str) -> Format:
        offered = Format.for_form(form)
        chosen = wanted or (None if format_ == "table" and form != FORM_SELECT else offered[0])
        if chosen not in offered:
            kind = "a table" if chosen is None else chosen.label
            possible = ", ".join(member.extension for member in offered)
            raise NotAcceptable(f"this query's answer cannot be written as {kind}", mend=f"Use one of: {possible}.")
        return chosen

    # In a process of its own even here: no signal reaches a query that runs, and Ctrl-C is to end it.
    opened = open_app(store, limits=replace(UNLIMITED, seconds=timeout))
    try:
        answer = opened.sparql(text, choose).result()
    finally:
        opened.pool.stop()
    rows = read_rows(answer.body) if wanted is None and answer.format is Format.JSON else None
    if rows is None:
        write(answer.body)
    else:
        out.print(rows_table(rows))


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
    if found is None or not found.value.forms:
        possible = ", ".join(["table", *(member.extension for member in Format if member.value.forms)])
        raise InputError(f"{name!r} is not a format", mend=f"Use one of: {possible}.")
    return found


def _values(arguments: list[str]) -> dict[str, list[str]]:
    """Return the parameters given as `--name value` or `--name=value`; one given again has several values."""
    values: dict[str, list[str]] = {}
    rest = iter(arguments)
    for argument in rest:
        if not argument.startswith("--"):
            raise InputError(f"{argument!r} is not a parameter", mend="Write parameters as --name value.")
        name, equals, value = argument[2:].partition("=")
        given = value if equals else next(rest, None)
        if given is None:
            raise ParameterError(f"{name} has no value", parameter=name, mend=f"Write --{name} VALUE.")
        values.setdefault(name, []).append(given)
    return values


def _validate(folder: Path, store: str | None) -> None:
    """Check a user's queries as they would stand beside ours, and ask what their cases expect."""
    ours = resource("queries")
    catalogue = Catalogue.read(folder) if folder.resolve() == ours else Catalogue.read(ours, folder, taken=COMPUTED)
    theirs = Catalogue({query.name: query for query in catalogue if query.path.is_relative_to(folder)})
    cases = read_cases(folder, theirs)
    if cases:
        opened = open_app(store, folder, replace(settings(store).limits, workers=1))
        try:
            faults = [fault for case in cases for fault in _faults(case, opened)]
        finally:
            opened.stop()
        if faults:
            raise DefinitionsRejected(faults)
    told = [f"{len(theirs)} {'query' if len(theirs) == 1 else 'queries'}"]
    told += [f"{len(cases)} {'case' if len(cases) == 1 else 'cases'}"] if cases else []
    out.print(f"{', '.join(told)}, nothing to mend", highlight=False)


def _faults(case: Case, opened: App) -> list[DefinitionError]:
    try:
        rows, _ = opened.rows(case.query.name, case.values)
    except ParameterError as error:
        return [case.fault(error.message, "parameters", error.parameter, mend=error.mend)]
    return list(case.faults(rows))


def _send(body: bytes, wanted: Format, output: Path | None) -> None:
    """Write an answer to a file or to standard output; a workbook never to a terminal."""
    if output is not None:
        try:
            output.write_bytes(body)
        except OSError as error:
            raise InputError(f"{output} cannot be written ({error.strerror or error})", mend="Name another.") from error
    elif wanted is Format.XLSX:
        if sys.stdout.isatty():
            raise InputError(f"{wanted.label} is not for a terminal", mend="Name a file: --output answer.xlsx.")
        write(body, whole=True)
    else:
        write(body)


@commands.command(
    epilog="Example: ineq-kg query trace --start mcmahon-2022/claim/predominant-perspective --format csv",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)
def query(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The query's name; without one, all are listed.")] = "",
    format_: Annotated[str, typer.Option("--format", help="table, csv, tsv, json, xml, xlsx or ttl.")] = "table",
    output: Annotated[Path | None, typer.Option(help="Write to a file.", metavar="FILE")] = None,
    queries: Annotated[
        Path | None, typer.Option(help="A folder of .rq files of your own, beside ours.", metavar="DIR")
    ] = None,
    validate: Annotated[
        Path | None, typer.Option(help="Check the .rq files of a folder, and what their cases expect.", metavar="DIR")
    ] = None,
    catalogue: Annotated[
        bool, typer.Option("--catalogue", help="Print all queries as RDF: SHACL's in Turtle.")
    ] = False,
    server: Annotated[
        str, typer.Option(help="Where the queries of a --catalogue are served.", metavar="URL")
    ] = "http://127.0.0.1:8000/",
    help_: Annotated[bool, typer.Option("--help", help="Show this, or after a name what that query takes.")] = False,
    store: StoreOption = None,
) -> None:
    """Ask a named query. Its parameters are options of its own: --start, --synthesis and so on."""
    if help_ and not name:
        typer.echo(context.get_help())
        return
    if validate:
        _validate(validate, store)
        return
    # One process is enough for a query of the user's own, which runs apart so that it can be stopped.
    opened = open_app(store, queries, replace(settings(store).limits, workers=1))
    if catalogue:
        _send(catalogue_turtle(opened.catalogue, server.rstrip("/") + "/"), Format.TURTLE, output)
    elif not name:
        for each in opened.questions:
            out.print(f"{each.name}: {each.header.question}", highlight=False, markup=False)
    elif help_:
        out.print(question_help(opened.questions[name]), highlight=False)
    elif format_ == "table" and output is None:
        rows, _ = opened.rows(name, _values(context.args))
        out.print(rows_table(rows))
    else:
        wanted = _format(output.suffix[1:] if output and format_ == "table" else format_)
        _send(opened.answer(name, _values(context.args), wanted).body, wanted, output)


# The views that can be had as Markdown, by the class of what they show; each is named like the parameter that it takes.
_IN_MARKDOWN = {"argument": "LineOfArgument", "claim": "ThirdOrderConstruct"}


@commands.command(epilog="Example: ineq-kg trace mcmahon-2022/study/babbel --up")
def trace(
    name: Annotated[
        str, typer.Argument(help="A slug such as mcmahon-2022/study/babbel, or an IRI.", metavar="IRI-or-slug")
    ],
    up: Annotated[bool, typer.Option("--up/--down", help="Up: what rests on it. Down: what it rests on.")] = False,
    notes: Annotated[bool, typer.Option(help="Show why a reading is not certain.")] = True,
    format_: Annotated[str, typer.Option("--format", help="tree; or md, of an argument or a claim.")] = "tree",
    server: ServerOption = SERVER,
    store: StoreOption = None,
) -> None:
    """Walk from a claim down to the exact words it rests on, or from a study up to the claims that rest on it."""
    opened = open_app(store)
    traced = opened.trace(name, up=up)
    if format_ == "tree":
        out.print(trace_tree(traced, notes=notes), highlight=False)
        return
    view = next((view for view, kind in _IN_MARKDOWN.items() if traced.kind == kind and not up), None)
    if Format.by_name(format_) is not Format.MARKDOWN or view is None:
        what = f"{traced.kind_name.lower()}{', walked up,' if up else ''}"
        raise NotAcceptable(
            f"a {what} cannot be written as {format_}", mend="As md, walk down from an argument or a claim."
        )
    write(opened.view(VIEWS[view], {view: name}, Format.MARKDOWN, server).body)
