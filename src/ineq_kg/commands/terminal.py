"""What commands share: the two consoles, the options that name a store or records, progress, output as bytes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ineq_kg.app import App
from ineq_kg.config import DefaultGraph, Settings
from ineq_kg.store.limits import Limits
from ineq_kg.store.opening import not_on_remote

if TYPE_CHECKING:
    from rich.progress import Progress

out = Console()
err = Console(stderr=True)

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        help="Directory of the store, or address of a SPARQL endpoint; else INEQ_KG_STORE, else your data directory.",
        metavar="DIR|URL",
    ),
]
SERVER = "http://127.0.0.1:8000/"
ServerOption = Annotated[
    str, typer.Option("--server", help="Where the dataset is served: what its addresses start with.", metavar="URL")
]
Paths = Annotated[
    list[Path], typer.Argument(help="A synthesis: a folder of YAML files, or one file.", metavar="PATH...")
]


def settings(store: str | Path | None) -> Settings:
    """Return the settings, with the store that a command names."""
    return Settings.read(store=store)


def directory(store: str | None, what: str) -> Path:
    """Return the directory of the store that a command names. Raises NotOnRemote, which says `what` a server's has not."""
    chosen = settings(store).store
    if isinstance(chosen, Path):
        return chosen
    raise not_on_remote(chosen, what)


def open_app(
    store: str | Path | None,
    queries: Path | None = None,
    limits: Limits | None = None,
    default_graph: DefaultGraph | None = None,
) -> App:
    """Return the app on the store, and with the folder of queries, limits and default graph, that a command names."""
    chosen = Settings.read(store=store, queries=queries, default_graph=default_graph)
    return (chosen if limits is None else replace(chosen, limits=limits)).open()


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show on standard error what a long command is doing, for as long as it does it."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        yield progress


def write(body: bytes, *, whole: bool = False) -> None:
    """Write an answer to standard output as it is, ending with a line end unless it is `whole` without."""
    sys.stdout.buffer.write(body)
    if not whole and not body.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()
