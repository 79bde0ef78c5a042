"""Limits as a client of the service meets them: real requests to a real server, on queries that run away."""

from __future__ import annotations

import re
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
import psutil
import pytest
from starlette.requests import Request

from crowd import ENDLESS, GREEDY, LONG, PREFIX
from ineq_kg.app import App
from ineq_kg.store.limits import MIB, Limits
from ineq_kg_api.waiting import client_of
from running import SOON, service, until
from serving import served

LIMITS = Limits(seconds=60, memory=256 * MIB, result_bytes=MIB, workers=2, client_running=2)
FOREVER = PREFIX + ENDLESS["Cartesian product"]
Serve = Callable[[Limits], tuple[App, str]]


@pytest.fixture
def serve(crowded: Path) -> Iterator[Serve]:
    """Servers of the crowded store, with limits of their own."""
    contexts = []

    def start(limits: Limits) -> tuple[App, str]:
        app = App.open(crowded, limits=limits)
        contexts.append(served(app))
        return app, contexts[-1].__enter__()

    yield start
    for context in contexts:
        context.__exit__(None, None, None)


def get(address: str, query: str, **more: Any) -> httpx2.Response:
    return httpx2.get(f"{address}/sparql", params={"query": query, **more}, timeout=SOON)


def problem(answer: httpx2.Response, status: int, title: str) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert (found["status"], found["title"]) == (status, title)
    assert found["detail"]
    assert found["mend"]
    return found


def answers(address: str) -> bool:
    return get(address, "ASK { ?s a ikg:Synthesis }").json()["boolean"]


def test_each_limit_has_its_status_and_its_mend(serve: Serve) -> None:
    _, address = serve(replace(LIMITS, seconds=1))
    late = problem(get(address, FOREVER), 504, "QueryTimeout")
    assert (late["limit"], late["allowed"]) == ("seconds", 1)
    assert answers(address)
    long = problem(get(address, PREFIX + LONG["SELECT"], timeout=1000), 413, "ResultTooLarge")
    assert (long["limit"], long["allowed"]) == ("bytes", MIB)
    assert "LIMIT" in long["mend"]
    assert answers(address)
    crash = problem(
        httpx2.post(f"{address}/sparql", data={"query": f"ASK {{ {'{' * 30_000}{'}' * 30_000} }}"}),
        422,
        "EngineCrashed",
    )
    assert crash["limit"] == "worker"
    assert answers(address)


def test_too_little_memory_has_its_status_and_its_mend(serve: Serve) -> None:
    _, address = serve(LIMITS)
    big = problem(get(address, PREFIX + GREEDY["one allocation"]), 503, "QueryTooBig")
    assert (big["limit"], big["allowed"]) == ("memory", 256 * MIB)
    assert answers(address)


@pytest.mark.parametrize("given", ["0.5", "0.5s"])
def test_a_client_may_ask_for_less_time(serve: Serve, given: str) -> None:
    _, address = serve(LIMITS)
    assert problem(get(address, FOREVER, timeout=given), 504, "QueryTimeout")["allowed"] == 0.5


@pytest.mark.parametrize("given", ["", "soon", "0", "-1", "nan", "inf"])
def test_a_timeout_that_is_none_is_refused(live: str, given: str) -> None:
    assert problem(get(live, "ASK {}", timeout=given), 422, "ParameterError")["parameter"] == "timeout"


def form() -> bytes:
    body = urlencode({"query": FOREVER}).encode()
    return (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        + f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )


def link() -> bytes:
    return f"GET /sparql?{urlencode({'query': FOREVER})} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def idle(app: App) -> bool:
    """Whether nothing runs and nothing waits, at one moment: in between, what waited may have begun to run."""
    status = app.pool.status()
    return status.running + status.waiting == 0


@contextmanager
def runaways(app: App, address: str, requests: Sequence[bytes]) -> Iterator[list[socket.socket]]:
    """Clients that ask for what never ends: one runs, the others wait."""
    host = urlsplit(address)
    clients = [socket.create_connection((host.hostname, host.port)) for _ in requests]
    for client, request in zip(clients, requests, strict=True):
        client.sendall(request)
    until(lambda: (status := app.pool.status()).running + status.waiting == len(clients))
    try:
        yield clients
    finally:
        for client in clients:
            client.close()


def test_a_full_line_says_when_to_come_again(serve: Serve) -> None:
    app, address = serve(replace(LIMITS, workers=1, waiting=1))
    with runaways(app, address, [link(), link()]):
        refused = get(address, "ASK {}")
        assert problem(refused, 503, "TooManyQueries")["limit"] == "queue"
        assert int(refused.headers["retry-after"]) >= 1
    assert answers(address)


def test_others_notice_nothing_of_a_query_that_runs_away(serve: Serve) -> None:
    app, address = serve(LIMITS)
    with runaways(app, address, [link()]):
        assert answers(address)
        assert httpx2.get(f"{address}/queries/syntheses", timeout=SOON).status_code == 200
        assert app.pool.status().running == 1


@pytest.mark.parametrize("request_of", [link, form], ids=["GET", "POST"])
def test_a_client_that_goes_takes_its_query_with_it(serve: Serve, request_of: Callable[[], bytes]) -> None:
    app, address = serve(replace(LIMITS, workers=1))
    with runaways(app, address, [request_of(), request_of()]) as clients:
        until(lambda: app.pool.status().running == 1)
        worker = psutil.Process(app.pool.status().workers[0])
        started = worker.cpu_times().user  # to start takes time of its own, on a slow machine more than a little
        until(lambda: worker.cpu_times().user > started + 0.3)
        for client in clients:
            client.close()
        until(lambda: not worker.is_running())
        until(lambda: idle(app))
    assert app.pool.status().ended == {"QueryCancelled": 2}
    assert answers(address)


def test_a_server_that_is_told_to_stop_ends_its_workers_and_gives_the_answers_it_owes(crowded: Path) -> None:
    limits = ["--workers", "2", "--query-memory", "256MiB", "--query-timeout", "4", "--processes", "1"]
    with service(crowded, *limits) as site:
        until(lambda: len(site.workers()) == 2)
        workers = site.workers()
        with ThreadPoolExecutor(1) as threads:
            runaway = threads.submit(get, site.address, FOREVER)
            until(lambda: any(worker.cpu_times().user > 0.4 for worker in workers))
            site.process.send_signal(signal.SIGTERM)
            assert problem(runaway.result(), 504, "QueryTimeout")["allowed"] == 4
        assert site.process.wait(SOON) in {0, -signal.SIGTERM}
    until(lambda: not any(worker.is_running() for worker in workers))


@pytest.mark.parametrize(
    ("option", "value"),
    [("--workers", "0"), ("--query-timeout", "soon"), ("--query-memory", "1MiB"), ("--result-limit", "none at all")],
)
def test_a_limit_that_is_none_is_named_by_the_command(run: Callable[..., Any], option: str, value: str) -> None:
    result = run("serve", option, value)
    assert result.code == 2
    assert re.search(r"For example|or more", result.err)


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.7"),
        ("testclient", "testclient"),
    ],
)
def test_a_client_is_its_address_and_in_ipv6_its_network(host: str, client: str) -> None:
    assert client_of(Request({"type": "http", "client": (host, 1)})) == client
    assert client_of(Request({"type": "http", "client": None})) == ""
