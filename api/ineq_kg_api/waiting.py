"""Waiting for a query's answer for as long as somebody waits for it at the other end."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, TypeVar

from starlette.requests import Request

from ineq_kg.store.pool import Running

T = TypeVar("T")


def client_of(request: Request) -> str:
    """Return who asks: the address, or of an IPv6 address the network of 64 bits that one subscriber has (RFC 6177)."""
    client = request.scope.get("client")
    return _subscriber(client[0]) if client else ""


@lru_cache(maxsize=4096)  # clients come again and again
def _subscriber(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address) or address.ipv4_mapped:
        return host
    return str(ip_network((address, 64), strict=False))


async def _gone(request: Request) -> None:
    """Return when the client has gone. To be called when the body of the request has been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def answer_or_leave(request: Request, running: Running[T]) -> T | None:
    """Return the answer, or None where the client went away before it was there; the query is then ended.

    Raises what the query raised.
    """
    answer = asyncio.wrap_future(running.future)
    gone = asyncio.create_task(_gone(request))
    try:
        either: set[asyncio.Future[Any]] = {answer, gone}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        return answer.result() if answer.done() else None
    finally:
        gone.cancel()
        answer.cancel()
        running.cancel()
