"""The command line: the commands put together, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Annotated

import typer

from ineq_kg import __version__
from ineq_kg.commands.terminal import err
from ineq_kg.errors import (
    DocumentsRejected,
    IneqKgError,
    InputError,
    NotFound,
    StoreBusy,
    StoreError,
)

EXIT_CODES: dict[type[IneqKgError], int] = {
    IneqKgError: 1,
    InputError: 2,
    NotFound: 3,
    StoreError: 4,
    StoreBusy: 5,
}


# Modules of commands, in the order of the help; some are groups of commands with a name.
_MODULES = (
    *("records", "asking", "citing", "analysing", "explaining", "mappings", "ontology", "serving", "backup", "doctor"),
    *("anchors", "tokens", "snapshots"),
)
_NAMED = frozenset({"anchors", "tokens", "snapshots"})
# What has to be there soon, and the module it is in.
_SOON = {"serve": "serving", "demo": "serving"}


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ineq-kg {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def command_line(modules: Iterable[str] = _MODULES) -> typer.Typer:
    """Return the command line with the commands of these modules."""
    app = typer.Typer(
        name="ineq-kg",
        help="A queryable graph of meta-ethnographies: every claim traced back to the exact words it rests on.",
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
    )
    app.callback()(_root)
    for name in modules:
        commands = import_module(f"ineq_kg.commands.{name}").commands
        if name in _NAMED:
            app.add_typer(commands, name=name)
        else:
            app.add_typer(commands)
    return app


def exit_code(error: IneqKgError) -> int:
    """Return the exit code for an error: that of the nearest class above it in EXIT_CODES."""
    return next(EXIT_CODES[cls] for cls in type(error).__mro__ if cls in EXIT_CODES)


def main() -> None:
    """Run the command line; an error of ours is one message and an exit code, never a traceback."""
    soon = _SOON.get(sys.argv[1]) if len(sys.argv) > 1 else None
    try:
        command_line(_MODULES if soon is None else (soon,))()
    except IneqKgError as error:
        message = str(error)
        if error.mend and error.mend not in message and not isinstance(error, DocumentsRejected):
            message = f"{message}. {error.mend}"
        err.print(f"Error: {message}", style="red", highlight=False, markup=False, soft_wrap=True)
        sys.exit(exit_code(error))
    except OSError as error:
        # What is written elsewhere has errors of its own: this is the output, a full disk behind `>` for one.
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else what is left is tried again at the end
        err.print(
            f"Error: the output cannot be written: {error.strerror}. What is there is not all of it.", style="red"
        )
        sys.exit(EXIT_CODES[IneqKgError])


if __name__ == "__main__":
    main()
