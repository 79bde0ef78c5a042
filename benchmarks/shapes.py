"""How long validating against the shapes takes: pyrudof, which `ineq-kg check` uses, and pySHACL. `make bench-shapes`.

Prints ratios taken in one run on one machine; the absolute times say little elsewhere. Validated are the founding synthesis
and a graph ten times as large (constructed syntheses of a `corpus`), each as it is, where nothing is to be found, and with
every 250th triple left out. The two must find the same, each time: which shape is departed from, and at which node; the run
ends where they do not. Each is timed from the quads on, with reading the shapes: what a check has to do.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib import RDF, SH

from corpus import Corpus
from ineq_kg.app import FOUNDING
from ineq_kg.ingest.records import read_synthesis
from ineq_kg.reason.shacl import data_graph, shapes_text, validate
from ineq_kg.reason.shapes import SHAPES
from ineq_kg.resources import resource
from ineq_kg.triples.mapper import write

_TIMES_LARGER = 10
_LEFT_OUT = 250
Found = set[tuple[str, str]]


def by_pyrudof(quads: list[ox.Quad]) -> Found:
    """Return the shapes departed from and the nodes that do, as `ineq-kg check` finds them."""
    return {(offence.rule.name, offence.node) for offence in validate(quads)}


def by_pyshacl(quads: list[ox.Quad]) -> Found:
    """Return the same, as pySHACL finds it."""
    data = rdflib.Graph().parse(data=data_graph(quads), format="nt")
    shapes = rdflib.Graph().parse(data=shapes_text(), format="turtle")
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none")
    return {
        (str(report.value(result, SH.sourceShape)).removeprefix(SHAPES), str(report.value(result, SH.focusNode)))
        for result in report.subjects(RDF.type, SH.ValidationResult)
    }


def timed(find: Callable[[list[ox.Quad]], Found], quads: list[ox.Quad], times: int) -> tuple[Found, float]:
    """Return what is found, and the median time that finding takes."""
    taken = []
    found: Found = set()
    for _ in range(times):
        start = time.perf_counter()
        found = find(quads)
        taken.append(time.perf_counter() - start)
    return found, statistics.median(taken)


def compare(name: str, quads: list[ox.Quad], times: int) -> None:
    """Print what both find, how long each takes, and the ratio; raise AssertionError where they do not find the same."""
    found, ours = timed(by_pyrudof, quads, times)
    same, theirs = timed(by_pyshacl, quads, times)
    assert found == same, f"{name}: only one of them finds {found ^ same}"
    print(
        f"{name}, {len(quads):,} triples: both find {len(found)}; pyrudof {ours:.2f} s, pySHACL {theirs:.2f} s:"
        f" {theirs / ours:.1f} times as long"
    )


def main() -> None:
    """Compare on both syntheses, sound and with triples left out."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=1, help="how often each is timed; the median counts")
    times = parser.parse_args().times
    founding = list(write(read_synthesis(resource("data") / FOUNDING).bundle))
    corpus = Corpus(_TIMES_LARGER, triples=len(founding), templates=1)
    larger = [quad for bundle in corpus for quad in write(bundle)]
    for name, quads in (("founding synthesis", founding), (f"{len(corpus)} constructed syntheses", larger)):
        compare(name, quads, times)
        rest = [quad for number, quad in enumerate(quads) if number % _LEFT_OUT]
        compare(f"{name}, less every {_LEFT_OUT}th triple", rest, times)


if __name__ == "__main__":
    main()
