"""Appraisal of the included studies, and of the findings built on them. That none was done is an answer, recorded as one."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from ineq_kg.records.base import Evidenced, Individual, Interpretive, Many, RefTo, Slug, Term, Text
from ineq_kg.vocabulary import IKG


class QualityAppraisal(Evidenced):
    """Whether the quality of the studies was formally appraised, and the reason given."""

    rdf_type: ClassVar[str] = IKG.QualityAppraisal
    kind: ClassVar[str] = "appraisal"
    section: ClassVar[str] = "quality_appraisals"

    performed: Annotated[bool, Term(IKG.appraisalPerformed)]


class ConcernLevel(Individual):
    """How much a component of GRADE-CERQual gives to worry about."""

    NONE = "NoOrVeryMinorConcerns"
    MINOR = "MinorConcerns"
    MODERATE = "ModerateConcerns"
    SERIOUS = "SeriousConcerns"
    NOT_ASSESSED = "NotAssessed"


class CerqualConfidence(Individual):
    """How far a finding may be taken to represent the phenomenon. Not to be confused with the curators' confidence."""

    HIGH = "CerqualHigh"
    MODERATE = "CerqualModerate"
    LOW = "CerqualLow"
    VERY_LOW = "CerqualVeryLow"
    NOT_ASSESSED = "CerqualNotAssessed"


class CerqualAssessment(Interpretive):
    """A GRADE-CERQual assessment of a finding (Lewin et al. 2018).

    Of several findings only where one judgement was made of all of them, such as that none was assessed. `basis` says
    whose judgement it is: the source's own, or the curators'.
    """

    rdf_type: ClassVar[str] = IKG.CerqualAssessment
    kind: ClassVar[str] = "cerqual"
    section: ClassVar[str] = "cerqual_assessments"

    findings: Annotated[
        Many[Annotated[Slug, RefTo(("ThirdOrderConstruct", "TranslatedConstruct"))]],
        Field(min_length=1),
        Term(IKG.assessesFinding),
    ]
    methodological_limitations: Annotated[ConcernLevel, Term(IKG.methodologicalLimitations)]
    methodological_limitations_explanation: Annotated[
        Text | None,
        Term(IKG.methodologicalLimitationsExplanation),
    ] = None
    coherence: Annotated[ConcernLevel, Term(IKG.coherence)]
    coherence_explanation: Annotated[Text | None, Term(IKG.coherenceExplanation)] = None
    adequacy: Annotated[ConcernLevel, Term(IKG.adequacy)]
    adequacy_explanation: Annotated[Text | None, Term(IKG.adequacyExplanation)] = None
    relevance: Annotated[ConcernLevel, Term(IKG.relevance)]
    relevance_explanation: Annotated[Text | None, Term(IKG.relevanceExplanation)] = None
    overall: Annotated[CerqualConfidence, Term(IKG.cerqualConfidence)]
    explanation: Annotated[Text | None, Term(IKG.cerqualExplanation)] = None
