"""The gateway: what the engine asks in place of other hosts; it listens on the loopback of the worker that the engine runs in.

It stands for the places that one query or update asks, for as long as that runs, under a name that cannot be guessed.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pyoxigraph as ox

from ineq_kg.errors import EndpointFailed, IneqKgError, InputError, QueryRefused
from ineq_kg.store import egress
from ineq_kg.store.allowed import Place
from ineq_kg.store.limits import DEFAULT_BYTES, Limits
from ineq_kg.triples.quads import parse_triples

# The longest query that the engine may send on, in bytes.
_LONGEST = 16 * 1024 * 1024
_READ = (ox.QueryResultsFormat.JSON.media_type, ox.QueryResultsFormat.XML.media_type)
_RESULTS = ", ".join(_READ)
_DOCUMENTS = ", ".join(
    one.media_type for one in (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TURTLE, ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD)
)


class Leave:
    """The places that one query or update may ask, and what became of it."""

    def __init__(self, limits: Limits, address: str, resolver: egress.Resolver) -> None:
        self.endpoints = limits.services.endpoints
        self._allowed = limits.services
        self._address = address
        self._most = limits.result_bytes or DEFAULT_BYTES
        self._resolver = resolver
        self._places: list[Place] = []
        self.asked: dict[str, None] = {}
        self.refused: list[QueryRefused] = []
        self.failed: list[EndpointFailed] = []

    def service(self, iri: str) -> str:
        """Return the address that stands for an endpoint. Raises QueryRefused where it is not on the list."""
        return self._stand_in(iri)

    def document(self, iri: str) -> str:
        """Return the address that stands for a document to load. Raises QueryRefused likewise."""
        return self._stand_in(iri)

    def _stand_in(self, iri: str) -> str:
        self._places.append(self._allowed.place_of(iri))
        return f"{self._address}/{len(self._places) - 1}"

    def refuse(self, endpoint: str) -> None:
        """Note that a query meant to ask an endpoint that is not on the list."""
        self.refused.append(
            QueryRefused(
                f"{endpoint[:200]} is no endpoint on the list of places that this service asks",
                mend="Bind the variable of SERVICE, in the group that it stands in, to these alone: "
                f"{', '.join(self.endpoints)}.",
            )
        )

    def unreadable(self, error: Exception) -> EndpointFailed:
        """Return what to raise where the engine cannot read what it was given."""
        places = " or ".join(f"<{iri}>" for iri in self.asked)
        return EndpointFailed(
            f"what {places} answers is no SPARQL result: {error}", mend="Ask it on its own to see more."
        )

    def answer(self, number: str, body: bytes | None) -> egress.Received:
        """Return what a place answers to a query, or for a document (without body) its triples as N-Triples.

        Raises EndpointFailed, QueryRefused: either is noted.
        """
        place = self._places[int(number)]
        self.asked[place.iri] = None
        try:
            if body is not None:
                headers = {"Accept": _RESULTS, "Content-Type": "application/sparql-query"}
                received = egress.ask(place, headers, body, most=self._most, resolver=self._resolver)
                return _results(place, received)
            received = egress.ask(place, {"Accept": _DOCUMENTS}, most=self._most, resolver=self._resolver)
            return egress.Received(ox.RdfFormat.N_TRIPLES.media_type, _triples(place, received))
        except QueryRefused as error:
            self.refused.append(error)
            raise
        except EndpointFailed as error:
            self.failed.append(error)
            raise


def _results(place: Place, received: egress.Received) -> egress.Received:
    """Return an answer to a query. Raises EndpointFailed where the engine would not read it as one."""
    if received.media_type in _READ:
        return received
    raise EndpointFailed(
        f"<{place.iri}> answers in {received.media_type or 'no type'}, which is not read as results of a query",
        mend=f"It must be able to answer in {' or '.join(_READ)}.",
    )


def _triples(place: Place, received: egress.Received) -> bytes:
    """Return the triples of a document as N-Triples, its relative IRIs relative to its own address."""
    if ox.RdfFormat.from_media_type(received.media_type) is None:
        raise EndpointFailed(
            f"<{place.iri}> is {received.media_type or 'of no type'}, which is not read as RDF",
            mend="Load Turtle, N-Triples, RDF/XML or JSON-LD.",
        )
    try:
        triples = parse_triples(received.body, received.media_type, place.iri)
    except InputError as error:
        raise EndpointFailed(f"<{place.iri}> cannot be read: {error.message}", mend=error.mend) from error
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    leave: Leave | None = None
    name = ""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: the engine that went away in the middle was ended, and whoever asked it is told."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        """Answer for a document."""
        self._answer(None)

    def do_POST(self) -> None:
        """Answer for an endpoint."""
        length = int(self.headers.get("Content-Length", "0"))
        if length > _LONGEST:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        self._answer(self.rfile.read(length))

    def _answer(self, body: bytes | None) -> None:
        _, name, number = [*self.path.split("/"), "", ""][:3]
        leave = self.server.leave
        if leave is None or not secrets.compare_digest(name.encode(), self.server.name.encode()):
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        try:
            received = leave.answer(number, body)
        except IneqKgError:
            self.send_error(HTTPStatus.BAD_GATEWAY)
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", received.media_type)
        self.send_header("Content-Length", str(len(received.body)))
        self.end_headers()
        self.wfile.write(received.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name for it
        """Say nothing."""


class Gateway:
    """A listener on the loopback, from when it is needed on. One query at a time may ask through it."""

    def __init__(self, resolver: egress.Resolver | None = None) -> None:
        self._resolver = resolver or egress.look_up
        self._server: _Server | None = None

    @property
    def port(self) -> int:
        """The port it listens on; it does from now on."""
        return int(self._listening().server_address[1])

    @contextmanager
    def leave(self, limits: Limits) -> Iterator[Leave]:
        """Let what runs within ask the places that `limits` list. An answer of theirs may be as long as one of ours.

        Raises QueryRefused, whatever else was raised, where a place was meant that is not to be asked; be it SILENT: that is
        for places that fail. Raises EndpointFailed where one failed and the query with it.
        """
        server = self._listening()
        server.name = secrets.token_urlsafe(24)
        host, port = server.server_address[:2]
        leave = server.leave = Leave(limits, f"http://{host!s}:{port}/{server.name}", self._resolver)
        try:
            yield leave
        except QueryRefused:
            raise
        except Exception as error:
            if leave.refused or leave.failed:
                raise [*leave.refused, *leave.failed][0] from error
            if isinstance(error, RuntimeError | ValueError | SyntaxError) and leave.asked:
                raise leave.unreadable(error) from error
            raise
        finally:
            server.leave = None
        if leave.refused:
            raise leave.refused[0]

    def _listening(self) -> _Server:
        if self._server is None:
            self._server = _Server(("127.0.0.1", 0), _Handler)
            Thread(target=self._server.serve_forever, daemon=True, name="ineq-kg-gateway").start()
        return self._server
