"""Commands that ask the store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ineq_kg.commands.terminal import StoreOption, open_app, out, write
from ineq_kg.errors import InputError, NotAcceptable, ParameterError, QueryError
from ineq_kg.queries.catalogue import Catalogue
from ineq_kg.represent.formats import Format
from ineq_kg.represent.text import rows_table, trace_tree

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
    store: StoreOption = None,
) -> None:
    """Ask the store in SPARQL 1.1. Our prefixes need no declaration; without FROM, all graphs are asked together."""
    text = _query_text(query)
    opened = open_app(store)
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

    write(opened.sparql(text, choose).body)


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


def _values(arguments: list[str]) -> dict[str, str]:
    """Return the parameters given as `--name value` or `--name=value`."""
    values: dict[str, str] = {}
    rest = iter(arguments)
    for argument in rest:
        if not argument.startswith("--"):
            raise InputError(f"{argument!r} is not a parameter", mend="Write parameters as --name value.")
        name, equals, value = argument[2:].partition("=")
        given = value if equals else next(rest, None)
        if given is None:
            raise ParameterError(f"{name} has no value", parameter=name, mend=f"Write --{name} VALUE.")
        values[name] = given
    return values


@commands.command(
    epilog="Example: ineq-kg query trace --start mcmahon-2022/claim/predominant-perspective --format csv",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def query(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The query's name; without one, all are listed.")] = "",
    format_: Annotated[str, typer.Option("--format", help="table, csv, tsv, json or xml.")] = "table",
    queries: Annotated[Path | None, typer.Option(help="A folder of .rq files of your own.", metavar="DIR")] = None,
    validate: Annotated[Path | None, typer.Option(help="Only check the .rq files of a folder.", metavar="DIR")] = None,
    store: StoreOption = None,
) -> None:
    """Ask a named query. Its parameters are options of its own: --start, --synthesis and so on."""
    if validate:
        out.print(f"{len(Catalogue.read(validate).queries)} queries, nothing to mend", highlight=False)
        return
    opened = open_app(store, queries)
    if not name:
        for each in opened.catalogue:
            out.print(f"{each.name}: {each.header.question}", highlight=False, markup=False)
        return
    values = _values(context.args)
    if format_ == "table":
        rows, _ = opened.rows(name, values)
        out.print(rows_table(rows))
    else:
        write(opened.answer(name, values, _format(format_)).body)


@commands.command(epilog="Example: ineq-kg trace mcmahon-2022/study/babbel --up")
def trace(
    name: Annotated[
        str, typer.Argument(help="A slug such as mcmahon-2022/study/babbel, or an IRI.", metavar="IRI-or-slug")
    ],
    up: Annotated[bool, typer.Option("--up/--down", help="Up: what rests on it. Down: what it rests on.")] = False,
    notes: Annotated[bool, typer.Option(help="Show why a reading is not certain.")] = True,
    store: StoreOption = None,
) -> None:
    """Walk from a claim down to the exact words it rests on, or from a study up to the claims that rest on it."""
    out.print(trace_tree(open_app(store).trace(name, up=up), notes=notes), highlight=False)
