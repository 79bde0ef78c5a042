"""The dataset: how much it holds and how surely, where to get it, how to cite it, and every version with who made it and why.

What no query can say is handed in: the figures of this version, and the commits that led to it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from ineq_kg.analysis.definition import Ask
from ineq_kg.analysis.support import texts
from ineq_kg.represent.formats import Format
from ineq_kg.represent.templating import render
from ineq_kg.represent.views.definition import Model
from ineq_kg.represent.views.particulars import named, term
from ineq_kg.store.figures import Figures
from ineq_kg.store.journal import Entry
from ineq_kg.store.protocol import Snapshot, Store
from ineq_kg.triples.naming import graph_of, inferred_graph_of, slug_of
from ineq_kg.vocabulary import IKG, IKG_NS

# Syntheses whose records are counted one by one, and versions that a page lists; programs get all of both.
# Where the dataset is described.
PATH = "dataset"
MOST_SYNTHESES = 20
MOST_VERSIONS = 30
TABLES = ("translation-matrix", "constructs", "studies", "reports", "line-of-argument", "support", "discourses")


@dataclass(frozen=True)
class Known:
    """What is known of the version that is shown: its figures (None while they are being counted) and the commits to it."""

    version: str
    committed: datetime | None
    figures: Figures | None
    entries: Sequence[Entry]
    kept: Collection[str]

    @classmethod
    def of(cls, snapshot: Snapshot, store: Store, figures: Figures | None) -> Known:
        """Return what is known of a version of a store."""
        entries = store.entries()
        known = [entry.version for entry in entries]
        until = known.index(snapshot.version) + 1 if snapshot.version in known else len(known)
        return cls(snapshot.version, snapshot.committed, figures, entries[:until], set(store.kept()))


class Kind(Model):
    """A class of the ontology, and how many nodes are of it."""

    name: str
    label: str
    number: int


class Held(Model):
    """A synthesis: its units (studies, or syntheses), the triples that it asserts and that follow, its graphs and licence."""

    slug: str
    label: str
    units: int
    of_syntheses: bool
    graph: str
    inferred: str
    asserted: int | None = None
    derived: int | None = None
    licence: str = ""
    citation: str = ""


class Version(Model):
    """A commit: who made it, when and why, and whether the version is kept and can be asked."""

    name: str
    at: datetime
    who: str = ""
    why: str = ""
    kept: bool
    reverted_to: str = ""


class Dataset(Model):
    """The dataset at one version. Of `sure` each pair is a basis or confidence with how many records have it."""

    version: str
    committed: datetime | None = None
    triples: int | None = None
    entities: int | None = None
    kinds: tuple[Kind, ...] = ()
    syntheses: tuple[Held, ...] = ()
    total: int
    basis: dict[str, int] = Field(default_factory=dict)
    confidence: dict[str, int] = Field(default_factory=dict)
    evidenced: int = 0
    versions: tuple[Version, ...] = ()
    commits: int


_BASES = {"stated": "stated in the text", "read": "read from the table", "inferred": "inferred by the curators"}
_LEVELS = ("high", "medium", "low")


def _held(ask: Ask, row: dict[str, str], figures: Figures | None) -> Held:
    synthesis = named(row, "synthesis", "label")
    graph, inferred = graph_of(synthesis.slug), inferred_graph_of(synthesis.slug)
    source = next(texts(ask("source-documents", {"synthesis": synthesis.slug})), {})
    return Held(
        **synthesis.model_dump(),
        units=int(row["units"]),
        of_syntheses=row["kind"] == IKG.MegaEthnography,
        graph=graph,
        inferred=inferred,
        asserted=figures.graphs.get(graph, 0) if figures else None,
        derived=figures.graphs.get(inferred, 0) if figures else None,
        licence=source.get("licence", ""),
        citation=source.get("citation", ""),
    )


def _kinds(figures: Figures | None) -> tuple[Kind, ...]:
    counted = figures.classes.items() if figures else ()
    kinds = (
        Kind(name=term(iri), label=re.sub(r"(?<=[a-z])(?=[A-Z])", " ", term(iri)).capitalize(), number=number)
        for iri, number in counted
        if iri.startswith(IKG_NS)
    )
    return tuple(sorted(kinds, key=lambda kind: (-kind.number, kind.label)))


def read_dataset(ask: Ask, known: Known) -> Dataset:
    """Return what the page of the dataset tells."""
    rows = list(texts(ask("syntheses", {})))
    sure: Counter[str] = Counter()
    for row in rows[:MOST_SYNTHESES]:
        for summary in texts(ask("graph-summary", {"synthesis": slug_of(row["synthesis"])})):
            sure.update({name: int(summary[name]) for name in (*_BASES, *_LEVELS, "evidenced")})
    return Dataset(
        version=known.version,
        committed=known.committed,
        triples=known.figures.triples if known.figures else None,
        entities=known.figures.entities if known.figures else None,
        kinds=_kinds(known.figures),
        syntheses=tuple(_held(ask, row, known.figures) for row in rows[:MOST_SYNTHESES]),
        total=len(rows),
        basis={words: sure[name] for name, words in _BASES.items()},
        confidence={level: sure[level] for level in _LEVELS},
        evidenced=sure["evidenced"],
        versions=tuple(
            Version(
                name=entry.version,
                at=entry.at,
                who=entry.note.who,
                why=entry.note.why,
                kept=entry.version in known.kept,
                reverted_to=entry.base or "",
            )
            for entry in list(reversed(known.entries))[:MOST_VERSIONS]
        ),
        commits=len(known.entries),
    )


def dataset_page(ask: Ask, known: Known) -> str:
    """Return the page of the dataset."""
    graphs = [(one.label, one.extension) for one in Format.for_form("graph")]
    return render("dataset.html", view=read_dataset(ask, known), graphs=graphs, tables=TABLES)
