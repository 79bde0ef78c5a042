"""Representations as HTTP responses."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from ineq_kg import __version__
from ineq_kg.app import Representation
from ineq_kg.queries.paging import Page

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
}


def _paging(request: Request, page: Page) -> dict[str, str]:
    """Return the links to the other pages (RFC 8288), each to the same version, and the exact number of rows there are."""
    base = request.url.remove_query_params("cursor").remove_query_params("at")
    links = {name: base.include_query_params(cursor=cursor) for name, cursor in page.links.items()}
    return {
        "Link": ", ".join(f'<{url.path}?{url.query}>; rel="{name}"' for name, url in links.items()),
        "X-Total-Count": str(page.total),
    }


def respond(request: Request, answer: Representation) -> Response:
    """Return the answer, or 304 where the caller has this version already.

    The tag names dataset version, software version and format: at the same of all three, a URL has the same bytes.
    """
    tag = f'"{answer.version}.{__version__}.{answer.format.extension}"'
    headers = {"ETag": tag, "Vary": "Accept", "Cache-Control": "no-cache", **SECURITY}
    if answer.page is not None:
        headers |= _paging(request, answer.page)
    known = {item.strip().removeprefix("W/") for item in request.headers.get("if-none-match", "").split(",")}
    if request.method in {"GET", "HEAD"} and (tag in known or "*" in known):
        return Response(status_code=304, headers=headers)
    return Response(answer.body, headers=headers, media_type=answer.format.content_type)
