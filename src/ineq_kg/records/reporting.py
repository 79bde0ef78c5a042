"""How a synthesis reports itself, item by item of the eMERGe guidance (France et al. 2019)."""

from __future__ import annotations

from typing import Annotated, ClassVar

from ineq_kg.records.base import Individual, Interpretive, Term
from ineq_kg.vocabulary import IKG


class ReportingItem(Individual):
    """One of the nineteen items; the ontology says of each its number, its phase and what it asks for."""

    ITEM_01 = "EmergeItem01"
    ITEM_02 = "EmergeItem02"
    ITEM_03 = "EmergeItem03"
    ITEM_04 = "EmergeItem04"
    ITEM_05 = "EmergeItem05"
    ITEM_06 = "EmergeItem06"
    ITEM_07 = "EmergeItem07"
    ITEM_08 = "EmergeItem08"
    ITEM_09 = "EmergeItem09"
    ITEM_10 = "EmergeItem10"
    ITEM_11 = "EmergeItem11"
    ITEM_12 = "EmergeItem12"
    ITEM_13 = "EmergeItem13"
    ITEM_14 = "EmergeItem14"
    ITEM_15 = "EmergeItem15"
    ITEM_16 = "EmergeItem16"
    ITEM_17 = "EmergeItem17"
    ITEM_18 = "EmergeItem18"
    ITEM_19 = "EmergeItem19"


class ReportingStatus(Individual):
    """Whether a source does what an item asks for."""

    MET = "Met"
    PARTLY = "PartlyMet"
    NOT_MET = "NotMet"
    NOT_ASSESSABLE = "NotAssessable"


class ReportingStatement(Interpretive):
    """Whether one item is met, and by which words of the source (`evidence`)."""

    rdf_type: ClassVar[str] = IKG.ReportingStatement
    kind: ClassVar[str] = "reporting"
    section: ClassVar[str] = "reporting_statements"

    item: Annotated[ReportingItem, Term(IKG.statesItem)]
    status: Annotated[ReportingStatus, Term(IKG.reportingStatus)]
