"""Waiting for a query's answer for as long as somebody waits for it at the other end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from starlette.requests import Request

from ineq_kg.store.pool import Running

T = TypeVar("T")


class QuickThreads:
    """A few threads for work that is soon done, and the shortest way to them and back.

    asyncio's own way, by a future of each of its two kinds and what joins them, takes three times as long.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._work: SimpleQueue[tuple[Callable[[], Any], asyncio.Future[Any]] | None] = SimpleQueue()
        for number in range(threads):
            Thread(target=self._serve, daemon=True, name=f"ineq-kg-quick-{number}").start()

    async def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns; raises what it raises."""
        future = asyncio.get_running_loop().create_future()
        self._work.put((work, future))
        answer: T = await future
        return answer

    def stop(self) -> None:
        """Let the threads end when what is under way is done."""
        for _ in range(self._threads):
            self._work.put(None)

    def _serve(self) -> None:
        while (taken := self._work.get()) is not None:
            work, future = taken
            settle: Callable[[asyncio.Future[Any], Any], None]
            try:
                settle, result = _fulfil, work()
            except BaseException as error:  # noqa: BLE001 - whoever waits for it is told
                settle, result = _fail, error
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                future.get_loop().call_soon_threadsafe(settle, future, result)
            del taken, work, future, result  # or the thread would keep an answer until it has the next


def _fulfil(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: Any) -> None:
    if not future.done():
        future.set_exception(error)


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
