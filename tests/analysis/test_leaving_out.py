"""Leaving studies out: one set, every set, and how few each finding hangs on; on a hand transcription of the founding table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from answers import STUDIES, Answer, Row, answering, some_studies, supported
from hypothesis import example, given
from transcribed import CERTAIN, DOUBTFUL, claim_support, slug

from ineq_kg.analysis.robustness import Supported, Verdict, fewest_to_fall, fewest_to_halve, leave_out, without
from ineq_kg.app import App
from ineq_kg.errors import NotFound, ParameterError


def choices(node: Supported) -> Iterator[Supported]:
    """Yield the node under every choice of which doubtful studies are real."""
    for size in range(len(node.doubtful) + 1):
        for real in combinations(sorted(node.doubtful), size):
            yield Supported(node.node, node.kind, node.label, certain=node.certain | set(real))


# A doubtful study that goes may be unreal: 1 of 3 is lost at least, where 2 of 4 are if all are real.
@example([Supported("n", "", "n", certain=frozenset("a"), doubtful=frozenset("bcd"))], frozenset("ab"))
@given(supported, some_studies)
def test_the_interval_is_over_every_choice_of_doubtful_readings(nodes: list[Supported], gone: frozenset[str]) -> None:
    for loss in without(nodes, gone):
        possible = [without([choice], gone)[0].certain.order for choice in choices(loss.supported)]
        assert (loss.least.order, loss.worst.order) == (min(possible), max(possible))
        assert loss.certain.order in possible
        assert loss.with_doubtful.order in possible


@given(supported, some_studies, some_studies)
def test_leaving_out_more_never_restores(nodes: list[Supported], fewer: frozenset[str], more: frozenset[str]) -> None:
    for before, after in zip(without(nodes, fewer), without(nodes, fewer | more), strict=True):
        assert before.least.order <= after.least.order
        assert before.worst.order <= after.worst.order


@given(supported)
def test_what_one_study_fells_two_fell_as_well(nodes: list[Supported]) -> None:
    one = dict(leave_out(nodes, 1))
    for pair, losses in leave_out(nodes, 2):
        for study in pair:
            for single, double in zip(one[study,], losses, strict=True):
                assert single.certain.order <= double.certain.order


@given(some_studies)
def test_the_fewest_are_those_that_trying_all_sets_finds(studies: frozenset[str]) -> None:
    node = Supported("n", "claim", "n", certain=studies)

    def first(verdicts: set[Verdict]) -> int | None:
        sizes = range(len(STUDIES) + 1)
        tried = ((size, without([node], gone)[0].certain) for size in sizes for gone in combinations(STUDIES, size))
        return next((size for size, verdict in tried if verdict in verdicts), None)

    assert fewest_to_fall(studies) == first({Verdict.FALLS})
    assert fewest_to_halve(studies) == first({Verdict.FALLS, Verdict.HALVED})


# --- the founding synthesis ----------------------------------------------------------------------------------------------


def falls(gone: set[int], support: dict[int | str, set[int]]) -> set[int | str]:
    return {one for one, studies in support.items() if studies and studies <= gone}


def test_one_set_of_studies(on_founding: Answer, labels: dict[int | str, str]) -> None:
    # Blackman and Babbel: row 8 has 9 alone, row 20 has 1 for sure and 2 in doubt, row 22 nothing but a doubtful 1.
    rows = {row["label"]: row for row in on_founding("leave-out", study=[slug(1), slug(9)])}
    assert {label for label, row in rows.items() if row["outcome"] == Verdict.FALLS.value} == {labels[8], labels[20]}
    row_20, row_22 = rows[labels[20]], rows[labels[22]]
    assert (row_20["least"], row_20["worst"]) == (Verdict.HALVED.value, Verdict.FALLS.value)
    assert (row_20["studies"], row_20["left"], row_20["doubtful"], row_20["doubtfulleft"]) == ("1", "0", "1", "1")
    assert (row_22["outcome"], row_22["worst"]) == (Verdict.UNSUPPORTED.value, Verdict.FALLS.value)
    argument = next(row for row in rows.values() if row["kind"] == "argument")
    assert (argument["outcome"], argument["studies"], argument["left"]) == (Verdict.WEAKENED.value, "11", "9")


def by_slugs(rows: list[Row]) -> dict[frozenset[str], Row]:
    return {frozenset(str(row["slugs"]).split()): row for row in rows}


@pytest.mark.parametrize("size", [1, 2, 3])
def test_every_set_against_the_transcription(on_founding: Answer, size: int) -> None:
    rows = by_slugs(on_founding("robustness", synthesis="mcmahon-2022", size=str(size)))
    every = {one: studies | DOUBTFUL.get(one, set()) for one, studies in CERTAIN.items()}
    claims: dict[int | str, set[int]] = {claim: claim_support(claim) for claim in range(1, 12)}
    claims_with_doubt = {claim: claim_support(claim, doubtful=True) for claim in range(1, 12)}
    assert len(rows) == {1: 11, 2: 55, 3: 165}[size]
    for gone in combinations(range(1, 12), size):
        row = rows[frozenset(map(slug, gone))]
        assert row["constructs"] == str(len(falls(set(gone), CERTAIN)))
        assert row["claims"] == str(len(falls(set(gone), claims)))
        assert row["arguments"] == "0"
        halved = sum(
            2 * len(studies & set(gone)) >= len(studies) and not studies <= set(gone)
            for support in (CERTAIN, claims)
            for studies in support.values()
            if studies
        )
        assert row["halved"] == str(halved)
        surely = sum(
            bool(certain) and whole <= set(gone)
            for certain, whole in [
                *((CERTAIN[one], every[one]) for one in CERTAIN),
                *((claims[one], claims_with_doubt[one]) for one in claims_with_doubt),
            ]
        )
        assert row["fallsleast"] == str(surely)


def test_worst_comes_first_and_is_named(on_founding: Answer, labels: dict[int | str, str]) -> None:
    rows = on_founding("robustness", synthesis="mcmahon-2022")
    fell = [(int(str(row["claims"])), int(str(row["constructs"]))) for row in rows]
    assert fell == sorted(fell, reverse=True)
    # Rows 13 and 18 have 11, Javanparast et al., alone.
    assert rows[0]["slugs"] == slug(11)
    assert rows[0]["fallen"] == " | ".join(sorted([labels[13], labels[18]]))


def test_how_few_each_finding_hangs_on(on_founding: Answer, labels: dict[int | str, str]) -> None:
    rows = on_founding("fragility", synthesis="mcmahon-2022")
    by_label = {str(row["label"]): row for row in rows}
    for number in range(1, 23):
        row = by_label[labels[number]]
        certain, every = len(CERTAIN[number]), len(CERTAIN[number] | DOUBTFUL.get(number, set()))
        assert row["fall"] == (str(certain) if certain else None)
        assert row["fallmost"] == str(every)
        assert row["byone"] == str(certain in {1, 2}).lower()
    assert by_label[labels[8]]["which"] == labels[slug(9)]
    argument = next(row for row in rows if row["kind"] == "argument")
    assert (argument["fall"], argument["half"], argument["byone"]) == ("11", "6", "false")


# --- what is refused -----------------------------------------------------------------------------------------------------


def test_studies_that_do_not_fit_are_refused(on_constructed: Answer) -> None:
    with pytest.raises(NotFound) as caught:
        on_constructed("leave-out", study="mcmahon-2022/study/babel")
    assert "mcmahon-2022/study/babbel" in caught.value.mend
    with pytest.raises(ParameterError, match="of another synthesis than"):
        on_constructed("leave-out", study=["mcmahon-2022/study/babbel", "refutational/study/day"])
    with pytest.raises(ParameterError, match="no study of a synthesis"):
        on_constructed("leave-out", study="report/doi/10.5555/shared")
    with pytest.raises(NotFound, match="no study is named"):
        on_constructed("leave-out", study="nowhere/study/none")


def test_more_sets_than_can_be_read_are_refused(tmp_path: Path) -> None:
    app = App.open(tmp_path / "store")
    source = tmp_path / "wide.yaml"
    numbers = range(1, 42)
    lines = ["synthesis:", "  - id: wide", '    label: "Constructed for tests: many studies"']
    lines += [f"    includes: [{', '.join(f'study/s{number}' for number in numbers)}]", "reports:"]
    lines += [f'  - {{id: report/r{number}, label: "R{number}"}}' for number in numbers]
    lines += ["studies:"]
    lines += [f'  - {{id: study/s{number}, label: "S{number}", reported_in: [report/r{number}]}}' for number in numbers]
    sure = "basis: StatedInText, confidence: High"
    lines += ["second_order_constructs:"]
    lines += [f'  - {{id: second-order/c{n}, label: "C{n}", study: study/s{n}, {sure}}}' for n in numbers]
    lines += ["translated_constructs:", f'  - {{id: translated/t, label: "T", {sure}}}', "reciprocal_translations:"]
    translated = ", ".join(f"second-order/c{number}" for number in numbers)
    lines += [f'  - {{id: translation/t, label: "T", yields: translated/t, translates: [{translated}], {sure}}}']
    source.write_text("\n".join(lines) + "\n")
    app.load([source])
    answer = answering(app)
    assert len(answer("robustness", synthesis="wide", size="2")) == 820
    with pytest.raises(ParameterError, match="10,660 sets of 3") as caught:
        answer("robustness", synthesis="wide", size="3")
    assert caught.value.parameter == "size"
