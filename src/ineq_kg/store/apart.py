"""Updates in a process of their own: nothing but its end stops one that runs, and one that never ends keeps all others out."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Timer

from ineq_kg.errors import WorkerLost
from ineq_kg.store.job import UpdateJob
from ineq_kg.store.limits import Limits
from ineq_kg.store.process import WorkerProcess


def may_run_long(update: str) -> bool:
    """Say whether an update asks the store anything first; one that does not takes as long as it takes to read."""
    return "WHERE" in update.upper()


def run_apart(directory: Path, update: str, base: str | None, limits: Limits) -> None:
    """Run an update on the store in a directory, which nobody has open, within the time and the memory that queries have.

    Raises QueryError, QueryTimeout, QueryTooBig, WorkerLost, StoreError; the store may then be anything.
    """
    process = WorkerProcess(limits)
    late = Event()

    def stop() -> None:
        late.set()
        process.kill()

    timer = Timer(limits.seconds or 0.0, stop)
    try:
        process.prepare()
        if limits.seconds is not None:
            timer.start()
        process.answer(UpdateJob(directory, update, base))
    except WorkerLost as error:
        if limits.seconds is not None and late.is_set():
            raise limits.too_slow(limits.seconds) from error
        raise
    finally:
        timer.cancel()
        process.close()
