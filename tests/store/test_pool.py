"""Queries that run away are ended, whoever asked is told why, and nobody else notices."""

from __future__ import annotations

import gc
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pyoxigraph as ox
import pytest

from crowd import ENDLESS, GREEDY, LONG, PREFIX
from ineq_kg.app import App, Representation
from ineq_kg.errors import (
    IneqKgError,
    InputError,
    NotAcceptable,
    QueryCancelled,
    QueryError,
    QueryRefused,
    QueryTimeout,
    QueryTooBig,
    ResultTooLarge,
    TooManyQueries,
    WorkerLost,
)
from ineq_kg.queries.binding import bind
from ineq_kg.queries.definition import NamedQuery
from ineq_kg.represent.formats import Format
from ineq_kg.store.embedded import EmbeddedStore
from ineq_kg.store.limits import MIB, Limits
from ineq_kg.store.pool import Running
from places import Finished

# No assertion of speed: a bound within which what must end has ended on any machine.
SOON = 30.0
LIMITS = Limits(seconds=60, memory=256 * MIB, workers=1)
FOREVER = ENDLESS["Cartesian product"]
Open = Callable[[Limits], App]


@pytest.fixture
def opened(crowded: Path) -> Iterator[Open]:
    """Apps on the crowded store, with limits of their own."""
    apps = []

    def open_with(limits: Limits) -> App:
        apps.append(App.open(crowded, limits=limits))
        return apps[-1]

    yield open_with
    for app in apps:
        app.pool.stop()


def begin(
    app: App, query: str, wanted: Format | None = None, client: str = "", seconds: float | None = None
) -> Running[Representation]:
    def choose(form: str) -> Format:
        offered = Format.for_form(form)
        if wanted is not None and wanted not in offered:
            raise NotAcceptable(f"{form} is not written as {wanted.label}")
        return wanted or offered[0]

    return app.sparql(PREFIX + query, choose, client=client, seconds=seconds)


def ask(app: App, query: str, wanted: Format | None = None) -> bytes:
    return begin(app, query, wanted).result().body


def failure(running: Running[Representation]) -> IneqKgError:
    error = running.future.exception(timeout=SOON)
    assert isinstance(error, IneqKgError)
    return error


def until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + SOON
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.02)


def busy(app: App) -> psutil.Process:
    """The only worker of a pool, once it is well into a query."""
    until(lambda: app.pool.status().running == 1)
    (pid,) = app.pool.status().workers
    worker = psutil.Process(pid)
    started = worker.cpu_times().user  # to start takes time of its own, on a slow machine more than a little
    until(lambda: worker.cpu_times().user > started + 0.3)
    return worker


def gone(worker: psutil.Process) -> bool:
    return not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE


def answers(app: App) -> bool:
    return b"true" in ask(app, "ASK { ?s a ikg:Synthesis }")


# --- limits on one query -----------------------------------------------------------------------------------------------


def test_a_query_past_its_deadline_is_ended_and_the_next_is_answered(opened: Open) -> None:
    app = opened(replace(LIMITS, seconds=0.5, memory=1024 * MIB))
    for query in ENDLESS.values():
        error = failure(begin(app, query))
        assert isinstance(error, QueryTimeout)
        assert (error.limit, error.allowed) == ("seconds", 0.5)
        assert "longer than 0.5 s" in error.message
        assert error.mend
        assert answers(app)
    assert app.pool.status().ended == {"QueryTimeout": 4, "answered": 4}


def test_a_caller_may_lower_the_deadline_and_not_raise_it(opened: Open) -> None:
    app = opened(replace(LIMITS, seconds=1))
    lower, higher = failure(begin(app, FOREVER, seconds=0.5)), failure(begin(app, FOREVER, seconds=1000))
    assert isinstance(lower, QueryTimeout)
    assert isinstance(higher, QueryTimeout)
    assert (lower.allowed, higher.allowed) == (0.5, 1)


@pytest.mark.parametrize("query", GREEDY.values(), ids=list(GREEDY))
def test_a_query_past_the_memory_ceiling_is_ended_and_the_next_is_answered(opened: Open, query: str) -> None:
    app = opened(LIMITS)
    error = failure(begin(app, query))
    assert isinstance(error, QueryTooBig)
    assert (error.limit, error.allowed) == ("memory", 256 * MIB)
    assert "256 MiB" in error.message
    assert error.mend
    assert answers(app)


def test_the_parent_watches_memory_where_the_system_does_not(opened: Open) -> None:
    app = opened(LIMITS)
    assert answers(app)
    (worker,) = app.pool.status().workers
    _, hard = resource.prlimit(worker, resource.RLIMIT_DATA)
    resource.prlimit(worker, resource.RLIMIT_DATA, (hard, hard))
    assert isinstance(failure(begin(app, GREEDY["ORDER BY of everything"])), QueryTooBig)
    assert answers(app)


@pytest.mark.parametrize(("limit", "allowed"), [("bytes", 4 * MIB), ("rows", 10_000)])
def test_an_answer_of_a_gigabyte_is_refused(opened: Open, limit: str, allowed: int) -> None:
    # A worker that kept what it wrote would meet its ceiling of memory first, and say so.
    app = opened(replace(LIMITS, **{"result_bytes": None, "result_rows": None, f"result_{limit}": allowed}))
    for query in LONG.values():
        error = failure(begin(app, query))
        assert isinstance(error, ResultTooLarge)
        assert (error.limit, error.allowed) == (limit, allowed)
        assert "LIMIT" in error.mend
        assert f"{allowed:,}" in error.message
        assert answers(app)


def test_an_answer_of_just_as_many_rows_as_allowed_is_whole(opened: Open) -> None:
    app = opened(replace(LIMITS, result_rows=1000))
    unlimited = EmbeddedStore(app.store.directory).snapshot()
    for form, head in (("select", "SELECT ?a ?l"), ("graph", "CONSTRUCT")):
        query = head + " WHERE { ?a c:label ?l } LIMIT %d"
        for wanted in Format.for_form(form):
            _, whole = unlimited.serialise(PREFIX + query % 1000, lambda _form, to=wanted: to.media_type)
            assert ask(app, query % 1000, wanted) == whole
            assert isinstance(failure(begin(app, query % 1001, wanted)), ResultTooLarge)


def test_limits_that_nothing_could_keep_to_are_refused() -> None:
    for limits in ({"workers": 0}, {"seconds": -1}, {"memory": MIB}, {"seconds": float("nan")}, {"client_running": 0}):
        with pytest.raises(InputError, match=next(iter(limits))):
            Limits(**limits)


# --- workers that die --------------------------------------------------------------------------------------------------


def test_a_worker_killed_from_outside_is_replaced_and_the_caller_told(opened: Open) -> None:
    app = opened(LIMITS)
    running = begin(app, FOREVER)
    os.kill(busy(app).pid, signal.SIGKILL)
    error = failure(running)
    assert isinstance(error, WorkerLost)
    assert "SIGKILL" in error.message
    assert answers(app)


def test_an_idle_worker_that_died_costs_nobody_an_answer(opened: Open) -> None:
    app = opened(LIMITS)
    for _ in range(3):
        assert answers(app)
        os.kill(app.pool.status().workers[0], signal.SIGKILL)
        until(lambda: not app.pool.status().workers)
    assert answers(app)
    assert app.pool.status().ended == {"answered": 4}


def test_a_query_that_crashes_the_engine_costs_nobody_else_an_answer(opened: Open) -> None:
    app = opened(LIMITS)
    for query in ("SELECT * { " + "{" * 30_000 + "}" * 30_000 + " }", "ASK { FILTER(" + "!" * 200_000 + "1) }"):
        error = failure(begin(app, query))
        assert isinstance(error, WorkerLost)
        assert "SIGSEGV" in error.message
        assert "flatter" in error.mend
        assert answers(app)


# --- the line ----------------------------------------------------------------------------------------------------------


def test_a_full_line_says_when_to_come_again(opened: Open) -> None:
    app = opened(replace(LIMITS, waiting=2))
    taken = [begin(app, FOREVER, client=str(number)) for number in range(3)]
    with pytest.raises(TooManyQueries) as caught:
        begin(app, "ASK {}", client="late")
    assert caught.value.retry_after >= 1
    assert caught.value.limit == "queue"
    assert caught.value.mend
    taken[1].cancel()
    last = begin(app, "ASK {}", client="late")
    for one in taken:
        one.cancel()
    assert last.result().body
    assert all(isinstance(failure(one), QueryCancelled) for one in taken)


def test_who_waits_too_long_is_told(opened: Open) -> None:
    app = opened(replace(LIMITS, patience=0.5))
    first = begin(app, FOREVER)
    error = failure(begin(app, "ASK {}"))
    assert isinstance(error, TooManyQueries)
    assert "0.5 s" in error.message
    assert not first.future.done()


def test_a_greedy_client_starves_nobody(opened: Open) -> None:
    app = opened(replace(LIMITS, workers=2, client_waiting=4))
    greedy = [begin(app, FOREVER, client="greedy") for _ in range(5)]
    with pytest.raises(TooManyQueries) as caught:
        begin(app, FOREVER, client="greedy")
    assert caught.value.limit == "client"
    modest = [begin(app, "ASK {}", client=f"modest {number % 3}") for number in range(9)]
    done, _ = wait([one.future for one in modest], timeout=SOON)
    assert len(done) == 9
    assert all(one.result().body for one in modest)
    assert not any(one.future.done() for one in greedy)
    assert (app.pool.status().running, app.pool.status().waiting) == (1, 4)


def test_a_query_that_is_withdrawn_ends_at_once(opened: Open) -> None:
    app = opened(LIMITS)
    running, waiting = begin(app, FOREVER), begin(app, FOREVER)
    worker = busy(app)
    waiting.cancel()
    assert isinstance(failure(waiting), QueryCancelled)
    running.cancel()
    assert isinstance(failure(running), QueryCancelled)
    until(lambda: gone(worker))
    assert answers(app)


# --- the same answers as in this process ---------------------------------------------------------------------------------


def test_answers_are_those_of_this_process(loaded: App) -> None:
    snapshot = loaded.store.snapshot()
    wanted = (Format.JSON, Format.XML, Format.CSV, Format.TSV)
    for number, query in enumerate(one for one in loaded.catalogue if isinstance(one, NamedQuery)):
        given = {name: item.example for name, item in query.header.parameters.items() if item.example}
        text, dataset = bind(query, given)
        chosen = wanted[number % len(wanted)]
        _, here = snapshot.serialise(text, lambda _form, chosen=chosen: chosen.media_type, dataset)
        there = loaded.sparql(text, lambda _form, chosen=chosen: chosen, dataset).result()
        assert (there.body, there.format, there.version) == (here, chosen, snapshot.version), query.name


def test_errors_come_over_as_they_are(loaded: App) -> None:
    refused = failure(begin(loaded, "SELECT * { SERVICE <http://127.0.0.1:9/> {} }"))
    assert isinstance(refused, QueryRefused)
    assert "asks no other host" in refused.message
    wrong = failure(begin(loaded, "SELEKT"))
    assert isinstance(wrong, QueryError)
    assert "expected" in wrong.message
    slug = failure(begin(loaded, "ASK { id:mcmahon-2022/study/babbel a ikg:Study }"))
    assert "in full" in slug.mend
    assert isinstance(failure(begin(loaded, "ASK {}", Format.TURTLE)), NotAcceptable)


def test_each_version_is_answered_from_as_it_was(tmp_path: Path) -> None:
    app = App.open(tmp_path, limits=LIMITS)
    node = ox.NamedNode("https://example.org/node")
    versions = [
        app.store.replace_graphs({node.value: [ox.Quad(node, node, ox.Literal(str(n)), node)]}) for n in range(3)
    ]
    query = "SELECT ?o { ?s ?p ?o }"
    for n in (2, 0, 1, 2):
        assert ask(app.at(versions[n]), query, Format.CSV).split() == [b"o", str(n).encode()]
    assert ask(app, query, Format.CSV).split() == [b"o", b"2"]
    app.pool.stop()


# --- nothing is left -----------------------------------------------------------------------------------------------------


def test_nothing_is_left_when_a_pool_is_stopped(opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    app = opened(replace(LIMITS, workers=2, client_running=2))
    app.store.snapshot()
    this = psutil.Process()
    before, files = set(this.children(recursive=True)), this.num_fds()
    running = [begin(app, FOREVER) for _ in range(4)]
    until(lambda: app.pool.status().running == 2)
    assert len(set(this.children(recursive=True)) - before) >= 2
    app.pool.stop()
    assert all("stopping" in failure(one).message for one in running)
    assert set(this.children(recursive=True)) <= before
    assert this.num_fds() <= files
    assert list(tmp_path.iterdir()) == []
    assert answers(app)


def test_a_pool_that_nobody_holds_ends_its_processes(crowded: Path) -> None:
    before = set(psutil.Process().children())
    app = App.open(crowded, limits=LIMITS)
    assert answers(app)
    assert set(psutil.Process().children()) - before
    del app
    gc.collect()
    until(lambda: set(psutil.Process().children()) <= before)


def workers_at_it(parent: subprocess.Popen[Any]) -> list[psutil.Process]:
    """The workers of a command, once one of them is well into a query."""
    process = psutil.Process(parent.pid)

    def at_it() -> bool:
        assert parent.poll() is None, parent.stderr and parent.stderr.read()
        return any(child.cpu_times().user > 0.5 for child in process.children())

    until(at_it)
    return process.children()


def test_no_worker_outlives_a_parent_that_is_killed(crowded: Path) -> None:
    command = [sys.executable, "-m", "ineq_kg.cli", "sparql", PREFIX + FOREVER, "--store", str(crowded)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as parent:
        workers = workers_at_it(parent)
        parent.kill()
    until(lambda: all(map(gone, workers)))


def test_ctrl_c_ends_a_query_on_the_command_line(crowded: Path) -> None:
    command = [sys.executable, "-m", "ineq_kg.cli", "sparql", PREFIX + FOREVER, "--store", str(crowded)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as parent:
        workers = workers_at_it(parent)
        parent.send_signal(signal.SIGINT)
        out, err = parent.communicate(timeout=SOON)
    assert parent.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert all(map(gone, workers))


def test_the_command_line_gives_up_when_told_to(run: Callable[..., Finished], crowded: Path) -> None:
    result = run("sparql", PREFIX + FOREVER, "--store", crowded, "--timeout", "0.5")
    assert result.code == 1
    assert "longer than 0.5 s" in result.err
    assert result.out == ""


def test_a_module_of_the_same_name_where_the_server_stands_is_not_run(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ineq_kg").mkdir()
    (tmp_path / "ineq_kg" / "__init__.py").write_text("raise SystemExit('not ours')")
    monkeypatch.chdir(tmp_path)
    assert answers(opened(LIMITS))
