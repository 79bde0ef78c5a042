"""The ontology's axioms as rules. Nothing is written twice: each rule is read off an axiom of the ontology's own files.

What is read is the part of OWL 2 RL/RDF (OWL 2 Profiles, 4.3, tables 4 to 9) that the ontology uses. `uncovered` lists RL
axioms of other kinds, so that a test fails when the ontology begins to use one. Axioms outside RL (cardinalities, unions as
domains) are for the description-logic reasoners and the shapes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

import rdflib
from rdflib import OWL, RDF, RDFS, URIRef
from rdflib.collection import Collection

from ineq_kg.vocabulary import XSD

_DATATYPES = {XSD.term(name) for name in ("string", "integer", "boolean", "decimal", "date", "dateTime", "anyURI")}
_PLAIN = str(RDF) + "PlainLiteral"
_UNREAD = (
    OWL.equivalentProperty,
    OWL.hasKey,
    OWL.propertyDisjointWith,
    OWL.complementOf,
    OWL.hasSelf,
)
_UNREAD_TYPES = (OWL.AllDisjointProperties, OWL.NegativePropertyAssertion)


@dataclass(frozen=True)
class Axiom:
    """One axiom: the OWL 2 RL rule that applies it, and what it says in plain words."""

    rule: str
    says: str


Targets = dict[str, list[tuple[str, Axiom]]]


def _targets() -> Targets:
    return defaultdict(list)


@dataclass
class Axioms:
    """Axioms by the term they apply to. Keys and targets are IRIs."""

    superclasses: Targets = field(default_factory=_targets)
    superproperties: Targets = field(default_factory=_targets)
    domains: Targets = field(default_factory=_targets)
    ranges: Targets = field(default_factory=_targets)
    datatypes: Targets = field(default_factory=_targets)
    inverses: Targets = field(default_factory=_targets)
    transitive: dict[str, Axiom] = field(default_factory=dict)
    chains: list[tuple[tuple[str, ...], str, Axiom]] = field(default_factory=list)
    disjoint: dict[str, dict[str, Axiom]] = field(default_factory=lambda: defaultdict(dict))
    functional: dict[str, Axiom] = field(default_factory=dict)
    inverse_functional: dict[str, Axiom] = field(default_factory=dict)
    irreflexive: dict[str, Axiom] = field(default_factory=dict)
    asymmetric: dict[str, Axiom] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    uncovered: list[str] = field(default_factory=list)

    def label(self, term: str) -> str:
        """Return what people call a term."""
        return self.labels.get(term, term.rsplit("#", 1)[-1].rsplit("/", 1)[-1])


class _Reader:
    def __init__(self, graph: rdflib.Graph) -> None:
        self.graph = graph
        self.axioms = Axioms(labels={str(s): str(o) for s, o in graph.subject_objects(RDFS.label)})

    def name(self, term: object) -> str:
        return f"‘{self.axioms.label(str(term))}’"

    def pairs(self, predicate: URIRef) -> Iterator[tuple[URIRef, URIRef]]:
        """Yield the subjects and objects of an axiom's predicate where both are named."""
        for subject, obj in sorted(self.graph.subject_objects(predicate)):
            if isinstance(subject, URIRef) and isinstance(obj, URIRef):
                yield subject, obj

    def typed(self, kind: URIRef) -> Iterator[str]:
        yield from sorted(str(s) for s in self.graph.subjects(RDF.type, kind) if isinstance(s, URIRef))

    def hierarchy(self) -> None:
        for below, above in self.pairs(RDFS.subClassOf):
            axiom = Axiom("cax-sco", f"every {self.name(below)} is a {self.name(above)}")
            self.axioms.superclasses[str(below)].append((str(above), axiom))
        for one, other in self.pairs(OWL.equivalentClass):
            for below, above in ((one, other), (other, one)):
                axiom = Axiom("cax-eqc", f"{self.name(one)} and {self.name(other)} are one class")
                self.axioms.superclasses[str(below)].append((str(above), axiom))
        for below, above in self.pairs(RDFS.subPropertyOf):
            axiom = Axiom("prp-spo1", f"{self.name(below)} is a kind of {self.name(above)}")
            self.axioms.superproperties[str(below)].append((str(above), axiom))

    def ends(self) -> None:
        for prop, cls in self.pairs(RDFS.domain):
            if cls != OWL.Thing:
                axiom = Axiom("prp-dom", f"whatever has {self.name(prop)} is a {self.name(cls)}")
                self.axioms.domains[str(prop)].append((str(cls), axiom))
        for prop, cls in self.pairs(RDFS.range):
            if str(cls) in _DATATYPES or str(cls) == _PLAIN:
                axiom = Axiom("dt-not-type", f"values of {self.name(prop)} are of the type {self.name(cls)}")
                self.axioms.datatypes[str(prop)].append((str(cls), axiom))
            elif cls not in {OWL.Thing, RDFS.Literal}:
                axiom = Axiom("prp-rng", f"whatever {self.name(prop)} leads to is a {self.name(cls)}")
                self.axioms.ranges[str(prop)].append((str(cls), axiom))

    def properties(self) -> None:
        for one, other in self.pairs(OWL.inverseOf):
            axiom = Axiom("prp-inv", f"{self.name(one)} is {self.name(other)} the other way round")
            self.axioms.inverses[str(one)].append((str(other), axiom))
            self.axioms.inverses[str(other)].append((str(one), axiom))
        for prop in self.typed(OWL.SymmetricProperty):
            axiom = Axiom("prp-symp", f"{self.name(prop)} holds both ways")
            self.axioms.inverses[prop].append((prop, axiom))
        for prop in self.typed(OWL.TransitiveProperty):
            self.axioms.transitive[prop] = Axiom("prp-trp", f"{self.name(prop)} carries on from one to the next")
        for subject, head in sorted(self.graph.subject_objects(OWL.propertyChainAxiom)):
            steps = tuple(str(step) for step in Collection(self.graph, head))
            words = " then ".join(self.name(step) for step in steps)
            self.axioms.chains.append((steps, str(subject), Axiom("prp-spo2", f"{words} makes {self.name(subject)}")))

    def limits(self) -> None:
        for prop in self.typed(OWL.FunctionalProperty):
            self.axioms.functional[prop] = Axiom("prp-fp", f"a thing has at most one {self.name(prop)}")
        for prop in self.typed(OWL.InverseFunctionalProperty):
            self.axioms.inverse_functional[prop] = Axiom("prp-ifp", f"at most one thing has a given {self.name(prop)}")
        for prop in self.typed(OWL.IrreflexiveProperty):
            self.axioms.irreflexive[prop] = Axiom("prp-irp", f"nothing has {self.name(prop)} to itself")
        for prop in self.typed(OWL.AsymmetricProperty):
            self.axioms.asymmetric[prop] = Axiom("prp-asyp", f"{self.name(prop)} never holds both ways")
        for one, other in self.pairs(OWL.disjointWith):
            self.apart(str(one), str(other), "cax-dw")
        for group in sorted(self.graph.subjects(RDF.type, OWL.AllDisjointClasses), key=str):
            members = self.graph.value(group, OWL.members)
            names = [str(item) for item in Collection(self.graph, members)] if members else []
            for left, right in combinations(names, 2):
                self.apart(left, right, "cax-adc")

    def apart(self, one: str, other: str, rule: str) -> None:
        axiom = Axiom(rule, f"nothing is both a {self.name(one)} and a {self.name(other)}")
        self.axioms.disjoint[one].setdefault(other, axiom)
        self.axioms.disjoint[other].setdefault(one, axiom)

    def unread(self) -> None:
        for predicate in _UNREAD:
            self.axioms.uncovered += [f"{node} {predicate}" for node in self.graph.subjects(predicate)]
        for kind in _UNREAD_TYPES:
            self.axioms.uncovered += [f"{node} {kind}" for node in self.graph.subjects(RDF.type, kind)]


def read_axioms(graph: rdflib.Graph) -> Axioms:
    """Return the axioms of an ontology, in a stable order."""
    reader = _Reader(graph)
    reader.hierarchy()
    reader.ends()
    reader.properties()
    reader.limits()
    reader.unread()
    return reader.axioms
