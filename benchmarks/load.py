"""Clients that ask one server all at once, each its next request as soon as it has the last answer: a loop over sockets.

It takes some 20 microseconds a request, so that what is measured is the server, and shares the machine with it as clients of
all servers compared do.
"""

from __future__ import annotations

import re
import selectors
import socket
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

_BLOCK = 1 << 18
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked", re.IGNORECASE)


@dataclass(frozen=True)
class Request:
    """A request as it goes over the wire, but for the host."""

    target: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @lru_cache(maxsize=64)  # noqa: B019 - the same few are asked again and again, for as long as the program runs
    def encoded(self, host: str) -> bytes:
        """Return its bytes."""
        lines = [f"{self.method} {self.target} HTTP/1.1", f"Host: {host}", *(f"{n}: {v}" for n, v in self.headers)]
        if self.body or self.method == "POST":
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass
class Measured:
    """What a run came to: how many answers in how many seconds, how long each took, and what the server computed for them."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)
    bytes: int = 0
    computed: float = 0.0

    @property
    def computing(self) -> float:
        """Milliseconds that the server computed for an answer."""
        return self.computed / len(self.latencies) * 1000

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: int) -> float:
        """Return that percentile of the latencies, in milliseconds."""
        return statistics.quantiles(self.latencies, n=100, method="inclusive")[percent - 1] * 1000

    def __add__(self, other: Measured) -> Measured:
        """Return what two runs came to together."""
        return Measured(
            self.seconds + other.seconds,
            self.latencies + other.latencies,
            self.statuses | other.statuses,
            self.bytes + other.bytes,
            self.computed + other.computed,
        )

    def __str__(self) -> str:
        p50, p99 = self.percentile(50), self.percentile(99)
        size = self.bytes / max(1, len(self.latencies)) / 1000
        times = f"p50 {p50:8.2f} ms  p99 {p99:8.2f} ms  computing {self.computing:6.2f} ms"
        return f"{self.rate:9.1f}/s  {times}  {len(self.latencies):6} answers of {size:.1f} kB"


class _Client:
    """One connection, with what has come of the answer to its last request."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked = 0.0
        self._start()

    def _start(self) -> None:
        self.head = b""
        self.status = 0
        self.missing: int | None = None
        self.chunked = False
        self.body: list[bytes] = []

    def ask(self, request: bytes) -> None:
        self._start()
        self.asked = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> bool:
        """Take what has come; say whether the answer is whole. Raises ConnectionError."""
        block = self.socket.recv(_BLOCK)
        if not block:
            raise ConnectionError("the server closed the connection")
        if self.missing is None and not self.chunked:
            self.head += block
            head, end, block = self.head.partition(b"\r\n\r\n")
            if not end:
                return False
            self._read_head(head)
        self.body.append(block)
        if self.chunked:
            return b"".join(self.body[-2:]).endswith(b"0\r\n\r\n")
        self.missing = (self.missing or 0) - len(block)
        return self.missing <= 0

    def _read_head(self, head: bytes) -> None:
        self.status = int(head[9:12])
        told = _LENGTH.search(head)
        if told:
            self.missing = int(told.group(1))
        else:
            self.chunked = _CHUNKED.search(head) is not None
            self.missing = None if self.chunked else 0

    @property
    def answer(self) -> bytes:
        """The bytes of the answer, chunks put together."""
        body = b"".join(self.body)
        if not self.chunked:
            return body
        pieces = []
        while body:
            size, _, body = body.partition(b"\r\n")
            length = int(size, 16)
            pieces.append(body[:length])
            body = body[length + 2 :]
        return b"".join(pieces)


def ask(address: str, request: Request) -> tuple[int, bytes]:
    """Ask once; return the status and the body."""
    place = urlsplit(address)
    client = _Client(place.hostname or "", place.port or 80)
    with client.socket:
        client.ask(request.encoded(place.netloc))
        while not client.read():
            pass
        return client.status, client.answer


def run(address: str, requests: Iterator[Request], clients: int, seconds: float) -> Measured:
    """Ask until the time is over or there are no more requests, and every answer that was begun has come."""
    place = urlsplit(address)
    measured = Measured()
    with selectors.DefaultSelector() as selector:
        open_ = [_Client(place.hostname or "", place.port or 80) for _ in range(clients)]
        start = time.perf_counter()
        for client in open_:
            client.ask(next(requests).encoded(place.netloc))
            selector.register(client.socket, selectors.EVENT_READ, client)
        while selector.get_map():
            for key, _ in selector.select():
                client = key.data
                if not client.read():
                    continue
                now = time.perf_counter()
                measured.latencies.append(now - client.asked)
                measured.statuses.add(client.status)
                measured.bytes += sum(map(len, client.body))
                following = next(requests, None) if now - start < seconds else None
                if following is None:
                    selector.unregister(client.socket)
                    client.socket.close()
                else:
                    client.ask(following.encoded(place.netloc))
        measured.seconds = time.perf_counter() - start
    return measured
