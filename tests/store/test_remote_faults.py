"""Stores on other machines when something goes wrong: one clear error each, no part of an answer, nothing stale."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from ineq_kg.access import Scope
from ineq_kg.app import App
from ineq_kg.config import Settings
from ineq_kg.errors import (
    InputError,
    QueryCancelled,
    QueryError,
    QueryTimeout,
    RemoteError,
    ResultTooLarge,
    StoreBusy,
)
from ineq_kg.represent.formats import Format
from ineq_kg.store.embedded import Dataset
from ineq_kg.store.remote.endpoint import Endpoint
from ineq_kg.store.remote.store import COMMITS
from ineq_kg.triples.naming import graph_of
from ineq_kg_api import create_app
from places import FOUNDING, Finished
from triplestores import Server, free_port, oxigraph

# Servers start on machines that do much else.
pytestmark = pytest.mark.timeout(900)
SECRET = "not-to-be-told"  # noqa: S105
RESULTS = "application/sparql-results+json"
Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def pretending(answer: Answer) -> Iterator[str]:
    """A server of the test's own, which answers every request by `answer`; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            answer(self)

        do_GET = do_PUT = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/sparql"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def sends(status: int, body: bytes = b"", kind: str = RESULTS, missing: int = 0, **headers: str) -> Answer:
    """Return what sends one answer, of which `missing` bytes are promised and never come."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        if not request.close_connection:  # its body was read already
            request.rfile.read(int(request.headers.get("Content-Length", 0)))
        request.send_response(status)
        request.send_header("Connection", "close")
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body) + missing))
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)
        request.close_connection = True

    return answer


def table(*rows: str) -> bytes:
    bindings = [{"s": {"type": "literal", "value": row}} for row in rows]
    return json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": bindings}}).encode()


def ask(address: str, **how: Any) -> None:
    """Ask a store on another machine what it holds."""
    App.open(Endpoint(address, auth=f"basic me:{SECRET}", timeout=1, **how)).syntheses()


FAULTS: dict[str, tuple[Answer, type[Exception], str, str]] = {
    "no right": (sends(401, WWW_Authenticate="Basic"), RemoteError, "lets us not in: 401", "INEQ_KG_STORE_AUTH"),
    "forbidden": (sends(403), RemoteError, "lets us not in: 403", "INEQ_KG_STORE_AUTH"),
    "nothing there": (sends(404), RemoteError, "answered 404", "--store"),
    "a page": (
        sends(200, b"<html>Welcome</html>", "text/html"),
        RemoteError,
        "text/html instead of results",
        "endpoint",
    ),
    "elsewhere": (
        sends(302, Location="http://127.0.0.1:1/"),
        RemoteError,
        "sends on to http://127.0.0.1:1/",
        "--store",
    ),
    "its fault": (sends(500, b"out of memory", "text/plain"), RemoteError, "500 Internal Server Error: out of", "log"),
    "our fault": (sends(400, b"line 1: no", "text/plain"), QueryError, "does not take the query: line 1: no", ""),
    "too busy": (sends(503), RemoteError, "answered 503", "Ask again later"),
    "cut": (sends(200, table("a")[:-9], missing=9), RemoteError, "was cut off", "Ask again"),
    "cut and closed": (sends(200, table("a")[:-9]), RemoteError, "no whole JSON", "Ask again"),
    "empty": (sends(200, b""), RemoteError, "no whole JSON", "Ask again"),
    "no table": (sends(200, b"[1]", server="Virtuoso/07"), RemoteError, "no whole JSON", "Ask again"),
    "too long": (sends(200, table("a" * 5000)), ResultTooLarge, "longer than the 4,096 bytes", "LIMIT"),
    "a part by rows": (sends(200, table("a", "b"), X_SPARQL_MaxRows="2"), ResultTooLarge, "2 rows at most", "LIMIT"),
    "a part by time": (sends(200, table("a"), X_SQL_State="S1TAT"), QueryTimeout, "its own time limit", "less"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_no_answer_is_one_clear_error(fault: str) -> None:
    answer, kind, says, mend = FAULTS[fault]
    with pretending(answer) as address, pytest.raises(kind) as caught:
        ask(address, largest=4096)
    told = f"{caught.value} {caught.value.mend}"
    assert says in told
    assert mend in caught.value.mend
    assert SECRET not in told
    if kind is RemoteError:
        assert address in str(caught.value)


def test_a_server_that_is_down() -> None:
    with pytest.raises(RemoteError, match=r"http://127.0.0.1:\d+/sparql cannot be reached") as caught:
        ask(f"http://127.0.0.1:{free_port()}/sparql")
    assert "INEQ_KG_STORE" in caught.value.mend


@pytest.mark.parametrize("dripping", [False, True])
def test_a_server_that_does_not_come_to_an_end(dripping: bool) -> None:
    stop = Event()

    def slow(request: BaseHTTPRequestHandler) -> None:
        if dripping:
            request.send_response(200)
            request.send_header("Content-Type", RESULTS)
            request.end_headers()
        while not stop.wait(0.1):
            if dripping:
                try:
                    request.wfile.write(b" ")
                except OSError:
                    return
        request.close_connection = True

    with pretending(slow) as address:
        with pytest.raises(RemoteError, match="no whole answer within 1 s") as caught:
            ask(address)
        stop.set()
    assert "INEQ_KG_STORE_TIMEOUT" in caught.value.mend


def test_no_password_is_sent_before_it_is_asked_for_nor_to_another_host() -> None:
    seen: list[tuple[str, str | None]] = []

    def note(request: BaseHTTPRequestHandler) -> None:
        seen.append((request.path, request.headers.get("Authorization")))
        sends(302, Location=f"http://localhost:{request.server.server_address[1]}/other")(request)

    with pretending(note) as address, pytest.raises(RemoteError):
        App.open(Endpoint(address, auth=f"digest me:{SECRET}")).syntheses()
    assert seen == [("/sparql", None)]


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"INEQ_KG_STORE": f"https://me:{SECRET}@rdf.example.org/sparql"}, "no user and no password belong"),
        ({"INEQ_KG_STORE": "https://"}, "is no address of a server"),
        ({"INEQ_KG_STORE": "https://rdf.example.org/", "INEQ_KG_STORE_AUTH": SECRET}, "cannot be read"),
        ({"INEQ_KG_STORE": "https://rdf.example.org/", "INEQ_KG_STORE_AUTH": f"basic {SECRET}"}, "has no password"),
        ({"INEQ_KG_STORE": "https://rdf.example.org/", "INEQ_KG_STORE_AUTH_FILE": "/no/such/file"}, "/no/such/file"),
        ({"INEQ_KG_STORE": "https://rdf.example.org/", "INEQ_KG_STORE_TIMEOUT": "0"}, "INEQ_KG_STORE_TIMEOUT"),
        ({"INEQ_KG_STORE": "https://rdf.example.org/", "INEQ_KG_STORE_UNION": "all"}, "INEQ_KG_STORE_UNION"),
        ({"INEQ_KG_STORE": "https://rdf.example.org/", "INEQ_KG_STORE_UPDATE": "ftp://x"}, "is no address"),
    ],
)
def test_settings_that_cannot_be(environment: dict[str, str], says: str) -> None:
    with pytest.raises(InputError) as caught:
        Settings.read(environment)
    assert says in str(caught.value)
    assert SECRET not in f"{caught.value} {caught.value.mend}"


def test_a_password_is_read_from_a_file_and_never_shown(tmp_path: Path) -> None:
    (tmp_path / "auth").write_text(f"basic me:{SECRET}\n")
    settings = Settings.read({"INEQ_KG_STORE_AUTH_FILE": str(tmp_path / "auth")}, store="http://127.0.0.1:1/sparql")
    assert isinstance(settings.store, Endpoint)
    assert settings.store.auth == f"basic me:{SECRET}"
    assert SECRET not in repr(settings)


def test_a_query_that_nobody_waits_for_any_more_is_let_go() -> None:
    gone, began = Event(), Event()
    runaway = "SELECT ?runaway WHERE { ?s ?p ?runaway }"

    def answer(request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        request.close_connection = True
        if b"runaway" in body:
            began.set()
            while request.rfile.read(1):
                pass
            gone.set()
        current = {"what": {"type": "uri", "value": f"{COMMITS}#current"}, "is": {"type": "literal", "value": "1"}}
        columns = ["what", "is"] if b"%23current" in body else ["graph"]
        found = {"head": {"vars": columns}, "results": {"bindings": [current] if b"%23current" in body else []}}
        sends(200, json.dumps(found).encode())(request)

    with pretending(answer) as address:
        app = App.open(Endpoint(address))
        running = app.sparql(runaway, lambda form: Format.for_form(form)[0])
        assert began.wait(30)
        running.cancel()
        with pytest.raises(QueryCancelled):
            running.result()
        assert gone.wait(10), "the connection is open still"
        app.pool.stop()


# --- loads and changes, on Oxigraph's own server -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as started:
        yield started


@pytest.fixture(scope="module")
def app(server: Server) -> App:
    """The founding synthesis on a server that others may write to as well."""
    app = App.open(Endpoint(server.address))
    app.load([FOUNDING], who="Ana Ruiz")
    return app


def update(server: Server, text: str) -> None:
    headers = {"Content-Type": "application/sparql-update"}
    address = server.address.replace("/query", "/update")
    httpx2.post(address, content=text.encode(), headers=headers, trust_env=False).raise_for_status()


def test_a_change_behind_our_back_leaves_nothing_stale(server: Server, app: App) -> None:
    client = TestClient(create_app(app))
    path = "/queries/studies?synthesis=mcmahon-2022&format=json"
    first = client.get(path)
    assert "Last-Modified" not in first.headers
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    study = "<https://w3id.org/ineq-kg/id/mcmahon-2022/study/babbel>"
    label = f"GRAPH <{graph_of('mcmahon-2022')}> {{ {study} <http://www.w3.org/2004/02/skos/core#prefLabel> ?label }}"
    update(
        server,
        f"DELETE {{ {label} }} INSERT {{ {label.replace('?label', '?new')} }} WHERE {{ {label} BIND('Other' AS ?new) }}",
    )
    second = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert "Other" in second.text
    app.load([FOUNDING])
    third = client.get(path)
    assert third.json() == first.json()
    assert third.headers["ETag"] != first.headers["ETag"]


def test_what_a_store_on_another_machine_has_not_is_said_plainly(app: App) -> None:
    class Porter:
        def admit(self, _authorization: str | None, _scope: Scope) -> str:
            return "Ana Ruiz"

    client = TestClient(create_app(app, Porter()), follow_redirects=False)
    current = app.store.version
    told = client.get("/queries/studies", params={"synthesis": "mcmahon-2022", "at": "000000-then"})
    assert (told.status_code, str(current) in told.json()["mend"]) == (410, True)
    assert client.get("/", params={"at": current}).status_code == 200
    refused = client.post(f"/versions/{current}/revert")
    assert refused.status_code == 501, refused.text
    assert "ineq-kg load" in refused.json()["mend"]
    assert app.store.version == current
    versions = client.get("/versions", headers={"Accept": "application/json"})
    assert "Ana Ruiz" in versions.text


def test_the_command_line_on_a_server(server: Server, app: App, run: Callable[..., Finished], tmp_path: Path) -> None:
    store = ("--store", server.address)
    assert server.address in run("load", FOUNDING, *store).out
    assert "Babbel" in run("trace", "mcmahon-2022/study/babbel", "--up", *store).out
    assert "1 row" in run("sparql", "SELECT (COUNT(*) AS ?n) WHERE { ?s a ikg:Study }", *store).out
    for command in (
        ("snapshots", "list"),
        ("snapshots", "restore", "000001-x"),
        ("snapshots", "prune"),
        ("backup", tmp_path / "b.tar"),
        ("restore", tmp_path / "b.tar"),
    ):
        refused = run(*command, *store)
        assert (refused.code, refused.out) == (4, "")
        assert f"{server.address} is a store on another machine, which has no" in refused.err
        assert refused.err.count("\n") == 1
    down = run("trace", "mcmahon-2022/study/babbel", "--store", f"http://127.0.0.1:{free_port()}/sparql")
    assert down.code == 4
    assert "cannot be reached" in down.err


def by_graph(server: Server, graphs: str) -> App:
    """An app on the server, loaded graph by graph, as where a request is no transaction."""
    beside = {"dialect": "standard", "update": server.address.replace("/query", "/update"), "graphs": graphs}
    return App.open(Endpoint(server.address, **beside))


def test_a_load_that_breaks_off_is_seen_and_the_next_one_mends_it(server: Server, app: App) -> None:
    count = 0

    def second_fails(request: BaseHTTPRequestHandler) -> None:
        nonlocal count
        count += 1
        sends(204 if count == 1 else 507, b"disk full" if count > 1 else b"", "text/plain")(request)

    with pretending(second_fails) as graphs, pytest.raises(RemoteError, match="507"):
        by_graph(server, graphs).load([FOUNDING], who="Ana Ruiz")
    with pytest.raises(StoreBusy, match="a load by Ana Ruiz broke off at") as caught:
        app.syntheses()
    assert "Load it again" in caught.value.mend
    assert TestClient(create_app(app)).get("/").status_code == 503
    mended = by_graph(server, server.address.replace("/query", "/store"))
    version = mended.load([FOUNDING]).version
    assert app.store.version == version
    assert app.rows("syntheses", {})[0].rows


@pytest.mark.parametrize(("ago", "bars"), [(timedelta(seconds=5), True), (timedelta(hours=1), False)])
def test_a_load_that_was_killed_bars_others_for_a_while(server: Server, app: App, ago: timedelta, bars: bool) -> None:
    mark = json.dumps({"version": "9", "who": "", "at": (datetime.now(UTC) - ago).isoformat(), "broken": False})
    literal = json.dumps(mark)
    update(server, f"INSERT DATA {{ GRAPH <{COMMITS}> {{ <{COMMITS}> <{COMMITS}#loading> {literal} }} }}")
    try:
        with pytest.raises(StoreBusy, match="under way" if bars else "broke off"):
            app.syntheses()
        if bars:
            with pytest.raises(StoreBusy, match="another load was heard of"):
                app.load([FOUNDING])
        else:
            app.load([FOUNDING])
            assert app.syntheses()
    finally:
        update(server, f"DELETE WHERE {{ GRAPH <{COMMITS}> {{ <{COMMITS}> <{COMMITS}#loading> ?x }} }}")


def test_an_answer_that_a_load_overtakes_is_not_used(app: App) -> None:
    before = app.at()
    app.load([FOUNDING])
    with pytest.raises(StoreBusy, match="something was loaded while"):
        before.table("SELECT ?s WHERE { ?s a ikg:Synthesis }")
    assert app.table("SELECT ?s WHERE { ?s a ikg:Synthesis }").rows


def test_the_union_of_the_server_and_that_of_listed_graphs(server: Server, app: App) -> None:
    theirs = App.open(Endpoint(server.address, union="server"))
    update(
        server, "INSERT DATA { GRAPH <http://example.org/g> { <http://example.org/s> a <http://example.org/Alien> } }"
    )
    try:
        question = "SELECT ?s WHERE { ?s a <http://example.org/Alien> }"
        assert len(app.table(question)) == 0
        assert len(theirs.table(question)) == 1
        snapshot = app.store.snapshot()
        assert len(snapshot.select(question, Dataset(default=("http://example.org/g",)))) == 1
    finally:
        update(server, "DROP GRAPH <http://example.org/g>")


def test_an_address_that_cannot_be_guessed_is_asked_for(server: Server, app: App) -> None:
    with pytest.raises(InputError) as caught:
        App.open(Endpoint(server.address, dialect="standard")).load([FOUNDING])
    assert "INEQ_KG_STORE_" in caught.value.mend
    with pytest.raises(InputError, match="no server is known as 'other'"):
        App.open(Endpoint(server.address, dialect="other"))
