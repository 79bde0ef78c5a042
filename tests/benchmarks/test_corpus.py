"""A constructed corpus is what it says: valid, shaped like the founding synthesis, the same every time, made as it is read."""

from __future__ import annotations

import runpy
import sys
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from corpus import SHARING, Corpus, as_read, store_in
from draft import TOKEN
from ineq_kg.app import App
from ineq_kg.checking import findings
from ineq_kg.ingest.records import Loaded
from ineq_kg.loading import prepare
from ineq_kg.queries.catalogue import Catalogue
from ineq_kg.records import Record, Report, SourceSpan, is_kind
from ineq_kg.records.bundle import Bundle
from ineq_kg.records.fields import references
from ineq_kg.resources import resource
from ineq_kg.triples.mapper import read, write
from ineq_kg.triples.naming import shared_iri
from ineq_kg.vocabulary import ONTOLOGY_GRAPH
from places import ROOT
from timing import asked

QUERIES = Catalogue.read(resource("queries")).queries
NUMBERS = [0, 5, 11, 1234]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus(40, templates=12)


@pytest.fixture(scope="module")
def app(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> App:
    folder = tmp_path_factory.mktemp("corpus")
    store_in(corpus, folder)
    return App.open(folder)


@pytest.mark.parametrize("number", NUMBERS)
def test_nothing_is_found_wrong_with_it(corpus: Corpus, number: int) -> None:
    """No violation; and warnings only where they are acknowledged, as in the founding synthesis."""
    found = findings(as_read(corpus.bundle(number)))
    assert [finding for finding in found if finding.counts] == []
    assert len(found) > 0


@pytest.mark.parametrize("number", NUMBERS)
def test_its_references_are_sound_and_it_comes_back_as_it_was(corpus: Corpus, number: int) -> None:
    bundle = corpus.bundle(number)
    assert read(write(bundle)) == bundle
    for record in bundle.records:
        for reference in references(record):
            assert is_kind(type(bundle.by_id[reference.slug]), reference.kinds)


@pytest.mark.parametrize("number", NUMBERS)
def test_what_is_stored_is_what_a_load_of_its_records_would_commit(corpus: Corpus, number: int) -> None:
    prepared = prepare(as_read(corpus.bundle(number)))
    stored = set(ox.parse(corpus.nquads(number).encode(), ox.RdfFormat.N_QUADS))
    assert stored == {quad for graph in prepared.graphs.values() for quad in graph}
    assert len(stored) == prepared.asserted + prepared.derived


def test_every_record_says_that_it_is_constructed(corpus: Corpus) -> None:
    for record in corpus.bundle(7).records:
        if isinstance(record, SourceSpan):
            assert record.source == "source/text"
        else:
            assert record.label.startswith("Constructed ")
        assert not TOKEN.search(record.model_dump_json())


def test_the_same_seed_gives_the_same_corpus_and_another_seed_another() -> None:
    one, longer, other = Corpus(1, templates=2), Corpus(1000, templates=2), Corpus(1, templates=2, seed=1)
    assert one.nquads(11) == longer.nquads(11)
    assert one.nquads(11) != other.nquads(11)


def test_syntheses_have_words_of_their_own(corpus: Corpus) -> None:
    one, other = ({record.label for record in corpus.bundle(n).records if isinstance(record, Record)} for n in (3, 15))
    assert len(one & other) < len(one) / 10


def test_neighbours_share_a_report_and_strangers_none(corpus: Corpus) -> None:
    def shared(number: int) -> set[str | None]:
        return {shared_iri(record) for record in corpus.bundle(number).records if isinstance(record, Report)} - {None}

    assert len(shared(0) & shared(SHARING - 1)) == 1
    assert not shared(0) & shared(SHARING)


@pytest.mark.parametrize("triples", [1500, 4000])
def test_a_synthesis_asserts_about_as_many_triples_as_asked_for(triples: int) -> None:
    corpus = Corpus(4, triples=triples, templates=4)
    mean = sum(len(list(write(bundle))) for bundle in corpus) / len(corpus)
    assert mean == pytest.approx(triples, rel=0.1)


def kinds(bundle: Bundle) -> Counter[str]:
    return Counter(type(record).__name__ for record in bundle.records)


def test_at_its_size_it_is_shaped_like_the_founding_synthesis(founding: Loaded) -> None:
    size = len(list(write(founding.bundle)))
    bundles = list(Corpus(2, triples=size, templates=2))
    theirs = kinds(founding.bundle)
    for name, number in theirs.items():
        mean = sum(kinds(bundle)[name] for bundle in bundles) / len(bundles)
        assert number / 2 <= mean + 1, name
        assert mean <= 2 * number + 3, name


@pytest.mark.parametrize("name", QUERIES)
def test_every_named_query_is_answered_by_rows(corpus: Corpus, app: App, name: str) -> None:
    for question in asked(app, QUERIES[name], corpus.bundle(corpus.middle)):
        assert len(app.rows(name, question.values)[0]) > 0, question.name


def test_a_corpus_of_any_length_begins_at_once() -> None:
    corpus = Corpus(900_000, templates=2)
    assert next(iter(corpus)).synthesis.id == "constructed-000000"
    assert corpus.size > 900_000_000
    assert len(corpus.of_quads(10_000_000)) < 10_000
    assert corpus.size == pytest.approx(10_000_000, rel=0.01)


def run(name: str, monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    """Run a command of `benchmarks/` in this process."""
    monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
    runpy.run_path(str(ROOT / "benchmarks" / name), run_name="__main__")


def test_the_command_makes_a_store_that_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("corpus.py", monkeypatch, "--syntheses", 3, "--triples", 1000, "--store", tmp_path)
    app = App.open(tmp_path)
    assert len(app.rows("syntheses", {})[0]) == 3
    snapshot = app.store.snapshot()
    quads = len(snapshot) - len(snapshot.quads(ONTOLOGY_GRAPH))
    assert f"3 syntheses, {quads:,} quads" in capsys.readouterr().out


def test_the_benchmark_of_queries_tells_of_every_query_and_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("queries.py", monkeypatch, "--sizes", "0.01,0.02", "--times", 2, "--stores", tmp_path)
    *lines, last = capsys.readouterr().out.splitlines()
    told = {line.split("  ")[0]: line.split() for line in lines}
    for name in QUERIES:
        assert [word for word in told[name] if word.endswith("x")], f"{name}: how it grows from one size to the next"
    assert last.startswith("over their budget: ")
