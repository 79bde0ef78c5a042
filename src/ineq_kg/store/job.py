"""What goes to a worker process and what comes back from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ineq_kg.errors import NotAcceptable
from ineq_kg.store.embedded import FORMS, Dataset

# What a worker says first of all, when it can take a job.
READY = "ready"


@dataclass(frozen=True)
class Job:
    """A query on one version of the store at a place: a directory, or an address.

    `media_types` holds, for each form of answer (`select`, `ask`, `graph`), what to write it in, or the error to raise where
    it can be written in nothing that will do.
    """

    store: str
    version: str
    query: str
    dataset: Dataset
    media_types: Mapping[str, str | NotAcceptable]

    def media_type(self, form: str) -> str:
        """Return what to write an answer of this form in. Raises NotAcceptable."""
        chosen = self.media_types[form]
        if isinstance(chosen, NotAcceptable):
            raise chosen
        return chosen


@dataclass(frozen=True)
class UpdateJob:
    """An update of the store in a directory, which nobody else has open; relative IRIs in it are relative to `base`."""

    directory: Path
    update: str
    base: str | None


@dataclass(frozen=True)
class Document:
    """A graph that came from outside: its bytes and their media type."""

    body: bytes
    media_type: str


@dataclass(frozen=True)
class WriteJob:
    """A graph (None: the unnamed one) of the store in a directory, which nobody else has open, and what it is to hold.

    It holds what the documents say and, unless it is to `replace` that, what it held before. Relative IRIs are relative to
    `base`.
    """

    directory: Path
    graph: str | None
    documents: tuple[Document, ...]
    base: str
    replace: bool


def for_each_form(choose: Callable[[str], str]) -> dict[str, str | NotAcceptable]:
    """Return what `choose` says of each form of answer: a media type, or that none will do. Raises what else it raises."""
    chosen: dict[str, str | NotAcceptable] = {}
    for form in FORMS:
        try:
            chosen[form] = choose(form)
        except NotAcceptable as error:
            chosen[form] = error
    return chosen


@dataclass(frozen=True)
class Answer:
    """A whole answer: its form, and its bytes in the media type chosen for that form."""

    form: str
    body: bytes
