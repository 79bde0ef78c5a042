"""Several API processes over one directory, behind nginx with the configuration that docs/scale.md shows."""

from __future__ import annotations

import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from subprocess import Popen

import httpx2
import pytest

from ineq_kg.access import Scope, Tokens
from ineq_kg.app import App
from ineq_kg.config import TOKENS
from places import FOUNDING, ROOT
from triplestores import free_port, running

# Servers start on machines that do much else.
pytestmark = pytest.mark.timeout(900)
GUIDE = ROOT / "docs" / "scale.md"
QUERY = "/queries/constructs?synthesis=mcmahon-2022&format=json"


@dataclass(frozen=True)
class Service:
    """What runs: the proxy's address, the processes by theirs, and the app on the same directory."""

    client: httpx2.Client
    processes: dict[str, Popen[bytes]]
    app: App
    token: str

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def put(self, number: int) -> httpx2.Response:
        body = f"<http://example.org/{number}> <http://example.org/p> {number} ."
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "text/turtle"}
        return self.client.put(f"/graph-store?graph=http://example.org/{number}", content=body, headers=headers)


def configuration(ports: dict[str, int], folder: Path) -> str:
    """Return the configuration of the guide, with other ports, and nothing written outside a folder."""
    text = re.findall(r"```nginx\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)[0]
    for written, port in ports.items():
        assert f":{written}" in text
        text = text.replace(f":{written}", f":{port}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    inside = "".join(f"  {kind}_temp_path {folder / kind};\n" for kind in kinds)
    start = f"pid {folder / 'pid'};\nerror_log stderr;\ndaemon off;\nworker_processes 1;\n"
    return start + text.replace("http {\n", f"http {{\n  access_log off;\n{inside}", 1)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        pytest.skip("nginx is not installed: apt-get install nginx-light")
    folder = tmp_path_factory.mktemp("scale")
    app = App.open(folder / "store")
    app.load([FOUNDING])
    _, token = Tokens(folder / "store" / TOKENS).create("Ana Ruiz", tuple(Scope), timedelta(days=1))
    ports = {written: free_port() for written in ("8000", "8001", "8002")}
    with ExitStack() as stack:
        processes = {}
        for written in ("8001", "8002"):
            port = ports[written]
            (folder / written).mkdir()
            command = [sys.executable, "-m", "ineq_kg", "serve", "--port", port, "--workers", 1, "--processes", 1]
            command += ["--store", folder / "store", "--trusted-proxy", "127.0.0.1"]
            started = running(command, folder / written, f"http://127.0.0.1:{port}/healthz")
            processes[f"127.0.0.1:{port}"] = stack.enter_context(started)
        (folder / "nginx.conf").write_text(configuration(ports, folder))
        address = f"http://127.0.0.1:{ports['8000']}"
        (folder / "proxy").mkdir()
        stack.enter_context(running([nginx, "-p", folder, "-c", folder / "nginx.conf"], folder, f"{address}/healthz"))
        client = stack.enter_context(httpx2.Client(base_url=address, trust_env=False, timeout=60))
        yield Service(client, processes, app, token)


def test_every_process_gives_the_same_answer_under_the_same_tag(service: Service) -> None:
    answers = [service.get(QUERY) for _ in range(12)]
    by = Counter(answer.headers["X-Answered-By"] for answer in answers)
    assert set(by) == set(service.processes), "one process answered all"
    assert len({(answer.headers["ETag"], answer.content) for answer in answers}) == 1
    tag = answers[0].headers["ETag"]
    assert {service.get(QUERY, If_None_Match=tag).status_code for _ in range(6)} == {304}


def test_a_cursor_goes_on_in_another_process(service: Service) -> None:
    whole = service.get(QUERY).json()["results"]["bindings"]
    path, rows, by = f"{QUERY}&limit=10", [], set()
    while path:
        page = service.get(path)
        rows += page.json()["results"]["bindings"]
        by.add(page.headers["X-Answered-By"])
        path = next(
            (url for url, name in re.findall(r'<([^>]*)>; rel="(\w+)"', page.headers["Link"]) if name == "next"), ""
        )
    assert rows == whole
    assert by == set(service.processes)


def test_a_commit_is_seen_by_all_at_once_whoever_made_it(service: Service) -> None:
    before = service.get(QUERY).headers["ETag"]
    version = service.app.load([FOUNDING]).version
    assert {service.get(QUERY).headers["ETag"].split(".")[0] for _ in range(6)} == {f'"{version}'}
    changed = service.put(0)
    assert changed.status_code == 201
    tags = {service.get(QUERY).headers["ETag"] for _ in range(6)}
    assert tags == {f"{changed.headers['ETag'][:-1]}.{before.split('.', 1)[1]}"}
    assert {service.get("/graph-store?graph=http://example.org/0").status_code for _ in range(4)} == {200}


def test_parallel_changes_in_several_processes_queue(service: Service) -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(service.put, range(1, 9)))
    assert [answer.status_code for answer in made] == [201] * 8
    assert {answer.headers["X-Answered-By"] for answer in made} == set(service.processes)
    assert len({answer.json()["version"] for answer in made}) == 8
    graphs = service.app.store.snapshot().graphs()
    assert {f"http://example.org/{number}" for number in range(1, 9)} <= set(graphs)


def test_the_death_of_a_process_costs_no_reader_an_answer(service: Service) -> None:
    address, process = next(iter(service.processes.items()))
    process.kill()
    process.wait(30)
    answers = [service.get(QUERY) for _ in range(8)]
    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.headers["X-Answered-By"].split(", ")[-1] != address for answer in answers)
