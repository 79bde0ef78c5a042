"""Authored records: what a person writes in YAML and a program reads as frozen pydantic models.

`SECTIONS` maps a key of a YAML file to the class of the records listed under it; `CLASSES` maps class names to classes.
"""

from __future__ import annotations

from ineq_kg.records.acknowledgement import Acknowledgement
from ineq_kg.records.appraisal import CerqualAssessment, QualityAppraisal
from ineq_kg.records.argument import LineOfArgument
from ineq_kg.records.base import Basis, Confidence, Evidenced, Interpretive, Link, Model, Record, RefTo, Term
from ineq_kg.records.construct import (
    FirstOrderConstruct,
    SecondOrderConstruct,
    ThirdOrderConstruct,
    TranslatedConstruct,
)
from ineq_kg.records.discourse import (
    ActorGroup,
    CounterDiscourse,
    Discourse,
    DiscursiveEffect,
    DominantDiscourse,
    OrganisationalDiscourse,
    Phenomenon,
    Problematisation,
    SubjectPosition,
)
from ineq_kg.records.reporting import ReportingStatement
from ineq_kg.records.review import (
    AnalyticLens,
    ExclusionCriterion,
    InclusionCriterion,
    LensStep,
    OrderDistinction,
    Phase,
    ReviewQuestion,
    Search,
    SourceGap,
    Synthesis,
    WilligStage,
    WprQuestion,
)
from ineq_kg.records.screening import ExcludedRecord, ExclusionTally, ScreeningFlow
from ineq_kg.records.source import SourceDocument, SourceSpan
from ineq_kg.records.study import Report, Study, StudyNumbering
from ineq_kg.records.translation import (
    Cluster,
    OrganisingCategory,
    ReadingComparison,
    ReciprocalTranslation,
    RefutationalTranslation,
    TableReading,
    Translation,
)

AnyRecord = Record | SourceSpan

CLASSES: dict[str, type[AnyRecord]] = {
    cls.__name__: cls
    for cls in (
        Synthesis,
        ReviewQuestion,
        AnalyticLens,
        LensStep,
        WprQuestion,
        WilligStage,
        OrderDistinction,
        Phase,
        Search,
        InclusionCriterion,
        ExclusionCriterion,
        ScreeningFlow,
        ExclusionTally,
        ExcludedRecord,
        ReportingStatement,
        QualityAppraisal,
        CerqualAssessment,
        SourceGap,
        SourceDocument,
        SourceSpan,
        Report,
        Study,
        StudyNumbering,
        Cluster,
        OrganisingCategory,
        FirstOrderConstruct,
        SecondOrderConstruct,
        TranslatedConstruct,
        Translation,
        ReciprocalTranslation,
        RefutationalTranslation,
        TableReading,
        ReadingComparison,
        LineOfArgument,
        ThirdOrderConstruct,
        ActorGroup,
        Phenomenon,
        DiscursiveEffect,
        Discourse,
        DominantDiscourse,
        OrganisationalDiscourse,
        CounterDiscourse,
        Problematisation,
        SubjectPosition,
        Acknowledgement,
    )
}
SECTIONS: dict[str, type[AnyRecord]] = {cls.section: cls for cls in CLASSES.values()}
BY_TYPE: dict[str, type[AnyRecord]] = {cls.rdf_type: cls for cls in CLASSES.values()}


# What a reference may ask for: a class, or any record at all.
_KINDS: dict[str, type[AnyRecord]] = {**CLASSES, Record.__name__: Record}


def is_kind(cls: type[AnyRecord], names: tuple[str, ...]) -> bool:
    """Say whether records of `cls` may stand where one of the classes `names` is asked for; `Record` is any but a span."""
    return any(issubclass(cls, _KINDS[name]) for name in names)


__all__ = [
    "BY_TYPE",
    "CLASSES",
    "SECTIONS",
    "Acknowledgement",
    "ActorGroup",
    "AnalyticLens",
    "AnyRecord",
    "Basis",
    "CerqualAssessment",
    "Cluster",
    "Confidence",
    "CounterDiscourse",
    "Discourse",
    "DiscursiveEffect",
    "DominantDiscourse",
    "Evidenced",
    "ExcludedRecord",
    "ExclusionCriterion",
    "ExclusionTally",
    "FirstOrderConstruct",
    "InclusionCriterion",
    "Interpretive",
    "LensStep",
    "LineOfArgument",
    "Link",
    "Model",
    "OrderDistinction",
    "OrganisationalDiscourse",
    "OrganisingCategory",
    "Phase",
    "Phenomenon",
    "Problematisation",
    "QualityAppraisal",
    "ReadingComparison",
    "ReciprocalTranslation",
    "Record",
    "RefTo",
    "RefutationalTranslation",
    "Report",
    "ReportingStatement",
    "ReviewQuestion",
    "ScreeningFlow",
    "Search",
    "SecondOrderConstruct",
    "SourceDocument",
    "SourceGap",
    "SourceSpan",
    "Study",
    "StudyNumbering",
    "SubjectPosition",
    "Synthesis",
    "TableReading",
    "Term",
    "ThirdOrderConstruct",
    "TranslatedConstruct",
    "Translation",
    "WilligStage",
    "WprQuestion",
    "is_kind",
]
