"""RDF terms as plain values, so that what is above the store need not know the store's engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ineq_kg.vocabulary import PREFIXES, RDF, XSD

Kind = OneOf["iri", "literal", "bnode", "triple"]
_PLAIN = {XSD.term("string"), RDF.term("langString")}


@dataclass(frozen=True, slots=True)
class RdfTerm:
    """An IRI, literal or blank node. `datatype` is None for plain and language-tagged strings."""

    kind: Kind
    value: str
    language: str | None = None
    datatype: str | None = None

    def __str__(self) -> str:
        return self.value


def plain(term: NamedNode | Literal | BlankNode | Triple | None) -> RdfTerm | None:
    """Return the engine's term as a plain value; None stays None (an unbound variable)."""
    if term is None:
        return None
    if isinstance(term, NamedNode):
        return RdfTerm("iri", term.value)
    if isinstance(term, Literal):
        datatype = None if term.datatype.value in _PLAIN else term.datatype.value
        return RdfTerm("literal", term.value, term.language, datatype)
    if isinstance(term, BlankNode):
        return RdfTerm("bnode", term.value)
    return RdfTerm("triple", str(term))


def compact(iri: str) -> str:
    """Return `iri` with the longest of our prefixes, for people to read (not always valid Turtle); else as it is."""
    best = max(
        ((prefix, base) for prefix, base in PREFIXES.items() if iri.startswith(base)),
        key=lambda pair: len(pair[1]),
        default=None,
    )
    return iri if best is None else f"{best[0]}:{iri[len(best[1]) :]}"
