"""The alignments of the ontology to other vocabularies, read as mappings and written as an SSSOM table.

Each mapping stands once, in `ontology/alignments/*.ttl`, as an OWL axiom annotated with its justification, as
https://mapping-commons.github.io/sssom/spec-formats-owl/ says; the table is made from that.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import rdflib
import yaml
from rdflib import DCTERMS, OWL, RDF, RDFS

from ineq_kg.errors import DefinitionError
from ineq_kg.ingest.ontology import read_ontology
from ineq_kg.vocabulary import ONTOLOGY

SSSOM = rdflib.Namespace("https://w3id.org/sssom/")
COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "mapping_justification",
    "confidence",
    "comment",
)
# The prefixes that every reader of SSSOM knows; its canonical form leaves them out of the map.
_BUILT_IN = frozenset({"owl", "rdf", "rdfs", "semapv", "skos", "sssom", "xsd"})


@dataclass(frozen=True, order=True)
class Mapping:
    """One term of ours, how it relates to a term of theirs, and why; terms are IRIs, confidence lies above 0 up to 1."""

    subject: str
    predicate: str
    object: str
    justification: str
    confidence: Decimal
    comment: str


@dataclass(frozen=True)
class MappingSet:
    """All mappings, sorted, and what a table of them needs: our terms' English labels, prefixes, the ontology's header."""

    mappings: tuple[Mapping, ...]
    labels: Dictionary[str, str]
    prefixes: Dictionary[str, str]
    version: str
    creator: str
    licence: str


def alignment_files(ontology: Path) -> list[Path]:
    """Return the alignments in the ontology's folder, one file for each foreign vocabulary, by name."""
    return sorted((ontology / "alignments").glob("*.ttl"))


def read_mappings(ontology: Path) -> MappingSet:
    """Read every alignment in the ontology's folder. Raises DefinitionError where a file or one of its mappings is wrong."""
    found: list[Mapping] = []
    prefixes: dict[str, str] = {}
    for path in alignment_files(ontology):
        graph = read_alignment(path)
        prefixes |= {prefix: str(iri) for prefix, iri in graph.namespaces()}
        found += mappings_of(graph, path)
    core = read_ontology(ontology)
    header = rdflib.URIRef(ONTOLOGY)
    return MappingSet(
        mappings=tuple(sorted(found)),
        labels={one.subject: _label(core, one.subject) for one in found},
        prefixes=prefixes,
        version=str(core.value(header, OWL.versionInfo)),
        creator=str(core.value(header, DCTERMS.creator)),
        licence=str(core.value(header, DCTERMS.license)),
    )


def _label(core: rdflib.Graph, term: str) -> str:
    label = core.value(rdflib.URIRef(term), RDFS.label)
    if label is None:
        raise DefinitionError(f"{term} is not a term of the ontology", document="ontology/alignments")
    return str(label)


def read_alignment(path: Path) -> rdflib.Graph:
    """Return one alignment as a graph. Raises DefinitionError where it is not Turtle."""
    graph = rdflib.Graph(bind_namespaces="none")
    try:
        graph.parse(path, format="turtle")
    except Exception as error:  # rdflib's Turtle parser raises many kinds, all of which mean this
        raise DefinitionError(f"not Turtle: {error}", document=path) from error
    return graph


def mappings_of(graph: rdflib.Graph, path: Path) -> list[Mapping]:
    """Return the mappings that an alignment's annotated axioms state. Raises DefinitionError for one that lacks a part."""
    return [_mapping(graph, axiom, path) for axiom in graph.subjects(RDF.type, OWL.Axiom)]


def _mapping(graph: rdflib.Graph, axiom: rdflib.term.Node, path: Path) -> Mapping:
    def only(predicate: rdflib.URIRef) -> rdflib.term.Node:
        values = list(graph.objects(axiom, predicate))
        if len(values) != 1:
            about = graph.value(axiom, OWL.annotatedSource) or "a mapping"
            raise DefinitionError(f"{about} has {len(values)} values of {predicate}, not one", document=path)
        return values[0]

    subject, predicate, target = (only(p) for p in (OWL.annotatedSource, OWL.annotatedProperty, OWL.annotatedTarget))
    if (subject, predicate, target) not in graph:
        raise DefinitionError(f"{subject} {predicate} {target} is annotated and not stated", document=path)
    confidence = only(SSSOM.confidence)
    number = confidence.toPython() if isinstance(confidence, rdflib.Literal) else None
    if not isinstance(number, Decimal) or not 0 < number <= 1:
        raise DefinitionError(f"the confidence of {subject} is {confidence}, no decimal above 0 up to 1", document=path)
    return Mapping(
        subject=str(subject),
        predicate=str(predicate),
        object=str(target),
        justification=str(only(SSSOM.mapping_justification)),
        confidence=number,
        comment=str(only(RDFS.comment)),
    )


def write_sssom(found: MappingSet) -> str:
    """Return the mappings as an SSSOM table: metadata as YAML behind `#`, then tab-separated rows, one a mapping.

    Written as the canonical form asks (https://mapping-commons.github.io/sssom/spec-formats-tsv/), except that no value is
    moved from the rows to the head, so that each row can be read alone. Equal mappings give equal bytes.
    """
    rows = sorted(_row(one, found) for one in found.mappings)
    body = io.StringIO()
    table = csv.writer(body, delimiter="\t", lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(rows)
    used = {row[column].split(":", 1)[0] for row in rows for column in (0, 2, 3, 4)} - _BUILT_IN
    head = {
        "curie_map": {prefix: found.prefixes[prefix] for prefix in sorted(used)},
        "mapping_set_id": f"{ONTOLOGY}/alignments",
        "mapping_set_version": found.version,
        "mapping_set_title": "Alignments of ineq-kg to other vocabularies",
        "creator_label": [found.creator],
        "license": found.licence,
    }
    metadata = yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=1000)
    return "".join(f"#{line}\n" for line in metadata.splitlines()) + body.getvalue()


def _row(one: Mapping, found: MappingSet) -> tuple[str, ...]:
    return (
        _curie(one.subject, found.prefixes),
        found.labels[one.subject],
        _curie(one.predicate, found.prefixes),
        _curie(one.object, found.prefixes),
        _curie(one.justification, found.prefixes),
        f"{one.confidence:.3f}".rstrip("0").rstrip("."),
        one.comment,
    )


def _curie(iri: str, prefixes: Dictionary[str, str]) -> str:
    fitting = [(len(base), prefix) for prefix, base in prefixes.items() if iri.startswith(base)]
    if not fitting:
        raise DefinitionError(f"no prefix shortens {iri}", document="ontology/alignments")
    length, prefix = max(fitting)
    return f"{prefix}:{iri[length:]}"


def write_turtle(files: Iterable[Path]) -> str:
    """Return the alignments as one Turtle document, comments included: the files one after the other."""
    return "\n\n".join(path.read_text(encoding="utf-8") for path in files)
