"""The journal of a store in PROV-O (W3C Recommendation, 30 April 2013).

Each version is an entity, each commit an activity that generated it, each author an agent. A commit is taken as an instant.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import rdflib
from rdflib import DCTERMS, PROV, RDF, RDFS

from ineq_kg.represent.formats import Format
from ineq_kg.represent.ontology import serialise
from ineq_kg.store.journal import Entry


def journal_document(entries: Sequence[Entry], home: str, wanted: Format) -> bytes:
    """Return all commits in PROV-O; IRIs are made of `home`, where the journal is to be found. Raises NotAcceptable."""
    graph = rdflib.Graph(bind_namespaces="none")
    for prefix, namespace in (("prov", PROV), ("dcterms", DCTERMS), ("rdfs", RDFS)):
        graph.bind(prefix, namespace)
    for entry in entries:
        _write(graph, entry, home)
    return serialise(graph, wanted)


def _write(graph: rdflib.Graph, entry: Entry, home: str) -> None:
    def version(name: str) -> rdflib.URIRef:
        return rdflib.URIRef(f"{home}/{name}")

    made, commit = version(entry.version), rdflib.URIRef(f"{home}/{entry.version}#commit")
    at = rdflib.Literal(entry.at)
    graph.add((made, RDF.type, PROV.Entity))
    graph.add((made, DCTERMS.identifier, rdflib.Literal(entry.version)))
    graph.add((made, PROV.wasGeneratedBy, commit))
    graph.add((made, PROV.generatedAtTime, at))
    graph.add((commit, RDF.type, PROV.Activity))
    graph.add((commit, PROV.startedAtTime, at))
    graph.add((commit, PROV.endedAtTime, at))
    graph.add((commit, PROV.generated, made))
    if entry.note.why:
        graph.add((commit, DCTERMS.description, rdflib.Literal(entry.note.why)))
    if entry.note.who:
        agent = rdflib.URIRef(f"{home}#{quote(entry.note.who, safe='')}")
        graph.add((commit, PROV.wasAssociatedWith, agent))
        graph.add((agent, RDF.type, PROV.Agent))
        graph.add((agent, RDFS.label, rdflib.Literal(entry.note.who)))
    source = entry.base or entry.parent
    if source:
        graph.add((commit, PROV.used, version(source)))
        graph.add((made, PROV.wasDerivedFrom, version(source)))
    if entry.parent:
        graph.add((made, DCTERMS.replaces, version(entry.parent)))
