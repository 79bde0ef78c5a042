"""A user's own named queries: nothing is known of them, so each runs where it can be stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import psutil
import pytest

from crowd import ENDLESS, LONG, PREFIX
from ineq_kg.app import App
from ineq_kg.errors import QueryTimeout
from ineq_kg.represent.formats import Format
from ineq_kg.store.limits import MIB, Limits
from running import SOON, until
from serving import served

LIMITS = Limits(seconds=60, memory=256 * MIB, result_bytes=MIB, workers=2, client_running=2)
HEADER = """\
#+ summary: One of a user's own
#+ question: How long may it take?
#+ columns:
#+   {column}: {{label: It, meaning: What is found}}
#+ budget: 50
"""
QUERIES = {
    "runaway": ("n", ENDLESS["Cartesian product"].replace("{ ", "WHERE { ", 1)),
    "long": ("l", LONG["SELECT"].replace("*", "?l").replace("{ ", "WHERE { ", 1)),
    "good": ("number", "SELECT ?number WHERE { ?numbering ikg:studyNumber ?number } ORDER BY ?number"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's folder of queries: one that never ends, one with an endless answer, one that is good."""
    folder = tmp_path_factory.mktemp("own")
    prefixes = PREFIX + "PREFIX ikg: <https://w3id.org/ineq-kg/ontology#>\n"
    for name, (column, text) in QUERIES.items():
        (folder / f"{name}.rq").write_text(HEADER.format(column=column) + prefixes + text + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def serve(crowded: Path, folder: Path) -> Iterator[Callable[[Limits], tuple[App, str]]]:
    contexts = []

    def start(limits: Limits) -> tuple[App, str]:
        app = App.open(crowded, folder, limits)
        contexts.append(served(app))
        return app, contexts[-1].__enter__()

    yield start
    for context in contexts:
        context.__exit__(None, None, None)


def get(address: str, name: str, **more: Any) -> httpx2.Response:
    return httpx2.get(f"{address}/queries/{name}", params=more, timeout=SOON)


@pytest.mark.parametrize("wanted", ["json", "csv", "xlsx", "html"])
def test_one_that_runs_away_is_stopped_in_every_format(serve: Any, wanted: str) -> None:
    _, address = serve(replace(LIMITS, seconds=0.5))
    stopped = get(address, "runaway", format=wanted)
    assert (stopped.status_code, stopped.json()["title"], stopped.json()["allowed"]) == (504, "QueryTimeout", 0.5)
    assert stopped.json()["mend"]
    assert get(address, "good").status_code == 200


def test_one_whose_answer_is_too_long_is_refused(serve: Any) -> None:
    _, address = serve(LIMITS)
    refused = get(address, "long", limit=10)
    assert (refused.status_code, refused.json()["title"]) == (413, "ResultTooLarge")
    assert "limit" in refused.json()


def test_the_client_that_goes_takes_it_with_it(serve: Any) -> None:
    app, address = serve(replace(LIMITS, workers=1))
    place = urlsplit(address)
    with socket.create_connection((place.hostname, place.port)) as client:
        client.sendall(b"GET /queries/runaway HTTP/1.1\r\nHost: x\r\n\r\n")
        until(lambda: app.pool.status().running == 1)
        worker = psutil.Process(app.pool.status().workers[0])
    until(lambda: not worker.is_running())
    until(lambda: app.pool.status().ended == {"QueryCancelled": 1})
    assert get(address, "good").status_code == 200


def test_a_good_one_is_answered_as_ours_are(serve: Any) -> None:
    app, address = serve(LIMITS)
    whole = get(address, "good", format="csv").text.split()
    assert whole == ["number", *sorted(whole[1:], key=int)]
    assert len(whole) > 11
    first = get(address, "good", limit=4, format="csv")
    assert first.text.split() == whole[:5]
    rest = httpx2.get(address + first.links["next"]["url"], timeout=SOON)
    assert rest.text.split() == ["number", *whole[5:9]]
    page = get(address, "good", format="html")
    assert page.headers["content-type"].startswith("text/html")
    assert f">{whole[1]}<" in page.text
    assert app.pool.status().ended == {"answered": 4}


def test_ours_and_analyses_stay_in_the_serving_process(serve: Any) -> None:
    app, address = serve(LIMITS)
    assert get(address, "syntheses").status_code == 200
    assert get(address, "contribution", synthesis="mcmahon-2022").status_code == 200
    assert app.pool.status().ended == {}


def test_the_core_stops_it_too(crowded: Path, folder: Path) -> None:
    app = App.open(crowded, folder, replace(LIMITS, seconds=0.5))
    with pytest.raises(QueryTimeout):
        app.answer("runaway", {}, Format.JSON)
    with pytest.raises(QueryTimeout):
        app.rows("runaway", {})
    app.pool.stop()


def command(crowded: Path, folder: Path, *more: str) -> list[str]:
    start = [sys.executable, "-m", "ineq_kg.cli", "query", "runaway", "--queries", str(folder)]
    return [*start, "--store", str(crowded), *more]


@pytest.mark.parametrize("form", ["table", "csv"])
def test_on_the_command_line_it_is_stopped_at_the_limit(crowded: Path, folder: Path, form: str) -> None:
    environment = {**os.environ, "INEQ_KG_QUERY_TIMEOUT": "0.5"}
    done = subprocess.run(
        command(crowded, folder, "--format", form), capture_output=True, text=True, timeout=SOON, env=environment
    )
    assert done.returncode == 1
    assert "ran for longer than 0.5 s" in done.stderr
    assert done.stdout == ""


def test_on_the_command_line_ctrl_c_ends_it(crowded: Path, folder: Path) -> None:
    asking = subprocess.Popen(command(crowded, folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process = psutil.Process(asking.pid)
        until(lambda: any(worker.cpu_times().user > 0.5 for worker in process.children()))
        workers = process.children()
        asking.send_signal(signal.SIGINT)
        assert asking.wait(SOON) != 0
    finally:
        asking.kill()
        asking.wait()
    until(lambda: not any(worker.is_running() for worker in workers))
