"""What every record shares: how a field says which term it stands for, and of what kind its values are.

A record is a frozen pydantic model. Each field that reaches the graph carries a `Term`; the mapper in `ineq_kg.triples`
reads these annotations and nothing else, so a new record class needs no mapping code.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from ineq_kg.vocabulary import IKG, SKOS


@dataclass(frozen=True)
class Term:
    """The property that a field stands for. `qualified` fields hold `Link`s and keep each link's evidence."""

    iri: str
    qualified: bool = False


@dataclass(frozen=True)
class RefTo:
    """Marks a slug that must name a record of one of these kinds (class names; subclasses count)."""

    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Natural:
    """Marks text in the synthesis's own language: it becomes a language-tagged literal."""


@dataclass(frozen=True)
class IsIri:
    """Marks a string that is an IRI: it becomes a node, not a literal."""


def _clean(text: str) -> str:
    """Reject what no RDF syntax can carry: lone surrogates and control characters other than tab and line ends."""
    for at, character in enumerate(text):
        if unicodedata.category(character) in {"Cs", "Cc"} and character not in "\t\n\r":
            raise ValueError(f"character {at} is U+{ord(character):04X}, which no RDF file can carry")
    return text


SLUG_PATTERN = r"^[a-z0-9]+(?:[-.][a-z0-9]+)*(?:/[a-z0-9]+(?:[-.][a-z0-9]+)*)*$"

Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True), AfterValidator(_clean)]
Text = Annotated[Words, Natural()]
Verbatim = Annotated[str, StringConstraints(min_length=1), AfterValidator(_clean)]
Context = Annotated[str, AfterValidator(_clean)]
Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN, max_length=200)]
Iri = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+$"), IsIri()]

Item = TypeVar("Item", bound=Hashable)


def _as_set(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """Sort, because a graph keeps no order, and refuse doubles, because they are slips."""
    seen: set[Any] = set()
    for item in items:
        if item in seen:
            raise ValueError(f"{item!r} is listed twice")
        seen.add(item)
    return tuple(sorted(items, key=lambda item: item.sort_key if isinstance(item, Link) else str(item)))


def _one_or_more(value: object) -> object:
    """Let `country: England` stand for `country: [England]`."""
    return value if isinstance(value, list | tuple) or value is None else [value]


Many = Annotated[tuple[Item, ...], BeforeValidator(_one_or_more), AfterValidator(_as_set)]


class Individual(Enum):
    """An enumeration whose members are individuals of the ontology, named as there: `value` is the local name."""

    @property
    def iri(self) -> str:
        """The individual's IRI."""
        iri: str = getattr(IKG, self.value)
        return iri


class Basis(Individual):
    """Where an interpretive statement comes from."""

    STATED = "StatedInText"
    TABLE = "ReadFromTable"
    CURATOR = "InferredByCurator"


class Confidence(Individual):
    """How sure the curators are that the record says what the source says."""

    HIGH = "High"
    MEDIUM = "Medium"
    LOW = "Low"


SpanRef = Annotated[Slug, RefTo(("SourceSpan",))]


class Model(BaseModel):
    """Frozen, closed, and whitespace-true: an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)


class Link(Model):
    """A relation that carries its own evidence: from the record it stands in, to the record `to`."""

    rdf_type: ClassVar[str] = IKG.Relation

    to: Slug
    basis: Annotated[Basis | None, Term(IKG.basis)] = None
    confidence: Annotated[Confidence | None, Term(IKG.confidence)] = None
    evidence: Annotated[Many[SpanRef], Term(IKG.evidencedBy)] = ()
    note: Annotated[Text | None, Term(IKG.curatorNote)] = None

    @property
    def sort_key(self) -> str:
        """Links of one field are kept in the order of what they point to."""
        return self.to


def _as_link(value: object) -> object:
    """Let a bare slug stand for a link without particulars."""
    return {"to": value} if isinstance(value, str) else value


def _distinct_targets(links: tuple[Link, ...]) -> tuple[Link, ...]:
    targets = [link.to for link in links]
    for target in targets:
        if targets.count(target) > 1:
            raise ValueError(f"{target!r} is linked twice; put all evidence for it in one link")
    return links


ShortLink = Annotated[Link, BeforeValidator(_as_link)]
Links = Annotated[Many[ShortLink], AfterValidator(_distinct_targets)]


class Record(Model):
    """A node of the graph. `kind` is the first part of its slug, `section` the key of its list in a YAML file."""

    rdf_type: ClassVar[str]
    kind: ClassVar[str]
    section: ClassVar[str]

    id: Slug
    label: Annotated[Text, Term(SKOS.term("prefLabel"))]
    note: Annotated[Text | None, Term(IKG.curatorNote)] = None


class Evidenced(Record):
    """A record that the source supports at an exact place."""

    definition: Annotated[Text | None, Term(SKOS.term("definition"))] = None
    evidence: Annotated[Many[SpanRef], Term(IKG.evidencedBy)] = ()


class Interpretive(Evidenced):
    """A record that somebody's reading stands behind: it says on what basis, and how surely."""

    basis: Annotated[Basis, Term(IKG.basis)]
    confidence: Annotated[Confidence, Term(IKG.confidence)]
