"""How often each client came, counted together by the processes of this machine that serve together.

LMDB keeps the counts, as it keeps finished answers: one writer at a time, and one that is killed leaves nothing half counted.
"""

from __future__ import annotations

import logging
import math
import time
from pathlib import Path
from typing import Any

import lmdb
from limits.storage import MemoryStorage

# Room for some 500,000 clients in two windows of time, and a quarter more: to empty a table takes room as well.
ROOM = 64 * 1024 * 1024
_WINDOW = b"window"
_log = logging.getLogger(__name__)


class SharedCounts(MemoryStorage):
    """Counts in a directory that every process opens for itself, after it was forked; of sliding windows alone.

    Two tables: of this window of time and of the one before. A window that begins empties the older of them and takes it.
    """

    def __init__(self, directory: Path, room: int = ROOM) -> None:
        super().__init__()
        self._room = room
        self._full_in = -1
        directory.mkdir(exist_ok=True)
        # Nothing is synced: the directory does not outlive the machine's running.
        self._environment = lmdb.open(
            str(directory), map_size=room + room // 4, max_dbs=2, sync=False, metasync=False, meminit=False
        )
        self._tables = [self._environment.open_db(name) for name in (b"0", b"1")]

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` for a key where no more than `limit` in `expiry` seconds are then counted; return whether that is so.

        Who cannot be counted, for want of room, is let in; the log says so once a window.
        """
        try:
            with self._environment.begin(write=True) as writing:
                now = time.time()  # what it was before the wait for the others may be of a window that is over
                before, count = self._counts(writing, key, int(now / expiry))
                if math.floor(before * _left(now, expiry) / expiry + count) + amount > limit:
                    return False
                table = self._begin(writing, int(now / expiry))
                if not count and self._is_full(writing, int(now / expiry)):
                    return True
                writing.put(key.encode(), (count + amount).to_bytes(8, "big"), db=table)
        except lmdb.Error as error:
            _log.warning("a request cannot be counted: %s", error)
        return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Return the count of the window before and for how many seconds it counts; and those of this window."""
        with self._environment.begin() as reading:
            now = time.time()
            before, count = self._counts(reading, key, int(now / expiry))
        return before, _left(now, expiry) if before else 0.0, count, _left(now, expiry) + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:  # noqa: ARG002 - of either window
        """Forget a key."""
        with self._environment.begin(write=True) as writing:
            for table in self._tables:
                writing.delete(key.encode(), db=table)

    def close(self) -> None:
        """Give up what it takes of this process."""
        self._environment.close()

    def _is_full(self, writing: Any, window: int) -> bool:
        stats = [writing.stat(table) for table in self._tables]
        used = sum((one["branch_pages"] + one["leaf_pages"] + one["overflow_pages"]) * one["psize"] for one in stats)
        if used >= self._room and self._full_in != window:
            self._full_in = window
            _log.warning("there are too many clients to count: those who are new are let in for now")
        return bool(used >= self._room)

    def _counts(self, transaction: Any, key: str, window: int) -> tuple[int, int]:
        """Return the counts of a key in the window before this one, and in this one."""
        told = [
            int.from_bytes(transaction.get(key.encode(), db=self._tables[one % 2]) or b"", "big")
            for one in (window - 1, window)
        ]
        behind = window - _window(transaction)
        return told[0] if behind in {0, 1} else 0, told[1] if behind == 0 else 0

    def _begin(self, writing: Any, window: int) -> Any:
        """Return the table of this window, which is empty if nobody was counted in it yet."""
        behind = window - _window(writing)
        if behind:
            writing.drop(self._tables[window % 2], delete=False)
            if behind != 1:  # or the clock was set back
                writing.drop(self._tables[1 - window % 2], delete=False)
            writing.put(_WINDOW, window.to_bytes(8, "big"))
        return self._tables[window % 2]


def _window(transaction: Any) -> int:
    return int.from_bytes(transaction.get(_WINDOW) or b"", "big")


def _left(now: float, expiry: int) -> float:
    """Return how many seconds are left of this window of time."""
    return expiry - now % expiry
