"""What goes over the network to a store on another machine: requests, and what went wrong with them as errors of ours.

Only the addresses of the endpoint are ever asked: redirects are refused, and no proxy or password is taken from elsewhere.
"""

from __future__ import annotations

import socket
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from time import monotonic
from typing import Any, Final

import httpx2

from ineq_kg import __version__
from ineq_kg.errors import IneqKgError, QueryError, RemoteError, ResultTooLarge
from ineq_kg.store.remote.endpoint import Endpoint

# How long a connection may take to come about, in seconds.
CONNECTING = 10.0
# How much of what a server says of its failure is told on, in characters.
_TOLD = 300
# What the HTTP client says of a connection that was closed before it was used again.
_UNANSWERED = "without sending a response"
_CONNECTED: Final = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete"})
_MEND_AUTH = "Set INEQ_KG_STORE_AUTH to what it takes: basic USER:PASSWORD, digest USER:PASSWORD or bearer TOKEN."
_MEND_TIME = "Ask for less, or give it longer by INEQ_KG_STORE_TIMEOUT."


class Cut:
    """A way for another thread to end a request: its connection is shut, and whoever waits for the answer waits no more."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._socket: socket.socket | None = None
        self.done = False

    def now(self) -> None:
        """End the request, be it only about to begin."""
        with self._lock:
            self.done = True
            self._shut()

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a connection as it is made; called by the HTTP client with each step it takes."""
        if event in _CONNECTED:
            with self._lock:
                self._socket = info["return_value"].get_extra_info("socket")
                if self.done:
                    self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                # The plain socket's: the TLS one would also end what another thread is at.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


@dataclass(frozen=True)
class Reply:
    """A whole answer: its bytes, its media type without parameters, and its headers by their names in lower case."""

    body: bytes
    media_type: str
    headers: Mapping[str, str]


def _auth(given: str | None) -> httpx2.Auth | None:
    if given is None:
        return None
    scheme, _, secret = given.partition(" ")
    if scheme.lower() == "bearer":
        value = f"Bearer {secret.strip()}"

        def bearer(request: httpx2.Request) -> httpx2.Request:
            request.headers["Authorization"] = value
            return request

        return httpx2.FunctionAuth(bearer)
    user, _, password = secret.partition(":")
    return httpx2.DigestAuth(user, password) if scheme.lower() == "digest" else httpx2.BasicAuth(user, password)


class _Missing(RemoteError):
    """There is nothing at that address."""


class _Dropped(RemoteError):
    """A connection ended before anything of the answer came."""


class Wire:
    """Requests to the addresses of one endpoint. May be used by many threads. All raise RemoteError, ResultTooLarge."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    @cached_property
    def _kept(self) -> httpx2.Client:
        return self._client(keep=20)

    @cached_property
    def _fresh(self) -> httpx2.Client:
        return self._client(keep=0)  # a connection that may be cut at any moment is used once

    def _client(self, keep: int) -> httpx2.Client:
        client = httpx2.Client(
            auth=_auth(self.endpoint.auth),
            headers={"User-Agent": f"ineq-kg/{__version__}"},
            timeout=httpx2.Timeout(self.endpoint.timeout, connect=CONNECTING),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=keep, keepalive_expiry=4.0),
            follow_redirects=False,
            trust_env=False,
        )
        weakref.finalize(self, client.close)
        return client

    def query(
        self,
        text: str,
        parameters: Sequence[tuple[str, str]],
        accept: str,
        most: int | None = None,
        cut: Cut | None = None,
    ) -> Reply:
        """Send a query and return what comes back, of `most` bytes at most. Raises QueryError too, with what the server says.

        With `cut`, no time limit of ours holds but that of whoever has it in hand.
        """
        form: dict[str, list[str]] = {"query": [text]}
        for name, value in parameters:
            form.setdefault(name, []).append(value)
        try:
            return self._send("POST", self.endpoint.query, {"Accept": accept}, most, cut, of_query=True, data=form)
        except _Dropped:
            if cut is not None:
                raise
            # The server closed a connection that was kept just as it was used again; asking twice does no harm.
            return self._send("POST", self.endpoint.query, {"Accept": accept}, most, cut, of_query=True, data=form)

    def update(self, address: str, text: str) -> None:
        """Send an update."""
        self._send("POST", address, {"Content-Type": "application/sparql-update; charset=utf-8"}, content=text.encode())

    def read(self, address: str, graph: str, accept: str) -> Reply | None:
        """Return a named graph, or None where there is none."""
        try:
            return self._send("GET", address, {"Accept": accept}, params={"graph": graph})
        except _Missing:
            return None

    def put(self, address: str, graph: str, body: bytes, media_type: str) -> None:
        """Make a named graph hold what `body` says, and nothing else."""
        self._send("PUT", address, {"Content-Type": media_type}, content=body, params={"graph": graph})

    def _send(
        self,
        method: str,
        address: str,
        headers: dict[str, str],
        most: int | None = None,
        cut: Cut | None = None,
        *,
        of_query: bool = False,
        **what: Any,
    ) -> Reply:
        largest = self.endpoint.largest if most is None else min(most, self.endpoint.largest)
        until = None if cut else monotonic() + self.endpoint.timeout
        client = self._kept if cut is None else self._fresh
        if cut is not None:
            what |= {"extensions": {"trace": cut.watch}, "timeout": httpx2.Timeout(None, connect=CONNECTING)}
        with self._told(address), client.stream(method, address, headers=headers, **what) as response:
            if not response.is_success:
                raise _refusal(address, response, of_query=of_query)
            body = self._read(address, response, largest, until)
            media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            return Reply(body, media_type, {name.lower(): value for name, value in response.headers.items()})

    def _read(self, address: str, response: httpx2.Response, most: int, until: float | None) -> bytes:
        body = bytearray()
        for block in response.iter_bytes():
            body += block
            if len(body) > most:
                raise ResultTooLarge(
                    f"{address}: the answer is longer than the {most:,} bytes that are taken of one; none of it is used",
                    limit="bytes",
                    allowed=most,
                    mend="Add LIMIT to ask for a part of it, and OFFSET for the next one; or name fewer columns.",
                )
            if until is not None and monotonic() > until:
                raise _late(address, self.endpoint.timeout)
        return bytes(body)

    @contextmanager
    def _told(self, address: str) -> Iterator[None]:
        """Turn what the HTTP client raises within into RemoteError, the most specific first."""
        try:
            yield
        except IneqKgError:
            raise
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            mend = "See that the server runs, and that --store or INEQ_KG_STORE names it."
            raise RemoteError(f"{address} cannot be reached: {_text(error)}", mend=mend) from error
        except httpx2.TimeoutException as error:
            raise _late(address, self.endpoint.timeout) from error
        except httpx2.RemoteProtocolError as error:
            kind = _Dropped if _UNANSWERED in str(error) else RemoteError
            raise cut_off(address, _text(error), kind) from error
        except (httpx2.ReadError, httpx2.WriteError, httpx2.DecodingError) as error:
            raise cut_off(address, _text(error)) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            mend = "See that --store or INEQ_KG_STORE is its address."
            raise RemoteError(f"{address} cannot be asked: {_text(error)}", mend=mend) from error


def _text(error: Exception) -> str:
    return " ".join(str(error).split())[:_TOLD] or type(error).__name__


def _late(address: str, seconds: float) -> RemoteError:
    return RemoteError(f"{address} gave no whole answer within {seconds:g} s", mend=_MEND_TIME)


def cut_off(address: str, how: str, kind: type[RemoteError] = RemoteError) -> RemoteError:
    """Return the error of an answer that ends before it is whole."""
    return kind(
        f"{address}: the answer was cut off, and none of it is used: {how}",
        mend="Ask again; where it happens again, look into the server's log: it may have met a limit of its own.",
    )


def strange(address: str, reply: Reply, wanted: str) -> RemoteError:
    """Return the error of an answer that is something else than what was asked for."""
    said = " ".join(reply.body[:400].decode(errors="replace").split())[:80]
    return RemoteError(
        f"{address} answered {reply.media_type or 'something without a type'} instead of {wanted}: {said}",
        mend="See that the address is that of the SPARQL endpoint itself, not of a page about it.",
    )


def _refusal(address: str, response: httpx2.Response, *, of_query: bool) -> IneqKgError:
    """Return the error that a status other than success is."""
    status = f"{response.status_code} {response.reason_phrase}".strip()
    if response.is_redirect:
        target = response.headers.get("location", "elsewhere")[:_TOLD]
        mend = "If that is the store, name it: --store or INEQ_KG_STORE."
        return RemoteError(f"{address} sends on to {target}, and redirects are not followed", mend=mend)
    if response.status_code in {401, 403, 407}:
        return RemoteError(f"{address} lets us not in: {status}", mend=_MEND_AUTH)
    said = " ".join(_start_of(response).split())[:_TOLD]
    told = f": {said}" if said and "<html" not in said.lower() else ""
    if response.status_code == 400 and of_query:
        return QueryError(f"{address} does not take the query{told}")
    mends = {
        404: "See that --store or INEQ_KG_STORE is the address of the SPARQL endpoint.",
        405: "See INEQ_KG_STORE_UPDATE and INEQ_KG_STORE_GRAPHS: it may have them under other addresses.",
        413: "Load fewer syntheses at once, or raise the server's limit.",
        429: "Ask again later.",
        503: "Ask again later.",
    }
    mend = mends.get(response.status_code, "Look into the server's log.")
    kind = _Missing if response.status_code == 404 else RemoteError
    return kind(f"{address} answered {status}{told}", mend=mend)


def _start_of(response: httpx2.Response) -> str:
    """Return the first part of what a server says of its failure, as far as it comes."""
    body = b""
    with suppress(httpx2.HTTPError):
        for block in response.iter_bytes():
            body += block
            if len(body) > 16 * 1024:
                break
    return body.decode(errors="replace")
