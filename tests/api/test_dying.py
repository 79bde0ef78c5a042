"""Processes that are killed, and readers that do not read: whoever is left is told, and everything else goes on."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlencode, urlsplit

import httpx2
import psutil
import pytest

from crowd import BASE, ENDLESS, LONG, PREFIX
from editing import Editor, state, token_for
from ineq_kg.app import App
from ineq_kg.store.embedded import EmbeddedStore
from ineq_kg.store.limits import MIB, Limits
from ineq_kg.store.verify import verify
from serving import served

SOON = 60.0
ENDLESS_UPDATE = f"""{PREFIX} INSERT {{ <a:a> <a:a> ?n }} USING <{BASE}graph>
    WHERE {{ {{ {ENDLESS["Cartesian product"]} }} }}"""
SMALL = "INSERT DATA { <a:a> <a:a> 'x' }"


def until(true: Callable[[], bool]) -> None:
    limit = monotonic() + SOON
    while not true():
        assert monotonic() < limit
        sleep(0.05)


def at_it(worker: psutil.Process) -> bool:
    """Whether a process is at work now."""
    before = worker.cpu_times().user
    sleep(0.3)
    return worker.cpu_times().user > before + 0.05


@pytest.fixture
def app(crowded: Path, tmp_path: Path) -> Iterator[App]:
    shutil.copytree(crowded, tmp_path / "store")
    app = App.open(tmp_path / "store", limits=Limits(workers=1, seconds=120, memory=512 * MIB, result_bytes=64 * MIB))
    yield app
    app.stop()


def test_a_change_whose_process_is_killed_changes_nothing_and_the_next_is_made(app: App) -> None:
    with served(app) as address, httpx2.Client(base_url=address, timeout=SOON) as client:
        editor = Editor(client, token_for(app))
        assert editor.update(SMALL).status_code == 200
        before = state(app)
        (pid,) = app.changes.apart.workers
        with ThreadPoolExecutor(1) as threads:
            running = threads.submit(editor.update, ENDLESS_UPDATE)
            until(lambda: at_it(psutil.Process(pid)))
            os.kill(pid, signal.SIGKILL)
            answer = running.result(SOON)
        assert (answer.status_code, answer.json()["title"]) == (503, "WorkerLost")
        assert "SIGKILL" in answer.json()["detail"]
        assert state(app) == before
        assert editor.update(SMALL).status_code == 200


def test_a_server_that_is_killed_takes_its_workers_with_it_and_leaves_a_whole_store(app: App) -> None:
    directory = app.store.directory
    token = token_for(app)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--port", str(port), "--store", str(directory), "--workers", "1", "--query-timeout", "120"]
    options += ["--processes", "1"]
    command = [sys.executable, "-m", "ineq_kg", "serve", *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            with (
                ThreadPoolExecutor(2) as threads,
                httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=SOON) as client,
            ):
                until(lambda: _answers(client))
                editor = Editor(client, token)
                assert editor.update(SMALL).status_code == 200
                version = EmbeddedStore(directory).version
                query = {"query": PREFIX + ENDLESS["Cartesian product"]}
                ended = [
                    threads.submit(editor.update, ENDLESS_UPDATE),
                    threads.submit(client.post, "/sparql", data=query),
                ]
                until(lambda: len(_workers(server.pid)) == 2 and all(map(at_it, _workers(server.pid))))
                workers = _workers(server.pid)
                serving = psutil.Process(server.pid).children()
                server.kill()
                for one in serving:
                    one.kill()
                assert all(isinstance(one.exception(SOON), httpx2.TransportError) for one in ended)
        finally:
            server.kill()
    until(lambda: not any(worker.is_running() for worker in workers))
    store = EmbeddedStore(directory)
    assert store.version == version
    assert verify(store, str(version)) == []
    store.replace_graphs({})
    assert set(store.versions.names()) == set(store.versions.committed())


def _workers(pid: int) -> list[psutil.Process]:
    """Return the processes below this one that work on queries and changes; they start when they are needed, or soon after."""
    below = psutil.Process(pid).children(recursive=True)
    return [one for one in below if "ineq_kg.store.worker" in one.cmdline()]


def _answers(client: httpx2.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx2.TransportError:
        return False


def test_a_client_that_does_not_read_keeps_nobody_from_an_answer(app: App) -> None:
    with served(app) as address:
        url = urlsplit(address)
        query = urlencode({"query": f"{PREFIX}{LONG['SELECT']} LIMIT 100000"})
        with socket.socket() as lazy:
            lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            lazy.connect((url.hostname, url.port))
            lazy.sendall(f"GET /sparql?{query} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n".encode())
            assert lazy.recv(12) == b"HTTP/1.1 200"
            until(lambda: app.pool.status().running == 0)
            for _ in range(3):
                found = httpx2.get(f"{address}/sparql", params={"query": "ASK {}"}, timeout=SOON)
                assert found.json()["boolean"] is True
        assert app.pool.status().ended == {"answered": 4}


def test_a_worker_that_says_more_than_a_pipe_holds_still_answers(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONVERBOSE", "1")  # some 500 KiB at the start; a pipe holds 64
    with served(app) as address:
        found = httpx2.get(f"{address}/sparql", params={"query": "ASK {}"}, timeout=SOON)
        assert found.json()["boolean"] is True


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("options", [(), ("--format", "csv")])
def test_an_output_that_is_full_is_an_error_in_a_line(app: App, options: tuple[str, ...]) -> None:
    query = "SELECT ?p { GRAPH ?g { ?s ?p ?o } } LIMIT 2000"
    command = [sys.executable, "-m", "ineq_kg.cli", "sparql", query, *options, "--store", str(app.store.directory)]
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 1
    assert "No space left" in result.stderr
    assert "not all of it" in result.stderr
    assert "Traceback" not in result.stderr
