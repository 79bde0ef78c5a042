"""Whose words and whose records: what the pages of a synthesis say of the text that it was read from."""

from __future__ import annotations

from collections.abc import Mapping

from ineq_kg.analysis.definition import Ask
from ineq_kg.analysis.support import texts
from ineq_kg.represent.views.definition import Model
from ineq_kg.triples.naming import slug_of

# Between names in a cell of the query.
_BETWEEN = " | "


class Source(Model):
    """The text that a synthesis was read from, and who made the records of it, under which licence.

    Without a `slug`, the records name no text.
    """

    slug: str = ""
    label: str = ""
    creators: tuple[str, ...] = ()
    citation: str | None = None
    title: str | None = None
    issued: str | None = None
    published_in: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None
    licence: str | None = None
    curators: tuple[str, ...] = ()
    records_licence: str | None = None


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(text.split(_BETWEEN)) if text else ()


def source_in(row: Mapping[str, str]) -> Source:
    """Return what a row of the query `how-to-cite` says of the source and the records."""
    return Source(
        slug=slug_of(row.get("source", "")),
        label=row.get("sourcelabel", ""),
        creators=_names(row.get("creators")),
        citation=row.get("citation"),
        title=row.get("title"),
        issued=row.get("issued"),
        published_in=row.get("publishedin"),
        volume=row.get("volume"),
        issue=row.get("issue"),
        pages=row.get("pages"),
        doi=row.get("doi"),
        licence=row.get("sourcelicence"),
        curators=_names(row.get("curators")),
        records_licence=row.get("licence"),
    )


def source_of(ask: Ask, synthesis: str) -> Source:
    """Return the source of a synthesis, by its slug."""
    return source_in(next(texts(ask("how-to-cite", {"about": synthesis})), {}))
