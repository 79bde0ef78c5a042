"""How long deriving takes: against owlrl on one synthesis, and against loading on many. `make bench-reasoning`.

Prints ratios taken in one run on one machine; the absolute times say little elsewhere.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import owlrl
import pyoxigraph as ox
import rdflib

from ineq_kg.ingest.ontology import read_ontology
from ineq_kg.ingest.records import read_synthesis
from ineq_kg.loading import axioms
from ineq_kg.reason.closure import clashes, close, inferred_quads, triples_of
from ineq_kg.records.bundle import Bundle
from ineq_kg.resources import resource
from ineq_kg.triples.mapper import write
from ineq_kg.triples.naming import graph_of, inferred_graph_of
from ineq_kg.triples.quads import ntriples


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """Return the median time of `work`."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def renamed(bundle: Bundle, slug: str) -> Bundle:
    """Return the same synthesis under another name, so that its nodes are its own."""
    synthesis = bundle.synthesis.model_copy(update={"id": slug})
    records = [
        record.model_copy(update={"synthesis": slug}) if hasattr(record, "synthesis") else record
        for record in bundle.records
        if record is not bundle.synthesis
    ]
    return Bundle.of([synthesis, *records])


def derive(quads: list[ox.Quad], slug: str) -> list[ox.Quad]:
    """Derive, look for contradictions, and return what follows: all that a load does."""
    closure = close(triples_of(quads), axioms())
    assert not clashes(closure)
    return inferred_quads(closure, inferred_graph_of(slug))


def one(bundle: Bundle) -> None:
    """Compare with owlrl on one synthesis."""
    quads = list(write(bundle))
    ours = seconds(lambda: derive(quads, bundle.synthesis.id), 5)
    graph = rdflib.Graph()
    graph += read_ontology(resource("ontology"))
    graph.parse(data=ntriples(quads), format="nt")
    theirs = seconds(lambda: owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph))
    print(
        f"one synthesis of {len(quads):,} triples: ours {ours * 1000:.0f} ms, owlrl {theirs:.1f} s: 1/{theirs / ours:.0f}"
    )


def many(bundle: Bundle, count: int) -> None:
    """Compare deriving with loading on many syntheses."""
    loading = deriving = 0.0
    total = 0
    with tempfile.TemporaryDirectory() as folder:
        store = ox.Store(str(Path(folder) / "store"))
        for number in range(count):
            slug = f"copy-{number}"
            quads = [
                ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph_of(slug)))
                for quad in write(renamed(bundle, slug))
            ]
            deriving += seconds(lambda quads=quads, slug=slug: derive(quads, slug))
            loading += seconds(lambda quads=quads: store.extend(quads))
            total += len(quads)
    ratio = deriving / loading
    print(
        f"{count} syntheses, {total:,} quads: deriving {deriving:.1f} s, loading {loading:.1f} s: {ratio:.2f} of loading"
    )


def main() -> None:
    """Run both comparisons on the founding synthesis."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=150, help="how many syntheses (150 make 1.5 million quads)")
    arguments = parser.parse_args()
    bundle = read_synthesis(resource("data") / "mcmahon-2022").bundle
    one(bundle)
    many(bundle, arguments.count)


if __name__ == "__main__":
    main()
