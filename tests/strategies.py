"""Hypothesis strategies for records: any bundle that the record classes allow, built from their own annotations."""

from __future__ import annotations

from datetime import date
from typing import Any

import annotated_types
from hypothesis import strategies as st
from pydantic import StringConstraints

from ineq_kg.records import CLASSES, AnyRecord, Link, Report, SourceSpan, Synthesis, is_kind
from ineq_kg.records.base import Individual
from ineq_kg.records.bundle import Bundle
from ineq_kg.records.fields import Field, fields_of

# What RDF can carry: no surrogates, no control characters.
characters = st.characters(exclude_categories=["Cs", "Cc"])
words = st.text(characters, min_size=1, max_size=40).map(str.strip).filter(bool)
lines = st.text(characters | st.sampled_from("\n\t\r"), min_size=1, max_size=60)
names = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
DIGEST = "sha256:" + "0123456789abcdef" * 4


def _markers(cls: type, name: str) -> list[Any]:
    found: list[Any] = list(cls.model_fields[name].metadata)

    def walk(annotation: Any) -> None:
        found.extend(getattr(annotation, "__metadata__", ()))
        for inner in getattr(annotation, "__args__", ()):
            walk(inner)

    walk(cls.model_fields[name].annotation)
    return found


def _scalar(cls: type, field: Field, ids: dict[str, list[str]]) -> st.SearchStrategy[Any]:
    if field.refers:
        return st.sampled_from(ids[field.name])
    if issubclass(field.base, Individual):
        return st.sampled_from(list(field.base))
    if field.base is bool:
        return st.booleans()
    if field.base is date:
        return st.dates()
    markers = _markers(cls, field.name)
    if field.base is int:
        low = max([m.ge for m in markers if isinstance(m, annotated_types.Ge)] + [1])
        high = min([m.le for m in markers if isinstance(m, annotated_types.Le)] + [10**9])
        return st.integers(low, high)
    if field.is_iri:
        return st.builds("https://example.org/{}".format, names)
    for marker in markers:
        if isinstance(marker, StringConstraints) and marker.pattern:
            return st.from_regex(str(marker.pattern).removeprefix("^").removesuffix("$"), fullmatch=True)
    return words if any(isinstance(m, StringConstraints) and m.strip_whitespace for m in markers) else lines


@st.composite
def _link(draw: st.DrawFn, to: str, spans: list[str]) -> Link:
    kwargs: dict[str, Any] = {"to": to}
    for field in fields_of(Link):
        if field.name == "evidence":
            kwargs["evidence"] = draw(st.lists(st.sampled_from(spans), unique=True, max_size=2))
        else:
            kwargs[field.name] = draw(st.none() | _scalar(Link, field, {}))
    return Link(**kwargs)


def _required(cls: type[AnyRecord], field: Field) -> bool:
    return bool(cls.model_fields[field.name].is_required())


def _lengths(cls: type[AnyRecord], field: Field) -> tuple[int, int]:
    """Say how many values a field of many may have: at least, and at most as far as it is worth drawing."""
    markers = _markers(cls, field.name)
    least = max([m.min_length for m in markers if isinstance(m, annotated_types.MinLen)] + [int(_required(cls, field))])
    return least, min([m.max_length for m in markers if isinstance(m, annotated_types.MaxLen)] + [max(least, 3)])


@st.composite
def _record(draw: st.DrawFn, cls: type[AnyRecord], slug: str, pool: dict[str, type[AnyRecord]]) -> AnyRecord:
    kwargs: dict[str, Any] = {"id": slug}
    for field in fields_of(cls):
        targets = [other for other, kind in pool.items() if field.kinds and is_kind(kind, field.kinds)]
        spans = [other for other, kind in pool.items() if kind is SourceSpan]
        if field.qualified:
            chosen = draw(st.lists(st.sampled_from(targets), unique=True, max_size=3 if field.many else 1))
            links = [draw(_link(to, spans)) for to in chosen]
            if field.many:
                kwargs[field.name] = links
            elif links:
                kwargs[field.name] = links[0]
        elif field.many:
            least, most = _lengths(cls, field)
            one = _scalar(cls, field, {field.name: targets})
            kwargs[field.name] = draw(st.lists(one, unique=True, min_size=least, max_size=most))
        elif _required(cls, field) or draw(st.booleans()):
            kwargs[field.name] = draw(_scalar(cls, field, {field.name: targets}))
    if cls is SourceSpan:
        quote = draw(lines)
        start = draw(st.integers(0, 10**6))
        kwargs |= {"quote": quote, "start": start, "end": start + len(quote), "digest": DIGEST}
    if cls is Report and kwargs.get("doi"):
        kwargs["doi"] += slug.rsplit("/", 1)[1]  # one article, one report
        kwargs.pop("pmid", None)
    if cls is Report and kwargs.get("pmid"):
        kwargs["pmid"] = str(abs(hash(slug)) % 10**8 + 1)
    return cls(**kwargs)


def _pool(synthesis: str) -> dict[str, type[AnyRecord]]:
    """Name two records of every class but the synthesis, of which there is one."""
    pool: dict[str, type[AnyRecord]] = {synthesis: Synthesis}
    for cls in CLASSES.values():
        if cls is not Synthesis:
            pool |= {f"{cls.kind}/{cls.section.replace('_', '-')}-{n}": cls for n in (1, 2)}
    return pool


def _plain(cls: type[AnyRecord], slug: str, pool: dict[str, type[AnyRecord]]) -> AnyRecord:
    """Return the least record of a class: what the others may point to."""
    kwargs: dict[str, Any] = {"id": slug}
    for field in fields_of(cls):
        if not _required(cls, field):
            continue
        targets = [other for other, kind in pool.items() if field.kinds and is_kind(kind, field.kinds)]
        if field.many:
            kwargs[field.name] = targets[: _lengths(cls, field)[0]]  # every required field of many refers
            continue
        if field.refers:
            value: Any = targets[0]
        elif issubclass(field.base, Individual):
            value = next(iter(field.base))
        else:
            value = {bool: True, int: 1}.get(field.base, DIGEST if "digest" in field.name else "x")
        kwargs[field.name] = value
    if cls is SourceSpan:
        kwargs |= {"start": 0, "end": 1}
    return cls(**kwargs)


@st.composite
def bundles(draw: st.DrawFn) -> Bundle:
    """Draw a whole synthesis: any record of any class, among least records of all classes that it may refer to."""
    synthesis = draw(names.filter(lambda name: name != "report"))
    pool = _pool(synthesis)
    anything = draw(st.sampled_from(sorted(pool)))
    return Bundle.of(
        [draw(_record(cls, slug, pool)) if slug == anything else _plain(cls, slug, pool) for slug, cls in pool.items()]
    )
