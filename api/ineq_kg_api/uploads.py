"""Documents sent in by a form: checked for anyone, loaded for whoever has a token."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from ineq_kg.app import App
from ineq_kg.represent.formats import Format
from ineq_kg.represent.upload_page import lot_page, upload_page
from ineq_kg.store.opening import folder_beside
from ineq_kg.uploads import Lot, Order, Uploads
from ineq_kg_api.bodies import MULTIPART, media_type_of, read_form
from ineq_kg_api.negotiate import choose
from ineq_kg_api.writing import MAX_WHY, Writer

_OFFERED = (Format.HTML, Format.JSON)
# The longest form, in bytes.
MAX_UPLOAD = 64 * 1024 * 1024
_NO_STORE = {"Cache-Control": "no-store"}


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


@asynccontextmanager
async def _form(request: Request) -> AsyncIterator[FormData]:
    """Read a form for as long as the context lasts. Raises HTTPException for anything else."""
    if media_type_of(request.headers.get("content-type", "")) != MULTIPART:
        raise HTTPException(415, f"send {MULTIPART}", {"Accept-Post": MULTIPART})
    form = await read_form(request, MAX_UPLOAD)
    try:
        yield form
    finally:
        await form.close()


async def _documents(form: FormData) -> list[tuple[str, bytes]]:
    """Return the names and contents of the files in a form; a browser sends one without a name where none was chosen."""
    files = (part for part in form.getlist("files") if isinstance(part, UploadFile) and part.filename)
    return [(part.filename or "", await part.read()) for part in files]


def _wants_page(request: Request) -> bool:
    return choose(request.headers.get("accept", ""), _OFFERED) is Format.HTML


def _told(request: Request, lot: Lot, status: int = 200) -> Response:
    if _wants_page(request):
        return Response(lot_page(lot), media_type=Format.HTML.content_type, headers=_NO_STORE)
    return JSONResponse(lot.data(), status, headers={**_NO_STORE, "Location": f"/upload/{lot.id}"})


def _onward(request: Request, lot: Lot) -> Response:
    """Return where to see how far it is: for a browser a page to go to, else that it was accepted (RFC 9110, 15.3.3)."""
    if _wants_page(request):
        return RedirectResponse(f"/upload/{lot.id}", status_code=303, headers=_NO_STORE)
    return _told(request, lot, 202)


def upload_routes(app: App, writer: Writer) -> APIRouter:
    """Return the routes of the form, of what was sent, and of what came of it."""
    router = APIRouter(tags=["Uploads"], prefix="/upload")
    uploads = Uploads(folder_beside(app.store, "uploads"), str(app.store.location), app.pool.limits)

    @router.get("", include_in_schema=False)
    def form(_request: Request) -> Response:
        return Response(upload_page(), media_type=Format.HTML.content_type)

    @router.post("", summary="Check a synthesis: YAML files, Excel workbooks, Word tables", status_code=202)
    async def send(request: Request) -> Response:
        """Take the files of one synthesis, parts called `files`, and begin to check them. The dataset stays as it is."""
        async with _form(request) as form:
            documents = await _documents(form)
        return _onward(request, uploads.lot(await run_in_threadpool(uploads.begin, documents, Order())))

    @router.get("/{id_}", summary="How far it is, and what was found")
    def lot(id_: str, request: Request) -> Response:
        return _told(request, uploads.lot(id_))

    @router.post("/{id_}/load", summary="Load what was checked and found sound", status_code=202)
    async def load(id_: str, request: Request) -> Response:
        """Begin to load it, for who has a token: in the Authorization header, or as `token` in the form."""
        async with _form(request) as form:
            token, why = _text(form, "token"), _text(form, "why")[:MAX_WHY]
        who = writer.admit(request) if not token else writer.admit_token(token)
        await run_in_threadpool(uploads.load, id_, Order(who=who, why=why))
        return _onward(request, uploads.lot(id_))

    @router.post("/{id_}/cancel", summary="Want no more of it", status_code=202)
    def cancel(id_: str, request: Request) -> Response:
        uploads.cancel(id_)
        return _onward(request, uploads.lot(id_))

    return router
