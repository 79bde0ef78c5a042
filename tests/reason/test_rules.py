"""Rules that a store runs by itself yield what the rules beside it yield, which is what OWL 2 RL derives (`test_closure`)."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
from hypothesis import given, settings

from ineq_kg.app import App
from ineq_kg.ingest.records import Loaded
from ineq_kg.loading import derive
from ineq_kg.reason.axioms import axioms
from ineq_kg.reason.rules import derive_in_store
from ineq_kg.records.bundle import Bundle
from ineq_kg.triples.mapper import write
from ineq_kg.triples.naming import graph_of, inferred_graph_of
from places import FOUNDING
from strategies import bundles


def by_the_store(slug: str, quads: list[ox.Quad]) -> set[ox.Quad]:
    store = ox.Store()
    store.extend(quads)
    inferred = ox.NamedNode(inferred_graph_of(slug))

    def size(graph: str) -> int:
        return len(list(store.quads_for_pattern(None, None, None, ox.NamedNode(graph))))

    derive_in_store(axioms(), [(graph_of(slug), inferred.value)], store.update, size)
    return set(store.quads_for_pattern(None, None, None, inferred))


def beside_it(slug: str, quads: list[ox.Quad]) -> set[ox.Quad]:
    prepared, _ = derive(slug, quads)
    return set(prepared.graphs[inferred_graph_of(slug)])


def test_the_founding_synthesis_is_derived_alike(founding: Loaded) -> None:
    slug, quads = founding.bundle.synthesis.id, list(write(founding.bundle))
    found = by_the_store(slug, quads)
    assert len(found) > 2000
    assert found == beside_it(slug, quads)


@settings(max_examples=25)
@given(bundles())
def test_any_synthesis_is_derived_alike(bundle: Bundle) -> None:
    slug, quads = bundle.synthesis.id, list(write(bundle))
    assert by_the_store(slug, quads) == beside_it(slug, quads)


def test_what_came_in_past_the_software_is_derived_by_a_command(run, tmp_path: Path) -> None:
    store = tmp_path / "store"
    app = App.open(store)
    app.load([FOUNDING])
    inferred = inferred_graph_of("mcmahon-2022")
    before = app.snapshot().graph(inferred, "application/n-triples")
    app.store.replace_graphs({inferred: []})  # as a bulk loader leaves it
    assert app.snapshot().graph(inferred, "application/n-triples") == b""
    assert run("derive", "mcmahon-2022", "--store", store).code == 0
    assert app.snapshot().graph(inferred, "application/n-triples") == before
    unknown = run("derive", "nobody-2001", "--store", store)
    assert unknown.code == 3
    assert "ineq-kg load" in unknown.err


def test_the_printed_rules_need_nothing_but_to_be_run(run, founding: Loaded) -> None:
    quads = list(write(founding.bundle))
    store = ox.Store()
    store.extend(quads)
    update = run("ontology", "--rules", "mcmahon-2022").out
    sizes = [len(store) - 1, len(store)]
    while sizes[-1] != sizes[-2]:
        store.update(update)
        sizes.append(len(store))
    inferred = ox.NamedNode(inferred_graph_of("mcmahon-2022"))
    assert set(store.quads_for_pattern(None, None, None, inferred)) == beside_it("mcmahon-2022", quads)
