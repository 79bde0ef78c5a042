"""A digest of what a version says, whatever store holds it: equal where two datasets are, wherever they were loaded.

Method: the SHA-256 of the dataset's canonical N-Quads (RDF Dataset Canonicalization, RDFC-1.0, W3C Recommendation of 21 May
2024): one line a quad, blank nodes named by the algorithm, lines sorted by code point. Of a dump without blank nodes it is
what `LC_ALL=C sort -u dump.nq | sha256sum` prints. The names of blank nodes follow from the quads that they stand in alone, so
only those are held in memory; lines are sorted in runs on the disk. A graph that is there and empty has no line.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO, Protocol

import pyoxigraph as ox

from ineq_kg.store.engine_errors import translated

# Bytes of lines that are sorted at a time; about three times as many are in memory then.
RUN = 64 * 1024 * 1024


class Dumpable(Protocol):
    """What can write out its quads as N-Quads, in any order, each of them once."""

    def dump(self, output: IO[bytes]) -> None:
        """Write them to `output`."""


def content_digest(source: Dumpable, run: int = RUN) -> str:
    """Return the digest, in hexadecimal. Takes as long as writing the dataset out, and twice its length of temporary files.

    Much longer for a dataset that was made to be hard on the algorithm (RDFC-1.0, "Dataset Poisoning").
    """
    with ExitStack() as stack, translated("making a digest"):
        dumped = stack.enter_context(TemporaryFile())
        source.dump(dumped)
        dumped.seek(0)
        runs: list[Iterable[bytes]] = []
        blank: list[ox.Quad] = []
        while lines := dumped.readlines(run):
            sorted_run = stack.enter_context(TemporaryFile())
            sorted_run.writelines(sorted(_set_apart(lines, blank)))
            sorted_run.seek(0)
            runs.append(sorted_run)
        digest = hashlib.sha256()
        for line in heapq.merge(_canonical(blank), *runs):
            digest.update(line)
        return digest.hexdigest()


def _set_apart(lines: list[bytes], blank: list[ox.Quad]) -> list[bytes]:
    """Return the lines without blank nodes; add the quads of the others to `blank`."""
    without = []
    for line in lines:
        # Most lines are not worth parsing; the two characters may also stand in a text.
        quad = next(iter(ox.parse(line, format=ox.RdfFormat.N_QUADS)), None) if b"_:" in line else None
        if quad is None or not any(_is_blank(term) for term in (*quad.triple, quad.graph_name)):
            without.append(line)
        else:
            blank.append(quad)
    return without


def _is_blank(term: object) -> bool:
    return any(map(_is_blank, term)) if isinstance(term, ox.Triple) else isinstance(term, ox.BlankNode)


def _canonical(quads: list[ox.Quad]) -> list[bytes]:
    """Return the canonical lines of quads with blank nodes, sorted."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    written = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b""
    return sorted(line + b"\n" for line in written.split(b"\n") if line)
