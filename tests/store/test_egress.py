"""Queries and updates reach the places on the list, at the addresses that were looked at, and nothing else."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ineq_kg.errors import EndpointFailed, IneqKgError, InputError, QueryRefused
from ineq_kg.store import egress
from ineq_kg.store.allowed import Allowed
from ineq_kg.store.confinement import can_forbid_connections
from ineq_kg.store.egress import is_public
from ineq_kg.store.embedded import Dataset, EmbeddedStore
from ineq_kg.store.federation import Reaching, led, reaches_out
from ineq_kg.store.gateway import Gateway, Leave
from ineq_kg.store.job import Job, UpdateJob
from ineq_kg.store.limits import Limits
from ineq_kg.store.update import run_update
from ineq_kg.store.worker import Worker
from ineq_kg.vocabulary import PREFIXES
from outside import HIDDEN, RESULTS, Outside, endpoint, listening

ONE, TWO, OTHER = (f"http://{name}.example.org/sparql" for name in ("one", "two", "other"))
HERE = f"<a:s> <a:at> <{ONE}>, <{TWO}> ; <a:name> 'here' ."
THERE = "<a:s> <a:label> 'one', 'uno' . <a:t> <a:label> 'none' ."
FILES = ["LOAD <file:///etc/passwd>", "LOAD SILENT <file:///etc/passwd>", "LOAD <file:///etc/passwd> INTO GRAPH <a:g>"]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that knows of two endpoints."""
    path = tmp_path_factory.mktemp("outside") / "store"
    EmbeddedStore(path).commit(lambda store: store.load(HERE, format=ox.RdfFormat.TURTLE))
    return path


@pytest.fixture
def one() -> Iterator[Outside]:
    with listening(endpoint(THERE)) as outside:
        yield outside


@pytest.fixture
def trap() -> Iterator[Outside]:
    """A host that nobody is to ask."""
    with listening(endpoint("")) as outside:
        yield outside


def allowed(*entries: str, **more: Any) -> Limits:
    return Limits(services=Allowed.read(entries), **more)


def ask(directory: Path, query: str, limits: Limits, resolver: egress.Resolver = egress.look_up) -> list[str]:
    """Return the answer to a SELECT or CONSTRUCT query, line by line in order, its columns first."""
    version = EmbeddedStore(directory).version
    media_types = {"select": "text/csv", "ask": "text/csv", "graph": "application/n-triples"}
    job = Job(directory, str(version), query, Dataset(union=False), media_types)
    head, *rest = Worker(limits, resolver).do(job).body.decode().splitlines()
    return [head, *sorted(rest)]


def update(directory: Path, text: str, limits: Limits, resolver: egress.Resolver = egress.look_up) -> ox.Store:
    """Run an update on a store of its own, and return that."""
    Worker(limits, resolver).do(UpdateJob(directory, text, None))
    return ox.Store.read_only(str(directory))


# --- what is on the list ---------------------------------------------------------------------------------------------


def test_an_endpoint_on_the_list_is_asked_and_told_nothing_of_who_asks(directory: Path, one: Outside) -> None:
    query = f"SELECT * {{ ?s <a:name> ?name SERVICE <{ONE}> {{ ?s <a:label> ?label }} }}"
    assert ask(directory, query, allowed(f"{ONE}={one.url}")) == ["label,name,s", "one,here,a:s", "uno,here,a:s"]
    (seen,) = one.seen
    assert (seen.method, seen.path, seen.headers["content-type"]) == ("POST", "/sparql", "application/sparql-query")
    assert set(seen.headers) == {"host", "accept", "content-type", "content-length", "user-agent"}
    assert seen.headers["user-agent"].startswith("ineq-kg/")


@pytest.mark.parametrize(
    ("head", "service"),
    [
        ("", "SERVICE<@>{"),
        ("PREFIX one: <http://one.example.org/>", "service one:sparql {"),
        ("PREFIX : <http://one.example.org/sparql>", "SERVICE : {"),
        ("", "SERVICE # a comment: SERVICE <http://x/>\n SILENT <@> {"),
        ("", "SERVICE <http://one.example.org/\\u0073parql> {"),
    ],
)
def test_spellings_of_what_is_on_the_list(directory: Path, one: Outside, head: str, service: str) -> None:
    query = f"{head} SELECT ?label {{ {service.replace('@', ONE)} <a:t> <a:label> ?label }} }} # SERVICE"
    assert ask(directory, query, allowed(f"{ONE}={one.url}")) == ["label", "none"]
    assert len(one.seen) == 1


def test_a_name_is_kept_where_only_the_address_is_another(directory: Path, one: Outside) -> None:
    iri = "http://one.example.org/ds/query?default"
    query = f"SELECT ?label {{ SERVICE <{iri}> {{ <a:t> <a:label> ?label }} }}"
    assert ask(directory, query, allowed(f"{iri}=127.0.0.1:{one.port}")) == ["label", "none"]
    assert (one.seen[0].headers["host"], one.seen[0].path) == ("one.example.org", "/ds/query?default")


def test_what_a_service_asks_further_is_its_own_affair(directory: Path, one: Outside) -> None:
    query = (
        f"SELECT * {{ SERVICE <{ONE}> {{ ?s <a:label> ?l OPTIONAL {{ SERVICE SILENT <{OTHER}> {{ ?s ?p ?o }} }} }} }}"
    )
    ask(directory, query, allowed(f"{ONE}={one.url}"))
    assert OTHER in one.seen[0].body


@pytest.mark.parametrize(
    "text",
    [
        "ftp://one.example.org/",
        "http://name:secret@one.example.org/",
        "one.example.org",
        "http://one.example.org/a/../b",
        "http://one.example.org/%2e%2E/b",
        "http://one.example.org/#x",
        "http://éa.example.org/",
        "http://one.example.org:port/",
        "http://one.example.org/=http://two.example.org/no-folder",
    ],
)
def test_what_no_entry_can_be_is_named(text: str) -> None:
    with pytest.raises(InputError) as caught:
        Allowed.read([text])
    assert repr(text) in caught.value.message
    assert "For example" in caught.value.mend or "in / too" in caught.value.mend


# --- what is not -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", HIDDEN.values(), ids=HIDDEN)
def test_no_spelling_reaches_what_is_not_on_the_list(directory: Path, trap: Outside, one: Outside, query: str) -> None:
    text = query.replace("@", trap.url)
    limits = allowed(f"{ONE}={one.url}")
    with pytest.raises(QueryRefused) as caught:
        ask(directory, text, limits)
    assert caught.value.mend
    with pytest.raises(QueryRefused):
        update(directory / "none", text.replace("SELECT *", "INSERT { <a:a> <a:a> <a:a> } WHERE"), limits)
    assert trap.seen == []


def test_a_name_and_a_password_do_not_make_another_host_the_same(directory: Path, trap: Outside) -> None:
    for iri in (
        f"http://one.example.org@127.0.0.1:{trap.port}/sparql",
        f"{ONE}@127.0.0.1:{trap.port}",
        f"{trap.url}#{ONE}",
        f"{trap.url}?{ONE}",
    ):
        with pytest.raises(QueryRefused):
            ask(directory, f"SELECT * {{ SERVICE <{iri}> {{}} }}", allowed(ONE))
    assert trap.seen == []


def test_silent_is_for_places_that_fail_not_for_those_that_are_refused(directory: Path, trap: Outside) -> None:
    closed = "http://127.0.0.1:1/"
    failing = f"SELECT ?name {{ ?s <a:name> ?name SERVICE SILENT <{ONE}> {{ ?s ?p ?o }} }}"
    assert ask(directory, failing, allowed(f"{ONE}={closed}")) == ["name", "here"]
    with pytest.raises(EndpointFailed, match="cannot be asked"):
        ask(directory, failing.replace("SILENT", ""), allowed(f"{ONE}={closed}"))
    with pytest.raises(QueryRefused, match="not on the list"):
        ask(directory, failing, allowed(trap.url))
    assert trap.seen == []


# --- endpoints in variables ------------------------------------------------------------------------------------------

EACH = "?s <a:at> ?where SERVICE ?where { ?s <a:label> ?label }"


@pytest.fixture
def both(one: Outside) -> Iterator[tuple[Limits, Outside, Outside]]:
    with listening(endpoint("<a:s> <a:label> 'two' . [ <a:label> 'nameless' ] .")) as two:
        yield allowed(f"{ONE}={one.url}", f"{TWO}={two.url}"), one, two


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        (f"SELECT * {{ {EACH} }}", ["label,s,where", f"one,a:s,{ONE}", f"two,a:s,{TWO}", f"uno,a:s,{ONE}"]),
        (f"SELECT DISTINCT ?s {{ {EACH} }}", ["s", "a:s"]),
        (f"SELECT (COUNT(*) AS ?n) {{ {EACH} }}", ["n", "3"]),
        (
            f"SELECT * {{ {{ SELECT * {{ {EACH} }} }} }}",
            ["label,s,where", f"one,a:s,{ONE}", f"two,a:s,{TWO}", f"uno,a:s,{ONE}"],
        ),
        (
            "SELECT ?label { SERVICE ?w { [ <a:label> ?label ] } BIND(1 AS ?x) VALUES ?w { <@2> } }",
            ["label", "nameless", "two"],
        ),
        (
            "SELECT ?label { VALUES ?w { <@2> } SERVICE ?w { _:x <a:label> ?label . _:x ?p ?o } }",
            ["label", "nameless", "two"],
        ),
        (
            "SELECT ?w ?label { { VALUES ?w { <@1> } } OPTIONAL { SERVICE ?w { <a:none> <a:label> ?label } } }",
            ["w,label", f"{ONE},"],
        ),
        (
            "SELECT ?w ?label { VALUES ?w { <@1> <@2> } OPTIONAL { SERVICE ?w { <a:t> <a:label> ?label } } }",
            ["w,label", f"{ONE},none", f"{TWO},"],
        ),
        ("SELECT ?w { VALUES ?w { <@1> <@2> } FILTER NOT EXISTS { SERVICE ?w { <a:t> ?p ?o } } }", ["w", TWO]),
        ("SELECT ?w { VALUES ?w { <@1> <@2> } MINUS { VALUES ?w { <@1> } SERVICE ?w { <a:t> ?p ?o } } }", ["w", TWO]),
        (
            "SELECT ?x ?y { ?s <a:at> ?w SERVICE ?w { <a:t> <a:label> ?x } VALUES ?v { <@2> } SERVICE ?v { ?s <a:label> ?y } }",
            ["x,y", "none,two"],
        ),
        (f"CONSTRUCT {{ ?s <a:l> ?label }} WHERE {{ {EACH} FILTER(?label = 'two') }}", ['<a:s> <a:l> "two" .']),
        ("SELECT ?p { VALUES (?w ?s) { (<@1> <a:t>) } SERVICE ?w { ?s ?p ?w } }", ["p"]),
    ],
)
def test_a_variable_stands_for_each_endpoint_on_the_list(
    directory: Path, both: tuple[Limits, Outside, Outside], query: str, answer: list[str]
) -> None:
    assert ask(directory, query.replace("@1", ONE).replace("@2", TWO), both[0]) == answer


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("{ VALUES ?w { <@1> } SERVICE ?w { ?s ?p ?o } }", (1, 0)),
        ("{ SERVICE ?w { ?s ?p ?o } ?a ?b ?c VALUES $w { <@2> } }", (0, 1)),
        ("{ VALUES ?w { one:sparql <@1> } SERVICE SILENT ?w { ?s ?p ?o } }", (1, 0)),
        ("{ VALUES (?x ?w) { ('a' <@1>) (UNDEF <@1>) } SERVICE ?w { ?s ?p ?o } }", (1, 0)),
        ("{ BIND(<@2> AS ?w) SERVICE ?w { ?s ?p ?o } }", (0, 1)),
        ("{ VALUES ?w { <@1> <@2> } SERVICE ?w { ?s ?p ?o } VALUES ?w { <@2> } }", (0, 1)),
        ("{ ?s <a:at> ?w MINUS { BIND(<@1> AS ?w) SERVICE ?w { ?s ?p ?o } } }", (1, 0)),
        ("{ VALUES ?v { <@1> } VALUES ?w { <@1> <@2> } SERVICE ?w { ?s ?p ?o } }", (1, 1)),
        # What does not say it plainly is no reason to leave anybody out.
        ("{ VALUES ?w { <@1> UNDEF } VALUES ?w { <@1> <@2> } SERVICE ?w { ?s ?p ?o } }", (1, 1)),
        ("{ VALUES (?x ?w) { ('a'@en <@1>) } SERVICE ?w { ?s ?p ?o } }", (1, 1)),
        ("{ BIND(IRI('@1') AS ?w) SERVICE ?w { ?s ?p ?o } }", (1, 1)),
        ("{ ?s <a:at> ?w SERVICE ?w { ?s ?p ?o } }", (1, 1)),
        ("{ { SELECT ?w { VALUES ?w { <@1> } } } SERVICE ?w { ?s ?p ?o } }", (1, 1)),
        ("{ VALUES ?w { <@1> } OPTIONAL { SERVICE ?w { ?s ?p ?o } } }", (1, 1)),
        ("{ SERVICE ?w { ?s ?p ?o } OPTIONAL { VALUES ?w { <@1> } } }", (1, 1)),
    ],
)
def test_those_alone_are_asked_that_the_variable_can_be(
    directory: Path, both: tuple[Limits, Outside, Outside], query: str, asked: tuple[int, int]
) -> None:
    limits, *endpoints = both
    text = f"PREFIX one: <http://one.example.org/> SELECT * {query}".replace("@1", ONE).replace("@2", TWO)
    ask(directory, text, limits)
    assert tuple(len(one.seen) for one in endpoints) == asked


@pytest.mark.parametrize("silent", ["", "SILENT"])
@pytest.mark.parametrize("where", ["<@>", "'@'", "<a:x>", "UNDEF"])
@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { VALUES ?w { <%s> @ } SERVICE & ?w { ?s ?p ?o } }",
        "SELECT * { SERVICE & ?w { ?s ?p ?o } VALUES ?w { <%s> @ } }",
        "SELECT * { VALUES ?w { <%s> @ } OPTIONAL { SERVICE & ?w { ?s ?p ?o } } }",
        "SELECT (COUNT(*) AS ?n) { { SELECT ?w { VALUES ?w { @ } } } SERVICE & ?w { ?s ?p ?o } }",
    ],
)
def test_a_variable_that_stands_for_anything_else_is_refused(
    directory: Path, one: Outside, trap: Outside, query: str, where: str, silent: str
) -> None:
    text = query.replace("@", where).replace("@", trap.url).replace("&", silent).replace("%s", ONE)
    with pytest.raises(QueryRefused) as caught:
        ask(directory, text, allowed(f"{ONE}={one.url}"))
    assert ONE in caught.value.mend
    assert trap.seen == []


def test_a_variable_without_a_value_is_refused(directory: Path, one: Outside) -> None:
    with pytest.raises(QueryRefused, match="not bound"):
        ask(directory, "SELECT * { ?s <a:at> ?w { SERVICE ?w { ?s ?p ?o } } }", allowed(f"{ONE}={one.url}"))


# --- addresses -------------------------------------------------------------------------------------------------------

PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::1",
    "2001:0:a00:1::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_of_a_private_address_is_not_asked(directory: Path, address: str) -> None:
    assert not is_public(address)
    for found in ([address], ["203.0.114.1", address]):
        with pytest.raises(QueryRefused, match="not of the public internet") as caught:
            ask(directory, f"SELECT * {{ SERVICE SILENT <{ONE}> {{}} }}", allowed(ONE), lambda _host, _port, f=found: f)
        assert address not in caught.value.message  # it is nobody's business


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_other_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["2130706433", "0177.0.0.1", "0x7f.1", "127.1", "localhost", "[::ffff:127.0.0.1]"])
def test_a_number_is_a_private_address_too(directory: Path, trap: Outside, host: str) -> None:
    iri = f"http://{host}:{trap.port}/sparql"
    query = f"SELECT * {{ SERVICE <{iri}> {{}} }}"
    with pytest.raises(QueryRefused, match="not on the list"):
        ask(directory, query, allowed(ONE))
    if not host.startswith("["):  # written as an address it is one that whoever runs the service means
        with pytest.raises(QueryRefused, match="not of the public internet"):
            ask(directory, query, allowed(iri))
    assert trap.seen == []


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name may mean another address at every look."""
    monkeypatch.setattr(egress, "is_public", lambda address: address != "127.0.0.1")
    looks: list[str] = []

    def rebinding(_host: str, _port: int) -> list[str]:
        looks.append("127.0.0.1" if looks else "127.0.0.2")
        return [looks[-1]]

    with listening(endpoint(THERE), "127.0.0.2") as meant, listening(endpoint(""), "127.0.0.1", meant.port) as trap:
        iri = f"http://rebinding.example.org:{meant.port}/sparql"
        query = f"SELECT ?label {{ SERVICE <{iri}> {{ <a:t> <a:label> ?label }} }}"
        assert ask(directory, query, allowed(iri), rebinding) == ["label", "none"]
        assert looks == ["127.0.0.2"]
        assert (len(meant.seen), meant.seen[0].headers["host"]) == (1, f"rebinding.example.org:{meant.port}")
        with pytest.raises(QueryRefused):
            ask(directory, query, allowed(iri), rebinding)
        assert trap.seen == []


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl to make a certificate with")
def test_a_certificate_is_that_of_the_name_whatever_the_address(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=one.example.org"]
    files = ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "certificate")]
    alternative = ["-addext", "subjectAltName=DNS:one.example.org"]
    subprocess.run(["openssl", *made, *alternative, *files], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    names: list[str | None] = []
    tls.sni_callback = lambda _socket, name, _context: names.append(name)
    with listening(endpoint(THERE), tls=tls) as secure:
        for iri in ("https://one.example.org/sparql", "https://two.example.org/sparql"):
            query = f"SELECT ?label {{ SERVICE <{iri}> {{ <a:t> <a:label> ?label }} }}"
            limits = allowed(f"{iri}=127.0.0.1:{secure.port}")
            with pytest.raises(EndpointFailed, match="cannot be asked"):  # nobody vouches for it
                ask(directory, query, limits)
            with monkeypatch.context() as patched:
                patched.setenv("SSL_CERT_FILE", str(tmp_path / "certificate"))
                if "one" in iri:
                    assert ask(directory, query, limits) == ["label", "none"]
                else:
                    with pytest.raises(EndpointFailed, match="cannot be asked"):
                        ask(directory, query, limits)
        assert set(names) == {"one.example.org", "two.example.org"}
        assert len(secure.seen) == 1


# --- answers that are none -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(directory: Path, trap: Outside, status: int) -> None:
    with listening(lambda _seen: (status, {"Location": trap.url}, b"")) as moved:
        with pytest.raises(EndpointFailed, match=f"status {status}, elsewhere"):
            ask(directory, f"SELECT * {{ SERVICE <{ONE}> {{}} }}", allowed(f"{ONE}={moved.url}"))
        with pytest.raises(EndpointFailed, match=f"status {status}, elsewhere"):
            update(directory.parent / f"moved-{status}", f"LOAD <{ONE}>", allowed(f"{ONE}={moved.url}"))
        assert len(moved.seen) == 2
    assert trap.seen == []


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ((500, {}, b"no"), "status 500"),
        ((200, {"Content-Type": RESULTS}, b"x" * 2000), "more than the 1,000 bytes"),
        ((200, {"Content-Type": RESULTS, "Content-Encoding": "gzip"}, b"x"), "gzip, which was not asked for"),
        ((200, {"Content-Type": RESULTS, "Content-Length": "50"}, b"{"), "cannot be asked"),
    ],
)
def test_what_a_place_says_that_is_no_answer(directory: Path, reply: Any, says: str) -> None:
    with listening(lambda _seen: reply) as bad, pytest.raises(EndpointFailed, match=says) as caught:
        ask(directory, f"SELECT * {{ SERVICE <{ONE}> {{}} }}", allowed(f"{ONE}={bad.url}", result_bytes=1000))
    assert "127.0.0.1" not in caught.value.message


@pytest.mark.parametrize(
    ("content_type", "body"), [("text/html", b"<p>"), (RESULTS, b"{"), (RESULTS, b"<"), ("text/csv", b"x\n1\n")]
)
def test_an_answer_that_is_no_result_is_an_error(directory: Path, content_type: str, body: bytes) -> None:
    with listening(lambda _seen: (200, {"Content-Type": content_type}, body)) as bad, pytest.raises(EndpointFailed):
        ask(directory, f"SELECT * {{ SERVICE <{ONE}> {{ ?s ?p ?o }} }}", allowed(f"{ONE}={bad.url}"))


# --- loading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *FILES,
        "PREFIX x: <file:///etc/> LOAD x:passwd",
        "BASE <file:///etc/> LOAD <passwd>",
        "LOAD <@>",
        "LOAD SILENT <@> INTO GRAPH <a:g>",
        "INSERT DATA { <a:a> <a:a> 1 } ; LOAD <@>",
        "\\u004COAD <@>",
        "PREFIX x: <@>LOADx:",
        "PREFIX x: <@>LOADSILENTx:",
        "LOAD <http://one.example.org/data/../secret>",
        "LOAD <http://one.example.org/data/%2E%2e/secret>",
    ],
)
def test_nothing_is_loaded_that_is_not_on_the_list(tmp_path: Path, trap: Outside, text: str) -> None:
    limits = allowed(f"http://one.example.org/data/={trap.url.removesuffix('sparql')}")
    with pytest.raises(QueryRefused):
        update(tmp_path / "store", text.replace("@", trap.url), limits)
    assert trap.seen == []


def test_the_engine_itself_reads_no_file() -> None:
    with pytest.raises((OSError, ValueError, RuntimeError)):
        ox.Store().update(FILES[0])


@pytest.mark.parametrize("graph", ["", " INTO GRAPH <a:g>"])
def test_a_document_on_the_list_is_loaded_as_what_it_is(tmp_path: Path, graph: str) -> None:
    with listening(endpoint("<relative> <a:p> _:b . <#x> <a:p> _:b .")) as outside:
        limits = allowed(f"http://one.example.org/data/={outside.url.removesuffix('sparql')}")
        text = f"INSERT DATA {{ <a:a> <a:a> 1 }} ; LOAD <http://one.example.org/data/a/b.ttl?x=1>{graph} ; CLEAR GRAPH <a:h>"
        store = update(tmp_path / "store", text.replace("CLEAR", "CREATE"), limits)
        assert [(seen.method, seen.path) for seen in outside.seen] == [("GET", "/a/b.ttl?x=1")]
    found = list(store.quads_for_pattern(None, ox.NamedNode("a:p"), None))
    assert {quad.subject.value for quad in found} == {
        "http://one.example.org/data/a/relative",
        "http://one.example.org/data/a/b.ttl?x=1#x",
    }
    assert {str(quad.graph_name) for quad in found} == {"<a:g>" if graph else "DEFAULT"}


def test_silent_goes_on_without_a_document(tmp_path: Path) -> None:
    with listening(lambda _seen: (200, {"Content-Type": "text/html"}, b"<p>")) as bad:
        limits = allowed(f"{ONE}={bad.url}")
        with pytest.raises(EndpointFailed, match="text/html, which is not read as RDF"):
            update(tmp_path / "none", f"LOAD <{ONE}>", limits)
        store = update(tmp_path / "store", f"LOAD SILENT <{ONE}> ; INSERT DATA {{ <a:a> <a:a> 1 }}", limits)
    assert len(store) == 1


def test_an_update_may_ask_a_service(tmp_path: Path, both: tuple[Limits, Outside, Outside]) -> None:
    text = f"""INSERT DATA {{ <a:s> <a:at> <{TWO}> }} ;
        INSERT {{ ?s <a:says> ?label }} WHERE {{ {EACH} }} ;
        INSERT {{ <a:t> <a:says> ?label }} WHERE {{ SERVICE <{ONE}> {{ <a:t> <a:label> ?label }} }}"""
    store = update(tmp_path / "store", text, both[0])
    assert {quad.object.value for quad in store.quads_for_pattern(None, ox.NamedNode("a:says"), None)} == {
        "two",
        "none",
    }


# --- the second lock -------------------------------------------------------------------------------------------------

KEPT_IN = """
import socket, sys, threading
from ineq_kg.store.confinement import forbid_connections
mine, other = map(int, sys.argv[1:])
assert forbid_connections(mine)
def reach(port):
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
        print(port == mine)
    except PermissionError:
        print(port == other)
threads = [threading.Thread(target=reach, args=(port,)) for port in (mine, other)]
for thread in threads:
    thread.start()
    thread.join()
import pyoxigraph
try:
    pyoxigraph.Store().update(f"LOAD <http://127.0.0.1:{other}/>")
except OSError as error:
    print("denied" in str(error))
"""


@pytest.mark.skipif(not can_forbid_connections(), reason="this system has no Landlock for the network (Linux 6.7)")
def test_the_kernel_keeps_a_worker_from_all_but_its_gateway(one: Outside) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        command = [sys.executable, "-c", KEPT_IN, str(one.port), str(server.getsockname()[1])]
        result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert (result.stdout.split(), result.stderr) == (["True"] * 3, "")
        with pytest.raises(TimeoutError):
            server.accept()


# --- whatever is written ---------------------------------------------------------------------------------------------

ODDS = [
    "?s ?p ?o",
    ".",
    ";",
    "{",
    "}",
    "UNION",
    "OPTIONAL {",
    "FILTER(?o<?p)",
    "FILTER(?o<?p#>'''\n)",
    "BIND(?o<?p||true AS ?b)",
    "'''",
    '"',
    "'",
    "# SERVICE\n",
    "#\n",
    "<a:b>",
    "<<( ?s ?p ?o )>>",
    "1.",
    "true.",
    "x:y",
    "x:a.b.",
    "x:",
    "'x'@en",
    "VALUES ?w { <@> }",
    "VALUES ?w { <!> }",
    "SERVICE <!> { ?s ?p ?o }",
    "SERVICE ?w { ?s ?p ?o }",
    "SERVICE SILENT ?w {",
    "SERVICE <@> { ?s ?p ?o }",
    "SERVICE SILENT <@> {",
    "service<@>{",
    "SERVICEx:y {",
    "SERVICE",
    "SILENT",
    "\\u0053ERVICE",
    "\\u0027",
    "{ SELECT * {",
    "GRAPH ?g {",
    "MINUS {",
    "( <a:b> )",
    "[ <a:p> 1 ]",
    "_:b",
]
OPERATIONS = [
    "INSERT DATA { <a:a> <a:a> 1 }",
    "LOAD <@>",
    "LOAD SILENT <@>",
    "LOADx:y",
    "LOAD <!>",
    "CLEAR ALL",
    "COPY x:load TO x:y",
]


@pytest.fixture(scope="module")
def reach() -> Iterator[tuple[Outside, Outside, Limits, Gateway]]:
    """A place on the list, one that is not, and a gateway."""
    with listening(endpoint(THERE)) as listed, listening(endpoint("")) as trap:
        yield listed, trap, allowed(f"{ONE}={listed.url}"), Gateway()
        assert listed.seen  # else it was all refused, and shows little


def run_here(text: str, leave: Leave, *, is_update: bool) -> None:
    """Run a text in this process, which the kernel does not keep in: it is the text that counts."""
    store = ox.Store()
    store.load("<a:s> <a:p> <a:o> .", format=ox.RdfFormat.TURTLE)
    asked = led(text, leave, update=is_update) if reaches_out(text, update=is_update) else Reaching(text)
    if is_update:
        run_update(store, asked)
        return
    found = store.query(asked.text, prefixes=PREFIXES, custom_functions=dict(asked.functions))
    if not isinstance(found, ox.QueryBoolean):
        list(found)


@given(st.lists(st.sampled_from(ODDS), max_size=8), st.lists(st.sampled_from(OPERATIONS), max_size=2), st.booleans())
@settings(max_examples=300)
def test_whatever_is_written_reaches_nothing_else(
    reach: tuple[Outside, Outside, Limits, Gateway], parts: list[str], operations: list[str], glued: bool
) -> None:
    listed, trap, limits, gateway = reach
    body = ("" if glued else " ").join(parts)
    group = f"{{ {body}{' }' * max(0, body.count('{') - body.count('}'))} }}"
    for text in (f"SELECT * {group}", f"INSERT {{ <a:a> <a:b> <a:c> }} WHERE {group} ; {' ; '.join(operations)}"):
        told = f"PREFIX x: <{trap.url}> {text}".replace("@", trap.url).replace("!", ONE)
        with suppress(IneqKgError, RuntimeError, SyntaxError, ValueError, OSError), gateway.leave(limits) as leave:
            run_here(told, leave, is_update=text.startswith("INSERT"))
    assert trap.seen == []
    assert all(seen.path == "/sparql" for seen in listed.seen)
