"""The same answer in another shape: without its body (HEAD), or compressed (gzip), each under a tag of its own.

An answer that is compressed is another representation and has another tag (RFC 9110, 8.8.3.3). It could be a weak one, but
then it would match no If-Match, and most programs ask for gzip without being told to. So `.gzip` is put behind the tags of
what goes to a client that takes it, short answers included, and taken away from the tags that come back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from functools import lru_cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ineq_kg.represent.formats import Format

LEAST = 1024
# 6 is zlib's own choice; 4 takes half the time for a twentieth more bytes.
LEVEL = 4
_MARK = b'.gzip"'
# What is compressed already: workbooks and their like are archives.
PACKED = (
    "image/png",
    "image/jpeg",
    "image/webp",
    "font/woff2",
    "application/gzip",
    "application/zip",
    *(one.media_type for one in Format if one.media_type.startswith("application/vnd.openxmlformats")),
)
_SENT_AS_FILE = "http.response.pathsend"


class Head:
    """ASGI middleware: HEAD is answered as GET is, and the body left out (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            return self.app(scope, receive, send)
        return self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        got: Scope = {**scope, "method": "GET"}

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
            elif not message.get("more_body", False):
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        try:
            await self.app(got, receive, without_body)
        finally:
            scope["route"] = got.get("route")


def _allowing_head(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return headers that allow HEAD where they allow GET."""
    given = MutableHeaders(raw=list(headers))
    allowed = given.get("allow", "")
    if "GET" in allowed and "HEAD" not in allowed:
        given["allow"] = f"{allowed}, HEAD"
    return given.raw


@lru_cache(maxsize=256)  # clients say the same thing again and again
def accepts_gzip(header: str) -> bool:
    """Say whether an Accept-Encoding header takes gzip (RFC 9110, 12.5.3)."""
    taken = {}
    for item in header.lower().split(","):
        name, _, weight = item.partition(";")
        value = weight.strip().removeprefix("q=").strip()
        try:
            taken[name.strip()] = float(value) > 0 if weight else True
        except ValueError:
            taken[name.strip()] = False
    return taken.get("gzip", taken.get("*", False))


class Compressed:
    """ASGI middleware: what is longer than 1 KiB and not packed already is sent as gzip to whoever takes it.

    An answer to somebody with a token is left as it is: compressed together with what an attacker chose, a secret in it
    could be found out from the length (BREACH).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._gzip = GZipMiddleware(app, LEAST, LEVEL, exclude_content_types=PACKED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        taken, secret = b"", False
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                taken = taken + b"," + value if taken else value
            secret = secret or name == b"authorization"
        if secret or not accepts_gzip(taken.decode("latin-1")):
            await self.app(scope, receive, _tagged(send, b'"'))
            return
        _for_gzip(scope, ",".join(Headers(scope=scope).getlist("if-none-match")))
        await self._gzip(scope, receive, _tagged(send, _MARK))


def _for_gzip(scope: Scope, tags: str) -> None:
    """Make a request what it is passed on as: of its `tags` those of what was sent to a client that takes gzip, unmarked."""
    passed = [(name, value) for name, value in scope["headers"] if name not in {b"accept-encoding", b"if-none-match"}]
    passed.append((b"accept-encoding", b"gzip"))
    if tags:
        own = (tag.strip().encode("latin-1") for tag in tags.split(","))
        kept = [
            tag.removesuffix(_MARK) + b'"' * tag.endswith(_MARK) for tag in own if tag.endswith(_MARK) or tag == b"*"
        ]
        passed.append((b"if-none-match", b",".join(kept)))
    # A server that sends files by itself would send them as they are.
    extensions = {name: value for name, value in (scope.get("extensions") or {}).items() if name != _SENT_AS_FILE}
    scope["headers"], scope["extensions"] = passed, extensions


def _tagged(send: Send, end: bytes) -> Send:
    """Return `send` as it puts this end to the tag of an answer, and says that the tag goes by Accept-Encoding.

    It also names HEAD, which no route knows of, where another method is told which are allowed.
    """

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = _with_end(message.get("headers", ()), end)
            message = {**message, "headers": _allowing_head(headers) if message["status"] == 405 else headers}
        await send(message)

    return sending


def _with_end(headers: Iterable[tuple[bytes, bytes]], end: bytes) -> list[tuple[bytes, bytes]]:
    """Return headers whose tag, if they have one, ends so, and which then say that it goes by Accept-Encoding.

    Names are as ASGI has them, in lower case.
    """
    given = list(headers)
    tag = next((value for name, value in given if name == b"etag"), b"")
    if not tag:
        return given
    vary = b", ".join(value for name, value in given if name == b"vary")
    if b"accept-encoding" not in vary.lower():
        vary = vary + b", Accept-Encoding" if vary else b"Accept-Encoding"
    kept = [pair for pair in given if pair[0] not in {b"etag", b"vary"}]
    return [*kept, (b"etag", tag.removesuffix(b'"') + end), (b"vary", vary)]
