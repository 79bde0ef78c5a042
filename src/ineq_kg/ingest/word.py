"""Word documents: a table is the section that the paragraph before it names, as `Studies` or `Table 1. Studies`."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

import docx
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph
from lxml.etree import LxmlError

from ineq_kg.ingest.tables import Table, TableDocument, read_tables, refuse_large, unreadable

_WHAT = "a Word document"


def _rows(table: WordTable) -> list[list[str | None]]:
    """Return the text of cells; of merged cells, each has it."""
    return [[cell.text.strip() or None for cell in row.cells] for row in table.rows]


def _table(number: int, title: str, table: WordTable) -> Table:
    return Table(
        title,
        _rows(table),
        lambda row, column: f"table {number}, row {row + 1}, column {column + 1}",
        lambda row: row + 1,
    )


def read_word(path: Path) -> TableDocument:
    """Read a Word document of at most 16 MiB. Raises DocumentError for anything else; what is wrong in it is its `faults`."""
    refuse_large(path, _WHAT)
    tables: list[Table] = []
    title = ""
    try:
        for block in docx.Document(str(path)).iter_inner_content():
            if isinstance(block, Paragraph):
                title = block.text.strip() or title
            else:
                tables.append(_table(len(tables) + 1, title, block))
                title = ""
    except (PythonDocxError, OpcError, LxmlError, BadZipFile, KeyError, ValueError) as error:
        raise unreadable(path, _WHAT, error) from error
    return read_tables(path, tables)
