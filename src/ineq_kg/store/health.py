"""Whether the files of the version that is answered from are those that were committed: looked at beside the answering.

The engine finds most damage by itself when it reads a block, and says so. Not all: a term that it cannot read inside an
expression it takes for unbound, and the answer is shorter than it should be. So a version is not trusted any more once a file
of it is found to be another than its seal says.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from threading import Event, Thread

from ineq_kg.errors import IneqKgError, StoreDamaged
from ineq_kg.store import seals
from ineq_kg.store.background import give_way
from ineq_kg.store.engine_errors import MEND
from ineq_kg.store.snapshots import Versions
from ineq_kg.store.together import Together

WHOLE, CHECKING, UNSEALED = "whole", "being checked", "not sealed"
# How often it is looked whether there is another version, in seconds.
_TICK = 1.0
# So many bytes are read at a time, and so long is waited between: whoever asks for answers comes first.
_BLOCK = 8 * 1024 * 1024
_PAUSE = 0.02


class Health:
    """What is known of the files of a store's versions. A file is read once, by one of the processes that serve `together`."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self.together = Together()
        self._found: dict[str, tuple[str, ...] | None] = {}
        self._digests: dict[tuple[int, int, int, int], str] = {}
        self._stop = Event()
        self._thread: Thread | None = None

    def problem(self, version: str) -> str:
        """Return what is wrong with a version, empty where nothing is known to be."""
        return next(iter(self._found.get(version) or ()), "")

    def current(self) -> str | None:
        """Return the current version; None before the first, and where it is not to be trusted any more. Raises StoreError."""
        version = self._versions.watched()
        return None if version is None or self.problem(version) else version

    def refuse(self, version: str) -> None:
        """Raise StoreDamaged for a version that was found to be damaged, be it open: what it answers may not be all."""
        problem = self.problem(version)
        if problem:
            raise StoreDamaged(f"version {version} is damaged: {problem}", version=version, mend=MEND)

    def state(self, version: str) -> str:
        """Return what is known of a version in words: what is wrong, or WHOLE, CHECKING, UNSEALED."""
        if version not in self._found:
            return CHECKING
        return UNSEALED if self._found[version] is None else self.problem(version) or WHOLE

    def watch(self) -> None:
        """Begin to look at every version that becomes current, one after another; the first is the current one."""
        if self._thread is None:
            self._stop.clear()
            self._thread = Thread(target=self._watch, daemon=True, name="ineq-kg-health")
            self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        thread, self._thread = self._thread, None
        self._stop.set()
        if thread is not None:
            thread.join()

    def _watch(self) -> None:
        give_way()
        while not self._stop.is_set():
            try:
                version = self._versions.current()
                if version is not None and version not in self._found:
                    self._look(version)
            except (IneqKgError, OSError):
                pass  # whoever reads it is told; and it may be another version by now
            self._stop.wait(_TICK)

    def _look(self, version: str) -> None:
        hold = self._versions.reading(version)
        path = self._versions.path(version)
        found = tuple(seals.broken(path, self._digest)) if seals.read(path) else None
        if not self._stop.is_set():  # else not all was read
            self._found[version] = found
        del hold

    def _digest(self, file: Path) -> str:
        facts = file.stat()
        same = (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns)
        if same not in self._digests:
            found = self.together.find(f"digest-{'-'.join(map(str, same))}", lambda: self._read(file), self._stop)
            if found is None:
                return ""
            self._digests[same] = found
        return self._digests[same]

    def _read(self, file: Path) -> str | None:
        """Return the digest of a file; None where it was told to stop before all was read."""
        read = hashlib.sha256()
        with file.open("rb") as blocks:
            while block := blocks.read(_BLOCK):
                if self._stop.wait(_PAUSE):
                    return None
                read.update(block)
        return read.hexdigest()
