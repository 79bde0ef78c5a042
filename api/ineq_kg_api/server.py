"""The web application."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from ineq_kg import __version__
from ineq_kg.app import App
from ineq_kg.errors import IneqKgError
from ineq_kg_api.pages import analysis_routes, explain_routes, health_routes, page_routes, query_routes
from ineq_kg_api.problems import on_bad_request, on_http_error, on_our_error
from ineq_kg_api.sparql import sparql_routes


def create_app(app: App) -> FastAPI:
    """Return the web application that answers from `app`. Its documentation pages load nothing from other hosts."""
    server: FastAPI = FastAPIOffline(
        title="ineq-kg",
        version=__version__,
        summary="A queryable graph of meta-ethnographies",
        license_info={"name": "Code Apache-2.0; founding data CC BY 4.0"},
    )
    server.state.started = datetime.now(UTC)
    families = (page_routes, query_routes, explain_routes, analysis_routes, sparql_routes, health_routes)
    for routes in families:
        server.include_router(routes(app))
    server.mount("/static", StaticFiles(packages=[("ineq_kg.represent", "static")]), name="static")
    server.exception_handler(IneqKgError)(on_our_error)
    server.exception_handler(HTTPException)(on_http_error)
    server.exception_handler(RequestValidationError)(on_bad_request)
    return server
