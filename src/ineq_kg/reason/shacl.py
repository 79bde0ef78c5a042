"""Validation of a synthesis's graph against the shapes.

The engine is pyrudof; pySHACL takes three to six times as long (`make bench-shapes`).
Tests hold the two to the same results, on sound graphs and on faulty ones. Two things are made up for here: it keeps the data
of an earlier call even when told to replace them, so each validation is a session of its own; and it leaves a shape's
own message out for some constraints, so messages are taken from the shapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from ineq_kg.errors import DefinitionError
from ineq_kg.reason.offences import Offence, Rule, Severity
from ineq_kg.reason.shapes import SHAPES, class_hierarchy, fields_by_shape
from ineq_kg.resources import resource
from ineq_kg.triples.quads import ntriples

if TYPE_CHECKING:
    import pyrudof

_SH = "http://www.w3.org/ns/shacl#"
_TOO = {_SH + "MinCountConstraintComponent": "too few", _SH + "MaxCountConstraintComponent": "too many"}


def shape_files() -> list[Path]:
    """Return this installation's files of shapes, sorted."""
    return sorted((resource("ontology") / "shapes").glob("*.ttl"))


@cache
def shapes_text() -> str:
    """Return all shapes, as Turtle."""
    return "\n".join(path.read_text(encoding="utf-8") for path in shape_files())


@cache
def shape_rules() -> dict[str, Rule]:
    """Return the rule that each shape with a message states, by the name of the shape."""
    messages: dict[str, str] = {}
    severities: dict[str, Severity] = {}
    for triple in ox.parse(shapes_text(), format=ox.RdfFormat.TURTLE):
        if not isinstance(triple.subject, ox.NamedNode):
            continue
        name = triple.subject.value.removeprefix(SHAPES)
        if triple.predicate.value == _SH + "message" and isinstance(triple.object, ox.Literal):
            messages[name] = triple.object.value
        elif triple.predicate.value == _SH + "severity" and isinstance(triple.object, ox.NamedNode):
            severities[name] = Severity(triple.object.value.removeprefix(_SH).lower())
    fields = fields_by_shape()
    return {
        name: Rule(name, says, severities[name], _mend(fields.get(name, "")), fields.get(name, ""))
        for name, says in messages.items()
    }


def _mend(field: str) -> str:
    return f"Change `{field}`, or what it names." if field else "Change the record, or give it another class."


def data_graph(quads: Iterable[ox.Quad]) -> str:
    """Return what is validated, as N-Triples: what is asserted, and which classes are kinds of which.

    Not what is inferred: a wrong subject or object would be given the class that a property's domain or range asks for.
    """
    hierarchy = "".join(f"<{s}> <{p}> <{o}> .\n" for s, p, o in class_hierarchy())
    return ntriples(quads).decode() + hierarchy


def _detail(component: str, value: str | None) -> str:
    if component in _TOO:
        return f"there are {_TOO[component]}"
    return f"found {value}" if value else ""


def _plain(value: str | None) -> str:
    """Return an IRI as it is, and the text of a literal."""
    return "" if value is None else value[1:].rpartition('"')[0] if value.startswith('"') else value


def _entries(data: str) -> Sequence[pyrudof.ShaclValidationEntry]:
    import pyrudof  # 10 MiB that who only asks has no use for

    try:
        session = pyrudof.Rudof(pyrudof.RudofConfig())
        session.read_shacl(shapes_text(), format=pyrudof.ShaclFormat.Turtle, reader_mode=pyrudof.ReaderMode.Strict)
        session.read_data(data, format=pyrudof.RDFFormat.NTriples, reader_mode=pyrudof.ReaderMode.Strict)
        return list(session.validate_shacl())
    except pyrudof.RudofError as error:
        message = f"the shapes cannot be applied: {error}"
        raise DefinitionError(message, document=resource("ontology") / "shapes") from error


def validate(quads: Iterable[ox.Quad]) -> list[Offence]:
    """Return where the graph that a synthesis asserts departs from the shapes, in the order of shapes and nodes.

    Raises DefinitionError where the shapes of this installation are wrong.
    """
    rules = shape_rules()
    found = set()
    for entry in _entries(data_graph(quads)):
        rule = rules[(entry.source_shape or "").removeprefix(SHAPES)]
        detail = _detail(entry.constraint_component, entry.value)
        value = _plain(entry.value) if entry.path else ""
        found.add(Offence(rule, entry.focus_node, detail if entry.path else "", value))
    return sorted(found, key=lambda offence: (offence.rule.name, offence.node, offence.detail))
