"""The versions of the dataset: who made each, when and why; and the way back to one of them."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from ineq_kg.access import Scope
from ineq_kg.app import App, Representation
from ineq_kg.errors import VersionGone
from ineq_kg.represent.formats import Format
from ineq_kg.represent.journal import FORMATS, entry_data, journal_data
from ineq_kg_api.negotiate import choose
from ineq_kg_api.responses import respond, respond_data
from ineq_kg_api.writing import Writer, address, query_pairs, refuse_unknown

Asked = Annotated[str | None, Query(alias="format", description="A file extension, where Accept cannot be set")]


def version_routes(app: App, writer: Writer) -> APIRouter:
    """Return the routes of the journal."""
    router = APIRouter(tags=["Versions"])

    @router.get("/versions", summary="Every change: who, when and why")
    def versions(request: Request, asked: Asked = None) -> Response:
        """Answer with the journal, as JSON with the newest first, or as RDF in PROV-O."""
        wanted = choose(request.headers.get("accept", ""), FORMATS, asked)
        entries = app.store.entries()
        if wanted is Format.JSON:
            return respond_data(request, journal_data(entries, app.store.kept()))
        from ineq_kg.represent.provenance import journal_document

        return respond(request, Representation.by_content(journal_document(entries, address(request), wanted), wanted))

    @router.get("/versions/{version}", summary="One change")
    def version(version: str, request: Request) -> Response:
        for entry in app.store.entries():
            if entry.version == version:
                return respond_data(request, entry_data(entry, app.store.kept()))
        raise VersionGone(f"version {version[:40]!r} never was", name=version)

    @router.post(
        "/versions/{version}/revert", summary="Go back to this version: make a new one that holds what it holds"
    )
    async def revert(version: str, request: Request) -> Response:
        """Answer with the new version. Needs a token for `admin`: changes of others are undone."""
        who = writer.admit(request, Scope.ADMIN)
        pairs = query_pairs(request)
        refuse_unknown(pairs, {"why"})
        terms = writer.terms(request, who, pairs, f"back to {version}")
        return await writer.make(partial(app.changes.revert, version, terms))

    return router
