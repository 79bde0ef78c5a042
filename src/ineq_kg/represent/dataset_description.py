"""The dataset described: VoID (W3C Interest Group Note, 3 March 2011) and DCAT 3 (W3C Recommendation, 22 August 2024).

The figures are those of one version, and count the union of all graphs: each triple once. Versions are those that are kept.
Licences are not said: each synthesis has its own, and its records may not name one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from rdflib import DCTERMS, FOAF, RDF, VOID, XSD, Literal, URIRef

from ineq_kg.represent.descriptions import DCAT, Triple, write_description
from ineq_kg.represent.formats import Format
from ineq_kg.represent.views.dataset import PATH
from ineq_kg.store.figures import Figures
from ineq_kg.store.journal import Entry
from ineq_kg.vocabulary import PREFIXES, RESOURCES

_PROTOCOL = URIRef("https://www.w3.org/TR/sparql11-protocol/")
_IANA = "https://www.iana.org/assignments/media-types/"
_TITLE = Literal("ineq-kg: a graph of meta-ethnographies", lang="en")
_ABOUT = Literal(
    "Syntheses of qualitative studies, each claim traced to the translated constructs, studies, reports and words it rests on.",
    lang="en",
)


@dataclass(frozen=True)
class Described:
    """What there is to say: where the service is (ending in a slash), of which version, which others are kept, the figures."""

    home: str
    version: str
    committed: datetime | None
    kept: Sequence[Entry]
    figures: Figures


def write_dataset_description(described: Described, wanted: Format) -> bytes:
    """Return the description, in a format for graphs."""
    return write_description(_triples(described), wanted)


def _triples(described: Described) -> Iterator[Triple]:
    document = URIRef(f"{described.home}{PATH}")
    dataset = URIRef(f"{document}#dataset")
    yield (document, RDF.type, VOID.DatasetDescription)
    yield (document, FOAF.primaryTopic, dataset)
    for kind in (VOID.Dataset, DCAT.Dataset):
        yield (dataset, RDF.type, kind)
    yield (dataset, DCTERMS.title, _TITLE)
    yield (dataset, DCTERMS.description, _ABOUT)
    yield (dataset, DCAT.version, Literal(described.version))
    if described.committed is not None:
        yield (dataset, DCTERMS.modified, Literal(described.committed))
    yield from _figures(dataset, described.figures)
    yield from _graphs(dataset, described)
    yield from _access(dataset, described)
    yield from _versions(dataset, described)


def _figures(dataset: URIRef, figures: Figures) -> Iterator[Triple]:
    yield (dataset, VOID.uriSpace, Literal(RESOURCES))
    yield (dataset, VOID.triples, Literal(figures.triples))
    yield (dataset, VOID.entities, Literal(figures.entities))
    yield (dataset, VOID.classes, Literal(len(figures.classes)))
    yield (dataset, VOID.properties, Literal(len(figures.properties)))
    used = {*figures.classes, *figures.properties}
    for namespace in PREFIXES.values():
        if any(term.startswith(namespace) for term in used):
            yield (dataset, VOID.vocabulary, URIRef(namespace))
    parts = (
        (VOID.classPartition, VOID["class"], VOID.entities, figures.classes),
        (VOID.propertyPartition, VOID.property, VOID.triples, figures.properties),
    )
    for partition, key, number, counted in parts:
        for term, how_many in counted.items():
            node = URIRef(f"{dataset}-{partition.fragment}={quote(term, safe='/:')}")
            yield (dataset, partition, node)
            yield (node, key, URIRef(term))
            yield (node, number, Literal(how_many))


def _graphs(dataset: URIRef, described: Described) -> Iterator[Triple]:
    """Say of each named graph what it holds and where to get it."""
    for graph, triples in described.figures.graphs.items():
        node = URIRef(f"{dataset}-graph={quote(graph, safe='/:')}")
        address = f"{described.home}graph-store?graph={quote(graph, safe='')}"
        yield (dataset, VOID.subset, node)
        for kind in (VOID.Dataset, DCAT.Dataset):
            yield (node, RDF.type, kind)
        yield (node, DCTERMS.title, Literal(graph))
        yield (node, VOID.triples, Literal(triples))
        yield (node, VOID.dataDump, URIRef(address))
        file = URIRef(f"{node}.{Format.TURTLE.extension}")
        yield (node, DCAT.distribution, file)
        yield (file, RDF.type, DCAT.Distribution)
        yield (file, DCAT.downloadURL, URIRef(f"{address}&format={Format.TURTLE.extension}"))
        yield (file, DCAT.mediaType, URIRef(_IANA + Format.TURTLE.media_type))


def _access(dataset: URIRef, described: Described) -> Iterator[Triple]:
    endpoint = URIRef(f"{described.home}sparql")
    service, distribution = URIRef(f"{dataset}-service"), URIRef(f"{dataset}-distribution")
    yield (dataset, VOID.sparqlEndpoint, endpoint)
    for one in Format.for_form("graph"):
        yield (dataset, VOID.feature, URIRef(one.iri))
    yield (dataset, DCAT.distribution, distribution)
    yield (distribution, RDF.type, DCAT.Distribution)
    yield (distribution, DCAT.accessURL, endpoint)
    yield (distribution, DCAT.accessService, service)
    yield (service, RDF.type, DCAT.DataService)
    yield (service, DCTERMS.title, Literal("SPARQL 1.1 endpoint", lang="en"))
    yield (service, DCAT.endpointURL, endpoint)
    yield (service, DCAT.endpointDescription, endpoint)
    yield (service, DCAT.servesDataset, dataset)
    yield (service, DCTERMS.conformsTo, _PROTOCOL)


def _versions(dataset: URIRef, described: Described) -> Iterator[Triple]:
    """Say which versions can be asked; each is described at its own address."""
    for entry in described.kept:
        node = URIRef(f"{described.home}versions/{entry.version}")
        yield (dataset, DCAT.hasVersion, node)
        yield (node, RDF.type, DCAT.Dataset)
        yield (node, DCTERMS.title, Literal(f"version {entry.version}", lang="en"))
        yield (node, DCAT.version, Literal(entry.version))
        yield (node, DCTERMS.issued, Literal(entry.at, datatype=XSD.dateTime))
        if entry.version == described.version:
            yield (dataset, DCAT.hasCurrentVersion, node)
