"""`ineq-kg serve` as it is run: several processes behind one port, which die, are told to stop, and see every commit."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx2
import psutil
import pytest

from crowd import ENDLESS, PREFIX
from editing import Editor, held, token_for
from ineq_kg.app import App
from ineq_kg.config import Settings
from ineq_kg.errors import InputError
from ineq_kg.operating import Operating
from ineq_kg.store.limits import Limits
from ineq_kg_api.processes import bound, share
from places import FOUNDING
from running import SOON, Service, service, until

# Enough connections of their own that each of two processes gets some: that one gets none has a chance of 1 in 2 ** 23.
CONNECTIONS = 24


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("served") / "store"
    App.open(directory).load([FOUNDING])
    return directory


@pytest.fixture(scope="module")
def site(store: Path) -> Iterator[Service]:
    """Two processes that serve the founding synthesis."""
    with service(store, "--processes", "2", "--workers", "2") as site:
        until(lambda: len(site.workers()) == 2)
        yield site


def everywhere(site: Service, path: str) -> list[httpx2.Response]:
    """Ask once on each of many connections, so that every process is asked."""
    return [httpx2.get(site.address + path, timeout=SOON) for _ in range(CONNECTIONS)]


def test_two_processes_serve_and_share_the_workers(site: Service) -> None:
    assert len(site.serving()) == 2
    assert [len(one.children()) for one in site.serving()] == [1, 1]
    assert {answer.status_code for answer in everywhere(site, "/queries/syntheses")} == {200}


def test_a_commit_is_seen_by_all_processes_at_once(site: Service, store: Path) -> None:
    app = App.open(store)
    for number in range(3):
        version = app.store.commit(lambda _clone: None)
        told = everywhere(site, "/readyz")
        assert {answer.json()["dataset"] for answer in told} == {version}, number
        tags = {answer.headers["etag"] for answer in everywhere(site, "/queries/syntheses")}
        assert len(tags) == 1
        assert version in tags.pop()


def test_several_processes_write_in_turn(site: Service, store: Path) -> None:
    app = App.open(store)
    token = token_for(app)

    def write(number: int) -> int:
        with httpx2.Client(base_url=site.address, timeout=SOON) as client:
            triple = f"<https://example.org/s> <https://example.org/p> {number}"
            graph = "https://example.org/graph"
            return Editor(client, token).update(f"INSERT DATA {{ GRAPH <{graph}> {{ {triple} }} }}").status_code

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(write, range(8))) <= {200, 204}
    assert len(held(app)) == 8
    assert len(app.store.entries()) == len({entry.version for entry in app.store.entries()})


def test_where_a_process_dies_another_takes_its_place(site: Service) -> None:
    before = {one.pid for one in site.serving()}
    psutil.Process(min(before)).kill()
    until(lambda: len({one.pid for one in site.serving()} - {min(before)}) == 2)
    until(lambda: all(one.children() for one in site.serving()))
    assert {answer.status_code for answer in everywhere(site, "/queries/syntheses")} == {200}


def test_the_client_that_goes_takes_its_query_with_it(crowded: Path) -> None:
    with service(crowded, "--processes", "1", "--workers", "1") as site:
        # To start takes a process time of its own: it has started when it has answered.
        assert httpx2.get(f"{site.address}/sparql", params={"query": "ASK {}"}, timeout=SOON).status_code == 200
        (worker,) = site.workers()
        idle = worker.cpu_times().user
        place = urlsplit(site.address)
        query = urlencode({"query": PREFIX + ENDLESS["Cartesian product"]})
        with socket.create_connection((place.hostname, place.port)) as client:
            client.sendall(f"GET /sparql?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            until(lambda: worker.cpu_times().user > idle + 0.5)
        until(lambda: not worker.is_running())
        answer = httpx2.get(f"{site.address}/sparql", params={"query": "ASK {}"}, timeout=SOON)
        assert answer.json()["boolean"] is True


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop_it_ends_all_its_processes_and_says_nothing(store: Path, told: signal.Signals) -> None:
    with service(store, "--processes", "2", "--workers", "2") as site:
        until(lambda: len(site.workers()) == 2)
        processes = [*site.serving(), *site.workers()]
        site.process.send_signal(told)
        assert site.process.wait(SOON) == 0
        assert not any("illing" in line or "rror" in line for line in site.lines)
    assert not any(one.is_running() for one in processes)


def test_killed_it_leaves_nobody_behind(store: Path) -> None:
    with service(store, "--processes", "2", "--workers", "2") as site:
        until(lambda: len(site.workers()) == 2)
        processes = [*site.serving(), *site.workers()]
        site.process.kill()
        until(lambda: not any(one.is_running() for one in processes))


def test_a_port_that_is_taken_is_said_so(site: Service, store: Path) -> None:
    port = str(urlsplit(site.address).port)
    command = [sys.executable, "-m", "ineq_kg", "serve", "--port", port, "--store", str(store)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SOON, env={**os.environ, "COLUMNS": "1000"})
    assert done.returncode == 2
    assert re.search(rf"127\.0\.0\.1:{port} cannot be listened on: .*--port", done.stderr)


def test_an_address_that_is_none_of_this_machine_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be listened on"), bound("192.0.2.1", 0):
        pass


@pytest.mark.parametrize(("processes", "workers", "each"), [(1, 4, 4), (2, 4, 2), (4, 2, 1), (2, 3, 2)])
def test_workers_are_shared_out(processes: int, workers: int, each: int) -> None:
    settings = Settings(
        Path("store"), limits=Limits(workers=workers, waiting=64), operating=Operating(processes=processes)
    )
    limits = share(settings).limits
    assert limits.workers == each
    assert limits.waiting == 64 // processes
    assert limits.client_running is None
    assert replace(limits, workers=workers, waiting=64, client_waiting=16) == settings.limits


@pytest.mark.parametrize(
    ("processes", "running", "waiting", "each"),
    [(1, 3, 16, (3, 16)), (2, 3, 16, (1, 8)), (4, 2, 3, (1, 1)), (2, 2, 0, (1, 0))],
)
def test_what_one_client_may_have_is_shared_out(
    processes: int, running: int, waiting: int, each: tuple[int, int]
) -> None:
    limits = Limits(workers=8, client_running=running, client_waiting=waiting)
    shared = share(Settings(Path("store"), limits=limits, operating=Operating(processes=processes))).limits
    assert (shared.client_running, shared.client_waiting) == each


def test_one_client_has_one_rate_in_all_processes(store: Path) -> None:
    """On as many connections as it likes, and where a process dies."""
    with service(store, "--processes", "2", "--rate-limit", "30/day") as site:
        first = everywhere(site, "/queries/syntheses")
        assert {answer.status_code for answer in first} == {200}
        # The windows of time are whole days, so the counts go on for as long as this test does, but at midnight.
        left = [int(answer.headers["ratelimit"].partition("r=")[2].partition(";")[0]) for answer in first]
        assert left == [30 - number for number in range(1, CONNECTIONS + 1)]
        killed = site.serving()[0].pid
        psutil.Process(killed).kill()
        until(lambda: len({one.pid for one in site.serving()} - {killed}) == 2)
        answers = []
        for _ in range(CONNECTIONS):
            with suppress(httpx2.HTTPError):  # sent to the one that died
                answers.append(httpx2.get(f"{site.address}/queries/syntheses", timeout=SOON))
        assert sum(answer.status_code == 200 for answer in answers) == 6
        assert answers[-1].status_code == 429
        assert "Retry-After" in answers[-1].headers


def test_each_process_has_two_workers_unless_told_otherwise() -> None:
    assert Settings.read({}, operating={"processes": "4"}).limits.workers == 8
    assert Settings.read({"INEQ_KG_WORKERS": "3", "INEQ_KG_PROCESSES": "4"}).limits.workers == 3
    with pytest.raises(InputError, match="INEQ_KG_PROCESSES"):
        Settings.read({"INEQ_KG_PROCESSES": "0"})


def test_a_service_is_made_without_what_only_loading_needs() -> None:
    # A tenth of its start and twenty MiB of each process: whoever imports one of these at the top of a module is told here.
    script = "import sys, ineq_kg.commands.serving, ineq_kg_api.processes; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    unwanted = {"ineq_kg.records", "pyrudof", "owlready2", "openpyxl", "rdflib", "httpx2", "uvicorn", "limits"}
    unwanted |= {"tantivy", "rapidfuzz", "rich.progress"}
    assert unwanted & set(ran.stdout.split()) == set()
