"""Indexes, one for each version that is searched, kept in a folder and made when they are first needed.

That of a large version is made in a process of its own, which gives way to others: it takes minutes, and a thread would keep
Python's lock from those who answer.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from threading import Lock
from typing import TYPE_CHECKING

import portalocker

from ineq_kg.errors import IndexNotReady, StoreError
from ineq_kg.progress import Progress, quiet
from ineq_kg.store.patience import Patience
from ineq_kg.store.protocol import Snapshot
from ineq_kg.store.snapshots import Versions

if TYPE_CHECKING:
    from ineq_kg.search.index import TextIndex

# To be raised when documents, fields or the way to make terms change: an index of another form is not opened, but made anew.
FORM = 1
# Of so many bytes on, in files, a version is large: some 200,000 quads, whose index takes a few seconds.
LARGE = 16 * 1024 * 1024


def _size(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.glob("*.sst"))


class Indexes:
    """The indexes of a store, in a folder that several processes may share; each is made once, by whoever is first.

    `kept` says which versions the store keeps: an index is removed after its version is, when the next is made. `directory` is
    where another process can read the store, if it can.
    """

    def __init__(self, folder: Path, kept: Callable[[], Collection[str]], directory: Path | None = None) -> None:
        self.folder = folder
        self._kept = kept
        self._directory = directory
        self._maker: Popen[bytes] | None = None
        self._left = False
        self._open: dict[str, TextIndex] = {}
        self._making: dict[str, Future[TextIndex]] = {}
        self._lock = Lock()
        self._patience = Patience()
        self._one = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ineq-kg-index")

    def of(self, snapshot: Snapshot, patience: float | None = None, progress: Progress = quiet) -> TextIndex:
        """Return the index of a version; waits for it to be made, for as long as `patience` in seconds, else for ever.

        Raises IndexNotReady where it takes longer, or many wait, and is then still being made; StoreError where it cannot be.
        """
        with self._lock:
            if snapshot.version in self._open:
                return self._open[snapshot.version]
            making = self._making.get(snapshot.version)
            if making is None or self._left:
                self._left = False
                making = self._one.submit(self._made, snapshot, progress)
                self._making[snapshot.version] = making
        try:
            index = self._patience.wait(making, patience)
        except FutureTimeout as error:
            raise IndexNotReady(snapshot.version) from error
        finally:
            if making.done():
                with self._lock:
                    self._making.pop(snapshot.version, None)
        with self._lock:
            # One is asked of at a time, but for pages that were opened before a commit.
            while len(self._open) > 1:
                self._open.pop(next(iter(self._open)))
            self._open[snapshot.version] = index
        return index

    def begin(self, snapshot: Snapshot) -> None:
        """Begin to make the index of a version, where there is none; wait for nothing, and open none that is there."""
        if not self._path(snapshot.version).is_dir():
            with suppress(IndexNotReady):
                self.of(snapshot, 0.0)

    def _path(self, version: str) -> Path:
        return self.folder / f"{version}.{FORM}"

    def _made(self, snapshot: Snapshot, progress: Progress) -> TextIndex:
        from ineq_kg.search.index import TextIndex  # its libraries are memory that who never searches does without

        path = self._path(snapshot.version)
        if not path.is_dir():
            self.folder.mkdir(parents=True, exist_ok=True)
            # Another process may be at it: whoever comes second waits, and finds it made.
            with portalocker.Lock(self.folder / "making.lock", "a", timeout=None, flags=portalocker.LOCK_EX):
                if not path.is_dir():
                    self._make(snapshot, path, progress)
        return TextIndex(path)

    def _make(self, snapshot: Snapshot, path: Path, progress: Progress) -> None:
        """Make an index beside its place and move it there whole."""
        making = path.with_suffix(".making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        try:
            if self._left:
                raise IndexNotReady(snapshot.version)
            if self._directory is not None and _size(Versions(self._directory).path(snapshot.version)) >= LARGE:
                self._make_apart(self._directory, snapshot.version, making)
            else:
                from ineq_kg.search.index import build

                build(snapshot, making, progress)
            making.rename(path)
            self._prune()
        finally:
            shutil.rmtree(making, ignore_errors=True)

    def _make_apart(self, directory: Path, version: str, making: Path) -> None:
        """Have the index made by another process. Raises StoreError where it ends without."""
        command = [sys.executable, "-P", "-m", "ineq_kg.search.making", *map(str, (directory, version, making))]
        # It ends when its input does: with this process, however that ends.
        with Popen(command, stdin=PIPE, stdout=DEVNULL, stderr=PIPE) as self._maker:  # noqa: S603
            said = self._maker.stderr.read().decode(errors="replace").strip() if self._maker.stderr else ""
        if self._left and self._maker.returncode:
            raise IndexNotReady(version)
        if self._maker.returncode:
            told = said.splitlines()[-1] if said else f"its process ended with {self._maker.returncode}"
            raise StoreError(f"the index of version {version} cannot be made: {told}")

    def stop(self) -> None:
        """Leave an index that is being made by another process, or is to be; the next who needs it begins anew."""
        self._left = True
        if self._maker is not None and self._maker.poll() is None:
            self._maker.kill()

    def _prune(self) -> None:
        """Remove the indexes of versions that are not kept. Who searches in one goes on: its files stay open."""
        kept = {self._path(version) for version in self._kept()}
        for path in self.folder.iterdir():
            if path.is_dir() and path not in kept and path.suffix != ".making":
                shutil.rmtree(path, ignore_errors=True)
