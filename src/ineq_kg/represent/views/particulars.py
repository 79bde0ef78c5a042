"""What views say of many things alike: their names, on what basis they are recorded and how surely, and the exact words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from ineq_kg.analysis.definition import Ask
from ineq_kg.analysis.support import texts
from ineq_kg.errors import NotFound
from ineq_kg.queries.binding import MAX_VALUES
from ineq_kg.represent.tree import BASIS_WORDS
from ineq_kg.represent.views.definition import Model
from ineq_kg.triples.naming import slug_of
from ineq_kg.vocabulary import IKG_NS

CONFIDENCES = ("High", "Medium", "Low")
Row = Mapping[str, str]


class Named(Model):
    """A record, by its slug and name."""

    slug: str
    label: str


class Particulars(Model):
    """On what basis something is recorded, how sure the curators are of it (High, Medium, Low), and what they note."""

    basis: str = ""
    confidence: str = ""
    note: str = ""

    @property
    def basis_words(self) -> str:
        """The basis, in words."""
        return BASIS_WORDS.get(self.basis, "")

    @property
    def doubtful(self) -> bool:
        """Whether this must not be read as fact."""
        return self.confidence == "Low"


class Passage(Model):
    """Exact words of a source: `quote` stands between `before` and `after`, from `start` to `end` in code points."""

    span: str
    quote: str
    before: str = ""
    after: str = ""
    start: int
    end: int
    source: str


def term(iri: str) -> str:
    """Return the bare name of one of the ontology's terms; any other IRI as it is."""
    return iri.removeprefix(IKG_NS)


def named(row: Row, iri: str, label: str) -> Named:
    """Return what two columns of a row name."""
    return Named(slug=slug_of(row[iri]), label=row[label])


def particulars(row: Row, prefix: str = "") -> Particulars:
    """Return basis, confidence and note from the columns of these names; `prefix` goes before basis and confidence."""
    return Particulars(
        basis=term(row.get(f"{prefix}basis", "")),
        confidence=term(row.get(f"{prefix}confidence", "")),
        note=row.get("note", ""),
    )


def rank(confidence: str) -> int:
    """Return where a confidence stands: 0 for the surest; what has none comes last."""
    return CONFIDENCES.index(confidence) if confidence in CONFIDENCES else len(CONFIDENCES)


def synthesis_named(ask: Ask, iri: str) -> Named:
    """Return a synthesis by its IRI. Raises NotFound."""
    slug = slug_of(iri)
    for row in texts(ask("about-synthesis", {"synthesis": slug})):
        return Named(slug=slug, label=row["label"])
    raise NotFound(f"there is no synthesis {slug!r}", name=slug, mend="See / for those there are.")


def passages_of(ask: Ask, iris: Iterable[str]) -> dict[str, tuple[Passage, ...]]:
    """Return the exact words that are evidence of each of these records or links themselves, in the order of the text."""
    found: dict[str, dict[str, Passage]] = defaultdict(dict)
    wanted = list(dict.fromkeys(iris))
    for at in range(0, len(wanted), MAX_VALUES):
        for row in texts(ask("evidence-for", {"about": wanted[at : at + MAX_VALUES]})):
            if "relation" not in row:
                found[row["node"]][row["span"]] = Passage(
                    span=slug_of(row["span"]),
                    quote=row["quote"],
                    before=row.get("prefix", ""),
                    after=row.get("suffix", ""),
                    start=int(row["start"]),
                    end=int(row["end"]),
                    source=slug_of(row["source"]),
                )
    return {node: tuple(passages.values()) for node, passages in found.items()}
