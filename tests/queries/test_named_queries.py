"""A query file is one definition, checked when it is read; values are bound as terms and cannot become query text."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ineq_kg.app import App
from ineq_kg.errors import DefinitionsRejected, InputError, ParameterError
from ineq_kg.queries.binding import bind, term_of
from ineq_kg.queries.catalogue import Catalogue
from ineq_kg.queries.definition import NamedQuery, Parameter, ParameterType
from ineq_kg.resources import resource
from ineq_kg.triples.naming import iri_of, slug_of
from ineq_kg.vocabulary import IKG_NS, ONTOLOGY

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


def faults(tmp_path: Path, text: str) -> list[str]:
    """Read a folder that holds this one file, and return its faults as `line: message. mend`."""
    definition(tmp_path, text)
    with pytest.raises(DefinitionsRejected) as caught:
        Catalogue.read(tmp_path)
    told = str(caught.value).splitlines()
    assert told.pop() == f"{len(told)} thing{'s' if len(told) != 1 else ''} to mend"
    start = f"{tmp_path / 'test-query.rq'}:"
    assert all(line.startswith(start) for line in told)
    return [line.removeprefix(start) for line in told]


def test_all_of_ours_are_sound() -> None:
    names = set(Catalogue.read(resource("queries")).queries)
    assert {"trace", "trace-up"} <= names


def test_no_budget_is_past_50_ms_but_of_answers_as_long_as_an_argument_or_the_corpus() -> None:
    """Of 10 million quads as of few. Analyses have budgets of their own: `make bench-queries` holds all to theirs."""
    budgets = {name: query.header.budget for name, query in Catalogue.read(resource("queries")).queries.items()}
    assert {name for name, budget in budgets.items() if budget > 50} == {"trace", "syntheses", "synthesis-index"}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (BODY, 1, "no `#+` header"),
        (HEADER.replace("#+ budget: 10\n", "") + BODY, 1, "header, budget: Field required"),
        (HEADER.replace("budget: 10", "budget: 0") + BODY, 9, "header, budget: Input should be greater than 0"),
        (HEADER.replace("{type: string,", "{type: strange,") + BODY, 4, "Input should be 'iri', 'string'"),
        (HEADER.replace("question: Which?", "question: [Which?") + BODY, 3, "not YAML"),
        (HEADER.replace("#+ budget", "#+ widgets: 1\n#+ budget") + BODY, 9, "header, widgets: Extra inputs"),
        (HEADER + BODY.replace("SELECT", "SELEKT"), 10, "not SPARQL"),
        (HEADER + BODY.replace("?node ?text WHERE", "?node WHERE"), 6, "are not those selected (node)"),
        (HEADER + BODY.replace("?place", "?elsewhere"), 5, "not a variable"),
        (HEADER + "ASK { }", 1, "SELECT query"),
        (HEADER + BODY.replace("}", "\n} LIMIT 5"), 11, "LIMIT cuts the answer off"),
        (HEADER + BODY.replace("}", "}\nORDER BY ?node\nOFFSET 5"), 12, "OFFSET cuts the answer off"),
        (
            HEADER + BODY.replace("}", "\nSERVICE <https://example.org/sparql> { ?node ?p ?o } }"),
            11,
            "SERVICE is refused",
        ),
        # what a parameter says of itself
        (
            HEADER.replace("place: {type: iri", "place: {type: iri, example: a b") + BODY,
            5,
            "example: place: 'a b' is not a slug",
        ),
        (
            HEADER.replace("text: {type: string", "text: {type: integer, default: many") + BODY,
            4,
            "'many' is not a whole number",
        ),
        (
            HEADER.replace("text: {type: string", "text: {type: date, example: 2026-02-30") + BODY,
            4,
            "'2026-02-30' is not a day",
        ),
        (HEADER.replace("text: {type: string", "text: {type: enum") + BODY, 4, "an enum lists its `values`"),
        (
            HEADER.replace("text: {type: string", "text: {type: enum, values: [a, b], default: c") + BODY,
            4,
            "default: text: 'c' is not possible. Write one of: a, b.",
        ),
        (
            HEADER.replace("text: {type: string", "text: {type: decimal, values: [1e9]") + BODY,
            4,
            "'1e9' is not a number",
        ),
        (
            HEADER.replace("text: {type: string", "text: {type: string, class: ikg:Study") + BODY,
            4,
            "only an iri has a `class`",
        ),
        (HEADER.replace("place: {type: iri", "place: {type: iri, class: ikg:Studdy") + BODY, 5, "Did you mean Study"),
        (
            HEADER.replace("place: {type: iri", "place: {type: iri, required: true, default: a") + BODY,
            5,
            "leave out `required`",
        ),
        (HEADER.replace("place: {", "pla-ce: {") + BODY, 5, "not a variable's name"),
        (HEADER.replace("place: {", "format: {") + BODY, 5, "the name is taken"),
        # names
        (HEADER.replace("#+   place", "#+   text") + BODY, 5, "'text' stands twice"),
        (HEADER.replace("#+ budget", "#+   node: {label: A, meaning: B}\n#+ budget") + BODY, 9, "'node' stands twice"),
        (
            HEADER + BODY.replace("?place", "$place").replace("}", ". ?node ?q $elsewhere }"),
            10,
            "$elsewhere is written like a parameter",
        ),
        (HEADER + BODY.replace("}", "\n. ?node ?q ?_place_iri }"), 11, "?_place_iri is written like a parameter"),
        # terms of the ontology, by our prefix, another prefix, or in full
        (HEADER + BODY.replace("}", ".\n?node a ikg:Studdy }"), 11, "no term 'Studdy'. Did you mean Study"),
        (
            HEADER + f"PREFIX o: <{IKG_NS}>\n" + BODY.replace("}", ". ?node o:contributes ?text }"),
            11,
            "no term 'contributes'",
        ),
        (HEADER + BODY.replace("}", f".\n?node a <{IKG_NS}Nothing> }}"), 11, "no term 'Nothing'"),
        (HEADER + f"BASE <{ONTOLOGY}>\n" + BODY.replace("}", ". ?node a <#Nothing> }"), 11, "no term 'Nothing'"),
        # where values do not reach
        (
            HEADER + BODY.replace("{ ", "{\n{ SELECT ?node ?text { ").replace("}", "} } }"),
            11,
            "?place is another variable",
        ),
        # of two places, also where one is reached: the answer would seem to be narrowed, and be too wide
        (
            HEADER + BODY.replace("}", "\n{ SELECT ?node { ?node ?q ?place } } }"),
            11,
            "?place is another variable here, which the parameter's value does not reach. Project it",
        ),
        # once rows are grouped; the engine has no row for it, and no word
        (
            HEADER + BODY.replace("}", "}\nGROUP BY ?node ?text HAVING(COUNT(?p) > ?place)"),
            11,
            "?place is never bound here: rows are grouped, and not by it. Add ?place to GROUP BY.",
        ),
        (HEADER + BODY.replace("}", "}\nGROUP BY ?node ?text\nORDER BY ?place"), 12, "rows are grouped, and not by it"),
        (HEADER + BODY.replace("}", "\n{ ?node ?p ?o FILTER(?p = ?place) } }"), 11, "?place is never bound here"),
        (HEADER + BODY.replace("}", "\nMINUS { ?node ?p ?o FILTER(?p = ?place) } }"), 11, "?place is never bound here"),
        (
            HEADER + BODY.replace("}", "\nOPTIONAL { ?node ?p ?o BIND(?place AS ?q) } }"),
            11,
            "?place is never bound here",
        ),
        (
            HEADER + BODY.replace("?place ?text", "?p ?text BIND(?p AS ?place)"),
            5,
            "with a value for 'place', not SPARQL",
        ),
        (HEADER + BODY.replace("WHERE ", ""), 10, "no outer `WHERE {`"),
        (HEADER + BODY.replace("{ ", "{\nSELECT * { ").replace("}", "} }"), 11, "bare sub-SELECT"),
    ],
)
def test_a_wrong_definition_points_at_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    (told,) = faults(tmp_path, text)
    assert told.startswith(f"{line}:")
    assert message in told


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    definition(
        tmp_path,
        HEADER.replace("type: iri", "type: iri, example: a b") + BODY.replace("}", ". ?node a ikg:No } LIMIT 1"),
    )
    (tmp_path / "another.rq").write_text("SELECT * {}")
    (tmp_path / "Third.rq").write_text(HEADER + BODY)
    (tmp_path / "latin.rq").write_bytes("#+ summary: Gr\u00fc\u00dfe".encode("latin-1"))
    with pytest.raises(DefinitionsRejected) as caught:
        Catalogue.read(tmp_path)
    assert [(Path(error.document).name, error.line) for error in caught.value.errors] == [
        ("Third.rq", None),
        ("another.rq", 1),
        ("latin.rq", 1),
        ("test-query.rq", 5),
        ("test-query.rq", 10),
        ("test-query.rq", 10),
    ]
    assert str(caught.value).endswith("6 things to mend")


def test_a_header_may_have_several_faults(tmp_path: Path) -> None:
    told = faults(tmp_path, HEADER.replace("string", "strange").replace("budget: 10", "budget: soon") + BODY)
    assert [line.partition(":")[0] for line in told] == ["4", "9"]


def test_names_of_ours_cannot_be_taken(tmp_path: Path) -> None:
    (tmp_path / "trace.rq").write_text(HEADER + BODY)
    with pytest.raises(DefinitionsRejected, match="already, in") as caught:
        Catalogue.read(resource("queries"), tmp_path)
    assert caught.value.document == str(tmp_path / "trace.rq")
    (tmp_path / "trace.rq").rename(tmp_path / "leave-out.rq")
    with pytest.raises(DefinitionsRejected, match="already, computed"):
        App.open(tmp_path / "store", tmp_path)


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_queries_is_a_mistake(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=name):
        Catalogue.read(tmp_path / name)


def test_a_header_written_for_grlc_is_read(tmp_path: Path) -> None:
    more = """\
#+ description: More to say
#+ endpoint: https://example.org/sparql
#+ endpoint_in_url: False
#+ method: GET
#+ pagination: 100
#+ transform: {
#+     "key": "?p",
#+     "$anchor": "key"
#+   }
#+ tags:
#+   - first
#+ defaults:
#+   - text: a
#+ enumerate:
#+   - text:
#+     - a
#+     - b
#+   - place
"""
    definition(tmp_path, HEADER + more + BODY)
    header = Catalogue.read(tmp_path)["test-query"].header
    assert (header.description, header.tags) == ("More to say", ("first",))
    assert (header.parameters["text"].default, header.parameters["text"].values) == ("a", ("a", "b"))
    assert header.parameters["place"].values == ()
    (told,) = faults(tmp_path, HEADER + more.replace("- text: a", "- word: a") + BODY)
    assert told.startswith("22: `defaults` names 'word'")
    (told,) = faults(tmp_path, HEADER + more.replace("- text: a", "- text: c") + BODY)
    assert told.startswith("22: default: text: 'c' is not possible")


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
        "x" * 1_000_000,
    ]
)


ECHO = HEADER.replace("string,", "string, many: true,").replace("iri,", "iri, many: true,")
ECHO += "SELECT ?node ?text WHERE { BIND(?text AS ?node) OPTIONAL { ?x ?place ?x } }\n"


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> NamedQuery:
    """A query that answers with the values it was given."""
    path = tmp_path_factory.mktemp("echo") / "any-text.rq"
    path.write_text(ECHO)
    return Catalogue.read(path)["any-text"]


@given(st.lists(HOSTILE, min_size=1, max_size=5) | HOSTILE)
def test_strings_are_values_or_a_clear_error(loaded: App, echo: NamedQuery, values: str | list[str]) -> None:
    try:
        text, dataset = bind(echo, {"text": values})
    except ParameterError as error:
        assert error.parameter == "text"
        assert error.mend
        return
    rows = loaded.store.snapshot().select(text, dataset)
    given = list(dict.fromkeys(value for value in ([values] if isinstance(values, str) else values) if value))
    # An empty one counts for none, and where none is given, the variable is free.
    assert [None if row["text"] is None else str(row["text"]) for row in rows] == (given or [None])


@given(st.lists(HOSTILE.map("https://example.org/".__add__) | HOSTILE, min_size=1, max_size=5))
def test_iris_are_values_or_a_clear_error(echo: NamedQuery, values: list[str]) -> None:
    try:
        text, _ = bind(echo, {"place": values})
    except ParameterError as error:
        assert error.parameter == "place"
        return
    clause = text[echo.body_start :].partition(" }")[0].removeprefix(" VALUES ?place { ")
    if not any(values):
        assert "VALUES" not in text
        return
    iris = re.findall(r"<([^<>]*)>", clause)
    assert clause == " ".join(f"<{iri}>" for iri in iris)
    assert iris == list(dict.fromkeys(iri_of(value) for value in values if value))


def test_one_value_is_asked_for_and_several_given(loaded: App) -> None:
    with pytest.raises(ParameterError, match="start is given 2 values and takes one"):
        loaded.rows("trace", {"start": ["mcmahon-2022/study/babbel", "mcmahon-2022/study/pauly"]})
    same = ["mcmahon-2022/study/babbel"]
    assert loaded.rows("trace", {"start": same * 2}) == loaded.rows("trace", {"start": same})


def test_too_many_values_are_refused(echo: NamedQuery) -> None:
    with pytest.raises(ParameterError, match="1,001 values; it may have 1,000"):
        bind(echo, {"text": [str(number) for number in range(1001)]})


def test_any_of_several_values_is_meant(loaded: App, tmp_path: Path) -> None:
    header = HEADER.replace("type: iri", "type: iri, many: true, class: ikg:Study")
    definition(
        tmp_path,
        header + "SELECT ?node ?text WHERE { ?node ikg:constructOf ?place ; skos:prefLabel ?text } ORDER BY ?node\n",
    )
    app = App.open(loaded.store.directory, tmp_path)
    studies = ["mcmahon-2022/study/babbel", "mcmahon-2022/study/pauly"]
    each = [set(app.rows("test-query", {"place": study})[0].rows) for study in studies]
    both = set(app.rows("test-query", {"place": studies})[0].rows)
    assert all(each)
    assert both == each[0] | each[1]
    assert both < set(app.rows("test-query", {})[0].rows)


@pytest.mark.parametrize(
    ("kind", "sound", "unsound"),
    [
        ("integer", ["0", " 12 ", "-3", "+4"], ["", "1.5", "1_000", "\u0661", "1e3", "x"]),
        ("decimal", ["0.5", "-.5", "5.", "12"], ["1e400", "NaN", "Infinity", "1,5", "\u0661"]),
        ("boolean", ["true", "False", "1", "0"], ["yes", "", "2"]),
        ("date", ["2026-01-31", "20260131"], ["2026-02-30", "31.1.2026", "2026"]),
        ("lang", ["en", "de-CH-1996"], ["e n", "", "-en", "toolonglanguage"]),
    ],
)
def test_values_are_of_their_type(kind: ParameterType, sound: list[str], unsound: list[str]) -> None:
    parameter = Parameter(type=kind, description="any")
    for value in sound:
        term = term_of("x", parameter, value)
        # What the engine cannot compute with, it keeps apart from itself: 1e400 is no decimal, whatever its datatype says.
        assert ox.Store().query(f"ASK {{ FILTER({term} = {term}) }}")
    for value in unsound:
        with pytest.raises(ParameterError):
            term_of("x", parameter, value)


@given(HOSTILE.map("https://example.org/".__add__) | HOSTILE | st.just("https://w3id.org/ineq-kg/id/x> } #"))
def test_an_iri_is_a_value_or_a_clear_error(loaded: App, value: str) -> None:
    assume("mcmahon-2022" not in value)  # what is there has rows
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
