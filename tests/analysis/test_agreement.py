"""Agreement of two readers: published examples, its ends, and the two readings of the founding table."""

from __future__ import annotations

import sys
from fractions import Fraction

import pytest
from answers import Answer
from hypothesis import given
from hypothesis import strategies as st

from ineq_kg.analysis.agreement import Compared, coefficients
from ineq_kg.errors import ExtraMissing

codings = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40)


def test_published_examples() -> None:
    # Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), binary data of two observers: alpha = .095. By hand:
    # they agree on 6 of 10; Cohen's kappa is (.6 - .56) / (1 - .56).
    first = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    second = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    agreed, kappa, alpha = coefficients([(bool(one), bool(two)) for one, two in zip(first, second, strict=True)])
    assert agreed == Fraction(6, 10)
    assert kappa is not None
    assert alpha is not None
    assert float(kappa) == pytest.approx(0.04 / 0.44)
    assert float(alpha) == pytest.approx(0.095, abs=0.0005)


@given(codings)
def test_against_the_textbook_for_two_readers(units: list[tuple[bool, bool]]) -> None:
    agreed, kappa, alpha = coefficients(units)
    count = len(units)
    observed = sum(one == two for one, two in units) / count
    assert float(agreed) == pytest.approx(observed)
    yes, also = sum(one for one, _ in units), sum(two for _, two in units)
    if yes + also in {0, 2 * count}:
        assert (kappa, alpha) == (None, None)
        return
    assert kappa is not None
    assert alpha is not None
    chance = (yes * also + (count - yes) * (count - also)) / count**2
    expected_kappa = 1.0 if observed == 1 else (observed - chance) / (1 - chance)
    assert float(kappa) == pytest.approx(expected_kappa, abs=1e-6)
    # Hayes & Krippendorff 2007 for two observers, nominal: disagreement over what all values, taken together, would yield.
    both = yes + also
    by_chance = 2 * both * (2 * count - both) / (2 * count * (2 * count - 1))
    assert float(alpha) == pytest.approx(1 - (1 - observed) / by_chance, abs=1e-6)


@given(st.lists(st.booleans(), min_size=2).filter(lambda codes: len(set(codes)) == 2))
def test_identical_readings_agree_throughout(codes: list[bool]) -> None:
    assert coefficients([(code, code) for code in codes]) == (1, 1, 1)


def test_every_included_study_is_a_unit_of_every_cell() -> None:
    compared = Compared(cells=[(frozenset("a"), frozenset("ab"))])
    assert compared.units({"a", "c"}) == [(True, True), (False, True), (False, False)]


def test_the_two_readings_of_the_founding_table(on_founding: Answer) -> None:
    rows = on_founding("agreement", synthesis="mcmahon-2022")
    # table2-reading.md: both read the same numbers in all rows, and neither reads any in row 9; so 21 cells of 11 studies.
    assert [row["measure"] for row in rows] == [
        "percentage agreement by cell and study",
        "percentage agreement by whole cell",
        "Cohen's kappa",
        "Krippendorff's alpha, nominal",
    ]
    for row in rows:
        assert (row["first"], row["second"]) == ("first reader", "second reader")
        assert (row["value"], row["units"], row["cells"], row["differing"], row["unread"]) == (
            "1.0",
            "231",
            "21",
            "0",
            "1",
        )


def test_readers_who_differ(on_constructed: Answer) -> None:
    # assessed.yaml: one cell of two studies; the first reader reads one, the second both. Agreed on 1 of 2 units; by chance
    # kappa expects (1*2 + 1*0)/4 = .5, alpha expects a disagreement of 2*3*1/(4*3) = .5: both are 0.
    rows = {row["measure"]: row for row in on_constructed("agreement", synthesis="assessed")}
    assert [row["value"] for row in rows.values()] == ["0.5", "0.0", "0.0", "0.0"]
    assert {row["differing"] for row in rows.values()} == {"1"}


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, on_founding: Answer) -> None:
    monkeypatch.setitem(sys.modules, "nltk.metrics.agreement", None)
    with pytest.raises(ExtraMissing) as caught:
        on_founding("agreement", synthesis="mcmahon-2022")
    assert "ineq-kg[agreement]" in caught.value.mend
