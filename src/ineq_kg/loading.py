"""From documents to what a store commits: the asserted graph of a synthesis, and the graph of what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ineq_kg.errors import DocumentError, DocumentsRejected
from ineq_kg.ingest.ontology import read_ontology
from ineq_kg.ingest.records import Loaded, find_syntheses, read_synthesis
from ineq_kg.progress import Progress, quiet
from ineq_kg.reason.axioms import axioms
from ineq_kg.reason.closure import Clash, clashes, close, inferred_quads, triples_of
from ineq_kg.reason.consistency import Reasoner, Verdict, classify
from ineq_kg.reason.explain import Explainer
from ineq_kg.resources import resource
from ineq_kg.triples.mapper import write
from ineq_kg.triples.naming import graph_of, inferred_graph_of, slug_of
from ineq_kg.triples.quads import ntriples


@dataclass(frozen=True)
class Prepared:
    """The graphs of one synthesis, by IRI, ready to commit; and how many triples it asserts and derives."""

    graphs: dict[str, Any]
    asserted: int
    derived: int


@dataclass(frozen=True)
class Contradiction:
    """Statements that the ontology excludes together: the node (an IRI) that it shows at, and the whole in words."""

    node: str
    says: str


MEND_CONTRADICTION = "Change one of these statements, or give it a record of its own."


def _told(clash: Clash, explainer: Explainer) -> Contradiction:
    steps = (explainer.step(premise) for premise in clash.premises)
    told = "; ".join(step.sentence for step in steps if step)
    message = f"{explainer.name(clash.node)} contradicts the ontology: {clash.axiom.says}, yet: {told}"
    return Contradiction(clash.node, message)


def derive(slug: str, quads: Sequence[Any]) -> tuple[Prepared, list[Contradiction]]:
    """Return the graphs of the synthesis of this slug, which asserts `quads`, and how it contradicts the ontology."""
    closure = close(triples_of(quads), axioms())
    inferred = inferred_quads(closure, inferred_graph_of(slug))
    prepared = Prepared({graph_of(slug): quads, inferred_graph_of(slug): inferred}, len(quads), len(inferred))
    found = clashes(closure)
    explainer = Explainer(closure) if found else None
    return prepared, [_told(clash, explainer) for clash in found if explainer]


def _error(loaded: Loaded, found: Contradiction) -> DocumentError:
    """Return a contradiction as an error at the record that it shows in."""
    slug = slug_of(found.node).removeprefix(f"{loaded.bundle.synthesis.id}/")
    placed = loaded.places.get(slug)
    if placed is None:
        return DocumentError(found.says, document=loaded.path, value=slug, mend=MEND_CONTRADICTION)
    return placed.document.error(found.says, placed.place, value=slug, mend=MEND_CONTRADICTION)


def prepare(loaded: Loaded) -> Prepared:
    """Return the graphs of one synthesis. Raises DocumentsRejected where it contradicts the ontology."""
    prepared, found = derive(loaded.bundle.synthesis.id, list(write(loaded.bundle)))
    if found:
        raise DocumentsRejected([_error(loaded, one) for one in found])
    return prepared


def read_all(paths: Iterable[Path], progress: Progress = quiet) -> list[Loaded]:
    """Read every synthesis under `paths`. Raises DocumentsRejected with the faults of all of them."""
    sources = [found for path in paths for found in find_syntheses(path)]
    loaded: dict[str, Loaded] = {}
    errors: list[DocumentError] = []
    for number, source in enumerate(sources):
        progress(f"reading {source}", number, len(sources))
        try:
            one = read_synthesis(source)
        except DocumentsRejected as rejected:
            errors += rejected.errors
            continue
        slug = one.bundle.synthesis.id
        if slug in loaded:
            message = f"the synthesis {slug!r} was already read from another path"
            errors.append(DocumentError(message, document=source, mend="Name each synthesis once."))
        loaded[slug] = one
    if errors:
        raise DocumentsRejected(errors)
    return list(loaded.values())


def consistency(loaded: Loaded, reasoner: Reasoner) -> Verdict:
    """Ask a description-logic reasoner about the ontology together with one synthesis. Raises ReasonerMissing."""
    ontology = read_ontology(resource("ontology")).serialize(format="nt", encoding="utf-8")
    return classify([ontology, ntriples(write(loaded.bundle))], reasoner)
