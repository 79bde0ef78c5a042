"""How long deriving takes: against owlrl on one synthesis, and against loading on many. `make bench-reasoning`.

Prints ratios taken in one run on one machine; the absolute times say little elsewhere. The many syntheses are a constructed
corpus (`corpus`); what a load does with them is timed step by step: records to quads, deriving (what follows, and what
contradicts), checking, and loading proper, which is committing what was asserted and derived, a batch of syntheses at a time.
For comparison the same quads are put into a store by Oxigraph's bulk loader, which no commit of ours waits for.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import owlrl
import pyoxigraph as ox
import rdflib

from corpus import Corpus
from ineq_kg.app import FOUNDING
from ineq_kg.ingest.ontology import read_ontology
from ineq_kg.ingest.records import read_synthesis
from ineq_kg.loading import derive
from ineq_kg.reason.axioms import axioms
from ineq_kg.reason.checks import all_checks, offences
from ineq_kg.reason.rules import derive_in_store
from ineq_kg.records.bundle import Bundle
from ineq_kg.resources import resource
from ineq_kg.store.embedded import EmbeddedStore
from ineq_kg.triples.mapper import write
from ineq_kg.triples.naming import graph_of, inferred_graph_of
from ineq_kg.triples.quads import ntriples

_BATCH = 100
Result = TypeVar("Result")


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """Return the median time of `work`."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


class Stopwatch:
    """Seconds spent on each step, in the order of their first start."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, step: str, work: Callable[..., Result], *arguments: Any) -> Result:
        """Return what `work` returns, and add the time it took to the step's."""
        start = time.perf_counter()
        result = work(*arguments)
        self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - start
        return result


def one(bundle: Bundle) -> None:
    """Compare with owlrl on one synthesis."""
    quads = list(write(bundle))
    ours = seconds(lambda: derive(bundle.synthesis.id, quads), 5)
    graph = rdflib.Graph()
    graph += read_ontology(resource("ontology"))
    graph.parse(data=ntriples(quads), format="nt")
    theirs = seconds(lambda: owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph))
    in_store = seconds(lambda: _by_rules(bundle.synthesis.id, quads), 5)
    print(
        f"one synthesis of {len(quads):,} triples: ours {ours * 1000:.0f} ms, owlrl {theirs:.1f} s: 1/{theirs / ours:.0f}"
    )
    print(
        f"  the same by rules that the store runs: {in_store * 1000:.0f} ms, {in_store / ours:.1f} times as long as ours"
    )


def _by_rules(slug: str, quads: list[ox.Quad]) -> None:
    store = ox.Store()
    store.extend(quads)

    def size(graph: str) -> int:
        return sum(1 for _ in store.quads_for_pattern(None, None, None, ox.NamedNode(graph)))

    derive_in_store(axioms(), [(graph_of(slug), inferred_graph_of(slug))], store.update, size)


def many(corpus: Corpus) -> None:
    """Compare deriving with loading on many syntheses."""
    watch = Stopwatch()
    asserted = derived = 0
    axioms(), all_checks()  # read once, whatever the number of syntheses
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder) / "store")
        bulk = ox.Store(str(Path(folder) / "bulk"))
        graphs: dict[str, Any] = {}
        for number, bundle in enumerate(corpus, 1):
            quads = watch.time("records to quads", lambda bundle: list(write(bundle)), bundle)
            prepared, contradictions = watch.time("deriving", derive, bundle.synthesis.id, quads)
            assert not contradictions
            both = [quad for graph in prepared.graphs.values() for quad in graph]
            watch.time("checking", offences, both)
            graphs |= prepared.graphs
            asserted += prepared.asserted
            derived += prepared.derived
            if number % _BATCH == 0 or number == len(corpus):
                watch.time("loading", store.replace_graphs, graphs)
                watch.time("bulk loading", bulk.bulk_extend, (quad for graph in graphs.values() for quad in graph))
                graphs = {}
    print(f"{len(corpus):,} syntheses, {asserted:,} quads asserted and {derived:,} derived:")
    for step, taken in watch.seconds.items():
        print(f"  {step:18} {taken:7.1f} s, {taken / watch.seconds['loading']:.2f} of loading")


def main() -> None:
    """Run both comparisons."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000, help="how many syntheses (1,000 assert 1.5 million quads)")
    arguments = parser.parse_args()
    one(read_synthesis(resource("data") / FOUNDING).bundle)
    many(Corpus(arguments.count))


if __name__ == "__main__":
    main()
