"""What follows from a synthesis's triples by the ontology's axioms, with the derivation of each, and what contradicts them.

Forward chaining, each new triple met once with every rule that it can set off. The first derivation of a triple is kept; its
premises were there before it, so derivations never go round in circles and can be told as trees.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

import pyoxigraph as ox
import rdflib

from ineq_kg.reason.axioms import Axiom, Axioms
from ineq_kg.reason.datatypes import admits, well_formed
from ineq_kg.vocabulary import IKG_NS, OWL, RDF

TYPE = RDF.term("type")
Object = str | ox.Literal
Triple = tuple[str, str, Object]
_NOTHING = OWL.term("Nothing")
_EMPTY = Axiom("cls-nothing2", "nothing is a member of the empty class")


@dataclass(frozen=True)
class Derivation:
    """Why a triple holds: the axiom, and the triples it was applied to."""

    axiom: Axiom
    premises: tuple[Triple, ...]


@dataclass(frozen=True)
class Clash:
    """A contradiction: the axiom broken, the node it shows at, and the triples that break it."""

    axiom: Axiom
    node: str
    premises: tuple[Triple, ...]


@dataclass
class Closure:
    """Asserted triples, and what follows from them with its derivations."""

    axioms: Axioms
    asserted: set[Triple] = field(default_factory=set)
    derived: dict[Triple, Derivation] = field(default_factory=dict)

    def __contains__(self, triple: object) -> bool:
        return triple in self.asserted or triple in self.derived

    def __iter__(self) -> Iterator[Triple]:
        yield from self.asserted
        yield from self.derived


def _facts(axioms: Axioms) -> Iterator[Triple]:
    """Yield what the ontology says of its own individuals: the values of choices have a class, and that is to be kept to."""
    for subject, predicate, obj in axioms.facts:
        if not isinstance(obj, rdflib.Literal):
            yield (subject, predicate, obj)
        elif obj.language:
            yield (subject, predicate, ox.Literal(str(obj), language=obj.language))
        else:
            datatype = ox.NamedNode(str(obj.datatype)) if obj.datatype else None
            yield (subject, predicate, ox.Literal(str(obj), datatype=datatype))


class _Chainer:
    def __init__(self, axioms: Axioms, triples: Iterable[Triple]) -> None:
        self.axioms = axioms
        # In the order given: which derivation of a triple comes first must not depend on chance.
        self.queue = deque(dict.fromkeys([*triples, *_facts(axioms)]))
        self.closure = Closure(axioms, set(self.queue))
        chains = [*axioms.chains, *(((prop, prop), prop, axiom) for prop, axiom in axioms.transitive.items())]
        self.chains = chains
        self.places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, (steps, _, _) in enumerate(chains):
            for at, step in enumerate(steps):
                self.places[step].append((number, at))
        self.forward: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.backward: dict[tuple[str, str], list[str]] = defaultdict(list)

    def add(self, triple: Triple, axiom: Axiom, premises: tuple[Triple, ...]) -> None:
        if triple not in self.closure:
            self.closure.derived[triple] = Derivation(axiom, premises)
            self.queue.append(triple)

    def run(self) -> Closure:
        while self.queue:
            triple = self.queue.popleft()
            subject, predicate, obj = triple
            if predicate == TYPE:
                for above, axiom in self.axioms.superclasses.get(str(obj), ()):
                    self.add((subject, TYPE, above), axiom, (triple,))
                continue
            for cls, axiom in self.axioms.domains.get(predicate, ()):
                self.add((subject, TYPE, cls), axiom, (triple,))
            for above, axiom in self.axioms.superproperties.get(predicate, ()):
                self.add((subject, above, obj), axiom, (triple,))
            if isinstance(obj, str):
                self.between_nodes(triple, subject, predicate, obj)
        return self.closure

    def between_nodes(self, triple: Triple, subject: str, predicate: str, obj: str) -> None:
        for cls, axiom in self.axioms.ranges.get(predicate, ()):
            self.add((obj, TYPE, cls), axiom, (triple,))
        for inverse, axiom in self.axioms.inverses.get(predicate, ()):
            self.add((obj, inverse, subject), axiom, (triple,))
        if predicate in self.places:
            self.forward[predicate, subject].append(obj)
            self.backward[predicate, obj].append(subject)
            for number, at in self.places[predicate]:
                self.chain(number, at, subject, obj)

    def chain(self, number: int, at: int, subject: str, obj: str) -> None:
        """Apply a chain to every path on which the new triple is step `at`."""
        steps, result, axiom = self.chains[number]
        before = self.paths(steps[:at][::-1], subject, self.backward)
        after = self.paths(steps[at + 1 :], obj, self.forward)
        for left in before:
            for right in after:
                nodes = [*reversed(left), *right]
                premises = tuple((nodes[step], predicate, nodes[step + 1]) for step, predicate in enumerate(steps))
                self.add((nodes[0], result, nodes[-1]), axiom, premises)

    def paths(self, steps: tuple[str, ...], start: str, index: dict[tuple[str, str], list[str]]) -> list[list[str]]:
        """Return every path from `start` along `steps`, each as its nodes, `start` first."""
        found = [[start]]
        for step in steps:
            found = [[*path, node] for path in found for node in index.get((step, path[-1]), ())]
        return found


def close(triples: Iterable[Triple], axioms: Axioms) -> Closure:
    """Return everything that follows from `triples` by the axioms, each with its first derivation.

    Of derivations of one shape, the one from triples that stand first in `triples` is first.
    """
    return _Chainer(axioms, triples).run()


def _value(obj: Object) -> tuple[str, str, str | None] | str:
    """Return what makes two objects the same: for text, its language is part of it."""
    return obj if isinstance(obj, str) else (obj.value, obj.datatype.value, obj.language)


def _clashing_types(closure: Closure) -> Iterator[Clash]:
    classes: dict[str, list[str]] = defaultdict(list)
    for subject, predicate, obj in closure:
        if predicate == TYPE and isinstance(obj, str):
            classes[subject].append(obj)
    for node, types in classes.items():
        if _NOTHING in types:
            yield Clash(_EMPTY, node, ((node, TYPE, _NOTHING),))
        for one, other in combinations(sorted(types), 2):
            axiom = closure.axioms.disjoint.get(one, {}).get(other)
            if axiom:
                yield Clash(axiom, node, ((node, TYPE, one), (node, TYPE, other)))


def _unfit(axioms: Axioms, predicate: str, obj: Object) -> Iterator[Axiom]:
    """Yield why a property cannot have an object: a literal where things are asked for, or one of another datatype."""
    for datatype, axiom in axioms.datatypes.get(predicate, ()):
        if isinstance(obj, str) or not admits(datatype, obj):
            yield axiom
    if not isinstance(obj, str):
        if predicate in axioms.things:
            yield axioms.things[predicate]
        if not well_formed(obj):
            yield Axiom("dt-not-type", f"“{obj.value}” is not how the type ‘{obj.datatype.value}’ is written")


def _grounds(closure: Closure, triple: Triple) -> Iterator[Triple]:
    """Yield the asserted triples that a triple rests on."""
    derivation = closure.derived.get(triple)
    for premise in derivation.premises if derivation else ():
        yield from _grounds(closure, premise)
    if derivation is None:
        yield triple


def _traced(closure: Closure, clash: Clash) -> Clash:
    """Return a clash that shows at a term of the ontology as one at the record that brings it about."""
    if not clash.node.startswith(IKG_NS):
        return clash
    premises = tuple(dict.fromkeys(ground for premise in clash.premises for ground in _grounds(closure, premise)))
    nodes = [subject for subject, _, _ in premises if not subject.startswith(IKG_NS)]
    return Clash(clash.axiom, nodes[0], premises) if nodes else clash


def _clashing_values(closure: Closure, triples: Iterable[Triple]) -> Iterator[Clash]:
    axioms = closure.axioms
    first: dict[tuple[str, str], Triple] = {}
    only: dict[tuple[str, object], Triple] = {}
    for triple in triples:
        subject, predicate, obj = triple
        if predicate in axioms.functional:
            before = first.setdefault((subject, predicate), triple)
            if before is not triple and _value(before[2]) != _value(obj):
                yield Clash(axioms.functional[predicate], subject, (before, triple))
        if predicate in axioms.inverse_functional:
            before = only.setdefault((predicate, _value(obj)), triple)
            if before[0] != subject:
                yield Clash(axioms.inverse_functional[predicate], subject, (before, triple))
        if predicate in axioms.irreflexive and subject == obj:
            yield Clash(axioms.irreflexive[predicate], subject, (triple,))
        if predicate in axioms.asymmetric and isinstance(obj, str) and (obj, predicate, subject) in closure:
            yield Clash(axioms.asymmetric[predicate], subject, (triple, (obj, predicate, subject)))
        for axiom in _unfit(axioms, predicate, obj):
            yield Clash(axiom, subject, (triple,))


def clashes(closure: Closure) -> list[Clash]:
    """Return every contradiction in the closure. OWL 2 RL would merge two values of a functional property; we name them."""
    found = list(_clashing_types(closure))
    # Sorting takes longer than looking, and only what is found needs an order.
    if next(_clashing_values(closure, closure), None):
        found += _clashing_values(closure, sorted(closure, key=lambda item: (item[0], item[1], str(item[2]))))
    return [_traced(closure, clash) for clash in found]


def triples_of(quads: Iterable[ox.Quad]) -> Iterator[Triple]:
    """Yield quads as triples of this module; those with blank nodes are left out, for records have none."""
    for quad in quads:
        subject, obj = quad.subject, quad.object
        if not isinstance(subject, ox.NamedNode):
            continue
        if isinstance(obj, ox.NamedNode):
            yield (subject.value, quad.predicate.value, obj.value)
        elif isinstance(obj, ox.Literal):
            yield (subject.value, quad.predicate.value, obj)


def inferred_quads(closure: Closure, graph: str) -> list[ox.Quad]:
    """Return the derived triples as quads of `graph`; what is derived of the ontology's own terms is the ontology's."""
    name = ox.NamedNode(graph)
    return [
        ox.Quad(
            ox.NamedNode(subject),
            ox.NamedNode(predicate),
            ox.NamedNode(obj) if isinstance(obj, str) else obj,
            name,
        )
        for subject, predicate, obj in closure.derived
        if not subject.startswith(IKG_NS)
    ]
