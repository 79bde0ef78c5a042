"""Text nested deep enough to crash the engine's parsers gets an answer, changes nothing, and costs nobody else anything."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

from editing import GRAPH, Editor, held, state, token_for
from ineq_kg.app import App
from ineq_kg.represent.formats import Format
from ineq_kg.store.limits import Limits
from ineq_kg.triples.quads import DEEPEST_JSON
from ineq_kg_api import create_app
from running import problem

DEEP = 30_000
_BRACKETS = "<a:s> <a:p> " + "[ <a:p> " * DEEP + "1" + " ]" * DEEP + " ."
_LIST = "<a:s> <a:p> " + "( " * DEEP + " )" * DEEP + " ."
# The parser of RDF/XML needs no recursion, and time in the square of the depth.
_XML = "<rdf:Description xmlns:a='a:'><a:p>" * 3000 + "</a:p></rdf:Description>" * 3000


def term(depth: int) -> str:
    """A statement about a statement, so many deep."""
    return "<a:s> <a:p> " + "<<( <a:s> <a:p> " * depth + "1" + " )>>" * depth


UPDATES = {
    "brackets": f"INSERT DATA {{ {_BRACKETS} }}",
    "lists": f"INSERT DATA {{ {_LIST} }}",
    "triple terms": f"INSERT DATA {{ {term(DEEP)} }}",
    "groups": f"DELETE {{ ?s ?p ?o }} WHERE {{ {'{' * DEEP}{'}' * DEEP} }}",
}
BODIES = {
    "Turtle, brackets": (Format.TURTLE, _BRACKETS),
    "Turtle, triple terms": (Format.TURTLE, term(DEEP) + " ."),
    "N-Triples, triple terms": (Format.NTRIPLES, term(DEEP).replace(" 1 ", ' "1" ') + " ."),
    "JSON-LD, objects": (Format.JSONLD, '{"a:p": ' * DEEP + "1" + "}" * DEEP),
    "JSON-LD, arrays": (Format.JSONLD, '{"a:p": ' + "[" * DEEP + "]" * DEEP + "}"),
    "RDF/XML": (
        Format.RDFXML,
        f"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>{_XML}</rdf:RDF>",
    ),
}


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Editor:
    app = App.open(tmp_path_factory.mktemp("deep") / "store", limits=Limits(seconds=60))
    editor = Editor(TestClient(create_app(app)), token_for(app))
    assert editor.put("<a:a> <a:a> <a:a> .").status_code == 201
    return editor


def app_of(editor: Editor) -> App:
    return editor.client.app.state.writer.app


def goes_on(editor: Editor) -> None:
    """See that the next change is made."""
    assert editor.update("INSERT DATA { <a:a> <a:a> 'x' }").status_code == 200


@pytest.mark.parametrize("text", UPDATES.values(), ids=UPDATES)
def test_an_update_nested_too_deep_is_refused(editor: Editor, text: str) -> None:
    before = state(app_of(editor))
    answer = editor.update(text)
    assert answer.status_code in {400, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert state(app_of(editor)) == before
    goes_on(editor)


@pytest.mark.parametrize(("format_", "body"), BODIES.values(), ids=BODIES)
def test_a_body_nested_too_deep_is_refused_or_read(editor: Editor, format_: Format, body: str) -> None:
    headers = {"Content-Type": format_.media_type}
    before = state(app_of(editor))
    answer = editor.send("PUT", "/graph-store", params={"graph": "a:deep"}, content=body.encode(), headers=headers)
    if answer.status_code == 201:  # some parsers need no recursion
        assert editor.send("DELETE", "/graph-store", params={"graph": "a:deep"}).status_code == 200
    else:
        assert answer.headers["content-type"] == "application/problem+json"
        told = answer.json()
        assert told["status"] in {400, 422}, told
        assert "flatter" in told["mend"] or "Send one graph" in told["mend"]
        assert state(app_of(editor)) == before
    goes_on(editor)


def nested(depth: int) -> str:
    """JSON-LD so many objects deep; brackets in strings are none."""
    return f'{{"a:p": {json.dumps("[" * 1000 + chr(34))}, "a:q": ' * (depth - 1) + "{}" + "}" * (depth - 1)


def test_json_may_be_some_hundred_deep(editor: Editor) -> None:
    def put(body: str) -> httpx2.Response:
        headers = {"Content-Type": Format.JSONLD.media_type}
        return editor.send("PUT", "/graph-store", params={"graph": "a:json"}, content=body.encode(), headers=headers)

    before = state(app_of(editor))
    found = problem(put(nested(DEEPEST_JSON + 1)), 400, "DocumentError")
    assert "deeper than 500" in found["detail"]
    assert "@graph" in found["mend"]
    # A string without an end is not looked at again from each of its quotes.
    assert put('{"a:p": "' + '\\"' * 1_000_000).status_code == 400
    assert state(app_of(editor)) == before
    assert put(nested(DEEPEST_JSON)).status_code == 201
    assert editor.send("DELETE", "/graph-store", params={"graph": "a:json"}).status_code == 200


def test_a_statement_about_statements_may_be_a_few_deep(editor: Editor) -> None:
    """Any deeper, and it could be stored and crash whoever reads it."""
    allowed, refused = term(10), term(11)
    assert editor.put(f"{allowed} .").status_code == 200
    assert len(held(app_of(editor))) == 1
    before = state(app_of(editor))
    for answer in (editor.put(f"{refused} ."), editor.update(f"INSERT DATA {{ {refused} }}")):
        assert answer.status_code == 400
        assert "deeper than 10" in answer.json()["detail"]
    grown = editor.update(
        f"WITH <{GRAPH}> INSERT {{ ?s ?p ?new }} WHERE {{ ?s ?p ?o BIND(TRIPLE(?s, ?p, ?o) AS ?new) }}"
    )
    assert grown.status_code == 400
    assert state(app_of(editor)) == before


def test_a_writer_that_was_killed_costs_nobody_a_change(tmp_path: Path) -> None:
    app = App.open(tmp_path / "store")
    editor = Editor(TestClient(create_app(app)), token_for(app))
    goes_on(editor)
    (worker,) = app.changes.apart.workers
    os.kill(worker, signal.SIGKILL)
    os.waitid(os.P_PID, worker, os.WEXITED | os.WNOWAIT)
    goes_on(editor)
    (another,) = app.changes.apart.workers
    assert another != worker
    app.stop()
    assert app.changes.apart.workers == ()
    goes_on(editor)
    app.stop()
