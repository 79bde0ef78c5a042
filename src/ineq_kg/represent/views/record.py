"""Any record of a synthesis: what it is, how sure, on which words, and how it is related to others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ineq_kg.analysis.definition import Ask
from ineq_kg.analysis.support import texts
from ineq_kg.queries.binding import MAX_VALUES
from ineq_kg.represent.views.particulars import Named, Particulars, Passage, Row, named, particulars, passages_of, term
from ineq_kg.represent.views.wording import INVERSES, reads
from ineq_kg.triples.naming import slug_of


class Link(Particulars):
    """A relation from (or, `towards`, to) the record that it is listed with. `link` names the relation's own record, if any.

    `reads` is how it reads from the record.
    """

    relation: str
    reads: str
    towards: bool
    other: Named
    other_kind: str
    other_place: int | None = None
    link: str = ""


class Record(Named, Particulars):
    """A record by its class (`kind`, as the ontology names it; `kind_name` for people), with its links and exact words."""

    kind: str
    kind_name: str
    place: int | None = None
    definition: str = ""
    links: tuple[Link, ...] = ()
    passages: tuple[Passage, ...] = ()

    def by(self, *relations: str, towards: bool | None = None) -> tuple[Link, ...]:
        """Return the links of these relations, in one direction or in both."""
        return tuple(
            link for link in self.links if link.relation in relations and (towards is None or link.towards == towards)
        )

    @property
    def grouped(self) -> dict[str, list[Link]]:
        """The links by how they read."""
        groups: dict[str, list[Link]] = defaultdict(list)
        for link in self.links:
            groups[link.reads].append(link)
        return dict(groups)


def record_of(row: Row, iri: str, links: Sequence[Link] = (), passages: Sequence[Passage] = ()) -> Record:
    """Return the record that a row of `records` or `about-record` tells of."""
    return Record(
        slug=slug_of(iri),
        label=row["label"],
        kind=term(row["kind"]),
        kind_name=row["kindlabel"],
        place=int(row["place"]) if "place" in row else None,
        definition=row.get("definition", ""),
        links=tuple(links),
        passages=tuple(passages),
        **particulars(row).model_dump(),
    )


def records_of(ask: Ask, synthesis: str, *classes: str) -> dict[str, Record]:
    """Return the records of these classes (their IRIs) by IRI, with links and words, sorted by class and name."""
    rows = list(texts(ask("records", {"synthesis": synthesis, "class": classes})))
    iris = [row["node"] for row in rows]
    links, passages = links_of(ask, iris), passages_of(ask, iris)
    return {
        row["node"]: record_of(row, row["node"], links.get(row["node"], ()), passages.get(row["node"], ()))
        for row in rows
    }


def links_of(ask: Ask, iris: Iterable[str]) -> dict[str, list[Link]]:
    """Return the relations of records to others, by the record's IRI; one that is there both ways is told once."""
    found: dict[str, dict[tuple[str, str], Link]] = defaultdict(dict)
    wanted = list(dict.fromkeys(iris))
    for at in range(0, len(wanted), MAX_VALUES):
        for row in texts(ask("relations-of", {"about": wanted[at : at + MAX_VALUES]})):
            link = _link(row)
            found[row["node"]].setdefault((link.reads, link.other.slug), link)
    return {node: list(links.values()) for node, links in found.items()}


def _link(row: Row) -> Link:
    relation, towards = term(row["relation"]), row["towards"] == "true"
    if relation in INVERSES:
        relation, towards = INVERSES[relation], not towards
    return Link(
        relation=relation,
        reads=reads(relation, row["relationlabel"], towards=towards),
        towards=towards,
        other=named(row, "other", "otherlabel"),
        other_kind=term(row["otherkind"]),
        other_place=int(row["otherplace"]) if "otherplace" in row else None,
        link=slug_of(row.get("link", "")),
        **particulars(row, "link").model_dump(),
    )
