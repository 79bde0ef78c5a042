"""Tables as records: each table is a section, its first row names fields, and every further row is a record.

Where a field holds several things they stand on lines of their own in one cell, or with `|` between; what refers to other
records may have commas too. A relation with particulars of its own is written as in YAML: `{to: ..., confidence: Low}`.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ineq_kg.errors import DocumentError, DocumentTooLarge
from ineq_kg.ingest.yaml_document import MAX_BYTES, Place, nearest, parse_yaml, place_name
from ineq_kg.records import SECTIONS, AnyRecord
from ineq_kg.records.fields import Field, fields_of

# What a packed document may unpack to: a few hundred times as much as the longest synthesis, and no bomb.
MAX_UNPACKED = 256 * 1024 * 1024


@dataclass(frozen=True)
class Table:
    """A table of an outside document: its title, its rows of text (None where a cell is empty), and what its cells are called.

    `where` is given a row and a column, both from 0, and says where people find that cell; `row` which number a row has there.
    """

    title: str
    rows: Sequence[Sequence[str | None]]
    where: Callable[[int, int], str]
    row: Callable[[int], int]


@dataclass(frozen=True)
class TableDocument:
    """A document of tables as plain data, as a YAML file would give it, that remembers its cells.

    `cells` maps places in the data to cells, `lines` to rows; `faults` are what is wrong with the tables as such.
    """

    path: Path
    data: dict[str, Any] = field(default_factory=dict)
    cells: dict[Place, str] = field(default_factory=dict, repr=False)
    lines: dict[Place, int] = field(default_factory=dict, repr=False)
    faults: list[DocumentError] = field(default_factory=list, repr=False)

    def line(self, place: Place) -> int:
        """Return the row of `place`, or of the nearest thing around it that has one."""
        return self.lines.get(nearest(place, self.lines), 1)

    def pointer(self, place: Place) -> tuple[int | None, str]:
        """Return no line, and the cell to look at."""
        return None, self.cells.get(nearest(place, self.cells), "")

    def error(self, message: str, place: Place = (), *, value: str = "", mend: str = "") -> DocumentError:
        """Return an error that points at the cell of `place`."""
        found = nearest(place, self.cells)
        cell = self.cells.get(found, "")
        inner = place_name(place[len(found) :])
        where = ", ".join(filter(None, [cell, inner]))
        return DocumentError(message, document=self.path, place=where, value=value, mend=mend)


def refuse_large(path: Path, what: str) -> None:
    """Raise DocumentError for a file that is no packed document or cannot be read, DocumentTooLarge for a long one."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            message = f"the file has {size:,} bytes; {what} may have {MAX_BYTES:,}"
            raise DocumentTooLarge(message, document=path, mend="Split it: a synthesis may be a folder of many files.")
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(member.file_size for member in packed.infolist())
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise unreadable(path, what, error) from error
    except OSError as error:
        mend = "Check the name and your permission to read it."
        raise DocumentError(f"the file cannot be read ({error.strerror or error})", document=path, mend=mend) from error
    if unpacked > MAX_UNPACKED:
        message = f"the file unpacks to {unpacked:,} bytes; {what} may have {MAX_UNPACKED:,}"
        raise DocumentTooLarge(message, document=path, mend="Take out pictures and whatever is no table of records.")


def unreadable(path: Path, what: str, error: Exception) -> DocumentError:
    """Return the error for a file that is not what its name says."""
    told = " ".join(str(error).split())[:120]
    return DocumentError(f"this is not {what}: {told}", document=path, mend="Open it in its program and save it anew.")


def _name(text: str) -> str:
    """Return a title or heading as names of sections and fields are written: `Second-order constructs`, `Reported in`."""
    return re.sub(r"[\s_-]+", "_", text.strip().lower())


def section_of(title: str) -> str | None:
    """Return the section that a title means, or None; `Table 2. Studies` means `studies`."""
    bare = re.sub(r"^\s*table\s+\d+\s*[.:)–—-]?\s*", "", title, flags=re.IGNORECASE)
    return next((name for name in (_name(title), _name(bare)) if name in SECTIONS), None)


def read_tables(path: Path, tables: Sequence[Table]) -> TableDocument:
    """Return tables as the sections they are titled after. What is wrong with a table is among the `faults`."""
    document = TableDocument(path)
    for table in tables:
        section = section_of(table.title)
        if section is None:
            shown = repr(table.title) if table.title else "nothing"
            document.faults.append(
                DocumentError(
                    f"a table is titled {shown}, which is no section of records",
                    document=path,
                    place=table.where(0, 0),
                    value=table.title,
                    mend=f"Title it by what its rows are, for example studies; the sections are: {', '.join(SECTIONS)}.",
                )
            )
        else:
            _Reader(document, table, section).read()
    return document


class _Reader:
    """Reads one table into a document."""

    def __init__(self, document: TableDocument, table: Table, section: str) -> None:
        self.document = document
        self.table = table
        self.section = section
        self.cls: type[AnyRecord] = SECTIONS[section]
        self.fields = {one.name: one for one in fields_of(self.cls)}

    def read(self) -> None:
        items = self.document.data.setdefault(self.section, [])
        self.document.cells.setdefault((self.section,), self.table.where(0, 0))
        columns = self.columns()
        for at, row in enumerate(self.table.rows[1:], 1):
            if not any(row):
                continue
            place: Place = (self.section, len(items))
            self.document.cells[place] = self.table.where(at, 0)
            self.document.lines[place] = self.table.row(at)
            items.append(self.record(at, row, columns, place))

    def columns(self) -> dict[int, str]:
        """Return the field of each column that has one."""
        found: dict[int, str] = {}
        for column, heading in enumerate(self.table.rows[0] if self.table.rows else ()):
            name = _name(heading or "")
            if name in self.cls.model_fields and name not in found.values():
                found[column] = name
            elif name:
                twice = name in found.values()
                message = f"{heading!r} {'stands over two columns' if twice else 'is not a field here'}"
                mend = f"The fields of {self.section} are: {', '.join(self.cls.model_fields)}."
                self.fault(message, 0, column, heading or "", mend)
        return found

    def fault(self, message: str, row: int, column: int, value: str, mend: str) -> None:
        where = self.table.where(row, column)
        self.document.faults.append(
            DocumentError(message, document=self.document.path, place=where, value=value, mend=mend)
        )

    def record(self, at: int, row: Sequence[str | None], columns: dict[int, str], place: Place) -> dict[str, Any]:
        record: dict[str, Any] = {}
        headed = len(self.table.rows[0])
        for column, text in enumerate(row):
            if not text:
                continue
            if column in columns:
                name = columns[column]
                self.document.cells[*place, name] = self.table.where(at, column)
                self.document.lines[*place, name] = self.table.row(at)
                record[name] = self.value(text, self.fields.get(name), at, column)
            elif column >= headed or not self.table.rows[0][column]:
                self.fault("there is no heading over this cell", at, column, text, "Name its field in the first row.")
        return record

    def value(self, text: str, known: Field | None, at: int, column: int) -> Any:
        """Return what a cell holds, as YAML would give it."""
        if known is None or not (known.many or known.qualified):
            return text
        if text.lstrip().startswith(("{", "[")):
            try:
                return parse_yaml(self.document.path, text).data
            except DocumentError as error:
                self.fault(error.message, at, column, text, error.mend)
                return None
        if not known.many:
            return text.strip()
        parts = re.split(r"[\n|,;]" if known.refers else r"[\n|]", text)
        return [part.strip() for part in parts if part.strip()]
