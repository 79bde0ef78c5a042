"""owlrl as the oracle of what OWL 2 RL derives and what it finds inconsistent."""

from __future__ import annotations

from collections.abc import Iterable

import owlrl
import rdflib
from owlrl.Namespaces import ERRNS
from owlrl.OWLRL import OWLRL_Semantics
from rdflib import OWL, RDF, RDFS

from ineq_kg.ingest.ontology import read_ontology
from ineq_kg.reason.closure import Triple
from ineq_kg.reason.profile import rl_part
from ineq_kg.resources import resource
from ineq_kg.vocabulary import PREFIXES

ONTOLOGY = read_ontology(resource("ontology"))
HEADER = "".join(f"prefix {name}: <{iri}>\n" for name, iri in PREFIXES.items())
# The oracle takes seconds, most of them for what is no axiom of its profile.
AXIOMS_ALONE = rdflib.Graph()
AXIOMS_ALONE += (
    triple
    for triple in rl_part(ONTOLOGY)
    if (triple[1], RDF.type, OWL.AnnotationProperty) not in ONTOLOGY and triple[1] not in {RDFS.label, RDFS.isDefinedBy}
)
# What owlrl says, and the rule (OWL 2 Profiles, section 4.3) that it says it by.
RULES = {
    "Lexical value of the literal": "dt-not-type",
    "'sameAs' and 'differentFrom'": "eq-diff1",
    "'sameAs' and 'AllDifferent'": "eq-diff2, eq-diff3",
    "Irreflexive property": "prp-irp",
    "Erroneous usage of asymmetric": "prp-asyp",
    "Erroneous usage of disjoint properties": "prp-pdw",
    "Disjoint properties in an 'AllDisjointProperties'": "prp-adp",
    "Negative (object)": "prp-npa1",
    "Negative (datatype)": "prp-npa2",
    "is defined of type 'Nothing'": "cls-nothing2",
    "Violation of complementarity": "cls-com",
    "Violation of type restriction for allValuesFrom": "cls-avf",
    "Erroneous usage of maximum cardinality": "cls-maxc1",
    "Erroneous usage of maximum qualified": "cls-maxqc1, cls-maxqc2",
    "have a common individual": "cax-dw, cax-adc",
}


def as_rdf(triples: Iterable[Triple]) -> rdflib.Graph:
    graph = rdflib.Graph()
    for subject, predicate, obj in triples:
        if isinstance(obj, str):
            node: rdflib.URIRef | rdflib.Literal = rdflib.URIRef(obj)
        elif obj.language:
            node = rdflib.Literal(obj.value, lang=obj.language)
        else:
            node = rdflib.Literal(obj.value, datatype=obj.datatype.value, normalize=False)
        graph.add((rdflib.URIRef(subject), rdflib.URIRef(predicate), node))
    return graph


def theirs(triples: Iterable[Triple], added: str = "", ontology: rdflib.Graph = AXIOMS_ALONE) -> list[str]:
    """Return what owlrl finds inconsistent in triples together with the ontology and what Turtle adds to it."""
    graph = rdflib.Graph() + ontology
    graph += as_rdf(triples)
    graph.parse(data=HEADER + added, format="turtle")
    owlrl.DeductiveClosure(OWLRL_Semantics).expand(graph)
    return [str(message) for message in graph.objects(None, ERRNS.error)]


def rules_of(messages: Iterable[str]) -> set[str]:
    return {rule for message in messages for words, rule in RULES.items() if words in message}
