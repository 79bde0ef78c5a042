"""The versions of a store: as plain data, and for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from ineq_kg.represent.text import counted
from ineq_kg.store.history import Known
from ineq_kg.store.journal import UNSIGNED
from ineq_kg.store.retention import Fate, Retention


def history_data(known: Sequence[Known]) -> list[dict[str, Any]]:
    """Return what is known of each version as plain data; sizes are in bytes on the disk."""
    return [_data(one) for one in known]


def _data(one: Known) -> dict[str, Any]:
    entry = one.entry
    data: dict[str, Any] = {
        "version": one.version,
        "at": entry.at.isoformat() if entry else None,
        "who": entry.note.who if entry else "",
        "why": entry.note.why if entry else "",
        "parent": entry.parent if entry else None,
        "revertedTo": entry.base if entry else None,
        "current": one.current,
        "kept": bool(one.kept),
        "held": one.held,
        "pruned": not one.present,
    }
    if one.present:
        data |= {"quads": one.quads, "bytes": {"own": one.own, "shared": one.shared}}
    if one.digest is not None:
        data["digest"] = one.digest
    if one.problems is not None:
        data["problems"] = list(one.problems)
    return data


def _state(one: Known) -> Text:
    if not one.present:
        return Text("pruned", style="dim")
    words = ["current" if one.current else "kept" if one.kept else "past what is kept"]
    words += ["read now"] if one.held else []
    if one.problems:
        return Text(", ".join([*words, "DAMAGED"]), style="bold red")
    if one.quads is None:
        return Text(", ".join([*words, "cannot be read"]), style="bold red")
    words += ["whole"] if one.problems is not None else []
    return Text(", ".join(words), style="bold" if one.current else "")


def history_table(known: Sequence[Known]) -> Table:
    """Return the versions as a table."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Version", no_wrap=True)
    table.add_column("Committed (UTC)", min_width=10)
    for column in ("Quads", "Own", "Shared"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("State", min_width=8)
    table.add_column("Who: why")
    for one in known:
        at = f"{one.entry.at:%Y-%m-%d %H:%M:%S}" if one.entry else ""
        quads = "" if one.quads is None else f"{one.quads:,}"
        sizes = (decimal(one.own), decimal(one.shared)) if one.present else ("", "")
        note = one.entry.note if one.entry else UNSIGNED
        why = ": ".join(filter(None, (note.who, note.why)))
        table.add_row(one.version, at, quads, *sizes, _state(one), Text(why))
    return table


def history_notes(known: Sequence[Known]) -> list[Text]:
    """Return what a table has no room for, a line each: digests as `sha256sum` prints them, and what is wrong."""
    digests = [Text(f"{one.digest}  {one.version}") for one in known if one.digest]
    return digests + [Text(f"{one.version}: {it}", style="red") for one in known for it in one.problems or ()]


def fates_text(fates: Sequence[Fate], rule: Retention, *, dry: bool) -> Group:
    """Return what became of each version, a line each, under the rule; with `dry`, what would become of it."""
    gone = sum(fate.removed for fate in fates)
    verb = "would be removed" if dry else "removed"
    lines = [f"Kept: {rule}."]
    lines += [f"{fate.version} {verb if fate.removed else 'stays'}: it {fate.why}" for fate in fates]
    lines.append(f"{counted(gone, 'version')} {verb}, {len(fates) - gone} {'would stay' if dry else 'stay'}.")
    return Group(*map(Text, lines))
