"""From a backup to a store.

What a backup holds is not believed. A member must be one that the manifest names, of the length and the SHA-256 that it says,
and the manifest has a digest of its own; no name in it reaches the disk but a plain one in the folder of the new version.
There it is what a commit is that did not finish, cleared away by the next writer. When all is there and opens, the version
becomes current in one step, as one does that is committed.
"""

from __future__ import annotations

import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from lzma import LZMAError
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from ineq_kg.errors import BackupError, StoreError
from ineq_kg.store import seals
from ineq_kg.store.backup import Digesting
from ineq_kg.store.engine_errors import translated
from ineq_kg.store.journal import Journal
from ineq_kg.store.manifest import JOURNAL, MANIFEST, MEND, STORE, Manifest, Member
from ineq_kg.store.snapshots import Versions, is_version, sync_directory

# A manifest has about 150 bytes a file.
_MAX_MANIFEST = 16 * 1024 * 1024
_BLOCK = 1024 * 1024
_LEFT_BEHIND = frozenset({"versions", "writer.lock", "journal.jsonl", "journal.new", "current.new"})


def restore(source: IO[bytes], directory: Path) -> Manifest:
    """Make of a backup the store in a directory that is empty or not there; return the manifest.

    A directory that only has what a restore left there which was killed counts as empty. Raises BackupError, StoreFull,
    StoreBusy; the directory is then as it was.
    """
    versions = Versions(directory)
    made = not directory.exists()
    _refuse_unless_empty(versions)
    with versions.writing():
        try:
            _refuse_unless_empty(versions)  # nobody else has it by now
            _clear(versions)
            with translated(f"restoring into {directory}"):
                manifest = _unpack(source, versions)
                _check(versions, manifest)
                _journal(versions).path.replace(versions.journal.path)
                versions.flip(manifest.version)
        except BaseException:
            _clear(versions)
            if made:
                shutil.rmtree(directory, ignore_errors=True)
            raise
    return manifest


def _refuse_unless_empty(versions: Versions) -> None:
    """Raise BackupError where a directory has anything of worth in it."""
    directory = versions.directory
    mend = "Name a directory that is empty, or not there yet, with --store."
    try:
        names = {path.name for path in directory.iterdir()} if directory.exists() else set()
        inside = {path.name for path in versions.versions.iterdir()} if "versions" in names else set()
    except OSError as error:
        raise BackupError(f"{directory} cannot be used: {error.strerror or error}", mend=mend) from error
    if versions.current() is not None:
        raise BackupError(f"{directory} is not empty: it has a store in it", mend=mend)
    others = sorted((names - _LEFT_BEHIND) | {name for name in inside if not is_version(name.partition(".")[0])})
    if others:
        raise BackupError(f"{directory} is not empty: it has {others[0]!r} in it", mend=mend)


def _clear(versions: Versions) -> None:
    """Remove what is left of a restore that did not finish, but for the writer's lock, which is held."""
    for path in list(versions.versions.iterdir()):
        shutil.rmtree(path, ignore_errors=True)
        with suppress(OSError):
            path.unlink(missing_ok=True)
    for name in _LEFT_BEHIND - {"versions", "writer.lock"}:
        with suppress(OSError):
            (versions.directory / name).unlink(missing_ok=True)


def _unpack(source: IO[bytes], versions: Versions) -> Manifest:
    """Write what a backup holds where a new version goes, all of it checked; return its manifest. Nothing is current yet."""
    with _reading(), tarfile.open(fileobj=source, mode="r|*", errorlevel=2) as archive:
        members = iter(archive)
        first = next(members, None)
        if first is None or first.name != MANIFEST or first.size > _MAX_MANIFEST:
            raise BackupError(f"this is no backup: it does not begin with {MANIFEST}", mend=MEND)
        manifest = Manifest.parse(_content(archive, first).read())
        path = versions.path(manifest.version)
        path.mkdir()
        missing = set(manifest.files)
        for info in members:
            if info.name not in missing:
                raise BackupError(f"the backup has {info.name[:80]!r}, which its manifest does not name", mend=MEND)
            missing.remove(info.name)
            to = _journal(versions).path if info.name == JOURNAL else path / info.name.removeprefix(STORE)
            if (
                info.size != manifest.files[info.name].bytes
                or _copy(_content(archive, info), to) != manifest.files[info.name]
            ):
                raise BackupError(f"{info.name} is not what was backed up: its length or SHA-256 is another", mend=MEND)
    if missing:
        raise BackupError(f"the backup ends too early, or is broken: {min(missing)} is missing", mend=MEND)
    return manifest


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, LZMAError, ValueError, OverflowError) as error:
        raise BackupError(f"the backup cannot be read to its end: {error}", mend=MEND) from error


def _content(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    """Return a member to read. Raises BackupError for a link, a device, a folder: for all but a plain file."""
    file = archive.extractfile(info) if info.type in {tarfile.REGTYPE, tarfile.AREGTYPE} else None
    if file is None:
        raise BackupError(f"{info.name[:80]!r} in the backup is no plain file", mend=MEND)
    return file


def _copy(file: IO[bytes], to: Path) -> Member:
    """Write a file, durably; return what was written."""
    with to.open("xb") as out:
        digesting = Digesting(out)
        shutil.copyfileobj(file, digesting, _BLOCK)
        out.flush()
        os.fsync(out.fileno())
    return digesting.member


def _journal(versions: Versions) -> Journal:
    """Return the journal of a store that is not there yet."""
    return Journal(versions.journal.path.with_suffix(".new"))


def _check(versions: Versions, manifest: Manifest) -> None:
    """Raise BackupError where what was unpacked does not hold together."""
    path = versions.path(manifest.version)
    if manifest.files[JOURNAL].bytes and not _journal(versions).entries(manifest.version):
        raise BackupError(f"the journal in the backup does not lead to version {manifest.version}", mend=MEND)
    try:
        with translated("opening the version", manifest.version):
            quads = len(ox.Store.read_only(str(path)))
    except StoreError as error:
        raise BackupError(f"the version in the backup does not open: {error.message}", mend=MEND) from error
    if quads != manifest.quads:
        raise BackupError(f"{manifest.quads:,} quads were backed up, and {quads:,} came out", mend=MEND)
    seals.write(path, {name.removeprefix(STORE): one.sha256 for name, one in manifest.files.items() if name != JOURNAL})
    sync_directory(path)
