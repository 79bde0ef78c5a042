"""What the service does for whoever runs it: log, metrics, limits on requests, CORS, HEAD, compression, a good end.

`operate` puts all of it around the application, as ASGI layers: these pass on what a server says of a client that has gone, and
buffer nothing.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from fastapi import FastAPI, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from ineq_kg.app import App
from ineq_kg.operating import Operating
from ineq_kg.store.embedded import EmbeddedStore
from ineq_kg_api.admission import Admission, Proxies, may_read_metrics
from ineq_kg_api.direct import Direct
from ineq_kg_api.exchange import Exchange, note_problem
from ineq_kg_api.kept import Kept
from ineq_kg_api.logs import log_to_stderr
from ineq_kg_api.origins import OPEN, Origins
from ineq_kg_api.pages import direct_routes
from ineq_kg_api.problems import problem
from ineq_kg_api.recording import Faults, RawHeaders, Recorder, raw
from ineq_kg_api.responses import SECURITY, SECURITY_OF_REDOC
from ineq_kg_api.shelf import Shelf
from ineq_kg_api.stopping import Stopping
from ineq_kg_api.variants import Compressed, Head

# Where the page is that ReDoc makes of the service’s description.
REDOC = "/redoc"
# Where processes that count together keep their numbers, as prometheus_client has it.
SHARED = "PROMETHEUS_MULTIPROC_DIR"
# How often they write down what they are at, in seconds.
LOOK = 5.0


def operate(server: FastAPI, app: App, operating: Operating, shelf: Shelf | None = None) -> None:
    """Make a service of the application: to be called once, when it has all of its routes.

    `shelf` is where finished answers are kept, if they are.
    """
    log_to_stderr(operating.log)
    stopping = Stopping(app, operating.shutdown)
    server.state.stopping = stopping
    finished = _metrics(server, app, operating)
    server.add_middleware(Faults)
    # Ours stand around all of the framework's own, so that what is kept or has a direct way never comes to these. The last is
    # the outermost.
    stack: ASGIApp = Direct(server.build_middleware_stack(), direct_routes(app))
    stack = Compressed(stack)
    if shelf is not None and isinstance(app.store, EmbeddedStore):
        # Elsewhere others may change the data without our knowing: nothing says when what is kept is stale.
        stack = Kept(stack, current=app.store.health.current, shelf=shelf)
    stack = Head(stack)
    stack = Admission(stack, operating=operating)
    stack = Origins(stack, trusted=operating.write_origins or ())
    stack = Recorder(stack, headers=_headers(), finished=finished, stopping=stopping, log_queries=operating.log_queries)
    server.middleware_stack = Proxies(stack, trusted=operating.trusted_proxies or ())


def _headers() -> Callable[[str, int], RawHeaders]:
    """Return what headers an answer at a path has beside its own, by its status.

    Who is told that the answer is the one that is known has its other headers already (RFC 9110, 15.4.5); a browser looks in
    every answer, though, whether a page of another origin may have it.
    """
    common, redoc, known = raw(SECURITY | OPEN), raw(SECURITY_OF_REDOC | OPEN), raw(OPEN)
    return lambda path, status: known if status == 304 else redoc if path == REDOC else common


def _nothing(_exchange: Exchange) -> None:
    """Count nothing."""


def _metrics(server: FastAPI, app: App, operating: Operating) -> Callable[[Exchange], None]:
    """Add the route of the metrics, if there are to be any, and return what counts a request."""
    allowed = operating.metrics_from
    if not allowed:
        return _nothing
    # Its library decides at import whether several processes write: not before the service is made.
    from ineq_kg_api.metrics import Metrics

    metrics = Metrics(app, os.environ.get(SHARED))
    server.state.metrics = metrics

    @server.get("/metrics", include_in_schema=False)
    def read(request: Request) -> Response:
        if not may_read_metrics(request, allowed):
            note_problem(request.scope, "MetricsRefused")
            mend = "Whoever runs this service names the networks that may: --metrics-from NETWORK."
            return problem(403, "MetricsRefused", "metrics are not for this address", mend=mend)
        body, media_type = metrics.write(request.headers.get("accept", ""))
        return Response(body, media_type=media_type, headers={"Cache-Control": "no-store"})

    return metrics.finished


@asynccontextmanager
async def operated(server: FastAPI) -> AsyncIterator[None]:
    """Do, for as long as the service runs, what has to be done meanwhile. To be entered in its event loop."""
    server.state.stopping.watch()
    looking = asyncio.create_task(_look(server))
    try:
        yield
    finally:
        looking.cancel()


async def _look(server: FastAPI) -> None:
    """Write down now and then what the pool is at, for another process that is asked for the metrics of all."""
    while SHARED in os.environ and hasattr(server.state, "metrics"):
        server.state.metrics.look()
        await asyncio.sleep(LOOK)


@contextmanager
def shared_metrics() -> Iterator[None]:
    """Let all processes that are started meanwhile count together, in the directory that is named already or in a new one.

    To be entered before any of them makes its application.
    """
    if os.environ.get(SHARED):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="ineq-kg-metrics-") as folder:
        os.environ[SHARED] = folder
        try:
            yield
        finally:
            del os.environ[SHARED]
