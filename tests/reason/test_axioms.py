"""Every axiom in the ontology's OWL 2 RL part is read, each is put to use when its time comes, and a new kind is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox
import pytest
import rdflib

from ineq_kg.ingest.ontology import read_ontology
from ineq_kg.reason.axioms import Axiom, Axioms, read_axioms
from ineq_kg.reason.closure import TYPE, Triple, clashes, close
from ineq_kg.reason.profile import part, rl_part
from ineq_kg.resources import resource
from ineq_kg.vocabulary import PREFIXES

ONTOLOGY = read_ontology(resource("ontology"))
AXIOMS = read_axioms(ONTOLOGY)
A, B, C = (PREFIXES["id"] + name for name in "abc")


@dataclass(frozen=True)
class Use:
    """Axioms of which only one is there, triples that set it off, and what is to follow; a contradiction where nothing is."""

    axiom: Axiom
    alone: Axioms
    given: list[Triple]
    follows: list[Triple] = field(default_factory=list)


def deriving() -> Iterator[Use]:
    """Yield a use of every axiom that something follows from."""
    for name in ("superclasses", "superproperties", "domains", "ranges", "inverses"):
        for term, targets in getattr(AXIOMS, name).items():
            for target, axiom in targets:
                alone = Axioms()
                getattr(alone, name)[term].append((target, axiom))
                given, follows = {
                    "superclasses": ((A, TYPE, term), (A, TYPE, target)),
                    "superproperties": ((A, term, B), (A, target, B)),
                    "domains": ((A, term, B), (A, TYPE, target)),
                    "ranges": ((A, term, B), (B, TYPE, target)),
                    "inverses": ((A, term, B), (B, target, A)),
                }[name]
                yield Use(axiom, alone, [given], [follows])
    for prop, axiom in AXIOMS.transitive.items():
        yield Use(axiom, Axioms(transitive={prop: axiom}), [(A, prop, B), (B, prop, C)], [(A, prop, C)])
    for steps, prop, axiom in AXIOMS.chains:
        nodes = [f"{A}{number}" for number in range(len(steps) + 1)]
        path = [(nodes[number], step, nodes[number + 1]) for number, step in enumerate(steps)]
        yield Use(axiom, Axioms(chains=[(steps, prop, axiom)]), path, [(nodes[0], prop, nodes[-1])])


def contradicting() -> Iterator[Use]:
    """Yield a use of every axiom that something contradicts."""
    for one, others in AXIOMS.disjoint.items():
        for other, axiom in others.items():
            yield Use(
                axiom, Axioms(disjoint={one: {other: axiom}, other: {one: axiom}}), [(A, TYPE, one), (A, TYPE, other)]
            )
    for name, given in (
        ("functional", lambda prop: [(A, prop, B), (A, prop, C)]),
        ("inverse_functional", lambda prop: [(A, prop, C), (B, prop, C)]),
        ("irreflexive", lambda prop: [(A, prop, A)]),
        ("asymmetric", lambda prop: [(A, prop, B), (B, prop, A)]),
        ("things", lambda prop: [(A, prop, ox.Literal("words"))]),
    ):
        for prop, axiom in getattr(AXIOMS, name).items():
            yield Use(axiom, Axioms(**{name: {prop: axiom}}), given(prop))
    for prop, targets in AXIOMS.datatypes.items():
        for target, axiom in targets:
            yield Use(axiom, Axioms(datatypes={prop: [(target, axiom)]}), [(A, prop, B)])


def test_every_axiom_of_the_rl_part_is_read() -> None:
    assert part(ONTOLOGY).unknown == ()
    assert AXIOMS.uncovered == []


def test_what_is_read_is_the_rl_part_and_no_more() -> None:
    """Reading only that part gives the same rules: nothing outside it is taken for one."""
    assert read_axioms(rl_part(ONTOLOGY)) == AXIOMS


def test_every_axiom_that_derives_is_used() -> None:
    uses = list(deriving())
    assert len(uses) > 200
    for use in uses:
        closure = close(use.given, use.alone)
        assert list(closure.derived) == use.follows, use.axiom.says
        assert closure.derived[use.follows[0]].axiom == use.axiom


def test_every_axiom_that_forbids_is_used() -> None:
    uses = list(contradicting())
    assert len(uses) > 1000
    for use in uses:
        assert use.axiom in [clash.axiom for clash in clashes(close(use.given, use.alone))], use.axiom.says
        assert clashes(close(use.given, Axioms())) == []


def test_what_the_ontology_says_of_its_individuals_is_taken_in() -> None:
    assert len(AXIOMS.facts) > 50
    closure = close([], AXIOMS)
    assert len(closure.asserted) == len(AXIOMS.facts)
    assert clashes(closure) == []


@pytest.mark.parametrize(
    "axiom",
    [
        "ikg:basis owl:equivalentProperty ikg:confidence .",
        "ikg:basis owl:propertyDisjointWith ikg:confidence .",
        "[] a owl:AllDisjointProperties ; owl:members ( ikg:basis ikg:confidence ) .",
        "ikg:Report owl:hasKey ( ikg:doi ) .",
        "ikg:Study rdfs:subClassOf [ a owl:Class ; owl:complementOf ikg:Report ] .",
        "ikg:Study owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( ikg:Report ikg:Synthesis ) ] .",
        "ikg:Study rdfs:subClassOf [ a owl:Class ; owl:intersectionOf ( ikg:Report ikg:Synthesis ) ] .",
        "[ a owl:Class ; owl:unionOf ( ikg:Study ikg:Report ) ] rdfs:subClassOf ikg:Synthesis .",
        "[ a owl:Class ; owl:oneOf ( ikg:High ) ] rdfs:subClassOf ikg:Synthesis .",
        "ikg:Study rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ikg:reportedIn ; owl:allValuesFrom ikg:Report ] .",
        "ikg:Study rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ikg:basis ; owl:hasValue ikg:StatedInText ] .",
        "[ a owl:Restriction ; owl:onProperty ikg:reportedIn ; owl:someValuesFrom owl:Thing ] rdfs:subClassOf ikg:Study .",
        "ikg:Study rdfs:subClassOf"
        " [ a owl:Restriction ; owl:onProperty ikg:reportedIn ; owl:maxCardinality '1'^^xsd:nonNegativeInteger ] .",
        "ikg:basis rdfs:domain [ a owl:Class ; owl:intersectionOf ( ikg:Study ikg:Report ) ] .",
        "ikg:contributesTo owl:propertyChainAxiom ( [ owl:inverseOf ikg:basis ] ikg:reportedIn ) .",
        "ikg:Study owl:disjointWith [ a owl:Class ; owl:unionOf ( ikg:Report ikg:Synthesis ) ] .",
        "[] a owl:AllDisjointClasses ; owl:members ( ikg:Study [ a owl:Class ; owl:unionOf ( ikg:Report ikg:Synthesis ) ] ) .",
        "[] a owl:AllDifferent ; owl:distinctMembers ( ikg:High ikg:Low ) .",
        "ikg:High owl:sameAs ikg:Low .",
        "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual ikg:High ; owl:assertionProperty ikg:basis ;"
        " owl:targetIndividual ikg:StatedInText .",
        "ikg:High a [ a owl:Class ; owl:intersectionOf ( ikg:Confidence ikg:Basis ) ] .",
    ],
)
def test_an_rl_axiom_of_a_kind_that_is_not_read_is_noticed(axiom: str) -> None:
    ontology = rdflib.Graph() + ONTOLOGY
    ontology.parse(data="".join(f"prefix {n}: <{iri}>\n" for n, iri in PREFIXES.items()) + axiom, format="turtle")
    assert len(part(ontology).inside) == len(part(ONTOLOGY).inside) + 1
    assert len(read_axioms(ontology).uncovered) == 1
