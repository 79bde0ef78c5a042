"""What whoever runs the service relies on, seen from outside: its log and its metrics."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crowd import ENDLESS, PREFIX
from ineq_kg.app import App
from places import Finished
from running import SOON, Service, get, problem, raw, send, service, until

FOREVER = PREFIX + ENDLESS["Cartesian product"]
ASK = "/sparql?query=ASK%7B%7D"
PRIVATE = "what-nobody-else-may-read"


@pytest.fixture(scope="module")
def running(crowded: Path) -> Iterator[Service]:
    """A service as it is run by default, but for a proxy on this machine that is trusted."""
    with service(crowded, "--trusted-proxy", "127.0.0.1", "--query-timeout", "20") as one:
        yield one


@pytest.fixture(scope="module")
def store(loaded: App) -> Path:
    return loaded.store.directory


# --- the log ----------------------------------------------------------------------------------------------------------


def test_a_line_says_what_was_asked_for_and_not_what_it_said(running: Service) -> None:
    text = f'SELECT * {{ ?s ?p "{PRIVATE}" }}'
    asked = send(
        "GET",
        f"{running.address}/sparql",
        params={"query": text},
        headers={"X-Request-ID": "mine-1", "X-Forwarded-For": "203.0.113.77"},
    )
    line = running.log(id="mine-1")[0]
    assert asked.headers["x-request-id"] == "mine-1"
    assert (line["method"], line["route"], line["status"], line["bytes"]) == ("GET", "/sparql", 200, len(asked.content))
    assert line["client"] == "203.0.113.0/24"
    assert asked.headers["etag"].strip('"').startswith(line["dataset"])
    assert line["ms"] > 0
    get(running.address, f"/queries/trace?start={PRIVATE}", X_Request_ID="mine-2")
    get(running.address, f"/id/{PRIVATE}", X_Request_ID="mine-3")
    get(running.address, f"/{PRIVATE}", X_Request_ID="mine-4")
    routes = [running.log(id=f"mine-{number}")[0] for number in (2, 3, 4)]
    assert [(one["route"], one.get("query")) for one in routes] == [
        ("/queries/{name}", "trace"),
        ("/id/{slug:path}", None),
        ("unknown", None),
    ]
    assert not [one for one in running.lines if PRIVATE in one]


@pytest.mark.parametrize("given", ["two words", "x" * 129, 'a"b', "ü"])
def test_a_request_id_that_is_none_is_replaced(running: Service, given: str) -> None:
    host = running.address.removeprefix("http://")
    request = f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nX-Request-ID: {given}\r\n\r\n"
    answer = raw(running.address, request.encode("latin-1"))
    assert re.search(rb"x-request-id: [0-9a-f]{16}\r\n", answer)


def test_queries_are_logged_where_that_is_asked_for(store: Path) -> None:
    with service(store, "--log-queries", "--log", "text") as one:
        get(one.address, f"/queries/syntheses?x={PRIVATE}%0A")
        send("POST", f"{one.address}/sparql", data={"query": f"ASK {{ ?a ?b '{PRIVATE}2\n' }}"})
        limit = time.monotonic() + SOON
        while len(one.lines) < 2:
            assert time.monotonic() < limit
            time.sleep(0.02)
        assert one.stop() == 0
    first, second = one.lines
    assert "422 GET /queries/{name} syntheses" in first
    assert f"parameters=x={PRIVATE}%0A" in first
    assert f"asked=ASK {{ ?a ?b '{PRIVATE}2\\n' }}" in second
    assert not first.startswith("{")


# --- metrics ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def fresh(crowded: Path) -> Iterator[Service]:
    """A service that nobody has asked: what others' queries come to is told some seconds late, and would be counted here."""
    with service(crowded) as one:
        yield one


def test_metrics_count_what_was_asked_and_what_became_of_it(fresh: Service) -> None:
    running = fresh

    def told(name: str, **labels: str) -> float:
        return running.metrics().get((name, frozenset(labels.items())), 0.0)

    def counts() -> tuple[float, ...]:
        return (
            told(
                "ineq_kg_request_seconds_count", route="/queries/{name}", query="syntheses", method="GET", status="2xx"
            ),
            told("ineq_kg_responses_total", route="/queries/{name}", status="304"),
            told("ineq_kg_pool_ended_total", outcome="answered"),
            told("ineq_kg_pool_ended_total", outcome="QueryTimeout"),
            told("ineq_kg_pool_kills_total", reason="QueryTimeout"),
            told("ineq_kg_problems_total", kind="QueryTimeout"),
            told("ineq_kg_changes_total", outcome="TokenMissing"),
            told("ineq_kg_responses_total", route="unknown", status="404"),
            told("ineq_kg_responses_total", route="/static", status="200"),
        )

    before = counts()
    tag = get(running.address, "/queries/syntheses").headers["etag"]
    assert get(running.address, "/queries/syntheses", If_None_Match=tag).status_code == 304
    assert get(running.address, ASK).status_code == 200
    late = send("GET", f"{running.address}/sparql", params={"query": FOREVER, "timeout": "0.3"})
    problem(late, 504, "QueryTimeout")
    problem(send("DELETE", f"{running.address}/graph-store?default"), 401, "TokenMissing")
    for number in range(3):
        get(running.address, f"/nowhere/{number}")
    get(running.address, "/static/ineq-kg.css")
    # What a pool is at is written down every few seconds, where several processes serve.
    made = [1, 1, 1, 1, 1, 1, 1, 3, 1]
    until(lambda: [after - first for after, first in zip(counts(), before, strict=True)] == made)
    until(lambda: told("ineq_kg_pool_workers") == 2)
    assert told("ineq_kg_pool_running") == told("ineq_kg_pool_waiting") == 0
    assert told("ineq_kg_commits_total") == told("ineq_kg_versions_kept") == 2
    assert told("ineq_kg_snapshot_age_seconds") > 0
    assert not [name for name in running.metrics() if "nowhere" in str(name)]


def test_metrics_are_for_those_who_are_named(store: Path, running: Service) -> None:
    problem(get(running.address, "/metrics", X_Forwarded_For="203.0.113.7"), 403, "MetricsRefused")
    with service(store, INEQ_KG_METRICS_FROM="127.0.0.1") as one:
        assert get(one.address, "/metrics").status_code == 200
        # Nobody said that whoever passes requests on here may be believed.
        assert get(one.address, "/metrics", X_Forwarded_For="127.0.0.1").status_code == 403
        assert "--trusted-proxy" in one.log(level="warning")[0]["message"]


def test_openmetrics_are_had_by_asking(running: Service) -> None:
    answer = get(running.address, "/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_processes_that_serve_together_count_together(store: Path, tmp_path: Path) -> None:
    workers = ("ineq_kg_pool_workers", frozenset[tuple[str, str]]())
    asked = ("ineq_kg_responses_total", frozenset({("route", "/sparql"), ("status", "200")}))
    with service(store, PROMETHEUS_MULTIPROC_DIR=str(tmp_path)) as one:
        with service(store, PROMETHEUS_MULTIPROC_DIR=str(tmp_path)) as other:
            for each in (one, other, other):
                assert get(each.address, ASK).status_code == 200
            # The other process writes down every few seconds what it is at.
            until(lambda: one.metrics()[workers] == 4)
            assert one.metrics()[asked] == other.metrics()[asked] == 3
        until(lambda: one.metrics()[workers] == 2)
        assert one.metrics()[asked] == 3
        assert one.metrics()["ineq_kg_versions_kept", frozenset()] == 1


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--rate-limit", "often"),
        ("--rate-limit", "0/minute"),
        ("--trusted-proxy", "the one in front"),
        ("--metrics-from", "10.0.0.1/8"),
        ("--write-origin", "editor.example.org"),
        ("--shutdown-timeout", "-1"),
        ("--shutdown-timeout", "none"),
    ],
)
def test_a_setting_that_is_none_is_named_with_its_mend(run: Callable[..., Finished], option: str, value: str) -> None:
    result = run("serve", option, value)
    assert result.code == 2
    assert re.search(r"For example|or more", result.err)
    assert value in result.err
