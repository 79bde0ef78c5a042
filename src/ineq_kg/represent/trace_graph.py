"""A trace as a graph in layers, from reports up to the argument: what the page of the graph draws and lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ineq_kg.represent.text import one_line
from ineq_kg.store.embedded import Rows
from ineq_kg.triples.naming import slug_of
from ineq_kg.vocabulary import IKG, IKG_NS

Layer = Literal["report", "study", "second-order", "translation", "translated", "claim", "argument"]
# From what was published to what is argued; what people call the things of a layer.
LAYERS: dict[Layer, str] = {
    "report": "Reports",
    "study": "Studies",
    "second-order": "Second-order constructs",
    "translation": "Translations",
    "translated": "Translated constructs",
    "claim": "Claims",
    "argument": "Arguments",
}
_LAYER_OF: dict[str, Layer] = {
    IKG.Report: "report",
    IKG.Study: "study",
    IKG.SecondOrderConstruct: "second-order",
    IKG.TranslatedConstruct: "translated",
    IKG.ThirdOrderConstruct: "claim",
    IKG.LineOfArgument: "argument",
}
_KINDS_OF_TRANSLATION = {IKG.ReciprocalTranslation: "Reciprocal", IKG.RefutationalTranslation: "Refutational"}
# Between the values that the query `studies` puts into one cell.
_BETWEEN = "; "


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class GraphNode(_Part):
    """A node of the graph. `id` is its slug; `position` orders it in its layer; `words` are exact quotations.

    A translated construct has its category, a study the countries that the source names, a claim the slugs of the discourses
    that it speaks of.
    """

    id: str
    layer: Layer
    label: str
    position: int | None = None
    basis: str | None = None
    confidence: str | None = None
    category: str | None = None
    countries: tuple[str, ...] | None = None
    discourses: tuple[str, ...] | None = None
    note: str | None = None
    words: tuple[str, ...] | None = None


class GraphLink(_Part):
    """What `source`, in a higher layer, rests on: `target`. Both are slugs."""

    source: str
    target: str
    relation: str
    basis: str | None = None
    confidence: str | None = None


class Named(_Part):
    """A slug and what it is called."""

    id: str
    label: str


def _text(row: Mapping[str, object], name: str) -> str:
    value = row[name]
    return "" if value is None else str(value)


def _local(row: Mapping[str, object], name: str) -> str | None:
    """Return the local name of a term of the ontology, or None where the cell is empty."""
    return _text(row, name).removeprefix(IKG_NS) or None


class TraceGraph:
    """Gathers nodes and links from the rows of named queries."""

    def __init__(self, trace: Rows) -> None:
        self.facts: dict[str, dict[str, object]] = {}
        self.links: dict[tuple[str, str], GraphLink] = {}
        words: dict[str, dict[str, str]] = {}
        for row in trace:
            layer = _LAYER_OF.get(_text(row, "type"))
            if layer is None:
                continue
            node = slug_of(_text(row, "node"))
            self.facts.setdefault(node, self._about(row, layer, node))
            if row["span"] is not None:
                words.setdefault(node, {})[_text(row, "span")] = one_line(_text(row, "quote"))
            self._link(row, slug_of(_text(row, "parent")), node)
        for node, quotes in words.items():
            self.facts[node]["words"] = tuple(quotes.values())

    @staticmethod
    def _about(row: Mapping[str, object], layer: Layer, node: str) -> dict[str, object]:
        return {
            "id": node,
            "layer": layer,
            "label": _text(row, "label"),
            "position": int(_text(row, "position")) if row["position"] is not None else None,
            "basis": _local(row, "basis"),
            "confidence": _local(row, "confidence"),
            "category": _text(row, "category") or None,
            "note": _text(row, "note") or None,
        }

    def _link(self, row: Mapping[str, object], parent: str, node: str) -> None:
        if parent == node:
            return
        self.links.setdefault(
            (parent, node),
            GraphLink(
                source=parent,
                target=node,
                relation=_local(row, "relation") or "",
                basis=_local(row, "linkbasis"),
                confidence=_local(row, "linkconfidence"),
            ),
        )

    def add_translations(self, rows: Rows) -> None:
        """Put the translations between what they yield and what they translate. `rows` answer `translations`."""
        for row in rows:
            yielded, translated = slug_of(_text(row, "translated")), slug_of(_text(row, "construct"))
            if self.links.pop((yielded, translated), None) is None:
                continue
            translation = slug_of(_text(row, "translation"))
            kind = _KINDS_OF_TRANSLATION.get(_text(row, "kind"), "")
            self.facts.setdefault(
                translation,
                {
                    "id": translation,
                    "layer": "translation",
                    "label": f"{kind} translation".strip().capitalize(),
                    "position": self.facts[yielded]["position"],
                    "basis": _local(row, "basis"),
                    "confidence": _local(row, "confidence"),
                    "note": _text(row, "note") or None,
                },
            )
            for source, target, relation in ((yielded, translation, "yields"), (translation, translated, "translates")):
                self.links[source, target] = GraphLink(source=source, target=target, relation=relation)

    def add_countries(self, rows: Rows) -> None:
        """Say of studies where they were done. `rows` answer `studies`."""
        for row in rows:
            self._say(_text(row, "study"), "countries", filter(None, _text(row, "countries").split(_BETWEEN)))

    def add_discourses(self, rows: Rows) -> tuple[Named, ...]:
        """Say of claims which discourses they speak of, and return these by name. `rows` answer `claim-concerns`."""
        named: dict[str, str] = {}
        concerned: dict[str, list[str]] = {}
        for row in rows:
            if _text(row, "kind").endswith("Discourse"):
                discourse = slug_of(_text(row, "concern"))
                if slug_of(_text(row, "claim")) in self.facts:
                    named[discourse] = _text(row, "concernlabel")
                    concerned.setdefault(_text(row, "claim"), []).append(discourse)
        for claim, discourses in concerned.items():
            self._say(claim, "discourses", discourses)
        return tuple(Named(id=slug, label=label) for slug, label in sorted(named.items(), key=lambda one: one[1]))

    def _say(self, iri: str, name: str, values: Iterable[str]) -> None:
        if (facts := self.facts.get(slug_of(iri))) is not None:
            facts[name] = tuple(values) or None

    def nodes(self) -> Iterator[GraphNode]:
        """Yield the nodes, from the lowest layer to the highest, in each in the order of position and name."""
        order = list(LAYERS)
        nodes = [GraphNode.model_validate(facts) for facts in self.facts.values()]
        far = 1 << 31
        yield from sorted(nodes, key=lambda one: (order.index(one.layer), one.position or far, one.label, one.id))

    def kept_links(self) -> Iterator[GraphLink]:
        """Yield the links between nodes of the graph; a synthesis is no node of it."""
        for link in self.links.values():
            if link.source in self.facts and link.target in self.facts:
                yield link
