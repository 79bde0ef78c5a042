"""The worker processes of a pool, a thread behind each, and the line of queries before them.

A thread takes the next query from the line, hands it to its process, waits for the whole answer, and starts another process
where this one has ended. One more thread watches what runs and what waits, and ends the process of a query past a limit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from threading import Condition, RLock, Thread
from time import monotonic, sleep
from typing import Any

from ineq_kg.errors import IneqKgError, TooManyQueries, WorkerLost
from ineq_kg.store.job import Answer, Job
from ineq_kg.store.limits import Limits
from ineq_kg.store.process import AnyWorker
from ineq_kg.store.waiting import Line

# How often what runs is looked at, in seconds.
TICK = 0.05


class Ticket:
    """One query on its way. All that changes in it changes under the crew's lock."""

    def __init__(
        self,
        job: Job,
        finish: Callable[[Answer], Any],
        client: str,
        seconds: float | None,
        patience: float | None,
    ) -> None:
        self.job = job
        self.finish = finish
        self.client = client
        self.seconds = seconds
        self.patience = patience
        self.since = monotonic()
        self.process: AnyWorker | None = None
        self.stopped: IneqKgError | None = None
        self.future: Future[Any] = Future()
        # From here on the future cannot be cancelled but by `Running.cancel`, which also ends the process.
        self.future.set_running_or_notify_cancel()


class Crew:
    """Workers, the threads behind them, the line before them. Knows nothing of its pool, which may be gone first."""

    def __init__(
        self, limits: Limits, ended: Counter[str], killed: Counter[str], worker: Callable[[Limits], AnyWorker]
    ) -> None:
        self.limits = limits
        self.worker = worker
        self.ended = ended
        self.killed = killed
        self.lock = RLock()
        self._somebody_waits = Condition(self.lock)
        self._something_runs = Condition(self.lock)
        self.line: Line[Ticket] = Line(limits)
        self.running: set[Ticket] = set()
        self.processes: set[AnyWorker] = set()
        self._closed = False
        self._warm = False
        targets = [self._work] * limits.workers + [self._watch]
        self.threads = [Thread(target=target, daemon=True, name="ineq-kg-pool") for target in targets]
        for thread in self.threads:
            thread.start()

    # --- the line --------------------------------------------------------------------------------------------------

    def join(self, ticket: Ticket) -> None:
        """Put a query in the line. Raises TooManyQueries."""
        with self.lock:
            if self._closed:
                raise _stopping()
            try:
                self.line.join(ticket.client, ticket)
            except TooManyQueries:
                self.ended[TooManyQueries.__name__] += 1
                raise
            self._somebody_waits.notify()
            self._something_runs.notify()

    def stop(self, ticket: Ticket, why: IneqKgError) -> None:
        """End a query wherever it is; it then ends with the error `why`. Does nothing to one that has ended."""
        with self.lock:
            waited = self.line.leave(ticket.client, ticket)
            if ticket in self.running and ticket.stopped is None:
                ticket.stopped = why
                if ticket.process is not None:
                    ticket.process.kill()
                    self.killed[type(why).__name__] += 1
            if waited:
                self.ended[type(why).__name__] += 1
        if waited:
            ticket.future.set_exception(why)

    def close(self) -> None:
        """End everything: whoever waits or runs is told so, and no process is left."""
        with self.lock:
            self._closed = True
            tickets = [*self.line, *self.running]
            processes = list(self.processes)
            self._somebody_waits.notify_all()
            self._something_runs.notify_all()
        for ticket in tickets:
            self.stop(ticket, _stopping())
        for process in processes:
            process.kill()
        for process in processes:
            process.reap()

    # --- a worker's thread -----------------------------------------------------------------------------------------

    def _work(self) -> None:
        process = self._started()
        self._warm_up()
        while (ticket := self._next()) is not None:
            if process is None or not process.alive:
                self._end(process)
                process = self._started()
            took = self._answer(ticket, process)
            if process is not None and (not process.alive or (took > TICK and process.is_spent())):
                self._end(process)
                process = self._started()
        self._end(process)

    def _warm_up(self) -> None:
        """Note that there are processes now: nobody's patience is tried while the very first of them starts."""
        with self.lock:
            if not self._warm:
                self._warm = True
                for ticket in self.line:
                    ticket.since = monotonic()

    def _started(self) -> AnyWorker | None:
        """Return a process of this crew that is ready for a job, or None where none is to be had now."""
        process = None
        try:
            process = self.worker(self.limits)
            with self.lock:
                self.processes.add(process)
                if self._closed:
                    process.kill()
            process.prepare()
        except IneqKgError:
            self._end(process)
            return None
        return process

    def _end(self, process: AnyWorker | None) -> None:
        if process is not None:
            process.close()
            with self.lock:
                self.processes.discard(process)

    def _next(self) -> Ticket | None:
        with self.lock:
            while not self._closed:
                ticket = self.line.next()
                if ticket is not None:
                    self.running.add(ticket)
                    return ticket
                self._somebody_waits.wait()
            return None

    def _answer(self, ticket: Ticket, process: AnyWorker | None) -> float:
        """Answer a query in a process, and return how many seconds it took."""
        result, failure = None, None
        try:
            result = ticket.finish(self._attach(ticket, process).answer(ticket.job))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the caller's: this thread serves others after
            failure = ticket.stopped or error
            if process is not None and not isinstance(error, IneqKgError):
                process.kill()  # who knows what of the answer is still on its way
        with self.lock:
            ticket.process = None
            self.running.discard(ticket)
            self.line.done(ticket.client)
            self.ended["answered" if failure is None else type(failure).__name__] += 1
            if len(self.line):
                self._somebody_waits.notify()
        if failure is None:
            ticket.future.set_result(result)
        else:
            ticket.future.set_exception(failure)
        return monotonic() - ticket.since

    def _attach(self, ticket: Ticket, process: AnyWorker | None) -> AnyWorker:
        """Note which process a query runs in: from now on the clock runs. Raises what stopped the query before."""
        with self.lock:
            if ticket.stopped is not None:
                raise ticket.stopped
            if process is None:
                raise WorkerLost("no process could be started to answer in", limit="worker", mend="Ask again later.")
            ticket.process = process
            ticket.since = monotonic()
            return process

    # --- the watch -------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        while True:
            with self.lock:
                while not (self.running or len(self.line) or self._closed):
                    self._something_runs.wait()
                if self._closed:
                    return
                running, waiting = list(self.running), list(self.line) if self._warm else []
            for ticket in running:
                why = self._past(ticket)
                if why is not None:
                    self.stop(ticket, why)
            for ticket in waiting:
                if ticket.patience is not None and monotonic() - ticket.since > ticket.patience:
                    self.stop(ticket, self._waited(ticket.patience))
            sleep(TICK)

    def _past(self, ticket: Ticket) -> IneqKgError | None:
        """Return the error of the limit that a running query is past, if any."""
        process = ticket.process
        if process is None:
            return None
        if ticket.seconds is not None and monotonic() - ticket.since > ticket.seconds:
            return self.limits.too_slow(ticket.seconds)
        if self.limits.memory is not None and process.memory() > self.limits.memory:
            return self.limits.too_big()
        return None

    def _waited(self, seconds: float) -> TooManyQueries:
        return TooManyQueries(
            f"no worker was free within {seconds:g} s",
            limit="queue",
            allowed=seconds,
            retry_after=max(1, round(seconds)),
            mend="Ask again later.",
        )


def _stopping() -> TooManyQueries:
    return TooManyQueries("the service is stopping", limit="queue", mend="Come again when it has started.")
