"""The shortest way to a named query: by a table, before the web framework.

The framework tries some sixty patterns for each request, twice, and then looks for parameters that these endpoints do not
declare: almost a millisecond, where the engine takes a few. The routes stay as they are, for the service's description and for
whatever is asked otherwise than by GET.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ineq_kg.errors import IneqKgError
from ineq_kg_api.problems import on_http_error, on_our_error

Endpoint = Callable[[Request], Awaitable[Response]]


class DirectRoute(NamedTuple):
    """A path without parameters in it, and what answers a GET there. What counts by routes asks for `path`."""

    path: str
    endpoint: Endpoint


class Direct:
    """ASGI layer around the web framework: answers what its table has, also our own errors, and passes on the rest."""

    def __init__(self, app: ASGIApp, routes: Iterable[DirectRoute]) -> None:
        self._app = app
        self._routes = {route.path: route for route in routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let the routes answer."""
        found = self._routes.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = found
        request = Request(scope, receive, send)
        try:
            response = await found.endpoint(request)
        except IneqKgError as error:
            response = on_our_error(request, error)
        except HTTPException as error:
            response = on_http_error(request, error)
        await response(scope, receive, send)
