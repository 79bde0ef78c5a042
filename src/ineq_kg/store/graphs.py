"""Named graphs that are made to hold what is given, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox


def replace_graphs(store: ox.Store, graphs: Mapping[str, Iterable[ox.Quad]]) -> None:
    """Make each named graph hold exactly these quads; one of none is not there any more. What stays is not written again."""
    for graph, quads in graphs.items():
        node = ox.NamedNode(graph)
        wanted = set(quads)
        present = set(store.quads_for_pattern(None, None, None, node))
        for quad in present - wanted:
            store.remove(quad)
        store.extend(wanted - present)
        if not wanted:
            store.remove_graph(node)
