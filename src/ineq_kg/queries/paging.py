"""Pages of an answer, one after another, all of one version of the dataset.

A cursor names the version, the question with its values, the place in the answer, and a digest of the row before that place.
Versions never change, so the place is a key: whoever walks all pages gets every row exactly once, in one order, whatever is
committed in between. The digest proves it: where the row before the place is another, the page is refused, never guessed.

Oxigraph reads no index in the order asked for (ORDER BY with LIMIT took as long as ORDER BY alone), so that a filter on the
last row's values would save nothing, and could not be written: SPARQL orders IRIs and puts unbound first, but compares neither.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from ineq_kg.errors import ParameterError
from ineq_kg.store.embedded import Rows

MAX_ROWS = 10_000
_MEND = "Take cursors from the Link header as they are, or begin again without one."


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Cursor:
    """A place in one answer: `position` rows come before it, and `before` is the digest of the last of them."""

    version: str
    question: str
    position: int
    before: str

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(json.dumps(astuple(self)).encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Return the cursor that `text` writes. Raises ParameterError for anything else."""
        try:
            padded = text + "=" * (-len(text) % 4)
            version, question, position, before = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        except (ValueError, TypeError, binascii.Error, RecursionError) as error:
            raise _unsound(text) from error
        if (
            type(position) is not int
            or position < 0
            or not all(isinstance(x, str) for x in (version, question, before))
        ):
            raise _unsound(text)
        return cls(version, question, position, before)


def _unsound(text: str) -> ParameterError:
    return ParameterError("the cursor is none of ours", parameter="cursor", value=text[:60], mend=_MEND)


@dataclass(frozen=True)
class Window:
    """Which part of an answer is asked for: at most `limit` rows, from the start or from a cursor on."""

    limit: int
    cursor: Cursor | None = None

    @classmethod
    def parse(cls, limit: str, cursor: str = "") -> Window:
        """Return the window that these two parameters ask for. Raises ParameterError."""
        if not limit.isascii() or not limit.isdigit() or len(limit) > 9 or not 1 <= int(limit) <= MAX_ROWS:
            raise ParameterError(
                f"limit: {limit[:60]!r} is no number of rows",
                parameter="limit",
                value=limit[:60],
                mend=f"1 to {MAX_ROWS:,}.",
            )
        return cls(int(limit), Cursor.parse(cursor) if cursor else None)


@dataclass(frozen=True)
class Page:
    """Rows of an answer that has `total`, beginning after `position` of them, and the cursors of other pages by relation.

    Relations are those of RFC 8288: `first`, `prev`, `next` and `last`; walking `next` ends at `last`.
    """

    rows: Rows
    position: int
    total: int
    links: Mapping[str, str]


def page_of(rows: Rows, window: Window, version: str, question: str, values: Mapping[str, str | Sequence[str]]) -> Page:
    """Return the part of `rows` that `window` asks for. Raises ParameterError where its cursor is of another answer."""
    asked = _digest([question, dict(values)])
    total = len(rows)
    position = 0
    if window.cursor is not None:
        position = window.cursor.position
        known = Cursor(version, asked, position, _before(rows, position)) if position <= total else None
        if window.cursor != known:
            raise ParameterError("the cursor is of another question or version", parameter="cursor", mend=_MEND)
    after = position + window.limit
    places = {"first": 0, "last": position + max(total - position - 1, 0) // window.limit * window.limit}
    if position > 0:
        places["prev"] = max(position - window.limit, 0)
    if after < total:
        places["next"] = after
    links = {name: str(Cursor(version, asked, place, _before(rows, place))) for name, place in places.items()}
    return Page(Rows(rows.columns, rows.rows[position:after]), position, total, links)


def _before(rows: Rows, position: int) -> str:
    return _digest([None if term is None else astuple(term) for term in rows.rows[position - 1]]) if position else ""
