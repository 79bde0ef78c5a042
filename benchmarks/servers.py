"""The servers that are compared, each started on the same store, and asked for the trace of a node in its own way."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psutil

from ineq_kg.queries.binding import bind
from ineq_kg.queries.definition import NamedQuery
from ineq_kg.represent.formats import Format
from ineq_kg.store.snapshots import Versions
from load import Request, ask

JSON = (("Accept", Format.JSON.media_type),)
PATIENCE = 120.0


@dataclass
class Running:
    """A server that runs: its address, its process, and how long it took to answer that it is there."""

    address: str
    process: subprocess.Popen[bytes]
    started: float

    def computed(self) -> float:
        """Return the seconds that its processes have computed so far."""
        parent = psutil.Process(self.process.pid)
        times = [one.cpu_times() for one in [parent, *parent.children(recursive=True)]]
        return sum(one.user + one.system for one in times)

    def serving(self) -> list[int]:
        """Return the bytes in memory of each process that serves: those that the parent started, or itself."""
        parent = psutil.Process(self.process.pid)
        return [one.memory_info().rss for one in parent.children() or [parent]]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, health: Request, folder: Path | None = None) -> Iterator[Running]:
    """Start a server, and yield it when it answers `health` with 200."""
    start = time.perf_counter()
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder) as process:  # noqa: S603
        try:
            while not _answers(address, health):
                assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
                assert time.perf_counter() - start < PATIENCE, f"{command[0]} does not answer"
                time.sleep(0.01)
            yield Running(address, process, time.perf_counter() - start)
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _answers(address: str, health: Request) -> bool:
    try:
        return ask(address, health)[0] == 200
    except OSError:
        return False


@contextmanager
def ours(store: Path, *options: str) -> Iterator[Running]:
    """Run `ineq-kg serve`."""
    port = free_port()
    command = [sys.executable, "-m", "ineq_kg", "serve", "--store", str(store), "--port", str(port), *options]
    with running(command, port, Request("/readyz")) as server:
        yield server


def trace_of_ours(start: str, *more: tuple[str, str]) -> Request:
    """Return the request for a trace."""
    return Request(f"/queries/trace?{urlencode({'start': start})}", headers=(*JSON, *more))


@contextmanager
def oxigraph(store: Path) -> Iterator[Running]:
    """Run Oxigraph's own server on the current version of a store."""
    program = shutil.which("oxigraph", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    assert program, "Oxigraph's server is not installed: pip install oxigraph"
    port = free_port()
    versions = Versions(store)
    directory = str(versions.path(versions.current() or ""))
    command = [program, "serve-read-only", "--location", directory, "--bind", f"127.0.0.1:{port}"]
    with running(command, port, Request(f"/query?{urlencode({'query': 'ASK {}'})}", headers=JSON)) as server:
        yield server


def trace_of_oxigraph(query: NamedQuery, start: str, path: str = "/query") -> Request:
    """Return the request for a trace by the SPARQL Protocol: the text of our named query with the start bound."""
    text, dataset = bind(query, {"start": start})
    target = f"{path}?{urlencode([('default-graph-uri', graph) for graph in dataset.default])}"
    return Request(target, "POST", (*JSON, ("Content-Type", "application/sparql-query")), text.encode())
