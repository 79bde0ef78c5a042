"""Bad records: one clear error with file, line, value and mend; an exit code that is not 0; the store exactly as before."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ineq_kg.errors import DocumentsRejected
from ineq_kg.ingest.records import read_synthesis
from ineq_kg.records import Study
from ineq_kg.store.snapshots import Versions
from places import FOUNDING, Finished

GOOD = """\
synthesis:
  - id: small-2026
    label: A small synthesis
    includes: study/one
studies:
  - id: study/one
    label: One
    reported_in: report/one
reports:
  - id: report/one
    label: One 2020
    cited_year: 2020
"""

FAULTS = {
    "unknown field": (GOOD.replace("cited_year", "cited_yaer"), 12, "'cited_yaer' is not a field", "cited_year"),
    "unknown section": (GOOD.replace("reports:", "report:"), 9, "'report' is not a section", "reports"),
    "dangling reference": (
        GOOD.replace("reported_in: report/one", "reported_in: report/on"),
        8,
        "names no record",
        "report/one",
    ),
    "reference of another kind": (GOOD.replace("includes: study", "includes: report"), 4, "is a Report", "Study"),
    "dangling reference in an unsorted list": (
        GOOD.replace("    includes: study/one\n", "    includes:\n      - study/zero\n      - study/one\n"),
        5,
        "'study/zero' names no record",
        "study/one",
    ),
    "duplicate id": (GOOD + "  - {id: report/one, label: Again}\n", 13, "is taken by", "another id"),
    "wrong type": (GOOD.replace("2020\n", "twenty\n", 2), 12, "'twenty' is of the wrong type", "integer"),
    "out of range": (GOOD.replace("cited_year: 2020", "cited_year: 20200"), 12, "'20200'", "Change the value"),
    "missing field": (GOOD.replace("    label: One\n", ""), 6, "'label' is missing", "Add label:"),
    "nothing in a field": (GOOD.replace("label: One\n", "label:\n"), 7, "'label' is missing", "Add label:"),
    "nothing in a list": (
        GOOD.replace("report/one\n", "[report/one, null]\n", 1),
        8,
        "nothing is of the wrong type",
        "",
    ),
    "id of another kind": (
        GOOD.replace("id: report/one", "id: paper/one"),
        10,
        "is not the id of a Report",
        "report/name",
    ),
    "key twice": (GOOD.replace("    label: One\n", "    label: One\n    label: Two\n"), 8, "stands twice", "Keep one"),
    "listed twice": (GOOD.replace("includes: study/one", "includes: [study/one, study/one]"), 4, "listed twice", ""),
    "no list": (GOOD.replace("studies:\n  - id", "studies:\n    id"), 5, "a list of records", "dash"),
    "a word for a record": (GOOD + "phases:\n  - one\n", 14, "a Phase is a mapping of fields", ""),
    "broken YAML": (GOOD.replace("label: One\n", "label: 'One\n"), None, "not YAML", "quotation mark"),
    "an alias": (GOOD.replace("label: One\n", "label: &x One\n"), 7, "anchor or alias", "Write the value out"),
    "a tag": (GOOD.replace("label: One\n", "label: !!python/object:os.system One\n"), 7, "tag", "no tags"),
    "two documents": (GOOD + "---\n" + GOOD, 13, "second YAML document", "file of its own"),
    "deep nesting": ("[" * 100_000, 1, "nested more than", ""),
    "empty file": ("", 1, "is empty", "Give it records"),
    "only a comment": ("# nothing\n", 1, "holds no sections", "Start with"),
    "a lone surrogate": (GOOD.replace("label: One\n", 'label: "\\uD800"\n'), 7, "", ""),
    "a null character": (GOOD.replace("label: One\n", 'label: "\\0"\n'), 7, "U+0000", ""),
    "a control character": (GOOD.replace("label: One\n", "label: O\x01ne\n"), 7, "control character", "Remove"),
    "not UTF-8": (GOOD.replace("A small", "A \udcffsmall"), 3, "0xFF) is not UTF-8", "Save the file as UTF-8"),
    "no synthesis": (
        GOOD.replace("synthesis:", "review_questions:")
        .replace("small-2026", "question/q")
        .replace("    includes: study/one\n", ""),
        None,
        "0 records under `synthesis:`",
        "folder",
    ),
    "a reserved name": (GOOD.replace("small-2026", "report"), 2, "'report'", ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named_with_file_line_and_mend(fault: str, run: Callable[..., Finished], tmp_path: Path) -> None:
    text, line, message, mend = FAULTS[fault]
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(GOOD)
    bad.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert run("load", good).code == 0
    store = Versions(tmp_path / "store")
    before = (
        store.current(),
        run("sparql", "SELECT * WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o", "--format", "tsv").out,
    )

    for command in ("check", "load"):
        result = run(command, bad)
        assert result.code == 2
        assert result.out == ""
        assert str(bad) + ("" if line is None else f":{line}:") in result.err
        assert message in result.err
        assert mend in result.err
        assert "Traceback" not in result.err
    assert before == (
        store.current(),
        run("sparql", "SELECT * WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o", "--format", "tsv").out,
    )


def test_the_good_file_is_good(run: Callable[..., Finished], tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    assert "small-2026: 3 records, nothing to mend" in run("check", tmp_path / "good.yaml").out


def test_a_file_of_100_mb_is_refused_unread(run: Callable[..., Finished], tmp_path: Path) -> None:
    huge = tmp_path / "huge.yaml"
    with huge.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    result = run("load", huge)
    assert result.code == 2
    assert "104,857,600 bytes" in result.err
    assert "Split it" in result.err


def test_all_faults_of_all_files_are_reported_at_once(run: Callable[..., Finished], tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(FOUNDING, folder)
    studies, reports = folder / "studies.yaml", folder / "reports.yaml"
    studies.write_text(studies.read_text().replace("reported_in:", "reported:", 1))
    reports.write_text(reports.read_text().replace("cited_year: 2017", "cited_year: MMXVII", 1))
    result = run("load", folder)
    assert "studies.yaml" in result.err
    assert "reports.yaml" in result.err
    assert "nothing was loaded" in result.err


def test_a_missing_path_is_named(run: Callable[..., Finished], tmp_path: Path) -> None:
    result = run("load", tmp_path / "nowhere")
    assert result.code == 2
    assert "there is no such file or folder" in result.err


def test_the_same_synthesis_from_two_paths_is_refused(run: Callable[..., Finished], tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD)
    result = run("load", tmp_path / "a.yaml", tmp_path / "b.yaml")
    assert result.code == 2
    assert "already read from another path" in result.err


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_no_file_at_all_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(data)
    with pytest.raises(DocumentsRejected) as caught:
        read_synthesis(path)
    assert all(error.document == str(path) and error.mend for error in caught.value.errors)


def test_nothing_written_is_nothing_said(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    fields = "    country: null\n    definition:\n    note: ~\n    approach: [null hypothesis]\n"
    path.write_text(GOOD.replace("    label: One\n", f"    label: 'null'\n{fields}"))
    study = read_synthesis(path).bundle.by_id["study/one"]
    assert isinstance(study, Study)
    assert (study.label, study.country, study.definition, study.note) == ("null", (), None, None)
    assert study.approach == ("null hypothesis",)
