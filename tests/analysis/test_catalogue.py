"""What all analyses have in common: a method, a header that the answer keeps to, parameters that are checked, no invention."""

from __future__ import annotations

from fractions import Fraction

import pytest
from answers import Answer

from ineq_kg.analysis.catalogue import ANALYSES
from ineq_kg.analysis.definition import columns, table
from ineq_kg.app import App
from ineq_kg.errors import NotFound, ParameterError
from ineq_kg.queries.catalogue import Catalogue
from ineq_kg.queries.definition import Header
from ineq_kg.resources import resource
from ineq_kg.triples.terms import RdfTerm
from ineq_kg.vocabulary import XSD

NAMES = sorted(ANALYSES)
OF_A_SYNTHESIS = [name for name in NAMES if "synthesis" in ANALYSES[name].header.parameters]


def test_all_that_were_promised_are_there() -> None:
    promised = {"leave-out", "robustness", "saturation", "contribution", "overlap", "shared-readings", "cerqual-inputs"}
    assert promised | {"agreement"} <= set(NAMES)
    assert all(name == one.name for name, one in ANALYSES.items())


def test_no_analysis_has_the_name_of_a_query() -> None:
    assert not set(NAMES) & set(Catalogue.read(resource("queries")).queries)


@pytest.mark.parametrize("name", NAMES)
def test_each_says_its_method_and_what_it_assumes(name: str) -> None:
    one = ANALYSES[name]
    assert "Method: " in one.method
    assert "Assumptions: " in one.method
    assert "analysis" in one.header.tags


@pytest.mark.parametrize("name", NAMES)
def test_each_answers_its_own_example(loaded: App, name: str) -> None:
    one = ANALYSES[name]
    values = {key: str(each.example) for key, each in one.header.parameters.items() if each.required}
    rows = one.answer(lambda query, given: loaded.rows(query, given)[0], values)
    assert rows.columns == tuple(one.header.columns)
    assert all(isinstance(term, RdfTerm | None) for row in rows.rows for term in row)
    # Nothing else is loaded, so that no report is shared.
    assert len(rows) > 0 or name == "shared-readings"


@pytest.mark.parametrize("name", OF_A_SYNTHESIS)
def test_of_what_is_not_there_nothing_is_said(on_founding: Answer, name: str) -> None:
    if name == "overlap":
        with pytest.raises(NotFound) as caught:
            on_founding(name, synthesis="mcmahon-2002")
        assert "mcmahon-2022" in caught.value.mend
    elif name == "agreement":
        (row,) = on_founding(name, synthesis="mcmahon-2002")
        assert {key: value for key, value in row.items() if value is not None} == {
            "measure": "none",
            "note": "not computed: no cell was read twice",
        }
    else:
        assert on_founding(name, synthesis="mcmahon-2002") == []


def test_parameters_are_checked_as_those_of_queries(on_founding: Answer) -> None:
    with pytest.raises(ParameterError, match="robustness has no parameter 'studies'"):
        on_founding("robustness", studies="x")
    with pytest.raises(ParameterError, match="synthesis is missing"):
        on_founding("robustness")
    with pytest.raises(ParameterError, match="takes one"):
        on_founding("robustness", synthesis=["mcmahon-2022", "another"])
    for size in ("0", "4", "-1", "two"):
        with pytest.raises(ParameterError) as caught:
            on_founding("robustness", synthesis="mcmahon-2022", size=size)
        assert "1, 2, 3" in caught.value.mend


def test_cells_are_typed_and_columns_are_those_described() -> None:
    header = Header(summary="", question="", columns=columns(a=("A", ""), b=("B", "")), budget=1)
    decimal, integer, boolean = (XSD.term(name) for name in ("decimal", "integer", "boolean"))
    rows = table(header, [{"b": Fraction(1, 3)}, {"a": True, "b": 2}, {"a": "x", "b": Fraction(1)}])
    assert rows.rows == (
        (None, RdfTerm("literal", "0.3333", datatype=decimal)),
        (RdfTerm("literal", "true", datatype=boolean), RdfTerm("literal", "2", datatype=integer)),
        (RdfTerm("literal", "x"), RdfTerm("literal", "1.0", datatype=decimal)),
    )
    with pytest.raises(KeyError, match="no column is called c"):
        table(header, [{"c": "x"}])
