"""Whatever owlrl reports as inconsistent is reported, rule by rule: shown on graphs, or shown to have no axiom to fire from."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterable
from itertools import combinations

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from owlrl.OWLRL import OWLRL_Semantics
from rdflib import OWL, RDF

from ineq_kg.ingest.records import Loaded
from ineq_kg.reason.axioms import read_axioms
from ineq_kg.reason.closure import TYPE, Clash, Triple, clashes, close, triples_of
from ineq_kg.reason.profile import part
from ineq_kg.records import CLASSES, Link
from ineq_kg.records.bundle import Bundle
from ineq_kg.records.fields import fields_of
from ineq_kg.triples.mapper import write
from ineq_kg.vocabulary import IKG, IKG_NS, PREFIXES, XSD
from ineq_kg.vocabulary import OWL as OWL_NS
from oracle import AXIOMS_ALONE, HEADER, ONTOLOGY, RULES, rules_of, theirs
from strategies import bundles

ID = PREFIXES["id"]
SAME_AS = OWL_NS.term("sameAs")
AXIOMS = read_axioms(ONTOLOGY)


def ours(triples: Iterable[Triple], added: str = "") -> list[Clash]:
    axioms = AXIOMS
    if added:
        axioms = read_axioms(rdflib.Graph() + ONTOLOGY + rdflib.Graph().parse(data=HEADER + added, format="turtle"))
    return clashes(close(triples, axioms))


def node(name: str) -> str:
    return ID + name


def test_the_rules_are_all_that_owlrl_reports_by() -> None:
    """An owlrl that comes to report something else fails here."""
    calls = [
        call
        for call in ast.walk(ast.parse(inspect.getsource(inspect.getmodule(OWLRL_Semantics))))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "add_error"
    ]
    said = [
        next(part.value for part in ast.walk(call) if isinstance(part, ast.Constant) and isinstance(part.value, str))
        for call in calls
    ]
    assert [words for words in said if not rules_of([words])] == []
    assert {rule for words in said for rule in rules_of([words])} == set(RULES.values())


# --- rules that the ontology has axioms for, and rules that need none ------------------------------------------------

TWO_OF_ONE = [(node("x"), IKG.confidence, IKG.High), (node("x"), IKG.confidence, IKG.Low)]
REPORTED: dict[str, tuple[str, list[Triple]]] = {
    "two classes that are apart": (
        "cax-dw, cax-adc",
        [(node("a"), TYPE, IKG.Study), (node("b"), IKG.reportedIn, node("a"))],
    ),
    "two kinds of discourse": (
        "cax-dw, cax-adc",
        [(node("d"), TYPE, IKG.DominantDiscourse), (node("d"), TYPE, IKG.CounterDiscourse)],
    ),
    "a value of another choice": ("cax-dw, cax-adc", [(node("x"), IKG.basis, IKG.High)]),
    "a value of a choice as a record": ("cax-dw, cax-adc", [(node("x"), IKG.reportedIn, IKG.StatedInText)]),
    "words as a study and as a report": (
        "cax-dw, cax-adc",
        [(node("x"), IKG.reportedIn, ox.Literal("w")), (node("y"), IKG.constructOf, ox.Literal("w"))],
    ),
    # owlrl holds two datatypes apart only where a literal of each is there.
    "a number as words": (
        "cax-dw, cax-adc",
        [(node("x"), IKG.exact, ox.Literal(1)), (node("y"), IKG.exact, ox.Literal("w"))],
    ),
    "two values that differ": ("eq-diff1", TWO_OF_ONE),
    "a number that is none": (
        "dt-not-type",
        [(node("x"), IKG.start, ox.Literal("one", datatype=ox.NamedNode(XSD.term("integer"))))],
    ),
    "a day that is none": (
        "dt-not-type",
        [(node("x"), IKG.readOn, ox.Literal("2020-02-30", datatype=ox.NamedNode(XSD.term("date"))))],
    ),
    "a member of nothing": ("cls-nothing2", [(node("x"), TYPE, OWL_NS.term("Nothing"))]),
}


@pytest.mark.parametrize("fault", REPORTED)
def test_what_owlrl_reports_by_a_rule_that_can_fire_is_reported(fault: str) -> None:
    rule, triples = REPORTED[fault]
    assert rule in rules_of(theirs(triples))
    assert ours(triples)


def test_nothing_more_is_reported_with_the_axioms_outside_the_profile() -> None:
    """Of owlrl by what it reads besides: the graphs of the whole ontology are found at fault as those of its part are."""
    triples = [triple for _, fault in REPORTED.values() for triple in fault]
    assert rules_of(theirs(triples, ontology=ONTOLOGY)) == rules_of(theirs(triples))


def test_what_owlrl_makes_one_is_a_contradiction_here() -> None:
    two_studies = [(node("c"), IKG.constructOf, node("a")), (node("c"), IKG.constructOf, node("b"))]
    assert theirs(two_studies) == []
    assert [clash.axiom.rule for clash in ours(two_studies)] == ["prp-fp"]


# --- rules that have no axiom to fire from ---------------------------------------------------------------------------

# An axiom that the rule fires from, triples that break it, and whether the axiom is one that is read should it come.
ABSENT: dict[str, tuple[str, list[Triple], bool]] = {
    "prp-irp": ("ikg:opposes a owl:IrreflexiveProperty .", [(node("x"), IKG.opposes, node("x"))], True),
    "prp-asyp": (
        "ikg:opposes a owl:AsymmetricProperty .",
        [(node("x"), IKG.opposes, node("y")), (node("y"), IKG.opposes, node("x"))],
        True,
    ),
    "prp-pdw": (
        "ikg:opposes owl:propertyDisjointWith ikg:alignsWith .",
        [(node("x"), IKG.opposes, node("y")), (node("x"), IKG.alignsWith, node("y"))],
        False,
    ),
    "prp-adp": (
        # owlrl overlooks the last of them, as it does of owl:AllDifferent.
        "[] a owl:AllDisjointProperties ; owl:members ( ikg:opposes ikg:alignsWith ikg:basis ) .",
        [(node("x"), IKG.opposes, node("y")), (node("x"), IKG.alignsWith, node("y"))],
        False,
    ),
    "prp-npa1": (
        "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual id:x ; owl:assertionProperty ikg:opposes ;"
        " owl:targetIndividual id:y .",
        [(node("x"), IKG.opposes, node("y"))],
        False,
    ),
    "prp-npa2": (
        "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual id:x ; owl:assertionProperty ikg:exact ;"
        " owl:targetValue 'w'^^xsd:string .",
        [(node("x"), IKG.exact, ox.Literal("w"))],
        False,
    ),
    "eq-diff2, eq-diff3": (
        "[] a owl:AllDifferent ; owl:members ( id:x id:y id:z ) .",
        [(node("x"), SAME_AS, node("y"))],
        False,
    ),
    "cls-com": (
        "ikg:Study rdfs:subClassOf [ a owl:Class ; owl:complementOf ikg:Synthesis ] .",
        [(node("x"), TYPE, IKG.Study), (node("x"), TYPE, IKG.Synthesis)],
        False,
    ),
    "cls-maxc1": (
        "ikg:Study rdfs:subClassOf"
        " [ a owl:Restriction ; owl:onProperty ikg:opposes ; owl:maxCardinality '0'^^xsd:nonNegativeInteger ] .",
        [(node("x"), TYPE, IKG.Study), (node("x"), IKG.opposes, node("y"))],
        False,
    ),
    "cls-maxqc1, cls-maxqc2": (
        "ikg:Study rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ikg:opposes ;"
        " owl:maxQualifiedCardinality '0'^^xsd:nonNegativeInteger ; owl:onClass owl:Thing ] .",
        [(node("x"), TYPE, IKG.Study), (node("x"), IKG.opposes, node("y"))],
        False,
    ),
}


@pytest.mark.parametrize("rule", ABSENT)
def test_a_rule_that_has_no_axiom_gets_one_only_with_our_knowledge(rule: str) -> None:
    """It fires for owlrl once the axiom is there. We then report the same, or say that we do not read such axioms."""
    axiom, triples, is_read = ABSENT[rule]
    assert rule not in rules_of(theirs(triples))
    assert rule in rules_of(theirs(triples, axiom))
    extended = rdflib.Graph() + ONTOLOGY + rdflib.Graph().parse(data=HEADER + axiom, format="turtle")
    assert bool(read_axioms(extended).uncovered) is not is_read
    if is_read:
        assert ours(triples, axiom)
    # Neither the ontology nor anything that a record can say is such an axiom.
    assert AXIOMS.uncovered == []
    assert AXIOMS.irreflexive == AXIOMS.asymmetric == {}


def test_what_remains_never_fires() -> None:
    """owlrl asks an extension about cls-avf and datatypes; by itself it allows all. And each rule is dealt with in one way."""
    remaining = set(RULES.values()) - ABSENT.keys() - {rule for rule, _ in REPORTED.values()}
    assert remaining == {"cls-avf"}
    assert OWLRL_Semantics.restriction_typing_check.__qualname__ == "OWLRL_Semantics.restriction_typing_check"
    assert OWLRL_Semantics(rdflib.Graph(), False, False).restriction_typing_check(None, None) is True
    # What its extension adds are restrictions of datatypes by facets.
    assert (None, OWL.withRestrictions, None) not in ONTOLOGY


def test_records_say_nothing_that_makes_two_nodes_one() -> None:
    """Hence owl:sameAs comes of a second value of a functional property only, and that is a contradiction here."""
    said = {field.term for cls in (*CLASSES.values(), Link) for field in fields_of(cls)}
    assert not [term for term in said if term.startswith((OWL_NS, PREFIXES["rdfs"]))]
    assert not AXIOMS.inverse_functional
    assert (None, OWL.sameAs, None) not in ONTOLOGY


# --- every axiom of the rules that fire ------------------------------------------------------------------------------


def test_every_two_classes_that_are_apart() -> None:
    pairs = [(one, other) for one in AXIOMS.disjoint for other in AXIOMS.disjoint[one] if one < other]
    graphs = {f"pair-{n}": [(node(f"pair-{n}"), TYPE, cls) for cls in pair] for n, pair in enumerate(pairs)}
    found = "\n".join(theirs(triple for graph in graphs.values() for triple in graph))
    assert {name for name in graphs if re.search(rf"{ID}{name}\b", found)} == graphs.keys()
    assert [name for name, graph in graphs.items() if not ours(graph)] == []


def test_every_two_values_that_differ() -> None:
    """Of each property that has one value out of a list, any two values: one graph for owlrl, one for each pair for us."""
    properties = [prop for prop in sorted(AXIOMS.functional) if prop in AXIOMS.ranges]
    graphs = []
    for prop in properties:
        ((cls, _),) = AXIOMS.ranges[prop]
        values = [subject for subject, predicate, obj in AXIOMS.facts if predicate == TYPE and obj == cls]
        graphs += [[(node("x"), prop, one), (node("x"), prop, other)] for one, other in combinations(sorted(values), 2)]
    assert len(graphs) > 30
    assert "eq-diff1" in rules_of(theirs(triple for graph in graphs for triple in graph))
    assert [graph for graph in graphs if not ours(graph)] == []


def lexical(value: str, kind: str) -> ox.Literal:
    return ox.Literal(value, datatype=ox.NamedNode(XSD.term(kind)))


LITERALS: list[Callable[[int], ox.Literal]] = [
    lambda n: ox.Literal(f"words {n}"),
    lambda n: ox.Literal(f"words {n}", language="en"),
    lambda n: ox.Literal(n),
    lambda n: lexical(f"{n}.5", "integer"),
    lambda n: lexical(f"number {n}", "integer"),
    lambda n: lexical(f"{n}.5", "decimal"),
    lambda n: lexical(f"{n}e5", "decimal"),
    lambda n: lexical("true", "boolean"),
    lambda n: lexical(f"yes {n}", "boolean"),
    lambda n: lexical(f"{2000 + n}-02-28", "date"),
    lambda n: lexical(f"{2000 + n}-02-30", "date"),
    lambda n: lexical(f"day {n}", "date"),
    lambda n: lexical(f"{2000 + n}-02-28T00:00:00", "dateTime"),
    lambda n: lexical(f"https://example.org/{n}", "anyURI"),
]


def test_every_property_with_every_kind_of_literal() -> None:
    """owlrl names a literal, not its node, so each has a text of its own, but for truth values, of which there are two."""
    properties = sorted(AXIOMS.datatypes)
    graphs = [
        [(node(f"x{n}"), prop, make(n))]
        for n, (prop, make) in enumerate((prop, make) for prop in properties for make in LITERALS)
    ]
    found = "\n".join(theirs(triple for graph in graphs for triple in graph))
    named = [graph for graph in graphs if re.search(rf"\b{re.escape(graph[0][2].value)}\b", found)]
    missed = [graph for graph in named if not ours(graph)]
    assert len(named) > len(graphs) / 3
    assert [graph for graph in missed if graph[0][2].value != "true"] == []
    assert {prop for ((_, prop, _),) in missed} == {
        prop
        for prop in properties
        if AXIOMS.datatypes[prop][0][0] in {XSD.term("boolean"), PREFIXES["rdfs"] + "Literal"}
    }


# --- any fault -------------------------------------------------------------------------------------------------------

INDIVIDUALS = sorted({subject for subject, _, _ in AXIOMS.facts})
CLASS_NAMES = sorted(str(cls) for cls in ONTOLOGY.subjects(RDF.type, OWL.Class) if str(cls).startswith(IKG_NS))
PROPERTIES = sorted({*AXIOMS.things, *AXIOMS.datatypes})


@st.composite
def faults(draw: st.DrawFn, nodes: list[str], number: int) -> list[Triple]:
    """Draw triples at random, of which some contradict the ontology; literals hold `number`."""
    found: list[Triple] = []
    for _ in range(draw(st.integers(1, 5))):
        subject = draw(st.sampled_from(nodes))
        if draw(st.integers(0, 3)) == 0:
            found.append((subject, TYPE, draw(st.sampled_from([*CLASS_NAMES, OWL_NS.term("Nothing")]))))
            continue
        literal = draw(st.sampled_from([make for make in LITERALS if make(0).value != "true"]))
        obj = draw(st.sampled_from([*nodes, literal(10 * number + draw(st.integers(0, 9)))]))
        found.append((subject, draw(st.sampled_from(PROPERTIES)), obj))
    return found


@settings(max_examples=6)
@given(st.data())
def test_any_graph_that_owlrl_faults_is_faulted(data: st.DataObject) -> None:
    """Forty graphs in one, for owlrl's sake: they share no node and no literal, so what is found is found in one of them."""
    graphs = {}
    for number in range(40):
        nodes = [node(f"graph-{number}/{name}") for name in "abc"]
        graphs[number] = data.draw(faults(nodes, 100 + number))  # years stay below 10000, where owlrl's end
    found = "\n".join(theirs(triple for graph in graphs.values() for triple in graph))
    for number, graph in graphs.items():
        literals = {re.escape(obj.value) for _, _, obj in graph if not isinstance(obj, str)}
        words = "|".join([rf"graph-{number}/", *(rf"(?<![\w.-]){literal}(?![\w.-])" for literal in literals)])
        if re.search(words, found):
            assert ours(graph)


@settings(max_examples=5)
@given(bundles(), st.data())
def test_any_synthesis_that_owlrl_faults_is_faulted(bundle: Bundle, data: st.DataObject) -> None:
    """A whole synthesis, in which values of choices are used as anything may be."""
    sound = list(triples_of(write(bundle)))
    nodes = sorted({subject for subject, _, _ in sound})
    sown = data.draw(faults([*nodes, *INDIVIDUALS], 1))
    if theirs([*sound, *sown]):
        assert ours([*sound, *sown])


@given(bundles())
@settings(max_examples=15)
def test_no_sound_synthesis_is_faulted(bundle: Bundle) -> None:
    assert ours(triples_of(write(bundle))) == []


# --- how it is told --------------------------------------------------------------------------------------------------


def test_what_shows_at_a_term_is_told_of_the_record_that_brings_it_about() -> None:
    (clash, *_) = ours([(node("x"), IKG.basis, IKG.High)])
    assert clash.node == node("x")
    assert clash.axiom.says == "nothing is both a ‘basis’ and a ‘confidence’"
    assert clash.premises == ((node("x"), IKG.basis, IKG.High), (IKG.High, TYPE, IKG.Confidence))


def test_datatypes_of_records_are_those_whose_form_is_looked_at(founding: Loaded) -> None:
    written = {quad.object.datatype.value for quad in write(founding.bundle) if isinstance(quad.object, ox.Literal)}
    ranges = {datatype for targets in AXIOMS.datatypes.values() for datatype, _ in targets}
    any_text = {XSD.term("string"), *(PREFIXES["rdf"] + name for name in ("langString", "PlainLiteral"))}
    checked = {XSD.term(name) for name in ("integer", "boolean", "date")}
    assert (written | ranges) - any_text - {PREFIXES["rdfs"] + "Literal"} <= checked
    for kind, forms in {
        "integer": ("", "1.0", "x"),
        "boolean": ("TRUE", ""),
        "date": ("2023-02-29", "1-1-1", "x"),
    }.items():
        for form in forms:
            assert [clash.axiom.rule for clash in ours([(node("x"), IKG.readOn, lexical(form, kind))])] == [
                "dt-not-type"
            ]


def test_what_is_no_axiom_of_the_profile_is_none_of_ours() -> None:
    assert {triple for triple in part(ONTOLOGY).outside if triple in AXIOMS_ALONE} == set()
