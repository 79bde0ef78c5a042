"""The ontology's documentation: pyLODE's sections, a diagram, and our own page around them."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import rdflib
from rdflib import OWL, RDF, RDFS, SDO, SKOS

from ineq_kg.errors import DefinitionError, ExtraMissing
from ineq_kg.represent import page
from ineq_kg.represent.class_diagram import class_diagram
from ineq_kg.vocabulary import IKG_NS, ONTOLOGY

_SECTIONS = {
    "classes": "Classes",
    "objectproperties": "Object properties",
    "datatypeproperties": "Datatype properties",
    "annotationproperties": "Annotation properties",
    "named_individuals": "Individuals",
}
_QUANTITIES = {
    OWL.someValuesFrom: "some",
    OWL.allValuesFrom: "only",
    OWL.hasValue: "value",
    OWL.cardinality: "exactly",
    OWL.qualifiedCardinality: "exactly",
    OWL.minCardinality: "at least",
    OWL.minQualifiedCardinality: "at least",
    OWL.maxCardinality: "at most",
    OWL.maxQualifiedCardinality: "at most",
}
_JOINS = {OWL.unionOf: " *or* ", OWL.intersectionOf: " *and* ", OWL.oneOf: ", "}
_NATURES = {
    OWL.FunctionalProperty: "Functional: at most one value.",
    OWL.InverseFunctionalProperty: "Inverse functional: a value belongs to one thing only.",
    OWL.SymmetricProperty: "Symmetric: holds both ways.",
    OWL.TransitiveProperty: "Transitive.",
    OWL.IrreflexiveProperty: "Irreflexive: nothing is so related to itself.",
    OWL.AsymmetricProperty: "Asymmetric: never holds both ways.",
}


def _link(graph: rdflib.Graph, term: Any) -> str:
    if isinstance(term, rdflib.Literal):
        return str(term)
    label = graph.value(term, RDFS.label)
    if label is not None and str(term).startswith(IKG_NS):
        return f"[{label}](#{str(term)[len(IKG_NS) :]})"
    return f"[{graph.namespace_manager.normalizeUri(term)}]({term})"


def expression(graph: rdflib.Graph, node: Any) -> str:
    """Return a class expression in Markdown, in words after OWL's Manchester syntax, each name a link."""
    if not isinstance(node, rdflib.BNode):
        return _link(graph, node)
    for predicate, joint in _JOINS.items():
        members = graph.value(node, predicate)
        if members is not None:
            return "(" + joint.join(expression(graph, member) for member in graph.items(members)) + ")"
    complement = graph.value(node, OWL.complementOf)
    if complement is not None:
        return f"*not* {expression(graph, complement)}"
    subject = expression(graph, graph.value(node, OWL.onProperty))
    filler = graph.value(node, OWL.onClass) or graph.value(node, OWL.onDataRange)
    for predicate, word in _QUANTITIES.items():
        value = graph.value(node, predicate)
        if value is not None:
            tail = f" {expression(graph, filler)}" if filler is not None else ""
            return f"{subject} *{word}* {expression(graph, value)}{tail}"
    inverse = graph.value(node, OWL.inverseOf)
    return f"*inverse of* {expression(graph, inverse)}" if inverse is not None else ""


def _notes(graph: rdflib.Graph, term: Any) -> list[str]:
    """Return what pyLODE does not show of a term, in Markdown."""
    kinds = set(graph.objects(term, RDF.type))
    notes = [words for kind, words in _NATURES.items() if kind in kinds]
    inverses = {*graph.objects(term, OWL.inverseOf), *graph.subjects(OWL.inverseOf, term)}
    notes += [
        f"Inverse of {_link(graph, other)}." for other in sorted(inverses, key=str) if isinstance(other, rdflib.URIRef)
    ]
    for chain in graph.objects(term, OWL.propertyChainAxiom):
        notes.append("Follows from " + ", then ".join(expression(graph, step) for step in graph.items(chain)) + ".")
    others = {*graph.objects(term, OWL.disjointWith), *graph.subjects(OWL.disjointWith, term)}
    notes += [
        f"Disjoint with {_link(graph, other)}." for other in sorted(others, key=str) if isinstance(other, rdflib.URIRef)
    ]
    if (term, OWL.deprecated, rdflib.Literal(True)) in graph:
        instead = " and ".join(_link(graph, other) for other in graph.objects(term, rdflib.DCTERMS.isReplacedBy))
        notes.insert(0, f"**Deprecated.** Use {instead}." if instead else "**Deprecated.**")
    return notes


def _for_pylode(graph: rdflib.Graph) -> rdflib.Graph:
    """Return the ontology as pyLODE shows it best: expressions in words, unions one by one, each property once.

    pyLODE would print the names of blank nodes inside restrictions, lists unions in an order that changes from run to run,
    drops the class of a qualified cardinality, and gives functional properties a second entry with the same place.
    """
    shown = rdflib.Graph()
    includes = {RDFS.domain: SDO.domainIncludes, RDFS.range: SDO.rangeIncludes}
    predicate: Any
    for subject, predicate, value in graph:
        if isinstance(subject, rdflib.BNode) or (predicate == RDF.type and value in _NATURES):
            continue
        if not isinstance(value, rdflib.BNode):
            shown.add((subject, predicate, value))
        elif predicate in includes and (union := graph.value(value, OWL.unionOf)) is not None:
            for member in graph.items(union):
                shown.add((subject, includes[predicate], member))
        elif predicate in {RDFS.subClassOf, OWL.equivalentClass, RDFS.domain, RDFS.range}:
            shown.add((subject, predicate, rdflib.Literal(expression(graph, value))))
    for term in set(graph.subjects(RDF.type)):
        if str(term).startswith(IKG_NS):
            for note in _notes(graph, term):
                shown.add((term, SKOS.note, rdflib.Literal(note)))
    return shown


def _sections(graph: rdflib.Graph) -> dict[str, Any]:
    """Return what pyLODE writes of a graph, in a process of its own. Raises DefinitionError."""
    text = b"".join(sorted(graph.serialize(format="nt", encoding="utf-8").splitlines(keepends=True)))
    if importlib.util.find_spec("pylode") is None:
        raise ExtraMissing("pyLODE, which writes this page, is not installed", mend="pip install 'ineq-kg[docs]'")
    command = [sys.executable, "-P", "-m", "ineq_kg.represent.pylode_sections"]
    done = subprocess.run(  # noqa: S603  (a fixed command; the text goes through a pipe)
        command, input=text, capture_output=True, check=False, env={**os.environ, "PYTHONHASHSEED": "0"}
    )
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise DefinitionError(f"pyLODE could not document it: {last}", document="ontology")
    parts: dict[str, Any] = json.loads(done.stdout)
    return parts


def _fitted(html: str, *, served: bool) -> str:
    """Return pyLODE's sections without the title, which the page around them gives; on a site, its parts are linked there."""
    untitled = re.sub(r"<h1>.*?</h1>", "", html, count=1, flags=re.DOTALL)
    return untitled.replace(f'href="{ONTOLOGY}/', 'href="/ontology/') if served else untitled


def docs_page(graph: rdflib.Graph, links: Sequence[tuple[str, str]], *, served: bool = True) -> str:
    """Return the documentation as one page: diagram, contents, and pyLODE's sections, with no script and no inline style.

    `links` lead to the ontology's other formats; `served` says whether the page is part of the site or a file by itself.
    Raises DefinitionError.
    """
    parts = _sections(_for_pylode(graph))
    contents = [
        (title, place, sorted(parts["contents"][place], key=lambda entry: entry[1].lower()))
        for place, title in _SECTIONS.items()
        if parts["contents"].get(place)
    ]
    header = rdflib.URIRef(ONTOLOGY)
    return page.ontology_docs(
        title=str(graph.value(header, rdflib.DCTERMS.title)),
        description=str(graph.value(header, rdflib.DCTERMS.description) or ""),
        version=str(graph.value(header, OWL.versionInfo) or ""),
        diagram=class_diagram(graph),
        contents=contents,
        sections=_fitted(parts["html"], served=served),
        pylode=parts["version"],
        links=links,
        served=served,
    )
