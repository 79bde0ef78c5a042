"""Bodies of requests: read whole and no further than a limit, and as the RDF documents that they hold."""

from __future__ import annotations

import zlib
from collections.abc import AsyncGenerator
from email.message import Message

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from ineq_kg.errors import ParameterError
from ineq_kg.represent.formats import Format
from ineq_kg.store.job import Document

MULTIPART = "multipart/form-data"
# Files that a form may have.
MOST_FILES = 100
_GRAPHS = ", ".join(member.media_type for member in Format.for_form("graph"))


def media_type_of(header: str) -> str:
    """Return the media type that a Content-Type header names. Raises HTTPException (415) where it is not in UTF-8."""
    told = Message()
    told["Content-Type"] = header or "application/octet-stream"
    charset = told.get_content_charset("utf-8")
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        raise HTTPException(415, f"send UTF-8, not {charset}")
    return told.get_content_type() if header else ""


async def read_body(request: Request, most: int) -> bytes:
    """Return the body, unpacked where it is sent as gzip.

    Raises HTTPException where it has more than `most` bytes (413), packed or not, is packed otherwise (415), or broken (400).
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", "x-gzip"}:
        raise HTTPException(415, f"send the body as it is or as gzip, not as {encoding}", {"Accept-Encoding": "gzip"})
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise _too_long(most)
    unpack = None if encoding == "identity" else zlib.decompressobj(16 + zlib.MAX_WBITS)
    body = bytearray()
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        body += chunk if unpack is None else _unpacked(unpack, chunk, most + 1 - len(body))
        if max(received, len(body)) > most:
            raise _too_long(most)
    if unpack is not None and not unpack.eof:
        raise HTTPException(400, "the body ends before its gzip does")
    return bytes(body)


def _too_long(most: int) -> HTTPException:
    return HTTPException(413, f"the request is longer than {most:,} bytes")


def _unpacked(unpack: zlib._Decompress, chunk: bytes, most: int) -> bytes:
    """Return what a piece of gzip unpacks to, no more than `most` bytes of it: a bomb takes no room. Raises HTTPException."""
    try:
        piece = unpack.decompress(chunk, most)
    except zlib.error as error:
        raise HTTPException(400, f"the body is said to be gzip, and is not: {error}") from error
    if unpack.unused_data:
        raise HTTPException(400, "the body has something behind its gzip")
    return piece


async def read_documents(request: Request, most: int) -> list[Document]:
    """Return the RDF documents that a request sends: its body, or every file of a form (SPARQL 1.1 Graph Store, 5.5).

    Raises HTTPException for what is no RDF that we read (415), is too long (413) or is no form (400).
    """
    header = request.headers.get("content-type", "")
    if media_type_of(header) != MULTIPART:
        _graph_format(header)
        return [_document(await read_body(request, most), header)]
    form = await read_form(request, most)
    try:
        return [await _part(name, part) for name, part in form.multi_items()]
    finally:
        await form.close()


async def read_form(request: Request, most: int) -> FormData:
    """Return a form with files, to be closed. Raises HTTPException where it is too long (413) or is no form (400)."""
    body = await read_body(request, most)

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        return await MultiPartParser(request.headers, stream(), max_files=MOST_FILES, max_fields=MOST_FILES).parse()
    except MultiPartException as error:
        raise HTTPException(400, f"the form cannot be read: {error.message}") from error


async def _part(name: str, part: UploadFile | str) -> Document:
    if isinstance(part, str):
        raise ParameterError(f"{name}: no file", parameter=name, mend="Send each graph as a file, with its type.")
    return _document(await part.read(), part.content_type or "")


def _document(body: bytes, header: str) -> Document:
    return Document(body, _graph_format(header).media_type)


def _graph_format(header: str) -> Format:
    media_type = media_type_of(header)
    found = next((one for one in Format.for_form("graph") if media_type in {one.media_type, *one.aliases}), None)
    if found is None:
        named = media_type or "a body without Content-Type"
        raise HTTPException(415, f"{named} cannot be read as RDF; send one of: {_GRAPHS}", {"Accept-Post": _GRAPHS})
    return found
