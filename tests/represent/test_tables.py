"""Tables in every format, held against the engine's own, and against readers that others wrote."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import warnings
from datetime import datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.plugins.sparql.results.rdfresults import RDFResultParser

from ineq_kg.app import App
from ineq_kg.errors import NotAcceptable
from ineq_kg.queries.binding import bind
from ineq_kg.queries.catalogue import Catalogue
from ineq_kg.represent import workbook
from ineq_kg.represent.formats import Format
from ineq_kg.represent.tables import Asked, write_table
from ineq_kg.resources import resource
from ineq_kg.store.embedded import Rows
from ineq_kg.triples.terms import RdfTerm
from ineq_kg.vocabulary import XSD

QUERIES = Catalogue.read(resource("queries"))
STUDY = RdfTerm("iri", "https://w3id.org/ineq-kg/id/mcmahon-2022/study/babbel")

# XML 1.0 has no character for these, and no SPARQL engine writes them in XML.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))
TERMS = st.one_of(
    st.none(),
    TEXT.map(lambda text: RdfTerm("literal", text)),
    st.builds(RdfTerm, st.just("literal"), TEXT, st.sampled_from(["en", "de-ch"])),
    st.integers().map(lambda number: RdfTerm("literal", str(number), datatype=XSD.term("integer"))),
    st.dates().map(lambda day: RdfTerm("literal", day.isoformat(), datatype=XSD.term("date"))),
    st.from_regex(r"[a-z]{1,9}", fullmatch=True).map(lambda name: RdfTerm("iri", f"https://example.org/{name}")),
    st.from_regex(r"[a-z]{1,9}", fullmatch=True).map(lambda name: RdfTerm("bnode", name)),
)
TABLES = st.lists(st.tuples(TERMS, TERMS), max_size=5).map(lambda rows: Rows(("a", "b"), tuple(rows)))


def literal(value: str, datatype: str) -> RdfTerm:
    return RdfTerm("literal", value, datatype=XSD.term(datatype))


def sheets(body: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(body))


def cells(*row: RdfTerm | None) -> list[Any]:
    body = write_table(Rows(tuple(f"c{number}" for number in range(len(row))), (row,)), Format.XLSX)
    return [cell.value for cell in sheets(body)["Rows"][2]]


@pytest.mark.parametrize("name", [query.name for query in QUERIES])
def test_bytes_are_those_that_the_engine_writes(loaded: App, name: str) -> None:
    query = QUERIES[name]
    values = {key: str(one.example) for key, one in query.header.parameters.items() if one.required}
    text, dataset = bind(query, values)
    snapshot = loaded.store.snapshot()
    rows = snapshot.select(text, dataset)
    for wanted in Format.for_form("select"):
        _, engines = snapshot.serialise(text, lambda _form, wanted=wanted: wanted.media_type, dataset)
        assert write_table(rows, wanted) == engines


@given(TABLES)
def test_the_result_set_in_turtle_says_the_same_as_json(rows: Rows) -> None:
    found = RDFResultParser().parse(io.BytesIO(write_table(rows, Format.TURTLE)), format="turtle")
    wanted = json.loads(write_table(rows, Format.JSON))["results"]["bindings"]

    def shown(term: rdflib.term.Identifier) -> str:
        return "blank" if isinstance(term, rdflib.BNode) else term.n3()

    def meant(term: dict[str, str]) -> str:
        made: dict[str, rdflib.term.Identifier] = {
            "uri": rdflib.URIRef(term["value"]),
            "bnode": rdflib.BNode(),
            "literal": rdflib.Literal(
                term["value"], lang=term.get("xml:lang"), datatype=term.get("datatype"), normalize=False
            ),
        }
        return shown(made[term["type"]])

    assert {str(name) for name in found.vars or ()} == {"a", "b"}
    as_found = sorted(sorted((str(name), shown(term)) for name, term in row.items()) for row in found.bindings)
    assert as_found == sorted(sorted((name, meant(term)) for name, term in row.items()) for row in wanted)


def test_the_result_set_keeps_the_order_of_rows() -> None:
    rows = Rows(("a",), tuple((literal(str(number), "integer"),) for number in (3, 1, 2)))
    graph = rdflib.Graph().parse(data=write_table(rows, Format.TURTLE))
    ordered = graph.query(
        """PREFIX rs: <http://www.w3.org/2001/sw/DataAccess/tests/result-set#>
        SELECT ?value { ?row rs:index ?place ; rs:binding/rs:value ?value } ORDER BY ?place"""
    )
    assert [int(value) for (value,) in ordered] == [3, 1, 2]


def test_a_workbook_has_typed_cells_links_and_a_header_in_sight() -> None:
    row = (STUDY, literal("12", "integer"), literal("0.25", "decimal"), literal("true", "boolean"))
    row += (literal("2026-01-31", "date"), RdfTerm("literal", "=1+1", "en"), None)
    sheet = sheets(write_table(Rows(tuple("abcdefg"), (row,)), Format.XLSX))["Rows"]
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[1]] == list("abcdefg")
    assert [cell.value for cell in sheet[2]] == [
        "id:mcmahon-2022/study/babbel",
        12,
        0.25,
        True,
        datetime(2026, 1, 31),
        "=1+1",
        None,
    ]
    assert sheet["A2"].hyperlink.target == STUDY.value
    assert [cell.data_type for cell in sheet[2]][:6] == ["s", "n", "n", "b", "d", "s"]


@pytest.mark.parametrize(
    "term",
    [
        literal("9007199254740993", "integer"),  # 2^53 + 1: no double
        literal("0.1234567890123456789", "decimal"),
        literal("INF", "double"),
        literal("1e400", "double"),
        literal("1899-12-31", "date"),
        literal("2026-01-31Z", "date"),
        literal("2026-02-30", "date"),
        literal("x", "integer"),
        RdfTerm("iri", "javascript:alert(1)"),
    ],
)
def test_what_excel_would_change_stays_text(term: RdfTerm) -> None:
    assert cells(term) == [term.value]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_a_number_in_a_workbook_is_the_number(number: Decimal) -> None:
    assert Decimal(str(cells(literal(f"{number:f}", "decimal"))[0])) == number


@given(st.text() | st.sampled_from(["x" * 40_000, "\U0001f600" * 20_000, "\x07", "_x0007_", "\ufffe"]))
def test_any_text_is_in_the_workbook_or_said_to_be_cut(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        body = write_table(Rows(("a",), ((RdfTerm("literal", text),),)), Format.XLSX)
    found = sheets(body)["Rows"]["A2"].value or ""
    length = len(text.encode("utf-16-le", errors="surrogatepass")) // 2
    assert found.endswith(workbook.CUT) == (length > workbook.MAX_CHARACTERS)


def test_links_past_what_excel_takes_are_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_LINKS", 2)
    sheet = sheets(write_table(Rows(("a",), ((STUDY,),) * 3), Format.XLSX))["Rows"]
    assert [sheet.cell(row, 1).hyperlink is not None for row in (2, 3, 4)] == [True, True, False]
    assert sheet["A4"].value == STUDY.value


def test_more_rows_than_a_sheet_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)
    rows = ((STUDY,),) * 3
    write_table(Rows(("a",), rows[:2]), Format.XLSX)
    with pytest.raises(NotAcceptable, match="3 rows do not fit"):
        write_table(Rows(("a",), rows), Format.XLSX)


def test_a_workbook_says_what_it_answers() -> None:
    query = QUERIES["constructs"]
    values = {"synthesis": "mcmahon-2022", "order": ["third"]}
    body = write_table(Rows(tuple(query.header.columns), ()), Format.XLSX, Asked(query, values, "7"))
    book = sheets(body)
    assert [cell.value for cell in book["Rows"][1]] == [column.label for column in query.header.columns.values()]
    about = [[cell.value for cell in row if cell.value is not None] for row in book["About"]]
    assert ["Question", query.header.question] in about
    assert ["Parameter synthesis", "mcmahon-2022"] in about
    assert ["Parameter order", "third"] in about
    assert ["Dataset version", "7"] in about
    for name, column in query.header.columns.items():
        assert [column.label, name, column.meaning] in about


def test_the_same_rows_have_the_same_bytes_in_another_process() -> None:
    code = """
import hashlib, sys
from ineq_kg.represent.formats import Format
from ineq_kg.represent.tables import write_table
from ineq_kg.store.embedded import Rows
from ineq_kg.triples.terms import RdfTerm
rows = Rows(("a", "b"), ((RdfTerm("iri", "https://example.org/x"), RdfTerm("literal", "x")),) * 3)
for wanted in Format.for_form("table"):
    print(wanted.name, hashlib.sha256(write_table(rows, wanted)).hexdigest())
"""
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(told) == 1
    assert len(told.pop().splitlines()) == 6


@pytest.mark.parametrize("wanted", [member for member in Format if not member.holds("table")])
def test_other_formats_are_refused_with_those_possible(wanted: Format) -> None:
    with pytest.raises(NotAcceptable) as caught:
        write_table(Rows(("a",), ()), wanted)
    assert caught.value.mend == "Use one of: json, xml, csv, tsv, xlsx, ttl."
