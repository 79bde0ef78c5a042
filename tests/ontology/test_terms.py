"""The ontology and the vocabulary are one: each term of one is in the other, and says what it means."""

from __future__ import annotations

import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SKOS

from ineq_kg.ingest.ontology import read_ontology
from ineq_kg.records import CLASSES, Link
from ineq_kg.records.base import Individual
from ineq_kg.records.fields import fields_of
from ineq_kg.records.screening import ScreeningFlow
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


CHOICES = {
    (rdflib.URIRef(field.term), field.base)
    for cls in (Link, *CLASSES.values())
    for field in fields_of(cls)
    if issubclass(field.base, Individual)
}


@pytest.mark.parametrize(("term", "choice"), sorted(CHOICES, key=str), ids=lambda value: str(value).rsplit("#")[-1])
def test_the_values_of_a_choice_are_the_individuals_of_its_range(
    ontology: rdflib.Graph, term: rdflib.URIRef, choice: type[Individual]
) -> None:
    """And they differ: else two of them on one node would be taken for one and the same."""
    (range_,) = ontology.objects(term, RDFS.range)
    individuals = set(ontology.subjects(RDF.type, range_))
    assert individuals == {rdflib.URIRef(member.iri) for member in choice}
    apart = {frozenset(pair) for pair in ontology.subject_objects(OWL.differentFrom)}
    numbers = {str(ontology.value(one, rdflib.URIRef(IKG.itemNumber), default="")) for one in individuals}
    by_number = len(numbers) == len(individuals)
    assert by_number or {frozenset((a, b)) for a in individuals for b in individuals - {a}} <= apart


def test_the_reporting_items_are_nineteen_in_the_order_of_their_phases(ontology: rdflib.Graph) -> None:
    number, phase = rdflib.URIRef(IKG.itemNumber), rdflib.URIRef(IKG.itemPhase)
    items = sorted((int(n), int(ontology.value(item, phase))) for item, n in ontology.subject_objects(number))
    assert [n for n, _ in items] == list(range(1, 20))
    assert [p for _, p in items] == sorted(p for _, p in items)
    assert {p for _, p in items} == set(range(1, 8))


def test_each_reporting_item_says_whether_it_was_read_in_the_guidance(ontology: rdflib.Graph) -> None:
    for item, number in ontology.subject_objects(rdflib.URIRef(IKG.itemNumber)):
        source = str(ontology.value(item, rdflib.DCTERMS.source))
        notes = map(str, ontology.objects(item, SKOS.editorialNote))
        assert "10.1186/s12874-018-0600-0" in source
        unverified = any(note.startswith("Not verified against Table 1 of France et al. 2019") for note in notes)
        assert ("read on " in source and "https://" in source) != unverified, number
        assert unverified == ("not verified" in source), number


def test_each_order_of_construct_says_whose_definitions_there_are(ontology: rdflib.Graph) -> None:
    for order in (IKG.FirstOrderConstruct, IKG.SecondOrderConstruct, IKG.ThirdOrderConstruct):
        notes = " ".join(ontology.objects(rdflib.URIRef(order), SKOS.scopeNote))
        for source in (
            "Schutz",
            "Britten et al. 2002",
            "Malpass et al. 2009",
            "Atkins et al. 2008",
            "Noblit & Hare 1988",
        ):
            assert source in notes, order


def test_the_counts_of_a_flow_have_the_names_of_the_flow_diagrams_own_data() -> None:
    """Rows of `inst/extdata/PRISMA.csv` in the PRISMA2020 package (Haddaway et al. 2022) that hold a count."""
    prisma = """
        previous_studies previous_reports database_results register_results website_results organisation_results
        citations_results duplicates excluded_automatic excluded_other records_screened records_excluded
        dbr_sought_reports dbr_notretrieved_reports other_sought_reports other_notretrieved_reports dbr_assessed
        dbr_excluded other_assessed other_excluded new_studies new_reports total_studies total_reports
    """
    counts = [field for field in fields_of(ScreeningFlow) if field.base is int]
    assert {field.name for field in counts} == set(prisma.split())
    for field in counts:
        assert field.term.removeprefix(IKG_NS).lower() == field.name.replace("_", "")


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


def test_the_header_cites_prior_art_in_qualitative_coding(ontology: rdflib.Graph) -> None:
    """QualiCO by its article, semrevtut and REFI-QDA by their sites."""
    assert set(map(str, ontology.objects(rdflib.URIRef(ONTOLOGY), rdflib.DCTERMS.references))) == {
        "https://doi.org/10.1108/AJIM-11-2019-0320",
        "https://github.com/prei007/semrevtut-resources",
        "https://www.qdasoftware.org/",
    }
