"""Any record, written as triples and read back, is equal: through memory, through a store on disk, through every RDF format."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox
import pytest
from hypothesis import given, settings

from ineq_kg.ingest.records import Loaded
from ineq_kg.records.bundle import Bundle
from ineq_kg.represent.formats import Format
from ineq_kg.store.embedded import EmbeddedStore
from ineq_kg.triples.mapper import read, write
from ineq_kg.triples.naming import Naming
from ineq_kg.triples.quads import parse_quads
from strategies import bundles


@given(bundles())
def test_any_bundle_written_and_read_back_is_equal(bundle: Bundle) -> None:
    assert read(write(bundle)) == bundle


@settings(max_examples=10)
@given(bundles())
def test_any_bundle_survives_a_store_on_disk(bundle: Bundle) -> None:
    graph = Naming.of(bundle).graph
    with TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder))
        store.replace_graphs({graph: list(write(bundle))})
        assert read(store.snapshot().quads(graph)) == bundle


@pytest.mark.parametrize("format_", [Format.NTRIPLES, Format.TURTLE, Format.RDFXML, Format.JSONLD])
def test_the_founding_synthesis_survives_every_format(founding: Loaded, format_: Format) -> None:
    quads = list(write(founding.bundle))
    graph = Naming.of(founding.bundle).graph
    triples = [ox.Triple(q.subject, q.predicate, q.object) for q in quads]
    data = ox.serialize(triples, format=ox.RdfFormat.from_media_type(format_.media_type))
    assert read(parse_quads(data, format_.media_type, graph)) == founding.bundle


def test_what_others_add_to_the_graph_is_left_alone(founding: Loaded) -> None:
    quads = list(write(founding.bundle))
    other = ox.NamedNode("https://example.org/other")
    graph = ox.NamedNode(Naming.of(founding.bundle).graph)
    added = [
        ox.Quad(quads[0].subject, other, ox.Literal("a remark"), graph),
        ox.Quad(ox.BlankNode(), other, other, graph),
        ox.Quad(other, ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), other, graph),
    ]
    assert read([*quads, *added]) == founding.bundle


def test_a_record_has_one_node_and_every_node_its_slug(founding: Loaded) -> None:
    naming = Naming.of(founding.bundle)
    subjects = {quad.subject.value for quad in write(founding.bundle)}
    assert {naming.iri(record.id) for record in founding.bundle.records} <= subjects
