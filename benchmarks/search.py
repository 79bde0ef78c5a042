"""How long search takes: making the index of a version, and finding. `make bench-search`.

Words are looked for that stand in the corpus: two of a name, the same with a slip in each, beginnings of words, and words that
thousands of records have. Each is asked through the same door as people ask, with the passages marked.

Stores take minutes to make; `--stores DIR` keeps them for the next time. The index is made anew.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from corpus import Corpus
from ineq_kg.app import App
from ineq_kg.records import Record
from queries import sized

SIZES = "0.15,1.5,10"
TIMES = 100


def with_slip(word: str, dice: random.Random) -> str:
    """Return a word with two letters that stand side by side in each other's place."""
    at = dice.randrange(1, len(word) - 1)
    return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]


def asked(corpus: Corpus, times: int) -> dict[str, list[str]]:
    """Return what is looked for, by kind: words of names here and there in the corpus."""
    dice = random.Random(0)  # noqa: S311
    names = []
    while len(names) < times:
        records = corpus.bundle(dice.randrange(len(corpus))).records
        words = [
            one for record in records if isinstance(record, Record) for one in record.label.split() if len(one) > 7
        ]
        names.append(" ".join(dice.sample(words, 2)))
    return {
        "two words of a name": names,
        "with a slip in each": [" ".join(with_slip(word, dice) for word in name.split()) for name in names],
        "beginnings of words": [" ".join(word[:5] for word in name.split()) for name in names],
        "one word, anywhere": [name.split()[0] for name in names],
    }


def milliseconds(app: App, words: str) -> float:
    """Return how long one search takes."""
    start = time.perf_counter()
    app.rows("search", {"q": words})
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Measure on each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default=SIZES, help=f"millions of quads, by commas; {SIZES} unless given")
    parser.add_argument("--times", type=int, default=TIMES, help="how often each kind is asked")
    parser.add_argument("--stores", type=Path, help="where to keep the stores; else they are thrown away")
    options = parser.parse_args()
    corpus = Corpus(0)
    with tempfile.TemporaryDirectory() as thrown_away:
        for size in map(float, options.sizes.split(",")):
            app = sized(corpus, size, options.stores or Path(thrown_away)).app
            shutil.rmtree(app.indexes.folder, ignore_errors=True)
            start = time.perf_counter()
            app.indexes.of(app.snapshot())
            taken = time.perf_counter() - start
            files = [path for path in app.indexes.folder.rglob("*") if path.is_file()]
            large = sum(path.stat().st_size for path in files) / 2**20
            print(f"{size:g} million quads, {len(corpus):,} syntheses: index of {large:.0f} MiB made in {taken:.0f} s")
            for kind, searches in asked(corpus, options.times).items():
                found = len(app.rows("search", {"q": searches[0]})[0])
                times = [milliseconds(app, words) for words in searches]
                slow = statistics.quantiles(times, n=20)[-1]
                print(
                    f"  {kind:22} median {statistics.median(times):7.1f} ms, p95 {slow:7.1f} ms; the first found {found}"
                )


if __name__ == "__main__":
    main()
