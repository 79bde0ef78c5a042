"""Scripts are served where they are built, and their absence is said; queries are to be had as SPARQL that stands alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ineq_kg import resources
from ineq_kg.app import App
from ineq_kg.queries.definition import NamedQuery
from ineq_kg.represent import templating
from ineq_kg.store.limits import MIB, UNLIMITED, Limits
from ineq_kg_api import create_app, server
from places import ROOT

BROWSER = {"Accept": "text/html"}
PAGES = ("/graph/mcmahon-2022", "/sparql-editor")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_without_scripts_says_how_to_build_them(loaded: App, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    for module in (templating, server):
        monkeypatch.setattr(module, "scripts", lambda: None)
    text = TestClient(server.create_app(loaded)).get(path, headers=BROWSER).text
    assert "run <code>make ui</code>" in text
    assert "/static/ui/" not in text


def test_what_pages_ask_for_is_there(client: TestClient) -> None:
    if resources.scripts() is None:
        pytest.skip("the scripts are not built (make ui)")
    for path in (*PAGES, "/queries/trace", "/argument/mcmahon-2022/argument/narrow-problematisation"):
        asked = re.findall(r'<script type="module" src="([^"]+)">', client.get(path, headers=BROWSER).text)
        assert asked, path
        for script in asked:
            answer = client.get(script)
            assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/javascript")
    licences = client.get("/static/ui/LICENSES.txt").text
    assert "cytoscape" in licences
    assert "codemirror-lang-sparql" in licences


def test_a_bundle_that_was_cut_short_counts_for_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "api" / "ineq_kg_api" / "static" / "ui"
    folder.mkdir(parents=True)
    (folder / "trace-graph.js").write_text("export {};")
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "src" / "ineq_kg")
    monkeypatch.setattr(resources, "_CHECKOUT", tmp_path)
    assert resources.scripts() is None
    (folder / "LICENSES.txt").write_text("")
    assert resources.scripts() == folder


def test_the_lock_file_names_no_registry() -> None:
    lock = (ROOT / "ui" / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in lock
    assert "://" not in re.sub(r'"url": "[^"]*"', "", lock)
    packages = json.loads(lock)["packages"]
    assert all("integrity" in one for name, one in packages.items() if name)


def test_every_query_as_sparql_answers_what_the_query_answers(client: TestClient, loaded: App) -> None:
    for question in loaded.catalogue:
        assert isinstance(question, NamedQuery)
        needed = {name: str(one.example) for name, one in question.header.parameters.items() if one.required}
        answer = client.get(f"/queries/{question.name}.rq")
        assert answer.headers["content-type"] == "application/sparql-query"
        assert loaded.table(answer.text).rows == loaded.rows(question.name, needed)[0].rows, question.name


def test_values_are_written_into_the_text_as_terms(client: TestClient) -> None:
    text = client.get("/queries/constructs.rq", params={"synthesis": "mcmahon-2022", "order": "third"}).text
    assert 'VALUES ?order { "third" }' in text
    assert "FROM <https://w3id.org/ineq-kg/graph/mcmahon-2022>" in text
    refused = client.get("/queries/constructs.rq", params={"order": 'third" } DROP ALL'})
    assert refused.status_code == 422
    assert client.get("/queries/no-such.rq").status_code == 404


def test_the_sparql_page_says_what_a_query_may_take_here(loaded: App) -> None:
    store = Path(str(loaded.store.location))
    limits = Limits(seconds=7, result_rows=5000, result_bytes=2 * MIB)
    text = (
        TestClient(create_app(App.open(store, limits=limits, union=False))).get("/sparql-editor", headers=BROWSER).text
    )
    told = " ".join(text.split())
    assert "without <code>SERVICE</code>" in told
    assert "it asks the unnamed one" in told
    assert "5,000 rows or triples; an answer of 2 MiB. What would take or be more is refused" in told
    assert "at most: 7 s from its start;" in told
    unlimited = TestClient(create_app(App.open(store, limits=UNLIMITED))).get("/sparql-editor", headers=BROWSER).text
    assert "at most: any time; any memory; any number of rows; an answer of any size." in " ".join(unlimited.split())
