"""Over HTTP: what SERVICE and LOAD may reach, and what whoever asks is told where they may not, or where it fails."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep
from typing import Any

import httpx2
import pyoxigraph as ox
import pytest

from editing import Editor, held, state, token_for
from ineq_kg.app import App
from ineq_kg.store.allowed import Allowed
from ineq_kg.store.limits import Limits
from outside import RESULTS, Outside, endpoint, listening
from places import Finished
from serving import served

ONE, TWO = "http://one.example.org/sparql", "http://two.example.org/sparql"


@pytest.fixture(scope="module")
def one() -> Iterator[Outside]:
    with listening(endpoint("<a:s> <a:label> 'one' .")) as outside:
        yield outside


@pytest.fixture(scope="module")
def trap() -> Iterator[Outside]:
    with listening(endpoint("")) as outside:
        yield outside


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, one: Outside) -> App:
    limits = Limits(workers=1, seconds=30, services=Allowed.read([f"{ONE}={one.url}"]))
    app = App.open(tmp_path_factory.mktemp("services") / "store", limits=limits)
    app.store.commit(lambda store: store.load("<a:s> <a:name> 'here' .", format=ox.RdfFormat.TURTLE))
    return app


@pytest.fixture(scope="module")
def address(app: App) -> Iterator[str]:
    with served(app) as address:
        yield address


def ask(address: str, query: str) -> httpx2.Response:
    return httpx2.post(f"{address}/sparql", data={"query": query, "default-graph-uri": "urn:x-none"}, timeout=60)


def problem(answer: httpx2.Response, status: int, title: str) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert (answer.status_code, answer.json()["title"]) == (status, title)
    assert answer.json()["mend"]
    return answer.json()


def test_an_endpoint_is_asked(address: str, one: Outside) -> None:
    found = ask(address, f"SELECT ?label {{ SERVICE <{ONE}> {{ ?s <a:label> ?label }} }}")
    assert [row["label"]["value"] for row in found.json()["results"]["bindings"]] == ["one"]
    assert "authorization" not in one.seen[-1].headers


def test_what_another_host_said_is_not_taken_for_what_it_says_now(tmp_path: Path) -> None:
    said = ["one"]
    with listening(lambda seen: endpoint(f"<a:s> <a:label> '{said[0]}' .")(seen)) as changing:
        app = App.open(tmp_path, limits=Limits(workers=1, services=Allowed.read([f"{ONE}={changing.url}"])))
        app.store.commit(lambda store: None)
        with served(app) as address:
            sleep(2.5)  # so long after a commit, answers have no date
            query = {"query": f"SELECT ?label {{ SERVICE <{ONE}> {{ ?s <a:label> ?label }} }}", "format": "csv"}
            first = httpx2.get(f"{address}/sparql", params=query, timeout=60)
            assert "last-modified" not in first.headers
            known = {"If-None-Match": first.headers["etag"]}
            assert httpx2.get(f"{address}/sparql", params=query, headers=known, timeout=60).status_code == 304
            said[0] = "two"
            for headers in (known, {}):
                again = httpx2.get(f"{address}/sparql", params=query, headers=headers, timeout=60)
                assert (again.status_code, again.text.split()) == (200, ["label", "two"])
        assert len(changing.seen) == 4


def test_whoever_asks_is_told_what_is_on_the_list_and_not_where_it_is(
    address: str, one: Outside, trap: Outside
) -> None:
    told = problem(ask(address, f"SELECT * {{ SERVICE SILENT <{trap.url}> {{ ?s ?p ?o }} }}"), 403, "QueryRefused")
    assert trap.url in told["detail"]
    assert ONE in told["mend"]
    assert str(one.port) not in str(told)
    told = problem(ask(address, f"ASK {{ VALUES ?w {{ <{trap.url}> }} SERVICE ?w {{ }} }}"), 403, "QueryRefused")
    assert trap.url in told["detail"]
    assert trap.seen == []


def test_an_update_may_load_what_is_on_the_list_and_nothing_else(app: App, address: str, trap: Outside) -> None:
    with httpx2.Client(base_url=address, timeout=60) as client:
        editor = Editor(client, token_for(app))
        assert editor.update(f"LOAD <{ONE}> INTO GRAPH <a:loaded>").status_code == 200
        assert held(app, "a:loaded") == {'<a:s> <a:label> "one" .'}
        before = state(app)
        for text in (
            f"LOAD SILENT <{trap.url}>",
            "LOAD <file:///etc/passwd>",
            f"CLEAR GRAPH <a:loaded> ; LOAD <{TWO}>",
        ):
            problem(editor.update(text), 403, "QueryRefused")
        assert state(app) == before
    assert trap.seen == []


def test_an_endpoint_that_fails_and_one_that_is_slow(tmp_path: Path) -> None:
    ended = threading.Event()

    def slow(_seen: object) -> Any:
        ended.wait(60)
        return 200, {"Content-Type": RESULTS}, b""

    with listening(lambda _seen: (503, {}, b"")) as bad, listening(slow) as late:
        services = Allowed.read([f"{ONE}={bad.url}", f"{TWO}={late.url}"])
        app = App.open(tmp_path, limits=Limits(workers=1, seconds=1.0, services=services))
        app.store.commit(lambda store: None)
        with served(app) as address:
            assert (
                "status 503"
                in problem(ask(address, f"ASK {{ SERVICE <{ONE}> {{}} }}"), 502, "EndpointFailed")["detail"]
            )
            assert problem(ask(address, f"ASK {{ SERVICE <{TWO}> {{}} }}"), 504, "QueryTimeout")["allowed"] == 1.0
            assert ask(address, "ASK {}").json()["boolean"] is True
            ended.set()


def test_one_of_our_own_asks_another_and_that_one_a_third(tmp_path: Path, one: Outside) -> None:
    middle = App.open(tmp_path / "middle", limits=Limits(workers=1, services=Allowed.read([f"{ONE}={one.url}"])))
    middle.store.commit(lambda store: store.load("<a:s> <a:name> 'middle' .", format=ox.RdfFormat.TURTLE))
    with served(middle) as between:
        services = Allowed.read([f"{TWO}={between}/sparql"])
        first = App.open(tmp_path / "first", limits=Limits(workers=1, services=services))
        first.store.commit(lambda store: None)
        with served(first) as address:
            nested = f"?s <a:name> ?name OPTIONAL {{ SERVICE <{ONE}> {{ ?s <a:label> ?label }} }}"
            found = ask(address, f"SELECT * {{ SERVICE <{TWO}> {{ {nested} }} }}").json()["results"]["bindings"]
            assert [{name: term["value"] for name, term in row.items()} for row in found] == [
                {"s": "a:s", "name": "middle", "label": "one"}
            ]
            problem(ask(address, f"SELECT * {{ SERVICE <{ONE}> {{ ?s ?p ?o }} }}"), 403, "QueryRefused")


@pytest.mark.parametrize("given", ["file:///etc/passwd", "http://name:secret@one.example.org/"])
def test_an_entry_that_is_none_is_named_by_the_command(run: Callable[..., Finished], given: str) -> None:
    result = run("serve", "--service", ONE, "--service", given)
    assert result.code == 2
    assert given in result.err
    assert "For example" in result.err
