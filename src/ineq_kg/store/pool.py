"""A pool of worker processes for queries that others write: each may be stopped at any moment, and nobody else notices.

pyoxigraph can stop no query, and no signal reaches one that runs. Of the libraries that run functions in processes which can be
killed, Pebble is under the LGPL, and neither it nor anyio.to_process bounds memory or shares the workers out among clients.
"""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from ineq_kg.errors import QueryCancelled
from ineq_kg.store.crew import Crew, Ticket
from ineq_kg.store.job import Answer, Job
from ineq_kg.store.limits import Limits
from ineq_kg.store.process import AnyWorker, WorkerProcess

T = TypeVar("T")


@dataclass(frozen=True)
class PoolStatus:
    """What a pool is at: how many queries run and wait, and how many have ended, by outcome (`answered` or an error's name).

    `workers` are the numbers of its processes; `killed` is how many were killed under a query, by the error's name.
    """

    running: int
    waiting: int
    ended: Mapping[str, int]
    workers: tuple[int, ...]
    killed: Mapping[str, int]


class Running(Generic[T]):
    """A query that is waiting or running. `future` has the answer, or the error, once there is one."""

    def __init__(self, pool: Pool, crew: Crew, ticket: Ticket) -> None:
        self._pool = pool  # a pool that nobody holds ends its processes
        self._crew = crew
        self._ticket = ticket
        self.future: Future[T] = ticket.future

    def result(self) -> T:
        """Wait for the answer and return it. Raises QueryStopped, QueryError, QueryRefused, NotAcceptable, StoreError.

        A caller that is interrupted as it waits (Ctrl-C) takes the query with it.
        """
        try:
            return self.future.result()
        finally:
            self.cancel()

    def cancel(self) -> None:
        """Withdraw the query: its worker is killed if it runs. Does nothing once there is an answer."""
        self._crew.stop(self._ticket, QueryCancelled("the query was withdrawn"))


class Pool:
    """Worker processes for queries, as many as `limits` say; started with the first query, or by `start`.

    `worker` makes something else that answers in their place.
    """

    def __init__(self, limits: Limits, worker: Callable[[Limits], AnyWorker] | None = None) -> None:
        self.limits = limits
        self._worker = worker or WorkerProcess
        self._ended: Counter[str] = Counter()
        self._killed: Counter[str] = Counter()
        self._lock = Lock()
        self._crew: Crew | None = None
        self._finalizer: weakref.finalize[[], Pool] | None = None

    def start(self) -> None:
        """Start the processes now, so that the first query need not wait for one."""
        self._open()

    def _open(self) -> Crew:
        with self._lock:
            if self._crew is None:
                self._crew = Crew(self.limits, self._ended, self._killed, self._worker)
                self._finalizer = weakref.finalize(self, self._crew.close)
            return self._crew

    def submit(
        self,
        job: Job,
        finish: Callable[[Answer], T],
        *,
        client: str = "",
        seconds: float | None = None,
    ) -> Running[T]:
        """Begin to answer a job, and return a handle at once. `finish` makes of the answer what the caller wants of it.

        `client` is who asks, for fairness; `seconds` may lower the limit for this query, and its wait, and cannot raise them.
        Raises TooManyQueries where the line is full.
        """
        limits = self.limits
        patience, deadline = (
            min((value for value in (seconds, limit) if value is not None), default=None)
            for limit in (limits.patience, limits.seconds)
        )
        ticket = Ticket(job, finish, client, deadline, patience)
        crew = self._open()
        crew.join(ticket)
        return Running(self, crew, ticket)

    def status(self) -> PoolStatus:
        """Return what the pool is at, now."""
        crew = self._crew
        if crew is None:
            return PoolStatus(0, 0, dict(self._ended), (), dict(self._killed))
        with crew.lock:
            workers = tuple(sorted(process.pid for process in crew.processes if process.alive))
            return PoolStatus(len(crew.running), len(crew.line), dict(self._ended), workers, dict(self._killed))

    def stop(self) -> None:
        """End every process and whatever runs in it, and wait until they are gone. A later query starts new ones."""
        with self._lock:
            crew, self._crew = self._crew, None
            if self._finalizer is not None:
                self._finalizer.detach()
        if crew is not None:
            crew.close()
            for thread in crew.threads:
                thread.join()
