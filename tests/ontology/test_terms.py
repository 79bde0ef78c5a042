"""The ontology and the vocabulary are one: each term of one is in the other, and says what it means."""

from __future__ import annotations

import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SKOS

from ineq_kg.ingest.ontology import read_ontology
from ineq_kg.records import CLASSES
from ineq_kg.records.fields import fields_of
from ineq_kg.resources import resource
from ineq_kg.vocabulary import IKG, IKG_NS, ONTOLOGY

KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.NamedIndividual)
PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty)


@pytest.fixture(scope="module")
def ontology() -> rdflib.Graph:
    return read_ontology(resource("ontology"))


def declared(graph: rdflib.Graph) -> set[str]:
    return {str(s) for kind in KINDS for s in graph.subjects(RDF.type, kind) if str(s).startswith(IKG_NS)}


def test_vocabulary_and_ontology_hold_the_same_terms(ontology: rdflib.Graph) -> None:
    assert declared(ontology) == {getattr(IKG, name) for name in IKG.__annotations__}


@pytest.mark.parametrize("name", sorted(IKG.__annotations__))
def test_every_term_says_what_it_means(ontology: rdflib.Graph, name: str) -> None:
    term = rdflib.URIRef(getattr(IKG, name))
    for predicate in (RDFS.label, SKOS.definition):
        assert [text.language for text in ontology.objects(term, predicate)] == ["en"]
    assert (term, rdflib.DCTERMS.source, None) in ontology
    component = ontology.value(term, RDFS.isDefinedBy)
    assert (component, RDF.type, OWL.Ontology) in ontology
    if any((term, RDF.type, kind) in ontology for kind in PROPERTIES):
        assert (term, RDFS.domain, None) in ontology
        assert (term, RDFS.range, None) in ontology


def test_every_term_that_a_record_uses_is_declared(ontology: rdflib.Graph) -> None:
    used = {cls.rdf_type for cls in CLASSES.values()}
    used |= {field.term for cls in CLASSES.values() for field in fields_of(cls)}
    assert {term for term in used if term.startswith(IKG_NS)} <= declared(ontology)


def test_the_fixed_names_are_all_there(ontology: rdflib.Graph) -> None:
    fixed = """
        Synthesis Phase Study Report FirstOrderConstruct SecondOrderConstruct TranslatedConstruct
        ThirdOrderConstruct Translation ReciprocalTranslation RefutationalTranslation Cluster
        OrganisingCategory LineOfArgument Discourse DominantDiscourse OrganisationalDiscourse
        CounterDiscourse Problematisation DiscursiveEffect ActorGroup Phenomenon SourceSpan
        StatedInText ReadFromTable InferredByCurator High Medium Low includesStudy reportedIn
        constructOf interprets translates yields inCategory synthesises partOfArgument position
        argumentOf shapedBy opposes alignsWith evidencedBy basis confidence contributesTo
    """
    assert {IKG_NS.term(name) for name in fixed.split()} <= declared(ontology)


def test_contributions_follow_from_property_chains(ontology: rdflib.Graph) -> None:
    chains = [
        [str(step).removeprefix(IKG_NS) for step in rdflib.collection.Collection(ontology, chain)]
        for chain in ontology.objects(rdflib.URIRef(IKG.contributesTo), OWL.propertyChainAxiom)
    ]
    assert sorted(chains) == [
        ["contributesTo", "partOfArgument"],
        ["contributesTo", "synthesisedBy"],
        ["hasConstruct", "translatedBy", "yields"],
    ]


def test_no_translation_is_sameness(ontology: rdflib.Graph) -> None:
    translates = rdflib.URIRef(IKG.translates)
    assert (translates, RDF.type, OWL.TransitiveProperty) not in ontology
    assert not list(ontology.subject_objects(OWL.sameAs))


def test_the_header_names_version_licence_and_creator(ontology: rdflib.Graph) -> None:
    header = rdflib.URIRef(ONTOLOGY)
    for predicate in (OWL.versionIRI, OWL.versionInfo, rdflib.DCTERMS.license, rdflib.DCTERMS.creator):
        assert ontology.value(header, predicate) is not None
