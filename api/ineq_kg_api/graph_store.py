"""Whole graphs over HTTP: the SPARQL 1.1 Graph Store HTTP Protocol."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from ineq_kg.app import App
from ineq_kg.errors import ParameterError
from ineq_kg.represent.formats import Format
from ineq_kg_api.bodies import read_documents
from ineq_kg_api.negotiate import choose
from ineq_kg_api.responses import respond
from ineq_kg_api.writing import MAX_CHANGE, Pairs, Writer, address, only, query_pairs, refuse_unknown

PATH = "/graph-store"
_READING = {"default", "graph", "format", "at"}
_WRITING = {"default", "graph", "why", "validate"}
_GRAPH: list[dict[str, Any]] = [
    {"name": "graph", "in": "query", "schema": {"type": "string", "format": "iri"}, "description": "The graph's IRI"},
    {"name": "default", "in": "query", "schema": {"type": "string"}, "description": "The unnamed graph, in its place"},
]
_CHANGE: list[dict[str, Any]] = [
    *_GRAPH,
    {"name": "why", "in": "query", "schema": {"type": "string"}, "description": "Why, for the journal"},
    {
        "name": "validate",
        "in": "query",
        "schema": {"type": "string", "enum": ["strict", "warn"]},
        "description": "What becomes of a change that leaves a synthesis in breach of its rules",
    },
]
_BODY: dict[str, Any] = {"content": {member.media_type: {} for member in Format.for_form("graph")}}


def _named(request: Request, pairs: Pairs) -> str | None:
    """Return the IRI of the graph that a request is about, None for the unnamed one (4.1 and 4.2). Raises ParameterError."""
    graph, default = only(pairs, "graph"), only(pairs, "default")
    direct = request.path_params.get("path") is not None
    if direct + (graph is not None) + (default is not None) != 1:
        raise ParameterError("one graph is to be named", parameter="graph", mend="Give either graph=IRI or default.")
    return address(request) if direct else graph


def graph_store_routes(app: App, writer: Writer) -> APIRouter:
    """Return the routes of the graph store. A graph is named by a parameter, or its IRI is the URL that is asked itself."""
    router = APIRouter(tags=["Graphs"])
    direct = PATH + "/{path:path}"

    @router.get(PATH, summary="Read a graph", openapi_extra={"parameters": _GRAPH})
    @router.get(direct, include_in_schema=False)
    def read(request: Request) -> Response:
        """Answer with all triples of one graph, in any format for graphs."""
        pairs = query_pairs(request)
        refuse_unknown(pairs, _READING)
        graph = _named(request, pairs)
        accept = request.headers.get("accept", "")
        wanted = choose(accept, Format.for_form("graph"), only(pairs, "format"))
        return respond(request, app.at(only(pairs, "at")).graph(graph, wanted))

    async def write(request: Request, *, replace: bool) -> Response:
        who = writer.admit(request)
        pairs = query_pairs(request)
        refuse_unknown(pairs, _WRITING)
        fresh = (
            not replace and request.path_params.get("path") is None and not {"graph", "default"} & dict(pairs).keys()
        )
        graph = f"{address(request).rstrip('/')}/{uuid4()}" if fresh else _named(request, pairs)
        documents = await read_documents(request, MAX_CHANGE)
        terms = writer.terms(request, who, pairs, f"{request.method} {graph or 'the unnamed graph'}")
        change = app.changes.put if replace else app.changes.add
        return await writer.make(
            partial(change, graph, documents, graph or address(request), terms), str(graph) if fresh else ""
        )

    @router.put(
        PATH,
        summary="Make a graph hold what is sent, and nothing else",
        openapi_extra={"parameters": _CHANGE, "requestBody": _BODY},
    )
    @router.put(direct, include_in_schema=False)
    async def put(request: Request) -> Response:
        """Answer with the version that holds it: 201 where the graph is new, else 200."""
        return await write(request, replace=True)

    @router.post(
        PATH,
        summary="Add what is sent to a graph; without a name, to a new one",
        openapi_extra={"parameters": _CHANGE, "requestBody": _BODY},
    )
    @router.post(direct, include_in_schema=False)
    async def post(request: Request) -> Response:
        """Answer with the version that holds it: 201 where the graph is new, with its IRI as Location; else 200."""
        return await write(request, replace=False)

    @router.delete(PATH, summary="Remove a graph", openapi_extra={"parameters": _CHANGE})
    @router.delete(direct, include_in_schema=False)
    async def delete(request: Request) -> Response:
        """Answer with the version that is without it. The unnamed graph is emptied."""
        who = writer.admit(request)
        pairs = query_pairs(request)
        refuse_unknown(pairs, _WRITING)
        graph = _named(request, pairs)
        terms = writer.terms(request, who, pairs, f"DELETE {graph or 'the unnamed graph'}")
        return await writer.make(partial(app.changes.drop, graph, terms))

    return router
