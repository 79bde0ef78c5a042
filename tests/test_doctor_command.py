"""`ineq-kg doctor`, on installations that are sound and on some that are not."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from ineq_kg.access import Scope, Tokens
from ineq_kg.app import App
from ineq_kg.store import embedded, seals
from ineq_kg.store.embedded import EmbeddedStore
from ineq_kg.vocabulary import ONTOLOGY, ONTOLOGY_GRAPH, PREFIXES
from places import Finished

Run = Callable[..., Finished]


@pytest.fixture
def store(loaded: App, tmp_path: Path) -> EmbeddedStore:
    """A store that holds the founding synthesis, to harm at will."""
    shutil.copytree(loaded.store.directory, tmp_path / "store")
    return EmbeddedStore(tmp_path / "store")


@pytest.fixture(scope="module")
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def found(run: Run, *options: object, code: int | None = None) -> list[dict[str, Any]]:
    result = run("doctor", "--format", "json", *options)
    data = json.loads(result.out)
    faults = [one for one in data["findings"] if one["level"] == "fault"]
    assert data["sound"] == (not faults)
    assert result.code == (1 if faults else 0), faults
    assert code is None or result.code == code, faults
    return data["findings"]


def only(findings: list[dict[str, Any]], level: str, words: str) -> dict[str, Any]:
    """The one finding of this level that says these words; it has a mend."""
    fitting = [one for one in findings if one["level"] == level and words in one["said"]]
    assert len(fitting) == 1, (words, findings)
    assert fitting[0]["mend"]
    return fitting[0]


def test_a_sound_installation(run: Run, store: EmbeddedStore, free_port: int) -> None:
    Tokens(store.directory / "tokens.json").create("Ana", [Scope.WRITE], timedelta(days=200))
    store.snapshot()  # every reader leaves its lock
    before = sorted(store.directory.rglob("*"))
    findings = found(run, "--verify", "--port", free_port, code=0)
    assert [one["said"] for one in findings if one["level"] in {"warning", "fault"}] == []
    said = " ".join(one["said"] for one in findings)
    for words in (
        "on Python",
        str(store.version),
        "1 commit, back to the first",
        "read to the end",
        "0.1.0, as this software's",
        "1 token",
        f"port {free_port}",
    ):
        assert words in said
    assert {one["area"] for one in findings} == {"software", "store", "service"}
    assert sorted(store.directory.rglob("*")) == before
    text = run("doctor", "--port", free_port)
    assert text.code == 0
    assert "0 faults, 0 warnings" in text.out
    assert "--verify" in text.out


def test_where_nothing_has_been_loaded(run: Run, tmp_path: Path) -> None:
    assert "ineq-kg load" in only(found(run, code=0), "warning", "there is no store")["mend"]
    assert not (tmp_path / "store").exists()
    (tmp_path / "store").write_text("", encoding="utf-8")
    only(found(run, code=1), "fault", "is not a directory")


def test_a_pointer_and_a_journal_that_are_wrong(run: Run, store: EmbeddedStore) -> None:
    version = str(store.version)
    store.versions.pointer.unlink()
    assert version in only(found(run, code=0), "warning", "the pointer is lost")["mend"]
    store.versions.pointer.write_text("nonsense\n", encoding="ascii")
    assert "snapshots restore" in only(found(run, code=1), "fault", "'nonsense'")["mend"]
    store.versions.pointer.write_text(version + "\n", encoding="ascii")
    (store.versions.versions / "000099-deadbeef").mkdir()
    only(found(run, code=0), "note", "000099-deadbeef")
    store.versions.journal.path.unlink()
    only(found(run, code=0), "warning", "the journal has no line")


def test_damage_and_loss_in_the_current_version_are_found_always(run: Run, store: EmbeddedStore) -> None:
    version = str(store.version)
    file = store.versions.path(version) / "IDENTITY"
    file.write_text(file.read_text().swapcase())
    for options in ((), ("--verify",)):
        assert version in only(found(run, *options, code=1), "fault", "IDENTITY")["said"]
    for path in store.versions.path(version).glob("MANIFEST*"):
        path.unlink()
    findings = found(run, code=1)
    assert (
        "snapshots list --verify"
        in next(one for one in findings if version in one["said"] and one["level"] == "fault")["mend"]
    )
    text = run("doctor")
    assert (text.code, "FAULT" in text.out) == (1, True)


def test_damage_in_an_older_version_is_found_where_all_is_read(run: Run, store: EmbeddedStore) -> None:
    older = str(store.version)
    quad = ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), ox.Literal("o"), ox.NamedNode("a:g"))
    current = store.commit(lambda clone: clone.add(quad))
    file = next(one for one in seals.files(store.versions.path(older)) if one.stat().st_nlink == 1)
    file.write_bytes(file.read_bytes() + b"x")
    assert f"each file of version {current}" in " ".join(one["said"] for one in found(run, code=0))
    assert older in only(found(run, "--verify", code=1), "fault", f"{file.name} is not what was")["said"]
    seals.path_of(store.versions.path(current)).unlink()
    assert current in only(found(run, code=0), "warning", "is not known")["said"]


def test_another_ontology_and_another_time(run: Run, store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    class Told(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(UTC) + timedelta(hours=2)

    said = ox.Quad(
        ox.NamedNode(ONTOLOGY),
        ox.NamedNode(PREFIXES["owl"] + "versionInfo"),
        ox.Literal("0.0.9"),
        ox.NamedNode(ONTOLOGY_GRAPH),
    )
    with monkeypatch.context() as patched:
        patched.setattr(embedded, "datetime", Told)
        store.replace_graphs({ONTOLOGY_GRAPH: [said]})
    findings = found(run, code=0)
    assert "ineq-kg load" in only(findings, "warning", "0.0.9")["mend"]
    only(findings, "warning", "s from now")


def test_a_store_that_is_written_to(run: Run, store: EmbeddedStore) -> None:
    with store.versions.writing():
        only(found(run, code=0), "note", "somebody is writing now")


def test_queries_that_are_wrong(run: Run, tmp_path: Path, store: EmbeddedStore) -> None:
    folder = tmp_path / "mine"
    only(found(run, "--queries", folder, code=1), "fault", str(folder))
    folder.mkdir()
    (folder / "half.rq").write_text("SELECT * {", encoding="utf-8")
    assert "half.rq" in only(found(run, "--queries", folder, code=1), "fault", "half.rq")["said"]


def test_tokens_that_others_can_read_and_that_end(run: Run, store: EmbeddedStore) -> None:
    tokens = Tokens(store.directory / "tokens.json")
    token, _ = tokens.create("Ana", [Scope.WRITE], timedelta(days=3))
    past, _ = tokens.create("Bo", [Scope.WRITE], timedelta(seconds=-1))
    findings = found(run, code=0)
    assert token.id in only(findings, "note", "of Ana expires on")["mend"]
    assert past.id in only(findings, "note", "of Bo has expired")["mend"]
    tokens.path.chmod(0o644)
    assert only(found(run, code=1), "fault", "tokens.json")["mend"].startswith("chmod 600")


def test_settings_that_are_none_and_that_do_not_fit(
    run: Run, store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INEQ_KG_RATE_LIMIT", "often")
    findings = found(run, code=1)
    assert "600/minute" in only(findings, "fault", "INEQ_KG_RATE_LIMIT: 'often'")["mend"]
    assert [one for one in findings if str(store.version) in one["said"]]
    monkeypatch.delenv("INEQ_KG_RATE_LIMIT")
    monkeypatch.setenv("INEQ_KG_QUERY_MEMORY", "9TiB")
    only(found(run, code=0), "warning", "the machine has")
    monkeypatch.setenv("INEQ_KG_QUERY_MEMORY", "none")
    only(found(run, code=0), "warning", "no limit on their memory")


def test_a_port_that_is_taken(run: Run, store: EmbeddedStore) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        only(found(run, "--port", port, code=0), "note", f"port {port} of 127.0.0.1 is taken")
    only(found(run, "--host", "203.0.113.1", code=1), "fault", "203.0.113.1")
