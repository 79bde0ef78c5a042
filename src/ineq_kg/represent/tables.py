"""Tables in every format that holds one, whether a query gave them or Python computed them."""

from __future__ import annotations

from dataclasses import dataclass

from ineq_kg.errors import NotAcceptable
from ineq_kg.queries.binding import Values
from ineq_kg.queries.definition import Question
from ineq_kg.represent.formats import Format
from ineq_kg.store.embedded import Rows
from ineq_kg.triples.results import write_result_set, write_results


@dataclass(frozen=True)
class Asked:
    """What a table answers: the question, the values of its parameters, and the version of the dataset."""

    question: Question
    values: Values
    version: str


def write_table(rows: Rows, wanted: Format, asked: Asked | None = None) -> bytes:
    """Return the rows in a format that holds a `table`; the same rows always give the same bytes.

    `asked` is told where the format has a place for it: the second sheet of a workbook. Raises NotAcceptable.
    """
    if not wanted.holds("table"):
        possible = ", ".join(member.extension for member in Format.for_form("table"))
        raise NotAcceptable(f"a table cannot be written as {wanted.label}", mend=f"Use one of: {possible}.")
    if wanted is Format.XLSX:
        from ineq_kg.represent.workbook import workbook  # slow to import, and few answers are workbooks

        return workbook(rows, asked)
    if wanted is Format.TURTLE:
        return write_result_set(rows.columns, rows.rows, wanted.media_type)
    return write_results(rows.columns, rows.rows, wanted.media_type)
