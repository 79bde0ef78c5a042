"""Representations as HTTP responses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ineq_kg import __version__
from ineq_kg.app import Representation
from ineq_kg.queries.paging import Page
from ineq_kg.represent.formats import Format
from ineq_kg.resources import scripts
from ineq_kg.store.protocol import Snapshot

# What every answer carries, where it says nothing else itself: see `operations`. Nothing runs or is styled but from files of
# this host, and nothing is sent anywhere else.
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def _policy(**other: str) -> str:
    """Return a Content-Security-Policy; `other` are directives that differ, with underscores for hyphens."""
    directives = _POLICY | {name.replace("_", "-"): sources for name, sources in other.items()}
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Content-Security-Policy": _policy(),
}
# ReDoc styles its page as it goes, and searches in a worker that it makes itself. It runs no script of the page.
SECURITY_OF_REDOC = {
    **SECURITY,
    "Content-Security-Policy": _policy(style_src="'self' 'unsafe-inline'", worker_src="'self' blob:"),
}


def _paging(request: Request, page: Page) -> dict[str, str]:
    """Return the links to the other pages (RFC 8288), each to the same version, and the exact number of rows there are."""
    base = request.url.remove_query_params("cursor").remove_query_params("at")
    links = {name: base.include_query_params(cursor=cursor) for name, cursor in page.links.items()}
    return {
        "Link": ", ".join(f'<{url.path}?{url.query}>; rel="{name}"' for name, url in links.items()),
        "X-Total-Count": str(page.total),
    }


@lru_cache(maxsize=64)  # a version has one, however often it answers
def _http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def _modified(request: Request, answer: Representation) -> datetime | None:
    """Return when the answer was last modified, to the second: when its version was committed, or this server started.

    None for two seconds after: what was changed twice in one second must not pass for the same (RFC 9110, 8.8.2.2).
    """
    if answer.committed is None:
        return None
    modified = max(answer.committed, request.app.state.started).replace(microsecond=0)
    return modified if datetime.now(UTC) - modified > timedelta(seconds=2) else None


def has_already(known: str | None, since: str, tag: str, modified: str) -> bool:
    """Say whether the caller has the answer already (RFC 9110, 13.2.2: the tag counts, else the date).

    `known` is If-None-Match and `since` If-Modified-Since of the request; `modified` is Last-Modified of the answer, or empty.
    """
    if known is not None:
        return known == tag or bool({tag, "*"} & {item.strip().removeprefix("W/") for item in known.split(",")})
    if not since or not modified:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False
    return moment.tzinfo is not None and parsedate_to_datetime(modified) <= moment


def _has(request: Request, tag: str, modified: str) -> bool:
    given = request.headers
    return has_already(given.get("if-none-match"), given.get("if-modified-since", ""), tag, modified)


def respond_data(request: Request, data: Any, of: Snapshot | None = None) -> Response:
    """Return plain data as JSON, or 304 where the caller has it already; `of` is what it is true of, if of any dataset."""
    body = bytes(JSONResponse(data).body)
    answer = Representation.by_content(body, Format.JSON) if of is None else Representation.of(of, body, Format.JSON)
    return respond(request, answer, JSONResponse.media_type)


def respond(request: Request, answer: Representation, content_type: str | None = None) -> Response:
    """Return the answer, or 304 where the caller has this version already. `content_type` may say another than its format's.

    The tag names dataset version, software version and format: at the same of all three, a URL has the same bytes. Pages with
    scripts differ from those without.
    """
    scripted = "scripted." if answer.format is Format.HTML and scripts() is not None else ""
    tag = f'"{answer.version}.{__version__}.{scripted}{answer.format.extension}"'
    headers = {"ETag": tag, "Vary": "Accept", "Cache-Control": "no-cache"}
    if answer.page is not None:
        headers |= _paging(request, answer.page)
    moment = _modified(request, answer)
    modified = "" if moment is None else _http_date(moment)
    if modified:
        headers["Last-Modified"] = modified
    if request.method in {"GET", "HEAD"} and _has(request, tag, modified):
        return Response(status_code=304, headers=headers)
    return Response(answer.body, headers=headers, media_type=content_type or answer.format.content_type)
