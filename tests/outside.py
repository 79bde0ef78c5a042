"""Hosts that queries ask: real listeners on this machine, which note whatever comes to them."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyoxigraph as ox

RESULTS = "application/sparql-results+json"
# How SERVICE can be said so that it is hard to see; each but the last three reaches the host when the engine is given it.
HIDDEN = {
    "plain": "SELECT * { SERVICE <@> {} }",
    "in small letters, silent": "SELECT * { service silent <@> {} }",
    "after a number": "SELECT * { ?s ?p 1.SERVICE<@>{} }",
    "after a truth value": "SELECT * { ?s ?p true.SERVICE<@>{} }",
    "after a string": "SELECT * { ?s?p'x'.SERVICE<@>{} }",
    "glued to a name": "PREFIX x: <@> SELECT * { SERVICEx:y {} }",
    "glued to SILENT and a name": "PREFIX x: <@> SELECT * { SERVICESILENTx:y {} }",
    "as the prefix of a name": "PREFIX : <@> SELECT * { SERVICE:y {} }",
    "as the prefix of a name, and a comment": "PREFIX : <@> SELECT * { SERVICE:y #\n {} }",
    "after a name with two dots": "PREFIX x: <a:> SELECT * { ?s ?p x:a.b.SERVICE <@> {} }",
    "past a comment that looks like an IRI": "SELECT * { BIND(?x<?o#>'''\n AS ?y) SERVICE <@> {} #'''\n }",
    "past a string that looks like an IRI": "SELECT * { OPTIONAL { <<?s?p'>'>> ?q ?r } SERVICE <@> {} . ?s ?p 'x' }",
    "past an IRI with an escape": "SELECT * { ?s ?p '\\u0027' . <http://x/\\u0041#> ?q ?r . SERVICE <@> {} #'''\n }",
    "to a variable": "SELECT * { VALUES ?x { <@> } SERVICE ?x {} }",
    "with an escape": "SELECT * { \\u0053ERVICE <@> {} }",
    "after a name with a dot": "PREFIX x: <a:> SELECT * { ?s ?p x:.SERVICE <@> {} }",
}
# What a listener answers: status, headers, body.
Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Seen:
    """One request: its first line's method and path, its headers in small letters, its body."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Outside:
    """A listener: its address, and the requests that came."""

    url: str
    port: int
    seen: list[Seen] = field(default_factory=list)


@contextmanager
def listening(
    reply: Callable[[Seen], Reply], host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> Iterator[Outside]:
    """Listen for as long as the context lasts, and answer as `reply` says."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen = Seen(self.command, self.path, headers, self.rfile.read(length).decode())
            outside.seen.append(seen)
            status, more, body = reply(seen)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *arguments: object) -> None:
            """Whoever asked went away."""

    with Server((host, port), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        outside = Outside(f"http://{host}:{server.server_port}/sparql", server.server_port)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield outside
        server.shutdown()
        thread.join()


def endpoint(turtle: str) -> Callable[[Seen], Reply]:
    """Answer SPARQL queries on this graph, and give it out to whoever GETs it."""
    store = ox.Store()
    store.load(turtle, format=ox.RdfFormat.TURTLE, base_iri="a:")

    def reply(seen: Seen) -> Reply:
        if seen.method == "GET":
            return 200, {"Content-Type": "text/turtle"}, turtle.encode()
        found = store.query(seen.body).serialize(format=ox.QueryResultsFormat.JSON)
        return 200, {"Content-Type": RESULTS}, found or b""

    return reply
