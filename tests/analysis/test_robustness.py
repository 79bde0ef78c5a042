"""Leaving studies out: nothing removed changes nothing, all removed removes all, more removed never loses less."""

from __future__ import annotations

from collections.abc import Callable
from math import comb

import pytest
from answers import STUDIES, some_studies, supported
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from ineq_kg.analysis.robustness import Supported, Verdict, leave_out, without
from ineq_kg.app import App
from places import Finished


@given(supported)
def test_removing_nothing_changes_nothing(nodes: list[Supported]) -> None:
    for loss in without(nodes, []):
        assert {loss.certain, loss.with_doubtful} <= {Verdict.STANDS, Verdict.UNSUPPORTED}


@given(supported)
def test_removing_all_removes_all(nodes: list[Supported]) -> None:
    for loss in without(nodes, STUDIES):
        assert loss.certain is (Verdict.FALLS if loss.supported.certain else Verdict.UNSUPPORTED)
        everything = loss.supported.certain | loss.supported.doubtful
        assert loss.with_doubtful is (Verdict.FALLS if everything else Verdict.UNSUPPORTED)


@given(supported, some_studies, some_studies)
def test_removing_more_never_loses_less(nodes: list[Supported], fewer: frozenset[str], more: frozenset[str]) -> None:
    for before, after in zip(without(nodes, fewer), without(nodes, fewer | more), strict=True):
        assert before.certain.order <= after.certain.order
        assert before.with_doubtful.order <= after.with_doubtful.order


@given(supported, st.integers(0, 3))
def test_every_set_of_studies_is_tried(nodes: list[Supported], size: int) -> None:
    count = len(frozenset().union(*(node.certain | node.doubtful for node in nodes)))
    assert len(list(leave_out(nodes, size))) == comb(count, size)


@pytest.mark.parametrize(
    ("study", "falls"),
    [
        # Row 19 of Table 2 has the number 6 alone; 'shared histories' is cited to Warwick-Giles et al. (2017) alone.
        ("warwick-giles", {"translated/shared-histories"}),
        # Row 8 has the number 9 alone; 'social empathy' is cited to Babbel et al. (2017) alone.
        ("babbel", {"translated/political-perspectives-and-empathy"}),
        # Mackenzie et al. (2017) stand in no cell, and share their one finding with two other studies.
        ("mackenzie", set()),
    ],
)
def test_what_falls_without_one_study_of_the_founding_synthesis(loaded: App, study: str, falls: set[str]) -> None:
    rows, _ = loaded.rows("leave-out", {"study": f"mcmahon-2022/study/{study}"})
    fallen = {str(row["node"]).split("mcmahon-2022/")[1] for row in rows if str(row["outcome"]) == Verdict.FALLS.value}
    assert {node for node in fallen if node.startswith("translated/")} == falls


def test_a_doubtful_cell_gives_two_answers(loaded: App) -> None:
    rows, _ = loaded.rows("leave-out", {"study": ["mcmahon-2022/study/blackman"]})
    # Row 22's one stroke may be a 1: its only study is a doubtful one.
    bottom_up = next(row for row in rows if str(row["node"]).endswith("/lack-of-bottom-up-pressure"))
    assert [str(bottom_up[name]) for name in ("outcome", "worst")] == [Verdict.UNSUPPORTED.value, Verdict.FALLS.value]


def test_at_the_command_line_and_over_http(run: Callable[..., Finished], loaded: App, client: TestClient) -> None:
    store = loaded.store.directory
    result = run("without", "mcmahon-2022/study/babbel", "--store", store)
    assert result.code == 0
    assert "loses every study" in result.out
    assert "social empathy" in result.out
    nothing = run("without", "mcmahon-2022/study/nobody", "--store", store)
    assert nothing.code == 3
    told = client.get("/queries/leave-out", params={"study": "mcmahon-2022/study/babbel"}).json()["results"]["bindings"]
    fallen = [row["label"]["value"] for row in told if row["outcome"]["value"] == "loses every study"]
    assert any("social empathy" in label for label in fallen)
    assert client.get("/queries/leave-out").status_code == 422
