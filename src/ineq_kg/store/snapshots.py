"""The versions of a store, each a directory that never changes once it is current.

::

    STORE/
      current              the name of the current version, replaced atomically
      writer.lock          held by the one writer
      journal.jsonl        who committed what, when and why
      versions/000007-5f0c2a91/        an Oxigraph store, read-only from the moment it is current
      versions/000007-5f0c2a91.lock    held (shared) by every reader of it
      versions/000007-5f0c2a91.sha256  the digests of its files

A commit clones the current version by hard links (Oxigraph's checkpoint: about 2 ms), changes the clone, and then points
`current` at it. Whatever happens before that last step, `current` still names the version before, whole and untouched;
what is left over is swept up by the next writer. A version is taken away by a new name first, all at once.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import IO

import portalocker

from ineq_kg.errors import StoreBusy, StoreError, VersionGone
from ineq_kg.store import seals
from ineq_kg.store.engine_errors import translated
from ineq_kg.store.journal import Journal

# How often a writer that waits looks whether it is its turn, in seconds.
_LOOK_AGAIN = 0.01
VERSION = r"[0-9]{6,}-[0-9a-f]{8}"
_LOCK = ".lock"
# The name that a version has while it is being taken away.
_GONE = ".gone"
# What the engine puts behind the name of a clone that it is making; one that was cut off would stay for ever.
_BEING_CLONED = ".tmp"


def is_version(name: str) -> bool:
    """Say whether this is the form that names of versions have."""
    return re.fullmatch(VERSION, name) is not None


class Hold:
    """A shared lock on a file, given up when nothing refers to the hold any more."""

    def __init__(self, lock: Path) -> None:
        file = lock.open("a")
        weakref.finalize(self, file.close)
        # Waits, for as long as it takes to take a version away or to see whether someone reads it.
        portalocker.lock(file, portalocker.LOCK_SH)


class Versions:
    """The directory of a store. Knows nothing of triples."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.versions = directory / "versions"
        self.pointer = directory / "current"
        self._pointer = str(self.pointer)
        self.lock = directory / "writer.lock"
        self.journal = Journal(directory / "journal.jsonl")
        self._watched: tuple[tuple[int, int], str | None] | None = None

    def current(self) -> str | None:
        """Return the name of the current version, or None before the first commit.

        Where the pointer is lost, that is the last one that the journal has: its line is written when the version is whole.
        """
        name = self.pointed()
        if name is None:
            return self.last_journalled()
        if not is_version(name) or not self.path(name).is_dir():
            raise StoreError(
                f"{self.pointer} names {name[:40]!r}, which is no version of this store",
                mend=f"Versions present: {', '.join(self.names()) or 'none'}. To go on from one of them: "
                f"ineq-kg snapshots restore {self.last_journalled() or 'VERSION'}",
            )
        return name

    def pointed(self) -> str | None:
        """Return what the pointer says, be it nonsense; None where there is no pointer. Raises StoreError."""
        try:
            return self.pointer.read_text(encoding="utf-8", errors="replace").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"the store's pointer {self.pointer} cannot be read: {error}") from error

    def watched(self) -> str | None:
        """Return the current version as `current` does, read again only where the pointer is another file than last time.

        `flip` puts a new file in the place of the old one.
        """
        try:
            status = os.stat(self._pointer)  # noqa: PTH116 - called at every request, and a path takes twice as long
        except OSError:
            return self.current()
        mark = (status.st_ino, status.st_mtime_ns)
        if self._watched is None or self._watched[0] != mark:
            self._watched = (mark, self.current())
        return self._watched[1]

    def last_journalled(self) -> str | None:
        """Return the last version that the journal has and that is present, or None."""
        present = set(self.names())
        return next((entry.version for entry in reversed(self.journal.lines()) if entry.version in present), None)

    def names(self) -> list[str]:
        """Return the names of all versions present, oldest first."""
        if not self.versions.is_dir():
            return []
        return sorted(path.name for path in self.versions.iterdir() if is_version(path.name))

    def committed(self) -> list[str]:
        """Return the names of the versions that were ever current and are kept, oldest first."""
        current = self.current()
        return [name for name in self.names() if current is not None and name <= current]

    def path(self, version: str) -> Path:
        """Return where a version's Oxigraph store is."""
        return self.versions / version

    def next_name(self) -> str:
        """Return a name for the next version: counts up, and never repeats even in a store made anew."""
        number = max((int(name.split("-")[0]) for name in self.names()), default=0) + 1
        return f"{number:06d}-{secrets.token_hex(4)}"

    def mend_pointer(self) -> str | None:
        """Where the pointer names no version, make it name the last one that the journal has, and return that.

        Raises StoreError where there is none; StoreBusy.
        """
        try:
            self.current()
        except StoreError:
            with self.writing():
                last = self.last_journalled()
                if last is None:
                    raise
                self.flip(last)
                return last
        return None

    def seal(self, version: str, base: str | None) -> None:
        """Record the digests of a version's files, durably, by which damage is found; it was made from `base`, if any."""
        path = self.path(version)
        seals.write(path, seals.compute(path, None if base is None else self.path(base)))

    def flip(self, version: str) -> None:
        """Make `version` current, atomically and durably."""
        sync_directory(self.versions)
        fresh = self.pointer.with_suffix(".new")
        with fresh.open("w", encoding="ascii") as file:
            file.write(version + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.pointer)
        sync_directory(self.directory)

    @contextmanager
    def writing(self, patience: float = 0.0) -> Iterator[None]:
        """Hold the writer's lock. Raises StoreBusy where another writer has it for longer than `patience`, in seconds."""
        with translated(f"opening {self.directory} for writing"):
            self.versions.mkdir(parents=True, exist_ok=True)
            lock = self.lock.open("a")
        deadline = monotonic() + patience
        with lock as file:
            while not _locked(file):
                if monotonic() >= deadline:
                    raise StoreBusy(
                        f"another process is writing to {self.directory}",
                        mend="Wait for it to finish, or name another directory with --store.",
                    )
                sleep(min(_LOOK_AGAIN, patience))
            yield

    def reading(self, version: str) -> Hold:
        """Return a hold on `version`: while it lives, the version is not pruned.

        Raises VersionGone for a name that is no committed version's (any text may be given).
        """
        if version in self.committed():
            hold = self._hold(version)
            if self.path(version).is_dir():
                return hold
        raise VersionGone(
            f"version {version[:40]!r} is not kept",
            name=version,
            mend=f"Kept: {', '.join(self.committed()) or 'none'}.",
        )

    def _hold(self, version: str) -> Hold:
        try:
            return Hold(self.versions / f"{version}{_LOCK}")
        except (OSError, portalocker.LockException) as error:
            raise StoreError(
                f"version {version} cannot be held against its removal: {error}",
                mend=f"Whoever reads the store must be able to write to {self.versions}.",
            ) from error

    def held(self, version: str) -> bool:
        """Say whether someone reads this version now."""
        try:
            with (self.versions / f"{version}{_LOCK}").open("a") as file:
                return not _locked(file)
        except OSError:
            return False

    def remove(self, version: str) -> str | None:
        """Take a version away. Returns why it stays, where it does. To be called under the writer's lock."""
        try:
            with (self.versions / f"{version}{_LOCK}").open("a") as file:
                if not _locked(file):
                    return "is being read"
                self.path(version).rename(self.versions / f"{version}{_GONE}")
        except OSError as error:
            return f"cannot be removed: {error.strerror or error}"
        self.sweep()
        return None

    def sweep(self) -> None:
        """Clear away what is left of versions that are gone. To be called under the writer's lock."""
        for path in self.versions.iterdir():
            if path.suffix in {_GONE, _BEING_CLONED}:
                shutil.rmtree(path, ignore_errors=True)
            elif path.suffix in {_LOCK, seals.SUFFIX} and not path.with_suffix("").is_dir():
                with suppress(OSError):
                    path.unlink()


def _locked(file: IO[str]) -> bool:
    try:
        portalocker.lock(file, portalocker.LOCK_EX | portalocker.LOCK_NB)
    except portalocker.LockException:
        return False
    return True


def sync_directory(directory: Path) -> None:
    """Make a rename durable. Directories cannot be opened on Windows, where rename needs no such help."""
    if os.name == "nt":
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
