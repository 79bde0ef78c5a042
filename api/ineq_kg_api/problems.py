"""Errors as problem details (RFC 9457): the one map from our errors to HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import mimeparse
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from ineq_kg.errors import (
    AccessError,
    ChangeRefused,
    EndpointFailed,
    EngineCrashed,
    ExtraMissing,
    FiguresNotReady,
    GraphReserved,
    IndexNotReady,
    IneqKgError,
    InputError,
    NotAcceptable,
    NotFound,
    NotOnRemote,
    ParameterError,
    QueryError,
    QueryRefused,
    QueryStopped,
    QueryTimeout,
    RemoteError,
    ResultTooLarge,
    ScopeMissing,
    StoreBusy,
    StoreEmpty,
    StoreError,
    TokenMissing,
    TokenUnknown,
    TooManyQueries,
    VersionGone,
    VersionMoved,
)
from ineq_kg.represent.formats import Format
from ineq_kg.represent.page import problem_page
from ineq_kg_api.exchange import note_problem

PROBLEM = "application/problem+json"
BEARER = 'Bearer realm="ineq-kg"'

STATUS: dict[type[IneqKgError], int] = {
    IneqKgError: 500,
    InputError: 400,
    QueryError: 400,
    QueryRefused: 403,
    ParameterError: 422,
    NotFound: 404,
    VersionGone: 410,
    NotAcceptable: 406,
    ChangeRefused: 422,
    GraphReserved: 403,
    VersionMoved: 412,
    AccessError: 403,
    TokenMissing: 401,
    TokenUnknown: 401,
    StoreError: 500,
    StoreBusy: 503,
    StoreEmpty: 503,
    IndexNotReady: 503,
    FiguresNotReady: 503,
    RemoteError: 502,
    NotOnRemote: 501,
    QueryStopped: 503,
    QueryTimeout: 504,
    ResultTooLarge: 413,
    EngineCrashed: 422,
    EndpointFailed: 502,
    ExtraMissing: 501,
}


def problem(
    status: int, title: str, detail: str = "", headers: Mapping[str, str] | None = None, **more: Any
) -> JSONResponse:
    """Return a problem+json response; members without a value are left out."""
    members = {"title": title, "status": status, "detail": detail, **more}
    content = {name: value for name, value in members.items() if value not in ("", None)}
    return JSONResponse(content, status_code=status, media_type=PROBLEM, headers=dict(headers or {}))


def status_of(error: IneqKgError) -> int:
    """Return the status for an error: that of the nearest class above it in STATUS."""
    return next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)


# The facts of errors that a problem tells, as their classes name them.
MEMBERS = ("parameter", "value", "limit", "allowed", "line", "graph", "version", "scope", "findings")


def _headers(error: IneqKgError) -> dict[str, str]:
    if isinstance(error, TooManyQueries):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, StoreBusy | IndexNotReady | FiguresNotReady):
        return {"Retry-After": "1"}
    # RFC 6750, 3: what was wrong with a token, and nothing where there was none.
    if isinstance(error, ScopeMissing):
        return {"WWW-Authenticate": f'{BEARER}, error="insufficient_scope", scope="{error.scope}"'}
    if isinstance(error, TokenUnknown):
        return {"WWW-Authenticate": f'{BEARER}, error="invalid_token"'}
    return {"WWW-Authenticate": BEARER} if isinstance(error, TokenMissing) else {}


def _answer(request: Request, answer: JSONResponse) -> Response:
    """Return a problem as the caller reads it: a browser that went to an address gets a page, everyone else data."""
    answer.headers.setdefault("Vary", "Accept")
    accept = request.headers.get("accept") or "*/*"
    try:
        # Of types that are liked as well, the last is taken.
        liked = mimeparse.best_match([Format.HTML.media_type, PROBLEM], accept)
    except mimeparse.MimeTypeParseException:
        return answer
    if request.method not in {"GET", "HEAD"} or liked != Format.HTML.media_type:
        return answer
    told = json.loads(bytes(answer.body))
    page = problem_page(told["title"], told.get("detail", ""), told.get("mend", ""))
    headers = {name: value for name, value in answer.headers.items() if name not in {"content-length", "content-type"}}
    return Response(page, answer.status_code, headers, Format.HTML.content_type)


def on_our_error(request: Request, error: IneqKgError) -> Response:
    """Answer one of our own errors."""
    note_problem(request.scope, type(error).__name__)
    facts = {name: getattr(error, name, None) for name in MEMBERS}
    told = problem(status_of(error), type(error).__name__, error.message, _headers(error), mend=error.mend, **facts)
    return _answer(request, told)


def on_http_error(request: Request, error: HTTPException) -> Response:
    """Answer the framework's own errors (no such route, wrong method)."""
    note_problem(request.scope, type(error).__name__)
    told = problem(error.status_code, str(error.detail), f"{request.method} {request.url.path}", error.headers)
    return _answer(request, told)


def on_bad_request(request: Request, error: RequestValidationError) -> Response:
    """Answer a parameter that FastAPI could not read."""
    note_problem(request.scope, ParameterError.__name__)
    first = error.errors()[0]
    name = str(first["loc"][-1])
    return _answer(request, problem(422, "ParameterError", f"{name}: {first['msg']}", parameter=name))
