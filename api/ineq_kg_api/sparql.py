"""The SPARQL endpoint: the query operation of the SPARQL 1.1 Protocol (section 2.1), read only."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ineq_kg.app import App
from ineq_kg.errors import ParameterError
from ineq_kg.represent.formats import Format
from ineq_kg.store.embedded import Dataset
from ineq_kg_api.negotiate import choose
from ineq_kg_api.responses import respond

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
MAX_BODY = 1024 * 1024


def _one(pairs: Sequence[tuple[str, str]], name: str) -> str | None:
    values = [value for key, value in pairs if key == name]
    if len(values) > 1:
        raise ParameterError(f"{name} is given {len(values)} times", parameter=name, mend="Give it once.")
    return values[0] if values else None


def _format(pairs: Sequence[tuple[str, str]]) -> str | None:
    """Return the format asked for by any of the names that clients use for it (SPARQLWrapper sends all three at once)."""
    return next((value for key, value in pairs if key in {"format", "output", "results"}), None)


def _all(pairs: Sequence[tuple[str, str]], name: str) -> tuple[str, ...]:
    return tuple(value for key, value in pairs if key == name)


async def _read(request: Request) -> tuple[str, list[tuple[str, str]]]:
    """Return the query text and every parameter, from whichever of the protocol's three forms was used."""
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                raise HTTPException(413, f"the request is longer than {MAX_BODY:,} bytes")
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ParameterError("the request is not UTF-8", parameter="query", mend="Send UTF-8.") from error
        if kind == QUERY:
            return text, pairs
        if kind != FORM:
            raise HTTPException(415, f"send {FORM} or {QUERY}", {"Accept-Post": f"{FORM}, {QUERY}"})
        pairs += parse_qsl(text, keep_blank_values=True)
    if any(key == "update" for key, _ in pairs):
        raise ParameterError("this endpoint is read only", parameter="update", mend="Send a query.")
    query = _one(pairs, "query")
    if query is None:
        mend = "For example /sparql?query=SELECT * WHERE { ?s a ikg:Study }"
        raise ParameterError("query is missing", parameter="query", mend=mend)
    return query, pairs


def sparql_routes(app: App) -> APIRouter:
    """Return the routes of the endpoint."""
    router = APIRouter(tags=["SPARQL"])

    @router.get(
        "/sparql",
        summary="Ask in SPARQL 1.1 (read only)",
        openapi_extra={
            "parameters": [
                {
                    "name": "query",
                    "in": "query",
                    "required": True,
                    "schema": {"type": "string"},
                    "example": "SELECT ?study ?label WHERE { ?study a ikg:Study ; skos:prefLabel ?label }",
                },
                {"name": "default-graph-uri", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                {"name": "named-graph-uri", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                {
                    "name": "format",
                    "in": "query",
                    "schema": {"type": "string"},
                    "description": "A file extension, where Accept cannot be set",
                },
            ]
        },
    )
    @router.post("/sparql", summary="Ask in SPARQL 1.1 (read only)")
    async def sparql(request: Request) -> Response:
        """Answer SELECT, ASK, CONSTRUCT and DESCRIBE. Without a dataset, the default graph is the union of all graphs."""
        text, pairs = await _read(request)
        dataset = Dataset(_all(pairs, "default-graph-uri"), _all(pairs, "named-graph-uri"))
        asked = _format(pairs)
        accept = request.headers.get("accept", "")

        def pick(form: str) -> Format:
            return choose(accept, Format.for_form(form), asked)

        # Off the event loop: the engine releases the GIL, and a long query must not stall other requests.
        return respond(request, await run_in_threadpool(app.sparql, text, pick, dataset))

    return router
