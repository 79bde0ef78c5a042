"""What OpenAPI says of a question is what its file says, and what the server then does."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from ineq_kg.app import App
from ineq_kg.represent.formats import Format
from ineq_kg_api import create_app

TYPED = """\
#+ summary: Echo what was asked
#+ question: What was asked?
#+ description: For tests.
#+ parameters:
#+   text: {type: string, description: Some text, default: nothing}
#+   number: {type: integer, description: A count, example: 12}
#+   share: {type: decimal, description: A share, example: "0.5"}
#+   sure: {type: boolean, description: Whether it is sure, default: "true"}
#+   day: {type: date, description: A day, example: 2026-01-31}
#+   language: {type: lang, description: A language, example: en}
#+   basis: {type: enum, description: A basis, values: [stated, read], default: read}
#+   study: {type: iri, class: ikg:Study, description: A study, many: true, example: mcmahon-2022/study/babbel}
#+   name: {type: string, description: A name, many: true}
#+ columns:
#+   text: {label: Text, meaning: The text}
#+   number: {label: Count, meaning: The count}
#+   share: {label: Share, meaning: The share}
#+   sure: {label: Sure, meaning: Whether it is sure}
#+   day: {label: Day, meaning: The day}
#+   language: {label: Language, meaning: The language}
#+   basis: {label: Basis, meaning: The basis}
#+   study: {label: Study, meaning: A study}
#+   name: {label: Name, meaning: A name}
#+ tags: [mine]
#+ budget: 10
SELECT ?text ?number ?share ?sure ?day ?language ?basis ?study ?name
WHERE {
  FILTER(true || BOUND(?text) || BOUND(?number) || BOUND(?share) || BOUND(?sure) || BOUND(?day) || BOUND(?language)
         || BOUND(?basis) || BOUND(?study) || BOUND(?name))
}
ORDER BY ?study ?name
"""


@pytest.fixture(scope="module")
def own(loaded: App, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """The web application with a folder of a user's own queries: one that has a parameter of every type."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "echo-all.rq").write_text(TYPED)
    return TestClient(create_app(App.open(loaded.store.directory, folder)), follow_redirects=False)


@pytest.fixture(scope="module")
def operation(own: TestClient) -> dict[str, Any]:
    described: dict[str, Any] = own.get("/openapi.json").json()["paths"]["/queries/echo-all"]["get"]
    return described


def test_parameters_are_typed(operation: dict[str, Any]) -> None:
    by_name = {one["name"]: one for one in operation["parameters"]}
    schemas = {name: one["schema"] for name, one in by_name.items()}
    assert schemas["text"]["default"] == "nothing"
    assert (schemas["number"]["type"], by_name["number"]["example"]) == ("integer", 12)
    assert (schemas["share"]["type"], by_name["share"]["example"]) == ("number", 0.5)
    assert schemas["sure"] == {"type": "boolean", "default": True}
    assert schemas["day"] == {"type": "string", "format": "date"}
    assert schemas["basis"] == {"type": "string", "enum": ["stated", "read"], "default": "read"}
    assert (schemas["study"]["type"], schemas["study"]["items"]["format"]) == ("array", "iri-reference")
    assert by_name["study"]["example"] == ["mcmahon-2022/study/babbel"]
    assert "ikg:Study" in by_name["study"]["description"]
    assert list(by_name)[-4:] == ["format", "limit", "cursor", "at"]


def test_examples_and_defaults_are_answered(own: TestClient, operation: dict[str, Any]) -> None:
    values = {one["name"]: one["example"] for one in operation["parameters"] if "example" in one}
    (row,) = own.get("/queries/echo-all", params=values).json()["results"]["bindings"]
    found = {name: term["value"] for name, term in row.items()}
    defaults = {one["name"]: one["schema"]["default"] for one in operation["parameters"] if "default" in one["schema"]}
    assert (found["text"], found["basis"], found["sure"]) == (defaults["text"], defaults["basis"], "true")
    assert (found["number"], found["share"], found["day"], found["language"]) == ("12", "0.5", "2026-01-31", "en")
    assert found["study"].endswith("mcmahon-2022/study/babbel")


def test_every_media_type_named_can_be_had(own: TestClient, operation: dict[str, Any]) -> None:
    answered = operation["responses"]["200"]["content"]
    assert set(answered) == {member.media_type for member in (*Format.for_form("table"), Format.HTML)}
    for media_type in answered:
        answer = own.get("/queries/echo-all", headers={"Accept": media_type})
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == media_type
    for name in next(one for one in operation["parameters"] if one["name"] == "format")["schema"]["enum"]:
        wanted = Format.by_extension(name)
        assert wanted is not None
        answer = own.get("/queries/echo-all", params={"format": name})
        assert answer.headers["content-type"].partition(";")[0] == wanted.media_type


def test_the_schema_of_rows_is_that_of_the_columns(own: TestClient, operation: dict[str, Any]) -> None:
    content = operation["responses"]["200"]["content"]
    described = content[Format.JSON.media_type]
    row = described["schema"]["properties"]["results"]["properties"]["bindings"]["items"]["properties"]
    answer = own.get("/queries/echo-all").json()
    assert list(row) == answer["head"]["vars"] == described["example"]["head"]["vars"]
    assert (row["number"]["title"], row["number"]["description"]) == ("Count", "The count")
    header = own.get("/queries/echo-all", params={"format": "csv"}).text.splitlines()[0]
    assert content["text/csv"]["example"].strip() == header


@pytest.mark.parametrize(
    ("name", "value"),
    [("number", "many"), ("share", "NaN"), ("sure", "maybe"), ("day", "2026-02-30"), ("basis", "x"), ("study", "a b")],
)
def test_what_the_schema_forbids_is_a_problem(
    own: TestClient, operation: dict[str, Any], name: str, value: str
) -> None:
    answer = own.get("/queries/echo-all", params={name: value})
    assert (answer.status_code, answer.json()["parameter"]) == (422, name)
    problem = operation["responses"]["422"]["content"]["application/problem+json"]["schema"]
    assert set(answer.json()) <= set(problem["properties"])
    assert set(problem["required"]) <= set(answer.json())


def test_several_values_are_given_by_repeating_the_name(own: TestClient) -> None:
    answer = own.get("/queries/echo-all", params={"name": ["b", "a", "b"]}).json()["results"]["bindings"]
    assert [row["name"]["value"] for row in answer] == ["a", "b"]
    twice = own.get("/queries/echo-all", params={"text": ["a", "b"]})
    assert (twice.status_code, twice.json()["parameter"]) == (422, "text")


def test_operations_have_names_for_generated_clients(own: TestClient) -> None:
    paths = own.get("/openapi.json").json()["paths"]
    named = {path: methods["get"]["operationId"] for path, methods in paths.items() if path.startswith("/queries/")}
    assert len(named) == len(set(named.values()))
    assert (named["/queries/echo-all"], named["/queries/trace-up"]) == ("query_echo_all", "query_trace_up")
