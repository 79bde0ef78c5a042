"""Told to stop, the service gives every answer that it owes, or says that there will be none; and then it is gone."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import psutil
import pytest

from crowd import ENDLESS, NODES, PREFIX
from running import SOON, Service, listens, problem, send, service, until

# Some seconds of work; and an answer of some 30 MB.
SOME = 2000
LONG = PREFIX + f"SELECT (COUNT(*) AS ?n) {{ {{ SELECT ?a {{ ?a c:label ?l }} LIMIT {SOME} }} ?b c:label ?m }}"
BIG = PREFIX + "SELECT ?l ?m { ?a c:label ?l . ?b c:a ?x ; c:label ?m } LIMIT 90000"
FOREVER = PREFIX + ENDLESS["Cartesian product"]


def ask(running: Service, query: str) -> httpx2.Response:
    return send("GET", f"{running.address}/sparql", params={"query": query})


def runs(running: Service) -> bool:
    return running.metrics()["ineq_kg_pool_running", frozenset()] == 1


@contextmanager
def sent(running: Service, head: str, body: bytes = b"") -> Iterator[socket.socket]:
    host, port = running.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"{head}\r\nHost: {host}\r\n\r\n".encode() + body)
        yield connection


def rest(connection: socket.socket) -> bytes:
    received = bytearray()
    while piece := connection.recv(2**16):
        received += piece
    return bytes(received)


def gone(running: Service, workers: list[psutil.Process]) -> bool:
    return running.process.poll() is not None and not any(worker.is_running() for worker in workers)


def test_an_answer_that_is_being_made_is_given_and_nobody_else_let_in(crowded: Path) -> None:
    with service(crowded, "--shutdown-timeout", "50", "--query-timeout", "50") as running, ThreadPoolExecutor(1) as one:
        workers = psutil.Process(running.process.pid).children()
        asked = one.submit(ask, running, LONG)
        until(lambda: runs(running))
        running.process.send_signal(signal.SIGTERM)
        until(lambda: not listens(int(running.address.rpartition(":")[2])))
        assert not asked.done(), "the query ended before anything could be seen"
        answer = asked.result()
        assert answer.json()["results"]["bindings"][0]["n"]["value"] == str(SOME * NODES)
        assert running.process.wait(SOON) == 0
        until(lambda: gone(running, workers))


def test_what_outlives_the_time_is_refused_and_not_cut(crowded: Path) -> None:
    head = "POST /sparql HTTP/1.1\r\nContent-Type: application/sparql-query\r\nContent-Length: 1000"
    options = ("--shutdown-timeout", "0.5", "--query-timeout", "none")
    with (
        service(crowded, *options) as running,
        sent(running, head, b"ASK {") as unfinished,
        ThreadPoolExecutor(1) as one,
    ):
        workers = psutil.Process(running.process.pid).children()
        asked = one.submit(ask, running, FOREVER)
        until(lambda: runs(running))
        running.process.send_signal(signal.SIGINT)
        refused = asked.result()
        assert "stopping" in problem(refused, 503, "TooManyQueries")["detail"]
        assert int(refused.headers["retry-after"]) >= 1
        answer = rest(unfinished)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"ServiceStopping" in answer
        assert answer.endswith(b"}")
        assert running.process.wait(SOON) == 0
        until(lambda: gone(running, workers))
        until(lambda: len([line for line in running.lines if '"/sparql"' in line]) == 2)
        assert {one["status"] for one in running.log(route="/sparql")} == {503}


def test_a_big_answer_to_a_slow_reader_is_sent_to_its_end(crowded: Path) -> None:
    with service(crowded, "--shutdown-timeout", "50") as running:
        with sent(running, f"GET /sparql?{urlencode({'query': BIG})} HTTP/1.1") as client:
            first = client.recv(1)
            running.process.send_signal(signal.SIGTERM)
            time.sleep(1)
            assert running.process.poll() is None
            head, _, body = (first + rest(client)).partition(b"\r\n\r\n")
        length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        assert len(body) == int(length.split(b":")[1]) > 20_000_000
        assert body.endswith(b"]}}")
        assert running.process.wait(SOON) == 0


BETWEEN = """
import asyncio, os, signal, sys, uvloop
from pathlib import Path
from ineq_kg.app import App
from ineq_kg_api.stopping import Stopping

loop = uvloop.new_event_loop() if sys.argv[1] == "uvloop" else asyncio.new_event_loop()
told = asyncio.Event()
stopping = Stopping(App.open(Path(sys.argv[2])), 60.0)

async def start():
    loop.add_signal_handler(signal.SIGTERM, told.set)
    stopping.watch()

async def serve():
    await asyncio.wait_for(told.wait(), 10)
    os._exit(0)

loop.run_until_complete(start())
os.kill(os.getpid(), signal.SIGTERM)
loop.run_until_complete(serve())
"""


@pytest.mark.parametrize("kind", ["uvloop", "asyncio"])
def test_a_signal_that_comes_before_the_loop_serves_is_told_to_the_server(kind: str, tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", BETWEEN, kind, str(tmp_path)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
