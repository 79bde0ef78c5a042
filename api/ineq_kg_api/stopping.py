"""An end without a lost answer: what has begun is finished when the service is told to stop, or is refused as a whole.

A server that gets SIGTERM (uvicorn, granian) takes no new connections and waits for the answers that it owes. It knows nothing
of queries, though: after its own time limit it cuts connections. So the time is kept here. When it is over, all queries are
ended, which answers them with 503, and what then still has not begun to answer is refused: no part passes for the whole.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from contextlib import suppress
from types import FrameType
from typing import Any

from fastapi.concurrency import run_in_threadpool
from starlette.types import Send

from ineq_kg.app import App
from ineq_kg_api.exchange import Exchange
from ineq_kg_api.problems import problem

SIGNALS = (signal.SIGTERM, signal.SIGINT)
# For queries that were ended to be answered with 503, and for answers to go out, in seconds.
TELLING = 0.5
SENDING = 3.0
_MEND = "Send it again when the service has started."
_CHANGE = "Whether the change was made is not known: look at /versions."
_log = logging.getLogger(__name__)


class Stopping:
    """Watches for the signal to stop, and holds what is under way to `seconds` from then on."""

    def __init__(self, app: App, seconds: float) -> None:
        self._app = app
        self.seconds = seconds
        self._under_way: dict[Exchange, tuple[Send, asyncio.Task[Any] | None]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._begun = False

    def begun(self, exchange: Exchange, send: Send) -> None:
        """Count a request among those under way."""
        self._under_way[exchange] = (send, asyncio.current_task())

    def ended(self, exchange: Exchange) -> None:
        """Count it no more."""
        del self._under_way[exchange]

    def watch(self) -> None:
        """Look out for the signals from now on, beside the server. To be called in its event loop.

        In any other thread than the main one, which gets no signals, whoever stops the server stops it.
        """
        self._loop = loop = asyncio.get_running_loop()
        if threading.current_thread() is not threading.main_thread():
            return
        for number in SIGNALS:
            before = signal.getsignal(number)

            def on_signal(given: int, frame: FrameType | None, before: Any = before) -> None:
                if not loop.is_running():
                    # The server starts the loop once for our start and once to serve. uvloop tells it only of signals that come
                    # while the loop runs: of one in between it would never hear.
                    loop.call_soon_threadsafe(signal.raise_signal, given)
                self.begin()
                if callable(before):
                    before(given, frame)

            signal.signal(number, on_signal)

    def begin(self) -> None:
        """Begin to stop: the time runs from now."""
        if self._begun or self._loop is None:
            return
        self._begun = True
        self._loop.call_soon_threadsafe(self._start)
        # Threads cannot be ended. One that goes on for ever must not keep the process: what it was asked for was refused.
        last = threading.Timer(self.seconds + TELLING + SENDING + 2.0, _leave)
        last.daemon = True
        last.start()

    def _start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        await asyncio.sleep(self.seconds)
        await run_in_threadpool(self._app.pool.stop)
        await asyncio.sleep(TELLING)
        for exchange, (send, task) in list(self._under_way.items()):
            if not exchange.status:
                with suppress(OSError, RuntimeError):
                    await _refuse(exchange, send)
                # What waits for a client that says no more waits for ever, in some servers, and would be in no log.
                if task is not None:
                    task.cancel()


async def _refuse(exchange: Exchange, send: Send) -> None:
    exchange.over = True
    exchange.problem = "ServiceStopping"
    answer = problem(
        503,
        "ServiceStopping",
        "the service stopped before there was an answer",
        {"Retry-After": "1", "Connection": "close"},
        mend=_CHANGE if exchange.changes else _MEND,
    )

    async def nothing() -> Any:
        raise RuntimeError("an answer that is made asks for nothing")

    await answer(exchange.scope, nothing, send)


def _leave() -> None:
    _log.warning("some work could not be ended in time; the process ends without it")
    for handler in logging.getLogger("ineq_kg").handlers:
        handler.flush()
    os._exit(0)
