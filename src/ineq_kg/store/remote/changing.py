"""A change of a store on another machine: made to a copy of the graphs that it is about, which then take the place of theirs.

What follows from a change, and whether it breaks a rule, is found out on the copy. The graphs go back only if the store is
still at the version that they were fetched at, so no load and no other change is undone by one that did not know of it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ineq_kg.errors import NotOnRemote, StoreError
from ineq_kg.store.embedded import Snapshot as Embedded
from ineq_kg.store.engine_errors import let_go, translated

# How many triples are fetched at most to be changed here.
MOST_CHANGED = 500_000


@dataclass(frozen=True)
class Replaced:
    """What graphs hold by now: the quads of those that are there, and the names of those that are not there any more."""

    graphs: Mapping[str, list[ox.Quad]] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()


class Copy:
    """A copy of graphs (None: the unnamed one) as they were fetched, and one in a directory to be changed."""

    def __init__(
        self, place: object, folder: Path, graphs: Iterable[tuple[str | None, list[ox.Triple] | None]]
    ) -> None:
        """Make it in an empty `folder`. Raises StoreError where there is too much to fetch."""
        self._place = place
        self.directory = folder / "after"
        with translated("making a copy"):
            store, count = ox.Store(str(self.directory)), 0
            for graph, triples in graphs:
                count += len(triples or ())
                if count > MOST_CHANGED:
                    raise StoreError(
                        f"{place}: more than {MOST_CHANGED:,} triples would have to be fetched to change them here",
                        mend="Name each graph, none by a variable and not all at once; or change records and load them.",
                    )
                _fill(store, graph, triples)
            store.flush()
            # Made by the same engine in the same way, equal graphs are written out in the same order.
            store.backup(str(folder / "before"))
            del store
            gc.collect()  # RocksDB closes when the last reference goes
        self.before = Embedded(ox.Store.read_only(str(folder / "before")), "")

    def change(self, change: Callable[[ox.Store], object]) -> None:
        """Let `change` change the copy."""
        store = ox.Store(str(self.directory))
        try:
            change(store)
            store.flush()
        except BaseException as error:
            let_go(error)
            raise
        finally:
            del store
            gc.collect()

    def replaced(self) -> Replaced:
        """Return what was changed. Raises NotOnRemote where that is the unnamed graph."""
        after = Embedded(ox.Store.read_only(str(self.directory)), "")
        if _bytes(self.before) != _bytes(after):
            raise NotOnRemote(
                f"the unnamed graph of {self._place} is not written to from here",
                mend="Name a graph: GRAPH <IRI> { ... }, or graph=IRI.",
            )
        was, is_ = set(self.before.graphs()), set(after.graphs())
        now = {graph: after.quads(graph) for graph in is_}
        changed = {graph: quads for graph, quads in now.items() if graph not in was or set(quads) != self._set(graph)}
        return Replaced(changed, frozenset(was - is_))

    def _set(self, graph: str) -> set[Any]:
        return set(self.before.quads(graph))


def _fill(store: ox.Store, graph: str | None, triples: list[ox.Triple] | None) -> None:
    if triples is None:
        return
    node = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
    if isinstance(node, ox.NamedNode):
        store.add_graph(node)
    store.extend(ox.Quad(one.subject, one.predicate, one.object, node) for one in triples)


def _bytes(snapshot: Embedded) -> list[bytes]:
    """Return the unnamed graph, line by line in order."""
    return sorted(snapshot.graph(None, "application/n-triples").splitlines())
