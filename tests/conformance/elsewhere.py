"""The hosts that tests of SERVICE and LOAD name, all of them a listener on this machine.

An endpoint among them is the service under test once more, asked for the graph that holds what that endpoint is to hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from manifests import PUBLISHED

ENDPOINTS = (
    *(f"http://{host}/sparql" for host in ("example.org", "example1.org", "example2.org")),
    f"{PUBLISHED}syntax-fed/g",
)
DOCUMENTS = ("http://example.org/faraway", f"{PUBLISHED}syntax-update-1/remote")
# Listed by their folders, so that no query with a variable endpoint asks them.
FOLDERS = tuple(f"{iri.rpartition('/')[0]}/" for iri in DOCUMENTS)
MISSING = ("http://invalid.endpoint.org/", "somescheme://www.example.com/THIS-GRAPH-DOES-NOT-EXIST/")


class _Handler(BaseHTTPRequestHandler):
    server: Elsewhere

    def do_GET(self) -> None:
        """Answer with a document."""
        if unquote(self.path[1:]) in DOCUMENTS:
            self._send(200, "text/turtle", b"<x:s> <x:p> <x:o> .")
        else:
            self._send(404, "text/plain", b"")

    def do_POST(self) -> None:
        """Answer as an endpoint."""
        if unquote(self.path[1:]) not in ENDPOINTS:
            self._send(404, "text/plain", b"")
            return
        graph = self.server.endpoints.get(unquote(self.path[1:]), f"{PUBLISHED}nothing")
        body = self.rfile.read(int(self.headers["Content-Length"]))
        connection = HTTPConnection(urlsplit(self.server.forward_to).netloc, timeout=60)
        headers = {name: self.headers[name] for name in ("Content-Type", "Accept")}
        connection.request("POST", f"/sparql?default-graph-uri={quote(graph)}", body, headers)
        answer = connection.getresponse()
        self._send(answer.status, answer.headers["Content-Type"], answer.read())
        connection.close()

    def _send(self, status: int, media_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Elsewhere(ThreadingHTTPServer):
    """The listener. `endpoints` says which graph each holds, the others hold nothing; `forward_to` is who answers for them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.endpoints: dict[str, str] = {}
        self.forward_to = ""
        Thread(target=self.serve_forever, daemon=True).start()

    @property
    def listed(self) -> Iterator[str]:
        """What the service under test may ask, as its list has it."""
        for iri in ENDPOINTS:
            yield f"{iri}=http://127.0.0.1:{self.server_port}/{quote(iri, safe='')}"
        for iri in (*FOLDERS, *MISSING):
            yield f"{iri}=http://127.0.0.1:{self.server_port}/{quote(iri[:-1], safe='')}/"
