"""How long search takes on corpora of several sizes: making its index, and asking it. `make bench-search`.

Prints for stores of 0.15, 1.5 and 10 million quads (`--sizes`) the seconds and MiB of a new index, made apart from the store,
and the median and 95th percentile of several searches: of one word and of three, with slips, with a beginning only, within one
synthesis, for a word that most records have, and for what is nowhere. Words are those of a synthesis in the middle of
the corpus. An answer is the whole of it: records ranked, passages cut out, found words marked.

Stores of the larger sizes take minutes to make; `--stores DIR` keeps them for the next time.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from corpus import Corpus
from ineq_kg.records import ThirdOrderConstruct
from ineq_kg.search.kept import Indexes
from queries import Sized, options, sized

TIMES = 25
MIB = 1024 * 1024


def slipped(word: str) -> str:
    """Return the word with two of its letters in each other's place, as fingers do."""
    return word[:3] + word[4] + word[3] + word[5:]


def searches(one: Sized) -> dict[str, dict[str, str]]:
    """Return what is searched for, by what it is to show."""
    claim = next(record for record in one.bundle.records if isinstance(record, ThirdOrderConstruct))
    words = [word for word in claim.label.split() if len(word) > 7 and word.isalpha() and word != "Constructed"]
    word = words[0]
    several = " ".join(words[:3])
    return {
        "one word": {"q": word},
        "three words": {"q": several},
        "one word, with a slip": {"q": slipped(word)},
        "three words, each with a slip": {"q": " ".join(map(slipped, words[:3]))},
        "the beginning of a word": {"q": word[:5]},
        "three words in one synthesis": {"q": several, "synthesis": one.bundle.synthesis.id},
        "a word that most have": {"q": "constructed"},
        "nowhere": {"q": "xylophone quagmire"},
    }


def made(one: Sized, folder: Path) -> tuple[float, float]:
    """Make a new index in a folder, for the app to ask; return the seconds it took and its size in MiB."""
    one.app.indexes = Indexes(folder, one.app.store.kept)
    start = time.perf_counter()
    one.app.indexes.of(one.app.snapshot())
    seconds = time.perf_counter() - start
    return seconds, sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / MIB


def asked(one: Sized, values: dict[str, str], times: int, clock: Callable[[], float]) -> tuple[int, list[float]]:
    """Return how many records a search finds, and how many milliseconds each of several answers took."""
    found = len(one.app.rows("search", values)[0])
    taken = []
    for _ in range(times):
        start = clock()
        one.app.rows("search", values)
        taken.append((clock() - start) * 1000)
    return found, taken


def main() -> None:
    """Make the index of every size, and ask it."""
    arguments = options(__doc__.splitlines()[0], TIMES)
    clock = time.thread_time if arguments.cpu else time.perf_counter
    corpus = Corpus(0)
    with tempfile.TemporaryDirectory() as thrown_away:
        for size in map(float, arguments.sizes.split(",")):
            one = sized(corpus, size, arguments.stores or Path(thrown_away))
            with tempfile.TemporaryDirectory() as folder:
                seconds, mebibytes = made(one, Path(folder))
                print(f"{size:g} million quads: index of {mebibytes:.1f} MiB made in {seconds:.1f} s")
                print(f"{'search, milliseconds':34} {'found':>6} {'p50':>8} {'p95':>8}")
                for name, values in searches(one).items():
                    found, taken = asked(one, values, arguments.times, clock)
                    late = statistics.quantiles(taken, n=20)[-1]
                    print(f"{name:34} {found:6} {statistics.median(taken):8.1f} {late:8.1f}")


if __name__ == "__main__":
    main()
