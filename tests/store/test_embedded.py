"""A commit is whole or it is not; readers see one version; what is in use stays."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from ineq_kg.app import App
from ineq_kg.errors import QueryError, QueryRefused, StoreBusy, StoreEmpty, StoreError
from ineq_kg.store.embedded import EmbeddedStore, Snapshot
from ineq_kg.store.retention import KEEP
from ineq_kg.store.snapshots import Versions
from places import FOUNDING

GRAPH = "https://example.org/graph"


def quads(*names: str) -> list[ox.Quad]:
    node = ox.NamedNode("https://example.org/node")
    return [ox.Quad(node, node, ox.Literal(name), ox.NamedNode(GRAPH)) for name in names]


def held(store: EmbeddedStore) -> set[str]:
    return {quad.object.value for quad in store.snapshot().quads(GRAPH)}


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "ineq_kg.cli", *map(str, arguments)]


def test_a_commit_replaces_its_graphs_and_leaves_others(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.replace_graphs({GRAPH: quads("a", "b")})
    other = ox.NamedNode("https://example.org/other")
    store.replace_graphs({other.value: [ox.Quad(other, other, other, other)]})
    store.replace_graphs({GRAPH: quads("b", "c")})
    assert held(store) == {"b", "c"}
    assert store.snapshot().graphs() == [GRAPH, other.value]
    store.replace_graphs({GRAPH: []})
    assert store.snapshot().graphs() == [other.value]


def test_a_reader_keeps_the_version_it_opened(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.replace_graphs({GRAPH: quads("old")})
    before = store.snapshot()
    store.replace_graphs({GRAPH: quads("new")})
    assert [quad.object.value for quad in before.quads(GRAPH)] == ["old"]
    assert held(store) == {"new"}
    assert before.version < store.snapshot().version


def test_old_versions_go_and_those_in_use_stay(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.replace_graphs({GRAPH: quads("first")})
    reader = store.snapshot()
    for number in range(KEEP + 3):
        store.replace_graphs({GRAPH: quads(str(number))})
    names = Versions(tmp_path).names()
    assert reader.version in names
    assert len(names) <= KEEP + 2
    assert [quad.object.value for quad in reader.quads(GRAPH)] == ["first"]


def test_an_empty_store_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreEmpty) as caught:
        EmbeddedStore(tmp_path / "none").snapshot()
    assert "ineq-kg load" in caught.value.mend


def test_a_pointer_to_nothing_is_named(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.replace_graphs({GRAPH: quads("a")})
    (tmp_path / "current").write_text("000009-00000000\n")
    with pytest.raises(StoreError, match="no version of this store"):
        store.snapshot()


def test_a_second_writer_is_refused_at_once(tmp_path: Path) -> None:
    App.open(tmp_path).load([FOUNDING])
    before = Versions(tmp_path).current()
    with Versions(tmp_path).writing():
        with pytest.raises(StoreBusy):
            EmbeddedStore(tmp_path).replace_graphs({GRAPH: quads("a")})
        result = subprocess.run(
            command("load", FOUNDING, "--store", tmp_path), capture_output=True, text=True, check=False
        )
    assert result.returncode == 5
    assert "another process is writing" in result.stderr
    assert Versions(tmp_path).current() == before
    assert EmbeddedStore(tmp_path).replace_graphs({GRAPH: quads("a")}) > str(before)


@pytest.mark.parametrize("kilobytes", [2, 20, 200, 500])
def test_a_full_disk_leaves_the_store_as_it_was(tmp_path: Path, kilobytes: int) -> None:
    # A limit on file size makes writes fail as a full disk does, at a different step of the commit for each size.
    store = EmbeddedStore(tmp_path)
    store.replace_graphs({GRAPH: quads("kept")})
    before = (store.version, held(store))
    limit = kilobytes * 1024
    result = subprocess.run(
        command("load", FOUNDING, "--store", tmp_path),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert result.returncode == 4
    assert "no room" in result.stderr
    assert "Free some space" in result.stderr
    assert "Traceback" not in result.stderr
    again = EmbeddedStore(tmp_path)
    assert (again.version, held(again)) == before
    assert Versions(tmp_path).names() == [before[0]]


def test_a_writer_killed_at_any_moment_leaves_a_whole_store(tmp_path: Path) -> None:
    App.open(tmp_path).load([FOUNDING])
    count = len(EmbeddedStore(tmp_path).snapshot())
    for milliseconds in (600, 900, 1100, 1300, 1500, 1800):
        process = subprocess.Popen(
            command("load", FOUNDING, "--store", tmp_path), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        time.sleep(milliseconds / 1000)
        os.kill(process.pid, signal.SIGKILL)
        out, _ = process.communicate()
        snapshot = EmbeddedStore(tmp_path).snapshot()
        assert len(snapshot) == count
        if b"Version" in out:
            assert snapshot.version.encode() in out
    EmbeddedStore(tmp_path).replace_graphs({GRAPH: quads("a")})
    assert all("tmp" not in name.name for name in (tmp_path / "versions").iterdir())


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { service silent ?x { ?s ?p ?o } }",
        "SELECT * {?s ?p 1.SERVICE ?x{}}",
        "SELECT * {?s ?p trueSERVICE ?x{}}",
        "PREFIX x: <http://x/> SELECT * {?s ?p x:.SERVICE ?x{}}",
        "SELECT * {?s?p'x'SERVICE ?x{}}",
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> {} }",
    ],
)
def test_no_query_reaches_another_host(loaded: App, query: str) -> None:
    with pytest.raises(QueryRefused):
        loaded.store.snapshot().select(query)


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?SERVICE ?p \'SERVICE\', """SERVICE <x> {}""" } LIMIT 1 # SERVICE <x> {}',
        "PREFIX x: <http://x/SERVICE#> SELECT * { ?s x:SERVICE <http://x/SERVICE> }",
    ],
)
def test_the_word_alone_is_no_offence(loaded: App, query: str) -> None:
    loaded.store.snapshot().select(query)


def test_an_update_is_not_a_query(loaded: App) -> None:
    with pytest.raises(QueryError):
        loaded.store.snapshot().select("DROP ALL")


def test_whether_there_is_a_snapshot_is_said_without_counting_its_quads(loaded: App) -> None:
    class Uncounted(Snapshot):
        def __len__(self) -> int:
            raise AssertionError("ten million quads are counted for a yes")

    assert Uncounted(ox.Store(), "")
    held = loaded.at()
    held._held = Uncounted(ox.Store(), "000001-00000000")
    assert held.snapshot().version == "000001-00000000"
