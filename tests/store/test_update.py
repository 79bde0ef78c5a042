"""No change goes unseen: whatever an update changes, it was said to be able to. A dataset in a request is one in the text."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ineq_kg.errors import QueryError, QueryRefused
from ineq_kg.store.embedded import Dataset, EmbeddedStore, Snapshot
from ineq_kg.store.update import changed, may_change, prepared_update, run_update

NAMESPACE = "https://w3id.org/ineq-kg/graph/"
GRAPHS = [NAMESPACE + name for name in ("one", "one/inferred", "two", "x-1.y")]
# Ways to name a graph where an IRI stands; @ is what comes after the namespace, and % the same with its characters escaped.
SPELLINGS = [
    ("", "<https://w3id.org/ineq-kg/graph/@>"),
    ("", "<\\u0068ttps://w3id.org/ineq-kg/graph/@>"),
    ("", "graph:%"),
    ("PREFIX g: <https://w3id.org/ineq-kg/>", "g:graph\\/%"),
    ("PREFIX : <https://w3id.org/>", ":ineq-kg\\/graph\\/%"),
    ("PREFIX g: <https://w3id.org/ineq-kg/gr\\u0061ph/>", "g:%"),
    ("BASE <https://w3id.org/ineq-kg/>", "<graph/@>"),
    ("BASE <https://w3id.org/ineq-kg/graph/other/>", "<../@>"),
    ("BASE <https://w3id.org/ineq-kg/graph/two>", "<@>"),
]
# Ways to change a graph; § is its name.
CHANGES = [
    "INSERT DATA { GRAPH § { <a:new> <a:p> 1 } }",
    "DELETE DATA { GRAPH § { <a:s> <a:p> 1 } }",
    "INSERT DATA { <a:x> <a:p> 'GRAPH' } ; WITH § INSERT { <a:new> <a:p> 1 } WHERE { }",
    "DELETE WHERE { GRAPH § { ?s ?p ?o } }",
    "CLEAR GRAPH§",
    "drop silent graph § # ALL",
    "COPY DEFAULT TO §",
    "ADD DEFAULT TO GRAPH §",
    "MOVE § TO <a:elsewhere>",
    "INSERT { GRAPH§{ ?s <a:q> ?o } } WHERE { GRAPH § { ?s ?p ?o FILTER(?o<?o||true) } }",
]
BY_VARIABLE = [
    "DELETE { GRAPH\n#\n?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }",
    "INSERT { GRAPH $g { <a:new> <a:p> 1 } } WHERE { GRAPH $g { } }",
    "DELETE WHERE { GRAPH ?g { ?s ?p ?o } }",
    "DELETE WHERE{?s ?p ?o};INSERT{GRAPH?g{<a:new> <a:p> 1}}WHERE{GRAPH?g{}}",
    "INSERT { <a:x> <a:p> 1 } WHERE { ?s ?p 'WHERE { GRAPH' } ; DELETE { GRAPH?g{ ?s ?p ?o } }WHERE{ GRAPH ?g { ?s ?p ?o } }",
    "PREFIX where: <a:> WITH where:g DELETE{GRAPH?where{?s?p?o}}WHERE{GRAPH?where{?s?p?o}}",
    "INSERT { GRAPH ?g { <a:new> <a:p> 1 } } WHERE { GRAPH ?g { ?s ?p ?o FILTER(?o<?o#>'\n || true) } } #'",
    "INSERT { <a:x> <a:p> 1 } WHERE { ?s ?p ?o FILTER(?o<?o#>'''\n || true) } ; CLEAR NAMED #'''\n",
    "CLEAR NAMED",
    "DROP#\nSILENT ALL",
    "clear all",
]


def filled() -> ox.Store:
    store = ox.Store()
    for graph in GRAPHS:
        store.add(ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), ox.Literal(1), ox.NamedNode(graph)))
    store.add(ox.Quad(ox.NamedNode("a:d"), ox.NamedNode("a:p"), ox.Literal(1)))
    return store


def escaped(name: str) -> str:
    return name.replace("/", "\\/").replace("-", "\\-")


@st.composite
def updates(draw: st.DrawFn) -> str:
    """Draw some operations that each change a graph, however named; white space and prologues as they come."""
    operations = []
    for _ in range(draw(st.integers(1, 2))):
        if draw(st.integers(0, 5)) == 0:
            operations.append(draw(st.sampled_from(BY_VARIABLE)))
            continue
        prologue, spelling = draw(st.sampled_from(SPELLINGS))
        name = draw(st.sampled_from(GRAPHS)).removeprefix(NAMESPACE)
        local = name if draw(st.booleans()) and "/" not in name else escaped(name)
        named = spelling.replace("@", name).replace("%", local)
        gap = draw(st.sampled_from([" ", "#c\n"]))
        operations.append(prologue + gap + draw(st.sampled_from(CHANGES)).replace("§", named))
    return " ;\n".join(operations)


@given(updates())
def test_whatever_changes_was_said_to_be_able_to(text: str) -> None:
    before, after = filled(), filled()
    try:
        run_update(after, text)
    except QueryError:
        after = filled()  # what is no update changes nothing
    found = changed(Snapshot(before, ""), Snapshot(after, ""), GRAPHS)
    assert set(found) <= set(may_change(text, GRAPHS))


@pytest.mark.parametrize("spelling", SPELLINGS, ids=lambda spelling: " ".join(spelling))
def test_every_spelling_names_a_graph(spelling: tuple[str, str]) -> None:
    """Else the test before would prove less than it says."""
    prologue, name = spelling
    store = filled()
    named = name.replace("@", "x-1.y").replace("%", "x\\-1.y")
    run_update(store, f"{prologue} INSERT DATA {{ GRAPH {named} {{ <a:new> <a:p> 1 }} }}")
    assert changed(Snapshot(filled(), ""), Snapshot(store, ""), GRAPHS) == [f"{NAMESPACE}x-1.y"]


def test_an_update_of_one_graph_is_an_update_of_one_graph() -> None:
    """So that a change of one synthesis among thousands does not look at all of them."""
    text = f"INSERT DATA {{ GRAPH <{GRAPHS[0]}> {{ <a:new> <https://example.org/p> 'a graph' , 'clear, all' }} }}"
    assert may_change(text, GRAPHS) == GRAPHS[:1]
    assert may_change("INSERT DATA { <a:x> <a:p> 1 }", GRAPHS) == []
    asked = f"INSERT {{ GRAPH <{GRAPHS[0]}> {{ ?s a ?g }} }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} {{ GRAPH ?h {{ }} }} }}"
    assert may_change(asked, GRAPHS) == GRAPHS[:1]
    assert may_change(asked.replace("INSERT { GRAPH", "INSERT { GRAPH ?g { } GRAPH"), GRAPHS) == GRAPHS
    assert may_change(asked + " ; DELETE WHERE { GRAPH ?g { } }", GRAPHS) == GRAPHS


PATTERNS = [
    "?s <a:p> ?o",
    "GRAPH ?g { ?s <a:p> ?o }",
    "?s <a:p> ?o . GRAPH ?g { ?t <a:p> ?o }",
    "{ SELECT * WHERE { ?s ?p ?o } }",
]


@given(
    st.sampled_from(PATTERNS),
    st.lists(st.sampled_from(GRAPHS), max_size=3, unique=True),
    st.lists(st.sampled_from(GRAPHS), max_size=3, unique=True),
)
def test_a_dataset_beside_the_text_is_one_in_the_text(pattern: str, default: list[str], named: list[str]) -> None:
    using = " ".join([*(f"USING <{iri}>" for iri in default), *(f"USING NAMED <{iri}>" for iri in named)])
    for text in (
        "INSERT { <a:found> <a:s> ?s , ?t , ?g } @ WHERE { % }",
        "DELETE { ?s <a:p> ?o . GRAPH ?g { ?t <a:p> ?o } } INSERT { <a:n> <a:p> '@ WHERE {' } @ WHERE { % } # WHERE",
        "DELETE { ?s <a:p> 1 } @ WHERE { ?s <a:p> 1 } ; INSERT { <a:x> <a:p> ?s } @ WHERE { % }",
    ):
        beside, within = filled(), filled()
        written = text.replace("%", pattern)
        run_update(beside, prepared_update(written.replace("@", ""), Dataset(tuple(default), tuple(named))))
        run_update(within, written.replace("'@ WHERE {'", "' WHERE {'").replace("@", using))
        assert set(beside) == set(within)


def test_the_short_form_of_delete_is_the_long_one() -> None:
    short, long = filled(), filled()
    dataset = Dataset((GRAPHS[0],), (GRAPHS[2],))
    for pattern in ("?s <a:p> 1", "GRAPH ?g { ?s <a:p> 1 }", f"GRAPH <{GRAPHS[2]}> {{ ?s <a:p> 1 }} # }}\n"):
        run_update(short, prepared_update(f"DELETE WHERE {{ {pattern} }} ; CREATE SILENT GRAPH <a:g>", dataset))
        run_update(long, f"DELETE {{ {pattern} }} USING <{GRAPHS[0]}> USING NAMED <{GRAPHS[2]}> WHERE {{ {pattern} }}")
        assert set(short) == set(long)
    assert set(short) != set(filled())


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("INSERT { <a:x> <a:p> ?o } WHERE { ?s ?p ?o FILTER(?s<?o#>) } }\n) }", QueryError),
        ("DELETEWHERE { ?s ?p ?o }", QueryError),
        ("LOAD <a:b>", QueryRefused),
    ],
)
def test_what_cannot_be_told_apart_is_refused(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        prepared_update(text, Dataset((GRAPHS[0],)))


def test_equal_graphs_have_equal_bytes(tmp_path: Path) -> None:
    """Whatever was there before, and in whatever order they were made: that is how a change is seen."""
    graph = "a:g"
    quads = [
        ox.Quad(ox.NamedNode(f"a:{n % 17}"), ox.NamedNode("a:p"), term, ox.NamedNode(graph))
        for n in range(200)
        for term in (ox.Literal(f"long enough not to be kept inline {n}"), ox.Literal(n), ox.BlankNode(f"b{n}"))
    ]
    one, other = EmbeddedStore(tmp_path / "one"), EmbeddedStore(tmp_path / "other")
    one.replace_graphs({graph: quads})
    other.replace_graphs({graph: quads[::3], "a:h": quads})
    other.replace_graphs({graph: quads[1::2][::-1]})
    other.replace_graphs({graph: quads[::-1], "a:h": []})
    found = one.snapshot().graph(graph, "application/n-triples")
    assert found == other.snapshot().graph(graph, "application/n-triples")
    assert len(found.splitlines()) == len(set(quads))
