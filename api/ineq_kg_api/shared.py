"""Bytes that the processes of a service share: a small file that each of them maps, so that all see at once what one writes."""

from __future__ import annotations

import logging
import mmap
from pathlib import Path

import portalocker

_log = logging.getLogger(__name__)


def shared_bytes(path: Path, size: int) -> memoryview:
    """Return the bytes of a file, which is made, and filled with zeros, by whoever comes first.

    Where there is no room for it, they are this process's own.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            portalocker.lock(file, portalocker.LOCK_EX)
            # Zeros that are written have their place on the disk; a hole that is written to when that is full ends the process.
            file.write(bytes(max(0, size - file.tell())))
        with path.open("r+b") as file:
            return memoryview(mmap.mmap(file.fileno(), size))
    except OSError as error:
        _log.warning("processes cannot share %s: %s", path, error)
        return memoryview(bytearray(size))
