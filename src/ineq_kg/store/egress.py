"""The only way out to hosts that a query or an update names: to places on the list, at an address that was looked at.

A host's name is looked up once and each of its addresses checked; the connection goes to one of those very addresses, so that
a name that means another a moment later (DNS rebinding) changes nothing. Nothing is redirected, no proxy is used, nothing is
sent that says who asks.
"""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpcore2

from ineq_kg import __version__
from ineq_kg.errors import EndpointFailed, QueryRefused
from ineq_kg.store.allowed import Place

# Seconds: to connect, and between two pieces of an answer. The query's own time limit counts beside.
CONNECTING = 10.0
PAUSE = 60.0
AGENT = f"ineq-kg/{__version__}"
# What has an IPv4 address in its last 32 bits that a gateway on the way goes to (RFC 6052, RFC 8215).
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_OK = 200
_log = logging.getLogger(__name__)

Resolver = Callable[[str, int], list[str]]


def look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as the system knows them. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Say whether an address is of the public internet, and every address that is wrapped in it too."""
    ip = ip_address(address.partition("%")[0])
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified:
        return False
    return all(is_public(str(inner)) for inner in _inside(ip))


def _inside(ip: IPv4Address | IPv6Address) -> Iterable[IPv4Address]:
    if isinstance(ip, IPv4Address):
        return []
    low = IPv4Address(int(ip) & 0xFFFFFFFF)
    wrapped = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if any(ip in network for network in _NAT64):
        wrapped.append(low)
    return [one for one in wrapped if one is not None]


@dataclass(frozen=True)
class Received:
    """An answer from outside: its media type, and its bytes."""

    media_type: str
    body: bytes


class _Pinned(httpcore2.NetworkBackend):
    """Connects to an address of a place that was looked at. Raises QueryRefused where one of them is not to be asked."""

    def __init__(self, place: Place, resolver: Resolver) -> None:
        self._place = place
        self._resolver = resolver

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address that answers."""
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in self._addresses(host, port):
            try:
                return httpcore2.SyncBackend().connect_tcp(
                    address, self._place.port or port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    def _addresses(self, host: str, port: int) -> list[str]:
        if self._place.written is not None:
            return [self._place.written]
        try:
            found = self._resolver(host, port)
        except OSError as error:
            raise httpcore2.ConnectError(f"{host} cannot be looked up: {error}") from error
        private = [address for address in found if not is_public(address)]
        if private:
            # Whoever asks need not know the address.
            _log.warning("%s is not asked: %s is at %s", self._place.iri, host, ", ".join(private))
            raise QueryRefused(
                f"<{self._place.iri}> is at an address that is not of the public internet",
                mend="Whoever runs this service may write the address into the list: IRI=ADDRESS.",
            )
        return found


def ask(
    place: Place,
    headers: dict[str, str],
    body: bytes | None = None,
    *,
    most: int,
    resolver: Resolver = look_up,
) -> Received:
    """GET a document, or POST a body, and return what comes back. `most` is how long that may be, in bytes.

    Raises EndpointFailed for all but a whole answer with status 200, QueryRefused where the host's address is not public.
    """
    secure = place.url.startswith("https:")
    context = ssl.create_default_context() if secure else None
    timeout = {"connect": CONNECTING, "read": PAUSE, "write": PAUSE, "pool": PAUSE}
    method = "GET" if body is None else "POST"
    try:
        with (
            httpcore2.ConnectionPool(ssl_context=context, network_backend=_Pinned(place, resolver)) as pool,
            pool.stream(
                method,
                place.url,
                headers=[*headers.items(), ("User-Agent", AGENT)],
                content=body,
                extensions={"timeout": timeout},
            ) as answer,
        ):
            told = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in answer.headers}
            if answer.status != _OK:
                elsewhere = ", elsewhere, where it is not followed" if "location" in told else ""
                raise _failed(place, f"answers with status {answer.status}{elsewhere}")
            if told.get("content-encoding", "identity").lower() != "identity":
                raise _failed(place, f"sends {told['content-encoding'][:40]}, which was not asked for")
            received = bytearray()
            for block in answer.iter_stream():
                received += block
                if len(received) > most:
                    raise _failed(place, f"sends more than the {most:,} bytes that an answer may have")
    except (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError, OSError) as error:
        _log.warning("%s (%s) cannot be asked: %r", place.iri, place.url, error)
        raise _failed(place, f"cannot be asked ({type(error).__name__})") from error
    return Received(told.get("content-type", "").partition(";")[0].strip().lower(), bytes(received))


def _failed(place: Place, what: str) -> EndpointFailed:
    return EndpointFailed(
        f"<{place.iri}> {what}", mend="Ask it on its own to see more; SERVICE SILENT goes on without it."
    )
