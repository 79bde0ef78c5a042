"""A backup: one version of a store and the journal up to it, in one file that is written and read as a stream.

A tar archive, plain or gzipped: first `manifest.json`, which says what follows, then `journal.jsonl` and the version's files
under `store/`. The same version makes the same bytes, but for the software's version in the manifest. The version is held
while it is copied; readers and writers go on. Restoring is in `restoring`.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
from pathlib import Path
from typing import IO

from ineq_kg.errors import BackupError, StoreDamaged, StoreEmpty
from ineq_kg.store import seals
from ineq_kg.store.content import content_digest
from ineq_kg.store.embedded import EmbeddedStore
from ineq_kg.store.engine_errors import MEND, translated
from ineq_kg.store.manifest import JOURNAL, MANIFEST, STORE, Manifest, Member

# Most of what gzip wins for little of its time: RocksDB compresses most of its files by itself.
_LEVEL = 1
GZIPPED = (".gz", ".tgz")


class Digesting(io.RawIOBase):
    """A file through which others are written or read, and which takes the digest of what goes through."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._length = 0

    def write(self, block: bytes) -> int:  # type: ignore[override]  # nothing but bytes comes
        """Write a block."""
        self._take(block)
        self._file.write(block)
        return len(block)

    def read(self, size: int = -1) -> bytes:
        """Read a block."""
        block = self._file.read(size)
        self._take(block)
        return block

    def _take(self, block: bytes) -> None:
        self._digest.update(block)
        self._length += len(block)

    @property
    def member(self) -> Member:
        """How much has gone through, and its digest."""
        return Member(bytes=self._length, sha256=self._digest.hexdigest())


def back_up(
    store: EmbeddedStore, into: IO[bytes], version: str | None = None, *, compress: bool = True, content: bool = False
) -> tuple[Manifest, str]:
    """Write a backup of a version, the current one unless one is named; return its manifest, and the SHA-256 of all written.

    With `content`, the manifest has the digest of that too, which takes long. Raises StoreEmpty, VersionGone, StoreFull, and
    StoreDamaged where a file is not what was committed: a copy of it would be of no use.
    """
    chosen = version or store.version
    if chosen is None:
        raise StoreEmpty(f"nothing has been loaded into {store.directory}: there is nothing to back up")
    hold = store.versions.reading(chosen)
    with translated("reading the version", chosen):
        manifest, journal = _manifest(store, chosen, content=content)
    out = Digesting(into)
    path = store.versions.path(chosen)
    with translated("writing the backup"):
        if compress:
            with gzip.GzipFile("", "wb", _LEVEL, out, mtime=manifest.timestamp) as gzipped:
                _write(gzipped, manifest, journal, path)
        else:
            _write(out, manifest, journal, path)
        into.flush()
    del hold
    return manifest, out.member.sha256


def back_up_to(
    store: EmbeddedStore, file: Path, version: str | None = None, *, content: bool = False
) -> tuple[Manifest, str]:
    """Write a backup to a file that is not there yet, as `back_up` does, gzipped where its name ends so.

    The file has its name once it is whole and on the disk. Raises BackupError where there is one of that name.
    """
    if file.exists():
        raise BackupError(f"{file} is there already", mend="Name another file, or move that one away first.")
    partial = file.with_name(f"{file.name}.{os.getpid()}.part")
    with translated(f"writing {file}"):
        try:
            with partial.open("xb") as out:
                told = back_up(store, out, version, compress=file.name.endswith(GZIPPED), content=content)
                os.fsync(out.fileno())
            partial.rename(file)
        finally:
            partial.unlink(missing_ok=True)
    return told


def _manifest(store: EmbeddedStore, version: str, *, content: bool) -> tuple[Manifest, bytes]:
    """Return the manifest of a version, and the lines of the journal that led to it."""
    path = store.versions.path(version)
    snapshot = EmbeddedStore(store.directory).pinned(version)
    journal = b"".join(entry.line() for entry in store.versions.journal.entries(version))
    digests = seals.read(path) or seals.compute(path)
    files = {JOURNAL: Member(bytes=len(journal), sha256=hashlib.sha256(journal).hexdigest())}
    files |= {STORE + name: Member(bytes=(path / name).stat().st_size, sha256=one) for name, one in digests.items()}
    manifest = Manifest(
        version=version,
        committed=snapshot.committed,
        quads=len(snapshot),
        content=content_digest(snapshot) if content else None,
        files=files,
    )
    return manifest, journal


def _write(into: Digesting | gzip.GzipFile, manifest: Manifest, journal: bytes, path: Path) -> None:
    def add(name: str, length: int, file: IO[bytes] | Digesting) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = length, 0o644, manifest.timestamp
        archive.addfile(info, file)

    with tarfile.open(mode="w|", fileobj=into, format=tarfile.PAX_FORMAT) as archive:
        text = manifest.text()
        add(MANIFEST, len(text), io.BytesIO(text))
        add(JOURNAL, len(journal), io.BytesIO(journal))
        for name, member in manifest.files.items():
            if name == JOURNAL:
                continue
            with (path / name.removeprefix(STORE)).open("rb") as file:
                read = Digesting(file)
                add(name, member.bytes, read)
                if read.member != member or file.read(1):
                    raise StoreDamaged(
                        f"version {manifest.version} is damaged: {name.removeprefix(STORE)} is not what was committed",
                        version=manifest.version,
                        mend=MEND,
                    )
