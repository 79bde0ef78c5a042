"""How long each named query takes on corpora of several sizes, and how that grows. `make bench-queries`.

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
from dataclasses import dataclass, field
from pathlib import Path

from corpus import Corpus, store_in
from ineq_kg.app import App
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
        """Whether the median at any size is over the query's budget."""
        return max(self.medians) > self.question.query.header.budget

    def __str__(self) -> str:
        columns = []
        for place, (median, slow) in enumerate(zip(self.medians, self.slowest, strict=True)):
            growth = f"{median / self.medians[place - 1]:5.1f}x" if place else ""
            columns.append(f"{median:8.1f} {slow:8.1f} {growth:6}")
        mark = "  over" if self.over else ""
        budget = self.question.query.header.budget
        return f"{self.question.name:34} {self.rows:6} {''.join(columns)} {budget:6}{mark}"


def opened(corpus: Corpus, millions: float, folder: Path) -> App:
    """Return an app on a store of this many million quads, made unless it is there."""
    corpus.of_quads(round(millions * 1_000_000))
    directory = folder / f"{millions:g}-million"
    app = App.open(directory)
    if app.store.version is None:
        start = time.perf_counter()
        store_in(corpus, directory)
        print(f"made {len(corpus):,} syntheses, {corpus.size:,} quads, in {time.perf_counter() - start:.0f} s")
    return app


def measure(app: App, corpus: Corpus, times: int, rows: dict[str, Row]) -> None:
    """Add what every named query takes on one store."""
    bundle = corpus.bundle(corpus.middle)
    for query in app.catalogue:
        for question in asked(app, query, bundle):
            row = rows.setdefault(question.name, Row(question))
            row.rows = len(app.rows(query.name, question.values)[0])
            taken = milliseconds(app, question, times)
            row.medians.append(statistics.median(taken))
            row.slowest.append(statistics.quantiles(taken, n=20)[-1])


def main() -> None:
    """Run every named query on every size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default=SIZES, help=f"millions of quads, by commas; {SIZES} unless given")
    parser.add_argument("--times", type=int, default=TIMES, help="how often each query is run")
    parser.add_argument("--stores", type=Path, help="where to keep the stores; else they are thrown away")
    arguments = parser.parse_args()
    sizes = [float(size) for size in arguments.sizes.split(",")]
    rows: dict[str, Row] = {}
    corpus = Corpus(0)
    with tempfile.TemporaryDirectory() as thrown_away:
        for size in sizes:
            app = opened(corpus, size, arguments.stores or Path(thrown_away))
            measure(app, corpus, arguments.times, rows)
    heads = "".join(
        f"{f'{size:g} M: p50':>8} {'p95':>8} {'growth' if place else '':6}" for place, size in enumerate(sizes)
    )
    print(f"{'query, milliseconds':34} {'rows':>6} {heads} budget")
    for row in rows.values():
        print(row)
    over = [row.question.name for row in rows.values() if row.over]
    print(f"over their budget: {', '.join(over) or 'none'}")


if __name__ == "__main__":
    main()
