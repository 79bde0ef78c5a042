"""Authored records: what a person writes in YAML and a program reads as frozen pydantic models.

`SECTIONS` maps a key of a YAML file to the class of the records listed under it; `CLASSES` maps class names to classes.
"""

from __future__ import annotations

from ineq_kg.records.appraisal import QualityAppraisal
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
)
from ineq_kg.records.review import (
    AnalyticLens,
    ExclusionCriterion,
    InclusionCriterion,
    Phase,
    ReviewQuestion,
    Search,
    SourceGap,
    Synthesis,
)
from ineq_kg.records.source import SourceDocument, SourceSpan
from ineq_kg.records.study import Report, Study, StudyNumbering
from ineq_kg.records.translation import (
    Cluster,
    OrganisingCategory,
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
        Phase,
        Search,
        InclusionCriterion,
        ExclusionCriterion,
        QualityAppraisal,
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
    )
}
SECTIONS: dict[str, type[AnyRecord]] = {cls.section: cls for cls in CLASSES.values()}
BY_TYPE: dict[str, type[AnyRecord]] = {cls.rdf_type: cls for cls in CLASSES.values()}


def is_kind(cls: type[AnyRecord], names: tuple[str, ...]) -> bool:
    """Say whether records of `cls` may stand where one of the classes `names` is asked for."""
    return any(issubclass(cls, CLASSES[name]) for name in names)


__all__ = [
    "BY_TYPE",
    "CLASSES",
    "SECTIONS",
    "ActorGroup",
    "AnalyticLens",
    "AnyRecord",
    "Basis",
    "Cluster",
    "Confidence",
    "CounterDiscourse",
    "Discourse",
    "DiscursiveEffect",
    "DominantDiscourse",
    "Evidenced",
    "ExclusionCriterion",
    "FirstOrderConstruct",
    "InclusionCriterion",
    "Interpretive",
    "LineOfArgument",
    "Link",
    "Model",
    "OrganisationalDiscourse",
    "OrganisingCategory",
    "Phase",
    "Phenomenon",
    "Problematisation",
    "QualityAppraisal",
    "ReciprocalTranslation",
    "Record",
    "RefTo",
    "RefutationalTranslation",
    "Report",
    "ReviewQuestion",
    "Search",
    "SecondOrderConstruct",
    "SourceDocument",
    "SourceGap",
    "SourceSpan",
    "Study",
    "StudyNumbering",
    "Synthesis",
    "TableReading",
    "Term",
    "ThirdOrderConstruct",
    "TranslatedConstruct",
    "Translation",
    "is_kind",
]
