"""The ontology is in OWL 2 DL; its part in OWL 2 RL is what is said to be, no axiom more and none less. ROBOT is the judge."""

from __future__ import annotations

import re
from pathlib import Path

import pyhornedowl
import pytest
import rdflib
from rdflib import DCTERMS, OWL, RDF, RDFS

from ineq_kg.ingest.ontology import read_ontology
from ineq_kg.reason.profile import DL, RL, marked, part, rl_part
from ineq_kg.represent.formats import Format
from ineq_kg.represent.ontology import RL_PART, Publication
from ineq_kg.resources import resource
from ineq_kg.vocabulary import IKG, ONTOLOGY, PREFIXES

MARK = f"Annotation(<{DCTERMS.requires}> <{DL}>)"
VIOLATION = re.compile(r"\[(.*) in OntologyID\(")
EVERY_AXIOM = Path(__file__).with_name("every-axiom.ttl")


@pytest.fixture(scope="module")
def whole(publication: Publication) -> rdflib.Graph:
    return rdflib.Graph().parse(data=publication.document(Format.NTRIPLES), format="nt")


@pytest.fixture
def violations(robot, tmp_path: Path):
    """Return a function that says which axioms of a graph are outside a profile, as the OWL API writes axioms."""

    def find(graph: rdflib.Graph, profile: str) -> set[str]:
        document, report = tmp_path / "ontology.ttl", tmp_path / "report.txt"
        graph.serialize(document, format="turtle", encoding="utf-8")
        done = robot("validate-profile", "--profile", profile, "--input", document, "--output", report)
        first, *lines = report.read_text().splitlines()
        assert (done.returncode == 0) == (not lines) == ("[Ontology and imports closure in profile]" in first)
        found = [VIOLATION.search(line) for line in lines]
        assert all(found), lines
        return {match[1] for match in found if match}

    return find


def marks(graph: rdflib.Graph) -> set[rdflib.term.Node]:
    return set(graph.subjects(DCTERMS.requires, DL))


def test_the_ontology_is_in_owl_2_dl(violations, whole: rdflib.Graph) -> None:
    assert violations(whole, "DL") == set()


def test_what_is_outside_dl_would_be_named(violations, whole: rdflib.Graph) -> None:
    # A property with a chain may not be functional: contributesTo is not simple.
    wrong = rdflib.Graph() + whole
    wrong.add((rdflib.URIRef(IKG.contributesTo), RDF.type, OWL.FunctionalProperty))
    assert f"FunctionalObjectProperty(<{IKG.contributesTo}>)" in violations(wrong, "DL")


def test_exactly_the_marked_axioms_are_outside_owl_2_rl(violations, whole: rdflib.Graph) -> None:
    outside = violations(whole, "RL")
    assert [axiom for axiom in outside if MARK not in axiom] == []
    assert len(outside) == len(marks(whole)) > 0


def test_a_mark_too_few_or_too_many_would_be_noticed(violations, whole: rdflib.Graph) -> None:
    def annotation_of(subject: str, predicate: rdflib.URIRef) -> rdflib.term.Node:
        (node,) = (
            node
            for node in whole.subjects(OWL.annotatedSource, rdflib.URIRef(subject))
            if (node, OWL.annotatedProperty, predicate) in whole
        )
        return node

    faulty = rdflib.Graph() + whole
    faulty.remove((annotation_of(IKG.doi, RDFS.domain), None, None))
    assert [axiom.partition("(")[0] for axiom in violations(faulty, "RL") if MARK not in axiom] == [
        "DataPropertyDomain"
    ]

    superfluous = rdflib.BNode()
    faulty += whole
    for predicate, value in (
        (RDF.type, OWL.Axiom),
        (OWL.annotatedSource, rdflib.URIRef(IKG.pmid)),
        (OWL.annotatedProperty, RDFS.range),
        (OWL.annotatedTarget, rdflib.XSD.string),
        (DCTERMS.requires, DL),
    ):
        faulty.add((superfluous, predicate, value))
    assert len(marks(faulty)) == len(violations(faulty, "RL")) + 1


def test_the_rest_is_in_owl_2_rl(violations, publication: Publication, whole: rdflib.Graph) -> None:
    document = rdflib.Graph().parse(data=publication.document(Format.TURTLE, RL_PART), format="turtle")
    assert violations(document, "RL") == set()
    assert marks(document) == set()
    assert [str(header) for header in document.subjects(RDF.type, OWL.Ontology)] == [f"{ONTOLOGY}/{RL_PART}"]
    (header,) = document.subjects(DCTERMS.conformsTo, RL)
    assert str(document.value(header, OWL.versionIRI)) == f"{ONTOLOGY}/{publication.version}/{RL_PART}"
    assert document.value(header, DCTERMS.license) == whole.value(rdflib.URIRef(ONTOLOGY), DCTERMS.license)


def test_the_rest_with_what_is_marked_is_the_whole(whole: rdflib.Graph, publication: Publication) -> None:
    def named(graph: rdflib.Graph, *, inside: bool) -> list[tuple[str, ...]]:
        parted = part(graph)
        axioms = parted.inside if inside else parted.outside
        return sorted(tuple("" if isinstance(term, rdflib.BNode) else str(term) for term in axiom) for axiom in axioms)

    rest = rdflib.Graph().parse(data=publication.document(Format.NTRIPLES, RL_PART), format="nt")
    assert named(rest, inside=True) == named(whole, inside=True)
    assert named(rest, inside=False) == []
    assert len(named(whole, inside=False)) == len(marks(whole))


def test_another_reader_of_owl_finds_each_mark_at_an_axiom(publication: Publication, tmp_path: Path) -> None:
    path = tmp_path / "ontology.owx.rdf"
    path.write_bytes(publication.document(Format.RDFXML))
    whole = rdflib.Graph().parse(path, format="xml")
    loaded = pyhornedowl.open_ontology(str(path))
    marked_axioms = [axiom.component for axiom in loaded.get_components() if MARK in str(axiom)]
    assert len(marked_axioms) == len(marks(whole))
    kinds = {type(axiom).__name__ for axiom in marked_axioms}
    assert kinds == {"SubClassOf", "ObjectPropertyDomain", "ObjectPropertyRange", "DataPropertyDomain"}


def test_every_kind_of_axiom_is_judged_as_robot_judges_it(violations) -> None:
    graph = rdflib.Graph().parse(EVERY_AXIOM, format="turtle")
    outside = violations(marked(graph), "RL")
    assert [axiom for axiom in outside if MARK not in axiom] == []
    assert len(outside) == len(part(graph).outside)
    assert violations(rl_part(graph), "RL") == set()
    assert part(graph).unknown == ()


@pytest.mark.parametrize(
    "unheard_of",
    [
        "ikg:Study owl:unionOf ( ikg:Report ikg:Synthesis ) .",
        "ikg:Study <https://example.org/implies> ikg:Report .",
        "ikg:basis a owl:HomogeneousProperty .",
        "ikg:Study rdfs:member ikg:Report .",
    ],
)
def test_the_ontology_says_nothing_of_a_kind_that_is_not_known(unheard_of: str) -> None:
    ontology = read_ontology(resource("ontology"))
    assert part(ontology).unknown == ()
    prefixes = "".join(f"prefix {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    ontology.parse(data=prefixes + unheard_of, format="turtle")
    assert len(part(ontology).unknown) == 1
