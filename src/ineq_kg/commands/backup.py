"""Commands that copy a store to a file, and back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ineq_kg.commands.terminal import StoreOption, directory, err, open_app, out, progress_bar
from ineq_kg.errors import InputError
from ineq_kg.store.backup import back_up, back_up_to
from ineq_kg.store.manifest import Manifest
from ineq_kg.store.opening import in_directory
from ineq_kg.store.restoring import restore as restore_store

commands = typer.Typer()
STREAM = "-"
_WHAT = "backups of ours"


def _told(manifest: Manifest) -> str:
    files = f"{len(manifest.files)} files, {sum(one.bytes for one in manifest.files.values()):,} bytes"
    content = f"\ncontent {manifest.content} (RDFC-1.0, SHA-256)" if manifest.content else ""
    return f"version {manifest.version}, {manifest.quads:,} quads, {files}{content}"


@commands.command(epilog="Example: ineq-kg backup ineq-kg-2026-05-01.tar.gz")
def backup(
    destination: Annotated[
        str,
        typer.Argument(
            help="A new file, gzipped where it ends in .gz or .tgz; - writes to standard output.", metavar="DEST"
        ),
    ],
    at: Annotated[
        str | None, typer.Option(help="A version that is kept; else the current one.", metavar="VERSION")
    ] = None,
    digest: Annotated[
        bool, typer.Option("--digest", help="Put the digest of what it says into the manifest; reads all of it.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Copy one version, and the journal up to it, into one file, while others read and write."""
    opened = in_directory(open_app(store).store, _WHAT)
    if destination == STREAM and sys.stdout.isatty():
        raise InputError("a backup is not for a terminal", mend="Name a file, or pipe it on.")
    with progress_bar() as progress:
        progress.add_task("writing the backup", total=None)
        if destination == STREAM:
            manifest, sha256 = back_up(opened, sys.stdout.buffer, at, compress=False, content=digest)
        else:
            manifest, sha256 = back_up_to(opened, Path(destination), at, content=digest)
    console = err if destination == STREAM else out
    console.print(f"{_told(manifest)}\n{sha256}  {destination}", highlight=False, soft_wrap=True, markup=False)


@commands.command(epilog="Example: ineq-kg restore ineq-kg-2026-05-01.tar.gz --store new-store")
def restore(
    source: Annotated[
        str, typer.Argument(help="A file that `backup` wrote; - reads standard input.", metavar="SOURCE")
    ],
    store: StoreOption = None,
) -> None:
    """Make of a backup the store in an empty or new directory; every byte is checked before anything is current."""
    into = directory(store, _WHAT)
    with progress_bar() as progress:
        progress.add_task("restoring", total=None)
        if source == STREAM:
            manifest = restore_store(sys.stdin.buffer, into)
        else:
            try:
                file = Path(source).open("rb")  # noqa: SIM115 - closed below; only opening it is the user's fault
            except OSError as error:
                raise InputError(
                    f"{source} cannot be read ({error.strerror or error})", mend="Check the name."
                ) from error
            with file:
                manifest = restore_store(file, into)
    out.print(f"{_told(manifest)}\nrestored to {into}", highlight=False, soft_wrap=True, markup=False)
