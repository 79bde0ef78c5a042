"""A worker process: answers one query at a time until whoever started it is gone.

Run as `python -m ineq_kg.store.worker DESCRIPTOR`, where the descriptor is one end of a connection to the parent. A process of
its own, because nothing but its end reaches a running query: Oxigraph knows no timeout, and signals wait until it is done.
"""

from __future__ import annotations

import gc
import os
import select
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pyoxigraph as ox

from ineq_kg.errors import IneqKgError
from ineq_kg.store.confinement import forbid_connections
from ineq_kg.store.embedded import EmbeddedStore, Snapshot
from ineq_kg.store.engine_errors import let_go, translated
from ineq_kg.store.federation import led, reaches_out
from ineq_kg.store.job import READY, Answer, Job, UpdateJob, WriteJob
from ineq_kg.store.limits import Limits, confine
from ineq_kg.store.update import add, put, refuse_deep, run_update
from ineq_kg.triples.quads import parse_triples

if TYPE_CHECKING:
    from ineq_kg.store.egress import Resolver
    from ineq_kg.store.gateway import Gateway


class Worker:
    """Does jobs, and keeps open the version that was asked last."""

    def __init__(self, limits: Limits, resolver: Resolver | None = None) -> None:
        """Start nothing yet. `resolver` looks hosts up; else the system does."""
        self._limits = limits
        self._gateway: Gateway | None = None
        if limits.services:
            from ineq_kg.store.gateway import Gateway  # a worker that asks nobody starts faster without

            self._gateway = Gateway(resolver)
        self._open: tuple[Job, Snapshot] | None = None

    def close_off(self) -> None:
        """Keep this thread, in which the engine runs, from connecting to anything but the gateway, where the system can."""
        forbid_connections(self._gateway.port if self._gateway else None)

    def do(self, job: Job | UpdateJob | WriteJob) -> Answer:
        """Return the whole answer, empty for a change. Whatever it raises, no result of the engine's is left in its frames."""
        try:
            return self.answer(job) if isinstance(job, Job) else self.apply(job)
        except BaseException as error:
            # In this thread: results may be freed in no other.
            let_go(error)
            gc.collect()
            raise

    def answer(self, job: Job) -> Answer:
        """Return the whole answer.

        Raises QueryError, QueryRefused, EndpointFailed, NotAcceptable, ResultTooLarge, VersionGone, StoreError.
        """
        forms: list[str] = []

        def media_type(form: str) -> str:
            forms.append(form)
            return job.media_type(form)

        snapshot = self._snapshot(job)
        if self._gateway is None or not reaches_out(job.query):
            _, body = snapshot.serialise(job.query, media_type, job.dataset, self._limits)
            return Answer(forms[0], body)
        with self._gateway.leave(self._limits) as leave:
            asked = led(job.query, leave, job.dataset.base)
            _, body = snapshot.serialise(asked, media_type, job.dataset, self._limits)
        return Answer(forms[0], body)

    def _snapshot(self, job: Job) -> Snapshot:
        if self._open is not None:
            last, snapshot = self._open
            if (last.store, last.version) == (job.store, job.version):
                return snapshot
            self._open = None  # given up first: two open versions take the memory of two
        snapshot = EmbeddedStore(Path(job.store)).pinned(job.version)
        self._open = (job, snapshot)
        return snapshot

    def apply(self, job: UpdateJob | WriteJob) -> Answer:
        """Change a store, and close it. Returns an empty answer.

        Raises QueryError, QueryRefused, EndpointFailed, DocumentError, StoreError.
        """
        with translated("updating"):
            store = ox.Store(str(job.directory))
            if isinstance(job, UpdateJob):
                self._update(store, job)
            else:
                documents = (parse_triples(one.body, one.media_type, job.base) for one in job.documents)
                (put if job.replace else add)(store, job.graph, [triple for one in documents for triple in one])
            refuse_deep(store, job, fetched=self._gateway is not None)
            store.flush()
            del store
            gc.collect()  # RocksDB closes when the last reference goes
        return Answer("", b"")

    def _update(self, store: ox.Store, job: UpdateJob) -> None:
        if self._gateway is None or not reaches_out(job.update, update=True):
            run_update(store, job.update, job.base)
            return
        with self._gateway.leave(self._limits) as leave:
            run_update(store, led(job.update, leave, job.base, update=True), job.base)


def _end_with(connection: Connection) -> None:
    """End this process, whatever it is at, when the other end of the connection is closed: the parent is gone."""
    hangup = select.poll()
    hangup.register(connection.fileno(), 0)
    while not hangup.poll():
        pass
    os._exit(0)


def serve(connection: Connection) -> None:
    """Answer what comes over `connection`, in order. What is no error of ours ends the process: the parent sees that."""
    limits: Limits = connection.recv()
    confine(limits)
    Thread(target=_end_with, args=(connection,), daemon=True).start()
    worker = Worker(limits)
    worker.close_off()
    connection.send(READY)
    while True:
        job: Job | UpdateJob | WriteJob = connection.recv()
        try:
            answer = worker.do(job)
        except IneqKgError as error:
            connection.send(error)
        except MemoryError:
            connection.send(limits.too_big())
            os._exit(1)
        else:
            connection.send(answer.form)
            connection.send_bytes(answer.body)


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
