"""`ineq-kg snapshots`, `backup` and `restore`, as a user types them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ineq_kg import cli
from ineq_kg.store import embedded, seals
from ineq_kg.store.content import content_digest
from ineq_kg.store.embedded import EmbeddedStore
from ineq_kg.store.retention import KEEP, Retention
from kills import commit, numbers
from places import Finished

Run = Callable[..., Finished]
EVERYTHING = Retention(1000)


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    """A store of five versions."""
    store = EmbeddedStore(tmp_path / "store", EVERYTHING)
    for number in range(5):
        commit(store, number)
    return EmbeddedStore(store.directory, EVERYTHING)


@pytest.fixture(scope="module")
def aging(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of five versions, committed 40, 30, 20, 10 and 0 days ago."""
    directory = tmp_path_factory.mktemp("aging") / "store"
    ages: Iterator[int] = iter((40, 30, 20, 10, 0))

    class Told(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(UTC) - timedelta(days=next(ages))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(embedded, "datetime", Told)
        for number in range(5):
            commit(EmbeddedStore(directory, EVERYTHING), number)
    return directory


@pytest.fixture
def aged(aging: Path, tmp_path: Path) -> EmbeddedStore:
    """The same, to change at will."""
    shutil.copytree(aging, tmp_path / "aged")
    return EmbeddedStore(tmp_path / "aged", EVERYTHING)


def listed(run: Run, store: EmbeddedStore, *options: str) -> list[dict]:
    result = run("snapshots", "list", "--format", "json", *options, "--store", store.directory)
    assert result.code == 0, result.err
    return json.loads(result.out)


def test_every_version_is_listed_with_what_is_known_of_it(run: Run, store: EmbeddedStore) -> None:
    found = listed(run, store)
    entries = store.entries()
    assert [one["version"] for one in found] == [entry.version for entry in entries]
    assert [one["at"] for one in found] == [entry.at.isoformat() for entry in entries]
    assert {one["who"] for one in found} == {"writer"}
    assert [one["why"] for one in found] == ["0", "1", "2", "3", "4"]
    assert [one["parent"] for one in found] == [None, *(one["version"] for one in found[:-1])]
    assert [one["quads"] for one in found] == [1, 2, 3, 4, 5]
    assert [one["current"] for one in found] == [False] * 4 + [True]
    assert all(one["kept"] and not one["held"] and not one["pruned"] for one in found)
    assert all(one["bytes"]["own"] > 0 and one["bytes"]["shared"] > 0 for one in found)
    assert "digest" not in found[0]
    assert "problems" not in found[0]
    table = run("snapshots", "list", "--store", store.directory).out
    assert all(one["version"] in table for one in found)
    assert "writer: 4" in table
    assert "current" in table


def test_what_is_its_own_is_what_its_removal_frees(run: Run, store: EmbeddedStore) -> None:
    def on_disk() -> int:
        files = {path.stat().st_ino: path.stat() for path in store.versions.versions.rglob("*") if path.is_file()}
        return sum(facts.st_blocks * 512 for facts in files.values())

    def beside(version: str) -> int:
        return seals.path_of(store.versions.path(version)).stat().st_blocks * 512

    before, first = on_disk(), listed(run, store)[0]
    freed = beside(first["version"])
    with store.versions.writing():
        assert store.versions.remove(first["version"]) is None
    assert before - on_disk() == first["bytes"]["own"] + freed


def test_versions_that_are_read_past_what_is_kept_or_pruned_say_so(
    run: Run, store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INEQ_KG_KEEP", "2")
    reading = store.pinned(store.versions.committed()[1])
    assert [one["held"] for one in listed(run, store)] == [False, True, False, False, False]
    assert [one["kept"] for one in listed(run, store)] == [False, False, False, True, True]
    result = run("snapshots", "prune", "--store", store.directory)
    assert f"{reading.version} stays: it is being read" in result.out
    assert "2 versions removed, 3 stay." in result.out
    assert [one["why"] for one in listed(run, store)] == ["1", "3", "4"]
    everything = listed(run, store, "--all")
    assert [one["pruned"] for one in everything] == [True, False, True, False, False]
    assert "bytes" not in everything[0]
    table = run("snapshots", "list", "--all", "--store", store.directory).out
    assert table.count("pruned") == 2
    assert "past what is kept, read now" in table
    assert len(reading.quads("https://example.org/kills")) == 2


def test_a_version_is_restored_as_a_new_one(run: Run, store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    target = store.versions.committed()[2]
    result = run(
        "snapshots", "restore", target, "--who", "Ada", "--why", "what came after was wrong", "--store", store.directory
    )
    assert result.code == 0
    assert f"holds what {target} held" in result.out
    now = EmbeddedStore(store.directory)
    assert numbers(now) == [0, 1, 2]
    last = listed(run, now, "--digest")[-1]
    assert (last["revertedTo"], last["who"], last["why"]) == (target, "Ada", "what came after was wrong")
    digests = [one["digest"] for one in listed(run, now, "--digest")]
    assert digests[2] == digests[5] == content_digest(now.snapshot())
    assert len(set(digests)) == 5
    monkeypatch.setenv("INEQ_KG_KEEP", "1")
    assert run("snapshots", "restore", target, "--store", store.directory).code == 0  # though past what is kept
    assert numbers(EmbeddedStore(store.directory)) == [0, 1, 2]
    assert target not in {one["version"] for one in listed(run, store)}
    unknown = run("snapshots", "restore", "000001-00000000", "--store", store.directory)
    assert (unknown.code, "Kept: " in unknown.err) == (3, True)


def test_damage_is_listed(run: Run, store: EmbeddedStore) -> None:
    version = store.versions.committed()[3]
    file = store.versions.path(version) / "IDENTITY"
    file.write_text(file.read_text().swapcase())
    as_json = run("snapshots", "list", "--verify", "--format", "json", "--store", store.directory)
    assert [bool(one["problems"]) for one in json.loads(as_json.out)] == [False, False, False, True, False]
    table = run("snapshots", "list", "--verify", "--store", store.directory)
    assert f"{version}: IDENTITY is not what was committed" in table.out
    assert table.out.count("whole") == 4
    for result in (as_json, table):
        assert result.code == 4
        assert f"damaged: {version}" in result.err
        assert "ineq-kg snapshots restore" in result.err
    refused = run("snapshots", "restore", version, "--store", store.directory)
    assert refused.code == 4
    assert "IDENTITY" in refused.err


@pytest.mark.parametrize(
    ("options", "environment", "left"),
    [
        ((), {}, "01234"),
        (("--keep", "2"), {}, "34"),
        (("--keep", "1"), {}, "4"),
        ((), {"INEQ_KG_KEEP": "3"}, "234"),
        (("--keep", "4"), {"INEQ_KG_KEEP": "3"}, "1234"),
        # 25 days ago the version of 30 days ago was current, and for 5 days more.
        (("--keep", "1", "--days", "25"), {}, "1234"),
        (("--keep", "1", "--days", "15"), {}, "234"),
        (("--keep", "1", "--days", "0"), {}, "4"),
        (("--keep", "1"), {"INEQ_KG_KEEP_DAYS": "15"}, "234"),
        (("--keep", "1", "--days", "none"), {"INEQ_KG_KEEP_DAYS": "15"}, "4"),
        (("--keep", "4", "--days", "15"), {}, "1234"),
        (("--keep", "1", "--days", "1e300"), {}, "01234"),
    ],
)
def test_versions_are_kept_by_number_and_age(
    run: Run,
    aged: EmbeddedStore,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    environment: dict,
    left: str,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    before = [one["version"] for one in listed(run, aged)]
    dry = run("snapshots", "prune", *options, "--dry-run", "--store", aged.directory)
    assert [one["version"] for one in listed(run, aged)] == before
    done = run("snapshots", "prune", *options, "--store", aged.directory)
    assert [one["why"] for one in listed(run, aged)] == list(left)
    for number, version in enumerate(before):
        stays = str(number) in left
        assert f"{version} {'stays' if stays else 'removed'}: it " in done.out
        assert f"{version} {'stays' if stays else 'would be removed'}: it " in dry.out
    assert f"{before[-1]} stays: it is current" in done.out
    assert len(EmbeddedStore(aged.directory).entries()) == 5


def test_every_commit_keeps_what_the_settings_say(
    run: Run, aged: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INEQ_KG_KEEP", "2")
    monkeypatch.setenv("INEQ_KG_KEEP_DAYS", "15")
    assert run("snapshots", "restore", str(aged.version), "--store", aged.directory).code == 0
    assert [one["why"] for one in listed(run, aged)][:3] == ["2", "3", "4"]
    monkeypatch.delenv("INEQ_KG_KEEP_DAYS")
    assert run("snapshots", "restore", str(aged.version), "--store", aged.directory).code == 0
    assert len(listed(run, aged)) == 2


@pytest.mark.parametrize(
    ("variable", "value"),
    [("INEQ_KG_KEEP", "0"), ("INEQ_KG_KEEP", "all"), ("INEQ_KG_KEEP_DAYS", "-1"), ("INEQ_KG_KEEP_DAYS", "nan")],
)
def test_a_rule_that_is_none_is_refused(
    run: Run, store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    option = {"INEQ_KG_KEEP": "--keep", "INEQ_KG_KEEP_DAYS": "--days"}[variable]
    given = run("snapshots", "prune", option, value, "--store", store.directory)
    monkeypatch.setenv(variable, value)
    set_ = run("snapshots", "prune", "--store", store.directory)
    for result, name in ((given, option.removeprefix("--")), (set_, variable)):
        assert result.code == 2
        assert f"{name}: {value!r}" in result.err
        assert "For example" in result.err
    assert len(store.versions.names()) == 5


def test_prune_waits_for_no_writer_and_list_needs_none(run: Run, store: EmbeddedStore) -> None:
    with store.versions.writing():
        assert run("snapshots", "prune", "--keep", "1", "--store", store.directory).code == 5
        assert run("snapshots", "prune", "--keep", "1", "--dry-run", "--store", store.directory).code == 0
        assert len(listed(run, store, "--verify", "--digest")) == 5


def test_an_unfinished_commit_is_told_from_an_old_version(run: Run, store: EmbeddedStore) -> None:
    (store.versions.versions / "000099-deadbeef").mkdir()
    assert len(listed(run, store, "--all")) == 5
    result = run("snapshots", "prune", "--store", store.directory)
    assert "000099-deadbeef removed: it is left of a commit that did not finish" in result.out


def test_a_store_that_is_not_there(run: Run, tmp_path: Path) -> None:
    nowhere = ("--store", tmp_path / "nowhere")
    assert run("snapshots", "list", "--format", "json", *nowhere).out.strip() == "[]"
    assert "0 versions removed" in run("snapshots", "prune", *nowhere).out
    assert run("snapshots", "restore", "000001-00000000", *nowhere).code == 3
    assert run("backup", tmp_path / "backup.tar", *nowhere).code == 4
    missing = run("restore", tmp_path / "backup.tar", *nowhere)
    assert (missing.code, "cannot be read" in missing.err) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_by_name_and_suffix(run: Run, store: EmbeddedStore, tmp_path: Path) -> None:
    older = store.versions.committed()[1]
    for name, first in (("a.tar", b"manifest.json"), ("a.tar.gz", b"\x1f\x8b"), ("a.tgz", b"\x1f\x8b")):
        result = run("backup", tmp_path / name, "--at", older, "--store", store.directory)
        assert result.code == 0
        assert f"version {older}, 2 quads" in result.out
        assert (tmp_path / name).read_bytes().startswith(first)
        assert run("restore", tmp_path / name, "--store", tmp_path / f"{name}.store").code == 0
        assert numbers(EmbeddedStore(tmp_path / f"{name}.store")) == [0, 1]
    again = run("restore", tmp_path / "a.tar", "--store", tmp_path / "a.tgz.store")
    assert (again.code, "not empty" in again.err) == (4, True)
    assert run("backup", tmp_path / "a.tar", "--store", store.directory).code == 4
    assert run("backup", tmp_path / "b.tar", "--at", "x", "--store", store.directory).code == 3


@pytest.mark.parametrize("command", ["snapshots list", "snapshots restore", "snapshots prune", "backup", "restore"])
def test_every_command_helps_with_an_example(command: str) -> None:
    result = CliRunner().invoke(cli.command_line(), [*command.split(), "--help"], terminal_width=200)
    assert result.exit_code == 0
    assert f"Example: ineq-kg {command}" in result.output
    assert str(KEEP) in result.output or command != "snapshots prune"
