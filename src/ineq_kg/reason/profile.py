"""Which axioms of an ontology lie in OWL 2 RL, judged by their form (OWL 2 Profiles, section 4.2), and the part made of them.

Nobody marks an axiom by hand, so no mark can be wrong or missing: `marked` writes the marks, and tests hold them to what ROBOT
reports. What is not known to be an axiom, an annotation or a part of either is `unknown`, for a test to see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import rdflib
from rdflib import DCTERMS, OWL, RDF, RDFS, XSD, BNode, URIRef
from rdflib.collection import Collection
from rdflib.namespace import Namespace
from rdflib.term import Node

Statement = tuple[Node, Node, Node]

# W3C's names for the profiles (w3.org/ns/owl-profile).
_PROFILES = Namespace("http://www.w3.org/ns/owl-profile/")
RL, DL = _PROFILES.RL, _PROFILES.DL
# Datatypes of OWL 2 that RL leaves out (section 4.2.1).
_NOT_IN_RL = {OWL.Thing, OWL.real, OWL.rational}
_DECLARED = {
    OWL.Class,
    OWL.ObjectProperty,
    OWL.DatatypeProperty,
    OWL.AnnotationProperty,
    OWL.NamedIndividual,
    OWL.Ontology,
    OWL.Restriction,
    OWL.Axiom,
    RDFS.Datatype,
    RDF.List,
}
_CHARACTERISTICS = {
    OWL.FunctionalProperty,
    OWL.InverseFunctionalProperty,
    OWL.IrreflexiveProperty,
    OWL.SymmetricProperty,
    OWL.AsymmetricProperty,
    OWL.TransitiveProperty,
}
_OF_MANY = {OWL.AllDisjointClasses, OWL.AllDisjointProperties, OWL.AllDifferent, OWL.NegativePropertyAssertion}
_ABOUT_PROPERTIES = {
    RDFS.subPropertyOf,
    OWL.equivalentProperty,
    OWL.propertyDisjointWith,
    OWL.inverseOf,
    OWL.propertyChainAxiom,
}
_ABOUT_INDIVIDUALS = {OWL.sameAs, OWL.differentFrom}
_ANNOTATIONS = {RDFS.label, RDFS.comment, RDFS.seeAlso, RDFS.isDefinedBy, OWL.versionInfo, OWL.deprecated}
_OF_DOCUMENTS = {OWL.imports, OWL.versionIRI, OWL.priorVersion, OWL.backwardCompatibleWith, OWL.incompatibleWith}
# What axioms and class expressions are made of: said of blank nodes only (Mapping to RDF Graphs, table 1).
_PARTS = {
    RDF.first,
    RDF.rest,
    OWL.onProperty,
    OWL.onClass,
    OWL.onDataRange,
    OWL.onDatatype,
    OWL.withRestrictions,
    OWL.datatypeComplementOf,
    OWL.someValuesFrom,
    OWL.allValuesFrom,
    OWL.hasValue,
    OWL.hasSelf,
    OWL.cardinality,
    OWL.minCardinality,
    OWL.maxCardinality,
    OWL.qualifiedCardinality,
    OWL.minQualifiedCardinality,
    OWL.maxQualifiedCardinality,
    OWL.intersectionOf,
    OWL.unionOf,
    OWL.complementOf,
    OWL.oneOf,
    OWL.members,
    OWL.distinctMembers,
    OWL.sourceIndividual,
    OWL.assertionProperty,
    OWL.targetIndividual,
    OWL.targetValue,
    OWL.annotatedSource,
    OWL.annotatedProperty,
    OWL.annotatedTarget,
}


@dataclass(frozen=True)
class Parted:
    """The axioms of an ontology, each by its main triple: in OWL 2 RL, outside it, and triples of no known kind. All sorted."""

    inside: tuple[Statement, ...]
    outside: tuple[Statement, ...]
    unknown: tuple[Statement, ...]


class _Expressions:
    """The class expressions and data ranges of OWL 2 RL (section 4.2.3 and 4.2.4)."""

    def __init__(self, graph: rdflib.Graph) -> None:
        self.graph = graph

    def listed(self, head: Node | None, allowed: Callable[[Node], bool]) -> bool:
        return head is not None and all(allowed(node) for node in Collection(self.graph, head))

    def filled(self, node: Node, predicate: URIRef, allowed: Callable[[Node], bool]) -> bool:
        return any(allowed(filler) for filler in self.graph.objects(node, predicate))

    def at_most_one(self, node: Node, predicate: URIRef) -> bool:
        return self.filled(node, predicate, lambda bound: str(bound) in {"0", "1"})

    def below(self, node: Node) -> bool:
        """Whether it may stand below another: a subClassExpression."""
        if isinstance(node, URIRef):
            return node not in _NOT_IN_RL
        value = self.graph.value
        return (
            self.listed(value(node, OWL.intersectionOf), self.below)
            or self.listed(value(node, OWL.unionOf), self.below)
            or value(node, OWL.oneOf) is not None
            or value(node, OWL.hasValue) is not None
            or self.filled(node, OWL.someValuesFrom, self.below_or_anything)
        )

    def below_or_anything(self, node: Node) -> bool:
        return node == OWL.Thing or self.below(node)

    def above(self, node: Node) -> bool:
        """Whether it may stand above another: a superClassExpression."""
        if isinstance(node, URIRef):
            return node not in _NOT_IN_RL
        limited = self.at_most_one(node, OWL.maxQualifiedCardinality) and (
            self.filled(node, OWL.onClass, self.below_or_anything)
            or self.filled(node, OWL.onDataRange, self.data_range)
        )
        return (
            limited
            or self.at_most_one(node, OWL.maxCardinality)
            or self.listed(self.graph.value(node, OWL.intersectionOf), self.above)
            or self.filled(node, OWL.complementOf, self.below)
            or self.filled(node, OWL.allValuesFrom, self.above)
            or self.graph.value(node, OWL.hasValue) is not None
        )

    def equal(self, node: Node) -> bool:
        """Whether it may be said to equal another: an equivClassExpression."""
        if isinstance(node, URIRef):
            return node not in _NOT_IN_RL
        return (
            self.listed(self.graph.value(node, OWL.intersectionOf), self.equal)
            or self.graph.value(node, OWL.hasValue) is not None
        )

    def data_range(self, node: Node) -> bool:
        if isinstance(node, URIRef):
            return node not in _NOT_IN_RL
        return self.listed(self.graph.value(node, OWL.intersectionOf), self.data_range)


class _Judge:
    def __init__(self, graph: rdflib.Graph) -> None:
        self.graph = graph
        self.forms = _Expressions(graph)
        kinds = {kind: set(graph.subjects(RDF.type, kind)) for kind in _DECLARED}
        self.documents = kinds[OWL.Ontology]
        self.annotations = kinds[OWL.AnnotationProperty] | _ANNOTATIONS
        self.assertions = kinds[OWL.ObjectProperty] | kinds[OWL.DatatypeProperty] | _ABOUT_INDIVIDUALS

    def no_axiom(self, statement: Statement) -> bool:
        """Whether a triple is an annotation, a declaration, or a part of an axiom or of a class expression."""
        subject, predicate, obj = statement
        if predicate == RDF.type:
            return obj in _DECLARED
        if predicate in _PARTS or str(predicate).startswith(str(XSD)):  # facets of datatypes are XML Schema's terms
            return isinstance(subject, BNode)
        if predicate == OWL.inverseOf and isinstance(subject, BNode):
            return True
        return predicate in self.annotations or (subject in self.documents and predicate in _OF_DOCUMENTS)

    def in_rl(self, statement: Statement) -> bool | None:
        """Whether an axiom is in OWL 2 RL (section 4.2.5); None for one of no known kind."""
        subject, predicate, obj = statement
        forms = self.forms
        if predicate == RDF.type:
            return self.typing(subject, obj)
        if predicate == RDFS.subClassOf:
            return forms.below(subject) and forms.above(obj)
        if predicate == OWL.equivalentClass:
            return forms.equal(subject) and forms.equal(obj)
        if predicate == OWL.disjointWith:
            return forms.below(subject) and forms.below(obj)
        if predicate == OWL.hasKey:
            return forms.below(subject)
        if predicate in {RDFS.domain, RDFS.range}:
            return forms.above(obj)
        if predicate == OWL.disjointUnionOf:
            return False
        return True if predicate in _ABOUT_PROPERTIES or predicate in self.assertions else None

    def typing(self, subject: Node, kind: Node) -> bool | None:
        if kind == OWL.AllDisjointClasses:
            return self.forms.listed(self.graph.value(subject, OWL.members), self.forms.below)
        if kind in _CHARACTERISTICS or kind in _OF_MANY:
            return True
        if kind == OWL.ReflexiveProperty:
            return False
        if kind != OWL.Thing and str(kind).startswith((str(OWL), str(RDF), str(RDFS))):
            return None
        return self.forms.above(kind)  # of an individual


def part(graph: rdflib.Graph) -> Parted:
    """Return every axiom of an ontology, parted by whether it is in OWL 2 RL."""
    judge = _Judge(graph)
    found: dict[bool | None, list[Statement]] = {True: [], False: [], None: []}
    for statement in graph:
        if not judge.no_axiom(statement):
            found[judge.in_rl(statement)].append(statement)
    inside, outside, unknown = (tuple(sorted(found[verdict])) for verdict in (True, False, None))
    return Parted(inside, outside, unknown)


def _blank(graph: rdflib.Graph, statements: Iterable[Statement]) -> set[Node]:
    """Return the blank nodes that statements speak of, and those that these are made of."""
    waiting = [node for subject, _, obj in statements for node in (subject, obj) if isinstance(node, BNode)]
    reached: set[Node] = set()
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting += [obj for obj in graph.objects(node) if isinstance(obj, BNode)]
    return reached


def _annotating(graph: rdflib.Graph, statements: Iterable[Statement]) -> Iterator[Node]:
    for subject, predicate, obj in statements:
        for node in graph.subjects(OWL.annotatedTarget, obj):
            if (node, OWL.annotatedSource, subject) in graph and (node, OWL.annotatedProperty, predicate) in graph:
                yield node


def _empty_like(graph: rdflib.Graph) -> rdflib.Graph:
    empty = rdflib.Graph(bind_namespaces="none")
    for prefix, namespace in graph.namespaces():
        empty.bind(prefix, namespace)
    return empty


def rl_part(graph: rdflib.Graph) -> rdflib.Graph:
    """Return the ontology without the axioms that lie outside OWL 2 RL; declarations and annotations stay."""
    axioms = part(graph)
    outside = set(axioms.outside)
    gone = _blank(graph, outside) - _blank(graph, chain(axioms.inside, axioms.unknown))
    gone.update(_annotating(graph, outside))
    kept = _empty_like(graph)
    kept += (statement for statement in graph if statement not in outside and statement[0] not in gone)
    return kept


def marked(graph: rdflib.Graph) -> rdflib.Graph:
    """Return the ontology with `dcterms:requires` OWL 2 DL said of each axiom outside OWL 2 RL.

    As annotations of axioms (OWL 2 Mapping to RDF Graphs, section 2.2), which add nothing to what follows. The blank nodes that
    bear them are numbered in the order of the axioms.
    """
    outside = part(graph).outside
    whole = _empty_like(graph)
    whole += graph
    for number, (subject, predicate, obj) in enumerate(outside):
        node = subject
        if obj not in _OF_MANY:
            node = BNode(f"mark{number:04}")
            whole.add((node, RDF.type, OWL.Axiom))
            whole.add((node, OWL.annotatedSource, subject))
            whole.add((node, OWL.annotatedProperty, predicate))
            whole.add((node, OWL.annotatedTarget, obj))
        whole.add((node, DCTERMS.requires, DL))
    if outside:
        whole.add((DCTERMS.requires, RDF.type, OWL.AnnotationProperty))
    return whole


def unmarked(graph: rdflib.Graph) -> rdflib.Graph:
    """Return the ontology as it was before `marked`."""
    plain = _empty_like(graph)
    plain += graph
    for node in graph.subjects(DCTERMS.requires, DL):
        annotation = (node, RDF.type, OWL.Axiom) in graph
        plain.remove((node, None, None) if annotation else (node, DCTERMS.requires, DL))
    plain.remove((DCTERMS.requires, RDF.type, OWL.AnnotationProperty))
    return plain
