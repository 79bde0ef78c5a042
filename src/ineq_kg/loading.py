"""From records to what a store commits: the asserted graph of a synthesis, and the graph of what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from ineq_kg.errors import DocumentError, DocumentsRejected
from ineq_kg.ingest.ontology import read_ontology
from ineq_kg.ingest.records import Loaded
from ineq_kg.reason.axioms import Axioms, read_axioms
from ineq_kg.reason.closure import Clash, clashes, close, inferred_quads, triples_of
from ineq_kg.reason.explain import Explainer
from ineq_kg.resources import resource
from ineq_kg.triples.mapper import write
from ineq_kg.triples.naming import graph_of, inferred_graph_of, slug_of


@dataclass(frozen=True)
class Prepared:
    """The graphs of one synthesis, by IRI, ready to commit; and how many triples it asserts and derives."""

    graphs: dict[str, Any]
    asserted: int
    derived: int


@cache
def axioms() -> Axioms:
    """Return the axioms of this installation's ontology, read once."""
    return read_axioms(read_ontology(resource("ontology")))


def _error(loaded: Loaded, clash: Clash, explainer: Explainer) -> DocumentError:
    """Return a contradiction as an error at the record that it shows in."""
    slug = slug_of(clash.node).removeprefix(f"{loaded.bundle.synthesis.id}/")
    place = loaded.where(slug)
    document, line = place or (loaded.path, None)
    steps = (explainer.step(premise) for premise in clash.premises)
    told = "; ".join(step.sentence for step in steps if step)
    message = f"{explainer.name(clash.node)} contradicts the ontology: {clash.axiom.says}, yet: {told}"
    return DocumentError(
        message,
        document=document,
        line=line,
        value=slug,
        mend="Change one of these statements, or give it a record of its own.",
    )


def prepare(loaded: Loaded) -> Prepared:
    """Return the graphs of one synthesis. Raises DocumentsRejected where it contradicts the ontology."""
    slug = loaded.bundle.synthesis.id
    quads = list(write(loaded.bundle))
    closure = close(triples_of(quads), axioms())
    found = clashes(closure)
    if found:
        explainer = Explainer(closure)
        raise DocumentsRejected([_error(loaded, clash, explainer) for clash in found])
    inferred = inferred_quads(closure, inferred_graph_of(slug))
    return Prepared({graph_of(slug): quads, inferred_graph_of(slug): inferred}, len(quads), len(inferred))
