"""The versions of a store as its keeper wants to see them: when, who, why, how much, and what becomes of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ineq_kg.errors import StoreError
from ineq_kg.store.content import content_digest
from ineq_kg.store.embedded import EmbeddedStore
from ineq_kg.store.journal import Entry
from ineq_kg.store.retention import kept
from ineq_kg.store.verify import verify


@dataclass(frozen=True)
class Known:
    """What is known of one version.

    `entry` is what the journal says of it, if anything; `present` is False where it was pruned; `kept` is why the rule keeps
    it, empty where it does not; `held` where someone reads it. `own` is how many bytes on the disk are its alone, and would be
    free without it; `shared`, how many it has in common with others. `quads` is None where it cannot be read; `digest` of its
    content and `problems` with it are None where they were not asked for.
    """

    version: str
    entry: Entry | None
    present: bool
    current: bool = False
    kept: str = ""
    held: bool = False
    own: int = 0
    shared: int = 0
    quads: int | None = None
    digest: str | None = None
    problems: tuple[str, ...] | None = None


def history(
    store: EmbeddedStore,
    *,
    pruned: bool = False,
    digest: bool = False,
    check: bool = False,
    progress: Callable[[str], object] = lambda _version: None,
) -> list[Known]:
    """Return what is known of every version that is kept, oldest first, and with `pruned` of those that are not any more.

    With `digest` and `check` each is read whole. `progress` is told each version before it is looked at.
    """
    current = store.versions.current()
    entries = store.versions.journal.entries(current)
    by_version = {entry.version: entry for entry in entries}
    committed = store.versions.committed()
    reasons = kept(store.versions, store.retention, entries, datetime.now(UTC))
    names = sorted({*committed, *by_version}) if pruned else committed
    found = []
    for name in names:
        entry = by_version.get(name)
        if name not in committed:
            found.append(Known(name, entry, present=False))
            continue
        progress(name)
        held = store.versions.held(name)
        own, shared = _size(store.versions.path(name))
        quads, said = _content(store, name, digest=digest)
        problems = tuple(verify(store, name)) if check else None
        why = reasons.get(name, "")
        found.append(Known(name, entry, True, name == current, why, held, own, shared, quads, said, problems))
    return found


def _size(version: Path) -> tuple[int, int]:
    """Return how many bytes on the disk are a version's alone, and how many it shares by hard links."""
    own = shared = 0
    for path in version.iterdir():
        facts = path.stat()
        # Not `st_size`: an engine's files have room set aside in them. Windows does not say.
        size = getattr(facts, "st_blocks", 0) * 512 or facts.st_size
        if facts.st_nlink > 1:
            shared += size
        else:
            own += size
    return own, shared


def _content(store: EmbeddedStore, version: str, *, digest: bool) -> tuple[int | None, str | None]:
    """Return how many quads a version has, and the digest of what it says; None for what cannot be read."""
    try:
        # A store of its own, so that no version is held for longer than it is looked at.
        snapshot = EmbeddedStore(store.directory).pinned(version)
        return len(snapshot), content_digest(snapshot) if digest else None
    except StoreError:
        return None, None
