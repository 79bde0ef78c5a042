"""Pages, named queries and resources."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from ineq_kg import __version__
from ineq_kg.app import App, Representation
from ineq_kg.errors import NotFound, StoreDamaged, StoreEmpty, StoreError
from ineq_kg.queries.definition import NamedQuery, Question
from ineq_kg.queries.paging import Window
from ineq_kg.represent.explanation import explanation_data
from ineq_kg.represent.formats import Format
from ineq_kg.represent.page import api_page
from ineq_kg.store.embedded import FORM_SELECT, EmbeddedStore
from ineq_kg.store.pool import Running
from ineq_kg.store.warming import Warming
from ineq_kg_api.direct import DirectRoute
from ineq_kg_api.exchange import CLIENT_GONE
from ineq_kg_api.negotiate import choose
from ineq_kg_api.ontology import ontology_routes
from ineq_kg_api.openapi import FORMATS, operation
from ineq_kg_api.responses import respond, respond_data
from ineq_kg_api.waiting import answer_or_leave, client_of

# Where the page is that Swagger UI makes of the service's description.
DOCS = "/docs"
DOCUMENTS = (Format.HTML, *Format.for_form("graph"))
Asked = Annotated[str | None, Query(alias="format", description="A file extension, where Accept cannot be set")]
At = Annotated[str | None, Query(description="A version of the dataset that is kept, as an ETag or a cursor names it")]


_NOT_READY = {StoreEmpty: "empty", StoreDamaged: "damaged"}


def _accept(request: Request) -> str:
    return request.headers.get("accept", "")


def health_routes(app: App, warming: Warming) -> APIRouter:
    """Return the routes that say whether the service lives and is ready."""
    router = APIRouter(tags=["Operations"])

    @router.get("/healthz", summary="Is the process alive?")
    def healthz() -> dict[str, str]:
        return {"status": "ok", "version": __version__}

    @router.get("/readyz", summary="Can it answer?")
    def readyz() -> JSONResponse:
        """Answer with the version that is answered from, and whether its files are those that were committed.

        It is `warm` when its data was read ahead and counted; before, answers may take longer.
        """
        try:
            snapshot = app.store.snapshot()
            quads = warming.quads(snapshot)
        except StoreError as error:
            status = next((word for kind, word in _NOT_READY.items() if isinstance(error, kind)), "unavailable")
            told = {"status": status, "detail": error.message, "mend": error.mend}
            return JSONResponse(told, status_code=503)
        files = app.store.files(snapshot.version)
        warm = {"warm": quads is not None, **({} if quads is None else {"quads": quads})}
        return JSONResponse({"status": "ready", "dataset": snapshot.version, **warm, "files": files})

    return router


def docs_routes(_app: App) -> APIRouter:
    """Return the route of the page that Swagger UI makes of the service's description.

    FastAPI's own page starts Swagger UI by a script in the page, which our policy does not run; this one has it in a file.
    """
    router = APIRouter(include_in_schema=False)

    @router.get(DOCS)
    def docs(request: Request) -> Response:
        return respond(request, Representation.by_content(api_page().encode(), Format.HTML))

    return router


def page_routes(app: App) -> APIRouter:
    """Return the resources and the ontology."""
    router = APIRouter(tags=["Resources"])

    @router.get("/id/{slug:path}", summary="Name a resource; see its document")
    def identify(slug: str, request: Request, at: At = None) -> Response:
        """Answer 303 to the document in the format asked for: a resource is not its description (Cool URIs, W3C 2008)."""
        wanted = choose(_accept(request), DOCUMENTS)
        version = f"?{urlencode({'at': at})}" if at else ""
        return RedirectResponse(f"/doc/{slug}.{wanted.extension}{version}", status_code=303, headers={"Vary": "Accept"})

    @router.get("/doc/{slug:path}", summary="The description of a resource")
    def document(slug: str, request: Request, at: At = None) -> Response:
        name, dot, extension = slug.rpartition(".")
        wanted = Format.by_extension(extension) if dot else None
        if wanted is None:
            name, wanted = slug, choose(_accept(request), DOCUMENTS)
        return respond(request, app.at(at).describe(name, wanted))

    router.include_router(ontology_routes(app))
    return router


def explain_routes(app: App) -> APIRouter:
    """Return the route that says why a triple holds."""
    router = APIRouter(tags=["Reasoning"])

    @router.get("/explain", summary="Why does this hold?")
    def explain(
        request: Request,
        subject: Annotated[str, Query(examples=["mcmahon-2022/study/babbel"])],
        predicate: Annotated[str, Query(examples=["contributesTo"])],
        object_: Annotated[str, Query(alias="object", examples=["mcmahon-2022/argument/narrow-problematisation"])],
        asked: Asked = None,
        at: At = None,
    ) -> Response:
        """Answer with the derivation of a triple as a tree: axioms and premises, down to what was asserted and its words."""
        held = app.at(at)
        step = held.explain(subject, predicate, object_)
        if choose(_accept(request), (Format.JSON, Format.HTML), asked) is Format.HTML:
            return respond(request, held.explanation_page(step))
        return respond_data(request, explanation_data(step), held.snapshot())

    return router


HOW = frozenset({"format", "limit", "cursor", "at"})


def values_of(request: Request) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return the values of a question's own parameters, and how it is to be answered."""
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True):
        values.setdefault(name, []).append(value)
    how = {name: values.pop(name)[-1] for name in HOW & values.keys()}
    return values, how


def _listed(question: Question) -> dict[str, Any]:
    """Return what a question says of itself, and where its text is if it has any."""
    told = {"name": question.name, **question.header.model_dump(exclude_defaults=True)}
    return {**told, "sparql": f"/queries/{question.name}.rq"} if isinstance(question, NamedQuery) else told


# What is answered within so many milliseconds may wait its turn for one of few threads.
QUICK = 150


def _asking(app: App, question: Question) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    """Return what answers requests for a question. The client that goes takes a query of the user's own with it."""
    here = isinstance(app.store, EmbeddedStore)
    quick = here and isinstance(question, NamedQuery) and question.ours and question.header.budget <= QUICK

    async def ask(request: Request) -> Response:
        values, how = values_of(request)
        wanted = choose(_accept(request), FORMATS, how.get("format"))
        window = (
            Window.parse(how.get("limit", ""), how.get("cursor", "")) if "limit" in how or "cursor" in how else None
        )
        client = client_of(request)

        def begin() -> Representation | Running[Representation]:
            held = app.at(how["at"]) if "at" in how else app
            return held.begin(question.name, values, wanted, window, client=client)

        answer: Representation | Running[Representation] | None
        threads = getattr(request.app.state, "quick", None)
        if threads is not None and quick and wanted.holds(FORM_SELECT):
            answer = await threads.run(begin)
        else:
            answer = await run_in_threadpool(begin)
        if isinstance(answer, Running):
            answer = await answer_or_leave(request, answer)
        return Response(status_code=CLIENT_GONE) if answer is None else respond(request, answer)

    return ask


def direct_routes(app: App) -> list[DirectRoute]:
    """Return the route of each question in the catalogue, in its order."""
    return [DirectRoute(f"/queries/{question.name}", _asking(app, question)) for question in app.questions]


def query_routes(app: App) -> APIRouter:
    """Return a route for the catalogue and one for each question in it."""
    router = APIRouter(tags=["Queries"])

    @router.get("/queries", summary="The questions that can be asked by name")
    def catalogue(request: Request, asked: Asked = None, at: At = None) -> Response:
        if choose(_accept(request), (Format.JSON, Format.HTML), asked) is Format.HTML:
            return respond(request, app.at(at).catalogue_page())
        return respond_data(request, [_listed(question) for question in app.questions])

    @router.get("/queries.ttl", summary="The named queries as RDF, for SHACL and SPARQL tools")
    def turtle(request: Request) -> Response:
        from ineq_kg.represent.query_catalogue import catalogue_turtle

        body = catalogue_turtle(app.catalogue, str(request.base_url))
        return respond(request, Representation.by_content(body, Format.TURTLE))

    named = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}, "example": "trace"}

    @router.get(
        "/queries/{name}.rq",
        summary="A named query as SPARQL that stands alone",
        openapi_extra={"parameters": [named]},
    )
    def text(request: Request) -> Response:
        """Answer with the text, the values of its parameters in it; where one is needed and not given, its example."""
        values, _ = values_of(request)
        return respond(request, app.text_of(request.path_params["name"], values))

    for question, (path, endpoint) in zip(app.questions, direct_routes(app), strict=True):
        router.add_api_route(
            path,
            endpoint,
            methods=["GET"],
            name=question.name,
            summary=question.header.summary,
            description=question.header.question,
            response_class=Response,
            openapi_extra=operation(question.name, question.header),
        )

    @router.get("/queries/{name}", include_in_schema=False)
    def unknown(name: str) -> Response:
        app.questions[name]
        raise NotFound(f"there is no query {name!r}", name=name)

    return router
