"""`ineq-kg serve` in a process of its own, and how to talk to it."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import psutil
from prometheus_client.parser import text_string_to_metric_families

SOON = 60.0
# Nothing here is asked over TLS, and to read the machine's certificates takes longer than most of what is.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def send(method: str, url: str, **more: Any) -> httpx2.Response:
    """Send a request and return the answer."""
    return httpx2.request(method, url, timeout=SOON, verify=NO_TLS, **more)


@dataclass
class Service:
    """A server in a process of its own."""

    address: str
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def log(self, **facts: Any) -> list[dict[str, Any]]:
        """The lines of the log that have these facts; waits until there is one."""
        limit = time.monotonic() + SOON
        while True:
            records = [json.loads(line) for line in list(self.lines)]
            found = [one for one in records if facts.items() <= one.items()]
            if found:
                return found
            assert time.monotonic() < limit, records
            time.sleep(0.02)

    def metrics(self, accept: str = "") -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
        """Every sample by its name and labels."""
        text = send("GET", f"{self.address}/metrics", headers={"Accept": accept}).text
        families = text_string_to_metric_families(text)
        return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}

    def serving(self) -> list[psutil.Process]:
        """The processes that serve."""
        return [child for child in psutil.Process(self.process.pid).children() if child.is_running()]

    def workers(self) -> list[psutil.Process]:
        """The processes that answer SPARQL queries."""
        return [worker for one in self.serving() for worker in one.children()]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SOON)


@contextmanager
def service(store: Path, *options: str, **environment: str) -> Iterator[Service]:
    """Run `ineq-kg serve` on a free port; what it logs is read as it comes."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "ineq_kg", "serve", "--port", str(port), "--store", str(store), *options]
    settings = {**os.environ, "INEQ_KG_WORKERS": "2", "INEQ_KG_QUERY_MEMORY": "256MiB", **environment}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=settings)
    running = Service(f"http://127.0.0.1:{port}", process)
    reader = threading.Thread(target=lambda: running.lines.extend(process.stderr or ()), daemon=True)
    reader.start()
    try:
        limit = time.monotonic() + SOON
        while not listens(port):
            assert process.poll() is None, running.lines
            assert time.monotonic() < limit
            time.sleep(0.05)
        yield running
    finally:
        process.kill()
        process.wait()
        reader.join(SOON)
        if process.stderr:
            process.stderr.close()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + SOON
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.02)


def get(address: str, path: str, **headers: str) -> httpx2.Response:
    # Without what the client would ask for by itself.
    given = {"Accept-Encoding": "identity", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return send("GET", address + path, headers=given)


def raw(address: str, request: bytes) -> bytes:
    """What a server sends back to these bytes until it closes the connection."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=SOON) as connection:
        connection.sendall(request)
        received = b""
        while piece := connection.recv(65536):
            received += piece
        return received


def problem(answer: httpx2.Response, status: int, title: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    found = answer.json()
    assert (found["status"], found["title"]) == (status, title)
    assert found["detail"]
    return found
