"""Rows are counted in what the engine writes, exactly, whatever the rows hold and however the bytes come."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ineq_kg.store.body import RowCount

# What rows and fields are parted with, inside values.
NASTY = st.text(st.sampled_from('"\\},{\n\r\t<>& a:[]') | st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
TERM = st.none() | NASTY.map(lambda text: {"type": "literal", "value": text})
TRIPLE = TERM.filter(bool).map(
    lambda term: {
        "type": "triple",
        "value": {
            "subject": {"type": "uri", "value": "https://example.org/,a"},
            "predicate": {"type": "uri", "value": "https://example.org/p"},
            "object": term,
        },
    }
)
ROWS = st.lists(st.fixed_dictionaries({"a": TERM, "b": TERM | TRIPLE}), min_size=1, max_size=8)


@pytest.mark.parametrize(
    "wanted",
    [ox.QueryResultsFormat.JSON, ox.QueryResultsFormat.XML, ox.QueryResultsFormat.CSV, ox.QueryResultsFormat.TSV],
    ids=["JSON", "XML", "CSV", "TSV"],
)
@given(rows=ROWS, size=st.integers(1, 40))
def test_rows_are_counted_as_they_go_by(wanted: ox.QueryResultsFormat, rows: list[dict], size: int) -> None:
    bindings = [{name: term for name, term in row.items() if term} for row in rows]
    document = json.dumps({"head": {"vars": ["a", "b"]}, "results": {"bindings": bindings}})
    body = ox.parse_query_results(document, format=ox.QueryResultsFormat.JSON).serialize(format=wanted)
    count = RowCount(wanted)
    counted = [count.add(body[at : at + size]) for at in range(0, len(body), size)]
    assert counted[-1] == len(rows)
    assert counted == sorted(counted)
