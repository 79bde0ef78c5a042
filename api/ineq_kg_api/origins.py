"""Which pages of other origins may ask here (CORS, in the Fetch standard).

Whatever is published here may be read from any origin: no cookie opens more, so there is nothing that a page could steal. Every
answer says so, whoever asks, and need not vary by origin. A token is another thing: only pages of origins that the service is
told of may send one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Collection

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from ineq_kg_api.exchange import note_problem
from ineq_kg_api.problems import problem

_ASKING = ("GET", "HEAD", "POST")
_CHANGING = (*_ASKING, "PUT", "DELETE")
_ASKED_WITH = ("Cache-Control", "If-Modified-Since", "If-None-Match", "X-Request-ID")
_CHANGED_WITH = (*_ASKED_WITH, "Authorization", "If-Match")
# What a page may read of an answer, beside the few headers that it always may.
EXPOSED = (
    "Allow",
    "ETag",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
    "X-Total-Count",
)
OPEN = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": ", ".join(EXPOSED)}
_DAY = 86400


class Origins:
    """ASGI middleware that answers a browser which asks whether a page may ask (a preflight request)."""

    def __init__(self, app: ASGIApp, trusted: Collection[str]) -> None:
        self.app = app
        self._trusted = frozenset(trusted)
        self._anyone = CORSMiddleware(app, ["*"], _ASKING, _ASKED_WITH, max_age=_DAY)
        self._known = CORSMiddleware(app, self._trusted, _CHANGING, _CHANGED_WITH, max_age=_DAY)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] != "OPTIONS":
            return self.app(scope, receive, send)
        return self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if "origin" not in headers or "access-control-request-method" not in headers:
            await self.app(scope, receive, send)
            return
        policy = self._known if headers["origin"].lower() in self._trusted else self._anyone
        answer = policy.preflight_response(headers)
        if answer.status_code != 200:
            note_problem(scope, "OriginRefused")
            answer = problem(
                403,
                "OriginRefused",
                f"a page of {headers['origin']} may not ask so: {bytes(answer.body).decode()}",
                {"Vary": answer.headers["vary"]},
                mend="Whoever runs this service lets an origin send tokens: --write-origin ORIGIN",
            )
        await answer(scope, receive, send)
