"""The tests of the W3C's suites that this service does not pass, each with the reason.

Each is run, and has to fail: one that passes again breaks the build until it is taken off the list.
"""

from __future__ import annotations

_TESTS = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
_GRAPH = "Oxigraph 0.5 does not join the variable of GRAPH with what a group in it yields without matching a triple"
_PATH = "Oxigraph 0.5 does not match a path of length zero to a constant that is no node of the graph (SPARQL 1.1, 9.3)"
_CONCAT = "Oxigraph 0.5 keeps a language that all values share in GROUP_CONCAT, which gives a simple literal (18.5.1.7)"
_VALUES = "Oxigraph stores numbers by value: not how they were written, nor which kind of integer they were said to be"

EXCLUDED: dict[str, str] = {
    f"{_TESTS}negation/manifest#graph-minus": _GRAPH,
    f"{_TESTS}aggregates/manifest#agg-empty-group-count-graph": _GRAPH,
    f"{_TESTS}bindings/manifest#graph": _GRAPH,
    f"{_TESTS}property-path/manifest#zero_or_more_set_start": _PATH,
    f"{_TESTS}property-path/manifest#zero_or_more_set_end": _PATH,
    f"{_TESTS}property-path/manifest#zero_or_one_set_start": _PATH,
    f"{_TESTS}property-path/manifest#zero_or_one_set_end": _PATH,
    f"{_TESTS}aggregates/manifest#agg-groupconcat-04": _CONCAT,
    f"{_TESTS}aggregates/manifest#agg-groupconcat-06": _CONCAT,
    f"{_TESTS}functions/manifest#bnode01": "Oxigraph 0.5 makes BNODE('x') one node in all solutions, not one in each",
    f"{_TESTS}csv-tsv-res/manifest#csv03": _VALUES,
    f"{_TESTS}csv-tsv-res/manifest#tsv03": _VALUES,
}
# How many of these suites' tests Oxigraph's own list leaves out (testsuite/tests/sparql.rs, branch 0.5 at v0.5.9).
OXIGRAPH_EXCLUDES = 13
