"""Finished answers, kept: a layer before the routes that gives again what was given before, or says that it is known (304).

An answer is kept under the version of the dataset and of this software, the address that was asked, and what the request
accepts, so that it is never stale: a commit makes a new version, and nobody asks for the old keys again. Kept is only what says
of itself that it is the same for all who ask the same: 200 to a GET without a token, with the current version in its tag, and
varying by nothing but Accept and Accept-Encoding. Requests that are written differently and mean the same share the bytes.

Most requests are never made again: an answer is kept when it is given for the second time, or took long to make.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from time import monotonic
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ineq_kg import __version__
from ineq_kg_api.responses import has_already
from ineq_kg_api.shelf import Shelf
from ineq_kg_api.variants import accepts_gzip

Headers = list[tuple[bytes, bytes]]
_MOST_BYTES = 16 * 1024 * 1024
# For so long after a commit, answers do not say when they were modified; what is kept should.
_UNSETTLED = 3.0
# What took so many seconds is kept the first time.
SLOW = 0.1
# What a request says that changes its answer, beside its address and whether it takes gzip.
_TOLD = (b"host", b"accept")
_READ = frozenset({*_TOLD, b"accept-encoding", b"if-none-match", b"if-modified-since", b"cache-control"})
_CONDITIONS = frozenset({b"if-none-match", b"if-modified-since"})
# What a 304 does not say.
_ABOUT_THE_BODY = frozenset({b"content-length", b"content-type", b"content-encoding"})
# What an answer may vary by, to be kept.
_VARYING = frozenset({b"accept", b"accept-encoding"})


@dataclass(frozen=True)
class _Route:
    """The template of the route that gave an answer first, for whoever counts by routes."""

    path: str


class _Answer(NamedTuple):
    """What is kept of an answer beside its body: where that is, and what a 200 and a 304 say."""

    place: bytes
    route: _Route
    tag: str
    modified: str
    headers: Headers
    headers_of_304: Headers


class _Asked(NamedTuple):
    """A request as it was written, and what it asks for."""

    version: str
    key: bytes
    known: str | None
    since: str

    def is_current(self, tag: bytes) -> bool:
        """Say whether a tag is of an answer of this version of the dataset, by this software."""
        return tag.startswith(f'"{self.version}.{__version__}.'.encode())

    def has(self, headers: Headers) -> bool:
        """Say whether whoever asks has the answer with these headers already."""
        if self.known is None and not self.since:
            return False
        told = {name: value.decode("latin-1") for name, value in headers}
        return has_already(self.known, self.since, told.get(b"etag", ""), told.get(b"last-modified", ""))


class Kept:
    """The layer. `current` tells the current version, and is called with every request; `shelf` has what is kept."""

    def __init__(self, app: ASGIApp, current: Callable[[], str | None], shelf: Shelf) -> None:
        self._app = app
        self._current = current
        self._shelf = shelf
        self._version: str | None = None
        self._settled = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or let the routes answer, and keep that."""
        asked = self._asked(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        if asked is None:
            await self._app(scope, receive, send)
            return
        again = self._shelf.has_noted(asked.key)
        if again:
            found = self._shelf.get(asked.key)
            if found is not None and await self._give(scope, asked, found, send):
                return
            # To be kept it has to be whole; whether the caller has it already is then said here.
            scope["headers"] = [header for header in scope["headers"] if header[0] not in _CONDITIONS]
        await self._app(scope, receive, _Keeping(self, scope, asked, send, again=again))

    def _asked(self, scope: Scope) -> _Asked | None:
        """Return what is asked, or None for what is none of this layer's."""
        told: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in told or name in {b"authorization", b"range"}:
                return None
            if name in _READ:
                told[name] = value
        if b"no-store" in told.get(b"cache-control", b""):
            return None
        version = self._current()
        if version is None:
            return None
        if version != self._version:
            self._version = version
            self._settled = monotonic() + _UNSETTLED
        gzip = b"gzip" if accepts_gzip(told.get(b"accept-encoding", b"").decode("latin-1")) else b""
        key = digest(
            version.encode(),
            *_place(scope),
            scope["query_string"],
            gzip,
            *(told.get(name, b"") for name in _TOLD),
        )
        known = told.get(b"if-none-match")
        since = told.get(b"if-modified-since", b"").decode("latin-1")
        return _Asked(version, key, None if known is None else known.decode("latin-1"), since)

    async def _give(self, scope: Scope, asked: _Asked, found: bytes, send: Send) -> bool:
        """Send what is kept. Returns False where its bytes are there no more, and nothing was sent."""
        answer = _answer(found)
        if has_already(asked.known, asked.since, answer.tag, answer.modified):
            scope["route"] = answer.route
            await send({"type": "http.response.start", "status": 304, "headers": answer.headers_of_304})
            await send({"type": "http.response.body", "body": b""})
            return True
        body = self._shelf.get(answer.place)
        if body is None:
            return False
        scope["route"] = answer.route
        await send({"type": "http.response.start", "status": 200, "headers": answer.headers})
        await send({"type": "http.response.body", "body": body})
        return True

    def note(self, asked: _Asked) -> None:
        """Note that this was asked once, and had an answer that may be kept."""
        self._shelf.note(asked.key)

    def keep(self, scope: Scope, asked: _Asked, headers: Headers, body: bytes) -> None:
        """Keep an answer, where it may be."""
        by_name = dict(headers)
        tag = by_name.get(b"etag", b"")
        if not asked.is_current(tag):
            return
        if not {name.strip() for name in by_name.get(b"vary", b"").lower().split(b",")} <= _VARYING:
            return
        if b"set-cookie" in by_name or by_name.get(b"cache-control") != b"no-cache":
            return
        if b"last-modified" not in by_name and monotonic() < self._settled:
            return
        host = next((value for name, value in scope["headers"] if name == b"host"), b"")
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        pairs.sort(key=lambda pair: pair[0])  # the order of several values of one name may mean something
        place = digest(tag, host, *_place(scope), *(text.encode() for pair in pairs for text in pair))
        route = getattr(scope.get("route"), "path", "").encode()
        self._shelf.put((place, body), (asked.key, _written(place, route, headers)))


class _Keeping:
    """Sends an answer on, and hands it to the layer to keep when it is whole, if it is given `again` or took long."""

    def __init__(self, kept: Kept, scope: Scope, asked: _Asked, send: Send, *, again: bool) -> None:
        self._kept = kept
        self._scope = scope
        self._asked = asked
        self._send = send
        self._again = again
        self._begun = monotonic()
        self._headers: Headers | None = None
        self._known = False
        self._body: list[bytes] = []
        self._size = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = self._start(message)
        elif message["type"] == "http.response.body":
            if self._headers is not None:
                self._add(self._headers, message)
            if self._known:
                if message.get("more_body", False):
                    return
                message = {**message, "body": b""}
        await self._send(message)

    def _start(self, message: Message) -> Message:
        """Return how the answer begins: 304 where it was made whole for a caller who has it already."""
        tag = next((value for name, value in message["headers"] if name == b"etag"), b"")
        if message["status"] not in {200, 304} or not self._asked.is_current(tag):
            return message
        if not self._again:  # what is not noted is not looked for, either
            self._kept.note(self._asked)
        headers = list(message["headers"])
        if message["status"] == 200 and (self._again or monotonic() - self._begun >= SLOW):
            self._headers = headers
        self._known = self._again and message["status"] == 200 and self._asked.has(headers)
        return {**message, "status": 304, "headers": without_body(headers)} if self._known else message

    def _add(self, headers: Headers, message: Message) -> None:
        self._body.append(message.get("body", b""))
        self._size += len(self._body[-1])
        if self._size > _MOST_BYTES:
            self._headers = None
            self._body.clear()
        elif not message.get("more_body", False):
            self._kept.keep(self._scope, self._asked, headers, b"".join(self._body))


def _place(scope: Scope) -> tuple[bytes, bytes, bytes]:
    """Return the address of a request without its host and its query."""
    path = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")
    return scope["scheme"].encode(), scope.get("root_path", "").encode(), path


SIZE = 20


def digest(*parts: bytes) -> bytes:
    """Return a key of SIZE bytes for these parts, which no other parts have."""
    whole = b"".join([piece for part in parts for piece in (len(part).to_bytes(4, "big"), part)])
    return blake2b(whole, digest_size=SIZE).digest()


def _written(place: bytes, route: bytes, headers: Headers) -> bytes:
    """Return what `_answer` reads."""
    return place + packed([(b"", route), *headers])


@lru_cache(maxsize=1024)
def _answer(written: bytes) -> _Answer:
    (_, route), *headers = unpacked(written[SIZE:])
    by_name = dict(headers)
    return _Answer(
        place=written[:SIZE],
        route=_Route(route.decode()),
        tag=by_name[b"etag"].decode("latin-1"),
        modified=by_name.get(b"last-modified", b"").decode("latin-1"),
        headers=headers,
        headers_of_304=without_body(headers),
    )


def without_body(headers: Headers) -> Headers:
    """Return what a 304 says of the headers of an answer."""
    return [header for header in headers if header[0] not in _ABOUT_THE_BODY]


def packed(headers: Headers) -> bytes:
    """Return headers as bytes; names and values hold no NUL (RFC 9110, 5.5)."""
    return b"\0".join(part for header in headers for part in header)


def unpacked(packed: bytes) -> Headers:
    """Return the headers that bytes hold."""
    parts = packed.split(b"\0")
    return list(zip(parts[::2], parts[1::2], strict=True))
