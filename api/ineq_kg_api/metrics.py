"""Metrics for Prometheus: how long what takes, what the pool is at, how old the dataset is. No label quotes what is asked.

Where several processes serve, each writes its numbers into files of one directory, PROMETHEUS_MULTIPROC_DIR, and any of them
tells those of all. That variable has to be set before this module is first imported: see `shared_metrics` in `operations`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Lock
from time import time

import psutil
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from ineq_kg import __version__
from ineq_kg.app import App
from ineq_kg.errors import StoreDamaged, StoreError
from ineq_kg.store.health import WHOLE
from ineq_kg_api.exchange import Exchange

MADE = "made"
# Upper bounds in seconds.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The numbers of one service; `folder` is where its processes keep theirs, if it has several."""

    def __init__(self, app: App, folder: str | None = None) -> None:
        self._app = app
        self._folder = folder
        # What several processes tell is collected from their files; a registry of one of them would tell it twice.
        own = None if self._folder else CollectorRegistry()
        if own is not None:
            own.register(_Dataset(app))
        self._registry = own
        self._seen: dict[tuple[Counter, str], int] = {}
        self._counted: dict[tuple[str, str, str, int], tuple[Histogram, Counter, Counter]] = {}
        self._lock = Lock()
        self.requests = Histogram(
            "ineq_kg_request_seconds",
            "Time from a request to the end of its answer, by route, named query, method and class of status",
            ["route", "query", "method", "status"],
            buckets=BUCKETS,
            registry=own,
        )
        self.responses = Counter(
            "ineq_kg_responses",
            "Answers by route and status (304: the client had it already; 499: it went away)",
            ["route", "status"],
            registry=own,
        )
        self.bytes = Counter(
            "ineq_kg_response_bytes", "Bytes of answers' bodies as sent, by route", ["route"], registry=own
        )
        self.problems = Counter(
            "ineq_kg_problems", "Requests answered with an error, by its kind", ["kind"], registry=own
        )
        self.changes = Counter(
            "ineq_kg_changes",
            "Changes asked for over HTTP: made, or the error they were refused with",
            ["outcome"],
            registry=own,
        )
        gauge = partial(Gauge, multiprocess_mode="livesum", registry=own)
        self.running = gauge("ineq_kg_pool_running", "SPARQL queries that run now")
        self.waiting = gauge("ineq_kg_pool_waiting", "SPARQL queries that wait for a worker now")
        self.workers = gauge("ineq_kg_pool_workers", "Worker processes that live now")
        self.ended = Counter(
            "ineq_kg_pool_ended",
            "SPARQL queries that ended: answered, or the error they ended with",
            ["outcome"],
            registry=own,
        )
        self.kills = Counter(
            "ineq_kg_pool_kills", "Worker processes that were killed under a query, by why", ["reason"], registry=own
        )
        if folder:
            # The first numbers make the files that they are kept in, for which whoever asks first should not wait.
            self._children("/readyz", "", "GET", 200)

    def finished(self, exchange: Exchange) -> None:
        """Count a request that is over."""
        key = (*exchange.route, exchange.method, exchange.status)
        found = self._counted.get(key)
        if found is None:
            found = self._counted[key] = self._children(*key)
        seconds, answers, size = found
        seconds.observe(exchange.seconds)
        answers.inc()
        if exchange.size:
            size.inc(exchange.size)
        if exchange.problem:
            self.problems.labels(exchange.problem).inc()
        if exchange.changes:
            self.changes.labels(exchange.problem or MADE).inc()

    def _children(self, route: str, query: str, method: str, status: int) -> tuple[Histogram, Counter, Counter]:
        """Return what requests with these labels are counted by."""
        return (
            self.requests.labels(route, query, method, f"{status // 100}xx"),
            self.responses.labels(route, str(status)),
            self.bytes.labels(route),
        )

    def look(self) -> None:
        """Take over what this process's pool is at."""
        status = self._app.pool.status()
        self.running.set(status.running)
        self.waiting.set(status.waiting)
        self.workers.set(len(status.workers))
        with self._lock:
            self._catch_up(self.ended, status.ended)
            self._catch_up(self.kills, status.killed)

    def _catch_up(self, counter: Counter, totals: Mapping[str, int]) -> None:
        for label, total in totals.items():
            counter.labels(label).inc(total - self._seen.get((counter, label), 0))
            self._seen[counter, label] = total

    def write(self, accept: str) -> tuple[bytes, str]:
        """Return the metrics and their media type: OpenMetrics where `accept` asks for it, else Prometheus's own text."""
        self.look()
        encode, media_type = choose_encoder(accept)
        if self._registry is not None:
            return encode(self._registry), media_type
        _forget_the_dead(Path(self._folder or ""))
        registry = CollectorRegistry()
        MultiProcessCollector(registry, self._folder)  # type: ignore[no-untyped-call]
        registry.register(_Dataset(self._app))
        return encode(registry), media_type


def _forget_the_dead(folder: Path) -> None:
    """Remove what processes that live no more said of their present."""
    for path in folder.glob("gauge_live*.db"):
        number = path.stem.rpartition("_")[2]
        if number.isdecimal() and not psutil.pid_exists(int(number)):
            with suppress(OSError):
                mark_process_dead(int(number), str(folder))  # type: ignore[no-untyped-call]


class _Dataset(Collector):
    """What the store's directory says: the same in every process, so it is read when it is asked for."""

    def __init__(self, app: App) -> None:
        self._app = app

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics; nothing of the dataset where it cannot be read, or there is none yet."""
        yield InfoMetricFamily("ineq_kg_build", "The software", {"version": __version__})
        try:
            entries = self._app.store.entries()
            kept = self._app.store.kept()
        except StoreError:
            return
        yield GaugeMetricFamily("ineq_kg_versions_kept", "Versions of the dataset that are kept", len(kept))
        yield from self._files()
        yield CounterMetricFamily("ineq_kg_commits", "Commits that led to the current version", len(entries))
        if entries:
            age = max(0.0, time() - entries[-1].at.timestamp())
            yield GaugeMetricFamily(
                "ineq_kg_snapshot_age_seconds", "Seconds since the current version was committed", age
            )
            at = entries[-1].at.timestamp()
            yield GaugeMetricFamily("ineq_kg_snapshot_committed_timestamp_seconds", "When that was (Unix time)", at)

    def _files(self) -> Iterator[Metric]:
        """Yield what this process knows of the files of the current version, as /readyz tells it."""
        damaged, same = False, False
        try:
            same = self._app.store.files(self._app.store.snapshot().version) == WHOLE
        except StoreDamaged:
            damaged = True
        except StoreError:
            return
        yield GaugeMetricFamily(
            "ineq_kg_snapshot_damaged",
            "1 where the current version does not open or a file of it is not what was committed: nothing is answered from it",
            damaged,
        )
        yield GaugeMetricFamily(
            "ineq_kg_snapshot_verified",
            "1 once all files of the current version were compared with what was committed, and are the same",
            same,
        )
