"""Enough generated data for a query to run away with, and queries that do."""

from __future__ import annotations

import pyoxigraph as ox

from ineq_kg.store.embedded import EmbeddedStore

NODES = 6000
BASE = "https://example.org/crowd/"
PREFIX = f"PREFIX c: <{BASE}>\n"
_TEN_TIMES = " ".join(
    f"BIND(CONCAT({', '.join([f'?{one}'] * 10)}) AS ?{other})" for one, other in zip("abcdef", "bcdefg", strict=True)
)

# Each would run for minutes at least, in little memory.
ENDLESS = {
    "Cartesian product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "paths over all": "SELECT (COUNT(*) AS ?n) { ?a (c:a|c:b|c:c)+ ?b }",
    "huge GROUP_CONCAT": "SELECT (GROUP_CONCAT(?l) AS ?x) { ?a c:label ?l . ?b c:label ?m } GROUP BY ?m",
    "regex bomb": 'SELECT * { ?a c:label ?l FILTER(REGEX(?l, "((a{0,90}){0,90}){0,90}x")) }',
}
# Each needs gigabytes.
GREEDY = {
    "ORDER BY of everything": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c",
    "one allocation": f'SELECT (STRLEN(?g) AS ?n) {{ BIND("{"x" * 1000}" AS ?a) {_TEN_TIMES} }}',
    "huge GROUP_CONCAT": f"""SELECT (GROUP_CONCAT(?x) AS ?y) {{
        ?a c:label ?l . ?b c:label ?m BIND(CONCAT({", ".join(["?l", "?m"] * 200)}) AS ?x) }}""",
}
# Each answers with more than a gigabyte.
LONG = {
    "SELECT": "SELECT * { ?a c:label ?l . ?b c:label ?m }",
    "CONSTRUCT": "CONSTRUCT { ?a ?p ?m } { ?a ?p ?l . ?b c:label ?m }",
}


def add_crowd(store: EmbeddedStore) -> None:
    """Add the generated data to a store: nodes with a label and two edges each."""
    graph = ox.NamedNode(BASE + "graph")
    edges = [ox.NamedNode(BASE + name) for name in "abc"]
    nodes = [ox.NamedNode(f"{BASE}{number}") for number in range(NODES)]
    quads = []
    for number, node in enumerate(nodes):
        label = ox.Literal(f"a label of node {number:>6}: {'a' * 100}")
        quads.append(ox.Quad(node, ox.NamedNode(BASE + "label"), label, graph))
        quads.append(ox.Quad(node, edges[number % 3], nodes[(number * 7 + 1) % NODES], graph))
        quads.append(ox.Quad(node, edges[(number + 1) % 3], nodes[(number * 13 + 5) % NODES], graph))
    store.replace_graphs({graph.value: quads})
