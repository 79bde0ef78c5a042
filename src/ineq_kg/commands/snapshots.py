"""Commands for the versions of a store."""

from __future__ import annotations

import json
import os
from typing import Annotated, Literal

import typer

from ineq_kg.commands.terminal import StoreOption, directory, open_app, out, progress_bar, write
from ineq_kg.config import retention_from
from ineq_kg.errors import StoreDamaged
from ineq_kg.represent.snapshots import fates_text, history_data, history_notes, history_table
from ineq_kg.store.engine_errors import MEND
from ineq_kg.store.history import history
from ineq_kg.store.journal import Note
from ineq_kg.store.opening import in_directory
from ineq_kg.store.retention import prune as prune_versions
from ineq_kg.store.snapshots import Versions

_WHAT = "earlier versions"
commands = typer.Typer(no_args_is_help=True, help="List the versions of a store, go back to one, remove old ones.")


@commands.command("list", epilog="Example: ineq-kg snapshots list --verify --format json")
def list_(
    pruned: Annotated[bool, typer.Option("--all", help="Also those that were pruned, which the journal has.")] = False,
    digest: Annotated[
        bool,
        typer.Option("--digest", help="Also the digest of what each says (RDFC-1.0, SHA-256); reads all of it."),
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Also whether each is whole, and fail where one is not; reads all of it.")
    ] = False,
    format_: Annotated[Literal["table", "json"], typer.Option("--format", help="How they are told.")] = "table",
    store: StoreOption = None,
) -> None:
    """List the versions: when, who, why, how many quads, how much of the disk is theirs alone, and what becomes of them."""
    kept = in_directory(open_app(store).store, _WHAT)
    with progress_bar() as progress:
        task = progress.add_task("reading versions", total=None)
        known = history(
            kept,
            pruned=pruned,
            digest=digest,
            check=verify,
            progress=lambda version: progress.update(task, description=f"reading {version}"),
        )
    if format_ == "json":
        write(json.dumps(history_data(known), ensure_ascii=False, indent=1).encode())
    elif not known:
        out.print(f"No versions: nothing has been loaded into {kept.location}", highlight=False)
    else:
        out.print(history_table(known))
        for note in history_notes(known):
            out.print(note, soft_wrap=True)
    damaged = [one.version for one in known if one.problems]
    if damaged:
        raise StoreDamaged(f"damaged: {', '.join(damaged)}", version=damaged[-1], mend=MEND)


@commands.command(epilog="Example: ineq-kg snapshots restore 000007-5f0c2a91 --why 'the load of Monday was wrong'")
def restore(
    version: Annotated[str, typer.Argument(help="A version that `snapshots list` shows.", metavar="VERSION")],
    who: Annotated[str, typer.Option(help="Who goes back, for the journal.", metavar="NAME")] = "",
    why: Annotated[str, typer.Option(help="Why, for the journal.", metavar="TEXT")] = "",
    store: StoreOption = None,
) -> None:
    """Make a new version that holds what this one held: nothing that came after is lost, all of it is in the journal."""
    opened = open_app(store)
    kept = in_directory(opened.store, _WHAT)
    mended = kept.versions.mend_pointer()
    if mended:
        out.print(f"The store's pointer was damaged: it names {mended} again", highlight=False)
    kept.versions.reading(version)  # before anything is written, and a store that is not there is made
    made = opened.revert(version, Note(who, why))
    out.print(f"Version {made} of {kept.location} holds what {version} held", highlight=False)


@commands.command(epilog="Example: ineq-kg snapshots prune --keep 3 --days 30")
def prune(
    keep: Annotated[
        str | None, typer.Option(help="Keep so many of the newest; else INEQ_KG_KEEP, else 8.", metavar="N")
    ] = None,
    days: Annotated[
        str | None,
        typer.Option(
            help="Keep what was current within so many days, or none; else INEQ_KG_KEEP_DAYS, else none.", metavar="D"
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    store: StoreOption = None,
) -> None:
    """Remove old versions, but never the current one and none that someone reads. Every commit does so by itself."""
    rule = retention_from(os.environ, {"keep": keep, "days": days})
    versions = Versions(directory(store, _WHAT))
    if dry_run or versions.current() is None:  # a store that is not there is not made
        fates = prune_versions(versions, rule, dry=True)
    else:
        with versions.writing():
            fates = prune_versions(versions, rule)
    out.print(fates_text(fates, rule, dry=dry_run), highlight=False)
