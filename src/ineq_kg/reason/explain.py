"""Why an inferred triple holds: a tree of axioms and premises, down to what was asserted and the words it rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ineq_kg.reason.closure import Closure, Object, Triple
from ineq_kg.vocabulary import IKG, SKOS

_LABEL = SKOS.term("prefLabel")
_RANK = {IKG.High: 3, IKG.Medium: 2, IKG.Low: 1}
_WORDS = {3: "high", 2: "medium", 1: "low"}


def strongest_first(triples: Iterable[Triple]) -> list[Triple]:
    """Return triples with those about the surest nodes first, so that the surest derivation is the one told."""
    listed = list(triples)
    rank = {subject: _RANK.get(str(obj), 3) for subject, predicate, obj in listed if predicate == IKG.confidence}
    return sorted(listed, key=lambda triple: -rank.get(triple[0], 3))


@dataclass(frozen=True)
class Step:
    """One triple of an explanation.

    `rule` is the OWL 2 RL rule and `says` the axiom in words, both empty for what was asserted; `quotes` are the exact words
    that an asserted triple rests on. `sentence` is the triple in words.
    """

    triple: Triple
    sentence: str
    rule: str = ""
    says: str = ""
    quotes: tuple[str, ...] = ()
    rank: int = 3
    premises: tuple[Step, ...] = ()

    @property
    def certainty(self) -> str:
        """How sure it is: as sure as the least sure statement that it rests on (high, medium or low)."""
        return _WORDS[self.weakest]

    @property
    def weakest(self) -> int:
        """The rank of the least sure statement that it rests on: 3 high, 2 medium, 1 low."""
        return min([self.rank, *(premise.weakest for premise in self.premises)])

    @property
    def asserted(self) -> bool:
        """Whether the triple was asserted, not derived."""
        return not self.rule


class Explainer:
    """Explains triples of one closure."""

    def __init__(self, closure: Closure) -> None:
        self.closure = closure
        self.labels: dict[str, str] = {}
        self.quotes: dict[str, str] = {}
        self.evidence: dict[str, list[str]] = defaultdict(list)
        self.ranks: dict[str, int] = {}
        ends: dict[str, dict[str, Object]] = defaultdict(dict)
        for subject, predicate, obj in closure.asserted:
            if predicate == _LABEL:
                self.labels[subject] = str(getattr(obj, "value", obj))
            elif predicate == IKG.exact:
                self.quotes[subject] = str(getattr(obj, "value", obj))
            elif predicate == IKG.confidence:
                self.ranks[subject] = _RANK.get(str(obj), 3)
            elif predicate == IKG.evidencedBy:
                self.evidence[subject].append(str(obj))
            elif predicate in {IKG.relationSubject, IKG.relationPredicate, IKG.relationObject}:
                ends[subject][predicate] = obj
        self.relations = {
            (end.get(IKG.relationSubject), end.get(IKG.relationPredicate), end.get(IKG.relationObject)): node
            for node, end in ends.items()
        }

    def name(self, term: Object) -> str:
        """Return what people call a node, a term or a value."""
        if not isinstance(term, str):
            return f"“{term.value}”"
        return self.labels.get(term) or self.closure.axioms.label(term)

    def bearer(self, triple: Triple) -> str:
        """Return the node that bears an asserted triple's evidence: the relation's own, else its subject."""
        return self.relations.get(triple, triple[0])

    def words(self, node: str) -> tuple[str, ...]:
        """Return the quotations that a node rests on."""
        return tuple(self.quotes[span] for span in sorted(self.evidence[node]) if span in self.quotes)

    def step(self, triple: Triple) -> Step | None:
        """Return the explanation of a triple, or None where it neither was asserted nor follows."""
        subject, predicate, obj = triple
        sentence = f"{self.name(subject)} — {self.closure.axioms.label(predicate)} — {self.name(obj)}"
        if triple in self.closure.asserted:
            node = self.bearer(triple)
            rank = min(self.ranks.get(node, 3), self.ranks.get(subject, 3))
            return Step(triple, sentence, quotes=self.words(node), rank=rank)
        derivation = self.closure.derived.get(triple)
        if derivation is None:
            return None
        premises = tuple(step for step in map(self.step, derivation.premises) if step)
        return Step(triple, sentence, derivation.axiom.rule, derivation.axiom.says, premises=premises)

    def find(self, subject: str, predicate: str, obj: str) -> Step | None:
        """Explain the triple whose object has this IRI or this text."""
        step = self.step((subject, predicate, obj))
        if step is None:
            for triple in self.closure:
                if triple[:2] == (subject, predicate) and getattr(triple[2], "value", None) == obj:
                    return self.step(triple)
        return step
