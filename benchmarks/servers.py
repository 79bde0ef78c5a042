"""The servers that are compared, each started on the same store, and asked for the trace of a node in its own way."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pyoxigraph as ox

from ineq_kg.allocator import VARIABLE
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


def served(store: Path) -> Path:
    """Return the directory of a store's current version."""
    versions = Versions(store)
    return versions.path(versions.current() or "")


@contextmanager
def ours(store: Path, *options: str, allocator: str = "auto") -> Iterator[Running]:
    """Run `ineq-kg serve`, under this memory allocator."""
    port = free_port()
    os.environ[VARIABLE] = allocator
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
    command = [program, "serve-read-only", "--location", str(served(store)), "--bind", f"127.0.0.1:{port}"]
    with running(command, port, Request(f"/query?{urlencode({'query': 'ASK {}'})}", headers=JSON)) as server:
        yield server


def trace_of_oxigraph(query: NamedQuery, start: str, path: str = "/query") -> Request:
    """Return the request for a trace by the SPARQL Protocol: the text of our named query with the start bound."""
    text, dataset = bind(query, {"start": start})
    target = f"{path}?{urlencode([('default-graph-uri', graph) for graph in dataset.default])}"
    return Request(target, "POST", (*JSON, ("Content-Type", "application/sparql-query")), text.encode())


VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = temp.db
TransactionFile = temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
CheckpointInterval = 0
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = 20000
"""


@contextmanager
def virtuoso(store: Path) -> Iterator[Running | None]:
    """Run OpenLink Virtuoso on what the current version of a store holds, loaded in bulk; None where it is not installed."""
    program, sql_client = shutil.which("virtuoso-t"), shutil.which("isql-vt")
    if program is None or sql_client is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as name:
        folder, port, sql = Path(name), free_port(), free_port()
        # As its makers advise for 2 GB of memory.
        (folder / "virtuoso.ini").write_text(VIRTUOSO.format(sql=sql, http=port, buffers=170_000, dirty=130_000))
        quads = ox.Store.read_only(str(served(store)))
        quads.dump(str(folder / "all.nq"), format=ox.RdfFormat.N_QUADS)
        command = [program, "+foreground", "+configfile", "virtuoso.ini"]
        with running(command, port, Request(f"/sparql?{urlencode({'query': 'ASK {}'})}"), folder) as server:
            load = f"exec=ld_dir('{folder}', 'all.nq', 'urn:none'); rdf_loader_run(); checkpoint;"
            subprocess.run([sql_client, f"127.0.0.1:{sql}", "dba", "dba", load], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
            yield server


def trace_of_virtuoso(query: NamedQuery, start: str) -> Request:
    """Return the same request as a form, which is what it reads."""
    text, dataset = bind(query, {"start": start})
    form = urlencode([("query", text), *(("default-graph-uri", graph) for graph in dataset.default)])
    return Request("/sparql", "POST", (*JSON, ("Content-Type", "application/x-www-form-urlencoded")), form.encode())
