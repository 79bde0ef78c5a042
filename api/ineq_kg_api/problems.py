"""Errors as problem details (RFC 9457): the one map from our errors to HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from ineq_kg.errors import (
    ExtraMissing,
    IneqKgError,
    InputError,
    NotAcceptable,
    NotFound,
    ParameterError,
    QueryError,
    QueryRefused,
    StoreBusy,
    StoreEmpty,
    StoreError,
    VersionGone,
)

PROBLEM = "application/problem+json"

STATUS: dict[type[IneqKgError], int] = {
    IneqKgError: 500,
    InputError: 400,
    QueryError: 400,
    QueryRefused: 403,
    ParameterError: 422,
    NotFound: 404,
    VersionGone: 410,
    NotAcceptable: 406,
    StoreError: 500,
    StoreBusy: 503,
    StoreEmpty: 503,
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


def on_our_error(_request: Request, error: IneqKgError) -> JSONResponse:
    """Answer one of our own errors."""
    parameter = error.parameter if isinstance(error, ParameterError) else None
    value = error.value if isinstance(error, ParameterError) else None
    return problem(
        status_of(error), type(error).__name__, error.message, mend=error.mend, parameter=parameter, value=value
    )


def on_http_error(request: Request, error: HTTPException) -> JSONResponse:
    """Answer the framework's own errors (no such route, wrong method)."""
    return problem(error.status_code, str(error.detail), f"{request.method} {request.url.path}", error.headers)


def on_bad_request(_request: Request, error: RequestValidationError) -> JSONResponse:
    """Answer a parameter that FastAPI could not read."""
    first = error.errors()[0]
    name = str(first["loc"][-1])
    return problem(422, "ParameterError", f"{name}: {first['msg']}", parameter=name)
