"""Which versions are kept, and the removal of the others.

The rule keeps the newest `keep` versions and, where `days` is given, every version that was the current one at any moment of
so many days past. Beyond any rule stay the current version and those that someone reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from ineq_kg.store.journal import Entry
from ineq_kg.store.snapshots import Versions

KEEP = 8


@dataclass(frozen=True)
class Retention:
    """How many versions are kept at least, and for how many days they are kept after another took their place."""

    keep: int = KEEP
    days: float | None = None

    def __str__(self) -> str:
        newest = f"the newest {self.keep}" if self.keep != 1 else "the current one"
        return newest if self.days is None else f"{newest}, and what was current within {self.days:g} days"


NEWEST = Retention()


@dataclass(frozen=True)
class Fate:
    """What becomes of a version, and why."""

    version: str
    removed: bool
    why: str


def kept(versions: Versions, rule: Retention, entries: list[Entry], now: datetime) -> Mapping[str, str]:
    """Return the versions that a rule keeps, each with the reason; `entries` are those of the journal, `now` is in UTC."""
    current = versions.current()
    committed = versions.committed()
    newest = set(committed[-rule.keep :])
    replaced = {before.version: after.at for before, after in pairwise(entries)}
    reasons = {}
    for version in committed:
        if version == current:
            reasons[version] = "is current"
        elif version in newest:
            reasons[version] = f"is among the newest {rule.keep}"
        elif rule.days is not None and version in replaced and now - replaced[version] < _days(rule.days):
            reasons[version] = f"was current within {rule.days:g} days"
    return reasons


def _days(number: float) -> timedelta:
    try:
        return timedelta(days=number)
    except OverflowError:
        return timedelta.max


def prune(versions: Versions, rule: Retention = NEWEST, *, dry: bool = False) -> list[Fate]:
    """Remove the versions that a rule does not keep and nobody reads; return what became of each, oldest first.

    Versions newer than the current one are left over from a writer that did not finish, and go too. With `dry` nothing is
    removed, and what is returned is what would be. To be called under the writer's lock, but for `dry`.
    """
    current = versions.current()
    reasons = kept(versions, rule, versions.journal.entries(current), datetime.now(UTC))
    if not dry:
        versions.sweep()
    fates = []
    for version in versions.names():
        if version in reasons:
            fates.append(Fate(version, removed=False, why=reasons[version]))
            continue
        unfinished = current is None or version > current
        stays = ("is being read" if versions.held(version) else None) if dry else versions.remove(version)
        why = stays or ("is left of a commit that did not finish" if unfinished else "is past what is kept")
        fates.append(Fate(version, removed=stays is None, why=why))
    return fates
