"""The command line: the commands put together, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import errno
import os
import sys
from typing import Annotated

import typer

from ineq_kg import __version__
from ineq_kg.commands import (
    analysing,
    anchors,
    asking,
    backup,
    citing,
    doctor,
    explaining,
    mappings,
    ontology,
    records,
    serving,
    snapshots,
    tokens,
)
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


app = typer.Typer(
    name="ineq-kg",
    help="A queryable graph of meta-ethnographies: every claim traced back to the exact words it rests on.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
for group in (records, asking, citing, analysing, explaining, mappings, ontology, serving, backup, doctor):
    app.add_typer(group.commands)
app.add_typer(anchors.commands, name="anchors")
app.add_typer(tokens.commands, name="tokens")
app.add_typer(snapshots.commands, name="snapshots")


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
