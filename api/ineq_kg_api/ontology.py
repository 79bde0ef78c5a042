"""The ontology, its versions, parts and documentation, and the JSON-LD context of records."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from ineq_kg.app import App
from ineq_kg_api.negotiate import choose
from ineq_kg_api.responses import respond

Asked = Annotated[str | None, Query(alias="format", description="A file extension, where Accept cannot be set")]


def ontology_routes(app: App) -> APIRouter:
    """Return the routes of the ontology: each IRI of it leads, under w3id.org, to the same path here."""
    router = APIRouter(tags=["Ontology"])

    def answer(request: Request, asked: str | None, part: str = "", version: str = "") -> Response:
        from ineq_kg.represent.ontology import FORMATS

        wanted = choose(request.headers.get("accept", ""), FORMATS, asked)
        return respond(request, app.ontology(wanted, part, version))

    @router.get("/ontology", summary="The ontology")
    def ontology(request: Request, asked: Asked = None) -> Response:
        return answer(request, asked)

    @router.get("/ontology/docs", summary="The ontology's documentation, with a diagram")
    def docs(request: Request) -> Response:
        return respond(request, app.ontology_docs())

    @router.get("/ontology/{version}", summary="A version of the ontology")
    def version(version: str, request: Request, asked: Asked = None) -> Response:
        return answer(request, asked, version=version)

    @router.get("/ontology/{folder}/{name}", summary="A part of the ontology: a component, an alignment, profiles/rl")
    def part(folder: str, name: str, request: Request, asked: Asked = None) -> Response:
        return answer(request, asked, f"{folder}/{name}")

    @router.get("/ontology/{version}/{folder}/{name}", summary="A part in a version of the ontology")
    def part_version(version: str, folder: str, name: str, request: Request, asked: Asked = None) -> Response:
        return answer(request, asked, f"{folder}/{name}", version)

    @router.get("/context.jsonld", summary="The JSON-LD context of records")
    def context(request: Request) -> Response:
        return respond(request, app.context())

    return router
