"""Records as an Excel workbook that can be read again: to edit a synthesis there, or to begin one from empty sheets."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format as CellFormat

from ineq_kg.errors import NotAcceptable
from ineq_kg.records import SECTIONS, AnyRecord
from ineq_kg.records.base import Link
from ineq_kg.records.bundle import Bundle
from ineq_kg.records.fields import Field, fields_of
from ineq_kg.represent.workbook import MADE, MAX_CHARACTERS, NOT_XML

_WIDTH = 28
# Rows of an empty sheet that offer the values possible.
_OFFERED_ROWS = 1_000
_ABOUT = (
    "Each sheet is a section of records; its first row names the fields, every further row is a record.",
    "Several things in one cell stand on lines of their own (Alt+Enter), or with | between.",
    "A relation with particulars of its own is written {to: ..., confidence: Low, evidence: span/...}.",
    "What the source does not say is left empty. To see what is wrong: ineq-kg check THIS-FILE.xlsx",
)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; what was not given is left out."""
    if isinstance(value, Link):
        given = {name: _plain(getattr(value, name)) for name in Link.model_fields if getattr(value, name)}
        return given["to"] if len(given) == 1 else given
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _cell(value: Any, known: Field | None) -> str | int | None:
    """Return what stands in a cell; where a list cannot be written on lines, it is written as in YAML."""
    plain = _plain(value)
    if isinstance(plain, list):
        separators = "\n|,;" if known is not None and known.refers else "\n|"
        simple = all(
            isinstance(item, str) and not set(separators) & set(item) and item[:1] not in "{[" and item == item.strip()
            for item in plain
        )
        return ("\n".join(plain) if simple else json.dumps(plain, ensure_ascii=False)) or None
    if isinstance(plain, dict):
        return json.dumps(plain, ensure_ascii=False)
    return str(plain).lower() if isinstance(plain, bool) else plain


def _choices(known: Field | None) -> list[str]:
    if known is not None and not known.many and issubclass(known.base, Enum):
        return [str(member.value) for member in known.base]
    return []


def record_workbook(bundle: Bundle | None = None) -> bytes:
    """Return the workbook of a synthesis, a sheet for each section that it uses, or one with every section and no records.

    The same records have the same bytes. Raises NotAcceptable for text that is longer than a cell can be.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": MADE, "title": "ineq-kg records"})
    head, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    about = book.add_worksheet("about")
    about.set_column(0, 0, 110)
    for row, line in enumerate(_ABOUT):
        about.write_string(row, 0, line)
    records = () if bundle is None else bundle.records
    for section, cls in SECTIONS.items():
        of_section = [record for record in records if type(record) is cls]
        if of_section or bundle is None:
            _sheet(book, section, cls, of_section, (head, wrapped))
    book.close()
    return stream.getvalue()


def _sheet(
    book: xlsxwriter.Workbook,
    section: str,
    cls: type[AnyRecord],
    records: Iterable[AnyRecord],
    formats: tuple[CellFormat, CellFormat],
) -> None:
    head, wrapped = formats
    sheet = book.add_worksheet(section)
    known = {one.name: one for one in fields_of(cls)}
    names = list(cls.model_fields)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(names) - 1, _WIDTH, wrapped)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, head)
        if offered := _choices(known.get(name)):
            sheet.data_validation(1, column, _OFFERED_ROWS, column, {"validate": "list", "source": offered})
    for row, record in enumerate(records, 1):
        for column, name in enumerate(names):
            value = _cell(getattr(record, name), known.get(name))
            if isinstance(value, int):
                sheet.write_number(row, column, value)
            elif value:
                sheet.write_string(row, column, _fitting(value, f"{record.id}: {name}"))


def _fitting(value: str, what: str) -> str:
    """Return text as it is. Raises NotAcceptable where no cell can hold it."""
    if len(value.encode("utf-16-le")) // 2 > MAX_CHARACTERS:
        fault = f"has {len(value):,} characters, and a cell may have {MAX_CHARACTERS:,}"
    elif found := NOT_XML.search(value):
        fault = f"holds U+{ord(found.group()):04X}, which no cell can hold"
    else:
        return value
    raise NotAcceptable(f"{what} {fault}", mend="Keep this synthesis as YAML.")
