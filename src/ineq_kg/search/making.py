"""Makes the index of one version, in a process of its own: `python -m ineq_kg.search.making STORE VERSION DIRECTORY`.

It gives way to whoever answers, and ends when its input does, which whoever started it holds open.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from threading import Thread

from ineq_kg.errors import IneqKgError
from ineq_kg.progress import quiet
from ineq_kg.search.index import build
from ineq_kg.store.background import NICENESS
from ineq_kg.store.embedded import EmbeddedStore


def _end_with_input() -> None:
    os.read(0, 1)  # not by `sys.stdin`, which a thread that reads it would keep from the end of Python
    os._exit(1)


def main(store: str, version: str, directory: str) -> None:
    """Make an index in an empty directory; what goes wrong is said on standard error, in a line."""
    Thread(target=_end_with_input, daemon=True).start()
    os.nice(NICENESS)
    try:
        build(EmbeddedStore(Path(store)).pinned(version), Path(directory), quiet)
    except IneqKgError as error:
        sys.exit(error.message)


if __name__ == "__main__":
    main(*sys.argv[1:])
