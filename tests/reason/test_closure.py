"""What is derived is what OWL 2 RL derives (owlrl is the oracle), what contradicts is named, and every derivation is sound."""

from __future__ import annotations

import owlrl
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings

from ineq_kg.ingest.ontology import read_ontology
from ineq_kg.ingest.records import Loaded
from ineq_kg.reason.axioms import Axioms, read_axioms
from ineq_kg.reason.closure import TYPE, Closure, Triple, clashes, close, triples_of
from ineq_kg.records.bundle import Bundle
from ineq_kg.resources import resource
from ineq_kg.triples.mapper import write
from ineq_kg.triples.quads import ntriples
from ineq_kg.vocabulary import IKG, IKG_NS, PREFIXES
from strategies import bundles

ONTOLOGY = read_ontology(resource("ontology"))
AXIOMS = read_axioms(ONTOLOGY)
ID = PREFIXES["id"]


def by_owlrl(quads: list[ox.Quad]) -> set[tuple[str, str, str]]:
    """Return what owlrl derives about named nodes in terms of the ontology, beyond what was given."""
    graph = rdflib.Graph()
    graph += ONTOLOGY
    graph.parse(data=ntriples(quads), format="nt")
    given_triples = set(graph)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return {
        (str(s), str(p), str(o))
        for s, p, o in set(graph) - given_triples
        if isinstance(s, rdflib.URIRef)
        and isinstance(o, rdflib.URIRef)
        and not str(s).startswith(IKG_NS)
        and (str(p).startswith(IKG_NS) or (p == rdflib.RDF.type and str(o).startswith(IKG_NS)))
    }


def by_us(quads: list[ox.Quad]) -> set[tuple[str, str, str]]:
    derived = close(triples_of(quads), AXIOMS).derived
    return {(s, p, str(o)) for s, p, o in derived if not s.startswith(IKG_NS)}


def test_the_founding_synthesis_closes_as_owlrl_closes_it(founding: Loaded) -> None:
    quads = list(write(founding.bundle))
    assert by_us(quads) == by_owlrl(quads)


@settings(max_examples=4)
@given(bundles())
def test_any_synthesis_closes_as_owlrl_closes_it(bundle: Bundle) -> None:
    quads = list(write(bundle))
    assert by_us(quads) == by_owlrl(quads)


def test_what_is_derived_twice_is_derived_already(founding: Loaded) -> None:
    first = close(triples_of(write(founding.bundle)), AXIOMS)
    assert close(first, AXIOMS).derived == {}


def test_contributions_reach_every_level(founding: Loaded) -> None:
    derived = close(triples_of(write(founding.bundle)), AXIOMS).derived
    levels = {
        obj.split("/")[-2]
        for s, p, obj in derived
        if p == IKG.contributesTo and isinstance(obj, str) and s.endswith("babbel")
    }
    assert levels == {"translated", "claim", "argument"}


def test_derivations_go_back_to_what_was_asserted(founding: Loaded) -> None:
    closure = close(triples_of(write(founding.bundle)), AXIOMS)
    order = {triple: at for at, triple in enumerate(closure.derived)}
    for triple, derivation in closure.derived.items():
        assert derivation.premises
        for premise in derivation.premises:
            assert premise in closure.asserted or order[premise] < order[triple]


def test_the_founding_synthesis_contradicts_nothing(founding: Loaded) -> None:
    assert clashes(close(triples_of(write(founding.bundle)), AXIOMS)) == []


def closed(*triples: Triple) -> Closure:
    return close([(ID + s, p, ID + o if isinstance(o, str) and ":" not in o else o) for s, p, o in triples], AXIOMS)


FAULTS: dict[str, tuple[list[Triple], str]] = {
    "a study that is a report": (
        [("a", TYPE, IKG.Study), ("b", IKG.reportedIn, "a")],
        "nothing is both a ‘report’ and a ‘study’",
    ),
    "a construct of two studies": (
        [("c", IKG.constructOf, "a"), ("c", IKG.constructOf, "b")],
        "a thing has at most one ‘construct of’",
    ),
    "a translation that yields two constructs": (
        [("t", IKG.yields, "a"), ("t", IKG.yields, "b")],
        "a thing has at most one ‘yields’",
    ),
    "two starts of one span": (
        [("s", IKG.start, ox.Literal(1)), ("s", IKG.start, ox.Literal(2))],
        "a thing has at most one ‘start’",
    ),
    "a dominant discourse that is a counter-discourse": (
        [("d", TYPE, IKG.DominantDiscourse), ("d", TYPE, IKG.CounterDiscourse)],
        "nothing is both a",
    ),
    "a word where a number is asked for": (
        [("s", IKG.start, ox.Literal("one"))],
        "are of the type ‘integer’",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_contradiction_is_named_in_plain_words(fault: str) -> None:
    triples, words = FAULTS[fault]
    found = clashes(closed(*triples))
    assert any(words.lower() in clash.axiom.says.lower() for clash in found), [clash.axiom.says for clash in found]
    assert all(premise[0].startswith(ID) for clash in found for premise in clash.premises)


def test_axioms_read_in_plain_words() -> None:
    axioms: Axioms = AXIOMS
    (inverse,) = [axiom.says for target, axiom in axioms.inverses[IKG.constructOf] if target == IKG.hasConstruct]
    assert inverse == "‘construct of’ is ‘has construct’ the other way round"
