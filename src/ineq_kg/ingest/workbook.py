"""Excel workbooks: a sheet is a section, named as in a YAML file; the sheet `about` is for people and is not read."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from ineq_kg.errors import DocumentError
from ineq_kg.ingest.tables import Table, TableDocument, read_tables, refuse_large, unreadable

ABOUT = "about"
_WHAT = "an Excel workbook"
# Sheets are as long as somebody once scrolled: what is past this many empty rows is not looked at.
_MOST_ROWS = 200_000


def _text(value: Any) -> str | None:
    """Return a cell's value as people see it: days as days, whole numbers without a point."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return (value.date() if value.time() == datetime.min.time() else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    # How workbooks write the character that XML would turn into a line's end (ECMA-376, 22.4.2.4); openpyxl leaves it so.
    return str(value).replace("_x000D_", "\r")


def _rows(sheet: Any, formulas: list[tuple[str, str]]) -> Iterator[list[str | None]]:
    for row in sheet.iter_rows(max_row=_MOST_ROWS):
        formulas += [(f"{sheet.title}!{cell.coordinate}", str(cell.value)) for cell in row if cell.data_type == "f"]
        yield [_text(cell.value) for cell in row]


def _where(title: str, row: int, column: int) -> str:
    return f"{title}!{get_column_letter(column + 1)}{row + 1}"


def read_workbook(path: Path) -> TableDocument:
    """Read a workbook of at most 16 MiB. Raises DocumentError for anything else; what is wrong in it is its `faults`."""
    refuse_large(path, _WHAT)
    tables, formulas = [], list[tuple[str, str]]()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that openpyxl leaves out: pictures, drop-down lists
            book = openpyxl.load_workbook(path, read_only=True)
        try:
            for sheet in book.worksheets:
                rows = list(_rows(sheet, formulas)) if sheet.title != ABOUT else []
                if any(map(any, rows)):
                    tables.append(Table(sheet.title, rows, partial(_where, sheet.title), lambda row: row + 1))
        finally:
            book.close()
    except (InvalidFileException, DefusedXmlException, ParseError, KeyError, ValueError, TypeError, EOFError) as error:
        raise unreadable(path, _WHAT, error) from error
    document = read_tables(path, tables)
    mend = "Copy the cell and paste its value."
    for where, formula in formulas:
        message = "a formula stands here, and no value"
        document.faults.append(DocumentError(message, document=path, place=where, value=formula, mend=mend))
    return document
