"""Who committed what, when and why: one line of JSON a commit, only ever added to.

A line is written, and is on the disk, before its version becomes current, so that no version is without one. A commit that is
cut off between the two leaves a line of a version that never was: entries are therefore those on the way back from the current
version, each to the one that it was made from.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from ineq_kg.errors import StoreError


@dataclass(frozen=True)
class Note:
    """What its author says of a commit: who makes it, and why."""

    who: str = ""
    why: str = ""


UNSIGNED = Note()


@dataclass(frozen=True)
class Entry:
    """One commit. `parent` is the version it was made from, if any; `at` is when, in UTC; `base` where it undoes others."""

    version: str
    parent: str | None
    at: datetime
    note: Note = UNSIGNED
    base: str | None = None

    def line(self) -> bytes:
        """Return the entry as a line of the journal."""
        text = json.dumps({**asdict(self), "at": self.at.isoformat()}, ensure_ascii=False)
        # Half of a surrogate pair, which UTF-8 has no bytes for, becomes JSON's escape of it.
        return text.encode(errors="backslashreplace") + b"\n"

    @classmethod
    def parse(cls, line: str) -> Entry:
        """Return the entry that `line` writes. Raises ValueError, TypeError or KeyError for anything else."""
        data = json.loads(line)
        return cls(**{**data, "at": datetime.fromisoformat(data["at"]), "note": Note(**data["note"])})


class Journal:
    """The journal of a store, in its file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, entry: Entry) -> None:
        """Add an entry, durably. To be called under the writer's lock."""
        with self.path.open("a+b") as file:
            if file.tell() and not self._ends_whole():
                file.write(b"\n")  # what a writer that was cut off left of its line stays, and is passed over
            file.write(entry.line())
            file.flush()
            os.fsync(file.fileno())

    def _ends_whole(self) -> bool:
        with self.path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"

    def lines(self) -> list[Entry]:
        """Return every entry, in the order written; lines that are none are passed over. Raises StoreError."""
        try:
            # Not splitlines(): it also breaks at characters that JSON lets stand in a text.
            lines = self.path.read_text(encoding="utf-8", errors="replace").split("\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(f"the store's journal {self.path} cannot be read: {error}") from error
        found = []
        for line in lines:
            try:
                found.append(Entry.parse(line))
            except (ValueError, TypeError, KeyError):
                continue  # cut off: its version never became current
        return found

    def entries(self, current: str | None) -> list[Entry]:
        """Return the commits that led to the version `current`, oldest first. Raises StoreError where it cannot be read."""
        known = {entry.version: entry for entry in self.lines()}
        found: list[Entry] = []
        while current in known:
            found.append(known.pop(current))
            current = found[-1].parent
        return found[::-1]
