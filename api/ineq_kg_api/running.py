"""Running the application in this process."""

from __future__ import annotations

import math
import signal
import sys

import uvicorn
from fastapi import FastAPI

from ineq_kg_api.stopping import SENDING, TELLING


def run(server: FastAPI, host: str, port: int, shutdown: float) -> None:
    """Serve until a signal says to stop, and then for as long as answers are owed, `shutdown` seconds at most.

    Exits with 0. The address of a client is what the connection says: whom to believe about others, `operations` knows.
    """
    # uvicorn, when it has stopped, raises the signal again that stopped it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    patience = math.ceil(shutdown + TELLING + SENDING)
    uvicorn.run(
        server,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=patience,
    )
