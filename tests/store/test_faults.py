"""Whatever happens to a writer, the disk or the clock: nothing acknowledged is lost, and damage is named."""

from __future__ import annotations

import errno
import os
import random
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from ineq_kg.app import App
from ineq_kg.errors import StoreDamaged, StoreEmpty, StoreError, StoreFull
from ineq_kg.store import embedded, retention, seals
from ineq_kg.store.embedded import EmbeddedStore
from ineq_kg.store.journal import Entry, Journal, Note
from ineq_kg.store.retention import Retention, prune
from ineq_kg.store.verify import verify
from kills import commit, kill_writers, numbers
from places import FOUNDING, Finished
from serving import served

FULL = Path("/dev/full")
# Dies of SIGKILL, as by `kill -9`, in the middle of what the first argument names.
DYING = """
import os, shutil, signal, sys
from pathlib import Path
from ineq_kg.store.retention import Retention
from ineq_kg.store.embedded import EmbeddedStore
from ineq_kg.store.snapshots import Versions
from kills import commit

def die(*_arguments, **_options):
    os.kill(os.getpid(), signal.SIGKILL)

def half(path, **_options):
    next(Path(path).glob("*.sst")).unlink()
    die()

where, directory, number = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
if where == "pointer":
    Versions.flip = die
elif where == "pruning":
    shutil.rmtree = half
commit(EmbeddedStore(directory, Retention(1)), number)
"""


def run_python(text: str, *arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return subprocess.run(
        [sys.executable, "-c", text, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path},
        **options,
    )


def store_of(directory: Path, commits: int, rule: Retention | None = None) -> EmbeddedStore:
    store = EmbeddedStore(directory, rule or Retention())
    for number in range(commits):
        commit(store, number)
    return EmbeddedStore(directory)


@pytest.fixture
def copied(loaded: App, tmp_path: Path) -> Path:
    """A store of its own that holds the founding synthesis in its first version, and a quad more in its second."""
    directory = tmp_path / "copied"
    shutil.copytree(loaded.store.directory, directory)
    commit(EmbeddedStore(directory), 0)
    return directory


def entries_of(directory: Path) -> list[Entry]:
    """Return the commits, seen to follow one from another."""
    entries = EmbeddedStore(directory).entries()
    assert [entry.parent for entry in entries] == [None, *(entry.version for entry in entries[:-1])]
    assert all(before.at < after.at for before, after in pairwise(entries))
    return entries


def left_in(directory: Path) -> set[str]:
    return {path.name.partition(".")[0] for path in (directory / "versions").iterdir()}


# --- killed --------------------------------------------------------------------------------------------------------------


def test_writers_killed_at_random_lose_nothing(tmp_path: Path) -> None:
    # `make bench-kills` does this for 200 commits.
    seen = kill_writers(tmp_path / "store", 40, seed=7)
    assert seen.kills > 5


def test_killed_between_journal_and_pointer(tmp_path: Path) -> None:
    before = store_of(tmp_path, 3).version
    assert run_python(DYING, "pointer", tmp_path, 3).returncode == -9
    store = EmbeddedStore(tmp_path)
    assert (store.version, numbers(store)) == (before, [0, 1, 2])
    assert len(left_in(tmp_path) - set(store.versions.committed())) == 1
    after = commit(store, 3)
    assert [entry.note.why for entry in entries_of(tmp_path)] == ["0", "1", "2", "3"]
    assert entries_of(tmp_path)[-1].version == after
    assert left_in(tmp_path) == set(store.versions.committed())


def test_killed_at_the_end_of_the_first_commit(tmp_path: Path) -> None:
    assert run_python(DYING, "pointer", tmp_path, 0).returncode == -9
    store = EmbeddedStore(tmp_path)
    assert numbers(store) == [0]  # not acknowledged, but whole, and journalled
    assert verify(store, str(store.version)) == []
    commit(store, 1)
    assert len(entries_of(tmp_path)) == 2


def test_killed_while_it_removes_a_version(tmp_path: Path) -> None:
    store_of(tmp_path, 4)
    assert run_python(DYING, "pruning", tmp_path, 4).returncode == -9
    store = EmbeddedStore(tmp_path)
    for version in store.versions.committed():
        assert verify(store, version) == []
    commit(store, 9)
    assert left_in(tmp_path) == set(store.versions.committed())
    assert not list((tmp_path / "versions").glob("*.gone"))


def test_what_is_left_over_is_swept_up(tmp_path: Path) -> None:
    store = store_of(tmp_path, 2)
    versions = tmp_path / "versions"
    (versions / "000099-deadbeef").mkdir()
    (versions / "000099-deadbeef" / "000001.sst").write_bytes(b"half")
    (versions / "000098-deadbeef.tmp").mkdir()
    for name in ("000097-deadbeef.lock", "000096-deadbeef.sha256"):
        (versions / name).touch()
    assert store.versions.committed() == store.versions.names()[:2]
    assert numbers(store) == [0, 1]
    commit(store, 2)
    assert left_in(tmp_path) == set(store.versions.committed())
    assert len(store.versions.committed()) == 3


# --- full ----------------------------------------------------------------------------------------------------------------

COMMITTING = """
import resource, sys
from pathlib import Path
from ineq_kg.errors import StoreFull
from ineq_kg.store.embedded import EmbeddedStore
from kills import commit
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    commit(EmbeddedStore(Path(sys.argv[1])), 99)
except StoreFull as error:
    print(error, error.mend)
"""


def refused_for_want_of_room(directory: Path, limit: int) -> None:
    """Commit with files limited to so many bytes, see it refused and nothing changed; then without, and see it done."""
    store = EmbeddedStore(directory)
    before = (store.version, numbers(store), len(entries_of(directory)))
    result = run_python(COMMITTING, directory, limit)
    assert result.returncode == 0, result.stderr
    assert "there is no room to go on committing" in result.stdout
    assert "Free some space" in result.stdout
    again = EmbeddedStore(directory)
    assert (again.version, numbers(again), len(entries_of(directory))) == before
    assert left_in(directory) == set(again.versions.committed())
    commit(again, 5)
    assert len(entries_of(directory)) == before[2] + 1


@pytest.mark.parametrize("seed", range(4))
def test_a_disk_that_is_full_at_a_random_size(tmp_path: Path, seed: int) -> None:
    store_of(tmp_path, 2)
    refused_for_want_of_room(tmp_path, random.Random(seed).randrange(1, 60_000))


@pytest.mark.parametrize("room", [0, 1, 40])
def test_no_room_for_the_line_of_the_journal(tmp_path: Path, room: int) -> None:
    store_of(tmp_path, 2)
    journal = tmp_path / "journal.jsonl"
    # The journal is made longer than any file of a small commit, by a line that is none.
    journal.write_bytes(b"x" * 16_000_000 + b"\n" + journal.read_bytes())
    refused_for_want_of_room(tmp_path, journal.stat().st_size + room)


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("commits", [0, 3])
def test_no_room_for_the_pointer(tmp_path: Path, commits: int) -> None:
    store = store_of(tmp_path, commits)
    before = store.version
    tmp_path.joinpath("current.new").symlink_to(FULL)
    with pytest.raises(StoreFull):
        commit(store, commits)
    assert EmbeddedStore(tmp_path).version == before
    assert left_in(tmp_path) == set(store.versions.committed())
    tmp_path.joinpath("current.new").unlink()
    commit(store, commits)
    assert [entry.note.why for entry in entries_of(tmp_path)] == [str(number) for number in range(commits + 1)]


def test_a_directory_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="for writing") as caught:
        commit(EmbeddedStore(tmp_path / "file" / "store"), 0)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.ENOTDIR


# --- the clock and the journal -------------------------------------------------------------------------------------------


def test_a_clock_that_is_set_at_will_keeps_the_journal_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(3)
    start = datetime(2026, 5, 1, tzinfo=UTC)

    class Told(datetime):
        @classmethod
        def now(cls, tz=None):
            return start + timedelta(seconds=chance.uniform(-1e8, 1e8))

    monkeypatch.setattr(embedded, "datetime", Told)
    store = EmbeddedStore(tmp_path)
    versions = [commit(store, number) for number in range(5)]
    versions.append(store.commit(lambda _: None, Note(why="back"), base=versions[1]))
    versions += [commit(store, number) for number in (7, 8)]
    entries = entries_of(tmp_path)
    assert [entry.version for entry in entries] == versions == sorted(versions)
    assert entries[5].base == versions[1]
    assert numbers(store) == [0, 1, 7, 8]


@given(st.lists(st.tuples(st.text(st.characters()), st.text(st.characters())), max_size=6), st.data())
def test_any_text_comes_back_from_the_journal(
    tmp_path_factory: pytest.TempPathFactory, notes: list[tuple[str, str]], data: st.DataObject
) -> None:
    journal = Journal(tmp_path_factory.mktemp("journal") / "journal.jsonl")
    entries: list[Entry] = []
    for number, (who, why) in enumerate(notes):
        parent = entries[-1].version if entries else None
        at = datetime(2026, 5, 1, 12, 0, number, tzinfo=UTC)
        entries.append(Entry(f"{number:06d}-00000000", parent, at, Note(who, why)))
        journal.append(entries[-1])
        if data.draw(st.booleans()):  # a writer that was cut off
            with journal.path.open("ab") as file:
                file.write(entries[-1].line()[: data.draw(st.integers(0, 30))])
    assert journal.entries(entries[-1].version if entries else None) == entries


# --- pointers and damage -------------------------------------------------------------------------------------------------


def test_a_lost_pointer_loses_nothing(tmp_path: Path) -> None:
    store = store_of(tmp_path, 3)
    before = store.version
    (tmp_path / "current").unlink()
    assert EmbeddedStore(tmp_path).version == before
    commit(EmbeddedStore(tmp_path), 3)
    assert numbers(EmbeddedStore(tmp_path)) == [0, 1, 2, 3]
    assert len(store.versions.committed()) == 4


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"000001-00000000\n", b"../../etc\n", b"0" * 5000])
def test_a_pointer_to_nothing_is_named_and_mended(tmp_path: Path, run: Callable[..., Finished], text: bytes) -> None:
    store = store_of(tmp_path, 3)
    before, kept = store.version, store.versions.names()
    (tmp_path / "current").write_bytes(text)
    with pytest.raises(StoreError):
        commit(store, 3)
    for command in (("snapshots", "list"), ("query", "syntheses"), ("snapshots", "prune"), ("backup", tmp_path / "b")):
        result = run(*command, "--store", tmp_path)
        assert result.code == 4
        assert f"ineq-kg snapshots restore {before}" in result.err
    assert store.versions.names() == kept
    assert run("snapshots", "restore", kept[0], "--store", tmp_path).code == 0
    assert numbers(EmbeddedStore(tmp_path)) == [0]
    assert len(entries_of(tmp_path)) == 4


def damaged(file: Path, how: str) -> None:
    data = bytearray(file.read_bytes())
    if how == "missing":
        file.unlink()
    elif how == "truncated":
        file.write_bytes(data[: len(data) // 2])
    else:
        data[int(how)] ^= 0x20
        file.write_bytes(data)


@pytest.mark.parametrize(
    ("pattern", "how"),
    [
        ("*.sst", "missing"),
        ("*.sst", "truncated"),
        ("MANIFEST-*", "300"),
        ("MANIFEST-*", "truncated"),
        ("CURRENT", "missing"),
    ],
)
def test_a_version_that_does_not_open_is_named_with_those_that_do(
    copied: Path, run: Callable[..., Finished], pattern: str, how: str
) -> None:
    whole, version = EmbeddedStore(copied).versions.committed()
    # Hard links: what is damaged in one version is so in those that share the file.
    files = (copied / "versions" / version).glob(pattern)
    damaged(max((file for file in files if file.stat().st_nlink == 1), key=lambda file: file.stat().st_size), how)
    result = run("trace", "mcmahon-2022/study/babbel", "--store", copied)
    assert result.code == 4
    assert f"version {version} is damaged" in result.err
    assert f"ineq-kg snapshots restore {whole}" in result.err
    assert "Traceback" not in result.err
    with pytest.raises(StoreDamaged) as caught:
        EmbeddedStore(copied).snapshot()
    assert caught.value.version == version
    assert run("snapshots", "restore", version, "--store", copied).code == 4
    assert EmbeddedStore(copied).version == version
    assert run("snapshots", "restore", whole, "--why", "damage", "--store", copied).code == 0
    assert verify(EmbeddedStore(copied), str(EmbeddedStore(copied).version)) == []
    assert run("trace", "mcmahon-2022/study/babbel", "--up", "--store", copied).code == 0


def test_a_flipped_bit_is_found_in_any_file(copied: Path) -> None:
    store = EmbeddedStore(copied)
    version = str(store.version)
    assert verify(store, version) == []
    chance = random.Random(5)
    for file in seals.files(store.versions.path(version)):
        before = file.read_bytes()
        if not before:
            continue
        damaged(file, str(chance.randrange(len(before))))
        found = verify(store, version)
        assert any(problem.startswith(f"{file.name} is not what was committed") for problem in found)
        file.write_bytes(before)
    assert verify(store, version) == []
    seals.path_of(store.versions.path(version)).unlink()
    assert "digests" in verify(store, version)[0]


def test_a_flipped_bit_never_makes_a_shorter_table(copied: Path) -> None:
    store = EmbeddedStore(copied)
    everything = "SELECT * { GRAPH ?g { ?s ?p ?o } }"
    count = len(store.snapshot().select(everything))
    refused = 0
    for file in store.versions.path(str(store.version)).glob("*.sst"):
        before = file.read_bytes()
        damaged(file, str(len(before) // 3))
        try:
            assert len(EmbeddedStore(copied).snapshot().select(everything)) == count
        except StoreDamaged as error:
            refused += 1
            assert "ineq-kg" in error.mend
        file.write_bytes(before)
    assert refused


# --- readers -------------------------------------------------------------------------------------------------------------

READING = """
import sys
from pathlib import Path
from ineq_kg.store.embedded import EmbeddedStore
from kills import numbers
directory, how = Path(sys.argv[1]), sys.argv[2]
store = EmbeddedStore(directory)
if how == "hold":
    snapshot = store.snapshot()
    print(snapshot.version, flush=True)
    for line in sys.stdin:
        print(len(snapshot.quads("https://example.org/kills")), flush=True)
else:
    print("ready", flush=True)
    seen = 0
    while seen < int(how):
        found = numbers(EmbeddedStore(directory))
        assert found == list(range(len(found))) and len(found) >= seen, found
        seen = len(found)
    print(seen, flush=True)
"""


def reader(directory: Path, how: object) -> subprocess.Popen[str]:
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return subprocess.Popen(
        [sys.executable, "-c", READING, str(directory), str(how)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )


def test_nothing_is_pruned_under_a_reader_in_another_process(tmp_path: Path) -> None:
    store_of(tmp_path, 3)
    with reader(tmp_path, "hold") as process:
        assert process.stdin
        assert process.stdout
        version = process.stdout.readline().strip()
        store = EmbeddedStore(tmp_path, Retention(1))
        for number in range(3, 7):
            commit(store, number)
            process.stdin.write("\n")
            process.stdin.flush()
            assert process.stdout.readline().strip() == "3"
        assert store.versions.committed() == [version, store.version]
        assert store.versions.held(version)
        with store.versions.writing():
            fates = {fate.version: fate.why for fate in prune(store.versions, Retention(1))}
        assert fates == {version: "is being read", str(store.version): "is current"}
        process.stdin.close()
        assert process.wait(20) == 0
    with store.versions.writing():
        prune(store.versions, Retention(1))
    assert store.versions.committed() == [store.version]
    assert not store.versions.held(str(store.version))


def test_readers_that_come_and_go_never_miss_the_current_version(tmp_path: Path) -> None:
    store = store_of(tmp_path, 1, Retention(1))
    readers = [reader(tmp_path, 15) for _ in range(2)]
    for process in readers:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    store = EmbeddedStore(tmp_path, Retention(1))
    for number in range(1, 15):
        commit(store, number)
        for _ in range(200):  # to look whether someone reads a version is not to take it from who begins to
            store.versions.held(str(store.version))
    for process in readers:
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (0, "15\n"), err
    commit(store, 15)
    assert store.versions.committed() == [store.version]


def test_an_empty_store_has_nothing_to_prune(tmp_path: Path, run: Callable[..., Finished]) -> None:
    assert run("snapshots", "prune", "--store", tmp_path / "store").code == 0
    with pytest.raises(StoreEmpty):
        EmbeddedStore(tmp_path / "store").snapshot()


# --- damage while it is answered from ------------------------------------------------------------------------------------


def until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + 30
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.05)


def gauges(address: str) -> dict[str, float]:
    """What metrics say of the files of the current version."""
    begin = "ineq_kg_snapshot_"
    families = text_string_to_metric_families(httpx2.get(f"{address}/metrics").text)
    samples = {one.name.removeprefix(begin): one.value for family in families for one in family.samples}
    return {name: value for name, value in samples.items() if name in {"damaged", "verified"}}


def test_damage_that_the_engine_does_not_see_is_found_and_nothing_more_is_answered(
    copied: Path, run: Callable[..., Finished]
) -> None:
    whole, version = EmbeddedStore(copied).versions.committed()
    files = seals.files(copied / "versions" / version)
    own = next(file for file in files if file.stat().st_nlink == 1 and file.suffix == ".sst")
    store = EmbeddedStore(copied)
    store.snapshot()
    store.health.watch()
    try:
        assert store.health.state(version) in {"being checked", "whole"}
        until(lambda: store.health.state(version) == "whole")
    finally:
        store.health.stop()
    damaged(own, str(own.stat().st_size // 3))
    app = App.open(copied)
    with served(app) as address:
        until(lambda: httpx2.get(f"{address}/readyz").status_code == 503)
        ready = httpx2.get(f"{address}/readyz").json()
        assert ready["status"] == "damaged"
        assert f"{own.name} is not what was committed" in ready["detail"]
        assert "ineq-kg snapshots list --verify" in ready["mend"]
        assert gauges(address) == {"damaged": 1, "verified": 0}
        result = run("doctor", "--format", "json", "--store", copied)
        assert result.code == 1
        assert f"{own.name} is not what was committed" in result.out
        for path in ("/queries/syntheses", "/sparql?query=ASK+{}"):
            answer = httpx2.get(address + path, headers={"Accept": "application/json"})
            assert (answer.status_code, answer.json()["title"]) == (500, "StoreDamaged")
            assert answer.json()["version"] == version
            assert answer.json()["mend"]
        assert httpx2.get(f"{address}/queries/syntheses?at={whole}").status_code == 200
        assert app.store.health.current() is None  # nor is anything given of it that was kept
        app.revert(whole, Note(why="damage"))
        until(lambda: httpx2.get(f"{address}/readyz").json().get("files") == "whole")
        assert gauges(address) == {"damaged": 0, "verified": 1}
        assert run("doctor", "--store", copied).code == 0
        assert httpx2.get(f"{address}/queries/syntheses").status_code == 200
        assert app.store.health.current() == app.store.version


def test_a_version_that_does_not_open_is_not_ready(copied: Path) -> None:
    (copied / "current").write_text("nonsense")
    with served(App.open(copied)) as address:
        ready = httpx2.get(f"{address}/readyz")
        assert (ready.status_code, ready.json()["status"]) == (503, "unavailable")
        assert "snapshots restore" in ready.json()["mend"]
        assert httpx2.get(f"{address}/healthz").status_code == 200


def test_no_room_for_the_seal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_of(tmp_path, 2)
    before = store.version
    monkeypatch.setattr(secrets, "token_hex", lambda _bytes: "5eed5eed")
    seal = tmp_path / "versions" / "000003-5eed5eed.sha256"
    with pytest.raises(StoreFull):
        store.commit(lambda _clone: seal.symlink_to(FULL))
    assert (store.version, numbers(store)) == (before, [0, 1])
    assert left_in(tmp_path) == set(store.versions.committed())
    assert not seal.is_symlink()
    commit(store, 2)
    assert verify(store, str(store.version)) == []


def test_a_clock_set_forward_and_back_costs_no_version_that_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = [datetime(2026, 5, 1, tzinfo=UTC)]

    class Told(datetime):
        @classmethod
        def now(cls, tz=None):
            return at[0]

    for module in (embedded, retention):
        monkeypatch.setattr(module, "datetime", Told)
    store = EmbeddedStore(tmp_path, Retention(2, days=7))
    versions = []
    for number, moved in enumerate((0, 1, 4000, -4000, 1, 0)):
        at[0] += timedelta(days=moved)
        versions.append(commit(store, number))
        assert store.versions.committed()[-2:] == versions[-2:]
    entries = entries_of(tmp_path)
    assert [entry.version for entry in entries] == versions
    assert numbers(store) == list(range(6))


def test_a_look_that_was_broken_off_finds_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = App.open(tmp_path / "store")
    app.load([FOUNDING])
    store = app.store
    version = str(store.version)
    monkeypatch.setattr("ineq_kg.store.health._PAUSE", 30.0)  # so that it is told to stop in the middle of a file
    store.watch()
    store.rest()
    monkeypatch.undo()
    store.watch()
    until(lambda: store.files(version) != "being checked")
    store.rest()
    assert store.files(version) == "whole"
    assert store.snapshot().version == version
