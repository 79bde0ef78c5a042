"""The rows of a trace as a tree: each node with its words, its basis and its doubts, and what it rests on (or bears)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ineq_kg.store.embedded import Rows
from ineq_kg.triples.naming import slug_of
from ineq_kg.vocabulary import IKG, IKG_NS

_ORDER = {"High": 3, "Medium": 2, "Low": 1}
KIND_NAMES = {
    "Synthesis": "Synthesis",
    "LineOfArgument": "Line of argument",
    "ThirdOrderConstruct": "Claim",
    "TranslatedConstruct": "Translated construct",
    "SecondOrderConstruct": "Second-order construct",
    "Study": "Study",
    "Report": "Report",
}
_TOLD_ONCE = {"Study", "Report"}
BASIS_WORDS = {
    "StatedInText": "stated in the text",
    "ReadFromTable": "read from the table",
    "InferredByCurator": "inferred by the curators",
}


@dataclass(frozen=True)
class Node:
    """One node of a trace. `quotes` are exact words; `link_*` speak of the relation to the node above.

    A study or report is told once; where it comes `again`, its words and notes are left out.
    """

    iri: str
    kind: str
    label: str
    relation: str = ""
    position: int | None = None
    basis: str = ""
    confidence: str = ""
    link_basis: str = ""
    link_confidence: str = ""
    category: str = ""
    note: str = ""
    quotes: tuple[str, ...] = ()
    again: bool = False
    children: tuple[Node, ...] = ()

    @property
    def slug(self) -> str:
        """The node's slug, for commands and links."""
        return slug_of(self.iri)

    @property
    def kind_name(self) -> str:
        """What people call this kind of node."""
        return KIND_NAMES.get(self.kind, self.kind)

    @property
    def basis_words(self) -> str:
        """Where the node comes from, in words."""
        return BASIS_WORDS.get(self.basis, "")

    @property
    def link_basis_words(self) -> str:
        """Where the relation to the node above comes from, in words."""
        return BASIS_WORDS.get(self.link_basis, "")

    @property
    def certainty(self) -> str:
        """The lower of the node's own confidence and its link's: High, Medium, Low, or empty where neither is given."""
        given = [value for value in (self.confidence, self.link_confidence) if value in _ORDER]
        return min(given, key=_ORDER.__getitem__, default="")

    @property
    def doubtful(self) -> bool:
        """Whether this must not be read as fact."""
        return self.certainty == "Low"

    @cached_property
    def all(self) -> tuple[Node, ...]:
        """This node and all below it, depth first."""
        return (self, *(inner for child in self.children for inner in child.all))

    def of_kind(self, kind: str) -> tuple[Node, ...]:
        """Return the distinct nodes of a class below and including this one."""
        return tuple({node.iri: node for node in self.all if node.kind == kind}.values())


class _Builder:
    def __init__(self, rows: Rows) -> None:
        self.facts: dict[tuple[str, str], dict[str, str]] = {}
        self.quotes: dict[str, dict[str, str]] = {}
        self.below: dict[str, list[str]] = {}
        self.told: set[str] = set()
        for row in rows:
            text = {name: term.value for name, term in row.items() if term is not None}
            node = text["node"]
            parent = "" if text["parent"] == node else text["parent"]
            if (parent, node) not in self.facts:
                self.facts[parent, node] = text
                self.below.setdefault(parent, []).append(node)
            if "span" in text:
                self.quotes.setdefault(node, {})[text["span"]] = text["quote"]

    def order(self, parent: str, iri: str) -> tuple[bool, int, str]:
        """Where a node stands among its siblings: reports a construct is cited in first, then by position and name."""
        facts = self.facts[parent, iri]
        return (facts.get("relation") != IKG.citedIn, int(facts.get("position", 1_000_000)), facts["label"])

    def node(self, parent: str, iri: str, above: frozenset[str]) -> Node:
        facts = self.facts[parent, iri]
        kind = facts["type"].removeprefix(IKG_NS)
        again = kind in _TOLD_ONCE and iri in self.told
        self.told.add(iri)
        inner = above | {iri}
        below = sorted(set(self.below.get(iri, ())) - inner, key=lambda child: self.order(iri, child))
        return Node(
            iri=iri,
            kind=kind,
            label=facts["label"],
            relation=facts.get("relation", "").removeprefix(IKG_NS),
            position=int(facts["position"]) if "position" in facts else None,
            basis=facts.get("basis", "").removeprefix(IKG_NS),
            confidence=facts.get("confidence", "").removeprefix(IKG_NS),
            link_basis=facts.get("linkbasis", "").removeprefix(IKG_NS),
            link_confidence=facts.get("linkconfidence", "").removeprefix(IKG_NS),
            category=facts.get("category", ""),
            note="" if again else facts.get("note", ""),
            quotes=() if again else tuple(self.quotes.get(iri, {}).values()),
            again=again,
            children=tuple(self.node(iri, child, inner) for child in below),
        )

    def roots(self) -> Iterator[Node]:
        for iri in self.below.get("", ()):
            yield self.node("", iri, frozenset())


def tree_of(rows: Rows) -> Node | None:
    """Return the tree that the rows of `trace` or `trace-up` describe, or None where the start is not in the graph."""
    return next(_Builder(rows).roots(), None)
