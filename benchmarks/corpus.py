"""Corpora of constructed meta-ethnographies, as large as wanted: `python benchmarks/corpus.py --syntheses 1000 --store DIR`.

The same seed gives the same corpus, synthesis by synthesis, whatever its length, until the founding synthesis changes, whose
shape it has. A few dozen templates go through the mapper and the reasoner once; every synthesis is one of them with IRIs,
labels and words of its own. So a corpus is streamed, a synthesis at a time, as records or as the N-Quads that a load of these
records would commit (a test holds the two equal). Five neighbours at a time share a report.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import pyoxigraph as ox

from constructed import constructed
from draft import GROUP, NUMBER, SLUG, TOKEN, WORDS, Shape, placeholder
from ineq_kg.app import FOUNDING
from ineq_kg.ingest.ontology import read_ontology
from ineq_kg.ingest.records import Loaded, read_synthesis
from ineq_kg.loading import prepare
from ineq_kg.records import AnyRecord
from ineq_kg.records.bundle import Bundle
from ineq_kg.resources import resource
from ineq_kg.store.embedded import EmbeddedStore
from ineq_kg.triples.mapper import write
from ineq_kg.triples.quads import parse_quads
from ineq_kg.vocabulary import ONTOLOGY_GRAPH

TRIPLES = 1500
TEMPLATES = 24
SHARING = 5
MOST = 900_000
_VOCABULARY = 4000
_BATCH = 300


class _Text:
    """A text with placeholders, cut at them once, to be filled many times."""

    def __init__(self, text: str) -> None:
        self.pieces = re.split(f"({TOKEN.pattern})", text)
        self.tokens = self.pieces[1::2]

    def fill(self, values: dict[str, str]) -> str:
        """Return the text with its placeholders' values."""
        pieces = self.pieces.copy()
        pieces[1::2] = [values[token] for token in self.tokens]
        return "".join(pieces)


def as_read(bundle: Bundle) -> Loaded:
    """Return records as if they had been read; no file holds them."""
    return Loaded(Path(bundle.synthesis.id), bundle, {})


class _Template:
    def __init__(self, bundle: Bundle) -> None:
        prepared = prepare(as_read(bundle))
        self.asserted, self.derived = prepared.asserted, prepared.derived
        self.records: list[tuple[type[AnyRecord], _Text]] = [
            (type(record), _Text(record.model_dump_json(exclude_defaults=True))) for record in bundle.records
        ]
        quads = (quad for graph in prepared.graphs.values() for quad in graph)
        self.nquads = _Text((ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").decode())


def _sized(shape: Shape, seed: str, triples: int) -> Bundle:
    """Return a synthesis that asserts about so many triples, or the smallest where that has more."""
    low, high = 0.0, triples / 4000
    found: dict[int, Bundle] = {}
    for _ in range(6):
        middle = (low + high) / 2
        bundle = constructed(shape, seed, middle)
        size = sum(1 for _ in write(bundle))
        found[abs(size - triples)] = bundle
        low, high = (middle, high) if size < triples else (low, middle)
    return found[min(found)]


class Corpus:
    """Constructed syntheses by their numbers, from 0.

    `triples` is how many one asserts on average (what follows from them comes on top); none asserts fewer than about 1,000.
    """

    def __init__(self, syntheses: int, *, triples: int = TRIPLES, seed: int = 0, templates: int = TEMPLATES) -> None:
        if syntheses > MOST:
            raise ValueError(f"numbers have six digits: at most {MOST:,} syntheses")
        self.syntheses = syntheses
        self.seed = seed
        shape = Shape(read_synthesis(resource("data") / FOUNDING).bundle)
        # Sizes spread evenly about the mean: from three quarters of it to five quarters.
        sizes = [triples * (0.75 + 0.5 * (number + 0.5) / templates) for number in range(templates)]
        order = random.Random(seed)  # noqa: S311
        order.shuffle(sizes)
        self.templates = [_Template(_sized(shape, f"{seed}/{n}", round(size))) for n, size in enumerate(sizes)]
        syllables = [consonant + vowel for consonant in "bdfghklmnprstvz" for vowel in "aeiou"]
        self.vocabulary = ["".join(order.choices(syllables, k=4)) for _ in range(_VOCABULARY)]
        self._weights = list(accumulate(1 / rank for rank in range(1, _VOCABULARY + 1)))  # Zipf's law

    def __len__(self) -> int:
        return self.syntheses

    def __iter__(self) -> Iterator[Bundle]:
        return (self.bundle(number) for number in range(self.syntheses))

    @property
    def size(self) -> int:
        """How many quads the corpus has, asserted and derived."""
        sizes = [template.asserted + template.derived for template in self.templates]
        whole, rest = divmod(self.syntheses, len(sizes))
        return whole * sum(sizes) + sum(sizes[:rest])

    def of_quads(self, quads: int) -> Corpus:
        """Make this corpus as long as it takes to have that many quads, and return it."""
        self.syntheses = len(self.templates)
        self.syntheses = max(1, round(quads / self.size * len(self.templates)))
        return self

    @property
    def middle(self) -> int:
        """The number of a synthesis in the middle, of the same template whatever the length."""
        middle = self.syntheses // 2
        return middle - middle % len(self.templates)

    def bundle(self, number: int) -> Bundle:
        """Return the records of one synthesis."""
        values = self._values(number)
        template = self._template(number)
        return Bundle.of(cls.model_validate_json(text.fill(values)) for cls, text in template.records)

    def nquads(self, number: int) -> str:
        """Return what a load of one synthesis commits, asserted and derived, as N-Quads."""
        return self._template(number).nquads.fill(self._values(number))

    def slug(self, number: int) -> str:
        """Return the slug of one synthesis."""
        return SLUG.replace(NUMBER, f"{number:06}")

    def _template(self, number: int) -> _Template:
        return self.templates[number % len(self.templates)]

    def _values(self, number: int) -> dict[str, str]:
        words = random.Random(f"{self.seed}/{number}").choices(self.vocabulary, cum_weights=self._weights, k=WORDS)  # noqa: S311
        values = {placeholder(place): word for place, word in enumerate(words)}
        return values | {NUMBER: f"{number:06}", GROUP: f"{number // SHARING:06}"}


def ontology_quads() -> list[ox.Quad]:
    """Return the ontology's graph, which every store has."""
    text = read_ontology(resource("ontology")).serialize(format="nt", encoding="utf-8")
    return parse_quads(text, ox.RdfFormat.N_TRIPLES.media_type, ONTOLOGY_GRAPH)


def store_in(corpus: Corpus, directory: Path) -> str:
    """Add the corpus and the ontology to the store in `directory`, in one commit, and return the new version's name.

    Oxigraph's bulk loader takes a batch of syntheses at a time, so that one batch is in memory.
    """

    def fill(store: ox.Store) -> None:
        store.bulk_extend(ontology_quads())
        for first in range(0, len(corpus), _BATCH):
            numbers = range(first, min(first + _BATCH, len(corpus)))
            batch = "".join(corpus.nquads(number) for number in numbers)
            store.bulk_load(batch.encode(), ox.RdfFormat.N_QUADS, lenient=True)
        # Bulk loading leaves many files behind, each to be looked into by every read: merged, queries took a third of the time.
        store.optimize()

    return EmbeddedStore(directory).commit(fill)


def main() -> None:
    """Put a corpus into a store."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--syntheses", type=int, required=True, help="how many")
    parser.add_argument("--triples", type=int, default=TRIPLES, help="how many one asserts on average")
    parser.add_argument("--seed", type=int, default=0, help="another seed makes another corpus")
    parser.add_argument("--store", type=Path, required=True, help="the store's directory, as for ineq-kg --store")
    arguments = parser.parse_args()
    start = time.perf_counter()
    corpus = Corpus(arguments.syntheses, triples=arguments.triples, seed=arguments.seed)
    version = store_in(corpus, arguments.store)
    seconds = time.perf_counter() - start
    print(
        f"{len(corpus):,} syntheses, {corpus.size:,} quads in {seconds:.0f} s: version {version} of {arguments.store}"
    )


if __name__ == "__main__":
    main()
