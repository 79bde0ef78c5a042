"""What stands in a pool where a process would: a connection that can be cut, for queries that others write."""

from __future__ import annotations

import os

from ineq_kg.errors import WorkerLost
from ineq_kg.store.job import Answer, Job, UpdateJob, WriteJob
from ineq_kg.store.limits import Limits
from ineq_kg.store.remote.store import RemoteStore
from ineq_kg.store.remote.wire import Cut


class RemoteWorker:
    """Answers one job at a time by asking a store on another machine. Only its own thread may ask; any may kill."""

    def __init__(self, store: RemoteStore, limits: Limits) -> None:
        self._store = store
        self._limits = limits
        self._cut = Cut()

    @property
    def pid(self) -> int:
        """The number of this process: no other is needed."""
        return os.getpid()

    @property
    def alive(self) -> bool:
        """Whether it was not killed."""
        return not self._cut.done

    def memory(self) -> int:
        """Return 0: the query takes the memory of another machine."""
        return 0

    def is_spent(self) -> bool:
        """Say whether it was killed: nothing else wears it out."""
        return not self.alive

    def prepare(self) -> None:
        """Be ready at once."""

    def answer(self, job: Job | UpdateJob | WriteJob) -> Answer:
        """Return the answer to a job, with the same errors as a process. What kills it cuts its connection."""
        if not isinstance(job, Job):
            raise WorkerLost("updates are not run by queries' workers", limit="worker")
        forms: list[str] = []

        def media_type(form: str) -> str:
            forms.append(form)
            return job.media_type(form)

        snapshot = self._store.pinned(job.version)
        _, body = snapshot.serialise(job.query, media_type, job.dataset, self._limits, self._cut)
        return Answer(forms[0], body)

    def kill(self) -> None:
        """Cut the connection of the query that runs."""
        self._cut.now()

    def reap(self) -> None:
        """Cut the connection, and have nothing to wait for."""
        self._cut.now()

    def close(self) -> None:
        """Cut the connection."""
        self._cut.now()
