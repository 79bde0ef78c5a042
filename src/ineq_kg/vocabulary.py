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
# What publishers say of an issue (PRISM 2.0); FaBiO takes the same terms.
PRISM = Namespace("http://prismstandard.org/namespaces/basic/2.0/")
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
    "prism": PRISM,
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
    Acknowledgement: str
    ActorGroup: str
    AnalyticLens: str
    Basis: str
    CerqualAssessment: str
    CerqualConfidence: str
    Cluster: str
    ConcernLevel: str
    Confidence: str
    Construct: str
    CounterDiscourse: str
    Discourse: str
    DiscursiveEffect: str
    DominantDiscourse: str
    EligibilityCriterion: str
    ExcludedRecord: str
    ExclusionCriterion: str
    ExclusionTally: str
    FirstOrderConstruct: str
    InclusionCriterion: str
    LensStep: str
    LineOfArgument: str
    MegaEthnography: str
    OrderDistinction: str
    OrganisationalDiscourse: str
    OrganisingCategory: str
    Phase: str
    Phenomenon: str
    Problematisation: str
    QualityAppraisal: str
    ReadingComparison: str
    ReciprocalTranslation: str
    RefutationalTranslation: str
    Relation: str
    Report: str
    ReportingItem: str
    ReportingStatement: str
    ReportingStatus: str
    ReviewQuestion: str
    ScreeningFlow: str
    ScreeningStage: str
    Search: str
    SearchMethod: str
    SecondOrderConstruct: str
    SourceDocument: str
    SourceGap: str
    SourceSpan: str
    Study: str
    StudyNumbering: str
    SubjectPosition: str
    Synthesis: str
    TableReading: str
    ThirdOrderConstruct: str
    TranslatedConstruct: str
    Translation: str
    WilligStage: str
    WprQuestion: str

    # individuals: the values of `basis` and `confidence`
    High: str
    Medium: str
    Low: str
    StatedInText: str
    ReadFromTable: str
    InferredByCurator: str

    # individuals: the values of `searchMethod`
    DatabaseSearching: str
    HandSearching: str
    CitationTracking: str
    WebsiteSearching: str
    ContactingExperts: str

    # individuals: the values of `excludedAt`
    TitleAbstractScreening: str
    FullTextAssessment: str

    # individuals: the values of `statesItem`: eMERGe's nineteen
    EmergeItem01: str
    EmergeItem02: str
    EmergeItem03: str
    EmergeItem04: str
    EmergeItem05: str
    EmergeItem06: str
    EmergeItem07: str
    EmergeItem08: str
    EmergeItem09: str
    EmergeItem10: str
    EmergeItem11: str
    EmergeItem12: str
    EmergeItem13: str
    EmergeItem14: str
    EmergeItem15: str
    EmergeItem16: str
    EmergeItem17: str
    EmergeItem18: str
    EmergeItem19: str

    # individuals: the values of `reportingStatus`
    Met: str
    PartlyMet: str
    NotMet: str
    NotAssessable: str

    # individuals: the values of GRADE-CERQual's components, and of `cerqualConfidence`
    NoOrVeryMinorConcerns: str
    MinorConcerns: str
    ModerateConcerns: str
    SeriousConcerns: str
    NotAssessed: str
    CerqualHigh: str
    CerqualModerate: str
    CerqualLow: str
    CerqualVeryLow: str
    CerqualNotAssessed: str

    # properties
    acknowledgementReason: str
    acknowledgesRecord: str
    acknowledgesRule: str
    adequacy: str
    adequacyExplanation: str
    alignsWith: str
    alternativeReading: str
    alternativeStudy: str
    alternativeTo: str
    answeredBy: str
    appraisalPerformed: str
    approach: str
    argumentOf: str
    asksQuestion: str
    assessesFinding: str
    attestedBy: str
    basis: str
    categoryOf: str
    cerqualConfidence: str
    cerqualExplanation: str
    citationsResults: str
    citedIn: str
    citedYear: str
    clusterOf: str
    coherence: str
    coherenceExplanation: str
    compares: str
    concerns: str
    confidence: str
    constructOf: str
    contradicts: str
    contrastsWith: str
    contributesTo: str
    country: str
    curatorNote: str
    dataCollected: str
    database: str
    databaseResults: str
    dbrAssessed: str
    dbrExcluded: str
    dbrNotretrievedReports: str
    dbrSoughtReports: str
    differsIn: str
    doi: str
    duplicates: str
    effectOn: str
    end: str
    evidencedBy: str
    exact: str
    excludedAt: str
    excludedAutomatic: str
    excludedOther: str
    exclusionReason: str
    failsCriterion: str
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
    includesSynthesis: str
    interpretedBy: str
    interprets: str
    isEvidenceFor: str
    itemNumber: str
    itemPhase: str
    leadsTo: str
    methodologicalLimitations: str
    methodologicalLimitationsExplanation: str
    newReports: str
    newStudies: str
    numberedStudy: str
    offeredBy: str
    offeredTo: str
    opposes: str
    ordersSeparated: str
    organisationResults: str
    otherAssessed: str
    otherExcluded: str
    otherNotretrievedReports: str
    otherSoughtReports: str
    partOfArgument: str
    phaseNumber: str
    pmid: str
    position: str
    prefix: str
    previousReports: str
    previousStudies: str
    problematises: str
    produces: str
    professionalGroup: str
    qualifies: str
    rawToken: str
    readOn: str
    reader: str
    readingOf: str
    readingsAgree: str
    readsStudy: str
    recordsExcluded: str
    recordsScreened: str
    registerResults: str
    reinforcedBy: str
    relationObject: str
    relationPredicate: str
    relationSubject: str
    relevance: str
    relevanceExplanation: str
    reportedIn: str
    reportingStatus: str
    reports: str
    searchMethod: str
    searchString: str
    searchedOn: str
    shapedBy: str
    shapes: str
    sourceDigest: str
    sourceLength: str
    start: str
    statesItem: str
    stepOf: str
    studyNumber: str
    suffix: str
    synthesisedBy: str
    synthesises: str
    tableRow: str
    takesStudy: str
    tallyOf: str
    totalReports: str
    totalStudies: str
    translatedBy: str
    translates: str
    translationWithin: str
    usesLens: str
    websiteResults: str
    yieldedBy: str
    yields: str
