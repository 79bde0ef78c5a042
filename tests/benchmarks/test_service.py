"""What `make bench-http` rests on: clients that count right, and two servers that answer the same question alike."""

from __future__ import annotations

import itertools
import json
import shutil
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from ineq_kg.app import App
from load import Request, ask, run
from servers import ours, oxigraph, trace_of_ours, trace_of_oxigraph

START = "https://w3id.org/ineq-kg/id/mcmahon-2022/argument/narrow-problematisation"


def test_clients_get_every_answer_whole(live: str, loaded: App) -> None:
    wanted = trace_of_ours(START)
    measured = run(live, itertools.repeat(wanted, 20), clients=4, seconds=60)
    assert len(measured.latencies) == 20
    assert measured.statuses == {200}
    status, body = ask(live, wanted)
    assert (status, measured.bytes) == (200, 20 * len(body))
    assert measured.rate > 0
    assert measured.percentile(50) <= measured.percentile(99)


def test_a_status_that_was_not_meant_is_told(live: str) -> None:
    tag = f"/queries/trace?start={quote('no such thing')}"
    assert run(live, iter([Request(tag), Request("/healthz")]), clients=2, seconds=60).statuses == {200, 422}


def test_both_servers_give_the_same_answer(loaded: App) -> None:
    program = Path(sys.executable).parent / "oxigraph"
    if not (program.exists() or shutil.which("oxigraph")):
        pytest.skip("Oxigraph's own server is not installed")
    store = Path(str(loaded.store.location))
    with oxigraph(store) as theirs, ours(store, "--processes", "1") as us:
        _, one = ask(us.address, trace_of_ours(START))
        _, other = ask(theirs.address, trace_of_oxigraph(loaded.catalogue["trace"], START))
        assert us.computed() > 0
    assert one == other
    assert len(json.loads(one)["results"]["bindings"]) > 100
