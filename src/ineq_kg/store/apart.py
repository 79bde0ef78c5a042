"""Changes in a process of their own: text from outside may make the engine run for ever, take all memory, or crash.

Nothing but its end stops an update that runs, and brackets nested deep enough overflow the stack of the engine's parsers. Where
that happens the process ends, and the one that serves goes on. One process is kept for the next change, for starting one
takes longer than most changes do.
"""

from __future__ import annotations

import weakref
from threading import Event, Lock, Timer

from ineq_kg.errors import QueryTooBig, WorkerLost
from ineq_kg.store.job import UpdateJob, WriteJob
from ineq_kg.store.limits import Limits
from ineq_kg.store.process import WorkerProcess


class Apart:
    """Runs changes, one at a time, each within the time and the memory that queries have. Starts nothing before the first."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._lock = Lock()
        self._kept: list[WorkerProcess] = []
        weakref.finalize(self, _close, self._kept)

    def run(self, job: UpdateJob | WriteJob) -> None:
        """Make a change to the store in the job's directory, which nobody has open.

        Raises QueryError, QueryRefused, DocumentError, QueryTimeout, QueryTooBig, EngineCrashed, WorkerLost, StoreError; the
        store in that directory may then be anything.
        """
        with self._lock:
            process = self._ready()
            try:
                self._within_time(process, job)
            finally:
                if process.is_spent():
                    _close(self._kept)
                    self._kept.append(WorkerProcess(self.limits))  # starts beside what comes next

    @property
    def workers(self) -> tuple[int, ...]:
        """The numbers of its processes."""
        return tuple(process.pid for process in self._kept)

    def stop(self) -> None:
        """End the process that is kept; a later change starts another."""
        with self._lock:
            _close(self._kept)

    def _ready(self) -> WorkerProcess:
        """Return a process that can take a job: the one that is kept, unless it ended since."""
        if self._kept and not self._kept[0].alive:
            _close(self._kept)
        if not self._kept:
            self._kept.append(WorkerProcess(self.limits))
        try:
            self._kept[0].prepare()
        except WorkerLost:
            _close(self._kept)
            raise
        return self._kept[0]

    def _within_time(self, process: WorkerProcess, job: UpdateJob | WriteJob) -> None:
        seconds = self.limits.seconds
        late = Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = Timer(seconds or 0.0, stop)
        try:
            if seconds is not None:
                timer.start()
            process.answer(job)
        except WorkerLost as error:
            if seconds is not None and late.is_set():
                raise self.limits.too_slow(seconds) from error
            raise
        except QueryTooBig as error:
            error.mend = "Send less at once; what is nested very deep takes much, so write it flatter."
            raise
        finally:
            timer.cancel()


def _close(kept: list[WorkerProcess]) -> None:
    while kept:
        kept.pop().close()
