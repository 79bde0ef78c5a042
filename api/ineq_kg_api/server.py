"""The web application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from ineq_kg import __version__
from ineq_kg.access import Gate, TokenGate, Tokens
from ineq_kg.app import App
from ineq_kg.config import Settings
from ineq_kg.errors import IneqKgError
from ineq_kg.operating import LIBRARY, Operating
from ineq_kg.resources import scripts
from ineq_kg.store.embedded import EmbeddedStore
from ineq_kg.store.together import Together
from ineq_kg.store.warming import SETTLING, Warming
from ineq_kg_api.descriptions import description_routes
from ineq_kg_api.graph_store import graph_store_routes
from ineq_kg_api.openapi import describe
from ineq_kg_api.operations import REDOC, operate, operated
from ineq_kg_api.pages import docs_routes, explain_routes, health_routes, page_routes, query_routes
from ineq_kg_api.problems import on_bad_request, on_http_error, on_our_error
from ineq_kg_api.quick import Busy, QuickThreads
from ineq_kg_api.shelf import Shelf
from ineq_kg_api.sparql import sparql_routes
from ineq_kg_api.uploads import upload_routes
from ineq_kg_api.versions import version_routes
from ineq_kg_api.views import view_routes
from ineq_kg_api.writing import Writer

# How long a search waits for the index of a new version, in seconds.
INDEX_PATIENCE = 5.0


async def _settle(app: App, warming: Warming) -> None:
    """Make ready what can wait until who waited for the start is answered: the data in memory, then workers and the index.

    A SPARQL query that comes sooner starts a worker for itself.
    """
    await asyncio.sleep(SETTLING)
    warming.begin()
    await asyncio.sleep(SETTLING)
    app.start()
    await run_in_threadpool(app.begin_index)


def _lifespan(app: App, warming: Warming, busy: Busy | None) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def running(server: FastAPI) -> AsyncIterator[None]:
        server.state.quick = QuickThreads(busy)
        await run_in_threadpool(app.rehearse)
        settling = asyncio.create_task(_settle(app, warming))
        async with operated(server):
            yield
        settling.cancel()
        # By now every request has its answer, or was given up by the server.
        server.state.quick.stop()
        await run_in_threadpool(app.stop)

    return running


def create_app(
    app: App,
    gate: Gate | None = None,
    operating: Operating = LIBRARY,
    *,
    started: datetime | None = None,
    shelf: Shelf | None = None,
    together: Together | None = None,
    busy: Busy | None = None,
) -> FastAPI:
    """Return the web application that answers from `app`. Its documentation pages load nothing from other hosts.

    `gate` says who may write; without one, whoever has a token of the file that the settings say. `operating` is how the
    service is run, and `started` is when it was, where this is one of its processes; `shelf` is where finished answers are
    kept, if they are, `together` how it shares with the others what it finds out of a version, and `busy` how it tells them
    what it is at.
    """
    warming = Warming(app.store, together)
    if together is not None and isinstance(app.store, EmbeddedStore):
        app.store.health.together = together
    server: FastAPI = FastAPIOffline(
        title="ineq-kg",
        version=__version__,
        summary="A queryable graph of meta-ethnographies",
        license_info={"name": "Code Apache-2.0; founding data CC BY 4.0"},
        lifespan=_lifespan(app, warming, busy),
        docs_url=None,
        redoc_url=REDOC,
    )
    app.patience = INDEX_PATIENCE
    server.state.started = started or datetime.now(UTC)
    # Routes are tried in order, and most requests are for queries.
    for routes in (query_routes, docs_routes, view_routes, page_routes, description_routes, explain_routes):
        server.include_router(routes(app))
    server.include_router(health_routes(app, warming))
    writer = Writer(app, gate or TokenGate(Tokens(Settings(app.store.location).tokens_file)))
    server.state.writer = writer
    for writing in (sparql_routes, graph_store_routes, version_routes, upload_routes):
        server.include_router(writing(app, writer))
    if (built := scripts()) is not None:
        server.mount("/static/ui", StaticFiles(directory=built), name="scripts")
    server.mount("/static", StaticFiles(packages=[("ineq_kg.represent", "static")]), name="static")
    server.exception_handler(IneqKgError)(on_our_error)
    server.exception_handler(HTTPException)(on_http_error)
    server.exception_handler(RequestValidationError)(on_bad_request)
    describe(server)
    operate(server, app, operating, shelf)
    return server
