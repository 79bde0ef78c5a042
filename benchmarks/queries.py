"""How long each named query and each analysis takes on corpora of several sizes, and how that grows. `make bench-queries`.

Prints the median and the 95th percentile of several runs on stores of 0.15, 1.5 and 10 million quads (`--sizes`), how the
median grows from one size to the next, and, against the budget that the query declares, what is over. Parameters are nodes of
a synthesis in the middle of the corpus, of one template in all sizes, so that answers are alike. The page cache is warm.

Stores of the larger sizes take minutes to make; `--stores DIR` keeps them for the next time.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from corpus import Corpus, store_in
from ineq_kg.app import App
from ineq_kg.queries.definition import Question
from ineq_kg.records.bundle import Bundle
from ineq_kg.search.question import SEARCH
from timing import Asked, asked, milliseconds

SIZES = "0.15,1.5,10"
TIMES = 25


@dataclass
class Row:
    """What one question took: median and 95th percentile in milliseconds, size by size."""

    question: Asked
    rows: int = 0
    medians: list[float] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether the median at any size is over the question's budget."""
        return max(self.medians) > self.question.query.header.budget

    def __str__(self) -> str:
        columns = []
        for place, (median, slow) in enumerate(zip(self.medians, self.slowest, strict=True)):
            growth = f"{median / self.medians[place - 1]:6.1f}x" if place else ""
            columns.append(f"{median:10.1f} {slow:8.1f} {growth:7}")
        mark = "  over" if self.over else ""
        budget = self.question.query.header.budget
        return f"{self.question.name:34} {self.rows:6} {''.join(columns)} {budget:6}{mark}"


@dataclass(frozen=True)
class Sized:
    """An app on a store of one size, and the records of a synthesis in the middle of it."""

    app: App
    bundle: Bundle


def sized(corpus: Corpus, millions: float, folder: Path) -> Sized:
    """Return a store of this many million quads, made unless it is there."""
    corpus.of_quads(round(millions * 1_000_000))
    directory = folder / f"{millions:g}-million"
    app = App.open(directory)
    if app.store.version is None:
        start = time.perf_counter()
        store_in(corpus, directory)
        print(f"made {len(corpus):,} syntheses, {corpus.size:,} quads, in {time.perf_counter() - start:.0f} s")
    return Sized(app, corpus.bundle(corpus.middle))


def measure(stores: list[Sized], query: Question, times: int, clock: Callable[[], float]) -> Iterator[Row]:
    """Yield what one question takes on each store, with each of its parameters.

    Sizes take turns, so that whatever else the machine does falls on all of them alike.
    """
    alike = zip(*(asked(one.app, query, one.bundle) for one in stores), strict=True)
    for questions in alike:
        row = Row(questions[-1], len(stores[-1].app.rows(query.name, questions[-1].values)[0]))
        taken: list[list[float]] = [[] for _ in stores]
        for _ in range(times):
            for one, question, found in zip(stores, questions, taken, strict=True):
                found += milliseconds(one.app, question, 1, clock)
        row.medians = [statistics.median(found) for found in taken]
        row.slowest = [statistics.quantiles(found, n=20)[-1] for found in taken]
        yield row


def options(description: str, times: int) -> argparse.Namespace:
    """Return what a program that asks corpora of several sizes was told."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--sizes", default=SIZES, help=f"millions of quads, by commas; {SIZES} unless given")
    parser.add_argument("--times", type=int, default=times, help="how often each question is asked")
    parser.add_argument("--stores", type=Path, help="where to keep the stores; else they are thrown away")
    parser.add_argument(
        "--cpu", action="store_true", help="count computing only, not waiting: for a machine that is busy"
    )
    return parser.parse_args()


def main() -> None:
    """Ask every question on every size, but for search, which has an index of its own: its making would be measured."""
    arguments = options(__doc__.splitlines()[0], TIMES)
    sizes = [float(size) for size in arguments.sizes.split(",")]
    corpus = Corpus(0)
    heads = "".join(f"{f'{size:g} M: p50':>10} {'p95':>8} {'growth' if at else '':7}" for at, size in enumerate(sizes))
    over = []
    with tempfile.TemporaryDirectory() as thrown_away:
        stores = [sized(corpus, size, arguments.stores or Path(thrown_away)) for size in sizes]
        print(f"{'query, milliseconds':34} {'rows':>6} {heads} budget")
        for query in stores[0].app.questions:
            if query.name == SEARCH.name:
                continue
            clock = time.thread_time if arguments.cpu else time.perf_counter
            for row in measure(stores, query, arguments.times, clock):
                print(row)
                over += [row.question.name] if row.over else []
    print(f"over their budget: {', '.join(over) or 'none'}")


if __name__ == "__main__":
    main()
