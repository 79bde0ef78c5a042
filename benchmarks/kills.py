"""Whether a writer that is killed at random moments loses anything. `make bench-kills`.

A process commits, one small change after another, and prints each as it is acknowledged; it is killed (SIGKILL) at a random
moment, started again, and so on until enough is acknowledged. After each kill the store must open, its current version must be
whole to the last file (SHA-256) and quad, must hold every change that was acknowledged, in order, and nothing of another but
the one that was under way; and the journal must lead back without a gap to the first commit. What a kill -9 cannot show is
what a power cut does: that needs a machine that can be switched off.
"""

from __future__ import annotations

import argparse
import itertools
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from ineq_kg.store.embedded import EmbeddedStore
from ineq_kg.store.journal import Note
from ineq_kg.store.retention import Retention
from ineq_kg.store.verify import verify

COMMITS = 200
# Few, so that versions are pruned at nearly every commit, and kills meet that too.
KEPT = Retention(2)
_GRAPH = ox.NamedNode("https://example.org/kills")
_SAYS = ox.NamedNode("https://example.org/says")
# Acknowledged commits after which a writer is killed, at most.
_LIFE = 5


def commit(store: EmbeddedStore, number: int) -> str:
    """Commit the change of this number: one quad more."""
    quad = ox.Quad(_GRAPH, _SAYS, ox.Literal(number), _GRAPH)
    return store.commit(lambda clone: clone.add(quad), Note("writer", str(number)))


def numbers(store: EmbeddedStore) -> list[int]:
    """Return the numbers of the changes that the current version holds, sorted."""
    return (
        [] if store.version is None else sorted(int(quad.object.value) for quad in store.snapshot().quads(_GRAPH.value))
    )


def write_on(directory: Path) -> None:
    """Commit until killed, and print each commit when it is acknowledged."""
    store = EmbeddedStore(directory, KEPT)
    for number in itertools.count(len(numbers(store))):
        print(number, commit(store, number), flush=True)


@dataclass
class Kills:
    """What was seen: each acknowledged commit, the number of kills, and at how many the commit under way was there after."""

    acknowledged: dict[int, str] = field(default_factory=dict)
    kills: int = 0
    under_way: Counter[bool] = field(default_factory=Counter)


def live_and_die(directory: Path, chance: random.Random, pause: float) -> list[tuple[int, str]]:
    """Run one writer until it is killed; return what it acknowledged. `pause` is about how long a commit takes, in seconds."""
    command = [sys.executable, __file__, "--write-on", str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:  # noqa: S603 - this very file
        assert writer.stdout
        lines = [writer.stdout.readline() for _ in range(chance.randint(0, _LIFE))]
        time.sleep(chance.uniform(0, 1.2 * pause))
        writer.kill()
        lines += writer.stdout.readlines()
    assert writer.returncode < 0 or sys.platform == "win32", f"the writer ended by itself: {writer.returncode}"
    # A line that was cut off was not read by whoever waits for it.
    pairs = (line.split() for line in lines if line.endswith("\n"))
    return [(int(number), version) for number, version in pairs]


def check(directory: Path, seen: Kills) -> None:
    """Raise AssertionError where anything that was acknowledged is lost, or anything is not whole."""
    store = EmbeddedStore(directory)
    found = numbers(store)
    last = max(seen.acknowledged, default=-1)
    assert found == list(range(len(found))), f"changes are missing: {found}"
    assert len(found) - 1 in {last, last + 1}, f"{last} was acknowledged, and the last there is {len(found) - 1}"
    seen.under_way[len(found) - 1 > last] += 1
    entries = store.entries()
    assert [entry.parent for entry in entries] == [None, *(entry.version for entry in entries)][: len(entries)]
    assert [entry.note.why for entry in entries] == [str(number) for number in found]
    assert all(before.at < after.at for before, after in itertools.pairwise(entries))
    for number, version in seen.acknowledged.items():
        assert entries[number].version == version
    if store.version is not None:
        assert entries[-1].version == store.version
        assert verify(store, store.version) == []
    # What was under way and is there was never told to anyone; from now on it stays.
    seen.acknowledged |= {number: entries[number].version for number in found}


def kill_writers(directory: Path, commits: int, seed: int, pause: float = 0.25) -> Kills:
    """Kill writers until so many commits are there, and check the store after each kill."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    seen = Kills()
    while len(seen.acknowledged) < commits:
        seen.acknowledged |= dict(live_and_die(directory, chance, pause))
        seen.kills += 1
        check(directory, seen)
    store = EmbeddedStore(directory, KEPT)
    commit(store, len(seen.acknowledged))
    left = {path.name.partition(".")[0] for path in store.versions.versions.iterdir()}
    assert left == set(store.versions.committed()), f"something was left over: {left}"
    return seen


def main() -> None:
    """Kill writers of a store in a temporary directory, and say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--commits", type=int, default=COMMITS, help=f"how many in all; {COMMITS} unless given")
    parser.add_argument("--seed", type=int, default=0, help="another seed makes other moments")
    parser.add_argument("--write-on", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.write_on:
        write_on(arguments.write_on)
        return
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        seen = kill_writers(Path(folder) / "store", arguments.commits, arguments.seed)
    print(
        f"{len(seen.acknowledged)} commits, {seen.kills} kills, {time.perf_counter() - start:.0f} s: nothing lost. "
        f"The commit under way was there after {seen.under_way[True]} kills, and not after {seen.under_way[False]}."
    )


if __name__ == "__main__":
    main()
