"""Contributions add up to what is supported; their inequality is the textbook's; on a hand transcription of the table."""

from __future__ import annotations

from fractions import Fraction

from answers import STUDIES, Answer, supported
from hypothesis import given
from hypothesis import strategies as st
from transcribed import CERTAIN, CLAIMS, DOUBTFUL, claim_support, slug
from transcribed import STUDIES as NUMBERS

from ineq_kg.analysis.contribution import certain, contributions, gini, shares, with_doubtful
from ineq_kg.analysis.robustness import Supported

amounts = st.lists(st.fractions(min_value=0, max_value=100), min_size=1, max_size=12)


@given(supported)
def test_contributions_add_up_to_what_is_supported(nodes: list[Supported]) -> None:
    for chosen in (certain, with_doubtful):
        given_ = contributions(nodes, STUDIES, chosen)
        assert set(given_) == set(STUDIES)
        assert sum(given_.values()) == sum(bool(chosen(node)) for node in nodes)
        parts = shares(given_)
        assert parts is None or sum(parts.values()) == 1


@given(amounts)
def test_gini_is_the_relative_mean_difference(values: list[Fraction]) -> None:
    found, count = gini(values), len(values)
    if not any(values):
        assert found is None
        return
    mean = sum(values) / Fraction(count)
    assert found == sum(abs(one - other) for one in values for other in values) / (2 * count**2 * mean)
    assert 0 <= found <= Fraction(count - 1, count)


@given(amounts, st.fractions(min_value=Fraction(1, 50), max_value=50))
def test_gini_does_not_depend_on_scale(values: list[Fraction], factor: Fraction) -> None:
    assert gini([factor * value for value in values]) == gini(values)


@given(st.fractions(min_value=Fraction(1, 50), max_value=50), st.integers(1, 30))
def test_gini_at_its_ends(value: Fraction, count: int) -> None:
    assert gini([value] * count) == 0
    assert gini([value] + [Fraction(0)] * (count - 1)) == Fraction(count - 1, count)


def test_gini_of_nothing_is_not_defined() -> None:
    assert gini([]) is None
    assert gini([Fraction(0)] * 3) is None


# --- the founding synthesis ----------------------------------------------------------------------------------------------


def by_hand(support: dict[int, set[int]] | dict[int | str, set[int]]) -> dict[int, Fraction]:
    return {
        number: sum((Fraction(1, len(studies)) for studies in support.values() if number in studies), Fraction(0))
        for number in NUMBERS
    }


def decimal(value: Fraction) -> str:
    return str(round(float(value), 4))


def test_each_study_against_the_transcription(on_founding: Answer) -> None:
    rows = {row["study"]: row for row in on_founding("contribution", synthesis="mcmahon-2022")}
    every = {one: studies | DOUBTFUL.get(one, set()) for one, studies in CERTAIN.items()}
    claims = {claim: claim_support(claim) for claim in CLAIMS}
    claims_most = {claim: claim_support(claim, doubtful=True) for claim in CLAIMS}
    for number in NUMBERS:
        row = rows[slug(number)]
        assert row["constructs"] == str(sum(number in studies for studies in CERTAIN.values()))
        assert row["constructsmost"] == str(sum(number in studies for studies in every.values()))
        assert row["alone"] == str(sum(studies == {number} for studies in CERTAIN.values()))
        assert row["claims"] == str(sum(number in studies for studies in claims.values()))
        for column, support in (
            ("share", CERTAIN),
            ("sharedoubtful", every),
            ("claimshare", claims),
            ("claimsharedoubtful", claims_most),
        ):
            whole = by_hand(support)
            assert row[column] == decimal(whole[number] / sum(whole.values()))
    # Babbel: half of row 7, all of row 8, half of 'clear linkages': 2 of the 27 constructs that have certain support.
    assert rows[slug(9)]["share"] == decimal(Fraction(2, 27))
    # Mackenzie: a third of 'reductionist'.
    assert rows[slug(10)]["share"] == decimal(Fraction(1, 81))


def test_who_carries_the_argument(on_founding: Answer, labels: dict[int | str, str]) -> None:
    constructs, argument = on_founding("inequality", synthesis="mcmahon-2022")
    claims = by_hand({claim: claim_support(claim) for claim in CLAIMS})
    top = max(claims, key=lambda number: claims[number])
    assert argument["argument"] == "mcmahon-2022/argument/narrow-problematisation"
    assert (argument["top"], argument["topshare"]) == (labels[slug(top)], decimal(claims[top] / 11))
    assert (argument["nodes"], argument["studies"], argument["contributing"]) == ("11", "11", "11")
    assert argument["ginimost"] == decimal(Fraction(10, 11))
    for row, given_ in ((constructs, by_hand(CERTAIN)), (argument, claims)):
        values = given_.values()
        difference = sum(abs(one - other) for one in values for other in values)
        assert row["gini"] == decimal(difference / (2 * len(values) * sum(values)))
    # Javanparast et al. have rows 13 and 18 alone.
    assert constructs["top"] == labels[slug(11)]


def test_studies_that_contribute_nothing_count_in_the_inequality(on_constructed: Answer) -> None:
    (row,) = on_constructed("inequality", synthesis="taken-here")
    # One construct, for certain of Dock alone; Gate in doubt, Silent not at all.
    assert (row["studies"], row["contributing"], row["top"], row["topshare"]) == ("3", "1", "Dock", "1.0")
    assert (row["gini"], row["ginimost"]) == ("0.6667", "0.6667")
    # Half each of two, of three: the mean difference is (0 + 1/2 + 1/2) * 2 / 9 over twice the mean of 1/3.
    assert (row["ginidoubtful"], row["topdoubtful"]) == ("0.3333", "Dock | Gate")
    assert on_constructed("inequality", synthesis="mega-ethnography") == []
