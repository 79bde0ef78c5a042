"""The ontology as it is published: one document with one header, the same bytes each time, in every format."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

import rdflib
from rdflib import DCTERMS, OWL, RDF, VANN
from rdflib.compare import to_canonical_graph

from ineq_kg.errors import NotAcceptable
from ineq_kg.ingest.ontology import digest_of, part_path, read_ontology, read_part, read_release, read_released
from ineq_kg.reason.profile import RL, marked, rl_part, unmarked
from ineq_kg.represent import page
from ineq_kg.represent.formats import Format
from ineq_kg.represent.ontology_docs import docs_page
from ineq_kg.represent.ontology_page import ontology_page
from ineq_kg.represent.ontology_turtle import turtle
from ineq_kg.vocabulary import IKG_NS, ONTOLOGY

FORMATS = (Format.HTML, Format.TURTLE, Format.NTRIPLES, Format.JSONLD, Format.RDFXML)
TERM_KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.NamedIndividual)
# Not a file: the axioms of the whole that are in OWL 2 RL, for reasoners of that profile.
RL_PART = "profiles/rl"
_HEADER = rdflib.URIRef(ONTOLOGY)
_KEPT_OF_HEADER = {
    RDF.type,
    OWL.versionInfo,
    DCTERMS.creator,
    DCTERMS.license,
    DCTERMS.issued,
    VANN.preferredNamespacePrefix,
    VANN.preferredNamespaceUri,
}
Made = TypeVar("Made")


def one_document(graph: rdflib.Graph) -> rdflib.Graph:
    """Return the ontology as a single OWL document: imports whose content is there already become parts.

    An OWL 2 document has at most one ontology header (Mapping to RDF Graphs, section 3.1.2); the files together have ten.
    """
    merged = set(graph.subjects(RDF.type, OWL.Ontology)) - {_HEADER}
    whole = rdflib.Graph(bind_namespaces="none")
    for subject, predicate, value in graph:
        if subject in merged:
            continue
        if predicate == OWL.imports and value in merged:
            predicate = DCTERMS.hasPart
        whole.add((subject, predicate, value))
    if merged:
        whole.add((_HEADER, DCTERMS.hasPart, rdflib.URIRef(f"{ONTOLOGY}/{RL_PART}")))
        whole.add((DCTERMS.hasPart, RDF.type, OWL.AnnotationProperty))
    for prefix, namespace in graph.namespaces():
        whole.bind(prefix, namespace)
    return whole


def rl_document(whole: rdflib.Graph) -> rdflib.Graph:
    """Return the whole's part in OWL 2 RL as a document of its own, with a header that says so."""
    header = rdflib.URIRef(f"{ONTOLOGY}/{RL_PART}")
    version = version_of(whole)
    document = rl_part(whole)
    said = list(document.predicate_objects(_HEADER))
    document.remove((_HEADER, None, None))
    for predicate, value in said:
        if predicate in _KEPT_OF_HEADER:
            document.add((header, predicate, value))
    document.add((header, OWL.versionIRI, rdflib.URIRef(f"{ONTOLOGY}/{version}/{RL_PART}")))
    document.add((header, DCTERMS.title, rdflib.Literal("ineq-kg: the part of the ontology in OWL 2 RL", lang="en")))
    document.add((header, DCTERMS.conformsTo, RL))
    document.add((header, DCTERMS.source, rdflib.URIRef(f"{ONTOLOGY}/{version}")))
    return document


def _named(graph: rdflib.Graph) -> rdflib.Graph:
    """Return the same triples with blank nodes named by what is said of them.

    Names come from rdflib's canonical form (RGDA1; Hogan 2017, doi 10.1145/3068333).
    """
    canonical = set(to_canonical_graph(graph))
    blank = sorted({term for triple in canonical for term in triple if isinstance(term, rdflib.BNode)})
    names: dict[Any, Any] = {node: rdflib.BNode(f"b{number:04}") for number, node in enumerate(blank)}
    named = rdflib.Graph(bind_namespaces="none")
    named += ((names.get(s, s), p, names.get(o, o)) for s, p, o in canonical)
    return named


def settled(graph: rdflib.Graph) -> rdflib.Graph:
    """Return the same ontology in a fixed order, what is outside OWL 2 RL marked, only used prefixes bound.

    rdflib names blank nodes at random and keeps triples in no order. Marks come after the names, since rdflib (7.6) makes one
    node of two when what it names is no tree; the order is kept by the simplest of its stores.
    """
    triples = sorted(marked(_named(unmarked(graph))))
    fixed = rdflib.Graph(store="SimpleMemory", bind_namespaces="none")
    used = {str(term) for triple in triples for term in triple if isinstance(term, rdflib.URIRef)}
    used |= {str(term.datatype) for *_, term in triples if isinstance(term, rdflib.Literal) and term.datatype}
    for prefix, namespace in sorted(graph.namespaces()):
        if any(iri.startswith(namespace) for iri in used):
            fixed.bind(prefix, namespace)
    for triple in triples:
        fixed.add(triple)
    return fixed


def _jsonld(graph: rdflib.Graph) -> bytes:
    """Return JSON-LD with nodes in the order of their names: rdflib's order changes from process to process."""
    document = json.loads(graph.serialize(format="json-ld", auto_compact=True))
    document["@graph"].sort(key=lambda node: node["@id"])
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _ntriples(graph: rdflib.Graph) -> bytes:
    return b"".join(sorted(graph.serialize(format="nt", encoding="utf-8").splitlines(keepends=True)))


def _rdfxml(graph: rdflib.Graph) -> bytes:
    return graph.serialize(format="xml", encoding="utf-8")


_WRITERS: dict[Format, Callable[[rdflib.Graph], bytes]] = {
    Format.TURTLE: turtle,
    Format.NTRIPLES: _ntriples,
    Format.JSONLD: _jsonld,
    Format.RDFXML: _rdfxml,
}


def serialise(graph: rdflib.Graph, wanted: Format) -> bytes:
    """Return a settled ontology document in a format. Raises NotAcceptable."""
    writer = _WRITERS.get(wanted)
    if writer is None:
        raise NotAcceptable(f"an ontology cannot be written as {wanted.label}")
    return writer(graph)


def declared(graph: rdflib.Graph) -> set[str]:
    """Return the IRIs of all terms of ours that the graph declares."""
    return {str(s) for kind in TERM_KINDS for s in graph.subjects(RDF.type, kind) if str(s).startswith(IKG_NS)}


def version_of(graph: rdflib.Graph) -> str:
    """Return the version that the ontology gives itself."""
    return str(graph.value(_HEADER, OWL.versionInfo) or "")


def released_list(released: Mapping[str, str], now: Iterable[str], version: str) -> bytes:
    """Return the list of released IRIs once `version`, which declares `now`, is out: older entries stay as they are."""
    entries = {**dict.fromkeys(now, version), **released}
    lines = [
        "# Every IRI of ours that was ever released, after the version it was first released in. None may disappear.",
        *(f"{entries[iri]} {iri}" for iri in sorted(entries)),
    ]
    return "\n".join(lines).encode() + b"\n"


class Publication:
    """The ontology in a folder, in every form it is published in; each is made once for each state of the files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: dict[tuple[str, ...], tuple[str, Any]] = {}
        self._making = RLock()  # rdflib's graphs are not made to be written out by two threads at once

    def _once(self, key: tuple[str, ...], make: Callable[[], Made]) -> Made:
        state = digest_of(self.folder)
        kept = self._kept.get(key)
        if kept is None or kept[0] != state:
            with self._making:
                kept = self._kept.get(key)
                if kept is None or kept[0] != state:
                    kept = self._kept[key] = (state, make())
        made: Made = kept[1]
        return made

    def _graph(self, part: str = "") -> rdflib.Graph:
        def read() -> rdflib.Graph:
            if part and part != RL_PART:
                return settled(read_part(self.folder, part))
            whole = one_document(read_ontology(self.folder))
            return settled(rl_document(whole) if part else whole)

        return self._once(("graph", part), read)

    @staticmethod
    def _written(graph: rdflib.Graph, wanted: Format) -> bytes:
        return ontology_page(graph, FORMATS[1:]).encode() if wanted is Format.HTML else serialise(graph, wanted)

    @property
    def version(self) -> str:
        """The version that the ontology gives itself."""
        return version_of(self._graph())

    def document(self, wanted: Format, part: str = "", version: str = "") -> bytes:
        """Return the whole ontology, or the part or version of these names; without a version, the present one.

        Of an earlier version only the whole is kept, which holds its parts. Raises NotFound, NotAcceptable, DefinitionError.
        """
        if version and version != self.version:
            return self._written(settled(read_release(self.folder, version)), wanted)
        if part and part != RL_PART:
            part_path(self.folder, part)  # so that names nobody gave are not remembered
        return self._once((wanted.name, part), lambda: self._written(self._graph(part), wanted))

    def docs(self) -> bytes:
        """Return the documentation as a page of the site; the first time after a change this takes seconds."""
        return self._once(("docs",), lambda: docs_page(self._graph(), self._links()).encode())

    @staticmethod
    def _links() -> list[tuple[str, str]]:
        return [(member.label, f"/ontology?format={member.extension}") for member in FORMATS[1:]]

    def files(self) -> dict[str, bytes]:
        """Return what a site of plain files needs: documentation, style sheets, each format, the JSON-LD context."""
        from ineq_kg.represent.context import context

        names = {member: f"ontology.{member.extension}" for member in FORMATS[1:]}
        links = [(member.label, name) for member, name in names.items()]
        return {
            "index.html": docs_page(self._graph(), links, served=False).encode(),
            **{name: page.style_sheet(name) for name in page.STYLE_SHEETS},
            **{name: self.document(member) for member, name in names.items()},
            "context.jsonld": context(),
        }

    def released(self) -> bytes:
        """Return the list of released IRIs as it will stand once the present version is out."""
        return released_list(read_released(self.folder), declared(self._graph()), self.version)
