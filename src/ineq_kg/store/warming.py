"""A version of a store made ready to be read fast, while it is served already."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock, Thread
from time import monotonic

import psutil

from ineq_kg.errors import IneqKgError
from ineq_kg.store.background import give_way
from ineq_kg.store.embedded import EmbeddedStore
from ineq_kg.store.protocol import Snapshot, Store
from ineq_kg.store.together import Together

# An answer that must come soon waits for so long, in seconds.
_PATIENCE = 0.05
# So many seconds belong to who waited for the start: counting takes a processor, and reading ahead the disk.
SETTLING = 0.5


class Warming:
    """Reads a version ahead and counts its quads, which reads every one of them, in a thread of its own.

    Of processes that serve `together`, one does.
    """

    def __init__(self, store: Store, together: Together | None = None) -> None:
        self._store = store
        self._together = together or Together()
        self._lock = Lock()
        self._thread: Thread | None = None
        self._counted: tuple[str, int] | None = None
        self._from = monotonic() + SETTLING

    def begin(self) -> Thread:
        """Warm the current version, unless one is being warmed; return the thread that does."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._warm, daemon=True, name="ineq-kg-warming")
                self._thread.start()
            return self._thread

    def quads(self, snapshot: Snapshot) -> int | None:
        """Return how many quads a version has, or None while it is not warm.

        Where it is not, it is warmed from now on, unless this was made a moment ago.
        """
        if self._of(snapshot) is None and monotonic() > self._from:
            self.begin().join(_PATIENCE)
        return self._of(snapshot)

    def _of(self, snapshot: Snapshot) -> int | None:
        counted = self._counted
        return counted[1] if counted is not None and counted[0] == snapshot.version else None

    def _warm(self) -> None:
        give_way()
        try:
            snapshot = self._store.snapshot()
            count = self._together.find(f"quads-{snapshot.version}", lambda: self._count(snapshot))
            self._counted = (snapshot.version, count)
        except (IneqKgError, OSError):
            return  # whoever asks is told what is wrong with the store

    def _count(self, snapshot: Snapshot) -> int:
        if isinstance(self._store, EmbeddedStore):
            read_ahead(self._store.versions.path(snapshot.version))
        return len(snapshot)


def read_ahead(directory: Path) -> int:
    """Ask the system to read the files of a version into memory, in the background; return of how many bytes it was asked.

    No more than half of the memory that nobody uses. A version that was not read since the machine started is otherwise read
    block by block, as queries come to them.
    """
    if not hasattr(os, "posix_fadvise"):
        return 0
    room = psutil.virtual_memory().available // 2
    asked = 0
    for path in sorted(directory.glob("*.sst"), reverse=True):
        size = path.stat().st_size
        if asked + size > room:
            break
        handle = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_WILLNEED)
        finally:
            os.close(handle)
        asked += size
    return asked
