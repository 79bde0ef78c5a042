"""Workbooks and Word tables: the same records as in YAML, and faults told by cell."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given, reject, settings

from ineq_kg.errors import DocumentsRejected, NotAcceptable
from ineq_kg.ingest.records import read_synthesis
from ineq_kg.ingest.yaml_document import read_yaml
from ineq_kg.records.bundle import Bundle
from ineq_kg.represent.record_workbook import record_workbook
from places import FOUNDING
from strategies import bundles

SMALL = Path(__file__).parents[1] / "syntheses" / "refutational.yaml"


def as_word(workbook: Path, path: Path) -> Path:
    """Write the sheets of a workbook as the tables of a Word document, each under its heading."""
    document = docx.Document()
    book = openpyxl.load_workbook(workbook)
    for sheet in book.worksheets[1:]:
        document.add_heading(sheet.title.replace("_", " ").capitalize())
        rows = list(sheet.iter_rows(values_only=True))
        table = document.add_table(0, len(rows[0]))
        for row in rows:
            for cell, value in zip(table.add_row().cells, row, strict=True):
                cell.text = "" if value is None else str(value)
    document.save(str(path))
    return path


def test_the_founding_synthesis_is_the_same_from_a_workbook(run, tmp_path: Path) -> None:
    book = tmp_path / "mcmahon.xlsx"
    assert run("workbook", FOUNDING, "--output", book).code == 0
    assert read_synthesis(book).bundle == read_synthesis(FOUNDING).bundle
    again = run("workbook", FOUNDING, "--output", book)
    assert again.code == 2
    assert "Name another" in again.err


@settings(max_examples=15)
@given(bundles())
def test_any_synthesis_is_the_same_from_a_workbook(tmp_path_factory: pytest.TempPathFactory, bundle: Bundle) -> None:
    path = tmp_path_factory.mktemp("book") / "any.xlsx"
    try:
        path.write_bytes(record_workbook(bundle))
    except NotAcceptable:
        reject()  # a character that no workbook can hold
    assert read_synthesis(path).bundle == bundle


def test_a_synthesis_is_the_same_from_word_tables(tmp_path: Path) -> None:
    expected = read_synthesis(SMALL).bundle
    book = tmp_path / "book.xlsx"
    book.write_bytes(record_workbook(expected))
    assert read_synthesis(as_word(book, tmp_path / "tables.docx")).bundle == expected


def test_yaml_workbooks_and_word_may_be_mixed(tmp_path: Path) -> None:
    expected = read_synthesis(FOUNDING).bundle
    folder = tmp_path / "mixed"
    folder.mkdir()
    for path in FOUNDING.glob("*.yaml"):
        if path.name != "studies.yaml":
            (folder / path.name).write_bytes(path.read_bytes())
    (folder / "~$open.xlsx").write_bytes(b"what Excel leaves while it has a file open")
    book = openpyxl.load_workbook(io.BytesIO(record_workbook(expected)))
    in_yaml = set(read_yaml(FOUNDING / "studies.yaml").data)
    for sheet in book.worksheets:
        if sheet.title not in in_yaml:
            book.remove(sheet)
    book.save(folder / "studies.xlsx")
    assert read_synthesis(folder).bundle == expected


def test_an_empty_workbook_has_every_section(run, tmp_path: Path) -> None:
    path = tmp_path / "new.xlsx"
    assert run("workbook", "--output", path).code == 0
    told = run("check", path)
    assert told.code == 2
    assert "there are 0 records under `synthesis:`" in told.err


def edited(tmp_path: Path, sheet: str, address: str, value: object) -> tuple[Path, str]:
    """Write a small synthesis with one cell changed, `field:row` or an address; return the file and the cell's address."""
    book = openpyxl.load_workbook(io.BytesIO(record_workbook(read_synthesis(SMALL).bundle)))
    page = book[sheet] if sheet in book.sheetnames else book.create_sheet(sheet)
    field, colon, row = address.partition(":")
    if colon:
        address = next(cell for cell in page[1] if cell.value == field).column_letter + row
    page[address] = value
    path = tmp_path / "edited.xlsx"
    book.save(path)
    return path, f"{sheet}!{address}"


FAULTS: dict[str, tuple[str, str, object, str]] = {
    "a field that is none": ("studies", "label:1", "Labl", "'Labl' is not a field here"),
    "a heading twice": ("studies", "note:1", "label", "'label' stands over two columns"),
    "a value without a heading": ("studies", "Z3", "stray", "there is no heading over this cell"),
    "a sheet that is no section": ("Sheet9", "A1", "notes", "'Sheet9', which is no section"),
    "a study that nobody knows": (
        "second_order_constructs",
        "study:2",
        "study/nobody",
        "'study/nobody' names no record",
    ),
    "a value that is none of those possible": ("second_order_constructs", "confidence:2", "Sure", "'Sure' is none of"),
    "a formula": ("studies", "label:2", "=1+1", "a formula stands here"),
    "a relation that is not YAML": ("studies", "contradicts:2", "{to: ", "this is not YAML"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_by_its_cell(tmp_path: Path, fault: str) -> None:
    sheet, address, value, words = FAULTS[fault]
    book, where = edited(tmp_path, sheet, address, value)
    with pytest.raises(DocumentsRejected) as rejected:
        read_synthesis(book)
    told = [str(error) for error in rejected.value.errors if where in error.place]
    assert any(words in one for one in told), [str(error) for error in rejected.value.errors][:5]
    assert all(str(book) in one for one in told)
    assert all(error.mend for error in rejected.value.errors)


@pytest.mark.parametrize("name", ["book.xlsx", "tables.docx"])
@pytest.mark.parametrize("kind", ["text", "empty", "another archive", "a bomb"])
def test_what_is_no_such_document_is_refused_whole(tmp_path: Path, name: str, kind: str) -> None:
    path = tmp_path / name
    if kind == "another archive":
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("hello.txt", "hello")
    elif kind == "a bomb":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("bomb.xml", "w") as member:
            for _ in range(300):
                member.write(bytes(1_000_000))
    else:
        path.write_bytes(b"" if kind == "empty" else b"not packed")
    with pytest.raises(DocumentsRejected) as rejected:
        read_synthesis(path)
    (error,) = [one for one in rejected.value.errors if one.document == str(path)][:1]
    assert ("unpacks to" if kind == "a bomb" else "this is not") in error.message
    assert error.mend
