"""Answers to questions that are asked by name, written as they were asked for.

A named query of ours is bounded and runs in this process; nothing is known of a user's own, which runs in a worker's, where
it can be stopped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from ineq_kg.analysis.definition import Analysis, Ask
from ineq_kg.queries.binding import Values, bind
from ineq_kg.queries.choices import choices
from ineq_kg.queries.definition import NamedQuery, Question
from ineq_kg.queries.paging import Page, Window, page_of
from ineq_kg.represent import page
from ineq_kg.represent.formats import Format
from ineq_kg.represent.staying import staying
from ineq_kg.represent.tables import Asked, write_table
from ineq_kg.store.embedded import FORM_SELECT, FORMS, Rows, read_rows
from ineq_kg.store.embedded import Snapshot as OpenVersion
from ineq_kg.store.federation import Reaching
from ineq_kg.store.job import Answer, Job
from ineq_kg.store.pool import Pool, Running
from ineq_kg.store.protocol import Snapshot
from ineq_kg.store.remote.endpoint import Location

T = TypeVar("T")
# Rows that a page shows at a time, where no number is asked for.
PAGE_ROWS = 50


@dataclass(frozen=True)
class Representation:
    """An answer ready to send: its bytes, the format they are in, and the dataset version they are true of.

    Where a version can hold now this and now that, a digest of the bytes is part of its name.

    `committed` is when that version was; `page` is set where the answer is a part of a longer one.
    """

    body: bytes
    format: Format
    version: str
    committed: datetime | None = None
    page: Page | None = None

    @classmethod
    def of(
        cls, snapshot: Snapshot, body: bytes, format_: Format, page: Page | None = None, *, lasting: bool = True
    ) -> Representation:
        """Return an answer that is true of a snapshot; not `lasting` where it also tells what others said just now."""
        if lasting and snapshot.immutable:
            return cls(body, format_, snapshot.version, snapshot.committed, page)
        version = f"{snapshot.version}~{cls.by_content(body, format_).version}"
        return cls(body, format_, version, snapshot.committed if lasting else None, page)

    @classmethod
    def by_content(cls, body: bytes, format_: Format) -> Representation:
        """Return an answer that no dataset bears on: its version is a digest of its own bytes."""
        return cls(body, format_, hashlib.sha256(body).hexdigest()[:16])


@dataclass(frozen=True)
class Asking:
    """A question with its values, the version that is asked, and how to answer: the format, and which part of the rows.

    The links of a page that `stays` lead to the same version.
    """

    question: Question
    values: Values
    snapshot: Snapshot
    wanted: Format = Format.JSON
    window: Window | None = None
    stays: bool = False

    @property
    def given(self) -> Values:
        """The values that say something: an empty field of a page's form does not."""
        if self.wanted is not Format.HTML:
            return self.values
        return {name: value for name, value in self.values.items() if any(value)}

    @property
    def lacks_values(self) -> bool:
        """Whether this is a page that is still to ask for values, and so has no rows."""
        parameters = self.question.header.parameters
        return self.wanted is Format.HTML and any(
            parameter.required and name not in self.given for name, parameter in parameters.items()
        )

    @property
    def as_it_comes(self) -> bool:
        """Whether the engine's own bytes are the answer: all the rows of a query, in a format for results."""
        # Another server's bytes are read first: it may write the same rows otherwise.
        here = isinstance(self.snapshot, OpenVersion)
        return here and isinstance(self.question, NamedQuery) and self.window is None and self.wanted.holds(FORM_SELECT)

    def straight(self) -> Representation:
        """Return the answer of one of our own queries, where it comes as the engine writes it. Raises ParameterError."""
        if not isinstance(self.snapshot, OpenVersion) or not isinstance(self.question, NamedQuery):
            raise TypeError(f"{self.question.name} is not answered here by a query")
        text, dataset = bind(self.question, self.given)
        # Ours ask no other host: that was looked at when they were read, and values are bound as terms.
        return self.written(self.snapshot.serialise(Reaching(text), lambda _form: self.wanted.media_type, dataset)[1])

    def written(self, body: bytes) -> Representation:
        """Return the engine's own bytes as the answer."""
        return Representation.of(self.snapshot, body, self.wanted)

    def write(self, rows: Rows) -> Representation:
        """Return the answer, or the part of it that is wanted. Raises NotAcceptable, ParameterError."""
        if self.wanted is Format.HTML:
            return self.page(self._part(rows, self.window or Window(PAGE_ROWS)))
        shown = None if self.window is None else self._part(rows, self.window)
        told = Asked(self.question, self.given, self.snapshot.version)
        body = write_table(rows if shown is None else shown.rows, self.wanted, told)
        return Representation.of(self.snapshot, body, self.wanted, shown)

    def page(self, shown: Page | None) -> Representation:
        """Return the web page, with these rows; None where it is still to ask for values."""
        offered = choices(self.snapshot, self.question.header, self.given)
        limit = PAGE_ROWS if self.window is None else self.window.limit
        text = page.query_page(self.question, self.given, shown, offered, limit=limit)
        text = staying(text, self.snapshot.version) if self.stays else text
        return Representation.of(self.snapshot, text.encode(), Format.HTML, shown)

    def _part(self, rows: Rows, window: Window) -> Page:
        return page_of(rows, window, self.snapshot.version, self.question.name, self.given)


def rows_here(question: Question, values: Values, snapshot: Snapshot, ask: Ask) -> Rows:
    """Return the rows that answer a question, found in this process; `ask` gives an analysis the rows it rests on.

    Raises ParameterError.
    """
    if isinstance(question, NamedQuery):
        text, dataset = bind(question, values)
        return snapshot.select(text, dataset)
    if not isinstance(question, Analysis):
        raise TypeError(f"{question.name} is neither a query nor an analysis")
    return question.answer(ask, values)


def _read(answer: Answer) -> Rows:
    rows = read_rows(answer.body)
    if rows is None:
        raise TypeError("a named query was answered by no table")
    return rows


@dataclass(frozen=True)
class Apart:
    """Where a user's own queries run: worker processes that read the store at a place. `client` is who asks."""

    pool: Pool
    store: Location
    client: str = ""

    def begin(self, asking: Asking) -> Running[Representation]:
        """Begin to answer, and return a handle that waits for the answer or withdraws it. Raises as `App.sparql` does."""
        if asking.as_it_comes:
            return self._submit(asking, asking.wanted, lambda answer: asking.written(answer.body))
        return self._submit(asking, Format.JSON, lambda answer: asking.write(_read(answer)))

    def rows(self, asking: Asking) -> Rows:
        """Return all rows. Raises what `begin` and its handle raise."""
        return self._submit(asking, Format.JSON, _read).result()

    def _submit(self, asking: Asking, wanted: Format, finish: Callable[[Answer], T]) -> Running[T]:
        if not isinstance(asking.question, NamedQuery):
            raise TypeError(f"{asking.question.name} is no query")
        text, dataset = bind(asking.question, asking.given)
        media_types = dict.fromkeys(FORMS, wanted.media_type)
        return self.pool.submit(
            Job(str(self.store), asking.snapshot.version, text, dataset, media_types), finish, client=self.client
        )
