"""The versions of a store, each a directory that never changes once it is current.

::

    STORE/
      current              the name of the current version, replaced atomically
      writer.lock          held by the one writer
      journal.jsonl        who committed what, when and why
      versions/000007-5f0c2a91/        an Oxigraph store, read-only from the moment it is current
      versions/000007-5f0c2a91.lock    held (shared) by every reader of it

A commit clones the current version by hard links (Oxigraph's checkpoint: about 2 ms), changes the clone, and then points
`current` at it. Whatever happens before that last step, `current` still names the version before, whole and untouched;
what is left over is swept up by the next writer.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import portalocker

from ineq_kg.errors import StoreBusy, StoreError, VersionGone
from ineq_kg.store.journal import Journal

KEEP = 8
_VERSION = re.compile(r"\d{6,}-[0-9a-f]{8}")


class Hold:
    """A shared lock on a file, given up when nothing refers to the hold any more."""

    def __init__(self, lock: Path) -> None:
        file = lock.open("a")
        weakref.finalize(self, file.close)
        portalocker.lock(file, portalocker.LOCK_SH | portalocker.LOCK_NB)


class Versions:
    """The directory of a store. Knows nothing of triples."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.versions = directory / "versions"
        self.pointer = directory / "current"
        self.journal = Journal(directory / "journal.jsonl")

    def current(self) -> str | None:
        """Return the name of the current version, or None before the first commit."""
        try:
            name = self.pointer.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"the store's pointer {self.pointer} cannot be read: {error}") from error
        if not _VERSION.fullmatch(name) or not self.path(name).is_dir():
            raise StoreError(
                f"{self.pointer} names {name!r}, which is no version of this store",
                mend=f"Versions present: {', '.join(self.names()) or 'none'}; write one of them into the file.",
            )
        return name

    def names(self) -> list[str]:
        """Return the names of all versions present, oldest first."""
        if not self.versions.is_dir():
            return []
        return sorted(path.name for path in self.versions.iterdir() if _VERSION.fullmatch(path.name))

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

    def flip(self, version: str) -> None:
        """Make `version` current, atomically and durably."""
        fresh = self.pointer.with_suffix(".new")
        with fresh.open("w", encoding="ascii") as file:
            file.write(version + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.pointer)
        _sync_directory(self.directory)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock. Raises StoreBusy at once where another process has it."""
        self.versions.mkdir(parents=True, exist_ok=True)
        with (self.directory / "writer.lock").open("a") as file:
            try:
                portalocker.lock(file, portalocker.LOCK_EX | portalocker.LOCK_NB)
            except portalocker.LockException as error:
                raise StoreBusy(
                    f"another process is writing to {self.directory}",
                    mend="Wait for it to finish, or name another directory with --store.",
                ) from error
            yield

    def reading(self, version: str) -> Hold:
        """Return a hold on `version`: while it lives, the version is not pruned.

        Raises VersionGone for a name that is no committed version's (any text may be given).
        """
        if version in self.committed():
            try:
                hold = Hold(self.versions / f"{version}.lock")
            except portalocker.LockException:
                pass  # it is being removed at this moment
            else:
                if self.path(version).is_dir():
                    return hold
        raise VersionGone(
            f"version {version[:40]!r} is not kept",
            name=version,
            mend=f"Kept: {', '.join(self.committed()) or 'none'}.",
        )

    def prune(self, keep: int = KEEP) -> list[str]:
        """Remove versions that are not current, not among the newest `keep`, and that nobody reads.

        Versions newer than the current one are left over from a writer that did not finish, and go too. Returns the names.
        To be called under the writer's lock.
        """
        current = self.current()
        kept = self.committed()[-keep:]
        doomed = [name for name in self.names() if name not in kept]
        return [name for name in doomed if name != current and self._remove(name)]

    def _remove(self, version: str) -> bool:
        lock = self.versions / f"{version}.lock"
        with lock.open("a") as file:
            try:
                portalocker.lock(file, portalocker.LOCK_EX | portalocker.LOCK_NB)
            except portalocker.LockException:
                return False
            shutil.rmtree(self.path(version), ignore_errors=True)
        lock.unlink(missing_ok=True)
        return True


def _sync_directory(directory: Path) -> None:
    """Make a rename durable. Directories cannot be opened on Windows, where rename needs no such help."""
    if os.name == "nt":
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
