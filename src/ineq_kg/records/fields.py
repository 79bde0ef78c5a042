"""What the term annotations of a record class say, read once per class and used by the mapper and by the checks."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from ineq_kg.records.base import IsIri, Link, Model, Natural, RefTo, Term


@dataclass(frozen=True)
class Field:
    """One field of a record class: its term, and how its values are written."""

    name: str
    term: str
    base: type
    many: bool
    natural: bool
    is_iri: bool
    qualified: bool
    kinds: tuple[str, ...]

    @property
    def refers(self) -> bool:
        """Whether the values are slugs of other records."""
        return bool(self.kinds)

    def values(self, record: Model) -> tuple[Any, ...]:
        """Return the field's values in `record`: none, one or many."""
        value = getattr(record, self.name)
        if self.many:
            return tuple(value)
        return () if value is None else (value,)


def _unwrap(annotation: Any, found: list[Any]) -> tuple[type, bool]:
    """Peel `Annotated`, `| None` and `tuple[..., ...]`, collecting the markers on the way."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *markers = get_args(annotation)
        found.extend(markers)
        return _unwrap(inner, found)
    if origin in (Union, types.UnionType):
        (inner,) = (arg for arg in get_args(annotation) if arg is not type(None))
        return _unwrap(inner, found)
    if origin is tuple:
        base, _ = _unwrap(get_args(annotation)[0], found)
        return base, True
    if not isinstance(annotation, type):
        raise TypeError(f"{annotation!r} is not a type that a record field can have")
    return annotation, False


@cache
def fields_of(cls: type[Model]) -> tuple[Field, ...]:
    """Return the fields of `cls` that carry a `Term`, in the order of their definition."""
    fields = []
    for name, info in cls.model_fields.items():
        found = list(info.metadata)
        base, many = _unwrap(info.annotation, found)
        term = next((marker for marker in found if isinstance(marker, Term)), None)
        if term is None:
            continue
        fields.append(
            Field(
                name=name,
                term=term.iri,
                base=base,
                many=many,
                natural=any(isinstance(marker, Natural) for marker in found),
                is_iri=any(isinstance(marker, IsIri) for marker in found),
                qualified=term.qualified,
                kinds=next((marker.kinds for marker in found if isinstance(marker, RefTo)), ()),
            )
        )
    return tuple(fields)


@dataclass(frozen=True)
class Reference:
    """A slug that one record names another by, and where it stands in the record."""

    path: tuple[str | int, ...]
    slug: str
    kinds: tuple[str, ...]


def references(record: Model) -> Iterator[Reference]:
    """Yield every reference that `record` makes, those inside its links included."""
    for field in fields_of(type(record)):
        for index, value in enumerate(field.values(record)):
            path: tuple[str | int, ...] = (field.name, index) if field.many else (field.name,)
            if isinstance(value, Link):
                yield Reference((*path, "to"), value.to, field.kinds)
                for inner in references(value):
                    yield Reference((*path, *inner.path), inner.slug, inner.kinds)
            elif field.refers:
                yield Reference(path, value, field.kinds)
