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
from threading import Thread

import pyoxigraph as ox

from ineq_kg.errors import IneqKgError
from ineq_kg.store.embedded import EmbeddedStore, Snapshot
from ineq_kg.store.engine_errors import translated
from ineq_kg.store.job import READY, Answer, Job, UpdateJob, WriteJob
from ineq_kg.store.limits import Limits, confine
from ineq_kg.store.update import add, put, refuse_deep, run_update
from ineq_kg.triples.quads import parse_triples


class Reader:
    """Answers jobs, and keeps open the version that was asked last."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: tuple[Job, Snapshot] | None = None

    def answer(self, job: Job) -> Answer:
        """Return the whole answer. Raises QueryError, QueryRefused, NotAcceptable, ResultTooLarge, VersionGone, StoreError."""
        forms: list[str] = []

        def media_type(form: str) -> str:
            forms.append(form)
            return job.media_type(form)

        _, body = self._snapshot(job).serialise(job.query, media_type, job.dataset, self._limits)
        return Answer(forms[0], body)

    def _snapshot(self, job: Job) -> Snapshot:
        if self._open is not None:
            last, snapshot = self._open
            if (last.store, last.version) == (job.store, job.version):
                return snapshot
            self._open = None  # given up first: two open versions take the memory of two
        snapshot = EmbeddedStore(job.store).pinned(job.version)
        self._open = (job, snapshot)
        return snapshot


def apply(job: UpdateJob | WriteJob) -> Answer:
    """Change a store, and close it. Returns an empty answer. Raises QueryError, DocumentError, StoreError."""
    with translated("updating"):
        store = ox.Store(str(job.directory))
        if isinstance(job, UpdateJob):
            run_update(store, job.update, job.base)
        else:
            triples = [triple for one in job.documents for triple in parse_triples(one.body, one.media_type, job.base)]
            (put if job.replace else add)(store, job.graph, triples)
        refuse_deep(store, job)
        store.flush()
        del store
        gc.collect()  # RocksDB closes when the last reference goes
    return Answer("", b"")


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
    connection.send(READY)
    reader = Reader(limits)
    while True:
        job: Job | UpdateJob | WriteJob = connection.recv()
        try:
            answer = reader.answer(job) if isinstance(job, Job) else apply(job)
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
