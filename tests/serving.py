"""A real server on this host, in a thread of this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from ineq_kg.app import App
from ineq_kg.operating import LIBRARY, Operating
from ineq_kg_api import create_app


@contextmanager
def served(app: App, operating: Operating = LIBRARY) -> Iterator[str]:
    """Serve `app` for as long as the context lasts; yields the address."""
    web = create_app(app, operating=operating)
    server = uvicorn.Server(uvicorn.Config(web, host="127.0.0.1", port=0, log_level="error", proxy_headers=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
