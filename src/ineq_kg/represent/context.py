"""The JSON-LD context: what the record classes' own annotations say, for programs that read or write records as JSON.

A record's JSON names other records by slug, so a document says in its own `@context`, after this one, what its slugs stand
under (`@base`) and which language its words are in (`@language`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from ineq_kg.records import CLASSES, Link
from ineq_kg.records.base import Individual
from ineq_kg.records.fields import Field, fields_of
from ineq_kg.triples.terms import compact
from ineq_kg.vocabulary import DCTERMS, IKG, PREFIXES, XSD

_DATATYPES = {bool: "boolean", int: "integer", date: "date"}


def _datatype(base: type) -> str | None:
    return next((compact(XSD.term(name)) for kind, name in _DATATYPES.items() if issubclass(base, kind)), None)


def _definition(field: Field) -> dict[str, Any]:
    """Return how a field's values are read, as the mapper writes them."""
    entry: dict[str, Any] = {"@id": compact(field.term)}
    datatype = _datatype(field.base)
    if issubclass(field.base, Individual):
        entry["@type"] = "@vocab"
    elif field.refers or field.is_iri or field.qualified:
        entry["@type"] = "@id"
    elif datatype:
        entry["@type"] = datatype
    elif not field.natural:
        entry["@language"] = None  # a plain string, whatever the document's language
    if field.many:
        entry["@container"] = "@set"
    if field.qualified:
        # What a link says of itself is true of the link, not of the record it leads to: only the plain relation is read.
        entry["@context"] = {"to": "@id"} | {inner.name: None for inner in fields_of(Link)}
    return entry


def _fields() -> Iterator[tuple[str, Field]]:
    for name, cls in CLASSES.items():
        for field in fields_of(cls):
            yield name, field


def _individuals() -> Iterator[Individual]:
    for enumeration in sorted(
        {f.base for _, f in _fields() if issubclass(f.base, Individual)}, key=lambda e: e.__name__
    ):
        yield from enumeration


def context_object() -> dict[str, Any]:
    """Return the context as an object: `id`, `type`, every class, individual and field.

    A field name that stands for different terms in different classes is defined within each of those classes.
    """
    meanings: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for owner, field in _fields():
        meanings[field.name][owner] = _definition(field)
    shared: dict[str, Any] = {}
    scoped: dict[str, dict[str, Any]] = defaultdict(dict)
    for name, by_class in meanings.items():
        if all(one == next(iter(by_class.values())) for one in by_class.values()):
            shared[name] = next(iter(by_class.values()))
        else:
            for owner, one in by_class.items():
                scoped[owner][name] = one
    classes = {
        name: {"@id": compact(cls.rdf_type), "@context": scoped[name]} if name in scoped else compact(cls.rdf_type)
        for name, cls in CLASSES.items()
    }
    return {
        "@version": 1.1,
        **{prefix: base for prefix, base in PREFIXES.items() if prefix != "id"},
        "id": "@id",  # a record's own field of that name, before the prefix
        "type": "@type",
        "identifier": {"@id": compact(DCTERMS.term("identifier")), "@language": None},
        "inSynthesis": {"@id": compact(IKG.inSynthesis), "@type": "@id"},
        **classes,
        **{member.value: compact(member.iri) for member in _individuals()},
        **shared,
    }


def context() -> bytes:
    """Return the context as a JSON-LD document."""
    return json.dumps({"@context": context_object()}, indent=1, ensure_ascii=False).encode() + b"\n"
