"""The bytes of an answer as they are written, counted, and refused past a limit."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import pyoxigraph as ox

from ineq_kg.store.limits import Limits

T = TypeVar("T")
_ESCAPED = re.compile(rb"\\.", re.DOTALL)


@dataclass(frozen=True)
class _Mark:
    """What parts rows: `text` stands `extra` times more or less often than there are rows.

    Where `quoted`, it counts only outside quotation marks; where `escaped`, a backslash takes away what follows it.
    """

    text: bytes
    extra: int
    quoted: bool = False
    escaped: bool = False


_MARKS = {
    # One array of objects, without white space: `},{` stands between two of them, and nowhere else outside strings.
    ox.QueryResultsFormat.JSON: _Mark(b"},{", 1, quoted=True, escaped=True),
    ox.QueryResultsFormat.XML: _Mark(b"<result>", 0),
    ox.QueryResultsFormat.CSV: _Mark(b"\n", -1, quoted=True),
    ox.QueryResultsFormat.TSV: _Mark(b"\n", -1),
}


class RowCount:
    """Counts the rows of SPARQL results as their bytes go by, in blocks of any size.

    The engine writes all rows in one call and tells nothing in between, so they are counted in what it writes.
    """

    def __init__(self, format_: ox.QueryResultsFormat) -> None:
        self._mark = _MARKS[format_]
        self._held = b""
        self._inside = False
        self._seen = b""
        self.rows = 0

    def add(self, block: bytes) -> int:
        """Count what `block` adds, and return the rows begun so far."""
        mark = self._mark
        if mark.escaped:
            block = self._held + block
            backslashes = len(block) - len(block.rstrip(b"\\"))
            self._held = b"\\" if backslashes % 2 else b""
            block = _ESCAPED.sub(b"", block.removesuffix(self._held))
        if mark.quoted:
            pieces = block.split(b'"')
            outside = pieces[1 if self._inside else 0 :: 2]
            self._inside ^= len(pieces) % 2 == 0
            block = b"".join(outside)
        text = self._seen + block
        self.rows += text.count(mark.text)
        kept = len(mark.text) - 1
        self._seen = text[-kept:] if kept else b""
        return self.rows + mark.extra


class Body(io.BytesIO):
    """A file to write an answer to. Raises ResultTooLarge where the answer is longer than `limits` let it be."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._limits = limits
        self._rows: RowCount | None = None

    def rows_of(self, format_: ox.QueryResultsFormat) -> Body:
        """Return this, set to count the rows of results in `format_`."""
        if self._limits.result_rows is not None:
            self._rows = RowCount(format_)
        return self

    def triples_of(self, triples: Iterable[T]) -> Iterator[T]:
        """Yield what `triples` yields, counted as rows."""
        for number, triple in enumerate(triples, 1):
            self._limits.check_rows(number)
            yield triple

    def write(self, block: bytes) -> int:  # type: ignore[override]  # the engine gives bytes, and nothing else
        """Take a block of bytes."""
        self._limits.check_bytes(self.tell() + len(block))
        if self._rows is not None:
            self._limits.check_rows(self._rows.add(block))
        return super().write(block)
