"""What two syntheses take from the reports that they share, side by side; of likeness of meaning nothing is said."""

from __future__ import annotations

import pytest
from answers import Answer

from ineq_kg.analysis.catalogue import ANALYSES
from ineq_kg.errors import ParameterError


def test_side_by_side(on_constructed: Answer) -> None:
    columns = ("report", "taken", "reader", "study", "construct", "cited", "translated", "category")
    rows = [
        tuple(row[column] for column in columns) for row in on_constructed("shared-readings", synthesis="taken-here")
    ]
    both, one, neither = "report/doi/10.5555/both", "report/pmid/1234567", "report/doi/10.5555/neither"
    work, gate = "taken-here/second-order/queue-is-work", "taken-here/second-order/queue-at-gate"
    complain = "taken-there/second-order/drivers-complain"
    waiting = ("taken-here/translated/waiting", "Time")
    # taken-here.yaml cites `queue-is-rest` from another report of the study, so it is not read from this one.
    assert rows == [
        (both, "both take constructs from it", "taken-here", "taken-here/study/dock", work, "true", *waiting),
        (both, "both take constructs from it", "taken-there", "taken-there/study/first", complain, "false", None, None),
        (neither, "neither takes a construct from it", "taken-here", "taken-here/study/silent", *[None] * 4),
        (neither, "neither takes a construct from it", "taken-there", "taken-there/study/third", *[None] * 4),
        (one, "only one takes constructs from it", "taken-here", "taken-here/study/gate", gate, "false", *waiting),
        (one, "only one takes constructs from it", "taken-there", "taken-there/study/second", *[None] * 4),
    ]


def test_from_the_other_side_it_is_the_same(on_constructed: Answer) -> None:
    def taken(**values: str) -> set[tuple[str | None, ...]]:
        rows = on_constructed("shared-readings", **values)
        return {(row["report"], row["taken"], row["reader"], row["construct"]) for row in rows}

    here = taken(synthesis="taken-here")
    assert here == taken(synthesis="taken-there") == taken(synthesis="taken-there", other="taken-here")
    assert taken(synthesis="taken-there", other="overlapped") == set()


def test_that_meaning_is_not_compared_is_said() -> None:
    one = ANALYSES["shared-readings"]
    assert "Likeness of meaning is not computed." in one.method
    assert "likeness of meaning is not computed" in one.header.columns["label"].meaning


def test_a_synthesis_is_not_compared_with_itself(on_constructed: Answer) -> None:
    with pytest.raises(ParameterError, match="with itself"):
        on_constructed("shared-readings", synthesis="taken-here", other="taken-here")
