"""Bytes under keys, as many as fit, shared by the processes of this machine that serve together.

LMDB keeps them: readers take no lock and see whole values only, a writer that is killed leaves nothing half written, and a
value is found in microseconds. It evicts nothing, so there are two halves: what is put goes into the young one; when that is
full, the old one is emptied and becomes the young one. What is found in the old half is put into the young one again, so that
what is asked for stays.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from struct import unpack_from
from typing import Any

import lmdb
import portalocker
import psutil

from ineq_kg_api.shared import shared_bytes

_PREFIX = "ineq-kg-answers-"
_LOCK = "held"
_YOUNG = b"young"
# The greatest part of a half that one value may have.
_SHARE = 4
# Where memory has grown by so many bytes the file is opened anew, which takes 0.15 ms.
_GROWN = 4 * 1024 * 1024
# How often that is looked at: a value in the midst of others can take 64 kB (what the system maps around it), twice.
_OFTEN = 16
# How many keys can be noted, in four bytes each.
_NOTED = 1 << 17
_log = logging.getLogger(__name__)


class Shelf:
    """A shelf of so many bytes, in a directory that every process opens for itself, after it was forked.

    One thread has it, which in a service is that of the event loop.
    """

    def __init__(self, directory: Path, size: int) -> None:
        self._half = size // 2
        # What is freed can be used only when nobody reads it any more: hence room for a quarter more.
        room = size + size // 4 + 1024 * 1024
        self._directory, self._room = str(directory), room
        self._noted = shared_bytes(directory / "noted", _NOTED * 4).cast("I")
        self._process = psutil.Process()
        self._looked_up = 0
        self._open()

    def _open(self) -> None:
        # Nothing is synced: the directory does not outlive the machine's running, and what a process wrote survives its end.
        self._environment = lmdb.open(
            self._directory, map_size=self._room, max_dbs=2, sync=False, metasync=False, meminit=False
        )
        self._halves = [self._environment.open_db(name) for name in (b"0", b"1")]
        self._resident = self._process.memory_info().rss

    def _mind_memory(self) -> None:
        """Open the file anew where memory has grown, whatever by.

        What was ever looked at of the file, with what stands around, is counted as memory of this process until then.
        """
        self._looked_up += 1
        if self._looked_up % _OFTEN:
            return
        resident = self._process.memory_info().rss
        self._resident = min(self._resident, resident)
        if resident - self._resident > _GROWN:
            self._environment.close()
            try:
                self._open()
            except lmdb.Error as error:  # somebody took the directory away: nothing is kept any more
                _log.warning("kept answers cannot be opened: %s", error)

    def get(self, key: bytes) -> bytes | None:
        """Return what was put under a key, or None where it is not there (any more)."""
        try:
            with self._environment.begin() as reading:
                young = self._young(reading)
                found: bytes | None = reading.get(key, db=self._halves[young])
                fresh = found is not None
                if found is None:
                    found = reading.get(key, db=self._halves[1 - young])
        except lmdb.Error as error:
            _log.warning("kept answers cannot be read: %s", error)
            return None
        self._mind_memory()
        if found is not None and not fresh:
            self.put((key, found))
        return found

    def put(self, *pairs: tuple[bytes, bytes]) -> None:
        """Put values under keys, all or none: none where they are too large or there is no room. Nothing depends on it."""
        size = sum(len(value) for _, value in pairs)
        if size > self._half // _SHARE:
            return
        try:
            with self._environment.begin(write=True) as writing:
                young = self._young(writing)
                if self._used(writing, young) + size > self._half:
                    young = 1 - young
                    writing.drop(self._halves[young], delete=False)
                    writing.put(_YOUNG, bytes([young]))
                for key, value in pairs:
                    writing.put(key, value, db=self._halves[young])
        except lmdb.Error as error:
            _log.warning("an answer cannot be kept: %s", error)

    def note(self, key: bytes) -> None:
        """Note a key, which is a digest, for as long as no other takes its place."""
        place, mark = _place_and_mark(key)
        self._noted[place] = mark

    def has_noted(self, key: bytes) -> bool:
        """Say whether a key was noted lately, by any process."""
        place, mark = _place_and_mark(key)
        return self._noted[place] == mark

    def size(self) -> int:
        """Return how many bytes are taken."""
        with self._environment.begin() as reading:
            return sum(self._used(reading, half) for half in (0, 1))

    def close(self) -> None:
        """Give up what it takes of this process."""
        self._environment.close()

    @staticmethod
    def _young(transaction: Any) -> int:
        return int((transaction.get(_YOUNG) or b"\0")[0])

    def _used(self, transaction: Any, half: int) -> int:
        pages = transaction.stat(self._halves[half])
        return int((pages["branch_pages"] + pages["leaf_pages"] + pages["overflow_pages"]) * pages["psize"])


def _place_and_mark(key: bytes) -> tuple[int, int]:
    place, mark = unpack_from("=II", key)
    return place % _NOTED, mark or 1  # 0 is the mark of none


@contextmanager
def directory_for_a_while() -> Iterator[Path]:
    """Yield a new directory for a shelf, which is gone afterwards, and sweep up those of programs that were killed."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        _sweep(left)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as name:
        directory = Path(name)
        with (directory / _LOCK).open("a") as held:
            portalocker.lock(held, portalocker.LOCK_EX)
            yield directory


def _sweep(left: Path) -> None:
    try:
        with (left / _LOCK).open("r+") as held:
            portalocker.lock(held, portalocker.LOCK_EX | portalocker.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
    except (OSError, portalocker.LockException):
        return
