"""The SPARQL endpoint: the SPARQL 1.1 Protocol. Whoever asks needs no token, whoever changes anything does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from ineq_kg.app import App, Representation
from ineq_kg.describing import service_description
from ineq_kg.errors import NotAcceptable, ParameterError
from ineq_kg.represent.formats import Format
from ineq_kg.represent.views.sparql_editor import SPARQL_EDITOR
from ineq_kg.store.embedded import Dataset
from ineq_kg.store.pool import Running
from ineq_kg_api.admission import MOST_PARAMETERS
from ineq_kg_api.bodies import media_type_of, read_body
from ineq_kg_api.exchange import CLIENT_GONE, note_asked
from ineq_kg_api.negotiate import choose
from ineq_kg_api.responses import respond
from ineq_kg_api.waiting import answer_or_leave, client_of
from ineq_kg_api.writing import UPDATE, Writer, address

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


def _seconds(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Return the time limit asked for as `timeout=`, in seconds, as Jena Fuseki and QLever (`5s`) take it."""
    given = _one(pairs, "timeout")
    if given is None:
        return None
    try:
        seconds = float(given.removesuffix("s"))
    except ValueError:
        seconds = math.nan
    if not (seconds > 0 and math.isfinite(seconds)):
        message = f"timeout: {given!r} is not a number of seconds"
        raise ParameterError(message, parameter="timeout", value=given, mend="For example timeout=5.")
    return seconds


def _form(text: str) -> list[tuple[str, str]]:
    """Return the fields of a form. Raises HTTPException where it has more than anything here could need."""
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError as error:
        raise HTTPException(413, f"the form has more than {MOST_PARAMETERS:,} fields") from error


async def _read(request: Request, kind: str) -> list[tuple[str, str]]:
    """Return every parameter, a query that is the body of the request among them."""
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    if request.method == "POST":
        if kind not in {FORM, QUERY}:
            known = f"{FORM}, {QUERY} or {UPDATE}"
            raise HTTPException(415, f"send {known}", {"Accept-Post": known.replace(" or", ",")})
        body = await read_body(request, MAX_BODY)
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ParameterError("the request is not UTF-8", parameter="query", mend="Send UTF-8.") from error
        pairs += [("query", text)] if kind == QUERY else _form(text)
    return pairs


def _query(pairs: Sequence[tuple[str, str]]) -> str:
    query = _one(pairs, "query")
    if query is None:
        mend = "For example /sparql?query=SELECT * WHERE { ?s a ikg:Study }"
        raise ParameterError("query is missing", parameter="query", mend=mend)
    return query


def _description(request: Request, pairs: Sequence[tuple[str, str]]) -> Format | None:
    """Return the format to describe the service in: a GET that asks nothing (SPARQL 1.1 Service Description, 2). Else None.

    HTML is for people, who are sent to the page on which they can ask.
    """
    if request.method != "GET" or any(name not in {"format", "at"} for name, _ in pairs):
        return None
    try:
        return choose(request.headers.get("accept", ""), (*Format.for_form("graph"), Format.HTML), _format(pairs))
    except NotAcceptable:
        return None  # whoever takes results alone forgot the query


def sparql_routes(app: App, writer: Writer) -> APIRouter:
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
                    "description": "Without it, the answer is the service's description",
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
                {
                    "name": "at",
                    "in": "query",
                    "schema": {"type": "string"},
                    "description": "A version of the dataset that is kept, as an ETag or a cursor names it",
                },
                {
                    "name": "timeout",
                    "in": "query",
                    "schema": {"type": "number", "exclusiveMinimum": 0},
                    "description": "Seconds after which to give up; can only lower the limit of this service",
                },
            ]
        },
    )
    @router.post("/sparql", summary="Ask in SPARQL 1.1, or change graphs by SPARQL 1.1 Update")
    async def sparql(request: Request) -> Response:
        """Answer SELECT, ASK, CONSTRUCT and DESCRIBE; run an update for whoever has a token; without either, describe this.

        Where neither request nor query name a graph, what is asked is the union of all graphs, if this service is not set
        otherwise.
        """
        kind = media_type_of(request.headers.get("content-type", ""))
        if request.method == "POST" and kind == UPDATE:
            return await writer.update_directly(request)
        pairs = await _read(request, kind)
        if any(name == "update" for name, _ in pairs):
            return await writer.update_by_form(request, pairs)
        described = _description(request, pairs)
        if described is Format.HTML:
            version = _one(pairs, "at")
            asked_at = f"?{urlencode({'at': version})}" if version else ""
            return RedirectResponse(f"/{SPARQL_EDITOR.name}{asked_at}", status_code=303, headers={"Vary": "Accept"})
        if described is not None:
            return respond(
                request,
                await run_in_threadpool(service_description, app.at(_one(pairs, "at")), address(request), described),
            )
        text = _query(pairs)
        note_asked(request.scope, text)
        dataset = Dataset(_all(pairs, "default-graph-uri"), _all(pairs, "named-graph-uri"), base=address(request))
        asked = _format(pairs)
        accept = request.headers.get("accept", "")

        def pick(form: str) -> Format:
            return choose(accept, Format.for_form(form), asked)

        at, client, seconds = _one(pairs, "at"), client_of(request), _seconds(pairs)

        def asking() -> Running[Representation]:
            return app.at(at).sparql(text, pick, dataset, client=client, seconds=seconds)

        # Off the event loop: the store may have to be opened first.
        answer = await answer_or_leave(request, await run_in_threadpool(asking))
        return Response(status_code=CLIENT_GONE) if answer is None else respond(request, answer)

    return router
