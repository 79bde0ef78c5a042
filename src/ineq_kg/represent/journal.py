"""The journal of a store as plain data."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from ineq_kg.represent.formats import Format
from ineq_kg.store.journal import Entry

FORMATS = (Format.JSON, Format.TURTLE, Format.NTRIPLES, Format.JSONLD, Format.RDFXML)


def entry_data(entry: Entry, kept: Collection[str]) -> dict[str, Any]:
    """Return one commit as plain data; `kept` are the versions that can still be asked."""
    return {
        "version": entry.version,
        "parent": entry.parent,
        "revertedTo": entry.base,
        "at": entry.at.isoformat(),
        "who": entry.note.who,
        "why": entry.note.why,
        "kept": entry.version in kept,
    }


def journal_data(entries: Sequence[Entry], kept: Collection[str]) -> dict[str, Any]:
    """Return all commits as plain data, the newest first, and which version is current."""
    found = [entry_data(entry, kept) for entry in reversed(entries)]
    return {"current": entries[-1].version if entries else None, "versions": found}
