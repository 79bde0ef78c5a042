"""The processes that serve: each opens the store for itself, and the system spreads connections among them.

The parent opens no store and starts no thread of the engine, so that processes can be forked from it, with all that is imported
and read already. It starts another where one has died, and ends them in order when it is told to stop.
"""

from __future__ import annotations

import gc
import math
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing import connection, parent_process
from pathlib import Path
from threading import Thread
from typing import Any

from fastapi import FastAPI
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server
from starlette.types import ASGIApp, Receive, Scope, Send

from ineq_kg.access import TokenGate, Tokens
from ineq_kg.config import Settings
from ineq_kg.errors import InputError
from ineq_kg.queries.catalogue import Catalogue
from ineq_kg.queries.definition import NamedQuery
from ineq_kg.store.together import Together
from ineq_kg_api.operations import shared_metrics
from ineq_kg_api.quick import Busy
from ineq_kg_api.server import create_app
from ineq_kg_api.shelf import Shelf, directory_for_a_while
from ineq_kg_api.stopping import SENDING, TELLING

# Longer than a process takes to end once its time is over, in seconds.
_LONGER = 10
# Files of a store of 50 million quads, and as many connections again.
_FILES = 512


@dataclass(frozen=True)
class Site:
    """What every process serves. Called in each, it returns the web application; `settings` are those of one process."""

    settings: Settings
    catalogue: Catalogue[NamedQuery]
    started: datetime
    shelf: Path

    def __call__(self) -> Any:
        """Return the application, and end this process when its parent is gone."""
        gc.disable()  # of all that is made here nothing is garbage
        _make_room_for_files()
        Thread(target=_end_with_parent, daemon=True).start()
        app = self.settings.open(self.catalogue)
        gate = TokenGate(Tokens(self.settings.tokens_file))
        size = self.settings.operating.answers
        shelf = None if size is None else Shelf(self.shelf, size)
        operating = replace(self.settings.operating, counts=self.shelf / "counts")
        together = Together(self.shelf / "found")
        busy = Busy(self.shelf / "busy", operating.processes)
        server = create_app(app, gate, operating, started=self.started, shelf=shelf, together=together, busy=busy)
        application = straight(server)
        gc.freeze()
        gc.enable()
        return application


def straight(server: FastAPI) -> ASGIApp:
    """Return the application without what the framework does at each request before our layers: looking for a tracer."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and server.middleware_stack is not None:
            scope["app"] = server
            await server.middleware_stack(scope, receive, send)
        else:
            await server(scope, receive, send)

    return application


def _make_room_for_files() -> None:
    """Let the system's table of this process's open files have room for many, while it has one thread.

    Where there are several, Linux lets the one that opens a file too many wait for some 10 ms until the table has grown.
    """
    if sys.platform != "win32":
        import fcntl

        with suppress(OSError), Path(os.devnull).open() as file:
            os.close(fcntl.fcntl(file, fcntl.F_DUPFD, _FILES - 1))


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


def _heed_signals() -> None:
    """Let a process that was just forked be ended by a signal, which the parent's handlers, inherited, would swallow in it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def share(settings: Settings) -> Settings:
    """Return the settings of one process of several: the workers, and the queries that may wait for one, are shared out.

    So is what one client may have of both, to no more than was set for all processes together, unless that is less than one
    each.
    """
    limits, processes = settings.limits, settings.operating.processes
    running = limits.client_running
    shared = replace(
        limits,
        workers=-(-limits.workers // processes),
        waiting=-(-limits.waiting // processes),
        client_running=None if running is None else max(1, running // processes),
        client_waiting=max(min(1, limits.client_waiting), limits.client_waiting // processes),
    )
    return replace(settings, limits=shared)


@contextmanager
def bound(host: str, port: int) -> Iterator[int]:
    """Keep a port for the processes, and yield its number; 0 picks a free one. Raises InputError where it is taken.

    Each process listens on the port with a socket of its own (SO_REUSEPORT), which another program of the same user could do
    too: so it is made sure first that nobody does.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family) as free:
            number = free.getsockname()[1]
        kept = socket.socket(family)
        if hasattr(socket, "SO_REUSEPORT"):
            kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            kept.bind((host, number))
    except OSError as error:
        message = f"{host}:{port} cannot be listened on: {error.strerror or error}"
        raise InputError(message, mend="Name another --host or --port; --port 0 takes a free one.") from error
    with kept:
        yield number


def serve(settings: Settings, catalogue: Catalogue[NamedQuery], host: str, port: int) -> None:
    """Serve until told to stop (SIGINT, SIGTERM), with a port that `bound` keeps."""
    server = Server(
        "ineq-kg",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=settings.operating.processes,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=math.ceil(settings.operating.shutdown + TELLING + SENDING + _LONGER),
    )
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_heed_signals)
    with shared_metrics(), directory_for_a_while() as shelf:
        # Forked processes need not import it again; only now, because its library decides at import where numbers are kept.
        import ineq_kg_api.metrics  # noqa: F401

        server.serve(target_loader=Site(share(settings), catalogue, datetime.now(UTC), shelf), wrap_loader=False)
