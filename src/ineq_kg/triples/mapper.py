"""The one mapper between records and quads.

Writing: a record becomes a node with its `rdf:type`, its local slug as `dcterms:identifier`, and one triple per value of
each field that carries a `Term`. A qualified link becomes the plain triple, and, where it carries anything of its own, an
`ikg:Relation` node beside it. Reading takes the same annotations the other way; triples that no field stands for (what was
inferred, what others added) are left alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from pydantic import ValidationError
from pyoxigraph import Literal, NamedNode, Quad, Triple

from ineq_kg.records import BY_TYPE, AnyRecord, Link, Synthesis
from ineq_kg.records.base import Individual, Model
from ineq_kg.records.bundle import Bundle
from ineq_kg.records.fields import Field, fields_of
from ineq_kg.triples.naming import Naming
from ineq_kg.vocabulary import DCTERMS, IKG, RDF, XSD

TYPE = NamedNode(RDF.term("type"))
IDENTIFIER = NamedNode(DCTERMS.term("identifier"))
IN_SYNTHESIS = NamedNode(IKG.inSynthesis)
_LINK_ENDS = (IKG.relationSubject, IKG.relationPredicate, IKG.relationObject)

Properties = dict[str, list[Any]]


class _Writer:
    def __init__(self, naming: Naming, language: str) -> None:
        self.naming = naming
        self.language = language
        self.graph = NamedNode(naming.graph)

    def quad(self, subject: str, predicate: str, obj: NamedNode | Literal) -> Quad:
        return Quad(NamedNode(subject), NamedNode(predicate), obj, self.graph)

    def node(self, field: Field, value: Any) -> NamedNode | Literal:
        if isinstance(value, Individual):
            return NamedNode(value.iri)
        if field.refers:
            return NamedNode(self.naming.iri(value))
        if field.is_iri:
            return NamedNode(value)
        if isinstance(value, bool):
            return Literal(str(value).lower(), datatype=NamedNode(XSD.term("boolean")))
        if isinstance(value, int):
            return Literal(str(value), datatype=NamedNode(XSD.term("integer")))
        if isinstance(value, date):
            return Literal(value.isoformat(), datatype=NamedNode(XSD.term("date")))
        return Literal(value, language=self.language) if field.natural else Literal(value)

    def properties(self, subject: str, slug: str, model: Model) -> Iterator[Quad]:
        for field in fields_of(type(model)):
            for value in field.values(model):
                if isinstance(value, Link):
                    yield self.quad(subject, field.term, NamedNode(self.naming.iri(value.to)))
                    yield from self.relation(subject, slug, field, value)
                else:
                    yield self.quad(subject, field.term, self.node(field, value))

    def relation(self, subject: str, slug: str, field: Field, link: Link) -> Iterator[Quad]:
        node = self.naming.relation(slug, field.term, link.to)
        particulars = list(self.properties(node, slug, link))
        if not particulars:
            return
        yield Quad(NamedNode(node), TYPE, NamedNode(Link.rdf_type), self.graph)
        yield self.quad(node, IN_SYNTHESIS.value, NamedNode(self.naming.iri(self.naming.synthesis)))
        ends = (subject, field.term, self.naming.iri(link.to))
        for predicate, end in zip(_LINK_ENDS, ends, strict=True):
            yield self.quad(node, predicate, NamedNode(end))
        yield from particulars

    def record(self, record: AnyRecord) -> Iterator[Quad]:
        subject = self.naming.iri(record.id)
        yield Quad(NamedNode(subject), TYPE, NamedNode(record.rdf_type), self.graph)
        yield Quad(NamedNode(subject), IDENTIFIER, Literal(record.id), self.graph)
        if not isinstance(record, Synthesis):
            yield self.quad(subject, IN_SYNTHESIS.value, NamedNode(self.naming.iri(self.naming.synthesis)))
        yield from self.properties(subject, record.id, record)


def write(bundle: Bundle) -> Iterator[Quad]:
    """Yield every quad of a bundle, all in the synthesis's own named graph."""
    writer = _Writer(Naming.of(bundle), bundle.synthesis.language)
    for record in bundle.records:
        yield from writer.record(record)


class _Reader:
    def __init__(self, nodes: dict[str, Properties]) -> None:
        self.nodes = nodes
        self.slugs = {
            iri: properties[IDENTIFIER.value][0].value
            for iri, properties in nodes.items()
            if IDENTIFIER.value in properties
        }
        self.relations: dict[tuple[str, str, str], Properties] = {}
        for properties in nodes.values():
            if all(end in properties for end in _LINK_ENDS):
                subject, predicate, obj = (properties[end][0].value for end in _LINK_ENDS)
                self.relations[subject, predicate, obj] = properties

    def slug(self, field: Field, node: Any) -> str:
        slug: str | None = self.slugs.get(node.value)
        if slug is None:
            raise ValueError(f"`{field.name}` leads to {node.value}, which is no record of this synthesis")
        return slug

    def value(self, field: Field, node: Any) -> Any:
        if field.refers:
            return self.slug(field, node)
        if issubclass(field.base, Individual):
            names = {member.iri: member for member in field.base}
            if node.value not in names:
                raise ValueError(f"`{field.name}` is {node.value}, which is none of the values possible")
            return names[node.value]
        if field.base is bool:
            return node.value == "true"
        return node.value

    def fields(self, cls: type[Model], subject: str, properties: Properties) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for field in fields_of(cls):
            nodes = properties.get(field.term)
            if not nodes:
                continue
            if field.qualified:
                values = [self.link(subject, field, node) for node in nodes]
            else:
                values = [self.value(field, node) for node in nodes]
            found[field.name] = values if field.many else values[0]
        return found

    def link(self, subject: str, field: Field, node: Any) -> dict[str, Any]:
        particulars = self.relations.get((subject, field.term, node.value), {})
        return {"to": self.slug(field, node), **self.fields(Link, subject, particulars)}

    def records(self) -> Iterator[AnyRecord]:
        for iri, properties in self.nodes.items():
            types = {node.value for node in properties.get(TYPE.value, ())}
            candidates = [BY_TYPE[name] for name in types if name in BY_TYPE]
            if candidates and iri in self.slugs:
                # Inference adds superclasses; the most specific class is the one that was written.
                cls = max(candidates, key=lambda candidate: len(candidate.__mro__))
                yield self.record(cls, iri, properties)

    def record(self, cls: type[AnyRecord], iri: str, properties: Properties) -> AnyRecord:
        slug = self.slugs[iri]
        try:
            return cls.model_validate({"id": slug, **self.fields(cls, iri, properties)})
        except ValidationError as error:
            first = error.errors()[0]
            told = f"`{'.'.join(map(str, first['loc']))}`: {first['msg'].removeprefix('Value error, ')}"
            raise ValueError(f"{slug} cannot be read as a {cls.__name__}: {told}") from error
        except ValueError as error:
            raise ValueError(f"{slug} cannot be read as a {cls.__name__}: {error}") from error


def read(quads: Iterable[Quad]) -> Bundle:
    """Return the bundle that `quads` (of one synthesis's graph) were written from.

    Raises ValueError where the graph holds what no record can, or not one synthesis.
    """
    nodes: dict[str, Properties] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        # Records have no blank nodes, and speak of no triples.
        if isinstance(quad.subject, NamedNode) and not isinstance(quad.object, Triple):
            nodes[quad.subject.value][quad.predicate.value].append(quad.object)
    return Bundle.of(_Reader(nodes).records())
