"""The page of figures is what the manifests and the list of exclusions make it; that list is short and names real tests."""

from __future__ import annotations

from datetime import date

import pytest
from exclusions import EXCLUDED, OXIGRAPH_EXCLUDES
from manifests import FOLDER, SUITES, cases
from rdflib import Graph
from reports import EARL, earl, expected, figures

from places import ROOT


@pytest.fixture(scope="module")
def outcomes():
    if not FOLDER.is_dir():
        pytest.skip("the W3C's test suites are not beside this checkout (../shared/conformance)")
    return expected(cases(*SUITES))


def test_no_more_is_excluded_than_oxigraph_excludes(outcomes) -> None:
    assert len(EXCLUDED) <= OXIGRAPH_EXCLUDES
    assert set(EXCLUDED) == {one.test for one in outcomes if not one.passed}


def test_the_page_says_what_has_to_come_of_the_suites(outcomes) -> None:
    assert (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8") == figures(sorted_by_suite(outcomes))


def sorted_by_suite(outcomes):
    return sorted(set(outcomes), key=lambda one: (list(SUITES).index(one.suite), one.test))


def test_the_report_has_an_assertion_for_each_test(outcomes) -> None:
    report = Graph().parse(data=earl(outcomes, date(2022, 1, 1)), format="turtle")
    assert {str(test) for test in report.objects(None, EARL.test)} == {one.test for one in outcomes}
    results = [report.value(result, EARL.outcome) for result in report.objects(None, EARL.result)]
    assert results.count(EARL.passed) == sum(one.passed for one in outcomes)
    assert results.count(EARL.failed) == len(EXCLUDED)
