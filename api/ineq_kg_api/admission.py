"""What a request may be before anything looks at it: how long, how slow, how often from one client; and from whom it comes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Iterable
from ipaddress import ip_address
from pathlib import Path
from time import monotonic, time
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ineq_kg.operating import Network, Operating, Rate
from ineq_kg_api.exchange import note_problem
from ineq_kg_api.problems import problem
from ineq_kg_api.waiting import client_of

MOST_PARAMETERS = 1000
# Whoever watches the service is not to be told that it is too busy for that.
_UNCOUNTED = frozenset({"/healthz", "/readyz", "/metrics"})
_TELLING_OF_A_BODY = frozenset({b"content-length", b"transfer-encoding"})
_STRANGER = "ineq_kg.forwarded_by_stranger"
_log = logging.getLogger(__name__)


class Proxies:
    """ASGI middleware that believes X-Forwarded-For and -Proto where they come from a trusted proxy, and nowhere else."""

    def __init__(self, app: ASGIApp, trusted: Iterable[Network]) -> None:
        known = [str(network) for network in trusted]
        self._app: Any = app  # uvicorn has types of its own for ASGI
        self._warn = not known
        self._trusts: Any = None
        if known:
            # A server comes with it, which takes longer to import than most of this service.
            from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

            self._app = ProxyHeadersMiddleware(app, known)  # type: ignore[arg-type]
            self._trusts = self._app.trusted_hosts

    def __call__(self, scope: Any, receive: Any, send: Any) -> Awaitable[None]:
        """Note a request that somebody passed on who is not trusted, and warn once where nobody is."""
        if scope["type"] == "http":
            for name, _ in scope["headers"]:
                if name == b"x-forwarded-for":
                    self._passed_on(scope)
                    break
        answered: Awaitable[None] = self._app(scope, receive, send)
        return answered

    def _passed_on(self, scope: Any) -> None:
        peer = scope.get("client")
        scope[_STRANGER] = peer is None or self._trusts is None or peer[0] not in self._trusts
        if self._warn:
            self._warn = False
            _log.warning(
                "a proxy says for whom it asks, and none is trusted: all who come through it count as one client. "
                "Name it: --trusted-proxy ADDRESS"
            )


def may_read_metrics(request: Request, allowed: Iterable[Network]) -> bool:
    """Say whether a request comes from these networks. One that an untrusted proxy passed on comes from anywhere."""
    if request.scope.get(_STRANGER) or request.client is None:
        return False
    try:
        address = ip_address(request.client.host)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in allowed)


class RateLimit:
    """How often a client may come, counted in this process, or by all that have the same directory for `counts`.

    Two counters a client, those of this window of time and the one before, stand for a window that slides. The library's exact
    one keeps something of every client that ever came.
    """

    def __init__(self, rate: Rate, counts: Path | None = None) -> None:
        # Imported only where there is a limit: it takes 30 ms of the start.
        from limits import RateLimitItemPerSecond
        from limits.storage import MemoryStorage
        from limits.strategies import SlidingWindowCounterRateLimiter

        from ineq_kg_api.counts import SharedCounts

        self.rate = rate
        self._item = RateLimitItemPerSecond(rate.requests, rate.seconds)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage() if counts is None else SharedCounts(counts))

    def admit(self, client: str) -> tuple[bool, dict[str, str]]:
        """Return whether a client may ask now, and the headers that say so (draft-ietf-httpapi-ratelimit-headers-10)."""
        admitted = self._limiter.hit(self._item, client)
        stats = self._limiter.get_window_stats(self._item, client)
        seconds = max(1, round(stats.reset_time - time() + 0.5))
        headers = {
            "RateLimit-Policy": f'"client";q={self.rate.requests};w={self.rate.seconds}',
            "RateLimit": f'"client";r={stats.remaining};t={seconds}',
        }
        return admitted, headers if admitted else {**headers, "Retry-After": str(seconds)}


class Admission:
    """ASGI middleware that refuses a request which is too long or too frequent, and gives up on one that is too slow."""

    def __init__(self, app: ASGIApp, operating: Operating) -> None:
        self.app = app
        self._operating = operating
        self._rate = None if operating.rate is None else RateLimit(operating.rate, operating.counts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or say why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        size, has_body = 0, False
        for name, value in scope["headers"]:
            size += len(name) + len(value) + 4
            has_body = has_body or name in _TELLING_OF_A_BODY
        refused = self._too_long(scope, size)
        told: dict[str, str] = {}
        if refused is None and self._rate is not None and scope["path"] not in _UNCOUNTED:
            admitted, told = self._rate.admit(client_of(Request(scope)))
            refused = None if admitted else self._too_often(scope, self._rate.rate, told)
        if refused is not None:
            await refused(scope, receive, send)
            return
        if has_body:
            receive = _Timed(receive, self._operating).receive
        await self.app(scope, receive, _adding(told, send) if told else send)

    def _too_long(self, scope: Scope, headers: int) -> Response | None:
        query: bytes = scope.get("query_string", b"")
        length = len(scope.get("raw_path") or scope["path"].encode()) + len(query)
        if length > self._operating.url_bytes:
            note_problem(scope, "UrlTooLong")
            allowed = self._operating.url_bytes
            detail = f"the URL has {length:,} bytes, and may have {allowed:,}"
            return problem(414, "UrlTooLong", detail, mend="Send a long query by POST.", limit="url", allowed=allowed)
        if headers > self._operating.header_bytes:
            note_problem(scope, "HeadersTooLong")
            allowed = self._operating.header_bytes
            detail = f"the headers have {headers:,} bytes, and may have {allowed:,}"
            return problem(431, "HeadersTooLong", detail, mend="Send fewer.", limit="headers", allowed=allowed)
        if query.count(b"&") >= MOST_PARAMETERS:
            note_problem(scope, "TooManyParameters")
            detail = f"the URL has more than {MOST_PARAMETERS:,} parameters"
            return problem(
                400, "TooManyParameters", detail, mend="Ask in parts.", limit="parameters", allowed=MOST_PARAMETERS
            )
        return None

    def _too_often(self, scope: Scope, rate: Rate, headers: dict[str, str]) -> Response:
        note_problem(scope, "TooManyRequests")
        detail = f"one client may send {rate.requests:,} requests in {rate.seconds:,} s"
        mend = f"Come again in {headers['Retry-After']} s."
        return problem(429, "TooManyRequests", detail, headers, mend=mend, limit="rate", allowed=rate.requests)


def _adding(headers: dict[str, str], send: Send) -> Send:
    more = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *more]}
        await send(message)

    return sending


class _Timed:
    """Receives a body for as long as it comes fast enough; once it is whole, waits without limit for the client to go."""

    def __init__(self, receive: Receive, operating: Operating) -> None:
        self._receive = receive
        self._operating = operating
        self._since = monotonic()
        self._bytes = 0
        self._whole = False

    async def receive(self) -> Message:
        """Return the next message. Raises HTTPException (408) where the body is too slow."""
        if self._whole:
            return await self._receive()
        allowed = self._operating.body_patience + self._bytes / self._operating.body_rate
        try:
            message = await asyncio.wait_for(self._receive(), max(0.0, self._since + allowed - monotonic()))
        except TimeoutError as error:
            detail = f"the body of the request did not come within {allowed:.0f} s"
            raise HTTPException(408, detail, {"Connection": "close"}) from error
        self._bytes += len(message.get("body", b""))
        self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message
