"""The terms that ineq-kg uses, each once.

`IKG` mirrors the ontology under `ontology/components/` term by term; a test holds the two equal.
"""

from __future__ import annotations

ONTOLOGY = "https://w3id.org/ineq-kg/ontology"
RESOURCES = "https://w3id.org/ineq-kg/id/"
GRAPHS = "https://w3id.org/ineq-kg/graph/"
ONTOLOGY_GRAPH = GRAPHS + "ontology"


class Namespace(str):
    """An IRI that ends in `#` or `/`; `namespace.term` is the term's IRI as a string."""

    __slots__ = ()

    def term(self, name: str) -> str:
        """Return the IRI of `name` in this namespace."""
        return str.__add__(self, name)


RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
PROV = Namespace("http://www.w3.org/ns/prov#")
IKG_NS = Namespace(ONTOLOGY + "#")

PREFIXES: dict[str, str] = {
    "ikg": IKG_NS,
    "id": RESOURCES,
    "graph": GRAPHS,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "skos": SKOS,
    "dcterms": DCTERMS,
    "prov": PROV,
}


class _Terms(type):
    """Gives every annotated name of the class its IRI, so that a term is written once."""

    def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, object]) -> _Terms:
        cls = super().__new__(mcs, name, bases, body)
        for term in cls.__annotations__:
            setattr(cls, term, IKG_NS.term(term))
        return cls


class IKG(metaclass=_Terms):
    """Every term of the ontology: `IKG.Study` is its IRI."""

    # classes
    ActorGroup: str
    AnalyticLens: str
    Basis: str
    Cluster: str
    Confidence: str
    Construct: str
    CounterDiscourse: str
    Discourse: str
    DiscursiveEffect: str
    DominantDiscourse: str
    EligibilityCriterion: str
    ExclusionCriterion: str
    FirstOrderConstruct: str
    InclusionCriterion: str
    LineOfArgument: str
    OrganisationalDiscourse: str
    OrganisingCategory: str
    Phase: str
    Phenomenon: str
    Problematisation: str
    QualityAppraisal: str
    ReciprocalTranslation: str
    RefutationalTranslation: str
    Relation: str
    Report: str
    ReviewQuestion: str
    Search: str
    SecondOrderConstruct: str
    SourceDocument: str
    SourceGap: str
    SourceSpan: str
    Study: str
    StudyNumbering: str
    Synthesis: str
    TableReading: str
    ThirdOrderConstruct: str
    TranslatedConstruct: str
    Translation: str

    # individuals: the values of `basis` and `confidence`
    High: str
    Medium: str
    Low: str
    StatedInText: str
    ReadFromTable: str
    InferredByCurator: str

    # properties
    alignsWith: str
    alternativeReading: str
    alternativeStudy: str
    appraisalPerformed: str
    approach: str
    argumentOf: str
    asksQuestion: str
    attestedBy: str
    basis: str
    categoryOf: str
    citedIn: str
    citedYear: str
    clusterOf: str
    concerns: str
    confidence: str
    constructOf: str
    contrastsWith: str
    contributesTo: str
    country: str
    curatorNote: str
    dataCollected: str
    database: str
    doi: str
    effectOn: str
    end: str
    evidencedBy: str
    exact: str
    fromInception: str
    hasConstruct: str
    hasStep: str
    heldBy: str
    inCategory: str
    inCluster: str
    inSource: str
    inSynthesis: str
    includedIn: str
    includesStudy: str
    interpretedBy: str
    interprets: str
    isEvidenceFor: str
    leadsTo: str
    numberedStudy: str
    opposes: str
    partOfArgument: str
    phaseNumber: str
    pmid: str
    position: str
    prefix: str
    problematises: str
    produces: str
    professionalGroup: str
    rawToken: str
    reader: str
    readingOf: str
    readsStudy: str
    reinforcedBy: str
    relationObject: str
    relationPredicate: str
    relationSubject: str
    reportedIn: str
    reports: str
    searchString: str
    searchedOn: str
    shapedBy: str
    shapes: str
    sourceDigest: str
    sourceLength: str
    start: str
    studyNumber: str
    suffix: str
    synthesisedBy: str
    synthesises: str
    tableRow: str
    translatedBy: str
    translates: str
    usesLens: str
    yieldedBy: str
    yields: str
