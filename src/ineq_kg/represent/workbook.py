"""A table as an Excel workbook: a sheet of rows, and a sheet that says what they answer."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import xlsxwriter
from xlsxwriter.format import Format as CellFormat
from xlsxwriter.worksheet import Worksheet

from ineq_kg import __version__
from ineq_kg.errors import NotAcceptable
from ineq_kg.store.embedded import Rows
from ineq_kg.triples.terms import RdfTerm, compact
from ineq_kg.vocabulary import XSD

if TYPE_CHECKING:
    from ineq_kg.represent.tables import Asked

# Excel's own limits (Microsoft, «Excel specifications and limits»).
MAX_ROWS = 1_048_576
MAX_CHARACTERS = 32_767
MAX_LINKS = 65_530
MAX_LINK_LENGTH = 2_079
MAX_DIGITS = 15
CUT = " [cut here: a cell holds no more; the other formats hold all]"
WIDEST = 60
# A workbook says when it was made; the same answer must have the same bytes whenever it is written.
MADE = datetime(2000, 1, 1)

_INTEGERS = ("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "gYear")
_NUMBERS = {XSD.term(name) for name in (*_INTEGERS, "decimal", "double", "float")}
NOT_XML = re.compile("[\ufffe\uffff\ud800-\udfff]")


def _text(value: str) -> str:
    """Return text that a cell can hold; what is too long is cut, and says so."""
    value = NOT_XML.sub("\ufffd", value)
    if len(value.encode("utf-16-le")) // 2 <= MAX_CHARACTERS:
        return value
    room = (MAX_CHARACTERS - len(CUT)) * 2
    return value.encode("utf-16-le")[:room].decode("utf-16-le", errors="ignore") + CUT


def _number(term: RdfTerm) -> float | None:
    """Return a number that Excel keeps exactly as it is, or None."""
    if term.datatype not in _NUMBERS:
        return None
    try:
        number = Decimal(term.value)
    except InvalidOperation:
        return None
    if not number.is_finite() or len(number.normalize().as_tuple().digits) > MAX_DIGITS or abs(number) > 10**MAX_DIGITS:
        return None
    return float(number)


def _day(term: RdfTerm) -> date | None:
    """Return a day that Excel can count: it takes 1900 for a leap year, and knows no time zones."""
    if term.datatype != XSD.term("date") or not re.fullmatch(r"\d{4}-\d\d-\d\d", term.value):
        return None
    try:
        day = date.fromisoformat(term.value)
    except ValueError:
        return None
    return day if day >= date(1900, 3, 1) else None


class _Sheets:
    """The two sheets of a workbook while they are written."""

    def __init__(self) -> None:
        self.bytes = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.bytes, {"in_memory": True})
        self.book.set_properties({"created": MADE, "title": "ineq-kg"})
        self.bold: CellFormat = self.book.add_format({"bold": True, "bottom": 1})
        self.dated: CellFormat = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.links = 0

    def cell(self, sheet: Worksheet, row: int, column: int, term: RdfTerm) -> int:
        """Write a cell and return how many characters it shows."""
        number, day = _number(term), _day(term)
        if term.kind == "iri":
            return self.link(sheet, row, column, term.value)
        if number is not None:
            sheet.write_number(row, column, number)
        elif day is not None:
            sheet.write_datetime(row, column, day, self.dated)
        elif term.datatype == XSD.term("boolean") and term.value in {"true", "false"}:
            sheet.write_boolean(row, column, term.value == "true")
        else:
            sheet.write_string(row, column, _text(term.value))
        return len(term.value)

    def link(self, sheet: Worksheet, row: int, column: int, iri: str) -> int:
        """Write an IRI as a link that shows its short form; past Excel's limits, the IRI in full."""
        self.links += 1
        if self.links > MAX_LINKS or len(iri) > MAX_LINK_LENGTH or not re.match(r"https?://", iri):
            sheet.write_string(row, column, _text(iri))
            return len(iri)
        shown = compact(iri)
        sheet.write_url(row, column, iri, string=_text(shown))
        return len(shown)

    def rows(self, rows: Rows, labels: Iterable[str]) -> None:
        sheet = self.book.add_worksheet("Rows")
        sheet.freeze_panes(1, 0)
        widths = []
        for column, label in enumerate(labels):
            sheet.write_string(0, column, _text(label), self.bold)
            widths.append(len(label))
        for number, row in enumerate(rows.rows, 1):
            for column, term in enumerate(row):
                if term is not None:
                    widths[column] = max(widths[column], self.cell(sheet, number, column, term))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width, WIDEST) + 2)
        if rows.rows and widths:
            sheet.autofilter(0, 0, len(rows), len(widths) - 1)

    def about(self, rows: Rows, asked: Asked) -> None:
        sheet = self.book.add_worksheet("About")
        sheet.set_column(0, 2, WIDEST // 2)
        header = asked.question.header
        lines: list[tuple[str, ...]] = [
            ("Query", asked.question.name),
            ("Summary", header.summary),
            ("Question", header.question),
        ]
        for name, given in asked.values.items():
            lines += [(f"Parameter {name}", value) for value in ([given] if isinstance(given, str) else given)]
        lines += [
            ("Dataset version", asked.version),
            ("Written by", f"ineq-kg {__version__}"),
            ("Rows", f"{len(rows):,}"),
        ]
        lines += [(), ("Column", "Name in the query", "Meaning")]
        lines += [(column.label, name, column.meaning) for name, column in header.columns.items()]
        for number, line in enumerate(lines):
            for column, text in enumerate(line):
                sheet.write_string(number, column, _text(text), self.bold if column == 0 else None)

    def done(self) -> bytes:
        self.book.close()
        return self.bytes.getvalue()


def workbook(rows: Rows, asked: Asked | None = None) -> bytes:
    """Return the table as a workbook (Office Open XML). Raises NotAcceptable for more rows than a sheet holds.

    Numbers, days and truth values are typed, IRIs are links, the first row stays in sight. The second sheet, if it is known
    what was asked, says the question, its parameters, the dataset version, and what each column means.
    """
    if len(rows) >= MAX_ROWS:
        message = f"{len(rows):,} rows do not fit a sheet, which holds {MAX_ROWS:,}"
        raise NotAcceptable(message, mend="Ask for CSV, or for a page at a time.")
    columns = asked.question.header.columns if asked else {}
    sheets = _Sheets()
    sheets.rows(rows, [columns[name].label if name in columns else name for name in rows.columns])
    if asked is not None:
        sheets.about(rows, asked)
    return sheets.done()
