"""The dataset described, at its own address and where VoID says that clients may look for it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from ineq_kg.app import App
from ineq_kg.describing import dataset_description, page_of_dataset
from ineq_kg.represent.formats import Format
from ineq_kg.represent.views.dataset import PATH
from ineq_kg_api.negotiate import choose
from ineq_kg_api.pages import Asked, At
from ineq_kg_api.responses import respond


def description_routes(app: App) -> APIRouter:
    """Return the routes of the dataset's description."""
    router = APIRouter(tags=["Resources"])

    @router.get(f"/{PATH}", summary="The dataset described: a page, or VoID and DCAT")
    @router.get("/.well-known/void", include_in_schema=False)
    def describe(request: Request, asked: Asked = None, at: At = None) -> Response:
        """Answer with what the dataset holds, in figures, where each graph is to be had, and which versions are kept."""
        wanted = choose(request.headers.get("accept", ""), (*Format.for_form("graph"), Format.HTML), asked)
        held = app.at(at)
        if wanted is Format.HTML:
            return respond(request, page_of_dataset(held))
        return respond(request, dataset_description(held, str(request.base_url), wanted))

    return router
