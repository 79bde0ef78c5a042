"""What processes that serve together find out once for all of them: whoever comes first does it, the others wait for it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any

import portalocker

# How often it is looked whether another process has found it, in seconds.
_LOOK = 0.1


class Together:
    """A folder that these processes share, for as long as they serve. Without one, each process finds all by itself.

    What is found is written once, whole, and never changed. A process that dies while it looks leaves it to the next.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        if folder is not None:
            folder.mkdir(exist_ok=True)

    def find(self, name: str, find: Callable[[], Any], stop: Event | None = None) -> Any:
        """Return what this process or another finds, as JSON has it; `name` says of what, and can name a file.

        None where `find` returned None, which is not remembered, or where it is told to `stop` while another looks.
        """
        if self._folder is None:
            return find()
        found = self._folder / f"{name}.json"
        wait = (stop or Event()).wait
        try:
            lock = (self._folder / f"{name}.lock").open("a")
        except OSError:  # somebody took the folder away, or the disk is full
            return find()
        with lock:
            while not found.exists():
                try:
                    portalocker.lock(lock, portalocker.LOCK_EX | portalocker.LOCK_NB)
                except portalocker.LockException:
                    if wait(_LOOK):
                        return None
                    continue
                # The lock is given up when the file is closed.
                return _read(found) if found.exists() else _keep(found, find())
        return _read(found)


def _read(found: Path) -> Any:
    return json.loads(found.read_text(encoding="utf-8"))


def _keep(found: Path, value: Any) -> Any:
    if value is not None:
        beside = found.with_suffix(f".{secrets.token_hex(4)}")
        with suppress(OSError):  # what cannot be told to the others is true all the same
            beside.write_text(json.dumps(value), encoding="utf-8")
            beside.replace(found)
    return value
