"""A backup holds what the store held, is restored whole or not at all, and nothing in it reaches further than it should."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from copy import copy
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ineq_kg.app import App
from ineq_kg.errors import BackupError, StoreDamaged, StoreEmpty, StoreError, VersionGone
from ineq_kg.store.backup import back_up, back_up_to
from ineq_kg.store.content import content_digest
from ineq_kg.store.embedded import EmbeddedStore
from ineq_kg.store.manifest import Manifest
from ineq_kg.store.restoring import restore
from ineq_kg.store.retention import Retention
from ineq_kg.store.verify import verify
from kills import commit, numbers
from places import Finished


def backed_up(store: EmbeddedStore, version: str | None = None, *, compress: bool = False) -> bytes:
    into = io.BytesIO()
    back_up(store, into, version, compress=compress)
    return into.getvalue()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """A store of three small versions."""
    store = EmbeddedStore(tmp_path_factory.mktemp("small") / "store")
    for number in range(3):
        commit(store, number)
    return EmbeddedStore(store.directory)


@pytest.fixture(scope="module")
def archive(small: EmbeddedStore) -> bytes:
    return backed_up(small)


def refused(source: bytes, directory: Path, match: str | None = None) -> BackupError:
    """Restore from `source`, see it refused, and nothing left of it."""
    with pytest.raises(BackupError, match=match) as caught:
        restore(io.BytesIO(source), directory)
    assert not directory.exists()
    return caught.value


# --- there and back ------------------------------------------------------------------------------------------------------


def test_what_is_restored_is_what_was_backed_up(loaded: App, run: Callable[..., Finished], tmp_path: Path) -> None:
    directory, file = loaded.store.directory, tmp_path / "backup.tar.gz"
    made = run("backup", file, "--digest", "--store", directory)
    assert made.code == 0
    assert hashlib.sha256(file.read_bytes()).hexdigest() in made.out
    done = run("restore", file, "--store", tmp_path / "new" / "store")
    assert done.code == 0
    restored = App.open(tmp_path / "new" / "store")
    assert restored.store.version == loaded.store.version
    assert restored.store.entries() == loaded.store.entries()
    assert restored.snapshot().committed == loaded.snapshot().committed
    digest = content_digest(restored.snapshot())
    assert digest == content_digest(loaded.snapshot())
    assert f"content {digest}" in made.out
    assert f"content {digest}" in done.out
    assert verify(restored.store, str(restored.store.version)) == []
    asked = ("trace", "mcmahon-2022/argument/narrow-problematisation")
    assert run(*asked, "--store", restored.store.directory).out == run(*asked, "--store", directory).out
    commit(restored.store, 1)
    assert [entry.version for entry in restored.store.entries()][:-1] == [
        entry.version for entry in loaded.store.entries()
    ]


def test_the_same_version_makes_the_same_bytes(small: EmbeddedStore, archive: bytes) -> None:
    assert backed_up(small) == archive
    squeezed = backed_up(small, compress=True)
    assert backed_up(small, compress=True) == squeezed
    assert gzip.decompress(squeezed) == archive
    older = small.versions.committed()[1]
    assert backed_up(small, older) != archive


def test_an_older_version_is_restored_with_the_journal_up_to_it(small: EmbeddedStore, tmp_path: Path) -> None:
    older = small.versions.committed()[1]
    restore(io.BytesIO(backed_up(small, older)), tmp_path / "store")
    restored = EmbeddedStore(tmp_path / "store")
    assert (restored.version, numbers(restored)) == (older, [0, 1])
    assert restored.entries() == small.entries()[:2]
    with pytest.raises(VersionGone):
        backed_up(small, "000001-00000000")


def test_through_a_pipe(small: EmbeddedStore, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ineq_kg.cli"]
    with subprocess.Popen(
        [*command, "backup", "-", "--store", small.directory], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as sender:
        receiver = subprocess.run(
            [*command, "restore", "-", "--store", tmp_path / "store"],
            stdin=sender.stdout,
            capture_output=True,
            check=False,
        )
        assert sender.stderr
        told = sender.stderr.read().decode()
    assert (sender.returncode, receiver.returncode) == (0, 0), receiver.stderr
    assert str(small.version) in told
    assert numbers(EmbeddedStore(tmp_path / "store")) == [0, 1, 2]


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
def test_a_backup_that_was_compressed_by_others(archive: bytes, tmp_path: Path, kind: str) -> None:
    module = {"gz": "gzip", "bz2": "bz2", "xz": "lzma"}[kind]
    compressed = __import__(module).compress(archive)
    restore(io.BytesIO(compressed), tmp_path / "store")
    assert numbers(EmbeddedStore(tmp_path / "store")) == [0, 1, 2]


def test_ordinary_tools_read_a_backup(small: EmbeddedStore, archive: bytes) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        names = tar.getnames()
        assert names[:2] == ["manifest.json", "journal.jsonl"]
        manifest = json.loads(tar.extractfile("manifest.json").read())
        for name, one in manifest["files"].items():
            body = tar.extractfile(name).read()
            assert (len(body), hashlib.sha256(body).hexdigest()) == (one["bytes"], one["sha256"])
    assert set(names) == {"manifest.json", *manifest["files"]}
    assert (manifest["version"], manifest["quads"]) == (small.version, 3)
    said = manifest.pop("sha256")
    assert hashlib.sha256(json.dumps(manifest, separators=(",", ":")).encode()).hexdigest() == said
    assert b"/tmp" not in archive, "no path of the machine"


def test_a_backup_is_of_one_version_while_a_writer_writes(tmp_path: Path) -> None:
    source = tmp_path / "source"
    commit(EmbeddedStore(source, Retention(1)), 0)
    writing = "from pathlib import Path; from kills import write_on; import sys; write_on(Path(sys.argv[1]))"
    with subprocess.Popen(
        [sys.executable, "-c", writing, str(source)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as writer:
        assert writer.stdout
        versions = []
        for number in range(5):
            writer.stdout.readline()
            manifest = restore(io.BytesIO(backed_up(EmbeddedStore(source))), tmp_path / str(number))
            restored = EmbeddedStore(tmp_path / str(number))
            assert numbers(restored) == list(range(manifest.quads))
            assert len(restored.entries()) == manifest.quads
            assert verify(restored, manifest.version) == []
            versions.append(manifest.version)
        writer.kill()
    assert versions == sorted(set(versions))


# --- refused -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["a file", "a store", "versions of another kind"])
def test_a_directory_that_is_not_empty_is_left_alone(archive: bytes, tmp_path: Path, what: str) -> None:
    directory = tmp_path / "store"
    if what == "a file":
        directory.mkdir()
        (directory / "thesis.docx").write_text("years of work")
    elif what == "a store":
        commit(EmbeddedStore(directory), 7)
        (directory / "current").unlink()
    else:
        (directory / "versions" / "1.0").mkdir(parents=True)
    before = sorted(directory.rglob("*"))
    with pytest.raises(BackupError, match="not empty") as caught:
        restore(io.BytesIO(archive), directory)
    assert "--store" in caught.value.mend
    assert sorted(directory.rglob("*")) == before


def test_an_empty_directory_stays_and_is_empty_again(archive: bytes, tmp_path: Path) -> None:
    with pytest.raises(BackupError):
        restore(io.BytesIO(archive[: len(archive) // 2]), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} <= {"versions", "writer.lock"}
    assert not any((tmp_path / "versions").iterdir())
    restore(io.BytesIO(archive), tmp_path)
    assert numbers(EmbeddedStore(tmp_path)) == [0, 1, 2]


@settings(max_examples=40)
@given(st.data())
def test_no_damage_to_a_backup_passes_for_the_backup(
    small: EmbeddedStore, archive: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    directory = tmp_path_factory.mktemp("damaged") / "store"
    at = data.draw(st.integers(0, len(archive) - 1))
    how = data.draw(st.sampled_from(["flipped", "cut off", "doubled"]))
    changed = bytearray(archive)
    if how == "flipped":
        changed[at] ^= 1 << data.draw(st.integers(0, 7))
    elif how == "cut off":
        del changed[at:]
    else:
        changed[at:at] = archive[at : at + 512]
    try:
        restore(io.BytesIO(bytes(changed)), directory)
    except BackupError as error:
        assert error.mend
        assert not directory.exists()
    else:  # the change was to what tar fills up with, and to nothing of ours
        restored = EmbeddedStore(directory)
        assert verify(restored, str(restored.version)) == []
        assert restored.entries() == small.entries()
        assert numbers(restored) == [0, 1, 2]


@given(st.binary(max_size=2000))
def test_no_other_file_passes_for_a_backup(tmp_path_factory: pytest.TempPathFactory, junk: bytes) -> None:
    refused(junk, tmp_path_factory.mktemp("junk") / "store")


def members_of(archive: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return [(info, tar.extractfile(info).read()) for info in tar]


def packed(members: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    into = io.BytesIO()
    with tarfile.open(fileobj=into, mode="w") as tar:
        for info, body in members:
            if info.isreg():
                info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    return into.getvalue()


def rewritten(archive: bytes, change: Callable[[dict], object]) -> bytes:
    """Return the backup with another manifest, whose own digest is right."""
    (first, text), *others = members_of(archive)
    facts = json.loads(text)
    del facts["sha256"]
    change(facts)
    whole = hashlib.sha256(json.dumps(facts, separators=(",", ":")).encode()).hexdigest()
    return packed([(first, json.dumps({**facts, "sha256": whole}).encode()), *others])


def named(name: str, type_: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = type_, link
    return info


UNSAFE = {
    "absolute": named("{outside}"),
    "upward": named("store/../../../escaped"),
    "in the folder": named("store/.."),
    "symbolic link": named("store/CURRENT", tarfile.SYMTYPE, "/etc/passwd"),
    "hard link": named("store/CURRENT", tarfile.LNKTYPE, "manifest.json"),
    "device": named("store/CURRENT", tarfile.CHRTYPE),
    "pipe": named("store/CURRENT", tarfile.FIFOTYPE),
    "folder": named("store/CURRENT", tarfile.DIRTYPE),
    "stranger": named("store/000001.sst.exe"),
}


@pytest.mark.parametrize("kind", UNSAFE)
@pytest.mark.parametrize("place", ["before", "after"])
def test_members_that_reach_further_are_refused(archive: bytes, tmp_path: Path, kind: str, place: str) -> None:
    first, *others = members_of(archive)
    info = copy(UNSAFE[kind])
    info.name = info.name.format(outside=tmp_path / "escaped")
    if place == "before":
        others = [(info, b""), *(one for one in others if one[0].name != info.name)]
    else:
        others = [*others, (info, b"")]
    refused(packed([first, *others]), tmp_path / "store")
    assert list(tmp_path.iterdir()) == []


def first_file(facts: dict) -> str:
    return next(name for name in facts["files"] if name.endswith(".sst"))


MANIFESTS: dict[str, tuple[Callable[[dict], object], str]] = {
    "another kind": (lambda facts: facts.update(kind="a backup of something else"), "not of an ineq-kg backup"),
    "a later format": (lambda facts: facts.update(format=2), "format 2"),
    "a version that leads out": (lambda facts: facts.update(version="../../000001-00000000"), "version"),
    "a version with a line end": (lambda facts: facts.update(version=facts["version"] + "\n"), "version"),
    "no journal": (lambda facts: facts["files"].pop("journal.jsonl"), "journal"),
    "a file that leads out": (
        lambda facts: facts["files"].update({"store/../x": facts["files"].pop(first_file(facts))}),
        "x",
    ),
    "a file in a folder": (
        lambda facts: facts["files"].update({"store/a/b": facts["files"].pop(first_file(facts))}),
        "a/b",
    ),
    "another length": (lambda facts: facts["files"][first_file(facts)].update(bytes=5), "length"),
    "a negative length": (lambda facts: facts["files"][first_file(facts)].update(bytes=-5), "bytes"),
    "another digest": (lambda facts: facts["files"][first_file(facts)].update(sha256="0" * 64), "SHA-256"),
    "no digest": (lambda facts: facts["files"][first_file(facts)].update(sha256=None), "sha256"),
    "a file too many": (
        lambda facts: facts["files"].update({"store/more": facts["files"]["journal.jsonl"]}),
        "too early",
    ),
    "a file too few": (lambda facts: facts["files"].pop(first_file(facts)), "does not name"),
    "another number of quads": (lambda facts: facts.update(quads=4), "4 quads were backed up, and 3 came out"),
    "another version": (lambda facts: facts.update(version="000003-00000000"), "does not lead to"),
    "a time without a zone": (lambda facts: facts.update(committed="2026-05-01T12:00:00"), "committed"),
    "more than it may say": (lambda facts: facts.update(command="rm"), "command"),
    "files that are none": (lambda facts: facts.update(files=[1, 2]), "files"),
}


@pytest.mark.parametrize("kind", MANIFESTS)
def test_a_manifest_that_does_not_hold_is_refused(archive: bytes, tmp_path: Path, kind: str) -> None:
    change, match = MANIFESTS[kind]
    error = refused(rewritten(archive, change), tmp_path / "store", match)
    assert error.mend


def test_a_member_twice_and_a_manifest_later_are_refused(archive: bytes, tmp_path: Path) -> None:
    members = members_of(archive)
    refused(packed([*members, members[-1]]), tmp_path / "store", "does not name")
    refused(packed([members[1], members[0], *members[2:]]), tmp_path / "store", "does not begin")
    refused(packed([(named("manifest.json"), b"[" * 100_000)]), tmp_path / "store")
    refused(packed([(named("manifest.json", tarfile.SYMTYPE, "/etc/passwd"), b"")]), tmp_path / "store")
    assert restore(io.BytesIO(packed(members)), tmp_path / "store").quads == 3


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_other_json_is_a_manifest(value: object) -> None:
    with pytest.raises(BackupError):
        Manifest.parse(json.dumps(value).encode())


# --- faults --------------------------------------------------------------------------------------------------------------


def test_what_is_damaged_is_not_backed_up(small: EmbeddedStore, run: Callable[..., Finished], tmp_path: Path) -> None:
    directory = tmp_path / "store"
    shutil.copytree(small.directory, directory)
    store = EmbeddedStore(directory)
    # The lock file of the engine's identity: damage that no read of the engine notices.
    file = store.versions.path(str(store.version)) / "IDENTITY"
    file.write_bytes(file.read_bytes().swapcase())
    with pytest.raises(StoreDamaged, match="IDENTITY"):
        backed_up(store)
    result = run("backup", tmp_path / "backup.tar", "--store", directory)
    assert result.code == 4
    assert "snapshots list --verify" in result.err
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_a_file_that_is_there_is_not_overwritten(small: EmbeddedStore, tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(BackupError, match="is there already"):
        back_up_to(small, tmp_path / "thesis.docx")
    assert (tmp_path / "thesis.docx").read_text() == "years of work"
    with pytest.raises(StoreError):
        back_up_to(small, tmp_path / "none" / "backup.tar")
    with pytest.raises(StoreEmpty):
        back_up_to(EmbeddedStore(tmp_path / "empty"), tmp_path / "backup.tar")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


@pytest.mark.parametrize("kilobytes", [1, 30, 60])
def test_a_disk_that_is_full_leaves_nothing(
    small: EmbeddedStore, archive: bytes, tmp_path: Path, kilobytes: int
) -> None:
    (tmp_path / "backup.tar").write_bytes(archive)
    limit = kilobytes * 1024
    command = [sys.executable, "-m", "ineq_kg.cli"]
    for arguments in (
        ("restore", tmp_path / "backup.tar", "--store", tmp_path / "store"),
        ("backup", tmp_path / "second.tar", "--store", small.directory),
    ):
        result = subprocess.run(
            [*command, *arguments],
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        )
        assert result.returncode == 4
        assert "no room" in result.stderr
        assert "Traceback" not in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["backup.tar"]


def test_killed_in_the_middle_of_a_restore(small: EmbeddedStore, archive: bytes, tmp_path: Path) -> None:
    chance = random.Random(1)
    for number in range(4):
        directory = tmp_path / str(number)
        with subprocess.Popen(
            [sys.executable, "-m", "ineq_kg.cli", "restore", "-", "--store", directory],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert process.stdin
            process.stdin.write(archive[: chance.randrange(20_000, len(archive) - 20_000)])
            process.stdin.flush()
            deadline = time.monotonic() + 60
            while not list(directory.glob("versions/*/*")):
                assert time.monotonic() < deadline
                time.sleep(0.01)
            os.kill(process.pid, signal.SIGKILL)
            process.stdin.close()
        assert EmbeddedStore(directory).version is None
        if number % 2:
            restore(io.BytesIO(archive), directory)
            assert numbers(EmbeddedStore(directory)) == [0, 1, 2]
        else:
            commit(EmbeddedStore(directory), 9)
            assert numbers(EmbeddedStore(directory)) == [9]
        store = EmbeddedStore(directory)
        assert {path.name.partition(".")[0] for path in store.versions.versions.iterdir()} == {store.version}
        assert verify(store, str(store.version)) == []


def test_killed_just_before_the_restored_version_is_current(
    small: EmbeddedStore, archive: bytes, tmp_path: Path
) -> None:
    (tmp_path / "backup.tar").write_bytes(archive)
    dying = """
import os, signal, sys
from pathlib import Path
from ineq_kg.store.restoring import restore
from ineq_kg.store.snapshots import Versions
Versions.flip = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
restore(open(sys.argv[1], "rb"), Path(sys.argv[2]))
"""
    command = [sys.executable, "-c", dying, tmp_path / "backup.tar", tmp_path / "store"]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    store = EmbeddedStore(tmp_path / "store")  # all of it is there, and was checked
    assert (store.version, numbers(store)) == (small.version, [0, 1, 2])
    commit(store, 3)
    assert len(store.entries()) == 4


# --- digests of what is said ---------------------------------------------------------------------------------------------


class Dumped:
    """A dataset in a store of its own, loaded from N-Quads."""

    def __init__(self, nquads: bytes) -> None:
        self.store = ox.Store()
        self.store.load(nquads, ox.RdfFormat.N_QUADS)

    def dump(self, output) -> None:
        self.store.dump(output, ox.RdfFormat.N_QUADS)


def test_a_dump_that_is_loaded_elsewhere_has_the_same_digest(loaded: App) -> None:
    into = io.BytesIO()
    loaded.snapshot().dump(into)
    dump = into.getvalue()
    digest = content_digest(loaded.snapshot())
    lines = dump.splitlines(keepends=True)
    random.Random(2).shuffle(lines)
    assert content_digest(Dumped(b"".join(lines))) == digest  # loading gives blank nodes other names
    assert content_digest(loaded.snapshot(), run=10_000) == digest
    assert content_digest(Dumped(b"".join(lines[1:]))) != digest


def test_without_blank_nodes_the_digest_is_that_of_sorted_lines(loaded: App) -> None:
    into = io.BytesIO()
    loaded.snapshot().dump(into)
    dump = b"".join(line for line in into.getvalue().splitlines(keepends=True) if b"_:" not in line)
    # As the documentation has it: LC_ALL=C sort -u dump.nq | sha256sum
    c_locale = {**os.environ, "LC_ALL": "C"}
    lines = subprocess.run(["sort", "-u"], input=dump, capture_output=True, check=True, env=c_locale).stdout
    told = subprocess.run(["sha256sum"], input=lines, capture_output=True, check=True)
    assert told.stdout.decode().split()[0] == content_digest(Dumped(dump))


nodes = st.sampled_from(["<x:a>", "<x:b>", "_:a", "_:b", "_:c", "_:d"])
values = nodes | st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(
    lambda text: str(ox.Literal(text)) if text else '"_:a"'
)
quads = st.tuples(nodes, st.sampled_from(["<x:p>", "<x:q>"]), values, st.sampled_from(["", "<x:g>", "_:a", "_:g"]))


@given(st.sets(quads, max_size=12), st.randoms(use_true_random=False), st.permutations(["a", "b", "c", "d", "g"]))
def test_a_digest_is_of_what_is_said_not_of_how(
    written: set[tuple[str, ...]], chance: random.Random, names: list[str]
) -> None:
    def text(rows: list[tuple[str, ...]], labels: dict[str, str]) -> bytes:
        return "".join(" ".join(labels.get(term, term) for term in row) + " .\n" for row in rows).encode()

    rows = sorted(written)
    labels = {f"_:{before}": f"_:z{after}" for before, after in zip("abcdg", names, strict=True)}
    shuffled = chance.sample(rows, len(rows))
    digest = content_digest(Dumped(text(rows, {})))
    assert content_digest(Dumped(text(shuffled, labels)), run=1) == digest
    # The engine's canonical form of the whole dataset at once; ours is made in parts.
    dataset = ox.Dataset(Dumped(text(rows, {})).store)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = (ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b"").split(b"\n")
    assert hashlib.sha256(b"".join(sorted(line + b"\n" for line in lines if line))).hexdigest() == digest
