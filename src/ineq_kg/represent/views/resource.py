"""The page of one resource: what it is, how sure, on which words, what takes part in it, and what rests on it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable

from ineq_kg.analysis.definition import Ask
from ineq_kg.analysis.robustness import Verdict
from ineq_kg.analysis.support import texts
from ineq_kg.represent.tree import tree_of
from ineq_kg.represent.views.definition import Model
from ineq_kg.represent.views.particulars import Named, Particulars, Passage, Row, named, particulars, passages_of, term
from ineq_kg.represent.views.record import Record, links_of, record_of
from ineq_kg.represent.views.wording import reads
from ineq_kg.triples.naming import slug_of, synthesis_of
from ineq_kg.vocabulary import DCTERMS, IKG, IKG_NS, SKOS

# What is told in its own place, and not among the facts.
_TOLD = {
    DCTERMS.term("identifier"),
    IKG.relationPredicate,
    SKOS.term("prefLabel"),
    SKOS.term("definition"),
    IKG.curatorNote,
    IKG.basis,
    IKG.confidence,
    IKG.exact,
    IKG.prefix,
    IKG.suffix,
    IKG.start,
    IKG.end,
}
_SAFE = {Verdict.STANDS.value, Verdict.UNSUPPORTED.value}
_UPWARDS = ("Report", "Study", "SecondOrderConstruct", "TranslatedConstruct", "ThirdOrderConstruct")


class Fact(Model):
    """What is said of a resource in words or figures: the property's name, and its values; none where none is given."""

    name: str
    values: tuple[str, ...]


class Placed(Named):
    """A cell of the matrix: the other end of it, the row of the construct, and how sure the study's construct is."""

    study: str
    translated: str
    row: int | None = None
    confidence: str


class Above(Named):
    """A construct, claim or argument that rests on the resource."""

    kind: str
    kind_name: str
    position: int | None = None
    confidence: str = ""


class Loss(Named):
    """What becomes of a construct, claim or argument without the study: for certain, at least, and at worst."""

    kind: str
    outcome: str
    least: str
    worst: str


class Sharing(Named):
    """Another synthesis that includes a report of the study."""

    report: Named


class Relation(Model):
    """A relation that has a record of its own: the two that it joins, and how it reads."""

    subject: Named
    reads: str
    object: Named


class Resource(Model):
    """All that a page tells of a resource beside its bare statements. `record` is absent where it has no name.

    `above` is what rests on it, `losses` what would fall or be weakened without the study, `cells` where it stands in the
    matrix; `span` is for a passage, `relation` for a relation.
    """

    slug: str
    title: str
    synthesis: str = ""
    record: Record | None = None
    syntheses: tuple[Named, ...] = ()
    facts: tuple[Fact, ...] = ()
    particulars: Particulars = Particulars()
    passages: tuple[Passage, ...] = ()
    cells: tuple[Placed, ...] = ()
    above: tuple[Above, ...] = ()
    losses: tuple[Loss, ...] = ()
    sharing: tuple[Sharing, ...] = ()
    relation: Relation | None = None
    span: Passage | None = None
    supports: tuple[Named, ...] = ()

    @property
    def kind(self) -> str:
        """The class of the record, by its bare name; empty where it has none."""
        return self.record.kind if self.record else ""

    @property
    def grave(self) -> list[Loss]:
        """What can lose all its studies, or half of them or more, without this one."""
        return [loss for loss in self.losses if loss.worst in {Verdict.FALLS.value, Verdict.HALVED.value}]

    @property
    def falls(self) -> bool:
        """Whether anything can lose all its studies."""
        return any(loss.worst == Verdict.FALLS.value for loss in self.losses)


def read_resource(ask: Ask, iri: str, statements: Iterable[Row]) -> Resource:
    """Return what the page of a resource tells; `statements` are rows of what is said of it.

    Their columns are `p` and `o`, `termkind` of the latter, and where there are any their names, `property` and `label`.
    """
    said = list(statements)
    rows = list(texts(ask("about-record", {"about": iri})))
    passages = passages_of(ask, [iri]).get(iri, ())
    told = Resource(
        slug=slug_of(iri),
        title=rows[0]["label"] if rows else slug_of(iri),
        synthesis=synthesis_of(iri) or "",
        facts=_facts(said),
        passages=passages,
    )
    if not rows:
        return told.model_copy(update=_unnamed(ask, iri, said))
    record = record_of(rows[0], iri, links_of(ask, [iri]).get(iri, ()), passages)
    syntheses = {row["synthesis"]: named(row, "synthesis", "synthesislabel") for row in rows if "synthesis" in row}
    more: dict[str, object] = {
        "record": record,
        "syntheses": tuple(syntheses.values()),
        "particulars": particulars(rows[0]),
    }
    if record.kind in _UPWARDS:
        more["above"] = _above(ask, iri)
    return told.model_copy(update=more | _OF_KIND.get(record.kind, _nothing)(ask, iri))


def _facts(said: list[Row]) -> tuple[Fact, ...]:
    """Return what is said in literals, and in values of ours such as `Met`, with the properties' names."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in said:
        if row["p"] in _TOLD or not row["p"].startswith((IKG_NS, DCTERMS)):
            continue
        if row["termkind"] == "iri" and not row["o"].startswith(IKG_NS):
            continue
        values = found[row.get("property") or _spaced(row["p"])]
        values += [value for value in [row.get("label", row["o"])] if value not in values]
    return tuple(Fact(name=name, values=tuple(values)) for name, values in found.items())


def _spaced(iri: str) -> str:
    """Return the bare name of a term as words: what another vocabulary calls `bibliographicCitation`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.split(r"[#/]", iri)[-1]).lower()


def _unnamed(ask: Ask, iri: str, said: list[Row]) -> dict[str, object]:
    """Return what is told of a passage, or of a relation: neither has a name."""
    values = {row["p"]: row for row in said}
    if IKG.exact in values:
        span = Passage(
            span=slug_of(iri),
            quote=values[IKG.exact]["o"],
            before=values.get(IKG.prefix, {}).get("o", ""),
            after=values.get(IKG.suffix, {}).get("o", ""),
            start=int(values[IKG.start]["o"]),
            end=int(values[IKG.end]["o"]),
            source=slug_of(values[IKG.inSource]["o"]),
        )
        return {"title": "A passage", "span": span, "supports": _supports(ask, iri)}
    ends = (IKG.relationSubject, IKG.relationPredicate, IKG.relationObject)
    if all(end in values for end in ends):
        subject, predicate, object_ = (values[end] for end in ends)
        verb = reads(term(predicate["o"]), predicate.get("label", term(predicate["o"])), towards=False)
        first, second = (
            Named(slug=slug_of(row["o"]), label=row.get("label", slug_of(row["o"]))) for row in (subject, object_)
        )
        sure = {
            name: term(values[getattr(IKG, name)]["o"])
            for name in ("basis", "confidence")
            if getattr(IKG, name) in values
        }
        note = values.get(IKG.curatorNote, {}).get("o", "")
        return {
            "title": f"{first.label} {verb} {second.label}",
            "relation": Relation(subject=first, reads=verb, object=second),
            "particulars": Particulars(note=note, **sure),
        }
    return {}


def _supports(ask: Ask, span: str) -> tuple[Named, ...]:
    """Return the records and the relations that words are evidence of; a relation is told by its two ends."""
    rows = list(texts(ask("words-support", {"span": span})))
    ends = [row[end] for row in rows if "relation" in row for end in ("subject", "object")]
    labels = {row["node"]: row["label"] for row in texts(ask("about-record", {"about": ends}))} if ends else {}
    found = []
    for row in rows:
        label = row.get("label", slug_of(row["node"]))
        if "relation" in row:
            first, second = (labels.get(row[end], slug_of(row[end])) for end in ("subject", "object"))
            label = f"{first} {reads(term(row['relation']), term(row['relation']), towards=False)} {second}"
        found.append(Named(slug=slug_of(row["node"]), label=label))
    return tuple(found)


def _above(ask: Ask, iri: str) -> tuple[Above, ...]:
    """Return what rests on the resource, each once: constructs, then claims in their order, then arguments and syntheses."""
    tree = tree_of(ask("trace-up", {"start": iri}))
    if tree is None:
        return ()
    order = ("SecondOrderConstruct", "TranslatedConstruct", "ThirdOrderConstruct", "LineOfArgument", "Synthesis")
    nodes = {node.iri: node for node in tree.all if node.iri != iri and node.kind in order}
    several = sorted(nodes.values(), key=lambda node: (order.index(node.kind), node.position or 10_000, node.label))
    return tuple(
        Above(
            slug=node.slug,
            label=node.label,
            kind=node.kind,
            kind_name=node.kind_name,
            position=node.position,
            confidence=node.confidence,
        )
        for node in several
    )


def _of_study(ask: Ask, iri: str) -> dict[str, object]:
    synthesis = synthesis_of(iri)
    if synthesis is None:
        return {}
    losses = (
        Loss(
            slug=slug_of(row["node"]),
            label=row["label"],
            kind=row["kind"],
            outcome=row["outcome"],
            least=row["least"],
            worst=row["worst"],
        )
        for row in texts(ask("leave-out", {"study": iri}))
        if row["worst"] not in _SAFE
    )
    sharing = (
        Sharing(slug=slug_of(row["other"]), label=row["otherlabel"], report=named(row, "report", "label"))
        for row in texts(ask("shared-reports", {"synthesis": synthesis}))
        if row["study"] == iri
    )
    return {
        "facts": _study_facts(ask, synthesis, iri),
        "losses": tuple(losses),
        "sharing": tuple(sharing),
        "cells": _cells(ask, synthesis, "study", iri),
    }


def _study_facts(ask: Ask, synthesis: str, iri: str) -> tuple[Fact, ...]:
    """Return what the source says of a study; a fact that it does not give has no values."""
    years = {
        row["year"] for row in texts(ask("reports", {"synthesis": synthesis})) if row["study"] == iri and "year" in row
    }
    for row in texts(ask("studies", {"synthesis": synthesis})):
        if row["study"] == iri:
            number = row.get("number", "")
            if number and term(row.get("numberconfidence", "High")) != "High":
                number += f" (confidence: {term(row['numberconfidence']).lower()})"
            told = {
                "Number in the tables": [number],
                "Year cited": sorted(years),
                "Country": [row.get("countries", "")],
                "Professional group": [row.get("groups", "")],
                "Approach": [row.get("approaches", "")],
                "Data collected": [row.get("collected", "")],
            }
            return tuple(Fact(name=name, values=tuple(filter(None, values))) for name, values in told.items())
    return ()


def _of_translated(ask: Ask, iri: str) -> dict[str, object]:
    synthesis = synthesis_of(iri)
    return {"cells": _cells(ask, synthesis, "translated", iri)} if synthesis else {}


def _cells(ask: Ask, synthesis: str, end: str, iri: str) -> tuple[Placed, ...]:
    """Return the cells of the matrix that are in the column of a study, or in the row of a translated construct."""
    labels = {
        row[column]: row["label"]
        for query, column, more in (("studies", "study", {}), ("constructs", "construct", {"order": "translated"}))
        for row in texts(ask(query, {"synthesis": synthesis, **more}))
    }
    other = "translated" if end == "study" else "study"
    found: dict[str, Placed] = {}
    for row in texts(ask("cell-constructs", {"synthesis": synthesis})):
        if row.get(end) == iri and "construct" in row:
            cell = Placed(
                slug=slug_of(row[other]),
                label=labels.get(row[other], slug_of(row[other])),
                study=slug_of(row["study"]),
                translated=slug_of(row["translated"]),
                row=int(row["row"]) if "row" in row else None,
                confidence=term(row["confidence"]),
            )
            found.setdefault(row[other], cell)
    return tuple(found.values())


def _nothing(_ask: Ask, _iri: str) -> dict[str, object]:
    return {}


_OF_KIND: dict[str, Callable[[Ask, str], dict[str, object]]] = {
    "Study": _of_study,
    "TranslatedConstruct": _of_translated,
}
