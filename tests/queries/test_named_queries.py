"""A query file is one definition, checked when it is read; values are bound as terms and cannot become query text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ineq_kg.app import App
from ineq_kg.errors import DefinitionError, ParameterError
from ineq_kg.queries.binding import bind
from ineq_kg.queries.catalogue import Catalogue
from ineq_kg.queries.definition import read_definition
from ineq_kg.resources import resource
from ineq_kg.triples.naming import slug_of
from ineq_kg.vocabulary import IKG_NS

HEADER = """\
#+ summary: A test
#+ question: Which?
#+ parameters:
#+   text: {type: string, description: Some text}
#+   place: {type: iri, description: Some node}
#+ columns:
#+   node: {label: Node, meaning: The node}
#+   text: {label: Text, meaning: The text}
#+ budget: 10
"""
BODY = "SELECT ?node ?text WHERE { ?node ?place ?text }\n"


def definition(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "test-query.rq"
    path.write_text(text)
    return path


def test_all_of_ours_are_sound() -> None:
    names = set(Catalogue.read(resource("queries")).queries)
    assert {"trace", "trace-up"} <= names


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (BODY, 1, "no `#\\+` header"),
        (HEADER.replace("#+ budget: 10\n", "") + BODY, 1, "budget"),
        (HEADER.replace("{type: string,", "{type: strange,") + BODY, 4, "Input should be"),
        (HEADER.replace("question: Which?", "question: [Which?") + BODY, 2, "not YAML"),
        (HEADER + BODY.replace("SELECT", "SELEKT"), 10, "not SPARQL"),
        (HEADER + BODY.replace("?node ?text WHERE", "?node WHERE"), 6, "are not those selected"),
        (HEADER + BODY.replace("?place", "?elsewhere"), 5, "not a variable"),
        (HEADER + "ASK { }", 1, "SELECT query"),
    ],
)
def test_a_wrong_definition_points_at_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(DefinitionError, match=message) as caught:
        read_definition(definition(tmp_path, text))
    assert f"test-query.rq:{line}:" in str(caught.value)


@pytest.mark.parametrize("body", [BODY.replace("WHERE ", ""), BODY.replace("{ ", "{ SELECT * { ").replace("}", "} }")])
def test_a_query_that_values_could_not_reach_is_refused(tmp_path: Path, body: str) -> None:
    definition(tmp_path, HEADER + body)
    with pytest.raises(DefinitionError, match=r"WHERE|sub-SELECT"):
        Catalogue.read(tmp_path)


HOSTILE = st.text() | st.sampled_from(
    [
        '"',
        "\\",
        "\\u0022",
        "'''",
        '"""',
        "> . } #",
        "} UNION { ?s ?p ?o",
        "\x00",
        "\n",
        "\ud800",
        "a\u202eb",
        "x" * 20_000,
    ]
)


@given(HOSTILE)
def test_a_string_is_a_value_or_a_clear_error(
    tmp_path_factory: pytest.TempPathFactory, loaded: App, value: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any-text.rq"
    path.write_text(HEADER + "SELECT ?node ?text WHERE { BIND(?text AS ?node) OPTIONAL { ?x ?place ?x } }\n")
    try:
        text, dataset = bind(read_definition(path), {"text": value})
    except ParameterError as error:
        assert error.parameter == "text"
        assert error.mend
        return
    rows = loaded.store.snapshot().select(text, dataset)
    assert {str(row["text"]) for row in rows} == {value}


@given(HOSTILE.map("https://example.org/".__add__) | HOSTILE | st.just("https://w3id.org/ineq-kg/id/x> } #"))
def test_an_iri_is_a_value_or_a_clear_error(loaded: App, value: str) -> None:
    try:
        rows, _ = loaded.rows("trace", {"start": value})
    except ParameterError as error:
        assert error.parameter == "start"
        return
    assert len(rows) == 0


def test_unknown_and_missing_parameters_are_named(loaded: App) -> None:
    with pytest.raises(ParameterError, match="has no parameter 'begin'"):
        loaded.rows("trace", {"begin": "x"})
    with pytest.raises(ParameterError, match="start is missing"):
        loaded.rows("trace", {})


def kinds(app: App, query: str, start: str) -> dict[str, set[str]]:
    rows, _ = app.rows(query, {"start": start})
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(str(row["type"]).removeprefix(IKG_NS), set()).add(slug_of(str(row["node"])))
    return found


def test_the_argument_is_traced_to_every_kind_of_node(loaded: App) -> None:
    found = kinds(loaded, "trace", "mcmahon-2022/argument/narrow-problematisation")
    assert len(found["Study"]) == 11
    assert len(found["Report"]) == 13
    assert len(found["TranslatedConstruct"]) == 28
    assert set(found) == {
        "LineOfArgument",
        "ThirdOrderConstruct",
        "TranslatedConstruct",
        "SecondOrderConstruct",
        "Study",
        "Report",
    }


@pytest.mark.parametrize("study", ["babbel", "mackenzie", "warwick-giles", "exworthy-morcillo"])
def test_up_and_down_agree(loaded: App, study: str) -> None:
    slug = f"mcmahon-2022/study/{study}"
    up = kinds(loaded, "trace-up", slug)
    assert up["LineOfArgument"] == {"mcmahon-2022/argument/narrow-problematisation"}
    for claim in up["ThirdOrderConstruct"]:
        assert slug in kinds(loaded, "trace", claim)["Study"]
    every = kinds(loaded, "trace", "mcmahon-2022/argument/narrow-problematisation")["ThirdOrderConstruct"]
    for claim in every - up["ThirdOrderConstruct"]:
        assert slug not in kinds(loaded, "trace", claim)["Study"]
