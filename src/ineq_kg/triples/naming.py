"""How slugs become IRIs, and IRIs slugs.

Inside a synthesis a record is named `study/babbel`; everywhere else it is `mcmahon-2022/study/babbel`, and its IRI is that
slug under `https://w3id.org/ineq-kg/id/`. Reports are shared between syntheses: a report with a DOI or PMID is named by it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from pyoxigraph import NamedNode

from ineq_kg.errors import NotFound, ParameterError
from ineq_kg.vocabulary import GRAPHS, IKG, IKG_NS, ONTOLOGY_GRAPH, PREFIXES, RESOURCES

if TYPE_CHECKING:  # everything imports this module, and records take a tenth of a second
    from ineq_kg.records import AnyRecord
    from ineq_kg.records.bundle import Bundle

# What the name of a graph ends in that holds what was inferred from the one that it begins with.
INFERRED = "/inferred"
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:;()_~%/-]*")


def shared_iri(record: AnyRecord) -> str | None:
    """Return the IRI that a report has in every synthesis, or None where it has neither DOI nor PMID."""
    from ineq_kg.records import Report

    if isinstance(record, Report):
        if record.doi:
            return f"{RESOURCES}report/doi/{quote(record.doi, safe='/:;().-_~')}"
        if record.pmid:
            return f"{RESOURCES}report/pmid/{record.pmid}"
    return None


def graph_of(synthesis: str) -> str:
    """Return the IRI of the named graph that holds what was asserted in the synthesis with this slug."""
    return GRAPHS + synthesis


def inferred_graph_of(synthesis: str) -> str:
    """Return the IRI of the named graph that holds what was inferred from the synthesis with this slug."""
    return graph_of(synthesis) + INFERRED


def graph_name(iri: str, parameter: str = "graph") -> str:
    """Return `iri` if it can name a graph. Raises ParameterError, for the parameter that it was given in."""
    try:
        return NamedNode(iri).value
    except ValueError as error:
        message = f"{parameter}: {iri!r} is no IRI: {error}"
        raise ParameterError(message, parameter=parameter, value=iri, mend="Give an absolute IRI.") from error


def asserted_by(graph: str) -> str | None:
    """Return the slug of the synthesis whose assertions a named graph of this IRI holds, or None for any other graph."""
    slug = graph.removeprefix(GRAPHS)
    return None if slug in {graph, ""} or "/" in slug or graph == ONTOLOGY_GRAPH else slug


def synthesis_of(iri: str) -> str | None:
    """Return the slug of the synthesis that an IRI belongs to, or None for one that is shared or foreign."""
    if not iri.startswith(RESOURCES):
        return None
    first = iri[len(RESOURCES) :].split("/", 1)[0]
    return None if first == "report" else first


def iri_of(name: str) -> str:
    """Return the IRI for what a user typed: an IRI, a slug such as `mcmahon-2022/study/babbel`, or a prefixed name."""
    name = name.strip()
    if re.match(r"(?:https?|urn):[^\s<>\"{}|\\^`]+$", name):
        return name
    prefix, colon, local = name.partition(":")
    if colon and prefix in PREFIXES:
        return PREFIXES[prefix] + local
    if _SLUG.fullmatch(name):
        return RESOURCES + name.strip("/")
    raise NotFound(
        f"{name!r} is neither a slug nor an IRI",
        name=name,
        mend="A slug looks like mcmahon-2022/study/babbel.",
    )


def term_iri(name: str) -> str:
    """Return the IRI of a term: a bare name such as `contributesTo` is one of the ontology's."""
    return IKG_NS.term(name) if re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name) else iri_of(name)


def near_terms(name: str) -> str:
    """Return, for people, which terms the ontology has instead of one that it has not."""
    near = difflib.get_close_matches(name, IKG.__annotations__, n=2)
    return f"Did you mean {' or '.join(near)}?" if near else "The ontology's terms are listed at /ontology."


def object_candidates(name: str) -> list[str]:
    """Return what an object that a user typed may mean: a node, a term of the ontology, or the text itself."""
    found = [name]
    if _SLUG.fullmatch(name) or ":" in name:
        try:
            found = [iri_of(name), term_iri(name), name]
        except NotFound:
            return found
    return found


def slug_of(iri: str) -> str:
    """Return the slug of one of our resources; any other IRI as it is."""
    return iri.removeprefix(RESOURCES)


@dataclass(frozen=True)
class Naming:
    """The IRIs of one synthesis's records. `exceptions` maps local slugs to IRIs that do not follow from them."""

    synthesis: str
    exceptions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, bundle: Bundle) -> Naming:
        """Return the naming of a bundle's records."""
        shared = ((record.id, shared_iri(record)) for record in bundle.records)
        return cls(bundle.synthesis.id, {slug: iri for slug, iri in shared if iri})

    @property
    def graph(self) -> str:
        """The synthesis's own named graph."""
        return graph_of(self.synthesis)

    def iri(self, slug: str) -> str:
        """Return the IRI of a record by its local slug."""
        if slug in self.exceptions:
            return self.exceptions[slug]
        return RESOURCES + (slug if slug == self.synthesis else f"{self.synthesis}/{slug}")

    def relation(self, subject: str, predicate: str, target: str) -> str:
        """Return the IRI of the node that carries a link's evidence."""
        name = predicate.rsplit("#", 1)[-1]
        return f"{RESOURCES}{self.synthesis}/relation/{subject}/{name}/{target}"
