"""The founding synthesis uses every component that its text supports, and says no more than the text does."""

from __future__ import annotations

from collections import Counter

from ineq_kg.ingest.records import Loaded
from ineq_kg.records import (
    CerqualAssessment,
    OrderDistinction,
    ReadingComparison,
    ReportingStatement,
    ScreeningFlow,
    Search,
    TableReading,
)
from ineq_kg.records.appraisal import CerqualConfidence, ConcernLevel
from ineq_kg.records.fields import fields_of
from ineq_kg.records.reporting import ReportingItem, ReportingStatus
from ineq_kg.records.review import SearchMethod


def test_only_what_the_text_counts_is_counted(founding: Loaded) -> None:
    (flow,) = (record for record in founding.bundle.records if isinstance(record, ScreeningFlow))
    counts = {field.name: field.values(flow) for field in fields_of(ScreeningFlow) if field.base is int}
    assert {name: value for name, value in counts.items() if value} == {"new_studies": (11,), "new_reports": (13,)}
    assert len(founding.bundle.synthesis.includes) == flow.new_studies


def test_hand_searching_is_a_search(founding: Loaded) -> None:
    searches = [record for record in founding.bundle.records if isinstance(record, Search)]
    assert Counter(method for search in searches for method in search.methods) == {
        SearchMethod.DATABASES: 2,
        SearchMethod.HAND: 1,
        SearchMethod.CITATIONS: 1,
    }


def test_the_orders_are_not_separated(founding: Loaded) -> None:
    (orders,) = (record for record in founding.bundle.records if isinstance(record, OrderDistinction))
    assert not orders.separated
    assert orders.evidence


def test_each_reporting_item_is_judged_once_and_by_its_words(founding: Loaded) -> None:
    statements = [record for record in founding.bundle.records if isinstance(record, ReportingStatement)]
    assert Counter(statement.item for statement in statements) == dict.fromkeys(ReportingItem, 1)
    assert all(statement.evidence for statement in statements)
    # The text's own account of the items, Appendix A, is missing: nothing can be said not to be met.
    assert ReportingStatus.NOT_MET not in {statement.status for statement in statements}


def test_confidence_in_the_findings_is_not_assessed(founding: Loaded) -> None:
    (assessment,) = (record for record in founding.bundle.records if isinstance(record, CerqualAssessment))
    assert len(assessment.findings) == 11
    assert assessment.coherence is ConcernLevel.NOT_ASSESSED
    assert assessment.overall is CerqualConfidence.NOT_ASSESSED


def test_both_readings_of_each_cell_are_compared(founding: Loaded) -> None:
    readings = {record.id: record for record in founding.bundle.records if isinstance(record, TableReading)}
    comparisons = [record for record in founding.bundle.records if isinstance(record, ReadingComparison)]
    assert sorted(reading for comparison in comparisons for reading in comparison.compares) == sorted(readings)
    for comparison in comparisons:
        first, second = (readings[slug] for slug in comparison.compares)
        assert first.reading_of == second.reading_of
        assert comparison.agrees == (first.studies == second.studies)
        assert set(comparison.takes) <= {*first.studies, *second.studies}
