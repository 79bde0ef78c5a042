"""The ontology's axioms as rules. Nothing is written twice: each rule is read off an axiom of the ontology's own files.

What is read is the ontology's part in OWL 2 RL (OWL 2 Profiles, 4.3, tables 4 to 9), of the kinds that it uses. `uncovered`
lists RL axioms of other kinds, so that a test fails when the ontology begins to use one. Axioms outside RL (see `profile`) are
for the description-logic reasoners and the shapes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations

import rdflib
from rdflib import OWL, RDF, RDFS, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from ineq_kg.ingest.ontology import read_ontology
from ineq_kg.reason.profile import Statement, part
from ineq_kg.resources import resource

_BUILT_IN = (str(OWL), str(RDF), str(RDFS))


@dataclass(frozen=True)
class Axiom:
    """One axiom: the OWL 2 RL rule that applies it, and what it says in plain words."""

    rule: str
    says: str


Targets = dict[str, list[tuple[str, Axiom]]]
Fact = tuple[str, str, str | Literal]


def _targets() -> Targets:
    return defaultdict(list)


@dataclass
class Axioms:
    """Axioms by the term they apply to. Keys and targets are IRIs.

    `things` are the properties that lead to things, never to literals (OWL 2 Structural Specification, 5.8.1); `facts` is what
    the ontology says of its own individuals.
    """

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
    things: dict[str, Axiom] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    uncovered: list[str] = field(default_factory=list)

    def label(self, term: str) -> str:
        """Return what people call a term."""
        return self.labels.get(term, term.rsplit("#", 1)[-1].rsplit("/", 1)[-1])


class _Reader:
    def __init__(self, graph: rdflib.Graph) -> None:
        self.graph = graph
        parted = part(graph)
        self.inside = parted.inside
        self.unread = dict.fromkeys([*parted.inside, *parted.unknown])
        self.axioms = Axioms(labels={str(s): str(o) for s, o in graph.subject_objects(RDFS.label)})

    def name(self, term: object) -> str:
        return f"‘{self.axioms.label(str(term))}’"

    def said_with(self, predicate: URIRef) -> Iterator[Statement]:
        return (statement for statement in self.inside if statement[1] == predicate)

    def pairs(self, predicate: URIRef) -> Iterator[tuple[URIRef, URIRef]]:
        """Yield the subjects and objects of an axiom's predicate where both are named."""
        for statement in self.said_with(predicate):
            subject, _, obj = statement
            if isinstance(subject, URIRef) and isinstance(obj, URIRef):
                del self.unread[statement]
                yield subject, obj

    def typed(self, kind: URIRef) -> Iterator[str]:
        for statement in self.said_with(RDF.type):
            if statement[2] == kind and isinstance(statement[0], URIRef):
                del self.unread[statement]
                yield str(statement[0])

    def listed(self, statement: Statement, head: Node | None) -> tuple[str, ...]:
        """Return the terms of the list that an axiom has; none where one of them is not named."""
        members = list(Collection(self.graph, head)) if head else []
        if not all(isinstance(member, URIRef) for member in members):
            return ()
        del self.unread[statement]
        return tuple(map(str, members))

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
        literal = set(self.graph.subjects(RDF.type, OWL.DatatypeProperty))
        for thing in sorted(map(str, self.graph.subjects(RDF.type, OWL.ObjectProperty))):
            self.axioms.things[thing] = Axiom(
                "typing", f"{self.name(thing)} leads to a record, not to words or a number"
            )
        for prop, cls in self.pairs(RDFS.domain):
            axiom = Axiom("prp-dom", f"whatever has {self.name(prop)} is a {self.name(cls)}")
            self.axioms.domains[str(prop)].append((str(cls), axiom))
        for prop, cls in self.pairs(RDFS.range):
            if prop in literal:
                axiom = Axiom("dt-not-type", f"values of {self.name(prop)} are of the type {self.name(cls)}")
                self.axioms.datatypes[str(prop)].append((str(cls), axiom))
            else:
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
        for statement in self.said_with(OWL.propertyChainAxiom):
            subject, _, head = statement
            if steps := self.listed(statement, head):
                words = " then ".join(self.name(step) for step in steps)
                axiom = Axiom("prp-spo2", f"{words} makes {self.name(subject)}")
                self.axioms.chains.append((steps, str(subject), axiom))

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
        for statement in self.said_with(RDF.type):
            if statement[2] == OWL.AllDisjointClasses:
                names = self.listed(statement, self.graph.value(statement[0], OWL.members))
                for left, right in combinations(names, 2):
                    self.apart(left, right, "cax-adc")

    def apart(self, one: str, other: str, rule: str) -> None:
        axiom = Axiom(rule, f"nothing is both a {self.name(one)} and a {self.name(other)}")
        self.axioms.disjoint[one].setdefault(other, axiom)
        self.axioms.disjoint[other].setdefault(one, axiom)

    def individuals(self) -> None:
        # That two names stand for two things is taken for granted: a second value of a functional property is named as a clash.
        for _ in self.pairs(OWL.differentFrom):
            pass
        for statement in self.inside:
            subject, predicate, obj = statement
            built_in = str(obj if predicate == RDF.type else predicate).startswith(_BUILT_IN)
            if isinstance(subject, URIRef) and isinstance(obj, URIRef | Literal) and not built_in:
                del self.unread[statement]
                value = obj if isinstance(obj, Literal) else str(obj)
                self.axioms.facts.append((str(subject), str(predicate), value))


def read_axioms(graph: rdflib.Graph) -> Axioms:
    """Return the axioms of an ontology, in a stable order."""
    reader = _Reader(graph)
    reader.hierarchy()
    reader.ends()
    reader.properties()
    reader.limits()
    reader.individuals()
    reader.axioms.uncovered = [" ".join(map(str, statement)) for statement in reader.unread]
    return reader.axioms


@cache
def axioms() -> Axioms:
    """Return the axioms of this installation's ontology, read once."""
    return read_axioms(read_ontology(resource("ontology")))
