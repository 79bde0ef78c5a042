"""Corrected covered area: its bounds, published examples, and syntheses that share reports."""

from __future__ import annotations

from fractions import Fraction

import pytest
from answers import Answer, Row
from hypothesis import given
from hypothesis import strategies as st

from ineq_kg.analysis.overlap import band, corrected_covered_area
from ineq_kg.errors import NotFound

reviews = st.lists(st.frozensets(st.integers(0, 9)), min_size=2, max_size=6)


@given(reviews)
def test_it_lies_between_none_and_all(included: list[frozenset[int]]) -> None:
    area = corrected_covered_area([{str(one) for one in review} for review in included])
    everything = frozenset().union(*included)
    if not everything:
        assert area is None
        return
    assert area is not None
    assert 0 <= area <= 1
    assert (area == 1) == all(review == everything for review in included)
    assert (area == 0) == (sum(map(len, included)) == len(everything))


@given(st.frozensets(st.integers(0, 9)), st.frozensets(st.integers(0, 9), min_size=1))
def test_of_two_it_is_the_shared_over_all(one: frozenset[int], other: frozenset[int]) -> None:
    found = corrected_covered_area([set(map(str, one)), set(map(str, other))])
    assert found == Fraction(len(one & other), len(one | other))


def test_published_examples() -> None:
    # The vignette on CCA of the R package junoR (juno-evidence-alliance.github.io/junoR/articles/CCA.html): five reviews,
    # N = 8, r = 3, and so 41.67 %.
    vignette = [{"1", "2"}, {"2"}, {"1", "3"}, {"1", "3"}, {"2"}]
    assert corrected_covered_area(vignette) == Fraction(5, 12)
    # Pieper et al. (2014): the frequency of repeated occurrences over the product of index publications and reviews, less the
    # index publications. Three reviews of four publications, one of which is in all and one in two: (7 - 4) / (12 - 4).
    assert corrected_covered_area([{"a", "b", "c"}, {"a", "b"}, {"a", "d"}]) == Fraction(3, 8)


def test_one_review_or_none_has_no_overlap_to_speak_of() -> None:
    assert corrected_covered_area([{"a"}]) is None
    assert corrected_covered_area([]) is None


@pytest.mark.parametrize(
    ("percent", "word"),
    [
        (0, "slight"),
        (5, "slight"),
        (6, "moderate"),
        (10, "moderate"),
        (11, "high"),
        (15, "high"),
        (16, "very high"),
        (100, "very high"),
    ],
)
def test_bands_are_those_of_pieper(percent: int, word: str) -> None:
    assert band(Fraction(percent, 100)) == word
    assert band(Fraction(percent, 100), bounded=True) == (word if word == "very high" else f"{word} or more")


def figures(row: Row) -> tuple[str | None, ...]:
    return tuple(row[name] for name in ("syntheses", "reports", "inclusions", "shared", "unmatched", "cca", "band"))


def test_two_syntheses_that_share_a_report(on_constructed: Answer) -> None:
    # overlapping.yaml has the shared report and one of its own, overlapped.yaml the shared one: N = 3, r = 2, c = 2.
    together, pair = on_constructed("overlap", synthesis=["overlapping", "overlapped"])
    assert (together["among"], pair["among"]) == ("all", "two")
    assert {pair["first"], pair["second"]} == {"overlapping", "overlapped"}
    assert figures(together) == figures(pair) == ("2", "2", "3", "1", "0", "0.5", "very high")


def test_reports_without_an_identifier_make_a_lower_bound(on_constructed: Answer) -> None:
    # Three reports in both; two that cannot be matched, one on either side: (8 - 5) / (10 - 5).
    _, pair = on_constructed("overlap", synthesis=["taken-here", "taken-there"])
    assert figures(pair) == ("2", "5", "8", "3", "2", "0.6", "very high")
    _, pair = on_constructed("overlap", synthesis=["overlapped", "taken-there"])
    assert figures(pair) == ("2", "5", "5", "0", "1", "0.0", "slight or more")


def test_what_cannot_be_known_is_not_said(on_constructed: Answer, on_founding: Answer) -> None:
    _, pair = on_constructed("overlap", synthesis=["mcmahon-2022", "overlapped"])
    assert pair["cca"] is None
    assert str(pair["band"]).startswith("not known: no report of one side has a DOI or PMID")
    assert pair["unmatched"] == "13"
    _, pair = on_constructed("overlap", synthesis=["mega-ethnography", "overlapped"])
    assert (pair["cca"], pair["band"]) == (None, "not known: a synthesis includes no report")
    (alone,) = on_founding("overlap")
    assert figures(alone) == ("1", "13", "13", "0", "13", None, "not known: there is nothing to compare with")


def test_all_that_are_loaded_two_by_two(on_constructed: Answer) -> None:
    together, *pairs = on_constructed("overlap")
    count = int(str(together["syntheses"]))
    assert len(pairs) == count * (count - 1) // 2
    assert "mega-ethnography" not in {row["first"] for row in pairs} | {row["second"] for row in pairs}
    known = [float(row["cca"]) for row in pairs if row["cca"]]
    assert known == sorted(known, reverse=True)
    assert known[:2] == [0.6, 0.5]


def test_a_synthesis_that_is_not_loaded_is_named(on_constructed: Answer) -> None:
    with pytest.raises(NotFound, match="'overlaping'") as caught:
        on_constructed("overlap", synthesis=["overlaping", "overlapped"])
    assert "overlapping" in caught.value.mend
