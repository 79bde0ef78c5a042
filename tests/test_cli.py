"""The command line, as a user types it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

from ineq_kg import cli
from ineq_kg.app import App
from ineq_kg.errors import IneqKgError, StoreFull
from ineq_kg.represent.formats import Format
from ineq_kg.resources import resource
from places import FOUNDING, Finished

Run = Callable[..., Finished]
STUDIES = "SELECT ?study WHERE { ?study a ikg:Study }"


@pytest.fixture
def store(loaded: App) -> Path:
    return loaded.store.directory


COUNTS = {
    "Synthesis": 1,
    "Study": 11,
    "Report": 13,
    "Phase": 7,
    "Search": 3,
    "InclusionCriterion": 3,
    "ExclusionCriterion": 1,
    "Cluster": 2,
    "OrganisingCategory": 3,
    "TranslatedConstruct": 28,
    "ReciprocalTranslation": 28,
    "TableReading": 44,
    "LineOfArgument": 1,
    "ThirdOrderConstruct": 11,
}


@pytest.mark.parametrize("name", COUNTS)
def test_the_founding_synthesis_is_counted_in_sparql(run: Run, store: Path, name: str) -> None:
    query = f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s a ikg:{name} ; ikg:inSynthesis? id:mcmahon-2022 }}"
    result = run("sparql", query, "--format", "csv", "--store", store)
    assert result.out.split() == ["n", str(COUNTS[name])]


def test_every_row_of_the_table_is_there_with_its_category(run: Run, store: Path) -> None:
    query = """SELECT ?row ?category WHERE { ?t ikg:tableRow ?row ; ikg:inCategory/skos:prefLabel ?category } ORDER BY ?row"""
    rows = list(csv.DictReader(io.StringIO(run("sparql", query, "--format", "csv", "--store", store).out)))
    assert [int(row["row"]) for row in rows] == list(range(1, 23))
    categories = [row["category"] for row in rows]
    assert list(dict.fromkeys(categories)) == [
        "Individual sense-making",
        "Organisational influence",
        "External pressures",
    ]
    assert categories[19:] == ["External pressures"] * 3


def test_a_doubtful_cell_is_never_a_certain_construct(run: Run, store: Path) -> None:
    query = """SELECT ?row ?study ?confidence WHERE {
        ?second ikg:basis ikg:ReadFromTable ; ikg:confidence ?confidence ; ikg:constructOf ?study .
        ?translation ikg:translates ?second ; ikg:yields/ikg:tableRow ?row .
        ?reading ikg:readingOf ?translation ; ikg:confidence ikg:Low .
        FILTER NOT EXISTS { ?reading ikg:readsStudy ?study } }"""
    assert json.loads(run("sparql", query, "--format", "json", "--store", store).out)["results"]["bindings"] == []
    unreadable = """SELECT ?second WHERE { ?t ikg:tableRow 9 . ?tr ikg:yields ?t ; ikg:translates ?second .
        ?second ikg:basis ikg:ReadFromTable }"""
    assert json.loads(run("sparql", unreadable, "--format", "json", "--store", store).out)["results"]["bindings"] == []


@pytest.mark.parametrize("name", ["table", "csv", "tsv", "json", "xml"])
def test_rows_in_each_format(run: Run, store: Path, name: str) -> None:
    result = run("sparql", STUDIES, "--format", name, "--store", store)
    assert result.code == 0
    assert result.out.count("study/") == 11


@pytest.mark.parametrize("name", ["ttl", "nt", "trig", "nq", "jsonld", "rdfxml"])
def test_graphs_in_each_format(run: Run, store: Path, name: str) -> None:
    query = "CONSTRUCT WHERE { ?s a ikg:Study ; skos:prefLabel ?label }"
    result = run("sparql", query, "--format", name, "--store", store)
    wanted = Format.by_name(name)
    assert wanted is not None
    triples = list(ox.parse(result.out.encode(), format=ox.RdfFormat.from_media_type(wanted.media_type)))
    assert len(triples) == 22


def test_a_query_from_a_file_and_from_standard_input(
    run: Run, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "studies.rq"
    file.write_text(STUDIES)
    direct = run("sparql", STUDIES, "--format", "csv", "--store", store).out
    assert run("sparql", f"@{file}", "--format", "csv", "--store", store).out == direct
    monkeypatch.setattr("sys.stdin", io.StringIO(STUDIES))
    assert run("sparql", "-", "--format", "csv", "--store", store).out == direct


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("sparql", "SELEKT"), 2, "error at 1:"),
        (("sparql", "DESCRIBE id:mcmahon-2022/study/babbel"), 2, "<https://w3id.org/ineq-kg/id/...> in full"),
        (("sparql", STUDIES, "--format", "ttl"), 1, "Use one of: json"),
        (("sparql", STUDIES, "--format", "docx"), 2, "Use one of: table"),
        (("sparql", "@nowhere.rq"), 2, "cannot be read"),
        (("sparql", "SELECT * { SERVICE <http://127.0.0.1:9/> {} }"), 2, "asks no other host"),
        (("trace", "mcmahon-2022/study/bable"), 3, "mcmahon-2022/study/babbel"),
        (("trace", "not a slug"), 3, "A slug looks like"),
        (("trace", "other-2020/study/babbel"), 3, "Loaded: mcmahon-2022"),
    ],
)
def test_errors_are_one_message_with_a_mend(
    run: Run, store: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    result = run(*arguments, "--store", store)
    assert result.code == code
    assert result.out == ""
    assert message in result.err
    assert "Traceback" not in result.err


def test_an_empty_store_says_what_to_do(run: Run) -> None:
    result = run("trace", "mcmahon-2022/study/babbel")
    assert result.code == 4
    assert "ineq-kg load PATH" in result.err


def test_trace_down_shows_each_step_to_the_words(run: Run, store: Path) -> None:
    out = run("trace", "mcmahon-2022/argument/narrow-problematisation", "--store", store).out
    for words in (
        "line of argument",
        "1. A predominant perspective",
        "category: Individual sense-making",
        "read from the table",
        "DOUBTFUL",
        "[study]",
        "mcmahon-2022/report/babbel-2017",
        "‘social empathy’",
    ):
        assert words in out


def test_trace_up_shows_what_rests_on_a_study(run: Run, store: Path) -> None:
    out = run("trace", "mcmahon-2022/study/babbel", "--up", "--store", store).out
    assert "translated construct" in out
    assert "claim" in out
    assert "line of argument" in out
    assert "mcmahon-2022/study/pauly" not in out
    by_iri = run("trace", "https://w3id.org/ineq-kg/id/mcmahon-2022/study/babbel", "--up", "--store", store).out
    assert by_iri == out


def test_demo_ends_by_itself(run: Run, tmp_path: Path) -> None:
    result = run("demo", "--no-serve", "--store", tmp_path / "demo")
    assert result.code == 0
    assert "How a narrow problematisation" in result.out
    assert "triples and" in result.out


def test_loading_again_changes_nothing_but_the_version(run: Run) -> None:
    everything = (
        "sparql",
        "SELECT * WHERE { GRAPH graph:mcmahon-2022 { ?s ?p ?o } } ORDER BY ?s ?p ?o",
        "--format",
        "csv",
    )
    first = run("load", FOUNDING)
    before = run(*everything).out
    second = run("load", FOUNDING)
    assert run(*everything).out == before
    assert first.out != second.out


@pytest.mark.parametrize(
    "command", ["load", "check", "sparql", "trace", "serve", "demo", "anchors verify", "anchors locate"]
)
def test_every_command_helps_with_an_example(command: str) -> None:
    result = CliRunner().invoke(cli.command_line(), [*command.split(), "--help"], terminal_width=200)
    assert result.exit_code == 0
    assert f"Example: ineq-kg {command}" in result.output


def test_every_error_has_an_exit_code() -> None:
    def all_below(cls: type[IneqKgError]) -> set[type[IneqKgError]]:
        return {cls}.union(*(all_below(below) for below in cls.__subclasses__()))

    for cls in all_below(IneqKgError):
        assert any(above in cli.EXIT_CODES for above in cls.__mro__)
    assert cli.exit_code(StoreFull("x")) == 4


def test_a_named_query_is_a_command(run: Run, store: Path) -> None:
    claim = "mcmahon-2022/claim/predominant-perspective"
    listed = run("query", "--store", store).out
    assert "trace: What does this claim rest on" in listed
    as_csv = run("query", "trace", "--start", claim, "--format", "csv", "--store", store)
    assert as_csv.out == run("query", "trace", f"--start={claim}", "--format=csv", "--store", store).out
    assert len(list(csv.DictReader(io.StringIO(as_csv.out)))) > 10
    assert f"id:{claim}" in run("query", "trace", "--start", claim, "--store", store).out
    missing = run("query", "trace", "--store", store)
    assert (missing.code, "For example start=" in missing.err) == (2, True)
    unknown = run("query", "trace", "--begin", "x", "--store", store)
    assert (unknown.code, "takes: start" in unknown.err) == (2, True)
    assert run("query", "tracing", "--store", store).code == 3


def test_a_query_helps_with_what_it_takes_and_gives(run: Run) -> None:
    told = run("query", "constructs", "--help").out
    assert told.startswith("Usage: ineq-kg query constructs --synthesis IRI [--order first|second|translated|third]")
    assert "The synthesis asked about (required; class ikg:Synthesis; for example mcmahon-2022)" in told
    assert "Which constructs does the synthesis hold" in told
    assert re.search(r"place +Place: Its row in the printed table", told)
    example = told.splitlines()[-1].removeprefix("Example: ineq-kg ")
    assert example == "query constructs --synthesis mcmahon-2022"
    assert "Example: ineq-kg query" in run("query", "--help").out
    assert run("query", "no-such", "--help").code == 3


@pytest.mark.parametrize("wanted", [*Format.for_form("table"), Format.HTML])
def test_an_answer_is_written_to_a_file_in_the_format_of_its_name(
    run: Run, loaded: App, store: Path, tmp_path: Path, wanted: Format
) -> None:
    file = tmp_path / f"studies.{wanted.extension}"
    result = run("query", "studies", "--synthesis", "mcmahon-2022", "--output", file, "--store", store)
    if wanted is Format.HTML:
        assert (result.code, "Use one of: table, json" in result.err) == (2, True)
        return
    assert (result.code, result.out) == (0, "")
    assert loaded.answer("studies", {"synthesis": "mcmahon-2022"}, wanted).body == file.read_bytes()


OWN = """#+ summary: All studies
#+ question: Which studies are there?
#+ columns:
#+   study: {label: Study, meaning: The study}
#+ budget: 10
PREFIX ikg: <https://w3id.org/ineq-kg/ontology#>
SELECT ?study WHERE { ?study a ikg:Study }
"""


def test_queries_of_ones_own_stand_beside_ours(
    run: Run, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "all-studies.rq").write_text(OWN)
    result = run("query", "all-studies", "--queries", folder, "--format", "csv", "--store", store)
    assert len(result.out.split()) == 12
    listed = run("query", "--queries", folder, "--store", store).out
    assert "all-studies: Which studies are there?" in listed
    assert "trace: What does this claim rest on" in listed
    monkeypatch.setenv("INEQ_KG_QUERIES", str(folder))
    assert run("query", "--store", store).out == listed


def test_queries_of_ones_own_are_checked(run: Run, tmp_path: Path) -> None:
    (tmp_path / "all-studies.rq").write_text(OWN)
    assert run("query", "--validate", tmp_path).out == "1 query, nothing to mend\n"
    assert run("query", "--validate", tmp_path / "all-studies.rq").out == "1 query, nothing to mend\n"
    ours = run("query", "--validate", resource("queries"))
    assert re.fullmatch(r"\d\d+ queries, nothing to mend\n", ours.out)
    (tmp_path / "broken.rq").write_text("SELECT")
    (tmp_path / "trace.rq").write_text(OWN)
    (tmp_path / "limited.rq").write_text(OWN.replace(" }\n", " } LIMIT 5\n").replace("ikg:Study", "ikg:Studdy"))
    broken = run("query", "--validate", tmp_path)
    assert (broken.code, broken.out) == (1, "")
    assert "broken.rq:1: the file has no" in broken.err
    assert "trace.rq:1: there is a 'trace' already" in broken.err
    assert "limited.rq:7: LIMIT cuts" in broken.err
    assert "limited.rq:7: the ontology has no term 'Studdy'" in broken.err
    assert broken.err.endswith("4 things to mend\n")
    assert run("query", "--queries", tmp_path).code == 1
    assert run("query", "--validate", tmp_path / "nowhere").code == 2
