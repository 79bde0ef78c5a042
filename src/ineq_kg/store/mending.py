"""What is left where a version of a store is damaged."""

from __future__ import annotations

import pyoxigraph as ox

from ineq_kg.errors import StoreDamaged, StoreError
from ineq_kg.store import seals
from ineq_kg.store.engine_errors import translated
from ineq_kg.store.snapshots import Versions


def others_that_open(versions: Versions, damaged: str) -> str:
    """Return the mend for a version that does not open: those that do."""
    others = [version for version in reversed(versions.committed()) if version != damaged]
    opening = [version for version in others if _opens(versions, version)]
    if not opening:
        return "No other version opens. Restore a backup: ineq-kg restore FILE --store NEW_DIRECTORY"
    return f"These versions open: {', '.join(opening)}. To go back to one: ineq-kg snapshots restore {opening[0]}"


def _opens(versions: Versions, version: str) -> bool:
    try:
        with translated("opening the store", version):
            ox.Store.read_only(str(versions.path(version)))
    except StoreError:
        return False
    return True


def refuse_damaged(versions: Versions, version: str) -> None:
    """Raise StoreDamaged where a file of a version is not what was committed: it is not to be gone back to. Reads all of it."""
    broken = seals.broken(versions.path(version))
    if broken:
        mend = others_that_open(versions, version)
        raise StoreDamaged(f"version {version} is damaged: {broken[0]}", version=version, mend=mend)
