"""What may be chosen for a parameter: the instances of its class, with their labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ineq_kg.errors import NotFound
from ineq_kg.queries.binding import Values, iri_term
from ineq_kg.queries.definition import Form
from ineq_kg.store.embedded import Dataset
from ineq_kg.store.protocol import Snapshot
from ineq_kg.triples.naming import graph_of, inferred_graph_of, iri_of, slug_of, synthesis_of, term_iri
from ineq_kg.vocabulary import IKG

# More than a person reads through; a query without ORDER BY stops there, however many instances there are.
MOST = 500


@dataclass(frozen=True, order=True)
class Choice:
    """A possible value, and what it is called."""

    label: str
    slug: str


def choices(snapshot: Snapshot, header: Form, values: Values) -> dict[str, list[Choice]]:
    """Return choices by parameter, sorted by label, at most MOST each.

    Where the other parameters name a synthesis, they are from that; syntheses are always all listed.
    """
    found = {}
    for name, parameter in header.parameters.items():
        if parameter.of_class is None:
            continue
        of_class = term_iri(parameter.of_class)
        graphs = () if of_class == IKG.Synthesis else tuple(_graphs(header, values, name))
        query = f"SELECT DISTINCT ?node WHERE {{ ?node a {iri_term(of_class)} }} LIMIT {MOST}"
        text = f"SELECT ?node ?label WHERE {{ {{ {query} }} OPTIONAL {{ ?node skos:prefLabel ?label }} }}"
        slugs: dict[str, str] = {}
        for row in snapshot.select(text, Dataset(default=graphs)):
            slug = slug_of(str(row["node"]))
            slugs[slug] = min(str(row["label"] or slug), slugs.get(slug, "\U0010ffff"))
        found[name] = sorted(Choice(label, slug) for slug, label in slugs.items())
    return found


def _graphs(header: Form, values: Values, but: str) -> Iterator[str]:
    """Yield the graphs of the syntheses that the other parameters name."""
    for name, given in values.items():
        if name == but or name not in header.parameters or header.parameters[name].type != "iri":
            continue
        for value in [given] if isinstance(given, str) else given:
            try:
                synthesis = synthesis_of(iri_of(value))
            except NotFound:
                continue
            if synthesis is not None:
                yield from (graph_of(synthesis), inferred_graph_of(synthesis))
