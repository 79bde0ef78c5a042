"""SHACL shapes (W3C Recommendation, 20 July 2017), generated from the record classes: one file a record module.

Nothing that a record's annotations say is written a second time by hand: run ``python -m ineq_kg.reason.shapes`` after a change
to the records; a test fails while the files are behind. What annotations cannot say stands in `structure.ttl`, by hand.

A shape is named by its rule: `study-reported-in` is what the field `reported_in` of a Study must be.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from ineq_kg.records import CLASSES
from ineq_kg.records.base import Evidenced, Individual, Interpretive, Link, Model, Record
from ineq_kg.records.fields import Field, fields_of
from ineq_kg.resources import resource
from ineq_kg.vocabulary import IKG_NS, ONTOLOGY, PREFIXES, RDFS

SHAPES = "https://w3id.org/ineq-kg/shapes#"
BY_HAND = "structure.ttl"
_BASES: dict[type[Model], tuple[str, str]] = {
    Record: ("record", "a record"),
    Evidenced: ("evidenced", "a record"),
    Interpretive: ("interpretive", "an interpretive record"),
    Link: ("relation", "a link"),
}
_ACROSS = "provenance"
_PREFIXES = {name: PREFIXES[name] for name in ("ikg", "rdf", "rdfs", "xsd", "skos", "dcterms", "prism")} | {
    "sh": "http://www.w3.org/ns/shacl#",
    "shape": SHAPES,
}
_DATATYPES: dict[type, tuple[str, str]] = {
    bool: ("xsd:boolean", "true or false"),
    int: ("xsd:integer", "whole number"),
    date: ("xsd:date", "day (YYYY-MM-DD)"),
    str: ("xsd:string", "string"),
}
_BOUNDS = {"minimum": "sh:minInclusive", "exclusiveMinimum": "sh:minExclusive", "maximum": "sh:maxInclusive"}


def kebab(name: str) -> str:
    """Return `ReviewQuestion`, `reported_in` or `reportedIn` as words joined by hyphens, in lower case."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).replace("_", "-").lower()


def _curie(iri: str) -> str:
    for prefix, base in _PREFIXES.items():
        if iri.startswith(base):
            return f"{prefix}:{iri.removeprefix(base)}"
    raise ValueError(f"{iri} has none of the prefixes that shapes use")


def _text(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@dataclass(frozen=True)
class _Constraints:
    """What pydantic knows of a field beyond its annotations, read from the class's own JSON schema."""

    required: bool
    items: dict[str, Any]
    value: dict[str, Any]


@cache
def _schema(cls: type[Model]) -> dict[str, Any]:
    return cls.model_json_schema()


def _constraints(cls: type[Model], field: Field) -> _Constraints:
    schema = _schema(cls)
    found = schema["properties"][field.name]
    items: dict[str, Any] = next((part for part in found.get("anyOf", [found]) if part.get("type") != "null"), {})
    value = items.get("items", {}) if field.many else items
    return _Constraints(field.name in schema.get("required", ()), items, value)


def _named(cls: type[Model]) -> tuple[str, str]:
    """Return the name of a class's shape, and what messages call one of its records."""
    article = "an" if cls.__name__[0] in "AEIO" else "a"
    return _BASES.get(cls) or (kebab(cls.__name__), f"{article} {cls.__name__}")


def _count(field: Field, constraints: _Constraints) -> tuple[list[str], str]:
    least, most = (1 if constraints.required else 0), (None if field.many else 1)
    if field.many:
        # Behind a validator pydantic calls the bounds of a list those of a length.
        facets = constraints.items
        least = facets.get("minItems", facets.get("minLength", least))
        most = facets.get("maxItems", facets.get("maxLength"))
    lines = [f"sh:minCount {least}"] if least else []
    lines += [f"sh:maxCount {most}"] if most else []
    return lines, _how_many(least, most)


def _how_many(least: int, most: int | None) -> str:
    if most == 1:
        return "exactly one" if least else "at most one"
    if most is None:
        return "one or more, each a" if least else "any number, each a"
    return f"exactly {least}, each a" if least == most else f"{least} to {most}, each a"


def _any_of(kinds: Iterable[str]) -> list[str]:
    classes = [f"ikg:{kind}" for kind in kinds]
    if len(classes) == 1:
        return [f"sh:class {classes[0]}"]
    return ["sh:or ( {} )".format(" ".join(f"[ sh:class {name} ]" for name in classes))]


def _literal(field: Field, constraints: _Constraints) -> tuple[list[str], str]:
    datatype, words = _DATATYPES[field.base]
    if field.natural:
        datatype, words = "rdf:langString", "text in the language of the synthesis"
    lines = [f"sh:datatype {datatype}"]
    facets = constraints.value
    lines += [f"{term} {facets[name]}" for name, term in _BOUNDS.items() if name in facets]
    if "minLength" in facets:
        lines.append(f"sh:minLength {facets['minLength']}")
    if "pattern" in facets:
        # XPath's regular expressions, which SHACL refers to, know no groups that do not capture.
        lines.append(f"sh:pattern {_text(facets['pattern'].replace('(?:', '('))}")
        words += f" that matches {facets['pattern']}"
    return lines, words + _within(facets)


def _within(facets: dict[str, Any]) -> str:
    """Return the bounds of a number in words."""
    if "maximum" in facets:
        return f" from {facets['minimum']} to {facets['maximum']}"
    if "minimum" in facets:
        return f", {facets['minimum']} or more"
    return f" above {facets['exclusiveMinimum']}" if "exclusiveMinimum" in facets else ""


def _value(field: Field, constraints: _Constraints) -> tuple[list[str], str]:
    """Return the constraints on each value, and what messages call it."""
    if issubclass(field.base, Individual):
        members = [member.value for member in field.base]
        listed = " ".join(f"ikg:{member}" for member in members)
        return [f"sh:in ( {listed} )"], f"{field.base.__name__}: {', '.join(members)}"
    if field.is_iri:
        return ["sh:nodeKind sh:IRI"], "IRI"
    if not field.refers:
        return _literal(field, constraints)
    if any(kind not in CLASSES for kind in field.kinds):
        return ["sh:nodeKind sh:IRI"], "record"
    return ["sh:nodeKind sh:IRI", *_any_of(field.kinds)], " or ".join(field.kinds)


def _block(subject: str, lines: Iterable[str]) -> str:
    return f"shape:{subject} " + " ;\n    ".join(lines) + " .\n"


def _listed(predicate: str, objects: list[str]) -> str:
    start = f"{predicate} " if len(objects) == 1 else f"{predicate}\n        "
    return start + " ,\n        ".join(objects)


def _property(cls: type[Model], field: Field) -> tuple[str, str]:
    """Return the name and the text of one field's shape."""
    shape, noun = _named(cls)
    constraints = _constraints(cls, field)
    counts, how_many = _count(field, constraints)
    values, what = _value(field, constraints)
    name = f"{shape}-{kebab(field.name)}"
    message = f"`{field.name}` of {noun} is {how_many} {what}."
    lines = ["a sh:PropertyShape", f"sh:path {_curie(field.term)}", *counts, *values]
    return name, _block(name, [*lines, "sh:severity sh:Violation", f"sh:message {_text(message)}@en"])


def _own_fields(cls: type[Model]) -> list[Field]:
    own = inspect.get_annotations(cls)
    return [field for field in fields_of(cls) if field.name in own]


def _targets(cls: type[Model]) -> list[str]:
    if cls is Link:
        return [Link.rdf_type]
    return [other.rdf_type for other in CLASSES.values() if issubclass(other, cls)]


def _class(cls: type[Model]) -> Iterator[str]:
    """Yield the shape of a class, then those of the fields that it adds to the classes above it."""
    shapes = [_property(cls, field) for field in _own_fields(cls)]
    if not shapes:
        return
    targets = _listed("sh:targetClass", [_curie(iri) for iri in _targets(cls)])
    properties = _listed("sh:property", [f"shape:{name}" for name, _ in shapes])
    yield _block(_named(cls)[0], ["a sh:NodeShape", targets, properties])
    yield from (text for _, text in shapes)


def _module(cls: type[Model]) -> str:
    return _ACROSS if cls in _BASES else cls.__module__.rpartition(".")[2]


def _domains() -> Iterator[tuple[str, str]]:
    """Yield, with its module, a shape for each term of ours: who may be its subject. OWL 2 RL cannot enforce a union."""
    owners: dict[str, list[type[Model]]] = {}
    for cls in CLASSES.values():
        for field in _own_fields(cls):
            if field.term.startswith(IKG_NS):
                owners.setdefault(field.term, []).append(cls)
    of_bases = {field.term for cls in _BASES for field in fields_of(cls)}
    for term, classes in owners.items():
        if term in of_bases:
            continue
        top = [cls for cls in classes if not any(cls is not other and issubclass(cls, other) for other in classes)]
        modules = {_module(cls) for cls in top}
        names = [cls.__name__ for cls in top]
        local = term.removeprefix(IKG_NS)
        message = f"Only {' or '.join(_named(cls)[1] for cls in top)} has ikg:{local}."
        lines = ["a sh:NodeShape", f"sh:targetSubjectsOf ikg:{local}", *_any_of(names)]
        text = _block(f"has-{kebab(local)}", [*lines, "sh:severity sh:Violation", f"sh:message {_text(message)}@en"])
        yield (modules.pop() if len(modules) == 1 else _ACROSS), text


def documents() -> dict[str, str]:
    """Return the generated files: names, and Turtle."""
    blocks: dict[str, list[str]] = {_ACROSS: []}
    for cls in (*_BASES, *CLASSES.values()):
        blocks.setdefault(_module(cls), []).extend(_class(cls))
    for module, text in _domains():
        blocks[module].append(text)
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in _PREFIXES.items())
    return {f"{module}.ttl": f"{_head(module)}\n{prefixes}\n" + "\n".join(texts) for module, texts in blocks.items()}


def _head(module: str) -> str:
    of = "what records of all modules share" if module == _ACROSS else f"the records of `records/{module}.py`"
    return f"# Shapes for {of}. Generated from the records: python -m ineq_kg.reason.shapes\n# Ontology: {ONTOLOGY}\n"


def fields_by_shape() -> dict[str, str]:
    """Return the field of a record that each shape of a property is about, by the shape's name."""
    classes = (*_BASES, *CLASSES.values())
    return {f"{_named(cls)[0]}-{kebab(field.name)}": field.name for cls in classes for field in _own_fields(cls)}


def class_hierarchy() -> list[tuple[str, str, str]]:
    """Return which record classes are kinds of which, as triples: `sh:class` follows `rdfs:subClassOf` in the data."""
    return [
        (cls.rdf_type, RDFS.term("subClassOf"), above.rdf_type)
        for cls in CLASSES.values()
        for above in CLASSES.values()
        if cls is not above and issubclass(cls, above)
    ]


def write_shapes(folder: Path) -> list[Path]:
    """Write the generated files into a folder, and return those that changed; a file of a module that is gone is removed."""
    wanted = documents()
    changed = []
    for path in sorted(folder.glob("*.ttl")):
        if path.name not in {*wanted, BY_HAND}:
            path.unlink()
            changed.append(path)
    for name, text in wanted.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


if __name__ == "__main__":
    import sys

    for changed_path in write_shapes(resource("ontology") / "shapes"):
        sys.stdout.write(f"{changed_path}\n")
