"""How much a version of the dataset holds: counted once, when someone first asks.

Counted is the union of all graphs: a triple that stands in several is one. The time grows with the dataset; what is counted is
kept for the versions that were asked last.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from threading import Lock

from ineq_kg.errors import FiguresNotReady
from ineq_kg.store.embedded import Dataset
from ineq_kg.store.patience import Patience
from ineq_kg.store.protocol import Snapshot
from ineq_kg.vocabulary import RESOURCES

# How many versions' figures are kept.
MOST = 4
_PROPERTIES = "SELECT DISTINCT ?key WHERE { ?s ?key ?o }"
# The engine gives a triple of two graphs twice (oxigraph/oxigraph#1919). DISTINCT keeps in memory what it has seen, so that
# properties are counted one by one.
_OF_PROPERTY = "SELECT (COUNT(*) AS ?n) WHERE {{ SELECT DISTINCT ?s ?o WHERE {{ ?s <{}> ?o }} }}"
_CLASSES = "SELECT ?key (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?key FILTER(isIRI(?key)) } GROUP BY ?key"
_GRAPHS = "SELECT ?key (COUNT(*) AS ?n) WHERE { GRAPH ?key { ?s ?p ?o } } GROUP BY ?key"
_ENTITIES = f"""SELECT (COUNT(*) AS ?n) WHERE {{ {{ SELECT DISTINCT ?s WHERE {{ ?s ?p ?o }} }}
    FILTER(STRSTARTS(STR(?s), "{RESOURCES}")) }}"""


@dataclass(frozen=True)
class Figures:
    """What there is: triples by property and by graph, nodes by class, and nodes that are named under `/id/`."""

    properties: Mapping[str, int]
    classes: Mapping[str, int]
    graphs: Mapping[str, int]
    entities: int

    @property
    def triples(self) -> int:
        """How many triples there are."""
        return sum(self.properties.values())


def count(snapshot: Snapshot) -> Figures:
    """Count what a version holds: four times through it."""

    def by_key(query: str) -> dict[str, int]:
        return {str(row["key"]): int(str(row["n"])) for row in snapshot.select(query, Dataset(union=True))}

    def number(query: str) -> int:
        (row,) = snapshot.select(query, Dataset(union=True))
        return int(str(row["n"]))

    names = sorted(str(row["key"]) for row in snapshot.select(_PROPERTIES, Dataset(union=True)))
    properties = {name: number(_OF_PROPERTY.format(name)) for name in names}
    graphs = dict.fromkeys(snapshot.graphs(), 0) | by_key(_GRAPHS)
    return Figures(properties, by_key(_CLASSES), graphs, number(_ENTITIES))


class KeptFigures:
    """The figures of versions, each counted once, by one thread of its own."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Future[Figures]] = OrderedDict()
        self._lock = Lock()
        self._patience = Patience()
        self._one = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ineq-kg-figures")

    def of(self, snapshot: Snapshot, patience: float | None = None) -> Figures:
        """Return a version's figures; waits for them as long as `patience` in seconds, else for ever.

        Raises FiguresNotReady where it takes longer, or many wait; they are then still being counted.
        """
        with self._lock:
            known = self._known.get(snapshot.version)
            if known is None or (known.done() and known.exception() is not None):
                known = self._known[snapshot.version] = self._one.submit(count, snapshot)
            self._known.move_to_end(snapshot.version)
            if len(self._known) > MOST:
                self._known.popitem(last=False)
        try:
            return self._patience.wait(known, patience)
        except FutureTimeout as error:
            raise FiguresNotReady(snapshot.version) from error

    def ready(self, version: str) -> Figures | None:
        """Return a version's figures if they are counted already, else None; waits for nothing."""
        with self._lock:
            known = self._known.get(version)
        return known.result() if known is not None and known.done() and known.exception() is None else None
