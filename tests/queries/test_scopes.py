"""Where a value that is bound at a query's beginning reaches, held against what the engine does."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from ineq_kg.queries.scopes import uses
from ineq_kg.store.tokens import tokens

DATA = b"""@prefix : <https://example.org/> .
:a :p :b ; :q 1 . :c :p :d ; :q 2 .
:g { :a :p :b . :c :p :d . }
:b { :a :p :b . }
"""
REACHED = [
    "?s :p ?x",
    "?s :p ?o FILTER(?o = ?x)",
    "{ ?s :p ?x }",
    "{ ?s :p ?x } UNION { ?x :p ?s }",
    "?s :p ?z OPTIONAL { ?s :p ?o FILTER(?o = ?x) } FILTER(BOUND(?o))",
    "?s :p ?z OPTIONAL { ?s :p ?o FILTER EXISTS { ?s :p ?x } } FILTER(BOUND(?o))",
    "GRAPH ?g { ?s :p ?x }",
    "GRAPH ?x { ?s :p ?o }",
    "?s :p ?z MINUS { ?s :p ?x }",
    "?s :p ?z FILTER EXISTS { ?s :p ?x }",
    "?s :p ?z FILTER NOT EXISTS { ?s :p ?o FILTER(?o = ?x) }",
    "?s :p ?z FILTER EXISTS { { ?s :p ?o FILTER(?o = ?x) } UNION { ?s :p ?o FILTER(?o = ?x) } }",
    "?s :p ?z FILTER EXISTS { ?s :p ?o MINUS { ?s :p ?o FILTER(?o = ?x) } }",
    "?s :p ?z FILTER EXISTS { ?s :p ?o OPTIONAL { BIND(?x AS ?k) } FILTER(?k = ?o) }",
    "?s :p ?z FILTER EXISTS { { ?s :p ?o FILTER EXISTS { ?s :p ?o FILTER(?o = ?x) } } }",
    "?s :p ?z FILTER EXISTS { SELECT ?s ?x { ?s :p ?o FILTER(?o = ?x) } }",
    "?s :p ?z FILTER(?s = :none || EXISTS { ?s :p ?x })",
    "?s :p ?z BIND(EXISTS { ?s :p ?x } AS ?e) FILTER(?e)",
    "?s :p ?o BIND(?x AS ?k) FILTER(?o = ?k)",
    "{ SELECT ?s ?x { ?s :p ?x } }",
    "{ SELECT * { ?s :p ?x } }",
    "{ SELECT ?s (?o AS ?x) { ?s :p ?o } }",
    "{ SELECT ?x (COUNT(?s) AS ?n) { ?s :p ?x } GROUP BY ?x }",
    "{ ?s :p ?o BIND(?o AS ?x) }",
    "{ VALUES ?x { :b } }",
    "{ VALUES (?x ?k) { (:b 1) (:d 2) } } ?s :q ?k",
    "{ ?s :p ?x FILTER(?x = :b) }",
    "{ ?s :p ?o OPTIONAL { ?s :p ?x } FILTER(?o = ?x) }",
    "?s :p/^:p ?t . ?t :p ?x",
]
NOT_REACHED = [
    "{ ?s :p ?o FILTER(?o = ?x) }",
    "{ ?s :p ?o BIND(?x AS ?k) } FILTER(?o = ?k)",
    "{ ?s :p ?o FILTER(?o = ?x) } UNION { ?s :p ?o FILTER(?o = ?x) }",
    "?s :p ?z OPTIONAL { { ?s :p ?o FILTER(?o = ?x) } } FILTER(BOUND(?o))",
    "?s :p ?z OPTIONAL { ?s :p ?o BIND(?x AS ?k) } FILTER(?o = ?k)",
    "?s :p ?z OPTIONAL { ?s :q ?n OPTIONAL { ?s :p ?o FILTER(?o = ?x) } } FILTER(BOUND(?o))",
    "{ ?s :p ?z OPTIONAL { ?s :p ?o FILTER(?o = ?x) } } FILTER(BOUND(?o))",
    "?s :p ?z OPTIONAL { SELECT ?s ?o { ?s :p ?o FILTER(?o = ?x) } } FILTER(BOUND(?o))",
    "GRAPH ?g { ?s :p ?o FILTER(?o = ?x) }",
    "GRAPH ?g { ?s :p ?o FILTER EXISTS { ?s :p ?o FILTER(?o = ?x) } }",
    "?s :p ?z MINUS { ?s :p ?o FILTER(?o = ?x) }",
    "?s :p ?z MINUS { ?s :p ?o FILTER EXISTS { ?s :p ?x } }",
    "?s :p ?z FILTER EXISTS { SELECT ?s { ?s :p ?x } }",
    "?s :p ?z FILTER EXISTS { SELECT ?s { ?s :p ?o FILTER(?o = ?x) } }",
    "{ ?s :p ?o FILTER EXISTS { ?s :p ?x } }",
    "{ ?s :p ?o FILTER EXISTS { ?s :p ?o FILTER(?o = ?x) } }",
    "{ SELECT ?s { ?s :p ?x } }",
    "{ SELECT ?s ?x { ?s :p ?o FILTER(?o = ?x) } }",
]


@pytest.fixture(scope="module")
def store() -> ox.Store:
    store = ox.Store()
    store.load(DATA, format=ox.RdfFormat.TRIG)
    return store


def counts(store: ox.Store, body: str, value: str) -> bool:
    """Say whether the engine's answer depends on the value at the query's beginning."""
    answers = []
    for given in (value, ":none"):
        solutions = store.query(f"PREFIX : <https://example.org/> SELECT * WHERE {{ VALUES ?x {{ {given} }} {body} }}")
        assert isinstance(solutions, ox.QuerySolutions)
        others = [variable for variable in solutions.variables if variable.value != "x"]
        answers.append(sorted(str([solution[variable] for variable in others]) for solution in solutions))
    return answers[0] != answers[1]


@pytest.mark.parametrize("body", [*REACHED, *NOT_REACHED])
def test_a_value_reaches_where_the_engine_lets_it(store: ox.Store, body: str) -> None:
    found = [use for use in uses(tokens(f"SELECT * WHERE {{ {body} }}")) if use.name == "x"]
    assert any(use.reached for use in found) == (body in REACHED) == counts(store, body, ":b")


KEPT = [
    "GROUP BY ?s ?x HAVING(COUNT(?o) >= ?x)",
    "GROUP BY ?s HAVING(SUM(IF(?o >= ?x, 1, 0)) > 1)",
    "GROUP BY ?s HAVING(COUNT(?o) > 1 && (MAX(?x) = 2))",
]
LOST = [
    "GROUP BY ?s HAVING(COUNT(?o) >= ?x)",
    "HAVING(COUNT(?o) >= ?x)",
    "GROUP BY ?s HAVING(SUM(?o) > 1 && ?x = 2)",
    "GROUP BY ?s HAVING((COUNT(?o)) >= (?x))",
]


@pytest.mark.parametrize("modifiers", [*KEPT, *LOST])
def test_a_value_is_lost_by_grouping_where_the_engine_loses_it(modifiers: str) -> None:
    store = ox.Store()
    store.update("PREFIX : <https://example.org/> INSERT DATA { :a :p 1, 2, 3 . :b :p 1 }")
    chosen = "(COUNT(?o) AS ?n)" if modifiers.startswith("HAVING") else "?s"
    query = f"SELECT {chosen} WHERE {{ %s ?s <https://example.org/p> ?o }} {modifiers}"
    found = [use for use in uses(tokens(query)) if use.name == "x"]
    with_value = store.query(query % "VALUES ?x { 2 }")
    assert isinstance(with_value, ox.QuerySolutions)
    assert all(use.reached for use in found) == (modifiers in KEPT) == (len(list(with_value)) > 0)


def test_a_comment_or_a_string_holds_no_variable() -> None:
    found = uses(tokens('SELECT ?a WHERE { ?a ?b "?c" # ?d\n FILTER(?a != """?e""") }'))
    assert [use.name for use in found] == ["a", "b", "a"]
