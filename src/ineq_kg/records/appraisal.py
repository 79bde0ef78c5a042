"""Appraisal of the included studies. That none was done is an answer, and is recorded as one."""

from __future__ import annotations

from typing import Annotated, ClassVar

from ineq_kg.records.base import Evidenced, Term
from ineq_kg.vocabulary import IKG


class QualityAppraisal(Evidenced):
    """Whether the quality of the studies was formally appraised, and the reason given."""

    rdf_type: ClassVar[str] = IKG.QualityAppraisal
    kind: ClassVar[str] = "appraisal"
    section: ClassVar[str] = "quality_appraisals"

    performed: Annotated[bool, Term(IKG.appraisalPerformed)]
