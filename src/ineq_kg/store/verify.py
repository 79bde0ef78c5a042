"""Whether a version is what was committed, and all of it can be read."""

from __future__ import annotations

import os
from pathlib import Path

from ineq_kg.errors import StoreError
from ineq_kg.store import seals
from ineq_kg.store.embedded import EmbeddedStore


def verify(store: EmbeddedStore, version: str) -> list[str]:
    """Return what is wrong with a version, a sentence each; nothing where it is whole.

    Reads every file (SHA-256, compared with what was recorded at the commit) and every quad, which takes about as long as to
    write the dataset out. Raises VersionGone for a version that is not kept.
    """
    hold = store.versions.reading(version)
    path = store.versions.path(version)
    try:
        found = seals.broken(path)
        if not seals.read(path):
            found.append(f"{seals.path_of(path).name}, which held the digests of its files, is missing or empty")
    except OSError as error:
        found = [f"its directory cannot be read: {error.strerror or error}"]
    try:
        with Path(os.devnull).open("wb") as nowhere:
            # A store of its own: what another one has open may have been read before the damage.
            EmbeddedStore(store.directory).pinned(version).dump(nowhere)
    except StoreError as error:
        found.append(error.message)
    del hold
    return found
