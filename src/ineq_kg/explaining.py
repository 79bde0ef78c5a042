"""Why a triple holds: in which syntheses it is told, and how it follows there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ineq_kg.errors import NotFound
from ineq_kg.queries.binding import iri_term
from ineq_kg.reason.axioms import axioms
from ineq_kg.reason.closure import close, triples_of
from ineq_kg.reason.explain import Explainer, Step, strongest_first
from ineq_kg.store.embedded import Dataset
from ineq_kg.store.protocol import Snapshot
from ineq_kg.triples.naming import (
    INFERRED,
    asserted_by,
    graph_of,
    iri_of,
    near_terms,
    object_candidates,
    synthesis_of,
    term_iri,
)
from ineq_kg.vocabulary import IKG, IKG_NS


def explanation(snapshot: Snapshot, subject: str, predicate: str, obj: str) -> Step | None:
    """Return how a triple follows, or None where it neither is asserted nor follows in any synthesis.

    Raises NotFound where the predicate is no term of the ontology that it is said to be of.
    """
    node, prop = iri_of(subject), term_iri(predicate)
    term = prop.removeprefix(IKG_NS)
    if prop.startswith(IKG_NS) and term not in IKG.__annotations__:
        raise NotFound(f"the ontology has no term {term!r}", name=predicate, mend=near_terms(term))
    objects = object_candidates(obj)
    for synthesis in _told_in(snapshot, node, prop, objects):
        # Sorted: of derivations that are as good as one another, the same is told wherever the store is.
        asserted = triples_of(sorted(snapshot.quads(graph_of(synthesis)), key=str))
        explainer = Explainer(close(strongest_first(asserted), axioms()))
        for candidate in objects:
            step = explainer.find(node, prop, candidate)
            if step is not None:
                return step
    return None


def _told_in(snapshot: Snapshot, node: str, prop: str, objects: Sequence[str]) -> Iterator[str]:
    """Yield the slugs of syntheses to look in: the node's own, then each in whose graphs the triple stands.

    What syntheses share, such as a report that has a DOI, has no synthesis of its own; of one that another takes in, the other
    says something, too.
    """
    own = synthesis_of(node)
    if own is not None:
        yield own
    query = f"SELECT ?graph ?object WHERE {{ GRAPH ?graph {{ {iri_term(node)} {iri_term(prop)} ?object }} }}"
    rows = snapshot.select(query, Dataset(all_named=True))
    graphs = {str(graph).removesuffix(INFERRED) for graph, found in rows.rows if str(found) in objects}
    yield from sorted(slug for slug in map(asserted_by, graphs) if slug not in {None, own})
