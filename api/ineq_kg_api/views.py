"""A route for each view."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from ineq_kg.app import App
from ineq_kg.represent.views.catalogue import VIEWS
from ineq_kg.represent.views.definition import View
from ineq_kg_api.negotiate import choose
from ineq_kg_api.openapi import view_operation, view_path
from ineq_kg_api.pages import values_of
from ineq_kg_api.responses import respond


def view_routes(app: App) -> APIRouter:
    """Return the routes of all views: a page for a browser, data for a program."""
    router = APIRouter(tags=["Pages"])

    def add(view: View[Any]) -> None:
        def show(request: Request) -> Response:
            values, how = values_of(request)
            if view.path and request.path_params[view.path]:
                values[view.path] = [request.path_params[view.path]]
            wanted = choose(request.headers.get("accept", ""), view.formats, how.get("format"))
            server, version = str(request.base_url), how.get("at")
            answer = app.at(version).view(view, values, wanted, server)
            return respond(request, answer, view.media_type(wanted))

        router.add_api_route(
            view_path(view),
            show,
            methods=["GET"],
            name=f"view {view.name}",
            summary=view.form.summary,
            description=view.form.question,
            response_class=Response,
            openapi_extra=view_operation(view),
        )

    for view in VIEWS.values():
        add(view)
    return router
